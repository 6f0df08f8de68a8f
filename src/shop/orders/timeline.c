/* The timeline of an order: what happened to it, one row each, written with what it tells of. */
#include "shop/orders/orders.h"

static const struct choice kinds[] = {
	[TIMELINE_STATUS] = { "status", "the status changed" },
	[TIMELINE_CANCELLED] = { "cancelled", "it was cancelled" },
	[TIMELINE_FULFILLED] = { "fulfilled", "something was sent" },
	[TIMELINE_NOTED] = { "note", "somebody wrote a note" },
	[TIMELINE_CHANGED] = { "changed", "an address or another part was changed" },
	[TIMELINE_RETURNED] = { "return", "a return began or went on" },
	[TIMELINE_REFUNDED] = { "refund", "money went back, or is to go back" },
	[TIMELINE_CREATED] = { "created", "it was taken" },
};

static const struct choice visibilities[] = {
	[VISIBLE_INTERNAL] = { "internal", "for the shop alone" },
	[VISIBLE_CUSTOMER] = { "customer", "the customer may read it" },
};

static const struct field timeline_fields[TIMELINE__MAX] = {
	[TIMELINE_ORDER] = REF("order_id", "order", DOC("The order that it happened to."),
		.flags = F_READ_ONLY | F_FILTER, .index = "order", .example = "ord_123"),
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
	[TIMELINE_VISIBILITY] = ENUM("visibility", visibilities, DOC("Who may read it."),
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

const struct resource timeline_resource = {
	.name = "timeline_entry",
	.plural = "timeline-entries",
	.prefix = "tl",
	.table = "order_history",
	DOC("Something that happened to an order."),
	FIELDS(timeline_fields),
	SHORTHANDS(timeline_shorthands),
	.log_time = "created_at",
	.verbs = 0,
	NO_STATUS,
	.scope_read = "orders:read",
	.max_age_s = -1,
	PLAN,
};
