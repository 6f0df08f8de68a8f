/* Requests as they arrive, variable by variable; what is too long, and what says two things at once. */
#include "web/request.h"

#include "tap.h"

static struct arena *a;
static struct request rq;

static void
begin(void)
{
	a = arena_new("test", 1 << 20);
	rq = (struct request){ 0 };
}

static void
take(const char *pair)
{
	request_take(&rq, a, str_of(pair));
}

/* The reason of the refusal; "" if there is none. */
static const char *
refusal(void)
{
	struct err *e;

	request_init(&rq, a);
	e = request_check(&rq, a);
	if (!e)
		return "";
	return reason_word(e->reason ? e->reason : err_reason_of(e->code));
}

void
test_request__what_is_listed_is_seen_and_nothing_else(void)
{
	begin();
	take("REQUEST_METHOD=PATCH");
	take("REQUEST_URI=/v2/things?a=b?c");
	take("HTTP_AUTHORIZATION=Bearer a=b");
	take("HTTP_X_METHOD=DELETE");
	take("HTTP_IF_MATCH=");
	take("HTTP_HOST");
	take("=");
	take("");
	CHECK_STR(rq.meta[META_AUTHORIZATION], "Bearer a=b");
	CHECK(!rq.meta[META_IF_MATCH].n);
	CHECK(strcmp(refusal(), "") == 0);
	CHECK(rq.method == METHOD_PATCH);
	CHECK_STR(rq.path, "/v2/things");
	CHECK_STR(rq.query, "a=b?c");
	arena_free(a);
}

void
test_request__knows_since_when_it_waits(void)
{
	static const struct {
		const char *told;
		int64_t ms;
	} cases[] = {
		{ "SOUK_SENT=1764342000.123", 1764342000123 },
		{ "SOUK_SENT=1764342000.007", 1764342000007 },
		{ "SOUK_SENT=0.001", 1 },
		{ "SOUK_SENT=", 0 },
		{ "SOUK_SENT=1764342000", 0 },
		{ "SOUK_SENT=99999999999999999999.1", 0 },
		{ "SOUK_SENT=soon.123", 0 },
		{ "HTTP_SOUK_SENT=1764342000.123", 0 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		begin();
		take(cases[i].told);
		request_init(&rq, a);
		tap_row("%s", cases[i].told);
		CHECK(rq.sent_ms == cases[i].ms);
		arena_free(a);
	}
}

void
test_request__takes_a_trace_for_what_it_is(void)
{
#define ID "4bf92f3577b34da6a3ce929d0e0e4736"
#define SPAN "00f067aa0ba902b7"
	static const struct {
		const char *sent, *trace;
	} cases[] = {
		{ "HTTP_TRACEPARENT=00-" ID "-" SPAN "-01", ID },
		{ "HTTP_TRACEPARENT=00-" ID "-" SPAN "-00", ID },
		{ "HTTP_TRACEPARENT=01-" ID "-" SPAN "-01-more", ID },
		{ "HTTP_TRACEPARENT=00-" ID "-" SPAN "-01-more", "" },
		{ "HTTP_TRACEPARENT=00-" ID "-" SPAN "-01-", "" },
		{ "HTTP_TRACEPARENT=ff-" ID "-" SPAN "-01", "" },
		{ "HTTP_TRACEPARENT=00-" ID "-" SPAN, "" },
		{ "HTTP_TRACEPARENT=00-" ID "0-" SPAN "-01", "" },
		{ "HTTP_TRACEPARENT=00-4BF92f3577b34da6a3ce929d0e0e4736-" SPAN "-01", "" },
		{ "HTTP_TRACEPARENT=00-00000000000000000000000000000000-" SPAN "-01", "" },
		{ "HTTP_TRACEPARENT=00-" ID "-0000000000000000-01", "" },
		{ "HTTP_TRACEPARENT=", "" },
		{ "HTTP_TRACEPARENT=---", "" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		begin();
		take(cases[i].sent);
		request_init(&rq, a);
		tap_row("%s", cases[i].sent);
		CHECK_STR(rq.trace, cases[i].trace);
		arena_free(a);
	}
}

void
test_request__lines_of_a_list_are_one_list(void)
{
	begin();
	take("HTTP_ACCEPT=text/html");
	take("HTTP_ACCEPT=application/json");
	take("HTTP_IF_NONE_MATCH=\"1\"");
	take("HTTP_IF_NONE_MATCH=\"2\"");
	CHECK_STR(rq.meta[META_ACCEPT], "text/html, application/json");
	CHECK_STR(rq.meta[META_IF_NONE_MATCH], "\"1\", \"2\"");
	CHECK(strcmp(refusal(), "") == 0);
	arena_free(a);
}

/* Each line more must not copy all before it. */
void
test_request__a_list_of_many_lines_takes_its_own_length(void)
{
	begin();
	for (int i = 0; i < 20000 && arena_used(a) < 1 << 18; i++)
		take(i % 2 ? "HTTP_PREFER=a" : "HTTP_ACCEPT=a");
	CHECK(rq.headers_bytes == 20000 * strlen("HTTP_ACCEPT=a"));
	CHECK(strcmp(refusal(), "headers_too_large") == 0);
	arena_free(a);
}

void
test_request__of_other_headers_two_must_agree(void)
{
	begin();
	take("HTTP_X_TENANT_ID=a");
	take("HTTP_X_TENANT_ID=a");
	CHECK(strcmp(refusal(), "") == 0);
	take("HTTP_X_TENANT_ID=b");
	CHECK(strcmp(refusal(), "header_twice") == 0);
	CHECK_STR(rq.meta[META_TENANT], "a");
	CHECK(str_ends(request_check(&rq, a)->message,
		STR("x-tenant-id was sent twice, with different values")));
	arena_free(a);
}

/* A header of `n` bytes, name and all. */
static void
take_long(size_t n)
{
	char *pair = arena_alloc(a, n + 1);

	memset(pair, 'x', n);
	memcpy(pair, "HTTP_X_A=", 9);
	take(pair);
}

void
test_request__lengths_have_bounds(void)
{
	begin();
	take_long(REQUEST_HEADER_MAX);
	CHECK(strcmp(refusal(), "") == 0);
	take_long(REQUEST_HEADER_MAX);
	CHECK(strcmp(refusal(), "") == 0);
	take_long(10);
	CHECK(strcmp(refusal(), "headers_too_large") == 0);
	rq = (struct request){ 0 };
	take_long(REQUEST_HEADER_MAX + 1);
	CHECK(strcmp(refusal(), "header_too_large") == 0);
	CHECK(str_starts(request_check(&rq, a)->message, STR("the header x-a is longer")));
	arena_free(a);
}

static const char *
refusal_of(const char *begin_of, size_t n)
{
	char *uri = arena_alloc(a, n + 1);

	memset(uri, 'x', n);
	memcpy(uri, begin_of, strlen(begin_of));
	rq = (struct request){ 0 };
	rq.meta[META_URI] = str_of(uri);
	return refusal();
}

void
test_request__addresses_have_bounds(void)
{
	begin();
	CHECK(strcmp(refusal_of("/", REQUEST_PATH_MAX), "") == 0);
	CHECK(strcmp(refusal_of("/", REQUEST_PATH_MAX + 1), "path_too_long") == 0);
	CHECK(strcmp(refusal_of("/?", REQUEST_QUERY_MAX + 2), "") == 0);
	CHECK(strcmp(refusal_of("/?", REQUEST_QUERY_MAX + 3), "query_too_long") == 0);
	arena_free(a);
}

void
test_request__has_an_id_that_can_be_told(void)
{
	static const struct {
		const char *given;
		bool kept;
	} cases[] = {
		{ "SOUK_REQUEST_ID=req_0123456789abcdef-A", true },
		{ "SOUK_REQUEST_ID=", false },
		{ "SOUK_REQUEST_ID=req 1", false },
		{ "SOUK_REQUEST_ID=req_\"", false },
		{ "SOUK_REQUEST_ID=req_\xff", false },
		{ "SOUK_REQUEST_ID=0123456789012345678901234567890123456789012345678901234567890123"
		  "4",
			false },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		begin();
		take(cases[i].given);
		request_init(&rq, a);
		tap_row("%s", cases[i].given);
		CHECK(str_eq_z(rq.id, cases[i].given + strlen("SOUK_REQUEST_ID=")) ==
			cases[i].kept);
		CHECK(rq.id.n == 36 || cases[i].kept);
		arena_free(a);
	}
}

void
test_request__headers_are_found_by_name(void)
{
	CHECK(request_meta("Stripe-Signature") == META_STRIPE_SIGNATURE);
	CHECK(request_meta("if-match") == META_IF_MATCH);
	CHECK(request_meta("IF-MATCH") == META_IF_MATCH);
	CHECK(request_meta("If_Match") == META__MAX);
	CHECK(request_meta("If-Matc") == META__MAX);
	CHECK(request_meta("If-Matches") == META__MAX);
	CHECK(request_meta("Content-Length") == META__MAX);
	CHECK(request_meta("") == META__MAX);
}
