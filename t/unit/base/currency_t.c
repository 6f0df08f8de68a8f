/* Currencies that ICU knows, and much that is none. */
#include "tap.h"

#include "base/currency.h"

void
test_currency__knows_digits(void)
{
	static const struct {
		const char *code;
		int want;
	} rows[] = {
		{ "USD", 2 },
		{ "usd", 2 },
		{ "eUr", 2 },
		{ "JPY", 0 },
		{ "KWD", 3 },
		{ "IDR", 2 },
		{ "CLP", 0 },
		{ "", -1 },
		{ "US", -1 },
		{ "USDD", -1 },
		{ "U1D", -1 },
		{ "US ", -1 },
		{ "U[D", -1 },
		{ "\xe2\x82\xac", -1 },
		{ "ZZZ", -1 },
		{ "DEM", -1 },
		{ "XXX", -1 },
		{ "XAU", -1 },
	};

	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < COUNT(rows); i++) {
			tap_row("'%s'", rows[i].code);
			CHECK(currency_digits(str_of(rows[i].code)) == rows[i].want);
		}
	}
	CHECK(currency_digits((struct str){ NULL, 0 }) == -1);
}
