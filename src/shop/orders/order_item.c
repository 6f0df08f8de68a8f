/* A line of an order. What it says of its product is a copy: a later change of the product does not touch it. */
#include "shop/orders/orders.h"

#define ATTRIBUTES_MOST 50

static const struct field item_fields[ITEM__MAX] = {
	[ITEM_PRODUCT] = REF("product_id", "product",
		DOC("What was bought; a sku may be given instead."), .example = "prod_456"),
	[ITEM_VARIANT] = REF("variant_id", "variant",
		DOC("Which kind of it; may be left out if there is only one."),
		.example = "var_789"),
	[ITEM_SKU] = STRING("sku", DOC("Its SKU, as it was then."), .max = 64,
		.example = "HEADPHONE-456-BLACK"),
	[ITEM_NAME] = STRING("name", DOC("Its name, as it was then, in the shop's language."),
		.flags = F_READ_ONLY, .max = 255, .example = "Premium Headphones"),
	[ITEM_ATTRIBUTES] = MAP("attributes",
		DOC("What told the variant from the others, as it was then."), .flags = F_READ_ONLY,
		.max = ATTRIBUTES_MOST, .example = "{\"color\":\"Black\"}"),
	[ITEM_QUANTITY] = INTEGER("quantity", DOC("How many of it."), .flags = F_REQUIRED, .min = 1,
		.max = ORDER_QUANTITY_MOST, .example = "2"),
	[ITEM_CURRENCY] = STRING("currency", DOC("The order's currency."), .flags = F_READ_ONLY,
		.max = 3, .example = "USD"),
	[ITEM_LIST_PRICE] = PRICE("list_price", DOC("What one costs everybody."),
		.flags = F_READ_ONLY, .example = "199.99"),
	[ITEM_PRICE] = PRICE("price",
		DOC("What one costs here, before discounts. The shop says it; another one is "
		    "taken with the scope orders:price_override only."),
		.min = 0, .example = "199.99"),
	[ITEM_SUBTOTAL] = PRICE("subtotal", DOC("The price times the quantity."),
		.flags = F_READ_ONLY, .example = "399.98"),
	[ITEM_DISCOUNT_TOTAL] = PRICE("discount_total", DOC("Its part of all discounts."),
		.flags = F_READ_ONLY, .example = "0.00"),
	[ITEM_TAX_TOTAL] = PRICE(
		"tax_total", DOC("Its part of the tax."), .flags = F_READ_ONLY, .example = "0.00"),
	[ITEM_TOTAL] = PRICE("total", DOC("What is to be paid for the line."), .flags = F_READ_ONLY,
		.example = "399.98"),
	[ITEM_TAX_CLASS] = STRING("tax_class", DOC("Which tax rates applied."),
		.flags = F_READ_ONLY, .max = 32, .example = "standard"),
	[ITEM_QUANTITY_FULFILLED] = INTEGER("quantity_fulfilled", DOC("How many were sent."),
		.flags = F_READ_ONLY, .initial = "0", .example = "0"),
	[ITEM_QUANTITY_RETURNED] = INTEGER("quantity_returned", DOC("How many came back."),
		.flags = F_READ_ONLY, .initial = "0", .example = "0"),
	[ITEM_POSITION] = INTEGER("position", DOC("Its place among the lines."),
		.flags = F_READ_ONLY, .example = "0"),
	[ITEM_EXPLANATION] = STRING("explanation", DOC("How its total came about, as JSON."),
		.flags = F_INTERNAL | F_MULTILINE, .max = 65535),
};

const struct resource order_item_resource = {
	.name = "order_item",
	.plural = "items",
	.prefix = "item",
	.table = "order_items",
	DOC("A line of an order."),
	.parent = "order",
	.parent_column = "order_id",
	.order_column = "position",
	FIELDS(item_fields),
	.verbs = 0,
	NO_STATUS,
	SCOPES("orders"),
	.max_age_s = -1,
	PLAN,
};
