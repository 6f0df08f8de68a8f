/* What is counted of requests, and how those who watch us get it: /metrics (spec: Performance Metrics; D28, D81). */
#ifndef SOUK_WEB_METRICS_H
#define SOUK_WEB_METRICS_H

#include "base/buf.h"
#include "base/metrics.h"
#include "base/vitals.h"

struct call;
struct route;
struct route_doc;
struct routes;

extern const struct route_doc metrics_doc;
/* JSON, the text format of Prometheus, OpenMetrics. */
extern const char *const metrics_types[];

/* The figures of the last minutes as JSON, or all that is counted in one of the other formats. */
struct err *metrics_get(struct call *c) MUST_CHECK;

/* The number under which requests of a route are counted (base/metrics.h); NULL: of those that met none. */
uint64_t metrics_number(const struct route *route);

/*
 * Counts an answer of `bytes`, head included, as it is about to be sent: who has the answer finds it counted. If the worker
 * is killed in between, nginx may have another one answer the same request, which is counted again.
 */
void metrics_count(const struct call *c, size_t bytes, int64_t took_us);
/* Behind the answer: what the database had to do for it. */
void metrics_count_database(const struct call *c);

/* ---- metrics_text.c */

/* Series that one answer may have, so that nothing we ever add floods a Prometheus (E19). */
#define METRICS_SERIES_MAX 2000

struct metrics_text {
	bool openmetrics; /* 1.0; else version 0.0.4 of the text format */
	struct vitals vitals;
	size_t series_max; /* routes beyond it, the last ones first, are shown together */
};

/* All that is counted. */
void metrics_text(struct buf *out, const struct routes *routes, const struct metrics_text *how);

#endif
