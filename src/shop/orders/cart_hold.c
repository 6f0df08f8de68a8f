/*
 * Stock that is kept for a cart: it follows what the cart says, in the same transaction. Whatever changes is given back
 * and taken anew; nobody comes in between, since what was given back stays locked until the commit.
 */
#include "shop/inventory/inventory.h"
#include "shop/orders/cart_int.h"

struct err *
cart_in_its_words(struct ctx *cx, struct err *e)
{
	for (struct err_detail *d = e ? e->details : NULL; d; d = d->next) {
		if (str_starts(d->field, STR("items[")))
			d->field = str_fmt(cx->arena, "lines%.*s",
				STRF(str_cut(d->field, strlen("items"), d->field.n)));
	}
	return e;
}

/* True if the lines want what they wanted. */
static bool
wants_the_same(const struct rec *now, const struct rec *was)
{
	const struct recs *lines = &now->many[CART_LINES];
	size_t n = 0;

	for (size_t i = 0; i < lines->n; i++) {
		const struct rec *line = lines->r[i], *before;

		if (line->fate == CHILD_REMOVED)
			continue;
		before = rec_child(was, CART_LINES, line->id);
		if (!before ||
			rec_int(before, CART_LINE_QUANTITY) != rec_int(line, CART_LINE_QUANTITY))
			return false;
		n++;
	}
	return n == was->many[CART_LINES].n;
}

static bool
stands_before(const struct rec *a, const struct rec *b)
{
	int64_t x = rec_int(a, CART_LINE_POSITION), y = rec_int(b, CART_LINE_POSITION);

	return x == y ? a->id.n < b->id.n : x < y;
}

/* Where a reading shows the nth line of those that stay: one that was posted may stand among them as the last. */
static size_t
place_of(const struct recs *lines, size_t nth)
{
	const struct rec *line = NULL;
	size_t place = 0;

	for (size_t i = 0; !line; i++) {
		if (lines->r[i]->fate != CHILD_REMOVED && nth-- == 0)
			line = lines->r[i];
	}
	for (size_t i = 0; i < lines->n; i++)
		place += lines->r[i]->fate != CHILD_REMOVED && stands_before(lines->r[i], line);
	return place;
}

/* What cannot be sold, or is counted by nobody, needs no stock. */
static struct err *
reserve(struct ctx *cx, const struct rec *cart)
{
	struct quote q = { .currency = rec_str(cart, CART_CURRENCY), .lenient = true };
	struct inventory_need *needs;
	struct err *e;
	size_t n = 0;

	cart_take_lines(cx, cart, &q);
	e = quote_find(cx, &q);
	if (e)
		return e;
	needs = ARENA_ARRAY(cx->arena, q.nlines, struct inventory_need);
	for (size_t i = 0; i < q.nlines; i++) {
		const struct quote_line *line = &q.lines[i];

		if (line->trouble.reason || !line->sold->track_inventory)
			continue;
		needs[n++] = (struct inventory_need){
			.product = line->sold->product,
			.variant = line->sold->variant,
			.quantity = line->quantity,
			.sku = line->sold->sku,
			.at = place_of(&cart->many[CART_LINES], i),
		};
	}
	return cart_in_its_words(cx,
		inventory_reserve(cx, needs, n,
			&(struct inventory_for){ .cart = cart->id,
				.expires_ms = rec_time(cart, CART_HOLD_EXPIRES_AT) }));
}

struct err *
cart_keep_stock(struct ctx *cx, struct rec *now, const struct rec *was)
{
	bool had = was && rec_has(was, CART_HOLD_EXPIRES_AT),
	     has = rec_has(now, CART_HOLD_EXPIRES_AT), same = had && wants_the_same(now, was);
	struct inventory_for whom = { .cart = now->id };
	struct err *e = NULL;

	if (same && !rec_changed(now, was, CART_HOLD_EXPIRES_AT))
		return NULL;
	/* What is taken again at once, was never there for others. */
	whom.quiet = same && (has || rec_choice(now, CART_STATUS) == CART_COMPLETED);
	if (had)
		e = inventory_release(cx, NULL, 0, &whom);
	return e || !has ? e : reserve(cx, now);
}
