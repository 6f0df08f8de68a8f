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
		{ "*, es;q=0.9", "" },
		{ "es;q=0.4, *;q=0.5", "" },
		{ "es, *;q=0.5", "es" },
		{ "*;q=0, es;q=0.1", "es" },
		{ "zh-Hant-TW", "zh" },
		{ "ES-mx", "es" },
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

void
test_negotiate__the_type_that_is_liked_best_is_sent(void)
{
	static const char *const types[] = { "text/html", "application/json", NULL };
	static const struct {
		const char *accept, *type; /* "": none */
	} cases[] = {
		{ "", "text/html" },
		{ "*/*", "text/html" },
		{ "text/html,application/xhtml+xml,*/*;q=0.8", "text/html" },
		{ "application/json", "application/json" },
		{ "application/*, text/*;q=0.3", "application/json" },
		{ "application/json;q=0.5, text/html;q=0.4", "application/json" },
		{ "application/json;q=0.5, text/html;q=0.5", "text/html" },
		{ "TEXT/HTML;level=1;q=0.2", "text/html" },
		{ "text/html;q=0, */*", "application/json" },
		{ "text/*;q=0, application/json;q=0.001", "application/json" },
		{ "text/html;q=0", "" },
		{ "text/plain", "" },
		{ "tex/*", "" },
		{ "text/html/*", "" },
		{ "/*", "" },
		{ ",;,", "" },
		{ "text/html;q=2", "" },
		{ "text/html;q=x", "" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		tap_row("%s", cases[i].accept);
		CHECK_STR(str_of(negotiate_type(str_of(cases[i].accept), types)), cases[i].type);
	}
}

void
test_negotiate__problems_are_sent_to_who_likes_them_better(void)
{
	static const struct {
		const char *accept;
		bool problem;
	} cases[] = {
		{ "", false },
		{ "*/*", false },
		{ "application/json", false },
		{ "application/problem+json", true },
		{ "Application/Problem+JSON;q=0.1", true },
		{ "application/problem+json, application/json", false },
		{ "application/problem+json, application/json;q=0.9", true },
		{ "application/problem+json;q=0.9, application/json", false },
		{ "application/problem+json, */*;q=0.1", true },
		{ "application/problem+json;q=0", false },
		{ "application/problem+xml", false },
		{ "text/html", false },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		tap_row("%s", cases[i].accept);
		CHECK(negotiate_wants_problem(str_of(cases[i].accept)) == cases[i].problem);
	}
}

void
test_negotiate__types_are_told_apart_by_kind(void)
{
	static const char *const types[] = { "application/x-www-form-urlencoded", "text/plain",
		NULL };

	CHECK(negotiate_is_one_of(STR("text/plain"), types));
	CHECK(negotiate_is_one_of(STR("Application/X-WWW-Form-Urlencoded; charset=utf-8"), types));
	CHECK(!negotiate_is_one_of(STR("application/json"), types));
	CHECK(!negotiate_is_one_of(STR("text/plainer"), types));
	CHECK(!negotiate_is_one_of(STR(""), types));
}
