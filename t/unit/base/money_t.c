/* Shares: tables by hand, and random ones of which only the promises are known. */
#include "base/money.h"

#include "tap.h"

struct row {
	int64_t amount, weights[5], want[5];
	size_t n;
};

void
test_money__splits_by_largest_fraction(void)
{
	static const struct row rows[] = {
		{ 0, { 1, 2, 3 }, { 0, 0, 0 }, 3 },
		{ 0, { 0, 0 }, { 0, 0 }, 2 },
		{ 100, { 1, 1, 1 }, { 34, 33, 33 }, 3 },
		{ 101, { 1, 1, 1 }, { 34, 34, 33 }, 3 },
		{ 10, { 1, 2, 4 }, { 1, 3, 6 }, 3 },
		{ 1, { 1, 2, 3 }, { 0, 0, 1 }, 3 },
		{ 1, { 3, 3, 3 }, { 1, 0, 0 }, 3 },
		{ 5, { 0, 5, 0 }, { 0, 5, 0 }, 3 },
		{ 7, { 7 }, { 7 }, 1 },
		{ INT64_MAX, { 1, 1 }, { INT64_MAX / 2 + 1, INT64_MAX / 2 }, 2 },
		{ INT64_MAX, { INT64_MAX - 1, 1 }, { INT64_MAX - 1, 1 }, 2 },
		{ INT64_MAX, { INT64_MAX, 0 }, { INT64_MAX, 0 }, 2 },
	};
	struct arena *a = arena_new("test", 1 << 20);

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct money_part parts[5];

		tap_row("row %zu", i);
		money_split(a, rows[i].amount, rows[i].weights, rows[i].n, parts);
		for (size_t k = 0; k < rows[i].n; k++)
			CHECK(parts[k].amount == rows[i].want[k]);
	}
	arena_free(a);
}

void
test_money__tells_a_share_from_what_it_was_given(void)
{
	static const int64_t weights[] = { 1, 1, 1 };
	struct money_part parts[3];
	struct arena *a = arena_new("test", 1 << 20);

	money_split(a, 101, weights, 3, parts); /* 33.67 each */
	CHECK(parts[0].amount == 34 && parts[0].nearest == 34);
	CHECK(parts[2].amount == 33 && parts[2].nearest == 34);
	money_split(a, 1, weights, 2, parts); /* halves go to the even neighbour */
	CHECK(parts[0].amount == 1 && parts[0].nearest == 0);
	money_split(a, 3, weights, 2, parts);
	CHECK(parts[1].amount == 1 && parts[1].nearest == 2);
	arena_free(a);
}

static uint64_t
random64(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

void
test_money__parts_add_up(void)
{
	uint64_t state = UINT64_C(88172645463325252);
	struct arena *a = arena_new("test", 1 << 20);

	for (int round = 0; round < 20000; round++) {
		int64_t weights[20], sum = 0, amount, all = 0;
		size_t n = 1 + random64(&state) % COUNT(weights);
		struct money_part parts[20];
		bool fair = true;

		for (size_t i = 0; i < n; i++) {
			weights[i] = (int64_t)(random64(&state) >> (6 + random64(&state) % 58));
			sum += weights[i];
		}
		amount = sum ? (int64_t)(random64(&state) % (uint64_t)sum) : 0;
		money_split(a, amount, weights, n, parts);
		for (size_t i = 0; i < n; i++) {
			int64_t off = parts[i].amount - parts[i].nearest;

			all += parts[i].amount;
			fair = fair && parts[i].amount >= 0 && parts[i].amount <= weights[i] &&
				off >= -1 && off <= 1;
		}
		if (!CHECK(fair && all == amount))
			break;
	}
	arena_free(a);
}
