/* Which language is shown, of those that are there. */
#include "model/language.h"

#include "tap.h"
#include "thing.h"

void
test_language__known_tags(void)
{
	static const struct {
		const char *tag;
		bool known;
	} rows[] = {
		{ "en", true },
		{ "es", true },
		{ "fr", true },
		{ "de", true },
		{ "ja", true },
		{ "zh", true },
		{ "it", false },
		{ "EN", false },
		{ "en-US", false },
		{ "e", false },
		{ "", false },
		{ NULL, false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		tap_row("%s", rows[i].tag ? rows[i].tag : "absent");
		CHECK(language_known(str_of(rows[i].tag)) == rows[i].known);
	}
}

void
test_language__falls_back_to_what_is_there(void)
{
	static const char es_fr[] = "{\"es\":\"L\xc3\xa1mpara\",\"fr\":\"Lampe\"}";
	static const struct {
		const char *others, *language, *fallback, *want;
	} rows[] = {
		{ es_fr, NULL, NULL, "Lamp" },
		{ es_fr, "en", NULL, "Lamp" },
		{ es_fr, "es", NULL, "L\xc3\xa1mpara" },
		{ es_fr, "fr", "es", "Lampe" },
		{ es_fr, "ja", "fr", "Lampe" },
		{ es_fr, "ja", "zh", "Lamp" },
		{ es_fr, "ja", NULL, "Lamp" },
		{ es_fr, "ja", "en", "Lamp" },
		{ es_fr, NULL, "es", "Lamp" },
		{ es_fr, "ES", NULL, "Lamp" },
		{ es_fr, "xx\"", NULL, "Lamp" },
		{ "{}", "es", NULL, "Lamp" },
		{ NULL, "es", "fr", "Lamp" },
	};
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		tap_row("%zu: %s", i, rows[i].want);
		s.cx.shown.language = str_of(rows[i].language);
		s.cx.shown.fallback = str_of(rows[i].fallback);
		CHECK_STR(
			language_choose(&s.cx, STR("Lamp"), str_of(rows[i].others)), rows[i].want);
	}
	shop_end(&s);
}

void
test_language__own_is_not_always_english(void)
{
	struct shop s;

	shop_begin(&s);
	s.cx.language = STR("de");
	s.cx.shown.language = STR("de");
	CHECK_STR(language_choose(&s.cx, STR("Lampe"), STR("{\"en\":\"Lamp\"}")), "Lampe");
	s.cx.shown.language = STR("en");
	CHECK_STR(language_choose(&s.cx, STR("Lampe"), STR("{\"en\":\"Lamp\"}")), "Lamp");
	shop_end(&s);
}
