/* Patches: members, languages, maps, links and children of a record, and what they leave alone. */
#include "model/merge.h"

#include "model/map.h"
#include "model/write.h"
#include "tap.h"
#include "thing.h"

#define STORED                                                                                     \
	"{\"name\":{\"en\":\"Lamp\",\"es\":\"L\"},\"code\":\"L-1\",\"price\":5,\"since\":"         \
	"\"2026-01-15T10:30:00Z\",\"facets\":{\"a\":\"1\",\"b\":\"2\"},\"tags\":[\"x\",\"y\"],"    \
	"\"metadata\":{\"k\":\"v\"},\"parts\":[{\"code\":\"P\",\"title\":\"First\",\"cost\":1},"   \
	"{\"code\":\"Q\",\"facets\":{\"c\":\"3\"}}]}"

/* A thing as it would stand in the database, with parts 1 and 2 at version 3. */
static struct rec *
stored(struct shop *s)
{
	struct rec *now = rec_new(s->a, &thing), *input;

	must(!validate(&s->cx, &thing, json_of(s->a, STORED), true, &input));
	now->id = (struct id){ 9 };
	now->version = 5;
	must(!merge_rec(&s->cx, now, NULL, input));
	for (size_t i = 0; i < now->many[THING_PARTS].n; i++) {
		struct rec *c = now->many[THING_PARTS].r[i];

		c->id = (struct id){ (int64_t)i + 1 };
		c->version = 3;
		c->fate = CHILD_KEPT;
		c->path = (struct str){ 0 };
	}
	return now;
}

/* The thing after a patch that passes validation. */
struct patched {
	struct rec *was, *now;
	struct err *e;
};

static struct patched
patch(struct shop *s, const char *body)
{
	struct patched p = { .was = stored(s) };
	struct rec *input;

	p.now = rec_copy(s->a, p.was);
	must(!validate(&s->cx, &thing, json_of(s->a, body), false, &input));
	p.e = merge_rec(&s->cx, p.now, p.was, input);
	return p;
}

/* "P*Q-R+": the codes of the parts, each with its fate: kept, changed *, removed -, added +. */
static struct str
fates(struct arena *a, const struct rec *r)
{
	static const char marks[][2] = { "", "+", "*", "-" };
	struct str s = STR("");

	for (size_t i = 0; i < r->many[THING_PARTS].n; i++) {
		const struct rec *c = r->many[THING_PARTS].r[i];

		s = str_fmt(a, "%.*s%.*s%s", STRF(s), STRF(rec_str(c, PART_CODE)), marks[c->fate]);
	}
	return s;
}

void
test_merge__a_create_takes_what_was_given(void)
{
	struct shop s;
	struct rec *r;

	shop_begin(&s);
	r = stored(&s);
	CHECK_STR(shown(&s.cx, r, THING_NAME), "\"Lamp\"");
	CHECK_STR(r->v[THING_NAME].more, "{\"es\":\"L\"}");
	CHECK_STR(shown(&s.cx, r, THING_FACETS), "{\"a\":\"1\",\"b\":\"2\"}");
	CHECK_STR(r->metadata, "{\"k\":\"v\"}");
	CHECK(r->link[THING_TAGS].n == 2 && r->counts[THING_PARTS] == 2);
	CHECK(rec_int(r->many[THING_PARTS].r[0], PART_POSITION) == 0);
	CHECK(rec_int(r->many[THING_PARTS].r[1], PART_POSITION) == 1);
	CHECK_STR(fates(s.a, r), "PQ");
	shop_end(&s);
}

void
test_merge__members_are_replaced_one_by_one(void)
{
	static const struct {
		const char *body;
		int field;
		const char *want;
		bool changed;
	} rows[] = {
		{ "{}", THING_PRICE, "5.00", false },
		{ "{\"price\":5.00}", THING_PRICE, "5.00", false },
		{ "{\"price\":6}", THING_PRICE, "6.00", true },
		{ "{\"price\":null}", THING_PRICE, "null", true },
		{ "{\"label\":null}", THING_LABEL, "null", false },
		{ "{\"name\":\"Lamp\"}", THING_NAME, "\"Lamp\"", false },
		{ "{\"name\":{\"es\":\"M\"}}", THING_NAME, "\"Lamp\"", true },
		{ "{\"facets\":{\"a\":\"1\"}}", THING_FACETS, "{\"a\":\"1\",\"b\":\"2\"}", false },
		{ "{\"facets\":{\"a\":null}}", THING_FACETS, "{\"b\":\"2\"}", true },
		{ "{\"facets\":{\"c\":3}}", THING_FACETS, "{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}",
			true },
		{ "{\"facets\":{\"a\":null,\"b\":null}}", THING_FACETS, "null", true },
		{ "{\"facets\":null}", THING_FACETS, "null", true },
		{ "{\"facets\":{}}", THING_FACETS, "{\"a\":\"1\",\"b\":\"2\"}", false },
		{ "{\"since\":\"2026-01-15T10:30:00Z\"}", THING_SINCE, "\"2026-01-15T10:30:00Z\"",
			false },
		{ "{\"serial\":\"x\"}", THING_SERIAL, "null", false },
		{ "{\"state\":null}", THING_STATE, "\"draft\"", false },
	};
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct patched p;

		tap_row("%s", rows[i].body);
		p = patch(&s, rows[i].body);
		CHECK_STR(faults_of(s.a, p.e), "");
		CHECK_STR(shown(&s.cx, p.now, rows[i].field), rows[i].want);
		CHECK(merge_changed(p.now, p.was) == rows[i].changed);
	}
	shop_end(&s);
}

void
test_merge__languages_are_patched_alone(void)
{
	static const struct {
		const char *name, *own, *more; /* more NULL: none is left */
	} rows[] = {
		{ "\"Luz\"", "Luz", "{\"es\":\"L\"}" },
		{ "{\"en\":\"Luz\"}", "Luz", "{\"es\":\"L\"}" },
		{ "{\"es\":\"M\"}", "Lamp", "{\"es\":\"M\"}" },
		{ "{\"es\":null}", "Lamp", NULL },
		{ "{\"fr\":\"F\"}", "Lamp", "{\"es\":\"L\",\"fr\":\"F\"}" },
		{ "{\"fr\":null}", "Lamp", "{\"es\":\"L\"}" },
		{ "{\"en\":\"A\",\"es\":null,\"fr\":\"F\"}", "A", "{\"fr\":\"F\"}" },
	};
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct patched p;

		tap_row("%s", rows[i].name);
		p = patch(&s, str_fmt(s.a, "{\"name\":%s}", rows[i].name).p);
		CHECK(!p.e);
		CHECK_STR(p.now->v[THING_NAME].s, rows[i].own);
		CHECK(str_eq(p.now->v[THING_NAME].more, str_of(rows[i].more)));
	}
	shop_end(&s);
}

void
test_merge__links_and_metadata(void)
{
	static const struct {
		const char *body;
		size_t tags;
		const char *metadata; /* NULL: absent */
		bool changed;
	} rows[] = {
		{ "{\"tags\":[\"x\",\"y\"]}", 2, "{\"k\":\"v\"}", false },
		{ "{\"tags\":[\"y\",\"x\"]}", 2, "{\"k\":\"v\"}", true },
		{ "{\"tags\":[]}", 0, "{\"k\":\"v\"}", true },
		{ "{\"tags\":null}", 0, "{\"k\":\"v\"}", true },
		{ "{\"metadata\":{\"k\":\"v\"}}", 2, "{\"k\":\"v\"}", false },
		{ "{\"metadata\":{\"l\":1}}", 2, "{\"k\":\"v\",\"l\":\"1\"}", true },
		{ "{\"metadata\":{\"k\":null}}", 2, NULL, true },
		{ "{\"metadata\":{\"z\":null}}", 2, "{\"k\":\"v\"}", false },
		{ "{\"metadata\":{}}", 2, "{\"k\":\"v\"}", false },
		{ "{\"metadata\":null}", 2, NULL, true },
	};
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct patched p;

		tap_row("%s", rows[i].body);
		p = patch(&s, rows[i].body);
		CHECK(!p.e && p.now->link[THING_TAGS].n == rows[i].tags);
		CHECK(str_eq(p.now->metadata, str_of(rows[i].metadata)));
		CHECK(merge_changed(p.now, p.was) == rows[i].changed);
	}
	shop_end(&s);
}

#define P_ID "\"id\":\"part_001\""
#define Q_ID "\"id\":\"part_002\""

void
test_merge__children_are_matched_by_id_or_key(void)
{
	static const struct {
		const char *parts, *fates;
		int64_t count;
	} rows[] = {
		{ "", "PQ", 2 },
		{ "{" P_ID "}", "PQ", 2 },
		{ "{\"code\":\"P\"}", "PQ", 2 },
		{ "{\"code\":\"P\",\"title\":\"First\"}", "PQ", 2 },
		{ "{\"code\":\"P\",\"title\":\"New\"}", "P*Q", 2 },
		{ "{" Q_ID ",\"title\":\"New\"}", "PQ*", 2 },
		{ "{" P_ID ",\"code\":\"R\"}", "R*Q", 2 },
		{ "{" P_ID ",\"code\":\"Q\"},{" Q_ID ",\"code\":\"P\"}", "Q*P*", 2 },
		{ "{\"code\":\"R\"}", "PQR+", 3 },
		{ "{\"code\":\"p\"}", "PQp+", 3 },
		{ "{\"code\":\"R\"},{\"code\":\"R\"}", "PQR+R+", 4 },
		{ "{" P_ID ",\"_delete\":true}", "P-Q", 1 },
		{ "{\"code\":\"P\",\"_delete\":true}", "P-Q", 1 },
		{ "{" P_ID ",\"_delete\":true,\"title\":\"New\"}", "P-Q", 1 },
		{ "{" P_ID ",\"_delete\":false}", "PQ", 2 },
		{ "{" P_ID ",\"_delete\":true},{" Q_ID ",\"_delete\":true}", "P-Q-", 0 },
		{ "{" P_ID ",\"_delete\":true},{\"code\":\"P\"}", "P-QP+", 2 },
		{ "{" P_ID ",\"_delete\":true},{" Q_ID ",\"code\":\"P\"}", "P-P*", 1 },
		{ "{" P_ID ",\"version\":3,\"title\":\"New\"}", "P*Q", 2 },
	};
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct patched p;

		tap_row("%s", rows[i].parts);
		p = patch(&s, str_fmt(s.a, "{\"parts\":[%s]}", rows[i].parts).p);
		CHECK_STR(faults_of(s.a, p.e), "");
		CHECK_STR(fates(s.a, p.now), rows[i].fates);
		CHECK(p.now->counts[THING_PARTS] == rows[i].count);
		CHECK_STR(fates(s.a, p.was), "PQ");
		CHECK(merge_changed(p.now, p.was) == (strcmp(rows[i].fates, "PQ") != 0));
	}
	shop_end(&s);
}

void
test_merge__faults_that_only_the_stored_state_shows(void)
{
	static const struct {
		const char *body, *faults;
	} rows[] = {
		{ "{\"since\":\"2026-01-16T10:30:00Z\"}", "since create_only" },
		{ "{\"since\":null}", "since create_only" },
		{ "{\"facets\":{\"c\":\"3\",\"d\":\"4\"}}", "facets too_many" },
		{ "{\"note\":{\"es\":\"L\"}}", "note language" },
		{ "{\"parts\":[{\"id\":\"part_003\"}]}", "parts[0] unknown" },
		{ "{\"parts\":[{\"id\":\"part_003\",\"_delete\":true}]}", "parts[0] unknown" },
		{ "{\"parts\":[{\"code\":\"Z\",\"_delete\":true}]}", "parts[0] unknown" },
		{ "{\"parts\":[{\"title\":\"x\"}]}", "parts[0].code required" },
		{ "{\"parts\":[{\"code\":\"R\",\"title\":{\"es\":\"x\"}}]}",
			"parts[0].title language" },
		{ "{\"parts\":[{\"code\":\"R\"},{\"code\":\"S\"},{\"code\":\"T\"}]}",
			"parts too_many" },
		{ "{\"parts\":[{" P_ID ",\"version\":2}]}", "parts[0].version version_mismatch" },
		{ "{\"parts\":[{" P_ID ",\"version\":2,\"_delete\":true}]}",
			"parts[0].version version_mismatch" },
		{ "{\"parts\":[{" P_ID "},{" P_ID "}]}", "parts[1] twice" },
		{ "{\"parts\":[{" P_ID ",\"_delete\":true},{" P_ID "}]}", "parts[1] twice" },
		{ "{\"parts\":[{" P_ID ",\"title\":\"a\"},{\"code\":\"P\",\"title\":\"b\"}]}",
			"parts[1] twice" },
		{ "{\"parts\":[{\"code\":\"Q\",\"facets\":{\"d\":\"1\",\"e\":\"1\"}}]}",
			"parts[0].facets too_many" },
		{ "{\"since\":null,\"parts\":[{\"id\":\"part_003\"},{" P_ID ",\"version\":9}]}",
			"since create_only,parts[0] unknown,parts[1].version version_mismatch" },
	};
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct patched p;

		tap_row("%s", rows[i].body);
		p = patch(&s, rows[i].body);
		CHECK(p.e && p.e->code == ERR_VALIDATION);
		CHECK_STR(faults_of(s.a, p.e), rows[i].faults);
	}
	shop_end(&s);
}

void
test_merge__metadata_keeps_to_its_limit(void)
{
	struct shop s;
	struct buf b;
	struct patched p;

	shop_begin(&s);
	buf_init(&b, s.a, 1024, (size_t)1 << 16);
	buf_z(&b, "{\"metadata\":{\"k\":null");
	for (int i = 0; i < 50; i++)
		buf_fmt(&b, ",\"k%d\":%d", i, i);
	buf_put(&b, "}}", 3);
	p = patch(&s, b.p);
	CHECK_STR(faults_of(s.a, p.e), "");
	CHECK(map_count(s.a, p.now->metadata) == 50);
	buf_init(&b, s.a, 1024, (size_t)1 << 16);
	buf_z(&b, "{\"metadata\":{\"l\":1");
	for (int i = 0; i < 49; i++)
		buf_fmt(&b, ",\"k%d\":%d", i, i);
	buf_put(&b, "}}", 3);
	p = patch(&s, b.p);
	CHECK_STR(faults_of(s.a, p.e), "metadata too_many");
	shop_end(&s);
}

void
test_merge__new_and_changed_children_are_numbered(void)
{
	struct shop s;
	struct patched p;
	const struct rec *const *c;

	shop_begin(&s);
	p = patch(&s,
		"{\"parts\":[{\"code\":\"P\",\"title\":\"New\",\"position\":null},{\"code\":\"R\"},"
		"{\"code\":\"S\",\"position\":0}]}");
	CHECK(!p.e);
	c = (const struct rec *const *)p.now->many[THING_PARTS].r;
	CHECK(c[0]->version == 4 && c[1]->version == 3 && c[2]->version == 1);
	CHECK(c[0]->id.n == 1 && c[2]->id.n > 2 && c[3]->id.n > c[2]->id.n);
	CHECK(c[2]->parent.n == 9);
	CHECK(rec_int(c[0], PART_POSITION) == 2);
	CHECK(rec_int(c[1], PART_POSITION) == 1);
	CHECK(rec_int(c[2], PART_POSITION) == 2 && rec_int(c[3], PART_POSITION) == 0);
	CHECK(p.was->many[THING_PARTS].r[0]->version == 3);
	shop_end(&s);
}

void
test_merge__sorts_children_by_fate(void)
{
	struct shop s;
	struct patched p;

	shop_begin(&s);
	p = patch(
		&s, "{\"parts\":[{" P_ID ",\"_delete\":true},{\"code\":\"R\"},{\"code\":\"S\"}]}");
	CHECK(merge_of_fate(s.a, p.now, THING_PARTS, CHILD_REMOVED).n == 1);
	CHECK(merge_of_fate(s.a, p.now, THING_PARTS, CHILD_ADDED).n == 2);
	CHECK(merge_of_fate(s.a, p.now, THING_PARTS, CHILD_CHANGED).n == 0);
	CHECK(merge_of_fate(s.a, p.now, THING_PARTS, CHILD_KEPT).r[0]->id.n == 2);
	CHECK(merge_of_fate(s.a, p.was, THING_PARTS, CHILD_KEPT).n == 2);
	shop_end(&s);
}
