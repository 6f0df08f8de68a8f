/* String views: tables of good and bad texts for each reader. */
#include "tap.h"

#include "base/base.h"

#define NONE ((struct str){ NULL, 0 })

void
test_str__compares(void)
{
	CHECK(str_eq(STR("a"), STR("a")) && str_eq(NONE, STR("")) && str_eq_z(NONE, NULL));
	CHECK(!str_eq(STR("a"), STR("b")) && !str_eq(STR("a"), STR("ab")));
	CHECK(str_eq_nocase(STR("Content-TYPE"), STR("content-type")));
	CHECK(!str_eq_nocase(STR("a["), STR("a{")) && !str_eq_nocase(STR("a"), STR("ab")));
	CHECK(!str_eq_nocase(STR("\xc3\x84"), STR("\xc3\xa4"))); /* Ä and ä: not ASCII */
	CHECK(str_cmp(STR("a"), STR("b")) < 0 && str_cmp(STR("ab"), STR("a")) > 0);
	CHECK(str_cmp(NONE, STR("")) == 0 && str_cmp(STR("\xff"), STR("a")) > 0);
	CHECK(str_starts(STR("abc"), STR("ab")) && str_starts(STR("abc"), STR("")));
	CHECK(!str_starts(STR("a"), STR("ab")) && !str_starts(NONE, STR("a")));
	CHECK(str_ends(STR("abc"), STR("bc")) && !str_ends(STR("c"), STR("bc")));
}

void
test_str__cuts_and_trims(void)
{
	CHECK_STR(str_trim(STR(" \t\r\n a b \v\f")), "a b");
	CHECK_STR(str_trim(STR(" \t ")), "");
	CHECK_STR(str_trim(NONE), "");
	CHECK_STR(str_cut(STR("hello"), 1, 3), "el");
	CHECK_STR(str_cut(STR("hello"), 3, 99), "lo");
	CHECK_STR(str_cut(STR("hello"), 9, 99), "");
	CHECK_STR(str_cut(STR("hello"), 4, 2), "");
	CHECK(str_cut(NONE, 1, 2).p == NULL);
	CHECK(str_find(STR("a.b"), '.') == 1 && str_find(STR("ab"), '.') == 2 &&
		str_find(NONE, '.') == 0);
}

void
test_str__splits_into_all_parts(void)
{
	static const struct {
		const char *s, *parts; /* joined by '|' */
		int n;
	} rows[] = {
		{ "a,,b", "a||b", 3 },
		{ "", "", 1 },
		{ ",", "|", 2 },
		{ "abc", "abc", 1 },
		{ NULL, "", 0 },
	};
	struct arena *a = arena_new("test", 1 << 20);

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str rest = str_of(rows[i].s), part, joined = NONE;
		int n = 0;

		tap_row("'%s'", rows[i].s ? rows[i].s : "(absent)");
		while (str_split(&rest, ',', &part))
			joined = str_fmt(a, "%.*s%s%.*s", STRF(joined), n++ ? "|" : "", STRF(part));
		CHECK(n == rows[i].n);
		CHECK_STR(joined, rows[i].parts);
	}
	arena_free(a);
}

void
test_str__copies_with_a_nul_behind(void)
{
	struct arena *a = arena_new("test", 1 << 20);

	CHECK(strcmp(str_z(a, str_cut(STR("hello"), 1, 3)), "el") == 0);
	CHECK(strcmp(str_z(a, NONE), "") == 0);
	CHECK(str_dup(a, NONE).p != NULL);
	CHECK_STR(str_lower(a, STR("AbC\xc3\x84")), "abc\xc3\x84");
	CHECK_STR(str_fmt(a, "%s", ""), "");
	CHECK(str_fmt(a, "%01000d", 1).n == 1000);
	CHECK(str_fmt(a, "%0255d", 1).n == 255 && str_fmt(a, "%0256d", 1).n == 256);
	arena_free(a);
}

void
test_str__reads_integers(void)
{
	static const struct {
		const char *s;
		bool ok;
		int64_t want;
	} rows[] = {
		{ "0", true, 0 },
		{ "-1", true, -1 },
		{ "007", true, 7 },
		{ "9223372036854775807", true, INT64_MAX },
		{ "-9223372036854775808", true, INT64_MIN },
		{ "9223372036854775808", false, 0 },
		{ "-9223372036854775809", false, 0 },
		{ "99999999999999999999999", false, 0 },
		{ "", false, 0 },
		{ "-", false, 0 },
		{ "--1", false, 0 },
		{ "+1", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
		{ "1.0", false, 0 },
		{ "0x1", false, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t n = 0;

		tap_row("'%s'", rows[i].s);
		CHECK(str_int(str_of(rows[i].s), &n) == rows[i].ok);
		CHECK(!rows[i].ok || n == rows[i].want);
	}
}

/* The edges of RFC 3629 and of each of its forbidden ranges. */
void
test_str__knows_utf8(void)
{
	static const struct {
		const char *s;
		bool ok;
		size_t points;
	} rows[] = {
		{ "", true, 0 },
		{ "plain ascii, longer than eight", true, 30 },
		{ "\x7f", true, 1 },
		{ "\xc2\x80", true, 1 },
		{ "\xdf\xbf", true, 1 },
		{ "\xe0\xa0\x80", true, 1 },
		{ "\xed\x9f\xbf", true, 1 },
		{ "\xee\x80\x80", true, 1 },
		{ "\xef\xbf\xbf", true, 1 },
		{ "\xf0\x90\x80\x80", true, 1 },
		{ "\xf4\x8f\xbf\xbf", true, 1 },
		{ "12345678\xc3\xa4"
		  "12345678\xe2\x82\xac",
			true, 18 },
		{ "\x80", false, 0 },
		{ "\xbf", false, 0 },
		{ "\xc0\x80", false, 0 },
		{ "\xc1\xbf", false, 0 },
		{ "\xc2", false, 0 },
		{ "\xc2\x7f", false, 0 },
		{ "\xc2\xc0", false, 0 },
		{ "\xe0\x9f\xbf", false, 0 },
		{ "\xe2\x82", false, 0 },
		{ "\xe2\x82\x28", false, 0 },
		{ "\xed\xa0\x80", false, 0 },
		{ "\xed\xbf\xbf", false, 0 },
		{ "\xf0\x8f\xbf\xbf", false, 0 },
		{ "\xf0\x90\x80", false, 0 },
		{ "\xf4\x90\x80\x80", false, 0 },
		{ "\xf5\x80\x80\x80", false, 0 },
		{ "\xff", false, 0 },
		{ "12345678\xff", false, 0 },
		{ "1234567\xff"
		  "12345678",
			false, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str s = str_of(rows[i].s);

		tap_row("row %zu", i);
		CHECK(str_is_utf8(s) == rows[i].ok);
		CHECK(!rows[i].ok || str_points(s) == rows[i].points);
	}
}

/* Counts by definition: all of Unicode encoded, and every pair of bytes. */
void
test_str__knows_utf8_exhaustively(void)
{
	int wrong = 0, pairs = 0;

	for (unsigned u = 0x10000; u < 0x110000; u++) {
		char p[4] = { (char)(0xf0 | u >> 18), (char)(0x80 | (u >> 12 & 63)),
			(char)(0x80 | (u >> 6 & 63)), (char)(0x80 | (u & 63)) };

		wrong += str_point((struct str){ p, 4 }, 0) != 4;
		wrong += str_point((struct str){ p, 3 }, 0) != 0;
	}
	for (unsigned u = 0x800; u < 0x10000; u++) {
		char p[3] = { (char)(0xe0 | u >> 12), (char)(0x80 | (u >> 6 & 63)),
			(char)(0x80 | (u & 63)) };
		size_t want = u >= 0xd800 && u < 0xe000 ? 0 : 3;

		wrong += str_point((struct str){ p, 3 }, 0) != want;
	}
	for (unsigned u = 0; u < 0x10000; u++) {
		char p[2] = { (char)(u >> 8), (char)u };

		pairs += str_is_utf8((struct str){ p, 2 });
	}
	CHECK(wrong == 0);
	CHECK(pairs == 128 * 128 + (0x800 - 0x80));
}

void
test_str__knows_blank_text(void)
{
	static const struct {
		const char *s;
		bool blank;
	} rows[] = {
		{ "", true },
		{ " \t\n\v\f\r", true },
		{ "\xc2\xa0\xc2\x85", true },
		{ "\xe1\x9a\x80\xe2\x80\x80\xe2\x80\x8a\xe2\x80\xa8\xe2\x80\xa9", true },
		{ "\xe2\x80\xaf\xe2\x81\x9f\xe3\x80\x80", true },
		{ "a", false },
		{ " . ", false },
		{ "\xe2\x80\x8b", false }, /* zero width space is no White_Space */
		{ "\xe2\x80", false },
		{ "\xc2", false },
		{ "\xff", false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		tap_row("row %zu", i);
		CHECK(str_is_blank(str_of(rows[i].s)) == rows[i].blank);
	}
}

void
test_str__knows_text_of_certain_letters(void)
{
	CHECK(str_only(STR(""), "ab"));
	CHECK(str_only(STR("abba"), "ab"));
	CHECK(!str_only(STR("abc"), "ab"));
	CHECK(!str_only((struct str){ "a\0b", 3 }, "ab"));
}

void
test_str__finds_the_name_that_was_meant(void)
{
	static const char *const names[] = { "price", "name", "created_at", "compare_at_price",
		"sku", "quantity" };
	static const struct {
		const char *s, *want;
	} rows[] = {
		{ "prise", "price" },
		{ "pirce", "price" },
		{ "Price", "price" },
		{ "pric", "price" },
		{ "createdAt", "created_at" },
		{ "quantitiy", "quantity" },
		{ "suk", "sku" },
		{ "nmae", "name" },
		{ "skuuu", NULL },
		{ "colour", NULL },
		{ "x", NULL },
		{ "", NULL },
		{ "a_name_longer_than_anything_that_could_be_meant_by_anybody_who_types_x", NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *got = str_nearest(str_of(rows[i].s), names, COUNT(names));

		tap_row("'%s'", rows[i].s);
		CHECK_STR(str_of(got), rows[i].want ? rows[i].want : "");
	}
	CHECK(!str_nearest(STR("price"), names, 0));
}

void
test_str__reads_back_hex(void)
{
	static const char *const bad[] = { "0", "0g", "g0", "123", "00ff1", "00ff1a00", "00ff1 ",
		"0x00ff", "" };
	struct arena *a = arena_new("test", 1 << 20);
	unsigned char out[3];

	CHECK_STR(str_hex(a, "\x00\xff\x1a", 3), "00ff1a");
	CHECK_STR(str_hex(a, "", 0), "");
	CHECK(str_unhex(STR("00ff1a"), out, 3) && memcmp(out, "\x00\xff\x1a", 3) == 0);
	CHECK(str_unhex(STR("00FF1A"), out, 3) && memcmp(out, "\x00\xff\x1a", 3) == 0);
	CHECK(str_unhex(STR(""), out, 0));
	for (size_t i = 0; i < COUNT(bad); i++) {
		tap_row("'%s'", bad[i]);
		CHECK(!str_unhex(str_of(bad[i]), out, 3));
	}
	arena_free(a);
}

void
test_str__reads_back_base64url(void)
{
	static const struct {
		const char *plain, *coded;
	} rows[] = {
		{ "", "" },
		{ "f", "Zg" },
		{ "fo", "Zm8" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg" },
		{ "\xfb\xff", "-_8" },
	};
	static const char *const bad[] = { "Z", "Zg==", "Zh", "Zm9", "Zm+v", "Zm/v", "Zm9v ",
		"Zm9vY", "Z\nm9v", "Zm9v\xff" };
	struct arena *a = arena_new("test", 1 << 20);
	struct str out;

	for (size_t i = 0; i < COUNT(rows); i++) {
		tap_row("'%s'", rows[i].coded);
		CHECK_STR(str_base64url(a, rows[i].plain, strlen(rows[i].plain)), rows[i].coded);
		CHECK(str_unbase64url(a, str_of(rows[i].coded), &out));
		CHECK_STR(out, rows[i].plain);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		tap_row("'%s'", bad[i]);
		CHECK(!str_unbase64url(a, str_of(bad[i]), &out));
	}
	arena_free(a);
}

void
test_str__sorts_parts(void)
{
	static const struct {
		struct str s;
		const char *sorted;
	} cases[] = {
		{ { NULL, 0 }, "" },
		{ { "", 0 }, "|" },
		{ { "b=1&a=2", 7 }, "a=2|b=1|" },
		{ { "a=2&&a=1&a", 10 }, "|a|a=1|a=2|" },
		{ { "%7a&Z&~", 7 }, "%7a|Z|~|" },
	};
	struct arena *a = arena_new("test", 1 << 16);

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str *parts, all = STR("");
		size_t n = str_sorted(a, cases[i].s, '&', &parts);

		for (size_t k = 0; k < n; k++)
			all = str_fmt(a, "%.*s%.*s|", STRF(all), STRF(parts[k]));
		tap_row("%s", cases[i].sorted);
		CHECK(str_eq_z(all, cases[i].sorted));
	}
	arena_free(a);
}

void
test_str__shows_a_word_that_can_be_sent(void)
{
	static const struct {
		struct str s;
		size_t bytes;
		const char *shown;
	} cases[] = {
		{ { NULL, 0 }, 4, "" },
		{ { "word", 4 }, 4, "word" },
		{ { "words", 5 }, 4, "word" },
		{ { "wor\xc3\xa4", 5 }, 4, "wor" },
		{ { "wor\xc3\xa4", 5 }, 5, "wor\xc3\xa4" },
		{ { "w\xff", 2 }, 4, "?" },
		{ { "words\xff", 6 }, 2, "?" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		tap_row("%s", cases[i].shown);
		CHECK_STR(str_shown(cases[i].s, cases[i].bytes), cases[i].shown);
	}
}
