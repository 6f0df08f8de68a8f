/*
 * Each account's side and each key that is limited has a place in a table in shared memory, found by its hash and kept as
 * long as something is counted in it. Nothing is locked: a place is taken by compare-and-swap on its owner, and given up
 * only if both of its windows are idle, when it is worth no more than an empty one.
 */
#include "access/limit.h"

#include "base/clock.h"
#include "base/gcra.h"
#include "base/hash.h"
#include "base/metrics.h"
#include "base/shared.h"

#define PROBES 32
#define HOUR_S INT64_C(3600)
#define DAY_S INT64_C(86400)
#define MINUTE_S INT64_C(60)
#define SECOND_US INT64_C(1000000)

static struct limit_place *places;

void
limit_setup(struct shared *shared)
{
	places = shared ? shared->limits : NULL;
}

struct rates
limit_of_plan(struct str plan)
{
	static const struct {
		const char *plan;
		struct rates rates;
	} plans[] = {
		{ "free", { 100, 1000 } },
		{ "starter", { 1000, 10000 } },
		{ "professional", { 5000, 100000 } },
	};

	for (size_t i = 0; i < COUNT(plans); i++)
		if (str_eq_z(plan, plans[i].plan))
			return plans[i].rates;
	return (struct rates){ 0 };
}

const struct window *
allowance_tightest(const struct allowance *a)
{
	const struct window *tightest = NULL;

	for (size_t i = 0; i < a->n; i++)
		if (!tightest || a->windows[i].remaining < tightest->remaining)
			tightest = &a->windows[i];
	return tightest;
}

/* ---- places */

/* Never 0, which is nobody. */
static uint64_t
owner_of(struct id id, uint64_t kind)
{
	return hash_number(kind, (uint64_t)id.n) | 1;
}

static bool
is_idle(struct limit_place *p, int64_t now_us)
{
	return gcra_is_idle(&p->hour, now_us) && gcra_is_idle(&p->day, now_us);
}

/* Takes an idle place over; looked at again afterwards, since its owner may have come back in between. */
static bool
take_over(struct limit_place *p, uint64_t owner, int64_t now_us)
{
	uint64_t old = atomic_load(&p->owner);

	if (old && !is_idle(p, now_us))
		return false;
	if (!atomic_compare_exchange_strong(&p->owner, &old, owner))
		return old == owner;
	if (is_idle(p, now_us))
		return true;
	atomic_compare_exchange_strong(&p->owner, &owner, old);
	return false;
}

/* The owner's place; NULL if all that could be his are in use by others. */
static struct limit_place *
place_of(uint64_t owner, int64_t now_us)
{
	for (size_t i = 0; i < PROBES; i++) {
		struct limit_place *p = &places[(owner / 2 + i) % LIMIT_PLACES];
		uint64_t found = atomic_load(&p->owner);

		if (found == owner)
			return p;
		if (!found)
			break;
	}
	for (size_t i = 0; i < PROBES; i++) {
		struct limit_place *p = &places[(owner / 2 + i) % LIMIT_PLACES];

		if (take_over(p, owner, now_us))
			return p;
	}
	return NULL;
}

/* ---- counting */

/* One window to be counted in. */
struct counted {
	const char *name;
	_Atomic uint64_t *tat;
	struct gcra_rate rate;
};

struct counting {
	struct counted c[LIMIT_WINDOWS];
	size_t n;
};

static void
add(struct counting *all, const char *name, _Atomic uint64_t *tat, int64_t most, int64_t window_s)
{
	if (most > 0)
		all->c[all->n++] = (struct counted){ name, tat, { most, window_s * SECOND_US } };
}

static void
add_rates(
	struct counting *all, uint64_t owner, const struct rates *rates, const char *const names[2])
{
	struct limit_place *p;

	if (rates->per_hour <= 0 && rates->per_day <= 0)
		return;
	p = place_of(owner, clock_mono_us());
	if (!p) {
		metrics_add(METRIC_LIMITS_FULL, 1);
		return;
	}
	add(all, names[0], &p->hour, rates->per_hour, HOUR_S);
	add(all, names[1], &p->day, rates->per_day, DAY_S);
}

static struct window
window_seen(const struct counted *c, const struct gcra_seen *seen)
{
	int64_t full_us = clock_real_us() + seen->full_in_us;

	return (struct window){
		.name = c->name,
		.most = c->rate.most,
		.window_s = c->rate.window_us / SECOND_US,
		.remaining = seen->remaining,
		.reset_s = (full_us + SECOND_US - 1) / SECOND_US,
	};
}

static const char *
unit_of(int64_t window_s)
{
	return window_s == DAY_S ? "day" : window_s == HOUR_S ? "hour" : "minute";
}

static struct err *
refuse(struct ctx *cx, const struct counted *c, const struct gcra_seen *seen)
{
	struct err *e =
		err_new(cx->arena, ERR_RATE, "the limit of %" PRId64 " requests per %s is used up",
			c->rate.most, unit_of(c->rate.window_us / SECOND_US));

	metrics_add(METRIC_LIMITED, 1);
	e->retry_after_s = (int)((seen->wait_us + SECOND_US - 1) / SECOND_US);
	return e;
}

/* The count of a window; cost 0 only looks. False if it refuses. */
static bool
take(const struct counted *c, int64_t cost, struct window *out, struct gcra_seen *seen)
{
	bool taken = gcra_take(c->tat, c->rate, cost, clock_mono_us(), seen);

	*out = window_seen(c, seen);
	return taken;
}

/* Counts in one after the other; the first that refuses takes the others' counts back. */
static struct err *
take_all(struct ctx *cx, const struct counting *all, int64_t cost, struct allowance *out)
{
	struct err *e = NULL;
	struct gcra_seen seen;

	out->n = all->n;
	for (size_t i = 0; i < all->n; i++) {
		if (take(&all->c[i], e ? 0 : cost, &out->windows[i], &seen) || e)
			continue;
		e = refuse(cx, &all->c[i], &seen);
		for (size_t k = 0; k < i; k++) {
			gcra_give_back(all->c[k].tat, all->c[k].rate, cost);
			(void)take(&all->c[k], 0, &out->windows[k], &seen);
		}
	}
	return e;
}

struct err *
limit_take(struct ctx *cx, const struct limited *who, int64_t cost, struct allowance *out)
{
	static const char *const of_account[2] = { "hour", "day" };
	static const char *const of_key[2] = { "key-hour", "key-day" };
	struct counting all = { .n = 0 };

	out->n = 0;
	if (!places)
		return NULL;
	add_rates(&all, owner_of(who->account, who->sandbox), &who->account_rates, of_account);
	add_rates(&all, owner_of(who->key, 2), &who->key_rates, of_key);
	return take_all(cx, &all, cost, out);
}

struct err *
limit_guest(struct ctx *cx, int64_t per_minute, struct allowance *out)
{
	struct counting all = { .n = 0 };
	struct limit_place *p;

	out->n = 0;
	p = places && per_minute ? place_of(hash_str(3, cx->ip) | 1, clock_mono_us()) : NULL;
	if (p)
		add(&all, "minute", &p->hour, per_minute, MINUTE_S);
	return take_all(cx, &all, 1, out);
}
