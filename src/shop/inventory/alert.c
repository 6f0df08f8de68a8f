/* An alert: says when there is too little of something, and orders more of it. */
#include "db/db.h"
#include "model/rec.h"
#include "shop/inventory/inventory.h"
#include "shop/inventory/watch.h"

static rule_fn alert_derive, alert_check, alert_apply;

static const struct field alert_fields[ALERT__MAX] = {
	[ALERT_PRODUCT] = REF("product_id", "product", DOC("The product that it watches."),
		.flags = F_REQUIRED | F_CREATE_ONLY | F_FILTER, .index = "product",
		.example = "prod_123"),
	[ALERT_VARIANT] =
		REF("variant_id", "variant", DOC("Only this variant; null: all of them together."),
			.flags = F_CREATE_ONLY | F_FILTER),
	[ALERT_WAREHOUSE] = REF("warehouse_id", "warehouse",
		DOC("Only this warehouse; null: all of them together."),
		.flags = F_CREATE_ONLY | F_FILTER),
	[ALERT_THRESHOLD] = INTEGER("threshold", DOC("It tells when less than that is available."),
		.flags = F_REQUIRED, .min = 1, .max = STOCK_MOST, .example = "20"),
	[ALERT_REORDER_POINT] = INTEGER("reorder_point",
		DOC("When no more than that is available, a reorder is drafted; null: never."),
		.min = 0, .max = STOCK_MOST, .example = "10"),
	[ALERT_REORDER_QUANTITY] =
		INTEGER("reorder_quantity", DOC("How many pieces are then ordered."), .min = 1,
			.max = STOCK_MOST, .example = "100"),
	[ALERT_SUPPLIER] =
		STRING("supplier", DOC("From whom."), .max = 255, .example = "ACME Corp"),
	[ALERT_LOW] =
		BOOL("low", DOC("Whether it has told, and waits until there is enough again."),
			.flags = F_READ_ONLY | F_FILTER, .initial = "false", .example = "false"),
	[ALERT_SHORT] = BOOL("is_short", DOC("The same of the reorder."), .flags = F_INTERNAL,
		.initial = "false"),
	[ALERT_AVAILABLE] =
		INTEGER("available", DOC("What was available when it last told, or was written."),
			.flags = F_READ_ONLY, .initial = "0", .example = "450"),
};

static const struct shorthand alert_shorthands[] = {
	SHORT("low", "low", DOC("Only alerts that have told: true; or that wait: false.")),
};

static const struct listing alert_listings[] = {
	LISTING("inventory/{product_id}/alerts", "product_id",
		DOC("The alerts of the product, the latest first.")),
};

const struct resource alert_resource = {
	.name = "alert",
	.plural = "alerts",
	.path = "inventory/alerts",
	.prefix = "alert",
	.table = "alerts",
	DOC("Watches how much is available of a product, variant, or either in one warehouse."),
	FIELDS(alert_fields),
	SHORTHANDS(alert_shorthands),
	LISTINGS(alert_listings),
	.verbs = V_LIST | V_GET | V_UPDATE | V_ARCHIVE,
	NO_STATUS,
	SCOPES("inventory"),
	EVENTS("alert"),
	.derive = alert_derive,
	.check = alert_check,
	.apply = alert_apply,
	ADMIN("Inventory", ALERT_PRODUCT, ALERT_THRESHOLD, ALERT_LOW),
	PLAN,
};

/* What it sees when it is written is told to nobody: nothing was crossed. */
static struct err *
alert_derive(struct ctx *cx, struct rec *now, const struct rec *was UNUSED)
{
	return watch_judge(cx, now);
}

/* The variant and the warehouse are there, and a reorder has one thing to order. */
static struct err *
check_named(struct ctx *cx, const struct rec *now)
{
	struct db_rows rows;
	const struct db_value *row;
	struct err *e = db_query(cx, &rows,
		"SELECT (SELECT COUNT(*) FROM products WHERE tenant_id = ? AND id = ?"
		" AND archived_at IS NULL), (SELECT COUNT(*) FROM variants WHERE tenant_id = ?"
		" AND product_id = ? AND id = ?), (SELECT COUNT(*) FROM warehouses WHERE"
		" tenant_id = ? AND id = ? AND archived_at IS NULL),"
		" (SELECT COUNT(*) FROM variants WHERE tenant_id = ? AND product_id = ?)",
		db_id(cx->tenant), db_id(rec_ref(now, ALERT_PRODUCT)), db_id(cx->tenant),
		db_id(rec_ref(now, ALERT_PRODUCT)), db_id(rec_ref(now, ALERT_VARIANT)),
		db_id(cx->tenant), db_id(rec_ref(now, ALERT_WAREHOUSE)), db_id(cx->tenant),
		db_id(rec_ref(now, ALERT_PRODUCT)));

	if (e)
		return e;
	row = db_row(&rows, 0);
	if (!row[0].i)
		e = rec_refuse(cx, now, ALERT_PRODUCT, REASON_UNKNOWN, "there is no such product");
	if (rec_has(now, ALERT_VARIANT) && !row[1].i)
		e = err_join(e,
			rec_refuse(cx, now, ALERT_VARIANT, REASON_UNKNOWN,
				"the product has no such variant"));
	if (rec_has(now, ALERT_WAREHOUSE) && !row[2].i)
		e = err_join(e,
			rec_refuse(cx, now, ALERT_WAREHOUSE, REASON_UNKNOWN,
				"there is no such warehouse"));
	if (!e && rec_has(now, ALERT_REORDER_POINT) && !rec_has(now, ALERT_VARIANT) && row[3].i)
		e = rec_refuse(cx, now, ALERT_VARIANT, REASON_REQUIRED,
			"must name the variant that is reordered: the product has several");
	return e;
}

static struct err *
alert_check(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct err *e = NULL;

	if (rec_has(now, ALERT_REORDER_POINT) != rec_has(now, ALERT_REORDER_QUANTITY))
		e = rec_refuse(cx, now,
			rec_has(now, ALERT_REORDER_POINT) ? ALERT_REORDER_QUANTITY
							  : ALERT_REORDER_POINT,
			REASON_REQUIRED, "reorder_point and reorder_quantity go together");
	return was && now->archived_at ? NULL : err_join(e, check_named(cx, now));
}

static struct err *
alert_apply(struct ctx *cx, struct rec *now, const struct rec *was UNUSED)
{
	return watch_arm(cx, rec_ref(now, ALERT_PRODUCT));
}
