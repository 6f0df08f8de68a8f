/* What becomes of stock when the catalogue changes what it is of. */
#include "base/buf.h"
#include "base/clock.h"
#include "db/db.h"
#include "shop/inventory/inventory.h"
#include "shop/inventory/ledger.h"
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

/* Empty stocks go with their variants; the foreign key sees to that. */
struct err *
inventory_may_go(struct ctx *cx, struct id product, const struct id *variants, size_t n)
{
	struct db_rows rows;
	struct err *e = watch_lock(cx, &product, 1);

	e = e ? e
	      : db_query(cx, &rows,
			"SELECT s.sku FROM JSON_TABLE(?, '$[*]' COLUMNS (variant BIGINT PATH "
			"'$[0]')) v"
			" STRAIGHT_JOIN stocks s FORCE INDEX (place) ON s.tenant_id = ?"
			" AND s.product_id = ? AND s.sold_as = v.variant AND s.on_hand > 0 LIMIT 1",
			variants_json(cx, variants, n), db_id(cx->tenant), db_id(product));
	if (e || !rows.n)
		return e;
	return err_reason(
		err_new(cx->arena, ERR_CONFLICT, "there is still stock of %.*s: count it out first",
			STRF(db_row(&rows, 0)[0].s)),
		REASON_HAS_STOCK);
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
