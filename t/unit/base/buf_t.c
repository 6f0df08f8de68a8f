/* Buffers: growing, formatting, and refusing what passes their maximum. */
#include "tap.h"

#include "base/buf.h"

void
test_buf__appends_and_grows(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct buf b;

	buf_init(&b, a, 0, 100000);
	CHECK(buf_view(&b).n == 0);
	for (int i = 0; i < 1000; i++)
		buf_put(&b, "0123456789", 10);
	buf_char(&b, '!');
	buf_z(&b, "end");
	buf_str(&b, STR("."));
	buf_str(&b, (struct str){ NULL, 0 });
	CHECK(b.n == 10005 && !b.overflow);
	CHECK_STR(str_cut(buf_view(&b), 9998, b.n), "89!end.");
	arena_free(a);
}

void
test_buf__writes_integers(void)
{
	static const struct {
		int64_t n;
		const char *want;
	} rows[] = {
		{ 0, "0" },
		{ 7, "7" },
		{ -1, "-1" },
		{ 1234567890, "1234567890" },
		{ INT64_MAX, "9223372036854775807" },
		{ INT64_MIN, "-9223372036854775808" },
	};
	struct arena *a = arena_new("test", 1 << 20);

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf b;

		buf_init(&b, a, 4, 100);
		buf_int(&b, rows[i].n);
		CHECK_STR(buf_view(&b), rows[i].want);
	}
	arena_free(a);
}

void
test_buf__formats_text_of_any_length(void)
{
	struct arena *a = arena_new("test", 1 << 20);

	for (size_t first = 0; first < 40; first += 13) {
		struct buf b;

		tap_row("first %zu", first);
		buf_init(&b, a, first, 10000);
		buf_fmt(&b, "%s-%d", "abc", 42);
		buf_fmt(&b, "%s", "");
		buf_fmt(&b, "%03000d", 7);
		CHECK(b.n == 3006 && !b.overflow);
		CHECK_STR(str_cut(buf_view(&b), 0, 8), "abc-4200");
		CHECK_STR(str_cut(buf_view(&b), 3003, 3006), "007");
	}
	arena_free(a);
}

void
test_buf__may_be_filled_to_its_maximum_but_not_beyond(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct buf b;

	buf_init(&b, a, 0, 5);
	buf_fmt(&b, "%s", "12345");
	CHECK(!b.overflow);
	CHECK_STR(buf_view(&b), "12345");

	buf_fmt(&b, "%s", "6");
	CHECK(b.overflow && b.n == 5);

	buf_init(&b, a, 100, 5);
	buf_put(&b, "123456", 6);
	CHECK(b.overflow && b.n == 0);

	buf_init(&b, a, 0, 3);
	buf_hex(&b, "ab", 2);
	CHECK(b.overflow && b.n == 0);
	buf_hex(&b, "a", SIZE_MAX);
	CHECK(b.overflow && b.n == 0);

	buf_init(&b, a, 0, 3);
	buf_int(&b, 1234);
	CHECK(b.overflow && b.n == 0);

	buf_init(&b, a, 0, 0);
	buf_char(&b, 'x');
	CHECK(b.overflow && b.n == 0);
	CHECK(!buf_room(&b, 1) && buf_room(&b, 0));
	arena_free(a);
}

void
test_buf__writes_hex(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct buf b;

	buf_init(&b, a, 0, 100);
	buf_hex(&b, "\x00\xff\x1a", 3);
	CHECK_STR(buf_view(&b), "00ff1a");
	arena_free(a);
}
