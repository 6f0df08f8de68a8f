/* Pages: what a browser may do with one, and what stands in one that says no. */
#include "web/page.h"

#include "tap.h"

void
test_page__may_do_nothing_that_is_not_said(void)
{
	struct arena *a = arena_new("test", 1 << 20);

	CHECK_STR(page_policy(a, NULL, false),
		"default-src 'none'; style-src 'none'; base-uri 'none'; form-action 'none'; "
		"frame-ancestors 'none'");
	/* printf 'p{}' | openssl dgst -sha256 -binary | base64 */
	CHECK_STR(page_policy(a, "p{}", true),
		"default-src 'none'; style-src "
		"'sha256-gG2yISYereRMiG2lMXrbiUgi0Ubw9p7QCeWcroOvy9Y='; base-uri 'none'; "
		"form-action 'self'; frame-ancestors 'none'");
	arena_free(a);
}

void
test_page__error_shows_all_faults_as_text(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct err *e = NULL;
	const char *page;
	struct buf b;

	err_field(a, &e, STR("code"), REASON_TWICE, "%s", "<b>one</b>");
	err_field(a, &e, STR("more"), REASON_TWICE, "%s", "two & three");
	buf_init(&b, a, 512, 8192);
	page_error(&b, STR("req_1"), e);
	page = str_z(a, buf_view(&b));
	CHECK(!strstr(page, "<b>"));
	CHECK(strstr(page, "&lt;b&gt;one&lt;/b&gt;"));
	CHECK(strstr(page, "two &amp; three"));
	CHECK(strstr(page, "req_1"));
	arena_free(a);
}
