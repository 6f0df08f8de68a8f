/* A product: something that can be sold. Its kinds (size, colour) are variants; see variant.c. */
#include "shop/catalog/catalog.h"

#include "base/id.h"
#include "db/db.h"
#include "model/rec.h"
#include "shop/catalog/sku.h"
#include "shop/catalog/units.h"
#include "shop/inventory/inventory.h"

static rule_fn product_derive, product_check, product_apply;

enum product_status { DRAFT, ACTIVE, ARCHIVED };

static const struct choice product_statuses[] = {
	[DRAFT] = { "draft", "not shown to shoppers" },
	[ACTIVE] = { "active", "on sale" },
	[ARCHIVED] = { "archived", "kept for old orders" },
};

static const struct field product_fields[PRODUCT__MAX] = {
	[PRODUCT_NAME] = LANG("name", DOC("What a shopper reads."),
		.flags = F_REQUIRED | F_FILTER | F_SORT | F_SEARCH, .max = 255, .index = "name",
		.example = "Premium Wireless Headphones"),
	[PRODUCT_DESCRIPTION] = LANG("description",
		DOC("Tells what it is; plain text or Markdown."), .flags = F_MULTILINE,
		.max = 65535, .example = "High-quality audio experience"),
	[PRODUCT_SKU] = STRING("sku", DOC("The merchant's own number; also finds the product."),
		.flags = F_REQUIRED | F_UNIQUE | F_KEY | F_FILTER | F_SORT | F_SEARCH, .max = 64,
		.index = "sku", .pattern = SKU_PATTERN, .pattern_doc = SKU_PATTERN_DOC,
		.example = "HEADPHONE-001"),
	[PRODUCT_PRICE] = PRICE("price", DOC("Before discounts and tax, in the shop's currency."),
		.flags = F_REQUIRED | F_FILTER | F_SORT, .min = 0, .index = "price",
		.prices = "prices", .example = "199.99"),
	[PRODUCT_PRICES] = PRICES("prices",
		DOC("Prices in other currencies, by their codes; without one, price is converted."),
		.max = PRICES_MOST, .example = "{\"EUR\":189.00}"),
	[PRODUCT_CURRENCY] = STRING("currency", DOC("The currency of price and cost."),
		.flags = F_READ_ONLY, .max = 3, .example = "USD"),
	[PRODUCT_COST] = PRICE("cost", DOC("What the merchant pays; basis of the margin."),
		.min = 0, .scope = "products:cost", .example = "120.00"),
	[PRODUCT_STATUS] = ENUM("status", product_statuses, DOC("Where it is in its life."),
		.flags = F_FILTER | F_SORT, .initial = "draft", .index = "status",
		.example = "active"),
	[PRODUCT_BRAND] = STRING("brand", DOC("The maker's name."), .flags = F_FILTER | F_SORT,
		.max = 255, .index = "brand", .example = "Auricle"),
	[PRODUCT_BARCODE] =
		STRING("barcode", DOC("Its GTIN (EAN, UPC)."), .flags = F_FILTER | F_SORT,
			.max = 14, .index = "barcode", .pattern = BARCODE_PATTERN,
			.pattern_doc = BARCODE_PATTERN_DOC, .example = "4006381333931"),
	[PRODUCT_TAX_CLASS] = STRING("tax_class", DOC("Which tax rates apply."),
		.flags = F_FILTER | F_SORT, .index = "tax_class", .max = 32,
		.pattern = "^[a-z0-9_-]+$",
		.pattern_doc = "lower-case letters, digits, '-' and '_'", .example = "standard"),
	[PRODUCT_WEIGHT] =
		DECIMAL("weight", 4, DOC("Of one piece, packed."), .flags = F_FILTER | F_SORT,
			.index = "weight", .min = 0, .max = WEIGHT_MOST, .example = "0.35"),
	[PRODUCT_WEIGHT_UNIT] =
		ENUM("weight_unit", weight_units, DOC("Unit of weight."), .example = "kg"),
	[PRODUCT_LENGTH] = DECIMAL("length", 4, DOC("Of one piece, packed."), .min = 0,
		.max = WEIGHT_MOST, .example = "20"),
	[PRODUCT_WIDTH] = DECIMAL("width", 4, DOC("Of one piece, packed."), .min = 0,
		.max = WEIGHT_MOST, .example = "18"),
	[PRODUCT_HEIGHT] = DECIMAL("height", 4, DOC("Of one piece, packed."), .min = 0,
		.max = WEIGHT_MOST, .example = "9.5"),
	[PRODUCT_DIMENSION_UNIT] = ENUM("dimension_unit", dimension_units,
		DOC("Unit of length, width and height."), .example = "cm"),
	[PRODUCT_RATING_AVERAGE] = DECIMAL("rating_average", 2,
		DOC("What its approved reviews say on average, from 1 to 5; null: there are none."),
		.flags = F_READ_ONLY, .max = 500, .example = "4.5"),
	[PRODUCT_REVIEWS_COUNT] =
		INTEGER("reviews_count", DOC("How many approved reviews there are."),
			.flags = F_READ_ONLY, .initial = "0", .example = "2"),
	[PRODUCT_TRACK_INVENTORY] = BOOL("track_inventory",
		DOC("Whether its stock is counted; if not, any number can be sold."),
		.flags = F_FILTER, .initial = "true", .example = "true"),
};

static const struct relation product_relations[] = {
	[PRODUCT_CATEGORIES] = LINK("categories", "category", "product_categories", .by = "slug",
		.max = 20, .index = "categories", .flags = R_INLINE,
		DOC("Slugs of the categories it is in, the main one first.")),
	[PRODUCT_VARIANTS] = MANY("variants", "variant", "product_id",
		.flags = R_INLINE | R_ARCHIVE_WITH, .max = 2000, DOC("The kinds it comes in.")),
	[PRODUCT_IMAGES] = MANY("images", "image", "product_id", .flags = R_INLINE | R_ARCHIVE_WITH,
		.max = 250, DOC("Its pictures, the main one first.")),
	[PRODUCT_REVIEWS] = APART("reviews", "review", "product_id", .max = 10, .index = "shown",
		DOC("Its newest reviews, of those that are approved.")),
};

static const struct shorthand product_shorthands[] = {
	SHORT("status", "status", DOC("Only products of this status: active, draft or archived.")),
	SHORT("category", "categories", DOC("Only products in the category of this slug.")),
};

const struct resource product_resource = {
	.name = "product",
	.plural = "products",
	.prefix = "prod",
	.table = "products",
	DOC("Something that can be sold."),
	FIELDS(product_fields),
	RELATIONS(product_relations),
	SHORTHANDS(product_shorthands),
	.verbs = V_CRUD | V_READABLE_ARCHIVED | V_PUBLIC,
	.key_sql = "SELECT product_id FROM skus WHERE tenant_id = ? AND sku = ?",
	STATUS(PRODUCT_STATUS, ARCHIVED),
	PUBLISHED(PRODUCT_STATUS, ACTIVE),
	SCOPES("products"),
	EVENTS("product"),
	.max_age_s = 300,
	.derive = product_derive,
	.check = product_check,
	.apply = product_apply,
	ADMIN("Catalogue", PRODUCT_SKU, PRODUCT_NAME, PRODUCT_PRICE, PRODUCT_STATUS),
	PLAN,
};

/* What lies somewhere of variants that the write removes leaves the ledger while their stock is there. */
static struct err *
end_stock(struct ctx *cx, const struct rec *now)
{
	const struct recs *all = &now->many[PRODUCT_VARIANTS];
	struct id *gone = ARENA_ARRAY(cx->arena, all->n, struct id);
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		if (all->r[i]->fate == CHILD_REMOVED)
			gone[n++] = all->r[i]->id;
	return n ? inventory_end(cx, now->id, gone, n) : NULL;
}

static struct err *
product_derive(struct ctx *cx, struct rec *now, const struct rec *was)
{
	if (!was)
		rec_set_str(now, PRODUCT_CURRENCY, cx->currency);
	return was ? end_stock(cx, now) : NULL;
}

static struct err *
product_check(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct err *e = sku_check(cx, now, was, PRODUCT_SKU);

	e = err_join(e, barcode_check(cx, now, was, PRODUCT_BARCODE));
	e = err_join(e, unit_check(cx, now, PRODUCT_WEIGHT, PRODUCT_WEIGHT_UNIT));
	e = err_join(e, unit_check(cx, now, PRODUCT_LENGTH, PRODUCT_DIMENSION_UNIT));
	e = err_join(e, unit_check(cx, now, PRODUCT_WIDTH, PRODUCT_DIMENSION_UNIT));
	return err_join(e, unit_check(cx, now, PRODUCT_HEIGHT, PRODUCT_DIMENSION_UNIT));
}

static struct err *
rename_stock(struct ctx *cx, const struct rec *now, const struct rec *was)
{
	const struct recs *all = &now->many[PRODUCT_VARIANTS];
	struct err *e = NULL;

	if (rec_changed(now, was, PRODUCT_SKU))
		e = inventory_renamed(cx, now->id, ID_NONE, rec_str(now, PRODUCT_SKU));
	for (size_t i = 0; !e && i < all->n; i++) {
		const struct rec *c = all->r[i];
		const struct rec *old = rec_child(was, PRODUCT_VARIANTS, c->id);

		if (c->fate == CHILD_CHANGED && rec_changed(c, old, VARIANT_SKU))
			e = inventory_renamed(cx, now->id, c->id, rec_str(c, VARIANT_SKU));
	}
	return e;
}

/* The first of a product's variants inherits what was counted before it came in any. */
static struct err *
hand_stock_on(struct ctx *cx, const struct rec *now, const struct rec *was)
{
	const struct recs *all = &now->many[PRODUCT_VARIANTS];

	if (!all->n || was->many[PRODUCT_VARIANTS].n)
		return NULL;
	return inventory_becomes(cx, now->id, all->r[0]->id, rec_str(all->r[0], VARIANT_SKU));
}

/* What the write says of how many there are. */
static struct err *
count_stock(struct ctx *cx, const struct rec *now, const struct rec *was)
{
	const struct recs *all = &now->many[PRODUCT_VARIANTS];
	struct err *e = NULL;

	for (size_t i = 0; !e && i < all->n; i++) {
		const struct rec *c = all->r[i];
		const struct rec *old = rec_child(was, PRODUCT_VARIANTS, c->id);

		if (c->fate == CHILD_REMOVED || !rec_has(c, VARIANT_INVENTORY) ||
			(old ? !rec_changed(c, old, VARIANT_INVENTORY)
			     : !rec_int(c, VARIANT_INVENTORY)))
			continue;
		e = inventory_set(cx, c, VARIANT_INVENTORY);
	}
	return e;
}

static struct err *
product_apply(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct err *e = sku_register(cx, now, was);

	if (!e && was) {
		e = rename_stock(cx, now, was);
		e = e ? e : hand_stock_on(cx, now, was);
	}
	return e ? e : count_stock(cx, now, was);
}
