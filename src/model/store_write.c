/* Recs to rows. All SQL built here is made of names from descriptors; every value is bound. */
#include "base/json_out.h"
#include "model/plan.h"
#include "model/sealed.h"
#include "model/store.h"
#include "model/type.h"

#define SQL_BYTES ((size_t)1 << 16)

/* Values to bind, in the order in which their columns are named. */
struct binds {
	struct db_value *v;
	size_t n, room;
};

static void
bind(struct binds *b, struct db_value v)
{
	must(b->n < b->room);
	b->v[b->n++] = v;
}

/* As many columns as any row of the resource can have. */
static size_t
columns_most(const struct resource *r)
{
	return 8 + 2 * r->nfields + r->nrelations;
}

static struct str
metadata_stored(const struct rec *r)
{
	return r->metadata.n > 2 ? r->metadata : (struct str){ 0 };
}

static struct db_value
archived_stored(const struct rec *r)
{
	return r->archived_at ? db_time(r->archived_at) : db_null();
}

/* "electronics,audio": what a REL_LINK shows, kept in the owner's row so that a page is one statement. */
static struct str
links_stored(struct arena *a, const struct strs *l)
{
	struct buf b;

	if (!l->n)
		return (struct str){ 0 };
	buf_init(&b, a, 128, SQL_BYTES);
	for (size_t i = 0; i < l->n; i++) {
		if (i)
			buf_char(&b, ',');
		buf_str(&b, l->s[i]);
	}
	return buf_view(&b);
}

static bool
is_stored(const struct field *f)
{
	return !(f->flags & F_NO_COLUMN) && !f->computed;
}

static void
name_columns(struct buf *sql, const struct resource *r)
{
	buf_z(sql, "tenant_id, id, version, created_at, updated_at, archived_at, metadata");
	if (r->parent_column && r->plan->parent_field < 0)
		buf_fmt(sql, ", %s", r->parent_column);
	for (size_t i = 0; i < r->nfields; i++) {
		if (!is_stored(&r->fields[i]))
			continue;
		buf_fmt(sql, ", %s", r->fields[i].name);
		if (type_rows[r->fields[i].type].columns == 2)
			buf_fmt(sql, ", %s_i18n", r->fields[i].name);
	}
	for (size_t i = 0; i < r->nrelations; i++) {
		if (r->relations[i].kind != REL_APART)
			buf_fmt(sql, r->relations[i].kind == REL_MANY ? ", %s_count" : ", %s",
				r->relations[i].name);
	}
}

/* The cells of a field: as its type has them, but for a secret. */
static void
cells_of(struct ctx *cx, const struct rec *rec, size_t i, struct db_value two[2])
{
	const struct field *f = &rec->resource->fields[i];

	if (f->flags & F_SEALED)
		two[0] = db_text(sealed_stored(cx, rec, (int)i));
	else
		type_rows[f->type].bind(cx, f, &rec->v[i], two);
}

static void
bind_row(struct ctx *cx, const struct rec *rec, struct binds *b)
{
	const struct resource *r = rec->resource;

	bind(b, db_id(cx->tenant));
	bind(b, db_id(rec->id));
	bind(b, db_int(rec->version));
	bind(b, db_time(rec->created_at));
	bind(b, db_time(rec->updated_at));
	bind(b, archived_stored(rec));
	bind(b, db_text(metadata_stored(rec)));
	if (r->parent_column && r->plan->parent_field < 0)
		bind(b, db_id(rec->parent));
	for (size_t i = 0; i < r->nfields; i++) {
		const struct type_row *t = &type_rows[r->fields[i].type];
		struct db_value two[2];

		if (!is_stored(&r->fields[i]))
			continue;
		cells_of(cx, rec, i, two);
		for (int k = 0; k < t->columns; k++)
			bind(b, two[k]);
	}
	for (size_t i = 0; i < r->nrelations; i++) {
		if (r->relations[i].kind == REL_MANY)
			bind(b, db_int(rec->counts[i]));
		else if (r->relations[i].kind == REL_LINK)
			bind(b, db_text(links_stored(cx->arena, &rec->link[i])));
	}
}

struct err *
store_insert_all(struct ctx *cx, const struct recs *recs)
{
	struct binds b = { 0 };
	const struct resource *r;
	struct buf head, tuple;
	struct err *e;

	if (!recs->n)
		return NULL;
	r = recs->r[0]->resource;
	b.room = recs->n * columns_most(r);
	b.v = ARENA_ARRAY(cx->arena, b.room, struct db_value);
	buf_init(&head, cx->arena, 1024, SQL_BYTES);
	buf_init(&tuple, cx->arena, 256, SQL_BYTES);
	buf_fmt(&head, "INSERT INTO %s (", r->table);
	name_columns(&head, r);
	buf_z(&head, ") VALUES");
	buf_char(&head, '\0');
	for (size_t i = 0; i < recs->n; i++)
		bind_row(cx, recs->r[i], &b);
	for (size_t i = 0; i < b.n / recs->n; i++)
		buf_z(&tuple, i ? ", ?" : "(?");
	buf_put(&tuple, ")", 2);
	e = db_insert_rows(cx, head.p, tuple.p, b.v, b.n);
	return e ? e : store_metadata_of_new(cx, recs);
}

struct err *
store_insert(struct ctx *cx, const struct rec *r)
{
	struct rec *one = rec_copy(cx->arena, r);

	return store_insert_all(cx, &(struct recs){ &one, 1, true });
}

/* Text and values of an UPDATE under way. */
struct change {
	struct ctx *cx;
	struct buf sql;
	struct binds b;
};

static void
set(struct change *c, const char *column, const char *suffix, struct db_value v)
{
	buf_fmt(&c->sql, ", %s%s = ?", column, suffix);
	bind(&c->b, v);
}

static void
set_fields(struct change *c, const struct rec *now, const struct rec *was)
{
	const struct resource *r = now->resource;

	for (size_t i = 0; i < r->nfields; i++) {
		const struct type_row *t = &type_rows[r->fields[i].type];
		struct db_value two[2];

		if (!is_stored(&r->fields[i]) || !rec_changed(now, was, (int)i))
			continue;
		cells_of(c->cx, now, i, two);
		set(c, r->fields[i].name, "", two[0]);
		if (t->columns == 2)
			set(c, r->fields[i].name, "_i18n", two[1]);
	}
}

static void
set_relations(struct change *c, const struct rec *now, const struct rec *was)
{
	const struct resource *r = now->resource;

	for (size_t i = 0; i < r->nrelations; i++) {
		if (r->relations[i].kind == REL_MANY && now->counts[i] != was->counts[i])
			set(c, r->relations[i].name, "_count", db_int(now->counts[i]));
		else if (r->relations[i].kind == REL_LINK &&
			!strs_same(&now->link[i], &was->link[i]))
			set(c, r->relations[i].name, "",
				db_text(links_stored(c->cx->arena, &now->link[i])));
	}
}

struct err *
store_update(struct ctx *cx, const struct rec *now, const struct rec *was)
{
	struct change c = { .cx = cx };
	struct err *e;

	c.b.room = columns_most(now->resource) + 4;
	c.b.v = ARENA_ARRAY(cx->arena, c.b.room, struct db_value);
	buf_init(&c.sql, cx->arena, 512, SQL_BYTES);
	buf_fmt(&c.sql, "UPDATE %s SET version = ?", now->resource->table);
	bind(&c.b, db_int(now->version));
	set(&c, "updated_at", "", db_time(now->updated_at));
	if (now->archived_at != was->archived_at)
		set(&c, "archived_at", "", archived_stored(now));
	if (!str_eq(now->metadata, was->metadata))
		set(&c, "metadata", "", db_text(metadata_stored(now)));
	set_fields(&c, now, was);
	set_relations(&c, now, was);
	buf_z(&c.sql, " WHERE tenant_id = ? AND id = ?");
	bind(&c.b, db_id(cx->tenant));
	bind(&c.b, db_id(now->id));
	e = db_run(cx, buf_view(&c.sql), c.b.v, c.b.n, NULL);
	return e ? e : store_metadata_changed(cx, now, was);
}

/* "?, ?, ?" */
static void
marks(struct buf *sql, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_z(sql, i ? ", ?" : "?");
}

struct err *
store_delete_all(struct ctx *cx, const struct recs *recs)
{
	struct binds b = { .room = recs->n + 1 };
	struct buf sql;
	struct err *e;

	if (!recs->n)
		return NULL;
	b.v = ARENA_ARRAY(cx->arena, b.room, struct db_value);
	buf_init(&sql, cx->arena, 256, SQL_BYTES);
	buf_fmt(&sql, "DELETE FROM %s WHERE tenant_id = ? AND id IN (",
		recs->r[0]->resource->table);
	marks(&sql, recs->n);
	buf_char(&sql, ')');
	bind(&b, db_id(cx->tenant));
	for (size_t i = 0; i < recs->n; i++)
		bind(&b, db_id(recs->r[i]->id));
	e = db_run(cx, buf_view(&sql), b.v, b.n, NULL);
	return e ? e : store_metadata_of_gone(cx, recs);
}

/*
 * Finds the ids behind the names, and holds their rows until the commit: one that is being renamed
 * either waits for us and then finds us, or has its new name already.
 */
static struct err *
find_linked(struct ctx *cx, const struct rec *now, int relation, struct db_rows *rows)
{
	const struct resource *to = now->resource->plan->related[relation];
	const char *by = to->fields[now->resource->plan->related_by[relation]].name;
	const struct strs *l = &now->link[relation];
	struct binds b = { ARENA_ARRAY(cx->arena, l->n + 1, struct db_value), 0, l->n + 1 };
	struct buf sql;

	buf_init(&sql, cx->arena, 256, SQL_BYTES);
	buf_fmt(&sql, "SELECT id, %s FROM %s WHERE tenant_id = ? AND %s IN (", by, to->table, by);
	marks(&sql, l->n);
	buf_z(&sql, ") AND archived_at IS NULL LOCK IN SHARE MODE");
	bind(&b, db_id(cx->tenant));
	for (size_t i = 0; i < l->n; i++)
		bind(&b, db_text(l->s[i]));
	return db_run(cx, buf_view(&sql), b.v, b.n, rows);
}

static struct id
id_of(const struct db_rows *rows, struct str name)
{
	for (size_t i = 0; i < rows->n; i++) {
		if (str_eq(db_row(rows, i)[1].s, name))
			return (struct id){ db_row(rows, i)[0].i };
	}
	return (struct id){ 0 };
}

static struct err *
insert_links(struct ctx *cx, const struct rec *now, int relation, const struct db_rows *found)
{
	const struct relation *rel = &now->resource->relations[relation];
	const struct strs *l = &now->link[relation];
	struct binds b = { ARENA_ARRAY(cx->arena, l->n * 6, struct db_value), 0, l->n * 6 };
	struct err *e = NULL;

	for (size_t i = 0; i < l->n; i++) {
		struct id id = id_of(found, l->s[i]);

		if (!id.n)
			err_field(cx->arena, &e, str_fmt(cx->arena, "%s[%zu]", rel->name, i),
				REASON_UNKNOWN, "there is no %s \"%.*s\"", rel->to,
				STRF(str_head(l->s[i], 64)));
		bind(&b, db_id(cx->tenant));
		bind(&b, db_id(now->id));
		bind(&b, db_id(id));
		bind(&b, db_int((int64_t)i));
		bind(&b, db_int(now->archived_at != 0));
		bind(&b, db_time(now->created_at));
	}
	if (e)
		return e;
	return db_insert_rows(cx,
		str_fmt(cx->arena,
			"INSERT INTO %s (tenant_id, %s_id, %s_id, position, archived, created_at)"
			" VALUES",
			rel->via, now->resource->name, rel->to)
			.p,
		"(?, ?, ?, ?, ?, ?)", b.v, b.n);
}

/* A link says whether its owner is archived, so that lists of those alive can be read along it. */
static struct err *
archive_links(struct ctx *cx, const struct rec *now, int relation)
{
	struct db_value v[] = { db_int(now->archived_at != 0), db_id(cx->tenant), db_id(now->id) };

	if (!now->link[relation].n)
		return NULL;
	return db_run(cx,
		str_fmt(cx->arena, "UPDATE %s SET archived = ? WHERE tenant_id = ? AND %s_id = ?",
			now->resource->relations[relation].via, now->resource->name),
		v, COUNT(v), NULL);
}

struct err *
store_links(struct ctx *cx, struct rec *now, const struct rec *was, int relation)
{
	const struct relation *rel = &now->resource->relations[relation];
	struct db_rows found = { 0 };
	struct db_value which[] = { db_id(cx->tenant), db_id(now->id) };
	struct err *e = NULL;

	if (was && strs_same(&now->link[relation], &was->link[relation]))
		return !now->archived_at == !was->archived_at ? NULL
							      : archive_links(cx, now, relation);
	if (was && was->link[relation].n)
		e = db_run(cx,
			str_fmt(cx->arena, "DELETE FROM %s WHERE tenant_id = ? AND %s_id = ?",
				rel->via, now->resource->name),
			which, COUNT(which), NULL);
	if (e || !now->link[relation].n)
		return e;
	e = find_linked(cx, now, relation, &found);
	return e ? e : insert_links(cx, now, relation, &found);
}
