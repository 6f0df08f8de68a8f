/* The order of things, sums, and what is told of each line. Rules and taxes have files of their own. */
#include "shop/pricing/pricing.h"

#include "shop/pricing/pricing_int.h"

#define ENTRIES_FIRST 64

/* ---- lines */

/* unit × quantity; false above PRICING_MOST. */
static bool
times(int64_t unit, int64_t quantity, int64_t *out)
{
	return !__builtin_mul_overflow(unit, quantity, out) && *out <= PRICING_MOST;
}

static struct str
path_of(struct arena *a, const struct pricing *p, const struct pricing_line *l, const char *field)
{
	return str_fmt(a, "%s[%zu].%s", p->field ? p->field : "items", l->at, field);
}

static bool
is_negative(const struct pricing_line *l)
{
	return l->list_minor < 0 || (l->has_contract && l->contract_minor < 0) ||
		(l->has_override && l->override_minor < 0);
}

static void
price_line(struct arena *a, const struct pricing *p, struct pricing_line *l, struct err **e)
{
	int64_t amount;

	l->unit_minor = l->has_override ? l->override_minor
		: l->has_contract       ? l->contract_minor
					: l->list_minor;
	if (l->quantity < 1)
		err_field(
			a, e, path_of(a, p, l, "quantity"), REASON_TOO_SMALL, "must be at least 1");
	else if (l->quantity > PRICING_QUANTITY_MOST)
		err_field(a, e, path_of(a, p, l, "quantity"), REASON_TOO_LARGE,
			"must be at most %" PRId64, PRICING_QUANTITY_MOST);
	else if (is_negative(l))
		err_field(a, e, path_of(a, p, l, "price"), REASON_TOO_SMALL, "must be at least 0");
	else if (!times(l->list_minor, l->quantity, &amount) ||
		(l->has_contract && !times(l->contract_minor, l->quantity, &amount)) ||
		!times(l->unit_minor, l->quantity, &l->subtotal))
		err_field(a, e, path_of(a, p, l, "quantity"), REASON_TOO_LARGE,
			"so many at that price come to more than %" PRId64
			" minor units, the most that can be sold at once",
			PRICING_MOST);
}

static int
compare_words(struct pricing_words a, struct pricing_words b)
{
	for (size_t i = 0; i < a.n && i < b.n; i++) {
		int order = str_cmp(a.p[i], b.p[i]);

		if (order)
			return order;
	}
	return a.n < b.n ? -1 : a.n > b.n;
}

/* Two lines that compare equal are priced alike, so that it does not matter which of them comes first. */
static int
by_nature(const void *left, const void *right)
{
	const struct pricing_line *a = *(struct pricing_line *const *)left;
	const struct pricing_line *b = *(struct pricing_line *const *)right;
	int order;

	if (a->product.n != b->product.n)
		return a->product.n < b->product.n ? -1 : 1;
	if (a->variant.n != b->variant.n)
		return a->variant.n < b->variant.n ? -1 : 1;
	if (a->unit_minor != b->unit_minor)
		return a->unit_minor < b->unit_minor ? -1 : 1;
	if (a->quantity != b->quantity)
		return a->quantity < b->quantity ? -1 : 1;
	order = str_cmp(a->tax_class, b->tax_class);
	return order ? order : compare_words(a->categories, b->categories);
}

/* ---- the explanation */

void
pricing_note(struct pricing_work *w, struct pricing_entry entry)
{
	const size_t size = sizeof(struct pricing_entry);

	if (w->nentries == w->capacity) {
		size_t capacity = w->capacity ? 2 * w->capacity : ENTRIES_FIRST;

		w->entries = arena_grow(w->arena, w->entries, w->capacity * size, capacity * size);
		w->capacity = capacity;
	}
	w->entries[w->nentries++] = entry;
}

/* Appends a step; after_minor follows from the one before it. */
static void
add_step(struct pricing_line *l, struct pricing_step step)
{
	step.after_minor = step.amount_minor;
	if (l->nsteps)
		step.after_minor += l->steps[l->nsteps - 1].after_minor;
	l->steps[l->nsteps++] = step;
}

static void
add_price_steps(const struct pricing *p, struct pricing_line *l)
{
	int64_t unit = l->list_minor;
	bool shipping = l == &p->shipping;

	add_step(l,
		(struct pricing_step){
			.kind = shipping ? PRICING_STEP_shipping : PRICING_STEP_list,
			.text = shipping ? p->shipping_text : STR("list price"),
			.amount_minor = unit * l->quantity,
			.unit_minor = unit,
		});
	if (l->has_contract) {
		add_step(l,
			(struct pricing_step){
				.kind = PRICING_STEP_contract,
				.rule = l->contract_rule,
				.text = STR("contract price"),
				.amount_minor = (l->contract_minor - unit) * l->quantity,
				.unit_minor = l->contract_minor,
			});
		unit = l->contract_minor;
	}
	if (l->has_override)
		add_step(l,
			(struct pricing_step){
				.kind = PRICING_STEP_override,
				.text = STR("price set by hand"),
				.amount_minor = (l->override_minor - unit) * l->quantity,
				.unit_minor = l->override_minor,
			});
}

static void
add_discount(struct pricing_line *l, const struct pricing_entry *e)
{
	struct pricing_step step = {
		.kind = e->kind,
		.rule = e->rule->rule,
		.text = e->rule->name,
		.amount_minor = e->rounding_minor - e->amount_minor,
		.unit_minor = l->unit_minor,
	};

	add_step(l, step);
	if (e->rounding_minor) {
		step.kind = PRICING_STEP_rounding;
		step.amount_minor = -e->rounding_minor;
		add_step(l, step);
	}
	if (e->amount_minor)
		l->discounts[l->ndiscounts++] =
			(struct pricing_discount){ e->rule, e->amount_minor };
	l->discount += e->amount_minor;
}

static void
add_tax(const struct pricing *p, struct pricing_line *l, const struct pricing_entry *e)
{
	int64_t share = e->amount_minor - e->rounding_minor;
	struct pricing_step step = {
		.kind = PRICING_STEP_tax,
		.rule = e->tax->rule,
		.text = e->tax->name,
		.amount_minor = p->prices_include_tax ? 0 : share,
		.included_minor = p->prices_include_tax ? share : 0,
		.unit_minor = l->unit_minor,
	};

	add_step(l, step);
	if (e->rounding_minor) {
		must(p->prices_include_tax);
		step.kind = PRICING_STEP_rounding;
		step.included_minor = e->rounding_minor;
		add_step(l, step);
	}
	l->taxes[l->ntaxes++] = (struct pricing_levy){ e->tax, e->base_minor, e->amount_minor };
	l->tax += e->amount_minor;
}

/* Gives every line exactly as much room as it needs, out of three arrays for all. */
static void
make_room(struct pricing_work *w)
{
	size_t nsteps = 0;
	struct pricing_step *steps;
	struct pricing_discount *discounts =
		ARENA_ARRAY(w->arena, w->nentries, struct pricing_discount);
	struct pricing_levy *taxes = ARENA_ARRAY(w->arena, w->nentries, struct pricing_levy);

	for (size_t i = 0; i <= w->n; i++) {
		struct pricing_line *l = w->lines[i];

		l->nsteps = (size_t)1 + l->has_contract + l->has_override;
		l->ndiscounts = l->ntaxes = 0;
		nsteps += l->nsteps;
	}
	for (size_t i = 0; i < w->nentries; i++) {
		const struct pricing_entry *e = &w->entries[i];
		struct pricing_line *l = w->lines[e->line];
		size_t more = e->rounding_minor ? 2 : 1;

		l->nsteps += more;
		nsteps += more;
		if (e->tax)
			l->ntaxes++;
		else
			l->ndiscounts++;
	}
	steps = ARENA_ARRAY(w->arena, nsteps, struct pricing_step);
	for (size_t i = 0; i <= w->n; i++) {
		struct pricing_line *l = w->lines[i];

		l->steps = steps;
		l->discounts = discounts;
		l->taxes = taxes;
		steps += l->nsteps;
		discounts += l->ndiscounts;
		taxes += l->ntaxes;
		l->nsteps = l->ndiscounts = l->ntaxes = 0;
	}
}

void
pricing_explain(struct pricing_work *w)
{
	make_room(w);
	for (size_t i = 0; i <= w->n; i++) {
		w->lines[i]->discount = w->lines[i]->tax = 0;
		add_price_steps(w->p, w->lines[i]);
	}
	for (size_t i = 0; i < w->nentries; i++) {
		const struct pricing_entry *e = &w->entries[i];

		if (e->tax)
			add_tax(w->p, w->lines[e->line], e);
		else
			add_discount(w->lines[e->line], e);
	}
	for (size_t i = 0; i <= w->n; i++) {
		struct pricing_line *l = w->lines[i];

		l->total = l->subtotal - l->discount + (w->p->prices_include_tax ? 0 : l->tax);
		l->net = l->total - l->tax;
	}
}

/* ---- all of it */

static struct err *
price_lines(struct arena *a, struct pricing *p)
{
	struct err *e = NULL;

	p->subtotal = 0;
	for (size_t i = 0; i < p->nlines && !err_is_full(e); i++)
		price_line(a, p, &p->lines[i], &e);
	for (size_t i = 0; i < p->nlines && !e; i++) {
		p->subtotal += p->lines[i].subtotal;
		if (p->subtotal > PRICING_MOST)
			err_field(a, &e, str_of(p->field ? p->field : "items"), REASON_TOO_LARGE,
				"all together come to more than %" PRId64 " minor units",
				PRICING_MOST);
	}
	must(p->shipping_minor >= 0 && p->shipping_minor <= PRICING_MOST);
	p->shipping = (struct pricing_line){
		.quantity = 1,
		.list_minor = p->shipping_minor,
		.unit_minor = p->shipping_minor,
		.subtotal = p->shipping_minor,
	};
	return e;
}

static void
begin(struct pricing_work *w, struct arena *a, struct pricing *p)
{
	size_t n = p->nlines;

	*w = (struct pricing_work){
		.arena = a,
		.p = p,
		.n = n,
		.lines = ARENA_ARRAY(a, n + 1, struct pricing_line *),
		.left = ARENA_ARRAY(a, n + 1, int64_t),
		.mine = ARENA_ARRAY(a, n + 1, size_t),
		.weights = ARENA_ARRAY(a, n + 1, int64_t),
		.parts = ARENA_ARRAY(a, n + 1, struct money_part),
		.goods = p->subtotal,
	};
	for (size_t i = 0; i < n; i++)
		w->lines[i] = &p->lines[i];
	qsort(w->lines, n, sizeof(struct pricing_line *), by_nature);
	w->lines[n] = &p->shipping;
	for (size_t i = 0; i <= n; i++)
		w->left[i] = w->lines[i]->subtotal;
}

static bool
sum_up(struct pricing *p)
{
	p->discount_total = 0;
	p->tax_total = p->shipping.tax;
	p->total = p->shipping.total;
	p->shipping_total = p->shipping.subtotal - p->shipping.discount;
	for (size_t i = 0; i < p->nlines; i++) {
		p->discount_total += p->lines[i].discount;
		p->tax_total += p->lines[i].tax;
		p->total += p->lines[i].total;
		if (p->total > PRICING_MOST)
			return false;
	}
	return p->total <= PRICING_MOST;
}

struct err *
pricing_compute(struct arena *a, struct pricing *p)
{
	struct pricing_work w;
	struct err *e = price_lines(a, p);
	bool fits;

	if (e)
		return e;
	begin(&w, a, p);
	pricing_discount_all(&w);
	fits = pricing_tax_all(&w);
	if (fits) {
		pricing_explain(&w);
		fits = sum_up(p);
	}
	if (!fits)
		err_field(a, &e, str_of(p->field ? p->field : "items"), REASON_TOO_LARGE,
			"come to more than %" PRId64 " minor units with tax and shipping",
			PRICING_MOST);
	return e;
}

const char *
pricing_step_word(enum pricing_step_kind kind)
{
	static const char *const words[] = {
#define X(name) [PRICING_STEP_##name] = #name,
		PRICING_STEPS(X)
#undef X
	};

	must((size_t)kind < COUNT(words));
	return words[kind];
}
