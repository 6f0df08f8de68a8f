/*
 * What is answered. Errors are one component for each status, made of the rows of err.def that have it;
 * which operation can give a row says a table here, and a row without an entry is noticed at start.
 */
#include "base/base.h"
#include "model/raw.h"
#include "web/openapi_int.h"
#include "web/reply.h"

#define EXAMPLE_MAX ((size_t)8192)
#define EXAMPLE_REQUEST "req_abc123"

/* ---- headers */

/* Those that are required are in each answer that declares them. */
static const struct {
	const char *name, *schema, *doc;
	bool required;
} headers[] = {
	{ "X-Request-Id", "'$ref':'#/components/schemas/RequestId'",
		"Finds the request in our log.", true },
	{ "Cache-Control", "'type':'string'", "How long the answer may be kept, and by whom.",
		true },
	{ "ETag", "'type':'string','pattern':'^(W/)?\\\"[^\\\"]+\\\"$'",
		"Names this state of what was read, for If-None-Match and If-Match.", true },
	{ "Last-Modified", "'type':'string'", "When the object was last changed.", false },
	{ "Content-Language", "'type':'string'", "The language that its texts are in.", false },
	{ "Location", "'type':'string','format':'uri-reference'", "The path of what was made.",
		true },
	{ "Link", "'type':'string'", "The pages around this one (RFC 8288).", false },
	{ "Warning", "'type':'string'", "Something was not done as it was asked for.", false },
	{ "Retry-After", "'type':'integer','minimum':1", "After how many seconds to try again.",
		true },
	{ "WWW-Authenticate", "'type':'string'", "How to say who asks (RFC 6750).", true },
	{ "Allow", "'type':'string'", "The methods that the path takes.", true },
	{ "X-RateLimit-Limit", "'type':'integer','minimum':1",
		"How many requests the window takes that has the fewest left.", false },
	{ "X-RateLimit-Remaining", "'type':'integer','minimum':0", "How many are left in it.",
		false },
	{ "X-RateLimit-Reset", "'type':'integer'",
		"When all of it will be free again, in Unix seconds.", false },
	{ "RateLimit", "'type':'string'", "What is left of every window.", false },
	{ "RateLimit-Policy", "'type':'string'", "Every window.", false },
	{ "Idempotency-Replayed", "'type':'string','const':'true'",
		"This is the answer to an earlier request with the same Idempotency-Key.", false },
	{ "Preference-Applied", "'type':'string','const':'dry-run'", "Nothing was stored.", false },
};

void
openapi_headers(struct buf *b)
{
	for (size_t i = 0; i < COUNT(headers); i++) {
		openapi_open(b, headers[i].name, '{');
		openapi_text(b, "description", headers[i].doc);
		if (headers[i].required)
			LITERAL(b, "'required':true");
		LITERAL(b, "'schema':{");
		openapi_literal(b, headers[i].schema);
		LITERAL(b, "}}");
	}
}

static void
refer_to_header(struct buf *b, const char *name)
{
	openapi_ref(b, name, "headers", str_of(name));
}

/* What is left to whoever asked; only where somebody is counted. */
static void
refer_to_limits(struct buf *b)
{
	refer_to_header(b, "X-RateLimit-Limit");
	refer_to_header(b, "X-RateLimit-Remaining");
	refer_to_header(b, "X-RateLimit-Reset");
	refer_to_header(b, "RateLimit");
	refer_to_header(b, "RateLimit-Policy");
}

/* ---- errors */

/* Which operations can give an error; OUTSIDE: it is given where there is no operation. */
#define OUTSIDE (1U << 31)
#define AS_BODY                                                                                    \
	(AS(KIND_CREATE) | AS(KIND_UPDATE) | AS(KIND_ACT) | AS(KIND_COMPUTE) | AS(KIND_OPERATE))

static const unsigned given_by[ERR__MAX] = {
	[ERR_MALFORMED] = AS_ANY | OUTSIDE,
	[ERR_QUERY] = AS_RESOURCE | AS_RAW,
	[ERR_UNAUTHENTICATED] = AS_KEYED | AS(KIND_OPEN),
	[ERR_FORBIDDEN] = AS_KEYED,
	[ERR_NOT_FOUND] = AS_RESOURCE | AS_RAW,
	[ERR_NO_ROUTE] = OUTSIDE,
	[ERR_METHOD] = OUTSIDE,
	[ERR_NOT_ACCEPTABLE] = AS_ANY,
	[ERR_TIMEOUT_BODY] = AS_WRITE | AS(KIND_COMPUTE) | AS_RAW,
	[ERR_CONFLICT] = AS_WRITE | AS_RAW,
	[ERR_PRECONDITION] = AS_CONDITIONAL,
	[ERR_TOO_LARGE] = AS_ANY | OUTSIDE,
	[ERR_URI_TOO_LONG] = AS_ANY | OUTSIDE,
	[ERR_MEDIA_TYPE] = AS_BODY | AS_RAW,
	[ERR_CONTENT_CODING] = AS_BODY | AS_RAW,
	[ERR_VALIDATION] = AS_WRITE | AS(KIND_COMPUTE) | AS_RAW,
	[ERR_TOO_EXPENSIVE] = AS_RESOURCE | AS_RAW,
	[ERR_HEADERS_TOO_LARGE] = AS_ANY | OUTSIDE,
	[ERR_RATE] = AS_KEYED | AS(KIND_OPEN),
	[ERR_INTERNAL] = AS_ANY | OUTSIDE,
	[ERR_NOT_SUPPORTED] = AS_ANY | OUTSIDE,
	[ERR_UNAVAILABLE] = AS_ANY | OUTSIDE,
	[ERR_TX_REPEAT] = AS_RESOURCE | AS_RAW,
	[ERR_TIMEOUT] = AS_ANY | OUTSIDE,
};

/* Only what has an owner can miss it in a list or when it is made. */
static bool
gives(const struct endpoint *op, enum err_code code)
{
	bool collection = op->kind == KIND_LIST || op->kind == KIND_CREATE;

	if ((AS(op->kind) & AS_RAW) && !method_writes(op->method) &&
		(code == ERR_TIMEOUT_BODY || code == ERR_MEDIA_TYPE || code == ERR_CONTENT_CODING))
		return false;
	if (code == ERR_NOT_FOUND && collection && !strchr(op->route->pattern, '{'))
		return false;
	return given_by[code] & AS(op->kind);
}

/* nginx's own when a worker died over the request, in the words of ERR_UNAVAILABLE. */
#define STATUS_DIED 502

/* Which statuses to look at: those of an operation, those without one, or all. */
struct which {
	const struct endpoint *op;
	bool outside;
};

static bool
is_wanted(struct which which, enum err_code code)
{
	must(given_by[code]);
	if (which.outside)
		return given_by[code] & OUTSIDE;
	return !which.op || gives(which.op, code);
}

/* The next status above `after` that an error has, of those that are wanted; 0 at the end. */
static int
next_status(struct which which, int after)
{
	int next = after < STATUS_DIED ? STATUS_DIED : 0;

	for (int i = 0; i < ERR__MAX; i++) {
		int status = err_status((enum err_code)i);

		if (status > after && (!next || status < next) &&
			is_wanted(which, (enum err_code)i))
			next = status;
	}
	return next;
}

static bool
has_status(enum err_code code, int status)
{
	return err_status(code) == status || (status == STATUS_DIED && code == ERR_UNAVAILABLE);
}

static struct err *
example_of(struct arena *a, enum err_code code)
{
	enum reason reason = err_reason_of(code);
	const struct reason_row *row = reason_row(reason);
	struct err *e;

	if (!*row->field)
		return err_reason(err_new(a, code, "%s", row->message), reason);
	e = err_new(a, code, NULL);
	err_field(a, &e, str_of(row->field), reason, "%s", row->message);
	return e;
}

/* An answer of each row with that status, as it is sent. */
static void
put_examples(struct arena *a, struct buf *b, int status, bool problem)
{
	openapi_open(b, "examples", '{');
	for (int i = 0; i < ERR__MAX; i++) {
		enum err_code code = (enum err_code)i;

		if (!has_status(code, status))
			continue;
		openapi_open(b, reason_word(err_reason_of(code)), '{');
		openapi_text(b, "summary", reason_row(err_reason_of(code))->title);
		JSON_OUT_NAME(b, "value");
		if (problem)
			reply_problem_body(b, STR(EXAMPLE_REQUEST), example_of(a, code));
		else
			reply_error_body(b, STR(EXAMPLE_REQUEST), example_of(a, code));
		buf_char(b, '}');
	}
	buf_char(b, '}');
}

static void
put_description(struct buf *b, int status)
{
	struct buf text;

	buf_init(&text, b->arena, 256, 4096);
	for (int i = 0; i < ERR__MAX; i++) {
		enum err_code code = (enum err_code)i;

		if (has_status(code, status))
			buf_fmt(&text, "%s%s.", text.n ? " Or: " : "",
				reason_row(err_reason_of(code))->title);
	}
	openapi_fmt(b, "description", "%.*s", STRF(buf_view(&text)));
}

/* For whoever wants to know which finer words to expect with a status. */
static void
put_reasons(struct buf *b, int status)
{
	openapi_open(b, "x-reasons", '{');
	for (int i = REASON_NONE + 1; i < REASON__MAX; i++) {
		const struct reason_row *row = reason_row((enum reason)i);

		if (row->where != WHERE_SETUP && err_status(row->code) == status)
			openapi_text(b, row->word, err_name(row->code));
	}
	buf_char(b, '}');
}

static void
put_error_headers(struct buf *b, int status)
{
	openapi_open(b, "headers", '{');
	refer_to_header(b, "X-Request-Id");
	refer_to_header(b, "Cache-Control");
	if (status == 401)
		refer_to_header(b, "WWW-Authenticate");
	if (status == 405)
		refer_to_header(b, "Allow");
	if (status == 429 || status == STATUS_DIED || status == 503)
		refer_to_header(b, "Retry-After");
	if (status == 429)
		refer_to_limits(b);
	if (status == 409 || status == 412 || status == 422)
		refer_to_header(b, "Idempotency-Replayed");
	buf_char(b, '}');
}

static void
put_error(struct arena *a, struct buf *b, int status)
{
	openapi_open(b, str_fmt(a, "Error%d", status).p, '{');
	put_description(b, status);
	put_error_headers(b, status);
	LITERAL(b, "'content':{'application/json':{'schema':{'$ref':'#/components/schemas/Error'}");
	put_examples(a, b, status, false);
	if (status != STATUS_DIED) {
		LITERAL(b,
			"},'application/problem+json':{'schema':{'$ref':'#/components/schemas/"
			"Problem'}");
		put_examples(a, b, status, true);
	}
	LITERAL(b, "}}");
	put_reasons(b, status);
	buf_char(b, '}');
}

void
openapi_responses(struct arena *a, struct buf *b)
{
	for (int status = 0; (status = next_status((struct which){ 0 }, status)) != 0;)
		put_error(a, b, status);
}

static void
refer_to_error(struct arena *a, struct buf *b, int status)
{
	openapi_ref(b, str_fmt(a, "%d", status).p, "responses", str_fmt(a, "Error%d", status));
}

void
openapi_outside(struct arena *a, struct buf *b)
{
	const struct which outside = { .outside = true };

	for (int status = 0; (status = next_status(outside, status)) != 0;)
		refer_to_error(a, b, status);
}

/* ---- successes */

/* What is for people: its errors are pages too. */
static bool
is_page(const struct raw *raw)
{
	return raw && strcmp(raw->types[0], "text/html") == 0;
}

/* What has no version has no tag, unless it is read. */
static bool
has_version(const struct endpoint *op)
{
	const struct operation *o = op->way->operation;

	if (o && o->raw)
		return op->kind == KIND_RAW && !method_writes(op->method) && !is_page(o->raw);
	return !o || op->kind == KIND_ASK || (op->kind == KIND_OPERATE && !is_shape(o->output));
}

/* What was made can be found: by an operation, only if it is an object. */
static bool
has_location(const struct endpoint *op)
{
	const struct operation *o = op->way->operation;

	return !o ||
		(op->kind == KIND_OPERATE && o->output && !o->output->parent &&
			(o->output->verbs & V_GET));
}

static void
put_headers_of(struct buf *b, const struct endpoint *op, int status)
{
	bool resource = op->way->resource;
	bool tagged = resource ? status != 204 && has_version(op) : op->route->doc->tagged;
	bool write = AS(op->kind) & AS_WRITE;

	openapi_open(b, "headers", '{');
	refer_to_header(b, "X-Request-Id");
	refer_to_header(b, "Cache-Control");
	if (tagged)
		refer_to_header(b, "ETag");
	if (op->kind == KIND_GET)
		refer_to_header(b, "Last-Modified");
	if (resource && !(AS(op->kind) & AS_RAW) && (status == 200 || status == 201))
		refer_to_header(b, "Content-Language");
	if (op->kind == KIND_LIST && status == 200) {
		refer_to_header(b, "Link");
		refer_to_header(b, "Warning");
	}
	if (status == 201 && has_location(op))
		refer_to_header(b, "Location");
	if (write && (status == 200 || (op->way->operation && status == 204)))
		refer_to_header(b, "Preference-Applied");
	if (write)
		refer_to_header(b, "Idempotency-Replayed");
	if (op->kind != KIND_FIXED)
		refer_to_limits(b);
	buf_char(b, '}');
}

static bool
is_json(const char *type)
{
	return strcmp(type, "application/json") == 0;
}

static void
put_fixed_content(struct buf *b, const struct route *route)
{
	static const char *const json[] = { "application/json", NULL };
	const char *const *types = route->types ? route->types : json;

	for (; *types; types++) {
		openapi_open(b, *types, '{');
		LITERAL(b, "'schema':{");
		openapi_literal(b, is_json(*types) ? route->doc->schema : "'type':'string'");
		buf_char(b, '}');
		if (is_json(*types) && route->doc->example) {
			LITERAL(b, "'example':");
			openapi_literal(b, route->doc->example);
		}
		buf_char(b, '}');
	}
}

static void
put_raw_content(struct buf *b, const struct raw *raw)
{
	for (const char *const *type = raw->types; *type; type++) {
		openapi_open(b, *type, '{');
		openapi_literal(b,
			is_json(*type) ? "'schema':{'type':'object'}}"
				       : "'schema':{'type':'string'}}");
	}
}

static void
put_content(struct arena *a, struct buf *b, const struct endpoint *op)
{
	const struct resource *r = op->way->resource;
	bool list = op->kind == KIND_LIST;

	if (op->method == METHOD_HEAD)
		return;
	if (op->way->operation)
		r = op->way->operation->output;
	openapi_open(b, "content", '{');
	if (op->way->operation && op->way->operation->raw)
		put_raw_content(b, op->way->operation->raw);
	else if (r)
		openapi_content(b, "application/json", openapi_name(a, r->name, list ? "List" : ""),
			is_shape(r) ? r : NULL);
	else
		put_fixed_content(b, op->route);
	buf_char(b, '}');
}

static void
put_success(struct arena *a, struct buf *b, const struct endpoint *op, int status, const char *doc)
{
	openapi_open(b, str_fmt(a, "%d", status).p, '{');
	openapi_text(b, "description", doc);
	put_headers_of(b, op, status);
	if (status != 204 && status != 304)
		put_content(a, b, op);
	buf_char(b, '}');
}

/* Health says what is wrong in its own words; what stands before it, in those of errors. */
static void
put_unwell(struct buf *b, const struct endpoint *op)
{
	LITERAL(b, "'503':{'description':'Something is not well.','headers':{");
	refer_to_header(b, "X-Request-Id");
	refer_to_header(b, "Cache-Control");
	refer_to_header(b, "Retry-After");
	buf_char(b, '}');
	if (op->method != METHOD_HEAD) {
		LITERAL(b, "'content':{'application/json':{'schema':{'anyOf':[{");
		openapi_literal(b, op->route->doc->schema);
		LITERAL(b,
			"},{'$ref':'#/components/schemas/Error'}]}},'application/problem+json':{"
			"'schema':{'$ref':'#/components/schemas/Problem'}}}");
	}
	buf_char(b, '}');
}

/* The status that a row says; 0: it says none. */
static int
own_status(const struct endpoint *op)
{
	const struct operation *o = op->way->operation;

	if (op->way->action)
		return op->way->action->status;
	if (o && o->raw)
		return o->status;
	return !o || o->status ? o ? o->status : 0 : o->output ? 0 : 204;
}

static void
put_own_success(struct arena *a, struct buf *b, const struct endpoint *op, int status)
{
	if (status == 201 && (AS(op->kind) & AS_WRITE))
		put_success(a, b, op, 200, "What would have been recorded (`Prefer: dry-run`).");
	if (status == 201)
		put_success(a, b, op, 201, "It is recorded.");
	else
		put_success(a, b, op, status, status == 204 ? "It is done." : "As it is now.");
}

static void
put_successes(struct arena *a, struct buf *b, const struct endpoint *op)
{
	bool cached = op->way->operation && op->way->operation->raw ? has_version(op)
		: op->way->resource                                 ? AS(op->kind) & AS_READ
								    : op->route->doc->tagged;
	int own = own_status(op);

	if (own) {
		put_own_success(a, b, op, own);
	} else if (op->kind == KIND_CREATE) {
		put_success(a, b, op, 200, "What would have been made (`Prefer: dry-run`).");
		put_success(a, b, op, 201, "It was made.");
	} else if (op->kind == KIND_ARCHIVE) {
		put_success(a, b, op, 200, "What would have been deleted (`Prefer: dry-run`).");
		put_success(a, b, op, 204, "It is deleted, by this request or an earlier one.");
	} else {
		put_success(a, b, op, 200, "As it is now.");
	}
	if (cached)
		put_success(a, b, op, 304, "What the client has is still right.");
}

/* The web server's own errors are JSON here, too. */
static void
put_page_error(struct arena *a, struct buf *b, const struct endpoint *op, int status)
{
	openapi_open(b, str_fmt(a, "%d", status).p, '{');
	put_description(b, status);
	put_error_headers(b, status);
	if (op->method != METHOD_HEAD)
		LITERAL(b,
			"'content':{'text/html':{'schema':{'type':'string'}},"
			"'application/json':{'schema':{'$ref':'#/components/schemas/Error'}},"
			"'application/problem+json':{'schema':{'$ref':'#/components/schemas/"
			"Problem'}}}");
	buf_char(b, '}');
}

void
openapi_responses_of(struct arena *a, struct buf *b, const struct endpoint *op)
{
	put_successes(a, b, op);
	for (int status = 0; (status = next_status((struct which){ op, false }, status)) != 0;) {
		if (status == 503 && op->kind == KIND_FIXED && op->route->doc->can_fail)
			put_unwell(b, op);
		else if (op->way->operation && is_page(op->way->operation->raw))
			put_page_error(a, b, op, status);
		else
			refer_to_error(a, b, status);
	}
}
