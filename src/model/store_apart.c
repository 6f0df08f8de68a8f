/* Children that are kept apart from their owner: who has very many shows the newest. */
#include "base/id.h"
#include "model/plan.h"
#include "model/query.h"
#include "model/store.h"

struct err *
store_hold(struct ctx *cx, const struct resource *r, struct id id, bool *archived)
{
	struct db_rows rows = { 0 };
	struct sql s;
	struct err *e;

	sql_init(&s, cx);
	buf_fmt(&s.text,
		"SELECT archived_at IS NOT NULL FROM %s WHERE tenant_id = ? AND id = ? LOCK IN "
		"SHARE "
		"MODE",
		r->table);
	sql_bind(&s, db_id(cx->tenant));
	sql_bind(&s, db_id(id));
	e = db_run(cx, buf_view(&s.text), s.values, s.nvalues, &rows);
	if (e)
		return e;
	if (!rows.n)
		return err_new(cx->arena, ERR_NOT_FOUND, "there is no such %s", r->name);
	*archived = db_row(&rows, 0)[0].i != 0;
	return NULL;
}

/* Owners whose children are being read. */
struct reading {
	struct ctx *cx;
	const struct recs *owners;
	const struct relation *rel;
	const struct resource *to;
	struct view inside;
};

/* One owner's newest; `owner` may be nobody's id. */
static void
put_newest(const struct reading *rd, struct sql *s, struct id owner)
{
	const struct published *p = rd->to->published;

	buf_z(&s->text, "(SELECT ");
	store_columns(&s->text, rd->to, &rd->inside, "t");
	buf_fmt(&s->text, " FROM %s t FORCE INDEX (%s) WHERE t.tenant_id = ? AND t.%s = ?",
		rd->to->table, rd->rel->index ? rd->rel->index : rd->to->parent, rd->rel->via);
	sql_bind(s, db_id(rd->cx->tenant));
	sql_bind(s, db_id(owner));
	if (p) {
		const struct field *f = &rd->to->fields[p->field];

		buf_fmt(&s->text, " AND t.%s = ?", f->name);
		sql_bind(s, db_text(str_of(f->choices[p->choice].name)));
	}
	buf_z(&s->text,
		" AND t.archived_at IS NULL ORDER BY t.created_at DESC, t.id DESC LIMIT ?)");
	sql_bind(s, db_int(rd->rel->max));
}

/* As many parts as a power of two, so that few texts are prepared. */
static void
put_all(const struct reading *rd, struct sql *s)
{
	size_t parts = 1;

	while (parts < rd->owners->n)
		parts *= 2;
	for (size_t i = 0; i < parts; i++) {
		if (i)
			buf_z(&s->text, " UNION ALL ");
		put_newest(rd, s, i < rd->owners->n ? rd->owners->r[i]->id : ID_NONE);
	}
}

/* The rows of an owner stand together, in the order of the owners. */
static void
hand_out(const struct reading *rd, size_t relation, const struct db_rows *rows)
{
	size_t parent_cell = 5 + (rd->inside.fields >> VIEW_METADATA & 1), at = 0;

	for (size_t i = 0; i < rd->owners->n; i++) {
		struct rec *owner = rd->owners->r[i];
		struct rec **own = ARENA_ARRAY(rd->cx->arena, (size_t)rd->rel->max, struct rec *);
		size_t n = 0;

		while (at < rows->n && n < (size_t)rd->rel->max &&
			db_row(rows, at)[parent_cell].i == owner->id.n)
			own[n++] = store_read(rd->cx, rd->to, &rd->inside, db_row(rows, at++));
		owner->many[relation] = (struct recs){ own, n, true };
	}
}

static struct err *
read_relation(struct ctx *cx, const struct recs *owners, const struct view *v, size_t relation)
{
	const struct resource *r = owners->r[0]->resource;
	struct reading rd = { cx, owners, &r->relations[relation], r->plan->related[relation],
		view_inside(cx, r, v, relation) };
	struct db_rows rows = { 0 };
	struct sql s;
	struct err *e;

	sql_init(&s, cx);
	put_all(&rd, &s);
	e = db_run(cx, buf_view(&s.text), s.values, s.nvalues, &rows);
	if (!e)
		hand_out(&rd, relation, &rows);
	return e;
}

struct err *
store_read_apart(struct ctx *cx, const struct recs *owners, const struct view *v)
{
	const struct resource *r = owners->n ? owners->r[0]->resource : NULL;
	struct err *e = NULL;

	for (size_t i = 0; r && !e && i < r->nrelations; i++) {
		if (r->relations[i].kind == REL_APART && (v->includes >> i & 1))
			e = read_relation(cx, owners, v, i);
	}
	return e;
}
