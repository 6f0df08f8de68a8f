/* Disputes that Stripe tells of: what is in them, it is asked. */
#include "shop/payments/stripe.h"

#include "base/id.h"
#include "base/json.h"
#include "db/db.h"
#include "shop/payments/payments_int.h"
#include "shop/payments/refunds.h"

struct told {
	struct str reference;
	struct dispute_opening opening;
	enum gateway_verdict verdict;
};

static struct err *
find_payment(struct ctx *cx, struct id gateway, struct str intent, struct id *payment,
	struct str *currency)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT id, currency FROM payments FORCE INDEX (reference) WHERE tenant_id = ? AND "
		"gateway_reference = ? AND gateway_id = ?",
		db_id(cx->tenant), db_text(intent), db_id(gateway));

	*payment = ID_NONE;
	if (e || !rows.n)
		return e;
	payment->n = db_row(&rows, 0)[0].i;
	*currency = db_row(&rows, 0)[1].s;
	return NULL;
}

/* Stripe takes a fee with the money; what it gives back of both, it says in the same list. */
static int64_t
fee_of(const struct json *dispute, struct str currency)
{
	const struct json *all = json_get(dispute, "balance_transactions"), *first;
	int64_t fee, minor;

	first = json_kind(all) == JSON_ARRAY && json_length(all) ? json_at(all, 0) : NULL;
	if (json_kind(first) != JSON_OBJECT || !json_int(json_get(first, "fee"), &fee) || fee < 0 ||
		!str_eq_nocase(stripe_text(first, "currency"), currency))
		return 0;
	return stripe_minor(currency, fee, &minor) ? minor : 0;
}

static struct err *
read_dispute(struct ctx *cx, struct id gateway, const struct json *dispute, struct told *t)
{
	const struct json *details = json_get(dispute, "evidence_details");
	struct str currency;
	int64_t amount, due_s;
	struct err *e = find_payment(cx, gateway, stripe_text(dispute, "payment_intent"),
		&t->opening.payment, &currency);

	if (e || !t->opening.payment.n)
		return e;
	if (!json_int(json_get(dispute, "amount"), &amount) ||
		!str_eq_nocase(stripe_text(dispute, "currency"), currency) ||
		!stripe_minor(currency, amount, &t->opening.amount))
		t->opening.amount = 0;
	if (json_kind(details) == JSON_OBJECT && json_int(json_get(details, "due_by"), &due_s) &&
		due_s > 0 && due_s < INT64_MAX / 1000)
		t->opening.due_ms = due_s * 1000;
	t->opening.fee = fee_of(dispute, currency);
	t->opening.reason = dispute_reason_of(stripe_text(dispute, "reason"));
	t->opening.reference = t->reference;
	t->verdict = stripe_verdict_of(dispute);
	return NULL;
}

/* An inquiry (warning_…) moves no money, so it opens nothing. */
static struct err *
write_told(struct ctx *cx, void *arg)
{
	const struct told *t = arg;
	struct rec *made;
	struct err *e = disputes_open(cx, &t->opening, &made);

	if (!e && (t->verdict == GATEWAY_WON || t->verdict == GATEWAY_LOST))
		e = disputes_decide(cx, t->reference, t->verdict == GATEWAY_WON);
	return e;
}

struct err *
stripe_disputed(struct ctx *cx, struct id gateway, struct str reference)
{
	struct told t = { .reference = reference };
	const struct json *dispute = NULL;
	struct err *e = stripe_dispute_read(cx, gateway, reference, &dispute);

	if (e || !dispute)
		return e;
	if (str_starts(stripe_text(dispute, "status"), STR("warning_")))
		return NULL;
	e = read_dispute(cx, gateway, dispute, &t);
	return e || !t.opening.payment.n ? e : db_tx(cx, write_told, &t);
}
