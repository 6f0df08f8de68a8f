/*
 * Promises. The stocks are read without a lock and then changed under the condition that they can bear it, so that the
 * usual order is four statements, whatever its lines. Only if somebody else was quicker are the rows locked, looked at
 * again and what was taken put right: then nothing can come in between any more.
 */
#include "shop/inventory/inventory.h"

#include "base/clock.h"
#include "base/id.h"
#include "shop/inventory/ledger.h"
#include "shop/inventory/watch.h"

#define ASKED_FEW 4 /* JSON_TABLE costs more than all else if there are few */

/* One stock that may give, in the order in which it is asked. */
struct giver {
	struct id stock, warehouse, product, variant;
	int64_t priority;    /* of the warehouse */
	int64_t free;        /* below 0: it has less than its safety stock */
	int64_t left;        /* of that, while lines are served */
	int64_t held;        /* what this call has taken of it so far */
	int64_t watch_below; /* somebody wants to know when it has less */
};

struct reservation {
	struct ctx *cx;
	struct inventory_need *needs;
	size_t n;
	struct giver *givers;
	size_t ngivers;
	struct id claim;
	struct ledger_change *changes; /* room for one a giver */
	size_t nchanges;
};

/* True if no line before it is about the same. */
static bool
is_first(const struct reservation *r, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (r->needs[k].product.n == r->needs[i].product.n &&
			r->needs[k].variant.n == r->needs[i].variant.n)
			return false;
	return true;
}

/* What a giver is read as; the few and the many are asked for in their own ways. */
#define GIVER                                                                                      \
	"SELECT s.id, s.warehouse_id, s.product_id, s.sold_as, s.on_hand - s.reserved - s.safety," \
	" IFNULL(s.watch_below, 1), w.priority FROM "
#define WAREHOUSE                                                                                  \
	" STRAIGHT_JOIN warehouses w ON w.tenant_id = s.tenant_id AND w.id = s.warehouse_id"       \
	" AND w.active = 1 AND w.archived_at IS NULL"

/* Things that are asked for, each once. */
struct asked {
	struct id product, variant;
};

/* One text for up to four; the last is asked for again. */
static struct err *
ask_few(struct ctx *cx, const struct asked *t, size_t n, struct db_rows *rows)
{
	const struct asked *b = &t[MIN(1, n - 1)], *c = &t[MIN(2, n - 1)], *d = &t[n - 1];

	return db_query(cx, rows,
		GIVER "stocks s FORCE INDEX (place)" WAREHOUSE
		      " WHERE s.tenant_id = ? AND ((s.product_id = ? AND s.sold_as = ?)"
		      " OR (s.product_id = ? AND s.sold_as = ?)"
		      " OR (s.product_id = ? AND s.sold_as = ?)"
		      " OR (s.product_id = ? AND s.sold_as = ?))",
		db_id(cx->tenant), db_id(t->product), db_int(t->variant.n), db_id(b->product),
		db_int(b->variant.n), db_id(c->product), db_int(c->variant.n), db_id(d->product),
		db_int(d->variant.n));
}

static struct err *
ask_many(struct ctx *cx, const struct asked *t, size_t n, struct db_rows *rows)
{
	struct buf b;

	ledger_open(&b, cx, n);
	for (size_t i = 0; i < n; i++)
		ledger_row(&b, (const int64_t[]){ t[i].product.n, t[i].variant.n }, 2);
	return db_query(cx, rows,
		GIVER "JSON_TABLE(?, '$[*]' COLUMNS (product BIGINT PATH '$[0]', variant BIGINT"
		      " PATH '$[1]')) n"
		      " STRAIGHT_JOIN stocks s FORCE INDEX (place) ON s.tenant_id = ?"
		      " AND s.product_id = n.product AND s.sold_as = n.variant" WAREHOUSE,
		ledger_close(&b), db_id(cx->tenant));
}

static int
by_priority(const void *a, const void *b)
{
	const struct giver *x = a, *y = b;

	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	if (x->warehouse.n != y->warehouse.n)
		return x->warehouse.n < y->warehouse.n ? -1 : 1;
	return (x->stock.n > y->stock.n) - (x->stock.n < y->stock.n);
}

static struct err *
read_givers(struct reservation *r)
{
	struct arena *a = r->cx->arena;
	struct asked *asked = ARENA_ARRAY(a, r->n, struct asked);
	struct db_rows rows;
	struct err *e;
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		if (is_first(r, i))
			asked[n++] = (struct asked){ r->needs[i].product, r->needs[i].variant };
	}
	e = n <= ASKED_FEW ? ask_few(r->cx, asked, n, &rows) : ask_many(r->cx, asked, n, &rows);
	if (e)
		return e;
	r->ngivers = rows.n;
	r->givers = ARENA_ARRAY(a, rows.n, struct giver);
	r->changes = ARENA_ARRAY(a, rows.n, struct ledger_change);
	for (size_t i = 0; i < rows.n; i++) {
		const struct db_value *row = db_row(&rows, i);

		r->givers[i] = (struct giver){
			.stock = { row[0].i },
			.warehouse = { row[1].i },
			.product = { row[2].i },
			.variant = { row[3].i },
			.free = row[4].i,
			.watch_below = MAX(row[5].i, 1),
			.priority = row[6].i,
		};
	}
	if (rows.n)
		qsort(r->givers, rows.n, sizeof(*r->givers), by_priority);
	return NULL;
}

static bool
gives(const struct giver *g, const struct inventory_need *need)
{
	return g->product.n == need->product.n && g->variant.n == need->variant.n;
}

static void
take(struct inventory_need *need, struct giver *g, int64_t quantity)
{
	g->left -= quantity;
	need->parts[need->nparts++] = (struct inventory_part){ g->stock, g->warehouse, quantity };
}

/* True if one giver serves the line alone. */
static bool
serve_whole(struct reservation *r, struct inventory_need *need)
{
	for (size_t i = 0; i < r->ngivers; i++) {
		if (!gives(&r->givers[i], need) || r->givers[i].left < need->quantity)
			continue;
		take(need, &r->givers[i], need->quantity);
		return true;
	}
	return false;
}

/* What is missing to the line when all have given. */
static int64_t
serve_split(struct reservation *r, struct inventory_need *need)
{
	int64_t missing = need->quantity;

	for (size_t i = 0; i < r->ngivers && missing; i++) {
		struct giver *g = &r->givers[i];
		int64_t part = MIN(g->left, missing);

		if (!gives(g, need) || part <= 0)
			continue;
		take(need, g, part);
		missing -= part;
	}
	return missing;
}

static int64_t
available(const struct reservation *r, const struct inventory_need *need)
{
	int64_t sum = 0;

	for (size_t i = 0; i < r->ngivers; i++)
		if (gives(&r->givers[i], need) && r->givers[i].free > 0)
			sum += r->givers[i].free;
	return sum;
}

/* Serves all lines, as far as known, or says which cannot be. */
static struct err *
serve(struct reservation *r)
{
	struct arena *a = r->cx->arena;
	struct err *short_of = NULL;

	for (size_t i = 0; i < r->ngivers; i++)
		r->givers[i].left = r->givers[i].free;
	for (size_t i = 0; i < r->n; i++) {
		struct inventory_need *need = &r->needs[i];

		need->parts = ARENA_ARRAY(a, r->ngivers, struct inventory_part);
		need->nparts = 0;
		if (serve_whole(r, need) || !serve_split(r, need))
			continue;
		err_field(a, &short_of, str_fmt(a, "items[%zu].quantity", need->at),
			REASON_OUT_OF_STOCK, "%.*s: %" PRId64 " available, not %" PRId64,
			STRF(need->sku), available(r, need), need->quantity);
		short_of->code = ERR_CONFLICT;
	}
	return short_of ? err_reason(short_of, REASON_OUT_OF_STOCK) : NULL;
}

/* What has to be changed so that each giver has given what serve() took, and no more. */
static void
make_changes(struct reservation *r, bool careful)
{
	r->nchanges = 0;
	for (size_t i = 0; i < r->ngivers; i++) {
		struct giver *g = &r->givers[i];
		int64_t taken = g->free - g->left;

		if (taken != g->held)
			r->changes[r->nchanges++] = (struct ledger_change){
				.stock = g->stock, .reserved = taken - g->held, .careful = careful
			};
	}
}

/* Whoever will probably have to look at all stocks of a product holds them first. */
static struct err *
lock_watched(const struct reservation *r)
{
	struct id *products = ARENA_ARRAY(r->cx->arena, r->ngivers, struct id);
	size_t n = 0;

	for (size_t i = 0; i < r->ngivers; i++) {
		const struct giver *g = &r->givers[i];

		if (g->left < g->free && g->left < g->watch_below)
			products[n++] = g->product;
	}
	return n ? watch_lock(r->cx, products, n) : NULL;
}

static const struct db_value *
row_of(const struct db_rows *rows, struct id stock)
{
	for (size_t i = 0; i < rows->n; i++)
		if (db_row(rows, i)[0].i == stock.n)
			return db_row(rows, i);
	return NULL;
}

static int
by_stock(const void *a, const void *b)
{
	const struct giver *x = a, *y = b;

	return (x->stock.n > y->stock.n) - (x->stock.n < y->stock.n);
}

static struct db_value
givers_json(const struct reservation *r)
{
	struct giver *sorted = ARENA_ARRAY(r->cx->arena, r->ngivers, struct giver);
	struct buf b;

	memcpy(sorted, r->givers, r->ngivers * sizeof(*sorted));
	qsort(sorted, r->ngivers, sizeof(*sorted), by_stock);
	ledger_open(&b, r->cx, r->ngivers);
	for (size_t i = 0; i < r->ngivers; i++)
		ledger_row(&b, (const int64_t[]){ sorted[i].stock.n }, 1);
	return ledger_close(&b);
}

/* Somebody was quicker. With all rows locked, in the order of their ids, what they say is true until the commit. */
static struct err *
look_again(struct reservation *r)
{
	struct ctx *cx = r->cx;
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT s.id, s.on_hand - s.reserved - s.safety, s.claim = ?"
		" FROM JSON_TABLE(?, '$[*]' COLUMNS (stock BIGINT PATH '$[0]')) c"
		" STRAIGHT_JOIN stocks s FORCE INDEX (PRIMARY) ON s.tenant_id = ? AND s.id = "
		"c.stock FOR UPDATE",
		db_id(r->claim), givers_json(r), db_id(cx->tenant));

	for (size_t i = 0; !e && i < r->ngivers; i++) {
		struct giver *g = &r->givers[i];
		const struct db_value *row = row_of(&rows, g->stock);

		g->held = row && row[2].i ? g->free - g->left : 0;
		g->free = row ? row[1].i + g->held : 0;
	}
	return e;
}

static struct err *
move_again(struct reservation *r)
{
	bool all;
	struct err *e = look_again(r);

	e = e ? e : serve(r);
	if (e)
		return e;
	make_changes(r, false);
	if (!r->nchanges)
		return NULL;
	e = ledger_move(r->cx, r->changes, r->nchanges, r->claim, &all);
	return e || all ? e : err_new(r->cx->arena, ERR_TX_REPEAT, NULL);
}

/* One row a stock and line. */
static struct err *
insert_holds(const struct reservation *r, const struct inventory_for *whom)
{
	struct ctx *cx = r->cx;
	int64_t now = clock_now_ms();
	struct db_value *v, *at;
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += r->needs[i].nparts;
	at = v = ARENA_ARRAY(cx->arena, n * 10, struct db_value);
	for (size_t i = 0; i < r->n; i++) {
		const struct inventory_need *need = &r->needs[i];

		for (size_t k = 0; k < need->nparts; k++) {
			*at++ = db_id(cx->tenant);
			*at++ = db_id(id_new());
			*at++ = db_time(now);
			*at++ = db_id(need->parts[k].stock);
			*at++ = db_id(need->product);
			*at++ = db_id(need->variant);
			*at++ = db_int(need->parts[k].quantity);
			*at++ = db_id(whom->order);
			*at++ = db_id(whom->cart);
			*at++ = whom->expires_ms ? db_time(whom->expires_ms) : db_null();
		}
	}
	return db_insert_rows(cx,
		"INSERT INTO holds (tenant_id, id, created_at, stock_id, product_id, variant_id,"
		" quantity, order_id, cart_id, expires_at) VALUES",
		"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", v, n * 10);
}

struct err *
inventory_reserve(
	struct ctx *cx, struct inventory_need *needs, size_t n, const struct inventory_for *whom)
{
	struct reservation r = { .cx = cx, .needs = needs, .n = n, .claim = id_new() };
	struct ledger_cause cause = {
		.reason = MOVED_RESERVED,
		.source = whom->order.n ? "order" : "cart",
		.of = whom->order.n ? whom->order : whom->cart,
	};
	bool all;
	struct err *e;

	if (!n)
		return NULL;
	e = read_givers(&r);
	e = e ? e : serve(&r);
	if (e)
		return e;
	make_changes(&r, true);
	e = lock_watched(&r);
	e = e ? e : ledger_move(cx, r.changes, r.nchanges, r.claim, &all);
	if (!e && !all)
		e = move_again(&r);
	if (e)
		return e;
	for (size_t i = 0; i < r.ngivers; i++)
		r.givers[i].held = 0;
	make_changes(&r, true);
	e = insert_holds(&r, whom);
	return e ? e : ledger_write(cx, r.changes, r.nchanges, &cause);
}
