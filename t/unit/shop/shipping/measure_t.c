/* Weights and lengths: nothing is lost between units, and each rounding is the one that was asked for. */
#include "shop/shipping/measure.h"

#include "base/str.h"
#include "tap.h"

static int64_t
weight(int64_t n, enum weight_unit unit)
{
	int64_t w = -1;

	CHECK(weight_of(n, unit, &w));
	return w;
}

static int64_t
length(int64_t n, enum length_unit unit)
{
	int64_t l = -1;

	CHECK(length_of(n, unit, &l));
	return l;
}

void
test_measure__equal_weights_are_equal_in_any_unit(void)
{
	CHECK(weight(10000, WEIGHT_KG) == MEASURE_KG);
	CHECK(weight(10000, WEIGHT_KG) == weight(10000000, WEIGHT_G));
	CHECK(weight(10000, WEIGHT_LB) == weight(160000, WEIGHT_OZ));
	/* A hundred times 0.16 oz are a pound, exactly: what milligrams would not say. */
	CHECK(100 * weight(1600, WEIGHT_OZ) == weight(10000, WEIGHT_LB));
	/* 1 lb = 0.45359237 kg: 100,000,000 lb = 45,359,237 kg, of ten-thousandths each. */
	CHECK(weight(100000000, WEIGHT_LB) == weight(45359237, WEIGHT_KG));
	CHECK(length(10000, LENGTH_CM) == MEASURE_CM);
	CHECK(length(10000, LENGTH_IN) == length(25400, LENGTH_CM));
	CHECK(length(254000, LENGTH_MM) == length(10000, LENGTH_IN));
	CHECK(weight_unit_find(STR("lb")) == WEIGHT_LB && weight_unit_find(STR("st")) == -1 &&
		weight_unit_find((struct str){ 0 }) == -1);
}

void
test_measure__the_most_fits_and_more_is_refused(void)
{
	int64_t out;

	for (int u = 0; u < WEIGHT__UNITS; u++) {
		tap_row("unit %d", u);
		CHECK(weight(MEASURE_MOST, (enum weight_unit)u) > 0);
	}
	for (int u = 0; u < LENGTH__UNITS; u++)
		CHECK(length(MEASURE_MOST, (enum length_unit)u) > 0);
	CHECK(!weight_of(INT64_C(1000000000000000), WEIGHT_KG, &out));
	CHECK(!weight_of(INT64_MAX, WEIGHT_G, &out));
	CHECK(!length_of(INT64_MAX, LENGTH_MM, &out));
}

void
test_measure__what_is_read_comes_out_again(void)
{
	static const int64_t all[] = { 1, 9, 10000, 25000, 123456789, MEASURE_MOST };
	int64_t back;

	for (size_t i = 0; i < COUNT(all); i++) {
		for (int u = 0; u < WEIGHT__UNITS; u++) {
			tap_row("%zu of unit %d", i, u);
			CHECK(weight_in(weight(all[i], (enum weight_unit)u), (enum weight_unit)u, 4,
				      ROUND_DOWN, &back) &&
				back == all[i]);
		}
		for (int u = 0; u < LENGTH__UNITS; u++) {
			CHECK(length_in(length(all[i], (enum length_unit)u), (enum length_unit)u, 4,
				      ROUND_DOWN, &back) &&
				back == all[i]);
		}
	}
}

void
test_measure__rounding_is_as_asked(void)
{
	struct arena *a = arena_new("test", (size_t)1 << 20);
	int64_t w = weight(25000, WEIGHT_LB), out;

	CHECK(weight_in(w, WEIGHT_LB, 0, ROUND_UP, &out) && out == 3);
	CHECK(weight_in(w, WEIGHT_LB, 0, ROUND_DOWN, &out) && out == 2);
	CHECK(weight_in(w, WEIGHT_LB, 0, ROUND_HALF_UP, &out) && out == 3);
	CHECK(weight_in(w, WEIGHT_OZ, 0, ROUND_UP, &out) && out == 40);
	CHECK(weight_in(w, WEIGHT_KG, 4, ROUND_UP, &out) && out == 11340); /* 1.133980925 */
	CHECK_STR(weight_text(a, w, WEIGHT_KG, 4), "1.134");
	CHECK_STR(weight_text(a, w, WEIGHT_LB, 2), "2.5");
	CHECK_STR(weight_text(a, weight(10000, WEIGHT_LB), WEIGHT_OZ, 1), "16");
	CHECK_STR(length_text(a, length(120000, LENGTH_IN), LENGTH_CM, 2), "30.48");
	CHECK_STR(length_text(a, length(1, LENGTH_MM), LENGTH_CM, 0), "1");
	arena_free(a);
}

void
test_measure__volume_counts_as_weight(void)
{
	static const struct {
		struct dimensional d;
		int64_t sides[3]; /* ten-thousandths of d.length */
		int64_t want;     /* ten-thousandths of d.weight */
	} rows[] = {
		/* 12 × 8 × 6 in / 139 = 4.14388… lb */
		{ { 1390000, LENGTH_IN, WEIGHT_LB, true }, { 120000, 80000, 60000 }, 41439 },
		{ { 1390000, LENGTH_IN, WEIGHT_LB, false }, { 120000, 80000, 60000 }, 41439 },
		/* 11.1 × 7.5 × 5.01 in: whole inches first are 12 × 8 × 6 */
		{ { 1390000, LENGTH_IN, WEIGHT_LB, true }, { 111000, 75000, 50100 }, 41439 },
		{ { 1390000, LENGTH_IN, WEIGHT_LB, false }, { 111000, 75000, 50100 }, 30006 },
		/* 40 × 30 × 20 cm / 5000 = 4.8 kg */
		{ { 50000000, LENGTH_CM, WEIGHT_KG, false }, { 400000, 300000, 200000 }, 48000 },
		{ { 0, LENGTH_CM, WEIGHT_KG, false }, { 400000, 300000, 200000 }, 0 },
		{ { 50000000, LENGTH_CM, WEIGHT_KG, true }, { 0, 0, 0 }, 0 },
		{ { 50000000, LENGTH_CM, WEIGHT_KG, true }, { 1, 1, 1 }, 2 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t sides[3], got;

		tap_row("%zu", i);
		for (int s = 0; s < 3; s++)
			sides[s] = length(rows[i].sides[s], rows[i].d.length);
		CHECK(dimensional_weight(&rows[i].d, sides, &got) &&
			got == weight(rows[i].want, rows[i].d.weight));
	}
}

void
test_measure__a_volume_beyond_all_weights_is_refused(void)
{
	struct dimensional d = { 1, LENGTH_MM, WEIGHT_KG, false };
	int64_t side = length(MEASURE_MOST, LENGTH_IN), sides[3] = { side, side, side }, got;

	CHECK(!dimensional_weight(&d, sides, &got));
	d.divisor = 50000000;
	CHECK(!dimensional_weight(&d, sides, &got));
}
