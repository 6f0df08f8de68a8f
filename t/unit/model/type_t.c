/* Types: what JSON and text become, what is refused and why, and that each row is whole. */
#include "model/type.h"

#include "tap.h"
#include "thing.h"

#define X16 "xxxxxxxxxxxxxxxx"
#define X255 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 "xxxxxxxxxxxxxxx"

void
test_type__rows_have_no_holes(void)
{
	for (int t = T_NONE + 1; t < TYPE__MAX; t++) {
		const struct type_row *row = &type_rows[t];

		tap_row("%d %s", t, row->name ? row->name : "?");
		CHECK(row->name && row->schema_type);
		CHECK(row->columns == 1 || row->columns == 2);
		CHECK(row->parse && row->bind && row->read && row->render);
		CHECK(!row->op_class || strchr("ALNT", row->op_class));
		CHECK(row->parse_text || !row->op_class);
		CHECK(row->op_class || (row->flags_refused & F_FILTER));
		for (int k = T_NONE + 1; k < t; k++)
			CHECK(strcmp(type_rows[k].name, row->name) != 0);
	}
}

/* Parses one value as a create does; gives the faults. */
static struct err *
parse(struct shop *s, int field, const char *json, struct rec *r)
{
	struct err *e = NULL;
	struct fault at = { &s->cx, &e, str_of(thing.fields[field].name), .create = true };

	type_rows[thing.fields[field].type].parse(
		&at, &thing, field, json_of(s->a, json), &r->v[field]);
	return e;
}

struct taken {
	int field;
	const char *json, *want; /* NULL: the same */
};

static void
check_taken(const struct taken *rows, size_t n)
{
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < n; i++) {
		struct rec *r = rec_new(s.a, &thing);

		tap_row("%s %s", thing.fields[rows[i].field].name, rows[i].json);
		CHECK_STR(faults_of(s.a, parse(&s, rows[i].field, rows[i].json, r)), "");
		CHECK_STR(
			shown(&s.cx, r, rows[i].field), rows[i].want ? rows[i].want : rows[i].json);
	}
	shop_end(&s);
}

void
test_type__numbers_are_taken(void)
{
	static const struct taken rows[] = {
		{ THING_OPEN, "true", NULL },
		{ THING_OPEN, "false", NULL },
		{ THING_PIECES, "0", NULL },
		{ THING_PIECES, "1000", NULL },
		{ THING_DELTA, "-10", NULL },
		{ THING_DELTA, "10", NULL },
		{ THING_WEIGHT, "0", NULL },
		{ THING_WEIGHT, "1.5", NULL },
		{ THING_WEIGHT, "1.500", "1.5" },
		{ THING_WEIGHT, "1.5000", "1.5" },
		{ THING_WEIGHT, "100", NULL },
		{ THING_WEIGHT, "1e2", "100" },
		{ THING_WEIGHT, "\"0.001\"", "0.001" },
		{ THING_FEE, "2999", NULL },
		{ THING_FEE, "9223372036854775807", NULL },
	};

	check_taken(rows, COUNT(rows));
}

void
test_type__price_keeps_its_digits(void)
{
	static const struct taken rows[] = {
		{ THING_PRICE, "199.99", NULL },
		{ THING_PRICE, "199.990", "199.99" },
		{ THING_PRICE, "0.1", "0.10" },
		{ THING_PRICE, "0", "0.00" },
		{ THING_PRICE, "5", "5.00" },
		{ THING_PRICE, "1.10", NULL },
		{ THING_PRICE, "19.999e1", "199.99" },
		{ THING_PRICE, "\"199.99\"", "199.99" },
		{ THING_PRICE, "92233720368547758.07", NULL },
	};

	check_taken(rows, COUNT(rows));
}

void
test_type__price_has_the_digits_of_its_currency(void)
{
	static const struct {
		const char *currency;
		int digits;
		const char *json, *want;
	} rows[] = {
		{ "JPY", 0, "1500", "1500" },
		{ "JPY", 0, "1500.0", "1500" },
		{ "JPY", 0, "1500.5", NULL },
		{ "KWD", 3, "1.5", "1.500" },
		{ "KWD", 3, "1.505", "1.505" },
		{ "KWD", 3, "1.5055", NULL },
	};
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rec *r = rec_new(s.a, &thing);

		tap_row("%s %s", rows[i].currency, rows[i].json);
		s.cx.currency = str_of(rows[i].currency);
		s.cx.currency_digits = rows[i].digits;
		CHECK_STR(faults_of(s.a, parse(&s, THING_PRICE, rows[i].json, r)),
			rows[i].want ? "" : "price too_precise");
		CHECK_STR(shown(&s.cx, r, THING_PRICE), rows[i].want ? rows[i].want : "unset");
	}
	shop_end(&s);
}

void
test_type__words_are_taken(void)
{
	static const struct taken rows[] = {
		{ THING_NAME, "\"Lamp\"", NULL },
		{ THING_NAME,
			"\"\xe7\x81\xaf\xe7\x81\xaf\xe7\x81\xaf\xe7\x81\xaf\xe7\x81\xaf"
			"\xe7\x81\xaf\xe7\x81\xaf\xe7\x81\xaf\"",
			NULL },
		{ THING_NAME, "{\"en\":\"Lamp\",\"es\":\"L\xc3\xa1mpara\"}", "\"Lamp\"" },
		{ THING_NAME, "{\"en\":\"Lamp\",\"es\":null}", "\"Lamp\"" },
		{ THING_NOTE, "\"\"", NULL },
		{ THING_NOTE, "\"two\\nlines\"", NULL },
		{ THING_CODE, "\"AB\"", NULL },
		{ THING_CODE, "\"ABCD-123\"", NULL },
		{ THING_LABEL, "\"" X255 "\"", NULL },
		{ THING_LABEL, "\" a \"", NULL },
		{ THING_STATE, "\"active\"", NULL },
		{ THING_SINCE, "\"2026-01-15T10:30:00Z\"", "\"2026-01-15T10:30:00Z\"" },
		{ THING_SINCE, "\"2026-01-15T10:30:00+02:00\"", "\"2026-01-15T08:30:00Z\"" },
		{ THING_OWNER, "\"tag_01h\"", NULL },
	};

	check_taken(rows, COUNT(rows));
}

void
test_type__maps_and_lists_are_taken(void)
{
	static const struct taken rows[] = {
		{ THING_FACETS, "{}", NULL },
		{ THING_FACETS, "{\"size\":\"L\"}", NULL },
		{ THING_FACETS, "{\"n\":1.50,\"t\":true,\"s\":\"\"}",
			"{\"n\":\"1.50\",\"t\":\"true\",\"s\":\"\"}" },
		{ THING_FACETS, "{\"a\":null,\"b\":\"1\"}", "{\"b\":\"1\"}" },
		{ THING_WORDS, "[\"a\"]", NULL },
		{ THING_WORDS, "[\"a\",\"a\",\"b\"]", NULL },
		{ THING_WORDS, "[ \"" X255 "\" ]", "[\"" X255 "\"]" },
	};

	check_taken(rows, COUNT(rows));
}

struct refused {
	int field;
	const char *json, *want;
};

static void
check_refused(const struct refused *rows, size_t n)
{
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < n; i++) {
		struct rec *r = rec_new(s.a, &thing);
		struct err *e;

		tap_row("%s %s", thing.fields[rows[i].field].name, rows[i].json);
		e = parse(&s, rows[i].field, rows[i].json, r);
		CHECK(e && e->code == ERR_VALIDATION);
		CHECK_STR(faults_of(s.a, e), rows[i].want);
		CHECK(r->v[rows[i].field].state == VALUE_UNSET);
	}
	shop_end(&s);
}

void
test_type__numbers_are_refused(void)
{
	static const struct refused rows[] = {
		{ THING_OPEN, "1", "open type" },
		{ THING_OPEN, "\"true\"", "open type" },
		{ THING_PIECES, "-1", "pieces too_small" },
		{ THING_PIECES, "1001", "pieces too_large" },
		{ THING_PIECES, "1.5", "pieces not_an_integer" },
		{ THING_PIECES, "9223372036854775808", "pieces not_an_integer" },
		{ THING_PIECES, "\"5\"", "pieces type" },
		{ THING_PIECES, "true", "pieces type" },
		{ THING_DELTA, "-11", "delta too_small" },
		{ THING_DELTA, "11", "delta too_large" },
		{ THING_WEIGHT, "-0.001", "weight too_small" },
		{ THING_WEIGHT, "100.001", "weight too_large" },
		{ THING_WEIGHT, "1.0001", "weight too_precise" },
		{ THING_WEIGHT, "1e30", "weight too_large" },
		{ THING_WEIGHT, "\"1,5\"", "weight type" },
		{ THING_WEIGHT, "\"\"", "weight type" },
		{ THING_WEIGHT, "{}", "weight type" },
		{ THING_PRICE, "-0.01", "price too_small" },
		{ THING_PRICE, "199.999", "price too_precise" },
		{ THING_PRICE, "92233720368547758.08", "price too_large" },
		{ THING_PRICE, "\"$5\"", "price type" },
		{ THING_PRICE, "\" 5\"", "price type" },
		{ THING_PRICE, "{\"amount\":5}", "price type" },
		{ THING_FEE, "29.99", "fee not_an_integer" },
		{ THING_FEE, "-1", "fee too_small" },
		{ THING_FEE, "\"2999\"", "fee type" },
	};

	check_refused(rows, COUNT(rows));
}

void
test_type__words_are_refused(void)
{
	static const struct refused rows[] = {
		{ THING_NAME, "\"\"", "name blank" },
		{ THING_NAME, "\" \\t\\u00a0\"", "name blank" },
		{ THING_NAME, "\"123456789012345678901\"", "name too_long" },
		{ THING_NAME, "5", "name type" },
		{ THING_NAME, "[\"Lamp\"]", "name type" },
		{ THING_NAME, "{}", "name language" },
		{ THING_NAME, "{\"es\":\"L\xc3\xa1mpara\"}", "name language" },
		{ THING_NAME, "{\"en\":null}", "name language" },
		{ THING_NAME, "{\"en\":\"Lamp\",\"xx\":\"?\"}", "name.xx language" },
		{ THING_NAME, "{\"en\":\"Lamp\",\"EN\":\"?\"}", "name.EN language" },
		{ THING_NAME, "{\"en\":\"Lamp\",\"es\":5,\"fr\":\"\"}",
			"name.es type,name.fr blank" },
		{ THING_NOTE, "\"1234567890123456789012345678901\"", "note too_long" },
		{ THING_CODE, "\"A\"", "code too_short" },
		{ THING_CODE, "\"ABCDEFGHI\"", "code too_long" },
		{ THING_CODE, "\"ab\"", "code pattern" },
		{ THING_CODE, "\"AB\\n\"", "code pattern" },
		{ THING_CODE, "\"AB\\u0000\"", "code pattern" },
		{ THING_CODE, "\"\xc3\x84\xc3\x96\"", "code pattern" },
		{ THING_LABEL, "\"" X255 "x\"", "label too_long" },
		{ THING_LABEL, "\"\"", "label blank" },
		{ THING_STATE, "\"Active\"", "state not_a_choice" },
		{ THING_STATE, "\"\"", "state not_a_choice" },
		{ THING_STATE, "1", "state type" },
		{ THING_SINCE, "\"2026-01-15\"", "since not_a_time" },
		{ THING_SINCE, "\"2026-02-30T10:30:00Z\"", "since not_a_time" },
		{ THING_SINCE, "1768473000", "since type" },
		{ THING_OWNER, "\"thg_01h\"", "owner_id not_an_id" },
		{ THING_OWNER, "\"tag_01H\"", "owner_id not_an_id" },
		{ THING_OWNER, "\"tag_\"", "owner_id not_an_id" },
		{ THING_OWNER, "7", "owner_id type" },
	};

	check_refused(rows, COUNT(rows));
}

void
test_type__maps_and_lists_are_refused(void)
{
	static const struct refused rows[] = {
		{ THING_FACETS, "[]", "facets type" },
		{ THING_FACETS, "\"a\"", "facets type" },
		{ THING_FACETS, "{\"a\":{}}", "facets.a type" },
		{ THING_FACETS, "{\"a\":[1],\"b\":\"" X255 "x\"}",
			"facets.a type,facets.b too_long" },
		{ THING_FACETS, "{\"\":\"a\"}", "facets. key_length" },
		{ THING_FACETS, "{\"" X16 X16 X16 X16 "x\":\"a\"}",
			"facets." X16 X16 X16 X16 "x key_length" },
		{ THING_FACETS, "{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\",\"d\":\"4\"}",
			"facets too_many" },
		{ THING_WORDS, "[]", "words count" },
		{ THING_WORDS, "[\"a\",\"b\",\"c\",\"d\"]", "words count" },
		{ THING_WORDS, "[\"a\",5,\"\"]", "words[1] type,words[2] type" },
		{ THING_WORDS, "[null]", "words[0] type" },
		{ THING_WORDS, "[\"" X255 "x\"]", "words[0] type" },
		{ THING_WORDS, "{}", "words type" },
	};

	check_refused(rows, COUNT(rows));
}

void
test_type__a_wrong_choice_names_the_right_ones(void)
{
	struct shop s;
	struct rec *r;
	struct err *e;

	shop_begin(&s);
	r = rec_new(s.a, &thing);
	e = parse(&s, THING_STATE, "\"activ\"", r);
	CHECK_STR(e->details->allowed, "draft,active,archived");
	CHECK_STR(e->details->nearest, "active");
	CHECK_STR(e->details->message, "must be one of draft, active, archived, not \"activ\"");
	e = parse(&s, THING_STATE, "\"zzzzzzzz\"", r);
	CHECK(!e->details->nearest.p);
	CHECK_STR(enum_list(s.a, &thing.fields[THING_STATE], 5, " or "), "draft or archived");
	CHECK_STR(enum_list(s.a, &thing.fields[THING_STATE], 0, ","), "");
	shop_end(&s);
}

void
test_type__text_of_a_query_is_read(void)
{
	static const struct {
		int field;
		const char *text, *want; /* NULL: refused */
	} rows[] = {
		{ THING_OPEN, "true", "true" },
		{ THING_OPEN, "false", "false" },
		{ THING_OPEN, "TRUE", NULL },
		{ THING_OPEN, "1", NULL },
		{ THING_PIECES, "-5", "-5" },
		{ THING_PIECES, "5000", "5000" },
		{ THING_PIECES, "5.0", NULL },
		{ THING_PIECES, "", NULL },
		{ THING_PIECES, "+5", NULL },
		{ THING_WEIGHT, "1.5", "1.5" },
		{ THING_WEIGHT, "1.0001", NULL },
		{ THING_WEIGHT, "x", NULL },
		{ THING_PRICE, "5", "5.00" },
		{ THING_PRICE, "5.001", NULL },
		{ THING_FEE, "500", "500" },
		{ THING_FEE, "5.00", NULL },
		{ THING_LABEL, "", "\"\"" },
		{ THING_LABEL, "any \"thing\"", "\"any \\\"thing\\\"\"" },
		{ THING_NAME, "Lamp", "\"Lamp\"" },
		{ THING_STATE, "archived", "\"archived\"" },
		{ THING_STATE, "sold", NULL },
		{ THING_SINCE, "2026-01-15", "\"2026-01-15T00:00:00Z\"" },
		{ THING_SINCE, "2026-01-15T10:30:00Z", "\"2026-01-15T10:30:00Z\"" },
		{ THING_SINCE, "yesterday", NULL },
		{ THING_OWNER, "tag_01h", "\"tag_01h\"" },
		{ THING_OWNER, "01h", NULL },
	};
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct field *f = &thing.fields[rows[i].field];
		struct rec *r = rec_new(s.a, &thing);
		const char *expected = NULL;
		bool ok = type_rows[f->type].parse_text(
			&s.cx, f, str_of(rows[i].text), &r->v[rows[i].field], &expected);

		tap_row("%s=%s", f->name, rows[i].text);
		CHECK(ok == (rows[i].want != NULL));
		CHECK(expected && strlen(expected) > 3);
		CHECK_STR(shown(&s.cx, r, rows[i].field), rows[i].want ? rows[i].want : "unset");
	}
	shop_end(&s);
}

void
test_type__what_is_bound_reads_back(void)
{
	static const struct {
		int field;
		const char *json;
	} rows[] = {
		{ THING_NAME, "\"Lamp\"" },
		{ THING_NAME, "{\"en\":\"Lamp\",\"es\":\"L\"}" },
		{ THING_CODE, "\"AB\"" },
		{ THING_OPEN, "false" },
		{ THING_PIECES, "7" },
		{ THING_DELTA, "-7" },
		{ THING_WEIGHT, "1.25" },
		{ THING_PRICE, "199.99" },
		{ THING_FEE, "9223372036854775807" },
		{ THING_STATE, "\"active\"" },
		{ THING_SINCE, "\"2026-01-15T10:30:00Z\"" },
		{ THING_OWNER, "\"tag_01h\"" },
		{ THING_FACETS, "{\"a\":\"b\"}" },
		{ THING_WORDS, "[\"a\",\"b\"]" },
	};
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		int field = rows[i].field;
		const struct field *f = &thing.fields[field];
		struct rec *r = rec_new(s.a, &thing);
		struct db_value cells[2] = { 0 };
		struct value again = { 0 }, null = { .state = VALUE_NULL };

		tap_row("%s %s", f->name, rows[i].json);
		CHECK(!parse(&s, field, rows[i].json, r));
		type_rows[f->type].bind(&s.cx, f, &r->v[field], cells);
		type_rows[f->type].read(&s.cx, f, cells, &again);
		CHECK(value_same(&again, &r->v[field]));
		type_rows[f->type].bind(&s.cx, f, &null, cells);
		CHECK(cells[0].kind == DB_NULL);
	}
	shop_end(&s);
}

void
test_type__equal_values(void)
{
	static const struct value unset = { 0 }, null = { .state = VALUE_NULL },
				  zero = { .state = VALUE_SET },
				  one = { .state = VALUE_SET, .i = 1 },
				  a = { .state = VALUE_SET, .s = { "a", 1 } },
				  b = { .state = VALUE_SET, .s = { "b", 1 } },
				  more = {
					  .state = VALUE_SET, .s = { "a", 1 }, .more = { "{}", 2 }
				  };
	static const struct {
		const struct value *x, *y;
		bool same;
	} rows[] = {
		{ &unset, &unset, true },
		{ &unset, &null, true },
		{ &null, &zero, false },
		{ &unset, &zero, false },
		{ &zero, &zero, true },
		{ &zero, &one, false },
		{ &a, &a, true },
		{ &a, &b, false },
		{ &a, &more, false },
		{ &a, &zero, false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		tap_row("%zu", i);
		CHECK(value_same(rows[i].x, rows[i].y) == rows[i].same);
		CHECK(value_same(rows[i].y, rows[i].x) == rows[i].same);
	}
}
