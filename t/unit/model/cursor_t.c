/* Cursors: back as they went out, and refused when changed, or of another list or tenant. */
#include "model/cursor.h"

#include "sample.h"
#include "tap.h"

static void
sorted(struct sample *s, struct query *q, const char *sort)
{
	query_init(q, &sample_product);
	q->keyset = true;
	CHECK(!query_sort(&s->cx, q, str_of(sort), (struct str){ 0 }));
}

void
test_cursor__gives_back_its_keys(void)
{
	const struct value keys[KEYS_MAX] = {
		{ .state = VALUE_SET, .s = STR("Lampe, \xc3\xa4") },
		{ .state = VALUE_NULL },
		{ .state = VALUE_SET, .i = INT64_MIN },
		{ .state = VALUE_SET, .i = INT64_MAX },
		{ .state = VALUE_SET, .i = 33 },
	};
	struct value back[KEYS_MAX];
	struct sample s;
	struct query q;

	sample_begin(&s);
	sorted(&s, &q, "name,-brand,price,-sku");
	q.cursor = cursor_make(&s.cx, &q, keys);
	CHECK(!cursor_read(&s.cx, &q, back));
	for (size_t i = 0; i < KEYS_MAX; i++) {
		tap_row("key %zu", i);
		CHECK(back[i].state == keys[i].state && back[i].i == keys[i].i);
		CHECK(str_eq(back[i].s, keys[i].s));
	}
	sample_end(&s);
}

/* Every bit of it, and every shorter and longer text. */
void
test_cursor__refuses_what_we_did_not_make(void)
{
	const struct value keys[KEYS_MAX] = { { .state = VALUE_SET, .i = 5 },
		{ .state = VALUE_SET, .i = 1000 }, { .state = VALUE_SET, .i = 33 } };
	static const char *const bad[] = { "x", "eyJpZCI6MTIzfQ==", "AAAAAAAA",
		"AAAAAAAAAAAAAAAAAAAAAAAA", "\xff", "a b", "..", "AQ" };
	struct value back[KEYS_MAX];
	struct sample s;
	struct query q;
	struct str good;
	char *text;

	sample_begin(&s);
	sorted(&s, &q, "price");
	good = cursor_make(&s.cx, &q, keys);
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct err *e;

		tap_row("%s", bad[i]);
		q.cursor = str_of(bad[i]);
		e = cursor_read(&s.cx, &q, back);
		CHECK(e && e->code == ERR_QUERY && str_eq(e->details->field, STR("cursor")));
	}
	for (size_t i = 0; i < good.n; i++) {
		tap_row("byte %zu", i);
		text = arena_alloc(s.a, good.n + 1);
		memcpy(text, good.p, good.n);
		text[i] = text[i] == 'A' ? 'B' : 'A';
		q.cursor = (struct str){ text, good.n };
		CHECK(cursor_read(&s.cx, &q, back));
		q.cursor = str_cut(good, 0, i);
		CHECK(cursor_read(&s.cx, &q, back));
	}
	q.cursor = str_fmt(s.a, "%.*sAAAA", STRF(good));
	CHECK(cursor_read(&s.cx, &q, back));
	sample_end(&s);
}

void
test_cursor__is_of_one_list_only(void)
{
	const struct value keys[KEYS_MAX] = { { .state = VALUE_SET, .i = 5 },
		{ .state = VALUE_SET, .i = 1000 }, { .state = VALUE_SET, .i = 33 } };
	static const char *const others[] = { "-price", "created_at", "price,name" };
	struct value back[KEYS_MAX];
	struct sample s;
	struct query q, other;
	struct err *e;

	sample_begin(&s);
	sorted(&s, &q, "price");
	CHECK(!query_filter(&s.cx, &q, STR("brand"), STR("eq"), STR("a,b")));
	q.cursor = cursor_make(&s.cx, &q, keys);
	q.limit = 3;
	CHECK(!cursor_read(&s.cx, &q, back));
	for (size_t i = 0; i < COUNT(others); i++) {
		tap_row("%s", others[i]);
		sorted(&s, &other, others[i]);
		CHECK(!query_filter(&s.cx, &other, STR("brand"), STR("eq"), STR("a,b")));
		other.cursor = q.cursor;
		e = cursor_read(&s.cx, &other, back);
		CHECK(e && e->code == ERR_QUERY && e->details->reason == REASON_OTHER_LIST);
	}
	tap_row("another filter");
	sorted(&s, &other, "price");
	CHECK(!query_filter(&s.cx, &other, STR("brand"), STR("eq"), STR("a")));
	other.cursor = q.cursor;
	CHECK(cursor_read(&s.cx, &other, back));
	tap_row("another search");
	other = q;
	other.search = STR("a");
	CHECK(cursor_read(&s.cx, &other, back));
	tap_row("another tenant");
	s.cx.tenant.n++;
	CHECK(cursor_read(&s.cx, &q, back));
	sample_end(&s);
}
