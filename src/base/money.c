/* Largest remainder: fractions are compared as remainders of one division, so exactly. */
#include "base/money.h"

__extension__ typedef unsigned __int128 wide;

struct fraction {
	uint64_t rest; /* of the division by the sum of all weights */
	size_t at;
};

static int
larger_first(const void *left, const void *right)
{
	const struct fraction *a = left, *b = right;

	if (a->rest != b->rest)
		return a->rest > b->rest ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

static uint64_t
sum_of(const int64_t *weights, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		must(weights[i] >= 0);
		sum += (uint64_t)weights[i];
		must(sum <= INT64_MAX);
	}
	return sum;
}

void
money_split(
	struct arena *a, int64_t amount, const int64_t *weights, size_t n, struct money_part *parts)
{
	uint64_t sum = sum_of(weights, n);
	struct arena_mark mark = arena_mark(a);
	struct fraction *fractions = ARENA_ARRAY(a, n, struct fraction);
	int64_t left = amount;

	must(amount >= 0 && (sum || !amount));
	for (size_t i = 0; i < n; i++) {
		wide share = (wide)(uint64_t)amount * (uint64_t)weights[i];
		uint64_t whole = sum ? (uint64_t)(share / sum) : 0;
		uint64_t rest = (uint64_t)(share - (wide)whole * sum);
		bool up = rest > sum - rest || (rest && rest == sum - rest && whole % 2);

		fractions[i] = (struct fraction){ rest, i };
		parts[i].amount = (int64_t)whole;
		parts[i].nearest = (int64_t)whole + up;
		left -= (int64_t)whole;
	}
	if (left)
		qsort(fractions, n, sizeof(*fractions), larger_first);
	for (size_t i = 0; left; i++, left--)
		parts[fractions[i].at].amount++;
	arena_rewind(a, mark);
}
