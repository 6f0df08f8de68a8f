/* Postal codes: what patterns are looked up by, and which of two is closer. */
#include "shop/address/zip.h"

#include "tap.h"

void
test_zip__codes_are_compared_as_people_mean_them(void)
{
	static const struct {
		const char *country, *zip, *want;
	} rows[] = {
		{ "US", "90210", "90210" },
		{ "US", "90210-1234", "90210" },
		{ "US", "902101234", "90210" },
		{ "GB", "sw1a 1aa", "SW1A1AA" },
		{ "JP", "100-0001", "1000001" },
		{ "DE", " 10115 ", "10115" },
		{ "DE", "", "" },
		{ "DE", "\xc3\xa9", "" },
		{ NULL, NULL, "" },
	};
	struct arena *a = arena_new("test", (size_t)1 << 20);

	for (size_t i = 0; i < COUNT(rows); i++) {
		tap_row("%s", rows[i].zip ? rows[i].zip : "absent");
		CHECK_STR(
			zip_normal(a, str_of(rows[i].country), str_of(rows[i].zip)), rows[i].want);
	}
	arena_free(a);
}

void
test_zip__patterns_are_read(void)
{
	static const struct {
		const char *text, *key, *from, *to; /* no key: refused */
	} rows[] = {
		{ NULL, "", "", "" },
		{ "10115", "10115", "", "" },
		{ "SW1A 1AA", "SW1A1AA", "", "" },
		{ "101*", "101*", "", "" },
		{ "sw1*", "SW1*", "", "" },
		{ "123456789*", "123456789*", "", "" },
		{ "10115...10999", "...", "10115", "10999" },
		{ "10115...10115", "...", "10115", "10115" },
		{ "10999...10115", NULL, NULL, NULL },
		{ "101...10115", NULL, NULL, NULL },
		{ "1234567890*", NULL, NULL, NULL },
		{ "1234567890123", NULL, NULL, NULL },
		{ "1234567890123...1234567890124", NULL, NULL, NULL },
	};
	struct arena *a = arena_new("test", (size_t)1 << 20);

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct zip_pattern p;
		const char *wrong = zip_read(a, STR("DE"), str_of(rows[i].text), &p);

		tap_row("%s", rows[i].text ? rows[i].text : "absent");
		CHECK(!wrong == !!rows[i].key);
		if (wrong)
			continue;
		CHECK_STR(p.key, rows[i].key);
		CHECK_STR(p.from, rows[i].from);
		CHECK_STR(p.to, rows[i].to);
	}
	arena_free(a);
}

void
test_zip__the_narrower_is_closer(void)
{
	static const char *const keys[] = { "", "9*", "90*", "123456789*", ZIP_RANGE, "9" };

	for (size_t i = 1; i < COUNT(keys); i++) {
		tap_row("%s", keys[i]);
		CHECK(zip_closeness(str_of(keys[i - 1])) < zip_closeness(str_of(keys[i])));
	}
	CHECK(zip_closeness(STR("9")) == zip_closeness(STR("90210")));
}
