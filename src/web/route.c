/*
 * A route is a list of segments, some of which are open ("{id}"). The first two are looked up in a hash
 * table, which leaves a handful to compare one by one; literal segments win over open ones.
 */
#include "web/route.h"

#include "access/access.h"
#include "base/buf.h"
#include "base/hash.h"
#include "model/plan.h"
#include "web/docs_errors.h"
#include "web/health.h"
#include "web/metrics.h"
#include "web/openapi.h"
#include "web/raw.h"
#include "web/rest.h"
#include "web/url.h"

#define SEGMENTS_MAX 7
#define BUCKETS 256
#define HINTS_MAX 512
#define HINT_LENGTH_MAX 256 /* a longer path is no slip of the pen */

struct path {
	struct str segments[SEGMENTS_MAX]; /* of a pattern: absent where it is open */
	size_t n;
	unsigned open; /* of a pattern: which are, the first in the highest bit */
};

struct node {
	struct route route; /* first, so that a route's address is its node's */
	struct path path;
	struct node *next_in_bucket, *next;
};

struct routes {
	struct arena *arena;
	struct node *buckets[BUCKETS];
	struct node *first, **tail;
};

/* ---- compiling */

static struct path
pattern_path(const char *pattern)
{
	struct str rest = str_of(pattern + 1), segment;
	struct path path = { .n = 0 };

	while (str_split(&rest, '/', &segment)) {
		must(path.n < SEGMENTS_MAX);
		if (segment.p[0] != '{')
			path.segments[path.n] = segment;
		else
			path.open |= 1U << (SEGMENTS_MAX - path.n);
		path.n++;
	}
	return path;
}

/* "/v2/x" and "/v2/y" are told apart by the second segment. */
static size_t
bucket_of(const struct path *path)
{
	uint64_t hash = hash_str(0, path->segments[0]);

	if (path->n > 1)
		hash = hash_str(hash, path->segments[1]);
	return hash % BUCKETS;
}

/* True if both fit the same paths. */
static bool
are_alike(const struct path *a, const struct path *b)
{
	if (a->n != b->n || a->open != b->open)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->segments[i].p && !str_eq(a->segments[i], b->segments[i]))
			return false;
	return true;
}

/* The route of that pattern, which may be there already: its ways may be of different owners. */
static struct route *
add(struct routes *routes, const char *pattern)
{
	struct path path = pattern_path(pattern);
	struct node **at = &routes->buckets[bucket_of(&path)], *node;

	for (node = *at; node; node = node->next_in_bucket) {
		if (strcmp(node->route.pattern, pattern) == 0)
			return &node->route;
		must(!are_alike(&node->path, &path));
	}
	while (*at && (*at)->path.open <= path.open)
		at = &(*at)->next_in_bucket;
	node = ARENA_NEW(routes->arena, struct node);
	node->route.pattern = pattern;
	node->path = path;
	node->next_in_bucket = *at;
	*at = node;
	*routes->tail = node;
	routes->tail = &node->next;
	return &node->route;
}

/* What is to be taken out of the body of such a request before it is read. */
static struct vault_names
secrets_of(const struct way *way)
{
	const struct resource *sent = way->resource;
	struct vault_names secrets = { 0 };

	if (way->action)
		sent = way->action->input;
	else if (way->operation)
		sent = way->operation->input;
	if (sent)
		secrets = sent->plan->secrets;
	secrets.no_cards = way->resource && way->resource->no_cards;
	return secrets;
}

/*
 * Deny by default: what is not said to be open has a scope, or nothing starts. Nor does it if two things share a method
 * of a path.
 */
static void
allow(struct route *route, enum method method, struct way way)
{
	must(way.handler && !route->ways[method].handler);
	must(route->open == !way.scope);
	if (!route->resource)
		route->resource = way.resource;
	way.secrets = secrets_of(&way);
	route->ways[method] = way;
	if (method == METHOD_GET)
		route->ways[METHOD_HEAD] = way;
}

static enum method
method_of(const char *name)
{
	int m = 0;

	while (m < METHOD_OPTIONS && strcmp(method_name((enum method)m), name) != 0)
		m++;
	must(m < METHOD_OPTIONS && m != METHOD_HEAD);
	return (enum method)m;
}

static void
add_fixed(struct routes *routes)
{
	static const struct {
		const char *pattern;
		handler_fn *handler;
		const struct route_doc *doc;
		const char *const *types;
		const char *scope; /* NULL: it is open */
	} fixed[] = {
		{ "/docs/errors", docs_errors_get, &docs_errors_doc, docs_errors_types, NULL },
		{ "/health", health_get, &health_doc, NULL, NULL },
		{ "/livez", health_live, &health_live_doc, NULL, NULL },
		{ "/metrics", metrics_get, &metrics_doc, metrics_types, SCOPE_METRICS },
		{ "/openapi.json", openapi_get, &openapi_doc, NULL, NULL },
		{ "/readyz", health_ready, &health_ready_doc, NULL, NULL },
		{ "/v2/health", health_get, &health_doc, NULL, NULL },
		{ "/v2/metrics", metrics_get, &metrics_doc, metrics_types, SCOPE_METRICS },
		{ "/v2/openapi.json", openapi_get, &openapi_doc, NULL, NULL },
	};

	for (size_t i = 0; i < COUNT(fixed); i++) {
		struct route *route = add(routes, fixed[i].pattern);

		route->doc = fixed[i].doc;
		route->types = fixed[i].types;
		route->open = !fixed[i].scope;
		route->for_watchers = fixed[i].handler == metrics_get;
		allow(route, METHOD_GET,
			(struct way){ .handler = fixed[i].handler, .scope = fixed[i].scope });
	}
}

static void
add_actions(struct routes *routes, const struct resource *r, const char *object)
{
	for (size_t i = 0; i < r->nactions; i++) {
		const struct action *action = &r->actions[i];
		struct str pattern = str_fmt(routes->arena, "%s/%s", object, action->name);

		allow(add(routes, pattern.p), method_of(action->method ? action->method : "POST"),
			(struct way){ .handler = rest_act,
				.scope = action->scope ? action->scope : r->scope_write,
				.resource = r,
				.action = action });
	}
}

static struct way
way_to(const struct resource *r, handler_fn *handler, const char *scope)
{
	return (struct way){ .handler = handler, .scope = scope, .resource = r };
}

static void
add_collection(struct routes *routes, const struct resource *r, const char *pattern)
{
	if (r->verbs & V_LIST)
		allow(add(routes, pattern), METHOD_GET, way_to(r, rest_list, r->scope_read));
	if (r->verbs & V_CREATE)
		allow(add(routes, pattern), METHOD_POST, way_to(r, rest_create, r->scope_write));
}

static void
add_object(struct routes *routes, const struct resource *r, const char *pattern)
{
	const struct way update = way_to(r, rest_update, r->scope_write);

	if (r->verbs & V_GET)
		allow(add(routes, pattern), METHOD_GET, way_to(r, rest_get, r->scope_read));
	if (r->verbs & V_UPDATE) {
		allow(add(routes, pattern), METHOD_PUT, update);
		allow(add(routes, pattern), METHOD_PATCH, update);
	}
	if (r->verbs & V_ARCHIVE)
		allow(add(routes, pattern), METHOD_DELETE, way_to(r, rest_archive, r->scope_write));
}

static void
add_operation(struct routes *routes, const char *below, struct way way)
{
	const struct operation *o = way.operation;
	struct route *route = add(routes, str_fmt(routes->arena, "%s/%s", below, o->path).p);
	const char *const *headers = o->raw ? o->raw->headers : NULL;

	for (; headers && *headers; headers++)
		must(request_meta(*headers) != META__MAX);
	route->open = route->open || (o->raw && o->raw->open);
	allow(route, method_of(o->method), way);
}

static void
add_operations(struct routes *routes, const struct resource *r)
{
	for (size_t i = 0; i < r->noperations; i++) {
		const struct operation *o = &r->operations[i];
		struct way way = {
			.handler = rest_operate, .scope = o->scope, .resource = r, .operation = o
		};

		if (o->raw)
			way.handler = raw_handle;
		else if (!o->writes)
			way.handler = strcmp(o->method, "GET") == 0 ? rest_ask : rest_compute;
		add_operation(routes, "/v2", way);
		if (o->raw && o->raw->at_root)
			add_operation(routes, "", way);
	}
}

static void
add_listings(struct routes *routes, const struct resource *r)
{
	for (size_t i = 0; i < r->nlistings; i++) {
		struct way way = way_to(r, rest_list, r->scope_read);

		way.listing = &r->listings[i];
		allow(add(routes, str_fmt(routes->arena, "/v2/%s", r->listings[i].path).p),
			METHOD_GET, way);
	}
}

static const char *
path_of(const struct resource *r)
{
	return r->path ? r->path : r->plural;
}

static void
add_resource(struct routes *routes, const struct resource *r)
{
	const struct resource *parent = r->plan->parent;
	struct arena *a = routes->arena;
	struct str collection, object;

	if (parent)
		collection =
			str_fmt(a, "/v2/%s/{%s_id}/%s", path_of(parent), parent->name, path_of(r));
	else
		collection = str_fmt(a, "/v2/%s", path_of(r));
	object = str_fmt(a, "%s/{id}", collection.p);
	add_collection(routes, r, collection.p);
	add_object(routes, r, object.p);
	add_actions(routes, r, object.p);
	add_operations(routes, r);
	add_listings(routes, r);
}

struct routes *
routes_new(struct arena *a, const struct resource *const *all)
{
	struct routes *routes = ARENA_NEW(a, struct routes);

	routes->arena = a;
	routes->tail = &routes->first;
	add_fixed(routes);
	for (; *all; all++)
		add_resource(routes, *all);
	return routes;
}

const char *
route_name(const struct route *route)
{
	if (!route)
		return "unmatched";
	return route->resource ? route->resource->plural : route->doc->name;
}

const struct resource *
route_key_resource(const struct way *way, struct str name)
{
	if (str_eq(name, STR("id")))
		return way->resource;
	return str_ends(name, STR("_id")) ? model_find(str_cut(name, 0, name.n - 3)) : NULL;
}

const struct route *
route_at(const struct routes *routes, size_t n)
{
	const struct node *node = routes->first;

	while (node && n--)
		node = node->next;
	return node ? &node->route : NULL;
}

/* ---- finding */

/* False if a segment is not well encoded; `longer`: it has more segments than any route. */
static bool
read_path(struct arena *a, struct str raw, struct path *path, bool *longer)
{
	struct str rest = str_cut(raw, 1, raw.n), segment, text;

	*longer = false;
	path->n = 0;
	while (str_split(&rest, '/', &segment)) {
		if (!url_decode(a, segment, false, &text))
			return false;
		*longer = path->n == SEGMENTS_MAX;
		if (!*longer)
			path->segments[path->n++] = text;
	}
	return true;
}

static bool
fits(const struct path *pattern, const struct path *path)
{
	if (pattern->n != path->n)
		return false;
	for (size_t i = 0; i < path->n; i++) {
		if (!path->segments[i].n)
			return false;
		if (pattern->segments[i].p && !str_eq(pattern->segments[i], path->segments[i]))
			return false;
	}
	return true;
}

static const struct node *
look_up(const struct routes *routes, const struct path *path)
{
	for (const struct node *n = routes->buckets[bucket_of(path)]; n; n = n->next_in_bucket)
		if (fits(&n->path, path))
			return n;
	return NULL;
}

/* The open segments of the path, in order: the last is the key, one before it the parent's. */
static void
take_keys(const struct node *node, const struct path *path, struct match *out)
{
	for (size_t i = 0; i < path->n; i++) {
		if (node->path.segments[i].p)
			continue;
		must(out->nkeys < OPEN_MAX);
		out->keys[out->nkeys++] = path->segments[i];
		out->parent = out->key;
		out->key = path->segments[i];
	}
	if (out->key.p && !out->parent.p && out->way.resource && out->way.resource->parent) {
		out->parent = out->key;
		out->key = (struct str){ 0 };
	}
}

struct str
route_allow(const struct route *route, struct arena *a)
{
	struct buf b;

	buf_init(&b, a, 64, 128);
	for (int m = 0; m < METHOD_OPTIONS; m++) {
		if (route->ways[m].handler) {
			buf_z(&b, method_name((enum method)m));
			buf_put(&b, ", ", 2);
		}
	}
	buf_z(&b, method_name(METHOD_OPTIONS));
	return buf_view(&b);
}

/* The path with its open segments as the caller filled them, if the pattern has as many as he gave. */
static const char *
hint(struct arena *a, const struct node *node, const struct path *path)
{
	struct buf b;

	buf_init(&b, a, 64, 4 * REQUEST_PATH_MAX);
	for (size_t i = 0; i < node->path.n; i++) {
		buf_char(&b, '/');
		if (node->path.segments[i].p)
			buf_str(&b, node->path.segments[i]);
		else if (node->path.n == path->n)
			url_encode(&b, path->segments[i]);
		else
			buf_z(&b, "{id}");
	}
	return str_z(a, buf_view(&b));
}

/* Paths that may have been meant: each route, and without /v2 what should have had it. */
static const char *
nearest(const struct routes *routes, struct arena *a, struct str raw, const struct path *path)
{
	const char *candidates[HINTS_MAX];
	size_t n = 0;
	struct path below = { .segments = { STR("v2") }, .n = 1 };
	const struct node *node;

	for (size_t i = 0; i < path->n && below.n < SEGMENTS_MAX; i++)
		below.segments[below.n++] = path->segments[i];
	node = path->n && path->n < SEGMENTS_MAX ? look_up(routes, &below) : NULL;
	if (node)
		return hint(a, node, &below);
	for (node = routes->first; node && n < HINTS_MAX; node = node->next)
		candidates[n++] = hint(a, node, path);
	return str_nearest(raw, candidates, n);
}

static struct err *
no_route(const struct routes *routes, struct arena *a, struct str raw, const struct path *path)
{
	struct err *e = err_new(a, ERR_NO_ROUTE, NULL);
	struct str trimmed = raw;
	const char *near;

	while (trimmed.n > 1 && trimmed.p[trimmed.n - 1] == '/')
		trimmed.n--;
	near = trimmed.n <= HINT_LENGTH_MAX ? nearest(routes, a, trimmed, path) : NULL;
	if (near) {
		e->message = str_fmt(a, "there is no such path; did you mean %s?", near);
		err_field(
			a, &e, STR("path"), REASON_UNKNOWN_PATH, "%.*s is not known", STRF(trimmed))
			->nearest = str_of(near);
	}
	return e;
}

static struct err *
not_allowed(const struct route *route, struct arena *a)
{
	struct err *e = err_new(
		a, ERR_METHOD, "%s takes %.*s", route->pattern, STRF(route_allow(route, a)));
	e->allow = route_allow(route, a);
	return e;
}

struct err *
route_find(
	const struct routes *routes, struct arena *a, const struct request *rq, struct match *out)
{
	struct path path = { .n = 0 };
	bool longer;
	const struct node *node = NULL;

	memset(out, 0, sizeof(*out));
	if (!rq->path.n || rq->path.p[0] != '/')
		return err_new(a, ERR_MALFORMED, "a path begins with /");
	if (!read_path(a, rq->path, &path, &longer))
		return err_reason(err_new(a, ERR_MALFORMED,
					  "the path has bytes that are not percent-encoded UTF-8"),
			REASON_BAD_ENCODING);
	if (!longer)
		node = look_up(routes, &path);
	if (!node)
		return no_route(routes, a, rq->path, &path);
	out->route = &node->route;
	out->way = node->route.ways[rq->method];
	take_keys(node, &path, out);
	if (!out->way.handler && rq->method != METHOD_OPTIONS)
		return not_allowed(&node->route, a);
	return NULL;
}
