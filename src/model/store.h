/*
 * Rows and recs. Every table of a resource begins with the same columns (tenant_id, id, version,
 * created_at, updated_at, archived_at, metadata, and the parent's column for children), then one column a field
 * (two for LANG: name, name_i18n), <relation>_count for REL_MANY and <relation> (comma-separated
 * text) for REL_LINK. Of a log's first columns there are tenant_id, id and created_at alone. This file is all that knows so.
 */
#ifndef SOUK_MODEL_STORE_H
#define SOUK_MODEL_STORE_H

#include "base/buf.h"
#include "db/db.h"
#include "model/rec.h"
#include "model/view.h"

/*
 * Appends the columns that a view needs ("t.id, t.version, …", with `alias` and a point before each; what is computed asks
 * for the alias t): what store_read() expects.
 */
void store_columns(
	struct buf *sql, const struct resource *r, const struct view *v, const char *alias);
/* How many cells that is. */
size_t store_width(const struct resource *r, const struct view *v);
/* A rec from such cells; fields outside the view stay unset. */
struct rec *store_read(struct ctx *cx, const struct resource *r, const struct view *v,
	const struct db_value *cells);

/*
 * Reads the children of `owners` (all of one resource) that the view includes, in one statement for
 * each relation, in their order; skips relations whose counts are all 0. `lock` adds FOR UPDATE.
 */
struct err *store_read_children(
	struct ctx *cx, const struct recs *owners, const struct view *v, bool lock) MUST_CHECK;

/* Holds the row of that id until the commit against a writer, and says whether it is archived; ERR_NOT_FOUND. */
struct err *store_hold(
	struct ctx *cx, const struct resource *r, struct id id, bool *archived) MUST_CHECK;

/* The newest of the children kept apart (REL_APART) that the view includes, one statement a relation for all owners. */
struct err *store_read_apart(
	struct ctx *cx, const struct recs *owners, const struct view *v) MUST_CHECK;

/* The rec of that id, alive or archived, whole (every field and child), locked for update; ERR_NOT_FOUND. */
struct err *store_load(struct ctx *cx, const struct resource *r, struct id parent, struct id id,
	struct rec **out) MUST_CHECK;

/* Inserts the rec's own row (not children, not links). */
struct err *store_insert(struct ctx *cx, const struct rec *r) MUST_CHECK;
/* Inserts several of one resource in as few statements as possible. */
struct err *store_insert_all(struct ctx *cx, const struct recs *recs) MUST_CHECK;
/* Updates the columns in which now differs from was; always version and updated_at. */
struct err *store_update(struct ctx *cx, const struct rec *now, const struct rec *was) MUST_CHECK;
/* Deletes children's rows. */
struct err *store_delete_all(struct ctx *cx, const struct recs *recs) MUST_CHECK;
/*
 * What the calls above do for metadata_index: the rows of recs that are new or gone, or the difference of two versions
 * of one. At most one statement to delete and one to insert, and none if no metadata is concerned.
 */
struct err *store_metadata_of_new(struct ctx *cx, const struct recs *recs) MUST_CHECK;
struct err *store_metadata_of_gone(struct ctx *cx, const struct recs *recs) MUST_CHECK;
struct err *store_metadata_changed(
	struct ctx *cx, const struct rec *now, const struct rec *was) MUST_CHECK;
/* What the rows of a summary (field.summary) come to; first and last are 0 if there are none. */
struct totals {
	int64_t count, sum, first, last;
};
struct err *store_sum(
	struct ctx *cx, const struct rec *r, int field, struct totals *out) MUST_CHECK;

/* Looks the `by` values of a REL_LINK up and makes the link table say them, in order; an unknown one is ERR_VALIDATION. */
struct err *store_links(
	struct ctx *cx, struct rec *now, const struct rec *was, int relation) MUST_CHECK;

#endif
