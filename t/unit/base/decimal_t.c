/* Decimals: tables of texts, and random numbers against 128-bit arithmetic done the plain way. */
#include "tap.h"

#include "base/decimal.h"

__extension__ typedef __int128 wide;

/* Numbers that are the same in every run (xorshift64*). */
static uint64_t
random64(void)
{
	static uint64_t state = UINT64_C(88172645463325252);

	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * UINT64_C(2685821657736338717);
}

/* A number of random size, so that small ones come as often as large ones. */
static int64_t
random_number(void)
{
	return (int64_t)random64() >> (random64() % 64);
}

void
test_decimal__parses_json_numbers(void)
{
	static const struct {
		const char *s;
		int scale;
		int64_t want;
	} rows[] = {
		{ "0", 2, 0 },
		{ "-0", 2, 0 },
		{ "199.99", 2, 19999 },
		{ "199.990", 2, 19999 },
		{ "199.9900000000000000000000000000000000", 2, 19999 },
		{ "5", 0, 5 },
		{ "2e3", 2, 200000 },
		{ "2E+3", 0, 2000 },
		{ "2000e-3", 0, 2 },
		{ "1.5e1", 0, 15 },
		{ "-0.5", 1, -5 },
		{ "0.000000001", 9, 1 },
		{ "0e999999999999999999999", 2, 0 },
		{ "0.0e-99999999999", 0, 0 },
		{ "1000000000000000000000000000000e-30", 0, 1 },
		{ "0.0000000000000000000000000000001e31", 0, 1 },
		{ "9223372036854775807", 0, INT64_MAX },
		{ "-9223372036854775808", 0, INT64_MIN },
		{ "92233720368547758.07", 2, INT64_MAX },
		{ "-92233720368547758.08", 2, INT64_MIN },
		{ "9.223372036854775807e18", 0, INT64_MAX },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t n = -77;

		tap_row("'%s' scale %d", rows[i].s, rows[i].scale);
		CHECK(decimal_parse(str_of(rows[i].s), rows[i].scale, &n) == DECIMAL_OK);
		CHECK(n == rows[i].want);
	}
}

void
test_decimal__names_the_fault(void)
{
	static const struct {
		const char *s;
		int scale;
		enum decimal_fault want;
	} rows[] = {
		{ "", 2, DECIMAL_SYNTAX },
		{ "-", 2, DECIMAL_SYNTAX },
		{ "+1", 2, DECIMAL_SYNTAX },
		{ ".5", 2, DECIMAL_SYNTAX },
		{ "5.", 2, DECIMAL_SYNTAX },
		{ "01", 2, DECIMAL_SYNTAX },
		{ "-01", 2, DECIMAL_SYNTAX },
		{ "00", 2, DECIMAL_SYNTAX },
		{ "1e", 2, DECIMAL_SYNTAX },
		{ "1e+", 2, DECIMAL_SYNTAX },
		{ "1.e1", 2, DECIMAL_SYNTAX },
		{ "1,5", 2, DECIMAL_SYNTAX },
		{ "1.5.5", 2, DECIMAL_SYNTAX },
		{ " 1", 2, DECIMAL_SYNTAX },
		{ "1 ", 2, DECIMAL_SYNTAX },
		{ "1e5x", 2, DECIMAL_SYNTAX },
		{ "NaN", 2, DECIMAL_SYNTAX },
		{ "Infinity", 2, DECIMAL_SYNTAX },
		{ "0x10", 2, DECIMAL_SYNTAX },
		{ "199.999", 2, DECIMAL_DIGITS },
		{ "0.5", 0, DECIMAL_DIGITS },
		{ "1e-1", 0, DECIMAL_DIGITS },
		{ "1e-999999999999999999999", 9, DECIMAL_DIGITS },
		{ "0.1234567891", 9, DECIMAL_DIGITS },
		{ "9223372036854775808", 0, DECIMAL_RANGE },
		{ "-9223372036854775809", 0, DECIMAL_RANGE },
		{ "92233720368547758.08", 2, DECIMAL_RANGE },
		{ "18446744073709551616", 0, DECIMAL_RANGE },
		{ "18446744073709551617", 0, DECIMAL_RANGE },
		{ "123456789012345678901234567890", 0, DECIMAL_RANGE },
		{ "1e19", 0, DECIMAL_RANGE },
		{ "1e18", 2, DECIMAL_RANGE },
		{ "1e99999999999999999999", 0, DECIMAL_RANGE },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t n = -77;

		tap_row("'%s' scale %d", rows[i].s, rows[i].scale);
		CHECK(decimal_parse(str_of(rows[i].s), rows[i].scale, &n) == rows[i].want);
		CHECK(n == -77);
	}
}

void
test_decimal__renders(void)
{
	static const struct {
		int64_t n;
		int scale;
		const char *all, *cut;
	} rows[] = {
		{ 0, 0, "0", "0" },
		{ 0, 2, "0.00", "0" },
		{ 5, 2, "0.05", "0.05" },
		{ -5, 2, "-0.05", "-0.05" },
		{ 19950, 2, "199.50", "199.5" },
		{ 2000, 2, "20.00", "20" },
		{ 100, 0, "100", "100" },
		{ -1, 9, "-0.000000001", "-0.000000001" },
		{ 1000000000, 9, "1.000000000", "1" },
		{ INT64_MAX, 2, "92233720368547758.07", "92233720368547758.07" },
		{ INT64_MIN, 9, "-9223372036.854775808", "-9223372036.854775808" },
		{ INT64_MIN, 0, "-9223372036854775808", "-9223372036854775808" },
	};
	char out[DECIMAL_TEXT];

	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t n = decimal_render(rows[i].n, rows[i].scale, out);

		tap_row("row %zu", i);
		CHECK_STR(((struct str){ out, n }), rows[i].all);
		n = decimal_render_short(rows[i].n, rows[i].scale, out);
		CHECK_STR(((struct str){ out, n }), rows[i].cut);
	}
}

void
test_decimal__reads_back_what_it_renders(void)
{
	int wrong = 0;

	for (int i = 0; i < 100000; i++) {
		char out[DECIMAL_TEXT];
		int64_t n = random_number(), back = 0, cut = 0;
		int scale = (int)(random64() % 10);
		struct str s = { out, decimal_render(n, scale, out) };

		wrong += decimal_parse(s, scale, &back) != DECIMAL_OK || back != n;
		s.n = decimal_render_short(n, scale, out);
		wrong += decimal_parse(s, scale, &cut) != DECIMAL_OK || cut != n;
	}
	CHECK(wrong == 0);
}

void
test_decimal__adds_as_128_bits_do(void)
{
	int wrong = 0, refused = 0;

	for (int i = 0; i < 100000; i++) {
		int64_t a = random_number(), b = random_number(), sum = 0;
		wide want = (wide)a + b;
		bool fits = want >= INT64_MIN && want <= INT64_MAX;

		wrong += decimal_add(a, b, &sum) != fits || (fits && sum != want);
		refused += !fits;
	}
	CHECK(wrong == 0);
	CHECK(refused > 0);
}

void
test_decimal__rounds_by_the_mode_named(void)
{
	static const struct {
		int64_t n, num, den, up, even, down;
	} rows[] = {
		{ 5, 1, 2, 3, 2, 2 },
		{ 7, 1, 2, 4, 4, 3 },
		{ -5, 1, 2, -3, -2, -2 },
		{ -7, 1, 2, -4, -4, -3 },
		{ 1, 1, 3, 0, 0, 0 },
		{ 2, 1, 3, 1, 1, 0 },
		{ -2, 1, 3, -1, -1, 0 },
		{ 10, 1, 5, 2, 2, 2 },
		{ 0, 7, 3, 0, 0, 0 },
		{ 19999, 825, 10000, 1650, 1650, 1649 },
		{ 1, 5, 10, 1, 0, 0 },
		{ 3, -5, 10, -2, -2, -1 },
		{ INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX },
		{ INT64_MIN, INT64_MAX, INT64_MAX, INT64_MIN, INT64_MIN, INT64_MIN },
		{ INT64_MAX, 1, 2, 4611686018427387904, 4611686018427387904, 4611686018427387903 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t up = 0, even = 0, down = 0;
		int64_t n = rows[i].n, num = rows[i].num, den = rows[i].den;

		tap_row("%" PRId64 " * %" PRId64 " / %" PRId64, n, num, den);
		CHECK(decimal_scale(n, num, den, ROUND_HALF_UP, &up) && up == rows[i].up);
		CHECK(decimal_scale(n, num, den, ROUND_HALF_EVEN, &even) && even == rows[i].even);
		CHECK(decimal_scale(n, num, den, ROUND_DOWN, &down) && down == rows[i].down);
	}
}

void
test_decimal__scales_near_enough_or_refuses(void)
{
	int wrong = 0, refused = 0;

	for (int i = 0; i < 100000; i++) {
		int64_t n = random_number(), num = random_number(), got = 0;
		int64_t den = (random_number() & INT64_MAX) | 1;
		enum decimal_rounding mode = (enum decimal_rounding)(random64() % 3);
		wide exact = (wide)n * num, off;

		if (!decimal_scale(n, num, den, mode, &got)) {
			wide whole = exact / den;

			wrong += whole > INT64_MIN && whole < INT64_MAX;
			refused++;
			continue;
		}
		off = exact - (wide)got * den;
		off = off < 0 ? -off : off;
		wrong += mode == ROUND_DOWN ? off >= den : 2 * off > den;
	}
	CHECK(wrong == 0);
	CHECK(refused > 0 && refused < 90000);
}
