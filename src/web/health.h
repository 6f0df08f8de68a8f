/* Whether we are well: for clients (/health), and for what starts and watches us (/livez, /readyz). */
#ifndef SOUK_WEB_HEALTH_H
#define SOUK_WEB_HEALTH_H

#include "base/base.h"

struct call;
struct route_doc;

#define API_VERSION "2.3.0"

extern const struct route_doc health_doc, health_live_doc, health_ready_doc;

/* 200, or 503 if the database does not answer; really asks it (spec: Health Check; D28). */
struct err *health_get(struct call *c) MUST_CHECK;
/* 200 as long as a worker can answer at all. */
struct err *health_live(struct call *c) MUST_CHECK;
/* 200 if requests should be sent here. */
struct err *health_ready(struct call *c) MUST_CHECK;

#endif
