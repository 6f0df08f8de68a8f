/* The ledger of stocks as a log; its rows are written by ledger.c. */
#include "shop/inventory/inventory.h"
#include "shop/inventory/ledger.h"

static const struct choice reasons[MOVED__MAX] = {
	[MOVED_SOLD] = { "sold", "it left for a buyer" },
	[MOVED_RECEIVED] = { "received", "it came from a supplier" },
	[MOVED_RETURNED] = { "returned", "a buyer sent it back" },
	[MOVED_DAMAGED] = { "damaged", "it broke" },
	[MOVED_CORRECTION] = { "correction", "the figure was wrong" },
	[MOVED_TRANSFER] = { "transfer", "it went to another warehouse, or came from there" },
	[MOVED_COUNT] = { "count", "it was counted" },
	[MOVED_LOST] = { "lost", "it is gone" },
	[MOVED_RESERVED] = { "reserved", "it was promised to an order or cart" },
	[MOVED_RELEASED] = { "released", "the promise was taken back" },
	[MOVED_EXPIRED] = { "expired", "the promise to a cart ended" },
};

static const struct field movement_fields[MOVEMENT__MAX] = {
	[MOVEMENT_PRODUCT] = REF("product_id", "product", DOC("The product."),
		.flags = F_READ_ONLY | F_FILTER, .index = "product", .example = "prod_123"),
	[MOVEMENT_VARIANT] = REF("variant_id", "variant", DOC("The variant; null: it has none."),
		.flags = F_READ_ONLY | F_FILTER, .example = "var_789"),
	[MOVEMENT_WAREHOUSE] = REF("warehouse_id", "warehouse", DOC("Where it lies."),
		.flags = F_READ_ONLY | F_FILTER, .example = "wh_001"),
	[MOVEMENT_SKU] = STRING("sku", DOC("The SKU at that time."), .flags = F_READ_ONLY,
		.max = 64, .example = "HEADPHONE-001"),
	[MOVEMENT_REASON] = ENUM(
		"reason", reasons, DOC("Why."), .flags = F_READ_ONLY | F_FILTER, .example = "sold"),
	[MOVEMENT_QUANTITY] = INTEGER("quantity", DOC("How much more lies there than before."),
		.flags = F_READ_ONLY, .min = -STOCK_MOST, .max = STOCK_MOST, .example = "-10"),
	[MOVEMENT_RESERVED_CHANGE] = INTEGER("reserved_change",
		DOC("How much more is promised than before."), .flags = F_READ_ONLY,
		.min = -STOCK_MOST, .max = STOCK_MOST, .example = "-10"),
	[MOVEMENT_ON_HAND] = INTEGER("on_hand", DOC("What lies there afterwards."),
		.flags = F_READ_ONLY, .example = "310"),
	[MOVEMENT_RESERVED] = INTEGER("reserved", DOC("What of it is promised afterwards."),
		.flags = F_READ_ONLY, .example = "5"),
	[MOVEMENT_SOURCE] = STRING("source", DOC("The kind of what caused it, such as order."),
		.flags = F_READ_ONLY, .max = 32, .example = "order"),
	[MOVEMENT_SOURCE_ID] =
		REF_OF("source_id", "source", DOC("What caused it, if anything did."),
			.flags = F_READ_ONLY | F_FILTER, .index = "source", .example = "ord_123"),
	[MOVEMENT_NOTE] = STRING("note", DOC("What was written to it."), .flags = F_READ_ONLY,
		.max = 500, .example = "Online order #12345"),
	[MOVEMENT_ACTOR] =
		STRING("actor", DOC("Who did it: a key or a user by its id, or a program's name."),
			.flags = F_READ_ONLY, .max = 64, .example = "user_456"),
};

static const struct shorthand movement_shorthands[] = {
	SHORT("reason", "reason", DOC("Only movements of this reason.")),
	SHORT("warehouse_id", "warehouse_id", DOC("Only movements in this warehouse.")),
	SHORT("variant_id", "variant_id", DOC("Only movements of this variant.")),
	SHORT("date_from", "created_at", .op = "gte",
		DOC("What moved from then on; a date is its first moment.")),
	SHORT("date_to", "created_at", .op = "lte",
		DOC("What moved until then; a date is its last moment.")),
};

static const struct listing movement_listings[] = {
	LISTING("inventory/{product_id}/movements", "product_id",
		DOC("What became of the product's stock, the latest first.")),
};

const struct resource movement_resource = {
	.name = "movement",
	.plural = "movements",
	.path = "inventory/movements",
	.prefix = "mov",
	.table = "movements",
	DOC("A change of a stock: what lies there, or what of it is promised. Never changed "
	    "itself."),
	FIELDS(movement_fields),
	SHORTHANDS(movement_shorthands),
	LISTINGS(movement_listings),
	.log_time = "created_at",
	.verbs = V_LIST | V_GET,
	NO_STATUS,
	.scope_read = "inventory:read",
	ADMIN("Inventory", MOVEMENT_SKU, MOVEMENT_REASON, MOVEMENT_QUANTITY, MOVEMENT_ON_HAND),
	PLAN,
};
