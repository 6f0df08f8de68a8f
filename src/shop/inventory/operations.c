/* The operations of inventory, and the shapes of what they take and answer. */
#include "shop/inventory/operations.h"

#include "shop/inventory/inventory.h"
#include "shop/inventory/ledger.h"

/* ---- bodies */

static const struct choice reasons[] = {
	[MOVED_SOLD] = { "sold", "it left for a buyer" },
	[MOVED_RECEIVED] = { "received", "it came from a supplier" },
	[MOVED_RETURNED] = { "returned", "a buyer sent it back" },
	[MOVED_DAMAGED] = { "damaged", "it broke" },
	[MOVED_CORRECTION] = { "correction", "the figure was wrong" },
	[MOVED_TRANSFER] = { "transfer", "it went to another place, or came from there" },
	[MOVED_COUNT] = { "count", "it was counted" },
	[MOVED_LOST] = { "lost", "it is gone" },
};

#define WHERE                                                                                      \
	REF("warehouse_id", "warehouse", .alias = "location",                                      \
		DOC("The warehouse; without one, the default: the active one of the lowest "       \
		    "priority."),                                                                  \
		.example = "wh_001")
#define WHICH                                                                                      \
	REF("variant_id", "variant",                                                               \
		DOC("The variant; needed if the path does not name it and there are several."))
#define WHY                                                                                        \
	STRING("note", DOC("What the ledger shall say."), .max = NOTE_MOST,                        \
		.example = "Online order #12345")

static const struct field adjustment_fields[ADJUST__MAX] = {
	[ADJUST_QUANTITY] = INTEGER("quantity", DOC("How many pieces more; below 0: fewer. Not 0."),
		.flags = F_REQUIRED, .min = -STOCK_MOST, .max = STOCK_MOST, .example = "-10"),
	[ADJUST_REASON] =
		ENUM("reason", reasons, DOC("Why."), .flags = F_REQUIRED, .example = "sold"),
	[ADJUST_WAREHOUSE] = WHERE,
	[ADJUST_VARIANT] = WHICH,
	[ADJUST_NOTE] = WHY,
};
static const struct resource adjustment_shape =
	SHAPE("stock_adjustment", adjustment_fields, DOC("Pieces that came or went."));

static const struct field count_fields[COUNT__MAX] = {
	[COUNT_QUANTITY] = INTEGER("quantity", DOC("How many pieces lie there."),
		.flags = F_REQUIRED, .min = 0, .max = STOCK_MOST, .example = "320"),
	[COUNT_WAREHOUSE] = WHERE,
	[COUNT_VARIANT] = WHICH,
	[COUNT_NOTE] = WHY,
};
static const struct resource count_shape =
	SHAPE("stock_count", count_fields, DOC("Pieces that were counted."));

static const struct field safety_fields[SAFETY__MAX] = {
	[SAFETY_SAFETY] = INTEGER("safety", DOC("How many pieces are never promised."),
		.flags = F_REQUIRED, .min = 0, .max = STOCK_MOST, .example = "5"),
	[SAFETY_WAREHOUSE] = WHERE,
	[SAFETY_VARIANT] = WHICH,
};
static const struct resource safety_shape =
	SHAPE("safety_stock", safety_fields, DOC("What is kept back."));

static const struct field transfer_item_fields[TRANSFER_ITEM__MAX] = {
	[TRANSFER_PRODUCT] = REF("product_id", "product", DOC("The product, or else its SKU."),
		.example = "prod_123"),
	[TRANSFER_VARIANT] =
		REF("variant_id", "variant", DOC("The variant; needed if there are several.")),
	[TRANSFER_SKU] = STRING("sku", DOC("The SKU of the product or variant."), .max = 64),
	[TRANSFER_QUANTITY] = INTEGER("quantity", DOC("How many pieces."), .flags = F_REQUIRED,
		.min = 1, .max = STOCK_MOST, .example = "12"),
};
const struct resource transfer_item_shape =
	SHAPE("transfer_item", transfer_item_fields, DOC("Pieces of one thing that move."));

static const struct field transfer_fields[TRANSFER__MAX] = {
	[TRANSFER_FROM] = REF("from", "warehouse", DOC("Where they lie."), .flags = F_REQUIRED,
		.example = "wh_001"),
	[TRANSFER_TO] = REF(
		"to", "warehouse", DOC("Where they go."), .flags = F_REQUIRED, .example = "wh_002"),
	[TRANSFER_ITEMS] = OBJECTS("items", &transfer_item_shape, DOC("What moves."),
		.flags = F_REQUIRED, .min = 1, .max = TRANSFER_MOST,
		.example = "[{\"product_id\":\"prod_123\",\"quantity\":12}]"),
	[TRANSFER_NOTE] = WHY,
};
const struct resource transfer_shape =
	SHAPE("transfer", transfer_fields, DOC("Stock that moves between warehouses."));

static const struct field new_alert_fields[NEW_ALERT__MAX] = {
	[NEW_ALERT_VARIANT] =
		REF("variant_id", "variant", DOC("Only this variant; null: all of them together.")),
	[NEW_ALERT_WAREHOUSE] = REF("warehouse_id", "warehouse", .alias = "location",
		DOC("Only this warehouse; null: all of them together.")),
	[NEW_ALERT_THRESHOLD] =
		INTEGER("threshold", DOC("It tells when less than that is available."),
			.flags = F_REQUIRED, .min = 1, .max = STOCK_MOST, .example = "20"),
	[NEW_ALERT_REORDER_POINT] = INTEGER("reorder_point",
		DOC("When no more than that is available, a reorder is drafted; null: never."),
		.min = 0, .max = STOCK_MOST, .example = "10"),
	[NEW_ALERT_REORDER_QUANTITY] =
		INTEGER("reorder_quantity", DOC("How many pieces are then ordered."), .min = 1,
			.max = STOCK_MOST, .example = "100"),
	[NEW_ALERT_SUPPLIER] =
		STRING("supplier", DOC("From whom."), .max = 255, .example = "ACME Corp"),
};
static const struct resource new_alert_shape =
	SHAPE("new_alert", new_alert_fields, DOC("An alert for the product of the path."));

/* ---- answers */

static const struct field location_fields[LOCATION__MAX] = {
	[LOCATION_WAREHOUSE] =
		REF("warehouse_id", "warehouse", DOC("The warehouse."), .example = "wh_001"),
	[LOCATION_AVAILABLE] = INTEGER("available", DOC("What can be sold."), .example = "300"),
	[LOCATION_RESERVED] =
		INTEGER("reserved", DOC("What is promised to orders and carts."), .example = "15"),
	[LOCATION_ON_HAND] = INTEGER("on_hand", DOC("What lies there."), .example = "320"),
	[LOCATION_SAFETY] = INTEGER("safety", DOC("What is never promised."), .example = "5"),
};
const struct resource location_shape =
	SHAPE("stock_location", location_fields, DOC("What lies in one warehouse."));

static const struct field kind_fields[KIND__MAX] = {
	[KIND_VARIANT] = REF("variant_id", "variant", DOC("The variant; null: it has none."),
		.example = "var_789"),
	[KIND_SKU] = STRING("sku", DOC("Its SKU."), .max = 64, .example = "HEADPHONE-001"),
	[KIND_AVAILABLE] = INTEGER("available", DOC("What can be sold."), .example = "300"),
	[KIND_RESERVED] =
		INTEGER("reserved", DOC("What is promised to orders and carts."), .example = "15"),
	[KIND_ON_HAND] = INTEGER("on_hand", DOC("What lies there."), .example = "320"),
};
const struct resource kind_shape =
	SHAPE("stock_of_variant", kind_fields, DOC("What there is of one variant."));

static const struct field overview_fields[OVERVIEW__MAX] = {
	[OVERVIEW_PRODUCT] =
		REF("product_id", "product", DOC("The product."), .example = "prod_123"),
	[OVERVIEW_VARIANT] = REF("variant_id", "variant",
		DOC("The variant that the path named; null: all are added up.")),
	[OVERVIEW_AVAILABLE] =
		INTEGER("total_available", DOC("What can be sold, in all."), .example = "450"),
	[OVERVIEW_RESERVED] = INTEGER(
		"total_reserved", DOC("What is promised to orders and carts."), .example = "23"),
	[OVERVIEW_ON_HAND] =
		INTEGER("total_on_hand", DOC("What lies in warehouses."), .example = "478"),
	[OVERVIEW_LOCATIONS] = OBJECTS("locations", &location_shape,
		DOC("By warehouse, in the order of their priority."), .max = OVERVIEW_MOST),
	[OVERVIEW_VARIANTS] =
		OBJECTS("variants", &kind_shape, DOC("By variant."), .max = OVERVIEW_MOST),
};
const struct resource overview_shape =
	SHAPE("inventory", overview_fields, DOC("What there is of a product."));

/* ---- the table */

#define WRITES .scope = "inventory:write", .writes = true

const struct operation inventory_operations[INVENTORY_OPERATIONS] = {
	OPERATION("get_inventory", "GET", "inventory/{product_id}", inventory_show,
		DOC("Tells what there is of a product or variant: by its id, or its SKU."),
		.scope = "inventory:read", .output = &overview_shape),
	OPERATION("adjust_inventory", "POST", "inventory/{product_id}/adjust", inventory_adjust,
		DOC("Takes pieces in or out, with the reason."), WRITES, .status = 201,
		.event = "inventory.adjusted", .input = &adjustment_shape,
		.output = &stock_resource),
	OPERATION("count_inventory", "POST", "inventory/{product_id}/count", inventory_count,
		DOC("Says how many pieces lie there; the ledger gets the difference."), WRITES,
		.event = "inventory.counted", .input = &count_shape, .output = &stock_resource),
	OPERATION("set_safety_stock", "PUT", "inventory/{product_id}/safety", inventory_set_safety,
		DOC("Says how many pieces are never promised."), WRITES,
		.event = "inventory.safety_changed", .input = &safety_shape,
		.output = &stock_resource),
	OPERATION("transfer_inventory", "POST", "inventory/transfers", inventory_transfer,
		DOC("Moves pieces from one warehouse to another."), WRITES, .status = 201,
		.event = "inventory.transferred", .input = &transfer_shape,
		.output = &transfer_shape),
	OPERATION("create_product_alert", "POST", "inventory/{product_id}/alerts",
		inventory_add_alert, DOC("Watches the product, or one variant of it."), WRITES,
		.status = 201, .event = "alert.created", .input = &new_alert_shape,
		.output = &alert_resource),
	OPERATION("delete_product_alert", "DELETE", "inventory/{product_id}/alerts/{alert_id}",
		inventory_remove_alert, DOC("Watches no longer."), WRITES,
		.event = "alert.deleted"),
	OPERATION("delete_product_alerts", "DELETE", "inventory/{product_id}/alerts",
		inventory_remove_alerts, DOC("Removes all alerts of the product."), WRITES,
		.event = "alert.deleted"),
};
