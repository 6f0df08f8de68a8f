/* Scopes: which there are, what a wildcard stands for, who may hand which on. */
#include "tap.h"

#include "access/access.h"
#include "model/plan.h"

static struct arena *
linked(void)
{
	static const struct resource *const all[] = { &api_key_resource, NULL };
	struct arena *a = arena_new("test", 4 << 20);

	CHECK(!model_link(a, all));
	return a;
}

static const struct str some[] = { { "api-keys:read", 13 }, { "other:read", 10 } };
static const struct str every[] = { { "*", 1 } };

void
test_scope__is_known_if_a_descriptor_names_it(void)
{
	static const struct {
		const char *scope;
		bool known;
	} cases[] = {
		{ "api-keys:read", true },
		{ "api-keys:write", true },
		{ "api-keys:*", true },
		{ "metrics:read", true },
		{ "metrics:*", true },
		{ "*", true },
		{ "metrics:write", false },
		{ "api-keys:delete", false },
		{ "api-keys", false },
		{ "API-KEYS:read", false },
		{ "api:*", false },
		{ ":*", false },
		{ "**", false },
		{ "", false },
	};
	struct arena *a = linked();

	for (size_t i = 0; i < COUNT(cases); i++) {
		tap_row("%s", cases[i].scope);
		CHECK(scope_is_known(str_of(cases[i].scope)) == cases[i].known);
	}
	arena_free(a);
}

void
test_scope__cannot_be_handed_on_by_who_lacks_it(void)
{
	const struct scopes held = { some, COUNT(some) }, all = { every, COUNT(every) };
	struct arena *a = linked();

	CHECK(scope_is_within(a, STR("api-keys:read"), &held));
	CHECK(!scope_is_within(a, STR("api-keys:write"), &held));
	CHECK(!scope_is_within(a, STR("api-keys:*"), &held));
	CHECK(!scope_is_within(a, STR("*"), &held));
	CHECK(scope_is_within(a, STR("*"), &all));
	CHECK(scope_is_within(a, STR("api-keys:*"), &all));
	arena_free(a);
}

void
test_scope__an_area_is_written_out(void)
{
	struct arena *a = linked();
	struct scopes s;
	struct ctx cx = { .arena = a };

	CHECK(!scopes_read(a, STR("[\"api-keys:*\",\"other:read\"]"), &s));
	cx.scopes = s;
	CHECK(s.n == 3);
	CHECK(ctx_may(&cx, "api-keys:read") && ctx_may(&cx, "api-keys:write"));
	CHECK(ctx_may(&cx, "other:read") && !ctx_may(&cx, "other:write"));
	CHECK(!scopes_read(a, STR("[]"), &s) && s.n == 0);
	CHECK(scopes_read(a, STR("[\"broken"), &s) != NULL);
	arena_free(a);
}

void
test_scope__a_refusal_says_what_is_missing_and_what_is_there(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct ctx cx = { .arena = a, .scopes = { some, COUNT(some) } };
	struct err *e = access_scope(&cx, "api-keys:write");

	CHECK(!access_scope(&cx, "api-keys:read") && !access_scope(&cx, NULL));
	if (CHECK(e && e->code == ERR_FORBIDDEN))
		CHECK_STR(e->message,
			"this needs a key with the scope api-keys:write; yours has: api-keys:read, "
			"other:read");
	cx.scopes = (struct scopes){ 0 };
	e = access_scope(&cx, "api-keys:read");
	CHECK(e && str_ends(e->message, STR("yours has: none")));
	arena_free(a);
}
