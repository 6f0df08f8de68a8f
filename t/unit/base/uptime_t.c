/* The record of uptime: what was seen to be well counts, what nobody saw does not. */
#include "tap.h"

#include "base/uptime.h"

#include <unistd.h>

#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)
#define BEGIN (INT64_C(20000) * DAY + 1234)

/* Notes every 500 ms in [from, to]. */
static void
watch(struct uptime *u, int64_t from, int64_t to, bool well)
{
	for (int64_t now = from; now <= to; now += 500)
		uptime_note(u, now, well);
}

/* As if somebody had watched: the hours [from, to) are whole. */
static void
fill(struct uptime *u, int64_t from, int64_t to)
{
	for (int64_t hour = from; hour < to; hour++)
		u->hours[hour % UPTIME_HOURS] =
			(struct uptime_hour){ .hour = hour, .well_ms = HOUR };
}

void
test_uptime__is_whole_while_all_is_well(void)
{
	static struct uptime u;

	u = (struct uptime){ 0 };
	CHECK(uptime_hundredths(&u, BEGIN) == 10000 || u.first_ms == 0);
	uptime_note(&u, BEGIN, true);
	CHECK(uptime_hundredths(&u, BEGIN) == 10000);
	watch(&u, BEGIN, BEGIN + 3 * HOUR, true);
	CHECK(uptime_hundredths(&u, BEGIN + 3 * HOUR) == 10000);
}

void
test_uptime__an_outage_counts_from_note_to_note(void)
{
	static struct uptime u;

	u = (struct uptime){ 0 };
	watch(&u, BEGIN, BEGIN + 50 * 60000, true);
	watch(&u, BEGIN + 50 * 60000 + 500, BEGIN + 75 * 60000, false);
	watch(&u, BEGIN + 75 * 60000 + 500, BEGIN + 100 * 60000, true);
	/* 25 of 100 minutes, and the half seconds on both sides */
	CHECK(uptime_hundredths(&u, BEGIN + 100 * 60000) == 7499);
}

void
test_uptime__what_nobody_noted_is_down(void)
{
	static struct uptime u;

	u = (struct uptime){ 0 };
	watch(&u, BEGIN, BEGIN + HOUR, true);
	watch(&u, BEGIN + 3 * HOUR, BEGIN + 4 * HOUR, true);
	CHECK(uptime_hundredths(&u, BEGIN + 4 * HOUR) == 5000);
	/* a short pause, as of a restart, is none */
	u = (struct uptime){ 0 };
	watch(&u, BEGIN, BEGIN + HOUR, true);
	watch(&u, BEGIN + HOUR + 2900, BEGIN + 2 * HOUR, true);
	CHECK(uptime_hundredths(&u, u.last_ms) == 10000);
}

void
test_uptime__looks_back_thirty_days(void)
{
	static struct uptime u;
	int64_t first = BEGIN / HOUR, now_ms = (first + 1000) * HOUR;

	u = (struct uptime){ .first_ms = BEGIN };
	fill(&u, first + 1000 - 720,
		first + 1000); /* one of them is overwritten by the next hour */
	uptime_note(&u, now_ms, true);
	CHECK(uptime_hundredths(&u, now_ms) == 10000);
	u.hours[(first + 500) % UPTIME_HOURS].well_ms = 0;
	CHECK(uptime_hundredths(&u, now_ms) == 9986); /* 718 of 719 hours */
	/* a month later nothing of it is left */
	CHECK(uptime_hundredths(&u, now_ms + 31 * DAY) == 0);
}

void
test_uptime__bears_a_clock_that_jumps(void)
{
	static struct uptime u;

	u = (struct uptime){ 0 };
	watch(&u, BEGIN, BEGIN + HOUR, true);
	watch(&u, BEGIN, BEGIN + HOUR, true); /* set back an hour: it passes twice */
	CHECK(uptime_hundredths(&u, BEGIN + HOUR) == 10000);
	uptime_note(&u, BEGIN - DAY, true); /* before the record began */
	CHECK(uptime_hundredths(&u, BEGIN - DAY) == 10000);
	for (size_t i = 0; i < UPTIME_HOURS; i++)
		u.hours[i] = (struct uptime_hour){ .hour = BEGIN / HOUR, .well_ms = INT64_MIN };
	CHECK(uptime_hundredths(&u, BEGIN + HOUR) == 0);
}

void
test_uptime__survives_in_its_file(void)
{
	char template[] = "/tmp/souk-state-XXXXXX", path[64];
	struct uptime *one, *two;

	if (!CHECK(mkdtemp(template) != NULL))
		return;
	one = uptime_open(template);
	two = uptime_open(template);
	if (CHECK(one && two)) {
		uptime_note(one, BEGIN, true);
		uptime_note(two, BEGIN + 1000, true);
		CHECK(one->first_ms == BEGIN && one->last_ms == BEGIN + 1000);
		one->magic = 7;
		two = uptime_open(template);
		CHECK(two && two->first_ms == 0);
	}
	(void)snprintf(path, sizeof(path), "%s/uptime", template);
	unlink(path);
	rmdir(template);
	CHECK(!uptime_open("/nonexistent/state") && errno == ENOENT);
}
