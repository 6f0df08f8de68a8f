/* Each unit has the weight or length of its ten-thousandth; everything else is one multiplication or division. */
#include "shop/shipping/measure.h"

#include "base/str.h"

__extension__ typedef __int128 wide;

static const int64_t weights[WEIGHT__UNITS] = {
	[WEIGHT_G] = MEASURE_KG / 10000000,
	[WEIGHT_KG] = MEASURE_KG / 10000,
	[WEIGHT_OZ] = 45359237,
	[WEIGHT_LB] = 45359237 * INT64_C(16),
};
static const char *const weight_names[WEIGHT__UNITS] = { "g", "kg", "oz", "lb" };

static const int64_t lengths[LENGTH__UNITS] = { 5, 50, 127 };

static const int64_t powers[MEASURE_SCALE + 1] = { 1, 10, 100, 1000, 10000 };

bool
weight_of(int64_t n, enum weight_unit unit, int64_t *weight)
{
	return !__builtin_mul_overflow(n, weights[unit], weight);
}

bool
length_of(int64_t n, enum length_unit unit, int64_t *length)
{
	return !__builtin_mul_overflow(n, lengths[unit], length);
}

int
weight_unit_find(struct str name)
{
	for (int i = 0; i < WEIGHT__UNITS; i++) {
		if (str_eq_z(name, weight_names[i]))
			return i;
	}
	return -1;
}

static bool
in(int64_t n, int64_t one, int scale, enum decimal_rounding mode, int64_t *out)
{
	must(scale >= 0 && scale <= MEASURE_SCALE);
	return decimal_scale(n, 1, one * powers[MEASURE_SCALE - scale], mode, out);
}

bool
weight_in(
	int64_t weight, enum weight_unit unit, int scale, enum decimal_rounding mode, int64_t *out)
{
	return in(weight, weights[unit], scale, mode, out);
}

bool
length_in(
	int64_t length, enum length_unit unit, int scale, enum decimal_rounding mode, int64_t *out)
{
	return in(length, lengths[unit], scale, mode, out);
}

static struct str
text(struct arena *a, int64_t n, int64_t one, int scale)
{
	char digits[DECIMAL_TEXT];
	int64_t scaled = 0;
	bool fits = in(n, one, scale, ROUND_UP, &scaled);

	must(fits);
	return str_dup(a, (struct str){ digits, decimal_render_short(scaled, scale, digits) });
}

struct str
weight_text(struct arena *a, int64_t weight, enum weight_unit unit, int scale)
{
	return text(a, weight, weights[unit], scale);
}

struct str
length_text(struct arena *a, int64_t length, enum length_unit unit, int scale)
{
	return text(a, length, lengths[unit], scale);
}

/* In ten-thousandths of a unit, or rounded up to whole ones; sides are far from not fitting. */
static bool
side_in(const struct dimensional *d, int64_t side, int64_t *out)
{
	if (!length_in(side, d->length, d->whole ? 0 : MEASURE_SCALE, ROUND_UP, out))
		return false;
	return !d->whole || !__builtin_mul_overflow(*out, powers[MEASURE_SCALE], out);
}

bool
dimensional_weight(const struct dimensional *d, const int64_t sides[3], int64_t *weight)
{
	wide product = 1, part = (wide)powers[MEASURE_SCALE] * d->divisor;

	*weight = 0;
	for (int i = 0; i < 3; i++) {
		int64_t side;

		if (!side_in(d, sides[i], &side) || side > 100 * MEASURE_MOST)
			return false;
		product *= side;
	}
	if (d->divisor <= 0 || product <= 0)
		return true;
	/* In ten-thousandths of the unit, rounded up: product / 10^12 × 10^4 / (divisor / 10^4). */
	product = (product + part - 1) / part;
	if (product > INT64_MAX)
		return false;
	return weight_of((int64_t)product, d->weight, weight);
}
