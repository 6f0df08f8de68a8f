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
test_language__tags_name_a_language(void)
{
	static const struct {
		const char *tag, *language;
	} rows[] = {
		{ "en", "en" },
		{ "EN", "en" },
		{ "de-AT", "de" },
		{ "zh-Hant-TW", "zh" },
		{ "Ja-x", "ja" },
		{ "", "" },
		{ "e", "" },
		{ "eng", "" },
		{ "-en", "" },
		{ "*", "" },
		{ " en", "" },
		{ "pt-en", "" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		tap_row("%s", rows[i].tag);
		CHECK_STR(language_of_tag(str_of(rows[i].tag)), rows[i].language);
	}
}

void
test_language__lists_are_read_or_refused(void)
{
	static const struct {
		const char *list, *shown; /* shown NULL: refused */
	} rows[] = {
		{ "all", "{\"en\":\"Lamp\",\"es\":\"L\xc3\xa1mpara\",\"fr\":\"Lampe\"}" },
		{ "fr, en", "{\"en\":\"Lamp\",\"fr\":\"Lampe\"}" },
		{ "fr,all", "{\"en\":\"Lamp\",\"es\":\"L\xc3\xa1mpara\",\"fr\":\"Lampe\"}" },
		{ "zh", "{}" },
		{ "", NULL },
		{ "fr,", NULL },
		{ "xx", NULL },
		{ "FR", NULL },
		{ "fr-CA", NULL },
	};
	static const char es_fr[] = "{\"es\":\"L\xc3\xa1mpara\",\"fr\":\"Lampe\"}";
	struct shop s;
	struct buf b;

	shop_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err *e;

		tap_row("%s", rows[i].list);
		s.cx.shown = (struct shown_as){ 0 };
		e = language_read_list(&s.cx, str_of(rows[i].list));
		CHECK(!e == !!rows[i].shown);
		if (e) {
			CHECK(e->code == ERR_QUERY);
			CHECK_STR(e->details->field, "languages");
			CHECK_STR(e->details->allowed, "en,es,fr,de,ja,zh");
			continue;
		}
		buf_init(&b, s.cx.arena, 64, 4096);
		language_map(&b, &s.cx, STR("Lamp"), str_of(es_fr));
		CHECK_STR(buf_view(&b), rows[i].shown);
	}
	shop_end(&s);
}

void
test_language__tells_what_was_shown(void)
{
	static const struct {
		const char *language, *fallback, *want;
	} rows[] = {
		{ NULL, NULL, "en" },
		{ "es", NULL, "es, en" },
		{ "es", "fr", "es, fr, en" },
		{ "en", "fr", "en" },
		{ "ja", "zh", "en" },
	};
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		tap_row("%zu: %s", i, rows[i].want);
		s.cx.shown = (struct shown_as){ .language = str_of(rows[i].language),
			.fallback = str_of(rows[i].fallback) };
		CHECK_STR(language_shown(&s.cx), "");
		(void)language_choose(&s.cx, STR("Lamp"), (struct str){ 0 });
		(void)language_choose(&s.cx, STR("Lamp"), STR("{\"es\":\"L\"}"));
		(void)language_choose(&s.cx, STR("Lamp"), STR("{\"fr\":\"L\"}"));
		CHECK_STR(language_shown(&s.cx), rows[i].want);
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
