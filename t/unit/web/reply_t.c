/* Answers: the shape of errors, the headers of each kind, and that nothing breaks out of its line. */
#include "web/reply.h"

#include "tap.h"
#include "web/request.h"

static struct arena *a;

static void
begin(void)
{
	a = arena_new("test", 1 << 20);
	reply_setup("https://shop.test");
}

static struct str
head_of(const struct reply *r)
{
	struct ctx cx = { .arena = a, .request_id = STR("req_1"), .statements = 3, .db_us = 1230 };
	struct buf b;

	buf_init(&b, a, 1024, 8192);
	reply_head(&b, r, &cx, 1680);
	return buf_view(&b);
}

static bool
holds(struct str text, const char *part)
{
	size_t n = strlen(part);

	for (size_t i = 0; i + n <= text.n; i++)
		if (memcmp(text.p + i, part, n) == 0)
			return true;
	return false;
}

static struct reply
refused(struct err *e)
{
	struct ctx cx = { .arena = a, .request_id = STR("req_1") };
	struct reply r;

	reply_init(&r, a);
	reply_err(&r, &cx, e);
	return r;
}

void
test_reply__errors_have_the_shape_of_the_specification(void)
{
	struct err *e = NULL;
	struct err_detail *d;
	struct reply r;

	begin();
	err_field(a, &e, STR("email"), REASON_PATTERN, "must be an e-mail address");
	d = err_field(a, &e, STR("status"), REASON_NOT_A_CHOICE, "\"on\" is not one of them");
	d->allowed = STR("draft, active");
	d->nearest = STR("active");
	r = refused(e);
	CHECK_STR(buf_view(&r.body),
		"{\"error\":{\"code\":\"validation_error\",\"message\":\"email must be an e-mail "
		"address\",\"details\":[{\"field\":\"email\",\"message\":\"must be an e-mail "
		"address\",\"reason\":\"pattern\"},{\"field\":\"status\",\"message\":"
		"\"\\\"on\\\" is not one of them\",\"reason\":\"not_a_choice\",\"allowed\":"
		"[\"draft\",\"active\"],\"nearest\":\"active\"}],\"request_id\":\"req_1\","
		"\"reason\":\"validation\",\"doc_url\":"
		"\"https://shop.test/docs/errors#validation\"}}");
	CHECK(r.status == 422);
	arena_free(a);
}

void
test_reply__the_finer_reason_wins_over_the_name(void)
{
	struct reply r;

	begin();
	r = refused(err_reason(err_new(a, ERR_CONFLICT, NULL), REASON_SKU_TAKEN));
	CHECK(holds(buf_view(&r.body), "\"reason\":\"sku_taken\""));
	CHECK(holds(buf_view(&r.body), "/docs/errors#sku_taken\""));
	CHECK(holds(buf_view(&r.body), "\"details\":[]"));
	arena_free(a);
}

void
test_reply__the_log_text_is_never_sent(void)
{
	struct reply r;

	begin();
	r = refused(err_log(a, ERR_INTERNAL, "SELECT secret FROM t"));
	CHECK(r.status == 500 && !holds(buf_view(&r.body), "SELECT"));
	CHECK(holds(buf_view(&r.body), "\"code\":\"server_error\""));
	arena_free(a);
}

void
test_reply__every_code_becomes_an_answer(void)
{
	begin();
	for (int code = 0; code < ERR__MAX; code++) {
		struct reply r = refused(err_new(a, (enum err_code)code, NULL));

		tap_row("%s", err_name((enum err_code)code));
		CHECK(r.status >= 400 && !holds(head_of(&r), " Status\r\n"));
		CHECK(holds(head_of(&r), "Cache-Control: no-store\r\n"));
		CHECK(holds(head_of(&r), "Content-Type: application/json\r\n"));
		CHECK((r.status == 401) == holds(head_of(&r), "WWW-Authenticate: Bearer"));
		CHECK((r.status == 503) == holds(head_of(&r), "Retry-After: 1\r\n"));
	}
	arena_free(a);
}

void
test_reply__heads_of_refusals_say_what_to_do(void)
{
	struct err *e;
	struct reply r;

	begin();
	e = err_new(a, ERR_METHOD, NULL);
	e->allow = STR("GET, OPTIONS");
	r = refused(e);
	CHECK(holds(head_of(&r), "Status: 405 Method Not Allowed\r\n"));
	CHECK(holds(head_of(&r), "Allow: GET, OPTIONS\r\n"));
	e = err_new(a, ERR_RATE, NULL);
	e->retry_after_s = 36;
	r = refused(e);
	CHECK(holds(head_of(&r), "Retry-After: 36\r\n"));
	r = refused(err_new(a, ERR_UNAUTHENTICATED, NULL));
	CHECK(!holds(head_of(&r), "invalid_token"));
	r.bad_token = true;
	CHECK(holds(head_of(&r), "Bearer realm=\"souk\", error=\"invalid_token\"\r\n"));
	arena_free(a);
}

void
test_reply__a_head_is_complete_and_ends(void)
{
	struct reply r;

	begin();
	reply_init(&r, a);
	buf_z(&r.body, "{}");
	CHECK_STR(head_of(&r),
		"Status: 200 OK\r\n"
		"X-Request-Id: req_1\r\n"
		"Content-Type: application/json\r\n"
		"Content-Length: 2\r\n"
		"X-Content-Type-Options: nosniff\r\n"
		"Cache-Control: no-store\r\n"
		"Vary: Accept-Encoding\r\n"
		"Access-Control-Allow-Origin: *\r\n"
		"Access-Control-Expose-Headers: *\r\n"
		"Server-Timing: db;dur=1.23;desc=\"3 statements\", app;dur=0.45\r\n"
		"\r\n");
	arena_free(a);
}

void
test_reply__validators_and_caching_by_resource(void)
{
	struct reply r;

	begin();
	reply_init(&r, a);
	r.etag = STR("\"7.abc\"");
	r.modified_ms = INT64_C(1768473000000);
	r.max_age_s = 300;
	r.varies = true;
	CHECK(holds(head_of(&r), "ETag: \"7.abc\"\r\n"));
	CHECK(holds(head_of(&r), "Last-Modified: Thu, 15 Jan 2026 10:30:00 GMT\r\n"));
	CHECK(holds(head_of(&r), "Cache-Control: private, max-age=300, must-revalidate\r\n"));
	CHECK(holds(head_of(&r), "Vary: Authorization, X-Tenant-ID, Accept, "));
	r.max_age_s = 0;
	CHECK(holds(head_of(&r), "Cache-Control: private, no-cache\r\n"));
	r.status = 304;
	CHECK(!holds(head_of(&r), "Content-Length") && !holds(head_of(&r), "Content-Type:"));
	CHECK(holds(head_of(&r), "ETag: \"7.abc\"\r\n"));
	arena_free(a);
}

void
test_reply__a_value_cannot_begin_a_header(void)
{
	struct reply r;

	begin();
	reply_init(&r, a);
	r.location = STR("/v2/x\r\nSet-Cookie: a=b");
	CHECK(!holds(head_of(&r), "\nSet-Cookie"));
	CHECK(holds(head_of(&r), "Location: /v2/x  Set-Cookie: a=b\r\n"));
	arena_free(a);
}

void
test_reply__a_refusal_is_stored_as_it_is_sent(void)
{
	struct reply r = { .problem = false };
	struct once once = { .face = &r };
	struct ctx cx = { .request_id = STR("req_1"), .once = &once };
	struct err *e;
	struct answer stored;

	begin();
	cx.arena = a;
	e = err_reason(err_new(a, ERR_CONFLICT, "taken"), REASON_DUPLICATE);
	reply_refusal(&cx, e, &stored);
	r = refused(e);
	CHECK(stored.status == 409 && stored.status == r.status);
	CHECK(str_eq(stored.body, buf_view(&r.body)));
	reply_init(&r, a);
	reply_answer(&r, &stored);
	CHECK(r.status == 409 && str_eq(stored.body, buf_view(&r.body)));
	arena_free(a);
}

void
test_reply__a_problem_has_the_members_of_rfc_9457(void)
{
	struct reply asked = { .problem = true };
	struct once once = { .face = &asked };
	struct ctx cx = { .request_id = STR("req_1"), .once = &once };
	struct answer stored;
	struct err *e = NULL;

	begin();
	cx.arena = a;
	err_field(a, &e, STR("price"), REASON_TOO_SMALL, "must be at least 0");
	reply_err(&asked, &cx, e);
	CHECK_STR(asked.type, "application/problem+json");
	CHECK_STR(buf_view(&asked.body),
		"{\"type\":\"https://shop.test/docs/errors#validation\",\"title\":"
		"\"The body breaks a rule\",\"status\":422,\"detail\":\"price must be at least 0\","
		"\"instance\":\"urn:souk:req_1\",\"code\":\"validation_error\",\"reason\":"
		"\"validation\",\"request_id\":\"req_1\",\"errors\":[{\"field\":\"price\","
		"\"message\":\"must be at least 0\",\"reason\":\"too_small\"}]}");
	reply_refusal(&cx, e, &stored);
	CHECK_STR(stored.type, "application/problem+json");
	CHECK(str_eq(stored.body, buf_view(&asked.body)));
	arena_free(a);
}

void
test_reply__says_which_bodies_a_method_takes(void)
{
	static const struct {
		unsigned methods;
		const char *header;
	} cases[] = {
		{ 1U << METHOD_POST, "Accept-Post: application/json\r\n" },
		{ 1U << METHOD_PUT, "Accept: application/json\r\n" },
		{ 1U << METHOD_PATCH,
			"Accept-Patch: application/merge-patch+json, application/json\r\n" },
	};

	begin();
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct reply r;

		reply_init(&r, a);
		CHECK(!holds(head_of(&r), "\r\nAccept"));
		r.tells_types = cases[i].methods;
		CHECK(holds(head_of(&r), cases[i].header));
	}
	arena_free(a);
}
