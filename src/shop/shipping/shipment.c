/*
 * A shipment: its descriptor. How one is made stands in shipment_create.c, what becomes of it in shipment_status.c and
 * shipment_track.c.
 */
#include "shop/shipping/shipments.h"

#include "shop/address/address.h"
#include "shop/shipping/package.h"

static rule_fn derive, check, apply;

const struct choice shipment_statuses[SHIPMENT_STATUSES] = {
	[SHIPMENT_PENDING] = { "pending", "its label is being bought" },
	[SHIPMENT_LABELLED] = { "label_created", "has a label, and is here" },
	[SHIPMENT_IN_TRANSIT] = { "in_transit", "on its way" },
	[SHIPMENT_OUT] = { "out_for_delivery", "comes today" },
	[SHIPMENT_DELIVERED] = { "delivered", "has arrived" },
	[SHIPMENT_EXCEPTION] = { "exception", "something is wrong with it on its way" },
	[SHIPMENT_RETURNED] = { "returned", "was not taken, and came back" },
	[SHIPMENT_VOIDED] = { "voided", "was never sent" },
};

static const struct field shipment_fields[SHIPMENT__MAX] = {
	[SHIPMENT_ORDER] =
		REF("order_id", "order", DOC("The order that it is of, in whole or in part."),
			.flags = F_REQUIRED | F_CREATE_ONLY | F_FILTER, .index = "of_order",
			.example = "ord_123"),
	[SHIPMENT_CARRIER] = STRING("carrier",
		DOC("Who carries it: the code of a carrier; manual: somebody, with a label that we "
		    "know nothing of."),
		.flags = F_REQUIRED | F_CREATE_ONLY | F_FILTER, .max = 32, .index = "carrier",
		.pattern = "^[a-z0-9][a-z0-9_-]*$",
		.pattern_doc = "lower-case letters, digits, '-' and '_'", .example = "fedex"),
	[SHIPMENT_SERVICE] = STRING("service",
		DOC("Which of the carrier's services; every carrier but manual needs one."),
		.flags = F_CREATE_ONLY, .max = 64, .pattern = "^[a-z0-9][a-z0-9_-]*$",
		.pattern_doc = "lower-case letters, digits, '-' and '_'", .example = "ground"),
	[SHIPMENT_CARRIER_ID] = REF("carrier_id", "carrier",
		DOC("The shop's contract with the carrier; null: there is none."),
		.flags = F_READ_ONLY, .example = "carr_001"),
	[SHIPMENT_STATUS] = ENUM("status", shipment_statuses, DOC("How far it is."),
		.flags = F_READ_ONLY | F_FILTER, .index = "status", .initial = "pending",
		.example = "label_created"),
	[SHIPMENT_TRACKING_NUMBER] = STRING("tracking_number",
		DOC("What the carrier calls it. One that is given says that the label is there "
		    "already: "
		    "none is bought then."),
		.flags = F_FILTER, .max = 64, .index = "tracking_number",
		.pattern = "^[0-9A-Za-z][0-9A-Za-z-]{3,62}[0-9A-Za-z]$",
		.pattern_doc = "5 to 64 letters, digits and hyphens",
		.example = "900000000000001230"),
	[SHIPMENT_TRACKING_URL] = STRING("tracking_url", DOC("Where its way can be followed."),
		.flags = F_READ_ONLY, .max = 255, .example = "/v2/shipments/shp_123/track"),
	[SHIPMENT_LABEL_URL] =
		STRING("label_url", DOC("Where its label is; null: we have none of it."),
			.flags = F_READ_ONLY, .max = 255, .example = "/v2/shipments/shp_123/label"),
	[SHIPMENT_REFERENCE] = STRING("carrier_reference",
		DOC("What the carrier needs to void it."), .flags = F_INTERNAL, .max = 255),
	[SHIPMENT_PACKAGES] = OBJECTS("packages", &package_shape,
		DOC("What it consists of; left out: one package with the weight of the products "
		    "in it, as far as that is known."),
		.flags = F_CREATE_ONLY, .max = PACKAGES_MOST),
	[SHIPMENT_FROM] = OBJECT("ship_from", &address_shape,
		DOC("Whence it is sent; left out: the default warehouse's address."),
		.flags = F_CREATE_ONLY),
	[SHIPMENT_TO] = OBJECT("ship_to", &address_shape,
		DOC("Where it goes; left out: the order's shipping address."),
		.flags = F_CREATE_ONLY),
	[SHIPMENT_INSURANCE] =
		PRICE("insurance_value", DOC("What it is insured for, in the shop's currency."),
			.flags = F_CREATE_ONLY, .min = 0, .max = 100000000000, .example = "500.00"),
	[SHIPMENT_SIGNATURE] = BOOL("signature_required", DOC("Whether who receives it must sign."),
		.flags = F_CREATE_ONLY, .initial = "false", .example = "true"),
	[SHIPMENT_CURRENCY] = STRING("currency", DOC("The currency of cost."), .flags = F_READ_ONLY,
		.max = 3, .example = "USD"),
	[SHIPMENT_COST] = PRICE("cost", .money_in = "currency",
		DOC("What the carrier takes for it; null: not known."), .flags = F_READ_ONLY,
		.example = "12.40"),
	[SHIPMENT_ESTIMATED] = TIME("estimated_delivery",
		DOC("When it is expected to arrive; null: not known."), .flags = F_READ_ONLY),
	[SHIPMENT_SHIPPED_AT] =
		TIME("shipped_at", DOC("When it began to move."), .flags = F_READ_ONLY),
	[SHIPMENT_DELIVERED_AT] =
		TIME("delivered_at", DOC("When it arrived."), .flags = F_READ_ONLY),
	[SHIPMENT_VOIDED_AT] = TIME("voided_at", DOC("When it was voided."), .flags = F_READ_ONLY),
	[SHIPMENT_ERROR] = STRING("error",
		DOC("Why the carrier refused what it was asked last; null: it did not."),
		.flags = F_READ_ONLY, .max = 500),
	[SHIPMENT_EVENTS] =
		INTEGER("events_count", DOC("How many things that happened on its way are known."),
			.flags = F_READ_ONLY, .initial = "0", .example = "0"),
};

static const struct relation shipment_relations[] = {
	[SHIPMENT_ITEMS] = MANY("items", "shipment_item", "shipment_id", .flags = R_INLINE,
		.max = SHIPMENT_ITEMS_MOST,
		DOC("What is in it; left out: all that is open of the order.")),
};

static const struct shorthand shipment_shorthands[] = {
	SHORT("order_id", "order_id", DOC("Shipments of this order.")),
	SHORT("carrier", "carrier", DOC("Shipments by this carrier.")),
	SHORT("status", "status", DOC("Shipments of this status.")),
	SHORT("tracking_number", "tracking_number", DOC("The shipment of this number.")),
};

static const struct listing shipment_listings[] = {
	LISTING("orders/{order_id}/shipments", "order_id",
		DOC("Shipments of the order, the newest first.")),
};

const struct resource shipment_resource = {
	.name = "shipment",
	.plural = "shipments",
	.prefix = "shp",
	.table = "shipments",
	DOC("What of an order was sent, by whom, and what became of it on the way."),
	FIELDS(shipment_fields),
	RELATIONS(shipment_relations),
	.actions = shipment_actions,
	.nactions = SHIPMENT_ACTIONS,
	.operations = shipment_operations,
	.noperations = SHIPMENT_OPERATIONS,
	LISTINGS(shipment_listings),
	SHORTHANDS(shipment_shorthands),
	.verbs = V_CRUD | V_READABLE_ARCHIVED,
	NO_STATUS,
	SCOPES("shipping"),
	EVENTS("shipment"),
	.max_age_s = -1,
	.derive = derive,
	.check = check,
	.apply = apply,
	.outside = &shipment_outside,
	ADMIN("Orders", SHIPMENT_ORDER, SHIPMENT_CARRIER, SHIPMENT_STATUS,
		SHIPMENT_TRACKING_NUMBER),
	PLAN,
};

static const struct field item_fields[SENT__MAX] = {
	[SENT_ITEM] = REF("order_item_id", "order_item", DOC("The line of the order."),
		.flags = F_REQUIRED | F_CREATE_ONLY, .example = "item_123"),
	[SENT_SKU] = STRING("sku", DOC("Its SKU."), .flags = F_READ_ONLY, .max = 64,
		.example = "HEADPHONE-456-BLACK"),
	[SENT_NAME] = STRING("name", DOC("Its name."), .flags = F_READ_ONLY, .max = 255,
		.example = "Premium Headphones"),
	[SENT_QUANTITY] = INTEGER("quantity", DOC("How many of it; left out: all that are open."),
		.flags = F_CREATE_ONLY, .min = 1, .max = 1000000, .example = "1"),
};

const struct resource shipment_item_resource = {
	.name = "shipment_item",
	.plural = "shipment-items",
	.prefix = "shi",
	.table = "shipment_items",
	DOC("So many units of a line of an order that are sent together."),
	.parent = "shipment",
	.parent_column = "shipment_id",
	FIELDS(item_fields),
	.verbs = 0,
	NO_STATUS,
	SCOPES("shipping"),
	.max_age_s = -1,
	PLAN,
};

/* ---- rules */

static struct err *
derive(struct ctx *cx, struct rec *now, const struct rec *was)
{
	if (!was)
		return shipment_fill(cx, now);
	if (now->archived_at && !was->archived_at)
		return shipment_void(cx, now, was);
	return NULL;
}

static struct err *
check_items(struct ctx *cx, const struct rec *now)
{
	const struct recs *items = &now->many[SHIPMENT_ITEMS];
	struct err *e = NULL;

	for (size_t i = 0; i < items->n; i++) {
		if (items->r[i]->fate == CHILD_ADDED || items->r[i]->fate == CHILD_REMOVED)
			err_field(cx->arena, &e,
				items->r[i]->path.n ? items->r[i]->path : STR("items"),
				REASON_CREATE_ONLY, "cannot be changed any more");
	}
	return e;
}

static bool
is_bought(const struct rec *r)
{
	return rec_has(r, SHIPMENT_LABEL_URL) || rec_choice(r, SHIPMENT_STATUS) == SHIPMENT_PENDING;
}

/* Only a number that was given can be given anew. */
static struct err *
check(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct err *e;

	if (!was)
		return shipment_check_body(cx, now);
	e = check_items(cx, now);
	if (is_bought(was) && is_bought(now) && rec_has(was, SHIPMENT_TRACKING_NUMBER) &&
		rec_changed(now, was, SHIPMENT_TRACKING_NUMBER))
		e = err_join(e,
			rec_refuse(cx, now, SHIPMENT_TRACKING_NUMBER, REASON_CREATE_ONLY,
				"cannot be changed: it is that of the label"));
	return e;
}

static struct err *
apply(struct ctx *cx, struct rec *now, const struct rec *was)
{
	return was ? NULL : shipment_take(cx, now);
}
