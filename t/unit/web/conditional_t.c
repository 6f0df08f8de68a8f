/* Entity tags: made, compared weakly, read as versions, refused. */
#include "web/conditional.h"

#include "base/clock.h"
#include "tap.h"

static struct arena *a;

static void
begin(void)
{
	a = arena_new("test", 1 << 20);
}

void
test_conditional__tags_carry_version_and_look(void)
{
	begin();
	CHECK_STR(conditional_tag(a, 7, 0xabc), "\"7.0000000000000abc\"");
	CHECK_STR(conditional_tag(a, INT64_MAX, UINT64_MAX),
		"\"9223372036854775807.ffffffffffffffff\"");
	CHECK(str_eq(conditional_list_tag(a, STR("[1]")), conditional_list_tag(a, STR("[1]"))));
	CHECK(!str_eq(conditional_list_tag(a, STR("[1]")), conditional_list_tag(a, STR("[2]"))));
	CHECK(str_starts(conditional_list_tag(a, STR("")), STR("W/\"")));
	arena_free(a);
}

/* Two clients that are shown different things never hold the same tag. */
void
test_conditional__the_look_depends_on_what_is_shown(void)
{
	struct ctx base = { .currency = STR("USD"), .language = STR("en") };
	struct ctx german = base, euro = base, fallback = base;
	struct view all = { .fields = 7 }, some = { .fields = 3 };

	german.shown.language = STR("de");
	fallback.shown.fallback = STR("de");
	euro.currency = STR("EUR");
	CHECK(conditional_look(&base, &all) == conditional_look(&base, &all));
	CHECK(conditional_look(&base, &all) != conditional_look(&base, &some));
	CHECK(conditional_look(&base, &all) != conditional_look(&german, &all));
	CHECK(conditional_look(&base, &all) != conditional_look(&euro, &all));
	CHECK(conditional_look(&german, &all) != conditional_look(&fallback, &all));
}

void
test_conditional__none_match_compares_weakly(void)
{
	static const struct {
		const char *header;
		bool names;
	} cases[] = {
		{ "\"7.0000000000000abc\"", true },
		{ "W/\"7.0000000000000abc\"", true },
		{ "*", true },
		{ " * ", true },
		{ "\"a\", \"7.0000000000000abc\"", true },
		{ "\"a\",W/\"7.0000000000000abc\",\"b\"", true },
		{ "\"with, comma\" , \"7.0000000000000abc\"", true },
		{ "", false },
		{ "7.0000000000000abc", false },
		{ "\"7.0000000000000abd\"", false },
		{ "\"8.0000000000000abc\"", false },
		{ "\"7.0000000000000abc", false },
		{ "w/\"7.0000000000000abc\"", false },
		{ "\"a\" junk \"7.0000000000000abc\"", false },
		{ ",,,", false },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		tap_row("%s", cases[i].header);
		CHECK(conditional_names(str_of(cases[i].header), STR("\"7.0000000000000abc\"")) ==
			cases[i].names);
	}
	CHECK(conditional_names(STR("W/\"x\""), STR("W/\"x\"")));
}

void
test_conditional__a_foreign_look_is_not_worth_a_statement(void)
{
	CHECK(conditional_may_name(STR("\"3.0000000000000abc\""), 0xabc));
	CHECK(conditional_may_name(STR("\"x\", W/\"3.0000000000000abc\""), 0xabc));
	CHECK(conditional_may_name(STR("*"), 0xabc));
	CHECK(!conditional_may_name(STR("\"3.0000000000000abd\""), 0xabc));
	CHECK(!conditional_may_name(STR("junk"), 0xabc));
	CHECK(!conditional_may_name(STR(""), 0xabc));
}

void
test_conditional__modified_since_counts_only_alone(void)
{
	const struct str tag = STR("\"1.0000000000000001\""), none = { 0 };
	const struct str date = STR("Thu, 15 Jan 2026 10:30:00 GMT");
	int64_t then_ms = 0, now_ms = clock_real_ms();
	char now[29];

	CHECK(clock_parse_http(date, &then_ms));
	CHECK(conditional_is_unchanged(none, date, tag, then_ms));
	CHECK(conditional_is_unchanged(none, date, tag, then_ms + 999));
	CHECK(!conditional_is_unchanged(none, date, tag, then_ms + 1000));
	CHECK(!conditional_is_unchanged(STR("\"other\""), date, tag, then_ms));
	CHECK(!conditional_is_unchanged(none, STR("yesterday"), tag, then_ms));
	CHECK(!conditional_is_unchanged(none, date, tag, 0));
	CHECK(!conditional_is_unchanged(none, none, tag, then_ms));
	clock_render_http(now_ms, now);
	CHECK(!conditional_is_unchanged(none, (struct str){ now, 29 }, tag, now_ms));
}

static struct err *
read_match(struct str header, struct tags *out)
{
	const struct condition_headers headers = { .match = header };
	struct conditions c;
	struct err *e = conditional_read(a, &headers, &c);

	CHECK(!c.none_match.given && !c.unmodified_since_ms);
	*out = c.match;
	return e;
}

void
test_conditional__if_match_is_judged_by_versions(void)
{
	struct tags m;

	begin();
	CHECK(!read_match(STR(""), &m) && !m.given);
	CHECK(!read_match(STR("*"), &m) && m.given && m.any);
	CHECK(!read_match(STR("\"7.0000000000000abc\""), &m) && m.n == 1);
	CHECK(m.versions[0] == 7);
	CHECK(!read_match(STR("W/\"7.x\", \"8\""), &m) && m.n == 2);
	CHECK(m.versions[0] == 7 && m.versions[1] == 8);
	arena_free(a);
}

void
test_conditional__tags_that_are_not_ours_match_nothing(void)
{
	static const char *const headers[] = { "\"abc\"", "\"\"", "\"-1.0\"", "\"0.0\"", "\".5\"",
		"\"99999999999999999999.0\"" };
	struct tags m;

	begin();
	for (size_t i = 0; i < COUNT(headers); i++) {
		tap_row("%s", headers[i]);
		CHECK(!read_match(str_of(headers[i]), &m));
		CHECK(m.given && !m.any && m.n == 0);
	}
	arena_free(a);
}

void
test_conditional__if_match_without_quotes_is_refused(void)
{
	static const char *const headers[] = { "7", "\"7.0", "\"7\" x", "'7'", "\"7\", *",
		"\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"" };
	struct tags m;

	begin();
	for (size_t i = 0; i < COUNT(headers); i++) {
		struct err *e = read_match(str_of(headers[i]), &m);

		tap_row("%s", headers[i]);
		CHECK(e && e->code == ERR_MALFORMED);
	}
	arena_free(a);
}

void
test_conditional__all_conditions_are_read_apart(void)
{
	const struct condition_headers headers = { STR("\"7.x\""), STR("W/\"8.x\", \"z\""),
		STR("Thu, 15 Jan 2026 10:30:00 GMT") };
	const struct condition_headers no_date = { .unmodified_since = STR("yesterday") };
	const struct condition_headers no_tag = { .none_match = STR("8") };
	struct conditions c;

	begin();
	CHECK(!conditional_read(a, &headers, &c));
	CHECK(c.match.n == 1 && c.match.versions[0] == 7);
	CHECK(c.none_match.n == 1 && c.none_match.versions[0] == 8 && !c.none_match.any);
	CHECK(c.unmodified_since_ms == INT64_C(1768473000000));
	CHECK(!conditional_read(a, &no_date, &c) && !c.unmodified_since_ms);
	CHECK(conditional_read(a, &no_tag, &c) != NULL);
	arena_free(a);
}

void
test_conditional__a_304_names_the_tag_as_the_client_holds_it(void)
{
	static const struct {
		const char *header, *tag, *held;
	} cases[] = {
		{ "\"1.a\"", "\"1.a\"", "\"1.a\"" },
		{ "W/\"1.a\"", "\"1.a\"", "W/\"1.a\"" },
		{ "\"W/\", \"1.a\"", "\"1.a\"", "\"1.a\"" },
		{ "\"0.a\",W/\"1.a\"", "\"1.a\"", "W/\"1.a\"" },
		{ "W/\"0.a\", \"1.a\"", "\"1.a\"", "\"1.a\"" },
		{ "*", "\"1.a\"", "\"1.a\"" },
		{ "W/\"b\"", "W/\"b\"", "W/\"b\"" },
		{ "", "\"1.a\"", "\"1.a\"" },
	};

	begin();
	for (size_t i = 0; i < COUNT(cases); i++) {
		tap_row("%s", cases[i].header);
		CHECK_STR(conditional_as_held(a, str_of(cases[i].header), str_of(cases[i].tag)),
			cases[i].held);
	}
	arena_free(a);
}
