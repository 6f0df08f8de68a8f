/* How people of six languages and some regions write money and times. */
#include "base/locale.h"

#include "tap.h"

#define NBSP "\xc2\xa0"
#define NNBSP "\xe2\x80\xaf"
#define EURO "\xe2\x82\xac"
#define YEN "\xc2\xa5"
#define POUND "\xc2\xa3"
#define NOON INT64_C(1776088800000) /* 2026-04-13T14:00:00Z */

void
test_locale__money(void)
{
	static const struct {
		const char *locale, *currency, *decimal, *want;
	} rows[] = {
		{ "en", "USD", "199.99", "$199.99" },
		{ "en", "EUR", "199.99", EURO "199.99" },
		{ "en", "EUR", "1234567.80", EURO "1,234,567.80" },
		{ "es", "EUR", "199.99", "199,99" NBSP EURO },
		{ "fr", "EUR", "1234.5", "1" NNBSP "234,50" NBSP EURO },
		{ "de", "EUR", "1234.56", "1.234,56" NBSP EURO },
		{ "ja", "JPY", "31965",
			"\xef\xbf\xa5"
			"31,965" },
		{ "zh", "CNY", "0.05", YEN "0.05" },
		{ "en", "JPY", "31965", YEN "31,965" },
		{ "en", "KWD", "1.500", "KWD" NBSP "1.500" },
		{ "en_GB", "GBP", "0", POUND "0.00" },
		{ "de_CH", "CHF", "1234.50",
			"CHF" NBSP "1\xe2\x80\x99"
			"234.50" },
		{ "en_150", "EUR", "1.00", "1.00" NBSP EURO },
		{ "en", "USD", "92233720368547758.07", "$92,233,720,368,547,758.07" },
	};
	char text[LOCALE_TEXT];

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str got = { text,
			locale_money(rows[i].locale, str_of(rows[i].currency),
				str_of(rows[i].decimal), text) };

		tap_row("%s %s %s", rows[i].locale, rows[i].currency, rows[i].decimal);
		CHECK_STR(got, rows[i].want);
	}
}

void
test_locale__times(void)
{
	static const struct {
		const char *locale, *zone, *want;
	} rows[] = {
		{ "en", "UTC", "Apr 13, 2026, 2:00" NNBSP "PM" },
		{ "en", "America/New_York", "Apr 13, 2026, 10:00" NNBSP "AM" },
		{ "en_GB", "Europe/London", "13 Apr 2026, 15:00" },
		{ "en_001", "UTC", "13 Apr 2026, 2:00" NNBSP "pm" },
		{ "en_150", "Europe/Berlin", "13 Apr 2026, 16:00" },
		{ "es", "Europe/Madrid", "13 abr 2026, 16:00" },
		{ "fr", "Europe/Paris", "13 avr. 2026, 16:00" },
		{ "de", "Europe/Berlin", "13.04.2026, 16:00" },
		{ "ja", "Asia/Tokyo", "2026/04/13 23:00" },
		{ "zh", "Asia/Shanghai",
			"2026\xe5\xb9\xb4"
			"4\xe6\x9c\x88"
			"13\xe6\x97\xa5 22:00" },
		{ "de", "Asia/Kolkata", "13.04.2026, 19:30" },
		{ "en_TH", "Asia/Bangkok", "Apr 13, 2026, 21:00" },
	};
	char text[LOCALE_TEXT];

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str got = { text,
			locale_time(rows[i].locale, str_of(rows[i].zone), NOON, text) };

		tap_row("%s %s", rows[i].locale, rows[i].zone);
		CHECK_STR(got, rows[i].want);
	}
}

/* More than are kept: those that made room come back. */
void
test_locale__keeps_only_some(void)
{
	static const char *const regions[] = { "US", "GB", "DE", "FR", "ES", "IT", "AT", "CH", "JP",
		"CN", "IN", "BR", "MX", "CA", "AU", "NZ", "SE", "NO", "DK", "PL" };
	char locale[8], first[LOCALE_TEXT], again[LOCALE_TEXT];
	size_t n = locale_money("en_US", STR("SEK"), STR("1.00"), first);

	for (size_t i = 0; i < COUNT(regions); i++) {
		(void)snprintf(locale, sizeof(locale), "en_%s", regions[i]);
		tap_row("%s", locale);
		CHECK(locale_money(locale, STR("SEK"), STR("1.00"), again) > 4);
		CHECK(locale_time(locale, STR("UTC"), 0, again) > 8);
	}
	CHECK(locale_money("en_US", STR("SEK"), STR("1.00"), again) == n);
	CHECK(!memcmp(first, again, n));
}
