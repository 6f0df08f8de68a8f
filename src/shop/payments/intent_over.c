/* Intents whose time is over: those of an order that is cancelled, and those whose money was held for too long. */
#include "base/clock.h"
#include "base/id.h"
#include "db/db.h"
#include "model/write.h"
#include "shop/payments/intent_int.h"

static action_fn over, mark;

enum { OVER_REASON, OVER__MAX };

static const struct field over_fields[OVER__MAX] = {
	[OVER_REASON] = ENUM("reason", cancellation_reasons, DOC("Why."), .flags = F_REQUIRED,
		.example = "expired"),
};
static const struct resource over_input =
	SHAPE("payment_over", over_fields, DOC("The end of an intent, by the shop itself."));

/* Not routes. */
static const struct action ending = { .name = "over", .run = over, .input = &over_input };
static const struct action marking = { .name = "mark", .run = mark, .input = &over_input };

static struct err *
over(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	return intent_cancel(
		cx, now, was, (enum cancellation_reason)rec_choice(input, OVER_REASON));
}

/* Of what a gateway is being asked about: it is given free when the answer comes. */
static struct err *
mark(struct ctx *cx UNUSED, struct rec *now, const struct rec *was UNUSED, const struct rec *input)
{
	rec_set_choice(now, INTENT_CANCELLATION_REASON, rec_choice(input, OVER_REASON));
	return NULL;
}

static struct write
write_of(
	struct ctx *cx, struct id intent, const struct action *action, enum cancellation_reason why)
{
	struct rec *input = rec_new(cx->arena, &over_input);

	rec_set_choice(input, OVER_REASON, why);
	return (struct write){
		.verb = WRITE_ACT,
		.resource = &payment_intent_resource,
		.action = action,
		.key = id_str(cx->arena, intent, payment_intent_resource.prefix),
		.input = input,
	};
}

/* What has a call open cannot be canceled: what is held when it is answered is given free then. */
struct err *
payments_void(struct ctx *cx, struct id order)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT i.id, i.status = 'processing' OR c.kind IS NOT NULL, "
		"c.kind IN ('authorize', 'capture') "
		"FROM payment_intents i FORCE INDEX (order_id) "
		"LEFT JOIN gateway_calls c ON c.tenant_id = i.tenant_id AND c.open_intent = i.id "
		"AND c.status = 'pending' "
		"WHERE i.tenant_id = ? AND i.order_id = ? AND i.status IN "
		"('requires_payment_method', 'requires_action', 'requires_capture', 'processing', "
		"'failed') ORDER BY i.id",
		db_id(cx->tenant), db_id(order));

	for (size_t i = 0; !e && i < rows.n; i++) {
		const struct db_value *v = db_row(&rows, i);
		bool busy = v[1].i != 0, marked = v[2].kind == DB_INT && v[2].i != 0;
		struct write w = write_of(
			cx, (struct id){ v[0].i }, busy ? &marking : &ending, CANCELLED_ORDER);
		struct written out;

		if (!busy || marked)
			e = model_write_inside(cx, &w, &out);
	}
	return e;
}

/* ---- expiry */

/* What a gateway will not give free it is asked again, but not by each run. */
#define AGAIN_MS INT64_C(86400000)
/* So long a buyer may take to confirm: until then the order cannot be paid otherwise. */
#define CONFIRM_MS INT64_C(86400000)

static struct err *
expire(struct ctx *cx, struct id intent, enum cancellation_reason why)
{
	struct write w = write_of(cx, intent, &ending, why);
	struct written out;
	struct err *e = model_write(cx, &w, &out);

	/* Somebody is at it, or was faster. */
	return e && e->code == ERR_CONFLICT ? NULL : e;
}

static struct err *
find_held(struct ctx *cx, int64_t most, struct db_rows *rows)
{
	return db_query(cx, rows,
		"SELECT id FROM payment_intents i FORCE INDEX (expires) WHERE tenant_id = ? AND "
		"authorization_expires_at <= ? AND status = 'requires_capture' "
		"AND NOT EXISTS (SELECT 1 FROM gateway_calls c FORCE INDEX (intent) "
		"WHERE c.tenant_id = i.tenant_id AND c.intent_id = i.id AND c.kind = 'cancel' "
		"AND c.created_at > ?) ORDER BY authorization_expires_at LIMIT ?",
		db_id(cx->tenant), db_time(clock_now_ms()), db_time(clock_now_ms() - AGAIN_MS),
		db_int(most));
}

static struct err *
find_unconfirmed(struct ctx *cx, int64_t most, struct db_rows *rows)
{
	struct db_value before = db_time(clock_now_ms() - CONFIRM_MS);

	return db_query(cx, rows,
		"SELECT i.id FROM payment_intents i FORCE INDEX (status) "
		"JOIN gateway_calls c FORCE INDEX (open_intent) ON c.tenant_id = i.tenant_id "
		"AND c.open_intent = i.id WHERE i.tenant_id = ? AND i.status = 'requires_action' "
		"AND i.created_at <= ? AND c.created_at <= ? ORDER BY i.created_at LIMIT ?",
		db_id(cx->tenant), before, before, db_int(most));
}

struct err *
payments_expire(struct ctx *cx, int64_t most, int64_t *n)
{
	struct db_rows held, unconfirmed = { 0 };
	struct err *e = find_held(cx, most, &held);

	e = e ? e : find_unconfirmed(cx, most - (int64_t)held.n, &unconfirmed);
	*n = e ? 0 : (int64_t)(held.n + unconfirmed.n);
	for (size_t i = 0; !e && !cx->dry_run && i < held.n; i++)
		e = expire(cx, (struct id){ db_row(&held, i)[0].i }, CANCELLED_EXPIRED);
	for (size_t i = 0; !e && !cx->dry_run && i < unconfirmed.n; i++)
		e = expire(cx, (struct id){ db_row(&unconfirmed, i)[0].i }, CANCELLED_ABANDONED);
	return e;
}
