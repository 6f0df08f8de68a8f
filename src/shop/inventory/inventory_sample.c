/* The warehouses that the specification's examples name, and stock of the sample products in them. */
#include "base/id.h"
#include "db/db.h"
#include "shop/inventory/inventory.h"
#include "shop/inventory/ledger.h"
#include "shop/inventory/place.h"
#include "shop/inventory/thing.h"
#include "shop/sample.h"

/* clang-format off */
static const struct sample warehouses[] = {
	{ "wh_001", NULL, "east-coast",
		"{\"name\":\"East Coast\",\"code\":\"east-coast\",\"priority\":1,"
		"\"address\":{\"company\":\"Auricle Logistics\",\"line1\":\"40 Dock Street\","
		"\"city\":\"Newark\",\"state\":\"NJ\",\"zip\":\"07114\",\"country\":\"US\"}}" },
	{ "wh_002", NULL, "west-coast",
		"{\"name\":\"West Coast\",\"code\":\"west-coast\",\"priority\":2,"
		"\"address\":{\"company\":\"Auricle Logistics\",\"line1\":\"1 Harbor Way\","
		"\"city\":\"Oakland\",\"state\":\"CA\",\"zip\":\"94607\",\"country\":\"US\"}}" },
};

static const struct {
	const char *sku, *warehouse;
	int64_t quantity;
} stocks[] = {
	{ "123", "wh_001", 300 }, { "123", "wh_002", 150 },
	{ "HEADPHONE-456-BLACK", "wh_001", 500 }, { "HEADPHONE-456-BLACK", "wh_002", 200 },
	{ "EARBUDS-789", "wh_001", 120 },
	{ "HEADPHONE-001-BLACK", "wh_001", 80 }, { "HEADPHONE-001-SILVER", "wh_001", 60 },
	{ "SKU-001-S", "wh_001", 100 }, { "SKU-001-L", "wh_001", 100 },
	{ "SKU-002", "wh_002", 250 }, { "SKU-003", "wh_001", 40 },
};
/* clang-format on */

static struct err *
is_stocked(struct ctx *cx, struct id stock, bool *there)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT 1 FROM movements WHERE tenant_id = ? AND stock_id = ? LIMIT 1",
		db_id(cx->tenant), db_id(stock));

	*there = !e && rows.n;
	return e;
}

/* What is not there, such as a product that only the live side has, has no stock. */
static struct err *
load_stock(struct ctx *cx, const char *sku, const char *place, int64_t quantity)
{
	const struct ledger_cause cause = { .reason = MOVED_RECEIVED };
	struct ledger_change c = { .on_hand = quantity };
	struct id warehouse = ID_NONE;
	struct thing thing;
	bool there;
	struct err *e = thing_find(cx, str_of(sku), &thing);

	if (e)
		return e->code == ERR_NOT_FOUND ? NULL : e;
	must(id_parse(str_of(place), warehouse_resource.prefix, &warehouse));
	e = place_stock(cx, thing.product, thing.variant.n ? thing.variant : thing.only, warehouse,
		&c.stock);
	e = e ? e : is_stocked(cx, c.stock, &there);
	return e || there ? e : ledger_apply(cx, &c, 1, &cause);
}

static struct err *
load(struct ctx *cx, void *arg UNUSED)
{
	struct rec *made;
	struct err *e = NULL;

	for (size_t i = 0; !e && i < COUNT(warehouses); i++)
		e = sample_load(cx, &warehouse_resource, &warehouses[i], &made);
	for (size_t i = 0; !e && i < COUNT(stocks); i++)
		e = load_stock(cx, stocks[i].sku, stocks[i].warehouse, stocks[i].quantity);
	return e;
}

struct err *
inventory_sample(struct ctx *cx)
{
	return db_tx(cx, load, NULL);
}
