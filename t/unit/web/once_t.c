/* Idempotency keys: what is the same request, what is another, which keys are refused. */
#include "web/once.h"

#include "tap.h"
#include "web/call.h"

static const struct site site = { .once_key = { { 7 } } };
static struct arena *a;

static struct call
request(void)
{
	struct call c = { .site = &site };

	c.cx.arena = a;
	c.cx.actor = STR("key_1");
	c.rq.meta[META_METHOD] = STR("POST");
	c.rq.meta[META_IDEMPOTENCY_KEY] = STR("abc");
	c.rq.path = STR("/v2/products");
	c.rq.query = STR("fields=a&include=b");
	c.rq.body = STR("{\"a\":1}");
	return c;
}

static struct digest
fingerprint(struct call c)
{
	CHECK(!once_take(&c) && c.cx.once);
	return c.cx.once->fingerprint;
}

static bool
same(struct digest x, struct digest y)
{
	return memcmp(&x, &y, sizeof(x)) == 0;
}

static void
begin(void)
{
	a = arena_new("test", 1 << 22);
}

void
test_once__the_same_request_is_known_again(void)
{
	struct call other;

	begin();
	other = request();
	CHECK(same(fingerprint(request()), fingerprint(other)));
	other.rq.query = STR("include=b&fields=a");
	CHECK(same(fingerprint(request()), fingerprint(other)));
	other.rq.id = STR("req_another");
	other.rq.meta[META_USER_AGENT] = STR("another");
	CHECK(same(fingerprint(request()), fingerprint(other)));
	arena_free(a);
}

void
test_once__every_part_makes_another_request(void)
{
	struct call others[8];

	begin();
	for (size_t i = 0; i < COUNT(others); i++)
		others[i] = request();
	others[0].rq.meta[META_METHOD] = STR("PUT");
	others[1].rq.path = STR("/v2/product");
	others[2].rq.query = STR("fields=a&include=c");
	others[3].cx.actor = STR("key_2");
	others[4].rq.meta[META_ACCEPT_LANGUAGE] = STR("de");
	others[5].rq.meta[META_CURRENCY] = STR("EUR");
	others[6].rq.body = STR("{\"a\":2}");
	others[7].rq.path = STR("/v2/products1"); /* what ends one part does not begin the next */
	others[7].rq.query = STR("");
	for (size_t i = 0; i < COUNT(others); i++) {
		tap_row("%zu", i);
		CHECK(!same(fingerprint(request()), fingerprint(others[i])));
	}
	arena_free(a);
}

void
test_once__no_key_and_a_dry_run_are_not_kept(void)
{
	struct call c;

	begin();
	c = request();
	c.rq.meta[META_IDEMPOTENCY_KEY] = (struct str){ 0 };
	CHECK(!once_take(&c) && !c.cx.once);
	c = request();
	c.cx.dry_run = true;
	CHECK(!once_take(&c) && !c.cx.once);
	arena_free(a);
}

void
test_once__keys_are_printable_and_short(void)
{
	static const char *const bad[] = { "a\tb", "a\x7f", "\xc3\xa9", "a\nb" };
	char room[256];
	struct call c;

	begin();
	memset(room, 'k', sizeof(room));
	c = request();
	c.rq.meta[META_IDEMPOTENCY_KEY] = (struct str){ room, 255 };
	CHECK(!once_take(&c) && c.cx.once);
	c.rq.meta[META_IDEMPOTENCY_KEY].n = 256;
	CHECK(once_take(&c) != NULL);
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct err *e;

		tap_row("%zu", i);
		c.rq.meta[META_IDEMPOTENCY_KEY] = str_of(bad[i]);
		e = once_take(&c);
		CHECK(e && e->code == ERR_MALFORMED);
	}
	arena_free(a);
}

void
test_once__a_query_of_many_pairs_is_covered_whole(void)
{
	struct call one, two;
	struct buf b;

	begin();
	one = request();
	two = request();
	buf_init(&b, a, 8192, 8192);
	for (int i = 0; i < 4000; i++)
		buf_char(&b, '&');
	buf_char(&b, 'x');
	one.rq.query = str_dup(a, buf_view(&b));
	b.p[b.n - 1] = 'y';
	two.rq.query = buf_view(&b);
	CHECK(!same(fingerprint(one), fingerprint(two)));
	arena_free(a);
}
