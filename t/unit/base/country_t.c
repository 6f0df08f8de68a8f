/* Countries: the codes of ISO 3166-1 in any case, and nothing else. */
#include "base/country.h"

#include "tap.h"

void
test_country__exists_by_its_code(void)
{
	static const struct {
		const char *code;
		bool want;
	} rows[] = {
		{ "US", true },
		{ "us", true },
		{ "Gb", true },
		{ "DE", true },
		{ "ZW", true },
		{ "AD", true },
		{ "UK", false },
		{ "EU", false },
		{ "ZZ", false },
		{ "XX", false },
		{ "SU", false },
		{ "U", false },
		{ "", false },
		{ NULL, false },
		{ "USA", false },
		{ "U1", false },
		{ "@A", false },
		{ "\xc3\x89", false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		tap_row("%s", rows[i].code ? rows[i].code : "absent");
		CHECK(country_exists(str_of(rows[i].code)) == rows[i].want);
	}
}
