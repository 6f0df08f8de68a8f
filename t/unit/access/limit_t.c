/* Limits of accounts and keys: which windows count, what a refusal costs, and how places are shared out. */
#include "tap.h"

#include "access/limit.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/shared.h"

static struct arena *arena;
static struct ctx cx;
static struct allowance seen;

static struct shared *
begin(void)
{
	struct shared *shared = shared_open(NULL);

	arena = arena_new("test", 1 << 20);
	cx = (struct ctx){ .arena = arena };
	limit_setup(shared);
	return shared;
}

static void
end(void)
{
	limit_setup(NULL);
	arena_free(arena);
}

static int
take_until_refused(const struct limited *who, int most)
{
	int n = 0;

	while (n < most && !limit_take(&cx, who, 1, &seen))
		n++;
	return n;
}

void
test_limit__knows_the_plans(void)
{
	CHECK(limit_of_plan(STR("free")).per_hour == 100);
	CHECK(limit_of_plan(STR("free")).per_day == 1000);
	CHECK(limit_of_plan(STR("starter")).per_hour == 1000);
	CHECK(limit_of_plan(STR("professional")).per_day == 100000);
	CHECK(limit_of_plan(STR("enterprise")).per_hour == 0);
}

void
test_limit__counts_hour_and_day(void)
{
	struct limited who = { .account = { 1 }, .account_rates = { 10, 15 } };
	struct err *e;

	begin();
	CHECK(!limit_take(&cx, &who, 1, &seen));
	CHECK(seen.n == 2);
	CHECK(!strcmp(seen.windows[0].name, "hour") && seen.windows[0].remaining == 9);
	CHECK(!strcmp(seen.windows[1].name, "day") && seen.windows[1].remaining == 14);
	CHECK(allowance_tightest(&seen) == &seen.windows[0]);
	CHECK(take_until_refused(&who, 100) == 9);
	e = limit_take(&cx, &who, 1, &seen);
	if (CHECK(e != NULL)) {
		CHECK(e->code == ERR_RATE);
		CHECK(e->retry_after_s == 360);
	}
	CHECK(allowance_tightest(&seen)->remaining == 0);
	end();
}

void
test_limit__takes_the_hour_back_if_the_day_refuses(void)
{
	struct limited who = { .account = { 1 }, .account_rates = { 100, 5 } };

	begin();
	CHECK(take_until_refused(&who, 100) == 5);
	for (int i = 0; i < 300; i++)
		CHECK(limit_take(&cx, &who, 1, &seen) != NULL);
	CHECK(seen.windows[0].remaining >= 94);
	who.account_rates.per_day = 0;
	CHECK(take_until_refused(&who, 200) >= 94);
	end();
}

void
test_limit__counts_sides_and_keys_apart(void)
{
	struct limited live = { .account = { 1 }, .key = { 7 }, .account_rates = { 10, 0 } };
	struct limited sandbox = live, other = live, key = live;

	sandbox.sandbox = true;
	other.account.n = 2;
	begin();
	CHECK(take_until_refused(&live, 100) == 10);
	CHECK(take_until_refused(&sandbox, 100) == 10);
	CHECK(take_until_refused(&other, 100) == 10);
	key.account.n = 3;
	key.key_rates.per_hour = 4;
	CHECK(take_until_refused(&key, 100) == 4);
	CHECK(seen.n == 2 && !strcmp(allowance_tightest(&seen)->name, "key-hour"));
	key.key.n = 8;
	CHECK(take_until_refused(&key, 100) == 4);
	key.key.n = 9;
	CHECK(take_until_refused(&key, 100) == 2);
	CHECK(!strcmp(allowance_tightest(&seen)->name, "hour"));
	end();
}

void
test_limit__is_silent_without_rates(void)
{
	struct limited who = { .account = { 1 } };

	begin();
	CHECK(!limit_take(&cx, &who, 1, &seen));
	CHECK(seen.n == 0 && !allowance_tightest(&seen));
	limit_setup(NULL);
	who.account_rates.per_hour = 1;
	CHECK(take_until_refused(&who, 5) == 5);
	end();
}

void
test_limit__gives_places_up_when_they_are_idle(void)
{
	struct shared *shared = begin();
	struct limited who = { .account_rates = { 3, 0 } };

	for (size_t i = 0; i < LIMIT_PLACES; i++)
		atomic_store(&shared->limits[i].owner, 2 * i + 2);
	for (int64_t account = 1; account <= 100; account++) {
		who.account.n = account;
		CHECK(take_until_refused(&who, 10) == 3);
	}
	end();
}

/* What cannot be counted is let in, and those who watch us are told. */
void
test_limit__lets_in_and_tells_when_there_is_no_room(void)
{
	struct shared *shared = begin();
	struct limited who = { .account = { 1 }, .account_rates = { 3, 0 } };

	metrics_setup(NULL);
	CHECK(take_until_refused(&who, 10) == 3);
	CHECK(metrics_value(METRIC_LIMITED) == 1 && metrics_value(METRIC_LIMITS_FULL) == 0);
	for (size_t i = 0; i < LIMIT_PLACES; i++) {
		atomic_store(&shared->limits[i].owner, 2 * i + 2);
		atomic_store(
			&shared->limits[i].hour, (uint64_t)clock_mono_us() + UINT64_C(3600000000));
	}
	CHECK(take_until_refused(&who, 10) == 10);
	CHECK(seen.n == 0);
	CHECK(metrics_value(METRIC_LIMITED) == 1 && metrics_value(METRIC_LIMITS_FULL) == 10);
	end();
}

void
test_limit__guests_are_counted_by_address(void)
{
	struct err *e = NULL;
	int taken = 0;

	begin();
	cx.ip = STR("192.0.2.1");
	while (taken < 100 && !e) {
		e = limit_guest(&cx, 5, &seen);
		taken += !e;
	}
	CHECK(taken == 5 && e && e->code == ERR_RATE && e->retry_after_s == 12);
	CHECK(seen.n == 1 && seen.windows[0].window_s == 60);
	cx.ip = STR("192.0.2.2");
	CHECK(!limit_guest(&cx, 5, &seen));
	cx.ip = STR("192.0.2.1");
	CHECK(!limit_guest(&cx, 0, &seen) && seen.n == 0);
	end();
}
