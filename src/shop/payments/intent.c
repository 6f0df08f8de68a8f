/*
 * A payment intent: the wish to be paid, and how far that is (D30). Its descriptor, and what is judged when it is made. What
 * is done to it stands in intent_act.c, what gateways answer in intent_settle.c.
 */
#include "shop/payments/intent_int.h"

#define INTENT_DAY(n, o, d) SHORT(n, "created_at", DOC(d), .op = (o))
#define AMOUNT_MOST INT64_C(999999999999)
#define URL_MOST 2048

static rule_fn derive, check, apply;

static const struct choice statuses[INTENT__STATUSES] = {
	[INTENT_NEEDS_METHOD] = { "requires_payment_method", "it is not said how it is paid" },
	[INTENT_NEEDS_ACTION] = { "requires_action", "the buyer must confirm, see next_action" },
	[INTENT_NEEDS_CAPTURE] = { "requires_capture", "the money is held, and can be captured" },
	[INTENT_PROCESSING] = { "processing", "the gateway has not decided, or not answered" },
	[INTENT_SUCCEEDED] = { "succeeded", "what was captured is all there will be" },
	[INTENT_CANCELED] = { "canceled", "nothing was captured, and nothing will be" },
	[INTENT_FAILED] = { "failed", "it was declined; another method may be tried" },
};

static const struct choice capture_methods[] = {
	[CAPTURE_MANUAL] = { "manual", "the money is held until it is captured" },
	[CAPTURE_AUTOMATIC] = { "automatic", "the money is captured at once" },
};

const struct choice cancellation_reasons[CANCELLATIONS] = {
	[CANCELLED_BY_CUSTOMER] = { "requested_by_customer", "the customer changed his mind" },
	[CANCELLED_DUPLICATE] = { "duplicate", "it was asked for twice" },
	[CANCELLED_FRAUD] = { "fraudulent", "it is not believed" },
	[CANCELLED_ABANDONED] = { "abandoned", "nobody went on with it" },
	[CANCELLED_ORDER] = { "order_cancelled", "its order was cancelled" },
	[CANCELLED_EXPIRED] = { "expired", "the money was held for too long" },
};

static const struct field error_fields[ERROR__MAX] = {
	[ERROR_CODE] = STRING(
		"code", DOC("What kind of failure it was."), .max = 64, .example = "card_declined"),
	[ERROR_DECLINE_CODE] = STRING("decline_code",
		DOC("Why whoever issued the method said no; null: it is not known."), .max = 64,
		.example = "insufficient_funds"),
	[ERROR_MESSAGE] = STRING("message", DOC("The same for people."), .max = 500,
		.example = "The card has insufficient funds."),
};
const struct resource payment_error_shape =
	SHAPE("payment_error", error_fields, DOC("Why a payment failed."));

static const struct choice next_types[] = {
	{ "redirect_to_url", "the buyer's browser is sent to an address" },
};
static const struct field next_action_fields[NEXT__MAX] = {
	[NEXT_TYPE] =
		ENUM("type", next_types, DOC("What is to be done."), .example = "redirect_to_url"),
	[NEXT_URL] = STRING("url", DOC("Where the buyer is sent to confirm."), .max = URL_MOST,
		.example = "https://sandbox-api.ecommerce-platform.com/challenge"),
};
const struct resource next_action_shape =
	SHAPE("next_action", next_action_fields, DOC("What the buyer must do."));

static const struct field intent_fields[INTENT__MAX] = {
	[INTENT_ORDER] = REF("order_id", "order",
		DOC("The order that it is for, whose currency it has; null: none."),
		.flags = F_CREATE_ONLY | F_FILTER, .index = "order_id", .example = "ord_123"),
	[INTENT_CUSTOMER] = REF("customer_id", "customer",
		DOC("Who pays, who need not be the order's buyer."),
		.flags = F_CREATE_ONLY | F_FILTER, .index = "customer_id", .example = "cust_456"),
	[INTENT_STATUS] = ENUM("status", statuses, DOC("How far it is."),
		.flags = F_READ_ONLY | F_FILTER, .initial = "requires_payment_method",
		.index = "status", .example = "requires_capture"),
	[INTENT_AMOUNT] = AMOUNT("amount", DOC("What is to be paid, in minor units."),
		.flags = F_REQUIRED | F_CREATE_ONLY | F_FILTER | F_SORT, .money_in = "currency",
		.min = 1, .max = AMOUNT_MOST, .index = "amount", .example = "19999"),
	[INTENT_CURRENCY] = STRING("currency", DOC("Its currency (ISO 4217), in any case."),
		.flags = F_REQUIRED | F_CREATE_ONLY | F_FILTER, .max = 3, .known = known_currency,
		.pattern_doc = "a currency's code (ISO 4217)", .example = "USD"),
	[INTENT_METHOD] = STRING("payment_method",
		DOC("How it is paid: a type, such as card, or the id of a stored method; null: "
		    "that is said when it is confirmed."),
		.flags = F_CREATE_ONLY, .max = 64, .example = "card"),
	[INTENT_METHOD_ID] = REF("payment_method_id", "payment_method",
		DOC("The stored method that it is paid by; null: none."), .flags = F_READ_ONLY,
		.example = "pm_456"),
	[INTENT_METHOD_TYPE] =
		STRING("payment_method_type", DOC("The type of the method; null: not known yet."),
			.flags = F_READ_ONLY | F_FILTER, .max = 32, .index = "method_type",
			.example = "card"),
	[INTENT_CAPTURE_METHOD] = ENUM("capture_method", capture_methods,
		DOC("Whether the money is captured at once."), .flags = F_CREATE_ONLY,
		.initial = "manual", .example = "manual"),
	[INTENT_AMOUNT_CAPTURABLE] = AMOUNT("amount_capturable",
		DOC("What is held and can be captured."), .flags = F_READ_ONLY,
		.money_in = "currency", .initial = "0", .example = "19999"),
	[INTENT_AMOUNT_CAPTURED] = AMOUNT("amount_captured", DOC("What was captured so far."),
		.flags = F_READ_ONLY, .money_in = "currency", .initial = "0", .example = "0"),
	[INTENT_APPLICATION_FEE] = AMOUNT("application_fee_amount",
		DOC("The marketplace's commission, if all is captured; at most the amount."),
		.flags = F_CREATE_ONLY, .money_in = "currency", .min = 0, .max = AMOUNT_MOST,
		.example = "999"),
	[INTENT_PAYMENT] =
		REF("payment_id", "payment", DOC("The payment of the last answer; null: none yet."),
			.flags = F_READ_ONLY, .example = "pay_123"),
	[INTENT_GATEWAY] = STRING("gateway", DOC("Who is asked to move the money."),
		.flags = F_READ_ONLY, .max = 16, .example = "sandbox"),
	[INTENT_GATEWAY_ID] =
		INTEGER("gateway_id", DOC("The row of its credentials."), .flags = F_INTERNAL),
	[INTENT_DESCRIPTION] =
		STRING("description", DOC("What it is for."), .max = 1000, .example = "Order 1001"),
	[INTENT_STATEMENT_DESCRIPTOR] =
		STRING("statement_descriptor", DOC("What stands on the buyer's statement."),
			.flags = F_CREATE_ONLY, .max = 22, .pattern = "^[A-Za-z0-9 .,*#&+/-]+$",
			.pattern_doc = "letters, digits, blanks and . , * # & + / -",
			.example = "SOUK HEADPHONES"),
	[INTENT_RETURN_URL] = STRING("return_url",
		DOC("Where the buyer's browser goes after a challenge; null: nowhere."),
		.flags = F_CREATE_ONLY, .max = URL_MOST, .pattern = RETURN_URL_PATTERN,
		.pattern_doc = RETURN_URL_DOC, .example = "https://shop.example.com/thanks"),
	[INTENT_NEXT_ACTION] = OBJECT("next_action", &next_action_shape,
		DOC("What the buyer must do; null: nothing."), .flags = F_READ_ONLY),
	[INTENT_LAST_ERROR] = OBJECT("last_error", &payment_error_shape,
		DOC("Why the gateway said no last; null: it did not, or something succeeded "
		    "since."),
		.flags = F_READ_ONLY),
	[INTENT_EXPIRES_AT] = TIME("authorization_expires_at",
		DOC("Until when the money is held; null: none is."), .flags = F_READ_ONLY),
	[INTENT_CANCELED_AT] = TIME(
		"canceled_at", DOC("When it was canceled; null: it is not."), .flags = F_READ_ONLY),
	[INTENT_CANCELLATION_REASON] = ENUM("cancellation_reason", cancellation_reasons,
		DOC("Why it was canceled, or what was not captured given free."),
		.flags = F_READ_ONLY),
};

static const struct shorthand intent_shorthands[] = {
	SHORT("order_id", "order_id", DOC("Intents for this order.")),
	SHORT("customer_id", "customer_id", DOC("Intents of this customer.")),
	SHORT("status", "status",
		DOC("Intents of this status: requires_payment_method, requires_action, "
		    "requires_capture, processing, succeeded, canceled or failed.")),
	SHORT("payment_method_type", "payment_method_type",
		DOC("Intents by this type of method, such as card.")),
	SHORT("currency", "currency", DOC("Intents in this currency.")),
	SHORT("amount_from", "amount", DOC("Intents of at least that, in minor units."),
		.op = "gte"),
	SHORT("amount_to", "amount", DOC("Intents of at most that, in minor units."), .op = "lte"),
	INTENT_DAY("date_from", "gte", "Intents made from then on; a date is its first moment."),
	INTENT_DAY("date_to", "lte", "Intents made until then; a date is its last moment."),
};

static const struct action settle = {
	.name = "settle",
	DOC("Takes down what the gateway said."),
	.event = "payment_intent.updated",
	.run = intent_settle,
	.input = &outcome_shape,
};
static const struct outside outside = { intent_call, &settle, intent_is_quick };

const struct resource payment_intent_resource = {
	.name = "payment_intent",
	.plural = "payment-intents",
	.path = "payments/intents",
	.prefix = "pi",
	.table = "payment_intents",
	DOC("The wish to be paid, and how far that is."),
	FIELDS(intent_fields),
	.actions = intent_actions,
	.nactions = INTENT_ACTIONS,
	.operations = intent_operations,
	.noperations = INTENT_OPERATIONS,
	SHORTHANDS(intent_shorthands),
	.verbs = V_LIST | V_GET | V_CREATE | V_UPDATE,
	NO_STATUS,
	SCOPES("payments"),
	.event_created = "payment_intent.created",
	.event_updated = "payment_intent.updated",
	.no_cards = true,
	.max_age_s = -1,
	.derive = derive,
	.check = check,
	.apply = apply,
	.outside = &outside,
	ADMIN("Payments", INTENT_STATUS, INTENT_AMOUNT, INTENT_CURRENCY, INTENT_METHOD_TYPE),
	PLAN,
};

/*
 * A new one is authorized at once if it is known how it is paid. The order's row is locked last: whoever needs both an intent and
 * its order takes them in that order.
 */
static struct err *
derive(struct ctx *cx, struct rec *now, const struct rec *was)
{
	bool found = false;
	struct err *e = NULL;

	if (was)
		return NULL;
	if (rec_has(now, INTENT_METHOD))
		e = intent_find_method(cx, now, now, INTENT_METHOD, &found);
	if (!err_is_server(e))
		e = err_join(e, intent_check_customer(cx, now));
	if (!err_is_server(e) && rec_has(now, INTENT_ORDER))
		e = err_join(e, intent_check_order(cx, now));
	if (!e && found)
		e = intent_choose_gateway(cx, now);
	if (!e && found)
		rec_set_choice(now, INTENT_STATUS, INTENT_PROCESSING);
	return e;
}

static struct err *
check(struct ctx *cx, struct rec *now, const struct rec *was)
{
	if (was || !rec_has(now, INTENT_APPLICATION_FEE) || !rec_has(now, INTENT_AMOUNT) ||
		rec_money(now, INTENT_APPLICATION_FEE) <= rec_money(now, INTENT_AMOUNT))
		return NULL;
	return rec_refuse(cx, now, INTENT_APPLICATION_FEE, REASON_TOO_LARGE,
		"must be at most the amount, %" PRId64, rec_money(now, INTENT_AMOUNT));
}

/* The call is written behind the intent, to which it points. */
static struct err *
apply(struct ctx *cx, struct rec *now, const struct rec *was)
{
	if (was || rec_choice(now, INTENT_STATUS) != INTENT_PROCESSING)
		return NULL;
	return intent_ask(cx, now, GATEWAY_AUTHORIZE);
}
