/*
 * What is done to an intent: it is confirmed, captured, canceled. Each writes the call to the gateway, which is carried out
 * after the commit; what the gateway says moves the intent on, in intent_settle.c. Until then the open call refuses any other.
 */
#include "base/clock.h"
#include "base/id.h"
#include "db/db.h"
#include "model/write.h"
#include "shop/payments/intent_int.h"
#include "shop/payments/sandbox.h"

static action_fn confirm, capture, cancel;
static operation_fn capture_by_id;

/* ---- bodies */

enum { CONFIRM_METHOD, CONFIRM_RETURN_URL, CONFIRM__MAX };

static const struct field confirm_fields[CONFIRM__MAX] = {
	[CONFIRM_METHOD] = STRING("payment_method",
		DOC("How it is paid: a type, or the id of a stored method; left out, as before."),
		.max = 64, .example = "pm_456"),
	[CONFIRM_RETURN_URL] = STRING("return_url",
		DOC("Where the buyer's browser goes after a challenge; left out, as before."),
		.max = 2048, .pattern = RETURN_URL_PATTERN, .pattern_doc = RETURN_URL_DOC,
		.example = "https://shop.example.com/thanks"),
};
static const struct resource confirm_input =
	SHAPE("payment_confirmation", confirm_fields, DOC("How an intent is paid."));

enum { CAPTURE_AMOUNT, CAPTURE_FINAL, CAPTURE__MAX };

static const struct field capture_fields[CAPTURE__MAX] = {
	[CAPTURE_AMOUNT] = AMOUNT("amount",
		DOC("How much, in minor units; left out, all that can be captured."), .min = 1,
		.example = "19999"),
	[CAPTURE_FINAL] = BOOL("final_capture", .alias = "final",
		DOC("Whether the rest is given free; false: more may be captured later."),
		.initial = "true", .example = "true"),
};
static const struct resource capture_input =
	SHAPE("payment_capture", capture_fields, DOC("What is captured of held money."));

enum { CANCEL_REASON, CANCEL__MAX };

static const struct field cancel_fields[CANCEL__MAX] = {
	[CANCEL_REASON] = FIELD(T_ENUM, "reason", .choices = cancellation_reasons,
		.nchoices = CANCELLATIONS_GIVEN, DOC("Why it is canceled."),
		.initial = "requested_by_customer", .example = "requested_by_customer"),
};
static const struct resource cancel_input =
	SHAPE("payment_cancellation", cancel_fields, DOC("The end of an intent."));

const struct action intent_actions[INTENT_ACTIONS] = {
	ACTION("confirm", confirm, .title = "Confirm a payment intent", .input = &confirm_input,
		.input_optional = true, .event = "payment_intent.processing",
		DOC("Has the money authorized, by another method if one is named. Of an intent "
		    "that needs a method, or that failed.")),
	ACTION("capture", capture, .title = "Capture a payment intent", .input = &capture_input,
		.input_optional = true, .status = 201,
		DOC("Takes money that is held, all or a part of it.")),
	ACTION("cancel", cancel, .title = "Cancel a payment intent", .input = &cancel_input,
		.input_optional = true,
		DOC("Gives free what is held and not captured. What was captured stays, and the "
		    "intent has then succeeded; it goes back by a refund.")),
};

const struct operation intent_operations[INTENT_OPERATIONS] = {
	OPERATION("capture_payment", "POST", "payments/{payment_id}/capture", capture_by_id,
		DOC("Takes money that is held, all or a part of it: by the id of the intent or of "
		    "the payment."),
		.scope = "payments:write", .writes = true, .status = 201,
		.event = "payment_intent.succeeded", .input = &capture_input,
		.input_optional = true, .output = &payment_intent_resource),
	RAW("show_challenge", "GET", "payments/challenges/{token}", &sandbox_page,
		DOC("Asks the buyer to confirm a payment of the sandbox, as a bank would; a "
		    "payment intent's next_action leads here.")),
	RAW("answer_challenge", "POST", "payments/challenges/{token}", &sandbox_form,
		DOC("Takes down what the buyer said: decision is approve or decline. It counts "
		    "once.")),
};

/* ---- states */

struct err *
intent_check_status(struct ctx *cx, const struct rec *was, unsigned bits, const char *done)
{
	int status = rec_choice(was, INTENT_STATUS);
	const struct field *f = &payment_intent_resource.fields[INTENT_STATUS];

	if (bits & BIT(status))
		return NULL;
	return err_reason(
		err_new(cx->arena, ERR_CONFLICT,
			"a payment intent that is %s cannot be %s; that needs %.*s",
			f->choices[status].name, done, STRF(enum_list(cx->arena, f, bits, " or "))),
		REASON_TRANSITION);
}

static struct err *
confirm(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	bool named = rec_has(input, CONFIRM_METHOD), found = false;
	struct err *e = intent_check_status(
		cx, was, BIT(INTENT_NEEDS_METHOD) | BIT(INTENT_FAILED), "confirmed");

	if (e)
		return e;
	if (!named && !rec_has(was, INTENT_METHOD))
		return rec_refuse(cx, input, CONFIRM_METHOD, REASON_REQUIRED, "must be given");
	if (named)
		rec_set_str(now, INTENT_METHOD, rec_str(input, CONFIRM_METHOD));
	if (rec_has(input, CONFIRM_RETURN_URL))
		rec_set_str(now, INTENT_RETURN_URL, rec_str(input, CONFIRM_RETURN_URL));
	e = intent_find_method(cx, now, input, CONFIRM_METHOD, &found);
	if (!e && !found)
		e = rec_refuse(cx, input, CONFIRM_METHOD, REASON_REQUIRED,
			"must be the id of a stored method: the customer has no default of that "
			"type");
	if (!e && rec_has(now, INTENT_ORDER))
		e = intent_check_order(cx, now);
	e = e ? e : intent_choose_gateway(cx, now);
	if (e)
		return e;
	rec_set_choice(now, INTENT_STATUS, INTENT_PROCESSING);
	rec_set_null(now, INTENT_LAST_ERROR);
	return intent_ask(cx, now, GATEWAY_AUTHORIZE);
}

static struct err *
capture(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	int64_t most = rec_money(was, INTENT_AMOUNT_CAPTURABLE), amount = most;
	struct call c = { .kind = GATEWAY_CAPTURE };
	struct err *e = intent_check_status(cx, was, BIT(INTENT_NEEDS_CAPTURE), "captured");

	if (e)
		return e;
	if (rec_has(input, CAPTURE_AMOUNT))
		amount = rec_money(input, CAPTURE_AMOUNT);
	if (amount > most)
		return rec_refuse(cx, input, CAPTURE_AMOUNT, REASON_TOO_LARGE,
			"must be at most what can be captured, %" PRId64, most);
	c.amount = amount;
	c.final = amount == most || rec_bool(input, CAPTURE_FINAL);
	return intent_ask_for(cx, now, &c);
}

/* By either id: a payment says whose it is. */
static struct err *
find_intent(struct ctx *cx, struct str key, struct str *intent)
{
	struct db_rows rows = { 0 };
	struct id id;
	struct err *e;

	*intent = key;
	if (!id_parse(key, payment_resource.prefix, &id))
		return NULL;
	e = db_query(cx, &rows, "SELECT intent_id FROM payments WHERE tenant_id = ? AND id = ?",
		db_id(cx->tenant), db_id(id));
	if (!e && !rows.n)
		e = err_new(cx->arena, ERR_NOT_FOUND, "there is no such payment");
	if (!e)
		*intent = id_str(cx->arena, (struct id){ db_row(&rows, 0)[0].i },
			payment_intent_resource.prefix);
	return e;
}

static struct err *
capture_by_id(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	struct write w = {
		.verb = WRITE_ACT,
		.resource = &payment_intent_resource,
		.action = &intent_actions[1],
		.input = call->input,
	};
	struct written written;
	struct err *e = find_intent(cx, call->keys[0], &w.key);

	e = e ? e : model_write_inside(cx, &w, &written);
	if (!e)
		*out = written.rec;
	return e;
}

/* ---- the end */

struct err *
intent_cancel(struct ctx *cx, struct rec *now, const struct rec *was, enum cancellation_reason why)
{
	struct call open;
	struct err *e = intent_check_status(cx, was,
		BIT(INTENT_NEEDS_METHOD) | BIT(INTENT_NEEDS_ACTION) | BIT(INTENT_NEEDS_CAPTURE) |
			BIT(INTENT_FAILED),
		"canceled");

	if (e)
		return e;
	rec_set_choice(now, INTENT_CANCELLATION_REASON, why);
	if (rec_choice(was, INTENT_STATUS) == INTENT_NEEDS_CAPTURE)
		return intent_ask(cx, now, GATEWAY_CANCEL);
	if (rec_choice(was, INTENT_STATUS) != INTENT_NEEDS_ACTION) {
		intent_end(now);
		return NULL;
	}
	e = call_find(cx, now->id, ID_NONE, &open);
	e = e ? e : call_give_up(cx, open.id);
	return e ? e : intent_ask(cx, now, GATEWAY_CANCEL);
}

static struct err *
cancel(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	return intent_cancel(
		cx, now, was, (enum cancellation_reason)rec_choice(input, CANCEL_REASON));
}
