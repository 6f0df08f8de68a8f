/* How an order's total came about, and notes on it: what is asked of an order beside its own verbs. */
#include "shop/orders/order_int.h"

#include "base/id.h"
#include "db/db.h"
#include "model/query.h"
#include "model/trace.h"
#include "shop/orders/priced.h"

static operation_fn explain, add_note;

/* ---- shapes */

enum {
	LINE_ITEM,
	LINE_SKU,
	LINE_NAME,
	LINE_QUANTITY,
	LINE_SUBTOTAL,
	LINE_DISCOUNT_TOTAL,
	LINE_TAX_TOTAL,
	LINE_TOTAL,
	LINE_STEPS,
	LINE__MAX
};

static const struct field line_fields[LINE__MAX] = {
	[LINE_ITEM] =
		REF("item_id", "order_item", DOC("The line of the order."), .example = "item_123"),
	[LINE_SKU] = STRING("sku", DOC("Its SKU."), .max = 64, .example = "HEADPHONE-456-BLACK"),
	[LINE_NAME] = STRING("name", DOC("Its name."), .max = 255, .example = "Premium Headphones"),
	[LINE_QUANTITY] = INTEGER("quantity", DOC("How many of it."), .example = "2"),
	[LINE_SUBTOTAL] = AMOUNT(
		"subtotal", DOC("Price times quantity, in minor units."), .example = "39998"),
	[LINE_DISCOUNT_TOTAL] = AMOUNT("discount_total",
		DOC("Its part of all discounts, in minor units."), .example = "0"),
	[LINE_TAX_TOTAL] =
		AMOUNT("tax_total", DOC("Its part of the tax, in minor units."), .example = "0"),
	[LINE_TOTAL] = AMOUNT(
		"total", DOC("What the last step leaves, in minor units."), .example = "39998"),
	[LINE_STEPS] = OBJECTS(
		"steps", &price_step_shape, DOC("How it came about."), .max = PRICED_STEPS_MOST),
};

static const struct resource line_shape =
	SHAPE("explained_line", line_fields, DOC("A line of an order, explained."));

enum { SHIPPING_METHOD, SHIPPING_TOTAL, SHIPPING_STEPS, SHIPPING__MAX };

static const struct field shipping_fields[SHIPPING__MAX] = {
	[SHIPPING_METHOD] =
		STRING("method", DOC("How it is sent."), .max = 64, .example = "standard"),
	[SHIPPING_TOTAL] = AMOUNT("total",
		DOC("What the last step leaves, in minor units, with its tax."), .example = "0"),
	[SHIPPING_STEPS] = OBJECTS(
		"steps", &price_step_shape, DOC("How it came about."), .max = PRICED_STEPS_MOST),
};

static const struct resource shipping_shape =
	SHAPE("explained_shipping", shipping_fields, DOC("The shipping of an order, explained."));

enum {
	WHOLE_ORDER,
	WHOLE_CURRENCY,
	WHOLE_INCLUDES_TAX,
	WHOLE_LINES,
	WHOLE_SHIPPING,
	WHOLE_DISCOUNTS,
	WHOLE_TAX_LINES,
	WHOLE_SUBTOTAL,
	WHOLE_DISCOUNT_TOTAL,
	WHOLE_SHIPPING_TOTAL,
	WHOLE_TAX_TOTAL,
	WHOLE_TOTAL,
	WHOLE__MAX
};

static const struct field whole_fields[WHOLE__MAX] = {
	[WHOLE_ORDER] = REF("order_id", "order", DOC("The order."), .example = "ord_123"),
	[WHOLE_CURRENCY] =
		STRING("currency", DOC("The currency of all amounts."), .max = 3, .example = "USD"),
	[WHOLE_INCLUDES_TAX] = BOOL("prices_include_tax",
		DOC("Whether its prices have the tax in them."), .example = "false"),
	[WHOLE_LINES] = OBJECTS(
		"lines", &line_shape, DOC("Its lines, in their order."), .max = ORDER_ITEMS_MOST),
	[WHOLE_SHIPPING] = OBJECT("shipping", &shipping_shape, DOC("Its shipping.")),
	[WHOLE_DISCOUNTS] = OBJECTS("discounts", &discount_line_shape,
		DOC("What took something off."), .max = PRICED_DISCOUNTS_MOST),
	[WHOLE_TAX_LINES] = OBJECTS(
		"tax_lines", &tax_line_shape, DOC("The taxes in it."), .max = PRICED_TAXES_MOST),
	[WHOLE_SUBTOTAL] =
		AMOUNT("subtotal", DOC("Of all lines, before discounts."), .example = "39998"),
	[WHOLE_DISCOUNT_TOTAL] =
		AMOUNT("discount_total", DOC("What discounts take off the lines."), .example = "0"),
	[WHOLE_SHIPPING_TOTAL] = AMOUNT("shipping_total",
		DOC("Shipping, after what discounts take off it."), .example = "0"),
	[WHOLE_TAX_TOTAL] = AMOUNT("tax_total", DOC("All taxes."), .example = "0"),
	[WHOLE_TOTAL] = AMOUNT("total",
		DOC("What is to be paid: the totals of lines and shipping."), .example = "39998"),
};

static const struct resource explanation_shape = SHAPE("order_explanation", whole_fields,
	DOC("How the total of an order came about; all money in minor units."));

enum { NOTE_TEXT, NOTE_AUTHOR, NOTE_VISIBILITY, NOTE__MAX };

static const struct field note_fields[NOTE__MAX] = {
	[NOTE_TEXT] =
		STRING("text", DOC("What is to be remembered."), .flags = F_REQUIRED | F_MULTILINE,
			.min = 1, .max = NOTE_POINTS, .example = "Rings before she opens"),
	[NOTE_AUTHOR] = STRING("author", DOC("Who writes it; the key stands in actor anyway."),
		.max = 255, .example = "Jo from support"),
	[NOTE_VISIBILITY] = ENUM("visibility", note_visibilities, DOC("Who may read it."),
		.initial = "internal", .example = "internal"),
};

static const struct resource note_shape =
	SHAPE("order_note", note_fields, DOC("A note on an order."));

const struct operation order_operations[ORDER_OPERATIONS] = {
	OPERATION("explain_order", "GET", "orders/{order_id}/explain", explain,
		.scope = "orders:read", .output = &explanation_shape,
		DOC("Shows how each line's total came about: list price, contract, discounts, "
		    "coupon, tax, rounding.")),
	OPERATION("add_order_note", "POST", "orders/{order_id}/notes", add_note, .writes = true,
		.status = 201, .scope = "orders:write", .event = "order.noted",
		.input = &note_shape, .output = &timeline_resource,
		DOC("Writes a note into the order's timeline.")),
};

/* ---- explain */

static void
copy_steps(struct ctx *cx, struct rec *to, int to_field, const struct rec *from, int field)
{
	if (rec_has(from, field))
		to->v[to_field] = from->v[field];
	else
		rec_set_objects(cx, to, to_field, &(struct recs){ 0 });
}

static struct rec *
explain_line(struct ctx *cx, const struct rec *item)
{
	struct rec *line = rec_new(cx->arena, &line_shape);

	rec_set_ref(line, LINE_ITEM, item->id);
	rec_set_str(line, LINE_SKU, rec_str(item, ITEM_SKU));
	rec_set_str(line, LINE_NAME, rec_str(item, ITEM_NAME));
	rec_set_int(line, LINE_QUANTITY, rec_int(item, ITEM_QUANTITY));
	rec_set_money(line, LINE_SUBTOTAL, rec_money(item, ITEM_SUBTOTAL));
	rec_set_money(line, LINE_DISCOUNT_TOTAL, rec_money(item, ITEM_DISCOUNT_TOTAL));
	rec_set_money(line, LINE_TAX_TOTAL, rec_money(item, ITEM_TAX_TOTAL));
	rec_set_money(line, LINE_TOTAL, rec_money(item, ITEM_TOTAL));
	copy_steps(cx, line, LINE_STEPS, item, ITEM_EXPLANATION);
	return line;
}

static struct err *
explain_shipping(struct ctx *cx, const struct rec *order, struct rec *out)
{
	struct rec *shipping = rec_new(cx->arena, &shipping_shape);
	struct recs steps = { 0 };
	struct err *e = NULL;

	if (rec_has(order, ORDER_SHIPPING_EXPLANATION))
		e = rec_objects(cx, order, ORDER_SHIPPING_EXPLANATION, &steps);
	if (e)
		return e;
	shipping->v[SHIPPING_METHOD] = order->v[ORDER_SHIPPING_METHOD];
	rec_set_money(shipping, SHIPPING_TOTAL,
		steps.n ? rec_money(steps.r[steps.n - 1], STEP_AMOUNT_AFTER) : 0);
	rec_set_objects(cx, shipping, SHIPPING_STEPS, &steps);
	rec_set_object(cx, out, WHOLE_SHIPPING, shipping);
	return NULL;
}

static struct err *
explain(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	struct view whole = view_whole(&order_resource);
	struct rec *order, *x = rec_new(cx->arena, &explanation_shape);
	struct recs lines;
	struct err *e = model_get(cx, &order_resource, ID_NONE, call->keys[0], &whole, &order);

	if (e)
		return e;
	lines = (struct recs){ ARENA_ARRAY(cx->arena, order->many[ORDER_ITEMS].n, struct rec *),
		order->many[ORDER_ITEMS].n, true };
	for (size_t i = 0; i < lines.n; i++)
		lines.r[i] = explain_line(cx, order->many[ORDER_ITEMS].r[i]);
	rec_set_ref(x, WHOLE_ORDER, order->id);
	rec_set_str(x, WHOLE_CURRENCY, rec_str(order, ORDER_CURRENCY));
	rec_set_bool(x, WHOLE_INCLUDES_TAX, rec_bool(order, ORDER_PRICES_INCLUDE_TAX));
	rec_set_objects(cx, x, WHOLE_LINES, &lines);
	copy_steps(cx, x, WHOLE_DISCOUNTS, order, ORDER_DISCOUNTS);
	copy_steps(cx, x, WHOLE_TAX_LINES, order, ORDER_TAX_LINES);
	rec_set_money(x, WHOLE_SUBTOTAL, rec_money(order, ORDER_SUBTOTAL));
	rec_set_money(x, WHOLE_DISCOUNT_TOTAL, rec_money(order, ORDER_DISCOUNT_TOTAL));
	rec_set_money(x, WHOLE_SHIPPING_TOTAL, rec_money(order, ORDER_SHIPPING_TOTAL));
	rec_set_money(x, WHOLE_TAX_TOTAL, rec_money(order, ORDER_TAX_TOTAL));
	rec_set_money(x, WHOLE_TOTAL, rec_money(order, ORDER_TOTAL));
	*out = x;
	return explain_shipping(cx, order, x);
}

/* ---- notes */

static struct err *
find_order(struct ctx *cx, struct str key, struct rec **out)
{
	struct view whole = view_whole(&order_resource);

	return model_get(cx, &order_resource, ID_NONE, key, &whole, out);
}

static struct err *
add_note(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	const struct rec *in = call->input;
	struct rec *order;
	struct timeline_row row = {
		.kind = TIMELINE_NOTED,
		.note = rec_str(in, NOTE_TEXT),
		.author = rec_str(in, NOTE_AUTHOR),
		.visibility = (enum visibility)rec_choice(in, NOTE_VISIBILITY),
	};
	struct audit_row audit = { .action = "order.noted", .resource = STR("order") };
	struct err *e = find_order(cx, call->keys[0], &order);

	if (e)
		return e;
	row.order = audit.object = order->id;
	e = timeline_add(cx, &row);
	if (e)
		return e;
	*out = timeline_rec(cx, &row);
	audit.changes = trace_changes(cx, *out, NULL);
	e = audit_write(cx, &audit);
	return e ? e : event_write(cx, "order.noted", order, order);
}
