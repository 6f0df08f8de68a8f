/*
 * What a gateway said, and what that makes of the intent, its payment, its order and the books: all in one transaction, in
 * which the call leaves the open ones first. If somebody else settled it meanwhile, nothing is done.
 */
#include "base/clock.h"
#include "base/decimal.h"
#include "base/id.h"
#include "db/db.h"
#include "model/store.h"
#include "model/trace.h"
#include "shop/payments/intent_int.h"
#include "shop/payments/refunds.h"

#define HELD_MS (INT64_C(7) * 24 * 3600 * 1000)

/* ---- asking */

struct err *
intent_call(struct ctx *cx, const struct rec *rec, struct rec **input)
{
	struct gateway_call details = {
		.return_url = rec_str(rec, INTENT_RETURN_URL),
		.statement_descriptor = rec_str(rec, INTENT_STATEMENT_DESCRIPTOR),
		.description = rec_str(rec, INTENT_DESCRIPTION),
	};
	const struct call *begun = rec->found;
	struct call c;
	struct err *e = NULL;

	*input = NULL;
	if (begun) /* in the first transaction, just now: whoever was faster, the second one learns */
		c = *begun;
	else
		e = call_find(cx, rec->id, ID_NONE, &c);
	if (!e && c.id.n && c.kind == GATEWAY_AUTHORIZE)
		e = intent_read_method(cx, rec, &details);
	return e ? e : outcome_ask(cx, &c, &details, input);
}

/* ---- the payment */

/* The part of the marketplace's commission that belongs to what is captured: exact over any parts. */
static int64_t
commission(const struct rec *intent, int64_t captured)
{
	int64_t part;

	if (!rec_has(intent, INTENT_APPLICATION_FEE))
		return 0;
	must(decimal_scale(rec_money(intent, INTENT_APPLICATION_FEE), captured,
		rec_money(intent, INTENT_AMOUNT), ROUND_DOWN, &part));
	return part;
}

static struct rec *
new_payment(struct ctx *cx, const struct rec *intent, const struct outcome *o)
{
	struct rec *p = rec_new(cx->arena, &payment_resource);
	bool failed = o->answer.outcome != GATEWAY_DONE;
	int64_t captured = !failed && o->call.final ? o->call.amount : 0;

	p->id = id_new();
	p->version = 1;
	p->created_at = p->updated_at = clock_now_ms();
	rec_set_ref(p, PAY_INTENT, intent->id);
	rec_set_ref_if(p, PAY_ORDER, rec_ref(intent, INTENT_ORDER));
	rec_set_ref_if(p, PAY_CUSTOMER, rec_ref(intent, INTENT_CUSTOMER));
	rec_set_money(p, PAY_AMOUNT, o->call.amount);
	rec_set_str(p, PAY_CURRENCY, o->call.currency);
	rec_set_money(p, PAY_AMOUNT_CAPTURED, captured);
	rec_set_money(p, PAY_AMOUNT_REFUNDED, 0);
	rec_set_money(p, PAY_AMOUNT_DISPUTED, 0);
	rec_set_money(p, PAY_APPLICATION_FEE, commission(intent, captured));
	rec_set_money(p, PAY_APPLICATION_FEE_REFUNDED, 0);
	rec_set_money(p, PAY_GATEWAY_FEE, captured ? o->answer.fee : 0);
	rec_set_ref_if(p, PAY_METHOD_ID, o->details.method);
	rec_set_str(p, PAY_METHOD_TYPE, rec_str(intent, INTENT_METHOD_TYPE));
	rec_set_text(p, PAY_BRAND, o->details.brand);
	rec_set_text(p, PAY_LAST4, o->details.last4);
	rec_set_str(p, PAY_GATEWAY, o->call.gateway);
	if (o->call.gateway_id.n)
		rec_set_int(p, PAY_GATEWAY_ID, o->call.gateway_id.n);
	else
		rec_set_null(p, PAY_GATEWAY_ID);
	rec_set_text(p, PAY_GATEWAY_REFERENCE, o->answer.reference);
	rec_set_null(p, PAY_CAPTURED_AT);
	if (captured)
		rec_set_time(p, PAY_CAPTURED_AT, clock_now_ms());
	rec_set_choice(p, PAY_STATUS, failed ? PAY_FAILED : (int)payment_status_of(p));
	return p;
}

static const char *
event_of(const struct rec *payment)
{
	switch (rec_choice(payment, PAY_STATUS)) {
	case PAY_FAILED:
		return "payment.failed";
	case PAY_CAPTURED:
		return "payment.succeeded";
	default:
		return payment_resource.event_created;
	}
}

static struct err *
add_payment(struct ctx *cx, struct rec *intent, const struct outcome *o, struct rec **payment)
{
	struct audit_row row = { .resource = payment_resource.plan->name };
	struct err *e;

	*payment = new_payment(cx, intent, o);
	row.action = event_of(*payment);
	row.object = (*payment)->id;
	row.changes = trace_changes(cx, *payment, NULL);
	e = store_insert(cx, *payment);
	e = e ? e : audit_write(cx, &row);
	e = e ? e : event_write(cx, row.action, *payment, NULL);
	rec_set_ref(intent, INTENT_PAYMENT, (*payment)->id);
	return e;
}

/* ---- what a capture moves */

/* What was taken: one fact for each call. */
struct taken {
	const struct outcome *o;
	const struct rec *payment;
	int64_t commission; /* of this call */
};

static struct err *
tell(struct ctx *cx, enum payments_news_kind kind, const struct outcome *o,
	const struct rec *payment)
{
	struct payments_news news = {
		.kind = kind,
		.order = o->call.order,
		.amount = o->call.amount,
		.currency = o->call.currency,
		.reason = kind == PAYMENTS_FAILED ? o->answer.code : (struct str){ 0 },
		.object = payment_resource.plan->name,
		.object_id = payment->id,
	};

	return news.order.n ? payments_listener()->news(cx, &news) : NULL;
}

static struct err *
note_taken(struct ctx *cx, const struct taken *t)
{
	struct err *e = tell(cx, PAYMENTS_CAPTURED, t->o, t->payment);

	e = e ? e : intent_book(cx, t->o, t->payment->id, t->commission);
	return e ? e : disputes_of_card(cx, t->payment);
}

/* ---- authorizations */

static void
set_next_action(struct ctx *cx, struct rec *now, struct str url)
{
	struct rec *next = rec_new(cx->arena, &next_action_shape);

	rec_set_choice(next, NEXT_TYPE, 0);
	rec_set_str(next, NEXT_URL, url);
	rec_set_object(cx, now, INTENT_NEXT_ACTION, next);
}

void
intent_note_error(struct ctx *cx, struct rec *now, const struct gateway_answer *a)
{
	struct rec *error = rec_new(cx->arena, &payment_error_shape);

	rec_set_text(error, ERROR_CODE, a->code.n ? a->code : STR("gateway_refused"));
	rec_set_text(error, ERROR_DECLINE_CODE, a->decline_code);
	rec_set_text(error, ERROR_MESSAGE, a->message);
	rec_set_object(cx, now, INTENT_LAST_ERROR, error);
}

/* What is held still, of an intent that was given up while its gateway was asked. */
static struct err *
give_free(struct ctx *cx, struct rec *now)
{
	rec_set_choice(now, INTENT_STATUS, INTENT_PROCESSING);
	return intent_ask(cx, now, GATEWAY_CANCEL);
}

/* Held, or captured at once. Of one that was given up meanwhile what is held is given free. */
static struct err *
authorized(struct ctx *cx, struct rec *now, const struct outcome *o)
{
	struct taken t = { .o = o };
	struct rec *payment;
	struct err *e = add_payment(cx, now, o, &payment);

	if (e)
		return e;
	rec_set_object(cx, now, INTENT_NEXT_ACTION, NULL);
	rec_set_object(cx, now, INTENT_LAST_ERROR, NULL);
	if (o->call.final) {
		rec_set_money(now, INTENT_AMOUNT_CAPTURED, o->call.amount);
		rec_set_choice(now, INTENT_STATUS, INTENT_SUCCEEDED);
		now->event = "payment_intent.succeeded";
		t.payment = payment;
		t.commission = rec_money(payment, PAY_APPLICATION_FEE);
		return note_taken(cx, &t);
	}
	rec_set_money(now, INTENT_AMOUNT_CAPTURABLE, o->call.amount);
	rec_set_time(now, INTENT_EXPIRES_AT,
		o->answer.expires_at_ms ? o->answer.expires_at_ms : clock_now_ms() + HELD_MS);
	if (rec_has(now, INTENT_CANCELLATION_REASON))
		return give_free(cx, now);
	rec_set_choice(now, INTENT_STATUS, INTENT_NEEDS_CAPTURE);
	now->event = "payment_intent.requires_capture";
	return NULL;
}

static struct err *
declined(struct ctx *cx, struct rec *now, const struct outcome *o)
{
	struct rec *payment;
	struct err *e = add_payment(cx, now, o, &payment);

	if (e)
		return e;
	rec_set_object(cx, now, INTENT_NEXT_ACTION, NULL);
	intent_note_error(cx, now, &o->answer);
	if (rec_has(now, INTENT_CANCELLATION_REASON)) {
		intent_end(now);
	} else {
		rec_set_choice(now, INTENT_STATUS, INTENT_FAILED);
		now->event = "payment_intent.failed";
	}
	return tell(cx, PAYMENTS_FAILED, o, payment);
}

/* Nobody is to confirm what was given up meanwhile. */
static struct err *
give_up_challenge(struct ctx *cx, struct rec *now, const struct outcome *o)
{
	struct err *e = call_give_up(cx, o->call.id);

	if (e)
		return e;
	rec_set_choice(now, INTENT_STATUS, INTENT_PROCESSING);
	return intent_ask(cx, now, GATEWAY_CANCEL);
}

static struct err *
settle_authorize(struct ctx *cx, struct rec *now, const struct outcome *o)
{
	switch (o->answer.outcome) {
	case GATEWAY_DONE:
		return authorized(cx, now, o);
	case GATEWAY_DECLINED:
	case GATEWAY_REFUSED:
		return declined(cx, now, o);
	case GATEWAY_ACTION:
		if (rec_has(now, INTENT_CANCELLATION_REASON))
			return give_up_challenge(cx, now, o);
		if (rec_choice(now, INTENT_STATUS) == INTENT_NEEDS_ACTION)
			return NULL;
		rec_set_choice(now, INTENT_STATUS, INTENT_NEEDS_ACTION);
		set_next_action(cx, now, o->answer.url);
		now->event = "payment_intent.requires_action";
		return NULL;
	default:
		if (o->answer.outcome == GATEWAY_UNKNOWN &&
			rec_choice(now, INTENT_STATUS) == INTENT_NEEDS_ACTION)
			return NULL;
		rec_set_choice(now, INTENT_STATUS, INTENT_PROCESSING);
		rec_set_object(cx, now, INTENT_NEXT_ACTION, NULL);
		return NULL;
	}
}

/* ---- captures */

enum { TAKE_AMOUNT, TAKE_COMMISSION, TAKE_FEE, TAKE__MAX };

static const struct field take_fields[TAKE__MAX] = {
	[TAKE_AMOUNT] = AMOUNT("amount", DOC("What was captured."), .min = 1),
	[TAKE_COMMISSION] = AMOUNT("commission", DOC("The marketplace's part.")),
	[TAKE_FEE] = AMOUNT("fee", DOC("The gateway's part.")),
};
static const struct resource take_input =
	SHAPE("payment_taken", take_fields, DOC("What was captured of a payment."));

static struct err *
take(struct ctx *cx UNUSED, struct rec *now, const struct rec *was, const struct rec *input)
{
	rec_set_money(now, PAY_AMOUNT_CAPTURED,
		rec_money(was, PAY_AMOUNT_CAPTURED) + rec_money(input, TAKE_AMOUNT));
	rec_set_money(now, PAY_APPLICATION_FEE,
		rec_money(was, PAY_APPLICATION_FEE) + rec_money(input, TAKE_COMMISSION));
	rec_set_money(
		now, PAY_GATEWAY_FEE, rec_money(was, PAY_GATEWAY_FEE) + rec_money(input, TAKE_FEE));
	if (!rec_has(was, PAY_CAPTURED_AT))
		rec_set_time(now, PAY_CAPTURED_AT, clock_now_ms());
	return NULL;
}

static const struct action taking = {
	.name = "taken", .event = "payment.succeeded", .run = take, .input = &take_input
};

static struct err *
captured(struct ctx *cx, struct rec *now, const struct outcome *o)
{
	int64_t before = rec_money(now, INTENT_AMOUNT_CAPTURED), after = before + o->call.amount;
	int64_t left = rec_money(now, INTENT_AMOUNT_CAPTURABLE) - o->call.amount;
	struct taken t = { .o = o, .commission = commission(now, after) - commission(now, before) };
	struct rec *input = rec_new(cx->arena, &take_input), *payment;
	struct err *e, *asked = NULL;

	must(left >= 0);
	rec_set_money(input, TAKE_AMOUNT, o->call.amount);
	rec_set_money(input, TAKE_COMMISSION, t.commission);
	rec_set_money(input, TAKE_FEE, o->answer.fee);
	e = payment_change(cx, o->call.payment, &taking, input, &payment);
	if (e)
		return e;
	rec_set_money(now, INTENT_AMOUNT_CAPTURED, after);
	rec_set_money(now, INTENT_AMOUNT_CAPTURABLE, left);
	rec_set_object(cx, now, INTENT_LAST_ERROR, NULL);
	if (o->call.final || !left) {
		intent_end(now);
	} else if (rec_has(now, INTENT_CANCELLATION_REASON)) {
		asked = give_free(cx, now);
	} else {
		rec_set_choice(now, INTENT_STATUS, INTENT_NEEDS_CAPTURE);
		now->event = "payment_intent.requires_capture";
	}
	t.payment = payment;
	return asked ? asked : note_taken(cx, &t);
}

/* ---- the end */

void
intent_end(struct rec *now)
{
	bool some = rec_money(now, INTENT_AMOUNT_CAPTURED) > 0;

	rec_set_money(now, INTENT_AMOUNT_CAPTURABLE, 0);
	rec_set_null(now, INTENT_EXPIRES_AT);
	rec_set_null(now, INTENT_NEXT_ACTION);
	rec_set_choice(now, INTENT_STATUS, some ? INTENT_SUCCEEDED : INTENT_CANCELED);
	now->event = some ? "payment_intent.succeeded" : "payment_intent.canceled";
	if (!some)
		rec_set_time(now, INTENT_CANCELED_AT, clock_now_ms());
}

static struct err *
let_go(struct ctx *cx UNUSED, struct rec *now, const struct rec *was,
	const struct rec *input UNUSED)
{
	if (!rec_money(was, PAY_AMOUNT_CAPTURED))
		rec_set_choice(now, PAY_STATUS, PAY_CANCELED);
	return NULL;
}

static const struct action letting_go = {
	.name = "let_go", .event = "payment.canceled", .run = let_go
};

static struct err *
canceled(struct ctx *cx, struct rec *now, const struct outcome *o)
{
	intent_end(now);
	return o->call.payment.n ? payment_change(cx, o->call.payment, &letting_go, NULL, NULL)
				 : NULL;
}

/*
 * What a gateway refuses to capture or to give free is held as before. What it refuses to cancel before it was held may have been
 * taken: the buyer was faster.
 */
static struct err *
refused(struct ctx *cx, struct rec *now, const struct outcome *o)
{
	bool found = false;
	struct err *e = NULL;

	intent_note_error(cx, now, &o->answer);
	if (!rec_money(now, INTENT_AMOUNT_CAPTURABLE)) {
		e = call_take_up(cx, now->id, &found);
		if (found)
			rec_set_choice(now, INTENT_STATUS, INTENT_PROCESSING);
		else
			intent_end(now);
		return e;
	}
	if (o->call.kind == GATEWAY_CAPTURE && rec_has(now, INTENT_CANCELLATION_REASON))
		return give_free(cx, now);
	rec_set_null(now, INTENT_CANCELLATION_REASON);
	rec_set_choice(now, INTENT_STATUS, INTENT_NEEDS_CAPTURE);
	return NULL;
}

static struct err *
settle_other(struct ctx *cx, struct rec *now, const struct outcome *o)
{
	switch (o->answer.outcome) {
	case GATEWAY_DONE:
		return o->call.kind == GATEWAY_CAPTURE ? captured(cx, now, o)
						       : canceled(cx, now, o);
	case GATEWAY_DECLINED:
	case GATEWAY_REFUSED:
		return refused(cx, now, o);
	default:
		rec_set_choice(now, INTENT_STATUS, INTENT_PROCESSING);
		return NULL;
	}
}

struct err *
intent_settle(
	struct ctx *cx, struct rec *now, const struct rec *was UNUSED, const struct rec *input)
{
	const struct outcome *o = outcome_of(input);
	bool ours;
	struct err *e = call_settle(cx, o, &ours);

	if (e || !ours)
		return e;
	return o->call.kind == GATEWAY_AUTHORIZE ? settle_authorize(cx, now, o)
						 : settle_other(cx, now, o);
}
