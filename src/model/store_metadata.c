/*
 * metadata_index: a row for each key of an object's metadata, and for each item of its lists that are filtered by, so
 * that a page of objects can be found by it. What is written is the difference of two recs; rows go over as one JSON text, so that a statement has the same text and there is one of
 * it however many keys and objects there are.
 */
#include "base/clock.h"
#include "base/json.h"
#include "base/json_out.h"
#include "model/plan.h"
#include "model/store.h"

#define ROWS_BYTES ((size_t)64 << 20) /* 2,000 children with 50 keys of 500 characters each */

#define ROWS                                                                                       \
	"JSON_TABLE(?, '$[*]' COLUMNS ("                                                           \
	"name VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$[0]',"            \
	" value VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$[1]',"         \
	" archived TINYINT PATH '$[2]', created_at DATETIME(3) PATH '$[3]', id BIGINT PATH "       \
	"'$[4]',"                                                                                  \
	" resource VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin PATH '$[5]')) j"

/* [["warehouse","west",0,"2026-01-15T10:30:00.000",17,"product"], ["","vip",…,"customer.tags"], …] */
struct rows {
	struct buf json;
	struct arena *arena;
};

static struct json *
parsed(struct arena *a, struct str text)
{
	struct json *j = NULL;

	if (text.p)
		must(!json_parse(a, text, &j));
	return j;
}

/* A row as it begins; whose it is stands behind. */
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
}

static void
put_owner(struct rows *to, struct str resource)
{
	json_out_comma(&to->json);
	json_out_string(&to->json, resource);
	buf_char(&to->json, ']');
}

static bool
is_other(const struct json *value, const struct json *than)
{
	return !than || !str_eq(json_string(value), json_string(than));
}

static void
put_metadata(struct rows *to, const struct rec *r, const struct rec *other)
{
	struct json *own = parsed(to->arena, r->metadata);
	struct json *theirs = other ? parsed(to->arena, other->metadata) : NULL;

	for (struct json_iter it = json_iter(own); json_next(&it);) {
		if (!is_other(
			    it.value, theirs ? json_get(theirs, str_z(to->arena, it.name)) : NULL))
			continue;
		put_row(to, r, it.name, json_string(it.value));
		put_owner(to, r->resource->plan->name);
	}
}

static bool
has_item(const struct json *list, struct str item)
{
	for (size_t i = 0; i < json_length(list); i++) {
		if (str_eq(json_string(json_at(list, i)), item))
			return true;
	}
	return false;
}

static void
put_items(struct rows *to, const struct rec *r, const struct rec *other, int field)
{
	struct json *own = parsed(to->arena, rec_str(r, field));
	struct json *theirs = other ? parsed(to->arena, rec_str(other, field)) : NULL;

	for (size_t i = 0; i < json_length(own); i++) {
		struct str item = json_string(json_at(own, i));

		if (has_item(theirs, item))
			continue;
		put_row(to, r, STR(""), item);
		put_owner(to, r->resource->plan->fields[field].listed);
	}
}

/* Adds the rows of `r` that `other` (NULL: it has none) has not. */
static void
put_difference(struct rows *to, const struct rec *r, const struct rec *other)
{
	if (other && !other->archived_at != !r->archived_at)
		other = NULL;
	put_metadata(to, r, other);
	for (size_t i = 0; i < r->resource->nfields; i++) {
		if (r->resource->plan->fields[i].listed.n)
			put_items(to, r, other, (int)i);
	}
}

static void
begin(struct ctx *cx, struct rows *r)
{
	*r = (struct rows){ .arena = cx->arena };
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
		" SELECT ?, j.resource, j.name, j.value, j.archived, j.created_at, j.id FROM " ROWS,
		db_id(cx->tenant), db_text(buf_view(&r->json)));
}

static struct err *delete (struct ctx *cx, struct rows *r)
{
	if (!end(r))
		return NULL;
	return db_exec(cx,
		"DELETE m FROM " ROWS
		" STRAIGHT_JOIN metadata_index m ON m.tenant_id = ? AND m.resource = j.resource"
		" AND m.name = j.name AND m.value = j.value AND m.archived = j.archived"
		" AND m.created_at = j.created_at AND m.object_id = j.id",
		db_text(buf_view(&r->json)), db_id(cx->tenant));
}

/* True if there is something of it to be found by. */
static bool
is_indexed(const struct rec *r)
{
	for (size_t i = 0; i < r->resource->nfields; i++) {
		if (r->resource->plan->fields[i].listed.n && rec_has(r, (int)i))
			return true;
	}
	return r->metadata.p != NULL;
}

static bool
any_is_indexed(const struct recs *recs)
{
	for (size_t i = 0; i < recs->n; i++) {
		if (is_indexed(recs->r[i]))
			return true;
	}
	return false;
}

struct err *
store_metadata_of_new(struct ctx *cx, const struct recs *recs)
{
	struct rows rows;

	if (!any_is_indexed(recs))
		return NULL;
	begin(cx, &rows);
	for (size_t i = 0; i < recs->n; i++)
		put_difference(&rows, recs->r[i], NULL);
	return insert(cx, &rows);
}

struct err *
store_metadata_of_gone(struct ctx *cx, const struct recs *recs)
{
	struct rows rows;

	if (!any_is_indexed(recs))
		return NULL;
	begin(cx, &rows);
	for (size_t i = 0; i < recs->n; i++)
		put_difference(&rows, recs->r[i], NULL);
	return delete (cx, &rows);
}

static bool
lists_changed(const struct rec *now, const struct rec *was)
{
	for (size_t i = 0; i < now->resource->nfields; i++) {
		if (now->resource->plan->fields[i].listed.n && rec_changed(now, was, (int)i))
			return true;
	}
	return false;
}

struct err *
store_metadata_changed(struct ctx *cx, const struct rec *now, const struct rec *was)
{
	struct rows rows;
	struct err *e;

	if (str_eq(now->metadata, was->metadata) && !now->archived_at == !was->archived_at &&
		!lists_changed(now, was))
		return NULL;
	begin(cx, &rows);
	put_difference(&rows, was, now);
	e = delete (cx, &rows);
	if (e)
		return e;
	begin(cx, &rows);
	put_difference(&rows, now, was);
	return insert(cx, &rows);
}
