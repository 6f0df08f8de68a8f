/*
 * A line of a cart. What it names is found when it is put in, and two lines of one thing become one: posting a line adds to
 * what is there, a body of the whole cart says how many there shall be.
 */
#include "base/clock.h"
#include "base/id.h"
#include "model/merge.h"
#include "model/query.h"
#include "shop/orders/cart_int.h"
#include "shop/orders/priced.h"

static rule_fn line_check;

#define LIVE (F_READ_ONLY | F_LIVE)

static const struct field line_fields[CART_LINE__MAX] = {
	[CART_LINE_PRODUCT] = REF("product_id", "product",
		DOC("What is wanted; a variant_id or a sku may be given instead."),
		.flags = F_CREATE_ONLY, .example = "prod_456"),
	[CART_LINE_VARIANT] = REF("variant_id", "variant",
		DOC("Which kind of it; may be left out if there is only one."),
		.flags = F_CREATE_ONLY, .example = "var_789"),
	[CART_LINE_SKU] = STRING("sku", DOC("Its SKU."), .flags = F_CREATE_ONLY, .max = 64,
		.example = "HEADPHONE-456-BLACK"),
	[CART_LINE_QUANTITY] = INTEGER("quantity", DOC("How many of it."), .initial = "1", .min = 1,
		.max = QUOTE_QUANTITY_MOST, .example = "2"),
	[CART_LINE_POSITION] = INTEGER("position", DOC("Its place among the lines."),
		.flags = F_READ_ONLY, .example = "0"),
	[CART_LINE_NAME] = STRING("name", DOC("The product's name, in the shop's language."),
		.flags = LIVE, .max = 255, .example = "Premium Headphones"),
	[CART_LINE_VARIANT_NAME] =
		STRING("variant_name", DOC("The variant's name, in the shop's language."),
			.flags = LIVE, .max = 255, .example = "Black"),
	[CART_LINE_CURRENCY] = STRING(
		"currency", DOC("The cart's currency."), .flags = LIVE, .max = 3, .example = "USD"),
	[CART_LINE_LIST_PRICE] = PRICE("list_price", DOC("What one costs everybody, as of now."),
		.flags = LIVE, .money_in = "currency", .example = "199.99"),
	[CART_LINE_PRICE] = PRICE("price", DOC("What one costs here, before discounts, as of now."),
		.flags = LIVE, .money_in = "currency", .example = "199.99"),
	[CART_LINE_SUBTOTAL] = PRICE("subtotal", DOC("The price times the quantity."),
		.flags = LIVE, .money_in = "currency", .example = "399.98"),
	[CART_LINE_DISCOUNT_TOTAL] = PRICE("discount_total", DOC("Its part of all discounts."),
		.flags = LIVE, .money_in = "currency", .example = "20.00"),
	[CART_LINE_TAX_TOTAL] = PRICE("tax_total", DOC("Its part of the tax."), .flags = LIVE,
		.money_in = "currency", .example = "0.00"),
	[CART_LINE_TOTAL] = PRICE("total", DOC("What is to be paid for it."), .flags = LIVE,
		.money_in = "currency", .example = "379.98"),
	[CART_LINE_EXPLANATION] =
		OBJECTS("explanation", &price_step_shape, .flags = LIVE, .max = PRICED_STEPS_MOST,
			DOC("How its total comes about: price, each discount, each tax.")),
	[CART_LINE_WARNINGS] = OBJECTS("warnings", &cart_warning_shape, .flags = LIVE, .max = 2,
		DOC("What is in the way of ordering it.")),
};

const struct resource cart_line_resource = {
	.name = "cart_line",
	.plural = "lines",
	.prefix = "line",
	.table = "cart_lines",
	DOC("A line of a cart."),
	.parent = "cart",
	.parent_column = "cart_id",
	.order_column = "position",
	FIELDS(line_fields),
	.verbs = V_CRUD,
	NO_STATUS,
	SCOPES("carts"),
	.max_age_s = -1,
	.check = line_check,
	.present = cart_line_present,
	PLAN,
};

static bool
names_something(const struct rec *line)
{
	return rec_has(line, CART_LINE_PRODUCT) || rec_has(line, CART_LINE_VARIANT) ||
		rec_has(line, CART_LINE_SKU);
}

static struct err *
line_check(struct ctx *cx, struct rec *now, const struct rec *was UNUSED)
{
	if (names_something(now))
		return NULL;
	return rec_refuse(cx, now, CART_LINE_PRODUCT, REASON_REQUIRED,
		"must be given, or a variant_id or a sku instead");
}

/* ---- what is put in */

static void
fill_line(struct rec *line, const struct sellable *sold)
{
	rec_set_ref(line, CART_LINE_PRODUCT, sold->product);
	rec_set_null(line, CART_LINE_VARIANT);
	if (sold->variant.n)
		rec_set_ref(line, CART_LINE_VARIANT, sold->variant);
	rec_set_str(line, CART_LINE_SKU, sold->sku);
}

static struct err *
find_fresh(struct ctx *cx, const struct rec *cart, const struct recs *fresh)
{
	struct quote q = { .currency = rec_str(cart, CART_CURRENCY) };
	struct err *e = NULL;

	q.lines = ARENA_ARRAY(cx->arena, fresh->n, struct quote_line);
	q.nlines = fresh->n;
	for (size_t i = 0; i < fresh->n; i++) {
		const struct rec *line = fresh->r[i];

		e = err_join(e, line_check(cx, fresh->r[i], NULL));
		q.lines[i] = (struct quote_line){
			.product = rec_ref(line, CART_LINE_PRODUCT),
			.variant = rec_ref(line, CART_LINE_VARIANT),
			.sku = rec_str(line, CART_LINE_SKU),
			.quantity = rec_int(line, CART_LINE_QUANTITY),
			.path = line->path,
		};
	}
	e = e ? e : quote_find(cx, &q);
	for (size_t i = 0; !e && i < fresh->n; i++)
		fill_line(fresh->r[i], q.lines[i].sold);
	return e;
}

/* ---- lines of the same thing */

static bool
is_same_thing(const struct rec *a, const struct rec *b)
{
	return rec_ref(a, CART_LINE_PRODUCT).n == rec_ref(b, CART_LINE_PRODUCT).n &&
		rec_ref(a, CART_LINE_VARIANT).n == rec_ref(b, CART_LINE_VARIANT).n &&
		str_eq(a->metadata, b->metadata);
}

/* Of the lines before it. */
static struct rec *
find_twin(const struct recs *lines, const struct rec *line)
{
	for (size_t i = 0; lines->r[i] != line; i++) {
		if (lines->r[i]->fate != CHILD_REMOVED && is_same_thing(lines->r[i], line))
			return lines->r[i];
	}
	return NULL;
}

static void
drop(struct rec *cart, const struct rec *line)
{
	struct recs *lines = &cart->many[CART_LINES];
	size_t n = 0;

	for (size_t i = 0; i < lines->n; i++) {
		if (lines->r[i] != line)
			lines->r[n++] = lines->r[i];
	}
	lines->n = n;
	cart->counts[CART_LINES]--;
}

static void
set_changed(struct rec *line)
{
	if (line->fate != CHILD_KEPT)
		return;
	line->fate = CHILD_CHANGED;
	line->version++;
	line->updated_at = clock_now_ms();
}

/* The line that was posted becomes the one that is there: it is what the answer shows. */
static void
become(struct rec *line, struct rec *twin)
{
	line->id = twin->id;
	line->created_at = twin->created_at;
	line->version = twin->version;
	line->v[CART_LINE_POSITION] = twin->v[CART_LINE_POSITION];
	line->fate = CHILD_KEPT;
	set_changed(line);
}

static struct err *
join(struct ctx *cx, struct rec *cart, struct rec *line, struct rec *twin)
{
	int64_t quantity = rec_int(line, CART_LINE_QUANTITY);
	bool whole = line->path.n && twin->fate == CHILD_KEPT;

	if (!whole)
		quantity += rec_int(twin, CART_LINE_QUANTITY);
	if (quantity > QUOTE_QUANTITY_MOST)
		return rec_refuse(cx, line, CART_LINE_QUANTITY, REASON_TOO_LARGE,
			"would make %" PRId64 " of it, and must make at most %d", quantity,
			QUOTE_QUANTITY_MOST);
	if (line->path.n) {
		rec_set_int(twin, CART_LINE_QUANTITY, quantity);
		set_changed(twin);
		drop(cart, line);
	} else {
		rec_set_int(line, CART_LINE_QUANTITY, quantity);
		become(line, twin);
		drop(cart, twin);
	}
	return NULL;
}

struct err *
cart_settle_lines(struct ctx *cx, struct rec *cart)
{
	struct recs fresh = merge_of_fate(cx->arena, cart, CART_LINES, CHILD_ADDED);
	struct err *e = fresh.n ? find_fresh(cx, cart, &fresh) : NULL;

	if (e)
		return e;
	for (size_t i = 0; i < fresh.n; i++) {
		struct rec *twin = find_twin(&cart->many[CART_LINES], fresh.r[i]);

		if (twin)
			e = err_join(e, join(cx, cart, fresh.r[i], twin));
	}
	return e;
}

/* ---- what is shown */

struct err *
cart_line_present(struct ctx *cx, struct rec *now, const struct rec *was UNUSED)
{
	const struct view whole = view_whole(&cart_resource);
	struct rec *cart = now->owner, *line;
	struct err *e = NULL;

	if (!cart)
		e = model_get(cx, &cart_resource, ID_NONE,
			id_str(cx->arena, now->parent, cart_resource.prefix), &whole, &cart);
	e = e ? e : cart_present(cx, cart, NULL);
	if (e)
		return e;
	line = rec_child(cart, CART_LINES, now->id);
	for (size_t i = 0; line && i < now->resource->nfields; i++) {
		if (now->resource->fields[i].flags & F_LIVE)
			now->v[i] = line->v[i];
	}
	return NULL;
}
