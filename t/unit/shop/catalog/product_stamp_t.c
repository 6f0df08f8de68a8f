/* The stamp of what a product shows that makes no version of it: when it changes, and when it must not. */
#include "base/board.h"
#include "base/shared.h"
#include "model/rec.h"
#include "model/stamp.h"
#include "shop/catalog/catalog.h"
#include "shop/resources.h"
#include "tap.h"

struct shelf {
	struct ctx cx;
	struct rec *product, *black, *white;
};

static void
begin(struct shelf *s)
{
	struct arena *a = arena_new("test", (size_t)1 << 24);
	struct rec **variants = ARENA_ARRAY(a, 2, struct rec *);

	CHECK(!model_link(a, shop_resources));
	s->cx = (struct ctx){ .arena = a, .tenant = { 7 } };
	s->product = rec_new(a, &product_resource);
	s->black = variants[0] = rec_new(a, &variant_resource);
	s->white = variants[1] = rec_new(a, &variant_resource);
	s->product->id.n = 1;
	s->black->id.n = 2;
	s->white->id.n = 3;
	rec_set_int(s->black, VARIANT_INVENTORY, 5);
	rec_set_int(s->white, VARIANT_INVENTORY, 0);
	s->product->many[PRODUCT_VARIANTS] = (struct recs){ variants, 2, true };
}

static struct view
view(struct shelf *s, const char *fields)
{
	struct view v;

	CHECK(!view_parse(&s->cx, &product_resource, str_of(fields), STR(""), true, &v));
	return v;
}

static uint64_t
stamp(struct shelf *s, const char *fields)
{
	struct view v = view(s, fields);

	return stamp_of(&s->cx, s->product, &v);
}

void
test_product_stamp__is_of_views_that_show_what_is_computed(void)
{
	static const struct {
		const char *fields;
		enum stamped shown;
	} rows[] = {
		{ "", STAMP_WHOLE },
		{ "name", STAMP_NONE },
		{ "images", STAMP_NONE },
		{ "name,variants", STAMP_WHOLE },
		{ "variants.sku", STAMP_NONE },
		{ "variants.inventory", STAMP_WHOLE },
	};
	struct shelf s;

	begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct view v = view(&s, rows[i].fields);

		tap_row("%s", rows[i].fields);
		CHECK(stamp_shown(&s.cx, &product_resource, &v) == rows[i].shown);
		CHECK(!stamp(&s, rows[i].fields) == (rows[i].shown == STAMP_NONE));
	}
}

void
test_product_stamp__changes_with_what_is_shown(void)
{
	struct shelf s;
	uint64_t first;

	begin(&s);
	first = stamp(&s, "");
	CHECK(first == stamp(&s, "variants.inventory"));
	CHECK((int64_t)first > 0);
	rec_set_str(s.black, VARIANT_SKU, STR("BLACK"));
	CHECK(stamp(&s, "") == first);
	rec_set_int(s.black, VARIANT_INVENTORY, 4);
	CHECK(stamp(&s, "") != first);
	rec_set_int(s.black, VARIANT_INVENTORY, 0);
	rec_set_int(s.white, VARIANT_INVENTORY, 5); /* the other one */
	CHECK(stamp(&s, "") != first);
	rec_set_int(s.black, VARIANT_INVENTORY, 5);
	rec_set_int(s.white, VARIANT_INVENTORY, 0);
	CHECK(stamp(&s, "") == first);
	s.white->fate = CHILD_REMOVED;
	CHECK(stamp(&s, "") != first);
}

void
test_product_stamp__is_void_once_it_is_touched_and_the_version_is_not(void)
{
	struct shelf s;
	uint64_t object, key, ticket;

	begin(&s);
	board_setup(shared_open(NULL));
	object = board_key(s.cx.tenant, product_resource.prefix, s.product->id);
	key = stamp_key(s.cx.tenant, &product_resource, s.product->id);
	ticket = board_ticket(key);
	board_put(object, board_ticket(object), 3);
	board_put(key, ticket, (int64_t)stamp(&s, ""));
	CHECK((uint64_t)board_version(key) == stamp(&s, ""));
	stamp_touch(&s.cx, &product_resource, s.product->id);
	board_put(key, ticket, (int64_t)stamp(&s, "")); /* read before */
	CHECK(board_version(key) == 0);
	CHECK(board_version(object) == 3);
	board_touch_all();
	CHECK(board_version(object) == 0);
	board_setup(NULL);
}
