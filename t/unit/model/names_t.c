/* Names that were probably meant: by their letters, or by their stem. */
#include "model/names.h"

#include "tap.h"

static const struct names some = { { "categories", "description", "low_stock_threshold", "price",
					   "images", "variants", "sku", "status", "brand" },
	9 };

void
test_names__the_nearest_is_found_by_letters_or_by_stem(void)
{
	static const struct {
		const char *name, *nearest; /* NULL: none */
	} rows[] = {
		{ "categorys", "categories" },
		{ "category", "categories" },
		{ "categoryIds", "categories" },
		{ "category_ids", "categories" },
		{ "CategoryID", "categories" },
		{ "image", "images" },
		{ "Price", "price" },
		{ "PRICE", "price" },
		{ "price_cents", "price" },
		{ "lowStockThreshold", "low_stock_threshold" },
		{ "low-stock-threshold", "low_stock_threshold" },
		{ "desc", "description" },
		{ "variantIds", "variants" },
		{ "sk", "sku" },
		{ "brandId", "brand" },
		{ "id", NULL },
		{ "d", NULL },
		{ "", NULL },
		{ "quite another thing", NULL },
		{ "c", NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		tap_row("%s", rows[i].name);
		CHECK_STR(str_of(names_nearest(str_of(rows[i].name), &some)),
			rows[i].nearest ? rows[i].nearest : "");
	}
}

void
test_names__a_very_long_name_is_near_to_nothing(void)
{
	static char name[100];

	memset(name, 'p', sizeof(name) - 1);
	CHECK(!names_nearest(str_of(name), &some));
}
