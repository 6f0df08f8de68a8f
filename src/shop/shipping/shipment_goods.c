/*
 * What is in a shipment that crosses a border, as its label must declare it: the order's lines at what was paid for one, and
 * their part of what the packages weigh.
 */
#include "shop/shipping/rates_int.h"
#include "shop/shipping/shipments.h"

#include "base/money.h"
#include "db/db.h"

static int64_t
mass(const struct carrier_ask *ask)
{
	int64_t sum = 0;

	for (size_t i = 0; i < ask->npackages; i++)
		sum += ask->packages[i].weight_mg;
	return sum;
}

/* By number: what one piece weighs, nobody wrote down. */
static void
share_weight(struct ctx *cx, struct carrier_ask *ask, struct carrier_item *items)
{
	struct money_part *parts = ARENA_ARRAY(cx->arena, ask->nitems, struct money_part);
	int64_t *quantities = ARENA_ARRAY(cx->arena, ask->nitems, int64_t);

	for (size_t i = 0; i < ask->nitems; i++)
		quantities[i] = items[i].quantity;
	money_split(cx->arena, mass(ask), quantities, ask->nitems, parts);
	for (size_t i = 0; i < ask->nitems; i++)
		items[i].weight_mg = parts[i].amount;
}

struct err *
shipment_goods(struct ctx *cx, struct id shipment, struct carrier_ask *ask)
{
	struct carrier_item *items;
	struct db_rows rows;
	struct err *e;

	if (str_eq(ask->from.country, ask->to.country))
		return NULL;
	e = db_query(cx, &rows,
		"SELECT s.name, s.quantity, i.price, i.currency FROM shipment_items s"
		" JOIN order_items i ON i.tenant_id = s.tenant_id AND i.id = s.order_item_id"
		" WHERE s.tenant_id = ? AND s.shipment_id = ? ORDER BY s.id",
		db_id(cx->tenant), db_id(shipment));
	if (e || !rows.n)
		return e;
	items = ARENA_ARRAY(cx->arena, rows.n, struct carrier_item);
	for (size_t i = 0; i < rows.n; i++) {
		const struct db_value *row = db_row(&rows, i);

		items[i] = (struct carrier_item){ .description = row[0].s, .quantity = row[1].i };
		if (!rates_convert(row[3].s, ask->currency, row[2].i, &items[i].unit_minor))
			return NULL;
	}
	ask->items = items;
	ask->nitems = rows.n;
	share_weight(cx, ask, items);
	return NULL;
}
