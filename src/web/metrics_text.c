/*
 * The exposition formats of Prometheus and OpenMetrics, which differ in how counters are announced and in the last line. Series
 * of one name must stand together, so the routes are gathered first.
 */
#include "web/metrics.h"

#include "web/health.h"
#include "web/route.h"

#ifndef PACKAGE_VERSION /* configure says it */
#define PACKAGE_VERSION "0"
#endif

#define SERVER_ERRORS (METRICS_CLASSES - 1)

static const char *const classes[METRICS_CLASSES] = { "2xx", "3xx", "4xx", "5xx" };

/* Upper limits of the histogram that is shown. Each is a bound of the finer one that is counted. */
static const struct {
	int64_t us;
	const char *seconds;
} limits[] = {
	{ 500, "0.0005" },
	{ 1000, "0.001" },
	{ 2500, "0.0025" },
	{ 5000, "0.005" },
	{ 10000, "0.01" },
	{ 25000, "0.025" },
	{ 50000, "0.05" },
	{ 100000, "0.1" },
	{ 250000, "0.25" },
	{ 500000, "0.5" },
	{ 1000000, "1.0" },
	{ 5000000, "5.0" },
};

#define HISTOGRAM_SERIES (COUNT(limits) + 3) /* +Inf, sum, count */
#define OTHER_SERIES ((size_t)METRICS_METHODS * METRICS_CLASSES + HISTOGRAM_SERIES)
#define SINGLE_SERIES (METRIC__MAX + 5) /* and what put_build() and put_vitals() add */
#define OWN_SERIES (SINGLE_SERIES + OTHER_SERIES)

struct text {
	struct buf *b;
	bool openmetrics;
};

struct row {
	const char *route;
	uint64_t number;
	struct metrics_counts counts;
};

struct table {
	struct row rows[METRICS_ROUTES + 1]; /* with room for what came to none */
	size_t n;
};

/* ---- which routes are shown */

static bool
was_asked(const struct metrics_counts *c, int method)
{
	uint64_t all = 0;

	for (int class = 0; class < METRICS_CLASSES; class ++)
		all += c->requests[method][class];
	return all > 0;
}

/* Errors are shown from the first request on, as 0: a series that begins with an error has no rise. */
static bool
is_shown(const struct metrics_counts *c, int method, int class)
{
	return c->requests[method][class] || (class == SERVER_ERRORS && was_asked(c, method));
}

static size_t
count_series(const struct metrics_counts *c)
{
	size_t n = 0;

	for (int m = 0; m < METRICS_METHODS; m++)
		for (int class = 0; class < METRICS_CLASSES; class ++)
			n += is_shown(c, m, class);
	return n ? n + HISTOGRAM_SERIES : 0;
}

/* A name is read once, however many paths have it, and not shown before it was asked for. */
static void
gather_one(struct table *t, const struct route *route)
{
	struct row *row = &t->rows[t->n];

	*row = (struct row){ .route = route_name(route), .number = metrics_number(route) };
	for (size_t i = 0; i < t->n; i++)
		if (t->rows[i].number == row->number)
			return;
	metrics_read(row->number, &row->counts);
	if (t->n < METRICS_ROUTES && count_series(&row->counts))
		t->n++;
}

static void
gather(struct table *t, const struct routes *routes, size_t series_max)
{
	struct row other = { .route = "other" };
	const struct route *route;
	size_t series = 0;

	gather_one(t, NULL);
	for (size_t n = 0; (route = route_at(routes, n)) != NULL; n++)
		gather_one(t, route);
	metrics_read(0, &other.counts);
	for (size_t i = 0; i < t->n; i++)
		series += count_series(&t->rows[i].counts);
	for (; t->n && series + OWN_SERIES > series_max; t->n--) {
		series -= count_series(&t->rows[t->n - 1].counts);
		metrics_read(t->rows[t->n - 1].number, &other.counts);
	}
	if (count_series(&other.counts))
		t->rows[t->n++] = other;
}

/* ---- lines */

static void
put_family(const struct text *t, const char *name, const char *type, const char *help)
{
	struct str family = str_of(name);

	if (t->openmetrics && str_ends(family, STR("_total")))
		family.n -= sizeof("_total") - 1;
	buf_fmt(t->b, "# HELP %.*s %s\n# TYPE %.*s %s\n", STRF(family), help, STRF(family), type);
}

static void
put_us(struct buf *b, uint64_t us)
{
	buf_fmt(b, "%" PRIu64 ".%06" PRIu64 "\n", us / 1000000, us % 1000000);
}

static void
put_single(const struct text *t, enum metric metric)
{
	const struct metric_row *row = metrics_row(metric);
	int64_t n = metrics_value(metric);

	put_family(t, row->series, row->kind == METRIC_GAUGE ? "gauge" : "counter", row->help);
	buf_fmt(t->b, "%s ", row->series);
	if (row->kind == METRIC_SECONDS)
		put_us(t->b, (uint64_t)n);
	else
		buf_fmt(t->b, "%" PRId64 "\n", n);
}

static void
put_build(const struct text *t)
{
	put_family(t, "souk_build_info", "gauge", "Which Souk this is; always 1.");
	buf_fmt(t->b, "souk_build_info{version=\"%s\",api_version=\"%s\"} 1\n", PACKAGE_VERSION,
		API_VERSION);
}

static void
put_bool(const struct text *t, const char *name, const char *help, bool holds)
{
	put_family(t, name, "gauge", help);
	buf_fmt(t->b, "%s %d\n", name, holds);
}

/* What is not known is left out. */
static void
put_vitals(const struct text *t, const struct vitals *v)
{
	put_bool(t, "souk_db_up", "Whether the database answers: 1 or 0.",
		v->database == DATABASE_UP);
	if (v->storage != STORAGE_UNKNOWN) {
		put_bool(t, "souk_storage_low", "Whether little room is left on a disk: 1 or 0.",
			v->storage != STORAGE_ROOM);
		put_bool(t, "souk_storage_full",
			"Whether writes are refused, for want of room: 1 or 0.",
			v->storage == STORAGE_FULL);
	}
	if (v->uptime != UPTIME_UNKNOWN) {
		put_family(t, "souk_uptime_ratio", "gauge",
			"The part of the last 30 days in which the database could be reached.");
		buf_fmt(t->b, "souk_uptime_ratio %d.%04d\n", v->uptime / 10000, v->uptime % 10000);
	}
}

static void
put_requests(const struct text *t, const struct row *row)
{
	for (int m = 0; m < METHOD__MAX; m++) {
		const char *method = m == METHOD_OTHER ? "other" : method_name((enum method)m);

		for (int class = 0; class < METRICS_CLASSES; class ++)
			if (is_shown(&row->counts, m, class))
				buf_fmt(t->b,
					"souk_http_requests_total{route=\"%s\",method=\"%s\",code="
					"\"%s\"} %" PRIu64 "\n",
					row->route, method, classes[class],
					row->counts.requests[m][class]);
	}
}

static void
put_durations(const struct text *t, const struct row *row)
{
	static const char name[] = "souk_http_request_duration_seconds";
	uint64_t n = 0;
	size_t bucket = 0;

	for (size_t i = 0; i < COUNT(limits); i++) {
		while (metrics_bound_us(bucket) <= limits[i].us)
			n += row->counts.durations[bucket++];
		buf_fmt(t->b, "%s_bucket{route=\"%s\",le=\"%s\"} %" PRIu64 "\n", name, row->route,
			limits[i].seconds, n);
	}
	while (bucket < METRICS_DURATIONS)
		n += row->counts.durations[bucket++];
	buf_fmt(t->b, "%s_bucket{route=\"%s\",le=\"+Inf\"} %" PRIu64 "\n", name, row->route, n);
	buf_fmt(t->b, "%s_sum{route=\"%s\"} ", name, row->route);
	put_us(t->b, row->counts.took_us);
	buf_fmt(t->b, "%s_count{route=\"%s\"} %" PRIu64 "\n", name, row->route, n);
}

void
metrics_text(struct buf *out, const struct routes *routes, const struct metrics_text *how)
{
	const struct text t = { out, how->openmetrics };
	struct table *table = ARENA_NEW(out->arena, struct table);

	gather(table, routes, how->series_max);
	put_build(&t);
	put_vitals(&t, &how->vitals);
	for (int i = 0; i < METRIC__MAX; i++)
		put_single(&t, (enum metric)i);
	put_family(&t, "souk_http_requests_total", "counter",
		"Requests that were answered, by what they asked for.");
	for (size_t i = 0; i < table->n; i++)
		put_requests(&t, &table->rows[i]);
	put_family(&t, "souk_http_request_duration_seconds", "histogram",
		"Time from a worker's first look at a request to its answer.");
	for (size_t i = 0; i < table->n; i++)
		put_durations(&t, &table->rows[i]);
	if (how->openmetrics)
		buf_z(out, "# EOF\n");
}
