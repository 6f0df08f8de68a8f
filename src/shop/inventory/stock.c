/* A stock: how much of one thing lies in one warehouse. Changed by the operations of inventory.c, and by orders. */
#include "shop/inventory/inventory.h"
#include "shop/inventory/operations.h"

static const struct field stock_fields[STOCK__MAX] = {
	[STOCK_PRODUCT] = REF("product_id", "product", DOC("The product."),
		.flags = F_READ_ONLY | F_FILTER, .index = "product", .example = "prod_123"),
	[STOCK_VARIANT] = REF("variant_id", "variant", DOC("The variant; null: it has none."),
		.flags = F_READ_ONLY | F_FILTER, .index = "variant", .example = "var_789"),
	[STOCK_WAREHOUSE] = REF("warehouse_id", "warehouse", DOC("Where it lies."),
		.flags = F_READ_ONLY | F_FILTER, .index = "warehouse", .example = "wh_001"),
	[STOCK_SKU] = STRING("sku", DOC("The SKU of the variant, or else of the product."),
		.flags = F_READ_ONLY | F_FILTER | F_SORT, .max = 64, .index = "sku",
		.example = "HEADPHONE-001"),
	[STOCK_AVAILABLE] = INTEGER("available",
		DOC("What can be sold: on hand, not reserved, above the safety stock."),
		.flags = F_READ_ONLY | F_FILTER | F_SORT, .index = "available", .example = "300"),
	[STOCK_ON_HAND] =
		INTEGER("on_hand", DOC("What lies there."), .flags = F_READ_ONLY, .example = "320"),
	[STOCK_RESERVED] = INTEGER("reserved", DOC("What of it is promised to orders and carts."),
		.flags = F_READ_ONLY, .example = "15"),
	[STOCK_SAFETY] = INTEGER("safety", DOC("What of it is never promised."),
		.flags = F_READ_ONLY, .example = "5"),
	[STOCK_LOW] = BOOL("low", DOC("Whether an alert says that there is too little."),
		.flags = F_READ_ONLY | F_FILTER, .example = "false"),
};

static const struct shorthand stock_shorthands[] = {
	SHORT("product_id", "product_id", DOC("Only the stock of this product.")),
	SHORT("variant_id", "variant_id", DOC("Only the stock of this variant.")),
	SHORT("warehouse_id", "warehouse_id", DOC("Only the stock of this warehouse.")),
	SHORT("sku", "sku", DOC("Only the stock of this SKU.")),
	SHORT("low", "low", DOC("Only what an alert says there is too little of: true or false.")),
};

const struct resource stock_resource = {
	.name = "stock",
	.plural = "stocks",
	.path = "inventory",
	.prefix = "stock",
	.table = "stocks",
	DOC("How much of one thing lies in one warehouse."),
	FIELDS(stock_fields),
	SHORTHANDS(stock_shorthands),
	.operations = inventory_operations,
	.noperations = INVENTORY_OPERATIONS,
	.verbs = V_LIST,
	NO_STATUS,
	SCOPES("inventory"),
	ADMIN("Inventory", STOCK_SKU, STOCK_WAREHOUSE, STOCK_AVAILABLE, STOCK_ON_HAND),
	PLAN,
};
