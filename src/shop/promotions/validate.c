/* POST /coupons/validate: the same finding and pricing as an order's, without an order. */
#include "base/currency.h"
#include "base/id.h"
#include "db/db.h"
#include "model/rec.h"
#include "shop/catalog/catalog.h"
#include "shop/customers/customers.h"
#include "shop/promotions/coupon.h"

#define ITEMS_MOST 500
#define QUANTITY_MOST 1000000

enum inquired_item { ITEM_PRODUCT, ITEM_VARIANT, ITEM_SKU, ITEM_QUANTITY, ITEM__MAX };

static const struct field item_fields[ITEM__MAX] = {
	[ITEM_PRODUCT] = REF("product_id", "product", DOC("The product."), .example = "prod_123"),
	[ITEM_VARIANT] =
		REF("variant_id", "variant", DOC("The variant of it."), .example = "var_789"),
	[ITEM_SKU] = STRING(
		"sku", DOC("The SKU, instead of ids."), .max = 64, .example = "HEADPHONE-456"),
	[ITEM_QUANTITY] = INTEGER("quantity", DOC("How many."), .flags = F_REQUIRED, .min = 1,
		.max = QUANTITY_MOST, .example = "2"),
};

static const struct resource item_shape =
	SHAPE("coupon_inquiry_item", item_fields, DOC("A line of the basket."));

enum inquiry {
	INQUIRY_CODE,
	INQUIRY_CUSTOMER,
	INQUIRY_EMAIL,
	INQUIRY_CURRENCY,
	INQUIRY_ITEMS,
	INQUIRY__MAX
};

static const struct field inquiry_fields[INQUIRY__MAX] = {
	[INQUIRY_CODE] = STRING("code", DOC("The coupon, in any case."), .flags = F_REQUIRED,
		.max = 64, .example = "SAVE20"),
	[INQUIRY_CUSTOMER] =
		REF("customer_id", "customer", DOC("Who buys."), .example = "cust_123"),
	[INQUIRY_EMAIL] = STRING("email", DOC("Who buys, as a guest."), .max = EMAIL_MAX,
		.pattern = EMAIL_PATTERN, .pattern_doc = EMAIL_PATTERN_DOC,
		.example = "customer@example.com"),
	[INQUIRY_CURRENCY] = STRING("currency", DOC("In which he pays; left out, the shop's own."),
		.max = 3, .known = known_currency,
		.pattern_doc = "the code of a currency such as USD (ISO 4217)", .example = "USD"),
	[INQUIRY_ITEMS] = OBJECTS("items", &item_shape,
		DOC("The basket; left out, only the coupon and the buyer are judged."),
		.max = ITEMS_MOST),
};

const struct resource coupon_inquiry_shape =
	SHAPE("coupon_inquiry", inquiry_fields, DOC("A coupon, who wants it, and for what."));

enum verdict {
	VERDICT_VALID,
	VERDICT_COUPON,
	VERDICT_CODE,
	VERDICT_REASON,
	VERDICT_MESSAGE,
	VERDICT_CURRENCY,
	VERDICT_SUBTOTAL,
	VERDICT_DISCOUNT_TOTAL,
	VERDICT_AMOUNT_OFF,
	VERDICT__MAX
};

static const struct field verdict_fields[VERDICT__MAX] = {
	[VERDICT_VALID] = BOOL("valid", DOC("Whether it could be used now."), .example = "true"),
	[VERDICT_COUPON] = REF("coupon_id", "coupon", DOC("The coupon; null if it is not valid."),
		.example = "coup_001"),
	[VERDICT_CODE] =
		STRING("code", DOC("As the merchant writes it."), .max = 64, .example = "SAVE20"),
	[VERDICT_REASON] = STRING("reason",
		DOC("Why it is not valid, one of the reasons of errors; null if it is."),
		.max = 64),
	[VERDICT_MESSAGE] = STRING("message", DOC("The same for people."), .max = 1000),
	[VERDICT_CURRENCY] = STRING("currency", DOC("Of the amounts."), .max = 3, .example = "USD"),
	[VERDICT_SUBTOTAL] = PRICE("subtotal", DOC("Of the basket, before discounts."),
		.money_in = "currency", .example = "399.98"),
	[VERDICT_DISCOUNT_TOTAL] = PRICE("discount_total",
		DOC("What the coupon and automatic discounts take off the goods."),
		.money_in = "currency", .example = "80.00"),
	[VERDICT_AMOUNT_OFF] = AMOUNT("amount_off",
		DOC("What the coupon alone takes off the goods, in minor units."),
		.money_in = "currency", .example = "8000"),
};

const struct resource coupon_verdict_shape = SHAPE("coupon_verdict", verdict_fields,
	DOC("Whether a coupon can be used, and what it takes off."));

/* One inquiry as it is worked on. */
struct inquiry_of {
	const struct rec *input;
	struct sale_currency in;
	struct promotions_ask ask;
	struct promotions found;
	struct recs items;
	struct pricing pricing;
};

static struct err *
read_currency(struct ctx *cx, struct inquiry_of *q)
{
	struct str code = rec_has(q->input, INQUIRY_CURRENCY) ? rec_str(q->input, INQUIRY_CURRENCY)
							      : cx->currency;

	if (catalog_currency(cx, code, &q->in))
		return NULL;
	return rec_refuse(cx, q->input, INQUIRY_CURRENCY, REASON_NO_RATE,
		"there is no rate of %.*s", STRF(code));
}

static struct err *
read_customer(struct ctx *cx, struct inquiry_of *q)
{
	struct id customer =
		rec_has(q->input, INQUIRY_CUSTOMER) ? rec_ref(q->input, INQUIRY_CUSTOMER) : ID_NONE;
	struct db_rows rows = { 0 };
	struct err *e;

	if (rec_has(q->input, INQUIRY_EMAIL))
		q->ask.email = rec_str(q->input, INQUIRY_EMAIL);
	if (!customer.n)
		return NULL;
	e = db_query(cx, &rows,
		"SELECT email, tags FROM customers WHERE tenant_id = ? AND id = ? AND archived_at "
		"IS NULL",
		db_id(cx->tenant), db_id(customer));
	if (e)
		return e;
	if (!rows.n)
		return rec_refuse(cx, q->input, INQUIRY_CUSTOMER, REASON_UNKNOWN,
			"there is no such customer");
	q->ask.customer = customer;
	q->ask.email = db_row(&rows, 0)[0].s;
	q->ask.tags = db_row(&rows, 0)[1].s;
	return NULL;
}

static struct err *
refuse_item(struct ctx *cx, const struct rec *item, const struct sellable *s)
{
	static const char *const why[] = {
		[SELLABLE_UNKNOWN] = "there is no such product",
		[SELLABLE_UNKNOWN_VARIANT] = "there is no such variant",
		[SELLABLE_DRAFT] = "the product is not sold yet",
		[SELLABLE_ARCHIVED] = "the product is not sold any more",
		[SELLABLE_OF_ANOTHER] = "the variant is not one of that product",
		[SELLABLE_WHICH_VARIANT] = "the product comes in several variants: name one",
		[SELLABLE_TOO_DEAR] = "its price is too large to be converted",
	};
	int field = rec_has(item, ITEM_VARIANT) ? ITEM_VARIANT
		: rec_has(item, ITEM_PRODUCT)   ? ITEM_PRODUCT
						: ITEM_SKU;

	return rec_refuse(cx, item, field, REASON_UNKNOWN, "%s", why[s->state]);
}

static struct err *
name_items(struct ctx *cx, const struct recs *items, struct sellable *s)
{
	struct err *e = NULL;

	for (size_t i = 0; i < items->n; i++) {
		const struct rec *item = items->r[i];

		s[i] = (struct sellable){ .sku = rec_str(item, ITEM_SKU) };
		if (rec_has(item, ITEM_PRODUCT))
			s[i].product = rec_ref(item, ITEM_PRODUCT);
		if (rec_has(item, ITEM_VARIANT))
			s[i].variant = rec_ref(item, ITEM_VARIANT);
		if (!s[i].product.n && !s[i].variant.n && !s[i].sku.n)
			e = err_join(e,
				rec_refuse(cx, item, ITEM_PRODUCT, REASON_REQUIRED,
					"must be given, or variant_id, or sku"));
	}
	return e;
}

static struct err *
read_items(struct ctx *cx, struct inquiry_of *q)
{
	struct err *e = rec_objects(cx, q->input, INQUIRY_ITEMS, &q->items);
	size_t n = q->items.n;
	struct sellable *s = ARENA_ARRAY(cx->arena, n, struct sellable);

	q->pricing = (struct pricing){
		.lines = ARENA_ARRAY(cx->arena, n, struct pricing_line),
		.nlines = n,
	};
	e = e ? e : name_items(cx, &q->items, s);
	if (!e && n)
		e = catalog_sellables(cx, &q->in, s, n);
	if (e)
		return e;
	for (size_t i = 0; i < n; i++) {
		if (s[i].state != SELLABLE)
			e = err_join(e, refuse_item(cx, q->items.r[i], &s[i]));
		q->pricing.lines[i] = (struct pricing_line){
			.product = s[i].product,
			.variant = s[i].variant,
			.categories = { s[i].categories, s[i].ncategories },
			.quantity = rec_int(q->items.r[i], ITEM_QUANTITY),
			.list_minor = s[i].list_minor,
			.at = i,
		};
	}
	return e;
}

static void
say_amounts(struct rec *out, const struct inquiry_of *q)
{
	const struct pricing_rule *r = &q->found.rules[q->found.nrules - 1];

	rec_set_money(out, VERDICT_SUBTOTAL, q->pricing.subtotal);
	rec_set_money(out, VERDICT_DISCOUNT_TOTAL, q->pricing.discount_total);
	rec_set_money(out, VERDICT_AMOUNT_OFF, r->discount_minor);
}

static void
say_why_not(struct rec *out, const struct err *e)
{
	rec_set_bool(out, VERDICT_VALID, false);
	rec_set_str(out, VERDICT_REASON, str_of(reason_word(e->details->reason)));
	rec_set_str(out, VERDICT_MESSAGE, e->details->message);
}

/* A coupon that cannot be used is an answer, not a fault. */
static struct err *
judge(struct ctx *cx, struct inquiry_of *q, struct rec *out)
{
	struct err *e = promotions_find(cx, &q->ask, &q->found);
	bool priced = false;

	if (!e && q->items.n) {
		q->pricing.rules = q->found.rules;
		q->pricing.nrules = q->found.nrules;
		e = pricing_compute(cx->arena, &q->pricing);
		if (e)
			return e;
		e = promotions_check(cx, &q->ask, &q->found);
		priced = true;
	}
	if (e && e->code != ERR_VALIDATION)
		return e;
	rec_set_str(out, VERDICT_CODE, q->found.coupon.n ? q->found.code : q->ask.code);
	rec_set_str(out, VERDICT_CURRENCY, q->in.code);
	if (e) {
		say_why_not(out, e);
		return NULL;
	}
	rec_set_bool(out, VERDICT_VALID, true);
	rec_set_ref(out, VERDICT_COUPON, q->found.coupon);
	if (priced)
		say_amounts(out, q);
	return NULL;
}

struct err *
coupon_validate(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	struct inquiry_of q = {
		.input = call->input,
		.ask = { .field = "code", .code = rec_str(call->input, INQUIRY_CODE) },
	};
	struct err *e = read_currency(cx, &q);

	q.ask.in = &q.in;
	e = e ? e : read_customer(cx, &q);
	e = e ? e : read_items(cx, &q);
	if (e)
		return e;
	*out = rec_new(cx->arena, &coupon_verdict_shape);
	for (int field = 0; field < VERDICT__MAX; field++)
		rec_set_null(*out, field);
	return judge(cx, &q, *out);
}
