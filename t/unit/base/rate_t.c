/* Rates and conversions against values worked out with Python's decimal. */
#include "base/rate.h"

#include "base/clock.h"
#include "base/currency.h"
#include "tap.h"

void
test_rate__has_ten_digits_that_count(void)
{
	static const struct {
		const char *from, *to, *want;
	} rows[] = {
		{ "USD", "EUR", "0.855871277" },
		{ "EUR", "USD", "1.1684" },
		{ "USD", "USD", "1" },
		{ "USD", "JPY", "159.833961" },
		{ "JPY", "USD", "0.006256492637" },
		{ "IDR", "EUR", "0.00004979571309" },
		{ "EUR", "IDR", "20082.05" },
		{ "GBP", "IDR", "23067.4378" },
		{ "IDR", "KRW", "0.08668736508" },
		{ "KRW", "ISK", "0.08225819423" },
		{ "CHF", "SEK", "11.78532785" },
		{ "TRY", "JPY", "3.574313177" },
		{ "HUF", "CZK", "0.06644317253" },
	};
	struct rate r;
	char text[RATE_TEXT];

	for (size_t i = 0; i < COUNT(rows); i++) {
		tap_row("%s %s", rows[i].from, rows[i].to);
		CHECK(rate_find(str_of(rows[i].from), str_of(rows[i].to), &r));
		CHECK_STR(((struct str){ text, rate_render(r, text) }), rows[i].want);
	}
}

void
test_rate__is_not_there_for_others(void)
{
	static const char *const rows[] = { "KWD", "BTC", "usd", "", "US", "USDX", "BGN", "RUB" };
	struct rate r;

	for (size_t i = 0; i < COUNT(rows); i++) {
		tap_row("%s", rows[i]);
		CHECK(!rate_find(str_of(rows[i]), STR("EUR"), &r));
		CHECK(!rate_find(STR("EUR"), str_of(rows[i]), &r));
		CHECK(!rate_find(str_of(rows[i]), str_of(rows[i]), &r));
	}
}

void
test_rate__converts_half_up(void)
{
	static const struct {
		const char *from, *to;
		int64_t minor, want;
	} rows[] = {
		{ "USD", "EUR", INT64_C(19999), INT64_C(17117) },
		{ "USD", "EUR", INT64_C(0), INT64_C(0) },
		{ "USD", "EUR", INT64_C(1), INT64_C(1) },
		{ "USD", "JPY", INT64_C(19999), INT64_C(31965) },
		{ "JPY", "USD", INT64_C(500), INT64_C(313) },
		{ "JPY", "KRW", INT64_C(1), INT64_C(9) },
		{ "JPY", "ISK", INT64_C(123456789), INT64_C(94666732) },
		{ "EUR", "USD", INT64_C(-19999), INT64_C(-23367) },
		{ "IDR", "EUR", INT64_C(100000000000), INT64_C(4979571) },
		{ "EUR", "IDR", INT64_C(12345678901234), INT64_C(247926540978526250) },
		{ "USD", "GBP", INT64_C(9223372036854775807), INT64_C(6872375237838419816) },
		{ "CHF", "JPY", INT64_C(50), INT64_C(101) },
		{ "KRW", "EUR", INT64_C(99999999), INT64_C(5744287) },
		{ "USD", "IDR", INT64_C(1), INT64_C(17188) },
		{ "TRY", "CHF", INT64_C(777), INT64_C(14) },
		{ "EUR", "USD", INT64_C(1250), INT64_C(1461) },
		{ "EUR", "USD", INT64_C(-1250), INT64_C(-1461) },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str from = str_of(rows[i].from), to = str_of(rows[i].to);
		struct rate r;
		int64_t got = 0;

		tap_row("%s %s %" PRId64, rows[i].from, rows[i].to, rows[i].minor);
		CHECK(rate_find(from, to, &r));
		CHECK(rate_convert(
			r, rows[i].minor, currency_digits(from), currency_digits(to), &got));
		CHECK(got == rows[i].want);
	}
}

void
test_rate__says_what_does_not_fit(void)
{
	struct rate r;
	int64_t got;

	CHECK(rate_find(STR("USD"), STR("IDR"), &r));
	CHECK(!rate_convert(r, INT64_MAX, 2, 2, &got));
	CHECK(!rate_convert(r, INT64_MIN, 2, 2, &got));
	CHECK(rate_convert(r, INT64_C(536600000000000), 2, 2, &got));
	CHECK(!rate_convert(r, INT64_C(536700000000000), 2, 2, &got));
	CHECK(!rate_convert(r, INT64_MAX, 0, 2, &got));
}

/* Every pair, back and forth: a cent more or less, and always some rate. */
void
test_rate__every_pair_has_one(void)
{
	struct rate there, back;
	size_t n = 0;

	for (; rate_currency(n); n++) {
		struct str from = str_of(rate_currency(n));

		CHECK(n == 0 || strcmp(rate_currency(n - 1), rate_currency(n)) < 0);
		CHECK(currency_digits(from) >= 0);
		for (size_t k = 0; rate_currency(k); k++) {
			int64_t once = 0, twice = 0;

			tap_row("%s %s", rate_currency(n), rate_currency(k));
			CHECK(rate_find(from, str_of(rate_currency(k)), &there));
			CHECK(rate_find(str_of(rate_currency(k)), from, &back));
			CHECK(there.n > 0 && there.scale >= 0 && there.scale <= 14);
			CHECK(rate_convert(there, 100000000000, 2, 2, &once));
			CHECK(rate_convert(back, once, 2, 2, &twice));
			CHECK(twice > 99998000000 && twice < 100002000000);
		}
	}
	CHECK(n == 30);
}

void
test_rate__day_and_moment_agree(void)
{
	int64_t day, at;

	CHECK(clock_parse_date(STR(RATE_DAY), &day));
	CHECK(clock_parse(STR(RATE_AT), &at));
	CHECK(at - day == 14 * INT64_C(3600000));
}

/* What was converted comes back as what it was, or a unit beside it where the other currency is coarser. */
void
test_rate__converts_back(void)
{
	static const struct {
		int64_t n;
		int scale;
		int64_t minor;
		int from, to;
		int64_t wanted;
	} cases[] = {
		{ 11, 1, 1100, 2, 2, 1000 },      /* 1 USD = 1.1 EUR */
		{ 15923, 2, 15923, 0, 2, 10000 }, /* 1 USD = 159.23 JPY */
		{ 11, 1, 105, 2, 2, 95 },         /* 95.45 */
		{ 3, 0, 1, 2, 2, 0 },             /* 0.33 */
		{ 2, 0, 1, 2, 2, 1 },             /* a half goes up */
		{ 308, 3, 308, 3, 2, 100 },       /* 1 USD = 0.308 KWD */
	};
	struct rate there;
	int64_t got;

	for (size_t i = 0; i < COUNT(cases); i++) {
		tap_row("%zu", i);
		CHECK(rate_convert_back((struct rate){ cases[i].n, cases[i].scale }, cases[i].minor,
			cases[i].from, cases[i].to, &got));
		CHECK(got == cases[i].wanted);
	}
	CHECK(!rate_convert_back((struct rate){ 1, 14 }, INT64_MAX / 2, 2, 2, &got));
	for (size_t k = 0; rate_currency(k); k++) {
		int64_t once, back;

		tap_row("%s", rate_currency(k));
		CHECK(rate_find(STR("USD"), str_of(rate_currency(k)), &there));
		CHECK(rate_convert(there, 1000000, 2, 6, &once));
		CHECK(rate_convert_back(there, once, 6, 2, &back));
		CHECK(back == 1000000);
	}
}
