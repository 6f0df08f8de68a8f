/*
 * What souk-shipments does: carriers that gave no answer are asked again, and those that have something on its way are asked
 * where it is. Each shipment is a step of its own, after which all is in order; what is asked twice is told once.
 */
#include "shop/shipping/carriers.h"
#include "shop/shipping/shipments.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "db/db.h"
#include "model/query.h"
#include "model/write.h"

static action_fn tracked;

#define AT_ONCE 20
#define ASK_US INT64_C(10000000)
#define MINUTE_MS INT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)
#define GIVEN_UP_MS (90 * 24 * HOUR_MS) /* after it was made, nobody asks any more */

/* Not a route. What the carrier told stands in the input's `found`. */
static const struct field told_fields[] = {
	INTEGER("n", DOC("How many things it told.")),
};
static const struct resource told_input =
	SHAPE("shipment_told", told_fields, DOC("What a carrier tells of a shipment."));
static const struct action track_action = {
	.name = "tracked",
	.run = tracked,
	.input = &told_input,
};

struct told {
	const struct shipment_event *events;
	size_t n;
};

/* ---- when */

static int64_t
wait_ms(const struct rec *r, int64_t tries)
{
	if (tries)
		return MIN((15 * MINUTE_MS) << MIN(tries, 10), 24 * HOUR_MS);
	return rec_choice(r, SHIPMENT_STATUS) == SHIPMENT_OUT ? 30 * MINUTE_MS : 4 * HOUR_MS;
}

/* Of a label that we draw ourselves, nobody could tell. */
static bool
is_followed(const struct rec *r)
{
	int status = rec_choice(r, SHIPMENT_STATUS);

	return rec_ref(r, SHIPMENT_CARRIER_ID).n && rec_has(r, SHIPMENT_TRACKING_NUMBER) &&
		(!rec_has(r, SHIPMENT_LABEL_URL) || rec_has(r, SHIPMENT_REFERENCE)) &&
		status != SHIPMENT_DELIVERED && status != SHIPMENT_RETURNED &&
		status != SHIPMENT_VOIDED && clock_now_ms() - r->created_at < GIVEN_UP_MS;
}

static struct err *
set_time(struct ctx *cx, struct id shipment, int64_t at_ms, int64_t tries)
{
	return db_exec(cx,
		"UPDATE shipments SET track_at = ?, track_tries = ? WHERE tenant_id = ? AND id = ?",
		at_ms ? db_time(at_ms) : db_null(), db_int(tries), db_id(cx->tenant),
		db_id(shipment));
}

struct err *
shipment_track_later(struct ctx *cx, const struct rec *now, int64_t tries)
{
	if (!is_followed(now))
		return NULL;
	return set_time(cx, now->id, clock_now_ms() + wait_ms(now, tries), tries);
}

/* ---- where it is */

static struct str
place(struct arena *a, const struct carrier_event *e)
{
	const struct str parts[] = { e->city, e->state, e->country };
	struct str all = { 0 };

	for (size_t i = 0; i < COUNT(parts); i++)
		if (parts[i].n)
			all = str_fmt(
				a, "%.*s%s%.*s", STRF(all), all.n ? ", " : "", STRF(parts[i]));
	return str_head(all, 255);
}

static int
status_of(const char *word)
{
	for (int i = SHIPMENT_LABELLED; i < SHIPMENT_VOIDED; i++)
		if (!strcmp(word, shipment_statuses[i].name))
			return i;
	return SHIPMENT_LABELLED;
}

static struct told
read_events(struct arena *a, const struct carrier_ask *ask)
{
	struct shipment_event *to = ARENA_ARRAY(a, ask->nevents, struct shipment_event);

	for (size_t i = 0; i < ask->nevents; i++) {
		const struct carrier_event *e = &ask->events[i];

		to[i] = (struct shipment_event){
			.at_ms = e->at_ms,
			.status = status_of(e->status),
			.location = place(a, e),
			.text = str_head(e->text.n ? e->text : e->code, 500),
		};
	}
	return (struct told){ to, ask->nevents };
}

static struct err *
tracked(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	const struct told *told = input->found;
	int status = rec_choice(was, SHIPMENT_STATUS);
	struct err *e = NULL;

	if (status == SHIPMENT_VOIDED || status == SHIPMENT_PENDING)
		return set_time(cx, now->id, 0, 0);
	e = shipment_happened(cx, now, was, told->events, told->n);
	e = e ? e : set_time(cx, now->id, 0, 0);
	return e ? e : shipment_track_later(cx, now, 0);
}

static struct err *
take_down(struct ctx *cx, const struct rec *shipment, const struct carrier_ask *ask)
{
	struct told told = read_events(cx->arena, ask);
	struct rec *input = rec_new(cx->arena, &told_input);
	struct write w = {
		.verb = WRITE_ACT,
		.resource = &shipment_resource,
		.action = &track_action,
		.key = rec_id_text(cx->arena, shipment),
		.input = input,
	};
	struct written out;

	input->found = &told;
	return model_write(cx, &w, &out);
}

/* ---- polling */

struct asked {
	struct rec *shipment[AT_ONCE];
	struct carrier_ask ask[AT_ONCE];
	int64_t tries[AT_ONCE];
	size_t n;
};

/* Whom nobody can ask about is not asked about again. */
static struct err *
add(struct ctx *cx, struct asked *all, struct id id, int64_t tries)
{
	const struct view whole = view_whole(&shipment_resource);
	struct rec *shipment;
	bool can = false;
	struct err *e = model_get(cx, &shipment_resource, ID_NONE,
		id_str(cx->arena, id, shipment_resource.prefix), &whole, &shipment);

	if (!e && is_followed(shipment))
		e = shipment_ask(cx, shipment, &all->ask[all->n], &can);
	if (e || !can)
		return e && e->code != ERR_NOT_FOUND ? e : set_time(cx, id, 0, 0);
	all->ask[all->n].verb = CARRIER_TRACK;
	all->shipment[all->n] = shipment;
	all->tries[all->n++] = tries;
	return NULL;
}

static struct err *
poll_some(struct ctx *cx, int64_t most, int64_t *n)
{
	struct asked *all = ARENA_NEW(cx->arena, struct asked);
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT id, track_tries FROM shipments FORCE INDEX (to_track) WHERE tenant_id = ?"
		" AND track_at <= ? ORDER BY track_at, id LIMIT ?",
		db_id(cx->tenant), db_time(clock_now_ms()), db_int(MIN(most, AT_ONCE)));

	*n = e ? 0 : (int64_t)rows.n;
	for (size_t i = 0; !e && i < rows.n; i++)
		e = add(cx, all, (struct id){ db_row(&rows, i)[0].i }, db_row(&rows, i)[1].i);
	if (e || !all->n)
		return e;
	carrier_ask_all(cx->arena, all->ask, all->n, clock_mono_us() + ASK_US);
	for (size_t i = 0; !e && i < all->n; i++) {
		if (all->ask[i].outcome == CARRIER_DONE)
			e = take_down(cx, all->shipment[i], &all->ask[i]);
		else
			e = shipment_track_later(cx, all->shipment[i], all->tries[i] + 1);
	}
	return e;
}

struct err *
shipments_poll(struct ctx *cx, int64_t most, int64_t *n)
{
	struct db_rows rows;
	int64_t some = AT_ONCE;
	struct err *e;

	*n = 0;
	if (cx->dry_run) {
		e = db_query(cx, &rows,
			"SELECT COUNT(*) FROM shipments WHERE tenant_id = ? AND track_at <= ?",
			db_id(cx->tenant), db_time(clock_now_ms()));
		*n = e ? 0 : db_count(&rows);
		return e;
	}
	while (some == AT_ONCE && *n < most) {
		struct arena_mark mark = arena_mark(cx->arena);

		e = poll_some(cx, most - *n, &some);
		if (e)
			return e; /* cppcheck-suppress returnDanglingLifetime ; it lives in the arena */
		*n += some;
		arena_rewind(cx->arena, mark);
	}
	return NULL;
}

/* ---- asking again */

struct err *
shipments_settle(struct ctx *cx, int64_t most, int64_t *n)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT shipment_id FROM shipment_calls FORCE INDEX (due) WHERE tenant_id = ?"
		" AND status = 'pending' AND next_at <= ? ORDER BY next_at, id LIMIT ?",
		db_id(cx->tenant), db_time(clock_now_ms()), db_int(cx->dry_run ? INT64_MAX : most));

	*n = e ? 0 : (int64_t)rows.n;
	for (size_t i = 0; !e && !cx->dry_run && i < rows.n; i++)
		e = model_settle(cx, &shipment_resource, (struct id){ db_row(&rows, i)[0].i });
	return e;
}
