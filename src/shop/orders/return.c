/* A return: its descriptor. How one claims lines stands in return_claim.c, what becomes of it in return_status.c. */
#include "shop/orders/returns.h"

#include "model/rec.h"

static rule_fn derive, check, apply;

const struct choice return_statuses[RETURN_STATUSES] = {
	[RETURN_REQUESTED] = { "requested", "asked for" },
	[RETURN_APPROVED] = { "approved", "may be sent back" },
	[RETURN_RECEIVED] = { "received", "has come back" },
	[RETURN_REFUNDED] = { "refunded", "the money goes back" },
	[RETURN_REJECTED] = { "rejected", "not taken" },
	[RETURN_CANCELLED] = { "cancelled", "called off before anything came back" },
};

static const struct field return_fields[RETURN__MAX] = {
	[RETURN_ORDER] = REF("order_id", "order",
		DOC("The order that it is of; null only for what was imported."),
		.flags = F_REQUIRED | F_LACKING | F_CREATE_ONLY | F_FILTER, .index = "of_order",
		.example = "ord_123"),
	[RETURN_CUSTOMER] = REF("customer_id", "customer", DOC("Who bought it; null: a guest."),
		.flags = F_READ_ONLY | F_FILTER, .index = "customer", .example = "cust_123"),
	[RETURN_EMAIL] = STRING("email", DOC("Where the buyer is written to."),
		.flags = F_READ_ONLY, .max = 254, .example = "john.doe@example.com"),
	[RETURN_STATUS] = ENUM("status", return_statuses, DOC("How far it is."),
		.flags = F_READ_ONLY | F_FILTER | F_SORT, .index = "status", .initial = "requested",
		.example = "requested"),
	[RETURN_CURRENCY] = STRING("currency", DOC("The currency of the order."),
		.flags = F_READ_ONLY, .max = 3, .example = "USD"),
	[RETURN_AMOUNT] = AMOUNT("amount",
		DOC("What its lines cost, tax included, in minor units: their exact part of what "
		    "was paid for them."),
		.flags = F_READ_ONLY, .money_in = "currency", .example = "19999"),
	[RETURN_AMOUNT_REFUNDED] = AMOUNT("amount_refunded",
		DOC("What goes back of that, in minor units."), .flags = F_READ_ONLY,
		.money_in = "currency", .initial = "0", .example = "0"),
	[RETURN_NOTE] = STRING("note", DOC("What is to be known of it."), .flags = F_MULTILINE,
		.max = 5000, .example = "The box is damaged"),
	[RETURN_REJECTION] =
		STRING("rejection", DOC("Why it was not taken."), .flags = F_READ_ONLY, .max = 255),
	[RETURN_APPROVED_AT] =
		TIME("approved_at", DOC("When it was approved."), .flags = F_READ_ONLY),
	[RETURN_RECEIVED_AT] =
		TIME("received_at", DOC("When it had come back."), .flags = F_READ_ONLY),
	[RETURN_REFUNDED_AT] =
		TIME("refunded_at", DOC("When the refund was decided."), .flags = F_READ_ONLY),
};

static const struct relation return_relations[] = {
	[RETURN_ITEMS] = MANY("items", "return_item", "return_id", .flags = R_INLINE, .min = 1,
		.max = RETURN_ITEMS_MOST, DOC("Its lines: what comes back.")),
};

static const struct shorthand return_shorthands[] = {
	SHORT("order_id", "order_id", DOC("Returns of this order.")),
	SHORT("customer_id", "customer_id", DOC("Returns of this customer.")),
	SHORT("status", "status",
		DOC("Returns of this status: requested, approved, received, refunded, rejected or "
		    "cancelled.")),
	SHORT("date_from", "created_at",
		DOC("Returns asked for from then on; a date is its first moment."), .op = "gte"),
	SHORT("date_to", "created_at",
		DOC("Returns asked for until then; a date is its last moment."), .op = "lte"),
};

const struct resource return_resource = {
	.name = "return",
	.plural = "returns",
	.prefix = "ret",
	.table = "returns",
	DOC("What of an order comes back."),
	FIELDS(return_fields),
	RELATIONS(return_relations),
	.actions = return_actions,
	.nactions = RETURN_ACTIONS,
	.outside = &return_outside,
	.operations = return_operations,
	.noperations = RETURN_OPERATIONS,
	SHORTHANDS(return_shorthands),
	.verbs = V_LIST | V_GET | V_CREATE | V_UPDATE,
	NO_STATUS,
	SCOPES("returns"),
	.event_created = "return.created",
	.event_updated = "return.updated",
	.max_age_s = -1,
	.derive = derive,
	.check = check,
	.apply = apply,
	ADMIN("Orders", RETURN_ORDER, RETURN_STATUS, RETURN_EMAIL, RETURN_AMOUNT),
	PLAN,
};

static struct err *
derive(struct ctx *cx, struct rec *now, const struct rec *was)
{
	return was ? NULL : return_derive(cx, now);
}

static struct err *
check_lines(struct ctx *cx, const struct rec *now)
{
	const struct recs *items = &now->many[RETURN_ITEMS];
	struct err *e = NULL;

	for (size_t i = 0; i < items->n; i++)
		if (items->r[i]->fate == CHILD_ADDED || items->r[i]->fate == CHILD_REMOVED)
			err_field(cx->arena, &e, items->r[i]->path, REASON_CREATE_ONLY,
				"cannot be changed any more");
	return e;
}

static struct err *
check(struct ctx *cx, struct rec *now, const struct rec *was)
{
	return was ? check_lines(cx, now) : NULL;
}

static struct err *
apply(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct err *e = was ? NULL : return_claim(cx, now);

	return e || was ? e : return_tell(cx, now);
}
