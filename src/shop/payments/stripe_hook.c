/*
 * Messages of Stripe. They come late, twice, and in any order, so nothing in one is believed but its names: what became of a
 * payment, Stripe is asked, as it is after a try in vain. A message that could not be dealt with is answered with an error, so that it
 * comes again; one that was, is remembered.
 */
#include "shop/payments/stripe.h"

#include "access/tenant.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "db/db.h"
#include "model/raw.h"
#include "shop/payments/gateways.h"
#include "shop/payments/payments.h"

/* Stripe's objects are a few KB; with all that is in them, a few dozen. */
#define BODY_MAX ((size_t)256 << 10)
#define CALLS_MOST 4
/* Stripe sends a message again for three days. */
#define KEPT_MS (INT64_C(30) * 86400000)

static raw_fn receive;

static const char *const types[] = { "application/json", NULL };
static const char *const headers[] = { "Stripe-Signature", NULL };

const struct raw stripe_hook = {
	.run = receive,
	.types = types,
	.takes = types,
	.headers = headers,
	.body_max = BODY_MAX,
	.open = true,
	.at_root = true,
};

struct message {
	struct id gateway;
	struct str id, type;
	const struct json *object; /* data.object */
};

/* ---- who speaks */

/* Of no gateway of ours, or of one that has no secret, or without the right signature: all is the same to whoever tries. */
static struct err *
unproved(struct ctx *cx)
{
	return err_new(cx->arena, ERR_MALFORMED, "the message is not signed as it must be");
}

static struct err *
enter(struct ctx *cx, struct id gateway)
{
	struct db_rows rows;
	struct tenant side;
	struct err *e = db_query(cx, &rows,
		"SELECT tenant_id FROM payment_gateways FORCE INDEX (id)"
		" WHERE id = ? AND kind = 'stripe'",
		db_id(gateway));

	if (!e && !rows.n)
		return unproved(cx);
	e = e ? e : tenant_side(cx, (struct id){ db_row(&rows, 0)[0].i }, &side);
	return e ? e : tenant_enter(cx, &side, STR("stripe"));
}

static struct err *
prove(struct ctx *cx, const struct raw_call *call, struct id *gateway)
{
	struct gateway_keys keys = { .secret = { 0 } };
	struct err *e;

	if (!id_parse(call->keys[0], gateway_resource.prefix, gateway))
		return unproved(cx);
	e = enter(cx, *gateway);
	e = e ? e : gateway_keys_read(cx, *gateway, &keys);
	if (!e &&
		!stripe_is_signed(cx->arena, call->headers[0], call->body, keys.webhook_secret,
			clock_real_ms() / 1000))
		e = unproved(cx);
	return e;
}

static struct err *
read_message(struct ctx *cx, struct str body, struct message *m)
{
	struct json *j = NULL;
	const struct json *data, *live;
	struct err *e = json_parse(cx->arena, body, &j);

	if (e)
		return e;
	m->id = stripe_text(j, "id");
	m->type = stripe_text(j, "type");
	data = json_kind(j) == JSON_OBJECT ? json_get(j, "data") : NULL;
	live = json_kind(j) == JSON_OBJECT ? json_get(j, "livemode") : NULL;
	m->object = json_kind(data) == JSON_OBJECT ? json_get(data, "object") : NULL;
	if (!m->id.n || m->id.n > 255 || !str_only(m->id, STRIPE_KEY_LETTERS) || !m->type.n ||
		json_kind(m->object) != JSON_OBJECT)
		return err_new(cx->arena, ERR_MALFORMED, "that is no event");
	if (json_kind(live) == JSON_BOOL && json_bool(live) == cx->sandbox)
		return err_new(
			cx->arena, ERR_MALFORMED, "the event is of the other side of the gateway");
	return NULL;
}

/* ---- what it is about */

struct calls {
	struct id c[CALLS_MOST];
	size_t n;
};

static void
add(struct calls *all, struct id call)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->c[i].n == call.n)
			return;
	if (call.n && all->n < CALLS_MOST)
		all->c[all->n++] = call;
}

/* The call that is open for the payment of that name, whichever it is. */
static struct err *
add_open(struct ctx *cx, const struct message *m, struct str reference, struct calls *all)
{
	struct db_rows rows;
	struct err *e;

	if (!reference.n)
		return NULL;
	e = db_query(cx, &rows,
		"SELECT c.id FROM payments p FORCE INDEX (reference)"
		" STRAIGHT_JOIN gateway_calls c FORCE INDEX (intent)"
		" ON c.tenant_id = p.tenant_id AND c.intent_id = p.intent_id"
		" AND c.status IN ('pending', 'waiting')"
		" WHERE p.tenant_id = ? AND p.gateway_reference = ? AND p.gateway_id = ? LIMIT 4",
		db_id(cx->tenant), db_text(reference), db_id(m->gateway));
	for (size_t i = 0; !e && i < rows.n; i++)
		add(all, (struct id){ db_row(&rows, i)[0].i });
	return e;
}

/* A payment intent names itself; charges and refunds name theirs. */
static struct str
payment_of(const struct message *m)
{
	struct str id = stripe_text(m->object, "id");

	return str_starts(id, STR("pi_")) ? id : stripe_text(m->object, "payment_intent");
}

static struct err *
settle(struct ctx *cx, const struct message *m)
{
	const struct json *metadata = json_get(m->object, "metadata");
	struct calls all = { .n = 0 };
	struct id call;
	struct err *e;

	if (id_parse(stripe_text(metadata, "souk_call"), "call", &call))
		add(&all, call);
	e = add_open(cx, m, payment_of(m), &all);
	for (size_t i = 0; !e && i < all.n; i++)
		e = payments_told(cx, all.c[i]);
	return e;
}

static struct err *
heed(struct ctx *cx, const struct message *m)
{
	static const char *const of_payments[] = { "payment_intent.", "charge.", "refund." };

	if (str_starts(m->type, STR("charge.dispute.")))
		return stripe_disputed(cx, m->gateway, stripe_text(m->object, "id"));
	for (size_t i = 0; i < COUNT(of_payments); i++)
		if (str_starts(m->type, str_of(of_payments[i])))
			return settle(cx, m);
	return NULL;
}

/* ---- once */

static struct err *
was_heard(struct ctx *cx, const struct message *m, bool *heard)
{
	struct db_rows rows = { 0 };
	struct err *e = db_query(cx, &rows,
		"SELECT 1 FROM gateway_messages WHERE tenant_id = ? AND gateway_id = ? AND message "
		"= ?",
		db_id(cx->tenant), db_id(m->gateway), db_text(m->id));

	*heard = !e && rows.n > 0;
	return e;
}

static struct err *
remember(struct ctx *cx, const struct message *m)
{
	return db_exec(cx,
		"INSERT IGNORE INTO gateway_messages (tenant_id, gateway_id, message, received_at)"
		" VALUES (?, ?, ?, ?)",
		db_id(cx->tenant), db_id(m->gateway), db_text(m->id), db_time(clock_real_ms()));
}

struct err *
payments_forget(struct ctx *cx, int64_t most, int64_t *n)
{
	struct db_value before = db_time(clock_real_ms() - KEPT_MS);
	struct db_rows rows;
	struct err *e;

	if (cx->dry_run)
		e = db_query(cx, &rows,
			"SELECT COUNT(*) FROM gateway_messages WHERE tenant_id = ? AND received_at "
			"< ?",
			db_id(cx->tenant), before);
	else
		e = db_query(cx, &rows,
			"DELETE FROM gateway_messages WHERE tenant_id = ? AND received_at < ?"
			" ORDER BY received_at LIMIT ?",
			db_id(cx->tenant), before, db_int(most));
	*n = e ? 0 : db_count(&rows);
	return e;
}

static struct err *
receive(struct ctx *cx, const struct raw_call *call, struct raw_answer *out)
{
	struct message m = { .gateway = ID_NONE };
	bool heard = false;
	struct err *e = prove(cx, call, &m.gateway);

	e = e ? e : read_message(cx, call->body, &m);
	e = e ? e : was_heard(cx, &m, &heard);
	if (!e && !heard) {
		e = heed(cx, &m);
		e = e ? e : remember(cx, &m);
	}
	if (!e)
		buf_z(out->body, "{\"received\":true}");
	return e;
}
