/* An order: its descriptor. How one is made stands in order_create.c, what becomes of it in order_status.c. */
#include "shop/orders/orders.h"

#include "shop/address/address.h"
#include "shop/customers/customers.h"
#include "shop/orders/order_int.h"
#include "shop/orders/priced.h"

static rule_fn order_derive, order_check, order_apply;

const struct choice order_statuses[STATUSES] = {
	[STATUS_PENDING] = { "pending", "taken, nothing is done yet" },
	[STATUS_PROCESSING] = { "processing", "being prepared" },
	[STATUS_SHIPPED] = { "shipped", "on its way" },
	[STATUS_DELIVERED] = { "delivered", "has arrived" },
	[STATUS_CANCELLED] = { "cancelled", "will not be carried out" },
};

static const struct choice payment_statuses[] = {
	[PAYMENT_PENDING] = { "pending", "not paid yet" },
	[PAYMENT_PAID] = { "paid", "paid; refund_status says whether something went back" },
	[PAYMENT_FAILED] = { "failed", "a payment was refused" },
	[PAYMENT_REFUNDED] = { "refunded", "all of it went back" },
};

static const struct choice refund_statuses[] = {
	[REFUND_NONE] = { "none", "nothing went back" },
	[REFUND_PARTIAL] = { "partial", "some of it went back" },
	[REFUND_FULL] = { "full", "all of it went back" },
};

static const struct choice fulfillment_statuses[] = {
	[FULFILLMENT_UNFULFILLED] = { "unfulfilled", "nothing was sent" },
	[FULFILLMENT_PARTIAL] = { "partial", "some of it was sent" },
	[FULFILLMENT_FULFILLED] = { "fulfilled", "all of it was sent" },
};

const struct choice cancel_reasons[CANCEL_REASONS] = {
	[CANCEL_CUSTOMER] = { "customer_request", "the customer changed his mind" },
	[CANCEL_STOCK] = { "out_of_stock", "it cannot be delivered" },
	[CANCEL_PAYMENT] = { "payment_failed", "it was not paid" },
	[CANCEL_FRAUD] = { "fraud", "it is not believed" },
	[CANCEL_DUPLICATE] = { "duplicate", "it was ordered twice" },
	[CANCEL_OTHER] = { "other", "another reason, which the note tells" },
};

static const struct field order_fields[ORDER__MAX] = {
	[ORDER_NUMBER] = INTEGER("number",
		DOC("Its number in the shop: 1, 2, 3 … without gaps, in the order in which "
		    "orders were taken."),
		.flags = F_READ_ONLY | F_FILTER | F_SORT | F_DISTINCT, .index = "number",
		.example = "1001"),
	[ORDER_CUSTOMER] = REF("customer_id", "customer", DOC("Who bought it; null: a guest."),
		.flags = F_CREATE_ONLY | F_FILTER, .index = "customer", .example = "cust_123"),
	[ORDER_EMAIL] = STRING("email",
		DOC("Where the buyer is written to; left out, the customer's own."),
		.flags = F_FILTER, .max = EMAIL_MAX, .index = "email", .pattern = EMAIL_PATTERN,
		.pattern_doc = EMAIL_PATTERN_DOC, .example = "john.doe@example.com"),
	[ORDER_STATUS] = ENUM("status", order_statuses, DOC("How far it is."),
		.flags = F_READ_ONLY | F_FILTER, .index = "status", .initial = "pending",
		.example = "pending"),
	[ORDER_PAYMENT_STATUS] = ENUM("payment_status", payment_statuses,
		DOC("Whether it is paid."), .flags = F_READ_ONLY | F_FILTER,
		.index = "payment_status", .initial = "pending", .example = "pending"),
	[ORDER_REFUND_STATUS] =
		ENUM("refund_status", refund_statuses, DOC("How much of what was paid went back."),
			.flags = F_READ_ONLY, .initial = "none", .example = "none"),
	[ORDER_FULFILLMENT_STATUS] = ENUM("fulfillment_status", fulfillment_statuses,
		DOC("How much of it was sent."), .flags = F_READ_ONLY | F_FILTER,
		.index = "fulfillment_status", .initial = "unfulfilled", .example = "unfulfilled"),
	[ORDER_CURRENCY] = STRING("currency",
		DOC("The currency of all its money, by its ISO 4217 code; left out, the shop's "
		    "own."),
		.flags = F_CREATE_ONLY | F_FILTER, .max = 3, .index = "currency",
		.known = known_currency, .pattern_doc = "a currency's code (ISO 4217)",
		.example = "USD"),
	[ORDER_RATE] = STRING("rate",
		DOC("What one of the shop's currency was worth in that of the order when it was "
		    "taken; null: it is the same."),
		.flags = F_READ_ONLY, .max = 24),
	[ORDER_SUBTOTAL] = PRICE("subtotal", .money_in = "currency",
		DOC("Of all lines, before discounts."), .flags = F_READ_ONLY, .example = "399.98"),
	[ORDER_DISCOUNT_TOTAL] = PRICE("discount_total", .money_in = "currency",
		DOC("What discounts and coupon take off."), .flags = F_READ_ONLY,
		.example = "0.00"),
	[ORDER_SHIPPING_TOTAL] = PRICE("shipping_total", .money_in = "currency",
		DOC("Of sending it."), .flags = F_READ_ONLY, .example = "0.00"),
	[ORDER_TAX_TOTAL] = PRICE("tax_total", .money_in = "currency",
		DOC("Tax: on top of the prices, or within them if prices_include_tax."),
		.flags = F_READ_ONLY, .example = "0.00"),
	[ORDER_TOTAL] = PRICE("total", .money_in = "currency", DOC("What is to be paid."),
		.flags = F_READ_ONLY | F_FILTER | F_SORT, .index = "total", .example = "399.98"),
	[ORDER_TOTAL_BASE] = AMOUNT("total_base",
		DOC("The total in the shop's own currency, in minor units."), .flags = F_INTERNAL),
	[ORDER_AMOUNT_PAID] = AMOUNT("amount_paid", .money_in = "currency",
		DOC("What was paid so far, in minor units; what went back later is in it."),
		.flags = F_READ_ONLY, .initial = "0", .example = "0"),
	[ORDER_AMOUNT_REFUNDED] = AMOUNT("amount_refunded", .money_in = "currency",
		DOC("What of it went back so far, in minor units."), .flags = F_READ_ONLY,
		.initial = "0", .example = "0"),
	[ORDER_PRICES_INCLUDE_TAX] =
		BOOL("prices_include_tax", DOC("Whether its prices have the tax in them."),
			.flags = F_READ_ONLY, .initial = "false", .example = "false"),
	[ORDER_SHIPPING_ADDRESS] = OBJECT("shipping_address", &address_shape,
		DOC("Where it goes; left out, the customer's default for it. A copy.")),
	[ORDER_SHIPPING_ADDRESS_ID] = REF("shipping_address_id", "customer_address",
		DOC("The customer's address that it was copied from, and may be named by.")),
	[ORDER_BILLING_ADDRESS] = OBJECT("billing_address", &address_shape,
		DOC("Who pays; left out, the customer's default for it, else where it goes.")),
	[ORDER_BILLING_ADDRESS_ID] = REF("billing_address_id", "customer_address",
		DOC("The customer's address that it was copied from, and may be named by.")),
	[ORDER_PAYMENT_METHOD] = STRING("payment_method",
		DOC("How it is paid: a kind, such as card, or a stored method."), .max = 64,
		.example = "card"),
	[ORDER_SHIPPING_METHOD] =
		STRING("shipping_method", DOC("How it is sent."), .max = 64, .example = "standard"),
	[ORDER_COUPON_CODE] = STRING("coupon_code", DOC("The coupon that was redeemed with it."),
		.flags = F_CREATE_ONLY, .max = 64, .example = "SUMMER20"),
	[ORDER_DISCOUNTS] =
		OBJECTS("discounts", &discount_line_shape, DOC("What took something off."),
			.flags = F_READ_ONLY, .max = PRICED_DISCOUNTS_MOST),
	[ORDER_TAX_LINES] = OBJECTS("tax_lines", &tax_line_shape, DOC("The taxes in it."),
		.flags = F_READ_ONLY, .max = PRICED_TAXES_MOST),
	[ORDER_SHIPPING_EXPLANATION] = OBJECTS("shipping_explanation", &price_step_shape,
		DOC("How shipping_total came about."), .flags = F_INTERNAL,
		.max = PRICED_STEPS_MOST),
	[ORDER_CHANNEL] = STRING("channel", DOC("Where it came from."), .flags = F_CREATE_ONLY,
		.max = 32, .initial = "api", .pattern = "^[a-z0-9_-]+$",
		.pattern_doc = "lower-case letters, digits, '-' and '_'", .example = "api"),
	[ORDER_HOLD_REASON] = STRING("hold_reason", DOC("Why it waits; null: it does not."),
		.flags = F_READ_ONLY, .max = 255),
	[ORDER_CANCEL_REASON] = ENUM("cancel_reason", cancel_reasons, DOC("Why it was cancelled."),
		.flags = F_READ_ONLY),
	[ORDER_CANCELLED_AT] =
		TIME("cancelled_at", DOC("When it was cancelled."), .flags = F_READ_ONLY),
};

static const struct relation order_relations[] = {
	[ORDER_ITEMS] = MANY("items", "order_item", "order_id", .flags = R_INLINE, .min = 1,
		.max = ORDER_ITEMS_MOST, DOC("Its lines: what was bought.")),
};

static const struct shorthand order_shorthands[] = {
	SHORT("customer_id", "customer_id", DOC("Orders of this customer.")),
	SHORT("status", "status",
		DOC("Orders of this status: pending, processing, shipped, delivered or "
		    "cancelled.")),
	SHORT("payment_status", "payment_status",
		DOC("Orders whose payment is pending, paid, failed or refunded.")),
	SHORT("fulfillment_status", "fulfillment_status",
		DOC("Orders that are unfulfilled, partial or fulfilled.")),
	SHORT("number", "number", DOC("The order of this number.")),
	SHORT("email", "email", DOC("Orders of this e-mail address.")),
	SHORT("currency", "currency", DOC("Orders in this currency.")),
	SHORT("date_from", "created_at",
		DOC("Orders taken from then on; a date is its first moment."), .op = "gte"),
	SHORT("date_to", "created_at", DOC("Orders taken until then; a date is its last moment."),
		.op = "lte"),
};

const struct resource order_resource = {
	.name = "order",
	.plural = "orders",
	.prefix = "ord",
	.table = "orders",
	DOC("What was bought, by whom, for how much, and what became of it."),
	FIELDS(order_fields),
	RELATIONS(order_relations),
	.actions = order_actions,
	.nactions = ORDER_ACTIONS,
	.outside = &order_outside,
	.operations = order_operations,
	.noperations = ORDER_OPERATIONS,
	SHORTHANDS(order_shorthands),
	.verbs = V_LIST | V_GET | V_CREATE | V_UPDATE | V_READABLE_ARCHIVED,
	NO_STATUS,
	SCOPES("orders"),
	.event_created = "order.created",
	.event_updated = "order.updated",
	.max_age_s = -1,
	.derive = order_derive,
	.check = order_check,
	.apply = order_apply,
	ADMIN("Orders", ORDER_NUMBER, ORDER_STATUS, ORDER_EMAIL, ORDER_TOTAL),
	PLAN,
};

static struct err *
order_derive(struct ctx *cx, struct rec *now, const struct rec *was)
{
	return was ? order_readdress(cx, now, was) : order_price(cx, now);
}

static struct err *
order_check(struct ctx *cx, struct rec *now, const struct rec *was)
{
	return was ? order_check_change(cx, now, was) : NULL;
}

static struct err *
order_apply(struct ctx *cx, struct rec *now, const struct rec *was)
{
	return was ? order_note_change(cx, now, was) : order_take(cx, now);
}
