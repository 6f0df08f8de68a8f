/* Dates: there and back over eight thousand years, and the texts that are none. */
#include "tap.h"

#include "base/clock.h"

#include <time.h>

#define DAY_MS INT64_C(86400000)

void
test_clock__counts_days_as_the_calendar_does(void)
{
	int64_t days = clock_days(1, 1, 1), last = clock_days(9999, 12, 31);
	int year, month, day, wrong = 0;

	CHECK(clock_days(1970, 1, 1) == 0 && clock_days(2000, 3, 1) == 11017);
	CHECK(last - days == 3652058);
	for (int64_t d = days; d <= last; d++) {
		clock_civil(d, &year, &month, &day);
		wrong += clock_days(year, month, day) != d || month < 1 || month > 12 || day < 1;
	}
	CHECK(wrong == 0);
}

void
test_clock__agrees_with_libc(void)
{
	int wrong = 0;

	for (int64_t s = -5000000000; s < 9000000000; s += 777777) {
		time_t seconds = (time_t)s;
		struct tm tm;
		char want[32], got[CLOCK_TEXT];
		size_t n = clock_render(s * 1000, got);

		wrong += !gmtime_r(&seconds, &tm);
		wrong += strftime(want, sizeof(want), "%Y-%m-%dT%H:%M:%SZ", &tm) != n;
		wrong += memcmp(want, got, n) != 0;
	}
	CHECK(wrong == 0);
}

void
test_clock__renders_milliseconds_when_there_are_some(void)
{
	static const struct {
		int64_t ms;
		const char *want;
	} rows[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ 1, "1970-01-01T00:00:00.001Z" },
		{ -1, "1969-12-31T23:59:59.999Z" },
		{ 1768473000123, "2026-01-15T10:30:00.123Z" },
		{ 1768473000000, "2026-01-15T10:30:00Z" },
		{ 253402300799999, "9999-12-31T23:59:59.999Z" },
		{ -62135596800000, "0001-01-01T00:00:00Z" },
	};
	char out[CLOCK_TEXT];

	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t n = clock_render(rows[i].ms, out);
		int64_t back = 0;

		CHECK_STR(((struct str){ out, n }), rows[i].want);
		CHECK(clock_parse((struct str){ out, n }, &back) && back == rows[i].ms);
	}
}

void
test_clock__parses_rfc_3339(void)
{
	static const struct {
		const char *s;
		int64_t ms;
	} rows[] = {
		{ "2026-01-15T10:30:00Z", 1768473000000 },
		{ "2026-01-15t10:30:00z", 1768473000000 },
		{ "2026-01-15 10:30:00Z", 1768473000000 },
		{ "2026-01-15T12:30:00+02:00", 1768473000000 },
		{ "2026-01-15T05:00:00-05:30", 1768473000000 },
		{ "2026-01-15T10:30:00-00:00", 1768473000000 },
		{ "2026-01-16T10:29:00+23:59", 1768473000000 },
		{ "2026-01-15T10:30:00.5Z", 1768473000500 },
		{ "2026-01-15T10:30:00.123999999Z", 1768473000123 },
		{ "2024-02-29T00:00:00Z", 1709164800000 },
		{ "2000-02-29T00:00:00Z", 951782400000 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t ms = 0;

		tap_row("'%s'", rows[i].s);
		CHECK(clock_parse(str_of(rows[i].s), &ms));
		CHECK(ms == rows[i].ms);
	}
}

void
test_clock__refuses_what_is_no_moment(void)
{
	static const char *const bad[] = { "", "2026", "2026-01-15", "2026-01-15T10:30:00",
		"2026-01-15T10:30Z", "2026-01-15T10:30:00.Z", "2026-01-15T10:30:60Z",
		"2026-01-15T24:00:00Z", "2026-01-15T10:60:00Z", "2026-02-29T00:00:00Z",
		"1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z",
		"2026-1-15T10:30:00Z", "2026-01-15T10:30:00+0200", "2026-01-15T10:30:00+02",
		"2026-01-15T10:30:00+24:00", "2026-01-15T10:30:00+02:60", "2026-01-15T10:30:00ZZ",
		" 2026-01-15T10:30:00Z", "2026-01-15T10:30:00Z ", "2026-01-15X10:30:00Z",
		"+026-01-15T10:30:00Z", "0000-12-31T00:00:00Z", "0001-01-01T00:00:00+00:01",
		"9999-12-31T23:59:59-00:01", "2026-01-15T10:30:00,5Z",
		"2026-01-15T1\xd9\xa0:30:00Z" };
	int64_t ms = -7;

	for (size_t i = 0; i < COUNT(bad); i++) {
		tap_row("'%s'", bad[i]);
		CHECK(!clock_parse(str_of(bad[i]), &ms));
		CHECK(ms == -7);
	}
	CHECK(!clock_parse((struct str){ "2026-01-15T10:30:00\0", 20 }, &ms));
	CHECK(!clock_parse((struct str){ NULL, 0 }, &ms));
}

void
test_clock__parses_dates(void)
{
	static const char *const bad[] = { "", "2026-01", "2026-02-30", "2026-01-15T", "26-01-15",
		"2026/01/15", "2026-01-15 ", "0000-01-01" };
	int64_t ms = 0;

	CHECK(clock_parse_date(STR("2026-01-15"), &ms) && ms == 1768435200000);
	CHECK(clock_parse_date(STR("0001-01-01"), &ms) && ms == -62135596800000);
	for (size_t i = 0; i < COUNT(bad); i++) {
		tap_row("'%s'", bad[i]);
		CHECK(!clock_parse_date(str_of(bad[i]), &ms));
	}
}

void
test_clock__speaks_http(void)
{
	char out[29];
	int64_t ms = 0;

	clock_render_http(1768473000999, out);
	CHECK_BYTES(out, 29, "Thu, 15 Jan 2026 10:30:00 GMT", 29);
	clock_render_http(784111777000, out);
	CHECK_BYTES(out, 29, "Sun, 06 Nov 1994 08:49:37 GMT", 29);
	CHECK(clock_parse_http((struct str){ out, 29 }, &ms) && ms == 784111777000);
	ms = 0;
	CHECK(clock_parse_http(STR("Sunday, 06-Nov-94 08:49:37 GMT"), &ms) && ms == 784111777000);
	ms = 0;
	CHECK(clock_parse_http(STR("Sun Nov  6 08:49:37 1994"), &ms) && ms == 784111777000);
	ms = 0;
	CHECK(clock_parse_http(STR("Wed Nov 16 08:49:37 1994"), &ms) &&
		ms == 784111777000 + 10 * DAY_MS);
}

void
test_clock__refuses_what_is_no_http_date(void)
{
	static const char *const bad[] = { "", "Thu", "Thu, 15 Jan 2026 10:30:00",
		"Thu, 15 Jan 2026 10:30:00 UTC", "Thu, 15 Jan 2026 10:30:00 GMT ",
		"thu, 15 Jan 2026 10:30:00 GMT", "Xxx, 15 Jan 2026 10:30:00 GMT",
		"Thu, 15 Jun 20266 10:30:00 GMT", "Thu, 32 Jan 2026 10:30:00 GMT",
		"Thu, 30 Feb 2026 10:30:00 GMT", "Thu, 15 Jan 2026 25:30:00 GMT",
		"Thu, 5 Jan 2026 10:30:00 GMT", "Sun Nov 6 08:49:37 1994",
		"Sunday 06-Nov-94 08:49:37 GMT", "Sunday, 06-Nov-1994 08:49:37 GMT",
		"2026-01-15T10:30:00Z", "0" };
	int64_t ms = -7;

	for (size_t i = 0; i < COUNT(bad); i++) {
		tap_row("'%s'", bad[i]);
		CHECK(!clock_parse_http(str_of(bad[i]), &ms));
		CHECK(ms == -7);
	}
}

void
test_clock__counts_months(void)
{
	static const struct {
		const char *from;
		int64_t n;
		const char *want;
	} rows[] = {
		{ "2026-01-15T10:30:00Z", 0, "2026-01-15T10:30:00Z" },
		{ "2026-01-15T10:30:00.123Z", 1, "2026-02-15T10:30:00.123Z" },
		{ "2026-01-31T23:59:59Z", 1, "2026-02-28T23:59:59Z" },
		{ "2026-01-31T23:59:59Z", 2, "2026-03-31T23:59:59Z" },
		{ "2028-01-31T00:00:00Z", 1, "2028-02-29T00:00:00Z" },
		{ "2028-02-29T00:00:00Z", 12, "2029-02-28T00:00:00Z" },
		{ "2028-02-29T00:00:00Z", 48, "2032-02-29T00:00:00Z" },
		{ "2026-12-31T12:00:00Z", 1, "2027-01-31T12:00:00Z" },
		{ "2026-11-30T12:00:00Z", 3, "2027-02-28T12:00:00Z" },
		{ "1969-12-31T23:59:59.999Z", 2, "1970-02-28T23:59:59.999Z" },
		{ "2099-12-01T00:00:00Z", 2, "2100-02-01T00:00:00Z" },
		{ "2100-01-29T00:00:00Z", 1, "2100-02-28T00:00:00Z" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t from = 0, want = 0;

		tap_row("%s + %" PRId64, rows[i].from, rows[i].n);
		CHECK(clock_parse(str_of(rows[i].from), &from) &&
			clock_parse(str_of(rows[i].want), &want));
		CHECK(clock_add_months(from, rows[i].n) == want);
	}
}

void
test_clock__moves_business_time_only(void)
{
	int64_t before = clock_mono_us(), real = clock_real_ms();

	clock_offset_ms(30 * DAY_MS);
	CHECK(clock_now_ms() - clock_real_ms() - 30 * DAY_MS <= 0);
	CHECK(clock_now_ms() - real >= 30 * DAY_MS);
	CHECK(clock_real_ms() - real < DAY_MS);
	clock_offset_ms(0);
	CHECK(clock_now_ms() - clock_real_ms() <= 0);
	CHECK(clock_mono_us() >= before);
	CHECK(clock_real_us() / 1000 >= real);
}
