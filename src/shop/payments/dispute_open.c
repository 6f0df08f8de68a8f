/* How disputes are opened and closed: what they do to the payment, and where the money is meanwhile. */
#include "shop/payments/refund_int.h"

#include "base/clock.h"
#include "base/currency.h"
#include "base/id.h"
#include "db/db.h"
#include "model/store.h"
#include "model/trace.h"
#include "model/write.h"

static action_fn hold, let_go, decided;
static operation_fn raise;

#define DUE_MS (INT64_C(14) * 86400000)
#define SANDBOX_FEE INT64_C(15) /* whole units of the currency */

enum { RAISE_AMOUNT, RAISE_REASON, RAISE__MAX };

static const struct field raise_fields[RAISE__MAX] = {
	[RAISE_AMOUNT] = AMOUNT("amount",
		DOC("How much is disputed, in minor units; left out: all that is left of the "
		    "payment."),
		.min = 1, .example = "5000"),
	[RAISE_REASON] = ENUM("reason", dispute_reasons, DOC("What the buyer says."),
		.initial = "fraudulent", .example = "fraudulent"),
};

static const struct resource raise_shape =
	SHAPE("new_dispute", raise_fields, DOC("A dispute that the sandbox is to raise."));

const struct operation dispute_operations[DISPUTE_OPERATIONS] = {
	OPERATION("raise_dispute", "POST", "payments/{payment_id}/dispute", raise,
		.scope = "payments:write", .event = "dispute.created", .writes = true,
		.input_optional = true, .status = 201, .input = &raise_shape,
		.output = &dispute_resource,
		DOC("Has the sandbox dispute a captured payment, as a buyer's bank would. Only "
		    "there.")),
};

/* ---- the payment */

enum { HOLD_AMOUNT, HOLD_FEE, HOLD__MAX };

static const struct field hold_fields[HOLD__MAX] = {
	[HOLD_AMOUNT] = AMOUNT("amount", DOC("How much.")),
	[HOLD_FEE] = AMOUNT("fee_amount", DOC("What the gateway keeps.")),
};

static const struct resource hold_shape =
	SHAPE("payment_dispute", hold_fields, DOC("What is disputed of a payment."));

/* Not routes: what disputes do to a payment. */
static const struct action hold_action = {
	.name = "disputed",
	.event = "payment.disputed",
	.run = hold,
	.input = &hold_shape,
};
static const struct action let_go_action = {
	.name = "dispute_won",
	.run = let_go,
	.input = &hold_shape,
};

static int64_t
left_of(const struct rec *payment)
{
	return rec_money(payment, PAY_AMOUNT_CAPTURED) - rec_money(payment, PAY_AMOUNT_REFUNDED) -
		rec_money(payment, PAY_AMOUNT_DISPUTED);
}

static struct err *
hold(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	int64_t amount = rec_money(input, HOLD_AMOUNT), left = left_of(was);

	if (amount > left)
		return rec_refuse(cx, input, HOLD_AMOUNT, REASON_TOO_LARGE,
			"must be at most what is left of the payment, %" PRId64, left);
	rec_set_money(now, PAY_AMOUNT_DISPUTED, rec_money(was, PAY_AMOUNT_DISPUTED) + amount);
	rec_set_money(
		now, PAY_GATEWAY_FEE, rec_money(was, PAY_GATEWAY_FEE) + rec_money(input, HOLD_FEE));
	return NULL;
}

static struct err *
let_go(struct ctx *cx UNUSED, struct rec *now, const struct rec *was, const struct rec *input)
{
	rec_set_money(now, PAY_AMOUNT_DISPUTED,
		rec_money(was, PAY_AMOUNT_DISPUTED) - rec_money(input, HOLD_AMOUNT));
	return NULL;
}

/* ---- the ledger */

static struct err *
post(struct ctx *cx, const char *kind, const struct rec *d, const struct ledger_entry *entries,
	size_t n)
{
	struct ledger_fact fact = {
		.kind = kind,
		.object = str_of(dispute_resource.name),
		.object_id = d->id,
		.order = rec_ref(d, DISPUTE_ORDER),
		.payment = rec_ref(d, DISPUTE_PAYMENT),
		.currency = rec_str(d, DISPUTE_CURRENCY),
		.entries = entries,
		.n = n,
	};

	return ledger_post(cx, &fact);
}

static struct err *
post_opened(struct ctx *cx, const struct rec *d, struct id gateway_id)
{
	struct ledger_side gateway = { LEDGER_GATEWAY, gateway_id };
	struct ledger_entry entries[] = {
		{ { LEDGER_DISPUTES_HELD, ID_NONE }, gateway, rec_money(d, DISPUTE_AMOUNT) },
		{ { LEDGER_FEES, ID_NONE }, gateway, rec_money(d, DISPUTE_FEE) },
	};

	return post(cx, "dispute_opened", d, entries, rec_money(d, DISPUTE_FEE) ? 2 : 1);
}

static struct err *
post_closed(struct ctx *cx, const struct rec *d, struct id gateway_id, bool won)
{
	struct ledger_entry entry = {
		{ LEDGER_DISPUTE_LOSSES, ID_NONE },
		{ LEDGER_DISPUTES_HELD, ID_NONE },
		rec_money(d, DISPUTE_AMOUNT),
	};

	if (won)
		entry.debit = (struct ledger_side){ LEDGER_GATEWAY, gateway_id };
	return post(cx, won ? "dispute_won" : "dispute_lost", d, &entry, 1);
}

/* ---- opening */

static struct rec *
new_dispute(struct ctx *cx, const struct dispute_opening *o, const struct rec *payment)
{
	struct rec *d = rec_new(cx->arena, &dispute_resource);

	for (int i = 0; i < DISPUTE__MAX; i++)
		rec_set_null(d, i);
	d->id = id_new();
	d->version = 1;
	d->created_at = d->updated_at = clock_now_ms();
	rec_set_ref(d, DISPUTE_PAYMENT, payment->id);
	if (rec_has(payment, PAY_ORDER))
		rec_set_ref(d, DISPUTE_ORDER, rec_ref(payment, PAY_ORDER));
	if (rec_has(payment, PAY_CUSTOMER))
		rec_set_ref(d, DISPUTE_CUSTOMER, rec_ref(payment, PAY_CUSTOMER));
	rec_set_money(d, DISPUTE_AMOUNT, o->amount);
	rec_set_money(d, DISPUTE_FEE, o->fee);
	rec_set_str(d, DISPUTE_CURRENCY, rec_str(payment, PAY_CURRENCY));
	rec_set_choice(d, DISPUTE_REASON, (int)o->reason);
	rec_set_choice(d, DISPUTE_STATUS, DISPUTE_NEEDS_RESPONSE);
	rec_set_time(d, DISPUTE_DUE_BY, o->due_ms ? o->due_ms : clock_now_ms() + DUE_MS);
	if (o->reference.n)
		rec_set_str(d, DISPUTE_GATEWAY_REFERENCE, o->reference);
	return d;
}

static struct err *
write_dispute(struct ctx *cx, struct rec *d)
{
	struct audit_row audit = {
		.action = dispute_resource.event_created,
		.resource = str_of(dispute_resource.name),
		.object = d->id,
	};
	struct err *e = store_insert(cx, d);

	if (e)
		return e;
	audit.changes = trace_changes(cx, d, NULL);
	e = audit_write(cx, &audit);
	return e ? e : event_write(cx, dispute_resource.event_created, d, NULL);
}

/* How the payment stands; what is disputed is judged under the lock of its row, later. */
struct standing {
	int64_t left;
	bool known; /* a dispute of that reference is there */
	struct str currency, gateway;
};

static struct err *
look(struct ctx *cx, const struct dispute_opening *o, struct standing *out)
{
	const struct db_value *c;
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT p.amount_captured - p.amount_refunded - p.amount_disputed,"
		" EXISTS (SELECT 1 FROM disputes d WHERE d.tenant_id = p.tenant_id"
		" AND d.gateway_reference = ?), p.currency, p.gateway FROM payments p"
		" WHERE p.tenant_id = ? AND p.id = ?",
		db_text(o->reference), db_id(cx->tenant), db_id(o->payment));

	if (e)
		return e;
	if (!rows.n)
		return err_new(cx->arena, ERR_NOT_FOUND, "there is no such payment");
	c = db_row(&rows, 0);
	*out = (struct standing){ c[0].i, c[1].i != 0, c[2].s, c[3].s };
	return NULL;
}

static struct err *
open_now(struct ctx *cx, const struct dispute_opening *o, struct rec **dispute)
{
	struct rec *input = rec_new(cx->arena, &hold_shape), *payment = NULL;
	struct err *e;

	rec_set_money(input, HOLD_AMOUNT, o->amount);
	rec_set_money(input, HOLD_FEE, o->fee);
	e = payment_change(cx, o->payment, &hold_action, input, &payment);
	if (e)
		return e;
	must(payment);
	*dispute = new_dispute(cx, o, payment);
	e = write_dispute(cx, *dispute);
	return e ? e : post_opened(cx, *dispute, payment_gateway(payment));
}

struct err *
disputes_open(struct ctx *cx, const struct dispute_opening *told, struct rec **dispute)
{
	struct dispute_opening o = *told;
	struct standing p = { .left = 0 };
	struct err *e = look(cx, &o, &p);

	*dispute = NULL;
	if (e || p.known || !p.left)
		return e;
	o.amount = o.amount && o.amount < p.left ? o.amount : p.left;
	return open_now(cx, &o, dispute);
}

static struct err *
check_none_open(struct ctx *cx, struct id payment)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT 1 FROM disputes WHERE tenant_id = ? AND payment_id = ? AND is_open = 1",
		db_id(cx->tenant), db_id(payment));

	if (e || !rows.n)
		return e;
	return err_reason(err_new(cx->arena, ERR_CONFLICT,
				  "a dispute of the payment is open: there is one at a time"),
		REASON_IN_PROGRESS);
}

static int64_t
sandbox_fee(struct str currency)
{
	int64_t fee = SANDBOX_FEE;

	for (int i = currency_digits(currency); i > 0; i--)
		fee *= 10;
	return fee;
}

static struct err *
raise(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	struct dispute_opening o = {
		.amount = rec_has(call->input, RAISE_AMOUNT) ? rec_money(call->input, RAISE_AMOUNT)
							     : 0,
		.reason = (enum dispute_reason)rec_choice(call->input, RAISE_REASON),
	};
	struct standing p = { .left = 0 };
	struct err *e = payment_of_path(cx, call->keys[0], &o.payment);

	e = e ? e : look(cx, &o, &p);
	if (e)
		return e;
	if (!str_eq(p.gateway, str_of(sandbox_gateway.name)))
		return err_reason(err_new(cx->arena, ERR_CONFLICT,
					  "only the sandbox raises disputes that are asked for"),
			REASON_SANDBOX_ONLY);
	e = check_none_open(cx, o.payment);
	if (e)
		return e;
	if (!p.left)
		return err_reason(err_new(cx->arena, ERR_CONFLICT,
					  "nothing of the payment can be disputed: it is not "
					  "captured, or went back"),
			REASON_NOTHING_LEFT);
	o.amount = o.amount ? o.amount : p.left;
	o.fee = sandbox_fee(p.currency);
	return open_now(cx, &o, out);
}

/*
 * The sandbox disputes what is paid with one of its cards, as soon as it is captured. In the transaction that wrote the capture.
 */
struct err *
disputes_of_card(struct ctx *cx, const struct rec *payment)
{
	struct dispute_opening o = {
		.payment = payment->id,
		.fee = sandbox_fee(rec_str(payment, PAY_CURRENCY)),
		.reason = DISPUTE_FRAUDULENT,
	};
	struct rec *made;

	if (!str_eq(rec_str(payment, PAY_GATEWAY), str_of(sandbox_gateway.name)) ||
		!str_eq(rec_str(payment, PAY_LAST4), STR("0259")))
		return NULL;
	return disputes_open(cx, &o, &made);
}

/* ---- closing */

struct err *
dispute_close(struct ctx *cx, struct rec *now, bool won)
{
	struct rec *input = rec_new(cx->arena, &hold_shape);
	struct db_rows rows;
	struct err *e = NULL;

	rec_set_money(input, HOLD_AMOUNT, rec_money(now, DISPUTE_AMOUNT));
	rec_set_choice(now, DISPUTE_STATUS, won ? DISPUTE_WON : DISPUTE_LOST);
	rec_set_time(now, DISPUTE_CLOSED_AT, clock_now_ms());
	now->event = won ? "dispute.won" : "dispute.lost";
	if (won)
		e = payment_change(cx, rec_ref(now, DISPUTE_PAYMENT), &let_go_action, input, NULL);
	e = e ? e
	      : db_query(cx, &rows,
			"SELECT gateway_id FROM payments WHERE tenant_id = ? AND id = ?",
			db_id(cx->tenant), db_id(rec_ref(now, DISPUTE_PAYMENT)));
	if (e)
		return e;
	return post_closed(cx, now,
		(struct id){ db_row(&rows, 0)[0].kind == DB_NULL ? 0 : db_row(&rows, 0)[0].i },
		won);
}

enum { DECIDED_WON, DECIDED__MAX };

static const struct field decided_fields[DECIDED__MAX] = {
	[DECIDED_WON] = BOOL("won", DOC("Whether it is the shop's.")),
};

static const struct resource decided_shape =
	SHAPE("dispute_decision", decided_fields, DOC("How a dispute ended."));

static const struct action decided_action = {
	.name = "decided",
	.run = decided,
	.input = &decided_shape,
};

static struct err *
decided(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	if (rec_has(was, DISPUTE_CLOSED_AT))
		return NULL;
	return dispute_close(cx, now, rec_bool(input, DECIDED_WON));
}

struct err *
disputes_decide(struct ctx *cx, struct str reference, bool won)
{
	struct write w = {
		.verb = WRITE_ACT,
		.resource = &dispute_resource,
		.action = &decided_action,
	};
	struct rec *input = rec_new(cx->arena, &decided_shape);
	struct written out;
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT id FROM disputes WHERE tenant_id = ? AND gateway_reference = ?",
		db_id(cx->tenant), db_text(reference));

	if (e || !rows.n)
		return e;
	rec_set_bool(input, DECIDED_WON, won);
	w.key = id_str(cx->arena, (struct id){ db_row(&rows, 0)[0].i }, dispute_resource.prefix);
	w.input = input;
	return model_write_inside(cx, &w, &out);
}
