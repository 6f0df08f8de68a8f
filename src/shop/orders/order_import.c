/* Invoices to orders and returns, some thousand lines in a transaction. Numbers are given in the order of the file. */
#include "base/json_out.h"
#include "db/db.h"
#include "model/map.h"
#include "model/store.h"
#include "shop/orders/order_import_int.h"
#include "shop/orders/orders.h"

#define GROUP_LINES 2000
#define GROUP_INVOICES 500
#define OWN_MAX ((size_t)4 << 30)
#define METADATA_BYTES 4096

/* What is written in one transaction. */
struct group {
	struct importing *im;
	const struct history_invoice *invoices;
	size_t n;
	bool *there; /* by invoice: it was written before */
	int64_t orders, cancellations, lines;
};

/* ---- what is there */

static struct err *
find_numbers(struct ctx *cx, const char *resource, struct str list, struct db_rows *rows)
{
	return db_query(cx, rows,
		"SELECT DISTINCT m.value FROM JSON_TABLE(?, '$[*]' COLUMNS (value VARCHAR(500)"
		" CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$')) j"
		" STRAIGHT_JOIN metadata_index m ON m.tenant_id = ? AND m.resource = ?"
		" AND m.name = '" INVOICE "' AND m.value = j.value",
		db_text(list), db_id(cx->tenant), db_text(str_of(resource)));
}

static void
mark(struct group *g, const struct db_rows *rows)
{
	for (size_t i = 0; i < g->n; i++) {
		for (size_t k = 0; k < rows->n && !g->there[i]; k++)
			g->there[i] = str_eq(g->invoices[i].number, db_row(rows, k)->s);
	}
}

/* Sales and cancellations have other numbers, so one list does for both. */
static struct err *
find_invoices(struct ctx *cx, struct group *g)
{
	struct str *numbers = ARENA_ARRAY(cx->arena, g->n, struct str), list;
	struct db_rows orders, returns;
	struct err *e;

	for (size_t i = 0; i < g->n; i++)
		numbers[i] = g->invoices[i].number;
	list = order_import_list(cx, numbers, g->n);
	e = find_numbers(cx, "order", list, &orders);
	e = e ? e : find_numbers(cx, "return", list, &returns);
	if (e)
		return e;
	mark(g, &orders);
	mark(g, &returns);
	return NULL;
}

/* ---- numbers */

/* Locks the tenant's counter; from here on no other import can write an invoice that we do not see. */
static struct err *
lock_numbers(struct ctx *cx, int64_t *last)
{
	struct db_rows rows;
	struct err *e =
		db_exec(cx, "INSERT IGNORE INTO order_numbers (tenant_id, last) VALUES (?, 0)",
			db_id(cx->tenant));

	e = e ? e
	      : db_query(cx, &rows, "SELECT last FROM order_numbers WHERE tenant_id = ? FOR UPDATE",
			db_id(cx->tenant));
	*last = e ? 0 : db_row(&rows, 0)[0].i;
	return e;
}

static struct err *
keep_numbers(struct ctx *cx, int64_t last)
{
	return db_exec(cx, "UPDATE order_numbers SET last = ? WHERE tenant_id = ?", db_int(last),
		db_id(cx->tenant));
}

/* ---- orders */

struct str
order_import_metadata(struct ctx *cx, const struct history_invoice *v)
{
	struct str code = history_country(v->country);
	struct buf b;

	buf_init(&b, cx->arena, 128, METADATA_BYTES);
	buf_char(&b, '{');
	map_put(&b, STR(INVOICE), v->number);
	if (v->country.n)
		map_put(&b, STR("country"), v->country);
	if (code.n)
		map_put(&b, STR("country_code"), code);
	buf_char(&b, '}');
	must(!b.overflow);
	return buf_view(&b);
}

static struct rec *
new_item(struct importing *im, const struct rec *order, const struct history_line *l, int64_t place)
{
	struct ctx *cx = im->cx;
	const struct named *product = register_get(&im->products, l->sku);
	struct rec *r = order_import_rec(cx, &order_item_resource, order->created_at);
	int64_t sum = l->quantity * l->price_minor;

	must(product);
	r->parent = order->id;
	rec_set_ref(r, ITEM_PRODUCT, product->id);
	if (product->variant.n)
		rec_set_ref(r, ITEM_VARIANT, product->variant);
	rec_set_str(r, ITEM_SKU, l->sku);
	rec_set_str(r, ITEM_NAME, l->name);
	rec_set_int(r, ITEM_QUANTITY, l->quantity);
	rec_set_str(r, ITEM_CURRENCY, cx->currency);
	rec_set_money(r, ITEM_LIST_PRICE, l->price_minor);
	rec_set_money(r, ITEM_PRICE, l->price_minor);
	rec_set_money(r, ITEM_SUBTOTAL, sum);
	rec_set_money(r, ITEM_DISCOUNT_TOTAL, 0);
	rec_set_money(r, ITEM_TAX_TOTAL, 0);
	rec_set_money(r, ITEM_TOTAL, sum);
	rec_set_int(r, ITEM_QUANTITY_FULFILLED, l->quantity);
	rec_set_int(r, ITEM_POSITION, place);
	return r;
}

static void
set_sums(struct rec *r, int64_t total)
{
	rec_set_money(r, ORDER_SUBTOTAL, total);
	rec_set_money(r, ORDER_DISCOUNT_TOTAL, 0);
	rec_set_money(r, ORDER_SHIPPING_TOTAL, 0);
	rec_set_money(r, ORDER_TAX_TOTAL, 0);
	rec_set_money(r, ORDER_TOTAL, total);
	rec_set_money(r, ORDER_TOTAL_BASE, total);
	rec_set_money(r, ORDER_AMOUNT_PAID, total);
}

static struct rec *
new_order(struct importing *im, const struct history_invoice *v, int64_t number)
{
	struct ctx *cx = im->cx;
	struct rec *r = order_import_rec(cx, &order_resource, v->at_ms);
	struct recs *items = &r->many[ORDER_ITEMS];

	r->metadata = order_import_metadata(cx, v);
	rec_set_int(r, ORDER_NUMBER, number);
	rec_set_choice(r, ORDER_STATUS, STATUS_DELIVERED);
	rec_set_choice(r, ORDER_PAYMENT_STATUS, PAYMENT_PAID);
	rec_set_choice(r, ORDER_FULFILLMENT_STATUS, FULFILLMENT_FULFILLED);
	rec_set_str(r, ORDER_CURRENCY, cx->currency);
	rec_set_str(r, ORDER_CHANNEL, STR("import"));
	if (v->customer.n)
		rec_set_ref(r, ORDER_CUSTOMER, register_get(&im->customers, v->customer)->id);
	set_sums(r, v->total_minor);
	items->r = ARENA_ARRAY(cx->arena, v->n, struct rec *);
	for (size_t i = 0; i < v->n; i++)
		items->r[items->n++] = new_item(im, r, &v->lines[i], (int64_t)i);
	items->given = true;
	r->counts[ORDER_ITEMS] = (int64_t)v->n;
	return r;
}

/* Documents with their lines, which are their first relation. */
static struct err *
store_all(struct ctx *cx, const struct recs *all)
{
	struct recs lines = { 0 };
	struct err *e = store_insert_all(cx, all);

	for (size_t i = 0; i < all->n; i++)
		lines.n += all->r[i]->many[0].n;
	lines.r = ARENA_ARRAY(cx->arena, lines.n, struct rec *);
	lines.n = 0;
	for (size_t i = 0; i < all->n; i++) {
		const struct recs *own = &all->r[i]->many[0];

		memcpy(lines.r + lines.n, own->r, own->n * sizeof(struct rec *));
		lines.n += own->n;
	}
	e = e ? e : store_insert_all(cx, &lines);
	for (size_t i = 0; !e && i < all->n; i++)
		e = order_import_traces(cx, all->r[i]);
	return e;
}

/* ---- groups */

static void
count(struct group *g, const struct history_invoice *v)
{
	if (v->is_cancellation)
		g->cancellations++;
	else
		g->orders++;
	g->lines += (int64_t)v->n;
}

static struct err *
write_invoices(struct ctx *cx, struct group *g, int64_t last)
{
	struct recs orders = { ARENA_ARRAY(cx->arena, g->n, struct rec *), 0, true };
	struct recs returns = { ARENA_ARRAY(cx->arena, g->n, struct rec *), 0, true };
	struct err *e;

	for (size_t i = 0; i < g->n; i++) {
		const struct history_invoice *v = &g->invoices[i];

		if (g->there[i])
			continue;
		count(g, v);
		if (!cx->dry_run && v->is_cancellation)
			returns.r[returns.n++] = order_import_return(g->im, v);
		else if (!cx->dry_run)
			orders.r[orders.n++] = new_order(g->im, v, ++last);
	}
	e = store_all(cx, &orders);
	e = e ? e : store_all(cx, &returns);
	return e || !orders.n ? e : keep_numbers(cx, last);
}

static struct err *
write_group(struct ctx *cx, void *arg)
{
	struct group *g = arg;
	int64_t last;
	struct err *e;

	g->there = ARENA_ARRAY(cx->arena, g->n, bool);
	g->orders = g->cancellations = g->lines = 0;
	e = lock_numbers(cx, &last);
	e = e ? e : find_invoices(cx, g);
	return e ? e : write_invoices(cx, g, last);
}

static size_t
size_of_group(const struct history *h, size_t at)
{
	size_t n = 0, lines = 0;

	while (at + n < h->n && n < GROUP_INVOICES && lines < GROUP_LINES)
		lines += h->invoices[at + n++].n;
	return n;
}

static struct err *
write_groups(struct importing *im)
{
	struct order_import *to = im->to;
	struct ctx *cx = im->cx;

	for (size_t at = 0; at < im->history.n;) {
		struct arena_mark m = arena_mark(cx->arena);
		struct group g = { .im = im, .invoices = im->history.invoices + at };
		struct err *e;

		g.n = size_of_group(&im->history, at);
		e = db_tx(cx, write_group, &g);
		if (e)
			return e; /* cppcheck-suppress returnDanglingLifetime ; it lives in the arena */
		at += g.n;
		to->orders += g.orders;
		to->cancellations += g.cancellations;
		to->lines += g.lines;
		to->unchanged += (int64_t)g.n - g.orders - g.cancellations;
		arena_rewind(cx->arena, m);
		if (to->progress)
			to->progress(to->arg, (int64_t)at);
	}
	return NULL;
}

struct err *
order_import(struct ctx *cx, struct order_import *to)
{
	struct arena *own = arena_new("import", OWN_MAX);
	struct importing im = { .cx = cx, .to = to };
	bool silent = cx->silent;
	const struct history_source from = { to->path, to->told, to->arg };
	struct err *e = history_read(cx, own, &from, &im.history);

	cx->silent = true;
	to->rows = im.history.rows;
	to->refused = im.history.refused;
	e = e ? e : order_import_customers(&im, own);
	e = e ? e : order_import_products(&im, own);
	e = e ? e : write_groups(&im);
	cx->silent = silent;
	arena_free(own);
	return e;
}
