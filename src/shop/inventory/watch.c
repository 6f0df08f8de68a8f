/*
 * A stock knows the highest level that some alert of it still waits for (watch_below), so most changes need not look at
 * any alert. A change that leaves less locks all stocks of the product and adds them up: whoever comes last of several at once sees
 * what the others left, so exactly one of them finds that a level was crossed.
 */
#include "shop/inventory/watch.h"

#include "base/clock.h"
#include "base/id.h"
#include "db/db.h"
#include "model/rec.h"
#include "model/store.h"
#include "model/trace.h"
#include "shop/inventory/inventory.h"
#include "shop/inventory/ledger.h"
#include "shop/inventory/place.h"

struct seen_stock {
	struct id id, variant, warehouse;
	int64_t available; /* 0 if its warehouse is not active */
	bool is_out;
};

struct watch {
	struct ctx *cx;
	struct id product;
	struct seen_stock *stocks;
	size_t n;
	bool changed; /* some alert was */
};

/* The stocks of the products, in the order of their ids. */
static struct err *
find_stocks(struct ctx *cx, const struct id *products, size_t n, struct db_value *ids)
{
	struct db_rows rows;
	struct err *e;
	struct buf b;

	ledger_open(&b, cx, n);
	for (size_t i = 0; i < n; i++)
		ledger_row(&b, (const int64_t[]){ products[i].n }, 1);
	e = db_query(cx, &rows,
		"SELECT DISTINCT s.id FROM JSON_TABLE(?, '$[*]' COLUMNS (product BIGINT PATH "
		"'$[0]'))"
		" p STRAIGHT_JOIN stocks s FORCE INDEX (place) ON s.tenant_id = ?"
		" AND s.product_id = p.product ORDER BY s.id",
		ledger_close(&b), db_id(cx->tenant));
	if (e)
		return e;
	ledger_open(&b, cx, rows.n);
	for (size_t i = 0; i < rows.n; i++)
		ledger_row(&b, (const int64_t[]){ db_row(&rows, i)[0].i }, 1);
	*ids = ledger_close(&b);
	return NULL;
}

/*
 * Two statements: one that found the rows without locks and locked them would be refused if somebody changed them while
 * it waited (1020).
 */
struct err *
watch_lock(struct ctx *cx, const struct id *products, size_t n)
{
	struct db_value ids;
	struct err *e = find_stocks(cx, products, n, &ids);

	return e
		? e
		: db_exec(cx,
			  "SELECT s.id FROM JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$[0]')) i"
			  " STRAIGHT_JOIN stocks s FORCE INDEX (PRIMARY) ON s.tenant_id = ?"
			  " AND s.id = i.id FOR UPDATE",
			  ids, db_id(cx->tenant));
}

static struct err *
lock_stocks(struct watch *w)
{
	struct ctx *cx = w->cx;
	struct db_rows rows;
	struct err *e = watch_lock(cx, &w->product, 1);

	if (e)
		return e;
	e = db_query(cx, &rows,
		"SELECT s.id, s.variant_id, s.warehouse_id, s.available * IFNULL((SELECT w.active"
		" FROM warehouses w WHERE w.tenant_id = s.tenant_id AND w.id = s.warehouse_id"
		" AND w.archived_at IS NULL), 0), s.is_out FROM stocks s FORCE INDEX (place)"
		" WHERE s.tenant_id = ? AND s.product_id = ? ORDER BY s.id",
		db_id(cx->tenant), db_id(w->product));

	if (e)
		return e;
	w->n = rows.n;
	w->stocks = ARENA_ARRAY(cx->arena, rows.n, struct seen_stock);
	for (size_t i = 0; i < rows.n; i++) {
		const struct db_value *row = db_row(&rows, i);

		w->stocks[i] = (struct seen_stock){ { row[0].i }, { row[1].i }, { row[2].i },
			row[3].i, row[4].i };
	}
	return NULL;
}

/* ---- nothing left */

static struct err *
trace(struct ctx *cx, const char *event, const struct rec *now, const struct rec *was)
{
	struct audit_row row = {
		.action = event,
		.resource = now->resource->plan->name,
		.object = now->id,
		.changes = trace_changes(cx, now, was),
	};
	struct err *e = audit_write(cx, &row);

	return e ? e : event_write(cx, event, now, was);
}

/* A version of its own, so that no two events are of one. */
static struct err *
set_out(struct watch *w, struct id variant, bool out)
{
	return db_exec(w->cx,
		"UPDATE stocks FORCE INDEX (place) SET is_out = ?, version = version + ?"
		" WHERE tenant_id = ? AND product_id = ? AND sold_as = ?",
		db_int(out), db_int(out), db_id(w->cx->tenant), db_id(w->product),
		db_int(variant.n));
}

static struct err *
tell_out(struct watch *w, struct id stock)
{
	struct rec *rec;
	struct err *e = store_load(w->cx, &stock_resource, ID_NONE, stock, &rec);

	return e ? e : trace(w->cx, "inventory.out_of_stock", rec, rec);
}

/* It was told that there is nothing left if all rows say so. */
static struct err *
look_out(struct watch *w, struct id stock)
{
	struct id variant = ID_NONE;
	int64_t available = 0;
	bool all_out = true, any_out = false;
	struct err *e;

	for (size_t i = 0; i < w->n; i++)
		if (w->stocks[i].id.n == stock.n)
			variant = w->stocks[i].variant;
	for (size_t i = 0; i < w->n; i++) {
		if (w->stocks[i].variant.n != variant.n)
			continue;
		available += w->stocks[i].available;
		all_out = all_out && w->stocks[i].is_out;
		any_out = any_out || w->stocks[i].is_out;
	}
	if (available)
		return any_out ? set_out(w, variant, false) : NULL;
	if (all_out)
		return NULL;
	e = tell_out(w, stock);
	return e ? e : set_out(w, variant, true);
}

/* ---- alerts */

static bool
concerns(const struct rec *alert, const struct seen_stock *s)
{
	struct id variant = rec_ref(alert, ALERT_VARIANT);
	struct id warehouse = rec_ref(alert, ALERT_WAREHOUSE);

	return (!variant.n || variant.n == s->variant.n) &&
		(!warehouse.n || warehouse.n == s->warehouse.n);
}

/* What the alert sees now. */
static void
judge(const struct watch *w, struct rec *alert)
{
	int64_t sum = 0;

	for (size_t i = 0; i < w->n; i++)
		if (concerns(alert, &w->stocks[i]))
			sum += w->stocks[i].available;
	rec_set_int(alert, ALERT_AVAILABLE, sum);
	rec_set_bool(alert, ALERT_LOW, sum < rec_int(alert, ALERT_THRESHOLD));
	rec_set_bool(alert, ALERT_SHORT,
		rec_has(alert, ALERT_REORDER_POINT) && sum <= rec_int(alert, ALERT_REORDER_POINT));
}

static struct err *
has_open_reorder(struct ctx *cx, const struct rec *alert, bool *open)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT 1 FROM reorders WHERE tenant_id = ? AND alert_id = ?"
		" AND status IN ('draft', 'ordered') LIMIT 1",
		db_id(cx->tenant), db_id(alert->id));

	*open = !e && rows.n;
	return e;
}

/* The SKU that the alert is about: that of a stock it sees. */
static struct err *
sku_of(struct ctx *cx, const struct rec *alert, struct str *sku)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT IFNULL((SELECT v.sku FROM variants v WHERE v.tenant_id = p.tenant_id"
		" AND v.id = ?), p.sku) FROM products p WHERE p.tenant_id = ? AND p.id = ?",
		db_id(rec_ref(alert, ALERT_VARIANT)), db_id(cx->tenant),
		db_id(rec_ref(alert, ALERT_PRODUCT)));

	if (!e)
		*sku = db_row(&rows, 0)[0].s;
	return e;
}

static struct err *
draft_reorder(struct ctx *cx, const struct rec *alert)
{
	struct rec *now = rec_new(cx->arena, &reorder_resource);
	struct id warehouse = rec_ref(alert, ALERT_WAREHOUSE);
	struct str sku = { 0 };
	struct err *e = warehouse.n ? NULL : place_default(cx, &warehouse);

	e = e ? e : sku_of(cx, alert, &sku);
	if (e)
		return e;
	now->id = id_new();
	now->version = 1;
	now->created_at = now->updated_at = clock_now_ms();
	rec_set_ref(now, REORDER_PRODUCT, rec_ref(alert, ALERT_PRODUCT));
	if (rec_has(alert, ALERT_VARIANT))
		rec_set_ref(now, REORDER_VARIANT, rec_ref(alert, ALERT_VARIANT));
	rec_set_ref(now, REORDER_WAREHOUSE, warehouse);
	rec_set_ref(now, REORDER_ALERT, alert->id);
	rec_set_str(now, REORDER_SKU, sku);
	rec_set_int(now, REORDER_QUANTITY, rec_int(alert, ALERT_REORDER_QUANTITY));
	if (rec_has(alert, ALERT_SUPPLIER))
		rec_set_str(now, REORDER_SUPPLIER, rec_str(alert, ALERT_SUPPLIER));
	rec_set_choice(now, REORDER_STATUS, REORDER_DRAFT);
	e = store_insert(cx, now);
	return e ? e : trace(cx, reorder_resource.event_created, now, NULL);
}

static struct err *
reorder(struct ctx *cx, const struct rec *alert)
{
	bool open;
	struct err *e = has_open_reorder(cx, alert, &open);

	return e || open ? e : draft_reorder(cx, alert);
}

static struct err *
look_at(struct watch *w, struct id id)
{
	struct ctx *cx = w->cx;
	struct rec *was, *now;
	struct err *e = store_load(cx, &alert_resource, ID_NONE, id, &was);

	if (e)
		return e;
	now = rec_copy(cx->arena, was);
	judge(w, now);
	if (!rec_changed(now, was, ALERT_LOW) && !rec_changed(now, was, ALERT_SHORT))
		return NULL;
	w->changed = true;
	now->version++;
	now->updated_at = clock_now_ms();
	e = store_update(cx, now, was);
	if (!e && rec_bool(now, ALERT_LOW) && !rec_bool(was, ALERT_LOW))
		e = trace(cx, "inventory.low", now, was);
	if (!e && rec_bool(now, ALERT_SHORT) && !rec_bool(was, ALERT_SHORT))
		e = reorder(cx, now);
	return e;
}

static struct err *
look_at_alerts(struct watch *w)
{
	struct ctx *cx = w->cx;
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT id FROM alerts FORCE INDEX (product) WHERE tenant_id = ? AND product_id = "
		"? AND archived_at IS "
		"NULL"
		" ORDER BY id",
		db_id(cx->tenant), db_id(w->product));

	for (size_t i = 0; !e && i < rows.n; i++)
		e = look_at(w, (struct id){ db_row(&rows, i)[0].i });
	return e || !w->changed ? e : watch_arm(cx, w->product);
}

struct err *
watch_arm(struct ctx *cx, struct id product)
{
	return db_exec(cx,
		"UPDATE stocks s FORCE INDEX (place) LEFT JOIN (SELECT s2.id, MAX(a.low) AS low,"
		" MAX(a.low OR a.is_short) AS told, MAX(GREATEST(IF(a.low, 0, a.threshold),"
		" IF(a.is_short, 0, IFNULL(a.reorder_point + 1, 0)))) AS below"
		" FROM alerts a JOIN stocks s2 ON s2.tenant_id = a.tenant_id"
		" AND s2.product_id = a.product_id"
		" WHERE a.tenant_id = ? AND a.product_id = ? AND a.archived_at IS NULL"
		" AND (a.variant_id IS NULL OR a.variant_id = s2.variant_id)"
		" AND (a.warehouse_id IS NULL OR a.warehouse_id = s2.warehouse_id)"
		" GROUP BY s2.id) w ON w.id = s.id"
		" SET s.low = IFNULL(w.low, 0), s.told = IFNULL(w.told, 0), s.watch_below = w.below"
		" WHERE s.tenant_id = ? AND s.product_id = ?",
		db_id(cx->tenant), db_id(product), db_id(cx->tenant), db_id(product));
}

struct err *
watch_judge(struct ctx *cx, struct rec *alert)
{
	struct watch w = { .cx = cx, .product = rec_ref(alert, ALERT_PRODUCT) };
	struct err *e = place_lock_product(cx, w.product);

	e = e ? e : lock_stocks(&w);
	if (!e)
		judge(&w, alert);
	return e;
}

struct err *
watch_product(struct ctx *cx, struct id product, struct id stock)
{
	struct watch w = { .cx = cx, .product = product };
	struct err *e = lock_stocks(&w);

	e = e ? e : look_out(&w, stock);
	return e ? e : look_at_alerts(&w);
}
