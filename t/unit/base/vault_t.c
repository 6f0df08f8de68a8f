/* Secrets are taken out of a body before anybody reads it, however they are written, and nothing of them stays. */
#include "tap.h"

#include "base/card.h"
#include "base/vault.h"

static const struct str names[] = { { "number", 6 }, { "cvc", 3 } };
static const struct vault_names cards = { names, 2, 0, true };

static struct str
masked(struct arena *a, const char *text, struct vault **v)
{
	struct str body = str_dup(a, str_of(text));
	char *p = arena_alloc(a, body.n + 1);

	memcpy(p, body.p, body.n);
	*v = vault_take(a, p, body.n, &cards);
	return (struct str){ p, body.n };
}

void
test_vault__takes_values_and_overwrites_them(void)
{
	static const struct {
		const char *body, *left, *number, *cvc;
	} cases[] = {
		{ "{\"number\":\"4242424242424242\",\"cvc\":\"123\"}",
			"{\"number\":\"****************\",\"cvc\":\"***\"}", "4242424242424242",
			"123" },
		{ " { \"n\\u0075mber\" : \"42\\u00342\" , \"a\":[1,{\"number\":\"7\"}] } ",
			" { \"n\\u0075mber\" : \"*********\" , \"a\":[1,{\"number\":\"7\"}] } ",
			"4242", NULL },
		{ "{\"number\":4242,\"cvc\":-1.50e3}", "{\"number\":1111,\"cvc\":-1.11e1}", "4242",
			"-1.50e3" },
		{ "{\"number\":{\"a\":\"4242\",\"b\":[1,true]},\"cvc\":[[\"1\"]]}",
			"{\"number\":{\"a\":\"****\",\"b\":[1,true]},\"cvc\":[[\"*\"]]}", NULL,
			NULL },
		{ "{\"number\":null,\"cvc\":\"\"}", "{\"number\":null,\"cvc\":\"\"}", NULL, "" },
		{ "{\"number\":\"\\\"\\\\\\/\\n\\ud83d\\ude00\\u00e9\\u20ac\"}",
			"{\"number\":\"********************************\"}",
			"\"\\/\n\xf0\x9f\x98\x80\xc3\xa9\xe2\x82\xac", NULL },
		{ "[{\"number\":\"4\"}]", "[{\"number\":\"4\"}]", NULL, NULL },
		{ "{}", "{}", NULL, NULL },
		{ "\"number\"", "\"number\"", NULL, NULL },
	};
	struct arena *a = arena_new("test", 1 << 20);

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct vault *v;
		struct str left = masked(a, cases[i].body, &v), text;

		tap_row("%s", cases[i].body);
		CHECK_STR(left, cases[i].left);
		CHECK(vault_find(v, STR("number"), &text) == (cases[i].number != NULL));
		if (cases[i].number)
			CHECK_STR(text, cases[i].number);
		CHECK(vault_find(v, STR("cvc"), &text) == (cases[i].cvc != NULL));
		if (cases[i].cvc)
			CHECK_STR(text, cases[i].cvc);
		CHECK(!vault_card(v).n);
	}
	arena_free(a);
}

void
test_vault__takes_objects_as_they_are_written(void)
{
	static const struct str some[] = { { "secret", 6 }, { "map", 3 } };
	static const struct vault_names both = { some, 2, 1, true };
	static const struct {
		const char *body, *left, *map;
	} cases[] = {
		{ "{\"map\":{ \"a\" : \"4242\", \"b\":7},\"secret\":\"x\"}",
			"{\"map\":{ \"a\" : \"****\", \"b\":1},\"secret\":\"*\"}",
			"{ \"a\" : \"4242\", \"b\":7}" },
		{ "{\"secret\":\"x\",\"m\\u0061p\":{\"a\":\"\\u0034\"} }",
			"{\"secret\":\"*\",\"m\\u0061p\":{\"a\":\"******\"} }",
			"{\"a\":\"\\u0034\"}" },
		{ "{\"map\":{}}", "{\"map\":{}}", "{}" },
		{ "{\"map\":{\"map\":{\"a\":[\"x\"]}}}", "{\"map\":{\"map\":{\"a\":[\"*\"]}}}",
			"{\"map\":{\"a\":[\"x\"]}}" },
		{ "{\"map\":\"x\"}", "{\"map\":\"*\"}", "x" },
		{ "{\"map\":[\"x\"]}", "{\"map\":[\"*\"]}", NULL },
		{ "{\"secret\":{\"a\":\"x\"}}", "{\"secret\":{\"a\":\"*\"}}", NULL },
		{ "{\"map\":{\"a_name_of_some_length\":\"\"}}",
			"{\"map\":{\"a_name_of_some_length\":\"\"}}",
			"{\"a_name_of_some_length\":\"\"}" },
	};
	struct arena *a = arena_new("test", 1 << 20);

	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t n = strlen(cases[i].body);
		char *body = arena_alloc(a, n + 1);
		struct vault *v;
		struct str text;

		tap_row("%s", cases[i].body);
		memcpy(body, cases[i].body, n);
		v = vault_take(a, body, n, &both);
		CHECK_STR(((struct str){ body, n }), cases[i].left);
		CHECK(vault_find(v, STR("map"), &text) == (cases[i].map != NULL));
		if (cases[i].map)
			CHECK_STR(text, cases[i].map);
	}
	arena_free(a);
}

void
test_vault__finds_cards_in_wrong_places(void)
{
	static const struct {
		const char *body, *path;
	} cases[] = {
		{ "{\"number\":\"1\",\"metadata\":{\"note\":\"4242 4242 4242 4242\"}}",
			"metadata.note" },
		{ "{\"metadata\":{\"a\":[0,4242424242424242]}}", "metadata.a[1]" },
		{ "{\"metadata\":{\"4242424242424242\":\"x\"}}", "metadata.****************" },
		{ "{\"name\":\"\\u0034242424242424242\"}", "name" },
		{ "[\"4242424242424242\"]", "[0]" },
	};
	struct arena *a = arena_new("test", 1 << 20);

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct vault *v;
		struct str left = masked(a, cases[i].body, &v);

		tap_row("%s", cases[i].body);
		CHECK_STR(vault_card(v), cases[i].path);
		CHECK(!card_is_in(left));
	}
	arena_free(a);
}

void
test_vault__leaves_what_is_no_json_and_wipes_it_with_the_arena(void)
{
	static const char *const bad[] = { "", "{", "{\"number\":\"4242}", "{\"number\":4242,}",
		"nul", "{\"number\":\"\\ud800\"}" };
	struct arena *a = arena_new("test", 1 << 20);
	static char body[] = "{\"number\":\"4242\"} trailing";
	struct arena_mark mark;
	struct vault *v;

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct str text;

		tap_row("%s", bad[i]);
		CHECK_STR(masked(a, bad[i], &v), bad[i]);
		CHECK(!vault_find(v, STR("number"), &text));
	}
	mark = arena_mark(a);
	v = vault_take(a, body, sizeof(body) - 1, &cards);
	CHECK(strstr(body, "4242") != NULL);
	arena_rewind(a, mark);
	for (size_t i = 0; i < sizeof(body); i++)
		CHECK(!body[i]);
	CHECK(!vault_find(NULL, STR("number"), &(struct str){ 0 }) && !vault_card(NULL).n);
	arena_free(a);
}
