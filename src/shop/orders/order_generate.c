/*
 * They go into the tables in rows of many, so this file knows the columns of sql/0008_inventory.sql and 0011_orders.sql; the check of
 * the schema against the descriptors, and soukctl verify, hold for it too.
 */
#include "base/buf.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/id.h"
#include "db/db.h"
#include "shop/orders/orders.h"

#define PER_TRANSACTION 1000
#define LINES_MOST INT64_C(5)
#define PRODUCTS_MOST 1000
#define RECEIVED INT64_C(100000000) /* of each, so that it never runs out */
#define OPEN_EVERY 100
#define JSON_BYTES ((size_t)1 << 20)
#define YEAR_MS (INT64_C(365) * 86400000)

struct values {
	struct db_value *v;
	size_t n;
};

/* What is sold, and how its stock stands. */
struct sold {
	struct id product, stock;
	struct str sku, name;
	int64_t price, on_hand, reserved, sequence;
};

struct generating {
	const struct order_generation *g;
	struct id warehouse;
	struct sold *sold, *before; /* as it is, and as it was when the transaction began */
	size_t nsold;
	int64_t first, n;         /* numbers of the orders of one transaction */
	int64_t from_ms, each_us; /* when the first was made, and how far they are apart */
	struct id order;          /* the one that is being made */
	bool is_open;
	struct values orders, items, movements, holds, events, audit;
};

static void
put(struct values *to, struct db_value v)
{
	to->v[to->n++] = v;
}

static int64_t
chance(int64_t n, uint64_t what, int64_t most)
{
	return (int64_t)(hash_number(what, (uint64_t)n) % (uint64_t)most);
}

/* ---- rows */

static void
put_movement(struct ctx *cx, struct generating *g, struct sold *s, int64_t quantity)
{
	struct values *to = &g->movements;

	if (g->is_open)
		s->reserved += quantity;
	else
		s->on_hand -= quantity;
	put(to, db_id(cx->tenant));
	put(to, db_id(id_new()));
	put(to, db_time(g->from_ms));
	put(to, db_id(s->stock));
	put(to, db_int(++s->sequence));
	put(to, db_id(s->product));
	put(to, db_id(g->warehouse));
	put(to, db_text(s->sku));
	put(to, db_text(g->is_open ? STR("reserved") : STR("sold")));
	put(to, db_int(g->is_open ? 0 : -quantity));
	put(to, db_int(g->is_open ? quantity : 0));
	put(to, db_int(s->on_hand));
	put(to, db_int(s->reserved));
	put(to, db_id(g->order));
	put(to, db_text(cx->actor));
	if (!g->is_open)
		return;
	put(&g->holds, db_id(cx->tenant));
	put(&g->holds, db_id(id_new()));
	put(&g->holds, db_time(g->from_ms));
	put(&g->holds, db_id(s->stock));
	put(&g->holds, db_id(s->product));
	put(&g->holds, db_int(quantity));
	put(&g->holds, db_id(g->order));
}

/* Gives what the line comes to. */
static int64_t
put_item(struct ctx *cx, struct generating *g, int64_t at_ms, int64_t n)
{
	struct values *to = &g->items;
	struct sold *s = &g->sold[chance(n, 1, (int64_t)g->nsold)];
	int64_t quantity = 1 + chance(n, 2, 4), place = n % LINES_MOST;

	put(to, db_id(cx->tenant));
	put(to, db_id(id_new()));
	put(to, db_time(at_ms));
	put(to, db_time(at_ms));
	put(to, db_id(g->order));
	put(to, db_id(s->product));
	put(to, db_text(s->sku));
	put(to, db_text(s->name));
	put(to, db_int(quantity));
	put(to, db_text(cx->currency));
	put(to, db_int(s->price));
	put(to, db_int(s->price));
	put(to, db_int(s->price * quantity));
	put(to, db_int(s->price * quantity));
	put(to, db_int(g->is_open ? 0 : quantity));
	put(to, db_int(place));
	put_movement(cx, g, s, quantity);
	return s->price * quantity;
}

static void
put_traces(struct ctx *cx, struct generating *g, struct id order)
{
	put(&g->events, db_id(cx->tenant));
	put(&g->events, db_id(id_new()));
	put(&g->events, db_time(g->from_ms));
	put(&g->events, db_id(order));
	put(&g->events, db_text(cx->request_id));
	put(&g->audit, db_id(cx->tenant));
	put(&g->audit, db_id(id_new()));
	put(&g->audit, db_time(g->from_ms));
	put(&g->audit, db_text(cx->actor));
	put(&g->audit, db_id(order));
	put(&g->audit, db_text(cx->request_id));
}

static void
put_order(struct ctx *cx, struct generating *g, int64_t n)
{
	struct values *to = &g->orders;
	int64_t at_ms = g->from_ms + (n - g->first) * g->each_us / 1000;
	int64_t lines = 1 + chance(n, 3, LINES_MOST), total = 0;

	g->order = id_new();
	g->is_open = n % OPEN_EVERY == 0;
	for (int64_t i = 0; i < lines; i++)
		total += put_item(cx, g, at_ms, n * LINES_MOST + i);
	put(to, db_id(cx->tenant));
	put(to, db_id(g->order));
	put(to, db_time(at_ms));
	put(to, db_time(at_ms));
	put(to, db_int(n));
	put(to, db_text(str_fmt(cx->arena, "buyer%" PRId64 "@example.com", chance(n, 4, 50000))));
	put(to, db_text(g->is_open ? STR("processing") : STR("delivered")));
	put(to, db_text(STR("paid")));
	put(to, db_text(g->is_open ? STR("unfulfilled") : STR("fulfilled")));
	put(to, db_text(cx->currency));
	put(to, db_int(total));
	put(to, db_int(total));
	put(to, db_int(total));
	put(to, db_int(total));
	put(to, db_int(lines));
	put_traces(cx, g, g->order);
}

/* ---- tables */

static struct err *
insert_orders(struct ctx *cx, const struct generating *g)
{
	struct err *e = db_insert_rows(cx,
		"INSERT INTO orders (tenant_id, id, created_at, updated_at, number, email, status, "
		"payment_status, fulfillment_status, currency, subtotal, total, total_base, "
		"amount_paid, items_count) VALUES",
		"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", g->orders.v, g->orders.n);

	return e
		? e
		: db_insert_rows(cx,
			  "INSERT INTO order_items (tenant_id, id, created_at, updated_at, "
			  "order_id, "
			  "product_id, sku, name, quantity, currency, list_price, price, subtotal, "
			  "total, quantity_fulfilled, position) VALUES",
			  "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", g->items.v,
			  g->items.n);
}

static struct err *
insert_others(struct ctx *cx, const struct generating *g)
{
	struct err *e = db_insert_rows(cx,
		"INSERT INTO movements (tenant_id, id, created_at, stock_id, sequence, product_id, "
		"warehouse_id, sku, reason, quantity, reserved_change, on_hand, reserved, source, "
		"source_id, actor) VALUES",
		"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'order', ?, ?)", g->movements.v,
		g->movements.n);

	e = e ? e
	      : db_insert_rows(cx,
			"INSERT INTO holds (tenant_id, id, created_at, stock_id, product_id, "
			"quantity, order_id) VALUES",
			"(?, ?, ?, ?, ?, ?, ?)", g->holds.v, g->holds.n);
	e = e ? e
	      : db_insert_rows(cx,
			"INSERT INTO events (tenant_id, id, created_at, type, object_type, "
			"object_id, object_version, request_id, silent, data) VALUES",
			"(?, ?, ?, 'order.created', 'order', ?, 1, ?, 1, '{}')", g->events.v,
			g->events.n);
	return e ? e
		 : db_insert_rows(cx,
			   "INSERT INTO audit_logs (tenant_id, id, created_at, actor, action, "
			   "resource, resource_id, request_id, changes) VALUES",
			   "(?, ?, ?, ?, 'order.created', 'order', ?, ?, '{}')", g->audit.v,
			   g->audit.n);
}

/* [[id, on_hand, reserved, version], …] */
static struct str
stocks_json(struct ctx *cx, const struct generating *g)
{
	struct buf b;

	buf_init(&b, cx->arena, 4096, JSON_BYTES);
	buf_char(&b, '[');
	for (size_t i = 0; i < g->nsold; i++) {
		const struct sold *s = &g->sold[i];

		buf_fmt(&b, "%s[%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 "]", i ? "," : "",
			s->stock.n, s->on_hand, s->reserved, s->sequence);
	}
	buf_char(&b, ']');
	must(!b.overflow);
	return buf_view(&b);
}

static struct err *
update_stocks(struct ctx *cx, const struct generating *g)
{
	struct err *e = db_exec(cx,
		"INSERT INTO order_numbers (tenant_id, last) VALUES (?, ?)"
		" ON DUPLICATE KEY UPDATE last = VALUES(last)",
		db_id(cx->tenant), db_int(g->first + g->n - 1));

	return e ? e
		 : db_exec(cx,
			   "UPDATE JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$[0]', on_hand "
			   "BIGINT PATH '$[1]',"
			   " reserved BIGINT PATH '$[2]', version BIGINT PATH '$[3]')) j"
			   " STRAIGHT_JOIN stocks s ON s.tenant_id = ? AND s.id = j.id"
			   " SET s.on_hand = j.on_hand, s.reserved = j.reserved, s.version = "
			   "j.version",
			   db_text(stocks_json(cx, g)), db_id(cx->tenant));
}

static struct values
room(struct ctx *cx, const struct generating *g, int64_t each)
{
	return (struct values){ ARENA_ARRAY(cx->arena, (size_t)(g->n * each), struct db_value), 0 };
}

static struct err *
write_batch(struct ctx *cx, void *arg)
{
	struct generating *g = arg;
	struct err *e;

	memcpy(g->sold, g->before, g->nsold * sizeof(*g->sold));
	g->orders = room(cx, g, 15);
	g->items = room(cx, g, LINES_MOST * 16);
	g->movements = room(cx, g, LINES_MOST * 15);
	g->holds = room(cx, g, LINES_MOST * 7);
	g->events = room(cx, g, 5);
	g->audit = room(cx, g, 6);
	for (int64_t i = 0; i < g->n; i++)
		put_order(cx, g, g->first + i);
	e = insert_orders(cx, g);
	e = e ? e : insert_others(cx, g);
	return e ? e : update_stocks(cx, g);
}

/* ---- what is there to sell */

/* The warehouse GEN, and a stock in it for each product that has none there. */
static struct err *
make_stocks(struct ctx *cx, void *arg)
{
	struct generating *g = arg;
	struct db_value now = db_time(clock_now_ms());
	struct db_rows rows;
	struct err *e = db_exec(cx,
		"INSERT INTO warehouses (tenant_id, id, created_at, updated_at, name, code)"
		" SELECT ?, ?, ?, ?, 'Generated', 'GEN' FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM "
		"warehouses"
		" WHERE tenant_id = ? AND code = 'GEN' AND archived_at IS NULL)",
		db_id(cx->tenant), db_id(id_new()), now, now, db_id(cx->tenant));

	e = e ? e
	      : db_query(cx, &rows,
			"SELECT id FROM warehouses WHERE tenant_id = ? AND code = 'GEN' AND "
			"archived_at IS NULL",
			db_id(cx->tenant));
	if (e)
		return e;
	g->warehouse = (struct id){ db_row(&rows, 0)->i };
	e = db_query(cx, &rows,
		"SELECT p.id, p.sku FROM products p WHERE p.tenant_id = ? AND p.archived_at IS "
		"NULL AND NOT EXISTS"
		" (SELECT 1 FROM stocks s WHERE s.tenant_id = p.tenant_id AND s.product_id = p.id"
		" AND s.sold_as = 0 AND s.warehouse_id = ?) ORDER BY p.id LIMIT 1000",
		db_id(cx->tenant), db_id(g->warehouse));
	for (size_t i = 0; !e && i < rows.n; i++) {
		const struct db_value *cells = db_row(&rows, i);
		struct id stock = id_new();

		e = db_exec(cx,
			"INSERT INTO stocks (tenant_id, id, created_at, updated_at, product_id, "
			"warehouse_id, sku, on_hand)"
			" VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			db_id(cx->tenant), db_id(stock), now, now, cells[0], db_id(g->warehouse),
			cells[1], db_int(RECEIVED));
		e = e ? e
		      : db_exec(cx,
				"INSERT INTO movements (tenant_id, id, created_at, stock_id, "
				"sequence, product_id, "
				"warehouse_id, sku, reason, quantity, reserved_change, on_hand, "
				"reserved, actor)"
				" VALUES (?, ?, ?, ?, 1, ?, ?, ?, 'received', ?, 0, ?, 0, ?)",
				db_id(cx->tenant), db_id(id_new()), now, db_id(stock), cells[0],
				db_id(g->warehouse), cells[1], db_int(RECEIVED), db_int(RECEIVED),
				db_text(cx->actor));
	}
	return e;
}

static struct err *
read_stocks(struct ctx *cx, struct generating *g)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT s.product_id, s.id, s.sku, p.name, p.price, s.on_hand, s.reserved, "
		"s.version"
		" FROM stocks s JOIN products p ON p.tenant_id = s.tenant_id AND p.id = "
		"s.product_id"
		" WHERE s.tenant_id = ? AND s.warehouse_id = ? ORDER BY s.id LIMIT 1000",
		db_id(cx->tenant), db_id(g->warehouse));

	if (e)
		return e;
	if (!rows.n)
		return err_new(cx->arena, ERR_VALIDATION, "there is no product to be ordered");
	g->sold = ARENA_ARRAY(cx->arena, rows.n, struct sold);
	g->before = ARENA_ARRAY(cx->arena, rows.n, struct sold);
	g->nsold = rows.n;
	for (size_t i = 0; i < rows.n; i++) {
		const struct db_value *c = db_row(&rows, i);

		g->before[i] = (struct sold){ { c[0].i }, { c[1].i }, c[2].s, c[3].s, c[4].i,
			c[5].i, c[6].i, c[7].i };
	}
	return NULL;
}

static struct err *
begin(struct ctx *cx, struct generating *g)
{
	struct db_rows rows;
	struct err *e = db_tx(cx, make_stocks, g);

	e = e ? e : read_stocks(cx, g);
	e = e ? e
	      : db_query(cx, &rows, "SELECT last FROM order_numbers WHERE tenant_id = ?",
			db_id(cx->tenant));
	g->first = !e && rows.n ? db_row(&rows, 0)->i + 1 : 1;
	return e;
}

struct err *
orders_generate(struct ctx *cx, const struct order_generation *gen)
{
	struct generating g = { .g = gen };
	int64_t now = clock_now_ms();
	struct err *e = begin(cx, &g);
	struct arena_mark mark = arena_mark(cx->arena);

	g.each_us = YEAR_MS * 1000 / gen->orders;
	for (int64_t done = 0; !e && done < gen->orders; done += g.n) {
		g.n = MIN(gen->orders - done, PER_TRANSACTION);
		g.from_ms = now - YEAR_MS + done * g.each_us / 1000;
		e = db_tx(cx, write_batch, &g);
		if (e)
			break;
		memcpy(g.before, g.sold, g.nsold * sizeof(*g.sold));
		g.first += g.n;
		arena_rewind(cx->arena, mark);
		if (gen->told)
			gen->told(done + g.n);
	}
	return e;
}
