#include "shop/inventory/place.h"

#include "base/clock.h"
#include "base/id.h"
#include "db/db.h"
#include "model/rec.h"
#include "model/store.h"
#include "model/trace.h"
#include "shop/inventory/inventory.h"
#include "shop/inventory/ledger.h"
#include "shop/inventory/watch.h"

struct err *
place_default(struct ctx *cx, struct id *warehouse)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT id FROM warehouses WHERE tenant_id = ? AND active = 1 AND archived_at IS "
		"NULL"
		" ORDER BY priority, id LIMIT 1 LOCK IN SHARE MODE",
		db_id(cx->tenant));

	if (e)
		return e;
	if (!rows.n)
		return err_reason(err_new(cx->arena, ERR_CONFLICT, "there is no active warehouse"),
			REASON_NO_WAREHOUSE);
	warehouse->n = db_row(&rows, 0)[0].i;
	return NULL;
}

struct err *
place_is_open(struct ctx *cx, struct id warehouse, bool *open)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT id FROM warehouses WHERE tenant_id = ? AND id = ? AND archived_at IS NULL"
		" LOCK IN SHARE MODE",
		db_id(cx->tenant), db_id(warehouse));

	*open = !e && rows.n;
	return e;
}

static struct err *
find(struct ctx *cx, struct id product, struct id variant, struct id warehouse, struct id *stock)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT id FROM stocks FORCE INDEX (place) WHERE tenant_id = ? AND product_id = ? "
		"AND sold_as = ?"
		" AND warehouse_id = ?",
		db_id(cx->tenant), db_id(product), db_int(variant.n), db_id(warehouse));

	stock->n = !e && rows.n ? db_row(&rows, 0)[0].i : 0;
	return e;
}

struct err *
place_lock_product(struct ctx *cx, struct id product)
{
	return db_exec(cx, "SELECT id FROM products WHERE tenant_id = ? AND id = ? FOR UPDATE",
		db_id(cx->tenant), db_id(product));
}

static struct err *
make(struct ctx *cx, struct id product, struct id variant, struct id warehouse, struct id *stock)
{
	struct db_value now = db_time(clock_now_ms());
	struct db_rows rows;
	struct err *e = place_lock_product(cx, product);

	e = e ? e
	      : db_query(cx, &rows,
			"INSERT INTO stocks (tenant_id, id, created_at, updated_at, product_id,"
			" variant_id, warehouse_id, sku, is_out)"
			" SELECT p.tenant_id, ?, ?, ?, p.id, v.id, w.id, IFNULL(v.sku, p.sku), 1"
			" FROM products p"
			" JOIN warehouses w ON w.tenant_id = p.tenant_id AND w.id = ?"
			" LEFT JOIN variants v ON v.tenant_id = p.tenant_id AND v.product_id = p.id"
			" AND v.id = ?"
			" WHERE p.tenant_id = ? AND p.id = ? AND IFNULL(v.id, 0) = ?"
			" ON DUPLICATE KEY UPDATE stocks.id = stocks.id RETURNING id",
			db_id(id_new()), now, now, db_id(warehouse), db_int(variant.n),
			db_id(cx->tenant), db_id(product), db_int(variant.n));
	if (e)
		return e;
	if (!rows.n)
		return err_new(cx->arena, ERR_NOT_FOUND, "there is no such thing to be stocked");
	stock->n = db_row(&rows, 0)[0].i;
	e = watch_lock(cx, &product, 1);
	return e ? e : watch_arm(cx, product);
}

struct err *
place_stock(
	struct ctx *cx, struct id product, struct id variant, struct id warehouse, struct id *stock)
{
	struct err *e = find(cx, product, variant, warehouse, stock);

	return e || stock->n ? e : make(cx, product, variant, warehouse, stock);
}

struct err *
place_trace(struct ctx *cx, const char *event, const struct rec *was, struct rec **now)
{
	struct err *e = store_load(cx, was->resource, ID_NONE, was->id, now);
	struct audit_row row = {
		.action = event, .resource = was->resource->plan->name, .object = was->id
	};

	if (e || (*now)->version == was->version)
		return e;
	row.changes = trace_changes(cx, *now, was);
	e = audit_write(cx, &row);
	return e ? e : event_write(cx, event, *now, was);
}

/* ---- what comes back */

static struct err *
place_return(struct ctx *cx, const struct inventory_return *back, struct id *stock)
{
	struct id warehouse = back->warehouse;
	struct err *e = warehouse.n ? NULL : place_default(cx, &warehouse);

	return e ? e : place_stock(cx, back->product, back->variant, warehouse, stock);
}

struct err *
inventory_restock(struct ctx *cx, const struct inventory_return *back, size_t n, const char *source,
	struct id of)
{
	struct ledger_cause come = { .reason = MOVED_RETURNED, .source = source, .of = of };
	struct ledger_cause go = {
		.reason = MOVED_DAMAGED, .source = source, .of = of, .quiet = true
	};
	struct ledger_change *good = ARENA_ARRAY(cx->arena, n, struct ledger_change);
	struct ledger_change *bad = ARENA_ARRAY(cx->arena, n, struct ledger_change);
	size_t ngood = 0, nbad = 0;
	struct err *e = NULL;

	for (size_t i = 0; !e && i < n; i++) {
		struct ledger_change c = { .on_hand = back[i].quantity };

		e = place_return(cx, &back[i], &c.stock);
		if (!e && back[i].damaged)
			ledger_add(bad, &nbad, c);
		else if (!e)
			ledger_add(good, &ngood, c);
	}
	if (!e && ngood)
		e = ledger_apply(cx, good, ngood, &come);
	if (e || !nbad)
		return e;
	come.quiet = true;
	e = ledger_apply(cx, bad, nbad, &come);
	for (size_t i = 0; i < nbad; i++)
		bad[i].on_hand = -bad[i].on_hand;
	return e ? e : ledger_apply(cx, bad, nbad, &go);
}

/* ---- what there is */

struct err *
inventory_levels(struct ctx *cx, struct inventory_level *l, size_t n, struct id cart)
{
	struct db_rows rows;
	struct err *e;
	struct buf b;

	ledger_open(&b, cx, n);
	for (size_t i = 0; i < n; i++)
		ledger_row(&b, (const int64_t[]){ (int64_t)i, l[i].product.n, l[i].variant.n }, 3);
	e = db_query(cx, &rows,
		"SELECT n.at, IF(h.own IS NULL, s.available,"
		" GREATEST(s.on_hand - s.reserved - s.safety + h.own, 0)) FROM JSON_TABLE(?, "
		"'$[*]' COLUMNS"
		" (at INT PATH '$[0]', product BIGINT PATH '$[1]', variant BIGINT PATH '$[2]')) n"
		" STRAIGHT_JOIN stocks s FORCE INDEX (place) ON s.tenant_id = ? AND s.product_id = "
		"n.product"
		" AND s.sold_as = n.variant"
		" JOIN warehouses w ON w.tenant_id = s.tenant_id AND w.id = s.warehouse_id"
		" AND w.active = 1 AND w.archived_at IS NULL"
		" LEFT JOIN (SELECT stock_id, CAST(SUM(quantity) AS SIGNED) AS own"
		" FROM holds FORCE INDEX (of_cart) WHERE tenant_id = ? AND cart_id = ?"
		" GROUP BY stock_id) h ON h.stock_id = s.id",
		ledger_close(&b), db_id(cx->tenant), db_id(cx->tenant), db_id(cart));
	for (size_t i = 0; i < n; i++)
		l[i].available = 0;
	for (size_t i = 0; !e && i < rows.n; i++)
		l[db_row(&rows, i)[0].i].available += db_row(&rows, i)[1].i;
	return e;
}
