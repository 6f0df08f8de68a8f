/*
 * Heads and errors. A head is put together from constant pieces in a fixed order; what varies is
 * checked where it enters, so nothing here can break out of a header line.
 */
#include "web/reply.h"

#include "base/clock.h"
#include "base/json_out.h"
#include "web/negotiate.h"

#define BODY_FIRST 4096

static struct str doc_base = { "/docs/errors#", sizeof("/docs/errors#") - 1 };

void
reply_setup(const char *base_url)
{
	static char text[512];

	(void)snprintf(text, sizeof(text), "%s/docs/errors#", base_url);
	doc_base = str_of(text);
}

void
reply_init(struct reply *r, struct arena *a)
{
	*r = (struct reply){ .status = 200, .max_age_s = -1 };
	buf_init(&r->body, a, BODY_FIRST, REPLY_BODY_MAX);
}

/* ---- errors */

static void
put_member(struct buf *b, struct str name, struct str value)
{
	json_out_name(b, name);
	json_out_string(b, value);
}

static void
put_choices(struct buf *b, struct str choices)
{
	struct str one;

	JSON_OUT_NAME(b, "allowed");
	buf_char(b, '[');
	while (choices.n && str_split(&choices, ',', &one)) {
		json_out_comma(b);
		json_out_string(b, str_trim(one));
	}
	buf_char(b, ']');
}

static void
put_detail(struct buf *b, const struct err_detail *d)
{
	json_out_comma(b);
	buf_char(b, '{');
	put_member(b, STR("field"), d->field);
	put_member(b, STR("message"), d->message);
	put_member(b, STR("reason"), str_of(reason_word(d->reason)));
	if (d->allowed.p)
		put_choices(b, d->allowed);
	if (d->nearest.n)
		put_member(b, STR("nearest"), d->nearest);
	buf_char(b, '}');
}

static void
put_details(struct buf *b, const struct err *e)
{
	buf_char(b, '[');
	for (const struct err_detail *d = e->details; d; d = d->next)
		put_detail(b, d);
	buf_char(b, ']');
}

void
reply_doc_url(struct buf *b, const char *word)
{
	buf_char(b, '"');
	buf_str(b, doc_base);
	buf_z(b, word);
	buf_char(b, '"');
}

void
reply_error_body(struct buf *b, struct str request_id, const struct err *e)
{
	buf_z(b, "{\"error\":{");
	put_member(b, STR("code"), str_of(err_public(e->code)));
	put_member(b, STR("message"), e->message);
	JSON_OUT_NAME(b, "details");
	put_details(b, e);
	put_member(b, STR("request_id"), request_id);
	put_member(b, STR("reason"), str_of(reason_word(e->reason)));
	JSON_OUT_NAME(b, "doc_url");
	reply_doc_url(b, reason_word(e->reason));
	buf_z(b, "}}");
}

/* RFC 9457: its own members first, then ours under their own names. */
void
reply_problem_body(struct buf *b, struct str request_id, const struct err *e)
{
	const struct reason_row *row = reason_row(e->reason);

	buf_char(b, '{');
	JSON_OUT_NAME(b, "type");
	reply_doc_url(b, row->word);
	put_member(b, STR("title"), str_of(row->title));
	JSON_OUT_NAME(b, "status");
	buf_int(b, err_status(e->code));
	put_member(b, STR("detail"), e->message);
	buf_z(b, ",\"instance\":\"urn:souk:");
	buf_str(b, request_id);
	buf_char(b, '"');
	put_member(b, STR("code"), str_of(err_public(e->code)));
	put_member(b, STR("reason"), str_of(row->word));
	put_member(b, STR("request_id"), request_id);
	JSON_OUT_NAME(b, "errors");
	put_details(b, e);
	buf_char(b, '}');
}

/* Writes the error in the shape that the client likes better, and gives its type; absent: JSON. */
static struct str
put_error(struct buf *b, struct str request_id, const struct err *e, bool problem)
{
	if (problem) {
		reply_problem_body(b, request_id, e);
		return STR(TYPE_PROBLEM);
	}
	reply_error_body(b, request_id, e);
	return (struct str){ 0 };
}

static int
retry_after(const struct err *e)
{
	if (e->retry_after_s > 0)
		return e->retry_after_s;
	return err_status(e->code) == 503 ? 1 : 0;
}

void
reply_err(struct reply *r, struct ctx *cx, const struct err *e)
{
	const struct allowance *allowance = r->allowance;
	bool varies = r->varies, problem = r->problem;

	reply_init(r, cx->arena);
	r->status = err_status(e->code);
	r->allow = e->allow;
	r->retry_after_s = retry_after(e);
	r->challenge = r->status == 401;
	r->varies = varies;
	r->allowance = allowance;
	r->problem = problem;
	r->type = put_error(&r->body, cx->request_id, e, problem);
}

void
reply_refusal(struct ctx *cx, const struct err *e, struct answer *out)
{
	const struct reply *r = cx->once->face;
	struct buf b;

	buf_init(&b, cx->arena, 512, REPLY_BODY_MAX);
	*out = (struct answer){ .status = err_status(e->code) };
	out->type = put_error(&b, cx->request_id, e, r && r->problem);
	out->body = buf_view(&b);
}

void
reply_answer(struct reply *r, const struct answer *a)
{
	r->status = a->status;
	r->location = a->location;
	r->etag = a->etag;
	r->type = a->type;
	r->language = a->language;
	r->body.n = 0;
	buf_str(&r->body, a->body);
}

/* ---- the head */

static const char *
phrase(int status)
{
	static const struct {
		int status;
		const char *phrase;
	} phrases[] = {
		{ 200, "OK" },
		{ 201, "Created" },
		{ 202, "Accepted" },
		{ 204, "No Content" },
		{ 304, "Not Modified" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 406, "Not Acceptable" },
		{ 408, "Request Timeout" },
		{ 409, "Conflict" },
		{ 412, "Precondition Failed" },
		{ 413, "Content Too Large" },
		{ 414, "URI Too Long" },
		{ 415, "Unsupported Media Type" },
		{ 422, "Unprocessable Content" },
		{ 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" },
		{ 500, "Internal Server Error" },
		{ 501, "Not Implemented" },
		{ 502, "Bad Gateway" },
		{ 503, "Service Unavailable" },
		{ 504, "Gateway Timeout" },
	};

	for (size_t i = 0; i < COUNT(phrases); i++)
		if (phrases[i].status == status)
			return phrases[i].phrase;
	return "Status";
}

bool
reply_is_bare(const struct reply *r)
{
	return r->status == 204 || r->status == 304;
}

/* A header with a text that came from elsewhere: control characters become spaces. */
static void
put_header(struct buf *out, const char *name, struct str value)
{
	if (!value.n)
		return;
	buf_z(out, name);
	buf_put(out, ": ", 2);
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];

		if ((unsigned char)c < 0x20)
			c = ' ';
		buf_char(out, c);
	}
	buf_put(out, "\r\n", 2);
}

static void
put_status(struct buf *out, int status)
{
	buf_z(out, "Status: ");
	buf_int(out, status);
	buf_char(out, ' ');
	buf_z(out, phrase(status));
	buf_put(out, "\r\n", 2);
}

static void
put_cache_control(struct buf *out, const struct reply *r)
{
	if (r->max_age_s < 0 || r->status >= 400) {
		buf_z(out, "Cache-Control: no-store\r\n");
	} else if (r->max_age_s == 0) {
		buf_z(out, "Cache-Control: private, no-cache\r\n");
	} else {
		buf_z(out,
			r->shared ? "Cache-Control: public, max-age="
				  : "Cache-Control: private, max-age=");
		buf_int(out, r->max_age_s);
		buf_z(out, ", must-revalidate\r\n");
	}
}

/* Milliseconds with two digits behind the point. */
static void
put_ms(struct buf *out, int64_t us)
{
	int64_t hundredths = MAX(us, 0) / 10;

	buf_int(out, hundredths / 100);
	buf_char(out, '.');
	buf_char(out, (char)('0' + hundredths / 10 % 10));
	buf_char(out, (char)('0' + hundredths % 10));
}

static void
put_timing(struct buf *out, const struct ctx *cx, int64_t took_us)
{
	buf_z(out, "Server-Timing: db;dur=");
	put_ms(out, cx->db_us);
	buf_z(out, ";desc=\"");
	buf_int(out, cx->statements);
	buf_z(out, cx->statements == 1 ? " statement\", app;dur=" : " statements\", app;dur=");
	put_ms(out, took_us - cx->db_us);
#ifdef SOUK_DEBUG
	if (cx->counts_reads)
		buf_fmt(out, ", reads;desc=\"%" PRId64 "\"", cx->rows_read);
#endif
	buf_put(out, "\r\n", 2);
}

/* D80: any origin, no credentials, every header may be read; but of a page, whose address may be secret, nothing. */
static void
put_cross_origin(struct buf *out, const struct reply *r)
{
	if (r->page) {
		buf_z(out, "Referrer-Policy: no-referrer\r\n");
		return;
	}
	buf_z(out, "Access-Control-Allow-Origin: *\r\n");
	if (!r->preflight) {
		buf_z(out, "Access-Control-Expose-Headers: *\r\n");
		return;
	}
	buf_z(out,
		"Access-Control-Allow-Methods: GET, HEAD, POST, PUT, PATCH, DELETE\r\n"
		"Access-Control-Allow-Headers: *, Authorization\r\n"
		"Access-Control-Max-Age: 86400\r\n");
}

/* RFC 6750 §3: without credentials only the scheme, with wrong ones also what is wrong. */
static void
put_challenge(struct buf *out, const struct reply *r)
{
	if (!r->challenge)
		return;
	buf_z(out, "WWW-Authenticate: Bearer realm=\"souk\"");
	if (r->bad_token)
		buf_z(out, ", error=\"invalid_token\"");
	buf_put(out, "\r\n", 2);
}

/* X-RateLimit-Limit, -Remaining, -Reset: of the window with the fewest left (D21). */
static void
put_tightest(struct buf *out, const struct window *w)
{
	buf_z(out, "X-RateLimit-Limit: ");
	buf_int(out, w->most);
	buf_z(out, "\r\nX-RateLimit-Remaining: ");
	buf_int(out, w->remaining);
	buf_z(out, "\r\nX-RateLimit-Reset: ");
	buf_int(out, w->reset_s);
	buf_z(out, "\r\n");
}

/* RateLimit and RateLimit-Policy of draft-ietf-httpapi-ratelimit-headers-11: every window. */
static void
put_limits(struct buf *out, const struct allowance *a)
{
	int64_t now_s = clock_real_ms() / 1000;

	if (!a || !a->n)
		return;
	put_tightest(out, allowance_tightest(a));
	buf_z(out, "RateLimit-Policy: ");
	for (size_t i = 0; i < a->n; i++)
		buf_fmt(out, "%s\"%s\";q=%" PRId64 ";w=%" PRId64, i ? ", " : "", a->windows[i].name,
			a->windows[i].most, a->windows[i].window_s);
	buf_z(out, "\r\nRateLimit: ");
	for (size_t i = 0; i < a->n; i++)
		buf_fmt(out, "%s\"%s\";r=%" PRId64 ";t=%" PRId64, i ? ", " : "", a->windows[i].name,
			a->windows[i].remaining, MAX(a->windows[i].reset_s - now_s, 0));
	buf_z(out, "\r\n");
}

static void
put_validators(struct buf *out, const struct reply *r)
{
	char date[29];

	put_header(out, "ETag", r->etag);
	if (r->modified_ms) {
		clock_render_http(r->modified_ms, date);
		put_header(out, "Last-Modified", (struct str){ date, sizeof(date) });
	}
	buf_z(out, "Vary: ");
	if (r->varies)
		buf_z(out,
			"Authorization, X-Tenant-ID, Accept, Accept-Language, "
			"X-Language-Fallback, X-Currency, X-Region, X-Timezone, Origin, ");
	else if (r->shared)
		buf_z(out, "Accept, ");
	buf_z(out, "Accept-Encoding\r\n"); /* the web server compresses */
}

/* What a body may be: RFC 9110 §15.5.16 for PUT, RFC 5789 for PATCH, Linked Data Platform for POST. */
static void
put_taken(struct buf *out, const struct reply *r)
{
	if (r->tells_types & 1U << METHOD_POST)
		buf_z(out, "Accept-Post: application/json\r\n");
	if (r->tells_types & 1U << METHOD_PUT)
		buf_z(out, "Accept: application/json\r\n");
	if (r->tells_types & 1U << METHOD_PATCH)
		buf_z(out, "Accept-Patch: application/merge-patch+json, application/json\r\n");
}

static void
put_extras(struct buf *out, const struct reply *r)
{
	put_header(out, "Location", r->location);
	put_header(out, "Link", r->link);
	put_header(out, "Allow", r->allow);
	put_header(out, "Content-Security-Policy", r->policy);
	put_header(out, "Content-Disposition", r->disposition);
	put_taken(out, r);
	if (r->refuses_coding)
		buf_z(out, "Accept-Encoding: identity\r\n");
	if (r->retry_after_s > 0) {
		buf_z(out, "Retry-After: ");
		buf_int(out, r->retry_after_s);
		buf_put(out, "\r\n", 2);
	}
	if (r->warning.n) {
		buf_z(out, "Warning: 299 - \"");
		buf_str(out, r->warning);
		buf_z(out, "\"\r\n");
	}
	if (r->replayed)
		buf_z(out, "Idempotency-Replayed: true\r\n");
	if (r->dry_run)
		buf_z(out, "Preference-Applied: dry-run\r\n");
	put_challenge(out, r);
}

void
reply_head(struct buf *out, const struct reply *r, const struct ctx *cx, int64_t took_us)
{
	put_status(out, r->status);
	put_header(out, "X-Request-Id", cx->request_id);
	if (!reply_is_bare(r)) {
		put_header(out, "Content-Type", r->type.n ? r->type : STR("application/json"));
		put_header(out, "Content-Language", r->language);
		buf_z(out, "Content-Length: ");
		buf_int(out, (int64_t)r->body.n);
		buf_put(out, "\r\n", 2);
	}
	buf_z(out, "X-Content-Type-Options: nosniff\r\n");
	put_cache_control(out, r);
	put_validators(out, r);
	put_extras(out, r);
	put_limits(out, r->allowance);
	put_cross_origin(out, r);
	put_timing(out, cx, took_us);
	buf_put(out, "\r\n", 2);
}
