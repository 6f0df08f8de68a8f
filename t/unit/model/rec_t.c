/* Records in memory: typed access, copies, comparing, and where their faults stand. */
#include "model/rec.h"

#include "tap.h"
#include "thing.h"

void
test_rec__begins_unset(void)
{
	struct shop s;
	struct rec *r;

	shop_begin(&s);
	r = rec_new(s.a, &thing);
	for (int i = 0; i < THING__MAX; i++)
		CHECK(r->v[i].state == VALUE_UNSET && !rec_has(r, i));
	CHECK(!r->id.n && !r->version && !r->metadata.p && !r->many[THING_PARTS].n);
	shop_end(&s);
}

void
test_rec__gives_back_what_was_set(void)
{
	struct shop s;
	struct rec *r;

	shop_begin(&s);
	r = rec_new(s.a, &thing);
	rec_set_bool(r, THING_OPEN, true);
	rec_set_int(r, THING_PIECES, 7);
	rec_set_money(r, THING_PRICE, 199);
	rec_set_money(r, THING_FEE, INT64_MAX);
	rec_set_choice(r, THING_STATE, 1);
	rec_set_time(r, THING_SINCE, 1);
	rec_set_ref(r, THING_OWNER, (struct id){ 3 });
	rec_set_str(r, THING_NAME, STR("Lamp"));
	rec_set_str(r, THING_FACETS, STR("{}"));
	rec_set_null(r, THING_LABEL);
	CHECK(rec_bool(r, THING_OPEN) && rec_int(r, THING_PIECES) == 7);
	CHECK(rec_money(r, THING_PRICE) == 199 && rec_money(r, THING_FEE) == INT64_MAX);
	CHECK(rec_choice(r, THING_STATE) == 1 && rec_time(r, THING_SINCE) == 1);
	CHECK(rec_ref(r, THING_OWNER).n == 3 && !rec_has(r, THING_LABEL));
	CHECK_STR(rec_str(r, THING_NAME), "Lamp");
	CHECK_STR(shown(&s.cx, r, THING_STATE), "\"active\"");
	CHECK(!rec_str(r, THING_LABEL).p);
	shop_end(&s);
}

void
test_rec__a_copy_is_its_own(void)
{
	struct shop s;
	struct rec *r, *c, *child;

	shop_begin(&s);
	r = rec_new(s.a, &thing);
	child = rec_new(s.a, &part);
	child->id = (struct id){ 4 };
	r->many[THING_PARTS] = (struct recs){ &child, 1, true };
	r->counts[THING_PARTS] = 1;
	r->version = 3;
	rec_set_int(r, THING_PIECES, 7);
	c = rec_copy(s.a, r);
	CHECK(c->version == 3 && rec_int(c, THING_PIECES) == 7 && c->counts[THING_PARTS] == 1);
	rec_set_int(c, THING_PIECES, 8);
	rec_set_str(c->many[THING_PARTS].r[0], PART_CODE, STR("P"));
	c->counts[THING_PARTS] = 2;
	CHECK(rec_int(r, THING_PIECES) == 7 && r->counts[THING_PARTS] == 1);
	CHECK(!rec_has(child, PART_CODE));
	CHECK(rec_child(c, THING_PARTS, (struct id){ 4 }) == c->many[THING_PARTS].r[0]);
	CHECK(!rec_child(c, THING_PARTS, (struct id){ 5 }));
	CHECK(!rec_child(NULL, THING_PARTS, (struct id){ 4 }));
	shop_end(&s);
}

void
test_rec__changes(void)
{
	struct shop s;
	struct rec *was, *now;

	shop_begin(&s);
	was = rec_new(s.a, &thing);
	now = rec_new(s.a, &thing);
	CHECK(!rec_changed(now, was, THING_PIECES) && !rec_changed(now, NULL, THING_PIECES));
	rec_set_null(now, THING_PIECES);
	CHECK(!rec_changed(now, was, THING_PIECES) && !rec_changed(now, NULL, THING_PIECES));
	rec_set_int(now, THING_PIECES, 0);
	CHECK(rec_changed(now, was, THING_PIECES) && rec_changed(now, NULL, THING_PIECES));
	rec_set_int(was, THING_PIECES, 0);
	CHECK(!rec_changed(now, was, THING_PIECES));
	rec_set_int(was, THING_PIECES, 1);
	CHECK(rec_changed(now, was, THING_PIECES) && rec_changed(was, now, THING_PIECES));
	shop_end(&s);
}

void
test_rec__lists_of_names_compare_in_order(void)
{
	struct str ab[] = { { "a", 1 }, { "b", 1 } }, ba[] = { { "b", 1 }, { "a", 1 } };
	const struct strs none = { NULL, 0, false }, given = { NULL, 0, true };
	const struct strs one = { ab, 1, true }, two = { ab, 2, true }, turned = { ba, 2, true };

	CHECK(strs_same(&none, &given) && strs_same(&two, &two));
	CHECK(!strs_same(&one, &two) && !strs_same(&two, &turned) && !strs_same(&none, &one));
}

void
test_rec__a_fault_says_where(void)
{
	struct shop s;
	struct rec *r;
	struct err *e;

	shop_begin(&s);
	r = rec_new(s.a, &part);
	e = rec_refuse(&s.cx, r, PART_CODE, REASON_PATTERN, "is %s", "odd");
	CHECK(e->code == ERR_VALIDATION);
	CHECK_STR(faults_of(s.a, e), "code pattern");
	CHECK_STR(e->details->message, "is odd");
	r->path = STR("parts[2]");
	CHECK_STR(faults_of(s.a, rec_refuse(&s.cx, r, PART_CODE, REASON_PATTERN, "is %d%%", 5)),
		"parts[2].code pattern");
	r->id = (struct id){ 5 };
	CHECK_STR(rec_id_text(s.a, r), "part_005");
	shop_end(&s);
}
