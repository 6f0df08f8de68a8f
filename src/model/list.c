/*
 * Reading: a page of a list, or one object. A page is one statement, one more for each included
 * relation, and in page mode one that counts unless the page itself tells the total.
 */
#include "base/board.h"
#include "base/id.h"
#include "model/cursor.h"
#include "model/query.h"
#include "model/stamp.h"
#include "model/store.h"
#include "model/type.h"

#define OFFSET_MAX INT64_C(100000)
#define EXPLAIN_ROWS 8 /* its column "rows" */

static struct err *
run(struct ctx *cx, const struct sql *s, struct db_rows *rows)
{
	*rows = (struct db_rows){ 0 };
	return db_run(cx, buf_view(&s->text), s->values, s->nvalues, rows);
}

static struct err *
check_page(struct ctx *cx, const struct query *q)
{
	struct err *e = NULL;

	must(q->limit >= 1 && q->limit <= LIMIT_MAX);
	if (q->page >= 1 && q->page - 1 <= OFFSET_MAX / q->limit)
		return NULL;
	e = err_new(cx->arena, ERR_QUERY, NULL);
	if (q->page < 1)
		err_field(cx->arena, &e, STR("page"), REASON_TOO_SMALL, "pages are counted from 1");
	else
		err_field(cx->arena, &e, STR("page"), REASON_TOO_LARGE,
			"ends at item %" PRId64
			": to go on, use cursor= (empty for the first page)",
			OFFSET_MAX);
	return e;
}

/* Sets *v to a key that is a cell of its own, behind the view's columns. */
static void
read_extra(struct ctx *cx, const struct query *q, struct sort key, const struct db_value *cell,
	struct value *v)
{
	const struct db_value cells[2] = { *cell };

	*v = (struct value){ .state = VALUE_NULL };
	if (cell->kind == DB_NULL)
		return;
	v->state = VALUE_SET;
	if (key.relation >= 0)
		v->s = cell->s;
	else
		type_rows[query_field(q->resource, key.field)->type].read(
			cx, query_field(q->resource, key.field), cells, v);
	v->more = (struct str){ 0 };
}

static void
read_member(const struct rec *rec, int field, struct value *v)
{
	*v = (struct value){ .state = VALUE_SET, .i = rec->id.n };
	if (field == SORT_CREATED_AT)
		v->i = rec->created_at;
	else if (field == SORT_UPDATED_AT)
		v->i = rec->updated_at;
	else if (field < FIELDS_MAX)
		*v = rec->v[field];
}

/* The cursor behind a row, whose extra keys stand in `extra`. */
static struct str
cursor_behind(
	struct ctx *cx, const struct query *q, const struct rec *rec, const struct db_value *extra)
{
	struct value keys[KEYS_MAX];

	for (size_t i = 0; i < query_keys(q); i++) {
		struct sort key = query_key(q, i);

		if (query_key_is_extra(q, i))
			read_extra(cx, q, key, extra++, &keys[i]);
		else
			read_member(rec, key.field, &keys[i]);
	}
	return cursor_make(cx, q, keys);
}

/* Rows are counted here: counted by the server they would be written to a table, and read again. */
static struct err *
count(struct ctx *cx, const struct query *q, struct page *out)
{
	struct arena_mark mark = arena_mark(cx->arena);
	struct db_rows rows;
	struct sql s = { 0 };
	struct err *e;

	query_count_sql(cx, q, &s);
	e = run(cx, &s, &rows);
	if (e)
		return e;
	out->total = MIN((int64_t)rows.n, TOTAL_EXACT);
	out->total_is_estimate = rows.n > TOTAL_EXACT;
	arena_rewind(cx->arena, mark);
	return NULL;
}

/* "rows" of EXPLAIN, which comes as text from a prepared statement. */
static bool
is_small_estimate(const struct db_rows *rows)
{
	const struct db_value *cell;
	int64_t n;

	if (!rows->n || rows->columns <= EXPLAIN_ROWS)
		return false;
	cell = &db_row(rows, 0)[EXPLAIN_ROWS];
	n = cell->i;
	if (cell->kind == DB_TEXT && !str_int(cell->s, &n))
		return false;
	return cell->kind != DB_NULL && n <= NARROW_MAX;
}

/* Finds out whether to begin with a filter. */
static struct err *
choose(struct ctx *cx, struct query *q, struct page *out)
{
	struct db_rows rows;
	struct sql s = { 0 };
	enum probe probe = query_probe_sql(cx, q, &s);
	struct err *e;

	if (probe == PROBE_NONE)
		return NULL;
	e = probe == PROBE_TOTAL ? count(cx, q, out) : run(cx, &s, &rows);
	if (e)
		return e;
	if (probe == PROBE_TOTAL)
		q->narrow = !out->total_is_estimate;
	else if (probe == PROBE_ROW)
		q->narrow = !rows.n;
	else
		q->narrow = is_small_estimate(&rows);
	return NULL;
}

static void
take_page(struct ctx *cx, const struct query *q, const struct db_rows *rows, struct page *out)
{
	size_t width = store_width(q->resource, &q->view), n = MIN(rows->n, (size_t)q->limit);

	out->has_more = rows->n > n;
	out->recs = (struct recs){ ARENA_ARRAY(cx->arena, n, struct rec *), n, true };
	for (size_t i = 0; i < n; i++)
		out->recs.r[i] = store_read(cx, q->resource, &q->view, db_row(rows, i));
	if (q->keyset && out->has_more)
		out->next_cursor =
			cursor_behind(cx, q, out->recs.r[n - 1], db_row(rows, n - 1) + width);
}

/* A last page that is not empty tells the total by itself. */
static struct err *
find_total(struct ctx *cx, const struct query *q, struct page *out)
{
	int64_t before = (q->page - 1) * q->limit;

	if (out->total >= 0 && !out->total_is_estimate)
		return NULL;
	if (!out->has_more && (out->recs.n || !before)) {
		out->total = before + (int64_t)out->recs.n;
		out->total_is_estimate = false;
		return NULL;
	}
	return out->total >= 0 ? NULL : count(cx, q, out);
}

/* A walk that gave up, or came to the end, is begun anew with the rows that pass. */
static struct err *
read_rows(struct ctx *cx, struct query *q, const struct value *after, struct db_rows *rows)
{
	struct sql s = { 0 };
	struct err *e;

	query_sql(cx, q, after, &s);
	e = run(cx, &s, rows);
	if (e || !query_walks(q) || rows->n > (size_t)q->limit)
		return e;
	q->narrow = true;
	query_sql(cx, q, after, &s);
	return run(cx, &s, rows);
}

static struct err *
read_page(struct ctx *cx, struct query *q, const struct value *after, struct page *out)
{
	struct db_rows rows;
	struct err *e = read_rows(cx, q, after, &rows);

	if (e)
		return e;
	take_page(cx, q, &rows, out);
	return store_read_children(cx, &out->recs, &q->view, false);
}

/* What is for everybody's eyes, as one more filter, which has room behind the caller's. */
static void
keep_to_published(struct ctx *cx, struct query *q)
{
	const struct published *p = q->resource->published;
	struct filter *f;

	if (!cx->published_only || !p)
		return;
	f = &q->filters[q->nfilters++];
	*f = (struct filter){ .field = p->field, .relation = -1, .op = OP_EQ, .nvalues = 1 };
	f->values = ARENA_NEW(cx->arena, struct value);
	f->values[0] = (struct value){
		.state = VALUE_SET,
		.i = p->choice,
		.s = str_of(q->resource->fields[p->field].choices[p->choice].name),
	};
}

struct err *
model_list(struct ctx *cx, const struct query *q, struct page *out)
{
	struct query chosen = *q;
	struct value keys[KEYS_MAX];
	bool from_start = !q->keyset || !q->cursor.n;
	struct err *e = NULL;

	*out = (struct page){ .total = -1 };
	keep_to_published(cx, &chosen);
	if (!q->keyset)
		e = check_page(cx, q);
	else if (!from_start)
		e = cursor_read(cx, &chosen, keys);
	if (!e)
		e = choose(cx, &chosen, out);
	if (!e)
		e = read_page(cx, &chosen, from_start ? NULL : keys, out);
	if (!e && !q->keyset)
		e = find_total(cx, &chosen, out);
	return e;
}

/* What the board knows an object by; 0: nothing, as of nested ones, and of names that are no ids. */
struct known_as {
	uint64_t version, stamp;
};

static struct known_as
known_as(const struct ctx *cx, const struct resource *r, struct str key)
{
	struct id id;

	if (r->parent || !id_parse(key, r->prefix, &id))
		return (struct known_as){ 0 };
	return (struct known_as){ board_key(cx->tenant, r->prefix, id),
		stamp_key(cx->tenant, r, id) };
}

int64_t
model_known_version(const struct ctx *cx, const struct resource *r, struct str key)
{
	struct known_as known = known_as(cx, r, key);

	return cx->published_only || !known.version ? 0 : board_version(known.version);
}

uint64_t
model_known_stamp(const struct ctx *cx, const struct resource *r, struct str key)
{
	struct known_as known = known_as(cx, r, key);

	return cx->published_only || !known.stamp ? 0 : (uint64_t)board_version(known.stamp);
}

/* An object that is being read, and when that began. */
struct seeing {
	struct known_as as, ticket;
	const struct view *view;
};

static struct seeing
begin_to_see(
	const struct ctx *cx, const struct resource *r, struct str key, const struct view *view)
{
	struct seeing s = { .as = known_as(cx, r, key), .view = view };

	if (stamp_shown(cx, r, view) != STAMP_WHOLE)
		s.as.stamp = 0;
	s.ticket.version = s.as.version ? board_ticket(s.as.version) : 0;
	s.ticket.stamp = s.as.stamp ? board_ticket(s.as.stamp) : 0;
	return s;
}

static void
put_seen(const struct ctx *cx, const struct seeing *s, const struct rec *rec)
{
	if (s->as.version)
		board_put(s->as.version, s->ticket.version, rec->version);
	if (s->as.stamp)
		board_put(s->as.stamp, s->ticket.stamp, (int64_t)stamp_of(cx, rec, s->view));
}

struct err *
model_get(struct ctx *cx, /* NOLINT(readability-function-size): an object needs all of them */
	const struct resource *r, struct id parent, struct str key, const struct view *view,
	struct rec **out)
{
	const struct sought sought = { r, parent, key, view };
	struct db_rows rows;
	struct sql s = { 0 };
	struct err *e;
	const struct seeing seeing = begin_to_see(cx, r, key, view);

	if (!query_get_sql(cx, &sought, &s))
		return err_new(cx->arena, ERR_NOT_FOUND, "there is no such %s", r->name);
	e = run(cx, &s, &rows);
	if (e)
		return e;
	if (!rows.n)
		return err_new(cx->arena, ERR_NOT_FOUND, "there is no such %s", r->name);
	*out = store_read(cx, r, view, db_row(&rows, 0));
	e = store_read_children(cx, &(struct recs){ out, 1, true }, view, false);
	if (!e)
		put_seen(cx, &seeing, *out);
	return e;
}
