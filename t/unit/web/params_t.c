/* The query string: cut before it is decoded, bounded, and refused by name. */
#include "web/params.h"

#include "tap.h"

static struct arena *a;
static struct params params;

static struct err *
read_query(const char *query)
{
	return params_read(a, str_of(query), &params);
}

static void
begin(void)
{
	a = arena_new("test", 1 << 22);
}

void
test_params__decodes_after_it_splits(void)
{
	begin();
	CHECK(!read_query("a=1%262&b%3D=x&&c&d=&e=a+b%2B&f=%C3%A9"));
	CHECK(params.n == 6);
	CHECK_STR(params.p[0].value, "1&2");
	CHECK_STR(params.p[1].name, "b=");
	CHECK_STR(params.p[1].value, "x");
	CHECK_STR(params.p[2].name, "c");
	CHECK(params.p[2].value.p && !params.p[2].value.n);
	CHECK(params.p[3].value.p && !params.p[3].value.n);
	CHECK_STR(params.p[4].value, "a b+");
	CHECK_STR(params.p[5].value, "\xc3\xa9");
	arena_free(a);
}

void
test_params__joins_what_is_repeated(void)
{
	begin();
	CHECK(!read_query("f=a&g=1&f=b%2Cc&f="));
	CHECK(params.n == 2);
	CHECK_STR(params.p[0].value, "a,b,c,");
	CHECK_STR(params.p[1].value, "1");
	arena_free(a);
}

void
test_params__no_query_is_no_parameter(void)
{
	begin();
	CHECK(!params_read(a, (struct str){ 0 }, &params) && params.n == 0);
	CHECK(!read_query("") && params.n == 0);
	CHECK(!read_query("&&&") && params.n == 0);
	arena_free(a);
}

void
test_params__refuses_what_is_not_encoded_utf8(void)
{
	static const char *const queries[] = { "a=%", "a=%1", "a=%zz", "a=%ff", "a=%00", "%ff=a",
		"a=\xc3", "a=%C3%28", "a=%ED%A0%80" };

	begin();
	for (size_t i = 0; i < COUNT(queries); i++) {
		struct err *e = read_query(queries[i]);

		tap_row("%s", queries[i]);
		CHECK(e && e->code == ERR_MALFORMED);
	}
	arena_free(a);
}

void
test_params__refuses_more_than_a_hundred(void)
{
	struct buf b;
	struct err *e;

	begin();
	buf_init(&b, a, 1024, 4096);
	for (int i = 0; i < PARAMS_MAX; i++)
		buf_fmt(&b, "p%d=1&", i);
	CHECK(!params_read(a, buf_view(&b), &params) && params.n == PARAMS_MAX);
	buf_z(&b, "p0=2");
	e = params_read(a, buf_view(&b), &params);
	CHECK(e && e->code == ERR_QUERY);
	arena_free(a);
}
