/*
 * Filters by what stands in a table beside the row: links to others, metadata, and items of lists. Such a table holds the row's
 * created_at and whether it is archived, in the key that finds it, so that a list of what passes, newest first, is
 * read along that key and no further than the page.
 */
#include "base/json_out.h"
#include "model/query_int.h"

#define KEY_BYTES 1024

static bool
is_side(const struct filter *f)
{
	return f->relation >= 0 || f->key.p || f->list;
}

/* True for what metadata_index holds: metadata, and items of lists. */
static bool
is_indexed(const struct filter *f)
{
	return f->key.p || f->list;
}

const struct filter *
query_side_filter(const struct query *q)
{
	for (size_t i = 0; !q->search.n && !q->resource->parent && i < q->nfilters; i++) {
		const struct filter *f = &q->filters[i];

		if (is_side(f) && !op_is_negative(f->op) && !f->null)
			return f;
	}
	return NULL;
}

bool
side_is_ordered(const struct query *q, const struct filter *f)
{
	return f->nvalues == 1 && query_is_by_age(q) && query_state(q) != STATE_EITHER;
}

static const struct field *
link_field(const struct resource *r, int relation)
{
	return &r->plan->related[relation]->fields[r->plan->related_by[relation]];
}

const char *
side_id(const struct build *b, const struct filter *f)
{
	return is_indexed(f) ? "object_id" : str_fmt(b->cx->arena, "%s_id", b->r->name).p;
}

void
put_side_tables(const struct build *b, const struct filter *f)
{
	const struct resource *to;
	const char *via;

	if (is_indexed(f)) {
		put(b, "metadata_index l FORCE INDEX (PRIMARY)");
		return;
	}
	to = b->r->plan->related[f->relation];
	via = b->r->relations[f->relation].via;
	if (f->nvalues > 1)
		buf_fmt(&b->s->text, "%s c STRAIGHT_JOIN ", to->table);
	buf_fmt(&b->s->text, "%s l FORCE INDEX (%s)", via, to->name);
	if (f->nvalues > 1)
		buf_fmt(&b->s->text, " ON l.tenant_id = c.tenant_id AND l.%s_id = c.id", to->name);
}

/* c.archived_at IS NULL AND c.slug IN (?) */
static void
put_names(const struct build *b, const struct filter *f)
{
	const struct field *by = link_field(b->r, f->relation);

	buf_fmt(&b->s->text, "c.archived_at IS NULL AND c.%s ", by->name);
	put_in(b, by, f);
}

/* One name is one other, whose links stand in order behind its id; of several, each has links of its own. */
static void
put_link_where(const struct build *b, const struct filter *f)
{
	const struct resource *to = b->r->plan->related[f->relation];

	if (f->nvalues > 1) {
		put(b, "c.tenant_id = ? AND ");
		sql_bind(b->s, db_id(b->cx->tenant));
		put_names(b, f);
		return;
	}
	buf_fmt(&b->s->text, "l.tenant_id = ? AND l.%s_id = (SELECT c.id FROM %s c WHERE", to->name,
		to->table);
	put(b, " c.tenant_id = ? AND ");
	sql_bind(b->s, db_id(b->cx->tenant));
	sql_bind(b->s, db_id(b->cx->tenant));
	put_names(b, f);
	put(b, " LIMIT 1)");
}

static struct str
indexed_as(const struct build *b, const struct filter *f)
{
	return f->list ? b->r->plan->fields[f->list - b->r->fields].listed : b->r->plan->name;
}

/* l.resource = ? AND l.name = ? AND l.value IN (?); items of a list have no name. */
static void
put_indexed_names(const struct build *b, const struct filter *f)
{
	static const struct field value = STRING("value", .max = 500);

	put(b, "l.resource = ? AND l.name = ? AND l.value ");
	sql_bind(b->s, db_text(indexed_as(b, f)));
	sql_bind(b->s, db_text(f->list ? STR("") : f->key));
	put_in(b, &value, f);
}

void
put_side_where(const struct build *b, const struct filter *f)
{
	enum state state = query_state(b->q);

	if (is_indexed(f)) {
		put(b, "l.tenant_id = ? AND ");
		sql_bind(b->s, db_id(b->cx->tenant));
		put_indexed_names(b, f);
	} else {
		put_link_where(b, f);
	}
	if (state != STATE_EITHER)
		put(b, state == STATE_ALIVE ? " AND l.archived = 0" : " AND l.archived = 1");
}

/* As EXISTS or IN the optimizer would first gather every row that has one. */
static void
put_link_test(const struct build *b, const struct filter *f)
{
	const struct relation *rel = &b->r->relations[f->relation];
	const struct resource *to = b->r->plan->related[f->relation];

	buf_fmt(&b->s->text,
		"(SELECT 1 FROM %s l JOIN %s c ON c.tenant_id = l.tenant_id AND c.id = l.%s_id"
		" WHERE l.tenant_id = t.tenant_id AND l.%s_id = t.id AND ",
		rel->via, to->table, to->name, b->r->name);
	put_names(b, f);
}

/* {"warehouse":"west"} as it stands in a row. Both are written by json_out_string(), and compared byte for byte. */
static struct str
member_of(const struct build *b, struct str key, struct str value)
{
	struct buf m;

	buf_init(&m, b->cx->arena, key.n + value.n + 8, (key.n + value.n) * 6 + 16);
	buf_char(&m, '{');
	json_out_string(&m, key);
	buf_char(&m, ':');
	json_out_string(&m, value);
	buf_char(&m, '}');
	return buf_view(&m);
}

/* In the row itself: its index is no faster for one row, and several values of it are not found by one key. */
static void
put_metadata_test(const struct build *b, const struct filter *f)
{
	for (size_t i = 0; i < f->nvalues; i++) {
		put(b, i ? " OR JSON_CONTAINS(t.metadata, ?)" : "(JSON_CONTAINS(t.metadata, ?)");
		sql_bind(b->s, db_text(member_of(b, f->key, f->values[i].s)));
	}
	buf_char(&b->s->text, ')');
}

static struct str
item_of(const struct build *b, struct str value)
{
	struct buf m;

	buf_init(&m, b->cx->arena, value.n + 4, value.n * 6 + 4);
	json_out_string(&m, value);
	return buf_view(&m);
}

/* (COALESCE(JSON_CONTAINS(t.tags, ?), 0) + … > 0), or = 0 */
static void
put_list_test(const struct build *b, const struct filter *f)
{
	for (size_t i = 0; i < f->nvalues; i++) {
		buf_fmt(&b->s->text, "%sCOALESCE(JSON_CONTAINS(t.%s, ?), 0)", i ? " + " : "(",
			f->list->name);
		sql_bind(b->s, db_text(item_of(b, f->values[i].s)));
	}
	put(b, op_is_negative(f->op) ? " = 0)" : " > 0)");
}

void
put_side_test(const struct build *b, const struct filter *f)
{
	if (f->list) {
		put_list_test(b, f);
		return;
	}
	if (f->key.p) {
		put_metadata_test(b, f);
		return;
	}
	put_link_test(b, f);
	put(b, op_is_negative(f->op) ? " LIMIT 1) IS NULL" : " LIMIT 1) = 1");
}

void
put_unset_test(const struct build *b, const struct filter *f)
{
	struct buf key;

	if (f->list) {
		buf_fmt(&b->s->text, "COALESCE(JSON_LENGTH(t.%s), 0) %s 0", f->list->name,
			op_is_negative(f->op) ? ">" : "=");
		return;
	}
	buf_init(&key, b->cx->arena, f->key.n + 2, f->key.n * 6 + KEY_BYTES);
	json_out_string(&key, f->key);
	put(b, "COALESCE(JSON_CONTAINS(JSON_KEYS(t.metadata), ?), 0) = 0");
	sql_bind(b->s, db_text(buf_view(&key)));
}
