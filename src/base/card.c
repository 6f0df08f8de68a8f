/* The ranges are those that the networks publish; of two that have a number, the one that names more of its digits counts. */
#include "base/card.h"

#include "base/crypto.h"

#define SHORTEST_FOUND 14 /* in a text: below, too much else looks like a card */

#define LEN(n) (1U << (n))
#define FROM_TO(a, b) (((1U << ((b) + 1)) - 1) & ~((1U << (a)) - 1))

static const struct range {
	const char *network;
	int digits; /* that low and high have */
	int low, high;
	unsigned lengths; /* as bits */
} ranges[] = {
	{ "visa", 1, 4, 4, LEN(13) | LEN(16) | LEN(19) },
	{ "mastercard", 2, 51, 55, LEN(16) },
	{ "mastercard", 4, 2221, 2720, LEN(16) },
	{ "amex", 2, 34, 34, LEN(15) },
	{ "amex", 2, 37, 37, LEN(15) },
	{ "discover", 4, 6011, 6011, FROM_TO(16, 19) },
	{ "discover", 3, 644, 649, FROM_TO(16, 19) },
	{ "discover", 2, 65, 65, FROM_TO(16, 19) },
	{ "diners", 3, 300, 305, FROM_TO(14, 19) },
	{ "diners", 4, 3095, 3095, FROM_TO(14, 19) },
	{ "diners", 2, 36, 36, FROM_TO(14, 19) },
	{ "diners", 2, 38, 39, FROM_TO(14, 19) },
	{ "jcb", 4, 3528, 3589, FROM_TO(16, 19) },
	{ "unionpay", 2, 62, 62, FROM_TO(16, 19) },
	{ "unionpay", 4, 8100, 8171, FROM_TO(16, 19) },
	{ "mir", 4, 2200, 2204, FROM_TO(16, 19) },
	{ "maestro", 2, 50, 50, FROM_TO(12, 19) },
	{ "maestro", 2, 56, 58, FROM_TO(12, 19) },
	{ "maestro", 3, 639, 639, FROM_TO(12, 19) },
	{ "maestro", 4, 6304, 6304, FROM_TO(12, 19) },
	{ "maestro", 2, 67, 67, FROM_TO(12, 19) },
};

static int
leading(const char *digits, int n)
{
	int number = 0;

	for (int i = 0; i < n; i++)
		number = number * 10 + (digits[i] - '0');
	return number;
}

static const struct range *
range_of(const char *digits, size_t n)
{
	const struct range *best = NULL;

	for (size_t i = 0; i < COUNT(ranges); i++) {
		const struct range *r = &ranges[i];
		int number = n >= (size_t)r->digits ? leading(digits, r->digits) : -1;

		if (number >= r->low && number <= r->high && (!best || r->digits > best->digits))
			best = r;
	}
	return best;
}

size_t
card_digits(struct str text, char out[CARD_DIGITS])
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == ' ' || text.p[i] == '-')
			continue;
		if (text.p[i] < '0' || text.p[i] > '9' || n == CARD_DIGITS)
			return 0;
		out[n++] = text.p[i];
	}
	return n;
}

const char *
card_network(const char *digits, size_t n)
{
	const struct range *r = range_of(digits, n);

	return r ? r->network : NULL;
}

bool
card_length_fits(const char *digits, size_t n)
{
	const struct range *r = range_of(digits, n);

	return r && n <= CARD_DIGITS && (r->lengths & LEN(n));
}

bool
card_luhn(const char *digits, size_t n)
{
	int sum = 0;

	for (size_t i = 0; i < n; i++) {
		int digit = digits[n - 1 - i] - '0';

		if (i % 2)
			digit = digit > 4 ? 2 * digit - 9 : 2 * digit;
		sum += digit;
	}
	return n > 1 && sum % 10 == 0;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* True if a card's number begins at text[from] and ends where no digit follows it at once. */
static bool
begins_card(struct str text, size_t from)
{
	char digits[CARD_DIGITS];
	size_t n = 0;
	bool found = false;

	for (size_t i = from; i < text.n && n < CARD_DIGITS && !found; i++) {
		bool gap = text.p[i] == ' ' || text.p[i] == '-';

		if (gap && is_digit(text.p[i - 1]))
			continue;
		if (!is_digit(text.p[i]))
			break;
		digits[n++] = text.p[i];
		found = n >= SHORTEST_FOUND && (i + 1 == text.n || !is_digit(text.p[i + 1])) &&
			card_length_fits(digits, n) && card_luhn(digits, n);
	}
	crypto_wipe(digits, sizeof(digits));
	return found;
}

bool
card_is_in(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (is_digit(text.p[i]) && (!i || !is_digit(text.p[i - 1])) && begins_card(text, i))
			return true;
	}
	return false;
}
