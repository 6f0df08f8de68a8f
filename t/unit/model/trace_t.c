/* What the audit says of a change: old and new of each member, and nothing that is secret. */
#include "model/trace.h"

#include "model/merge.h"
#include "model/write.h"
#include "tap.h"
#include "thing.h"

static struct rec *
begun(struct shop *s, const char *body)
{
	struct rec *now = rec_new(s->a, &thing), *input;

	must(!validate(&s->cx, &thing, json_of(s->a, body), true, &input));
	now->id = (struct id){ 9 };
	must(!merge_rec(&s->cx, now, NULL, input));
	return now;
}

/* A thing with part 1, as stored. */
static struct rec *
stored(struct shop *s)
{
	struct rec *r = begun(s,
		"{\"name\":{\"en\":\"Lamp\",\"es\":\"L\"},\"code\":\"L-1\","
		"\"tags\":[\"x\"],\"metadata\":{\"k\":\"v\"},\"parts\":[{"
		"\"code\":\"P\"}]}");
	struct rec *c = r->many[THING_PARTS].r[0];

	c->id = (struct id){ 1 };
	c->fate = CHILD_KEPT;
	c->path = (struct str){ 0 };
	return r;
}

static struct str
changes(struct shop *s, const char *body)
{
	struct rec *was = stored(s), *now = rec_copy(s->a, was), *input;

	must(!validate(&s->cx, &thing, json_of(s->a, body), false, &input));
	must(!merge_rec(&s->cx, now, was, input));
	return trace_changes(&s->cx, now, was);
}

void
test_trace__shows_old_and_new(void)
{
	static const struct {
		const char *body, *want;
	} rows[] = {
		{ "{}", "{}" },
		{ "{\"code\":\"L-1\",\"label\":null,\"tags\":[\"x\"]}", "{}" },
		{ "{\"price\":79.99}", "{\"price\":{\"old\":null,\"new\":79.99}}" },
		{ "{\"code\":\"L-2\",\"pieces\":6}",
			"{\"code\":{\"old\":\"L-1\",\"new\":\"L-2\"},\"pieces\":{\"old\":5,\"new\":"
			"6}}" },
		{ "{\"name\":{\"es\":\"M\"}}",
			"{\"name\":{\"old\":{\"en\":\"Lamp\",\"es\":\"L\"},\"new\":{\"en\":"
			"\"Lamp\",\"es\":\"M\"}}}" },
		{ "{\"name\":{\"es\":null}}",
			"{\"name\":{\"old\":{\"en\":\"Lamp\",\"es\":\"L\"},\"new\":{\"en\":"
			"\"Lamp\"}}}" },
		{ "{\"note\":{\"en\":\"N\",\"fr\":\"O\"}}",
			"{\"note\":{\"old\":null,\"new\":{\"en\":\"N\",\"fr\":\"O\"}}}" },
		{ "{\"facets\":{\"a\":\"1\"}}",
			"{\"facets\":{\"old\":null,\"new\":{\"a\":\"1\"}}}" },
		{ "{\"tags\":[\"y\",\"x\"]}",
			"{\"tags\":{\"old\":[\"x\"],\"new\":[\"y\",\"x\"]}}" },
		{ "{\"tags\":[]}", "{\"tags\":{\"old\":[\"x\"],\"new\":[]}}" },
		{ "{\"metadata\":{\"l\":1}}",
			"{\"metadata\":{\"old\":{\"k\":\"v\"},\"new\":{\"k\":\"v\",\"l\":\"1\"}}"
			"}" },
		{ "{\"metadata\":null}", "{\"metadata\":{\"old\":{\"k\":\"v\"},\"new\":{}}}" },
		{ "{\"parts\":[{\"code\":\"P\",\"cost\":1}]}",
			"{\"parts.part_001.cost\":{\"old\":null,\"new\":1.00}}" },
		{ "{\"parts\":[{\"code\":\"P\",\"metadata\":{\"a\":1}}]}",
			"{\"parts.part_001.metadata\":{\"old\":{},\"new\":{\"a\":\"1\"}}}" },
	};
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		tap_row("%s", rows[i].body);
		CHECK_STR(changes(&s, rows[i].body), rows[i].want);
	}
	shop_end(&s);
}

void
test_trace__shows_children_that_come_and_go_whole(void)
{
	struct shop s;
	struct str text;
	struct json *j, *change;

	shop_begin(&s);
	text = changes(&s, "{\"parts\":[{\"id\":\"part_001\",\"_delete\":true}]}");
	CHECK(!json_parse(s.a, text, &j) && json_members(j) == 1);
	change = json_get(j, "parts.part_001");
	CHECK_STR(json_string(json_get(json_get(change, "old"), "code")), "P");
	CHECK(json_has(change, "new") && !json_get(change, "new"));
	text = changes(&s, "{\"parts\":[{\"code\":\"Q\"}]}");
	CHECK(!json_parse(s.a, text, &j) && json_members(j) == 1);
	CHECK(str_starts(text, STR("{\"parts.part_")));
	for (struct json_iter it = json_iter(j); json_next(&it);) {
		CHECK(json_has(it.value, "old") && !json_get(it.value, "old"));
		CHECK_STR(json_string(json_get(json_get(it.value, "new"), "code")), "Q");
	}
	shop_end(&s);
}

void
test_trace__keeps_secrets(void)
{
	struct shop s;
	struct rec *was, *now;

	shop_begin(&s);
	was = stored(&s);
	now = rec_copy(s.a, was);
	rec_set_str(now, THING_HASH, STR("h"));
	rec_set_str(now, THING_SECRET, STR("s"));
	CHECK_STR(trace_changes(&s.cx, now, was), "{}");
	shop_end(&s);
}

void
test_trace__does_not_depend_on_the_language_asked_for(void)
{
	struct shop s;

	shop_begin(&s);
	s.cx.shown.language = STR("es");
	CHECK_STR(changes(&s, "{\"name\":{\"en\":\"Light\"}}"),
		"{\"name\":{\"old\":\"Lamp\",\"new\":\"Light\"}}");
	shop_end(&s);
}

void
test_trace__a_create_has_no_old(void)
{
	struct shop s;
	struct rec *r;

	shop_begin(&s);
	r = begun(&s, "{\"name\":\"Lamp\",\"code\":\"L-1\"}");
	CHECK_STR(trace_changes(&s.cx, r, NULL),
		"{\"name\":{\"old\":null,\"new\":\"Lamp\"},\"code\":{\"old\":null,\"new\":\"L-1\"},"
		"\"open\":{\"old\":null,\"new\":true},\"pieces\":{\"old\":null,\"new\":5},"
		"\"state\":{\"old\":null,\"new\":\"draft\"}}");
	shop_end(&s);
}

void
test_trace__archiving_is_a_change(void)
{
	struct shop s;
	struct rec *was, *now;

	shop_begin(&s);
	was = stored(&s);
	now = rec_copy(s.a, was);
	now->archived_at = 1000;
	CHECK_STR(trace_changes(&s.cx, now, was),
		"{\"archived_at\":{\"old\":null,\"new\":\"1970-01-01T00:00:01Z\"}}");
	CHECK_STR(trace_changes(&s.cx, was, now),
		"{\"archived_at\":{\"old\":\"1970-01-01T00:00:01Z\",\"new\":null}}");
	shop_end(&s);
}
