/*
 * The way of a shipment. Events come in any order and more than once, from carriers that are polled and agents that tell:
 * the status is what all that are known lead to, whoever was first.
 */
#include "shop/shipping/shipments.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/id.h"
#include "db/db.h"
#include "model/query.h"

static operation_fn track;

#define SHOWN_MOST 1000

enum { WAY_TIMESTAMP, WAY_STATUS, WAY_LOCATION, WAY_DESCRIPTION, WAY__MAX };

static const struct field way_fields[WAY__MAX] = {
	[WAY_TIMESTAMP] =
		TIME("timestamp", DOC("When it happened."), .example = "2026-01-15T10:30:00Z"),
	[WAY_STATUS] = STRING(
		"status", DOC("What it says of the shipment."), .max = 16, .example = "in_transit"),
	[WAY_LOCATION] = STRING(
		"location", DOC("Where it happened."), .max = 255, .example = "Memphis, TN, US"),
	[WAY_DESCRIPTION] = STRING("description", DOC("What happened, for people."), .max = 500,
		.example = "Departed FedEx location"),
};

static const struct resource way_shape =
	SHAPE("tracking_event", way_fields, DOC("Something that happened on a shipment's way."));

static const struct field track_fields[] = {
	OBJECTS("data", &way_shape, .flags = F_READ_ONLY, .max = SHOWN_MOST,
		DOC("What happened, the last first.")),
};

static const struct resource track_shape =
	SHAPE("tracking", track_fields, DOC("The way of a shipment."));

const struct operation shipment_operations[SHIPMENT_OPERATIONS] = {
	OPERATION("track_shipment", "GET", "shipments/{shipment_id}/track", track,
		.scope = "shipping:read", .output = &track_shape,
		DOC("Shows what happened to the shipment on its way.")),
	RAW("get_shipment_label", "GET", "shipments/{shipment_id}/label", &shipment_label_raw,
		.scope = "shipping:read",
		DOC("The label: as the carrier made it, else a PDF of 4 by 6 inches with a page "
		    "for each package.")),
	RAW("get_package_label", "GET", "shipments/{shipment_id}/labels/{package}",
		&shipment_package_label_raw, .scope = "shipping:read",
		DOC("The label of one package, counted from 1, where the carrier made one for "
		    "each; else that of all.")),
};

static struct str
word(int status)
{
	return str_of(shipment_statuses[status].name);
}

/* ---- taking down */

static struct db_value
fingerprint(struct ctx *cx, const struct shipment_event *event)
{
	struct digest *d = ARENA_NEW(cx->arena, struct digest);
	struct buf b;

	buf_init(&b, cx->arena, 256, 4096);
	if (event->id.n) {
		buf_z(&b, "id\n");
		buf_str(&b, event->id);
	} else {
		buf_fmt(&b, "%" PRId64 "\n%s\n", event->at_ms,
			shipment_statuses[event->status].name);
		buf_str(&b, event->location);
		buf_char(&b, '\n');
		buf_str(&b, event->text);
	}
	*d = crypto_sha256(buf_view(&b));
	return db_text((struct str){ (const char *)d->b, sizeof(d->b) });
}

static struct err *
add(struct ctx *cx, struct id shipment, const struct shipment_event *event, bool *added)
{
	struct db_value print = fingerprint(cx, event);
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT 1 FROM shipment_events FORCE INDEX (once) WHERE tenant_id = ?"
		" AND shipment_id = ? AND fingerprint = ?",
		db_id(cx->tenant), db_id(shipment), print);

	*added = !e && !rows.n;
	if (!*added)
		return e;
	return db_exec(cx,
		"INSERT INTO shipment_events (tenant_id, id, created_at, shipment_id, fingerprint,"
		" occurred_at, status, location, description, actor) VALUES"
		" (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		db_id(cx->tenant), db_id(id_new()), db_time(clock_now_ms()), db_id(shipment), print,
		db_time(event->at_ms), db_text(word(event->status)), db_text(event->location),
		db_text(event->text), db_text(cx->actor));
}

/* ---- where it is */

/* What all that happened comes to. 0: never. */
struct way {
	int status;
	int64_t moved_ms, delivered_ms;
	int64_t n;
};

static int
read_status(struct str name)
{
	for (int i = 0; i < SHIPMENT_STATUSES; i++)
		if (str_eq_z(name, shipment_statuses[i].name))
			return i;
	return SHIPMENT_LABELLED;
}

/* Rows in the order in which it happened. An exception is over when something else happened behind it. */
static struct way
follow(const struct db_rows *rows)
{
	struct way way = { .status = SHIPMENT_LABELLED };
	int furthest = SHIPMENT_LABELLED;

	for (size_t i = 0; i < rows->n; i++) {
		int status = read_status(db_row(rows, i)[0].s);
		int64_t at_ms = db_row(rows, i)[1].i;

		if (status == SHIPMENT_LABELLED)
			continue;
		way.moved_ms = way.moved_ms ? way.moved_ms : at_ms;
		if (status == SHIPMENT_DELIVERED && !way.delivered_ms)
			way.delivered_ms = at_ms;
		if (status != SHIPMENT_EXCEPTION && furthest != SHIPMENT_RETURNED)
			furthest = status == SHIPMENT_RETURNED ? status : MAX(furthest, status);
		way.status = status == SHIPMENT_EXCEPTION && furthest != SHIPMENT_RETURNED
			? SHIPMENT_EXCEPTION
			: furthest;
	}
	if (way.delivered_ms)
		way.status = SHIPMENT_DELIVERED;
	way.n = (int64_t)rows->n;
	return way;
}

static struct err *
read_way(struct ctx *cx, struct id shipment, struct way *way)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT status, occurred_at FROM shipment_events FORCE INDEX (in_order)"
		" WHERE tenant_id = ? AND shipment_id = ? ORDER BY occurred_at, id",
		db_id(cx->tenant), db_id(shipment));

	if (!e)
		*way = follow(&rows);
	return e;
}

static const char *
event_name(int status)
{
	static const char *const names[SHIPMENT_STATUSES] = {
		[SHIPMENT_IN_TRANSIT] = "shipment.in_transit",
		[SHIPMENT_OUT] = "shipment.out_for_delivery",
		[SHIPMENT_DELIVERED] = "shipment.delivered",
		[SHIPMENT_EXCEPTION] = "shipment.exception",
		[SHIPMENT_RETURNED] = "shipment.returned",
	};

	return names[status];
}

static void
set_way(struct rec *now, const struct rec *was, const struct way *way)
{
	rec_set_int(now, SHIPMENT_EVENTS, way->n);
	if (!way->moved_ms)
		return;
	rec_set_choice(now, SHIPMENT_STATUS, way->status);
	rec_set_time(now, SHIPMENT_SHIPPED_AT, way->moved_ms);
	if (way->delivered_ms)
		rec_set_time(now, SHIPMENT_DELIVERED_AT, way->delivered_ms);
	now->event =
		rec_choice(was, SHIPMENT_STATUS) == way->status ? NULL : event_name(way->status);
}

struct err *
shipment_note(struct ctx *cx, struct rec *now, const struct rec *was,
	const struct shipment_event *events, size_t n)
{
	bool any = false, added = false;
	struct way way;
	struct err *e = NULL;

	if (rec_choice(was, SHIPMENT_STATUS) == SHIPMENT_VOIDED ||
		rec_choice(was, SHIPMENT_STATUS) == SHIPMENT_PENDING)
		return err_reason(err_new(cx->arena, ERR_CONFLICT, "the shipment is %s",
					  shipment_statuses[rec_choice(was, SHIPMENT_STATUS)].name),
			REASON_TRANSITION);
	for (size_t i = 0; !e && i < n; i++) {
		e = add(cx, now->id, &events[i], &added);
		any |= added;
	}
	if (e || !any)
		return e;
	e = read_way(cx, now->id, &way);
	if (!e)
		set_way(now, was, &way);
	return e;
}

struct err *
shipment_happened(struct ctx *cx, struct rec *now, const struct rec *was,
	const struct shipment_event *events, size_t n)
{
	struct err *e = shipment_note(cx, now, was, events, n);
	int status = rec_choice(now, SHIPMENT_STATUS);

	if (e || status == rec_choice(was, SHIPMENT_STATUS))
		return e;
	return shipment_tell(cx, now, SHIPPING_MOVED,
		status == SHIPMENT_DELIVERED || status == SHIPMENT_RETURNED ? word(status)
									    : (struct str){ 0 });
}

/* ---- showing */

static struct err *
read_events(struct ctx *cx, struct id shipment, struct db_rows *rows)
{
	return db_query(cx, rows,
		"SELECT occurred_at, status, location, description FROM shipment_events FORCE INDEX"
		" (in_order) WHERE tenant_id = ? AND shipment_id = ?"
		" ORDER BY occurred_at DESC, id DESC LIMIT 1000",
		db_id(cx->tenant), db_id(shipment));
}

static struct err *
track(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	const struct view bare = { .fields = VIEW_BIT(VIEW_ID) };
	struct rec *shipment;
	struct recs all;
	struct db_rows rows = { 0 };
	struct err *e = model_get(cx, &shipment_resource, ID_NONE, call->keys[0], &bare, &shipment);

	e = e ? e : read_events(cx, shipment->id, &rows);
	if (e)
		return e;
	all = (struct recs){ ARENA_ARRAY(cx->arena, rows.n, struct rec *), rows.n, true };
	for (size_t i = 0; i < rows.n; i++) {
		const struct db_value *c = db_row(&rows, i);

		all.r[i] = rec_new(cx->arena, &way_shape);
		rec_set_time(all.r[i], WAY_TIMESTAMP, c[0].i);
		rec_set_str(all.r[i], WAY_STATUS, c[1].s);
		rec_set_text(all.r[i], WAY_LOCATION, c[2].s);
		rec_set_text(all.r[i], WAY_DESCRIPTION, c[3].s);
	}
	*out = rec_new(cx->arena, &track_shape);
	rec_set_objects(cx, *out, 0, &all);
	return NULL;
}
