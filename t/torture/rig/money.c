/*
 * What our arithmetic says, for an oracle to judge: a line of JSON for each sum, product, split, conversion and basket,
 * made by chance. money-proof SEED SUMS BASKETS
 */
#include "base/money.h"
#include "base/decimal.h"
#include "base/rate.h"
#include "unit/shop/pricing/basket.h"

#define PARTS 12

/* A number of random size and sign; now and then an end of the range. */
static int64_t
number(uint64_t *state)
{
	static const int64_t ends[] = { INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1,
		INT64_MAX };

	if (!basket_below(state, 8))
		return ends[basket_below(state, COUNT(ends))];
	return (int64_t)basket_random(state) >> basket_below(state, 64);
}

static int64_t
positive(uint64_t *state)
{
	return (int64_t)(basket_random(state) >> (1 + basket_below(state, 62)));
}

static void
print_result(bool fits, int64_t n)
{
	if (fits)
		printf("%" PRId64 "]\n", n);
	else
		printf("null]\n");
}

static void
print_sum(uint64_t *state)
{
	int64_t a = number(state), b = number(state), sum = 0;
	bool fits = decimal_add(a, b, &sum);

	printf("[\"sum\",%" PRId64 ",%" PRId64 ",", a, b);
	print_result(fits, sum);
}

static void
print_scale(uint64_t *state)
{
	static const char *const modes[] = {
		[ROUND_HALF_UP] = "ROUND_HALF_UP",
		[ROUND_HALF_EVEN] = "ROUND_HALF_EVEN",
		[ROUND_DOWN] = "ROUND_DOWN",
	};
	int64_t n = number(state), num = number(state), den, out = 0;
	enum decimal_rounding mode = (enum decimal_rounding)basket_below(state, COUNT(modes));
	bool fits;

	/* Halves come by chance too seldom. */
	den = basket_below(state, 3) ? 1 + positive(state) / 2 : 2;
	fits = decimal_scale(n, num, den, mode, &out);
	printf("[\"scale\",%" PRId64 ",%" PRId64 ",%" PRId64 ",\"%s\",", n, num, den, modes[mode]);
	print_result(fits, out);
}

static void
print_split(struct arena *a, uint64_t *state)
{
	int64_t weights[PARTS], sum = 0, amount;
	struct money_part parts[PARTS];
	size_t n = 1 + (size_t)basket_below(state, PARTS);

	for (size_t i = 0; i < n; i++) {
		weights[i] =
			basket_below(state, 4) ? positive(state) / PARTS : basket_below(state, 3);
		sum += weights[i];
	}
	amount = !sum ? 0 : basket_below(state, 2) ? basket_below(state, sum) : positive(state);
	money_split(a, amount, weights, n, parts);
	printf("[\"split\",%" PRId64 ",[", amount);
	for (size_t i = 0; i < n; i++)
		printf("%s%" PRId64, i ? "," : "", weights[i]);
	printf("],[");
	for (size_t i = 0; i < n; i++)
		printf("%s[%" PRId64 ",%" PRId64 "]", i ? "," : "", parts[i].amount,
			parts[i].nearest);
	printf("]]\n");
}

/* Text and back, with the digits of every currency. */
static void
print_text(uint64_t *state)
{
	static const int digits[] = { 0, 2, 3, 4, 18 };
	int scale = digits[basket_below(state, COUNT(digits))];
	int64_t n = number(state), back = 0;
	char text[DECIMAL_TEXT];
	size_t len = decimal_render(n, scale, text);
	bool read = decimal_parse((struct str){ text, len }, scale, &back) == DECIMAL_OK;

	printf("[\"text\",%" PRId64 ",%d,\"%.*s\",", n, scale, (int)len, text);
	print_result(read, back);
}

static void
print_conversion(uint64_t *state)
{
	static const int digits[] = { 0, 2, 3, 4 };
	struct rate r = { 1 + basket_below(state, INT64_C(9999999999)),
		(int)basket_below(state, 14) };
	int from = digits[basket_below(state, COUNT(digits))];
	int to = digits[basket_below(state, COUNT(digits))];
	int64_t n = number(state), out = 0;
	bool fits = rate_convert(r, n, from, to, &out);

	printf("[\"convert\",%" PRId64 ",%d,%" PRId64 ",%d,%d,", r.n, r.scale, n, from, to);
	print_result(fits, out);
}

/* ---- baskets */

static void
print_ids(const char *name, struct pricing_ids ids)
{
	printf(",\"%s\":[", name);
	for (size_t i = 0; i < ids.n; i++)
		printf("%s%" PRId64, i ? "," : "", ids.p[i].n);
	printf("]");
}

static void
print_words(const char *name, struct pricing_words words)
{
	printf(",\"%s\":[", name);
	for (size_t i = 0; i < words.n; i++)
		printf("%s\"%.*s\"", i ? "," : "", STRF(words.p[i]));
	printf("]");
}

static void
print_line(const struct pricing *p, const struct pricing_line *l)
{
	printf("{\"product\":%" PRId64 ",\"variant\":%" PRId64
	       ",\"class\":\"%.*s\",\"quantity\":%" PRId64 ",\"list\":%" PRId64,
		l->product.n, l->variant.n, STRF(l->tax_class), l->quantity, l->list_minor);
	if (l->has_contract)
		printf(",\"contract\":%" PRId64, l->contract_minor);
	if (l->has_override)
		printf(",\"override\":%" PRId64, l->override_minor);
	print_words("categories", l->categories);
	printf(",\"discounts\":[");
	for (size_t i = 0; i < l->ndiscounts; i++)
		printf("%s[%" PRId64 ",%" PRId64 "]", i ? "," : "", l->discounts[i].rule->id.n,
			l->discounts[i].amount_minor);
	printf("],\"taxes\":[");
	for (size_t i = 0; i < l->ntaxes; i++)
		printf("%s[%" PRId64 ",%" PRId64 ",%" PRId64 "]", i ? "," : "",
			l->taxes[i].tax->id.n, l->taxes[i].base_minor, l->taxes[i].amount_minor);
	printf("],\"total\":%" PRId64 "}%s", l->total,
		l == &p->shipping || l == &p->lines[p->nlines - 1] ? "" : ",");
}

static void
print_rule(const struct pricing_rule *r)
{
	static const char *const types[] = { "percentage", "fixed_amount", "free_shipping",
		"buy_x_get_y" };
	static const char *const stackings[] = { "one_per_class", "combinable", "exclusive" };

	printf("{\"id\":%" PRId64 ",\"coupon\":%s,\"type\":\"%s\",\"class\":%d,\"stacking\":\"%s\"",
		r->id.n, r->kind == PRICING_COUPON ? "true" : "false", types[r->type],
		(int)r->class, stackings[r->stacking]);
	printf(",\"priority\":%" PRId64 ",\"percent\":%" PRId64 ",\"amount\":%" PRId64
	       ",\"buy\":%" PRId64 ",\"get\":%" PRId64 ",\"repeats\":%" PRId64
	       ",\"minimum\":%" PRId64 ",\"units\":%" PRId64,
		r->priority, r->percent, r->amount_minor, r->buy_quantity, r->get_quantity,
		r->repeats_most, r->minimum_minor, r->minimum_quantity);
	print_ids("products", r->products);
	print_ids("not_products", r->excluded_products);
	print_words("categories", r->categories);
	print_words("not_categories", r->excluded_categories);
	printf(",\"outcome\":%d,\"discount\":%" PRId64 "}", (int)r->outcome, r->discount_minor);
}

static void
print_basket(struct arena *a, uint64_t *state)
{
	struct pricing p;

	basket_fill(a, state, &p);
	if (pricing_compute(a, &p)) {
		printf("[\"refused\"]\n");
		return;
	}
	printf("[\"basket\",{\"included\":%s,\"lines\":[", p.prices_include_tax ? "true" : "false");
	for (size_t i = 0; i < p.nlines; i++)
		print_line(&p, &p.lines[i]);
	printf("],\"shipping\":");
	print_line(&p, &p.shipping);
	printf(",\"rules\":[");
	for (size_t i = 0; i < p.nrules; i++) {
		printf("%s", i ? "," : "");
		print_rule(&p.rules[i]);
	}
	printf("],\"taxes\":[");
	for (size_t i = 0; i < p.ntaxes; i++)
		printf("%s{\"id\":%" PRId64 ",\"class\":\"%.*s\",\"percent\":%" PRId64
		       ",\"compound\":%s,\"on_shipping\":%s,\"priority\":%" PRId64 "}",
			i ? "," : "", p.taxes[i].id.n, STRF(p.taxes[i].class), p.taxes[i].percent,
			p.taxes[i].compound ? "true" : "false",
			p.taxes[i].on_shipping ? "true" : "false", p.taxes[i].priority);
	printf("],\"totals\":[%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 "]}]\n",
		p.subtotal, p.discount_total, p.shipping_total, p.tax_total, p.total);
}

int
main(int argc, char **argv)
{
	struct arena *a = arena_new("proof", (size_t)1 << 26);
	int64_t seed, sums, baskets;
	uint64_t state;

	if (argc != 4 || !str_int(str_of(argv[1]), &seed) || !str_int(str_of(argv[2]), &sums) ||
		!str_int(str_of(argv[3]), &baskets))
		return 2;
	state = (uint64_t)seed | 1;
	for (int64_t i = 0; i < sums + baskets; i++) {
		struct arena_mark mark = arena_mark(a);

		if (i >= sums)
			print_basket(a, &state);
		else if (i % 5 == 0)
			print_sum(&state);
		else if (i % 5 == 1)
			print_scale(&state);
		else if (i % 5 == 2)
			print_split(a, &state);
		else if (i % 5 == 3)
			print_text(&state);
		else
			print_conversion(&state);
		arena_rewind(a, mark);
	}
	arena_free(a);
	return 0;
}
