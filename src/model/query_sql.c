/*
 * A query as SQL. Identifiers come from descriptors, values are bound. The engine says which indexes
 * may be used: left alone, the optimizer reads a whole tenant by its primary key (D84). A position in
 * the list is never compared as a row, (a, b) > (?, ?), which reads everything before it.
 */
#include "model/query.h"

#include "model/query_int.h"
#include "model/store.h"
#include "model/type.h"

#define SQL_BYTES ((size_t)1 << 18)

static const char *const op_sql[OP__MAX] = {
#define X(name, text, sql, types) [OP_##name] = (sql),
#include "model/ops.def"
#undef X
};

void
sql_init(struct sql *s, struct ctx *cx)
{
	*s = (struct sql){ .room = 16 };
	buf_init(&s->text, cx->arena, 1024, SQL_BYTES);
	s->values = ARENA_ARRAY(cx->arena, s->room, struct db_value);
}

void
sql_bind(struct sql *s, struct db_value v)
{
	size_t size = s->room * sizeof(v);

	if (s->nvalues == s->room) {
		s->values = arena_grow(s->text.arena, s->values, size, size * 2);
		s->room *= 2;
	}
	s->values[s->nvalues++] = v;
}

size_t
sql_marks(struct sql *s, size_t n)
{
	size_t marks = 1;

	while (marks < n)
		marks *= 2;
	buf_char(&s->text, '(');
	for (size_t i = 0; i < marks; i++)
		buf_z(&s->text, i ? ", ?" : "?");
	buf_char(&s->text, ')');
	return marks;
}

void
put(const struct build *b, const char *sql)
{
	buf_z(&b->s->text, sql);
}

/* Binds the cell that is compared: of text with languages, the tenant's own. */
static void
bind_value(const struct build *b, const struct field *f, const struct value *v)
{
	struct db_value cells[2];

	type_rows[f->type].bind(b->cx, f, v, cells);
	sql_bind(b->s, cells[0]);
}

/* "text" with what LIKE reads as a pattern escaped, and '%' where the operator wants it. */
static struct db_value
like(const struct build *b, struct str text, bool before, bool behind)
{
	struct buf p;

	buf_init(&p, b->cx->arena, text.n + 3, text.n * 2 + 2);
	if (before)
		buf_char(&p, '%');
	for (size_t i = 0; i < text.n; i++) {
		if (strchr("%_\\", text.p[i]) && text.p[i])
			buf_char(&p, '\\');
		buf_char(&p, text.p[i]);
	}
	if (behind)
		buf_char(&p, '%');
	return db_text(buf_view(&p));
}

static void
bind_filter(const struct build *b, const struct filter *f, const struct field *field, size_t marks)
{
	if (f->op == OP_CONTAINS || f->op == OP_STARTS_WITH || f->op == OP_ENDS_WITH) {
		sql_bind(b->s,
			like(b, f->values[0].s, f->op != OP_STARTS_WITH, f->op != OP_ENDS_WITH));
		return;
	}
	for (size_t i = 0; i < marks; i++)
		bind_value(b, field, &f->values[MIN(i, f->nvalues - 1)]);
}

void
put_in(const struct build *b, const struct field *field, const struct filter *f)
{
	put(b, "IN ");
	bind_filter(b, f, field, sql_marks(b->s, f->nvalues));
}

/* An operator's SQL with its %c and (?) filled in; gives the number of marks. */
static size_t
put_op(const struct build *b, enum op op, const char *column, size_t nvalues)
{
	size_t marks = 1;

	for (const char *p = op_sql[op]; *p; p++) {
		if (!strncmp(p, "%c", 2)) {
			put(b, column);
			p++;
		} else if (!strncmp(p, "(?)", 3)) {
			marks = sql_marks(b->s, nvalues);
			p += 2;
		} else {
			buf_char(&b->s->text, *p);
		}
	}
	return marks;
}

static const char *
column_of(const struct build *b, int field, int relation)
{
	const char *name;

	if (b->by_side && field == SORT_CREATED_AT)
		return "l.created_at";
	if (b->by_side && field == SORT_ID)
		return str_fmt(b->cx->arena, "l.%s", side_id(b, b->begun)).p;
	if (relation < 0 && query_field(b->r, field)->computed)
		return str_fmt(b->cx->arena, "(%s)", query_field(b->r, field)->computed).p;
	name = relation >= 0 ? b->r->relations[relation].name : query_field(b->r, field)->name;

	return str_fmt(b->cx->arena, "t.%s", name).p;
}

/* Ids of any kind: each is a number and, in another column, the kind. */
static void
put_kinds(const struct build *b, const struct filter *f, const struct field *field)
{
	size_t marks = 1;

	while (marks < f->nvalues)
		marks *= 2;
	put(b, op_is_negative(f->op) ? "NOT (" : "(");
	for (size_t i = 0; i < marks; i++) {
		const struct value *v = &f->values[MIN(i, f->nvalues - 1)];

		buf_fmt(&b->s->text, "%s(t.%s = ? AND t.%s = ?)", i ? " OR " : "", field->name,
			field->of);
		sql_bind(b->s, db_int(v->i));
		sql_bind(b->s, db_text(v->s));
	}
	buf_char(&b->s->text, ')');
}

static void
put_test(const struct build *b, const struct filter *f, const char *column)
{
	const struct field *field = f->field < 0 ? NULL : query_field(b->r, f->field);

	if (!field) {
		put_side_test(b, f);
		return;
	}
	if (field->of) {
		put_kinds(b, f, field);
		return;
	}
	must(column);
	bind_filter(b, f, field, put_op(b, f->op, column, f->nvalues));
}

static void
put_null_test(const struct build *b, const struct filter *f, const char *column)
{
	if (f->key.p || f->list)
		put_unset_test(b, f);
	else
		buf_fmt(&b->s->text, "%s IS %sNULL", column, op_is_negative(f->op) ? "NOT " : "");
}

/* One of two fields passes. */
static void
put_either(const struct build *b, const struct filter *f, const char *column)
{
	const char *other = str_fmt(b->cx->arena, "t.%s", f->also->name).p;

	buf_char(&b->s->text, '(');
	put_test(b, f, column);
	put(b, " OR ");
	bind_filter(b, f, f->also, put_op(b, f->op, other, f->nvalues));
	buf_char(&b->s->text, ')');
}

static void
put_filter(const struct build *b, const struct filter *f)
{
	bool has_column = !f->key.p && !f->list;
	const char *column = has_column ? column_of(b, f->field, f->relation) : NULL;

	put(b, " AND ");
	if (f->also) {
		put_either(b, f, column);
		return;
	}
	if (!f->nvalues) {
		put_null_test(b, f, column);
		return;
	}
	if (f->null)
		buf_char(&b->s->text, '(');
	put_test(b, f, column);
	if (!f->null)
		return;
	put(b, op_is_negative(f->op) ? " AND " : " OR ");
	put_null_test(b, f, column);
	buf_char(&b->s->text, ')');
}

static void
put_search(const struct build *b)
{
	const char *between = " AND (";

	for (size_t i = 0; i < b->r->nfields; i++) {
		if (!(b->r->fields[i].flags & F_SEARCH))
			continue;
		buf_fmt(&b->s->text, "%st.%s LIKE ?", between, b->r->fields[i].name);
		sql_bind(b->s, like(b, b->q->search, false, true));
		between = " OR ";
	}
	buf_char(&b->s->text, ')');
}

/* The filter that says which of the states that are not archived are wanted. */
static bool
asks_for_status(const struct query *q)
{
	const struct resource *r = q->resource;

	for (size_t i = 0; i < q->nfilters; i++) {
		const struct filter *f = &q->filters[i];

		if (r->status_field >= 0 && f->field == r->status_field && !op_is_negative(f->op) &&
			!f->null)
			return true;
	}
	return false;
}

static void
put_alive(const struct build *b, bool counting)
{
	const struct field *status;

	if (b->r->log_time || b->q->archived || asks_for_status(b->q))
		return;
	if (!counting || !query_counts_by_status(b->q)) {
		put(b, " AND t.archived_at IS NULL");
		return;
	}
	status = &b->r->fields[b->r->status_field];
	buf_fmt(&b->s->text, " AND t.%s <> ?", status->name);
	sql_bind(b->s, db_text(str_of(status->choices[b->r->status_archived].name)));
}

static void
put_where(const struct build *b, bool counting)
{
	put(b, " WHERE t.tenant_id = ?");
	sql_bind(b->s, db_id(b->cx->tenant));
	if (b->r->parent) {
		buf_fmt(&b->s->text, " AND t.%s = ?", b->r->parent_column);
		sql_bind(b->s, db_id(b->q->parent));
	}
	put_alive(b, counting);
	for (size_t i = 0; i < b->q->nfilters; i++) {
		if (&b->q->filters[i] != b->begun)
			put_filter(b, &b->q->filters[i]);
	}
	if (b->q->search.n)
		put_search(b);
}

/* Children's index is named as their owner, whose name may be a word of SQL. */
static void
put_table(const struct build *b, const struct indexes *x)
{
	const char *quote = b->r->parent ? "`" : "";

	buf_fmt(&b->s->text, "%s t", b->r->table);
	for (size_t i = 0; i < x->n; i++)
		buf_fmt(&b->s->text, "%s%s%s%s", i ? ", " : " FORCE INDEX (", quote, x->name[i],
			quote);
	if (x->n)
		buf_char(&b->s->text, ')');
}

/* What passes a filter by a table beside the row, as a table to begin with. */
static void
put_begun(const struct build *b)
{
	const struct filter *f = b->begun;

	if (f->nvalues > 1) {
		buf_fmt(&b->s->text, "(SELECT DISTINCT l.%s AS id FROM ", side_id(b, f));
		put_side_tables(b, f);
		put(b, " WHERE ");
		put_side_where(b, f);
		put(b, ") s");
	} else {
		put_side_tables(b, f);
	}
	put(b, " STRAIGHT_JOIN ");
}

static void
put_begun_where(const struct build *b)
{
	if (b->begun->nvalues > 1) {
		put(b, " AND t.id = s.id");
		return;
	}
	buf_fmt(&b->s->text, " AND t.id = l.%s AND ", side_id(b, b->begun));
	put_side_where(b, b->begun);
}

/* The order, and the place in it. */

static bool
is_nullable(const struct build *b, struct sort key)
{
	return key.relation >= 0 || !(query_field(b->r, key.field)->flags & F_REQUIRED);
}

static void
bind_key(const struct build *b, struct sort key, const struct value *v)
{
	if (key.relation >= 0)
		sql_bind(b->s, db_text(v->s));
	else
		bind_value(b, query_field(b->r, key.field), v);
}

/* What comes after a key's value in its direction; NULL comes before everything (D63). False if nothing can. */
static bool
put_beyond(const struct build *b, struct sort key, const struct value *v)
{
	const char *column = column_of(b, key.field, key.relation);

	if (v->state != VALUE_SET) {
		if (!key.descending)
			buf_fmt(&b->s->text, "%s IS NOT NULL", column);
		return !key.descending;
	}
	buf_fmt(&b->s->text, "%s %s ?", column, key.descending ? "<" : ">");
	bind_key(b, key, v);
	if (key.descending && is_nullable(b, key))
		buf_fmt(&b->s->text, " OR %s IS NULL", column);
	return true;
}

static void
put_same(const struct build *b, struct sort key, const struct value *v)
{
	const char *column = column_of(b, key.field, key.relation);

	if (v->state == VALUE_SET) {
		buf_fmt(&b->s->text, "%s = ?", column);
		bind_key(b, key, v);
	} else {
		buf_fmt(&b->s->text, "%s IS NULL", column);
	}
}

/* a > ? OR (a = ? AND (b > ? OR (b = ? AND id > ?))) */
static void
put_after(const struct build *b, const struct value *after)
{
	size_t n = query_keys(b->q);

	put(b, " AND (");
	for (size_t i = 0; i < n; i++) {
		struct sort key = query_key(b->q, i);

		if (put_beyond(b, key, &after[i]) && i + 1 < n)
			put(b, " OR ");
		if (i + 1 == n)
			break;
		buf_char(&b->s->text, '(');
		put_same(b, key, &after[i]);
		put(b, " AND (");
	}
	for (size_t i = 0; i < 2 * n - 1; i++)
		buf_char(&b->s->text, ')');
}

/*
 * What all rows have the same orders nothing. Said all the same, it lets the server sort what stands in order in the
 * key, unless it knows by itself that the two values are of one kind.
 */
static void
put_order(const struct build *b)
{
	const char *before = " ORDER BY ";

	for (size_t i = 0; i < query_keys(b->q); i++) {
		struct sort key = query_key(b->q, i);

		if (query_is_fixed(b->q, key))
			continue;
		buf_fmt(&b->s->text, "%s%s%s", before, column_of(b, key.field, key.relation),
			key.descending ? " DESC" : "");
		before = ", ";
	}
}

static void
put_extra_keys(const struct build *b)
{
	for (size_t i = 0; i < query_keys(b->q); i++) {
		struct sort key = query_key(b->q, i);

		if (query_key_is_extra(b->q, i))
			buf_fmt(&b->s->text, ", %s", column_of(b, key.field, key.relation));
	}
}

/* One row more than the page tells whether there is another page. */
static void
put_limit(const struct build *b)
{
	const struct query *q = b->q;
	int64_t before = q->keyset ? 0 : (q->page - 1) * q->limit;

	put(b, " LIMIT ?");
	sql_bind(b->s, db_int(q->limit + 1));
	if (!q->keyset) {
		put(b, " OFFSET ?");
		sql_bind(b->s, db_int(before));
	}
	if (!query_walks(q))
		return;
	put(b, " ROWS EXAMINED ?");
	sql_bind(b->s, db_int(WALK_MAX + before * (WALK_MAX / LIMIT_DEFAULT)));
}

void
query_sql(struct ctx *cx, const struct query *q, const struct value *after, struct sql *out)
{
	const struct filter *begun = page_begins_with(q);
	struct build b = { cx, q, q->resource, out, begun, false };
	struct indexes x = { .n = 0 };

	b.by_side = begun && side_is_ordered(q, begun);
	sql_init(out, cx);
	put(&b, "SELECT ");
	store_columns(&out->text, q->resource, &q->view, "t");
	if (q->keyset)
		put_extra_keys(&b);
	put(&b, " FROM ");
	if (begun)
		put_begun(&b);
	indexes_of_page(q, &x);
	put_table(&b, &x);
	put_where(&b, false);
	if (begun)
		put_begun_where(&b);
	if (after)
		put_after(&b, after);
	put_order(&b);
	put_limit(&b);
}

/* What a side's table says by itself need not be looked up in the rows. */
static bool
side_tells_all(const struct query *q, const struct filter *f)
{
	enum state state = query_state(q);

	return f->nvalues == 1 && state != STATE_EITHER &&
		q->nfilters == 1 + (state == STATE_ARCHIVED);
}

void
query_count_sql(struct ctx *cx, const struct query *q, struct sql *out)
{
	const struct filter *begun = count_begins_with(q);
	struct build b = { cx, q, q->resource, out, begun, false };
	struct indexes x = { .n = 0 };

	sql_init(out, cx);
	put(&b, "SELECT 1 FROM ");
	if (begun && side_tells_all(q, begun)) {
		put_side_tables(&b, begun);
		put(&b, " WHERE ");
		put_side_where(&b, begun);
	} else {
		if (begun)
			put_begun(&b);
		indexes_of_count(q, &x);
		put_table(&b, &x);
		put_where(&b, true);
		if (begun)
			put_begun_where(&b);
	}
	put(&b, " LIMIT ?");
	sql_bind(out, db_int(TOTAL_EXACT + 1));
}

/*
 * How many rows the table beside the rows has: that is what beginning with it would read. Links to several others are
 * counted; all else is one key, of which the optimizer knows enough.
 */
static enum probe
put_side_probe(const struct build *b, const struct filter *f)
{
	bool counts = f->relation >= 0 && f->nvalues > 1;

	put(b, counts ? "SELECT 1 FROM " : "EXPLAIN SELECT 1 FROM ");
	put_side_tables(b, f);
	put(b, " WHERE ");
	put_side_where(b, f);
	if (!counts)
		return PROBE_ESTIMATE;
	put(b, " LIMIT ?, 1");
	sql_bind(b->s, db_int(NARROW_MAX));
	return PROBE_ROW;
}

/* What the optimizer reckons from the index alone, without reading a row. */
static void
put_estimate(const struct build *b)
{
	struct indexes x = { .n = 0 };

	indexes_of_filters(b->q, &x);
	put(b, "EXPLAIN SELECT 1 FROM ");
	put_table(b, &x);
	put(b, " WHERE t.tenant_id = ?");
	sql_bind(b->s, db_id(b->cx->tenant));
	if (b->q->search.n)
		put_search(b);
	for (size_t i = 0; i < b->q->nfilters && !b->q->search.n; i++) {
		if (filter_index(b->q, &b->q->filters[i]))
			put_filter(b, &b->q->filters[i]);
	}
}

enum probe
query_probe_sql(struct ctx *cx, const struct query *q, struct sql *out)
{
	struct build b = { cx, q, q->resource, out, NULL, false };
	const struct filter *side = query_side_filter(q);
	enum target target = query_target(q);

	if (target == TARGET_NONE)
		return PROBE_NONE;
	if (!q->keyset && (target == TARGET_SIDE || !side))
		return PROBE_TOTAL;
	sql_init(out, cx);
	if (target == TARGET_SIDE)
		return put_side_probe(&b, side);
	put_estimate(&b);
	return PROBE_ESTIMATE;
}
