/*
 * Scopes: words of the descriptors ("products:read"), "*" for all of them, "products:*" for all of an
 * area. There is no list of them: what the descriptors ask for is what there is, and metrics:read.
 */
#include "access/access.h"

#include "base/buf.h"
#include "base/json.h"
#include "model/plan.h"

#define SCOPES_MAX 512
#define NAMED_MAX ((size_t)4096)

struct collected {
	const char *s[SCOPES_MAX];
	size_t n;
};

static void
add(struct collected *c, const char *scope)
{
	if (!scope)
		return;
	for (size_t i = 0; i < c->n; i++) {
		if (strcmp(c->s[i], scope) == 0)
			return;
	}
	must(c->n < SCOPES_MAX);
	c->s[c->n++] = scope;
}

/* Every scope that any descriptor names, and our own. */
static struct collected
collect(void)
{
	struct collected c = { .n = 0 };

	add(&c, SCOPE_METRICS);
	for (const struct resource *const *r = model_all(); r && *r; r++) {
		add(&c, (*r)->scope_read);
		add(&c, (*r)->scope_write);
		for (size_t i = 0; i < (*r)->nfields; i++)
			add(&c, (*r)->fields[i].scope);
		for (size_t i = 0; i < (*r)->nactions; i++)
			add(&c, (*r)->actions[i].scope);
		for (size_t i = 0; i < (*r)->noperations; i++)
			add(&c, (*r)->operations[i].scope);
	}
	return c;
}

/* "products:*" covers "products:read"; a word without '*' covers itself. */
static bool
covers(struct str pattern, struct str scope)
{
	struct str area = str_cut(pattern, 0, pattern.n - 1);

	if (str_ends(pattern, STR(":*")))
		return str_starts(scope, area);
	return str_eq_z(pattern, "*") || str_eq(pattern, scope);
}

bool
scope_is_known(struct str scope)
{
	struct collected c = collect();

	for (size_t i = 0; scope.n && i < c.n; i++) {
		if (covers(scope, str_of(c.s[i])))
			return true;
	}
	return str_eq_z(scope, "*");
}

bool
scope_is_public(struct str scope)
{
	for (const struct resource *const *r = model_all(); r && *r; r++) {
		if (((*r)->verbs & V_PUBLIC) && str_eq_z(scope, (*r)->scope_read))
			return true;
	}
	return false;
}

static void
append(struct arena *a, struct scopes *to, struct str scope)
{
	struct str *more = ARENA_ARRAY(a, to->n + 1, struct str);

	if (to->n)
		memcpy(more, to->s, to->n * sizeof(*more));
	more[to->n++] = scope;
	to->s = more;
}

/* An area is written out; what nobody asks for any more grants nothing and is kept, to be shown. */
static void
expand(struct arena *a, struct str scope, struct scopes *to)
{
	struct collected c;

	if (!str_ends(scope, STR(":*"))) {
		append(a, to, scope);
		return;
	}
	c = collect();
	for (size_t i = 0; i < c.n; i++) {
		if (covers(scope, str_of(c.s[i])))
			append(a, to, str_of(c.s[i]));
	}
}

bool
scope_is_within(struct arena *a, struct str scope, const struct scopes *held)
{
	const struct ctx holder = { .scopes = *held };
	struct scopes wanted = { 0 };

	expand(a, scope, &wanted);
	for (size_t i = 0; i < wanted.n; i++) {
		if (!ctx_may(&holder, str_z(a, wanted.s[i])))
			return false;
	}
	return true;
}

struct err *
scopes_read(struct arena *a, struct str list, struct scopes *out)
{
	struct json *j;
	struct err *e = json_parse(a, list, &j);

	*out = (struct scopes){ 0 };
	if (e)
		return err_log(
			a, ERR_INTERNAL, "the scopes of a key are no JSON: %.*s", STRF(e->message));
	for (size_t i = 0; i < json_length(j); i++)
		expand(a, json_string(json_at(j, i)), out);
	return NULL;
}

static struct str
named(struct ctx *cx)
{
	struct buf b;

	buf_init(&b, cx->arena, 128, NAMED_MAX);
	for (size_t i = 0; i < cx->scopes.n; i++) {
		buf_z(&b, i ? ", " : "");
		buf_str(&b, cx->scopes.s[i]);
	}
	return b.n && !b.overflow ? buf_view(&b) : STR("none");
}

struct err *
access_scope(struct ctx *cx, const char *scope)
{
	struct err *e;

	if (ctx_may(cx, scope))
		return NULL;
	e = err_new(cx->arena, ERR_FORBIDDEN, "this needs a key with the scope %s; yours has: %.*s",
		scope, STRF(named(cx)));
	return err_reason(e, REASON_SCOPE);
}
