/* The descriptors against the live tables: what the code believes and what the database has. */
#include "db/db.h"
#include "model/plan.h"
#include "model/sealed.h"
#include "model/type.h"

struct checking {
	struct ctx *cx;
	struct db_rows columns, indexes;
	struct err *e;
};

enum { COL_TABLE, COL_NAME, COL_LENGTH, COL_COLUMNS = COL_LENGTH, COL_UNIQUE };

/* The row of that column; NULL if there is none. */
static const struct db_value *
find(const struct db_rows *rows, const char *table, struct str name)
{
	for (size_t i = 0; i < rows->n; i++) {
		const struct db_value *row = db_row(rows, i);

		if (str_eq_z(row[COL_TABLE].s, table) && str_eq(row[COL_NAME].s, name))
			return row;
	}
	return NULL;
}

static void
complain(struct checking *c, const struct resource *r, struct str column, const char *what)
{
	err_field(c->cx->arena, &c->e, str_fmt(c->cx->arena, "%s.%.*s", r->table, STRF(column)),
		REASON_SCHEMA, "%s", what);
}

static const struct db_value *
need(struct checking *c, const struct resource *r, struct str column)
{
	const struct db_value *row = find(&c->columns, r->table, column);

	if (!row)
		complain(c, r, column, "the column is missing");
	return row;
}

/* True if those are the first of the columns. */
static bool
begins_with(struct str columns, struct str first)
{
	return str_starts(columns, first) && (columns.n == first.n || columns.p[first.n] == ',');
}

/*
 * (tenant_id, the column, created_at, id): a list by it, newest first, is read along it; more may stand behind. Of what
 * is unique there is one at most, so that a key of the column alone will do.
 */
static void
check_index(struct checking *c, const struct resource *r, const char *index, const char *column)
{
	const struct db_value *row = find(&c->indexes, r->table, str_of(index));
	struct str wanted = str_fmt(c->cx->arena, "tenant_id,%s,created_at,id", column);
	struct str unique = str_fmt(c->cx->arena, "tenant_id,%s", column);

	if (row && row[COL_UNIQUE].i && str_eq(row[COL_COLUMNS].s, unique))
		return;
	if (!row || (!r->parent && !begins_with(row[COL_COLUMNS].s, wanted)))
		complain(c, r, str_of(index),
			"the index is missing, or is not (tenant_id, column, created_at, id)");
}

static bool
has_word(struct str list, const char *word)
{
	struct str one;

	while (str_split(&list, ',', &one)) {
		if (str_eq_z(one, word))
			return true;
	}
	return false;
}

/* An object may have very many others: their sum is read from the key of the reference alone. */
static void
check_summary(struct checking *c, const struct summary *s)
{
	const struct resource *of = model_find(str_of(s->of));
	int by = of ? resource_field(of, str_of(s->by)) : -1;
	const char *index = by >= 0 ? of->fields[by].index : NULL;
	const struct db_value *row = index ? find(&c->indexes, of->table, str_of(index)) : NULL;

	must(of);
	if (!row || !has_word(row[COL_COLUMNS].s, s->sum) ||
		(s->unless && !has_word(row[COL_COLUMNS].s, s->unless)))
		complain(c, of, str_of(s->by),
			"the index of what is summed up does not hold all that the sum asks for");
}

static void
check_field(struct checking *c, const struct resource *r, const struct field *f)
{
	const struct db_value *row;

	if (f->summary)
		check_summary(c, f->summary);
	if ((f->flags & F_NO_COLUMN) || f->computed)
		return;
	row = need(c, r, str_of(f->name));
	if (type_rows[f->type].columns == 2)
		need(c, r, str_fmt(c->cx->arena, "%s_i18n", f->name));
	if (row && (f->flags & F_SEALED) && row[COL_LENGTH].i < sealed_width(f))
		complain(c, r, str_of(f->name), "the column is too narrow for what is sealed");
	else if (row && (f->type == T_STRING || f->type == T_LANG) && row[COL_LENGTH].i < f->max)
		complain(c, r, str_of(f->name), "the column is too narrow");
	if (f->index)
		check_index(c, r, f->index, f->name);
}

static void
check_resource(struct checking *c, const struct resource *r)
{
	static const char *const always[] = { "tenant_id", "id", "version", "created_at",
		"updated_at", "archived_at", "metadata" };
	static const char *const logged[] = { "tenant_id", "id", "created_at" };
	const char *const *first = r->log_time ? logged : always;

	for (size_t i = 0; i < (r->log_time ? COUNT(logged) : COUNT(always)); i++)
		need(c, r, str_of(first[i]));
	if (r->parent_column)
		need(c, r, str_of(r->parent_column));
	for (size_t i = 0; i < r->nfields; i++)
		check_field(c, r, &r->fields[i]);
	for (size_t i = 0; i < r->nrelations; i++) {
		const struct relation *rel = &r->relations[i];
		bool apart = rel->kind == REL_APART;

		if (!apart)
			need(c, r,
				str_fmt(c->cx->arena, rel->kind == REL_MANY ? "%s_count" : "%s",
					rel->name));
		if (rel->index)
			check_index(c, apart ? r->plan->related[i] : r, rel->index, rel->name);
	}
}

struct err *
model_check_schema(struct ctx *cx)
{
	struct checking c = { .cx = cx };
	struct err *e = db_query0(cx, &c.columns,
		"SELECT TABLE_NAME, COLUMN_NAME, CAST(CHARACTER_MAXIMUM_LENGTH AS SIGNED)"
		" FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()");

	e = e ? e
	      : db_query0(cx, &c.indexes,
			"SELECT TABLE_NAME, INDEX_NAME, GROUP_CONCAT(COLUMN_NAME ORDER BY "
			"SEQ_IN_INDEX), MIN(NON_UNIQUE = 0)"
			" FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()"
			" GROUP BY TABLE_NAME, INDEX_NAME");
	if (e)
		return e;
	for (const struct resource *const *r = model_all(); *r; r++)
		check_resource(&c, *r);
	if (c.e)
		c.e->code = ERR_INTERNAL;
	return c.e;
}
