/*
 * A list request as a value, and the SQL it becomes. query_sql() is pure: no database, no clock; it
 * is tested as pairs of text. Every face fills the same struct.
 */
#ifndef SOUK_MODEL_QUERY_H
#define SOUK_MODEL_QUERY_H

#include "base/buf.h"
#include "db/db.h"
#include "model/rec.h"
#include "model/view.h"

enum op {
#define X(name, text, sql, types) OP_##name,
#include "model/ops.def"
#undef X
	OP__MAX
};

#define FILTERS_MAX 20
#define SORTS_MAX 4
#define FILTER_VALUES_MAX 100
#define LIMIT_DEFAULT 50
#define LIMIT_MAX 200
#define TOTAL_EXACT 10000

/* Members of the engine that can be filtered and sorted by, beside fields. */
enum sort_member { SORT_CREATED_AT = FIELDS_MAX, SORT_UPDATED_AT, SORT_ID };

struct filter {
	int field;                /* or sort_member; or -1: a relation, a list, or metadata */
	int relation;             /* REL_LINK: compared with its `by`; -1 */
	struct str key;           /* of metadata; absent else */
	const struct field *list; /* a list that has one of the values; NULL */
	const struct field *also; /* a field whose value may pass instead; NULL */
	enum op op;
	struct value *values;
	size_t nvalues;
	bool null; /* compared with NULL too, or only with it */
};

struct sort {
	int field; /* or sort_member; or -1: first of a relation */
	int relation;
	bool descending;
};

struct query {
	const struct resource *resource;
	struct id parent;                       /* nested list */
	struct filter filters[FILTERS_MAX + 1]; /* one is the engine's own */
	size_t nfilters;
	struct sort sorts[SORTS_MAX]; /* what always comes behind them, query_key() adds */
	size_t nsorts;
	struct str search;
	struct view view;
	bool archived; /* show archived ones too: status was filtered for them */
	bool narrow;   /* few rows pass what was probed: begin with those, not with the order */

	int limit;
	bool keyset;       /* cursor mode; else page mode */
	struct str cursor; /* absent or empty: first page */
	int64_t page;      /* from 1 */
};

struct page {
	struct recs recs;
	bool has_more;
	struct str next_cursor; /* keyset mode, if has_more */
	int64_t total;          /* page mode */
	bool total_is_estimate;
};

/* Fills the defaults: no filter, newest first (nested: in their order), first page of 50. The view is the caller's. */
void query_init(struct query *q, const struct resource *r);

/*
 * Adds filter[field][op]=text (text as decoded; lists split at commas, "\," is a comma). A field "metadata.KEY" is what
 * that key holds. ERR_QUERY names what was wrong.
 */
struct err *query_filter(struct ctx *cx, struct query *q, struct str field, struct str op,
	struct str text) MUST_CHECK;
/* The shorthand of that name, which query_filter() takes as a field without an operator; NULL: there is none. */
const struct shorthand *query_shorthand(const struct resource *r, struct str name);
/* sort=a,-b with order=asc|desc for keys without '-' (D17). */
struct err *query_sort(
	struct ctx *cx, struct query *q, struct str sort, struct str order) MUST_CHECK;
/* search=text: a prefix of any F_SEARCH field (D84). ERR_QUERY if there is none, or the text is no text. */
struct err *query_search(struct ctx *cx, struct query *q, struct str text) MUST_CHECK;

/*
 * The keys that the list is ordered by: the sorts, then the id, whose direction is the last sort's. Behind a single
 * sort by a field stands created_at before the id, as it does in the field's index.
 */
size_t query_keys(const struct query *q);
struct sort query_key(const struct query *q, size_t i);
/* The row of a field or sort_member; its name is the column's. */
const struct field *query_field(const struct resource *r, int field);
/* How clients call a sort_member; NULL: the resource has it not. */
const char *query_member_name(const struct resource *r, int member);
/* True if the page's rows carry this key's cell behind the view's columns, for the cursor. */
bool query_key_is_extra(const struct query *q, size_t i);

/* A statement built: text and what is bound. */
struct sql {
	struct buf text;
	struct db_value *values;
	size_t nvalues, room;
};

void sql_init(struct sql *s, struct ctx *cx);
void sql_bind(struct sql *s, struct db_value v);
/*
 * "(?, ?, …)" for n values, which the caller binds, and how many marks that is: n rounded up to a power of two, so that
 * few texts are prepared; the last value is repeated.
 */
size_t sql_marks(struct sql *s, size_t n);

/* The page's statement; `after` are the cursor's keys (NULL: from the start). */
void query_sql(struct ctx *cx, const struct query *q, const struct value *after, struct sql *out);
/* The statement with a row for each that is counted, up to TOTAL_EXACT + 1. */
void query_count_sql(struct ctx *cx, const struct query *q, struct sql *out);

/*
 * The statement that tells, before a page, whether few rows pass the filters that do not come in the order that is
 * wanted: at most NARROW_MAX. Nobody knows otherwise whether a filter or the order leads to the page sooner.
 */
enum probe {
	PROBE_NONE,     /* there is nothing to decide, and no statement */
	PROBE_TOTAL,    /* no statement: the total, which is wanted anyway, tells */
	PROBE_ROW,      /* a row: more pass */
	PROBE_ESTIMATE, /* EXPLAIN: its "rows" says how many */
};
enum probe query_probe_sql(struct ctx *cx, const struct query *q, struct sql *out);
#define NARROW_MAX 2000
/*
 * True if the page's statement walks along the order although few rows may pass there: it gives up behind so many rows,
 * and a page that is not full must be read with `narrow`.
 */
bool query_walks(const struct query *q);
#define WALK_MAX 5000

/* The one object that is looked for; `key` is a public id or the text of a field with F_KEY. */
struct sought {
	const struct resource *resource;
	struct id parent;
	struct str key;
	const struct view *view;
};

/* The statement that reads it; false if the key can be nobody's. */
bool query_get_sql(struct ctx *cx, const struct sought *o, struct sql *out);

/* Carries it out, with the children that the view includes: one statement a level. ERR_QUERY for a cursor that is not ours. */
struct err *model_list(struct ctx *cx, const struct query *q, struct page *out) MUST_CHECK;

/*
 * One object by public id or by a field with F_KEY; `parent` for a nested one. ERR_NOT_FOUND. Archived ones only if the
 * resource says so.
 */
struct err *model_get(struct ctx *cx, const struct resource *r, struct id parent, struct str key,
	const struct view *view, struct rec **out) MUST_CHECK;

/*
 * The current version of a top-level object that the tenant has, if this host knows it without asking the
 * database (base/board.h); 0 if it does not. The same of the stamp of all that is computed of it (model/stamp.h).
 */
int64_t model_known_version(const struct ctx *cx, const struct resource *r, struct str key);
uint64_t model_known_stamp(const struct ctx *cx, const struct resource *r, struct str key);

#endif
