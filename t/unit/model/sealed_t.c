/* Secrets of a resource: kept sealed to their object, never said, never shown, opened nowhere else (S8). */
#include "model/sealed.h"

#include "base/crypto.h"
#include "base/vault.h"
#include "model/merge.h"
#include "model/plan.h"
#include "model/render.h"
#include "model/trace.h"
#include "model/write.h"
#include "tap.h"
#include "thing.h"

#include <sys/stat.h>
#include <unistd.h>

enum { SAFE_NAME, SAFE_KEY, SAFE_LOGIN, SAFE_CODE, SAFE__MAX };

static const struct field safe_fields[SAFE__MAX] = {
	[SAFE_NAME] = STRING("name", DOC("Name.")),
	[SAFE_KEY] = STRING("key", DOC("Key."), .flags = F_SEALED, .min = 4, .max = 40,
		.alias = "secret_key", .pattern = "^[ -~]+$", .pattern_doc = "printable ASCII"),
	[SAFE_LOGIN] = MAP("login", DOC("Login."), .flags = F_SEALED, .max = 3),
	[SAFE_CODE] = STRING("code", DOC("Code."), .flags = F_VAULT, .max = 8),
};

static const struct resource safe = {
	.name = "safe",
	.plural = "safes",
	.prefix = "safe",
	.table = "safes",
	DOC("A safe."),
	FIELDS(safe_fields),
	.verbs = V_CRUD,
	NO_STATUS,
	SCOPES("safes"),
	EVENTS("safe"),
	PLAN,
};

static const struct resource *const all[] = { &safe, NULL };

static struct keyring *
ring_of(struct arena *a, const char *lines)
{
	char path[] = "/tmp/souk-ring-XXXXXX";
	int fd = mkstemp(path);
	struct keyring *ring = NULL;

	CHECK(fd >= 0 && write(fd, lines, strlen(lines)) == (ssize_t)strlen(lines));
	close(fd);
	CHECK(!keyring_read(a, path, &ring));
	unlink(path);
	return ring;
}

#define KEY_ONE "1 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
#define KEY_TWO "2 ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"

static void
begin(struct shop *s)
{
	static const struct str everything[] = { { "*", 1 } };

	*s = (struct shop){ .a = arena_new("test", (size_t)1 << 24) };
	CHECK(!model_link(s->a, all));
	s->cx = (struct ctx){ .arena = s->a,
		.tenant = { 7 },
		.scopes = { everything, 1 },
		.currency = STR("USD"),
		.currency_digits = 2,
		.language = STR("en"),
		.ring = ring_of(s->a, KEY_ONE) };
}

static bool
has(struct shop *s, struct str text, const char *what)
{
	return strstr(str_z(s->a, text), what) != NULL;
}

/* A safe as its row has it. */
static struct rec *
kept(struct shop *s, int64_t id, const char *key)
{
	struct rec *r = rec_new(s->a, &safe);

	r->id.n = id;
	rec_set_str(r, SAFE_KEY, str_of(key));
	r->v[SAFE_KEY].s = sealed_stored(&s->cx, r, SAFE_KEY);
	r->v[SAFE_KEY].sealed = true;
	return r;
}

void
test_sealed__opens_where_it_was_put_and_nowhere_else(void)
{
	struct shop s;
	struct rec *one, *other;
	struct str out;

	begin(&s);
	one = kept(&s, 11, "sk_live_secret");
	other = kept(&s, 12, "sk_live_other");
	CHECK(!has(&s, one->v[SAFE_KEY].s, "secret"));
	CHECK((int64_t)one->v[SAFE_KEY].s.n <= sealed_width(&safe_fields[SAFE_KEY]));
	CHECK(!rec_open_sealed(&s.cx, one, SAFE_KEY, &out));
	CHECK_STR(out, "sk_live_secret");
	CHECK(str_eq(sealed_stored(&s.cx, one, SAFE_KEY), one->v[SAFE_KEY].s));

	tap_row("rows swapped");
	other->v[SAFE_KEY] = one->v[SAFE_KEY];
	CHECK(rec_open_sealed(&s.cx, other, SAFE_KEY, &out) != NULL);
	tap_row("another tenant");
	s.cx.tenant.n = 8;
	CHECK(rec_open_sealed(&s.cx, one, SAFE_KEY, &out) != NULL);
	s.cx.tenant.n = 7;
	for (size_t i = 0; i < one->v[SAFE_KEY].s.n; i++) {
		struct rec *bad = rec_copy(s.a, one);
		char *p = (char *)(uintptr_t)str_dup(s.a, one->v[SAFE_KEY].s).p;
		struct err *e;

		tap_row("character %zu changed", i);
		p[i] = p[i] == 'A' ? 'B' : 'A';
		bad->v[SAFE_KEY].s.p = p;
		e = rec_open_sealed(&s.cx, bad, SAFE_KEY, &out);
		CHECK(e && e->code == ERR_INTERNAL &&
			!has(&s, e->log, str_z(s.a, str_cut(bad->v[SAFE_KEY].s, 0, 8))));
	}
	tap_row("a key that is gone, and one that came");
	s.cx.ring = ring_of(s.a, KEY_TWO);
	CHECK(rec_open_sealed(&s.cx, one, SAFE_KEY, &out) != NULL);
	s.cx.ring = ring_of(s.a, KEY_TWO KEY_ONE);
	CHECK(!rec_open_sealed(&s.cx, one, SAFE_KEY, &out));
	rec_set_null(one, SAFE_KEY);
	CHECK(!rec_open_sealed(&s.cx, one, SAFE_KEY, &out) && !out.p);
	shop_end(&s);
}

void
test_sealed__faults_do_not_say_what_was_sent(void)
{
	static const struct {
		const char *body, *fault;
	} cases[] = {
		{ "{\"key\":\"zzz\"}", "key too_short" },
		{ "{\"key\":12345}", "key type" },
		{ "{\"key\":{\"zzz\":\"zzz\"}}", "key type" },
		{ "{\"key\":\"zzzzz\u00e9\"}", "key pattern" },
		{ "{\"key\":\"  \"}", "key blank" },
		{ "{\"key\":\"zzz\\nzzz\"}", "key pattern" },
		{ "{\"key\":\"zzz\\u0000zzz\"}", "key pattern" },
		{ "{\"secret_key\":\"zz\"}", "secret_key too_short" },
		{ "{\"code\":\"zzzzzzzzz\"}", "code too_long" },
		{ "{\"login\":\"zzz\"}", "login type" },
	};
	struct shop s;

	begin(&s);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str body = str_of(cases[i].body);
		char *p = arena_alloc(s.a, body.n + 1);
		struct rec *rec;
		struct json *j;
		struct err *e;

		tap_row("%s", cases[i].body);
		memcpy(p, body.p, body.n);
		s.cx.vault = vault_take(s.a, p, body.n, &safe.plan->secrets);
		CHECK(!json_parse(s.a, (struct str){ p, body.n }, &j));
		e = validate(&s.cx, &safe, j, true, &rec);
		if (!CHECK(e != NULL))
			continue;
		CHECK_STR(faults_of(s.a, e), cases[i].fault);
		for (struct err_detail *d = e->details; d; d = d->next)
			CHECK(!has(&s, d->message, "zz") && !has(&s, d->message, "12345"));
	}
	shop_end(&s);
}

void
test_sealed__shows_and_traces_nothing_but_the_change(void)
{
	struct shop s;
	struct rec *was, *now, *input;
	struct view v;
	struct buf b;
	struct err *e;

	begin(&s);
	was = kept(&s, 11, "sk_live_secret");
	e = validate(&s.cx, &safe, json_of(s.a, "{\"key\":\"sk_live_secret\"}"), false, &input);
	now = rec_copy(s.a, was);
	CHECK(!e && !merge_rec(&s.cx, now, was, input) && !merge_changed(now, was));
	e = validate(&s.cx, &safe,
		json_of(s.a, "{\"key\":\"sk_live_new\",\"login\":{\"user\":\"u\"}}"), false,
		&input);
	now = rec_copy(s.a, was);
	CHECK(!e && !merge_rec(&s.cx, now, was, input) && merge_changed(now, was));
	CHECK_STR(trace_changes(&s.cx, now, was),
		"{\"key\":{\"old\":\"(sealed)\",\"new\":\"(sealed)\"},\"login\":{\"old\":null,"
		"\"new\":\"(sealed)\"}}");
	v = view_full(&s.cx, &safe, true);
	buf_init(&b, s.a, 256, 4096);
	render_rec(&b, &s.cx, now, &v);
	CHECK(!has(&s, buf_view(&b), "sk_live") && !has(&s, buf_view(&b), "\"key\"") &&
		!has(&s, buf_view(&b), "login"));
	shop_end(&s);
}
