/* One request on its way: what was asked, who asks, which route it took, what is answered. */
#ifndef SOUK_WEB_CALL_H
#define SOUK_WEB_CALL_H

#include "access/limit.h"
#include "base/cidr.h"
#include "base/crypto.h"
#include "model/view.h"
#include "web/openapi.h"
#include "web/reply.h"
#include "web/request.h"
#include "web/route.h"

struct config;
struct json;
struct keyring;

/* What all requests have in common; made before the workers and only read by them. */
struct site {
	const struct config *config;
	const struct routes *routes;
	const struct keyring *ring;
	struct openapi openapi;    /* the contract, as it is sent */
	struct cidr_list watchers; /* SOUK_METRICS_FROM */
	struct digest once_key;    /* under which fingerprints of requests are made (D53) */
	int64_t started_us;        /* clock_mono_us() */
};

struct call {
	const struct site *site;
	struct ctx cx;
	struct request rq;
	struct match to;
	struct json *body;          /* a write's, an object; NULL: none was sent */
	struct view view;           /* what of the object the answer shows */
	struct allowance allowance; /* what is left of its limits */
	struct reply reply;
	bool crowded; /* it waited for long, as all do: it shall be refused */
};

#endif
