/* The route, its JSON, and what a request adds. What is counted of which route is said by the route table, never by a path. */
#include "web/metrics.h"

#include "base/clock.h"
#include "base/json_out.h"
#include "web/call.h"
#include "web/health.h"
#include "web/negotiate.h"

#define MILLION INT64_C(1000000)
#define TYPE_OPENMETRICS "application/openmetrics-text"

const char *const metrics_types[] = { "application/json", "text/plain", TYPE_OPENMETRICS, NULL };

const struct route_doc metrics_doc = {
	.name = "metrics",
	.summary = "How the service does",
	.text = "Times in milliseconds, errors and requests of the last five minutes, over all "
		"workers of this host; what only watches the service does not count. By Accept, "
		"all "
		"that is counted, as Prometheus reads it.",
	.schema =
		"'type':'object','additionalProperties':false,'required':['response_time_p50',"
		"'response_time_p95','response_time_p99','error_rate','requests_per_second'],"
		"'properties':{"
		"'response_time_p50':{'type':'number','minimum':0},"
		"'response_time_p95':{'type':'number','minimum':0},"
		"'response_time_p99':{'type':'number','minimum':0},"
		"'error_rate':{'type':'number','minimum':0,'maximum':1,'description':'The part of "
		"the requests that was answered with 5xx.'},"
		"'requests_per_second':{'type':'number','minimum':0}}",
	.example = "{'response_time_p50':0.412,'response_time_p95':3.5,'response_time_p99':12,"
		   "'error_rate':0.001,'requests_per_second':1250}",
};

_Static_assert(METHOD__MAX <= METRICS_METHODS, "each method is counted apart");

/* ---- counting */

uint64_t
metrics_number(const struct route *route)
{
	return metrics_route(route_name(route), route && route->resource);
}

void
metrics_count(const struct call *c, size_t bytes, int64_t took_us)
{
	const struct metrics_request r = {
		.route = metrics_number(c->to.route),
		.method = (int)c->rq.method,
		.status = c->reply.status,
		.took_us = took_us,
	};

	metrics_request(&r, clock_mono_us());
	metrics_add(METRIC_RESPONSE_BYTES, (int64_t)bytes);
	if (c->reply.replayed)
		metrics_add(METRIC_REPLAYS, 1);
}

void
metrics_count_database(const struct call *c)
{
	if (!c->cx.statements)
		return;
	metrics_add(METRIC_DB_STATEMENTS, c->cx.statements);
	metrics_add(METRIC_DB_TIME, c->cx.db_us);
}

/* ---- the answer */

/* So many millionths as a number, without zeros at its end. */
static void
put_millionths(struct buf *b, const char *name, int64_t n)
{
	json_out_name(b, str_of(name));
	buf_int(b, n / MILLION);
	if (n % MILLION == 0)
		return;
	buf_fmt(b, ".%06d", (int)(n % MILLION));
	while (b->p[b->n - 1] == '0')
		b->n--;
}

static void
put_json(struct buf *b)
{
	struct metrics_figures f;

	metrics_figures(clock_mono_us(), &f);
	buf_char(b, '{');
	put_millionths(b, "response_time_p50", f.p50_us * 1000);
	put_millionths(b, "response_time_p95", f.p95_us * 1000);
	put_millionths(b, "response_time_p99", f.p99_us * 1000);
	put_millionths(b, "error_rate", f.errors * MILLION / MAX(f.requests, 1));
	put_millionths(b, "requests_per_second", f.requests * MILLION / (f.span_us / 1000) * 1000);
	buf_char(b, '}');
}

struct err *
metrics_get(struct call *c)
{
	const char *type = negotiate_type(c->rq.meta[META_ACCEPT], metrics_types);
	bool openmetrics = type && strcmp(type, TYPE_OPENMETRICS) == 0;
	struct reply *r = &c->reply;

	if (!type || type == metrics_types[0]) {
		put_json(&r->body);
		return NULL;
	}
	r->type = openmetrics ? STR(TYPE_OPENMETRICS "; version=1.0.0; charset=utf-8")
			      : STR("text/plain; version=0.0.4; charset=utf-8");
	metrics_text(&r->body, c->site->routes,
		&(struct metrics_text){
			.openmetrics = openmetrics,
			.vitals = health_examine(c),
			.series_max = METRICS_SERIES_MAX,
		});
	return NULL;
}
