/*
 * A dispute: its descriptor, and what becomes of it. The shop answers once, in time, with evidence; the gateway takes it and decides. What
 * is disputed is held from the opening on: it can go back to the buyer in one way only.
 */
#include "shop/payments/refund_int.h"

#include "base/clock.h"
#include "base/id.h"
#include "db/db.h"
#include "model/write.h"

static action_fn respond, answered;

#define EVIDENCE_POINTS 5000
#define FILES_MOST 20
#define PATIENCE_MS 30000 /* the request that answered may still be at it */

const struct choice dispute_reasons[DISPUTE__REASONS] = {
	[DISPUTE_GENERAL] = { "general", "the bank does not say" },
	[DISPUTE_FRAUDULENT] = { "fraudulent", "the buyer says that he did not pay" },
	[DISPUTE_NOT_RECEIVED] = { "product_not_received", "nothing arrived" },
	[DISPUTE_UNACCEPTABLE] = { "product_unacceptable", "it is broken or not as described" },
	[DISPUTE_DUPLICATE] = { "duplicate", "it was paid twice" },
	[DISPUTE_CREDIT] = { "credit_not_processed", "a refund did not arrive" },
	[DISPUTE_SUBSCRIPTION] = { "subscription_canceled", "a subscription had ended" },
	[DISPUTE_UNRECOGNIZED] = { "unrecognized", "the buyer does not know what it was for" },
};

static const struct choice statuses[DISPUTE__STATUSES] = {
	[DISPUTE_NEEDS_RESPONSE] = { "needs_response", "evidence is taken until evidence_due_by" },
	[DISPUTE_UNDER_REVIEW] = { "under_review", "evidence was given, and is judged" },
	[DISPUTE_WON] = { "won", "the money stays" },
	[DISPUTE_LOST] = { "lost", "the money went back" },
};

static const struct field evidence_fields[EVIDENCE__MAX] = {
	[EVIDENCE_TRANSACTION] = STRING("transaction_details",
		DOC("What was bought, when, by whom, from where."), .flags = F_MULTILINE,
		.max = EVIDENCE_POINTS, .example = "Order 1001 of 2026-01-15, paid with Visa 4242"),
	[EVIDENCE_SHIPPING] = STRING("shipping_proof", DOC("That it was sent and arrived."),
		.flags = F_MULTILINE, .max = EVIDENCE_POINTS,
		.example = "Delivered on 2026-01-18, signed by J. Doe"),
	[EVIDENCE_COMMUNICATION] = STRING("communication_logs",
		DOC("What was written between buyer and shop."), .flags = F_MULTILINE,
		.max = EVIDENCE_POINTS, .example = "2026-01-19: \"Thank you, it arrived.\""),
	[EVIDENCE_TEXT] = STRING("text", DOC("Whatever else is to be said."), .flags = F_MULTILINE,
		.max = EVIDENCE_POINTS),
	[EVIDENCE_CARRIER] = STRING("shipping_carrier", DOC("Who carried it."), .max = 64),
	[EVIDENCE_TRACKING] =
		STRING("shipping_tracking_number", DOC("By what it can be traced."), .max = 255),
	[EVIDENCE_FILES] =
		LIST("file_ids", DOC("Files that show it, by their ids."), .max = FILES_MOST),
};

const struct resource evidence_shape = SHAPE("dispute_evidence", evidence_fields,
	DOC("What speaks for the shop: transaction details, proof of shipping, communication."));

static const struct field dispute_fields[DISPUTE__MAX] = {
	[DISPUTE_PAYMENT] = REF("payment_id", "payment", DOC("What is disputed."),
		.flags = F_READ_ONLY | F_FILTER, .index = "payment", .example = "pay_123"),
	[DISPUTE_ORDER] = REF("order_id", "order", DOC("The order that was paid with it."),
		.flags = F_READ_ONLY | F_FILTER, .index = "of_order", .example = "ord_123"),
	[DISPUTE_CUSTOMER] = REF("customer_id", "customer", DOC("Who paid."),
		.flags = F_READ_ONLY | F_FILTER, .index = "customer"),
	[DISPUTE_AMOUNT] = AMOUNT("amount", .money_in = "currency",
		DOC("How much of it, in minor units."), .flags = F_READ_ONLY, .example = "5000"),
	[DISPUTE_FEE] = AMOUNT("fee_amount", .money_in = "currency",
		DOC("What the gateway keeps for it, in minor units."), .flags = F_READ_ONLY,
		.initial = "0", .example = "1500"),
	[DISPUTE_CURRENCY] = STRING("currency", DOC("Of it, by its ISO 4217 code."),
		.flags = F_READ_ONLY, .max = 3, .example = "USD"),
	[DISPUTE_REASON] = ENUM("reason", dispute_reasons, DOC("What the buyer says."),
		.flags = F_READ_ONLY | F_FILTER, .index = "reason", .example = "fraudulent"),
	[DISPUTE_STATUS] = ENUM("status", statuses, DOC("How far it is."),
		.flags = F_READ_ONLY | F_FILTER, .index = "status", .example = "needs_response"),
	[DISPUTE_DUE_BY] = TIME("evidence_due_by", DOC("Until when evidence is taken."),
		.flags = F_READ_ONLY | F_FILTER | F_SORT, .index = "due"),
	[DISPUTE_EVIDENCE] =
		OBJECT("evidence", &evidence_shape, DOC("What was given."), .flags = F_READ_ONLY),
	[DISPUTE_RESPONDED_AT] = TIME("responded_at", DOC("When it was."), .flags = F_READ_ONLY),
	[DISPUTE_SUBMITTED_AT] = TIME("submitted_at",
		DOC("When the gateway took it; null: it has not yet."), .flags = F_READ_ONLY),
	[DISPUTE_CLOSED_AT] = TIME("closed_at", DOC("When it was decided."), .flags = F_READ_ONLY),
	[DISPUTE_GATEWAY_REFERENCE] = STRING("gateway_reference", DOC("What the gateway calls it."),
		.flags = F_READ_ONLY, .max = 255),
};

static const struct action dispute_actions[] = {
	ACTION("respond", respond, .input = &evidence_shape, .event = "dispute.responded",
		.title = "Answer a dispute with evidence",
		DOC("Gives evidence, once, until evidence_due_by; the gateway judges it.")),
};

static const struct shorthand dispute_shorthands[] = {
	SHORT("payment_id", "payment_id", DOC("Disputes of this payment.")),
	SHORT("order_id", "order_id", DOC("Disputes of this order.")),
	SHORT("status", "status",
		DOC("Disputes that are needs_response, under_review, won or lost.")),
	SHORT("reason", "reason", DOC("Disputes of this reason.")),
};

/* ---- asking the gateway */

enum { VERDICT_GIVEN, VERDICT__MAX };

static const struct choice verdicts[] = {
	[GATEWAY_UNDECIDED] = { "undecided", "not known" },
	[GATEWAY_REVIEWS] = { "reviews", "it has the evidence" },
	[GATEWAY_WON] = { "won", "for the shop" },
	[GATEWAY_LOST] = { "lost", "for the buyer" },
};

static const struct field verdict_fields[VERDICT__MAX] = {
	[VERDICT_GIVEN] = ENUM("verdict", verdicts, DOC("What the gateway says.")),
};

static const struct resource verdict_shape =
	SHAPE("dispute_verdict", verdict_fields, DOC("What a gateway says of a dispute."));

static bool
needs_sending(const struct rec *d)
{
	return rec_choice(d, DISPUTE_STATUS) == DISPUTE_UNDER_REVIEW &&
		!rec_has(d, DISPUTE_SUBMITTED_AT);
}

static bool
is_overdue(const struct rec *d)
{
	return !rec_has(d, DISPUTE_CLOSED_AT) && rec_time(d, DISPUTE_DUE_BY) < clock_now_ms();
}

static struct err *
question(struct ctx *cx, const struct rec *rec, struct gateway_dispute *q)
{
	struct rec *evidence = NULL;
	struct err *e = rec_object(cx, rec, DISPUTE_EVIDENCE, &evidence);

	*q = (struct gateway_dispute){
		.id = rec->id,
		.reference = rec_str(rec, DISPUTE_GATEWAY_REFERENCE),
		.due_ms = rec_time(rec, DISPUTE_DUE_BY),
	};
	if (e || !evidence)
		return e;
	q->transaction_details = rec_str(evidence, EVIDENCE_TRANSACTION);
	q->shipping_proof = rec_str(evidence, EVIDENCE_SHIPPING);
	q->communication_logs = rec_str(evidence, EVIDENCE_COMMUNICATION);
	q->text = rec_str(evidence, EVIDENCE_TEXT);
	q->carrier = rec_str(evidence, EVIDENCE_CARRIER);
	q->tracking_number = rec_str(evidence, EVIDENCE_TRACKING);
	return NULL;
}

static struct err *
ask(struct ctx *cx, const struct rec *rec, struct rec **input)
{
	enum gateway_verdict verdict = GATEWAY_UNDECIDED;
	const struct gateway *gateway;
	gateway_dispute_fn *fn;
	struct gateway_dispute q;
	struct db_rows rows;
	struct err *e;

	if (!needs_sending(rec) && !is_overdue(rec))
		return NULL;
	e = db_query(cx, &rows,
		"SELECT gateway, gateway_id FROM payments WHERE tenant_id = ? AND id = ?",
		db_id(cx->tenant), db_id(rec_ref(rec, DISPUTE_PAYMENT)));
	e = e ? e : question(cx, rec, &q);
	if (e || !rows.n)
		return e;
	q.gateway = (struct id){ db_row(&rows, 0)[1].kind == DB_NULL ? 0 : db_row(&rows, 0)[1].i };
	gateway = gateway_find(db_row(&rows, 0)[0].s);
	fn = !gateway ? NULL : needs_sending(rec) ? gateway->respond : gateway->verdict;
	if (!fn)
		return NULL;
	e = fn(cx, &q, &verdict);
	*input = rec_new(cx->arena, &verdict_shape);
	rec_set_choice(*input, VERDICT_GIVEN, (int)verdict);
	return e; /* cppcheck-suppress returnDanglingLifetime ; it lives in the arena */
}

static const struct action answered_action = {
	.name = "answered",
	DOC("What the gateway said."),
	.event = "dispute.updated",
	.run = answered,
	.input = &verdict_shape,
};
static const struct outside outside = { .call = ask, .then = &answered_action };

const struct resource dispute_resource = {
	.name = "dispute",
	.plural = "disputes",
	.prefix = "dp",
	.table = "disputes",
	.path = "payments/disputes",
	DOC("What a bank takes back, since its customer does not agree."),
	FIELDS(dispute_fields),
	ACTIONS(dispute_actions),
	.operations = dispute_operations,
	.noperations = DISPUTE_OPERATIONS,
	SHORTHANDS(dispute_shorthands),
	.verbs = V_LIST | V_GET,
	NO_STATUS,
	SCOPES("payments"),
	.event_created = "dispute.created",
	.event_updated = "dispute.updated",
	.max_age_s = -1,
	.outside = &outside,
	ADMIN("Payments", DISPUTE_PAYMENT, DISPUTE_AMOUNT, DISPUTE_STATUS, DISPUTE_DUE_BY),
	PLAN,
};

/* ---- what becomes of it */

static const unsigned transitions[DISPUTE__STATUSES] = {
	[DISPUTE_NEEDS_RESPONSE] = 1U << DISPUTE_UNDER_REVIEW,
};

static bool
says_something(const struct rec *evidence)
{
	for (int i = 0; i < EVIDENCE__MAX; i++) {
		if (i != EVIDENCE_FILES && rec_has(evidence, i) && str_trim(rec_str(evidence, i)).n)
			return true;
	}
	return rec_has(evidence, EVIDENCE_FILES) &&
		!str_eq(rec_str(evidence, EVIDENCE_FILES), STR("[]"));
}

static struct err *
respond(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	struct err *e = rec_check_step(cx, was, DISPUTE_STATUS, DISPUTE_UNDER_REVIEW, transitions);

	if (e)
		return e;
	if (is_overdue(was))
		return err_reason(err_new(cx->arena, ERR_CONFLICT,
					  "evidence is not taken any more: it was due before"),
			REASON_TOO_LATE);
	if (!says_something(input))
		return rec_refuse(cx, input, EVIDENCE_TRANSACTION, REASON_REQUIRED,
			"must be there, or another kind of evidence");
	rec_set_object(cx, now, DISPUTE_EVIDENCE, input);
	rec_set_time(now, DISPUTE_RESPONDED_AT, clock_now_ms());
	rec_set_choice(now, DISPUTE_STATUS, DISPUTE_UNDER_REVIEW);
	now->outside = true;
	return NULL;
}

static struct err *
answered(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	int verdict = rec_choice(input, VERDICT_GIVEN);

	if (rec_has(was, DISPUTE_CLOSED_AT) || verdict == GATEWAY_UNDECIDED)
		return NULL;
	if (needs_sending(was))
		rec_set_time(now, DISPUTE_SUBMITTED_AT, clock_now_ms());
	if (verdict == GATEWAY_REVIEWS)
		return NULL;
	return dispute_close(cx, now, verdict == GATEWAY_WON);
}

struct err *
disputes_settle(struct ctx *cx, int64_t most, struct id *after, int64_t *n)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT id FROM disputes WHERE tenant_id = ? AND id > ? AND status IN "
		"('needs_response', 'under_review') AND (evidence_due_by < ? OR (status = "
		"'under_review' AND submitted_at IS NULL AND updated_at < ?)) ORDER BY id LIMIT ?",
		db_id(cx->tenant), db_int(after->n), db_time(clock_now_ms()),
		db_time(clock_now_ms() - PATIENCE_MS), db_int(most));

	*n = e ? 0 : (int64_t)rows.n;
	for (size_t i = 0; !e && i < rows.n; i++) {
		*after = (struct id){ db_row(&rows, i)[0].i };
		e = cx->dry_run ? NULL : model_settle(cx, &dispute_resource, *after);
	}
	return e;
}

enum dispute_reason
dispute_reason_of(struct str word)
{
	for (int i = 0; i < DISPUTE__REASONS; i++) {
		if (str_eq(word, str_of(dispute_reasons[i].name)))
			return (enum dispute_reason)i;
	}
	return DISPUTE_GENERAL;
}
