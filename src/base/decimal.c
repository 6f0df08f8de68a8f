/*
 * Decimals as integers. Reading strips zeros on both ends of the digits first, so that what is left
 * is exact: the digits fit 64 bits or the number does not, and the last digit is one that counts.
 */
#include "base/decimal.h"

#define SCALE_MOST 18
#define POWER_MOST 18 /* 10^18 is the largest power of ten in 63 bits */
/* Exponents stop counting here; no text is long enough to bring one back into range. */
#define EXPONENT_MOST INT64_C(1000000000000)

/* Products of two 64-bit numbers need twice the bits, for which ISO C has no name. */
__extension__ typedef __int128 wide;

/* A number in pieces: (negative ? -1 : 1) * digits * 10^power. */
struct number {
	bool negative;
	bool too_long; /* more significant digits than 64 bits hold */
	uint64_t digits;
	int64_t zeros; /* read behind the last significant digit, not in `digits` yet */
	int64_t power;
};

static bool
is_digit(struct str s)
{
	return s.n && *s.p >= '0' && *s.p <= '9';
}

static void
advance(struct str *s)
{
	*s = str_cut(*s, 1, s->n);
}

/* Appends one digit; zeros wait until a digit that counts follows. */
static void
take_digit(struct number *n, unsigned digit)
{
	if (!digit) {
		n->zeros++;
		return;
	}
	for (; n->digits && n->zeros && !n->too_long; n->zeros--)
		n->too_long = __builtin_mul_overflow(n->digits, 10, &n->digits);
	n->zeros = 0;
	n->too_long = n->too_long || __builtin_mul_overflow(n->digits, 10, &n->digits) ||
		__builtin_add_overflow(n->digits, digit, &n->digits);
}

/* Takes at least one digit off *s. */
static bool
take_digits(struct str *s, struct number *n)
{
	if (!is_digit(*s))
		return false;
	for (; is_digit(*s); advance(s))
		take_digit(n, (unsigned)(*s->p - '0'));
	return true;
}

static bool
take_exponent(struct str *s, struct number *n)
{
	bool negative;
	int64_t exponent = 0;

	advance(s);
	negative = s->n && *s->p == '-';
	if (s->n && (*s->p == '-' || *s->p == '+'))
		advance(s);
	if (!is_digit(*s))
		return false;
	for (; is_digit(*s); advance(s))
		exponent = MIN(exponent * 10 + (*s->p - '0'), EXPONENT_MOST);
	n->power += negative ? -exponent : exponent;
	return true;
}

/* JSON's grammar of numbers (RFC 8259 §6), the whole of s. */
static bool
read_number(struct str s, struct number *n)
{
	if (s.n && *s.p == '-') {
		n->negative = true;
		advance(&s);
	}
	if (s.n > 1 && s.p[0] == '0' && is_digit(str_cut(s, 1, s.n)))
		return false;
	if (!take_digits(&s, n))
		return false;
	if (s.n && *s.p == '.') {
		size_t left;

		advance(&s);
		left = s.n;
		if (!take_digits(&s, n))
			return false;
		n->power -= (int64_t)(left - s.n);
	}
	if (s.n && (*s.p == 'e' || *s.p == 'E') && !take_exponent(&s, n))
		return false;
	n->power += n->zeros;
	return !s.n;
}

enum decimal_fault
decimal_parse(struct str s, int scale, int64_t *out)
{
	struct number n = { 0 };
	uint64_t most;

	must(scale >= 0 && scale <= SCALE_MOST);
	if (!read_number(s, &n))
		return DECIMAL_SYNTAX;
	n.power += scale;
	if (!n.digits && !n.too_long)
		n.power = 0;
	if (n.power < 0)
		return DECIMAL_DIGITS;
	if (n.too_long || n.power > POWER_MOST)
		return DECIMAL_RANGE;
	for (; n.power; n.power--) {
		if (__builtin_mul_overflow(n.digits, 10, &n.digits))
			return DECIMAL_RANGE;
	}
	most = n.negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX;
	if (n.digits > most)
		return DECIMAL_RANGE;
	*out = (int64_t)(n.negative ? -n.digits : n.digits);
	return DECIMAL_OK;
}

size_t
decimal_render(int64_t n, int scale, char out[DECIMAL_TEXT])
{
	char backwards[DECIMAL_TEXT];
	uint64_t rest = n < 0 ? -(uint64_t)n : (uint64_t)n;
	size_t len = 0;

	must(scale >= 0 && scale <= SCALE_MOST);
	for (int place = 0; rest || place <= scale; place++) {
		if (place == scale && scale)
			backwards[len++] = '.';
		backwards[len++] = (char)('0' + rest % 10);
		rest /= 10;
	}
	if (n < 0)
		backwards[len++] = '-';
	for (size_t i = 0; i < len; i++)
		out[i] = backwards[len - 1 - i];
	return len;
}

size_t
decimal_render_short(int64_t n, int scale, char out[DECIMAL_TEXT])
{
	size_t len = decimal_render(n, scale, out);

	if (!scale)
		return len;
	while (out[len - 1] == '0')
		len--;
	return out[len - 1] == '.' ? len - 1 : len;
}

/* What is left of a division decides whether the quotient goes one further from zero. */
static bool
rounds_away(wide quotient, wide rest, int64_t den, enum decimal_rounding mode)
{
	wide twice = rest < 0 ? -2 * rest : 2 * rest;

	if (mode == ROUND_UP)
		return rest != 0;
	if (mode == ROUND_DOWN || twice < den)
		return false;
	return twice > den || mode == ROUND_HALF_UP || quotient % 2 != 0;
}

bool
decimal_scale(int64_t n, int64_t num, int64_t den, enum decimal_rounding mode, int64_t *out)
{
	wide product = (wide)n * num;
	wide quotient, rest;

	must(den > 0);
	quotient = product / den;
	rest = product % den;
	if (rounds_away(quotient, rest, den, mode))
		quotient += product < 0 ? -1 : 1;
	if (quotient < INT64_MIN || quotient > INT64_MAX)
		return false;
	*out = (int64_t)quotient;
	return true;
}

bool
decimal_add(int64_t a, int64_t b, int64_t *out)
{
	int64_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return false;
	*out = sum;
	return true;
}
