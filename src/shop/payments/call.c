/*
 * Calls to gateways, one row each. Which of two askers settles a call, its row decides: it leaves the open ones once.
 */
#include "base/clock.h"
#include "base/id.h"
#include "db/db.h"
#include "model/write.h"
#include "shop/payments/payments_int.h"

/* When it is asked again: after a try in vain the sooner the fewer there were; of what takes its time, each hour. */
#define RETRY_MS INT64_C(60000)
#define RETRIES_DOUBLED 6
#define PATIENCE_MS INT64_C(3600000)

static const char *const status_names[CALL__STATUSES] = {
	[CALL_PENDING] = "pending",
	[CALL_WAITING] = "waiting",
	[CALL_DONE] = "done",
	[CALL_DECLINED] = "declined",
	[CALL_REFUSED] = "refused",
};

static struct err *
already_open(struct ctx *cx, struct err *e)
{
	struct str key = e ? db_duplicate_key(e) : (struct str){ 0 };

	if (!str_starts(key, STR("open_")))
		return e;
	return err_reason(err_new(cx->arena, ERR_CONFLICT,
				  "the gateway is being asked about this payment already"),
		REASON_IN_PROGRESS);
}

struct err *
call_begin(struct ctx *cx, struct call *c)
{
	struct db_value now = db_time(clock_now_ms());

	must(c->amount > 0 && c->gateway.n);
	c->id = id_new();
	c->status = CALL_PENDING;
	c->tries = 0;
	return already_open(cx,
		db_exec(cx,
			"INSERT INTO gateway_calls (tenant_id, id, created_at, kind, intent_id, "
			"payment_id, refund_id, order_id, gateway, gateway_id, amount, currency, "
			"final, reference, next_at) "
			"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			db_id(cx->tenant), db_id(c->id), now,
			db_text(str_of(gateway_kind_names[c->kind])), db_id(c->intent),
			db_id(c->payment), db_id(c->refund), db_id(c->order), db_text(c->gateway),
			db_id(c->gateway_id), db_int(c->amount), db_text(c->currency),
			db_int(c->final), db_text(c->reference), now));
}

enum {
	C_ID,
	C_KIND,
	C_INTENT,
	C_PAYMENT,
	C_REFUND,
	C_ORDER,
	C_GATEWAY,
	C_GATEWAY_ID,
	C_AMOUNT,
	C_CURRENCY,
	C_FINAL,
	C_STATUS,
	C_TRIES,
	C_REFERENCE
};

#define COLUMNS                                                                                    \
	"SELECT id, kind, intent_id, payment_id, refund_id, order_id, gateway, gateway_id, "       \
	"amount, currency, final, status, tries, reference FROM gateway_calls "

static int
index_of(struct str word, const char *const *names, int n)
{
	int i = 0;

	while (i < n && !str_eq_z(word, names[i]))
		i++;
	must(i < n);
	return i;
}

static void
read_call(const struct db_value *v, struct call *c)
{
	*c = (struct call){
		.id = { v[C_ID].i },
		.kind = (enum gateway_kind)index_of(
			v[C_KIND].s, gateway_kind_names, GATEWAY__KINDS),
		.intent = { v[C_INTENT].i },
		.payment = { v[C_PAYMENT].i },
		.refund = { v[C_REFUND].i },
		.order = { v[C_ORDER].i },
		.gateway = v[C_GATEWAY].s,
		.gateway_id = { v[C_GATEWAY_ID].i },
		.amount = v[C_AMOUNT].i,
		.currency = v[C_CURRENCY].s,
		.final = v[C_FINAL].i != 0,
		.status = (enum call_status)index_of(v[C_STATUS].s, status_names, CALL__STATUSES),
		.tries = v[C_TRIES].i,
		.reference = v[C_REFERENCE].s,
	};
}

struct err *
call_find(struct ctx *cx, struct id intent, struct id refund, struct call *c)
{
	struct db_rows rows;
	struct err *e;

	*c = (struct call){ .id = ID_NONE };
	if (refund.n)
		e = db_query(cx, &rows, COLUMNS "WHERE tenant_id = ? AND open_refund = ?",
			db_id(cx->tenant), db_id(refund));
	else
		e = db_query(cx, &rows, COLUMNS "WHERE tenant_id = ? AND open_intent = ?",
			db_id(cx->tenant), db_id(intent));
	if (!e && rows.n)
		read_call(db_row(&rows, 0), c);
	return e;
}

static gateway_fn *
function_of(const struct gateway *g, enum gateway_kind kind)
{
	gateway_fn *const all[GATEWAY__KINDS] = {
		[GATEWAY_AUTHORIZE] = g->authorize,
		[GATEWAY_CAPTURE] = g->capture,
		[GATEWAY_CANCEL] = g->cancel,
		[GATEWAY_REFUND] = g->refund,
	};

	return all[kind];
}

struct err *
call_ask(struct ctx *cx, const struct call *c, const struct gateway_call *details,
	struct gateway_answer *out)
{
	const struct gateway *g = gateway_find(c->gateway);
	struct gateway_call call = details ? *details : (struct gateway_call){ .id = ID_NONE };
	struct err *e = NULL;

	must(!db_in_tx(cx));
	*out = (struct gateway_answer){ .outcome = GATEWAY_NEVER };
	if (!g)
		return err_log(
			cx->arena, ERR_INTERNAL, "there is no gateway %.*s", STRF(c->gateway));
	call.id = c->id;
	call.kind = c->kind;
	call.amount = c->amount;
	call.currency = c->currency;
	call.gateway = c->gateway_id;
	call.intent = c->intent;
	call.reference = c->reference;
	call.final = c->final;
	if (c->tries || c->status == CALL_WAITING)
		e = g->fetch(cx, &call, out);
	if (!e && out->outcome == GATEWAY_NEVER)
		e = function_of(g, c->kind)(cx, &call, out);
	must(e || out->outcome != GATEWAY_NEVER);
	return e;
}

/* ---- the end of one */

static enum call_status
status_after(enum gateway_outcome outcome)
{
	switch (outcome) {
	case GATEWAY_DONE:
		return CALL_DONE;
	case GATEWAY_DECLINED:
		return CALL_DECLINED;
	case GATEWAY_REFUSED:
		return CALL_REFUSED;
	case GATEWAY_ACTION:
		return CALL_WAITING;
	default:
		return CALL_PENDING;
	}
}

static int64_t
wait_ms(const struct outcome *o)
{
	if (o->answer.outcome != GATEWAY_UNKNOWN)
		return PATIENCE_MS;
	return RETRY_MS << MIN(o->call.tries, RETRIES_DOUBLED);
}

static struct err *
leave(struct ctx *cx, const struct outcome *o, struct db_rows *done)
{
	return db_query(cx, done,
		"UPDATE gateway_calls SET status = ?, settled_at = ?, reference = COALESCE(?, "
		"reference), error = LEFT(?, 255) "
		"WHERE tenant_id = ? AND id = ? AND status IN ('pending', 'waiting')",
		db_text(str_of(status_names[status_after(o->answer.outcome)])),
		db_time(clock_now_ms()), db_text(o->answer.reference), db_text(o->answer.message),
		db_id(cx->tenant), db_id(o->call.id));
}

/* No answer says nothing new: a buyer who was asked to confirm still is. */
static struct err *
put_off(struct ctx *cx, const struct outcome *o, struct db_rows *done)
{
	struct db_value status = db_text(str_of(status_names[status_after(o->answer.outcome)]));

	return db_query(cx, done,
		"UPDATE gateway_calls SET status = COALESCE(?, status), tries = tries + 1, next_at "
		"= ?, "
		"reference = COALESCE(?, reference) "
		"WHERE tenant_id = ? AND id = ? AND status IN ('pending', 'waiting')",
		o->answer.outcome == GATEWAY_UNKNOWN ? db_null() : status,
		db_time(clock_now_ms() + wait_ms(o)), db_text(o->answer.reference),
		db_id(cx->tenant), db_id(o->call.id));
}

struct err *
call_settle(struct ctx *cx, const struct outcome *o, bool *ours)
{
	enum call_status after = status_after(o->answer.outcome);
	struct db_rows done = { 0 };
	struct err *e;

	must(db_in_tx(cx));
	if (after == CALL_PENDING || after == CALL_WAITING)
		e = put_off(cx, o, &done);
	else
		e = leave(cx, o, &done);
	*ours = !e && db_count(&done) == 1;
	return e;
}

struct err *
call_give_up(struct ctx *cx, struct id call)
{
	return db_exec(cx,
		"UPDATE gateway_calls SET status = 'refused', settled_at = ?, error = 'given up' "
		"WHERE tenant_id = ? AND id = ? AND status IN ('pending', 'waiting')",
		db_time(clock_now_ms()), db_id(cx->tenant), db_id(call));
}

/* It was asked before, so that fetch comes first. */
struct err *
call_take_up(struct ctx *cx, struct id intent, bool *found)
{
	struct db_rows done = { 0 };
	struct err *e = db_query(cx, &done,
		"UPDATE gateway_calls SET status = 'pending', settled_at = NULL, error = NULL, "
		"tries = tries + 1, next_at = ? WHERE tenant_id = ? AND intent_id = ? "
		"AND kind = 'authorize' AND status = 'refused' AND error = 'given up'",
		db_time(clock_now_ms()), db_id(cx->tenant), db_id(intent));

	*found = !e && db_count(&done) == 1;
	return e;
}

struct err *
payments_told(struct ctx *cx, struct id call)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT intent_id, refund_id FROM gateway_calls WHERE tenant_id = ? AND id = ? "
		"AND status IN ('pending', 'waiting')",
		db_id(cx->tenant), db_id(call));
	const struct db_value *v;

	if (e || !rows.n)
		return e;
	v = db_row(&rows, 0);
	if (v[1].kind == DB_NULL)
		return model_settle(cx, &payment_intent_resource, (struct id){ v[0].i });
	return model_settle(cx, model_find(STR("refund")), (struct id){ v[1].i });
}

/* ---- what the second transaction is told */

static const struct field outcome_fields[] = {
	STRING("call", DOC("What became of a call."), .max = 32),
};
const struct resource outcome_shape =
	SHAPE("gateway_outcome", outcome_fields, DOC("What a gateway answered."));

struct err *
outcome_ask(struct ctx *cx, const struct call *c, const struct gateway_call *details,
	struct rec **input)
{
	struct outcome *o = ARENA_NEW(cx->arena, struct outcome);
	struct err *e;

	*input = NULL;
	if (!c->id.n)
		return NULL;
	o->call = *c;
	if (details)
		o->details = *details;
	e = call_ask(cx, c, details, &o->answer);
	if (e)
		return e;
	*input = rec_new(cx->arena, &outcome_shape);
	(*input)->found = o;
	return NULL;
}

const struct outcome *
outcome_of(const struct rec *input)
{
	must(input && input->resource == &outcome_shape && input->found);
	return input->found;
}
