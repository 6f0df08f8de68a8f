/* A fixed table of what one euro was worth. Its texts are read when they are asked for, once a request. */
#include "base/rate.h"

#include "base/decimal.h"

#define EURO_SCALE 6 /* more digits than any reference rate has */
#define DIGITS_MOST INT64_C(10000000000)
#define SCALE_MOST 14
#define POWERS 19

static const struct row {
	const char *code, *rate;
} rows[] = {
#define X(code, rate) { #code, rate },
#include "base/rate.def"
#undef X
};

static int64_t
power_of_ten(int n)
{
	int64_t p = 1;

	must(n >= 0 && n < POWERS);
	while (n--)
		p *= 10;
	return p;
}

/* Of one euro, as a count of 10^-EURO_SCALE; 0 if it has no rate. */
static int64_t
of_euro(struct str code)
{
	int64_t n = 0;

	for (size_t i = 0; i < COUNT(rows); i++) {
		if (str_eq_z(code, rows[i].code))
			must(decimal_parse(str_of(rows[i].rate), EURO_SCALE, &n) == DECIMAL_OK);
	}
	return n;
}

bool
rate_find(struct str from, struct str to, struct rate *out)
{
	int64_t have = of_euro(from), want = of_euro(to);

	if (!have || !want)
		return false;
	/* Rates of reference lie within 10^6 of each other: some scale leaves ten digits or fewer. */
	for (out->scale = SCALE_MOST; out->scale >= 0; out->scale--) {
		if (decimal_scale(want, power_of_ten(out->scale), have, ROUND_HALF_UP, &out->n) &&
			out->n < DIGITS_MOST)
			return true;
	}
	return false;
}

size_t
rate_render(struct rate r, char out[RATE_TEXT])
{
	return decimal_render_short(r.n, r.scale, out);
}

const char *
rate_currency(size_t n)
{
	return n < COUNT(rows) ? rows[n].code : NULL;
}

/* One of the two powers that tell the minor units apart goes with the rate, the other with its divisor. */
bool
rate_convert(struct rate r, int64_t minor, int from_digits, int to_digits, int64_t *out)
{
	int64_t num;

	if (__builtin_mul_overflow(
		    r.n, power_of_ten(to_digits > from_digits ? to_digits - from_digits : 0), &num))
		return false;
	return decimal_scale(minor, num,
		power_of_ten(r.scale + (from_digits > to_digits ? from_digits - to_digits : 0)),
		ROUND_HALF_UP, out);
}

bool
rate_convert_back(struct rate r, int64_t minor, int from_digits, int to_digits, int64_t *out)
{
	int up = r.scale + (to_digits > from_digits ? to_digits - from_digits : 0);
	int64_t den;

	if (up > 18 ||
		__builtin_mul_overflow(r.n,
			power_of_ten(from_digits > to_digits ? from_digits - to_digits : 0), &den))
		return false;
	return decimal_scale(minor, power_of_ten(up), den, ROUND_HALF_UP, out);
}
