/*
 * A request as it arrived, undecoded: views into memory that lives until it is answered. Who reads
 * it from the wire (fcgi.c) and who acts on it know each other only by this struct.
 */
#ifndef SOUK_WEB_REQUEST_H
#define SOUK_WEB_REQUEST_H

#include "base/buf.h"

#define REQUEST_BODY_MAX ((size_t)1 << 20)
#define REQUEST_PATH_MAX ((size_t)2048)
#define REQUEST_QUERY_MAX ((size_t)8192)
#define REQUEST_HEADER_MAX ((size_t)16384)  /* one header, name and value */
#define REQUEST_HEADERS_MAX ((size_t)32768) /* all of them */

enum method {
	METHOD_GET,
	METHOD_HEAD,
	METHOD_POST,
	METHOD_PUT,
	METHOD_PATCH,
	METHOD_DELETE,
	METHOD_OPTIONS,
	METHOD_OTHER,
	METHOD__MAX
};

/* Meta-variables of RFC 3875: headers, and what the web server says beside them. */
enum meta {
#define X(name, variable) META_##name,
#include "web/request.def"
#undef X
	META__MAX
};

struct request {
	struct str meta[META__MAX];    /* absent: not sent, or empty */
	struct buf *joined[META__MAX]; /* of a list that came in several lines; else NULL */
	enum method method;
	struct str path, query; /* as sent, before and behind the '?' */
	struct str id;          /* "req_…" */
	struct str trace;       /* trace id of the caller (W3C Trace Context); absent: none */
	int64_t sent_ms;        /* Unix time at which the web server passed it on; 0: not told */
	struct str longest;     /* name of the longest header as it came in: HTTP_X_A */
	size_t longest_bytes, headers_bytes;
	struct str twice; /* name of one that came twice with different values; absent: none */
	struct str body;
	size_t body_max; /* that is read of it; 0: REQUEST_BODY_MAX */
	bool sandbox;
};

/* The place of a header, "Stripe-Signature"; META__MAX: it is not looked at. */
enum meta request_meta(const char *header);

/* "GET"; METHOD_OTHER has no name. */
const char *method_name(enum method method);

/* True for what changes something: POST, PUT, PATCH, DELETE. */
bool method_writes(enum method method);

/*
 * Takes in one variable of the request; what is neither listed nor a header is passed over. `pair` is "NAME=value" and
 * lives as long as the request.
 */
void request_take(struct request *rq, struct arena *a, struct str pair);

/* Fills method, path, query, id and sandbox from the meta-variables; what is kept is in `a`. */
void request_init(struct request *rq, struct arena *a);

/*
 * ERR_URI_TOO_LONG, ERR_HEADERS_TOO_LARGE if something is longer than anything that could be meant; ERR_MALFORMED for a
 * header that says two things at once.
 */
struct err *request_check(const struct request *rq, struct arena *a) MUST_CHECK;

#endif
