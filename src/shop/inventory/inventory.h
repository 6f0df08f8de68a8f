/*
 * How much there is of what can be sold, where, and for whom it is kept. What lies in a warehouse is on hand; what of
 * that is promised is reserved, and each promise is a hold; a safety stock is never promised; the rest is available.
 * Whoever sells calls the functions below inside his own transaction, as late in it as he can: they lock rows of
 * stock that everybody wants.
 *
 * What is not counted (products.track_inventory is false) is never handed in here.
 */
#ifndef SOUK_INVENTORY_H
#define SOUK_INVENTORY_H

#include "model/plan.h"

#define STOCK_MOST INT64_C(1000000000000) /* pieces in one place */
#define NOTE_MOST 500
#define OVERVIEW_MOST 10000

enum warehouse_field {
	WAREHOUSE_NAME,
	WAREHOUSE_CODE,
	WAREHOUSE_TYPE,
	WAREHOUSE_PRIORITY,
	WAREHOUSE_ADDRESS,
	WAREHOUSE_ACTIVE,
	WAREHOUSE__MAX
};

enum stock_field {
	STOCK_PRODUCT,
	STOCK_VARIANT,
	STOCK_WAREHOUSE,
	STOCK_SKU,
	STOCK_AVAILABLE,
	STOCK_ON_HAND,
	STOCK_RESERVED,
	STOCK_SAFETY,
	STOCK_LOW,
	STOCK__MAX
};

enum movement_field {
	MOVEMENT_PRODUCT,
	MOVEMENT_VARIANT,
	MOVEMENT_WAREHOUSE,
	MOVEMENT_SKU,
	MOVEMENT_REASON,
	MOVEMENT_QUANTITY,
	MOVEMENT_RESERVED_CHANGE,
	MOVEMENT_ON_HAND,
	MOVEMENT_RESERVED,
	MOVEMENT_SOURCE,
	MOVEMENT_SOURCE_ID,
	MOVEMENT_NOTE,
	MOVEMENT_ACTOR,
	MOVEMENT__MAX
};

enum alert_field {
	ALERT_PRODUCT,
	ALERT_VARIANT,
	ALERT_WAREHOUSE,
	ALERT_THRESHOLD,
	ALERT_REORDER_POINT,
	ALERT_REORDER_QUANTITY,
	ALERT_SUPPLIER,
	ALERT_LOW,
	ALERT_SHORT,
	ALERT_AVAILABLE,
	ALERT__MAX
};

enum reorder_field {
	REORDER_PRODUCT,
	REORDER_VARIANT,
	REORDER_WAREHOUSE,
	REORDER_ALERT,
	REORDER_SKU,
	REORDER_QUANTITY,
	REORDER_SUPPLIER,
	REORDER_STATUS,
	REORDER_ORDERED_AT,
	REORDER_RECEIVED_AT,
	REORDER__MAX
};

enum reorder_status { REORDER_DRAFT, REORDER_ORDERED, REORDER_CAME, REORDER_CANCELLED };

extern const struct resource warehouse_resource;
extern const struct resource stock_resource;
extern const struct resource movement_resource;
extern const struct resource alert_resource;
extern const struct resource reorder_resource;

/* So much of one stock. */
struct inventory_part {
	struct id stock, warehouse;
	int64_t quantity;
};

/* So many pieces of a product (variant is ID_NONE: it has none), in the line `at` of the body. */
struct inventory_need {
	struct id product, variant;
	int64_t quantity;
	struct str sku; /* how the line calls it, for the refusal */
	size_t at;
	/* Result: whence they come. Two lines may share a stock. */
	struct inventory_part *parts;
	size_t nparts;
};

/* For whom something is kept: an order or a cart, the other is ID_NONE. */
struct inventory_for {
	struct id order, cart;
	int64_t expires_ms; /* when the hold ends by itself; 0: never */
	bool quiet;         /* what is given back is taken again at once: nobody is told */
};

/*
 * Promises all that is needed, or nothing: each line from the first warehouse by priority that has enough alone, or
 * else from several in that order. Fills the parts. ERR_CONFLICT out_of_stock with a detail "items[at].quantity" for each
 * line that cannot be had, which names the SKU and what is available. Emits inventory.low and inventory.out_of_stock.
 */
struct err *inventory_reserve(struct ctx *cx, struct inventory_need *needs, size_t n,
	const struct inventory_for *whom) MUST_CHECK;

/*
 * Gives back what is promised: the lines' (their parts say whence it came; what was never promised is passed over), or,
 * with n 0, all there is for him. Harmless when nothing is.
 */
struct err *inventory_release(struct ctx *cx, struct inventory_need *needs, size_t n,
	const struct inventory_for *whom) MUST_CHECK;

/* The same for what leaves the warehouse: on_hand falls with reserved. */
struct err *inventory_commit(struct ctx *cx, struct inventory_need *needs, size_t n,
	const struct inventory_for *whom) MUST_CHECK;

/*
 * Takes an inventory_commit() of the order back, for what did not leave after all: so many pieces of each line as were sold of it
 * lie where they lay, promised to the order again. What was never counted is passed over.
 */
struct err *inventory_uncommit(
	struct ctx *cx, struct inventory_need *needs, size_t n, struct id order) MUST_CHECK;

/* What comes back. */
struct inventory_return {
	struct id product, variant;
	struct id warehouse; /* ID_NONE: the default one */
	int64_t quantity;
	bool damaged; /* the ledger shows it come and go, the stock stays as it is */
};

/*
 * Takes back what was sold; `source` and `of` are what the ledger names for it ("return", its id). ERR_CONFLICT
 * no_warehouse if none is named and there is none.
 */
struct err *inventory_restock(struct ctx *cx, const struct inventory_return *back, size_t n,
	const char *source, struct id of) MUST_CHECK;

/* What one thing that is sold has, over all warehouses that are active. */
struct inventory_level {
	struct id product, variant;
	int64_t available; /* result; 0: nothing is counted of it */
};

/*
 * Reads, without a lock, what is available of each, to a cart with what is kept for it (ID_NONE: to nobody in particular). One
 * statement.
 */
struct err *inventory_levels(
	struct ctx *cx, struct inventory_level *l, size_t n, struct id cart) MUST_CHECK;

/*
 * For the catalogue, inside its transaction, before these variants go: what lies there of them is taken out of the ledger.
 * ERR_CONFLICT has_stock if some of it is reserved.
 */
struct err *inventory_end(
	struct ctx *cx, struct id product, const struct id *variants, size_t n) MUST_CHECK;
/* The product (variant ID_NONE) or variant has another SKU. */
struct err *inventory_renamed(
	struct ctx *cx, struct id product, struct id variant, struct str sku) MUST_CHECK;
/*
 * So many pieces of the variant can be sold: the difference is counted in or out of the default warehouse. A shop that has no
 * warehouse gets one. ERR_CONFLICT out_of_stock for the field "inventory" of `child` if they are not there.
 */
struct err *inventory_set(struct ctx *cx, const struct rec *child, int field) MUST_CHECK;
/* What can be sold of a variant, as SQL in which t is its row. */
#define INVENTORY_OF_VARIANT                                                                       \
	"SELECT CAST(COALESCE(SUM(stock.available), 0) AS SIGNED)"                                 \
	" FROM stocks stock FORCE INDEX (place)"                                                   \
	" STRAIGHT_JOIN warehouses hall FORCE INDEX (PRIMARY)"                                     \
	" ON hall.tenant_id = stock.tenant_id AND hall.id = stock.warehouse_id"                    \
	" AND hall.active = 1 AND hall.archived_at IS NULL"                                        \
	" WHERE stock.tenant_id = t.tenant_id AND stock.product_id = t.product_id"                 \
	" AND stock.sold_as = t.id"
/* The product had no variants and gets some: its own stock, if any, is from now on that of the first. */
struct err *inventory_becomes(
	struct ctx *cx, struct id product, struct id variant, struct str sku) MUST_CHECK;

/*
 * For souk-housekeep, outside a transaction: gives back what was kept for carts and whose time is over, at most `most`
 * holds; *n says how many. With cx->dry_run it counts all there are.
 */
struct err *inventory_expire(struct ctx *cx, int64_t most, int64_t *n) MUST_CHECK;

/*
 * Loads the warehouses and the stock that the specification speaks of, for the products of catalog_sample(). What is
 * there already is left alone.
 */
struct err *inventory_sample(struct ctx *cx) MUST_CHECK;

#endif
