/*
 * What can be said of a request by looking at its first line and its headers. The variables arrive one by one; the
 * ones that request.def names are put into their places, found by length first.
 */
#include "web/request.h"

#include "base/crypto.h"

#define REQUEST_ID_MAX 64
#define HEX "0123456789abcdef"

static const char *const names[METHOD__MAX] = {
	[METHOD_GET] = "GET",
	[METHOD_HEAD] = "HEAD",
	[METHOD_POST] = "POST",
	[METHOD_PUT] = "PUT",
	[METHOD_PATCH] = "PATCH",
	[METHOD_DELETE] = "DELETE",
	[METHOD_OPTIONS] = "OPTIONS",
	[METHOD_OTHER] = "",
};

static const struct variable {
	struct str name;
	bool list;
} variables[META__MAX] = {
#define X(name, variable) [META_##name] = { { variable, sizeof(variable) - 1 }, false },
#define X_LIST(name, variable) [META_##name] = { { variable, sizeof(variable) - 1 }, true },
#include "web/request.def"
#undef X
};

const char *
method_name(enum method method)
{
	return names[method];
}

bool
method_writes(enum method method)
{
	return method == METHOD_POST || method == METHOD_PUT || method == METHOD_PATCH ||
		method == METHOD_DELETE;
}

static enum method
method_of(struct str name)
{
	for (int m = 0; m < METHOD_OTHER; m++)
		if (str_eq_z(name, names[m]))
			return (enum method)m;
	return METHOD_OTHER;
}

/* It is told in heads, bodies and logs as it came. */
static bool
is_request_id(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
			c != '_' && c != '-')
			return false;
	}
	return s.n > 0 && s.n <= REQUEST_ID_MAX;
}

/* The web server gives every request an id; without one (tests, another server) we do. */
static struct str
request_id(struct arena *a, struct str given)
{
	unsigned char bytes[16];

	if (is_request_id(given))
		return str_dup(a, given);
	crypto_random(bytes, sizeof(bytes));
	return str_fmt(a, "req_%.*s", STRF(str_hex(a, bytes, sizeof(bytes))));
}

/* Milliseconds of "1764342000.123"; 0: not told. */
static int64_t
milliseconds(struct str told)
{
	size_t dot = str_find(told, '.');
	int64_t s, ms;

	if (dot > 10 || !str_int(str_cut(told, 0, dot), &s) ||
		!str_int(str_cut(told, dot + 1, dot + 4), &ms))
		return 0;
	return s * 1000 + ms;
}

/*
 * The trace id of "00-<32 digits>-<16 digits>-<2 digits>"; of a version to come, more may follow. What is
 * anything else is as if it were not sent (W3C Trace Context §3.2).
 */
static struct str
trace_id(struct arena *a, struct str sent)
{
	static const size_t lengths[] = { 2, 32, 16, 2 };
	const struct str none = { 0 };
	struct str rest = sent, part, trace = none;

	for (size_t i = 0; i < COUNT(lengths); i++) {
		if (!str_split(&rest, '-', &part) || part.n != lengths[i] || !str_only(part, HEX))
			return none;
		if (i == 1)
			trace = str_dup(a, part);
		if ((i == 0 && str_eq(part, STR("ff"))) ||
			((i == 1 || i == 2) && str_only(part, "0")))
			return none;
	}
	return rest.p && str_starts(sent, STR("00")) ? none : trace;
}

/* The place of a variable; META__MAX: not looked at. */
static enum meta
meta_of(struct str name)
{
	for (int i = 0; i < META__MAX; i++)
		if (variables[i].name.n == name.n && str_eq(variables[i].name, name))
			return (enum meta)i;
	return META__MAX;
}

/* How a character of a header's name is written in the variable's. */
static char
in_variable(char c)
{
	if (c == '-')
		return '_';
	if (c == '_')
		return '-';
	return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

enum meta
request_meta(const char *header)
{
	for (int i = 0; i < META__MAX; i++) {
		struct str name = variables[i].name;
		size_t n = 0;

		if (!str_starts(name, STR("HTTP_")))
			continue;
		name = str_cut(name, sizeof("HTTP_") - 1, name.n);
		while (n < name.n && header[n] && name.p[n] == in_variable(header[n]))
			n++;
		if (n == name.n && !header[n])
			return (enum meta)i;
	}
	return META__MAX;
}

static void
measure(struct request *rq, struct str pair, struct str name)
{
	rq->headers_bytes += pair.n;
	if (pair.n <= rq->longest_bytes)
		return;
	rq->longest_bytes = pair.n;
	rq->longest = name;
}

/* One more line of a list. What does not fit any more is of a request that will be refused for all its headers. */
static void
join(struct request *rq, struct arena *a, enum meta meta, struct str line)
{
	struct buf *b = rq->joined[meta];

	if (!b) {
		b = ARENA_NEW(a, struct buf);
		buf_init(b, a, 2 * (rq->meta[meta].n + line.n), REQUEST_HEADERS_MAX);
		buf_str(b, rq->meta[meta]);
		rq->joined[meta] = b;
	}
	buf_put(b, ", ", 2);
	buf_str(b, line);
	rq->meta[meta] = buf_view(b);
}

void
request_take(struct request *rq, struct arena *a, struct str pair)
{
	size_t equals = str_find(pair, '=');
	struct str name = str_cut(pair, 0, equals), value = str_cut(pair, equals + 1, pair.n);
	enum meta meta;
	struct str *at;

	if (str_starts(name, STR("HTTP_")))
		measure(rq, pair, str_cut(name, sizeof("HTTP_") - 1, name.n));
	meta = meta_of(name);
	if (meta == META__MAX || !value.n)
		return;
	at = &rq->meta[meta];
	if (!at->n)
		*at = value;
	else if (variables[meta].list)
		join(rq, a, meta, value);
	else if (!str_eq(*at, value))
		rq->twice = str_cut(name, sizeof("HTTP_") - 1, name.n);
}

void
request_init(struct request *rq, struct arena *a)
{
	struct str uri = rq->meta[META_URI];
	size_t mark = str_find(uri, '?');

	rq->method = method_of(rq->meta[META_METHOD]);
	rq->path = str_cut(uri, 0, mark);
	rq->query = mark < uri.n ? str_cut(uri, mark + 1, uri.n) : (struct str){ 0 };
	rq->id = request_id(a, rq->meta[META_REQUEST_ID]);
	rq->trace = trace_id(a, rq->meta[META_TRACEPARENT]);
	rq->sent_ms = milliseconds(rq->meta[META_SENT]);
	rq->sandbox = str_eq(rq->meta[META_MODE], STR("sandbox"));
	rq->body = (struct str){ 0 };
}

/* IF_MATCH → if-match: how a header is written, letters aside. */
static struct str
header_name(struct arena *a, struct str variable)
{
	struct str name = str_lower(a, variable);
	char *p = arena_alloc(a, name.n + 1);

	for (size_t i = 0; i < name.n; i++)
		p[i] = (char)(name.p[i] == '_' ? '-' : name.p[i]);
	return (struct str){ p, name.n };
}

static struct err *
check_headers(const struct request *rq, struct arena *a)
{
	if (rq->longest_bytes > REQUEST_HEADER_MAX)
		return err_reason(err_new(a, ERR_HEADERS_TOO_LARGE,
					  "the header %.*s is longer than %zu bytes",
					  STRF(str_cut(header_name(a, rq->longest), 0, 64)),
					  REQUEST_HEADER_MAX),
			REASON_HEADER_TOO_LARGE);
	if (rq->headers_bytes > REQUEST_HEADERS_MAX)
		return err_reason(err_new(a, ERR_HEADERS_TOO_LARGE,
					  "the headers together are longer than %zu bytes",
					  REQUEST_HEADERS_MAX),
			REASON_HEADERS_TOO_LARGE);
	if (rq->twice.n)
		return err_reason(err_new(a, ERR_MALFORMED,
					  "the header %.*s was sent twice, with different values",
					  STRF(header_name(a, rq->twice))),
			REASON_HEADER_TWICE);
	return NULL;
}

struct err *
request_check(const struct request *rq, struct arena *a)
{
	if (rq->path.n > REQUEST_PATH_MAX)
		return err_reason(err_new(a, ERR_URI_TOO_LONG, "the path is longer than %zu bytes",
					  REQUEST_PATH_MAX),
			REASON_PATH_TOO_LONG);
	if (rq->query.n > REQUEST_QUERY_MAX)
		return err_reason(err_new(a, ERR_URI_TOO_LONG, "the query is longer than %zu bytes",
					  REQUEST_QUERY_MAX),
			REASON_QUERY_TOO_LONG);
	return check_headers(rq, a);
}
