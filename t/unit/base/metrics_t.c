/* Counting: exact over processes, found by name, and figures of the last minutes that any clock can check. */
#include "tap.h"

#include "base/clock.h"
#include "base/metrics.h"
#include "base/shared.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define MINUTE_US INT64_C(60000000)
#define START_US (1000 * MINUTE_US)

static struct shared *shared;

/* As if nothing had been counted before START_US. */
static void
begin(void)
{
	shared = shared_open(NULL);
	metrics_setup(shared);
	atomic_store(&shared->metrics.since_us, START_US);
}

static void
requests(int n, int status, int64_t took_us, int64_t now_us)
{
	struct metrics_request r = { metrics_route("things", true), 0, status, took_us };

	while (n-- > 0)
		metrics_request(&r, now_us);
}

static struct metrics_figures
figures(int64_t now_us)
{
	struct metrics_figures f;

	metrics_figures(now_us, &f);
	return f;
}

static struct metrics_counts
counts(uint64_t route)
{
	struct metrics_counts c = { .took_us = 0 };

	metrics_read(route, &c);
	return c;
}

/* ---- single numbers */

void
test_metrics__has_a_proper_name_and_help_for_each(void)
{
	for (int i = 0; i < METRIC__MAX; i++) {
		const struct metric_row *row = metrics_row((enum metric)i);
		struct str name = str_of(row->series), help = str_of(row->help);

		tap_row("%s", row->series);
		CHECK(str_starts(name, STR("souk_")));
		CHECK(str_ends(name, STR("_total")) == (row->kind != METRIC_GAUGE));
		CHECK(str_ends(name, STR("_seconds_total")) == (row->kind == METRIC_SECONDS));
		CHECK(str_ends(help, STR(".")) && str_find(help, '"') == help.n &&
			str_find(help, '\\') == help.n);
		for (int k = 0; k < i; k++)
			CHECK(strcmp(metrics_row((enum metric)k)->series, row->series) != 0);
	}
}

void
test_metrics__counts_what_is_added_and_keeps_what_is_set(void)
{
	begin();
	CHECK(metrics_value(METRIC_DB_REPEATS) == 0);
	metrics_add(METRIC_DB_REPEATS, 1);
	metrics_add(METRIC_DB_REPEATS, 41);
	metrics_set(METRIC_WORKERS, 4);
	metrics_set(METRIC_WORKERS, 3);
	CHECK(metrics_value(METRIC_DB_REPEATS) == 42);
	CHECK(metrics_value(METRIC_WORKERS) == 3);
	CHECK(metrics_value(METRIC_DB_ERRORS) == 0);
	metrics_setup(NULL);
	CHECK(metrics_value(METRIC_DB_REPEATS) == 0);
	metrics_add(METRIC_DB_REPEATS, 1);
	CHECK(metrics_value(METRIC_DB_REPEATS) == 1);
	metrics_setup(shared);
	CHECK(metrics_value(METRIC_DB_REPEATS) == 42);
}

/* As an older version of the table left it: its names have places that ours must not get. */
void
test_metrics__leaves_alone_what_other_versions_count(void)
{
	begin();
	for (size_t i = 0; i < METRICS_SINGLES / 2; i++) {
		atomic_store(&shared->metrics.singles[2 * i].name, 1000 + i);
		atomic_store(&shared->metrics.singles[2 * i].n, 7);
	}
	for (int i = 0; i < METRIC__MAX; i++)
		metrics_add((enum metric)i, i + 1);
	for (int i = 0; i < METRIC__MAX; i++)
		CHECK(metrics_value((enum metric)i) == i + 1);
	for (size_t i = 0; i < METRICS_SINGLES / 2; i++)
		CHECK(atomic_load(&shared->metrics.singles[2 * i].n) == 7);
}

void
test_metrics__stays_harmless_without_room(void)
{
	begin();
	for (size_t i = 0; i < METRICS_SINGLES; i++)
		atomic_store(&shared->metrics.singles[i].name, 1000 + i);
	metrics_add(METRIC_DB_ERRORS, 1);
	for (size_t i = 0; i < METRICS_SINGLES; i++)
		CHECK(atomic_load(&shared->metrics.singles[i].n) == 0);
}

/* ---- durations */

void
test_metrics__puts_each_duration_into_one_bucket(void)
{
	static const struct {
		int64_t us, bound_us;
	} cases[] = {
		{ INT64_MIN, 100 },
		{ 0, 100 },
		{ 99, 100 },
		{ 100, 100 },
		{ 101, 125 },
		{ 999, 1000 },
		{ 1000, 1000 },
		{ 1001, 1250 },
		{ 249999, 250000 },
		{ 250001, 300000 },
		{ 30000000, 30000000 },
		{ 30000001, INT64_MAX },
		{ INT64_MAX, INT64_MAX },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		tap_row("%" PRId64, cases[i].us);
		CHECK(metrics_bound_us(metrics_bucket(cases[i].us)) == cases[i].bound_us);
	}
}

void
test_metrics__has_about_four_buckets_a_doubling(void)
{
	for (size_t i = 1; i + 1 < METRICS_DURATIONS; i++) {
		int64_t before = metrics_bound_us(i - 1), bound = metrics_bound_us(i);

		tap_row("%" PRId64, bound);
		CHECK(bound > before && 4 * (bound - before) <= before);
		CHECK(metrics_bucket(bound) == i && metrics_bucket(before + 1) == i);
	}
}

void
test_metrics__finds_quantiles(void)
{
	uint64_t durations[METRICS_DURATIONS] = { 0 };

	CHECK(metrics_quantile_us(durations, 500) == 0);
	for (int64_t us = 1; us <= 100000; us++)
		durations[metrics_bucket(us)]++;
	CHECK(metrics_quantile_us(durations, 500) == 50000);
	CHECK(metrics_quantile_us(durations, 950) == 95000);
	CHECK(metrics_quantile_us(durations, 990) == 99000);
	CHECK(metrics_quantile_us(durations, 1000) == 100000);
	CHECK(metrics_quantile_us(durations, 0) == 1);
}

void
test_metrics__takes_the_last_bound_for_what_is_beyond(void)
{
	uint64_t durations[METRICS_DURATIONS] = { 0 };

	durations[METRICS_DURATIONS - 1] = 1;
	CHECK(metrics_quantile_us(durations, 500) == 30000000);
	durations[0] = UINT64_C(1) << 40;
	CHECK(metrics_quantile_us(durations, 990) <= 100);
}

/* ---- requests */

void
test_metrics__counts_requests_by_route_method_and_class(void)
{
	static const int statuses[] = { 200, 204, 304, 404, 429, 503, 100, 999 };
	uint64_t things = metrics_route("things", true), probes = metrics_route("probes", false);
	struct metrics_counts c;

	begin();
	CHECK(things != probes && metrics_route("things", false) != things);
	for (size_t i = 0; i < COUNT(statuses); i++)
		metrics_request(
			&(struct metrics_request){ things, 2, statuses[i], 1000 }, START_US);
	metrics_request(&(struct metrics_request){ probes, 0, 200, 500 }, START_US);
	c = counts(things);
	CHECK(c.requests[2][0] == 3 && c.requests[2][1] == 1 && c.requests[2][2] == 2 &&
		c.requests[2][3] == 2);
	CHECK(c.durations[metrics_bucket(1000)] == 8 && c.took_us == 8000);
	c = counts(probes);
	CHECK(c.requests[0][0] == 1 && c.took_us == 500);
	CHECK(counts(metrics_route("nothing", true)).took_us == 0);
}

void
test_metrics__counts_together_what_has_no_room(void)
{
	uint64_t all = 0;

	begin();
	for (int i = 0; i < METRICS_ROUTES + 9; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "route %d", i);
		metrics_request(&(struct metrics_request){ metrics_route(name, true), 0, 500, 7 },
			START_US);
		all += counts(metrics_route(name, true)).took_us;
	}
	CHECK(all == UINT64_C(7) * METRICS_ROUTES);
	CHECK(counts(0).took_us == 7 * 9);
	CHECK(figures(START_US).errors == METRICS_ROUTES + 9);
}

/* Killed or not, what was counted stays. */
void
test_metrics__is_exact_over_processes(void)
{
	enum { PROCESSES = 4, EACH = 20000 };
	struct metrics_counts c;
	int status;

	begin();
	for (int i = 0; i < PROCESSES; i++) {
		if (fork() == 0) {
			requests(EACH, 200, 1000, START_US);
			for (int k = 0; k < EACH; k++)
				metrics_add(METRIC_DB_STATEMENTS, 2);
			raise(SIGKILL);
		}
	}
	while (wait(&status) > 0)
		CHECK(WIFSIGNALED(status));
	c = counts(metrics_route("things", true));
	CHECK(c.requests[0][0] == PROCESSES * EACH);
	CHECK(c.durations[metrics_bucket(1000)] == PROCESSES * EACH);
	CHECK(metrics_value(METRIC_DB_STATEMENTS) == INT64_C(2) * PROCESSES * EACH);
}

/* ---- figures */

void
test_metrics__tells_nothing_of_nothing(void)
{
	struct metrics_figures f;

	begin();
	f = figures(START_US);
	CHECK(!f.requests && !f.errors && !f.p50_us && !f.p99_us && f.span_us == 1000000);
}

void
test_metrics__tells_of_what_just_came(void)
{
	struct metrics_figures f;

	begin();
	requests(90, 200, 1000, START_US + 10000000);
	requests(8, 500, 5000, START_US + 10000000);
	requests(2, 404, 900000, START_US + 10000000);
	f = figures(START_US + 10000000);
	CHECK(f.requests == 100 && f.errors == 8 && f.span_us == 10000000);
	CHECK(f.p50_us > 900 && f.p50_us <= 1000);
	CHECK(f.p95_us > 4000 && f.p95_us <= 5000);
	CHECK(f.p99_us > 800000 && f.p99_us <= 900000);
}

void
test_metrics__looks_back_five_minutes_and_no_further(void)
{
	int64_t now_us = START_US;

	begin();
	for (int minute = 0; minute < 20; minute++, now_us += MINUTE_US) {
		int64_t seen = MIN(minute, 5);
		struct metrics_figures f;

		tap_row("minute %d", minute);
		requests(100, 200, 1000, now_us + 1000000);
		f = figures(now_us + 30000000);
		CHECK(f.requests == 100 * (seen + 1));
		CHECK(f.span_us == seen * MINUTE_US + 30000000);
	}
}

void
test_metrics__forgets_a_burst_when_nobody_came_since(void)
{
	begin();
	requests(100, 500, 1000, START_US + 1000000);
	CHECK(figures(START_US + 5 * MINUTE_US + 59000000).requests == 100);
	CHECK(figures(START_US + 6 * MINUTE_US).requests == 0);
	CHECK(figures(START_US + 9 * MINUTE_US).requests == 0);
	requests(1, 200, 1000, START_US + 9 * MINUTE_US);
	CHECK(figures(START_US + 9 * MINUTE_US).requests == 1);
	CHECK(figures(START_US + 9 * MINUTE_US).errors == 0);
	CHECK(figures(START_US + 9 * MINUTE_US).span_us == 5 * MINUTE_US);
}

void
test_metrics__leaves_probes_out_of_the_figures(void)
{
	begin();
	metrics_request(
		&(struct metrics_request){ metrics_route("probes", false), 0, 503, 100 }, START_US);
	CHECK(figures(START_US).requests == 0 && figures(START_US).errors == 0);
}

/* The process died over its note: one minute less is seen, and the next is right again. */
void
test_metrics__loses_a_minute_at_most_with_its_note(void)
{
	struct metrics *m;

	begin();
	m = &shared->metrics;
	atomic_store(&m->minutes[(START_US / MINUTE_US + 1) % METRICS_MINUTES].claimed,
		START_US / MINUTE_US + 1);
	requests(5, 200, 1000, START_US);
	CHECK(figures(START_US).requests == 0);
	requests(7, 200, 1000, START_US + MINUTE_US);
	CHECK(figures(START_US + MINUTE_US).requests == 7);
}

/* Memory of an earlier boot, in which the clock stood further on. */
void
test_metrics__starts_anew_when_the_clock_did(void)
{
	struct metrics_figures f;

	begin();
	requests(5, 200, 1000, START_US);
	atomic_store(&shared->metrics.since_us, UINT64_MAX / 2);
	metrics_setup(shared);
	CHECK(atomic_load(&shared->metrics.since_us) <= (uint64_t)clock_mono_us());
	requests(3, 200, 1000, MINUTE_US);
	f = figures(MINUTE_US);
	CHECK(f.requests == 3 && f.span_us >= 1000000);
}

/* ---- what it costs; printed, since times are no promise of a test */

void
test_metrics__costs_little(void)
{
	enum { N = 200000 };
	int64_t began_us;

	begin();
	began_us = clock_mono_us();
	for (int i = 0; i < N; i++)
		requests(1, 200, 1000, START_US);
	for (int i = 0; i < N; i++)
		for (int k = 0; k < 4; k++)
			metrics_add((enum metric)k, 1);
	printf("# a request and four counters: %" PRId64 " ns\n",
		(clock_mono_us() - began_us) * 1000 / N);
	CHECK(counts(metrics_route("things", true)).requests[0][0] == N);
}
