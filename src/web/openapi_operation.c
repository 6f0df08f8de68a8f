/* Paths and their operations: one for each way of each route, HEAD included. */
#include "web/openapi_int.h"
#include "web/rest.h"

static const struct {
	handler_fn *handler;
	enum kind kind;
	const char *name;  /* in the operationId */
	const char *title; /* before the name of the resource */
} ways[] = {
	{ rest_list, KIND_LIST, "list", "List" },
	{ rest_get, KIND_GET, "get", "Get" },
	{ rest_create, KIND_CREATE, "create", "Create" },
	{ rest_update, KIND_UPDATE, "update", "Change" },
	{ rest_archive, KIND_ARCHIVE, "delete", "Delete" },
	{ rest_act, KIND_ACT, "", "" },
};

static size_t
way_of(const struct way *way)
{
	size_t i = 0;

	while (i < COUNT(ways) && ways[i].handler != way->handler)
		i++;
	must(i < COUNT(ways));
	return i;
}

static const char *
article(const char *word)
{
	return strchr("aeio", *word) ? "an" : "a";
}

static struct str
title_case(struct arena *a, const char *word)
{
	struct str name = openapi_name(a, word, "");

	return str_fmt(a, "%.*s%s", STRF(str_cut(name, 0, 1)), word + 1);
}

/* ---- names */

static const char *
verb_of(const struct operation *op, size_t way)
{
	if (op->method == METHOD_HEAD)
		return "head";
	return op->method == METHOD_PUT ? "put" : ways[way].name;
}

/* The empty alternative: those whose address is known need no key. */
static void
put_guard(struct buf *b, const struct operation *op)
{
	const char *scope = op->route->ways[op->method].scope;
	bool known = op->route->for_watchers;

	openapi_fmt(b, "description", "%s Takes the scope `%s`%s.", op->route->doc->text, scope,
		known ? ", or comes from an address that the service knows" : "");
	openapi_text(b, "x-scope", scope);
	LITERAL(b, "'tags':['service'],'security':[{'key':[]}");
	if (known)
		LITERAL(b, "{}");
	buf_char(b, ']');
}

static void
put_names_fixed(struct arena *a, struct buf *b, const struct operation *op)
{
	const struct route_doc *doc = op->route->doc;
	bool head = op->method == METHOD_HEAD;
	bool below = strncmp(op->route->pattern, "/v2/", 4) == 0;

	openapi_fmt(b, "operationId", "%s%s%s", head ? "head" : "get", below ? "V2" : "",
		openapi_name(a, doc->name, "").p);
	openapi_fmt(b, "summary", "%s%s", doc->summary, head ? ": the headers alone" : "");
	if (op->kind == KIND_FIXED) {
		openapi_fmt(b, "description", "%s No key is needed.", doc->text);
		LITERAL(b, "'tags':['service'],'security':[]");
	} else {
		put_guard(b, op);
	}
}

static void
put_summary(struct arena *a, struct buf *b, const struct operation *op, size_t way)
{
	const struct resource *r = op->route->resource;
	const char *head = op->method == METHOD_HEAD ? ": the headers alone" : "";
	const char *put = op->method == METHOD_PUT ? ", by PUT" : "";
	struct str words = openapi_words(a, r->name);

	if (op->kind == KIND_LIST)
		openapi_fmt(b, "summary", "List %s%s", openapi_words(a, r->plural).p, head);
	else if (op->kind == KIND_ACT)
		openapi_fmt(b, "summary", "%s %s %.*s", title_case(a, op->route->action->name).p,
			article(words.p), STRF(words));
	else
		openapi_fmt(b, "summary", "%s %s %.*s%s%s", ways[way].title, article(words.p),
			STRF(words), head, put);
}

static const char *
event_of(const struct operation *op)
{
	const struct resource *r = op->route->resource;
	const struct resource *top = r->plan->parent ? r->plan->parent : r;

	if (op->kind == KIND_ACT)
		return op->route->action->event;
	if (!(AS(op->kind) & AS_WRITE))
		return NULL;
	if (top != r || op->kind == KIND_UPDATE)
		return top->event_updated;
	return op->kind == KIND_CREATE ? top->event_created : top->event_archived;
}

static void
put_description(struct arena *a, struct buf *b, const struct operation *op)
{
	const struct resource *r = op->route->resource;
	const char *scope = op->route->ways[op->method].scope;
	const char *event = event_of(op);
	struct buf text;

	buf_init(&text, a, 256, 4096);
	buf_z(&text, op->kind == KIND_ACT ? op->route->action->doc : r->doc);
	if (op->kind == KIND_UPDATE)
		buf_z(&text,
			" PUT and PATCH are the same: what is left out stays as it is, null "
			"clears.");
	buf_fmt(&text, " Takes the scope `%s`.", scope);
	if (event)
		buf_fmt(&text, " Makes the event `%s`.", event);
	openapi_fmt(b, "description", "%.*s", STRF(buf_view(&text)));
	openapi_text(b, "x-scope", scope);
	openapi_text(b, "x-event", event);
}

static void
put_names(struct arena *a, struct buf *b, const struct operation *op)
{
	const struct resource *r = op->route->resource;
	size_t way = way_of(&op->route->ways[op->method]);
	bool many = op->kind == KIND_LIST;

	if (op->kind == KIND_ACT)
		openapi_fmt(b, "operationId", "%s%s", op->route->action->name,
			openapi_name(a, r->name, "").p);
	else
		openapi_fmt(b, "operationId", "%s%s", verb_of(op, way),
			openapi_name(a, many ? r->plural : r->name, "").p);
	put_summary(a, b, op, way);
	put_description(a, b, op);
	openapi_open(b, "tags", '[');
	json_out_z(b, r->plural);
	LITERAL(b, "],'security':[{'key':[]}]");
}

/* ---- operations */

static void
put_body_content(struct arena *a, struct buf *b, const char *type, struct str key)
{
	openapi_open(b, type, '{');
	openapi_ref(b, "schema", "schemas", key);
	openapi_open(b, "examples", '{');
	openapi_ref(b, key.p, "examples", key);
	LITERAL(b, "}}");
	(void)a;
}

static void
put_body(struct arena *a, struct buf *b, const struct operation *op)
{
	bool create = op->kind == KIND_CREATE;
	struct str key;

	if (!create && op->kind != KIND_UPDATE)
		return;
	key = openapi_name(a, op->route->resource->name, create ? "Create" : "Update");
	LITERAL(b, "'requestBody':{'required':true,'content':{");
	put_body_content(a, b, "application/json", key);
	if (op->method == METHOD_PATCH)
		put_body_content(a, b, "application/merge-patch+json", key);
	LITERAL(b, "}}");
}

static void
put_operation(struct arena *a, struct buf *b, const struct operation *op)
{
	static const char *const names[METHOD__MAX] = {
		[METHOD_GET] = "get",
		[METHOD_HEAD] = "head",
		[METHOD_POST] = "post",
		[METHOD_PUT] = "put",
		[METHOD_PATCH] = "patch",
		[METHOD_DELETE] = "delete",
	};

	must(names[op->method]);
	openapi_open(b, names[op->method], '{');
	if (!op->route->resource)
		put_names_fixed(a, b, op);
	else
		put_names(a, b, op);
	openapi_open(b, "parameters", '[');
	openapi_headers_of(b, op);
	openapi_queries_of(a, b, op);
	buf_char(b, ']');
	put_body(a, b, op);
	openapi_open(b, "responses", '{');
	openapi_responses_of(a, b, op);
	LITERAL(b, "}}");
}

/* ---- paths */

static bool
has_key(const struct resource *r)
{
	for (size_t i = 0; i < r->nfields; i++)
		if (r->fields[i].flags & F_KEY)
			return true;
	return r->key_sql != NULL;
}

static void
put_path_parameter(struct arena *a, struct buf *b, struct str name, const struct resource *r)
{
	struct str words = openapi_words(a, r->name);
	struct buf keys;

	buf_init(&keys, a, 64, 1024);
	for (size_t i = 0; i < r->nfields; i++)
		if (r->fields[i].flags & F_KEY)
			buf_fmt(&keys, " or its `%s`", r->fields[i].name);
	LITERAL(b, "{'in':'path','required':true");
	openapi_fmt(b, "name", "%.*s", STRF(name));
	openapi_fmt(b, "description", "The id of the %.*s%s%.*s.", STRF(words),
		keys.n ? ", to read it" : "", STRF(buf_view(&keys)));
	LITERAL(b, "'schema':{'type':'string','minLength':1");
	if (!has_key(r))
		openapi_fmt(b, "pattern", "^%s_", r->prefix);
	buf_char(b, '}');
	openapi_fmt(b, "example", "%s_123", r->prefix);
	buf_char(b, '}');
}

/* The open segments: the last is the object's, one before it the owner's. */
static void
put_path_parameters(struct arena *a, struct buf *b, const struct route *route)
{
	const struct resource *r = route->resource;
	struct str rest = str_of(route->pattern), segment;

	openapi_open(b, "parameters", '[');
	while (str_split(&rest, '/', &segment)) {
		struct str name;

		if (!str_starts(segment, STR("{")))
			continue;
		name = str_cut(segment, 1, segment.n - 1);
		put_path_parameter(a, b, name, str_eq(name, STR("id")) ? r : r->plan->parent);
	}
	buf_char(b, ']');
}

static enum kind
kind_of(const struct route *route, int method)
{
	if (route->resource)
		return ways[way_of(&route->ways[method])].kind;
	return route->open ? KIND_FIXED : KIND_GUARDED;
}

static void
put_path(struct arena *a, struct buf *b, const struct route *route)
{
	openapi_open(b, route->pattern, '{');
	if (strchr(route->pattern, '{'))
		put_path_parameters(a, b, route);
	for (int m = 0; m < METHOD__MAX; m++) {
		struct operation op = { route, (enum method)m, KIND_FIXED };

		if (!route->ways[m].handler)
			continue;
		op.kind = kind_of(route, m);
		put_operation(a, b, &op);
	}
	buf_char(b, '}');
}

void
openapi_paths(struct arena *a, struct buf *b, const struct routes *routes)
{
	const struct route *route;

	for (size_t n = 0; (route = route_at(routes, n)) != NULL; n++)
		put_path(a, b, route);
}
