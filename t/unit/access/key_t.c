/* Keys: what the server makes, and what nobody may give himself. */
#include "tap.h"

#include "access/access.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "model/plan.h"
#include "model/rec.h"

static struct arena *
linked(void)
{
	static const struct resource *const all[] = { &api_key_resource, NULL };
	struct arena *a = arena_new("test", 4 << 20);

	CHECK(!model_link(a, all));
	return a;
}

void
test_key__its_secret_says_its_side_and_is_kept_as_a_hash(void)
{
	struct arena *a = linked();

	for (int sandbox = 0; sandbox < 2; sandbox++) {
		struct ctx cx = { .arena = a, .sandbox = sandbox };
		struct rec *r = rec_new(a, &api_key_resource),
			   *other = rec_new(a, &api_key_resource);
		struct str secret;
		struct digest hash;

		CHECK(!api_key_resource.derive(&cx, r, NULL));
		CHECK(!api_key_resource.derive(&cx, other, NULL));
		secret = rec_str(r, API_KEY_SECRET);
		hash = crypto_sha256(secret);
		CHECK(str_starts(secret, sandbox ? STR("test_") : STR("live_")) && secret.n == 48);
		CHECK(!str_eq(secret, rec_str(other, API_KEY_SECRET)));
		CHECK(str_ends(secret, rec_str(r, API_KEY_LAST4)));
		CHECK(str_eq(rec_str(r, API_KEY_SECRET_HASH), str_hex(a, hash.b, SHA256_BYTES)));
	}
	arena_free(a);
}

void
test_key__an_update_keeps_the_secret(void)
{
	struct arena *a = linked();
	struct ctx cx = { .arena = a };
	struct rec *was = rec_new(a, &api_key_resource), *now;

	CHECK(!api_key_resource.derive(&cx, was, NULL));
	now = rec_copy(a, was);
	CHECK(!api_key_resource.derive(&cx, now, was));
	CHECK(str_eq(rec_str(now, API_KEY_SECRET_HASH), rec_str(was, API_KEY_SECRET_HASH)));
	arena_free(a);
}

void
test_key__gives_no_more_than_its_maker_has(void)
{
	static const struct str some[] = { { "api-keys:read", 13 } };
	static const struct {
		const char *scopes, *reason; /* NULL: taken */
	} cases[] = {
		{ "[\"api-keys:read\"]", NULL },
		{ "[\"api-keys:write\"]", "scope" },
		{ "[\"api-keys:read\",\"*\"]", "scope" },
		{ "[\"api-keys:*\"]", "scope" },
		{ "[\"api-key:read\"]", "not_a_scope" },
	};
	struct arena *a = linked();
	struct ctx cx = { .arena = a, .scopes = { some, COUNT(some) } };

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rec *r = rec_new(a, &api_key_resource);
		struct err *e;

		tap_row("%s", cases[i].scopes);
		rec_set_str(r, API_KEY_SCOPES, str_of(cases[i].scopes));
		e = api_key_resource.check(&cx, r, NULL);
		if (!cases[i].reason)
			CHECK(!e);
		else if (CHECK(e && e->ndetails == 1))
			CHECK(strcmp(reason_word(e->details->reason), cases[i].reason) == 0);
	}
	arena_free(a);
}

void
test_key__does_not_expire_in_the_past(void)
{
	static const struct str every[] = { { "*", 1 } };
	struct arena *a = linked();
	struct ctx cx = { .arena = a, .scopes = { every, 1 } };
	struct rec *r = rec_new(a, &api_key_resource);
	struct err *e;

	rec_set_str(r, API_KEY_SCOPES, STR("[\"*\"]"));
	rec_set_time(r, API_KEY_EXPIRES_AT, clock_real_ms() + 60000);
	CHECK(!api_key_resource.check(&cx, r, NULL));
	rec_set_time(r, API_KEY_EXPIRES_AT, clock_real_ms() - 1);
	e = api_key_resource.check(&cx, r, NULL);
	CHECK(e && e->details->reason == REASON_PAST);
	arena_free(a);
}
