/*
 * The burst is counted in whole requests, not in the window's length: with a rate that does not divide the window, most
 * times the interval is a little less than the window, and one request more would fit.
 */
#include "base/gcra.h"

static int64_t
interval(struct gcra_rate rate)
{
	must(rate.most >= 1 && rate.window_us >= rate.most);
	return rate.window_us / rate.most;
}

static int64_t
debt_at(uint64_t tat, struct gcra_rate rate, int64_t now_us)
{
	int64_t debt = (int64_t)tat - now_us;

	return debt > 0 && debt <= rate.window_us ? debt : 0;
}

bool
gcra_take(_Atomic uint64_t *tat, struct gcra_rate rate, int64_t cost, int64_t now_us,
	struct gcra_seen *seen)
{
	int64_t each = interval(rate), burst = each * rate.most, debt;
	uint64_t old = atomic_load(tat);
	bool taken;

	must(cost >= 0);
	do {
		debt = debt_at(old, rate, now_us);
		taken = cost <= rate.most && debt + each * cost <= burst;
	} while (taken && cost &&
		!atomic_compare_exchange_weak(tat, &old, (uint64_t)(now_us + debt + each * cost)));
	seen->wait_us = taken ? 0 : MAX(debt + each * MIN(cost, rate.most) - burst, 1);
	if (taken)
		debt += each * cost;
	seen->remaining = MAX(burst - debt, 0) / each;
	seen->full_in_us = debt;
	return taken;
}

void
gcra_give_back(_Atomic uint64_t *tat, struct gcra_rate rate, int64_t cost)
{
	atomic_fetch_sub(tat, (uint64_t)(interval(rate) * cost));
}

bool
gcra_is_idle(_Atomic uint64_t *tat, int64_t now_us)
{
	return (int64_t)atomic_load(tat) <= now_us;
}
