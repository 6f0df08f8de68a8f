/*
 * metadata_index: a row for each key of an object's metadata, so that a list can be found by it. What is written is
 * the difference of two recs; rows go over as one JSON text, so that a statement has the same text and there is one of
 * it however many keys and objects there are.
 */
#include "base/clock.h"
#include "base/json.h"
#include "base/json_out.h"
#include "model/store.h"

#define ROWS_BYTES ((size_t)64 << 20) /* 2,000 children with 50 keys of 500 characters each */

#define ROWS                                                                                       \
	"JSON_TABLE(?, '$[*]' COLUMNS ("                                                           \
	"name VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$[0]',"            \
	" value VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$[1]',"         \
	" archived TINYINT PATH '$[2]', created_at DATETIME(3) PATH '$[3]', id BIGINT PATH "       \
	"'$[4]')) j"

/* [["warehouse","west",0,"2026-01-15T10:30:00.000",17], …] */
struct rows {
	struct buf json;
	const struct resource *of;
};

static struct json *
parsed(struct arena *a, const struct rec *r)
{
	struct json *j = NULL;

	if (r && r->metadata.p)
		must(!json_parse(a, r->metadata, &j));
	return j;
}

static void
put_row(struct rows *to, const struct rec *r, struct str name, struct str value)
{
	struct buf *b = &to->json;
	char at[CLOCK_TEXT];
	size_t n = clock_render(r->created_at, at);

	json_out_comma(b);
	buf_char(b, '[');
	json_out_string(b, name);
	json_out_comma(b);
	json_out_string(b, value);
	buf_z(b, r->archived_at ? ",1,\"" : ",0,\"");
	buf_put(b, at, n - 1); /* without the Z */
	buf_z(b, "\",");
	buf_int(b, r->id.n);
	buf_char(b, ']');
}

static bool
is_other(const struct json *value, const struct json *than)
{
	return !than || !str_eq(json_string(value), json_string(than));
}

/* Adds the rows of `r` that `other` (NULL: it has none) has not. */
static void
put_difference(struct arena *a, struct rows *to, const struct rec *r, const struct rec *other)
{
	struct json *own = parsed(a, r), *theirs = NULL;

	if (other && !other->archived_at == !r->archived_at)
		theirs = parsed(a, other);
	for (struct json_iter it = json_iter(own); json_next(&it);) {
		if (is_other(it.value, theirs ? json_get(theirs, str_z(a, it.name)) : NULL))
			put_row(to, r, it.name, json_string(it.value));
	}
}

static void
begin(struct ctx *cx, struct rows *r, const struct resource *of)
{
	*r = (struct rows){ .of = of };
	buf_init(&r->json, cx->arena, 256, ROWS_BYTES);
	buf_char(&r->json, '[');
}

/* Ends the list; false if it is empty. */
static bool
end(struct rows *r)
{
	buf_char(&r->json, ']');
	must(!r->json.overflow);
	return r->json.n > 2;
}

static struct err *
insert(struct ctx *cx, struct rows *r)
{
	if (!end(r))
		return NULL;
	return db_exec(cx,
		"INSERT INTO metadata_index (tenant_id, resource, name, value, archived, "
		"created_at, object_id)"
		" SELECT ?, ?, j.name, j.value, j.archived, j.created_at, j.id FROM " ROWS,
		db_id(cx->tenant), db_text(str_of(r->of->name)), db_text(buf_view(&r->json)));
}

static struct err *delete (struct ctx *cx, struct rows *r)
{
	if (!end(r))
		return NULL;
	return db_exec(cx,
		"DELETE m FROM " ROWS
		" STRAIGHT_JOIN metadata_index m ON m.tenant_id = ? AND m.resource = ?"
		" AND m.name = j.name AND m.value = j.value AND m.archived = j.archived"
		" AND m.created_at = j.created_at AND m.object_id = j.id",
		db_text(buf_view(&r->json)), db_id(cx->tenant), db_text(str_of(r->of->name)));
}

static bool
any_has_metadata(const struct recs *recs)
{
	for (size_t i = 0; i < recs->n; i++) {
		if (recs->r[i]->metadata.p)
			return true;
	}
	return false;
}

struct err *
store_metadata_of_new(struct ctx *cx, const struct recs *recs)
{
	struct rows rows;

	if (!any_has_metadata(recs))
		return NULL;
	begin(cx, &rows, recs->r[0]->resource);
	for (size_t i = 0; i < recs->n; i++)
		put_difference(cx->arena, &rows, recs->r[i], NULL);
	return insert(cx, &rows);
}

struct err *
store_metadata_of_gone(struct ctx *cx, const struct recs *recs)
{
	struct rows rows;

	if (!any_has_metadata(recs))
		return NULL;
	begin(cx, &rows, recs->r[0]->resource);
	for (size_t i = 0; i < recs->n; i++)
		put_difference(cx->arena, &rows, recs->r[i], NULL);
	return delete (cx, &rows);
}

struct err *
store_metadata_changed(struct ctx *cx, const struct rec *now, const struct rec *was)
{
	struct rows rows;
	struct err *e;

	if (str_eq(now->metadata, was->metadata) && !now->archived_at == !was->archived_at)
		return NULL;
	begin(cx, &rows, now->resource);
	put_difference(cx->arena, &rows, was, now);
	e = delete (cx, &rows);
	if (e)
		return e;
	begin(cx, &rows, now->resource);
	put_difference(cx->arena, &rows, now, was);
	return insert(cx, &rows);
}
