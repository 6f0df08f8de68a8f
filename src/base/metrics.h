/*
 * What is counted for those who watch us: over all processes of this host, in memory that outlives them, by atomic
 * additions. A process may die anywhere and leaves nothing half done; programs of two versions may count in one memory.
 * Before metrics_setup(), and in programs that never call it, everything works and counts for this process alone.
 */
#ifndef SOUK_BASE_METRICS_H
#define SOUK_BASE_METRICS_H

#include "base/base.h"

#include <stdatomic.h>

struct shared;

/* ---- single numbers */

enum metric {
#define X(name, kind, series, help) METRIC_##name,
#include "base/metrics.def"
#undef X
	METRIC__MAX
};

enum metric_kind { METRIC_COUNTER, METRIC_SECONDS, METRIC_GAUGE };

struct metric_row {
	const char *series, *help;
	enum metric_kind kind;
};

const struct metric_row *metrics_row(enum metric metric);
/* Adds to a counter; to one of METRIC_SECONDS in microseconds. */
void metrics_add(enum metric metric, int64_t n);
/* Says what a gauge is now. */
void metrics_set(enum metric metric, int64_t n);
int64_t metrics_value(enum metric metric);

/* ---- requests */

/* Places in memory; a change of any is another layout (shared.c). */
#define METRICS_SINGLES                                                                            \
	128 /* twice as many as there may be, since names that went keep their places */
#define METRICS_ROUTES 64
#define METRICS_METHODS 8
#define METRICS_CLASSES 4 /* 2xx to 5xx */
#define METRICS_DURATIONS 78
#define METRICS_MINUTES 8

struct metrics_single {
	_Atomic uint64_t name, n; /* name 0: free */
};

/* Requests of one route, counted once: how many there were in all is the sum of either array. */
struct metrics_place {
	_Atomic uint64_t name; /* see metrics_route() */
	_Atomic uint64_t requests[METRICS_METHODS][METRICS_CLASSES];
	_Atomic uint64_t durations[METRICS_DURATIONS];
	_Atomic uint64_t took_us; /* all together */
};

/* What was counted when a minute began. */
struct metrics_minute {
	_Atomic uint64_t claimed, minute; /* minutes from 1; 0: none */
	_Atomic uint64_t durations[METRICS_DURATIONS], errors;
};

struct metrics {
	_Atomic uint64_t since_us; /* clock_mono_us() */
	struct metrics_single singles[METRICS_SINGLES];
	struct metrics_place
		routes[METRICS_ROUTES + 1]; /* the last: all for which there was no room */
	struct metrics_minute minutes[METRICS_MINUTES];
};

/* Before the fork. NULL: this process counts for itself, anew. */
void metrics_setup(struct shared *shared);

/*
 * The number under which requests of a route are counted. `figures`: they are also part of metrics_figures(), which probes and
 * scrapes are not. If there is no room for another name, its requests are counted under 0, which stands for all others.
 */
uint64_t metrics_route(const char *name, bool figures);

/* Counts a request that was answered. `method` is below METRICS_METHODS; `now_us` is clock_mono_us(). */
struct metrics_request {
	uint64_t route;
	int method, status;
	int64_t took_us;
};
void metrics_request(const struct metrics_request *r, int64_t now_us);

/* What was counted of a route, or of several. */
struct metrics_counts {
	uint64_t requests[METRICS_METHODS][METRICS_CLASSES];
	uint64_t durations[METRICS_DURATIONS];
	uint64_t took_us;
};
/* Adds to *to what was counted under that number, if anything was. */
void metrics_read(uint64_t route, struct metrics_counts *to);

/* Requests of the last five minutes and the one that has begun, as far back as anything was counted. */
struct metrics_figures {
	int64_t p50_us, p95_us, p99_us; /* 0 if there were none */
	int64_t requests, errors;       /* errors: 5xx */
	int64_t span_us;                /* how long that is, at least a second */
};
void metrics_figures(int64_t now_us, struct metrics_figures *out);

/* ---- durations, in buckets of about four a doubling, from 100 µs to 30 s */

/* The longest duration of that bucket; INT64_MAX for the last. */
int64_t metrics_bound_us(size_t bucket);
/* The bucket that a duration falls in. */
size_t metrics_bucket(int64_t us);
/*
 * The duration that `thousandths` of all stay within, as if those of a bucket were spread evenly; of what is beyond the last
 * bound, that bound. 0 if there are none.
 */
int64_t metrics_quantile_us(const uint64_t durations[METRICS_DURATIONS], int thousandths);

#endif
