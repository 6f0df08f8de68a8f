/*
 * A refund: its descriptor, and what becomes of it. It counts from the moment in which it is accepted; whether the gateway takes it is
 * asked between two transactions, and when the money has arrived is a matter of the clock. How one is made stands in refund_make.c.
 */
#include "shop/payments/refund_int.h"

#include "base/clock.h"
#include "base/decimal.h"
#include "base/id.h"
#include "db/db.h"
#include "model/write.h"

static action_fn answered, by_hand, arrived;

const struct choice refund_reasons[REFUND__REASONS] = {
	[REFUND_CUSTOMER] = { "customer_request", "the customer asked for it" },
	[REFUND_DUPLICATE] = { "duplicate", "it was paid twice" },
	[REFUND_FRAUD] = { "fraud", "it was not the customer who paid" },
	[REFUND_OUT_OF_STOCK] = { "out_of_stock", "it cannot be delivered" },
	[REFUND_CANCELLED] = { "cancelled", "the order was cancelled" },
	[REFUND_RETURN] = { "return", "the goods came back" },
	[REFUND_OTHER] = { "other", "another reason" },
};

static const struct choice states[REFUND__STATES] = {
	[REFUND_PENDING] = { "pending", "on its way: it settles at settles_at" },
	[REFUND_SUCCEEDED] = { "succeeded", "the money has arrived" },
	[REFUND_FAILED] = { "failed", "refused by the gateway: nothing went back" },
	[REFUND_MANUAL] = { "manual", "to be paid back by hand, since no payment covers it" },
};

static const struct field refund_fields[REFUND__MAX] = {
	[REFUND_PAYMENT] = REF("payment_id", "payment",
		DOC("What goes back; null: what was not paid through us, and goes back by hand."),
		.flags = F_READ_ONLY | F_FILTER, .index = "payment", .example = "pay_123"),
	[REFUND_ORDER] = REF("order_id", "order", DOC("The order that was paid with it."),
		.flags = F_READ_ONLY | F_FILTER, .index = "of_order", .example = "ord_123"),
	[REFUND_AMOUNT] =
		AMOUNT("amount", .money_in = "currency", DOC("How much goes back, in minor units."),
			.flags = F_READ_ONLY, .example = "5000"),
	[REFUND_CURRENCY] = STRING("currency", DOC("Of it, by its ISO 4217 code."),
		.flags = F_READ_ONLY, .max = 3, .example = "USD"),
	[REFUND_REASON] = ENUM("reason", refund_reasons, DOC("Why."), .flags = F_READ_ONLY,
		.example = "customer_request"),
	[REFUND_FEE] = BOOL("refund_application_fee",
		DOC("Whether the part of the application fee goes back too."), .flags = F_READ_ONLY,
		.initial = "false", .example = "false"),
	[REFUND_FEE_REFUNDED] = AMOUNT("application_fee_refunded_amount", .money_in = "currency",
		DOC("What of the application fee goes back, in minor units."), .flags = F_READ_ONLY,
		.initial = "0", .example = "0"),
	[REFUND_STATUS] =
		ENUM("status", states, DOC("How far it is."), .flags = F_READ_ONLY | F_FILTER,
			.index = "status", .initial = "pending", .example = "pending"),
	[REFUND_SETTLES_AT] = TIME("settles_at",
		DOC("When the money is there; null: the gateway has not taken it yet, or it goes "
		    "back by hand."),
		.flags = F_READ_ONLY),
	[REFUND_SETTLED_AT] = TIME("settled_at", DOC("Since when it is."), .flags = F_READ_ONLY),
	[REFUND_GATEWAY_REFERENCE] = STRING("gateway_reference",
		DOC("What the gateway calls it; of one by hand, what was noted."),
		.flags = F_READ_ONLY, .max = 255),
	[REFUND_FAILURE] = STRING(
		"failure", DOC("Why the gateway refused it."), .flags = F_READ_ONLY, .max = 255),
	[REFUND_OBJECT] = STRING("object_name",
		DOC("The kind of what it comes from, such as return; null: it was asked for, or "
		    "the order was cancelled."),
		.flags = F_READ_ONLY, .max = 32),
	[REFUND_OBJECT_ID] =
		REF_OF("object_id", "object_name", DOC("And which of them."), .flags = F_READ_ONLY),
};

enum { HAND_REFERENCE, HAND__MAX };

static const struct field hand_fields[HAND__MAX] = {
	[HAND_REFERENCE] = STRING("reference",
		DOC("What it can be found by in the books of whoever paid it."), .max = 255,
		.pattern = "^[ -~]+$", .pattern_doc = "printable ASCII characters",
		.example = "Bank transfer 2026-01-15/7"),
};

static const struct resource hand_input =
	SHAPE("refund_by_hand", hand_fields, DOC("A refund that was paid back by hand."));

static const struct action refund_actions[] = {
	ACTION("settle", by_hand, .input = &hand_input, .input_optional = true,
		.event = "refund.succeeded", .title = "Note that a refund was paid back by hand",
		DOC("Notes that a refund by hand (status manual) was paid back.")),
};

static const struct shorthand refund_shorthands[] = {
	SHORT("payment_id", "payment_id", DOC("Refunds of this payment.")),
	SHORT("order_id", "order_id", DOC("Refunds of this order.")),
	SHORT("status", "status", DOC("Refunds that are pending, succeeded, failed or manual.")),
};

static const struct listing refund_listings[] = {
	LISTING("payments/{payment_id}/refunds", "payment_id",
		DOC("What went back of the payment, the newest first.")),
};

/* Not routes: what the gateway said, and that the money has arrived. */
static const struct action answered_action = {
	.name = "answered",
	DOC("What the gateway said."),
	.event = "refund.updated",
	.run = answered,
	.input = &outcome_shape,
};
static const struct action arrived_action = {
	.name = "arrived",
	.event = "refund.succeeded",
	.run = arrived,
};

/* ---- asking the gateway */

static struct err *
ask(struct ctx *cx, const struct rec *rec, struct rec **input)
{
	struct call c;
	struct err *e = call_find(cx, ID_NONE, rec->id, &c);

	return e || !c.id.n ? e : outcome_ask(cx, &c, NULL, input);
}

static const struct outside outside = { .call = ask, .then = &answered_action };

const struct resource refund_resource = {
	.name = "refund",
	.plural = "refunds",
	.prefix = "re",
	.table = "refunds",
	.path = "payments/refunds",
	DOC("Money that goes back."),
	FIELDS(refund_fields),
	ACTIONS(refund_actions),
	.operations = refund_operations,
	.noperations = REFUND_OPERATIONS,
	LISTINGS(refund_listings),
	SHORTHANDS(refund_shorthands),
	.verbs = V_LIST | V_GET,
	NO_STATUS,
	SCOPES("payments"),
	.event_created = "refund.created",
	.event_updated = "refund.updated",
	.max_age_s = -1,
	.outside = &outside,
	ADMIN("Payments", REFUND_PAYMENT, REFUND_AMOUNT, REFUND_STATUS, REFUND_REASON),
	PLAN,
};

/* ---- what becomes of it */

static struct err *
method_type(struct ctx *cx, const struct rec *refund, struct str *type)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT payment_method_type FROM payments WHERE tenant_id = ? AND id = ?",
		db_id(cx->tenant), db_id(rec_ref(refund, REFUND_PAYMENT)));

	*type = !e && rows.n ? db_row(&rows, 0)[0].s : STR("");
	return e;
}

static struct err *
accepted(struct ctx *cx, struct rec *now, const struct gateway_answer *a)
{
	struct str type;
	struct err *e = method_type(cx, now, &type);

	if (e)
		return e;
	if (a->reference.n)
		rec_set_str(now, REFUND_GATEWAY_REFERENCE, str_dup(cx->arena, a->reference));
	rec_set_time(now, REFUND_SETTLES_AT, refund_settles_ms(type, clock_now_ms()));
	return NULL;
}

static struct err *
refused(struct ctx *cx, struct rec *now, const struct gateway_answer *a)
{
	struct str why = a->message.n ? a->message : a->code;

	rec_set_choice(now, REFUND_STATUS, REFUND_FAILED);
	if (why.n)
		rec_set_str(now, REFUND_FAILURE, str_dup(cx->arena, str_cut(why, 0, 255)));
	now->event = "refund.failed";
	return refund_give_back(cx, now);
}

/* Whatever else the gateway says leaves the call open: it will be asked again. */
static struct err *
answered(struct ctx *cx, struct rec *now, const struct rec *was UNUSED, const struct rec *input)
{
	const struct outcome *o = outcome_of(input);
	bool ours;
	struct err *e = call_settle(cx, o, &ours);

	if (e || !ours)
		return e;
	if (o->answer.outcome == GATEWAY_DONE)
		return accepted(cx, now, &o->answer);
	if (o->answer.outcome == GATEWAY_DECLINED || o->answer.outcome == GATEWAY_REFUSED)
		return refused(cx, now, &o->answer);
	return NULL;
}

static void
settle(struct rec *now)
{
	rec_set_choice(now, REFUND_STATUS, REFUND_SUCCEEDED);
	rec_set_time(now, REFUND_SETTLED_AT, clock_now_ms());
}

static struct err *
by_hand(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	if (rec_choice(was, REFUND_STATUS) != REFUND_MANUAL)
		return err_reason(err_new(cx->arena, ERR_CONFLICT,
					  "the refund is not one by hand that is still to be paid"),
			REASON_TRANSITION);
	settle(now);
	if (rec_has(input, HAND_REFERENCE))
		rec_set_str(now, REFUND_GATEWAY_REFERENCE, rec_str(input, HAND_REFERENCE));
	return NULL;
}

/* Somebody else may have noted it meanwhile. */
static struct err *
arrived(struct ctx *cx UNUSED, struct rec *now, const struct rec *was,
	const struct rec *input UNUSED)
{
	if (rec_choice(was, REFUND_STATUS) == REFUND_PENDING && rec_has(was, REFUND_SETTLES_AT) &&
		rec_time(was, REFUND_SETTLES_AT) <= clock_now_ms())
		settle(now);
	return NULL;
}

struct err *
refunds_settle(struct ctx *cx, int64_t most, int64_t *n)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT id FROM refunds FORCE INDEX (due) WHERE tenant_id = ? AND status = "
		"'pending'"
		" AND settles_at <= ? ORDER BY settles_at, id LIMIT ?",
		db_id(cx->tenant), db_time(clock_now_ms()), db_int(most));

	*n = e ? 0 : (int64_t)rows.n;
	for (size_t i = 0; !e && !cx->dry_run && i < rows.n; i++) {
		struct write w = {
			.verb = WRITE_ACT,
			.resource = &refund_resource,
			.action = &arrived_action,
			.key = id_str(cx->arena, (struct id){ db_row(&rows, i)[0].i }, "re"),
		};
		struct written written;

		e = model_write(cx, &w, &written);
	}
	return e;
}

/* ---- arithmetic */

/* Cards take a working week; what goes by banks, two. */
static int64_t
business_days(struct str type)
{
	static const struct {
		const char *type;
		int64_t days;
	} slower[] = {
		{ "affirm", 7 },
		{ "klarna", 7 },
		{ "ach", 10 },
		{ "wire", 10 },
	};

	for (size_t i = 0; i < COUNT(slower); i++) {
		if (str_eq(type, str_of(slower[i].type)))
			return slower[i].days;
	}
	return 5;
}

int64_t
refund_settles_ms(struct str type, int64_t now_ms)
{
	const int64_t day_ms = INT64_C(86400000);
	int64_t left = business_days(type), at = now_ms;

	while (left) {
		int64_t weekday; /* 0: Monday; the first day of 1970 was a Thursday */

		at += day_ms;
		weekday = (at / day_ms + 3) % 7;
		if (weekday < 5)
			left--;
	}
	return at;
}

int64_t
refund_fee_part(const struct fee_part *of, int64_t amount)
{
	int64_t all;

	must(decimal_scale(of->fee, MIN(of->before + amount, of->captured), of->captured,
		ROUND_HALF_EVEN, &all));
	all = MIN(all, of->fee) - of->fee_before;
	return MAX(0, MIN(all, amount));
}
