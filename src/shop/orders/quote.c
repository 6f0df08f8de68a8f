/*
 * A quote in four steps: what is sold, whether it may be, what reduces and taxes it, what it costs. What is in the way
 * of a line is found once, and then either refused or shown.
 */
#include "shop/orders/quote.h"

#include "base/decimal.h"
#include "base/id.h"
#include "db/db.h"
#include "shop/customers/customers.h"
#include "shop/promotions/promotions.h"
#include "shop/tax/tax.h"

/* "items[2].product_id", or "product_id" if the line is the request. */
static struct str
field_of(struct arena *a, const struct quote_line *line, const char *name)
{
	return line->path.n ? str_fmt(a, "%.*s.%s", STRF(line->path), name) : str_of(name);
}

static void
trouble(struct ctx *cx, struct quote_line *line, enum reason reason, const char *field,
	struct str message)
{
	if (line->trouble.reason)
		return;
	line->trouble = (struct quote_trouble){ reason, field_of(cx->arena, line, field), message };
}

static struct str
decimal_text(struct arena *a, int64_t minor, int digits)
{
	char text[DECIMAL_TEXT];
	size_t n = decimal_render(minor, digits, text);

	return str_dup(a, (struct str){ text, n });
}

/* By which name the line calls what it is about. */
static const char *
name_of(const struct quote_line *line)
{
	if (line->product.n)
		return "product_id";
	return line->variant.n ? "variant_id" : "sku";
}

static void
judge_state(struct ctx *cx, struct quote_line *line, const struct sellable *s)
{
	const char *name = name_of(line);

	switch (s->state) {
	case SELLABLE:
		break;
	case SELLABLE_UNKNOWN:
		trouble(cx, line, REASON_UNKNOWN, name,
			line->product.n ? STR("there is no such product")
					: STR("there is no such SKU"));
		break;
	case SELLABLE_UNKNOWN_VARIANT:
		trouble(cx, line, REASON_UNKNOWN, "variant_id", STR("there is no such variant"));
		break;
	case SELLABLE_DRAFT:
		trouble(cx, line, REASON_NOT_FOR_SALE, name,
			STR("the product is a draft, and not on sale yet"));
		break;
	case SELLABLE_ARCHIVED:
		trouble(cx, line, REASON_NOT_FOR_SALE, name, STR("the product is archived"));
		break;
	case SELLABLE_OF_ANOTHER:
		trouble(cx, line, REASON_OF_ANOTHER, "variant_id",
			STR("the product has no such variant"));
		break;
	case SELLABLE_WHICH_VARIANT:
		trouble(cx, line, REASON_VARIANT_NEEDED, "variant_id",
			str_fmt(cx->arena, "the product comes in %" PRId64 " variants: name one",
				s->variants));
		break;
	case SELLABLE_TOO_DEAR:
		trouble(cx, line, REASON_TOO_LARGE, name,
			STR("its price is too large to be converted"));
		break;
	}
}

/* A SKU beside an id must name the same thing: the product itself, or the variant that is sold. */
static void
judge_sku(struct ctx *cx, struct quote_line *line, const struct sellable *s)
{
	if (!line->sku.n || !(line->product.n || line->variant.n))
		return;
	if (!str_eq(line->sku, s->sku) && !str_eq(line->sku, s->product_sku))
		trouble(cx, line, REASON_OF_ANOTHER, "sku",
			str_fmt(cx->arena,
				"is not the SKU of what is named beside it, which is "
				"%.*s",
				STRF(s->sku)));
}

static void
judge_quantity(struct ctx *cx, struct quote_line *line)
{
	if (line->quantity < 1)
		trouble(cx, line, REASON_TOO_SMALL, "quantity",
			str_fmt(cx->arena, "must be at least 1, not %" PRId64, line->quantity));
	else if (line->quantity > QUOTE_QUANTITY_MOST)
		trouble(cx, line, REASON_TOO_LARGE, "quantity",
			str_fmt(cx->arena, "must be at most %d, not %" PRId64, QUOTE_QUANTITY_MOST,
				line->quantity));
}

/* A price that is given is the server's own, or the word of somebody who may give one (D33). */
static void
judge_price(struct ctx *cx, const struct quote *q, struct quote_line *line)
{
	const struct sellable *s = line->sold;

	if (!line->has_price || line->price_minor == s->list_minor ||
		ctx_may(cx, QUOTE_OVERRIDE_SCOPE))
		return;
	trouble(cx, line, REASON_PRICE_CHANGED, "price",
		str_fmt(cx->arena, "the price is %.*s %.*s, not %.*s",
			STRF(decimal_text(cx->arena, s->list_minor, q->in.digits)),
			STRF(q->in.code),
			STRF(decimal_text(cx->arena, line->price_minor, q->in.digits))));
}

static struct err *
find_lines(struct ctx *cx, struct quote *q)
{
	struct sellable *s = ARENA_ARRAY(cx->arena, q->nlines, struct sellable);
	struct err *e;

	for (size_t i = 0; i < q->nlines; i++) {
		const struct quote_line *line = &q->lines[i];

		s[i] = (struct sellable){
			.product = line->product, .variant = line->variant, .sku = line->sku
		};
	}
	e = catalog_sellables(cx, &q->in, s, q->nlines);
	if (e)
		return e;
	for (size_t i = 0; i < q->nlines; i++) {
		struct quote_line *line = &q->lines[i];

		line->sold = &s[i];
		line->priced = NULL;
		line->trouble = (struct quote_trouble){ 0 };
		judge_quantity(cx, line);
		judge_state(cx, line, &s[i]);
		if (s[i].state == SELLABLE) {
			judge_sku(cx, line, &s[i]);
			judge_price(cx, q, line);
		}
	}
	return NULL;
}

static void
add_fault(struct ctx *cx, struct err **e, const struct quote_trouble *t)
{
	if (t->reason)
		err_field(cx->arena, e, t->field, t->reason, "%.*s", STRF(t->message));
}

/* What is in the way, as a refusal of all of it; NULL if there is nothing, or it is only to be shown. */
static struct err *
refuse(struct ctx *cx, struct quote *q)
{
	struct err *e = NULL;

	q->sound = !q->coupon_trouble.reason && !q->shipping_trouble.reason;
	for (size_t i = 0; i < q->nlines; i++)
		q->sound = q->sound && !q->lines[i].trouble.reason;
	if (q->sound || q->lenient)
		return NULL;
	for (size_t i = 0; i < q->nlines; i++)
		add_fault(cx, &e, &q->lines[i].trouble);
	add_fault(cx, &e, &q->coupon_trouble);
	add_fault(cx, &e, &q->shipping_trouble);
	return e;
}

static void
fill_line(const struct quote *q, const struct quote_line *line, struct pricing_line *to)
{
	const struct sellable *s = line->sold;

	*to = (struct pricing_line){
		.product = s->product,
		.variant = s->variant,
		.categories = { s->categories, s->ncategories },
		.tax_class = tax_class_of(s->tax_class),
		.quantity = line->quantity,
		.list_minor = s->list_minor,
		.has_override = line->has_price && line->price_minor != s->list_minor,
		.override_minor = line->price_minor,
		.at = (size_t)(line - q->lines),
	};
}

static void
fill_lines(struct ctx *cx, struct quote *q)
{
	struct pricing *p = &q->pricing;

	p->lines = ARENA_ARRAY(cx->arena, q->nlines, struct pricing_line);
	for (size_t i = 0; i < q->nlines; i++) {
		struct quote_line *line = &q->lines[i];

		if (line->trouble.reason)
			continue;
		fill_line(q, line, &p->lines[p->nlines]);
		line->priced = &p->lines[p->nlines++];
	}
}

struct shipping_offer
quote_shipping(struct ctx *cx, const struct quote *q)
{
	struct shipping_weight *lines = ARENA_ARRAY(cx->arena, q->nlines, struct shipping_weight);
	struct shipping_offer o = { .method = q->shipping_method,
		.to = q->ship_to,
		.currency = q->in.code,
		.lines = lines };

	for (size_t i = 0; i < q->nlines; i++) {
		const struct quote_line *line = &q->lines[i];
		int64_t unit, cost;

		if (line->trouble.reason)
			continue;
		lines[o.nlines++] = (struct shipping_weight){ line->sold->weight,
			line->sold->weight_unit, line->quantity };
		unit = line->has_price ? line->price_minor : line->sold->list_minor;
		if (__builtin_mul_overflow(unit, line->quantity, &cost) ||
			!decimal_add(o.goods_minor, cost, &o.goods_minor))
			o.goods_minor = INT64_MAX;
	}
	return o;
}

/* Why something does not hold; what else went wrong is given back. */
static struct err *
doubt(struct quote_trouble *trouble, struct err *e)
{
	const struct err_detail *d = e ? e->details : NULL;

	if (!e || e->code != ERR_VALIDATION || !d)
		return e;
	*trouble = (struct quote_trouble){ d->reason, d->field, d->message };
	return NULL;
}

static struct err *
find_shipping(struct ctx *cx, struct quote *q)
{
	struct shipping_offer offer = quote_shipping(cx, q);
	struct err *e = doubt(&q->shipping_trouble, shipping_price(cx, &offer));

	q->pricing.shipping_minor = offer.minor;
	q->pricing.shipping_text = offer.text;
	return e;
}

static struct err *
find_promotions(struct ctx *cx, struct quote *q)
{
	struct promotions_ask *ask = q->asked = ARENA_NEW(cx->arena, struct promotions_ask);
	struct promotions *found = q->promotions = ARENA_NEW(cx->arena, struct promotions);
	struct err *e;

	*ask = (struct promotions_ask){
		.customer = q->customer ? q->customer->id : ID_NONE,
		.email = q->email,
		.tags = q->customer ? rec_str(q->customer, CUSTOMER_TAGS) : (struct str){ 0 },
		.in = &q->in,
		.code = q->coupon,
		.field = q->coupon_field ? q->coupon_field : "coupon_code",
	};
	if (!ask->email.n && q->customer)
		ask->email = rec_str(q->customer, CUSTOMER_EMAIL);
	/* The automatic discounts are found whatever the coupon is. */
	e = doubt(&q->coupon_trouble, promotions_find(cx, ask, found));
	q->pricing.rules = found->rules;
	q->pricing.nrules = found->nrules;
	return e;
}

static struct err *
find_taxes(struct ctx *cx, struct quote *q)
{
	struct tax_place place = tax_place_of(q->ship_to);
	struct taxes found;
	struct err *e = tax_find(cx, &place, &found);

	q->pricing.taxes = found.taxes;
	q->pricing.ntaxes = found.ntaxes;
	q->pricing.prices_include_tax = found.prices_include_tax;
	return e;
}

static struct err *
find_currency(struct ctx *cx, struct quote *q)
{
	struct str code = q->currency.n ? q->currency : cx->currency;
	struct err *e = NULL;

	if (catalog_currency(cx, code, &q->in))
		return NULL;
	if (q->in.digits < 0)
		err_field(cx->arena, &e, STR("currency"), REASON_UNKNOWN,
			"must be a currency's code (ISO 4217)");
	else
		err_field(cx->arena, &e, STR("currency"), REASON_NO_RATE,
			"there is no exchange rate from %.*s to %.*s", STRF(cx->currency),
			STRF(q->in.code));
	return e;
}

struct err *
quote_find(struct ctx *cx, struct quote *q)
{
	struct err *e = find_currency(cx, q);

	q->coupon_trouble = q->shipping_trouble = (struct quote_trouble){ 0 };
	e = e ? e : find_lines(cx, q);
	return e ? e : refuse(cx, q);
}

struct err *
quote_make(struct ctx *cx, struct quote *q)
{
	struct err *e = find_currency(cx, q);

	if (e)
		return e;
	q->pricing = (struct pricing){
		.digits = q->in.digits, .currency = q->in.code, .field = q->lines_field
	};
	q->coupon_trouble = q->shipping_trouble = (struct quote_trouble){ 0 };
	e = find_lines(cx, q);
	e = e ? e : find_promotions(cx, q);
	e = e ? e : find_shipping(cx, q);
	e = e ? e : refuse(cx, q);
	e = e ? e : find_taxes(cx, q);
	if (e)
		return e;
	fill_lines(cx, q);
	e = pricing_compute(cx->arena, &q->pricing);
	e = e ? e : doubt(&q->coupon_trouble, promotions_check(cx, q->asked, q->promotions));
	return e ? e : refuse(cx, q);
}
