/*
 * What a cart shows: a quote of what it holds, made anew. Its many small objects are written as the JSON that is sent,
 * straight from what pricing worked out, so that a cart of fifty lines costs little more than its statements.
 */
#include "base/clock.h"
#include "base/decimal.h"
#include "base/id.h"
#include "base/json_out.h"
#include "db/db.h"
#include "model/query.h"
#include "shop/customers/customers.h"
#include "shop/inventory/inventory.h"
#include "shop/orders/cart_int.h"

#define SHOWN_BYTES ((size_t)4 << 20)

/* ---- the quote */

/* The customer and, if the cart does not say where it goes, where the order will: to his default address. */
static struct err *
find_customer(struct ctx *cx, const struct rec *cart, struct quote *q)
{
	struct view view = { .fields = VIEW_BIT(CUSTOMER_EMAIL) | VIEW_BIT(CUSTOMER_TAGS) };
	struct rec *customer = NULL, *home;
	struct err *e;

	if (!rec_has(cart, CART_CUSTOMER))
		return NULL;
	if (!q->ship_to)
		view.includes = VIEW_BIT(CUSTOMER_ADDRESSES);
	e = model_get(cx, &customer_resource, ID_NONE,
		id_str(cx->arena, rec_ref(cart, CART_CUSTOMER), customer_resource.prefix), &view,
		&customer);
	if (e)
		return e;
	q->customer = customer;
	if (q->ship_to)
		return NULL;
	home = customer_default_address(customer, CUSTOMER_ADDRESS_IS_DEFAULT_SHIPPING);
	q->ship_to = home ? address_of(cx->arena, home) : NULL;
	return NULL;
}

void
cart_take_lines(struct ctx *cx, const struct rec *cart, struct quote *q)
{
	const struct recs *lines = &cart->many[CART_LINES];

	q->lines = ARENA_ARRAY(cx->arena, lines->n, struct quote_line);
	for (size_t i = 0; i < lines->n; i++) {
		const struct rec *line = lines->r[i];

		if (line->fate == CHILD_REMOVED)
			continue;
		q->lines[q->nlines] = (struct quote_line){
			.product = rec_ref(line, CART_LINE_PRODUCT),
			.variant = rec_ref(line, CART_LINE_VARIANT),
			.quantity = rec_int(line, CART_LINE_QUANTITY),
			.path = str_fmt(cx->arena, "lines[%zu]", q->nlines),
		};
		q->nlines++;
	}
}

struct err *
cart_quote(struct ctx *cx, const struct rec *cart, bool lenient, struct quote *q)
{
	struct rec *ship_to = NULL;
	struct err *e = rec_object(cx, cart, CART_SHIPPING_ADDRESS, &ship_to);

	q->ship_to = ship_to;
	e = e ? e : find_customer(cx, cart, q);
	if (e)
		return e;
	q->email = rec_str(cart, CART_EMAIL);
	if (!q->email.n && q->customer)
		q->email = rec_str(q->customer, CUSTOMER_EMAIL);
	q->currency = rec_str(cart, CART_CURRENCY);
	q->coupon = rec_str(cart, CART_COUPON_CODE);
	q->shipping_method = rec_str(cart, CART_SHIPPING_METHOD);
	q->lines_field = "lines";
	q->lenient = lenient;
	cart_take_lines(cx, cart, q);
	return quote_make(cx, q);
}

/* ---- stock */

/* What cannot be had is told, but priced: it may be there again in a minute. */
static struct err *
look_at_stock(struct ctx *cx, const struct rec *cart, struct quote *q)
{
	struct inventory_level *levels = ARENA_ARRAY(cx->arena, q->nlines, struct inventory_level);
	size_t *lines = ARENA_ARRAY(cx->arena, q->nlines, size_t), n = 0;
	struct err *e = NULL;

	for (size_t i = 0; i < q->nlines; i++) {
		const struct quote_line *line = &q->lines[i];

		if (line->trouble.reason || !line->sold->track_inventory)
			continue;
		lines[n] = i;
		levels[n++] = (struct inventory_level){ .product = line->sold->product,
			.variant = line->sold->variant };
	}
	if (n)
		e = inventory_levels(
			cx, levels, n, rec_has(cart, CART_HOLD_EXPIRES_AT) ? cart->id : ID_NONE);
	for (size_t i = 0; !e && i < n; i++) {
		struct quote_line *line = &q->lines[lines[i]];

		if (levels[i].available >= line->quantity)
			continue;
		q->sound = false;
		line->trouble = (struct quote_trouble){ REASON_OUT_OF_STOCK,
			str_fmt(cx->arena, "%.*s.quantity", STRF(line->path)),
			str_fmt(cx->arena, "%.*s: %" PRId64 " available, not %" PRId64,
				STRF(line->sold->sku), levels[i].available, line->quantity) };
	}
	return e;
}

/* ---- small objects */

static void
put_text(struct buf *b, struct str text)
{
	if (text.n)
		json_out_string(b, text);
	else
		buf_put(b, "null", 4);
}

static void
put_warning(struct buf *b, const struct quote_trouble *t)
{
	json_out_comma(b);
	buf_z(b, "{\"reason\":");
	json_out_z(b, reason_word(t->reason));
	buf_z(b, ",\"field\":");
	put_text(b, t->field);
	buf_z(b, ",\"message\":");
	put_text(b, t->message);
	buf_char(b, '}');
}

static void
put_steps(struct buf *b, const struct pricing_line *line)
{
	for (size_t i = 0; i < line->nsteps; i++) {
		const struct pricing_step *s = &line->steps[i];

		json_out_comma(b);
		buf_z(b, "{\"kind\":\"");
		buf_z(b, pricing_step_word(s->kind));
		buf_z(b, "\",\"rule\":");
		put_text(b, s->rule);
		buf_z(b, ",\"text\":");
		put_text(b, s->text);
		buf_z(b, ",\"amount\":");
		buf_int(b, s->amount_minor);
		buf_z(b, ",\"amount_after\":");
		buf_int(b, s->after_minor);
		buf_z(b, ",\"unit_amount\":");
		buf_int(b, s->unit_minor);
		buf_z(b, ",\"amount_included\":");
		buf_int(b, s->included_minor);
		buf_char(b, '}');
	}
}

static void
put_discounts(struct buf *b, const struct quote *q)
{
	const struct pricing *p = &q->pricing;

	for (size_t i = 0; i < p->nrules; i++) {
		const struct pricing_rule *r = &p->rules[i];
		bool coupon = r->kind == PRICING_COUPON;

		if (r->outcome != PRICING_APPLIED)
			continue;
		json_out_comma(b);
		buf_z(b, "{\"rule\":");
		put_text(b, r->rule);
		buf_z(b, coupon ? ",\"kind\":\"coupon\"" : ",\"kind\":\"automatic\"");
		buf_z(b, ",\"name\":");
		put_text(b, r->name);
		buf_z(b, ",\"code\":");
		put_text(b, coupon ? q->coupon : (struct str){ 0 });
		buf_z(b, ",\"amount\":");
		buf_int(b, r->discount_minor);
		buf_char(b, '}');
	}
}

static void
put_taxes(struct buf *b, const struct pricing *p)
{
	for (size_t i = 0; i < p->ntaxes; i++) {
		const struct pricing_tax *t = &p->taxes[i];
		char percent[DECIMAL_TEXT];

		if (!t->taxed_minor)
			continue;
		json_out_comma(b);
		buf_z(b, "{\"rule\":");
		put_text(b, t->rule);
		buf_z(b, ",\"name\":");
		put_text(b, t->name);
		buf_z(b, ",\"percent\":");
		buf_put(b, percent, decimal_render_short(t->percent, 4, percent));
		buf_z(b, ",\"amount_taxed\":");
		buf_int(b, t->taxed_minor);
		buf_z(b, ",\"amount\":");
		buf_int(b, t->tax_minor);
		buf_char(b, '}');
	}
}

static struct buf
open_list(struct arena *a, size_t first)
{
	struct buf b;

	buf_init(&b, a, first, SHOWN_BYTES);
	buf_char(&b, '[');
	return b;
}

static void
close_list(struct rec *r, int field, struct buf *b)
{
	buf_char(b, ']');
	must(!b->overflow);
	rec_set_shown(r, field, buf_view(b));
}

/* ---- lines and totals */

static void
show_amounts(struct rec *line, const struct pricing_line *p)
{
	rec_set_money(line, CART_LINE_PRICE, p->unit_minor);
	rec_set_money(line, CART_LINE_SUBTOTAL, p->subtotal);
	rec_set_money(line, CART_LINE_DISCOUNT_TOTAL, p->discount);
	rec_set_money(line, CART_LINE_TAX_TOTAL, p->tax);
	rec_set_money(line, CART_LINE_TOTAL, p->total);
}

static void
show_line(struct ctx *cx, struct rec *line, const struct quote *q, size_t i)
{
	const struct quote_line *from = &q->lines[i];
	const struct sellable *sold = from->sold;
	const struct pricing_line none = { .unit_minor = sold->list_minor };
	const struct pricing_line *p = from->priced ? from->priced : &none;
	struct buf steps = open_list(cx->arena, 16 + p->nsteps * 160);
	struct buf warnings = open_list(cx->arena, 16);

	if (sold->sku.n)
		rec_set_str(line, CART_LINE_SKU, sold->sku);
	rec_set_text(line, CART_LINE_NAME, sold->name);
	rec_set_text(line, CART_LINE_VARIANT_NAME, sold->variant_name);
	rec_set_str(line, CART_LINE_CURRENCY, q->in.code);
	rec_set_money(line, CART_LINE_LIST_PRICE, sold->list_minor);
	show_amounts(line, p);
	put_steps(&steps, p);
	close_list(line, CART_LINE_EXPLANATION, &steps);
	if (from->trouble.reason)
		put_warning(&warnings, &from->trouble);
	close_list(line, CART_LINE_WARNINGS, &warnings);
}

static void
show_totals(struct ctx *cx, struct rec *cart, const struct quote *q)
{
	const struct pricing *p = &q->pricing;
	struct buf discounts = open_list(cx->arena, 1024), taxes = open_list(cx->arena, 256);
	struct buf shipping = open_list(cx->arena, 512);

	rec_set_money(cart, CART_SUBTOTAL, p->subtotal);
	rec_set_money(cart, CART_DISCOUNT_TOTAL, p->discount_total);
	rec_set_money(cart, CART_SHIPPING_TOTAL, p->shipping_total);
	rec_set_money(cart, CART_TAX_TOTAL, p->tax_total);
	rec_set_money(cart, CART_TOTAL, p->total);
	rec_set_bool(cart, CART_PRICES_INCLUDE_TAX, p->prices_include_tax);
	put_discounts(&discounts, q);
	close_list(cart, CART_DISCOUNTS, &discounts);
	put_taxes(&taxes, p);
	close_list(cart, CART_TAX_LINES, &taxes);
	put_steps(&shipping, &p->shipping);
	close_list(cart, CART_SHIPPING_EXPLANATION, &shipping);
}

/* Of whom no order is taken. */
static bool
is_from_archived(const struct quote *q)
{
	return q->customer && q->customer->archived_at;
}

static void
show_warnings(struct ctx *cx, struct rec *cart, const struct quote *q)
{
	static const struct quote_trouble archived = { REASON_UNKNOWN, { "customer_id", 11 },
		{ "the customer is archived", 24 } };
	struct buf b = open_list(cx->arena, 256);

	if (is_from_archived(q))
		put_warning(&b, &archived);
	for (size_t i = 0; i < q->nlines; i++) {
		if (q->lines[i].trouble.reason)
			put_warning(&b, &q->lines[i].trouble);
	}
	if (q->coupon_trouble.reason)
		put_warning(&b, &q->coupon_trouble);
	if (q->shipping_trouble.reason)
		put_warning(&b, &q->shipping_trouble);
	close_list(cart, CART_WARNINGS, &b);
}

struct err *
cart_present(struct ctx *cx, struct rec *now, const struct rec *was UNUSED)
{
	struct recs *lines = &now->many[CART_LINES];
	struct quote q = { .lenient = true };
	size_t n = 0;
	struct err *e = cart_quote(cx, now, true, &q);

	e = e ? e : look_at_stock(cx, now, &q);
	if (e)
		return e;
	/* One whose time is over is so before the program comes that says so in its row. */
	if (rec_choice(now, CART_STATUS) == CART_OPEN &&
		rec_time(now, CART_EXPIRES_AT) <= clock_now_ms())
		rec_set_choice(now, CART_STATUS, CART_EXPIRED);
	if (rec_has(now, CART_HOLD_EXPIRES_AT) &&
		rec_time(now, CART_HOLD_EXPIRES_AT) <= clock_now_ms())
		rec_set_null(now, CART_HOLD_EXPIRES_AT);
	for (size_t i = 0; i < lines->n; i++) {
		if (lines->r[i]->fate != CHILD_REMOVED)
			show_line(cx, lines->r[i], &q, n++);
	}
	show_totals(cx, now, &q);
	show_warnings(cx, now, &q);
	rec_set_bool(now, CART_READY,
		q.sound && !is_from_archived(&q) && q.nlines &&
			rec_choice(now, CART_STATUS) == CART_OPEN);
	return NULL;
}
