/* Objects in fields: what a body makes of them, what is stored, and what is shown. */
#include "base/json.h"
#include "model/render.h"
#include "model/trace.h"
#include "model/type.h"
#include "model/write.h"
#include "tap.h"
#include "thing.h"

enum {
	LINE_TEXT,
	LINE_QUANTITY,
	LINE_PRICE,
	LINE_FEE,
	LINE_NOTE,
	LINE_HIDDEN,
	LINE_OURS,
	LINE__MAX
};
static const struct field line_fields[LINE__MAX] = {
	[LINE_TEXT] = STRING("text", DOC("Text."), .flags = F_REQUIRED, .max = 8, .alias = "words",
		.example = "Lamp"),
	[LINE_QUANTITY] = INTEGER("quantity", DOC("How many."), .min = 1, .initial = "1"),
	[LINE_PRICE] = PRICE("price", DOC("Price."), .money_in = "currency"),
	[LINE_FEE] = DECIMAL("fee", 3, DOC("Fee.")),
	[LINE_NOTE] = LANG("note", DOC("Note.")),
	[LINE_HIDDEN] = STRING("hidden", DOC("Hidden."), .flags = F_INTERNAL),
	[LINE_OURS] = STRING("ours", DOC("Ours."), .flags = F_READ_ONLY),
};
static const struct resource line = SHAPE("line", line_fields, DOC("A line."));

enum {
	PLACE_COUNTRY,
	PLACE_TAGS,
	PLACE_FACETS,
	PLACE_SINCE,
	PLACE_OPEN,
	PLACE_OF,
	PLACE_LINE,
	PLACE_SECRET,
	PLACE__MAX
};
static const struct field place_fields[PLACE__MAX] = {
	[PLACE_COUNTRY] =
		STRING("country", DOC("Country."), .flags = F_REQUIRED, .known = known_country,
			.pattern_doc = "the code of a country such as US", .example = "US"),
	[PLACE_TAGS] = LIST("tags", DOC("Tags."), .max = 2, .to = "basket"),
	[PLACE_FACETS] = MAP("facets", DOC("Facets."), .max = 2),
	[PLACE_SINCE] = TIME("since", DOC("Since.")),
	[PLACE_OPEN] = BOOL("open", DOC("Open.")),
	[PLACE_OF] = REF("basket_id", "basket", DOC("Of.")),
	[PLACE_LINE] = OBJECT("line", &line, DOC("Line.")),
	[PLACE_SECRET] = STRING("secret", DOC("Secret."), .scope = "baskets:secret"),
};
static const struct resource place = SHAPE("place", place_fields, DOC("A place."));

enum { BASKET_TOTAL, BASKET_CURRENCY, BASKET_PLACE, BASKET_LINES, BASKET__MAX };
static const struct field basket_fields[BASKET__MAX] = {
	[BASKET_TOTAL] = PRICE("total", DOC("Total."), .money_in = "currency"),
	[BASKET_CURRENCY] = STRING("currency", DOC("Currency."), .known = known_currency,
		.pattern_doc = "the code of a currency such as USD"),
	[BASKET_PLACE] = OBJECT("place", &place, DOC("Place.")),
	[BASKET_LINES] = OBJECTS("lines", &line, DOC("Lines."), .min = 1, .max = 3),
};
static const struct resource basket = {
	.name = "basket",
	.plural = "baskets",
	.prefix = "bsk",
	.table = "baskets",
	DOC("A basket."),
	FIELDS(basket_fields),
	.verbs = V_CRUD,
	NO_STATUS,
	SCOPES("baskets"),
	EVENTS("basket"),
	PLAN,
};
static const struct resource *const all[] = { &basket, NULL };

static void
begin(struct shop *s)
{
	static const struct str everything[] = { { "*", 1 } };

	*s = (struct shop){ .a = arena_new("test", (size_t)1 << 24) };
	s->cx = (struct ctx){ .arena = s->a,
		.tenant = { 7 },
		.scopes = { everything, 1 },
		.currency = STR("USD"),
		.currency_digits = 2,
		.language = STR("en") };
	CHECK(!model_link(s->a, all));
}

static struct rec *
taken(struct shop *s, const char *json)
{
	struct rec *r = NULL;

	CHECK_STR(faults_of(s->a, validate(&s->cx, &basket, json_of(s->a, json), true, &r)), "");
	return r;
}

/* The fields alone, as an answer shows them. */
static struct str
rendered(struct shop *s, const struct rec *r)
{
	struct view v = view_full(&s->cx, r->resource, false);
	struct buf b;

	v.fields &= VIEW_BIT(BASKET__MAX) - 1;
	buf_init(&b, s->a, 256, (size_t)1 << 20);
	render_rec(&b, &s->cx, r, &v);
	return str_cut(buf_view(&b), sizeof("{\"id\":\"bsk_000\",\"object\":\"basket\",") - 1, b.n);
}

void
test_object__shows_what_was_sent(void)
{
	static const struct {
		const char *sent, *want;
	} rows[] = {
		{ "{}", "\"total\":null,\"currency\":null,\"place\":null,\"lines\":null}" },
		{ "{\"lines\":[{\"text\":\"a\"}]}",
			"\"total\":null,\"currency\":null,\"place\":null,\"lines\":[{\"text\":"
			"\"a\","
			"\"quantity\":1,\"price\":null,\"fee\":null,\"note\":null,\"ours\":null}]"
			"}" },
		{ "{\"total\":5,\"currency\":\"jpy\",\"lines\":[{\"price\":7,\"fee\":\"1.50\","
		  "\"words\":\"a\\\"b\",\"note\":{\"en\":\"n\",\"es\":\"m\"},\"ours\":\"mine\"}]}",
			"\"total\":5,\"currency\":\"JPY\",\"place\":null,\"lines\":[{"
			"\"text\":\"a\\\"b\",\"quantity\":1,\"price\":7,\"fee\":1.5,\"note\":\"n\","
			"\"ours\":null}]}" },
		{ "{\"lines\":[{\"price\":1.505,\"text\":\"a\"}],\"total\":1.5,"
		  "\"currency\":\"KWD\"}",
			"\"total\":1.500,\"currency\":\"KWD\",\"place\":null,\"lines\":[{"
			"\"text\":\"a\",\"quantity\":1,\"price\":1.505,\"fee\":null,\"note\":null,"
			"\"ours\":null}]}" },
		{ "{\"place\":{\"country\":\"de\",\"tags\":[\"bsk_123\"],\"facets\":{\"a\":1},"
		  "\"since\":\"2026-01-15T10:30:00Z\",\"open\":true,\"basket_id\":\"bsk_123\","
		  "\"line\":{\"text\":\"x\",\"price\":2}}}",
			"\"total\":null,\"currency\":null,\"place\":{\"country\":\"DE\","
			"\"tags\":[\"bsk_123\"],\"facets\":{\"a\":\"1\"},"
			"\"since\":\"2026-01-15T10:30:00Z\",\"open\":true,"
			"\"basket_id\":\"bsk_123\",\"line\":{\"text\":\"x\",\"quantity\":1,"
			"\"price\":2.00,\"fee\":null,\"note\":null,\"ours\":null},"
			"\"secret\":null},\"lines\":"
			"null}" },
	};
	struct shop s;

	begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		tap_row("%s", rows[i].sent);
		CHECK_STR(rendered(&s, taken(&s, rows[i].sent)), rows[i].want);
	}
	shop_end(&s);
}

void
test_object__faults_say_where(void)
{
	static const struct {
		const char *sent, *want;
	} rows[] = {
		{ "{\"place\":[]}", "place type" },
		{ "{\"place\":\"x\"}", "place type" },
		{ "{\"place\":{}}", "place.country required" },
		{ "{\"place\":{\"country\":null}}", "place.country required" },
		{ "{\"place\":{\"country\":\"XX\"}}", "place.country unknown" },
		{ "{\"place\":{\"country\":\"D\"}}", "place.country unknown" },
		{ "{\"place\":{\"country\":\"USA\"}}", "place.country unknown" },
		{ "{\"place\":{\"country\":\"d\xc3\x89\"}}", "place.country unknown" },
		{ "{\"place\":{\"country\":7}}", "place.country type" },
		{ "{\"place\":{\"country\":\"US\",\"contry\":1}}", "place.contry unknown_field" },
		{ "{\"place\":{\"country\":\"US\",\"metadata\":{}}}",
			"place.metadata unknown_field" },
		{ "{\"place\":{\"country\":\"US\",\"id\":\"bsk_123\"}}", "place.id unknown_field" },
		{ "{\"place\":{\"country\":\"US\",\"tags\":[\"bsk_123\",\"prod_123\"]}}",
			"place.tags[1] not_an_id" },
		{ "{\"place\":{\"country\":\"US\",\"tags\":[7]}}", "place.tags[0] type" },
		{ "{\"place\":{\"country\":\"US\",\"tags\":[\"\"]}}", "place.tags[0] not_an_id" },
		{ "{\"place\":{\"country\":\"US\",\"line\":{\"quantity\":0}}}",
			"place.line.quantity too_small,place.line.text required" },
		{ "{\"place\":{\"country\":\"US\",\"facets\":{\"a\":[]}}}", "place.facets.a type" },
		{ "{\"lines\":{}}", "lines type" },
		{ "{\"lines\":[]}", "lines count" },
		{ "{\"lines\":[{},{},{},{}]}", "lines count" },
		{ "{\"lines\":[7]}", "lines[0] type" },
		{ "{\"lines\":[null]}", "lines[0] type" },
		{ "{\"lines\":[{\"text\":\"a\"},{\"text\":\"aaaaaaaaa\"}]}",
			"lines[1].text too_long" },
		{ "{\"lines\":[{\"words\":\"aaaaaaaaa\"}]}", "lines[0].words too_long" },
		{ "{\"lines\":[{\"words\":\"a\",\"text\":\"a\"}]}", "lines[0].text twice" },
		{ "{\"lines\":[{\"text\":\"a\",\"hidden\":\"x\"}]}",
			"lines[0].hidden unknown_field" },
		{ "{\"lines\":[{\"text\":\"a\",\"price\":1.505}]}", "lines[0].price too_precise" },
		{ "{\"lines\":[{\"text\":\"a\",\"price\":1.5}],\"currency\":\"JPY\"}",
			"lines[0].price too_precise" },
		{ "{\"total\":1.5,\"currency\":\"JPY\"}", "total too_precise" },
		{ "{\"total\":-1,\"currency\":\"JPY\"}", "total too_small" },
		{ "{\"currency\":\"XYZ\"}", "currency unknown" },
		{ "{\"currency\":\"\"}", "currency blank" },
	};
	struct shop s;

	begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rec *r = NULL;

		tap_row("%s", rows[i].sent);
		CHECK_STR(faults_of(s.a,
				  validate(&s.cx, &basket, json_of(s.a, rows[i].sent), true, &r)),
			rows[i].want);
	}
	shop_end(&s);
}

void
test_object__a_change_replaces_it_whole(void)
{
	struct rec *r = NULL;
	struct shop s;

	begin(&s);
	CHECK_STR(faults_of(s.a,
			  validate(&s.cx, &basket, json_of(s.a, "{\"place\":{\"open\":true}}"),
				  false, &r)),
		"place.country required");
	CHECK(!validate(&s.cx, &basket, json_of(s.a, "{\"place\":null}"), false, &r));
	CHECK(r->v[BASKET_PLACE].state == VALUE_NULL && r->v[BASKET_LINES].state == VALUE_UNSET);
	shop_end(&s);
}

void
test_object__is_read_and_set_by_rules(void)
{
	struct rec *r, *o = NULL;
	struct recs lines;
	struct shop s;

	begin(&s);
	r = taken(&s, "{\"currency\":\"JPY\",\"lines\":[{\"text\":\"a\"},{\"text\":\"b\"}]}");
	CHECK(!rec_object(&s.cx, r, BASKET_PLACE, &o) && !o);
	CHECK(!rec_objects(&s.cx, r, BASKET_LINES, &lines) && lines.n == 2);
	CHECK_STR(rec_str(lines.r[1], LINE_TEXT), "b");
	CHECK(rec_int(lines.r[1], LINE_QUANTITY) == 1 && !rec_has(lines.r[1], LINE_PRICE));
	CHECK_STR(faults_of(s.a,
			  rec_refuse(&s.cx, lines.r[1], LINE_TEXT, REASON_UNKNOWN, "is unknown")),
		"lines[1].text unknown");
	rec_set_money(lines.r[1], LINE_PRICE, 700);
	rec_set_str(lines.r[1], LINE_HIDDEN, STR("h"));
	rec_set_objects(&s.cx, r, BASKET_LINES, &lines);
	CHECK_STR(r->v[BASKET_LINES].s,
		"[{\"text\":\"a\",\"quantity\":1},"
		"{\"text\":\"b\",\"quantity\":1,\"price\":700,\"hidden\":\"h\"}]");
	CHECK(rec_digits(&s.cx, lines.r[1], LINE_PRICE) == 0);

	o = rec_new(s.a, &place);
	rec_set_str(o, PLACE_COUNTRY, STR("FR"));
	rec_set_object(&s.cx, r, BASKET_PLACE, o);
	CHECK_STR(shown(&s.cx, r, BASKET_PLACE),
		"{\"country\":\"FR\",\"tags\":null,\"facets\":null,\"since\":null,\"open\":null,"
		"\"basket_id\":null,\"line\":null,\"secret\":null}");
	rec_set_object(&s.cx, r, BASKET_PLACE, NULL);
	CHECK(!rec_has(r, BASKET_PLACE));
	shop_end(&s);
}

void
test_object__changes_are_told_as_they_are_shown(void)
{
	struct rec *was, *now;
	struct shop s;

	begin(&s);
	was = taken(
		&s, "{\"currency\":\"JPY\",\"total\":5,\"lines\":[{\"text\":\"a\",\"price\":7}]}");
	now = taken(
		&s, "{\"currency\":\"JPY\",\"total\":6,\"lines\":[{\"text\":\"b\",\"price\":7}]}");
	CHECK_STR(trace_changes(&s.cx, now, was),
		"{\"total\":{\"old\":5,\"new\":6},\"lines\":{\"old\":[{\"text\":\"a\",\"quantity\":"
		"1,"
		"\"price\":7,\"fee\":null,\"note\":null,\"ours\":null}],\"new\":[{\"text\":\"b\","
		"\"quantity\":1,\"price\":7,\"fee\":null,\"note\":null,\"ours\":null}]}}");
	CHECK_STR(trace_changes(&s.cx, now, rec_copy(s.a, now)), "{}");
	shop_end(&s);
}

/* Members with a scope of their own are neither shown to nor taken from whoever lacks it. */
void
test_object__members_can_take_a_scope(void)
{
	struct rec *r;
	struct shop s;

	begin(&s);
	r = taken(&s, "{\"place\":{\"country\":\"DE\",\"secret\":\"x\"}}");
	CHECK(strstr(str_z(s.a, rendered(&s, r)), "\"secret\":\"x\""));
	s.cx.scopes.n = 0;
	CHECK(!strstr(str_z(s.a, rendered(&s, r)), "secret"));
	CHECK_STR(faults_of(s.a,
			  validate(&s.cx, &basket,
				  json_of(s.a, "{\"place\":{\"country\":\"DE\",\"secret\":\"y\"}}"),
				  true, &r)),
		"place.secret scope");
	shop_end(&s);
}

void
test_object__a_shape_is_validated_by_itself(void)
{
	struct rec *r = NULL;
	struct shop s;

	begin(&s);
	CHECK_STR(faults_of(s.a,
			  validate(&s.cx, &line, json_of(s.a, "{\"id\":\"x\",\"version\":1}"), true,
				  &r)),
		"id unknown_field,version unknown_field,text required");
	CHECK(!validate(&s.cx, &line, json_of(s.a, "{\"text\":\"a\"}"), true, &r));
	CHECK_STR(rec_str(r, LINE_TEXT), "a");
	shop_end(&s);
}

void
test_object__shapes_are_listed_by_use(void)
{
	struct shop s;

	begin(&s);
	CHECK(model_shapes()[0] == &place && model_shapes()[1] == &line && !model_shapes()[2]);
	CHECK(place.plan->uses == (USED_SHOWN | USED_SENT));
	shop_end(&s);
}
