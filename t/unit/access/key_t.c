/* Keys: what the server makes, and what nobody may give himself. */
#include "tap.h"

#include "access/access.h"
#include "access/secret.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "model/plan.h"
#include "model/rec.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct arena *
linked(void)
{
	static const struct resource *const all[] = { &api_key_resource, NULL };
	struct arena *a = arena_new("test", 4 << 20);

	CHECK(!model_link(a, all));
	return a;
}

/* A ring of one key, from a file as it is on a host. */
static const struct keyring *
ring_of(struct arena *a)
{
	char path[] = "/tmp/souk-keyring-XXXXXX";
	struct keyring *ring = NULL;
	int fd = mkstemp(path);

	if (!CHECK(fd >= 0))
		return NULL;
	CHECK(dprintf(fd, "1 %064d\n", 7) > 0);
	close(fd);
	CHECK(!keyring_read(a, path, &ring));
	unlink(path);
	return ring;
}

static struct rec *
key_of(struct arena *a, int kind)
{
	struct rec *r = rec_new(a, &api_key_resource);

	r->id = (struct id){ 7 };
	rec_set_choice(r, API_KEY_KIND, kind);
	rec_set_bool(r, API_KEY_REQUIRE_SIGNATURE, false);
	return r;
}

void
test_key__its_secret_says_its_side_and_is_kept_as_a_hash(void)
{
	struct arena *a = linked();

	for (int sandbox = 0; sandbox < 2; sandbox++) {
		struct ctx cx = { .arena = a, .ring = ring_of(a), .sandbox = sandbox };
		struct rec *r = key_of(a, KEY_SECRET), *other = key_of(a, KEY_SECRET);
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
	struct ctx cx = { .arena = a, .ring = ring_of(a) };
	struct rec *was = key_of(a, KEY_SECRET), *now;

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
		struct rec *r = key_of(a, KEY_SECRET);
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
	struct rec *r = key_of(a, KEY_SECRET);
	struct err *e;

	rec_set_str(r, API_KEY_SCOPES, STR("[\"*\"]"));
	rec_set_time(r, API_KEY_EXPIRES_AT, clock_real_ms() + 60000);
	CHECK(!api_key_resource.check(&cx, r, NULL));
	rec_set_time(r, API_KEY_EXPIRES_AT, clock_real_ms() - 1);
	e = api_key_resource.check(&cx, r, NULL);
	CHECK(e && e->details->reason == REASON_PAST);
	arena_free(a);
}

/* What a rule said of one list. */
static const char *
reason_for(int kind, int field, const char *list)
{
	static const struct str every[] = { { "*", 1 } };
	struct arena *a = linked();
	struct ctx cx = { .arena = a, .scopes = { every, 1 } };
	struct rec *r = key_of(a, kind);
	const char *reason = NULL;
	struct err *e;

	rec_set_str(r, field, str_of(list));
	e = api_key_resource.check(&cx, r, NULL);
	if (e)
		reason = reason_word(e->details->reason);
	arena_free(a);
	return reason;
}

void
test_key__takes_ranges_and_origins_only(void)
{
	static const struct {
		int kind, field;
		const char *list, *reason;
	} cases[] = {
		{ KEY_SECRET, API_KEY_IP_ALLOWLIST, "[\"10.0.0.0/8\",\"2001:db8::/32\"]", NULL },
		{ KEY_SECRET, API_KEY_IP_ALLOWLIST, "[\"203.0.113.9\"]", NULL },
		{ KEY_SECRET, API_KEY_IP_ALLOWLIST, "[\"10.0.0.1/8\"]", "not_a_range" },
		{ KEY_SECRET, API_KEY_IP_ALLOWLIST, "[\"example.com\"]", "not_a_range" },
		{ KEY_PUBLISHABLE, API_KEY_ORIGINS, "[\"https://shop.example.com\"]", NULL },
		{ KEY_PUBLISHABLE, API_KEY_ORIGINS, "[\"http://localhost:3000\"]", NULL },
		{ KEY_PUBLISHABLE, API_KEY_ORIGINS, "[\"https://shop.example.com/\"]",
			"not_an_origin" },
		{ KEY_PUBLISHABLE, API_KEY_ORIGINS, "[\"*\"]", "not_an_origin" },
		{ KEY_PUBLISHABLE, API_KEY_ORIGINS, "[\"shop.example.com\"]", "not_an_origin" },
		{ KEY_PUBLISHABLE, API_KEY_ORIGINS, "[\"https://Shop.example.com\"]",
			"not_an_origin" },
		{ KEY_SECRET, API_KEY_ORIGINS, "[\"https://shop.example.com\"]", NULL },
		{ KEY_PUBLISHABLE, API_KEY_SCOPES, "[\"api-keys:read\"]", "not_public" },
		{ KEY_PUBLISHABLE, API_KEY_SCOPES, "[\"*\"]", "not_public" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *reason = reason_for(cases[i].kind, cases[i].field, cases[i].list);

		tap_row("%s", cases[i].list);
		if (cases[i].reason)
			CHECK(reason && !strcmp(reason, cases[i].reason));
		else
			CHECK(!reason);
	}
}

void
test_key__rotation_keeps_the_old_secret_for_a_day(void)
{
	struct arena *a = linked();
	struct ctx cx = { .arena = a, .ring = ring_of(a) };
	struct rec *was = key_of(a, KEY_SECRET), *now;
	const struct action *rotate = &api_key_resource.actions[1];
	struct str signing;

	CHECK(!api_key_resource.derive(&cx, was, NULL));
	now = rec_copy(a, was);
	CHECK(!strcmp(rotate->name, "rotate") && !rotate->run(&cx, now, was, NULL));
	CHECK(!str_eq(rec_str(now, API_KEY_SECRET), rec_str(was, API_KEY_SECRET)));
	CHECK(str_eq(rec_str(now, API_KEY_PREVIOUS_HASH), rec_str(was, API_KEY_SECRET_HASH)));
	CHECK(rec_time(now, API_KEY_PREVIOUS_UNTIL) > clock_real_ms() + 86390000);
	CHECK(!secret_open(
		&cx, cx.tenant, now->id, rec_str(now, API_KEY_PREVIOUS_SIGNING), &signing));
	CHECK(str_eq(signing, rec_str(was, API_KEY_SIGNING_SECRET)));
	CHECK(secret_open(&cx, cx.tenant, (struct id){ 8 }, rec_str(now, API_KEY_SIGNING_SEALED),
		      &signing) != NULL);
	arena_free(a);
}

void
test_key__a_publishable_one_cannot_sign(void)
{
	struct arena *a = linked();
	struct ctx cx = { .arena = a, .ring = ring_of(a), .sandbox = true };
	struct rec *r = key_of(a, KEY_PUBLISHABLE);
	bool publishable, sandbox;

	CHECK(!api_key_resource.derive(&cx, r, NULL));
	CHECK(secret_read(rec_str(r, API_KEY_SECRET), &publishable, &sandbox));
	CHECK(publishable && sandbox);
	CHECK(!rec_has(r, API_KEY_SIGNING_SECRET));
	rec_set_bool(r, API_KEY_REQUIRE_SIGNATURE, true);
	CHECK(api_key_resource.check(&cx, r, NULL) != NULL);
	arena_free(a);
}
