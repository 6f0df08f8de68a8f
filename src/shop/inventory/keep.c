/* Holds that end: given back, shipped, or expired. */
#include "shop/inventory/inventory.h"

#include "base/clock.h"
#include "base/id.h"
#include "shop/inventory/ledger.h"
#include "shop/inventory/watch.h"

/* A hold, and what of it ends now. */
struct hold {
	struct id id, stock, warehouse, product, variant;
	int64_t quantity, ends;
	bool told; /* somebody waits for its stock to be filled */
};

struct holds {
	struct hold *h;
	size_t n;
};

static struct err *
read_holds(struct ctx *cx, const struct inventory_for *whom, struct holds *out)
{
	struct db_rows rows;
	struct err *e;

	if (whom->order.n)
		e = db_query(cx, &rows,
			"SELECT h.id, h.stock_id, s.warehouse_id, h.product_id, h.variant_id, "
			"h.quantity, s.is_out OR s.told"
			" FROM holds h FORCE INDEX (of_order) STRAIGHT_JOIN stocks s FORCE INDEX "
			"(PRIMARY) "
			"ON s.tenant_id = h.tenant_id AND s.id = "
			"h.stock_id"
			" WHERE h.tenant_id = ? AND h.order_id = ? ORDER BY h.id",
			db_id(cx->tenant), db_id(whom->order));
	else
		e = db_query(cx, &rows,
			"SELECT h.id, h.stock_id, s.warehouse_id, h.product_id, h.variant_id, "
			"h.quantity, s.is_out OR s.told"
			" FROM holds h FORCE INDEX (of_cart) STRAIGHT_JOIN stocks s FORCE INDEX "
			"(PRIMARY) "
			"ON s.tenant_id = h.tenant_id AND s.id = "
			"h.stock_id"
			" WHERE h.tenant_id = ? AND h.cart_id = ? ORDER BY h.id",
			db_id(cx->tenant), db_id(whom->cart));
	if (e)
		return e;
	*out = (struct holds){ ARENA_ARRAY(cx->arena, rows.n, struct hold), rows.n };
	for (size_t i = 0; i < rows.n; i++) {
		const struct db_value *row = db_row(&rows, i);

		out->h[i] = (struct hold){ { row[0].i }, { row[1].i }, { row[2].i }, { row[3].i },
			{ row[4].i }, row[5].i, 0, row[6].i };
	}
	return NULL;
}

/* What of the holds each line ends, the oldest first. */
static void
end_lines(struct ctx *cx, struct holds *all, struct inventory_need *needs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct inventory_need *need = &needs[i];
		int64_t left = need->quantity;

		need->parts = ARENA_ARRAY(cx->arena, all->n, struct inventory_part);
		need->nparts = 0;
		for (size_t k = 0; k < all->n && left; k++) {
			struct hold *h = &all->h[k];
			int64_t part = MIN(h->quantity - h->ends, left);

			if (h->product.n != need->product.n || h->variant.n != need->variant.n ||
				!part)
				continue;
			h->ends += part;
			left -= part;
			need->parts[need->nparts++] =
				(struct inventory_part){ h->stock, h->warehouse, part };
		}
	}
}

static void
end_all(struct holds *all)
{
	for (size_t i = 0; i < all->n; i++)
		all->h[i].ends = all->h[i].quantity;
}

/*
 * Takes the rows out, or what ends of them. Whoever waits for the same rows finds fewer than he read: then the
 * transaction begins again.
 */
static struct err *
take_out(struct ctx *cx, const struct holds *all)
{
	size_t whole = 0, part = 0;
	struct db_rows rows = { 0 };
	struct err *e = NULL;
	struct buf gone, less;

	ledger_open(&gone, cx, all->n);
	ledger_open(&less, cx, all->n);
	for (size_t i = 0; i < all->n; i++) {
		const struct hold *h = &all->h[i];

		if (!h->ends)
			continue;
		whole += h->ends == h->quantity;
		part += h->ends != h->quantity;
		ledger_row(h->ends == h->quantity ? &gone : &less,
			(const int64_t[]){ h->id.n, h->quantity, h->ends }, 3);
	}
	if (whole)
		e = db_query(cx, &rows,
			"DELETE h FROM JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$[0]', "
			"quantity"
			" BIGINT PATH '$[1]')) c STRAIGHT_JOIN holds h FORCE INDEX (PRIMARY)"
			" ON h.tenant_id = ? AND h.id = c.id AND h.quantity = c.quantity",
			ledger_close(&gone), db_id(cx->tenant));
	if (!e && rows.affected != (int64_t)whole)
		return err_new(cx->arena, ERR_TX_REPEAT, NULL);
	rows.affected = 0;
	if (!e && part)
		e = db_query(cx, &rows,
			"UPDATE JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$[0]', quantity "
			"BIGINT"
			" PATH '$[1]', ends BIGINT PATH '$[2]')) c STRAIGHT_JOIN holds h FORCE "
			"INDEX (PRIMARY)"
			" ON h.tenant_id = ? AND h.id = c.id SET h.quantity = h.quantity - c.ends"
			" WHERE h.quantity = c.quantity",
			ledger_close(&less), db_id(cx->tenant));
	if (!e && rows.affected != (int64_t)part)
		return err_new(cx->arena, ERR_TX_REPEAT, NULL);
	return e;
}

/* Whoever will have to look at all stocks of a product holds them first. */
static struct err *
lock_told(struct ctx *cx, const struct holds *all)
{
	struct id *products = ARENA_ARRAY(cx->arena, all->n, struct id);
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		if (all->h[i].ends && all->h[i].told)
			products[n++] = all->h[i].product;
	return n ? watch_lock(cx, products, n) : NULL;
}

static struct err *
settle(struct ctx *cx, const struct holds *all, const struct ledger_cause *cause)
{
	struct ledger_change *c = ARENA_ARRAY(cx->arena, all->n, struct ledger_change);
	size_t n = 0;
	struct err *e;

	for (size_t i = 0; i < all->n; i++) {
		int64_t ends = all->h[i].ends;

		if (ends)
			ledger_add(c, &n,
				(struct ledger_change){ .stock = all->h[i].stock,
					.on_hand = cause->reason == MOVED_SOLD ? -ends : 0,
					.reserved = -ends });
	}
	if (!n)
		return NULL;
	e = cause->reason == MOVED_SOLD ? NULL : lock_told(cx, all);
	e = e ? e : take_out(cx, all);
	return e ? e : ledger_apply(cx, c, n, cause);
}

static struct err *
end(struct ctx *cx, struct inventory_need *needs, size_t n, const struct inventory_for *whom,
	enum movement_reason reason)
{
	struct ledger_cause cause = {
		.reason = reason,
		.source = whom->order.n ? "order" : "cart",
		.of = whom->order.n ? whom->order : whom->cart,
		.quiet = whom->quiet,
	};
	struct holds all;
	struct err *e = read_holds(cx, whom, &all);

	if (e)
		return e;
	if (n)
		end_lines(cx, &all, needs, n);
	else
		end_all(&all);
	return settle(cx, &all, &cause);
}

struct err *
inventory_release(
	struct ctx *cx, struct inventory_need *needs, size_t n, const struct inventory_for *whom)
{
	return end(cx, needs, n, whom, MOVED_RELEASED);
}

struct err *
inventory_commit(
	struct ctx *cx, struct inventory_need *needs, size_t n, const struct inventory_for *whom)
{
	return end(cx, needs, n, whom, MOVED_SOLD);
}

/* ---- what did not leave after all */

/* How much of each stock was sold to the order and not taken back. */
static struct err *
read_sold(struct ctx *cx, struct id order, struct holds *out)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT s.id, s.warehouse_id, s.product_id, s.variant_id, CAST(-SUM(m.quantity) AS "
		"SIGNED) AS sold"
		" FROM movements m FORCE INDEX (source) STRAIGHT_JOIN stocks s FORCE INDEX "
		"(PRIMARY)"
		" ON s.tenant_id = m.tenant_id AND s.id = m.stock_id"
		" WHERE m.tenant_id = ? AND m.source_id = ? AND m.reason = 'sold'"
		" GROUP BY s.id, s.warehouse_id, s.product_id, s.variant_id HAVING sold > 0 ORDER "
		"BY "
		"s.id",
		db_id(cx->tenant), db_id(order));

	if (e)
		return e;
	*out = (struct holds){ ARENA_ARRAY(cx->arena, rows.n, struct hold), rows.n };
	for (size_t i = 0; i < rows.n; i++) {
		const struct db_value *row = db_row(&rows, i);

		out->h[i] = (struct hold){ .id = id_new(),
			.stock = { row[0].i },
			.warehouse = { row[1].i },
			.product = { row[2].i },
			.variant = { row[3].i },
			.quantity = row[4].i };
	}
	return NULL;
}

static struct err *
hold_again(struct ctx *cx, const struct holds *all, struct id order)
{
	struct err *e = NULL;

	for (size_t i = 0; !e && i < all->n; i++) {
		const struct hold *h = &all->h[i];

		if (h->ends)
			e = db_exec(cx,
				"INSERT INTO holds (tenant_id, id, created_at, stock_id, "
				"product_id,"
				" variant_id, quantity, order_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
				db_id(cx->tenant), db_id(h->id), db_time(clock_now_ms()),
				db_id(h->stock), db_id(h->product), db_id(h->variant),
				db_int(h->ends), db_id(order));
	}
	return e;
}

struct err *
inventory_uncommit(struct ctx *cx, struct inventory_need *needs, size_t n, struct id order)
{
	struct ledger_cause cause = { .reason = MOVED_SOLD,
		.source = "order",
		.of = order,
		.note = STR("was not sent after all") };
	struct ledger_change *c;
	struct holds all;
	size_t changes = 0;
	struct err *e = read_sold(cx, order, &all);

	if (e)
		return e;
	end_lines(cx, &all, needs, n);
	c = ARENA_ARRAY(cx->arena, all.n, struct ledger_change);
	for (size_t i = 0; i < all.n; i++)
		if (all.h[i].ends)
			ledger_add(c, &changes,
				(struct ledger_change){ .stock = all.h[i].stock,
					.on_hand = all.h[i].ends,
					.reserved = all.h[i].ends });
	if (!changes)
		return NULL;
	e = hold_again(cx, &all, order);
	return e ? e : ledger_apply(cx, c, changes, &cause);
}

/* ---- what expires */

struct expiry {
	int64_t most, *n;
};

static struct err *
expire(struct ctx *cx, void *arg)
{
	const struct expiry *x = arg;
	const struct ledger_cause cause = { .reason = MOVED_EXPIRED };
	struct db_rows rows;
	struct holds all;
	struct err *e = db_query(cx, &rows,
		"SELECT h.id, h.stock_id, h.quantity, h.product_id, s.is_out OR s.told FROM holds "
		"h FORCE INDEX (expires)"
		" STRAIGHT_JOIN stocks s FORCE INDEX (PRIMARY) ON s.tenant_id = h.tenant_id AND "
		"s.id = "
		"h.stock_id"
		" WHERE h.tenant_id = ? AND h.expires_at <= ? ORDER BY h.expires_at LIMIT ?",
		db_id(cx->tenant), db_time(clock_now_ms()), db_int(x->most));

	if (e)
		return e;
	all = (struct holds){ ARENA_ARRAY(cx->arena, rows.n, struct hold), rows.n };
	for (size_t i = 0; i < rows.n; i++) {
		const struct db_value *row = db_row(&rows, i);

		all.h[i] = (struct hold){
			.id = { row[0].i },
			.stock = { row[1].i },
			.quantity = row[2].i,
			.product = { row[3].i },
			.told = row[4].i,
		};
	}
	end_all(&all);
	*x->n = (int64_t)all.n;
	return settle(cx, &all, &cause);
}

struct err *
inventory_expire(struct ctx *cx, int64_t most, int64_t *n)
{
	struct expiry x = { .most = most, .n = n };
	struct db_rows rows;
	struct err *e;

	*n = 0;
	if (!cx->dry_run)
		return db_tx(cx, expire, &x);
	e = db_query(cx, &rows,
		"SELECT COUNT(*) FROM holds WHERE tenant_id = ? AND expires_at <= ?",
		db_id(cx->tenant), db_time(clock_now_ms()));
	*n = e ? 0 : db_count(&rows);
	return e;
}
