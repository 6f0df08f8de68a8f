/* Percent-encoding: strict when read, safe in a header when written. */
#include "web/url.h"

#include "tap.h"

static struct arena *a;

void
test_url__decoding_is_strict(void)
{
	static const struct {
		const char *in, *out; /* NULL: refused */
	} cases[] = {
		{ "", "" },
		{ "a-b", "a-b" },
		{ "a%20b+c", "a b c" },
		{ "%C3%A9", "\xc3\xa9" },
		{ "%2f%2F", "//" },
		{ "%", NULL },
		{ "%4", NULL },
		{ "%zz", NULL },
		{ "%00", NULL },
		{ "%ff", NULL },
		{ "\xff", NULL },
		{ "%ed%a0%80", NULL },
	};

	a = arena_new("test", 1 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str out = { 0 };
		bool read = url_decode(a, str_of(cases[i].in), true, &out);

		tap_row("%s", cases[i].in);
		CHECK(read == (cases[i].out != NULL));
		if (read && cases[i].out)
			CHECK_STR(out, cases[i].out);
	}
	arena_free(a);
}

void
test_url__a_path_in_a_header_stays_in_its_place(void)
{
	a = arena_new("test", 1 << 20);
	CHECK_STR(
		url_path(a, STR("/v2/a%2fb/c-d._~:@!$&'()*+,;=")), "/v2/a%2fb/c-d._~:@!$&'()*+,;=");
	CHECK_STR(url_path(a, STR("/a>b\"c\\d<e f\xc3\xa9\r\n")),
		"/a%3Eb%22c%5Cd%3Ce%20f%C3%A9%0D%0A");
	CHECK_STR(url_path(a, STR("")), "");
	arena_free(a);
}
