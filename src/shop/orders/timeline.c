/* The timeline of an order: what happened to it, one row each, written with what it tells of. */
#include "base/clock.h"
#include "base/id.h"
#include "db/db.h"
#include "shop/orders/order_int.h"

static const struct choice kinds[] = {
	[TIMELINE_STATUS] = { "status", "the status changed" },
	[TIMELINE_CANCELLED] = { "cancelled", "it was cancelled" },
	[TIMELINE_FULFILLED] = { "fulfilled", "something was sent" },
	[TIMELINE_NOTED] = { "note", "somebody wrote a note" },
	[TIMELINE_CHANGED] = { "changed", "an address or another part was changed" },
	[TIMELINE_RETURNED] = { "return", "a return began or went on" },
	[TIMELINE_REFUNDED] = { "refund", "money went back, or is to go back" },
	[TIMELINE_CREATED] = { "created", "it was taken" },
	[TIMELINE_PAYMENT] = { "payment", "a payment was taken or refused, or a refund was" },
};

const struct choice note_visibilities[VISIBILITIES] = {
	[VISIBLE_INTERNAL] = { "internal", "for the shop alone" },
	[VISIBLE_CUSTOMER] = { "customer", "the customer may read it" },
};

static const struct field timeline_fields[TIMELINE__MAX] = {
	[TIMELINE_ORDER] = REF("order_id", "order", DOC("The order that it happened to."),
		.flags = F_READ_ONLY | F_FILTER, .index = "order_id", .example = "ord_123"),
	[TIMELINE_KIND] = ENUM("kind", kinds, DOC("What happened."),
		.flags = F_READ_ONLY | F_FILTER, .index = "kind", .example = "status"),
	[TIMELINE_OLD_STATUS] = STRING("old_status", DOC("The status before; null: as it was."),
		.flags = F_READ_ONLY, .max = 16, .example = "pending"),
	[TIMELINE_NEW_STATUS] = STRING("new_status", DOC("The status from then on."),
		.flags = F_READ_ONLY, .max = 16, .example = "processing"),
	[TIMELINE_AMOUNT] = AMOUNT("amount", DOC("The money that it was about, in minor units."),
		.flags = F_READ_ONLY),
	[TIMELINE_REASON] = STRING("reason", DOC("Why."), .flags = F_READ_ONLY, .max = 32),
	[TIMELINE_NOTE] =
		STRING("note", DOC("What was written to it."), .flags = F_READ_ONLY | F_MULTILINE,
			.max = NOTE_POINTS, .example = "Payment confirmed, preparing shipment"),
	[TIMELINE_AUTHOR] = STRING("author", DOC("Who wrote the note, as he calls himself."),
		.flags = F_READ_ONLY, .max = 255),
	[TIMELINE_VISIBILITY] = ENUM("visibility", note_visibilities, DOC("Who may read it."),
		.flags = F_READ_ONLY, .initial = "internal", .example = "internal"),
	[TIMELINE_OBJECT] = STRING("object_name", DOC("The kind of what it came from."),
		.flags = F_READ_ONLY, .max = 32),
	[TIMELINE_OBJECT_ID] = REF_OF("object_id", "object_name",
		DOC("What it came from, such as a return; null: the order itself."),
		.flags = F_READ_ONLY),
	[TIMELINE_ACTOR] =
		STRING("actor", DOC("Who did it: a key or a user by its id, or a program's name."),
			.flags = F_READ_ONLY, .max = 64, .example = "user_456"),
};

static const struct shorthand timeline_shorthands[] = {
	SHORT("kind", "kind", DOC("What is of this kind, such as status or note.")),
};

static const struct listing timeline_listings[] = {
	LISTING("orders/{order_id}/timeline", "order_id",
		DOC("What happened to the order, the newest first.")),
};

const struct resource timeline_resource = {
	.name = "timeline_entry",
	.plural = "timeline-entries",
	.prefix = "tl",
	.table = "order_history",
	DOC("Something that happened to an order."),
	FIELDS(timeline_fields),
	LISTINGS(timeline_listings),
	SHORTHANDS(timeline_shorthands),
	.log_time = "created_at",
	.verbs = V_LIST | V_GET,
	NO_STATUS,
	.scope_read = "orders:read",
	.max_age_s = -1,
	PLAN,
};

struct err *
timeline_add(struct ctx *cx, struct timeline_row *row)
{
	struct db_value visible = db_text(str_of(note_visibilities[row->visibility].name));

	row->id = id_new();
	if (!row->at_ms)
		row->at_ms = clock_now_ms();
	return db_exec(cx,
		"INSERT INTO order_history (tenant_id, id, created_at, order_id, kind, old_status, "
		"new_status, amount, reason, note, author, visibility, object_name, object_id, "
		"actor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		db_id(cx->tenant), db_id(row->id), db_time(row->at_ms), db_id(row->order),
		db_text(str_of(kinds[row->kind].name)), db_text(row->old_status),
		db_text(row->new_status), row->amount ? db_int(row->amount) : db_null(),
		db_text(row->reason), db_text(row->note), db_text(row->author), visible,
		db_text(row->object), db_id(row->object_id), db_text(cx->actor));
}

struct rec *
timeline_rec(struct ctx *cx, const struct timeline_row *row)
{
	struct rec *r = rec_new(cx->arena, &timeline_resource);

	r->id = row->id;
	r->version = 1;
	r->created_at = r->updated_at = row->at_ms;
	rec_set_ref(r, TIMELINE_ORDER, row->order);
	rec_set_choice(r, TIMELINE_KIND, (int)row->kind);
	rec_set_text(r, TIMELINE_OLD_STATUS, row->old_status);
	rec_set_text(r, TIMELINE_NEW_STATUS, row->new_status);
	if (row->amount)
		rec_set_money(r, TIMELINE_AMOUNT, row->amount);
	else
		rec_set_null(r, TIMELINE_AMOUNT);
	rec_set_text(r, TIMELINE_REASON, row->reason);
	rec_set_text(r, TIMELINE_NOTE, row->note);
	rec_set_text(r, TIMELINE_AUTHOR, row->author);
	rec_set_choice(r, TIMELINE_VISIBILITY, (int)row->visibility);
	rec_set_text(r, TIMELINE_OBJECT, row->object);
	if (row->object_id.n)
		rec_set_ref(r, TIMELINE_OBJECT_ID, row->object_id);
	else
		rec_set_null(r, TIMELINE_OBJECT_ID);
	rec_set_text(r, TIMELINE_ACTOR, cx->actor);
	return r;
}

struct err *
orders_tell(struct ctx *cx, const struct order_event *what)
{
	struct timeline_row row = {
		.order = what->order,
		.kind = what->kind,
		.new_status = what->status,
		.amount = what->amount,
		.reason = what->reason,
		.note = what->note,
		.object = what->object,
		.object_id = what->object_id,
	};

	return timeline_add(cx, &row);
}
