/*
 * Paths. The table is compiled once from the descriptors: every resource has a collection and its
 * objects, every child the same below its owner, every action a path of its own.
 */
#ifndef SOUK_WEB_ROUTE_H
#define SOUK_WEB_ROUTE_H

#include "model/resource.h"
#include "web/request.h"

struct call;
struct routes;

typedef struct err *handler_fn(struct call *c);

/* What one method of a path does and who may; a scope of NULL with `open` false: any actor. */
struct way {
	handler_fn *handler; /* NULL: the method is not allowed */
	const char *scope;
};

/* What documents say of a route that belongs to no resource. */
struct route_doc {
	const char *name;    /* of what is got: "health" */
	const char *summary; /* a few words */
	const char *text;    /* a sentence */
	const char *schema;  /* members of the JSON Schema of its 200, with ' for " */
	const char *example; /* such an answer, written so too; NULL: none */
	bool tagged;         /* it has an ETag, and answers 304 */
	bool can_fail;       /* it may answer 503 in the shape of its 200 */
};

struct route {
	const char *pattern; /* "/v2/products/{id}", for logs and hints */
	const struct resource *resource;
	const struct action *action;
	const struct route_doc *doc; /* of one without a resource */
	const char *const *types;    /* that its answers can have; NULL: JSON alone */
	bool open;                   /* nobody is asked who he is */
	bool for_watchers;           /* nor whoever comes from SOUK_METRICS_FROM */
	struct way ways[METHOD__MAX];
};

struct match {
	const struct route *route; /* NULL: none was found */
	struct way way;
	struct str parent, key; /* decoded; absent: the path has none */
};

/* Compiles the routes of the linked resources (NULL-terminated) and the fixed ones; lives in `a`. */
struct routes *routes_new(struct arena *a, const struct resource *const *all);

/*
 * Finds what a request is for. HEAD goes the way of GET; OPTIONS matches with a way whose handler is
 * NULL. ERR_NO_ROUTE with the nearest path, ERR_METHOD with `allow`, ERR_MALFORMED for a path that is
 * not well encoded.
 */
struct err *route_find(const struct routes *routes, struct arena *a, const struct request *rq,
	struct match *out) MUST_CHECK;

/* "GET, HEAD, OPTIONS" */
struct str route_allow(const struct route *route, struct arena *a);

/* What it is about: "products", "health"; "unmatched" for NULL. The name that metrics have. */
const char *route_name(const struct route *route);

/* The nth route, NULL beyond the last; for tests and documents. */
const struct route *route_at(const struct routes *routes, size_t n);

#endif
