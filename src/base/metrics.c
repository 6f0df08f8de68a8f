/*
 * Every number has one place and is added to by whoever counts. Places of names are found by their hash and taken by
 * compare-and-swap, so nothing has to be made first. Figures of the last minutes need no second count: whoever brings the
 * first request of a minute notes what was counted until then, and the rest is subtraction.
 */
#include "base/metrics.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/shared.h"

#define MINUTE_US INT64_C(60000000)
#define SECOND_US INT64_C(1000000)
#define FIGURES_MINUTES 5
#define FIGURES_BIT 1U /* in the number of a route */
#define NAMED_BIT 2U   /* so that no name is 0 */

_Static_assert(2 * METRIC__MAX <= METRICS_SINGLES, "make room for names that will go");

static const struct metric_row rows[METRIC__MAX] = {
#define COUNTER METRIC_COUNTER
#define SECONDS METRIC_SECONDS
#define GAUGE METRIC_GAUGE
#define X(name, kind, series, help) [METRIC_##name] = { series, help, kind },
#include "base/metrics.def"
#undef X
#undef GAUGE
#undef SECONDS
#undef COUNTER
};

static struct metrics own, *metrics = &own;
/* Where each single number is; NULL: not looked for yet. */
static _Atomic uint64_t *at[METRIC__MAX];

static uint64_t
load(_Atomic uint64_t *word)
{
	return atomic_load_explicit(word, memory_order_relaxed);
}

static void
add(_Atomic uint64_t *word, uint64_t n)
{
	atomic_fetch_add_explicit(word, n, memory_order_relaxed);
}

/* A clock that stands before what was counted belongs to another boot of this host. */
void
metrics_setup(struct shared *shared)
{
	uint64_t now_us = (uint64_t)clock_mono_us(), since_us;

	if (!shared)
		memset(&own, 0, sizeof(own));
	metrics = shared ? &shared->metrics : &own;
	memset(at, 0, sizeof(at));
	since_us = load(&metrics->since_us);
	if (!since_us || since_us > now_us)
		atomic_store(&metrics->since_us, now_us);
}

/* ---- single numbers */

const struct metric_row *
metrics_row(enum metric metric)
{
	return &rows[metric];
}

/* True if the place has that name, which it is given if it has none. */
static bool
is_named(_Atomic uint64_t *place, uint64_t name)
{
	uint64_t found = 0;

	return load(place) == name || atomic_compare_exchange_strong(place, &found, name) ||
		found == name;
}

/* Full of names that earlier versions had, it counts where nobody looks. */
static _Atomic uint64_t *
find_single(const char *series)
{
	static _Atomic uint64_t nowhere;
	uint64_t name = hash_str(0, str_of(series)) | NAMED_BIT;

	for (size_t i = 0; i < METRICS_SINGLES; i++) {
		struct metrics_single *s = &metrics->singles[(name / 4 + i) % METRICS_SINGLES];

		if (is_named(&s->name, name))
			return &s->n;
	}
	return &nowhere;
}

static _Atomic uint64_t *
single(enum metric metric)
{
	if (!at[metric])
		at[metric] = find_single(rows[metric].series);
	return at[metric];
}

void
metrics_add(enum metric metric, int64_t n)
{
	add(single(metric), (uint64_t)n);
}

void
metrics_set(enum metric metric, int64_t n)
{
	atomic_store_explicit(single(metric), (uint64_t)n, memory_order_relaxed);
}

int64_t
metrics_value(enum metric metric)
{
	return (int64_t)load(single(metric));
}

/* ---- durations: 14 bounds a decade, as people write them, so that any of them can be shown */

#define DECADE(us)                                                                                 \
	(us), (us)*5 / 4, (us)*3 / 2, (us)*7 / 4, (us)*2, (us)*5 / 2, (us)*3, (us)*7 / 2, (us)*4,  \
		(us)*5, (us)*6, (us)*7, (us)*8, (us)*9

static const int64_t bounds_us[] = {
	DECADE(INT64_C(100)),
	DECADE(INT64_C(1000)),
	DECADE(INT64_C(10000)),
	DECADE(INT64_C(100000)),
	DECADE(INT64_C(1000000)),
	10000000,
	12500000,
	15000000,
	17500000,
	20000000,
	25000000,
	30000000,
};

_Static_assert(COUNT(bounds_us) + 1 == METRICS_DURATIONS, "a bucket each, and one behind the last");

int64_t
metrics_bound_us(size_t bucket)
{
	return bucket < COUNT(bounds_us) ? bounds_us[bucket] : INT64_MAX;
}

size_t
metrics_bucket(int64_t us)
{
	size_t low = 0, high = COUNT(bounds_us);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (us <= bounds_us[middle])
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

int64_t
metrics_quantile_us(const uint64_t durations[METRICS_DURATIONS], int thousandths)
{
	uint64_t all = 0, before = 0, rank;
	size_t i = 0;
	int64_t from;

	for (size_t k = 0; k < METRICS_DURATIONS; k++)
		all += durations[k];
	if (!all)
		return 0;
	rank = MAX((all * (uint64_t)thousandths + 999) / 1000, 1);
	for (; before + durations[i] < rank; i++)
		before += durations[i];
	if (i == COUNT(bounds_us))
		return bounds_us[i - 1];
	from = i ? bounds_us[i - 1] : 0;
	return from + (int64_t)((uint64_t)(bounds_us[i] - from) * (rank - before) / durations[i]);
}

/* ---- requests */

uint64_t
metrics_route(const char *name, bool figures)
{
	uint64_t hash = hash_str(0, str_of(name)) | FIGURES_BIT | NAMED_BIT;

	return figures ? hash : hash ^ FIGURES_BIT;
}

static struct metrics_place *
nth_place(uint64_t route, size_t i)
{
	return &metrics->routes[(route / 4 + i) % METRICS_ROUTES];
}

/* Where the requests of a route are counted. */
static struct metrics_place *
take_place(uint64_t route)
{
	for (size_t i = 0; route && i < METRICS_ROUTES; i++)
		if (is_named(&nth_place(route, i)->name, route))
			return nth_place(route, i);
	return &metrics->routes[METRICS_ROUTES];
}

/* The same, but NULL if none of them was. */
static struct metrics_place *
find_place(uint64_t route)
{
	for (size_t i = 0; route && i < METRICS_ROUTES; i++)
		if (load(&nth_place(route, i)->name) == route)
			return nth_place(route, i);
	return route ? NULL : &metrics->routes[METRICS_ROUTES];
}

/* Of those without a room of their own nothing is known, so they are taken for requests of clients. */
static bool
is_in_figures(size_t i)
{
	return i == METRICS_ROUTES || load(&metrics->routes[i].name) & FIGURES_BIT;
}

static int
class_of(int status)
{
	return MIN(MAX(status / 100 - 2, 0), METRICS_CLASSES - 1);
}

/* Adds up the durations and errors of all routes that belong to the figures. */
static void
sum_up(uint64_t durations[METRICS_DURATIONS], uint64_t *errors)
{
	for (size_t i = 0; i <= METRICS_ROUTES; i++) {
		struct metrics_place *p = &metrics->routes[i];

		if (!is_in_figures(i))
			continue;
		for (size_t k = 0; k < METRICS_DURATIONS; k++)
			durations[k] += load(&p->durations[k]);
		for (size_t m = 0; m < METRICS_METHODS; m++)
			*errors += load(&p->requests[m][METRICS_CLASSES - 1]);
	}
}

static uint64_t
minute_of(int64_t us)
{
	return (uint64_t)(us / MINUTE_US) + 1;
}

/*
 * The first to come in a minute notes what stood before it. Should he die over it, that minute has no note, and figures that
 * would begin with it begin with the next.
 */
static void
note_minute(int64_t now_us)
{
	uint64_t minute = minute_of(now_us), durations[METRICS_DURATIONS] = { 0 }, errors = 0;
	struct metrics_minute *m = &metrics->minutes[minute % METRICS_MINUTES];
	uint64_t claimed = load(&m->claimed);

	if (claimed == minute || !atomic_compare_exchange_strong(&m->claimed, &claimed, minute))
		return;
	atomic_store(&m->minute, 0);
	sum_up(durations, &errors);
	for (size_t i = 0; i < METRICS_DURATIONS; i++)
		atomic_store_explicit(&m->durations[i], durations[i], memory_order_relaxed);
	atomic_store_explicit(&m->errors, errors, memory_order_relaxed);
	atomic_store(&m->minute, minute);
}

void
metrics_request(const struct metrics_request *r, int64_t now_us)
{
	struct metrics_place *p = take_place(r->route);

	note_minute(now_us);
	add(&p->requests[r->method][class_of(r->status)], 1);
	add(&p->durations[metrics_bucket(r->took_us)], 1);
	add(&p->took_us, (uint64_t)MAX(r->took_us, 0));
}

void
metrics_read(uint64_t route, struct metrics_counts *to)
{
	struct metrics_place *p = find_place(route);

	if (!p)
		return;
	for (size_t m = 0; m < METRICS_METHODS; m++)
		for (size_t c = 0; c < METRICS_CLASSES; c++)
			to->requests[m][c] += load(&p->requests[m][c]);
	for (size_t i = 0; i < METRICS_DURATIONS; i++)
		to->durations[i] += load(&p->durations[i]);
	to->took_us += load(&p->took_us);
}

/* ---- figures */

/* The earliest note that is not before `from`; NULL: nothing came since. */
static struct metrics_minute *
note_since(uint64_t from, uint64_t now)
{
	for (uint64_t minute = from; minute <= now; minute++) {
		struct metrics_minute *m = &metrics->minutes[minute % METRICS_MINUTES];

		if (atomic_load(&m->minute) == minute)
			return m;
	}
	return NULL;
}

void
metrics_figures(int64_t now_us, struct metrics_figures *out)
{
	int64_t since_us = (int64_t)load(&metrics->since_us);
	uint64_t now = minute_of(now_us), from = MAX(now, FIGURES_MINUTES + 1) - FIGURES_MINUTES;
	uint64_t durations[METRICS_DURATIONS] = { 0 }, errors = 0, requests = 0;
	struct metrics_minute *m = note_since(from, now);

	*out = (struct metrics_figures){
		.span_us = MAX(now_us - MAX((int64_t)(from - 1) * MINUTE_US, since_us), SECOND_US),
	};
	if (!m)
		return;
	sum_up(durations, &errors);
	for (size_t i = 0; i < METRICS_DURATIONS; i++) {
		durations[i] -= MIN(load(&m->durations[i]), durations[i]);
		requests += durations[i];
	}
	out->requests = (int64_t)requests;
	out->errors = (int64_t)(errors - MIN(load(&m->errors), errors));
	out->p50_us = metrics_quantile_us(durations, 500);
	out->p95_us = metrics_quantile_us(durations, 950);
	out->p99_us = metrics_quantile_us(durations, 990);
}
