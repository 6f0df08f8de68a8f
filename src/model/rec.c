/* Objects in memory: making, copying, typed access. */
#include "model/rec.h"

#include "base/currency.h"
#include "base/id.h"
#include "model/plan.h"
#include "model/type.h"

struct rec *
rec_new(struct arena *a, const struct resource *r)
{
	struct rec *rec = ARENA_NEW(a, struct rec);

	rec->resource = r;
	rec->v = ARENA_ARRAY(a, r->nfields, struct value);
	rec->many = ARENA_ARRAY(a, r->nrelations, struct recs);
	rec->link = ARENA_ARRAY(a, r->nrelations, struct strs);
	rec->counts = ARENA_ARRAY(a, r->nrelations, int64_t);
	return rec;
}

static struct recs
recs_copy(struct arena *a, const struct recs *from)
{
	struct recs to = { ARENA_ARRAY(a, from->n, struct rec *), from->n, from->given };

	for (size_t i = 0; i < from->n; i++)
		to.r[i] = rec_copy(a, from->r[i]);
	return to;
}

struct rec *
rec_copy(struct arena *a, const struct rec *r)
{
	struct rec *to = rec_new(a, r->resource);
	struct rec fresh = *to;
	size_t nrel = r->resource->nrelations;

	*to = *r;
	to->v = fresh.v;
	to->many = fresh.many;
	to->link = fresh.link;
	to->counts = fresh.counts;
	memcpy(to->v, r->v, r->resource->nfields * sizeof(struct value));
	for (size_t i = 0; i < nrel; i++) {
		to->many[i] = recs_copy(a, &r->many[i]);
		to->link[i] = r->link[i];
		to->counts[i] = r->counts[i];
	}
	return to;
}

/* The value of a field that must be of one of the types in the mask, and set. */
static const struct value *
value_of(const struct rec *r, int field, unsigned types)
{
	must(field >= 0 && (size_t)field < r->resource->nfields);
	must(types & 1u << r->resource->fields[field].type);
	return &r->v[field];
}

static struct value *
value_to_set(struct rec *r, int field, unsigned types)
{
	must(field >= 0 && (size_t)field < r->resource->nfields);
	must(types & 1u << r->resource->fields[field].type);
	r->v[field] = (struct value){ .state = VALUE_SET };
	return &r->v[field];
}

#define IS(t) (1u << (t))
#define TEXTS (IS(T_STRING) | IS(T_LANG) | IS(T_MAP) | IS(T_PRICES) | IS(T_LIST))
#define MONEY (IS(T_PRICE) | IS(T_AMOUNT))

bool
rec_has(const struct rec *r, int field)
{
	return r->v[field].state == VALUE_SET;
}

bool
rec_bool(const struct rec *r, int field)
{
	return value_of(r, field, IS(T_BOOL))->i != 0;
}

int64_t
rec_int(const struct rec *r, int field)
{
	return value_of(r, field, IS(T_INT))->i;
}

int64_t
rec_decimal(const struct rec *r, int field)
{
	return value_of(r, field, IS(T_DECIMAL))->i;
}

int64_t
rec_money(const struct rec *r, int field)
{
	return value_of(r, field, MONEY)->i;
}

int
rec_choice(const struct rec *r, int field)
{
	return (int)value_of(r, field, IS(T_ENUM))->i;
}

int64_t
rec_time(const struct rec *r, int field)
{
	return value_of(r, field, IS(T_TIME))->i;
}

struct id
rec_ref(const struct rec *r, int field)
{
	return (struct id){ value_of(r, field, IS(T_ID))->i };
}

struct str
rec_str(const struct rec *r, int field)
{
	const struct value *v = value_of(r, field, TEXTS);

	must(!v->sealed);
	return v->s;
}

void
rec_set_null(struct rec *r, int field)
{
	r->v[field] = (struct value){ .state = VALUE_NULL };
}

void
rec_set_bool(struct rec *r, int field, bool b)
{
	value_to_set(r, field, IS(T_BOOL))->i = b;
}

void
rec_set_int(struct rec *r, int field, int64_t n)
{
	value_to_set(r, field, IS(T_INT))->i = n;
}

void
rec_set_decimal(struct rec *r, int field, int64_t scaled)
{
	value_to_set(r, field, IS(T_DECIMAL))->i = scaled;
}

void
rec_set_money(struct rec *r, int field, int64_t minor)
{
	value_to_set(r, field, MONEY)->i = minor;
}

void
rec_set_choice(struct rec *r, int field, int choice)
{
	struct value *v = value_to_set(r, field, IS(T_ENUM));

	v->i = choice;
	v->s = str_of(r->resource->fields[field].choices[choice].name);
}

void
rec_set_time(struct rec *r, int field, int64_t ms)
{
	value_to_set(r, field, IS(T_TIME))->i = ms;
}

void
rec_set_ref(struct rec *r, int field, struct id id)
{
	value_to_set(r, field, IS(T_ID))->i = id.n;
}

void
rec_set_str(struct rec *r, int field, struct str s)
{
	value_to_set(r, field, TEXTS)->s = s;
}

void
rec_set_text(struct rec *r, int field, struct str s)
{
	if (s.n)
		rec_set_str(r, field, s);
	else
		rec_set_null(r, field);
}

void
rec_set_ref_if(struct rec *r, int field, struct id id)
{
	if (id.n)
		rec_set_ref(r, field, id);
	else
		rec_set_null(r, field);
}

struct err *
rec_object(struct ctx *cx, const struct rec *r, int field, struct rec **out)
{
	const struct value *v = value_of(r, field, IS(T_OBJECT));

	*out = NULL;
	if (v->state != VALUE_SET)
		return NULL;
	*out = object_read(cx, &r->resource->fields[field], v);
	(*out)->holder = r;
	(*out)->path = rec_path(cx->arena, r, r->resource->plan->fields[field].name);
	return NULL;
}

struct err *
rec_objects(struct ctx *cx, const struct rec *r, int field, struct recs *out)
{
	const struct value *v = value_of(r, field, IS(T_OBJECTS));

	*out = (struct recs){ 0 };
	if (v->state != VALUE_SET)
		return NULL;
	*out = objects_read(cx, &r->resource->fields[field], v);
	for (size_t i = 0; i < out->n; i++) {
		struct str path = rec_path(cx->arena, r, r->resource->plan->fields[field].name);

		out->r[i]->holder = r;
		out->r[i]->path = str_fmt(cx->arena, "%.*s[%zu]", STRF(path), i);
	}
	return NULL;
}

void
rec_set_object(struct ctx *cx, struct rec *r, int field, const struct rec *o)
{
	struct value *v = value_to_set(r, field, IS(T_OBJECT));

	must(!o || o->resource == r->resource->fields[field].object);
	if (o)
		v->s = object_stored(cx, o);
	else
		v->state = VALUE_NULL;
}

void
rec_set_objects(struct ctx *cx, struct rec *r, int field, const struct recs *o)
{
	struct value *v = value_to_set(r, field, IS(T_OBJECTS));

	for (size_t i = 0; i < o->n; i++)
		must(o->r[i]->resource == r->resource->fields[field].object);
	v->s = objects_stored(cx, o);
}

void
rec_set_shown(struct rec *r, int field, struct str json)
{
	must(r->resource->fields[field].flags & F_LIVE);
	value_to_set(r, field, IS(T_OBJECT) | IS(T_OBJECTS))->s = json;
}

int
rec_digits(const struct ctx *cx, const struct rec *r, int field)
{
	const char *in = r->resource->fields[field].money_in;
	int digits = -1;

	for (const struct rec *at = r; in && at && digits < 0; at = at->holder) {
		int i = resource_field(at->resource, str_of(in));

		if (i >= 0 && at->resource->fields[i].type == T_STRING && rec_has(at, i))
			digits = currency_digits(at->v[i].s);
	}
	return digits < 0 ? cx->currency_digits : digits;
}

bool
value_same(const struct value *a, const struct value *b)
{
	if (a->state != VALUE_SET || b->state != VALUE_SET)
		return (a->state == VALUE_SET) == (b->state == VALUE_SET);
	return a->i == b->i && str_eq(a->s, b->s) && str_eq(a->more, b->more);
}

bool
rec_changed(const struct rec *now, const struct rec *was, int field)
{
	if (!was)
		return now->v[field].state == VALUE_SET;
	return !value_same(&now->v[field], &was->v[field]);
}

struct rec *
rec_child(const struct rec *r, int relation, struct id id)
{
	for (size_t i = 0; r && i < r->many[relation].n; i++) {
		if (r->many[relation].r[i]->id.n == id.n)
			return r->many[relation].r[i];
	}
	return NULL;
}

bool
strs_same(const struct strs *a, const struct strs *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (!str_eq(a->s[i], b->s[i]))
			return false;
	}
	return true;
}

struct str
rec_id_text(struct arena *a, const struct rec *r)
{
	return id_str(a, r->id, r->resource->prefix);
}

struct str
rec_path(struct arena *a, const struct rec *r, struct str name)
{
	if (!r->path.n)
		return name;
	return str_fmt(a, "%.*s.%.*s", STRF(r->path), STRF(name));
}

struct err *
rec_refuse(struct ctx *cx, const struct rec *r, int field, enum reason reason, const char *fmt, ...)
{
	struct err *e = NULL;
	va_list ap;
	struct str message;

	va_start(ap, fmt);
	message = str_vfmt(cx->arena, fmt, ap);
	va_end(ap);
	err_field(cx->arena, &e, rec_path(cx->arena, r, str_of(r->resource->fields[field].name)),
		reason, "%.*s", STRF(message));
	return e;
}

struct str
enum_list(struct arena *a, const struct field *f, uint64_t bits, const char *between)
{
	struct buf b;

	buf_init(&b, a, 128, 4096);
	for (size_t i = 0; i < f->nchoices; i++) {
		if (bits == UINT64_MAX || (i < 64 && bits >> i & 1))
			buf_fmt(&b, "%s%s", b.n ? between : "", f->choices[i].name);
	}
	return b.n ? buf_view(&b) : STR("");
}

struct err *
rec_check_step(struct ctx *cx, const struct rec *was, int field, int to, const unsigned *next)
{
	const struct field *f = &was->resource->fields[field];
	const char *name = was->resource->name;
	int from = rec_choice(was, field);
	struct err *e;

	if (next[from] & 1U << to)
		return NULL;
	e = rec_refuse(cx, was, field, REASON_TRANSITION, "%s %s that is %s cannot become %s",
		strchr("aeiou", name[0]) ? "an" : "a", name, f->choices[from].name,
		f->choices[to].name);
	e->details->allowed = enum_list(cx->arena, f, next[from], ",");
	e->code = ERR_CONFLICT;
	return err_reason(e, REASON_TRANSITION);
}
