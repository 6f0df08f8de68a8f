/*
 * What a carrier is asked about one shipment: to make its label, or to void it. The row of the call is written with the
 * shipment; the carrier is asked when that is committed, with the shipment's id as reference, so that it can see that it is asked
 * again. A call without an answer stays pending, and souk-shipments asks again.
 */
#include "shop/shipping/carriers.h"
#include "shop/shipping/shipments.h"

#include "base/clock.h"
#include "base/id.h"
#include "db/db.h"

static outside_fn ask_carrier;
static action_fn settle;

#define ASK_US INT64_C(3000000)
#define FIRST_WAIT_MS INT64_C(60000)
#define LONGEST_WAIT_MS INT64_C(21600000)
#define TRIES_MOST 20 /* over about four days */

/* Not a route. What came of it stands in the input's `found`. */
static const struct field outcome_fields[] = {
	STRING("code", DOC("Why the carrier refused."), .max = 64),
};
static const struct resource outcome_input =
	SHAPE("shipment_outcome", outcome_fields, DOC("What a carrier answered."));
static const struct action settled = {
	.name = "settled",
	DOC("Takes down what the carrier answered."),
	.run = settle,
	.input = &outcome_input,
};

const struct outside shipment_outside = { .call = ask_carrier, .then = &settled };

struct outcome {
	struct id call;
	bool is_void;
	int64_t tries;
	enum carrier_outcome what;
	struct str why; /* if it is not CARRIER_DONE */
	const struct carrier_label *label;
};

/* ---- what is due */

static struct err *
add_call(struct ctx *cx, struct id shipment, const char *kind)
{
	int64_t now_ms = clock_now_ms();

	return db_exec(cx,
		"INSERT INTO shipment_calls (tenant_id, id, created_at, shipment_id, kind, next_at)"
		" VALUES (?, ?, ?, ?, ?, ?)",
		db_id(cx->tenant), db_id(id_new()), db_time(now_ms), db_id(shipment),
		db_text(str_of(kind)), db_time(now_ms));
}

struct err *
shipment_due(struct ctx *cx, const struct rec *now)
{
	if (rec_choice(now, SHIPMENT_STATUS) == SHIPMENT_PENDING)
		return add_call(cx, now->id, "label");
	return shipment_track_later(cx, now, 0);
}

static struct err *
is_due(struct ctx *cx, struct id shipment, bool *due)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT 1 FROM shipment_calls WHERE tenant_id = ? AND pending_of = ?",
		db_id(cx->tenant), db_id(shipment));

	*due = !e && rows.n;
	return e;
}

/* Units that came back, or are to, must stay sent when all that waits for carriers is undone. */
static struct err *
check_claims(struct ctx *cx, const struct rec *now)
{
	struct db_rows rows;
	struct err *e = shipment_lock_order(cx, now);

	e = e ? e
	      : db_query(cx, &rows,
			"SELECT 1 FROM shipment_items s FORCE INDEX (shipment)"
			" STRAIGHT_JOIN order_items i FORCE INDEX (PRIMARY)"
			" ON i.tenant_id = s.tenant_id AND i.id = s.order_item_id"
			" WHERE s.tenant_id = ? AND s.shipment_id = ? AND i.quantity_fulfilled - "
			"s.quantity -"
			" (SELECT COALESCE(SUM(w.quantity), 0) FROM shipment_items w FORCE INDEX "
			"(order_item)"
			" STRAIGHT_JOIN shipment_calls c FORCE INDEX (one_pending)"
			" ON c.tenant_id = w.tenant_id AND c.pending_of = w.shipment_id"
			" WHERE w.tenant_id = i.tenant_id AND w.order_item_id = i.id)"
			" < GREATEST(i.quantity_claimed, i.quantity_returned) LIMIT 1",
			db_id(cx->tenant), db_id(now->id));
	if (!e && rows.n)
		e = err_reason(err_new(cx->arena, ERR_CONFLICT,
				       "some of it came back, or is to come back"),
			REASON_FULFILLED);
	return e;
}

struct err *
shipment_void_due(struct ctx *cx, struct rec *now)
{
	bool due = false;
	struct err *e = is_due(cx, now->id, &due);

	now->archived_at = 0;
	if (!e && due)
		e = err_reason(
			err_new(cx->arena, ERR_CONFLICT, "the carrier is asked to void it already"),
			REASON_TRANSITION);
	e = e ? e : check_claims(cx, now);
	if (e)
		return e;
	now->outside = true;
	rec_set_null(now, SHIPMENT_ERROR);
	return add_call(cx, now->id, "void");
}

/* ---- asking */

static int64_t
deadline_us(const struct ctx *cx)
{
	int64_t us = clock_mono_us() + ASK_US;

	return cx->deadline_us && cx->deadline_us < us ? cx->deadline_us : us;
}

/* As shipments take one that is given (shipment.c): what a carrier made up otherwise cannot be kept. */
static bool
is_number(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool inside = i > 0 && i + 1 < s.n;

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			    (c == '-' && inside)))
			return false;
	}
	return s.n >= 5 && s.n <= 64;
}

static void
check_numbers(struct carrier_ask *ask)
{
	bool good = is_number(ask->label.tracking);

	for (size_t i = 0; i < ask->label.nparcels; i++)
		good &= is_number(ask->label.parcels[i].tracking);
	if (ask->outcome != CARRIER_DONE || ask->verb != CARRIER_LABEL || good)
		return;
	ask->outcome = CARRIER_UNKNOWN;
	ask->code = STR("unreadable");
	ask->message = STR("the carrier's tracking number is none");
}

static struct err *
ask_now(struct ctx *cx, const struct rec *rec, struct outcome *o)
{
	struct carrier_ask *ask = ARENA_NEW(cx->arena, struct carrier_ask);
	bool can;
	struct err *e = shipment_ask(cx, rec, ask, &can);

	if (e)
		return e;
	o->what = CARRIER_REFUSED;
	o->why = STR("the shop has no contract with the carrier any more");
	if (!can)
		return NULL;
	ask->verb = o->is_void ? CARRIER_VOID : CARRIER_LABEL;
	ask->again = o->tries > 0;
	carrier_ask_all(cx->arena, ask, 1, deadline_us(cx));
	check_numbers(ask);
	o->what = ask->outcome;
	o->why = str_fmt(cx->arena, "%.*s: %.*s", STRF(ask->code), STRF(ask->message));
	o->label = &ask->label;
	return NULL;
}

/*
 * Takes the call for as long as an answer may take, so that nobody else asks meanwhile: to a carrier that does not know a question
 * again, two at once are two labels. Who dies with it leaves a try behind, and the next one knows.
 */
static struct err *
take(struct ctx *cx, const struct outcome *o, bool *taken)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"UPDATE shipment_calls SET tries = tries + 1, next_at = ? WHERE tenant_id = ? AND "
		"id = ?"
		" AND tries = ? AND status = 'pending'",
		db_time(clock_now_ms() + FIRST_WAIT_MS), db_id(cx->tenant), db_id(o->call),
		db_int(o->tries));

	*taken = !e && rows.affected == 1;
	return e;
}

static struct err *
ask_carrier(struct ctx *cx, const struct rec *rec, struct rec **input)
{
	struct outcome *o = ARENA_NEW(cx->arena, struct outcome);
	struct db_rows rows;
	bool taken = false;
	struct err *e = db_query(cx, &rows,
		"SELECT id, kind = 'void', tries FROM shipment_calls WHERE tenant_id = ? AND "
		"pending_of = ? AND next_at <= ?",
		db_id(cx->tenant), db_id(rec->id), db_time(clock_now_ms()));

	*input = NULL;
	if (e || !rows.n)
		return e;
	o->call = (struct id){ db_row(&rows, 0)[0].i };
	o->is_void = db_row(&rows, 0)[1].i;
	o->tries = db_row(&rows, 0)[2].i;
	e = take(cx, o, &taken);
	if (e || !taken)
		return e;
	e = ask_now(cx, rec, o);
	if (e)
		return e;
	*input = rec_new(cx->arena, &outcome_input);
	(*input)->found = o;
	return NULL;
}

/* ---- what came of it */

static struct err *
end_call(struct ctx *cx, const struct outcome *o)
{
	bool done = o->what == CARRIER_DONE;

	return db_exec(cx,
		"UPDATE shipment_calls SET status = ?, settled_at = ?, error = ?"
		" WHERE tenant_id = ? AND id = ?",
		db_text(done ? STR("done") : STR("refused")), db_time(clock_now_ms()),
		done ? db_null() : db_text(str_head(o->why, 500)), db_id(cx->tenant),
		db_id(o->call));
}

/* Twice as long each time. */
static struct err *
ask_later(struct ctx *cx, const struct outcome *o)
{
	int64_t wait_ms = FIRST_WAIT_MS << MIN(o->tries, 10);

	return db_exec(cx,
		"UPDATE shipment_calls SET next_at = ?, error = ?"
		" WHERE tenant_id = ? AND id = ?",
		db_time(clock_now_ms() + MIN(wait_ms, LONGEST_WAIT_MS)),
		db_text(str_head(o->why, 500)), db_id(cx->tenant), db_id(o->call));
}

static struct err *
keep_labels(struct ctx *cx, struct id shipment, const struct carrier_label *label)
{
	struct err *e = NULL;

	for (size_t i = 0; !e && i < label->nparcels; i++) {
		const struct carrier_parcel *p = &label->parcels[i];

		e = db_exec(cx,
			"INSERT INTO shipment_labels (tenant_id, shipment_id, package, created_at,"
			" tracking_number, content_type, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
			db_id(cx->tenant), db_id(shipment), db_int((int64_t)i + 1),
			db_time(clock_now_ms()), db_text(str_head(p->tracking, 64)),
			p->label.n ? db_text(p->type) : db_null(),
			p->label.n ? db_text(p->label) : db_null());
	}
	return e;
}

static struct err *
labelled(struct ctx *cx, struct rec *now, const struct outcome *o)
{
	const struct carrier_label *label = o->label;
	struct err *e = keep_labels(cx, now->id, label);

	rec_set_choice(now, SHIPMENT_STATUS, SHIPMENT_LABELLED);
	rec_set_str(now, SHIPMENT_TRACKING_NUMBER, str_head(label->tracking, 64));
	rec_set_str(now, SHIPMENT_REFERENCE, str_head(label->shipment, 255));
	shipment_own_path(cx, now, SHIPMENT_LABEL_URL, "label");
	if (label->currency.n == 3 && label->minor >= 0) {
		rec_set_str(now, SHIPMENT_CURRENCY, label->currency);
		rec_set_money(now, SHIPMENT_COST, label->minor);
	}
	e = e ? e : shipment_track_later(cx, now, 0);
	return e ? e
		 : shipment_tell(cx, now, SHIPPING_SENT, rec_str(now, SHIPMENT_TRACKING_NUMBER));
}

static struct err *
never_sent(struct ctx *cx, struct rec *now, struct str note)
{
	rec_set_choice(now, SHIPMENT_STATUS, SHIPMENT_VOIDED);
	rec_set_time(now, SHIPMENT_VOIDED_AT, clock_now_ms());
	now->event = "shipment.voided";
	return shipment_tell(cx, now, SHIPPING_VOIDED, note);
}

static struct err *
refused(struct ctx *cx, struct rec *now, const struct outcome *o)
{
	rec_set_str(now, SHIPMENT_ERROR, str_head(o->why, 500));
	return o->is_void ? NULL : never_sent(cx, now, STR("the carrier refused it"));
}

/* Whoever settled it while we asked was right: one that asks again under the same reference is told the same. */
static struct err *
is_open(struct ctx *cx, const struct outcome *o, bool *open)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT status = 'pending' FROM shipment_calls WHERE tenant_id = ? AND id = ?",
		db_id(cx->tenant), db_id(o->call));

	*open = !e && rows.n && db_row(&rows, 0)[0].i;
	return e;
}

static struct err *
settle(struct ctx *cx, struct rec *now, const struct rec *was UNUSED, const struct rec *input)
{
	struct outcome *o = input->found;
	bool open, answered = o->what == CARRIER_DONE || o->what == CARRIER_REFUSED;
	struct err *e = is_open(cx, o, &open);

	if (e || !open)
		return e;
	if (!answered && o->tries + 1 < TRIES_MOST)
		return ask_later(cx, o);
	e = end_call(cx, o);
	if (e)
		return e;
	if (o->what != CARRIER_DONE)
		return refused(cx, now, o);
	if (!o->is_void)
		return labelled(cx, now, o);
	/* It may have begun to move while the carrier thought. */
	if (rec_choice(now, SHIPMENT_STATUS) != SHIPMENT_LABELLED)
		return NULL;
	return never_sent(cx, now, STR("voided"));
}
