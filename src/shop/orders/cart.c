/* A cart: its descriptor and rules. Its lines are in cart_line.c, what it shows in cart_show.c. */
#include "base/clock.h"
#include "base/id.h"
#include "db/db.h"
#include "shop/address/address.h"
#include "shop/customers/customers.h"
#include "shop/orders/cart_int.h"
#include "shop/orders/orders.h"
#include "shop/orders/priced.h"

static rule_fn cart_derive, cart_check;
static action_fn cart_apply_coupon, cart_remove_coupon, cart_hold, cart_end_hold;

#define DAY_MS INT64_C(86400000)
#define MINUTE_MS INT64_C(60000)
#define LIVE (F_READ_ONLY | F_LIVE)

static const struct choice cart_statuses[] = {
	[CART_OPEN] = { "open", "being filled" },
	[CART_COMPLETED] = { "completed", "an order was made of it" },
	[CART_EXPIRED] = { "expired", "its time was over before it was ordered" },
	[CART_ABANDONED] = { "abandoned", "was deleted" },
};

/* What is in the way, of the cart or of a line. */
static const struct field warning_fields[WARNING__MAX] = {
	[WARNING_REASON] = STRING("reason", DOC("A word that says what is in the way."),
		.flags = F_READ_ONLY, .max = 32, .example = "not_for_sale"),
	[WARNING_FIELD] = STRING("field", DOC("What it is about."), .flags = F_READ_ONLY, .max = 64,
		.example = "lines[0].product_id"),
	[WARNING_MESSAGE] = STRING("message", DOC("The same for people."), .flags = F_READ_ONLY,
		.max = 500, .example = "the product is archived"),
};

const struct resource cart_warning_shape = SHAPE("cart_warning", warning_fields,
	DOC("Something that is in the way of ordering what a cart holds."));

static const struct field cart_fields[CART__MAX] = {
	[CART_STATUS] = ENUM("status", cart_statuses, DOC("What became of it."),
		.flags = F_READ_ONLY | F_FILTER, .initial = "open", .index = "status",
		.example = "open"),
	[CART_CUSTOMER] = REF("customer_id", "customer", DOC("Who fills it; null: a guest."),
		.flags = F_FILTER, .index = "customer", .example = "cust_123"),
	[CART_EMAIL] = STRING("email",
		DOC("Where the buyer is written to; left out, the customer's own."),
		.flags = F_FILTER, .max = EMAIL_MAX, .index = "email", .pattern = EMAIL_PATTERN,
		.pattern_doc = EMAIL_PATTERN_DOC, .example = "john.doe@example.com"),
	[CART_CURRENCY] = STRING("currency",
		DOC("The currency of all its money, by its ISO 4217 code, taken in any case; left "
		    "out, the shop's own."),
		.known = known_currency, .max = 3,
		.pattern_doc = "the code of a currency such as USD (ISO 4217)", .example = "USD"),
	[CART_COUPON_CODE] =
		STRING("coupon_code", DOC("The coupon that shall be redeemed with the order."),
			.max = 64, .example = "SUMMER20"),
	[CART_SHIPPING_ADDRESS] = OBJECT("shipping_address", &address_shape,
		DOC("Where it shall be sent; taxes are those of that place.")),
	[CART_BILLING_ADDRESS] = OBJECT("billing_address", &address_shape,
		DOC("Whom the bill is for; left out, who receives it.")),
	[CART_SHIPPING_METHOD] = STRING(
		"shipping_method", DOC("How it shall be sent."), .max = 64, .example = "standard"),
	[CART_EXPIRES_AT] = TIME("expires_at",
		DOC("When it ends by itself; left out, 30 days after it was made."),
		.example = "2036-02-14T10:30:00Z"),
	[CART_COMPLETED_AT] =
		TIME("completed_at", DOC("When it was ordered."), .flags = F_READ_ONLY),
	[CART_ORDER] = REF(
		"order_id", "order", DOC("The order that was made of it."), .flags = F_READ_ONLY),
	[CART_HOLD_EXPIRES_AT] = TIME("hold_expires_at",
		DOC("Until when stock is kept for its lines; null, or a time that has passed: "
		    "none is."),
		.flags = F_READ_ONLY),
	[CART_SUBTOTAL] = PRICE("subtotal", DOC("Of all lines that can be sold, before discounts."),
		.flags = LIVE, .money_in = "currency", .example = "399.98"),
	[CART_DISCOUNT_TOTAL] = PRICE("discount_total", DOC("What discounts and coupon take off."),
		.flags = LIVE, .money_in = "currency", .example = "20.00"),
	[CART_SHIPPING_TOTAL] = PRICE("shipping_total", DOC("Of sending it."), .flags = LIVE,
		.money_in = "currency", .example = "0.00"),
	[CART_TAX_TOTAL] = PRICE("tax_total",
		DOC("Tax: on top of the prices, or within them if prices_include_tax."),
		.flags = LIVE, .money_in = "currency", .example = "0.00"),
	[CART_TOTAL] = PRICE("total", DOC("What is to be paid, as of now."), .flags = LIVE,
		.money_in = "currency", .example = "379.98"),
	[CART_PRICES_INCLUDE_TAX] = BOOL("prices_include_tax",
		DOC("Whether its prices have the tax in them."), .flags = LIVE, .example = "false"),
	[CART_DISCOUNTS] = OBJECTS("discounts", &discount_line_shape, .flags = LIVE,
		.max = PRICED_DISCOUNTS_MOST, DOC("The discounts that take something off.")),
	[CART_TAX_LINES] = OBJECTS("tax_lines", &tax_line_shape, .flags = LIVE,
		.max = PRICED_TAXES_MOST, DOC("The taxes that are taken.")),
	[CART_SHIPPING_EXPLANATION] =
		OBJECTS("shipping_explanation", &price_step_shape, .flags = LIVE,
			.max = PRICED_STEPS_MOST, DOC("How the price of sending it comes about.")),
	[CART_WARNINGS] =
		OBJECTS("warnings", &cart_warning_shape, .flags = LIVE, .max = CART_LINES_MOST + 1,
			DOC("All that is in the way of ordering it. A line that cannot be sold is "
			    "out of all "
			    "totals.")),
	[CART_READY] = BOOL("ready",
		DOC("Whether it can be ordered as it is: open, with lines, and "
		    "without warnings."),
		.flags = LIVE, .example = "true"),
};

static const struct relation cart_relations[] = {
	[CART_LINES] = MANY("lines", "cart_line", "cart_id", .flags = R_INLINE,
		.max = CART_LINES_MOST, DOC("What it holds.")),
};

static const struct shorthand cart_shorthands[] = {
	SHORT("status", "status",
		DOC("Carts of this status: open, completed, expired or abandoned.")),
	SHORT("customer_id", "customer_id", DOC("Carts of this customer.")),
	SHORT("email", "email", DOC("Carts of this e-mail address.")),
	SHORT("date_from", "created_at",
		DOC("Carts begun from then on; a date is its first moment."), .op = "gte"),
	SHORT("date_to", "created_at", DOC("Carts begun until then; a date is its last moment."),
		.op = "lte"),
};

enum coupon_input { COUPON_INPUT_CODE, COUPON_INPUT__MAX };

static const struct field coupon_fields[COUPON_INPUT__MAX] = {
	[COUPON_INPUT_CODE] = STRING("code", DOC("The code of the coupon."), .flags = F_REQUIRED,
		.max = 64, .example = "SUMMER20"),
};

static const struct resource coupon_input_shape =
	SHAPE("cart_coupon", coupon_fields, DOC("A coupon for a cart."));

enum hold_input { HOLD_INPUT_MINUTES, HOLD_INPUT__MAX };

static const struct field hold_fields[HOLD_INPUT__MAX] = {
	[HOLD_INPUT_MINUTES] = INTEGER("minutes", DOC("For how long, from now on."),
		.initial = "15", .min = 1, .max = 1440, .example = "15"),
};

static const struct resource hold_input_shape =
	SHAPE("cart_hold", hold_fields, DOC("For how long stock is kept for a cart."));

static const struct operation cart_operations[] = {
	OPERATION("checkout_cart", "POST", "carts/{cart_id}/checkout", cart_checkout,
		.scope = "carts:write", .event = "cart.completed", .writes = true, .status = 201,
		.input = &cart_checkout_shape, .input_optional = true, .output = &order_resource,
		DOC("Orders what the cart holds at the prices of now, and closes the cart. Stock "
		    "is kept for the order; the answer is the order.")),
	OPERATION("calculate_cart_rates", "POST", "carts/{cart_id}/rates", cart_ask_rates,
		.scope = "carts:read", .output = &shipping_rates_shape,
		DOC("Asks all carriers at once what it costs to send what the cart holds. The "
		    "prices hold for 24 hours; the cart takes one by its id as shipping_method.")),
	OPERATION("list_cart_rates", "GET", "carts/{cart_id}/rates", cart_rates,
		.scope = "carts:read", .output = &cart_rates_shape,
		DOC("The ways in which what the cart holds can be sent, with their prices.")),
};

static const struct action cart_actions[] = {
	ACTION("coupon", cart_apply_coupon, .title = "Put a coupon on a cart",
		.input = &coupon_input_shape,
		DOC("Puts a coupon on the cart, in place of any other; it must hold for it now.")),
	ACTION("coupon", cart_remove_coupon, .title = "Take the coupon off a cart",
		.method = "DELETE", DOC("Takes the coupon off the cart.")),
	ACTION("hold", cart_hold, .title = "Keep stock for a cart", .input = &hold_input_shape,
		.input_optional = true,
		DOC("Keeps the stock that the lines need for a time, or for another time from now "
		    "on; all of it or none. It follows the lines when they change, and becomes "
		    "the order's with the checkout.")),
	ACTION("hold", cart_end_hold, .title = "Give back the stock of a cart", .method = "DELETE",
		DOC("Gives back the stock that is kept for the cart.")),
};

const struct resource cart_resource = {
	.name = "cart",
	.plural = "carts",
	.prefix = "cart",
	.table = "carts",
	DOC("What somebody gathers before he orders it, with what it costs now."),
	FIELDS(cart_fields),
	RELATIONS(cart_relations),
	ACTIONS(cart_actions),
	OPERATIONS(cart_operations),
	SHORTHANDS(cart_shorthands),
	.verbs = V_CRUD,
	STATUS(CART_STATUS, CART_ABANDONED),
	SCOPES("carts"),
	EVENTS("cart"),
	.max_age_s = -1,
	.derive = cart_derive,
	.check = cart_check,
	.apply = cart_keep_stock,
	.present = cart_present,
	ADMIN("Orders", CART_STATUS, CART_EMAIL, CART_CUSTOMER),
	PLAN,
};

/* ---- rules */

static struct err *
closed(struct ctx *cx, struct str why)
{
	return err_reason(err_new(cx->arena, ERR_CONFLICT, "%.*s", STRF(why)), REASON_CART_CLOSED);
}

struct err *
cart_must_be_open(struct ctx *cx, const struct rec *cart)
{
	char text[CLOCK_TEXT];
	int64_t end = rec_time(cart, CART_EXPIRES_AT);

	if (rec_choice(cart, CART_STATUS) == CART_COMPLETED)
		return closed(cx,
			str_fmt(cx->arena, "the cart was ordered already: it became %.*s",
				STRF(id_str(cx->arena, rec_ref(cart, CART_ORDER),
					order_resource.prefix))));
	if (rec_choice(cart, CART_STATUS) == CART_OPEN && end > clock_now_ms())
		return NULL;
	return closed(cx,
		str_fmt(cx->arena, "the cart ended at %.*s", (int)clock_render(end, text), text));
}

/* Only what is open changes; what has ended can still be deleted. */
static struct err *
check_open(struct ctx *cx, const struct rec *now, const struct rec *was)
{
	bool open = rec_choice(was, CART_STATUS) == CART_OPEN;

	if ((open && rec_choice(now, CART_STATUS) == CART_EXPIRED) ||
		(now->archived_at && rec_choice(was, CART_STATUS) != CART_COMPLETED))
		return NULL;
	return cart_must_be_open(cx, was);
}

static struct err *
derive_currency(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct sale_currency in;

	if (!rec_has(now, CART_CURRENCY))
		rec_set_str(now, CART_CURRENCY, cx->currency);
	if (!rec_changed(now, was, CART_CURRENCY))
		return NULL;
	if (!catalog_currency(cx, rec_str(now, CART_CURRENCY), &in))
		return rec_refuse(cx, now, CART_CURRENCY, REASON_NO_RATE,
			"there is no exchange rate from %.*s to %.*s", STRF(cx->currency),
			STRF(in.code));
	return NULL;
}

static struct err *
derive_end(struct ctx *cx, struct rec *now, const struct rec *was)
{
	if (!rec_has(now, CART_EXPIRES_AT))
		rec_set_time(now, CART_EXPIRES_AT, now->created_at + CART_DAYS * DAY_MS);
	if (rec_changed(now, was, CART_EXPIRES_AT) &&
		rec_time(now, CART_EXPIRES_AT) <= clock_now_ms())
		return rec_refuse(cx, now, CART_EXPIRES_AT, REASON_PAST, "must not have passed");
	return NULL;
}

static struct err *
derive_customer(struct ctx *cx, const struct rec *now, const struct rec *was)
{
	struct db_rows rows = { 0 };
	struct err *e;

	if (!rec_has(now, CART_CUSTOMER) || !rec_changed(now, was, CART_CUSTOMER))
		return NULL;
	e = db_query(cx, &rows, "SELECT archived_at FROM customers WHERE tenant_id = ? AND id = ?",
		db_id(cx->tenant), db_id(rec_ref(now, CART_CUSTOMER)));
	if (e)
		return e;
	if (!rows.n)
		return rec_refuse(
			cx, now, CART_CUSTOMER, REASON_UNKNOWN, "there is no such customer");
	if (db_row(&rows, 0)[0].kind != DB_NULL)
		return rec_refuse(
			cx, now, CART_CUSTOMER, REASON_UNKNOWN, "the customer is archived");
	return NULL;
}

static bool
has_lines(const struct rec *cart)
{
	const struct recs *lines = &cart->many[CART_LINES];
	bool some = false;

	for (size_t i = 0; i < lines->n; i++)
		some = some || lines->r[i]->fate != CHILD_REMOVED;
	return some;
}

/* Stock is kept for what can still be ordered, and no longer than that; a hold that is over is none. */
static void
derive_hold(struct rec *now)
{
	int64_t until = rec_time(now, CART_HOLD_EXPIRES_AT), end = rec_time(now, CART_EXPIRES_AT);

	if (!rec_has(now, CART_HOLD_EXPIRES_AT))
		return;
	if (rec_choice(now, CART_STATUS) != CART_OPEN || now->archived_at || !has_lines(now) ||
		MIN(until, end) <= clock_now_ms())
		rec_set_null(now, CART_HOLD_EXPIRES_AT);
	else if (end < until)
		rec_set_time(now, CART_HOLD_EXPIRES_AT, end);
}

static struct err *
cart_derive(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct err *e = was ? check_open(cx, now, was) : NULL, *more;

	if (e)
		return e;
	if (now->archived_at) {
		derive_hold(now);
		return NULL;
	}
	e = derive_currency(cx, now, was);
	e = err_join(e, derive_end(cx, now, was));
	more = derive_customer(cx, now, was);
	if (err_is_server(more))
		return more;
	e = err_join(e, more);
	derive_hold(now);
	more = cart_settle_lines(cx, now);
	return err_is_server(more) ? more : err_join(e, more);
}

/* A coupon must hold when it is put on; if it does so no longer when the cart is read, that is a warning. */
static struct err *
check_coupon(struct ctx *cx, const struct rec *now, const char *field)
{
	struct quote q = { .coupon_field = field };
	struct err *e = cart_quote(cx, now, true, &q), *refused = NULL;

	/* Who buys, a cart may learn later. */
	if (e || !q.coupon_trouble.reason ||
		q.coupon_trouble.reason == REASON_COUPON_NEEDS_CUSTOMER)
		return e;
	err_field(cx->arena, &refused, q.coupon_trouble.field, q.coupon_trouble.reason, "%.*s",
		STRF(q.coupon_trouble.message));
	return refused;
}

static struct err *
cart_check(struct ctx *cx, struct rec *now, const struct rec *was)
{
	/* Without what derive fills in, only the form of a body is judged. */
	if (!rec_has(now, CART_CURRENCY) || now->archived_at)
		return NULL;
	if (rec_has(now, CART_COUPON_CODE) && rec_changed(now, was, CART_COUPON_CODE))
		return check_coupon(cx, now, "coupon_code");
	return NULL;
}

/* ---- actions */

static struct err *
cart_apply_coupon(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	struct err *e = cart_must_be_open(cx, was);

	if (e)
		return e;
	rec_set_str(now, CART_COUPON_CODE, rec_str(input, COUPON_INPUT_CODE));
	return check_coupon(cx, now, "code");
}

static struct err *
cart_remove_coupon(struct ctx *cx UNUSED, struct rec *now, const struct rec *was UNUSED,
	const struct rec *input UNUSED)
{
	rec_set_null(now, CART_COUPON_CODE);
	return NULL;
}

static struct err *
cart_hold(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	struct err *e = cart_must_be_open(cx, was);

	if (!e && !has_lines(now))
		err_field(cx->arena, &e, STR("lines"), REASON_REQUIRED,
			"must have at least one line");
	if (!e)
		rec_set_time(now, CART_HOLD_EXPIRES_AT,
			clock_now_ms() + rec_int(input, HOLD_INPUT_MINUTES) * MINUTE_MS);
	return e;
}

static struct err *
cart_end_hold(struct ctx *cx UNUSED, struct rec *now, const struct rec *was UNUSED,
	const struct rec *input UNUSED)
{
	rec_set_null(now, CART_HOLD_EXPIRES_AT);
	return NULL;
}
