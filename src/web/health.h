/* Whether we are well: for clients (/health), and for what starts and watches us (/livez, /readyz). */
#ifndef SOUK_WEB_HEALTH_H
#define SOUK_WEB_HEALTH_H

#include "base/vitals.h"

struct call;
struct route_doc;

#define API_VERSION "2.3.0"

extern const struct route_doc health_doc, health_live_doc, health_ready_doc;

/* What the keeper saw within the last two seconds; if it did not look, the database is asked. */
struct vitals health_examine(struct call *c);

/* 200, or 503 if the database does not answer; really asks it (spec: Health Check; D28). */
struct err *health_get(struct call *c) MUST_CHECK;
/* 200 as long as a worker can answer at all. */
struct err *health_live(struct call *c) MUST_CHECK;
/* 200 if requests should be sent here. */
struct err *health_ready(struct call *c) MUST_CHECK;

#endif
