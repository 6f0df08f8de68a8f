/* Who asks: what is refused before the database is asked. */
#include "tap.h"

#include "access/access.h"
#include "base/shared.h"

void
test_actor__refuses_what_is_no_key(void)
{
	static const struct {
		struct str authorization;
		bool sandbox;
		const char *reason;
	} cases[] = {
		{ { NULL, 0 }, false, "key_missing" },
		{ { "", 0 }, false, "key_missing" },
		{ { "Basic dXNlcjpwYXNz", 18 }, false, "key_malformed" },
		{ { "Bearer", 6 }, false, "key_malformed" },
		{ { "Bearer   ", 9 }, false, "key_malformed" },
		{ { "live_abc", 8 }, false, "key_malformed" },
		{ { "Bearer abc", 10 }, false, "key_malformed" },
		{ { "Bearer Live_abc", 15 }, false, "key_malformed" },
		{ { "Bearer test_abc", 15 }, false, "key_mode" },
		{ { "bearer live_abc", 15 }, true, "key_mode" },
	};
	struct arena *a = arena_new("test", 1 << 20);

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ctx cx = { .arena = a };
		struct asking how = { .authorization = cases[i].authorization,
			.sandbox = cases[i].sandbox };
		struct allowance seen;
		struct err *e = access_check(&cx, &how, &seen);

		tap_row("%.*s", STRF(cases[i].authorization));
		if (!CHECK(e && e->code == ERR_UNAUTHENTICATED))
			continue;
		CHECK(strcmp(reason_word(e->reason), cases[i].reason) == 0);
		CHECK(cx.tenant.n == 0 && cx.scopes.n == 0);
	}
	arena_free(a);
}

void
test_actor__a_key_of_any_length_is_an_answer(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	char *text = arena_alloc(a, 20000);
	struct ctx cx = { .arena = a };
	struct asking how = { .authorization = { text, 20000 } };
	struct allowance seen;
	struct err *e;

	memset(text, 'x', 20000);
	memcpy(text, "Bearer live_", 12);
	e = access_check(&cx, &how, &seen);
	CHECK(e && e->reason == REASON_KEY_MALFORMED);
	arena_free(a);
}

void
test_actor__forgetting_raises_the_epoch(void)
{
	struct shared *shared = shared_open(NULL);

	access_forget(); /* without memory there is nothing to forget */
	access_setup(shared);
	access_forget();
	access_forget();
	CHECK(atomic_load(&shared->key_epoch) == 2);
	access_setup(NULL);
	access_forget();
	CHECK(atomic_load(&shared->key_epoch) == 2);
}
