/* The contract: well-formed, whole in itself, and one operation for each way of each route. */
#include "web/openapi.h"

#include "base/json.h"
#include "model/plan.h"
#include "shop/resources.h"
#include "tap.h"

#define REFERENCES_MAX 32768

static struct arena *a;
static const struct routes *routes;

static struct json *
document(void)
{
	struct openapi doc;
	struct json *j = NULL;

	a = arena_new("test", (size_t)256 << 20);
	CU_ASSERT_PTR_NULL_FATAL(model_link(a, shop_resources));
	routes = routes_new(a, model_all());
	doc = openapi_new(a, routes);
	CU_ASSERT_PTR_NULL_FATAL(json_parse_own(a, doc.text, &j));
	CU_ASSERT_EQUAL(doc.etag.n, 18);
	CU_ASSERT_EQUAL(doc.etag.p[0], '"');
	return j;
}

/* The value behind "#/a/b"; NULL if nothing is there. */
static const struct json *
at_pointer(const struct json *root, struct str pointer)
{
	struct str rest = str_cut(pointer, 2, pointer.n), name;

	if (!str_starts(pointer, STR("#/")))
		return NULL;
	while (root && str_split(&rest, '/', &name))
		root = json_get(root, str_z(a, name));
	return root;
}

static int
dangling(const struct json *root, const struct json *j)
{
	int n = 0;

	if (json_kind(j) == JSON_ARRAY)
		for (size_t i = 0; i < json_length(j); i++)
			n += dangling(root, json_at(j, i));
	if (json_kind(j) != JSON_OBJECT)
		return n;
	for (struct json_iter it = json_iter(j); json_next(&it);) {
		if (str_eq(it.name, STR("$ref")) && !at_pointer(root, json_string(it.value))) {
			(void)printf("# %.*s leads nowhere\n", STRF(json_string(it.value)));
			n++;
		}
		n += dangling(root, it.value);
	}
	return n;
}

void
test_openapi__has_no_reference_that_leads_nowhere(void)
{
	const struct json *j = document();

	CU_ASSERT_EQUAL(dangling(j, j), 0);
	arena_free(a);
}

/* Every place that is referred to. */
static void
collect(const struct json *j, struct str *refs, size_t *n)
{
	if (json_kind(j) == JSON_ARRAY)
		for (size_t i = 0; i < json_length(j); i++)
			collect(json_at(j, i), refs, n);
	if (json_kind(j) != JSON_OBJECT)
		return;
	for (struct json_iter it = json_iter(j); json_next(&it);) {
		if (str_eq(it.name, STR("$ref"))) {
			CU_ASSERT_FATAL(*n < REFERENCES_MAX);
			refs[(*n)++] = json_string(it.value);
		}
		collect(it.value, refs, n);
	}
}

static bool
is_among(struct str one, const struct str *refs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(one, refs[i]))
			return true;
	return false;
}

void
test_openapi__has_no_component_that_nothing_refers_to(void)
{
	const struct json *j = document();
	struct str *refs = ARENA_ARRAY(a, REFERENCES_MAX, struct str);
	size_t n = 0;

	collect(j, refs, &n);
	for (struct json_iter part = json_iter(json_get(j, "components")); json_next(&part);) {
		if (str_eq(part.name, STR("securitySchemes")))
			continue;
		for (struct json_iter it = json_iter(part.value); json_next(&it);)
			CU_ASSERT(is_among(str_fmt(a, "#/components/%.*s/%.*s", STRF(part.name),
						   STRF(it.name)),
				refs, n));
	}
	arena_free(a);
}

void
test_openapi__is_3_1_of_this_version(void)
{
	const struct json *j = document();

	CU_ASSERT(str_eq(json_string(json_get(j, "openapi")), STR("3.1.0")));
	CU_ASSERT(str_eq(json_string(json_get(json_get(j, "info"), "version")), STR("2.3.0")));
	arena_free(a);
}

static const struct json *
operation_of(const struct json *paths, const struct route *route, enum method method)
{
	struct str name = str_lower(a, str_of(method_name(method)));

	return json_get(json_get(paths, route->pattern), str_z(a, name));
}

/* Members of the path that are methods. */
static size_t
operations_at(const struct json *path)
{
	return json_members(path) - json_has(path, "parameters");
}

void
test_openapi__has_an_operation_for_each_way_and_no_other(void)
{
	const struct json *paths = json_get(document(), "paths");
	const struct route *route;
	size_t nroutes = 0;

	for (; (route = route_at(routes, nroutes)) != NULL; nroutes++) {
		size_t n = 0;

		for (int m = 0; m < METHOD__MAX; m++) {
			if (!route->ways[m].handler)
				continue;
			CU_ASSERT_PTR_NOT_NULL(operation_of(paths, route, (enum method)m));
			n++;
		}
		CU_ASSERT_EQUAL(operations_at(json_get(paths, route->pattern)), n);
	}
	CU_ASSERT_EQUAL(json_members(paths), nroutes);
	arena_free(a);
}

void
test_openapi__names_each_operation_once_with_its_scope(void)
{
	const struct json *paths = json_get(document(), "paths");
	struct str seen[1024];
	size_t n = 0;
	const struct route *route;

	for (size_t i = 0; (route = route_at(routes, i)) != NULL; i++) {
		for (int m = 0; m < METHOD__MAX; m++) {
			const struct json *op;
			const char *scope = route->ways[m].scope;

			if (!route->ways[m].handler)
				continue;
			op = operation_of(paths, route, (enum method)m);
			for (size_t k = 0; k < n; k++)
				CU_ASSERT_FALSE(
					str_eq(seen[k], json_string(json_get(op, "operationId"))));
			CU_ASSERT_FATAL(n < COUNT(seen));
			seen[n++] = json_string(json_get(op, "operationId"));
			CU_ASSERT(seen[n - 1].n > 3);
			CU_ASSERT(str_eq(json_string(json_get(op, "x-scope")),
				scope ? str_of(scope) : (struct str){ 0 }));
			CU_ASSERT_EQUAL(json_length(json_get(op, "security")),
				scope ? 1 + route->for_watchers : 0);
		}
	}
	arena_free(a);
}

void
test_openapi__shows_no_member_that_is_internal_and_takes_none_of_the_servers(void)
{
	const struct json *schemas = json_get(json_get(document(), "components"), "schemas");
	const struct json *shown = json_get(json_get(schemas, "ApiKey"), "properties");
	const struct json *taken = json_get(json_get(schemas, "ApiKeyCreate"), "properties");

	CU_ASSERT(json_has(shown, "secret"));
	CU_ASSERT(json_has(shown, "name"));
	CU_ASSERT_FALSE(json_has(shown, "secret_hash"));
	CU_ASSERT_FALSE(json_has(taken, "secret_hash"));
	CU_ASSERT_FALSE(json_has(taken, "secret"));
	CU_ASSERT_FALSE(json_has(taken, "id"));
	arena_free(a);
}

void
test_openapi__is_the_same_each_time(void)
{
	struct openapi one, two;

	a = arena_new("test", (size_t)64 << 20);
	CU_ASSERT_PTR_NULL_FATAL(model_link(a, shop_resources));
	one = openapi_new(a, routes_new(a, model_all()));
	two = openapi_new(a, routes_new(a, model_all()));
	CU_ASSERT(str_eq(one.text, two.text));
	CU_ASSERT(str_eq(one.etag, two.etag));
	arena_free(a);
}
