/* A variant: one kind of a product, and what a buyer really gets. Written through its product. */
#include "db/db.h"
#include "model/rec.h"
#include "shop/catalog/catalog.h"
#include "shop/catalog/units.h"
#include "shop/inventory/inventory.h"

static rule_fn variant_check;

static const struct field variant_fields[VARIANT__MAX] = {
	[VARIANT_SKU] = STRING("sku", DOC("Its own number; finds the product as well."),
		.flags = F_REQUIRED | F_UNIQUE | F_KEY | F_FILTER | F_SORT, .max = 64,
		.pattern = SKU_PATTERN, .pattern_doc = SKU_PATTERN_DOC, .index = "sku",
		.example = "HEADPHONE-001-BLACK"),
	[VARIANT_NAME] = LANG("name", DOC("What sets it apart, in words."),
		.flags = F_FILTER | F_SORT, .max = 255, .example = "Black"),
	[VARIANT_PRICE] = PRICE("price", DOC("If it differs from the product's."),
		.flags = F_FILTER | F_SORT, .min = 0, .prices = "prices", .example = "209.99"),
	[VARIANT_PRICES] = PRICES("prices",
		DOC("Prices in other currencies, by their codes; without one, price is converted."),
		.max = PRICES_MOST, .example = "{\"EUR\":199.00}"),
	[VARIANT_COST] = PRICE("cost", DOC("What the merchant pays; basis of the margin."),
		.min = 0, .scope = "products:cost", .example = "120.00"),
	[VARIANT_INVENTORY] = INTEGER("inventory",
		DOC("Pieces that can be sold, in all warehouses. Writing it counts them: the "
		    "difference "
		    "goes into the default warehouse, or comes out of it."),
		.flags = F_FILTER | F_SORT, .min = 0, .max = STOCK_MOST, .initial = "0",
		.example = "100", .computed = INVENTORY_OF_VARIANT),
	[VARIANT_ATTRIBUTES] =
		MAP("attributes", DOC("What sets it apart: size, colour, material."), .max = 20),
	[VARIANT_BARCODE] = STRING("barcode", DOC("Its GTIN (EAN, UPC)."),
		.flags = F_FILTER | F_SORT, .max = 14, .pattern = BARCODE_PATTERN,
		.pattern_doc = BARCODE_PATTERN_DOC, .example = "4006381333948"),
	[VARIANT_WEIGHT] = DECIMAL("weight", 4, DOC("If it differs from the product's."),
		.flags = F_FILTER | F_SORT, .min = 0, .max = WEIGHT_MOST, .example = "0.36"),
	[VARIANT_WEIGHT_UNIT] =
		ENUM("weight_unit", weight_units, DOC("Unit of weight."), .example = "kg"),
	[VARIANT_IMAGE] = STRING("image", DOC("Address of its own picture."), .max = 2048,
		.pattern = URL_PATTERN, .pattern_doc = URL_PATTERN_DOC,
		.example = "https://cdn.example.com/black.jpg"),
	[VARIANT_POSITION] = INTEGER("position", DOC("Its place among the others."),
		.flags = F_FILTER | F_SORT, .min = 0, .max = 1000000, .example = "0"),
};

const struct resource variant_resource = {
	.name = "variant",
	.plural = "variants",
	.prefix = "var",
	.table = "variants",
	DOC("One kind of a product."),
	.parent = "product",
	.parent_column = "product_id",
	.order_column = "position",
	FIELDS(variant_fields),
	.verbs = V_CRUD,
	NO_STATUS,
	SCOPES("products"),
	.max_age_s = 300,
	.check = variant_check,
	PLAN,
};

static struct err *
variant_check(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct err *e = sku_check(cx, now, was, VARIANT_SKU);

	e = err_join(e, barcode_check(cx, now, was, VARIANT_BARCODE));
	return err_join(e, unit_check(cx, now, VARIANT_WEIGHT, VARIANT_WEIGHT_UNIT));
}
