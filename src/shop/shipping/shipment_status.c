/* What becomes of a shipment by hand: it is voided, its way is told, or an order says that it was sent or has arrived (D76). */
#include "shop/shipping/shipments.h"

#include "base/clock.h"
#include "base/id.h"
#include "db/db.h"
#include "model/store.h"
#include "model/trace.h"
#include "model/write.h"

static action_fn void_it, happened, arrive;

#define FUTURE_MS (INT64_C(24) * 3600 * 1000) /* clocks differ, and so do zones */

static const struct choice event_statuses[] = {
	{ "label_created", "the carrier knows of it" },
	{ "in_transit", "it is on its way" },
	{ "out_for_delivery", "it comes today" },
	{ "delivered", "it has arrived" },
	{ "exception", "something is wrong with it" },
	{ "returned", "it was not taken, and came back" },
};
static const int status_of_event[] = { SHIPMENT_LABELLED, SHIPMENT_IN_TRANSIT, SHIPMENT_OUT,
	SHIPMENT_DELIVERED, SHIPMENT_EXCEPTION, SHIPMENT_RETURNED };

enum { IN_STATUS, IN_TIMESTAMP, IN_LOCATION, IN_DESCRIPTION, IN_EVENT_ID, IN__MAX };

static const struct field event_fields[IN__MAX] = {
	[IN_STATUS] = ENUM("status", event_statuses, DOC("What it says of the shipment."),
		.flags = F_REQUIRED, .example = "in_transit"),
	[IN_TIMESTAMP] = TIME("timestamp", DOC("When it happened; left out: now."),
		.example = "2026-01-15T10:30:00Z"),
	[IN_LOCATION] = STRING(
		"location", DOC("Where it happened."), .max = 255, .example = "Memphis, TN, US"),
	[IN_DESCRIPTION] = STRING("description", DOC("What happened, for people."), .max = 500,
		.example = "Departed FedEx location"),
	[IN_EVENT_ID] = STRING("event_id",
		DOC("What the teller calls it: what has the same one is told once. Left out, what "
		    "says "
		    "the same is."),
		.max = 255, .example = "scan-8812"),
};

static const struct resource event_input =
	SHAPE("shipment_event", event_fields, DOC("Something that happened on a shipment's way."));

const struct action shipment_actions[SHIPMENT_ACTIONS] = {
	ACTION("void", void_it, .title = "Void a shipment", .event = "shipment.voided",
		DOC("Gives its lines back, to be sent otherwise, and its label up. What has moved "
		    "cannot be voided.")),
	ACTION("events", happened, .title = "Tell of a shipment's way", .input = &event_input,
		.status = 201,
		DOC("Takes down what happened on the way, in any order; what was told already is "
		    "passed over. The status never goes back, but for exception.")),
};

/* Not a route. */
static const struct action arrived = {
	.name = "arrived",
	.event = "shipment.delivered",
	.run = arrive,
};

/* ---- void */

#define TO(s) (1U << (s))
static const unsigned transitions[SHIPMENT_STATUSES] = {
	[SHIPMENT_LABELLED] = TO(SHIPMENT_VOIDED),
};

struct err *
shipment_void(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct err *e;

	if (rec_choice(was, SHIPMENT_STATUS) == SHIPMENT_VOIDED)
		return NULL;
	e = rec_check_step(cx, was, SHIPMENT_STATUS, SHIPMENT_VOIDED, transitions);
	if (e)
		return e;
	if (rec_has(was, SHIPMENT_REFERENCE))
		return shipment_void_due(cx, now);
	rec_set_choice(now, SHIPMENT_STATUS, SHIPMENT_VOIDED);
	rec_set_time(now, SHIPMENT_VOIDED_AT, clock_now_ms());
	return shipment_tell(cx, now, SHIPPING_VOIDED, STR("voided"));
}

static struct err *
void_it(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input UNUSED)
{
	if (rec_choice(was, SHIPMENT_STATUS) == SHIPMENT_VOIDED)
		return rec_check_step(cx, was, SHIPMENT_STATUS, SHIPMENT_VOIDED, transitions);
	return shipment_void(cx, now, was);
}

/* ---- on the way */

static struct err *
happened(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	struct shipment_event event = {
		.at_ms = rec_has(input, IN_TIMESTAMP) ? rec_time(input, IN_TIMESTAMP)
						      : clock_now_ms(),
		.status = status_of_event[rec_choice(input, IN_STATUS)],
		.location = rec_str(input, IN_LOCATION),
		.text = rec_str(input, IN_DESCRIPTION),
		.id = rec_str(input, IN_EVENT_ID),
	};

	if (event.at_ms > clock_now_ms() + FUTURE_MS)
		return rec_refuse(
			cx, input, IN_TIMESTAMP, REASON_TOO_LARGE, "must not be in the future");
	return shipment_happened(cx, now, was, &event, 1);
}

/* ---- by hand */

static struct shipment_event
event_by_hand(int status)
{
	return (struct shipment_event){
		.at_ms = clock_now_ms(), .status = status, .text = STR("told by the shop")
	};
}

/* An order was said to have arrived: it says so of itself. */
static struct err *
arrive(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input UNUSED)
{
	struct shipment_event event = event_by_hand(SHIPMENT_DELIVERED);

	return shipment_note(cx, now, was, &event, 1);
}

static struct err *
arrive_all(struct ctx *cx, struct id order)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT id FROM shipments FORCE INDEX (of_order) WHERE tenant_id = ? AND order_id "
		"= ?"
		" AND status IN ('label_created', 'in_transit', 'out_for_delivery', 'exception')"
		" ORDER BY id",
		db_id(cx->tenant), db_id(order));

	for (size_t i = 0; !e && i < rows.n; i++) {
		struct id id = { db_row(&rows, i)[0].i };
		struct write w = {
			.verb = WRITE_ACT,
			.resource = &shipment_resource,
			.action = &arrived,
			.key = id_str(cx->arena, id, shipment_resource.prefix),
		};
		struct written out;

		e = model_write_inside(cx, &w, &out);
	}
	return e;
}

static const struct shipping_line *
line_of(const struct shipping_order *o, struct id item)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->lines[i].item.n == item.n)
			return &o->lines[i];
	return NULL;
}

static struct rec *
rec_by_hand(struct ctx *cx, const struct shipping_by_hand *what)
{
	struct rec *now = rec_new(cx->arena, &shipment_resource);
	struct recs *items = &now->many[SHIPMENT_ITEMS];

	now->id = id_new();
	now->version = 1;
	now->created_at = now->updated_at = clock_now_ms();
	rec_set_ref(now, SHIPMENT_ORDER, what->order);
	rec_set_str(now, SHIPMENT_CARRIER, STR(MANUAL));
	rec_set_choice(now, SHIPMENT_STATUS, SHIPMENT_LABELLED);
	rec_set_bool(now, SHIPMENT_SIGNATURE, false);
	rec_set_int(now, SHIPMENT_EVENTS, 0);
	rec_set_object(cx, now, SHIPMENT_TO, what->of->ship_to);
	items->r = ARENA_ARRAY(cx->arena, what->n, struct rec *);
	for (size_t i = 0; i < what->n; i++) {
		const struct shipping_line *line = line_of(what->of, what->parts[i].item);
		struct rec *item = rec_new(cx->arena, &shipment_item_resource);

		must(line);
		item->id = id_new();
		item->parent = now->id;
		item->version = 1;
		item->created_at = item->updated_at = now->created_at;
		rec_set_ref(item, SENT_ITEM, line->item);
		rec_set_str(item, SENT_SKU, line->sku);
		rec_set_str(item, SENT_NAME, line->name);
		rec_set_int(item, SENT_QUANTITY, what->parts[i].quantity);
		items->r[items->n++] = item;
	}
	now->counts[SHIPMENT_ITEMS] = (int64_t)items->n;
	return now;
}

/* What the engine does for one that is posted, but that the order is told nothing: it is being written. */
static struct err *
record(struct ctx *cx, const struct shipping_by_hand *what)
{
	struct rec *now = rec_by_hand(cx, what);
	struct shipment_event event =
		event_by_hand(what->delivered ? SHIPMENT_DELIVERED : SHIPMENT_IN_TRANSIT);
	struct rec *before = rec_copy(cx->arena, now);
	struct audit_row audit = {
		.action = "shipment.created",
		.resource = str_of(shipment_resource.name),
		.object = now->id,
	};
	struct err *e = store_insert(cx, now);

	e = e ? e : store_insert_all(cx, &now->many[SHIPMENT_ITEMS]);
	e = e ? e : shipment_note(cx, now, before, &event, 1);
	e = e ? e : store_update(cx, now, before);
	if (e)
		return e;
	audit.changes = trace_changes(cx, now, NULL);
	e = audit_write(cx, &audit);
	return e ? e : event_write(cx, audit.action, now, NULL);
}

struct err *
shipping_record(struct ctx *cx, const struct shipping_by_hand *what)
{
	struct err *e = what->delivered ? arrive_all(cx, what->order) : NULL;

	return e || !what->n ? e : record(cx, what);
}
