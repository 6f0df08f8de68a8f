/* Bodies against the descriptor: what is taken, and every fault of what is not, with its path. */
#include "model/write.h"

#include "tap.h"
#include "thing.h"

#define LEAST "\"name\":\"Lamp\",\"code\":\"L-1\""

static struct err *
read_body(struct shop *s, const char *body, bool create, struct rec **r)
{
	return validate(&s->cx, &thing, json_of(s->a, body), create, r);
}

struct body {
	const char *body, *faults;
};

static void
check_bodies(const struct body *rows, size_t n, bool create)
{
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < n; i++) {
		struct rec *r = NULL;
		struct err *e;

		tap_row("%s", rows[i].body);
		e = read_body(&s, rows[i].body, create, &r);
		CHECK_STR(faults_of(s.a, e), rows[i].faults);
		CHECK(!e || e->code == ERR_VALIDATION);
		CHECK(r != NULL);
	}
	shop_end(&s);
}

void
test_validate__creates_are_taken(void)
{
	static const struct body rows[] = {
		{ "{" LEAST "}", "" },
		{ "{" LEAST ",\"label\":null}", "" },
		{ "{" LEAST ",\"id\":\"whatever\",\"object\":1,\"created_at\":5}", "" },
		{ "{" LEAST ",\"updated_at\":null,\"archived_at\":null,\"version\":1}", "" },
		{ "{" LEAST ",\"serial\":5,\"secret\":[]}", "" },
		{ "{" LEAST ",\"tags\":[\"a\",\"b\",\"a\"]}", "" },
		{ "{" LEAST ",\"tags\":null}", "" },
		{ "{" LEAST ",\"parts\":[]}", "" },
		{ "{" LEAST ",\"parts\":[{\"code\":\"P\"},{\"code\":\"Q\",\"thing_id\":\"x\"}]}",
			"" },
		{ "{" LEAST ",\"metadata\":{\"a\":\"1\",\"b\":2,\"c\":true,\"d\":null}}", "" },
		{ "{" LEAST ",\"metadata\":null}", "" },
	};

	check_bodies(rows, COUNT(rows), true);
}

void
test_validate__faults_of_a_create_are_all_named(void)
{
	static const struct body rows[] = {
		{ "{}", "name required,code required" },
		{ "{\"name\":null,\"code\":null}", "name required,code required" },
		{ "{\"name\":5}", "name type,code required" },
		{ "{\"name\":{\"xx\":\"a\"},\"code\":\"L-1\"}", "name.xx language,name language" },
		{ "{" LEAST ",\"price\":\"x\",\"pieces\":-1}", "price type,pieces too_small" },
		{ "{" LEAST ",\"prize\":1}", "prize unknown_field" },
		{ "{" LEAST ",\"Name\":\"x\"}", "Name unknown_field" },
		{ "{" LEAST ",\"\":1}", "unknown_field" },
		{ "{" LEAST ",\"hash\":\"x\"}", "hash unknown_field" },
		{ "{" LEAST ",\"thing_id\":\"x\"}", "thing_id unknown_field" },
		{ "{" LEAST ",\"_delete\":true}", "_delete unknown_field" },
		{ "{" LEAST ",\"version\":0}", "version type" },
		{ "{" LEAST ",\"version\":\"1\"}", "version type" },
		{ "{" LEAST ",\"version\":null}", "version type" },
		{ "{" LEAST ",\"tags\":\"a\"}", "tags type" },
		{ "{" LEAST ",\"tags\":[\"a\",1,\"\",null]}", "tags too_many" },
		{ "{" LEAST ",\"tags\":[1,\"\",null]}", "tags[0] type,tags[1] type,tags[2] type" },
		{ "{" LEAST ",\"parts\":null}", "parts type" },
		{ "{" LEAST ",\"parts\":{}}", "parts type" },
		{ "{" LEAST ",\"parts\":[{},{},{},{},{}]}", "parts too_many" },
		{ "{" LEAST ",\"parts\":[5,{\"code\":\"P\"},null]}",
			"parts[0] type,parts[2] type" },
		{ "{" LEAST ",\"parts\":[{\"code\":\"P\"},{\"title\":\"x\"}]}",
			"parts[1].code required" },
		{ "{" LEAST ",\"parts\":[{\"code\":\"P\",\"cost\":-1,\"colour\":1}]}",
			"parts[0].cost too_small,parts[0].colour unknown_field" },
		{ "{" LEAST ",\"parts\":[{\"code\":\"P\",\"id\":\"thg_01h\"}]}",
			"parts[0].id not_an_id" },
		{ "{" LEAST ",\"parts\":[{\"code\":\"P\",\"_delete\":\"true\"}]}",
			"parts[0]._delete type" },
		{ "{" LEAST ",\"metadata\":[]}", "metadata type" },
		{ "{" LEAST ",\"metadata\":{\"a\":{}}}", "metadata.a type" },
	};

	check_bodies(rows, COUNT(rows), true);
}

void
test_validate__patches_need_nothing(void)
{
	static const struct body rows[] = {
		{ "{}", "" },
		{ "{\"label\":null}", "" },
		{ "{\"name\":{\"es\":\"L\"}}", "" },
		{ "{\"name\":{\"es\":null}}", "" },
		{ "{\"parts\":[{}]}", "" },
		{ "{\"parts\":[{\"id\":\"part_01h\",\"_delete\":true}]}", "" },
		{ "{\"facets\":{\"a\":null,\"b\":\"1\",\"c\":\"2\",\"d\":\"3\"}}", "" },
		{ "{\"name\":null}", "name required" },
		{ "{\"name\":{\"en\":null}}", "name language" },
		{ "{\"code\":null}", "code required" },
		{ "{\"parts\":[{\"code\":null}]}", "parts[0].code required" },
		{ "{\"parts\":[{\"_delete\":1}]}", "parts[0]._delete type" },
		{ "{\"parts\":[{\"_delete\":null}]}", "parts[0]._delete type" },
		{ "{\"parts\":[{\"version\":-1}]}", "parts[0].version type" },
	};

	check_bodies(rows, COUNT(rows), false);
}

void
test_validate__refuses_a_body_that_is_no_object(void)
{
	static const char *const bodies[] = { "null", "[]", "\"x\"", "5", "true" };
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < COUNT(bodies); i++) {
		struct rec *r;
		struct err *e;

		tap_row("%s", bodies[i]);
		e = read_body(&s, bodies[i], true, &r);
		CHECK(e && e->code == ERR_VALIDATION && !e->ndetails);
		CHECK(e && str_starts(e->message, STR("the body must be an object, not ")));
	}
	shop_end(&s);
}

void
test_validate__says_what_was_probably_meant(void)
{
	static const struct {
		const char *body, *nearest; /* NULL: nothing */
	} rows[] = {
		{ "{\"pirce\":1}", "price" },
		{ "{\"part\":[]}", "parts" },
		{ "{\"metdata\":{}}", "metadata" },
		{ "{\"parts\":[{\"tittle\":\"x\"}]}", "title" },
		{ "{\"hahs\":\"x\"}", NULL },
		{ "{\"serail\":\"x\"}", NULL },
		{ "{\"quite another thing\":1}", NULL },
	};
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rec *r;
		struct err *e;

		tap_row("%s", rows[i].body);
		e = read_body(&s, rows[i].body, false, &r);
		if (!CHECK(e && e->ndetails == 1))
			continue;
		CHECK(str_eq(e->details->nearest, str_of(rows[i].nearest)));
	}
	shop_end(&s);
}

void
test_validate__a_create_begins_with_the_initial_values(void)
{
	struct shop s;
	struct rec *r;

	shop_begin(&s);
	CHECK(!read_body(&s, "{" LEAST ",\"pieces\":7,\"state\":null}", true, &r));
	CHECK_STR(shown(&s.cx, r, THING_OPEN), "true");
	CHECK_STR(shown(&s.cx, r, THING_PIECES), "7");
	CHECK_STR(shown(&s.cx, r, THING_STATE), "\"draft\"");
	CHECK_STR(shown(&s.cx, r, THING_LABEL), "null");
	CHECK_STR(shown(&s.cx, r, THING_SERIAL), "null");
	CHECK_STR(shown(&s.cx, r, THING_SECRET), "unset");
	CHECK(!r->many[THING_PARTS].given && !r->link[THING_TAGS].given && !r->metadata_given);
	shop_end(&s);
}

void
test_validate__a_patch_holds_what_was_given_and_no_more(void)
{
	struct shop s;
	struct rec *r;

	shop_begin(&s);
	CHECK(!read_body(&s,
		"{\"label\":null,\"pieces\":null,\"price\":1.5,\"serial\":\"mine\",\"tags\":[\"b\","
		"\"a\","
		"\"b\"],\"metadata\":null,\"version\":4}",
		false, &r));
	CHECK_STR(shown(&s.cx, r, THING_LABEL), "null");
	CHECK_STR(shown(&s.cx, r, THING_PIECES), "5");
	CHECK_STR(shown(&s.cx, r, THING_PRICE), "1.50");
	CHECK_STR(shown(&s.cx, r, THING_SERIAL), "unset");
	CHECK_STR(shown(&s.cx, r, THING_NAME), "unset");
	CHECK_STR(shown(&s.cx, r, THING_OPEN), "unset");
	CHECK(r->link[THING_TAGS].n == 2);
	CHECK_STR(r->link[THING_TAGS].s[0], "b");
	CHECK(r->metadata_given && r->metadata_cleared && r->version_wanted == 4);
	shop_end(&s);
}

void
test_validate__children_know_where_they_stand(void)
{
	struct shop s;
	struct rec *r, *second;

	shop_begin(&s);
	CHECK(!read_body(&s,
		"{\"parts\":[{\"code\":\"P\"},{\"id\":\"part_01h\",\"version\":3,\"_delete\":true}]"
		"}",
		false, &r));
	if (CHECK(r->many[THING_PARTS].n == 2 && r->many[THING_PARTS].given)) {
		second = r->many[THING_PARTS].r[1];
		CHECK(second->resource == &part && second->remove && second->version_wanted == 3);
		CHECK_STR(second->path, "parts[1]");
		CHECK_STR(rec_path(s.a, second, STR("code")), "parts[1].code");
		CHECK_STR(rec_id_text(s.a, second), "part_01h");
		CHECK_STR(shown(&s.cx, r->many[THING_PARTS].r[0], PART_TITLE), "unset");
	}
	shop_end(&s);
}

void
test_validate__scoped_fields_need_their_scope(void)
{
	static const struct {
		const char *scope, *body, *faults;
	} rows[] = {
		{ "things:cost", "{\"cost\":1}", "" },
		{ "*", "{\"cost\":1,\"parts\":[{\"cost\":1}]}", "" },
		{ "things:write", "{\"price\":1}", "" },
		{ "things:write", "{\"cost\":1}", "cost scope" },
		{ "things:write", "{\"cost\":null}", "cost scope" },
		{ "things:write", "{\"cost\":\"x\"}", "cost scope" },
		{ "things:cos", "{\"parts\":[{\"cost\":1}]}", "parts[0].cost scope" },
	};
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str scope = str_of(rows[i].scope);
		struct rec *r;

		tap_row("%s %s", rows[i].scope, rows[i].body);
		s.cx.scopes = (struct scopes){ &scope, 1 };
		CHECK_STR(faults_of(s.a, read_body(&s, rows[i].body, false, &r)), rows[i].faults);
	}
	s.cx.scopes = (struct scopes){ 0 };
	shop_end(&s);
}

void
test_validate__looks_for_no_more_than_a_hundred_faults(void)
{
	struct shop s;
	struct buf b;
	struct rec *r;
	struct err *e;

	shop_begin(&s);
	buf_init(&b, s.a, 4096, (size_t)1 << 16);
	for (int i = 0; i < 150; i++)
		buf_fmt(&b, "%c\"x%d\":1", i ? ',' : '{', i);
	buf_put(&b, "}", 2);
	e = read_body(&s, b.p, false, &r);
	CHECK(e && e->ndetails == 100);
	shop_end(&s);
}
