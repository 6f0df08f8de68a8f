/*
 * Paths. The table is compiled once from the descriptors: every resource has a collection and its
 * objects, every child the same below its owner; actions, operations and listings have paths of their own, which
 * several of them may share under different methods.
 */
#ifndef SOUK_WEB_ROUTE_H
#define SOUK_WEB_ROUTE_H

#include "base/vault.h"
#include "model/resource.h"
#include "web/request.h"

struct call;
struct routes;

typedef struct err *handler_fn(struct call *c);

/* What one method of a path does and who may; a scope of NULL with `open` false: any actor. */
struct way {
	handler_fn *handler; /* NULL: the method is not allowed */
	const char *scope;
	const struct resource *resource;   /* NULL: it belongs to none */
	const struct action *action;       /* of the resource, or NULL; */
	const struct operation *operation; /* or this; */
	const struct listing *listing;     /* or this */
	struct vault_names secrets;        /* of its body */
};

#define OPEN_MAX 4 /* open segments of a path */

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
	const char *pattern;             /* "/v2/products/{id}", for logs and hints */
	const struct resource *resource; /* the first that has a way here; NULL: a fixed path */
	const struct route_doc *doc;     /* of one without a resource */
	const char *const *types;        /* that its answers can have; NULL: JSON alone */
	bool open;                       /* nobody is asked who he is */
	bool for_watchers;               /* nor whoever comes from SOUK_METRICS_FROM */
	struct way ways[METHOD__MAX];
};

struct match {
	const struct route *route; /* NULL: none was found */
	struct way way;
	struct str keys[OPEN_MAX]; /* its open segments, decoded, in their order */
	size_t nkeys;
	struct str parent, key; /* the owner's and the object's; absent: the path has none */
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

/* The resource that the open segment "{name}" of a way's path names an object of; NULL: none. */
const struct resource *route_key_resource(const struct way *way, struct str name);

/* The nth route, NULL beyond the last; for tests and documents. */
const struct route *route_at(const struct routes *routes, size_t n);

#endif
