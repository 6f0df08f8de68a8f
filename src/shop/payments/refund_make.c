/*
 * How refunds are made, in every way in which they arise. What is left of a payment is judged under the lock of its row, where
 * a refund counts from then on; the table's CHECK has the last word. What the gateway is to be asked is written with it.
 */
#include "shop/payments/refund_int.h"

#include "base/clock.h"
#include "base/id.h"
#include "db/db.h"
#include "model/store.h"
#include "model/trace.h"
#include "model/write.h"

static action_fn take, give_back;
static operation_fn refund_payment;

enum { ASK_AMOUNT, ASK_REASON, ASK_FEE, ASK__MAX };

static const struct field ask_fields[ASK__MAX] = {
	[ASK_AMOUNT] = AMOUNT("amount",
		DOC("How much goes back, in minor units of the payment's currency; left out: all "
		    "that is left."),
		.min = 1, .example = "5000"),
	[ASK_REASON] = ENUM("reason", refund_reasons, DOC("Why."), .initial = "customer_request",
		.example = "customer_request"),
	[ASK_FEE] = BOOL("refund_application_fee",
		DOC("Whether its part of the application fee goes back too."), .initial = "false",
		.example = "false"),
};

static const struct resource ask_shape =
	SHAPE("new_refund", ask_fields, DOC("What is to go back of a payment."));

const struct operation refund_operations[REFUND_OPERATIONS] = {
	OPERATION("refund_payment", "POST", "payments/{payment_id}/refund", refund_payment,
		.scope = "payments:write", .event = "refund.created", .writes = true,
		.input_optional = true, .status = 201, .input = &ask_shape,
		.output = &refund_resource,
		DOC("Gives a payment back, or a part of it: at most what was captured, has not "
		    "gone "
		    "back, and is not disputed. The path takes the payment's id or its intent's.")),
};

struct id
payment_gateway(const struct rec *payment)
{
	return (struct id){ rec_has(payment, PAY_GATEWAY_ID) ? rec_int(payment, PAY_GATEWAY_ID)
							     : 0 };
}

/* ---- what a payment has left */

enum { TAKE_AMOUNT, TAKE_REASON, TAKE_FEE, TAKE_OBJECT, TAKE_OBJECT_ID, TAKE__MAX };

static const struct field take_fields[TAKE__MAX] = {
	[TAKE_AMOUNT] = AMOUNT("amount", DOC("How much."), .min = 1),
	[TAKE_REASON] = ENUM("reason", refund_reasons, DOC("Why.")),
	[TAKE_FEE] = BOOL("refund_application_fee", DOC("Whether the fee goes back too.")),
	[TAKE_OBJECT] = STRING("object_name", DOC("The kind of what it comes from."), .max = 32),
	[TAKE_OBJECT_ID] =
		REF_OF("object_id", "object_name", DOC("And which of them."), .flags = F_READ_ONLY),
};

static const struct resource take_shape =
	SHAPE("payment_refund", take_fields, DOC("What is to go back of a payment."));

/* Not routes: what refunds do to a payment. */
static const struct action take_action = {
	.name = "refunded",
	.event = "payment.refunded",
	.run = take,
	.input = &take_shape,
};
static const struct action give_back_action = {
	.name = "refund_failed",
	.run = give_back,
};

static struct err *
check_left(struct ctx *cx, const struct rec *was, const struct rec *input, int64_t *amount)
{
	int64_t captured = rec_money(was, PAY_AMOUNT_CAPTURED);
	int64_t left = captured - rec_money(was, PAY_AMOUNT_REFUNDED) -
		rec_money(was, PAY_AMOUNT_DISPUTED);

	*amount = rec_has(input, TAKE_AMOUNT) ? rec_money(input, TAKE_AMOUNT) : left;
	if (!captured)
		return err_reason(
			err_new(cx->arena, ERR_CONFLICT,
				"nothing of the payment was captured, so nothing can go back"),
			REASON_NOT_PAID);
	if (!*amount)
		return err_reason(
			err_new(cx->arena, ERR_CONFLICT,
				"nothing is left of the payment: it went back or is disputed"),
			REASON_NOTHING_LEFT);
	if (*amount > left)
		return rec_refuse(cx, input, TAKE_AMOUNT, REASON_TOO_LARGE,
			"must be at most what is left of the payment, %" PRId64, left);
	return NULL;
}

/* The lock of the payment's row holds other refunds of it off. */
static struct err *
fee_of(struct ctx *cx, const struct rec *was, int64_t amount, int64_t *fee)
{
	struct fee_part of = {
		.fee = rec_money(was, PAY_APPLICATION_FEE),
		.captured = rec_money(was, PAY_AMOUNT_CAPTURED),
		.fee_before = rec_money(was, PAY_APPLICATION_FEE_REFUNDED),
	};
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT CAST(COALESCE(SUM(amount), 0) AS SIGNED) FROM refunds FORCE INDEX (payment)"
		" WHERE tenant_id = ? AND payment_id = ? AND refund_application_fee"
		" AND status <> 'failed'",
		db_id(cx->tenant), db_id(was->id));

	if (e)
		return e;
	of.before = db_row(&rows, 0)[0].i;
	*fee = refund_fee_part(&of, amount);
	return NULL;
}

static struct rec *
new_refund(struct ctx *cx, const struct rec *input, const struct id order)
{
	struct rec *r = rec_new(cx->arena, &refund_resource);

	for (int i = 0; i < REFUND__MAX; i++)
		rec_set_null(r, i);
	r->id = id_new();
	r->version = 1;
	r->created_at = r->updated_at = clock_now_ms();
	if (order.n)
		rec_set_ref(r, REFUND_ORDER, order);
	rec_set_choice(r, REFUND_REASON, rec_choice(input, TAKE_REASON));
	rec_set_choice(r, REFUND_STATUS, REFUND_PENDING);
	rec_set_bool(r, REFUND_FEE, rec_has(input, TAKE_FEE) && rec_bool(input, TAKE_FEE));
	rec_set_money(r, REFUND_FEE_REFUNDED, 0);
	if (rec_has(input, TAKE_OBJECT)) {
		rec_set_str(r, REFUND_OBJECT, rec_str(input, TAKE_OBJECT));
		rec_set_ref(r, REFUND_OBJECT_ID, rec_ref(input, TAKE_OBJECT_ID));
	}
	return r;
}

static struct err *
write_refund(struct ctx *cx, struct rec *r)
{
	struct audit_row audit = {
		.action = "refund.created",
		.resource = str_of(refund_resource.name),
		.object = r->id,
	};
	struct err *e = store_insert(cx, r);

	if (e)
		return e;
	audit.changes = trace_changes(cx, r, NULL);
	e = audit_write(cx, &audit);
	return e ? e : event_write(cx, "refund.created", r, NULL);
}

/* A refund of a payment, and the call that is to be made for it. */
static struct err *
write_call(struct ctx *cx, const struct rec *payment, const struct rec *refund)
{
	struct call c = {
		.kind = GATEWAY_REFUND,
		.intent = rec_ref(payment, PAY_INTENT),
		.payment = payment->id,
		.refund = refund->id,
		.order = rec_ref(payment, PAY_ORDER),
		.gateway = rec_str(payment, PAY_GATEWAY),
		.gateway_id = payment_gateway(payment),
		.amount = rec_money(refund, REFUND_AMOUNT),
		.currency = rec_str(refund, REFUND_CURRENCY),
		.reference = rec_str(payment, PAY_GATEWAY_REFERENCE),
	};

	return call_begin(cx, &c);
}

/* now->found: the refund. */
static struct err *
take(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	struct rec *r = new_refund(cx, input, rec_ref(was, PAY_ORDER));
	int64_t amount = 0, fee = 0;
	struct err *e = check_left(cx, was, input, &amount);

	if (!e && rec_bool(r, REFUND_FEE))
		e = fee_of(cx, was, amount, &fee);
	if (e)
		return e;
	rec_set_ref(r, REFUND_PAYMENT, was->id);
	rec_set_money(r, REFUND_AMOUNT, amount);
	rec_set_str(r, REFUND_CURRENCY, rec_str(was, PAY_CURRENCY));
	rec_set_money(r, REFUND_FEE_REFUNDED, fee);
	rec_set_money(now, PAY_AMOUNT_REFUNDED, rec_money(was, PAY_AMOUNT_REFUNDED) + amount);
	rec_set_money(now, PAY_APPLICATION_FEE_REFUNDED,
		rec_money(was, PAY_APPLICATION_FEE_REFUNDED) + fee);
	now->found = r;
	e = write_refund(cx, r);
	return e ? e : write_call(cx, now, r);
}

/* Its input is the refund itself. */
static struct err *
give_back(struct ctx *cx UNUSED, struct rec *now, const struct rec *was, const struct rec *refund)
{
	rec_set_money(now, PAY_AMOUNT_REFUNDED,
		rec_money(was, PAY_AMOUNT_REFUNDED) - rec_money(refund, REFUND_AMOUNT));
	rec_set_money(now, PAY_APPLICATION_FEE_REFUNDED,
		rec_money(was, PAY_APPLICATION_FEE_REFUNDED) -
			rec_money(refund, REFUND_FEE_REFUNDED));
	return NULL;
}

/* ---- what others are told */

static struct err *
post(struct ctx *cx, const struct rec *payment, const struct rec *refund, bool failed)
{
	struct ledger_side gateway = { LEDGER_GATEWAY, payment_gateway(payment) };
	struct ledger_side refunds = { LEDGER_REFUNDS, ID_NONE };
	struct ledger_side fees = { LEDGER_APPLICATION_FEES, ID_NONE };
	struct ledger_side sales = { LEDGER_SALES, ID_NONE };
	struct ledger_entry entries[] = {
		{ failed ? gateway : refunds, failed ? refunds : gateway,
			rec_money(refund, REFUND_AMOUNT) },
		{ failed ? sales : fees, failed ? fees : sales,
			rec_money(refund, REFUND_FEE_REFUNDED) },
	};
	struct ledger_fact fact = {
		.kind = failed ? "refund_failed" : "refund",
		.object = str_of(refund_resource.name),
		.object_id = refund->id,
		.order = rec_ref(payment, PAY_ORDER),
		.payment = payment->id,
		.currency = rec_str(refund, REFUND_CURRENCY),
		.entries = entries,
		.n = rec_money(refund, REFUND_FEE_REFUNDED) ? 2 : 1,
	};

	return ledger_post(cx, &fact);
}

static struct err *
tell_order(struct ctx *cx, const struct rec *refund, enum payments_news_kind kind)
{
	struct payments_news news = {
		.kind = kind,
		.order = rec_ref(refund, REFUND_ORDER),
		.amount = rec_money(refund, REFUND_AMOUNT),
		.currency = rec_str(refund, REFUND_CURRENCY),
		.reason = str_of(refund_reasons[rec_choice(refund, REFUND_REASON)].name),
		.object = str_of(refund_resource.name),
		.object_id = refund->id,
	};

	return news.order.n ? payments_listener()->news(cx, &news) : NULL;
}

struct err *
refund_give_back(struct ctx *cx, const struct rec *refund)
{
	struct rec *payment = NULL;
	struct err *e = payment_change(
		cx, rec_ref(refund, REFUND_PAYMENT), &give_back_action, refund, &payment);

	e = e ? e : tell_order(cx, refund, PAYMENTS_REFUND_FAILED);
	if (e)
		return e;
	must(payment);
	return post(cx, payment, refund, true);
}

/* ---- of a path */

struct err *
payment_of_path(struct ctx *cx, struct str key, struct id *payment)
{
	struct err *none = err_new(cx->arena, ERR_NOT_FOUND, "there is no such payment");
	struct db_rows rows;
	struct err *e;

	if (id_parse(key, payment_resource.prefix, payment))
		return NULL;
	if (!id_parse(key, payment_intent_resource.prefix, payment))
		return none;
	e = db_query(cx, &rows,
		"SELECT payment_id FROM payment_intents WHERE tenant_id = ? AND id = ?",
		db_id(cx->tenant), db_id(*payment));
	if (e || !rows.n)
		return e ? e : none;
	if (db_row(&rows, 0)[0].kind == DB_NULL)
		return err_reason(
			err_new(cx->arena, ERR_CONFLICT,
				"nothing of the payment was captured, so nothing can go back"),
			REASON_NOT_PAID);
	*payment = (struct id){ db_row(&rows, 0)[0].i };
	return NULL;
}

static struct err *
refund_payment(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	struct rec *input = rec_new(cx->arena, &take_shape), *payment = NULL;
	struct id id;
	struct err *e = payment_of_path(cx, call->keys[0], &id);

	if (rec_has(call->input, ASK_AMOUNT))
		rec_set_money(input, TAKE_AMOUNT, rec_money(call->input, ASK_AMOUNT));
	rec_set_choice(input, TAKE_REASON, rec_choice(call->input, ASK_REASON));
	rec_set_bool(input, TAKE_FEE, rec_bool(call->input, ASK_FEE));
	e = e ? e : payment_change(cx, id, &take_action, input, &payment);
	if (e)
		return e;
	must(payment);
	*out = payment->found;
	(*out)->outside = true;
	e = tell_order(cx, *out, PAYMENTS_REFUNDED);
	return e ? e : post(cx, payment, *out, false);
}

/* ---- of an order */

static int
reason_of(const char *word)
{
	for (int i = 0; i < REFUND__REASONS; i++) {
		if (!strcmp(word, refund_reasons[i].name))
			return i;
	}
	return REFUND_OTHER;
}

static struct rec *
take_input(struct ctx *cx, const struct refund_due *due, int64_t amount)
{
	struct rec *input = rec_new(cx->arena, &take_shape);

	rec_set_money(input, TAKE_AMOUNT, amount);
	rec_set_choice(input, TAKE_REASON, reason_of(due->reason));
	if (due->object.n) {
		rec_set_str(input, TAKE_OBJECT, due->object);
		rec_set_ref(input, TAKE_OBJECT_ID, due->object_id);
	}
	return input;
}

/* What of the order was not paid through us. */
static struct err *
by_hand(struct ctx *cx, const struct refund_due *due, int64_t amount)
{
	struct rec *r = new_refund(cx, take_input(cx, due, amount), due->order);

	rec_set_money(r, REFUND_AMOUNT, amount);
	rec_set_str(r, REFUND_CURRENCY, due->currency);
	rec_set_choice(r, REFUND_STATUS, REFUND_MANUAL);
	return write_refund(cx, r);
}

/* The payments of an order with what is left of each, the oldest first; those of which nothing is are not there. */
static struct err *
find_payments(struct ctx *cx, struct id order, struct db_rows *rows)
{
	return db_query(cx, rows,
		"SELECT id, amount_captured - amount_refunded - amount_disputed FROM payments"
		" FORCE INDEX (order_id) WHERE tenant_id = ? AND order_id = ?"
		" AND amount_captured > amount_refunded + amount_disputed ORDER BY id",
		db_id(cx->tenant), db_id(order));
}

struct err *
payments_disputed(struct ctx *cx, struct id order, int64_t *amount)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT CAST(COALESCE(SUM(amount_disputed), 0) AS SIGNED) FROM payments"
		" FORCE INDEX (order_id) WHERE tenant_id = ? AND order_id = ?",
		db_id(cx->tenant), db_id(order));

	*amount = e ? 0 : db_row(&rows, 0)[0].i;
	return e;
}

/* What is disputed may be the buyer's already: then it must not go back by hand, too. */
static struct err *
check_not_disputed(struct ctx *cx, const struct refund_due *due)
{
	int64_t disputed;
	struct err *e = payments_disputed(cx, due->order, &disputed);

	if (e || !disputed)
		return e;
	return err_reason(err_new(cx->arena, ERR_CONFLICT,
				  "a part of what was paid is disputed, so less can go back"),
		REASON_NOTHING_LEFT);
}

struct err *
payments_refund_due(struct ctx *cx, const struct refund_due *due)
{
	struct db_rows rows;
	struct rec **made;
	int64_t left = due->amount;
	size_t n = 0;
	struct err *e = find_payments(cx, due->order, &rows);

	must(left > 0);
	if (e)
		return e;
	made = ARENA_ARRAY(cx->arena, rows.n, struct rec *);
	for (size_t i = 0; !e && left && i < rows.n; i++) {
		int64_t part = MIN(left, db_row(&rows, i)[1].i);

		e = payment_change(cx, (struct id){ db_row(&rows, i)[0].i }, &take_action,
			take_input(cx, due, part), &made[n++]);
		left -= part;
	}
	if (!e && left)
		e = check_not_disputed(cx, due);
	if (!e && left)
		e = by_hand(cx, due, left);
	for (size_t i = 0; !e && i < n; i++)
		e = post(cx, made[i], made[i]->found, false);
	return e;
}
