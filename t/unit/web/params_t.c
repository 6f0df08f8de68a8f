/* The query string: cut before it is decoded, bounded, and refused by name. */
#include "web/params.h"

#include "tap.h"

static const struct choice statuses[] = { { "draft", "" }, { "active", "" } };

static const struct field fields[] = {
	STRING("name", DOC("Its name."), .flags = F_FILTER | F_SORT | F_SEARCH, .max = 20,
		.example = "x", .index = "name"),
	INTEGER("size", DOC("Its size."), .flags = F_FILTER | F_SORT, .max = 100, .example = "1",
		.index = "size"),
	INTEGER("weight", DOC("Its weight."), .max = 100, .example = "1"),
	ENUM("status", statuses, DOC("Its status."), .flags = F_FILTER, .example = "draft",
		.initial = "draft", .index = "status"),
};

static const struct shorthand shorthands[] = { SHORT("state", "status", DOC("Of a status.")) };

static const struct operation operations[2];
static const struct resource thing = {
	.name = "thing",
	.plural = "things",
	.prefix = "thing",
	.table = "things",
	DOC("A thing."),
	FIELDS(fields),
	SHORTHANDS(shorthands),
	OPERATIONS(operations),
	.verbs = V_CRUD,
	SCOPES("things"),
	EVENTS("thing"),
	NO_STATUS,
	PLAN,
};

static const struct field asked_fields[] = {
	STRING("name", DOC("A name."), .flags = F_REQUIRED, .max = 20, .example = "x"),
	INTEGER("size", DOC("A size."), .min = 1, .max = 100, .initial = "7"),
	TIME("date_from", DOC("From then on.")),
	TIME("date_to", DOC("Until then.")),
	LIST("words", DOC("Words."), .max = 2),
	BOOL("open", DOC("Whether it is open.")),
};
static const struct resource asked = SHAPE("asked", asked_fields, DOC("What is asked."));
static operation_fn run;
static const struct operation operations[] = {
	OPERATION("ask", "GET", "things/ask", run, .scope = "things:read", .input = &asked,
		.output = &thing, DOC("Asks.")),
	OPERATION("forget", "DELETE", "things/forget", run, .scope = "things:write", .writes = true,
		DOC("Forgets.")),
};

static struct err *
run(struct ctx *c UNUSED, const struct operation_call *call UNUSED, struct rec **out UNUSED)
{
	return NULL;
}

static struct arena *a;
static struct params params;
static struct ctx cx;
static struct query q;
static struct str warning;

static struct err *
read_query(const char *query)
{
	return params_read(a, str_of(query), &params);
}

static void
begin(void)
{
	static const struct resource *const all[] = { &thing, NULL };
	static const struct str star = { "*", 1 };
	static struct arena *forever;

	a = arena_new("test", 1 << 22);
	cx = (struct ctx){
		.arena = a, .scopes = { &star, 1 }, .currency = STR("USD"), .currency_digits = 2
	};
	if (!forever) {
		struct err *e;

		forever = arena_new("link", 1 << 22);
		e = model_link(forever, all);

		for (struct err_detail *d = e ? e->details : NULL; d; d = d->next)
			printf("# %.*s: %.*s\n", STRF(d->field), STRF(d->message));
		CHECK(!e);
	}
}

/* The list request that a query string asks for. */
static struct err *
ask(const char *query)
{
	struct err *e = read_query(query);

	CHECK(!e);
	query_init(&q, &thing);
	return params_query(&cx, &params, &q, &warning);
}

void
test_params__decodes_after_it_splits(void)
{
	begin();
	CHECK(!read_query("a=1%262&b%3D=x&&c&d=&e=a+b%2B&f=%C3%A9"));
	CHECK(params.n == 6);
	CHECK_STR(params.p[0].value, "1&2");
	CHECK_STR(params.p[1].name, "b=");
	CHECK_STR(params.p[1].value, "x");
	CHECK_STR(params.p[2].name, "c");
	CHECK(params.p[2].value.p && !params.p[2].value.n);
	CHECK(params.p[3].value.p && !params.p[3].value.n);
	CHECK_STR(params.p[4].value, "a b+");
	CHECK_STR(params.p[5].value, "\xc3\xa9");
	arena_free(a);
}

void
test_params__joins_what_is_repeated(void)
{
	begin();
	CHECK(!read_query("f=a&g=1&f=b%2Cc&f="));
	CHECK(params.n == 2);
	CHECK_STR(params.p[0].value, "a,b,c,");
	CHECK_STR(params.p[1].value, "1");
	arena_free(a);
}

void
test_params__no_query_is_no_parameter(void)
{
	begin();
	CHECK(!params_read(a, (struct str){ 0 }, &params) && params.n == 0);
	CHECK(!read_query("") && params.n == 0);
	CHECK(!read_query("&&&") && params.n == 0);
	arena_free(a);
}

void
test_params__refuses_what_is_not_encoded_utf8(void)
{
	static const char *const queries[] = { "a=%", "a=%1", "a=%zz", "a=%ff", "a=%00", "%ff=a",
		"a=\xc3", "a=%C3%28", "a=%ED%A0%80" };

	begin();
	for (size_t i = 0; i < COUNT(queries); i++) {
		struct err *e = read_query(queries[i]);

		tap_row("%s", queries[i]);
		CHECK(e && e->code == ERR_MALFORMED);
	}
	arena_free(a);
}

void
test_params__refuses_more_than_a_hundred(void)
{
	struct buf b;
	struct err *e;

	begin();
	buf_init(&b, a, 1024, 4096);
	for (int i = 0; i < PARAMS_MAX; i++)
		buf_fmt(&b, "p%d=1&", i);
	CHECK(!params_read(a, buf_view(&b), &params) && params.n == PARAMS_MAX);
	buf_z(&b, "p0=2");
	e = params_read(a, buf_view(&b), &params);
	CHECK(e && e->code == ERR_QUERY);
	arena_free(a);
}

void
test_params__a_form_has_each_field_once(void)
{
	static const struct {
		const char *body;
		size_t n; /* 0: refused */
	} cases[] = {
		{ "a=1", 1 },
		{ "a=1&b=", 2 },
		{ "a=1&&b=2", 2 },
		{ "a=1&a=1", 0 },
		{ "a=1&%61=2", 0 },
		{ "a=%", 0 },
		{ "a=%ff", 0 },
		{ "a=%00", 0 },
		{ "a\xff=1", 0 },
	};
	struct params p;

	begin();
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err *e = params_form(cx.arena, str_of(cases[i].body), &p);

		tap_row("%s", cases[i].body);
		if (cases[i].n)
			CHECK(!e && p.n == cases[i].n);
		else
			CHECK(e && e->code == ERR_MALFORMED && e->reason == REASON_BAD_FORM);
	}
	CHECK(!params_form(cx.arena, STR("to+you=a%2Bb+c%26"), &p));
	CHECK_STR(p.p[0].name, "to you");
	CHECK_STR(p.p[0].value, "a+b c&");
	arena_free(a);
}

void
test_params__a_form_has_at_most_a_hundred_fields(void)
{
	struct params p;
	struct buf b;

	begin();
	buf_init(&b, cx.arena, 1024, 4096);
	for (int i = 0; i < PARAMS_MAX; i++)
		buf_fmt(&b, "f%d=1&", i);
	CHECK(!params_form(cx.arena, buf_view(&b), &p) && p.n == PARAMS_MAX);
	buf_z(&b, "one=1");
	CHECK(params_form(cx.arena, buf_view(&b), &p) != NULL);
	arena_free(a);
}

void
test_params__a_list_has_defaults(void)
{
	begin();
	CHECK(!ask(""));
	CHECK(q.limit == LIMIT_DEFAULT && q.page == 1 && !q.keyset && !q.nfilters);
	CHECK(!warning.n && q.view.fields != 0);
	arena_free(a);
}

void
test_params__a_list_takes_what_it_knows(void)
{
	begin();
	CHECK(!ask("page=3&limit=20&sort=-size&filter[size][gte]=5&filter%5Bname%5D=x&state=active"
		   "&fields=name&search=lamp"));
	CHECK(q.page == 3 && q.limit == 20 && q.nsorts == 1 && q.sorts[0].descending);
	CHECK(q.nfilters == 3);
	CHECK(q.filters[0].field == 1 && q.filters[0].op == OP_GTE);
	CHECK(q.filters[1].field == 0 && q.filters[1].op == OP_EQ);
	CHECK(q.filters[2].field == 3);
	CHECK_STR(q.search, "lamp");
	arena_free(a);
}

void
test_params__a_cursor_is_a_mode_even_if_empty(void)
{
	begin();
	CHECK(!ask("cursor=") && q.keyset && !q.cursor.n);
	CHECK(!ask("cursor=abc&limit=7") && q.keyset && q.limit == 7);
	CHECK_STR(q.cursor, "abc");
	arena_free(a);
}

void
test_params__a_large_limit_is_lowered_and_said(void)
{
	begin();
	CHECK(!ask("limit=200") && q.limit == 200 && !warning.n);
	CHECK(!ask("limit=201") && q.limit == 200 && warning.n);
	CHECK(!ask("limit=2147483647") && q.limit == 200 && warning.n);
	arena_free(a);
}

void
test_params__a_list_refuses_by_name(void)
{
	static const struct {
		const char *query, *field, *nearest;
	} cases[] = {
		{ "pgae=1", "pgae", "page" },
		{ "stat=active", "stat", "state" },
		{ "size=5", "size", "filter[size]" },
		{ "weight=5", "weight", NULL },
		{ "xyzzy=1", "xyzzy", NULL },
		{ "page=0", "page", NULL },
		{ "page=-1", "page", NULL },
		{ "page=1.5", "page", NULL },
		{ "page=x", "page", NULL },
		{ "page=", "page", NULL },
		{ "page=1&page=2", "page", NULL },
		{ "limit=0", "limit", NULL },
		{ "limit=99999999999999999999", "limit", NULL },
		{ "page=1&cursor=", "page", NULL },
		{ "filter=1", "filter", NULL },
		{ "filter[]=1", "filter[]", NULL },
		{ "filter[size=1", "filter[size", NULL },
		{ "filter[size][]=1", "filter[size][]", NULL },
		{ "filter[size]gte=1", "filter[size]gte", NULL },
		{ "filter[size]]=1", "filter[size]]", NULL },
	};

	begin();
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err *e = ask(cases[i].query);

		tap_row("%s", cases[i].query);
		if (!CHECK(e && e->code == ERR_QUERY && e->details))
			continue;
		CHECK_STR(e->details->field, cases[i].field);
		if (cases[i].nearest)
			CHECK_STR(e->details->nearest, cases[i].nearest);
	}
	arena_free(a);
}

void
test_params__the_engine_refuses_filters_sorts_and_fields(void)
{
	static const char *const queries[] = { "filter[weight]=1", "filter[nmae]=x",
		"filter[size][contains]=1", "filter[size][foo]=1", "filter[size]=x",
		"filter[size][eq][x]=1", "sort=weight", "sort=nope", "order=up&sort=size",
		"fields=nope", "include=nope" };

	begin();
	for (size_t i = 0; i < COUNT(queries); i++) {
		struct err *e = ask(queries[i]);

		tap_row("%s", queries[i]);
		CHECK(e && err_status(e->code) == 400);
	}
	arena_free(a);
}

void
test_params__an_object_takes_fields_and_include_only(void)
{
	static const char *const queries[] = { "page=1", "filter[size]=1", "field=name", "x" };
	struct view view;

	begin();
	CHECK(!read_query("fields=name") && !params_view(&cx, &params, &thing, &view));
	CHECK(view.fields & VIEW_BIT(0) && !(view.fields & VIEW_BIT(1)));
	for (size_t i = 0; i < COUNT(queries); i++) {
		struct err *e;

		tap_row("%s", queries[i]);
		CHECK(!read_query(queries[i]));
		e = params_view(&cx, &params, &thing, &view);
		CHECK(e && e->code == ERR_QUERY);
	}
	arena_free(a);
}

static struct err *
ask_for(const struct operation *o, const char *query, bool takes, struct rec **input)
{
	struct view view;
	struct err *e = read_query(query);

	*input = NULL;
	return e ? e : params_operation(&cx, &params, o, &view, takes ? input : NULL);
}

void
test_params__an_operation_takes_its_input_from_the_query(void)
{
	struct rec *in;

	begin();
	CHECK(!ask_for(operations, "name=a%20b&fields=name", true, &in));
	CHECK_STR(rec_str(in, 0), "a b");
	CHECK(rec_int(in, 1) == 7 && !rec_has(in, 2));
	CHECK(!ask_for(operations, "name=5&size=9&open=true&words=a,b", true, &in));
	CHECK_STR(rec_str(in, 0), "5");
	CHECK(rec_int(in, 1) == 9 && rec_bool(in, 5));
	CHECK_STR(rec_str(in, 4), "[\"a\",\"b\"]");
	CHECK(!ask_for(operations, "name=x&date_from=2026-01-15&date_to=2026-01-15", true, &in));
	CHECK(rec_time(in, 2) == INT64_C(1768435200000));
	CHECK(rec_time(in, 3) == INT64_C(1768435200000) + INT64_C(86400000) - 1);
	CHECK(!ask_for(&operations[1], "", false, &in) && !in);
	arena_free(a);
}

void
test_params__an_operation_refuses_by_name(void)
{
	static const struct {
		const char *query, *field, *nearest;
		size_t operation;
	} cases[] = {
		{ "", "name", NULL, 0 },
		{ "name=x&sieze=1", "sieze", "size", 0 },
		{ "name=x&size=0", "size", NULL, 0 },
		{ "name=x&size=101", "size", NULL, 0 },
		{ "name=x&size=x", "size", NULL, 0 },
		{ "name=x&size=1.5", "size", NULL, 0 },
		{ "name=x&size={}", "size", NULL, 0 },
		{ "name=x&size=1,\"open\":true", "size", NULL, 0 },
		{ "name=aaaaaaaaaaaaaaaaaaaaa", "name", NULL, 0 },
		{ "name=x&date_to=soon", "date_to", NULL, 0 },
		{ "name=x&words=a,b,c", "words", NULL, 0 },
		{ "name=x&open=yes", "open", NULL, 0 },
		{ "name=x&fields=nope", "fields", NULL, 0 },
		{ "name=x&page=1", "page", NULL, 0 },
		{ "fields=name", "fields", NULL, 1 },
		{ "name=x", "name", NULL, 1 },
	};

	begin();
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rec *in;
		struct err *e = ask_for(
			&operations[cases[i].operation], cases[i].query, !cases[i].operation, &in);

		tap_row("%s", cases[i].query);
		if (!CHECK(e && e->code == ERR_QUERY && e->details))
			continue;
		CHECK_STR(e->details->field, cases[i].field);
		if (cases[i].nearest)
			CHECK_STR(e->details->nearest, cases[i].nearest);
	}
	arena_free(a);
}
