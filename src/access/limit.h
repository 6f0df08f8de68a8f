/*
 * Rate limits (D21): an account's requests an hour and a day, and a key's own, counted in memory that all workers share and
 * that outlives them. Exact over processes and deaths; costs no statement.
 */
#ifndef SOUK_ACCESS_LIMIT_H
#define SOUK_ACCESS_LIMIT_H

#include "db/ctx.h"

struct shared;

/* Requests a window; 0: not limited. */
struct rates {
	int64_t per_hour, per_day;
};

#define LIMIT_WINDOWS 4

/* One window as the answer's headers tell it. */
struct window {
	const char *name; /* of the policy: hour, day, key-hour, key-day */
	int64_t most, window_s, remaining;
	int64_t reset_s; /* Unix time at which all of `most` is there again */
};

/* All windows that a request was counted in; none: it is not limited. */
struct allowance {
	struct window windows[LIMIT_WINDOWS];
	size_t n;
};

/* The window with the fewest left, which the X-RateLimit headers show; NULL if there is none. */
const struct window *allowance_tightest(const struct allowance *a);

/* What a plan allows; {0, 0} for one without limits of its own (enterprise). */
struct rates limit_of_plan(struct str plan);

/* Before the fork. NULL: nothing is limited. */
void limit_setup(struct shared *shared);

/*
 * Counts a request of whoever needs no key, by the address it came from. `per_minute` 0: not limited. ERR_RATE with
 * retry_after_s.
 */
struct err *limit_guest(struct ctx *cx, int64_t per_minute, struct allowance *out) MUST_CHECK;

/* Who is counted: the side of the account (live and sandbox are counted apart), and the key. */
struct limited {
	struct id account, key;
	bool sandbox;
	struct rates account_rates, key_rates;
};

/*
 * Counts `cost` requests in every window, or in none. ERR_RATE with retry_after_s if one refuses. *out is filled either
 * way.
 */
struct err *limit_take(
	struct ctx *cx, const struct limited *who, int64_t cost, struct allowance *out) MUST_CHECK;

#endif
