/* A line of a return. What it says of the thing is a copy of the order's line, which is one itself. */
#include "shop/orders/orders.h"
#include "shop/orders/returns.h"

static const struct choice reasons[] = {
	{ "damaged", "it arrived damaged" },
	{ "defective", "it does not work" },
	{ "wrong_item", "it is not what was ordered" },
	{ "not_as_described", "it is not what was promised" },
	{ "no_longer_wanted", "it is not wanted any more" },
	{ "arrived_late", "it came too late" },
	{ "other", "another reason, which the note tells" },
};

const struct choice return_conditions[CONDITIONS] = {
	[CONDITION_RESTOCK] = { "restock", "it can be sold again" },
	[CONDITION_WRITE_OFF] = { "write_off", "it cannot" },
};

static const struct field return_item_fields[BACK__MAX] = {
	[BACK_ORDER_ITEM] = REF("order_item_id", "order_item", DOC("The line of the order."),
		.flags = F_REQUIRED | F_LACKING | F_CREATE_ONLY, .example = "item_123"),
	[BACK_PRODUCT] = REF("product_id", "product", DOC("What comes back."), .flags = F_READ_ONLY,
		.example = "prod_456"),
	[BACK_VARIANT] = REF("variant_id", "variant", DOC("Which kind of it."),
		.flags = F_READ_ONLY, .example = "var_789"),
	[BACK_SKU] = STRING("sku", DOC("Its SKU, as the order has it."), .flags = F_READ_ONLY,
		.max = 64, .example = "HEADPHONE-456-BLACK"),
	[BACK_NAME] = STRING("name", DOC("Its name, as the order has it."), .flags = F_READ_ONLY,
		.max = 255, .example = "Premium Headphones"),
	[BACK_QUANTITY] = INTEGER("quantity",
		DOC("How many of it; at most what was sent and is not claimed back yet."),
		.flags = F_REQUIRED | F_CREATE_ONLY, .min = 1, .max = ORDER_QUANTITY_MOST,
		.example = "1"),
	[BACK_REASON] = ENUM("reason", reasons, DOC("Why."), .flags = F_CREATE_ONLY,
		.initial = "other", .example = "no_longer_wanted"),
	[BACK_NOTE] = STRING("note", DOC("What is wrong with it."),
		.flags = F_CREATE_ONLY | F_MULTILINE, .max = 5000, .example = "Too small"),
	[BACK_CONDITION] = ENUM("disposition", return_conditions,
		DOC("How it came back; null: it has not yet."), .flags = F_READ_ONLY),
	[BACK_CURRENCY] = STRING("currency", DOC("The currency of the order."),
		.flags = F_READ_ONLY, .max = 3, .example = "USD"),
	[BACK_PRICE] = PRICE("price", DOC("What one cost, before discounts and tax."),
		.flags = F_READ_ONLY, .money_in = "currency", .example = "199.99"),
	[BACK_AMOUNT] = AMOUNT("amount",
		DOC("Its part of what the line cost, tax included, in minor units."),
		.flags = F_READ_ONLY, .money_in = "currency", .example = "19999"),
};

const struct resource return_item_resource = {
	.name = "return_item",
	.plural = "return-items",
	.prefix = "rli",
	.table = "return_items",
	DOC("A line of a return."),
	.parent = "return",
	.parent_column = "return_id",
	FIELDS(return_item_fields),
	.verbs = 0,
	NO_STATUS,
	SCOPES("returns"),
	.max_age_s = -1,
	PLAN,
};
