/* Zones that ICU knows, much that is none, and days that the clocks make longer or shorter. */
#include "base/zone.h"

#include "base/clock.h"
#include "tap.h"

#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)

void
test_zone__knows_ids(void)
{
	static const struct {
		const char *id;
		bool known;
	} rows[] = {
		{ "UTC", true },
		{ "Etc/UTC", true },
		{ "Europe/Berlin", true },
		{ "America/New_York", true },
		{ "America/Argentina/ComodRivadavia", true },
		{ "Asia/Kolkata", true },
		{ "Asia/Calcutta", true },
		{ "Etc/GMT+5", true },
		{ "", false },
		{ "europe/berlin", false },
		{ "Europe/Berlim", false },
		{ "Berlin", false },
		{ "GMT+5", false },
		{ "+02:00", false },
		{ "CEST", false },
		{ "Etc/Unknown", false },
		{ "Europe/Berlin ", false },
		{ "Europe/B\xc3\xa9rlin", false },
		{ "../../etc/passwd", false },
		{ "Europe/Berlin\nX: y", false },
		{ "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		  "A",
			false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		tap_row("'%s'", rows[i].id);
		CHECK(zone_known(str_of(rows[i].id)) == rows[i].known);
	}
	CHECK(!zone_known((struct str){ "UTC\0x", 5 }));
}

void
test_zone__tells_the_day(void)
{
	static const struct {
		const char *id, *at, *day;
	} rows[] = {
		{ "UTC", "2026-01-15T00:00:00Z", "2026-01-15" },
		{ "UTC", "2026-01-14T23:59:59.999Z", "2026-01-14" },
		{ "", "1969-12-31T23:59:59.999Z", "1969-12-31" },
		{ "America/New_York", "2026-01-15T04:59:59.999Z", "2026-01-14" },
		{ "America/New_York", "2026-01-15T05:00:00Z", "2026-01-15" },
		/* 23 and 25 hours long */
		{ "America/New_York", "2026-03-09T03:59:59.999Z", "2026-03-08" },
		{ "America/New_York", "2026-03-09T04:00:00Z", "2026-03-09" },
		{ "America/New_York", "2026-11-02T04:59:59.999Z", "2026-11-01" },
		{ "America/New_York", "2026-11-02T05:00:00Z", "2026-11-02" },
		/* Midnight is left out */
		{ "America/Havana", "2026-03-08T04:59:59.999Z", "2026-03-07" },
		{ "America/Havana", "2026-03-08T05:00:00Z", "2026-03-08" },
		{ "Pacific/Kiritimati", "2026-01-14T10:00:00Z", "2026-01-15" },
		{ "Pacific/Pago_Pago", "2026-01-15T10:59:59Z", "2026-01-14" },
		{ "Asia/Kolkata", "2028-02-28T18:30:00Z", "2028-02-29" },
		{ "Europe/Berlin", "2026-12-31T23:00:00Z", "2027-01-01" },
		/* A day that Samoa never had */
		{ "Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29" },
		{ "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t at = 0, day = 0;

		tap_row("%s %s", rows[i].id, rows[i].at);
		CHECK(clock_parse(str_of(rows[i].at), &at) &&
			clock_parse_date(str_of(rows[i].day), &day));
		CHECK(zone_date(str_of(rows[i].id), at) == day);
	}
}

void
test_zone__names_what_was_meant(void)
{
	struct arena *a = arena_new("zone", 1 << 20);

	CHECK_STR(zone_nearest(a, STR("Europe/Berlim")), "Europe/Berlin");
	CHECK_STR(zone_nearest(a, STR("europe/berlin")), "Europe/Berlin");
	CHECK_STR(zone_nearest(a, STR("America/NewYork")), "America/New_York");
	CHECK_STR(zone_nearest(a, STR("the moon, far away")), "");
	arena_free(a);
}

void
test_zone__days_begin_when_people_say_so(void)
{
	static const struct {
		const char *zone, *date, *begins;
		int hours;
	} rows[] = {
		{ "", "2026-01-15", "2026-01-15T00:00:00Z", 24 },
		{ "UTC", "2026-01-15", "2026-01-15T00:00:00Z", 24 },
		{ "Europe/Berlin", "2026-01-15", "2026-01-14T23:00:00Z", 24 },
		{ "Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", 23 },
		{ "Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", 25 },
		{ "America/New_York", "2026-03-08", "2026-03-08T05:00:00Z", 23 },
		{ "America/New_York", "2026-11-01", "2026-11-01T04:00:00Z", 25 },
		{ "Asia/Kolkata", "2026-06-01", "2026-05-31T18:30:00Z", 24 },
		{ "Asia/Tokyo", "2026-06-01", "2026-05-31T15:00:00Z", 24 },
		{ "Pacific/Kiritimati", "2026-06-01", "2026-05-31T10:00:00Z", 24 },
		/* Midnight is left out: the day begins at one o'clock. */
		{ "America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", 23 },
		{ "Asia/Beirut", "2022-03-27", "2022-03-26T22:00:00Z", 23 },
		/* Midnight comes twice: the first one counts. */
		{ "America/Havana", "2026-11-01", "2026-11-01T04:00:00Z", 25 },
		/* A day that never was. */
		{ "Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", 0 },
		/* Years before anybody had zones, and far ones. */
		{ "Europe/Berlin", "1600-01-01", "1599-12-31T23:06:32Z", 24 },
		{ "Europe/Berlin", "9998-07-01", "9998-06-30T22:00:00Z", 24 },
	};
	int64_t midnight, begins;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str zone = str_of(rows[i].zone);

		tap_row("%s %s", rows[i].zone, rows[i].date);
		CHECK(clock_parse_date(str_of(rows[i].date), &midnight));
		CHECK(clock_parse(str_of(rows[i].begins), &begins));
		CHECK(zone_day(zone, midnight) == begins);
		CHECK(zone_day(zone, midnight + DAY) - begins == rows[i].hours * HOUR);
	}
}

void
test_zone__what_cannot_be_one_counts_as_utc(void)
{
	CHECK(zone_day(STR("no zone"), DAY) == DAY);
}
