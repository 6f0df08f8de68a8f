/* What a worker remembers of things that are sold, and above all when it must not. */
#include "tap.h"

#include "base/board.h"
#include "base/shared.h"
#include "shop/catalog/sellable_memory.h"

static struct arena *a;
static struct ctx cx;
static struct shared *shared;

static const struct sale_currency dollars = { .code = { "USD", 3 }, .digits = 2 };
static const struct sale_currency euros = {
	.code = { "EUR", 3 }, .digits = 2, .rate = { 85587, 5 }
};

static struct sellable
wanted(int64_t product, int64_t variant)
{
	return (struct sellable){ .product = { product }, .variant = { variant } };
}

static uint64_t
key(int64_t product)
{
	return board_key(cx.tenant, "prod", (struct id){ product });
}

/* Something that was read at version 3. */
static void
keep(int64_t product, int64_t variant)
{
	static const struct str shelf = { "audio", 5 };
	struct sellable s = wanted(product, variant);
	struct sellable_reading rd;

	sellable_begin(&cx, &s, &rd);
	rd.version = 3;
	s.variant.n = 9;
	s.name = STR("Lamp");
	s.list_minor = 1999;
	s.categories = &shelf;
	s.ncategories = 1;
	sellable_keep(&cx, &dollars, &rd, &s);
}

static void
begin(void)
{
	a = arena_new("test", (size_t)1 << 20);
	cx = (struct ctx){ .arena = a, .tenant = { 7 } };
	shared = shared_open(NULL);
	board_setup(shared);
}

static bool
knows(const struct sale_currency *in, int64_t product, int64_t variant)
{
	struct sellable s = wanted(product, variant);

	return sellable_recall(&cx, in, &s);
}

void
test_sellable_memory__tells_what_was_kept(void)
{
	struct sellable s = wanted(1, 0);

	begin();
	CHECK(!sellable_recall(&cx, &dollars, &s));
	keep(1, 0);
	CHECK(sellable_recall(&cx, &dollars, &s));
	CHECK(s.variant.n == 9 && s.list_minor == 1999 && s.ncategories == 1);
	CHECK(str_eq(s.name, STR("Lamp")) && str_eq(s.categories[0], STR("audio")));
	CHECK(!s.sku.p);
	arena_free(a);
}

void
test_sellable_memory__knows_nothing_of_what_was_not_asked_so(void)
{
	struct sellable by_sku = { .sku = STR("LAMP") };

	begin();
	keep(2, 0);
	CHECK(knows(&dollars, 2, 0));
	CHECK(!knows(&euros, 2, 0));
	CHECK(!knows(&dollars, 2, 9));
	CHECK(!knows(&dollars, 3, 0));
	CHECK(!sellable_recall(&cx, &dollars, &by_sku));
	cx.tenant.n = 8;
	CHECK(!knows(&dollars, 2, 0));
	arena_free(a);
}

void
test_sellable_memory__forgets_when_the_product_is_written(void)
{
	begin();
	keep(4, 0);
	CHECK(knows(&dollars, 4, 0));
	board_touch(key(4));
	CHECK(!knows(&dollars, 4, 0));
	keep(4, 0); /* for a while nothing new is taken */
	CHECK(!knows(&dollars, 4, 0));
	keep(5, 0);
	CHECK(knows(&dollars, 5, 0));
	board_put(key(5), board_ticket(key(5)), 4);
	CHECK(!knows(&dollars, 5, 0));
	keep(6, 0);
	board_touch_all();
	CHECK(!knows(&dollars, 6, 0));
	arena_free(a);
}

void
test_sellable_memory__takes_no_more_room_than_it_may(void)
{
	begin();
	for (int64_t i = 0; i < 20000; i++)
		keep(100 + i, i % 3);
	CHECK(knows(&dollars, 100 + 19999, 19999 % 3));
	arena_free(a);
}

void
test_sellable_memory__knows_nothing_without_a_board(void)
{
	begin();
	board_setup(NULL);
	keep(7, 0);
	CHECK(!knows(&dollars, 7, 0));
	arena_free(a);
}
