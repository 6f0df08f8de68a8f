/* What Prometheus gets: few series whatever is counted, histograms that add up, errors from the first request on. */
#include "tap.h"

#include "base/shared.h"
#include "model/plan.h"
#include "shop/resources.h"
#include "web/metrics.h"
#include "web/route.h"

static struct shared *shared;
static struct vitals vitals;

static struct routes *
begin(struct arena *a)
{
	shared = shared_open(NULL);
	metrics_setup(shared);
	vitals = (struct vitals){ DATABASE_UP, STORAGE_ROOM, 9999 };
	CHECK(!model_link(a, shop_resources));
	return routes_new(a, model_all());
}

static struct str
text_within(struct arena *a, const struct routes *routes, bool openmetrics, size_t series_max)
{
	const struct metrics_text how = { openmetrics, vitals, series_max };
	struct buf b;

	buf_init(&b, a, 4096, (size_t)1 << 22);
	metrics_text(&b, routes, &how);
	CHECK(!b.overflow);
	return buf_view(&b);
}

static struct str
text(struct arena *a, const struct routes *routes, bool openmetrics)
{
	return text_within(a, routes, openmetrics, METRICS_SERIES_MAX);
}

static const struct route *
route(const struct routes *routes, const char *pattern)
{
	const struct route *found;
	size_t n = 0;

	while ((found = route_at(routes, n++)) != NULL && strcmp(found->pattern, pattern) != 0)
		;
	return found;
}

static void
request(const struct route *r, enum method method, int status, int64_t took_us)
{
	metrics_request(
		&(struct metrics_request){ metrics_number(r), (int)method, status, took_us }, 1);
}

/* True if there is that line. */
static bool
has(struct str all, const char *line)
{
	struct str one;

	while (str_split(&all, '\n', &one))
		if (str_eq_z(one, line))
			return true;
	return false;
}

static size_t
series(struct str all)
{
	struct str one;
	size_t n = 0;

	while (str_split(&all, '\n', &one))
		n += one.n && *one.p != '#';
	return n;
}

void
test_metrics_text__shows_requests_by_resource(void)
{
	struct arena *a = arena_new("test", 16 << 20);
	struct routes *routes = begin(a);
	struct str all;

	request(route(routes, "/v2/products"), METHOD_GET, 200, 700);
	request(route(routes, "/v2/products/{id}"), METHOD_GET, 304, 700);
	request(route(routes, "/v2/health"), METHOD_HEAD, 503, 700);
	request(NULL, METHOD_OTHER, 404, 700);
	all = text(a, routes, false);
	CHECK(has(
		all, "souk_http_requests_total{route=\"products\",method=\"GET\",code=\"2xx\"} 1"));
	CHECK(has(
		all, "souk_http_requests_total{route=\"products\",method=\"GET\",code=\"3xx\"} 1"));
	CHECK(has(
		all, "souk_http_requests_total{route=\"products\",method=\"GET\",code=\"5xx\"} 0"));
	CHECK(!has(
		all, "souk_http_requests_total{route=\"products\",method=\"GET\",code=\"4xx\"} 0"));
	CHECK(has(
		all, "souk_http_requests_total{route=\"health\",method=\"HEAD\",code=\"5xx\"} 1"));
	CHECK(has(all,
		"souk_http_requests_total{route=\"unmatched\",method=\"other\",code=\"4xx\"} 1"));
	CHECK(has(all, "souk_http_request_duration_seconds_count{route=\"products\"} 2"));
	CHECK(has(all, "souk_http_request_duration_seconds_sum{route=\"products\"} 0.001400"));
	arena_free(a);
}

void
test_metrics_text__has_histograms_that_add_up(void)
{
	static const struct {
		const char *le;
		int n;
	} cases[] = {
		{ "0.0005", 1 },
		{ "0.001", 3 },
		{ "0.0025", 3 },
		{ "1.0", 4 },
		{ "5.0", 5 },
		{ "+Inf", 7 },
	};
	static const int64_t took[] = { 500, 501, 1000, 1000000, 5000000, 5000001,
		INT64_C(1) << 40 };
	struct arena *a = arena_new("test", 16 << 20);
	struct routes *routes = begin(a);
	struct str all;

	for (size_t i = 0; i < COUNT(took); i++)
		request(route(routes, "/v2/products"), METHOD_GET, 200, took[i]);
	all = text(a, routes, false);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str line = str_fmt(a,
			"souk_http_request_duration_seconds_bucket{route=\"products\",le=\"%s\"} "
			"%d",
			cases[i].le, cases[i].n);

		tap_row("%s", cases[i].le);
		CHECK(has(all, str_z(a, line)));
	}
	arena_free(a);
}

void
test_metrics_text__announces_counters_as_each_format_wants_it(void)
{
	struct arena *a = arena_new("test", 16 << 20);
	struct routes *routes = begin(a);
	struct str plain, open;

	metrics_add(METRIC_DB_TIME, 1500);
	metrics_set(METRIC_WORKERS, 4);
	plain = text(a, routes, false);
	open = text(a, routes, true);
	CHECK(has(plain, "# TYPE souk_db_seconds_total counter"));
	CHECK(has(open, "# TYPE souk_db_seconds counter"));
	CHECK(has(plain, "souk_db_seconds_total 0.001500"));
	CHECK(has(open, "souk_db_seconds_total 0.001500"));
	CHECK(has(open, "souk_workers 4") && has(open, "souk_db_up 1"));
	CHECK(str_ends(open, STR("\n# EOF\n")) && !has(plain, "# EOF"));
	arena_free(a);
}

/* The sum of all samples whose lines begin so. */
static int64_t
sum_of(struct str all, struct str prefix)
{
	int64_t sum = 0, n;
	struct str one;

	while (str_split(&all, '\n', &one)) {
		if (!str_starts(one, prefix))
			continue;
		while (str_find(one, ' ') < one.n)
			one = str_cut(one, str_find(one, ' ') + 1, one.n);
		CHECK(str_int(one, &n));
		sum += n;
	}
	return sum;
}

void
test_metrics_text__tells_how_the_parts_are_as_far_as_that_is_known(void)
{
	struct arena *a = arena_new("test", 16 << 20);
	struct routes *routes = begin(a);
	struct str all = text(a, routes, false);

	CHECK(has(all, "souk_db_up 1") && has(all, "souk_storage_low 0") &&
		has(all, "souk_storage_full 0") && has(all, "souk_uptime_ratio 0.9999"));
	vitals = (struct vitals){ DATABASE_HUNG, STORAGE_LOW, 10000 };
	all = text(a, routes, false);
	CHECK(has(all, "souk_db_up 0") && has(all, "souk_storage_low 1") &&
		has(all, "souk_storage_full 0") && has(all, "souk_uptime_ratio 1.0000"));
	vitals = (struct vitals){ DATABASE_AWAY, STORAGE_FULL, 5 };
	all = text(a, routes, false);
	CHECK(has(all, "souk_db_up 0") && has(all, "souk_storage_low 1") &&
		has(all, "souk_storage_full 1") && has(all, "souk_uptime_ratio 0.0005"));
	vitals = (struct vitals){ DATABASE_AWAY, STORAGE_UNKNOWN, UPTIME_UNKNOWN };
	all = text(a, routes, false);
	CHECK(has(all, "souk_db_up 0") && !strstr(str_z(a, all), "souk_storage") &&
		!strstr(str_z(a, all), "souk_uptime"));
	arena_free(a);
}

/* Every method of every route in every class, and more names than there is room for. */
static int64_t
request_all(struct arena *a, const struct routes *routes)
{
	int64_t total = 0;

	for (int m = 0; m < METHOD__MAX; m++) {
		for (int status = 200; status < 600; status += 100) {
			const struct route *r;

			for (size_t n = 0; (r = route_at(routes, n)) != NULL; n++, total++)
				request(r, (enum method)m, status, 1000);
			for (int i = 0; i < 2 * METRICS_ROUTES; i++) {
				uint64_t number = metrics_route(str_fmt(a, "r%d", i).p, true);

				metrics_request(
					&(struct metrics_request){ number, m, status, 9 }, 1);
			}
		}
	}
	return total;
}

void
test_metrics_text__never_has_more_series_than_it_may(void)
{
	static const size_t most[] = { 150, 300, 600, METRICS_SERIES_MAX };
	struct arena *a = arena_new("test", 64 << 20);
	struct routes *routes = begin(a);
	int64_t total = request_all(a, routes), beyond;
	struct metrics_counts other = { .took_us = 0 };

	metrics_read(0, &other);
	beyond = (int64_t)other.took_us / 9; /* names without a room */
	for (size_t i = 0; i < COUNT(most); i++) {
		struct str all = text_within(a, routes, i % 2, most[i]);

		tap_row("%zu", most[i]);
		CHECK(series(all) <= most[i]);
		CHECK(sum_of(all, STR("souk_http_requests_total{")) == total + beyond);
		CHECK(sum_of(all, STR("souk_http_request_duration_seconds_count{")) ==
			total + beyond);
	}
	arena_free(a);
}
