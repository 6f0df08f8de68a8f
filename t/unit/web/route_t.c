/* Paths: what is found, with which keys, and what is said when nothing is. */
#include "web/route.h"

#include "model/plan.h"
#include "tap.h"
#include "web/raw.h"
#include "web/rest.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct action actions[] = {
	ACTION("cancel", NULL, .scope = "orders:cancel"),
	ACTION("close", NULL, DOC("Closes it.")),
	ACTION("status", NULL, DOC("Moves it on."), .method = "PATCH"),
};
static const struct action line_actions[] = { ACTION("set-first", NULL, DOC("Puts it first.")) };
static const struct operation operations[] = {
	OPERATION("get_rate_of", "GET", "rates/{order_id}", NULL, .scope = "rates:read"),
	OPERATION("adjust", "POST", "rates/{order_id}/adjust", NULL, .scope = "rates:write",
		.writes = true),
	OPERATION("guess", "POST", "rates/guess", NULL, .scope = "rates:read"),
	OPERATION("forget", "DELETE", "rates/{order_id}/moves", NULL, .scope = "rates:write",
		.writes = true),
};
static const char *const signed_by[] = { "Stripe-Signature", NULL };
static const struct raw message = { .open = true, .at_root = true, .headers = signed_by };
static const struct raw file = { .body_max = 1 };
static const struct operation raws[] = {
	RAW("take_message", "POST", "webhook/orders/{draft_id}", &message, DOC("Takes one.")),
	RAW("get_file", "GET", "rates/drafts/{id}/file", &file, .scope = "drafts:read"),
};
static const struct listing listings[] = {
	LISTING("rates/{order_id}/moves", "order_id", DOC("Moves of an order.")),
};

static struct plan order_plan, line_plan, rate_plan, draft_plan;
static const struct resource order = { .name = "order",
	.plural = "orders",
	.verbs = V_CRUD,
	ACTIONS(actions),
	SCOPES("orders"),
	.plan = &order_plan };
static const struct resource line = { .name = "line",
	.plural = "lines",
	.parent = "order",
	.verbs = V_LIST | V_GET,
	ACTIONS(line_actions),
	SCOPES("orders"),
	.plan = &line_plan };
static const struct resource rate = { .name = "rate",
	.plural = "rates",
	.verbs = V_LIST,
	OPERATIONS(operations),
	LISTINGS(listings),
	SCOPES("rates"),
	.plan = &rate_plan };
static const struct resource draft = { .name = "draft",
	.plural = "drafts",
	.path = "rates/drafts",
	.verbs = V_LIST | V_GET,
	OPERATIONS(raws),
	SCOPES("drafts"),
	.plan = &draft_plan };
static const struct resource *const all[] = { &order, &line, &rate, &draft, NULL };

static struct arena *a;

static const struct routes *
routes(void)
{
	line_plan.parent = &order;
	a = arena_new("test", 1 << 20);
	return routes_new(a, all);
}

static struct err *
find(const struct routes *r, enum method method, const char *path, struct match *out)
{
	struct request rq = { .method = method, .path = str_of(path) };

	return route_find(r, a, &rq, out);
}

void
test_route__finds_what_a_path_is_for(void)
{
	static const struct {
		enum method method;
		const char *path, *pattern, *parent, *key;
		handler_fn *handler;
		const char *scope;
	} cases[] = {
		{ METHOD_GET, "/v2/orders", "/v2/orders", "", "", rest_list, "orders:read" },
		{ METHOD_HEAD, "/v2/orders", "/v2/orders", "", "", rest_list, "orders:read" },
		{ METHOD_POST, "/v2/orders", "/v2/orders", "", "", rest_create, "orders:write" },
		{ METHOD_GET, "/v2/orders/A-1", "/v2/orders/{id}", "", "A-1", rest_get,
			"orders:read" },
		{ METHOD_PUT, "/v2/orders/x", "/v2/orders/{id}", "", "x", rest_update,
			"orders:write" },
		{ METHOD_PATCH, "/v2/orders/x", "/v2/orders/{id}", "", "x", rest_update,
			"orders:write" },
		{ METHOD_DELETE, "/v2/orders/x", "/v2/orders/{id}", "", "x", rest_archive,
			"orders:write" },
		{ METHOD_POST, "/v2/orders/x/cancel", "/v2/orders/{id}/cancel", "", "x", rest_act,
			"orders:cancel" },
		{ METHOD_POST, "/v2/orders/x/close", "/v2/orders/{id}/close", "", "x", rest_act,
			"orders:write" },
		{ METHOD_GET, "/v2/orders/x/lines", "/v2/orders/{order_id}/lines", "x", "",
			rest_list, "orders:read" },
		{ METHOD_GET, "/v2/orders/x/lines/y", "/v2/orders/{order_id}/lines/{id}", "x", "y",
			rest_get, "orders:read" },
		{ METHOD_PATCH, "/v2/orders/x/status", "/v2/orders/{id}/status", "", "x", rest_act,
			"orders:write" },
		{ METHOD_POST, "/v2/orders/x/lines/y/set-first",
			"/v2/orders/{order_id}/lines/{id}/set-first", "x", "y", rest_act,
			"orders:write" },
		{ METHOD_GET, "/v2/rates/x", "/v2/rates/{order_id}", "", "x", rest_ask,
			"rates:read" },
		{ METHOD_POST, "/v2/rates/x/adjust", "/v2/rates/{order_id}/adjust", "", "x",
			rest_operate, "rates:write" },
		{ METHOD_POST, "/v2/rates/guess", "/v2/rates/guess", "", "", rest_compute,
			"rates:read" },
		{ METHOD_GET, "/v2/rates/x/moves", "/v2/rates/{order_id}/moves", "", "x", rest_list,
			"rates:read" },
		{ METHOD_DELETE, "/v2/rates/x/moves", "/v2/rates/{order_id}/moves", "", "x",
			rest_operate, "rates:write" },
		{ METHOD_GET, "/v2/rates/drafts", "/v2/rates/drafts", "", "", rest_list,
			"drafts:read" },
		{ METHOD_GET, "/v2/rates/drafts/d", "/v2/rates/drafts/{id}", "", "d", rest_get,
			"drafts:read" },
		{ METHOD_GET, "/v2/orders/a%20%C3%A9", "/v2/orders/{id}", "", "a \xc3\xa9",
			rest_get, "orders:read" },
	};
	const struct routes *r = routes();

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct match m;

		tap_row("%s %s", method_name(cases[i].method), cases[i].path);
		if (!CHECK(!find(r, cases[i].method, cases[i].path, &m)))
			continue;
		CHECK_STR(str_of(m.route->pattern), cases[i].pattern);
		CHECK_STR(m.parent, cases[i].parent);
		CHECK_STR(m.key, cases[i].key);
		CHECK(m.way.handler == cases[i].handler);
		CHECK_STR(str_of(m.way.scope), cases[i].scope);
	}
	arena_free(a);
}

void
test_route__open_routes_need_nobody(void)
{
	static const char *const paths[] = { "/docs/errors", "/health", "/v2/health", "/livez",
		"/readyz" };
	const struct routes *r = routes();

	for (size_t i = 0; i < COUNT(paths); i++) {
		struct match m;

		tap_row("%s", paths[i]);
		CHECK(!find(r, METHOD_GET, paths[i], &m) && m.route->open && m.way.handler);
	}
	arena_free(a);
}

/* Deny by default: a route that is not open has a scope for each of its methods. */
void
test_route__every_other_way_has_a_scope(void)
{
	const struct routes *r = routes();
	const struct route *route;

	for (size_t n = 0; (route = route_at(r, n)) != NULL; n++)
		for (int m = 0; m < METHOD__MAX; m++)
			CHECK(route->open || !route->ways[m].handler || route->ways[m].scope);
	arena_free(a);
}

void
test_route__by_its_address_nobody_gets_more_than_metrics(void)
{
	const struct routes *r = routes();
	const struct route *route;
	size_t found = 0;

	for (size_t n = 0; (route = route_at(r, n)) != NULL; n++) {
		if (!route->for_watchers)
			continue;
		found++;
		tap_row("%s", route->pattern);
		CHECK(str_ends(str_of(route->pattern), STR("/metrics")) && !route->open);
		for (int m = 0; m < METHOD__MAX; m++)
			CHECK(!route->ways[m].handler || !method_writes((enum method)m));
	}
	CHECK(found == 2);
	arena_free(a);
}

static bool
ends_the_start(const struct resource *r)
{
	const struct resource *const only[] = { r, NULL };
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		routes_new(arena_new("test", 1 << 20), only);
		_exit(0);
	}
	waitpid(child, &status, 0);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

/* Nor does a worker start with one that has none. */
void
test_route__a_way_without_a_scope_ends_the_start(void)
{
	static const struct action free_actions[] = { ACTION("ring", NULL, DOC("Rings.")) };
	static const struct resource bell = {
		.name = "bell", .plural = "bells", ACTIONS(free_actions), .plan = &rate_plan
	};

	CHECK(ends_the_start(&bell));
}

/* Two things cannot share a way, nor one path have two names for a segment. */
void
test_route__what_is_ambiguous_ends_the_start(void)
{
	static const struct operation twice[] = {
		OPERATION("a", "GET", "bells/{id}/a", NULL, .scope = "bells:read"),
		OPERATION("b", "GET", "bells/{id}/a", NULL, .scope = "bells:read"),
	};
	static const struct operation unclear[] = {
		OPERATION("a", "GET", "bells/{id}/a", NULL, .scope = "bells:read"),
		OPERATION("b", "POST", "bells/{bell_id}/a", NULL, .scope = "bells:read"),
	};
	const struct resource bell = {
		.name = "bell", .plural = "bells", OPERATIONS(twice), .plan = &rate_plan
	};
	const struct resource drum = {
		.name = "drum", .plural = "drums", OPERATIONS(unclear), .plan = &rate_plan
	};

	CHECK(ends_the_start(&bell));
	CHECK(ends_the_start(&drum));
}

void
test_route__unknown_paths_are_refused_with_the_nearest(void)
{
	static const struct {
		const char *path, *nearest;
	} cases[] = {
		{ "/v2/order", "/v2/orders" },
		{ "/v2/orders/", "/v2/orders" },
		{ "/v2/orders/prod_1/cancle", "/v2/orders/prod_1/cancel" },
		{ "/v2/orders/prod_1/linse/7", "/v2/orders/prod_1/lines/7" },
		{ "/orders/prod_1", "/v2/orders/prod_1" },
		{ "/v2/healthy", "/v2/health" },
		{ "/v2//orders", "/v2/orders" },
		{ "/", NULL },
		{ "/v2", NULL },
		{ "/v2/customers/cust_1/addresses", NULL },
		{ "/v2/orders/a/b/c/d/e/f/g", NULL },
		{ "/v2/livez", "/livez" },
	};
	const struct routes *r = routes();

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct match m;
		struct err *e = find(r, METHOD_GET, cases[i].path, &m);

		tap_row("%s", cases[i].path);
		if (!CHECK(e && e->code == ERR_NO_ROUTE && !m.route))
			continue;
		if (cases[i].nearest && CHECK(e->details != NULL))
			CHECK_STR(e->details->nearest, cases[i].nearest);
		if (!cases[i].nearest)
			CHECK(!e->details);
	}
	arena_free(a);
}

void
test_route__badly_encoded_paths_are_refused(void)
{
	static const char *const paths[] = { "/v2/orders/%", "/v2/orders/%4", "/v2/orders/%zz",
		"/v2/orders/%ff", "/v2/orders/%00", "/v2/orders/\xc3", "/v2/orders/a/b/c/d/e/%ff/g",
		"/v2/orders/{id}/lines/////\xff", "v2/orders", "" };
	const struct routes *r = routes();

	for (size_t i = 0; i < COUNT(paths); i++) {
		struct match m;
		struct err *e = find(r, METHOD_GET, paths[i], &m);

		tap_row("%s", paths[i]);
		CHECK(e && e->code == ERR_MALFORMED);
	}
	arena_free(a);
}

void
test_route__other_methods_are_refused_with_those_allowed(void)
{
	static const struct {
		enum method method;
		const char *path, *allow;
	} cases[] = {
		{ METHOD_PUT, "/v2/orders", "GET, HEAD, POST, OPTIONS" },
		{ METHOD_POST, "/v2/orders/x", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS" },
		{ METHOD_GET, "/v2/orders/x/cancel", "POST, OPTIONS" },
		{ METHOD_POST, "/v2/orders/x/status", "PATCH, OPTIONS" },
		{ METHOD_GET, "/v2/rates/guess", "POST, OPTIONS" },
		{ METHOD_POST, "/v2/rates/x/moves", "GET, HEAD, DELETE, OPTIONS" },
		{ METHOD_POST, "/v2/rates/drafts", "GET, HEAD, OPTIONS" },
		{ METHOD_POST, "/v2/rates", "GET, HEAD, OPTIONS" },
		{ METHOD_DELETE, "/v2/orders/x/lines/y", "GET, HEAD, OPTIONS" },
		{ METHOD_OTHER, "/v2/health", "GET, HEAD, OPTIONS" },
	};
	const struct routes *r = routes();

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct match m;
		struct err *e = find(r, cases[i].method, cases[i].path, &m);

		tap_row("%s", cases[i].path);
		if (CHECK(e && e->code == ERR_METHOD))
			CHECK_STR(e->allow, cases[i].allow);
		CHECK(!find(r, METHOD_OPTIONS, cases[i].path, &m) && !m.way.handler);
	}
	arena_free(a);
}

void
test_route__what_is_open_is_found_with_and_without_v2(void)
{
	static const char *const paths[] = { "/webhook/orders/x", "/v2/webhook/orders/x" };
	const struct routes *r = routes();
	struct match m;

	for (size_t i = 0; i < COUNT(paths); i++) {
		CHECK(!find(r, METHOD_POST, paths[i], &m));
		CHECK(m.route->open && !m.way.scope && m.way.handler == raw_handle);
		CHECK(m.way.operation == &raws[0]);
		CHECK_STR(m.key, "x");
		CHECK(find(r, METHOD_GET, paths[i], &m) != NULL);
	}
	CHECK(!find(r, METHOD_HEAD, "/v2/rates/drafts/x/file", &m));
	CHECK(!m.route->open && m.way.handler == raw_handle);
	CHECK(strcmp(m.way.scope, "drafts:read") == 0);
	CHECK(find(r, METHOD_GET, "/rates/drafts/x/file", &m) != NULL);
	arena_free(a);
}
