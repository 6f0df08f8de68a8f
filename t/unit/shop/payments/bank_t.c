/* Numbers of banks and accounts. The good ones are those that the registries and the Federal Reserve print. */
#include "shop/payments/bank.h"

#include "base/clock.h"
#include "shop/payments/method_int.h"
#include "tap.h"

void
test_bank__routing_numbers_have_a_check_digit(void)
{
	static const char *const good[] = { "110000000", "021000021", "011401533", "091000019" };
	static const char *const bad[] = { "", "11000000", "1100000000", "110000001", "000000000",
		"11000000a", "02100 021", "210000021" };

	for (size_t i = 0; i < COUNT(good); i++) {
		tap_row("%s", good[i]);
		CHECK(bank_is_routing(str_of(good[i])));
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		tap_row("%s", bad[i]);
		CHECK(!bank_is_routing(str_of(bad[i])));
	}
}

void
test_bank__ibans_are_checked_by_country_and_digits(void)
{
	static const char *const good[] = { "DE89370400440532013000", "GB82 WEST 1234 5698 7654 32",
		"fr1420041010050500013m02606", "NO9386011117947", "MT84MALT011000012345MTLCAST001S",
		"BR1800360305000010009795493C1", "CH9300762011623852957", "NL91ABNA0417164300" };
	static const char *const bad[] = { "", "DE", "DE8937040044053201300",
		"DE893704004405320130000", "DE88370400440532013000", "ED89370400440532013000",
		"US89370400440532013000", "DE89-3704", "DE89370400440532013O00",
		"GB82WEST12345698765423", "89DE370400440532013000",
		"DE89370400440532013000DE89370400440532013000" };

	for (size_t i = 0; i < COUNT(good); i++) {
		char out[IBAN_MAX];

		tap_row("%s", good[i]);
		CHECK(bank_iban(str_of(good[i]), out) > 14);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		char out[IBAN_MAX];

		tap_row("%s", bad[i]);
		CHECK(!bank_iban(str_of(bad[i]), out));
	}
}

void
test_bank__bics_and_accounts(void)
{
	static const char *const good[] = { "COBADEFF", "COBADEFFXXX", "NWBKGB2L", "UNCRITMM0A1" };
	static const char *const bad[] = { "", "COBADEF", "COBADEFFX", "COBAZZFF", "cobadeff",
		"C0BADEFF", "COBADEFF XX" };
	char out[17];

	for (size_t i = 0; i < COUNT(good); i++) {
		tap_row("%s", good[i]);
		CHECK(bank_is_bic(str_of(good[i])));
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		tap_row("%s", bad[i]);
		CHECK(!bank_is_bic(str_of(bad[i])));
	}
	CHECK(bank_account(STR("000 123-456789"), out) == 12 &&
		bank_account(STR("1234"), out) == 4);
	CHECK(!bank_account(STR("123"), out) && !bank_account(STR("123456789012345678"), out) &&
		!bank_account(STR("12a4"), out));
}

void
test_bank__cards_expire_at_the_end_of_their_month_in_utc(void)
{
	static const struct {
		int month, year;
		const char *at;
		bool has;
	} cases[] = {
		{ 1, 2026, "2026-01-31T23:59:59.999Z", false },
		{ 1, 2026, "2026-02-01T00:00:00Z", true },
		{ 12, 2026, "2026-12-31T23:59:59Z", false },
		{ 12, 2026, "2027-01-01T00:00:00Z", true },
		{ 2, 2028, "2028-02-29T23:59:59Z", false },
		{ 2, 2028, "2028-03-01T00:00:00Z", true },
		{ 6, 2030, "2026-11-28T00:00:00Z", false },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t ms;

		tap_row("%d/%d at %s", cases[i].month, cases[i].year, cases[i].at);
		CHECK(clock_parse(str_of(cases[i].at), &ms));
		CHECK(method_has_expired(cases[i].month, cases[i].year, ms) == cases[i].has);
	}
}
