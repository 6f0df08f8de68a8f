/* A reorder: what is ordered from a supplier. Drafted by an alert; what is received becomes stock. */
#include "base/clock.h"
#include "db/db.h"
#include "model/rec.h"
#include "shop/inventory/inventory.h"
#include "shop/inventory/ledger.h"
#include "shop/inventory/place.h"

static rule_fn reorder_derive, reorder_check, reorder_apply;

static const struct choice reorder_statuses[] = {
	[REORDER_DRAFT] = { "draft", "nobody was asked yet" },
	[REORDER_ORDERED] = { "ordered", "the supplier was asked" },
	[REORDER_CAME] = { "received", "it is in stock" },
	[REORDER_CANCELLED] = { "cancelled", "it will not come" },
};

static const struct field reorder_fields[REORDER__MAX] = {
	[REORDER_PRODUCT] = REF("product_id", "product", DOC("The product."),
		.flags = F_READ_ONLY | F_FILTER, .index = "product", .example = "prod_123"),
	[REORDER_VARIANT] = REF("variant_id", "variant", DOC("The variant; null: it has none."),
		.flags = F_READ_ONLY | F_FILTER),
	[REORDER_WAREHOUSE] = REF("warehouse_id", "warehouse", DOC("Where it shall come."),
		.flags = F_FILTER, .example = "wh_001"),
	[REORDER_ALERT] = REF("alert_id", "alert", DOC("What drafted it."), .flags = F_READ_ONLY),
	[REORDER_SKU] = STRING("sku", DOC("The SKU when it was drafted."), .flags = F_READ_ONLY,
		.max = 64, .example = "HEADPHONE-001"),
	[REORDER_QUANTITY] =
		INTEGER("quantity", DOC("How many pieces; when it is received, how many came."),
			.min = 1, .max = STOCK_MOST, .example = "100"),
	[REORDER_SUPPLIER] = STRING("supplier", DOC("From whom."), .flags = F_FILTER | F_SORT,
		.max = 255, .index = "supplier", .example = "ACME Corp"),
	[REORDER_STATUS] =
		ENUM("status", reorder_statuses, DOC("How far it is."), .flags = F_FILTER | F_SORT,
			.index = "status", .initial = "draft", .example = "ordered"),
	[REORDER_ORDERED_AT] =
		TIME("ordered_at", DOC("When it was ordered."), .flags = F_READ_ONLY),
	[REORDER_RECEIVED_AT] = TIME("received_at", DOC("When it came."), .flags = F_READ_ONLY),
};

static const struct shorthand reorder_shorthands[] = {
	SHORT("status", "status",
		DOC("Only reorders of this status: draft, ordered, received or cancelled.")),
	SHORT("product_id", "product_id", DOC("Only reorders of this product.")),
};

const struct resource reorder_resource = {
	.name = "reorder",
	.plural = "reorders",
	.path = "inventory/reorders",
	.prefix = "reord",
	.table = "reorders",
	DOC("What is ordered from a supplier."),
	FIELDS(reorder_fields),
	SHORTHANDS(reorder_shorthands),
	.verbs = V_LIST | V_GET | V_UPDATE,
	NO_STATUS,
	SCOPES("inventory"),
	.event_created = "reorder.created",
	.event_updated = "reorder.updated",
	.derive = reorder_derive,
	.check = reorder_check,
	.apply = reorder_apply,
	ADMIN("Inventory", REORDER_SKU, REORDER_QUANTITY, REORDER_SUPPLIER, REORDER_STATUS),
	PLAN,
};

/* True if that step was made by this write. */
static bool
becomes(const struct rec *now, const struct rec *was, enum reorder_status status)
{
	return rec_choice(now, REORDER_STATUS) == (int)status &&
		rec_changed(now, was, REORDER_STATUS);
}

static struct err *
reorder_derive(struct ctx *cx UNUSED, struct rec *now, const struct rec *was)
{
	if (becomes(now, was, REORDER_ORDERED))
		rec_set_time(now, REORDER_ORDERED_AT, clock_now_ms());
	if (becomes(now, was, REORDER_CAME))
		rec_set_time(now, REORDER_RECEIVED_AT, clock_now_ms());
	return NULL;
}

static struct err *
check_step(struct ctx *cx, const struct rec *now, const struct rec *was)
{
	static const unsigned next[] = {
		[REORDER_DRAFT] = 1U << REORDER_ORDERED | 1U << REORDER_CANCELLED,
		[REORDER_ORDERED] = 1U << REORDER_CAME | 1U << REORDER_CANCELLED,
		[REORDER_CAME] = 0,
		[REORDER_CANCELLED] = 0,
	};

	if (!rec_changed(now, was, REORDER_STATUS))
		return NULL;
	return rec_check_step(cx, was, REORDER_STATUS, rec_choice(now, REORDER_STATUS), next);
}

/* What came, or will not come, stays as it is. */
static struct err *
check_open(struct ctx *cx, const struct rec *now, const struct rec *was)
{
	int from = rec_choice(was, REORDER_STATUS);

	if ((from == REORDER_DRAFT || from == REORDER_ORDERED) ||
		(!rec_changed(now, was, REORDER_QUANTITY) &&
			!rec_changed(now, was, REORDER_WAREHOUSE)))
		return NULL;
	return err_reason(err_new(cx->arena, ERR_CONFLICT, "the reorder is %s: it stays as it is",
				  reorder_statuses[from].name),
		REASON_TRANSITION);
}

static struct err *
check_warehouse(struct ctx *cx, const struct rec *now, const struct rec *was)
{
	bool there;
	struct err *e;

	if (!rec_changed(now, was, REORDER_WAREHOUSE) && !becomes(now, was, REORDER_CAME))
		return NULL;
	e = place_is_open(cx, rec_ref(now, REORDER_WAREHOUSE), &there);
	if (e || there)
		return e;
	return rec_refuse(cx, now, REORDER_WAREHOUSE, REASON_UNKNOWN, "there is no such warehouse");
}

static struct err *
reorder_check(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct err *e = check_step(cx, now, was);

	e = e ? e : check_open(cx, now, was);
	return e ? e : check_warehouse(cx, now, was);
}

static struct err *
reorder_apply(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct ledger_cause cause = {
		.reason = MOVED_RECEIVED, .source = reorder_resource.name, .of = now->id
	};
	struct ledger_change c = { .on_hand = rec_int(now, REORDER_QUANTITY) };
	struct err *e;

	if (!becomes(now, was, REORDER_CAME))
		return NULL;
	e = place_stock(cx, rec_ref(now, REORDER_PRODUCT), rec_ref(now, REORDER_VARIANT),
		rec_ref(now, REORDER_WAREHOUSE), &c.stock);
	return e ? e : ledger_apply(cx, &c, 1, &cause);
}
