/* What can be said of a request by looking at its first line. */
#include "web/request.h"

#include "base/crypto.h"

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

/* The web server gives every request an id; without one (tests, another server) we do. */
static struct str
request_id(struct arena *a, struct str given)
{
	unsigned char bytes[16];

	if (given.n && given.n <= 64)
		return str_dup(a, given);
	crypto_random(bytes, sizeof(bytes));
	return str_fmt(a, "req_%.*s", STRF(str_hex(a, bytes, sizeof(bytes))));
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
	rq->sandbox = str_eq(rq->meta[META_MODE], STR("sandbox"));
	rq->body = (struct str){ 0 };
}

struct err *
request_check_length(const struct request *rq, struct arena *a)
{
	if (rq->path.n > REQUEST_PATH_MAX)
		return err_reason(err_new(a, ERR_URI_TOO_LONG, "the path is longer than %zu bytes",
					  REQUEST_PATH_MAX),
			REASON_PATH_TOO_LONG);
	if (rq->query.n > REQUEST_QUERY_MAX)
		return err_reason(err_new(a, ERR_URI_TOO_LONG, "the query is longer than %zu bytes",
					  REQUEST_QUERY_MAX),
			REASON_QUERY_TOO_LONG);
	return NULL;
}
