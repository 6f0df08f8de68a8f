/*
 * A payment: what was authorized, and what became of that money. It is made by its intent, when the gateway has answered; one
 * that was declined is kept too. All that changes it goes through payment_change().
 */
#include "base/id.h"
#include "model/write.h"
#include "shop/payments/payments_int.h"

#define PAYMENT_DAY(n, o, d) SHORT(n, "created_at", DOC(d), .op = (o))

static rule_fn derive;

static const struct choice statuses[PAY__STATUSES] = {
	[PAY_AUTHORIZED] = { "authorized", "the money is held" },
	[PAY_CAPTURED] = { "captured", "some of it, or all, was taken" },
	[PAY_PARTIALLY_REFUNDED] = { "partially_refunded", "some of what was taken went back" },
	[PAY_REFUNDED] = { "refunded", "all that was taken went back" },
	[PAY_CANCELED] = { "canceled", "the money was given free, and none was taken" },
	[PAY_FAILED] = { "failed", "it was declined" },
	[PAY_DISPUTED] = { "disputed", "the buyer's bank asks some of it back, or took it" },
};

#define MINOR(n, d, ...)                                                                           \
	AMOUNT(n, DOC(d), .money_in = "currency", .flags = F_READ_ONLY, __VA_ARGS__)

static const struct field payment_fields[PAY__MAX] = {
	[PAY_INTENT] = REF("intent_id", "payment_intent", DOC("What asked for it."),
		.flags = F_READ_ONLY | F_FILTER, .index = "intent", .example = "pi_123"),
	[PAY_ORDER] = REF("order_id", "order", DOC("The order it is for; null: none."),
		.flags = F_READ_ONLY | F_FILTER, .index = "order_id", .example = "ord_123"),
	[PAY_CUSTOMER] = REF("customer_id", "customer", DOC("Who pays; null: a guest."),
		.flags = F_READ_ONLY | F_FILTER, .index = "customer_id", .example = "cust_456"),
	[PAY_STATUS] = ENUM("status", statuses, DOC("What became of it."),
		.flags = F_READ_ONLY | F_FILTER, .index = "status", .example = "captured"),
	[PAY_AMOUNT] = AMOUNT("amount", DOC("What was authorized, in minor units."),
		.flags = F_READ_ONLY | F_FILTER | F_SORT, .money_in = "currency", .index = "amount",
		.example = "19999"),
	[PAY_CURRENCY] = STRING("currency", DOC("Its currency (ISO 4217)."),
		.flags = F_READ_ONLY | F_FILTER, .max = 3, .example = "USD"),
	[PAY_AMOUNT_CAPTURED] = MINOR("amount_captured", "What was taken of it so far.",
		.initial = "0", .example = "19999"),
	[PAY_AMOUNT_REFUNDED] = MINOR("amount_refunded", "What of that goes back, or went.",
		.initial = "0", .example = "0"),
	[PAY_AMOUNT_DISPUTED] =
		MINOR("amount_disputed", "What of it is disputed, or was lost in a dispute.",
			.initial = "0", .example = "0"),
	[PAY_APPLICATION_FEE] = MINOR("application_fee_amount",
		"The marketplace's commission, taken so far: the part of the intent's that was "
		"captured.",
		.initial = "0", .example = "0"),
	[PAY_APPLICATION_FEE_REFUNDED] = MINOR("application_fee_refunded_amount",
		"What of the commission went back.", .initial = "0", .example = "0"),
	[PAY_GATEWAY_FEE] = MINOR(
		"gateway_fee_amount", "What the gateway kept.", .initial = "0", .example = "610"),
	[PAY_METHOD_ID] = REF("payment_method_id", "payment_method",
		DOC("The stored method; null: it was named by its type alone."),
		.flags = F_READ_ONLY, .example = "pm_456"),
	[PAY_METHOD_TYPE] = STRING("payment_method_type", DOC("How it was paid."),
		.flags = F_READ_ONLY | F_FILTER, .max = 32, .index = "method_type",
		.example = "card"),
	[PAY_BRAND] = STRING("brand", DOC("The card's network; null: it is no card."),
		.flags = F_READ_ONLY, .max = 16, .example = "visa"),
	[PAY_LAST4] = STRING("last4", DOC("The last four digits; null: there are none."),
		.flags = F_READ_ONLY, .max = 4, .example = "4242"),
	[PAY_GATEWAY] = STRING("gateway", DOC("Who moved the money."), .flags = F_READ_ONLY,
		.max = 16, .example = "sandbox"),
	[PAY_GATEWAY_ID] =
		INTEGER("gateway_id", DOC("The row of its credentials."), .flags = F_INTERNAL),
	[PAY_GATEWAY_REFERENCE] = STRING("gateway_reference",
		DOC("What the gateway calls it; null: it never had one."), .flags = F_READ_ONLY,
		.max = 255, .example = "sandbox_01kb6n2j5r9aa"),
	[PAY_CAPTURED_AT] =
		TIME("captured_at", DOC("When some of it was taken first; null: not yet."),
			.flags = F_READ_ONLY | F_FILTER | F_SORT, .index = "captured"),
};

static const struct shorthand payment_shorthands[] = {
	SHORT("order_id", "order_id", DOC("Payments of this order.")),
	SHORT("customer_id", "customer_id", DOC("Payments of this customer.")),
	SHORT("intent_id", "intent_id", DOC("Payments of this intent.")),
	SHORT("status", "status",
		DOC("Payments of this status: authorized, captured, partially_refunded, refunded, "
		    "canceled, failed or disputed.")),
	SHORT("payment_method_type", "payment_method_type",
		DOC("Payments by this type of method, such as card.")),
	SHORT("currency", "currency", DOC("Payments in this currency.")),
	SHORT("amount_from", "amount", DOC("Payments of at least that, in minor units."),
		.op = "gte"),
	SHORT("amount_to", "amount", DOC("Payments of at most that, in minor units."), .op = "lte"),
	PAYMENT_DAY("date_from", "gte", "Payments made from then on; a date is its first moment."),
	PAYMENT_DAY("date_to", "lte", "Payments made until then; a date is its last moment."),
};

const struct resource payment_resource = {
	.name = "payment",
	.plural = "payments",
	.prefix = "pay",
	.table = "payments",
	DOC("Money that was authorized, and what became of it."),
	FIELDS(payment_fields),
	SHORTHANDS(payment_shorthands),
	.verbs = V_LIST | V_GET,
	NO_STATUS,
	SCOPES("payments"),
	.event_created = "payment.authorized",
	.event_updated = "payment.updated",
	.max_age_s = -1,
	.derive = derive,
	ADMIN("Payments", PAY_STATUS, PAY_AMOUNT, PAY_CURRENCY, PAY_METHOD_TYPE),
	PLAN,
};

enum pay_status
payment_status_of(const struct rec *payment)
{
	int64_t captured = rec_money(payment, PAY_AMOUNT_CAPTURED);
	int64_t refunded = rec_money(payment, PAY_AMOUNT_REFUNDED);

	if (rec_money(payment, PAY_AMOUNT_DISPUTED))
		return PAY_DISPUTED;
	if (!captured)
		return PAY_AUTHORIZED;
	if (!refunded)
		return PAY_CAPTURED;
	return refunded < captured ? PAY_PARTIALLY_REFUNDED : PAY_REFUNDED;
}

static struct err *
derive(struct ctx *cx UNUSED, struct rec *now, const struct rec *was UNUSED)
{
	int status = rec_choice(now, PAY_STATUS);

	if (status != PAY_FAILED && status != PAY_CANCELED)
		rec_set_choice(now, PAY_STATUS, (int)payment_status_of(now));
	return NULL;
}

struct err *
payment_change(struct ctx *cx, struct id id, const struct action *run, const struct rec *input,
	struct rec **payment)
{
	struct write w = {
		.verb = WRITE_ACT,
		.resource = &payment_resource,
		.action = run,
		.key = id_str(cx->arena, id, payment_resource.prefix),
		.input = input,
	};
	struct written out;
	struct err *e = model_write_inside(cx, &w, &out);

	if (!e && payment)
		*payment = out.rec;
	return e;
}
