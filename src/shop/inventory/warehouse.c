/* A warehouse: where stock lies. Orders are served from the one of the lowest priority that has enough. */
#include "base/board.h"
#include "db/db.h"
#include "model/rec.h"
#include "shop/address/address.h"
#include "shop/inventory/inventory.h"

static rule_fn warehouse_check, warehouse_apply;

static const struct choice warehouse_types[] = {
	{ "own", "the merchant's own" },
	{ "fba", "a marketplace's, which sends by itself" },
	{ "store", "a shop with a door" },
};

static const struct field warehouse_fields[WAREHOUSE__MAX] = {
	[WAREHOUSE_NAME] = STRING("name", DOC("What people call it."),
		.flags = F_REQUIRED | F_FILTER | F_SORT | F_SEARCH, .max = 255, .index = "name",
		.example = "West Coast"),
	[WAREHOUSE_CODE] = STRING("code", DOC("What programs call it; also finds it."),
		.flags = F_REQUIRED | F_UNIQUE | F_KEY | F_FILTER | F_SORT, .max = 64,
		.index = "code", .pattern = "^[A-Za-z0-9]+([.-][A-Za-z0-9]+)*$",
		.pattern_doc = "letters and digits, parted by single '-' or '.'",
		.example = "west-coast"),
	[WAREHOUSE_TYPE] = ENUM("type", warehouse_types, DOC("Whose it is."), .flags = F_FILTER,
		.initial = "own", .example = "own"),
	[WAREHOUSE_PRIORITY] = INTEGER("priority",
		DOC("Its turn when orders are served: the lowest first. That one is also the "
		    "default."),
		.flags = F_FILTER | F_SORT, .index = "priority", .min = 0, .max = 1000000,
		.initial = "100", .example = "1"),
	[WAREHOUSE_ADDRESS] =
		OBJECT("address", &address_shape, DOC("Where it is, and whence it sends.")),
	[WAREHOUSE_ACTIVE] = BOOL("active",
		DOC("Whether what lies there can be sold; if not, it is not available either."),
		.flags = F_FILTER, .initial = "true", .example = "true"),
};

const struct resource warehouse_resource = {
	.name = "warehouse",
	.plural = "warehouses",
	.prefix = "wh",
	.table = "warehouses",
	DOC("Where stock lies."),
	FIELDS(warehouse_fields),
	.verbs = V_CRUD,
	NO_STATUS,
	SCOPES("inventory"),
	EVENTS("warehouse"),
	.max_age_s = 300,
	.check = warehouse_check,
	.apply = warehouse_apply,
	ADMIN("Inventory", WAREHOUSE_CODE, WAREHOUSE_NAME, WAREHOUSE_PRIORITY, WAREHOUSE_ACTIVE),
	PLAN,
};

/* The rows are locked, and its own is: nothing comes in until it is gone. */
static struct err *
warehouse_check(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct db_rows rows;
	struct err *e;

	if (!was || !now->archived_at || was->archived_at)
		return NULL;
	e = db_query(cx, &rows,
		"SELECT sku FROM stocks WHERE tenant_id = ? AND warehouse_id = ? AND on_hand > 0"
		" LIMIT 1 FOR UPDATE",
		db_id(cx->tenant), db_id(now->id));
	if (e || !rows.n)
		return e;
	return err_reason(err_new(cx->arena, ERR_CONFLICT,
				  "the warehouse still has stock, such as %.*s: move it first",
				  STRF(db_row(&rows, 0)[0].s)),
		REASON_HAS_STOCK);
}

/* All that lies there is available from now on, or is not any more, and products show it. */
static struct err *
warehouse_apply(struct ctx *cx UNUSED, struct rec *now, const struct rec *was)
{
	if (was && rec_changed(now, was, WAREHOUSE_ACTIVE))
		board_touch_all();
	return NULL;
}
