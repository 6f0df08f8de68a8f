/*
 * Rows to recs, and the children of many owners at once. Children come by a second statement, so each
 * of them brings its owner's version: an answer never shows an owner of one version with children of
 * another.
 */
#include "model/store.h"

#include "model/query.h"
#include "model/type.h"

static bool
has_column(const struct resource *r, const struct view *v, size_t field)
{
	return ((v->fields | v->read) & VIEW_BIT(field)) && !(r->fields[field].flags & F_NO_COLUMN);
}

static bool
has_relation_column(const struct resource *r, const struct view *v, size_t relation)
{
	return r->relations[relation].kind == REL_MANY || (v->links >> relation & 1);
}

static void
put_column(struct buf *sql, const char *alias, const char *name, const char *suffix)
{
	buf_put(sql, ", ", 2);
	buf_z(sql, alias);
	buf_char(sql, '.');
	buf_z(sql, name);
	buf_z(sql, suffix);
}

void
store_columns(struct buf *sql, const struct resource *r, const struct view *v, const char *alias)
{
	buf_z(sql, alias);
	buf_z(sql, ".id");
	if (r->log_time) {
		buf_fmt(sql, ", 1, %s.created_at, %s.created_at, NULL", alias, alias);
	} else {
		put_column(sql, alias, "version", "");
		put_column(sql, alias, "created_at", "");
		put_column(sql, alias, "updated_at", "");
		put_column(sql, alias, "archived_at", "");
	}
	if (v->fields & VIEW_BIT(VIEW_METADATA))
		put_column(sql, alias, "metadata", "");
	if (r->parent)
		put_column(sql, alias, r->parent_column, "");
	for (size_t i = 0; i < r->nfields; i++) {
		if (!has_column(r, v, i))
			continue;
		if (r->fields[i].computed)
			buf_fmt(sql, ", (%s)", r->fields[i].computed);
		else
			put_column(sql, alias, r->fields[i].name, "");
		if (type_rows[r->fields[i].type].columns == 2)
			put_column(sql, alias, r->fields[i].name, "_i18n");
	}
	for (size_t i = 0; i < r->nrelations; i++) {
		if (has_relation_column(r, v, i))
			put_column(sql, alias, r->relations[i].name,
				r->relations[i].kind == REL_MANY ? "_count" : "");
	}
}

size_t
store_width(const struct resource *r, const struct view *v)
{
	size_t n = 5 + (v->fields >> VIEW_METADATA & 1) + (r->parent != NULL);

	for (size_t i = 0; i < r->nfields; i++)
		n += has_column(r, v, i) ? (size_t)type_rows[r->fields[i].type].columns : 0;
	for (size_t i = 0; i < r->nrelations; i++)
		n += has_relation_column(r, v, i);
	return n;
}

/* "audio,electronics"; a slug has no comma in it. */
static struct strs
split_links(struct arena *a, struct str text)
{
	struct strs l = { .n = text.n > 0, .given = true };
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		l.n += text.p[i] == ',';
	l.s = ARENA_ARRAY(a, l.n, struct str);
	while (n < l.n && str_split(&text, ',', &l.s[n]))
		n++;
	return l;
}

/* Reads the fields from the cells; gives the cells behind them. */
static const struct db_value *
read_fields(struct ctx *cx, struct rec *rec, const struct view *v, const struct db_value *cells)
{
	const struct resource *r = rec->resource;

	for (size_t i = 0; i < r->nfields; i++) {
		const struct type_row *type = &type_rows[r->fields[i].type];

		if (!has_column(r, v, i))
			continue;
		if (cells->kind == DB_NULL)
			rec->v[i].state = VALUE_NULL;
		else
			type->read(cx, &r->fields[i], cells, &rec->v[i]);
		rec->v[i].sealed = (r->fields[i].flags & F_SEALED) != 0;
		cells += type->columns;
	}
	return cells;
}

struct rec *
store_read(struct ctx *cx, const struct resource *r, const struct view *v,
	const struct db_value *cells)
{
	struct rec *rec = rec_new(cx->arena, r);

	rec->id.n = cells[0].i;
	rec->version = cells[1].i;
	rec->created_at = cells[2].i;
	rec->updated_at = cells[3].i;
	rec->archived_at = cells[4].i;
	cells += 5;
	if (v->fields & VIEW_BIT(VIEW_METADATA))
		rec->metadata = (cells++)->s;
	if (r->parent)
		rec->parent.n = (cells++)->i;
	cells = read_fields(cx, rec, v, cells);
	for (size_t i = 0; i < r->nrelations; i++) {
		if (!has_relation_column(r, v, i))
			continue;
		if (r->relations[i].kind == REL_MANY)
			rec->counts[i] = cells->i;
		else
			rec->link[i] = split_links(cx->arena, cells->s);
		cells++;
	}
	return rec;
}

/* Owners whose children are being read. */
struct reading {
	struct ctx *cx;
	const struct resource *r;
	struct recs owners;
	const struct view *v;
	bool lock;
	bool watches;     /* the statement reads the owners' versions too */
	struct recs torn; /* owners that changed between the statements */
};

/* Binds the ids of the owners that have such children; gives how many there are. */
static size_t
owners_with(const struct recs *owners, size_t relation, struct id *ids)
{
	size_t n = 0;

	for (size_t i = 0; i < owners->n; i++) {
		if (owners->r[i]->counts[relation])
			ids[n++] = owners->r[i]->id;
	}
	return n;
}

static void
put_ids(struct ctx *cx, struct sql *s, const struct id *ids, size_t n)
{
	size_t marks;

	sql_bind(s, db_id(cx->tenant));
	marks = sql_marks(s, n);
	for (size_t i = 0; i < marks; i++)
		sql_bind(s, db_id(ids[MIN(i, n - 1)]));
}

static void
children_sql(const struct reading *rd, size_t relation, const struct view *inside, struct sql *s)
{
	const struct resource *to = rd->r->plan->related[relation];
	const char *via = to->parent_column;

	sql_init(s, rd->cx);
	/* The index is named: what each of many ranges holds need not be estimated first. */
	if (rd->owners.n > 1)
		buf_z(&s->text, "SET STATEMENT eq_range_index_dive_limit = 1 FOR ");
	buf_z(&s->text, "SELECT ");
	store_columns(&s->text, to, inside, "t");
	buf_fmt(&s->text, ", %s FROM %s t FORCE INDEX (`%s`)", rd->watches ? "o.version" : "0",
		to->table, to->parent);
	if (rd->watches)
		buf_fmt(&s->text,
			" STRAIGHT_JOIN %s o FORCE INDEX (PRIMARY) ON o.tenant_id = t.tenant_id"
			" AND o.id = t.%s",
			rd->r->table, via);
	buf_fmt(&s->text, " WHERE t.tenant_id = ? AND t.%s IN ", via);
}

static void
children_order(const struct reading *rd, size_t relation, struct sql *s)
{
	const struct resource *to = rd->r->plan->related[relation];

	buf_fmt(&s->text, " ORDER BY t.%s", to->parent_column);
	if (to->order_column)
		buf_fmt(&s->text, ", t.%s", to->order_column);
	buf_z(&s->text, rd->lock ? ", t.id FOR UPDATE" : ", t.id");
}

/* The rows of one owner stand together, ids ascending; owners come in any order. */
static size_t
take_children(struct reading *rd, struct rec *owner, size_t relation, const struct view *inside,
	struct db_rows *rows)
{
	const struct resource *to = rd->r->plan->related[relation];
	size_t parent_cell = 5 + (inside->fields >> VIEW_METADATA & 1);
	size_t low = 0, high = rows->n, n = 0;
	struct recs *many = &owner->many[relation];

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (db_row(rows, middle)[parent_cell].i < owner->id.n)
			low = middle + 1;
		else
			high = middle;
	}
	while (low + n < rows->n && db_row(rows, low + n)[parent_cell].i == owner->id.n)
		n++;
	*many = (struct recs){ ARENA_ARRAY(rd->cx->arena, n, struct rec *), n, true };
	for (size_t i = 0; i < n; i++)
		many->r[i] = store_read(rd->cx, to, inside, db_row(rows, low + i));
	return low;
}

static void
note_torn(struct reading *rd, struct rec *owner)
{
	for (size_t i = 0; i < rd->torn.n; i++) {
		if (rd->torn.r[i] == owner)
			return;
	}
	rd->torn.r[rd->torn.n++] = owner;
}

static void
hand_out(struct reading *rd, size_t relation, const struct view *inside, struct db_rows *rows)
{
	for (size_t i = 0; i < rd->owners.n; i++) {
		struct rec *owner = rd->owners.r[i];
		size_t first = take_children(rd, owner, relation, inside, rows);
		struct recs *many = &owner->many[relation];

		if (rd->lock)
			continue;
		if (many->n != (size_t)owner->counts[relation] ||
			(rd->watches && many->n &&
				db_row(rows, first)[rows->columns - 1].i != owner->version))
			note_torn(rd, owner);
	}
}

/*
 * Versions only rise: an owner that still has the version of its row in a later statement had it in this one too. So
 * they are looked at where an owner's last children are read.
 */
static bool
must_watch(const struct reading *rd, size_t relation)
{
	for (size_t i = 0; i < rd->owners.n; i++) {
		const struct rec *owner = rd->owners.r[i];
		bool later = false;

		for (size_t k = relation + 1; k < rd->r->nrelations; k++)
			later = later || (rd->v->includes >> k & 1 && owner->counts[k]);
		if (owner->counts[relation] && !later)
			return true;
	}
	return false;
}

static struct err *
read_relation(struct reading *rd, size_t relation)
{
	struct id *ids = ARENA_ARRAY(rd->cx->arena, rd->owners.n, struct id);
	size_t n = owners_with(&rd->owners, relation, ids);
	struct view inside = view_inside(rd->cx, rd->r, rd->v, relation);
	struct db_rows rows = { 0 };
	struct sql s;
	struct err *e;

	for (size_t i = 0; i < rd->owners.n; i++)
		rd->owners.r[i]->many[relation] = (struct recs){ .given = true };
	if (!n)
		return NULL;
	rd->watches = !rd->lock && must_watch(rd, relation);
	children_sql(rd, relation, &inside, &s);
	put_ids(rd->cx, &s, ids, n);
	children_order(rd, relation, &s);
	e = db_run(rd->cx, buf_view(&s.text), s.values, s.nvalues, &rows);
	if (!e)
		hand_out(rd, relation, &inside, &rows);
	return e;
}

static struct err *
read_relations(struct reading *rd)
{
	struct err *e = NULL;

	rd->torn = (struct recs){ .r = ARENA_ARRAY(rd->cx->arena, rd->owners.n, struct rec *) };
	for (size_t i = 0; !e && i < rd->r->nrelations; i++) {
		if (rd->r->relations[i].kind == REL_MANY && (rd->v->includes >> i & 1))
			e = read_relation(rd, i);
	}
	return e;
}

static struct rec *
find_rec(const struct recs *recs, int64_t id)
{
	for (size_t i = 0; i < recs->n; i++) {
		if (recs->r[i]->id.n == id)
			return recs->r[i];
	}
	return NULL;
}

/* Reads the rows of torn owners anew; keeps as torn those that did change. */
static struct err *
read_again(struct reading *rd)
{
	struct id *ids = ARENA_ARRAY(rd->cx->arena, rd->torn.n, struct id);
	struct recs torn = rd->torn;
	struct db_rows rows = { 0 };
	struct sql s;
	struct err *e;

	for (size_t i = 0; i < torn.n; i++)
		ids[i] = torn.r[i]->id;
	sql_init(&s, rd->cx);
	buf_z(&s.text, "SELECT ");
	store_columns(&s.text, rd->r, rd->v, "t");
	buf_fmt(&s.text, " FROM %s t WHERE t.tenant_id = ? AND t.id IN ", rd->r->table);
	put_ids(rd->cx, &s, ids, torn.n);
	e = db_run(rd->cx, buf_view(&s.text), s.values, s.nvalues, &rows);
	rd->torn = (struct recs){ .r = ARENA_ARRAY(rd->cx->arena, torn.n, struct rec *) };
	for (size_t i = 0; !e && i < rows.n; i++) {
		struct rec *fresh = store_read(rd->cx, rd->r, rd->v, db_row(&rows, i));
		struct rec *owner = find_rec(&torn, fresh->id.n);

		if (!owner || owner->version == fresh->version)
			continue;
		*owner = *fresh;
		note_torn(rd, owner);
	}
	return e;
}

/* The torn owners and their children anew, and nobody else's. */
static struct err *
mend(struct ctx *cx UNUSED, void *arg)
{
	struct reading *rd = arg;
	struct err *e = read_again(rd);

	rd->owners = rd->torn;
	return e || !rd->owners.n ? e : read_relations(rd);
}

/*
 * A row and its children are statements of their own, between which others write. What was met in a change is read once
 * more; if that is changed again just then, in a transaction for which nothing moves.
 */
static struct err *
read_together(struct ctx *cx, const struct recs *owners, const struct view *v, bool lock)
{
	struct reading rd = { .cx = cx, .owners = *owners, .v = v, .lock = lock };
	struct err *e;

	if (!owners->n || !v->includes)
		return NULL;
	rd.r = owners->r[0]->resource;
	e = read_relations(&rd);
	if (!e && rd.torn.n)
		e = mend(cx, &rd);
	if (e || !rd.torn.n)
		return e;
	if (db_in_tx(cx))
		return err_log(
			cx->arena, ERR_TX_REPEAT, "%s that are not locked change", rd.r->plural);
	return db_snapshot(cx, mend, &rd);
}

struct err *
store_read_children(struct ctx *cx, const struct recs *owners, const struct view *v, bool lock)
{
	struct err *e = read_together(cx, owners, v, lock);

	return e ? e : store_read_apart(cx, owners, v);
}

struct err *
store_load(
	struct ctx *cx, const struct resource *r, struct id parent, struct id id, struct rec **out)
{
	struct view whole = view_whole(r);
	struct db_rows rows = { 0 };
	struct sql s;
	struct err *e;

	sql_init(&s, cx);
	buf_z(&s.text, "SELECT ");
	store_columns(&s.text, r, &whole, "t");
	buf_fmt(&s.text, " FROM %s t WHERE t.tenant_id = ? AND t.id = ?", r->table);
	sql_bind(&s, db_id(cx->tenant));
	sql_bind(&s, db_id(id));
	if (r->parent) {
		buf_fmt(&s.text, " AND t.%s = ?", r->parent_column);
		sql_bind(&s, db_id(parent));
	}
	buf_z(&s.text, " FOR UPDATE");
	e = db_run(cx, buf_view(&s.text), s.values, s.nvalues, &rows);
	if (e)
		return e;
	if (!rows.n)
		return err_new(cx->arena, ERR_NOT_FOUND, "there is no such %s", r->name);
	*out = store_read(cx, r, &whole, db_row(&rows, 0));
	return store_read_children(cx, &(struct recs){ out, 1, true }, &whole, false);
}
