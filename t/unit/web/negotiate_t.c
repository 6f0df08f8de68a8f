/* Accept, Content-Type, Prefer, Accept-Language: what is taken and what is not. */
#include "web/negotiate.h"

#include "tap.h"

void
test_negotiate__json_is_acceptable(void)
{
	static const struct {
		const char *accept;
		bool takes;
	} cases[] = {
		{ "", true },
		{ "*/*", true },
		{ "application/json", true },
		{ "Application/JSON", true },
		{ "application/*;q=0.1", true },
		{ "text/html, */*;q=0.8", true },
		{ "application/problem+json", true },
		{ "text/html;level=1, application/json;q=0.001", true },
		{ "text/html", false },
		{ "application/xml, text/*", false },
		{ "application/json;q=0", false },
		{ "application/json; q=0.000, */*", false },
		{ "*/*;q=0", false },
		{ "json", false },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		tap_row("%s", cases[i].accept);
		CHECK(negotiate_takes_json(str_of(cases[i].accept)) == cases[i].takes);
	}
}

void
test_negotiate__bodies_are_json(void)
{
	static const struct {
		const char *type;
		enum method method;
		bool taken;
	} cases[] = {
		{ "application/json", METHOD_POST, true },
		{ "application/json; charset=utf-8", METHOD_POST, true },
		{ "APPLICATION/JSON;charset=\"UTF-8\"", METHOD_PUT, true },
		{ "application/merge-patch+json", METHOD_PATCH, true },
		{ "application/vnd.shop+json", METHOD_POST, true },
		{ "application/merge-patch+json", METHOD_PUT, false },
		{ "application/json-patch+json", METHOD_PATCH, false },
		{ "application/json; charset=latin1", METHOD_POST, false },
		{ "application/x-www-form-urlencoded", METHOD_POST, false },
		{ "text/json", METHOD_POST, false },
		{ "+json", METHOD_POST, false },
		{ "application/jsonx", METHOD_POST, false },
		{ "", METHOD_POST, false },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		tap_row("%s", cases[i].type);
		CHECK(negotiate_is_json(str_of(cases[i].type), cases[i].method) == cases[i].taken);
	}
}

void
test_negotiate__preferences_are_exact_tokens(void)
{
	CHECK(negotiate_prefers(STR("dry-run"), "dry-run"));
	CHECK(negotiate_prefers(STR("respond-async, dry-run"), "dry-run"));
	CHECK(negotiate_prefers(STR("return=minimal,Dry-Run; x=1"), "dry-run"));
	CHECK(!negotiate_prefers(STR("dry-run-later"), "dry-run"));
	CHECK(!negotiate_prefers(STR("no-dry-run"), "dry-run"));
	CHECK(!negotiate_prefers(STR("x=\"dry-run\""), "dry-run"));
	CHECK(!negotiate_prefers((struct str){ 0 }, "dry-run"));
}

void
test_negotiate__the_best_known_language_is_chosen(void)
{
	static const struct {
		const char *header, *language;
	} cases[] = {
		{ "de", "de" },
		{ "de-AT, en;q=0.5", "de" },
		{ "en;q=0.5, fr;q=0.9", "fr" },
		{ "nl, es;q=0.1", "es" },
		{ "*", "" },
		{ "", "" },
		{ "nl, pt-BR", "" },
		{ "de;q=0", "" },
		{ "de;q=x, en;q=2", "" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		tap_row("%s", cases[i].header);
		CHECK_STR(negotiate_language(str_of(cases[i].header)), cases[i].language);
	}
}
