/* Numbers of cards: whose they are by published ranges, how long, and what is none. The numbers are the networks' own for tests. */
#include "tap.h"

#include "base/card.h"

void
test_card__knows_networks_by_their_ranges(void)
{
	static const struct {
		const char *number, *network;
	} cases[] = {
		{ "4242 4242 4242 4242", "visa" },
		{ "4000-0000-0000-0002", "visa" },
		{ "4222222222222", "visa" },
		{ "5555555555554444", "mastercard" },
		{ "5105105105105100", "mastercard" },
		{ "2223003122003222", "mastercard" },
		{ "2720990000000007", "mastercard" },
		{ "378282246310005", "amex" },
		{ "341111111111111", "amex" },
		{ "6011111111111117", "discover" },
		{ "6445644564456445", "discover" },
		{ "6500000000000002", "discover" },
		{ "30569309025904", "diners" },
		{ "36227206271667", "diners" },
		{ "38520000023237", "diners" },
		{ "3530111333300000", "jcb" },
		{ "6200000000000005", "unionpay" },
		{ "6205500000000000004", "unionpay" },
		{ "6304000000000000", "maestro" },
		{ "6759649826438453", "maestro" },
		{ "2200000000000004", "mir" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		char digits[CARD_DIGITS];
		size_t n = card_digits(str_of(cases[i].number), digits);
		const char *network = n ? card_network(digits, n) : NULL;

		tap_row("%s", cases[i].number);
		CHECK(network && !strcmp(network, cases[i].network));
		CHECK(card_length_fits(digits, n) && card_luhn(digits, n));
		digits[n - 1] = (char)(digits[n - 1] == '9' ? '0' : digits[n - 1] + 1);
		CHECK(!card_luhn(digits, n));
	}
}

void
test_card__refuses_what_is_none(void)
{
	static const char *const bad[] = { "", "4242", "4242x4242", "42424242424242424242",
		"4242\t4242", "\xd9\xa4\xd9\xa2" };

	for (size_t i = 0; i < COUNT(bad); i++) {
		char digits[CARD_DIGITS];
		size_t n = card_digits(str_of(bad[i]), digits);

		tap_row("%s", bad[i]);
		CHECK(!n || !card_length_fits(digits, n));
	}
	CHECK(!card_network("1234567812345670", 16) && !card_network("9", 1) &&
		!card_network("", 0));
	CHECK(!card_length_fits("424242424242424", 15) && !card_length_fits("37828224631000", 14));
	CHECK(!card_luhn("", 0) && !card_luhn("0", 1));
}

void
test_card__is_found_in_a_text(void)
{
	static const char *const with[] = { "4242424242424242",
		"paid with 4242 4242 4242 4242, thanks", "3782-822463-10005.", "x378282246310005y",
		"12/30 4242424242424242", "no 123 4242 4242 4242 4242", "30569309025904" };
	static const char *const without[] = { "", "4242 4242", "4242424242424241",
		"order 20261128-1234567", "+49 170 1234567", "42424242424242424242424242",
		"4242 4242 4242  4241", "1234567812345670", "4242,4242,4242,4242" };

	for (size_t i = 0; i < COUNT(with); i++) {
		tap_row("%s", with[i]);
		CHECK(card_is_in(str_of(with[i])));
	}
	for (size_t i = 0; i < COUNT(without); i++) {
		tap_row("%s", without[i]);
		CHECK(!card_is_in(str_of(without[i])));
	}
}
