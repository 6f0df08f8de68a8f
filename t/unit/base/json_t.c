/* Reading JSON: numbers keep their digits, wrong kinds give nothing, and names cannot lie. */
#include "tap.h"

#include "base/buf.h"
#include "base/decimal.h"
#include "base/json.h"

static struct json *
parsed(struct arena *a, const char *text)
{
	struct json *j = NULL;

	tap_row("%s", text);
	CHECK(json_parse(a, str_of(text), &j) == NULL);
	return j;
}

void
test_json__keeps_numbers_as_written(void)
{
	static const struct {
		const char *s;
		enum json_kind kind;
		bool is_int;
		int64_t n;
	} rows[] = {
		{ "0", JSON_INT, true, 0 },
		{ "-12", JSON_INT, true, -12 },
		{ "199.990", JSON_DECIMAL, false, 0 },
		{ "1.0", JSON_DECIMAL, false, 0 },
		{ "1e3", JSON_DECIMAL, false, 0 },
		{ "1E+30", JSON_DECIMAL, false, 0 },
		{ "1e999", JSON_DECIMAL, false, 0 },
		{ "0.1000000000000000055511151231257827", JSON_DECIMAL, false, 0 },
		{ "9223372036854775807", JSON_INT, true, INT64_MAX },
		{ "-9223372036854775808", JSON_INT, true, INT64_MIN },
		{ "9223372036854775808", JSON_INT, false, 0 },
		{ "-9223372036854775809", JSON_INT, false, 0 },
		{ "18446744073709551615", JSON_INT, false, 0 },
		{ "18446744073709551616", JSON_INT, false, 0 },
		{ "123456789012345678901234567890", JSON_INT, false, 0 },
		{ "-123456789012345678901234567890", JSON_INT, false, 0 },
	};
	struct arena *a = arena_new("test", 1 << 20);

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct json *bare = parsed(a, rows[i].s), *j;
		struct str text = str_fmt(a, "{\"a\":[%s]}", rows[i].s);
		int64_t n = 0;

		CHECK_STR(json_number(a, bare), rows[i].s);
		j = json_at(json_get(parsed(a, text.p), "a"), 0);
		CHECK(json_kind(j) == rows[i].kind);
		CHECK_STR(json_number(a, j), rows[i].s);
		CHECK(json_int(j, &n) == rows[i].is_int && n == rows[i].n);
		CHECK_STR(json_text(a, j), rows[i].s);
	}
	arena_free(a);
}

void
test_json__gives_prices_exactly(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct json *j = parsed(a, "{\"price\":199.990,\"big\":99999999999999999999}");
	int64_t minor = 0;

	CHECK(decimal_parse(json_number(a, json_get(j, "price")), 2, &minor) == DECIMAL_OK);
	CHECK(minor == 19999);
	CHECK(decimal_parse(json_number(a, json_get(j, "big")), 2, &minor) == DECIMAL_RANGE);
	arena_free(a);
}

void
test_json__reads_objects_and_arrays(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct json *j = parsed(a,
		"{\"s\":\"\\u00e4\\u0000b\",\"t\":true,\"n\":null,\"a\":[1,\"x\"],\"s2\":\"\","
		"\"z\":{}}");
	struct json_iter it = json_iter(j);
	char names[32] = "";

	CHECK(json_kind(j) == JSON_OBJECT && json_members(j) == 6);
	CHECK_BYTES(
		json_string(json_get(j, "s")).p, json_string(json_get(j, "s")).n, "\xc3\xa4\0b", 4);
	CHECK(json_bool(json_get(j, "t")));
	CHECK(json_has(j, "n") && !json_get(j, "n") && !json_has(j, "m"));
	CHECK(json_length(json_get(j, "a")) == 2);
	CHECK_STR(json_string(json_at(json_get(j, "a"), 1)), "x");
	CHECK(json_string(json_get(j, "s2")).p && json_members(json_get(j, "z")) == 0);
	while (json_next(&it)) {
		strncat(names, it.name.p, 4);
		CHECK(it.value == json_get(j, it.name.p));
	}
	CHECK(strcmp(names, "stnas2z") == 0);
	arena_free(a);
}

void
test_json__gives_nothing_of_another_kind(void)
{
	static const char *const texts[] = { "null", "true", "1", "1.5", "\"s\"", "[1]",
		"{\"a\":1}" };
	struct arena *a = arena_new("test", 1 << 20);
	int64_t n = -7;

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct json *j = parsed(a, texts[i]);
		enum json_kind kind = json_kind(j);
		struct json_iter it = json_iter(j);

		CHECK(kind == (enum json_kind)i);
		CHECK(strlen(json_kind_name(kind)) > 3);
		CHECK(json_bool(j) == (kind == JSON_BOOL));
		CHECK(json_int(j, &n) == (kind == JSON_INT));
		CHECK(!json_number(a, j).p == (kind != JSON_INT && kind != JSON_DECIMAL));
		CHECK(!json_string(j).p == (kind != JSON_STRING));
		CHECK((json_length(j) == 0) == (kind != JSON_ARRAY));
		CHECK(!json_at(j, 0) == (kind != JSON_ARRAY));
		CHECK(json_has(j, "a") == (kind == JSON_OBJECT));
		CHECK(!json_get(j, "a") == (kind != JSON_OBJECT));
		CHECK(json_next(&it) == (kind == JSON_OBJECT));
		CHECK(!json_at(j, 1) && !json_at(j, SIZE_MAX));
	}
	arena_free(a);
}

void
test_json__refuses_with_line_and_column(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct json *j = NULL;
	struct err *e = json_parse(a, STR("{\n \"a\": 01}"), &j);

	if (CHECK(e != NULL)) {
		CHECK(e->code == ERR_MALFORMED && e->reason == REASON_NOT_JSON);
		CHECK_STR(e->message, "line 2, column 8: a ',' or '}' was expected");
	}
	arena_free(a);
}

void
test_json__refuses_what_json_c_would_take(void)
{
	static const char *const bad[] = { "", "{'a':1}", "[NaN]", "[-01]", "[1,]", "{} x",
		"[Infinity]", "/**/1", "\"a\tb\"", "nULL" };
	struct arena *a = arena_new("test", 1 << 20);

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct json *j = NULL;
		struct err *e = json_parse(a, str_of(bad[i]), &j);

		tap_row("%s", bad[i]);
		CHECK(e && e->code == ERR_MALFORMED && !j);
	}
	parsed(a, "{\"a\":\"\\u0000\",\"\\\\u0000\":\"\\u0000\"}");
	arena_free(a);
}

void
test_json__nests_to_its_limit_only(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct json *j = NULL;
	char text[200];

	for (size_t depth = 30; depth < 36; depth++) {
		memset(text, '[', depth);
		text[depth] = '1';
		memset(text + depth + 1, ']', depth);
		tap_row("depth %zu", depth);
		CHECK(!json_parse(a, (struct str){ text, 2 * depth + 1 }, &j) ==
			(depth <= JSON_MAX_DEPTH));
	}
	arena_free(a);
}

void
test_json__writes_back_compact_text(void)
{
	static const struct {
		const char *s, *want;
	} rows[] = {
		{ " { \"a\" : [ 1 , 2.50 , { } , [ ] , null , true , false ] } ",
			"{\"a\":[1,2.50,{},[],null,true,false]}" },
		{ "\"\\u00e4\\/\\u000a\"", "\"\xc3\xa4/\\n\"" },
		{ "[\"12345678901234567890\",12345678901234567890]",
			"[\"12345678901234567890\",12345678901234567890]" },
		{ "{\"\\\"\":\"-99999999999999999999\\\"\"}",
			"{\"\\\"\":\"-99999999999999999999\\\"\"}" },
		{ "null", "null" },
	};
	struct arena *a = arena_new("test", 1 << 20);

	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_STR(json_text(a, parsed(a, rows[i].s)), rows[i].want);
	arena_free(a);
}

void
test_json__names_that_a_tree_would_lose_are_named(void)
{
	static const struct {
		const char *text, *faults; /* path:reason, parted by spaces */
	} rows[] = {
		{ "{\"a\":1,\"b\":{\"a\":2},\"c\":[{\"a\":3},{\"a\":4}]}", "" },
		{ "{\"a\":1,\"A\":2,\"a \":3,\"\":4}", "" },
		{ "{\"a\":1,\"b\":2,\"a\":null}", "a:duplicate_key" },
		{ "{\"a\":1,\"a\":1,\"a\":1}", "a:duplicate_key" },
		{ "{\"a\":1,\"\\u0061\":2}", "a:duplicate_key" },
		{ "{\"\":1,\"\":2}", ":duplicate_key" },
		{ "{\"\\u00e4\":1,\"\xc3\xa4\":2}", "\xc3\xa4:duplicate_key" },
		{ "[{},{\"a\":[true,null,{\"b\":-1.5e3,\"b\":false}]}]",
			"[1].a[2].b:duplicate_key" },
		{ "{\"x\":{\"a\":\"\\\"{[\",\"a\":1},\"y\":{\"b\":1,\"b\":2}}",
			"x.a:duplicate_key y.b:duplicate_key" },
		{ "{\"a\":{\"b\":1,\"b\":2},\"a\":3}", "a.b:duplicate_key a:duplicate_key" },
		{ "{\"b\":[ { \"\\\\\\u0000\" : 1 } ]}", "b[0].\\\\u0000:nul_in_name" },
		{ "{\"\\u0000\":\"\\u0000\"}", "\\u0000:nul_in_name" },
		{ "{\"n\":123456789012345678901234567890,\"n\":1}", "n:duplicate_key" },
	};
	struct arena *a = arena_new("test", 1 << 20);

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct json *j = NULL;
		struct err *e = json_parse(a, str_of(rows[i].text), &j);
		struct str faults = STR("");

		tap_row("%s", rows[i].text);
		for (struct err_detail *d = e ? e->details : NULL; d; d = d->next)
			faults = str_fmt(a, "%.*s%s%.*s:%s", STRF(faults), faults.n ? " " : "",
				STRF(d->field), reason_word(d->reason));
		CHECK_STR(faults, rows[i].faults);
		CHECK(!e || (e->code == ERR_VALIDATION && !j));
	}
	arena_free(a);
}

/* A body of nothing but names that stand twice costs no more than its size. */
void
test_json__many_faulty_names_are_cut_off(void)
{
	struct arena *a = arena_new("test", 1 << 26);
	struct json *j = NULL;
	struct err *e;
	struct buf b;

	buf_init(&b, a, 1 << 20, 1 << 21);
	buf_char(&b, '{');
	for (int i = 0; i < 4096; i++)
		buf_fmt(&b, "%s\"n%d\":5", i ? "," : "", i / 2);
	buf_char(&b, '}');
	e = json_parse(a, buf_view(&b), &j);
	CHECK(e && e->ndetails == 100);
	arena_free(a);
}

/* {"a":[x,x,…]} with n times x. */
static struct err *
parse_many(size_t n, const char *x)
{
	struct arena *a = arena_new("test", 1 << 26);
	static struct err copy;
	struct json *j = NULL;
	struct err *e;
	struct buf b;

	buf_init(&b, a, 1 << 20, 1 << 21);
	buf_z(&b, "{\"a\":[");
	for (size_t i = 0; i < n; i++)
		buf_fmt(&b, "%s%s", i ? "," : "", x);
	buf_z(&b, "]}");
	e = json_parse(a, buf_view(&b), &j);
	if (e)
		copy = *e;
	arena_free(a);
	return e ? &copy : NULL;
}

void
test_json__a_tree_has_bounds(void)
{
	struct err *e;

	CHECK(!parse_many(JSON_MAX_VALUES - 2, "5"));
	e = parse_many(JSON_MAX_VALUES - 1, "5");
	CHECK(e && e->code == ERR_TOO_LARGE && e->reason == REASON_BODY_TOO_LARGE);
	CHECK(!parse_many(JSON_MAX_NESTS - 2, "{}"));
	e = parse_many(JSON_MAX_NESTS - 1, "[]");
	CHECK(e && e->code == ERR_TOO_LARGE);
}

/* An object of n members, after one that has been closed and before one that holds it. */
static struct err *
parse_wide(struct arena *a, size_t n)
{
	struct json *j;
	struct buf b;

	buf_init(&b, a, 256, (size_t)1 << 20);
	buf_z(&b, "{\"a\":{\"a\":1},\"b\":[{");
	for (size_t i = 0; i < n; i++)
		buf_fmt(&b, "%s\"m%zu\":1", i ? "," : "", i);
	buf_z(&b, "}],\"c\":2}");
	return json_parse(a, buf_view(&b), &j);
}

void
test_json__an_object_has_a_bound(void)
{
	struct arena *a = arena_new("test", (size_t)64 << 20);
	struct err *e;

	CHECK(!parse_wide(a, JSON_MAX_MEMBERS));
	e = parse_wide(a, JSON_MAX_MEMBERS + 1);
	CHECK(e && e->code == ERR_TOO_LARGE && e->reason == REASON_BODY_TOO_LARGE);
	CHECK_STR(e->message, "the body has more than 4096 members in one object");
	arena_free(a);
}

void
test_json__values_are_shown_shortened(void)
{
	static const struct {
		const char *text, *shown;
	} rows[] = {
		{ "5", "5" },
		{ "-1.50", "-1.50" },
		{ "\"on\"", "\"on\"" },
		{ "\"\"", "\"\"" },
		{ "null", "null" },
		{ "true", "true" },
		{ "[1]", "an array" },
		{ "{}", "an object" },
		{ "\"1234567890123456789012345678901234567890\"",
			"\"1234567890123456789012345678901234567890\"" },
		{ "\"123456789012345678901234567890123456789\xc3\xa4\"",
			"\"123456789012345678901234567890123456789\xe2\x80\xa6\"" },
	};
	struct arena *a = arena_new("test", 1 << 20);

	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_STR(json_shown(a, parsed(a, rows[i].text)), rows[i].shown);
	arena_free(a);
}
