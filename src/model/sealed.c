/* A sealed value opens only where it was put: the tenant, table, column and object are authenticated with it. */
#include "model/sealed.h"

#include "base/crypto.h"
#include "base/vault.h"
#include "model/map.h"
#include "model/plan.h"

#define SEAL_BYTES 33 /* that crypto_seal() adds */
#define MAP_POINTS_MOST 8192

/* Wiped with the arena. */
struct opened {
	char *p;
	size_t n;
};

static void
wipe(void *opened)
{
	struct opened *o = opened;

	crypto_wipe(o->p, o->n);
}

static int64_t
points_most(const struct field *f)
{
	return f->max ? f->max : TEXT_LINE_POINTS;
}

int64_t
sealed_width(const struct field *f)
{
	int64_t bytes = SEAL_BYTES + 4 * (f->type == T_STRING ? points_most(f) : MAP_POINTS_MOST);

	return (bytes * 4 + 2) / 3;
}

/* The vault and json-c both put a NUL behind, so there is no copy of it. */
static bool
has_pattern(const struct fault *at, const struct field *f, const char *text)
{
	const struct resource *r = at->rec->resource;
	const regex_t *pattern = r->plan->fields[f - r->fields].pattern;

	return !pattern || !regexec(pattern, text, 0, NULL, 0);
}

void
sealed_take(const struct fault *at, const struct field *f, struct str name, const struct json *j,
	struct value *v)
{
	int64_t points;
	struct str s;

	if (json_kind(j) != JSON_STRING) {
		fault_add(
			at, REASON_TYPE, "must be a string, not %s", json_kind_name(json_kind(j)));
		return;
	}
	if (!vault_find(at->cx->vault, name, &s))
		s = json_string(j);
	points = (int64_t)str_points(s);
	if (str_is_blank(s))
		fault_add(at, REASON_BLANK, "must not be blank");
	else if (points > points_most(f))
		fault_add(at, REASON_TOO_LONG, "must have at most %" PRId64 " characters",
			points_most(f));
	else if (points < f->min)
		fault_add(
			at, REASON_TOO_SHORT, "must have at least %" PRId64 " characters", f->min);
	else if (!memchr(s.p, 0, s.n) && !has_pattern(at, f, s.p))
		fault_add(at, REASON_PATTERN, "must be %s",
			f->pattern_doc ? f->pattern_doc : f->pattern);
	else if (memchr(s.p, 0, s.n) || (!(f->flags & F_MULTILINE) && memchr(s.p, '\n', s.n)))
		fault_add(at, REASON_PATTERN, "must be one line of text");
	else
		*v = (struct value){ .state = VALUE_SET, .s = s };
}

/* The same, of what the walk over the masked body has let through. */
static struct str
read_map(const struct fault *at, struct str text, struct map_limits limits)
{
	struct arena *a = at->cx->arena;
	struct opened *o = ARENA_NEW(a, struct opened);
	struct json *j = NULL;
	struct str map;

	limits.room = 2 * text.n + 1; /* a digit is a text of three */
	must(!json_parse_secret(a, text, &j));
	map = map_parse(at, j, &limits);
	o->n = map.n;
	o->p = (char *)(uintptr_t)map.p; /* ours */
	arena_defer(a, wipe, o);
	return map;
}

void
sealed_take_map(const struct fault *at, const struct field *f, struct str name,
	const struct json *j, struct value *v)
{
	const struct map_limits limits = { .keys = f->max,
		.key_points = MAP_KEY_POINTS,
		.value_points = ITEM_POINTS,
		.scalars = true };
	struct str text, map;

	map = json_kind(j) == JSON_OBJECT && vault_find(at->cx->vault, name, &text)
		? read_map(at, text, limits)
		: map_parse(at, j, &limits);
	if (!map.p)
		return;
	*v = (struct value){ .state = map.n > 2 ? VALUE_SET : VALUE_NULL };
	if (v->state == VALUE_SET)
		v->s = map;
}

static struct str
bound_to(struct ctx *cx, const struct rec *r, int field)
{
	return str_fmt(cx->arena, "%" PRId64 "|%s|%s|%" PRId64, cx->tenant.n, r->resource->table,
		r->resource->fields[field].name, r->id.n);
}

struct str
sealed_stored(struct ctx *cx, const struct rec *r, int field)
{
	const struct value *v = &r->v[field];
	struct str sealed;

	if (v->state != VALUE_SET || v->sealed)
		return v->state == VALUE_SET ? v->s : (struct str){ 0 };
	sealed = crypto_seal(cx->arena, cx->ring, v->s, bound_to(cx, r, field));
	return str_base64url(cx->arena, sealed.p, sealed.n);
}

struct err *
rec_open_sealed(struct ctx *cx, const struct rec *r, int field, struct str *out)
{
	const struct value *v = &r->v[field];
	struct opened *o;
	struct str sealed, plain;

	must(r->resource->fields[field].flags & F_SEALED);
	*out = v->state == VALUE_SET ? v->s : (struct str){ 0 };
	if (v->state != VALUE_SET || !v->sealed)
		return NULL;
	if (!str_unbase64url(cx->arena, v->s, &sealed) ||
		!crypto_open(cx->arena, cx->ring, sealed, bound_to(cx, r, field), &plain))
		return err_log(cx->arena, ERR_INTERNAL, "%s.%s of %.*s does not open",
			r->resource->table, r->resource->fields[field].name,
			STRF(rec_id_text(cx->arena, r)));
	o = ARENA_NEW(cx->arena, struct opened);
	o->n = plain.n;
	o->p = (char *)(uintptr_t)plain.p; /* ours */
	arena_defer(cx->arena, wipe, o);
	*out = (struct str){ o->p, o->n };
	return NULL;
}

bool
sealed_same(struct ctx *cx, const struct rec *was, int field, const struct value *v)
{
	struct str old;

	if (v->state != VALUE_SET || was->v[field].state != VALUE_SET)
		return false;
	if (rec_open_sealed(cx, was, field, &old))
		return false; /* and the new one takes its place */
	return old.n == v->s.n && crypto_same(old.p, v->s.p, old.n);
}
