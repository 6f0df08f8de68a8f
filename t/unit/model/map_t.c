/* Maps as JSON text: merging, reading, writing. */
#include "model/map.h"

#include "tap.h"
#include "thing.h"

void
test_map__patches_change_members_one_by_one(void)
{
	static const struct {
		const char *was, *patch, *want; /* NULL: absent */
	} rows[] = {
		{ NULL, NULL, NULL },
		{ NULL, "{}", NULL },
		{ "{}", NULL, NULL },
		{ NULL, "{\"a\":\"1\"}", "{\"a\":\"1\"}" },
		{ "{\"a\":\"1\"}", NULL, "{\"a\":\"1\"}" },
		{ "{\"a\":\"1\"}", "{}", "{\"a\":\"1\"}" },
		{ "{\"a\":\"1\"}", "{\"a\":\"2\"}", "{\"a\":\"2\"}" },
		{ "{\"a\":\"1\",\"b\":\"2\"}", "{\"a\":\"3\"}", "{\"a\":\"3\",\"b\":\"2\"}" },
		{ "{\"b\":\"1\"}", "{\"a\":\"2\"}", "{\"b\":\"1\",\"a\":\"2\"}" },
		{ "{\"a\":\"1\"}", "{\"a\":null}", NULL },
		{ "{\"a\":\"1\"}", "{\"b\":null}", "{\"a\":\"1\"}" },
		{ NULL, "{\"a\":null}", NULL },
		{ "{\"a\":\"1\"}", "{\"a\":null,\"b\":\"\"}", "{\"b\":\"\"}" },
		{ "{\"a\\\"b\":\"x\\ny\"}", "{\"c\":\"\xc3\xa9\"}",
			"{\"a\\\"b\":\"x\\ny\",\"c\":\"\xc3\xa9\"}" },
	};
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		tap_row("%s + %s", rows[i].was ? rows[i].was : "absent",
			rows[i].patch ? rows[i].patch : "absent");
		CHECK(str_eq(map_merge(s.a, str_of(rows[i].was), str_of(rows[i].patch)),
			str_of(rows[i].want)));
	}
	shop_end(&s);
}

void
test_map__values_are_read(void)
{
	static const struct {
		const char *map, *key, *want; /* NULL: absent */
		size_t count;
	} rows[] = {
		{ "{\"a\":\"1\",\"b\":\"\"}", "a", "1", 2 },
		{ "{\"a\":\"1\",\"b\":\"\"}", "b", "", 2 },
		{ "{\"a\":\"1\",\"b\":\"\"}", "c", NULL, 2 },
		{ "{\"a\":\"1\"}", "A", NULL, 1 },
		{ "{\"a\":\"1\"}", "", NULL, 1 },
		{ "{}", "a", NULL, 0 },
		{ NULL, "a", NULL, 0 },
	};
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str map = str_of(rows[i].map);

		tap_row("%s %s", rows[i].map ? rows[i].map : "absent", rows[i].key);
		CHECK(str_eq(map_get(s.a, map, rows[i].key), str_of(rows[i].want)));
		CHECK(map_count(s.a, map) == rows[i].count);
	}
	shop_end(&s);
}

void
test_map__limits_are_kept(void)
{
	static const struct {
		const char *json;
		bool scalars, nulls;
		const char *want, *faults;
	} rows[] = {
		{ "{\"abc\":\"abcd\"}", false, false, "{\"abc\":\"abcd\"}", "" },
		{ "{\"\xc3\xa9\xc3\xa9\xc3\xa9\":\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\"}", false,
			false,
			"{\"\xc3\xa9\xc3\xa9\xc3\xa9\":\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\"}", "" },
		{ "{\"a\":5,\"b\":true}", true, false, "{\"a\":\"5\",\"b\":\"true\"}", "" },
		{ "{\"a\":null}", false, false, "{}", "" },
		{ "{\"a\":null}", false, true, "{\"a\":null}", "" },
		{ "{\"a\":\"1\",\"b\":\"2\",\"c\":null}", false, true,
			"{\"a\":\"1\",\"b\":\"2\",\"c\":null}", "" },
		{ "{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}", false, true, NULL, "m too_many" },
		{ "{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}", false, false, NULL, "m too_many" },
		{ "{\"abcd\":\"a\"}", false, false, NULL, "m.abcd key_length" },
		{ "{\"\":null}", false, true, NULL, "m. key_length" },
		{ "{\"abc\":\"abcde\"}", false, false, NULL, "m.abc too_long" },
		{ "{\"a\":5}", false, false, NULL, "m.a type" },
		{ "{\"a\":{}}", true, true, NULL, "m.a type" },
		{ "{\"a\":[],\"b\":true}", false, true, NULL, "m.a type,m.b type" },
		{ "[]", true, true, NULL, "m type" },
		{ "null", true, true, NULL, "m type" },
	};
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct map_limits limits = { 2, 3, 4, rows[i].scalars, rows[i].nulls, 0 };
		struct err *e = NULL;
		struct fault at = { &s.cx, &e, STR("m"), .create = false };
		struct str text;

		tap_row("%zu %s", i, rows[i].json);
		text = map_parse(&at, json_of(s.a, rows[i].json), &limits);
		CHECK(str_eq(text, str_of(rows[i].want)));
		CHECK_STR(faults_of(s.a, e), rows[i].faults);
	}
	shop_end(&s);
}
