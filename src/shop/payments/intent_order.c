/* What an intent is for, and who moves its money: judged when it is made, and when it is confirmed. */
#include "base/id.h"
#include "db/db.h"
#include "shop/payments/intent_int.h"

struct err *
intent_check_customer(struct ctx *cx, const struct rec *now)
{
	struct db_rows rows = { 0 };
	struct err *e;

	if (!rec_has(now, INTENT_CUSTOMER))
		return NULL;
	e = db_query(cx, &rows,
		"SELECT 1 FROM customers WHERE tenant_id = ? AND id = ? AND archived_at IS NULL",
		db_id(cx->tenant), db_id(rec_ref(now, INTENT_CUSTOMER)));
	if (e || rows.n)
		return e;
	return rec_refuse(cx, now, INTENT_CUSTOMER, REASON_UNKNOWN, "there is no such customer");
}

/* ---- the order */

/* What other intents of the order hold, or may come to hold: of each what it is for and has not captured. */
static struct err *
sum_held(struct ctx *cx, const struct rec *now, int64_t *held)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT CAST(COALESCE(SUM(amount - amount_captured), 0) AS SIGNED) "
		"FROM payment_intents FORCE INDEX (order_id) "
		"WHERE tenant_id = ? AND order_id = ? AND id <> ? "
		"AND status IN ('processing', 'requires_action', 'requires_capture')",
		db_id(cx->tenant), db_id(rec_ref(now, INTENT_ORDER)), db_id(now->id));

	*held = e ? 0 : db_row(&rows, 0)[0].i;
	return e;
}

static struct err *
check_open(struct ctx *cx, const struct rec *now, const struct payable *p)
{
	int64_t held, open;
	struct err *e = sum_held(cx, now, &held);

	if (e)
		return e;
	open = p->total - p->paid - held;
	if (rec_money(now, INTENT_AMOUNT) <= open)
		return NULL;
	return rec_refuse(cx, now, INTENT_AMOUNT, REASON_TOO_LARGE,
		"must be at most what of the order is neither paid nor held, %" PRId64,
		MAX(open, 0));
}

struct err *
intent_check_order(struct ctx *cx, const struct rec *now)
{
	struct payable p = { .total = 0 };
	struct err *e = payments_listener()->payable(cx, rec_ref(now, INTENT_ORDER), &p);

	if (e && e->code == ERR_NOT_FOUND)
		return rec_refuse(cx, now, INTENT_ORDER, REASON_UNKNOWN, "there is no such order");
	if (e)
		return e;
	if (p.cancelled) {
		e = rec_refuse(cx, now, INTENT_ORDER, REASON_TOO_LATE, "the order is cancelled");
		e->code = ERR_CONFLICT;
		return err_reason(e, REASON_TOO_LATE);
	}
	if (!str_eq(p.currency, rec_str(now, INTENT_CURRENCY)))
		return rec_refuse(cx, now, INTENT_CURRENCY, REASON_OTHER_CURRENCY,
			"must be the order's, %.*s", STRF(p.currency));
	return check_open(cx, now, &p);
}

/* ---- the gateway */

struct err *
intent_choose_gateway(struct ctx *cx, struct rec *now)
{
	struct gateway_choice choice;
	struct err *e = gateway_choose(cx, rec_str(now, INTENT_METHOD_TYPE), &choice);

	if (e)
		return e;
	rec_set_str(now, INTENT_GATEWAY, str_of(choice.gateway->name));
	if (choice.id.n)
		rec_set_int(now, INTENT_GATEWAY_ID, choice.id.n);
	else
		rec_set_null(now, INTENT_GATEWAY_ID);
	return NULL;
}

bool
intent_is_quick(const struct rec *intent)
{
	return str_eq_z(rec_str(intent, INTENT_GATEWAY), sandbox_gateway.name);
}

/* What the gateway calls the payment, as it said when it was asked to hold the money. The sandbox knows it by the intent. */
static struct err *
find_reference(struct ctx *cx, struct call *c)
{
	struct db_rows rows = { 0 };
	struct err *e = db_query(cx, &rows,
		"SELECT reference FROM gateway_calls FORCE INDEX (intent) WHERE tenant_id = ? "
		"AND intent_id = ? AND kind = 'authorize' AND reference IS NOT NULL "
		"ORDER BY id DESC LIMIT 1",
		db_id(cx->tenant), db_id(c->intent));

	if (!e && rows.n)
		c->reference = db_row(&rows, 0)[0].s;
	return e;
}

/* For intent_call(), which then need not read it again. */
static struct call *
keep_call(struct ctx *cx, const struct call *c)
{
	struct call *kept = ARENA_NEW(cx->arena, struct call);

	*kept = *c;
	return kept;
}

struct err *
intent_ask_for(struct ctx *cx, struct rec *now, struct call *c)
{
	struct err *e = NULL;

	c->intent = now->id;
	c->order = rec_ref(now, INTENT_ORDER);
	c->gateway = rec_str(now, INTENT_GATEWAY);
	c->currency = rec_str(now, INTENT_CURRENCY);
	if (rec_has(now, INTENT_GATEWAY_ID))
		c->gateway_id.n = rec_int(now, INTENT_GATEWAY_ID);
	if (c->kind != GATEWAY_AUTHORIZE)
		c->payment = rec_ref(now, INTENT_PAYMENT);
	if (c->kind != GATEWAY_AUTHORIZE && !intent_is_quick(now))
		e = find_reference(cx, c);
	e = e ? e : call_begin(cx, c);
	if (e)
		return e;
	now->outside = true;
	now->found = keep_call(cx, c);
	return NULL;
}

struct err *
intent_ask(struct ctx *cx, struct rec *now, enum gateway_kind kind)
{
	struct call c = { .kind = kind, .final = true };

	c.amount = rec_money(now, INTENT_AMOUNT);
	if (kind == GATEWAY_AUTHORIZE)
		c.final = rec_choice(now, INTENT_CAPTURE_METHOD) == CAPTURE_AUTOMATIC;
	else if (rec_money(now, INTENT_AMOUNT_CAPTURABLE))
		c.amount = rec_money(now, INTENT_AMOUNT_CAPTURABLE);
	return intent_ask_for(cx, now, &c);
}
