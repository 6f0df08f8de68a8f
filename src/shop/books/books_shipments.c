/* Shipments, and the orders that they are of. */
#include "shop/books/books_int.h"

/*
 * Of an order that has shipments, each line was sent as often as they say. Before there were any, orders were said to be shipped by hand;
 * those have none, and are not looked at.
 */
struct err *
books_shipments(struct ctx *cx, struct books *b, const struct span *s)
{
	static const struct books_rule rule = { "item", { "quantity_fulfilled" }, 1 };
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		PATIENTLY
		"SELECT i.id, COALESCE(l.sent, 0), i.quantity_fulfilled"
		" FROM (SELECT DISTINCT order_id FROM shipments FORCE INDEX (of_order) WHERE "
		"tenant_id = ?"
		" AND order_id > ? AND order_id <= ?) d"
		" JOIN order_items i FORCE INDEX (`order`) ON i.tenant_id = ? AND i.order_id = "
		"d.order_id"
		" LEFT JOIN (SELECT x.order_item_id, CAST(SUM(x.quantity) AS SIGNED) AS sent"
		" FROM shipments s FORCE INDEX (of_order) JOIN shipment_items x FORCE INDEX "
		"(shipment)"
		" ON x.tenant_id = s.tenant_id AND x.shipment_id = s.id"
		" WHERE s.tenant_id = ? AND s.order_id > ? AND s.order_id <= ? AND s.status <> "
		"'voided'"
		" GROUP BY x.order_item_id) l ON l.order_item_id = i.id"
		" WHERE i.quantity_fulfilled <> COALESCE(l.sent, 0)",
		db_id(cx->tenant), db_int(s->after.n), db_int(s->until.n), db_id(cx->tenant),
		db_id(cx->tenant), db_int(s->after.n), db_int(s->until.n));

	if (!e)
		books_tell(cx, b, &rule, &rows);
	return e;
}
