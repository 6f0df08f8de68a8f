/* The rate of D21: what it admits, to the request, at every edge of its windows. */
#include "tap.h"

#include "base/gcra.h"

#define HOUR_US INT64_C(3600000000)
#define SECOND_US INT64_C(1000000)
#define NOON INT64_C(1000000000000)

static const struct gcra_rate free_plan = { 100, HOUR_US };

static int
take_all(_Atomic uint64_t *tat, struct gcra_rate rate, int64_t now_us)
{
	struct gcra_seen seen;
	int n = 0;

	while (gcra_take(tat, rate, 1, now_us, &seen))
		n++;
	return n;
}

void
test_gcra__holds_the_printed_example(void)
{
	_Atomic uint64_t tat = 0;
	struct gcra_seen seen;

	for (int i = 99; i >= 0; i--) {
		CHECK(gcra_take(&tat, free_plan, 1, NOON, &seen));
		CHECK(seen.remaining == i);
	}
	CHECK(seen.full_in_us == HOUR_US);
	CHECK(!gcra_take(&tat, free_plan, 1, NOON, &seen));
	CHECK(seen.remaining == 0);
	CHECK(seen.wait_us == 36 * SECOND_US);
	CHECK(!gcra_take(&tat, free_plan, 1, NOON + 36 * SECOND_US - 1, &seen));
	CHECK(seen.wait_us == 1);
	CHECK(gcra_take(&tat, free_plan, 1, NOON + 36 * SECOND_US, &seen));
	CHECK(!gcra_take(&tat, free_plan, 1, NOON + 36 * SECOND_US, &seen));
}

void
test_gcra__admits_twice_the_limit_in_a_window_at_most(void)
{
	_Atomic uint64_t tat = 0;
	int n = 0;

	for (int64_t at = NOON; at <= NOON + HOUR_US; at += SECOND_US)
		n += take_all(&tat, free_plan, at);
	CHECK(n == 200);
}

void
test_gcra__refuses_at_no_cost(void)
{
	_Atomic uint64_t tat = 0;
	uint64_t before;

	take_all(&tat, free_plan, NOON);
	before = atomic_load(&tat);
	CHECK(take_all(&tat, free_plan, NOON) == 0);
	CHECK(atomic_load(&tat) == before);
}

void
test_gcra__gives_back(void)
{
	_Atomic uint64_t tat = 0;
	struct gcra_seen seen;

	CHECK(gcra_take(&tat, free_plan, 30, NOON, &seen));
	CHECK(seen.remaining == 70);
	gcra_give_back(&tat, free_plan, 30);
	CHECK(gcra_is_idle(&tat, NOON));
	CHECK(take_all(&tat, free_plan, NOON) == 100);
}

void
test_gcra__takes_several_or_none(void)
{
	_Atomic uint64_t tat = 0;
	struct gcra_seen seen;

	CHECK(!gcra_take(&tat, free_plan, 101, NOON, &seen));
	CHECK(gcra_is_idle(&tat, NOON));
	CHECK(gcra_take(&tat, free_plan, 60, NOON, &seen));
	CHECK(!gcra_take(&tat, free_plan, 50, NOON, &seen));
	CHECK(seen.remaining == 40);
	CHECK(seen.wait_us == 360 * SECOND_US);
	CHECK(gcra_take(&tat, free_plan, 40, NOON, &seen));
}

void
test_gcra__looks_without_taking(void)
{
	_Atomic uint64_t tat = 0;
	struct gcra_seen seen;

	CHECK(gcra_take(&tat, free_plan, 0, NOON, &seen));
	CHECK(seen.remaining == 100);
	CHECK(atomic_load(&tat) == 0);
}

void
test_gcra__admits_as_many_as_the_limit_says(void)
{
	static const int64_t limits[] = { 1, 2, 3, 7, 100, 999, 1000, 5000, 99999, 999999 };

	for (size_t i = 0; i < COUNT(limits); i++) {
		_Atomic uint64_t tat = 0;

		CHECK(take_all(&tat, (struct gcra_rate){ limits[i], HOUR_US }, NOON) == limits[i]);
	}
}

void
test_gcra__forgets_what_no_request_can_have_written(void)
{
	_Atomic uint64_t tat = (uint64_t)(NOON + 2 * HOUR_US);

	CHECK(take_all(&tat, free_plan, NOON) == 100);
}
