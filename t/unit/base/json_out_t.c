/* Written JSON: commas by the last byte, escapes where they must be, and what it means is kept. */
#include "tap.h"

#include "base/json.h"
#include "base/json_out.h"

void
test_json_out__escapes_strings(void)
{
	static const struct {
		const char *s, *want;
	} rows[] = {
		{ "", "\"\"" },
		{ "plain", "\"plain\"" },
		{ "a \"quoted\" word", "\"a \\\"quoted\\\" word\"" },
		{ "back\\slash", "\"back\\\\slash\"" },
		{ "\b\t\n\f\r", "\"\\b\\t\\n\\f\\r\"" },
		{ "\x01\x1f\x7f", "\"\\u0001\\u001f\x7f\"" },
		{ "<a href='x'>&</a>", "\"<a href='x'>&</a>\"" },
		{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
			"\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"" },
		{ "a\xe2\x80\xa8"
		  "b\xe2\x80\xa9",
			"\"a\\u2028b\\u2029\"" },
		{ "\xe2\x80\xa7\xe2\x80\xaa", "\"\xe2\x80\xa7\xe2\x80\xaa\"" },
		{ "1234567\n12345678\"", "\"1234567\\n12345678\\\"\"" },
	};
	struct arena *a = arena_new("test", 1 << 20);

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf b;

		buf_init(&b, a, 0, 1000);
		json_out_z(&b, rows[i].s);
		CHECK_STR(buf_view(&b), rows[i].want);
	}
	arena_free(a);
}

/* Each ASCII byte at each place of a word reads back as it was. */
void
test_json_out__reads_back(void)
{
	struct arena *a = arena_new("test", 16 << 20);
	int wrong = 0;

	for (size_t at = 0; at < 20; at++) {
		for (int c = 0; c < 128; c++) {
			char text[20];
			struct buf b;
			struct json *j = NULL;
			struct arena_mark mark = arena_mark(a);

			memset(text, 'x', sizeof(text));
			text[at] = (char)c;
			buf_init(&b, a, 0, 1000);
			json_out_string(&b, (struct str){ text, sizeof(text) });
			wrong += json_parse(a, buf_view(&b), &j) != NULL;
			wrong += !str_eq(json_string(j), (struct str){ text, sizeof(text) });
			arena_rewind(a, mark);
		}
	}
	CHECK(wrong == 0);
	arena_free(a);
}

void
test_json_out__puts_commas_where_they_belong(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct buf b;

	buf_init(&b, a, 0, 1000);
	buf_char(&b, '{');
	JSON_OUT_NAME(&b, "a");
	buf_int(&b, 1);
	json_out_name(&b, STR("b"));
	buf_char(&b, '[');
	for (int i = 0; i < 3; i++) {
		json_out_comma(&b);
		json_out_z(&b, "[");
	}
	buf_z(&b, "]");
	JSON_OUT_NAME(&b, "c");
	buf_z(&b, "{}}");
	CHECK_STR(buf_view(&b), "{\"a\":1,\"b\":[\"[\",\"[\",\"[\"],\"c\":{}}");
	arena_free(a);
}

void
test_json_out__overflows_without_harm(void)
{
	struct arena *a = arena_new("test", 1 << 20);

	for (size_t max = 0; max < 12; max++) {
		struct buf b;

		tap_row("max %zu", max);
		buf_init(&b, a, 0, max);
		json_out_z(&b, "abc\n\x01\xe2\x80\xa8");
		CHECK(b.overflow && b.n <= max);
	}
	arena_free(a);
}
