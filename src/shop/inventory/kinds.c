/* What becomes of stock when the catalogue changes what it is of. */
#include "base/buf.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "db/db.h"
#include "model/rec.h"
#include "model/write.h"
#include "shop/inventory/inventory.h"
#include "shop/inventory/ledger.h"
#include "shop/inventory/place.h"
#include "shop/inventory/watch.h"

static struct db_value
variants_json(struct ctx *cx, const struct id *variants, size_t n)
{
	struct buf b;

	ledger_open(&b, cx, n);
	for (size_t i = 0; i < n; i++)
		ledger_row(&b, (const int64_t[]){ variants[i].n }, 1);
	return ledger_close(&b);
}

/* The foreign key takes empty stocks along with their variants; a hold keeps its own. */
struct err *
inventory_end(struct ctx *cx, struct id product, const struct id *variants, size_t n)
{
	const struct ledger_cause cause = {
		.reason = MOVED_CORRECTION, .note = STR("the variant was removed"), .quiet = true
	};
	struct ledger_change *c;
	struct db_rows rows;
	size_t left = 0;
	struct err *e = watch_lock(cx, &product, 1);

	e = e ? e
	      : db_query(cx, &rows,
			"SELECT s.id, s.on_hand, s.reserved, s.sku FROM JSON_TABLE(?, '$[*]' "
			"COLUMNS"
			" (variant BIGINT PATH '$[0]')) v STRAIGHT_JOIN stocks s FORCE INDEX "
			"(place)"
			" ON s.tenant_id = ? AND s.product_id = ? AND s.sold_as = v.variant"
			" AND s.on_hand > 0",
			variants_json(cx, variants, n), db_id(cx->tenant), db_id(product));
	if (e)
		return e;
	c = ARENA_ARRAY(cx->arena, rows.n, struct ledger_change);
	for (size_t i = 0; i < rows.n; i++) {
		const struct db_value *row = db_row(&rows, i);

		if (row[2].i)
			return err_reason(err_new(cx->arena, ERR_CONFLICT,
						  "%" PRId64 " of %.*s are still reserved",
						  row[2].i, STRF(row[3].s)),
				REASON_HAS_STOCK);
		c[left++] = (struct ledger_change){ .stock = { row[0].i }, .on_hand = -row[1].i };
	}
	return left ? ledger_apply(cx, c, left, &cause) : NULL;
}

struct err *
inventory_renamed(struct ctx *cx, struct id product, struct id variant, struct str sku)
{
	return db_exec(cx,
		"UPDATE stocks FORCE INDEX (place) SET sku = ?, version = version + 1, updated_at "
		"= ?"
		" WHERE tenant_id = ? AND product_id = ? AND sold_as = ?",
		db_text(sku), db_time(clock_now_ms()), db_id(cx->tenant), db_id(product),
		db_int(variant.n));
}

struct err *
inventory_becomes(struct ctx *cx, struct id product, struct id variant, struct str sku)
{
	struct err *e = watch_lock(cx, &product, 1);

	e = e ? e
	      : db_exec(cx,
			"UPDATE stocks FORCE INDEX (place) SET variant_id = ?, sku = ?,"
			" version = version + 1, updated_at = ?"
			" WHERE tenant_id = ? AND product_id = ? AND sold_as = 0",
			db_id(variant), db_text(sku), db_time(clock_now_ms()), db_id(cx->tenant),
			db_id(product));
	return e ? e : watch_arm(cx, product);
}

/* ---- counted by the catalogue */

static struct err *
make_warehouse(struct ctx *cx, struct id *warehouse)
{
	struct write w = { .verb = WRITE_CREATE, .resource = &warehouse_resource };
	struct written written;
	struct json *body = NULL;
	struct err *e = json_parse(cx->arena, STR("{\"name\":\"Main\",\"code\":\"main\"}"), &body);

	w.body = body;
	e = e ? e : model_write_inside(cx, &w, &written);
	if (!e)
		*warehouse = written.rec->id;
	return e;
}

static struct err *
default_warehouse(struct ctx *cx, struct id *warehouse)
{
	struct db_rows rows;
	struct err *e = place_default(cx, warehouse);

	if (!e || e->reason != REASON_NO_WAREHOUSE)
		return e;
	if (db_query(cx, &rows,
		    "SELECT id FROM warehouses WHERE tenant_id = ? AND archived_at IS NULL LIMIT 1",
		    db_id(cx->tenant)) ||
		rows.n)
		return e;
	return make_warehouse(cx, warehouse);
}

/* What of the variant is available, and what its default stock can give. Its stocks are locked. */
static struct err *
read_locked(struct ctx *cx, struct id variant, struct id stock, int64_t *available, int64_t *left)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT CAST(COALESCE(SUM(IF(w.active = 1 AND w.archived_at IS NULL, s.available, "
		"0)),"
		" 0) AS SIGNED), CAST(COALESCE(SUM(IF(s.id = ?, s.on_hand - s.reserved, 0)), 0) AS"
		" SIGNED), CAST(COALESCE(SUM(IF(s.id = ?, GREATEST(s.reserved + s.safety - "
		"s.on_hand,"
		" 0), 0)), 0) AS SIGNED) FROM stocks s"
		" JOIN warehouses w ON w.tenant_id = s.tenant_id AND w.id = s.warehouse_id"
		" WHERE s.tenant_id = ? AND s.variant_id = ?",
		db_id(stock), db_id(stock), db_id(cx->tenant), db_id(variant));

	if (e)
		return e;
	*available = db_row(&rows, 0)[0].i - db_row(&rows, 0)[2].i;
	*left = db_row(&rows, 0)[1].i;
	return NULL;
}

struct err *
inventory_set(struct ctx *cx, const struct rec *child, int field)
{
	const struct ledger_cause cause = { .reason = MOVED_COUNT };
	struct ledger_change c = { 0 };
	struct id warehouse = ID_NONE;
	int64_t available = 0, left = 0;
	struct err *e = default_warehouse(cx, &warehouse);

	e = e ? e : place_stock(cx, child->parent, child->id, warehouse, &c.stock);
	e = e ? e : watch_lock(cx, &child->parent, 1);
	e = e ? e : read_locked(cx, child->id, c.stock, &available, &left);
	if (e)
		return e;
	c.on_hand = rec_int(child, field) - available;
	if (c.on_hand < -left) {
		e = rec_refuse(cx, child, field, REASON_OUT_OF_STOCK,
			"at most %" PRId64
			" can be taken out of the default warehouse, not %" PRId64,
			left, -c.on_hand);
		e->code = ERR_CONFLICT;
		return err_reason(e, REASON_OUT_OF_STOCK);
	}
	return c.on_hand ? ledger_apply(cx, &c, 1, &cause) : NULL;
}
