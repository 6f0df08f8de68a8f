/* Paths and their operations: one for each way of each route, HEAD included. */
#include "web/openapi_int.h"
#include "web/raw.h"
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
	{ rest_ask, KIND_ASK, "", "" },
	{ rest_compute, KIND_COMPUTE, "", "" },
	{ rest_operate, KIND_OPERATE, "", "" },
	{ raw_handle, KIND_RAW, "", "" },
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
verb_of(const struct endpoint *op, size_t way)
{
	if (op->method == METHOD_HEAD)
		return "head";
	return op->method == METHOD_PUT ? "put" : ways[way].name;
}

/* The empty alternative: those whose address is known need no key. */
static void
put_guard(struct buf *b, const struct endpoint *op)
{
	const char *scope = op->way->scope;
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
put_names_fixed(struct arena *a, struct buf *b, const struct endpoint *op)
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

/* What the object is that a listing is of: "product". */
static struct str
listed_of(struct arena *a, const struct endpoint *op)
{
	const struct resource *r = op->way->resource;
	int field = resource_field(r, str_of(op->way->listing->field));

	return openapi_words(a, r->plan->fields[field].to->name);
}

static void
put_summary(struct arena *a, struct buf *b, const struct endpoint *op, size_t way)
{
	const struct resource *r = op->way->resource;
	const char *head = op->method == METHOD_HEAD ? ": the headers alone" : "";
	const char *put = op->method == METHOD_PUT ? ", by PUT" : "";
	struct str words = openapi_words(a, r->name);

	if (op->way->operation)
		openapi_fmt(b, "summary", "%s%s",
			openapi_words(a, title_case(a, op->way->operation->name).p).p, head);
	else if (op->way->listing)
		openapi_fmt(b, "summary", "List %s of one %s%s", openapi_words(a, r->plural).p,
			listed_of(a, op).p, head);
	else if (op->kind == KIND_LIST)
		openapi_fmt(b, "summary", "List %s%s", openapi_words(a, r->plural).p, head);
	else if (op->kind == KIND_ACT && op->way->action->title)
		openapi_text(b, "summary", op->way->action->title);
	else if (op->kind == KIND_ACT)
		openapi_fmt(b, "summary", "%s %s %.*s", title_case(a, op->way->action->name).p,
			article(words.p), STRF(words));
	else
		openapi_fmt(b, "summary", "%s %s %.*s%s%s", ways[way].title, article(words.p),
			STRF(words), head, put);
}

static const char *
event_of(const struct endpoint *op)
{
	const struct resource *r = op->way->resource;
	const struct resource *top = resource_is_within(r) ? r->plan->parent : r;

	if (op->way->operation)
		return op->way->operation->event;
	if (op->kind == KIND_ACT && op->way->action->event)
		return op->way->action->event;
	if (!(AS(op->kind) & AS_WRITE))
		return NULL;
	if (top != r || op->kind == KIND_UPDATE || op->kind == KIND_ACT)
		return top->event_updated;
	return op->kind == KIND_CREATE ? top->event_created : top->event_archived;
}

static const char *
doc_of(const struct endpoint *op)
{
	if (op->way->action)
		return op->way->action->doc;
	if (op->way->operation)
		return op->way->operation->doc;
	return op->way->listing ? op->way->listing->doc : op->way->resource->doc;
}

static void
put_description(struct arena *a, struct buf *b, const struct endpoint *op)
{
	const char *scope = op->way->scope;
	const char *event = event_of(op);
	struct buf text;

	buf_init(&text, a, 256, 4096);
	buf_z(&text, doc_of(op));
	if (op->kind == KIND_UPDATE)
		buf_z(&text,
			" PUT and PATCH are the same: what is left out stays as it is, null "
			"clears.");
	if (scope)
		buf_fmt(&text, " Takes the scope `%s`.", scope);
	else
		buf_z(&text, " No key is needed.");
	if (event)
		buf_fmt(&text, " Makes the event `%s`.", event);
	openapi_fmt(b, "description", "%.*s", STRF(buf_view(&text)));
	openapi_text(b, "x-scope", scope);
	openapi_text(b, "x-event", event);
}

/* Two paths of one operation are told apart by their names. */
static const char *
at_root(const struct endpoint *op)
{
	return strncmp(op->route->pattern, "/v2/", 4) == 0 ? "" : "AtRoot";
}

static void
put_id(struct arena *a, struct buf *b, const struct endpoint *op, size_t way)
{
	const struct resource *r = op->way->resource;
	struct str name = openapi_name(a, op->kind == KIND_LIST ? r->plural : r->name, "");
	bool head = op->method == METHOD_HEAD;

	if (op->way->operation && head)
		openapi_fmt(b, "operationId", "head%s%s",
			openapi_name(a, op->way->operation->name, "").p, at_root(op));
	else if (op->way->operation)
		openapi_fmt(b, "operationId", "%s%s", openapi_camel(a, op->way->operation->name).p,
			at_root(op));
	else if (op->way->action && op->method == METHOD_DELETE)
		openapi_fmt(b, "operationId", "delete%sOf%s",
			openapi_name(a, op->way->action->name, "").p, name.p);
	else if (op->way->action)
		openapi_fmt(b, "operationId", "%s%s", openapi_camel(a, op->way->action->name).p,
			name.p);
	else if (op->way->listing)
		openapi_fmt(b, "operationId", "%s%sOf%s", verb_of(op, way), name.p,
			openapi_name(a, listed_of(a, op).p, "").p);
	else
		openapi_fmt(b, "operationId", "%s%s", verb_of(op, way), name.p);
}

static void
put_names(struct arena *a, struct buf *b, const struct endpoint *op)
{
	const struct resource *r = op->way->resource;
	size_t way = way_of(op->way);

	put_id(a, b, op, way);
	put_summary(a, b, op, way);
	put_description(a, b, op);
	openapi_open(b, "tags", '[');
	json_out_z(b, r->plural);
	openapi_literal(b, op->kind == KIND_OPEN ? "],'security':[]" : "],'security':[{'key':[]}]");
}

/* ---- operations */

/* The shape of what is sent, or NULL. */
static const struct resource *
input_of(const struct endpoint *op)
{
	if (op->way->action)
		return op->way->action->input;
	if (op->kind == KIND_ASK || op->method == METHOD_DELETE || !op->way->operation)
		return NULL;
	return op->way->operation->input;
}

static bool
needs_body(const struct endpoint *op)
{
	if (op->way->action)
		return !op->way->action->input_optional;
	return !op->way->operation || !op->way->operation->input_optional;
}

static void
put_raw_body(struct buf *b, const struct endpoint *op)
{
	static const char *const any[] = { "*/*", NULL };
	const struct raw *raw = op->way->operation->raw;
	const char *const *types = raw->takes ? raw->takes : any;

	if (!method_writes(op->method) || op->method == METHOD_DELETE)
		return;
	LITERAL(b, "'requestBody':{'content':{");
	for (; *types; types++) {
		openapi_open(b, *types, '{');
		if (strcmp(*types, "application/x-www-form-urlencoded") == 0 ||
			strcmp(*types, "application/json") == 0)
			LITERAL(b, "'schema':{'type':'object'}");
		buf_char(b, '}');
	}
	LITERAL(b, "}}");
}

static void
put_body(struct arena *a, struct buf *b, const struct endpoint *op)
{
	const struct resource *shape = input_of(op);
	const char *name = shape ? shape->name : op->way->resource ? op->way->resource->name : NULL;
	const char *suffix = op->kind == KIND_CREATE ? "Create" : "Update";
	struct str key;

	if (op->way->operation && op->way->operation->raw)
		put_raw_body(b, op);
	if (!shape && op->kind != KIND_CREATE && op->kind != KIND_UPDATE)
		return;
	key = openapi_name(a, name, shape ? "Input" : suffix);
	LITERAL(b, "'requestBody':{");
	if (needs_body(op))
		LITERAL(b, "'required':true");
	LITERAL(b, "'content':{");
	openapi_content(b, "application/json", key, shape);
	if (op->method == METHOD_PATCH)
		openapi_content(b, "application/merge-patch+json", key, shape);
	LITERAL(b, "}}");
}

static void
put_operation(struct arena *a, struct buf *b, const struct endpoint *op)
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
	if (!op->way->resource)
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

static struct str
key_words(struct arena *a, const struct resource *r)
{
	struct buf keys;

	buf_init(&keys, a, 64, 1024);
	for (size_t i = 0; i < r->nfields; i++)
		if (r->fields[i].flags & F_KEY)
			buf_fmt(&keys, " or its `%s`", r->fields[i].name);
	return str_fmt(a, "%s%.*s", keys.n ? ", to read it" : "", STRF(buf_view(&keys)));
}

/* `r`: whose objects it names; NULL: the operation alone knows. */
static void
put_path_parameter(struct arena *a, struct buf *b, struct str name, const struct resource *r)
{
	LITERAL(b, "{'in':'path','required':true");
	openapi_fmt(b, "name", "%.*s", STRF(name));
	if (r)
		openapi_fmt(b, "description", "The id of the %.*s%.*s.",
			STRF(openapi_words(a, r->name)), STRF(key_words(a, r)));
	else
		LITERAL(b, "'description':'Which one is meant.'");
	LITERAL(b, "'schema':{'type':'string','minLength':1");
	if (r && !has_key(r))
		openapi_fmt(b, "pattern", "^%s_", r->prefix);
	buf_char(b, '}');
	if (r)
		openapi_fmt(b, "example", "%s_123", r->prefix);
	buf_char(b, '}');
}

static const struct way *
first_way(const struct route *route)
{
	int m = 0;

	while (!route->ways[m].handler)
		m++;
	return &route->ways[m];
}

static void
put_path_parameters(struct arena *a, struct buf *b, const struct route *route)
{
	struct str rest = str_of(route->pattern), segment;

	openapi_open(b, "parameters", '[');
	while (str_split(&rest, '/', &segment)) {
		struct str name;

		if (!str_starts(segment, STR("{")))
			continue;
		name = str_cut(segment, 1, segment.n - 1);
		put_path_parameter(a, b, name, route_key_resource(first_way(route), name));
	}
	buf_char(b, ']');
}

static enum kind
kind_of(const struct route *route, int method)
{
	if (route->resource && route->open)
		return KIND_OPEN;
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
		struct endpoint op = { route, &route->ways[m], (enum method)m, KIND_FIXED };

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
