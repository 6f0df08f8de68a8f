/*
 * How an order is made: what it names is found and priced before anything is written (derive); then the rows, and then
 * what others want too: stock, coupon and, last of all, the number (D73).
 */
#include "shop/orders/order_int.h"

#include "base/rate.h"
#include "db/db.h"
#include "shop/inventory/inventory.h"
#include "shop/orders/priced.h"
#include "shop/orders/quote.h"
#include "shop/promotions/promotions.h"

/* What derive found out and apply carries out. */
struct taking {
	struct quote quote;
	struct rec *customer; /* NULL: a guest */
};

/* ---- what, and for how much */

static struct err *
take_line(struct ctx *cx, const struct rec *item, struct quote_line *line)
{
	*line = (struct quote_line){
		.product = rec_ref(item, ITEM_PRODUCT),
		.variant = rec_ref(item, ITEM_VARIANT),
		.sku = rec_str(item, ITEM_SKU),
		.quantity = rec_int(item, ITEM_QUANTITY),
		.has_price = rec_has(item, ITEM_PRICE),
		.price_minor = rec_money(item, ITEM_PRICE),
		.path = item->path,
	};
	if (!line->product.n && !line->variant.n && !line->sku.n)
		return rec_refuse(cx, item, ITEM_PRODUCT, REASON_REQUIRED,
			"must be given, or a variant_id or a sku instead");
	return NULL;
}

static struct err *
take_lines(struct ctx *cx, const struct rec *now, struct quote *q)
{
	const struct recs *items = &now->many[ORDER_ITEMS];
	struct err *e = NULL;

	q->nlines = items->n;
	q->lines = ARENA_ARRAY(cx->arena, items->n, struct quote_line);
	for (size_t i = 0; i < items->n; i++)
		e = err_join(e, take_line(cx, items->r[i], &q->lines[i]));
	return e;
}

static struct str
full_name(struct ctx *cx, const struct sellable *s)
{
	struct str name = s->name;

	if (s->variant_name.n)
		name = str_fmt(cx->arena, "%.*s, %.*s", STRF(s->name), STRF(s->variant_name));
	return str_head(name, 255);
}

static void
fill_item(struct ctx *cx, struct rec *item, const struct quote *q, size_t at)
{
	const struct quote_line *line = &q->lines[at];
	const struct sellable *sold = line->sold;
	const struct pricing_line *p = line->priced;
	struct recs steps = priced_steps(cx, p);

	rec_set_ref(item, ITEM_PRODUCT, sold->product);
	if (sold->variant.n)
		rec_set_ref(item, ITEM_VARIANT, sold->variant);
	rec_set_str(item, ITEM_SKU, sold->sku);
	rec_set_str(item, ITEM_NAME, full_name(cx, sold));
	rec_set_text(item, ITEM_ATTRIBUTES, sold->attributes);
	rec_set_money(item, ITEM_LIST_PRICE, p->list_minor);
	rec_set_money(item, ITEM_PRICE, p->unit_minor);
	rec_set_money(item, ITEM_SUBTOTAL, p->subtotal);
	rec_set_money(item, ITEM_DISCOUNT_TOTAL, p->discount);
	rec_set_money(item, ITEM_TAX_TOTAL, p->tax);
	rec_set_money(item, ITEM_TOTAL, p->total);
	rec_set_text(item, ITEM_TAX_CLASS, sold->tax_class);
	rec_set_str(item, ITEM_CURRENCY, q->in.code);
	rec_set_int(item, ITEM_POSITION, (int64_t)at);
	rec_set_objects(cx, item, ITEM_EXPLANATION, &steps);
}

static struct err *
fill_base(struct ctx *cx, struct rec *now, const struct quote *q)
{
	int64_t base = q->pricing.total;
	char text[RATE_TEXT];

	if (!q->in.rate.n) {
		rec_set_money(now, ORDER_TOTAL_BASE, base);
		return NULL;
	}
	if (!rate_convert_back(q->in.rate, base, q->in.digits, cx->currency_digits, &base))
		return rec_refuse(cx, now, ORDER_TOTAL, REASON_TOO_LARGE,
			"is too large to be counted in %.*s", STRF(cx->currency));
	rec_set_money(now, ORDER_TOTAL_BASE, base);
	rec_set_str(now, ORDER_RATE,
		str_dup(cx->arena, (struct str){ text, rate_render(q->in.rate, text) }));
	return NULL;
}

static void
fill_totals(struct ctx *cx, struct rec *now, const struct quote *q)
{
	const struct pricing *p = &q->pricing;
	struct recs discounts = priced_discounts(cx, p, q->promotions->code),
		    taxes = priced_taxes(cx, p);
	struct recs shipping = priced_steps(cx, &p->shipping);

	rec_set_str(now, ORDER_CURRENCY, q->in.code);
	if (q->promotions->coupon.n)
		rec_set_str(now, ORDER_COUPON_CODE, q->promotions->code);
	rec_set_money(now, ORDER_SUBTOTAL, p->subtotal);
	rec_set_money(now, ORDER_DISCOUNT_TOTAL, p->discount_total);
	rec_set_money(now, ORDER_SHIPPING_TOTAL, p->shipping_total);
	rec_set_money(now, ORDER_TAX_TOTAL, p->tax_total);
	rec_set_money(now, ORDER_TOTAL, p->total);
	rec_set_bool(now, ORDER_PRICES_INCLUDE_TAX, p->prices_include_tax);
	rec_set_objects(cx, now, ORDER_DISCOUNTS, &discounts);
	rec_set_objects(cx, now, ORDER_TAX_LINES, &taxes);
	rec_set_objects(cx, now, ORDER_SHIPPING_EXPLANATION, &shipping);
}

struct err *
order_price(struct ctx *cx, struct rec *now)
{
	struct taking *t = ARENA_NEW(cx->arena, struct taking);
	struct quote *q = &t->quote;
	struct rec *ship_to = NULL;
	struct err *e = order_find_buyer(cx, now, &t->customer);

	e = err_join(e, take_lines(cx, now, q));
	if (!err_is_server(e))
		e = err_join(e, rec_object(cx, now, ORDER_SHIPPING_ADDRESS, &ship_to));
	if (e)
		return e;
	q->customer = t->customer;
	q->email = rec_str(now, ORDER_EMAIL);
	q->currency = rec_str(now, ORDER_CURRENCY);
	q->ship_to = ship_to;
	q->coupon = rec_str(now, ORDER_COUPON_CODE);
	q->shipping_method = rec_str(now, ORDER_SHIPPING_METHOD);
	e = quote_make(cx, q);
	if (e)
		return e;
	fill_totals(cx, now, q);
	for (size_t i = 0; i < q->nlines; i++)
		fill_item(cx, now->many[ORDER_ITEMS].r[i], q, i);
	now->found = t;
	return fill_base(cx, now, q);
}

/* ---- what others want too */

static struct err *
reserve(struct ctx *cx, const struct rec *now, const struct quote *q)
{
	struct inventory_need *needs = ARENA_ARRAY(cx->arena, q->nlines, struct inventory_need);
	size_t n = 0;

	for (size_t i = 0; i < q->nlines; i++) {
		const struct quote_line *line = &q->lines[i];

		if (!line->sold->track_inventory)
			continue;
		needs[n++] = (struct inventory_need){
			.product = line->sold->product,
			.variant = line->sold->variant,
			.quantity = line->quantity,
			.sku = line->sold->sku,
			.at = i,
		};
	}
	if (!n)
		return NULL;
	return inventory_reserve(cx, needs, n, &(struct inventory_for){ .order = now->id });
}

/* Other orders of the shop wait for its row until the commit, so it comes last. */
static struct err *
number(struct ctx *cx, struct rec *now)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"INSERT INTO order_numbers (tenant_id, last) VALUES (?, 1)"
		" ON DUPLICATE KEY UPDATE last = last + 1 RETURNING last",
		db_id(cx->tenant));

	if (e)
		return e;
	rec_set_int(now, ORDER_NUMBER, db_row(&rows, 0)[0].i);
	return db_exec(cx, "UPDATE orders SET number = ? WHERE tenant_id = ? AND id = ?",
		db_row(&rows, 0)[0], db_id(cx->tenant), db_id(now->id));
}

struct err *
order_take(struct ctx *cx, struct rec *now)
{
	struct taking *t = now->found;
	struct timeline_row row = {
		.order = now->id,
		.kind = TIMELINE_CREATED,
		.new_status = order_word(now, ORDER_STATUS),
	};
	struct err *e = timeline_add(cx, &row);

	e = e ? e : promotions_redeem(cx, t->quote.asked, t->quote.promotions, now->id);
	e = e ? e : reserve(cx, now, &t->quote);
	return e ? e : number(cx, now);
}
