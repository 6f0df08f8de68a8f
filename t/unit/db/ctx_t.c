/* What an actor may. */
#include "tap.h"

#include "db/ctx.h"

void
test_ctx__grants_what_the_list_names(void)
{
	const struct str list[] = { STR("products:read"), STR("orders:write") };
	struct ctx cx = { .scopes = { list, COUNT(list) } };

	CHECK(ctx_may(&cx, "products:read"));
	CHECK(ctx_may(&cx, "orders:write"));
	CHECK(ctx_may(&cx, NULL));
	CHECK(!ctx_may(&cx, "products:write"));
	CHECK(!ctx_may(&cx, "products"));
	CHECK(!ctx_may(&cx, "products:read2"));
}

void
test_ctx__grants_everything_to_a_star_and_nothing_to_none(void)
{
	const struct str star = STR("*");
	struct ctx all = { .scopes = { &star, 1 } }, none = { 0 };

	CHECK(ctx_may(&all, "products:write"));
	CHECK(!ctx_may(&none, "products:write"));
	CHECK(ctx_may(&none, NULL));
}
