/* Links of a page to its neighbours. */
#include "web/links.h"

#include "tap.h"

static struct arena *a;
static struct params params;

static struct str
links(const char *query, const struct query *q, const struct page *page)
{
	CHECK(!params_read(a, str_of(query), &params));
	return links_of(a, STR("/v2/things"), &params, q, page);
}

void
test_links__a_page_in_the_middle_has_all_four(void)
{
	struct query q = { .limit = 50, .page = 2 };
	struct page page = { .total = 487, .has_more = true };

	a = arena_new("test", 1 << 20);
	CHECK_STR(links("page=2&status=active", &q, &page),
		"</v2/things?status=active&page=1>; rel=\"first\", "
		"</v2/things?status=active&page=1>; rel=\"prev\", "
		"</v2/things?status=active&page=3>; rel=\"next\", "
		"</v2/things?status=active&page=10>; rel=\"last\"");
	arena_free(a);
}

void
test_links__the_ends_lack_what_is_not_there(void)
{
	struct query q = { .limit = 50, .page = 1 };
	struct page none = { .total = 0 }, many = { .total = 10000, .has_more = true };

	a = arena_new("test", 1 << 20);
	many.total_is_estimate = true;
	CHECK_STR(links("", &q, &none),
		"</v2/things?page=1>; rel=\"first\", "
		"</v2/things?page=1>; rel=\"last\"");
	CHECK_STR(links("", &q, &many),
		"</v2/things?page=1>; rel=\"first\", "
		"</v2/things?page=2>; rel=\"next\"");
	arena_free(a);
}

void
test_links__cursors_lead_forward_only(void)
{
	struct query q = { .limit = 50, .keyset = true };
	struct page more = { .has_more = true, .next_cursor = STR("a-b_c") }, last = { 0 };

	a = arena_new("test", 1 << 20);
	CHECK_STR(links("cursor=&limit=50", &q, &more),
		"</v2/things?limit=50&cursor=>; rel=\"first\", "
		"</v2/things?limit=50&cursor=a-b_c>; rel=\"next\"");
	CHECK_STR(links("cursor=x", &q, &last), "</v2/things?cursor=>; rel=\"first\"");
	arena_free(a);
}

void
test_links__values_cannot_leave_the_address(void)
{
	struct query q = { .limit = 50, .page = 1 };
	struct page page = { .total = 1 };
	struct str got;

	a = arena_new("test", 1 << 20);
	got = links("search=%3E%3B%20rel%3D%22x%22%0D%0A&n%3Cme=%C3%A9", &q, &page);
	CHECK(str_starts(got,
		STR("</v2/things?search=%3E%3B%20rel%3D%22x%22%0D%0A&"
		    "n%3Cme=%C3%A9&page=1>; rel=\"first\"")));
	arena_free(a);
}

void
test_links__a_header_too_long_is_left_out(void)
{
	struct query q = { .limit = 50, .page = 1 };
	struct page page = { .total = 1 };
	char query[3000];

	a = arena_new("test", 1 << 20);
	memset(query, 'x', sizeof(query) - 1);
	query[sizeof(query) - 1] = '\0';
	CHECK(!links(query, &q, &page).n);
	arena_free(a);
}
