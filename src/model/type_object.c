/*
 * Objects in fields, kept as JSON text. A member is kept as its column would be, not as the API shows it: so neither
 * another currency nor a limit that was changed later makes what is stored unreadable.
 */
#include "base/json_out.h"
#include "model/map.h"
#include "model/plan.h"
#include "model/render.h"
#include "model/type_int.h"
#include "model/validate.h"

#define OBJECT_BYTES ((size_t)1 << 20) /* of the text of one field */

/* ---- recs to text */

/* True if the column of that type holds JSON already. */
static bool
is_json(const struct type_row *t)
{
	return !strcmp(t->schema_type, "object") || !strcmp(t->schema_type, "array");
}

static void
put_cell(struct buf *b, const struct db_value *cell, bool json)
{
	if (cell->kind != DB_TEXT)
		buf_int(b, cell->i);
	else if (json)
		buf_str(b, cell->s);
	else
		json_out_string(b, cell->s);
}

/* What is null is left out. */
static void
put_stored(struct buf *b, struct ctx *cx, const struct rec *o)
{
	buf_char(b, '{');
	for (size_t i = 0; i < o->resource->nfields; i++) {
		const struct field *f = &o->resource->fields[i];
		const struct type_row *t = &type_rows[f->type];
		struct db_value cells[2];

		if (o->v[i].state != VALUE_SET)
			continue;
		t->bind(cx, f, &o->v[i], cells);
		for (int k = 0; k < t->columns; k++) {
			if (cells[k].kind == DB_NULL)
				continue;
			json_out_comma(b);
			buf_fmt(b, "\"%s%s\":", f->name, k ? "_i18n" : "");
			put_cell(b, &cells[k], k || is_json(t));
		}
	}
	buf_char(b, '}');
}

struct str
object_stored(struct ctx *cx, const struct rec *o)
{
	struct buf b;

	buf_init(&b, cx->arena, 256, OBJECT_BYTES);
	put_stored(&b, cx, o);
	must(!b.overflow);
	return buf_view(&b);
}

struct str
objects_stored(struct ctx *cx, const struct recs *all)
{
	struct buf b;

	buf_init(&b, cx->arena, 256, OBJECT_BYTES);
	buf_char(&b, '[');
	for (size_t i = 0; i < all->n; i++) {
		json_out_comma(&b);
		put_stored(&b, cx, all->r[i]);
	}
	buf_char(&b, ']');
	must(!b.overflow);
	return buf_view(&b);
}

/* ---- text to recs */

static struct db_value
cell_of(struct ctx *cx, const struct json *j, bool json)
{
	int64_t n;

	if (!j)
		return db_null();
	if (json)
		return db_text(json_text(cx->arena, j));
	if (json_kind(j) == JSON_STRING)
		return db_text(json_string(j));
	must(json_int(j, &n));
	return db_int(n);
}

static struct rec *
read_stored(struct ctx *cx, const struct resource *shape, const struct json *j)
{
	struct rec *o = rec_new(cx->arena, shape);

	for (size_t i = 0; i < shape->nfields; i++) {
		const struct field *f = &shape->fields[i];
		const struct type_row *t = &type_rows[f->type];
		struct db_value cells[2] = { cell_of(cx, json_get(j, f->name), is_json(t)) };

		if (t->columns == 2)
			cells[1] = cell_of(
				cx, json_get(j, str_fmt(cx->arena, "%s_i18n", f->name).p), true);
		if (cells[0].kind == DB_NULL)
			o->v[i].state = VALUE_NULL;
		else
			t->read(cx, f, cells, &o->v[i]);
	}
	return o;
}

static struct json *
stored_json(struct ctx *cx, const struct value *v)
{
	struct json *j = NULL;

	must(!json_parse(cx->arena, v->s, &j));
	return j;
}

struct rec *
object_read(struct ctx *cx, const struct field *f, const struct value *v)
{
	return read_stored(cx, f->object, stored_json(cx, v));
}

struct recs
objects_read(struct ctx *cx, const struct field *f, const struct value *v)
{
	const struct json *j = stored_json(cx, v);
	size_t n = json_length(j);
	struct recs all = { ARENA_ARRAY(cx->arena, n, struct rec *), n, true };

	for (size_t i = 0; i < n; i++)
		all.r[i] = read_stored(cx, f->object, json_at(j, i));
	return all;
}

/* ---- what a body has */

static size_t
faults(const struct fault *at)
{
	return *at->e ? (*at->e)->ndetails : 0;
}

void
object_parse(const struct fault *at, const struct resource *r, int field, const struct json *j,
	struct value *v)
{
	size_t before = faults(at);
	struct rec *o = validate_object(at, r->fields[field].object, j);

	if (faults(at) == before)
		value_set_str(v, object_stored(at->cx, o));
}

void
objects_parse(const struct fault *at, const struct resource *r, int field, const struct json *j,
	struct value *v)
{
	const struct field *f = &r->fields[field];
	size_t n = json_length(j), before = faults(at);
	struct recs all = { .n = n };

	if (json_kind(j) != JSON_ARRAY) {
		fault_kind(at, "an array of objects", j);
		return;
	}
	if (n > (size_t)f->max || n < (size_t)f->min) {
		fault_add(at, REASON_COUNT, "must have %" PRId64 " to %" PRId64 " items, not %zu",
			f->min, f->max, n);
		return;
	}
	all.r = ARENA_ARRAY(at->cx->arena, n, struct rec *);
	for (size_t i = 0; i < n && !err_is_full(*at->e); i++) {
		struct fault here = *at;

		here.path = str_fmt(at->cx->arena, "%.*s[%zu]", STRF(at->path), i);
		all.r[i] = validate_object(&here, f->object, json_at(j, i));
	}
	if (faults(at) == before)
		value_set_str(v, objects_stored(at->cx, &all));
}

/* ---- what an answer shows */

static void
put_objects(struct buf *b, struct ctx *cx, const struct field *f, struct recs *all,
	const struct rec *holder)
{
	struct view view = view_full(cx, f->object, false);

	for (size_t i = 0; i < all->n; i++)
		all->r[i]->holder = holder;
	if (f->type == T_OBJECT)
		render_rec(b, cx, all->r[0], &view);
	else
		render_recs(b, cx, all, &view);
}

static struct recs
read_either(struct ctx *cx, const struct field *f, const struct value *v)
{
	struct recs one = { .n = 1 };

	if (f->type == T_OBJECTS)
		return objects_read(cx, f, v);
	one.r = ARENA_ARRAY(cx->arena, 1, struct rec *);
	one.r[0] = object_read(cx, f, v);
	return one;
}

void
object_render(struct buf *b, struct ctx *cx, const struct field *f, const struct value *v)
{
	struct recs all = read_either(cx, f, v);

	put_objects(b, cx, f, &all, NULL);
}

bool
object_show(struct buf *b, struct ctx *cx, const struct rec *r, size_t field)
{
	const struct field *f = &r->resource->fields[field];
	struct recs all;

	if (r->v[field].state != VALUE_SET)
		return false;
	if (f->flags & F_LIVE) {
		buf_str(b, r->v[field].s);
		return true;
	}
	all = read_either(cx, f, &r->v[field]);
	put_objects(b, cx, f, &all, r);
	return true;
}
