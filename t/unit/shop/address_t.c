/* Addresses: what people write in them is taken, what no parcel could follow is not. */
#include "shop/address/address.h"

#include "base/json.h"
#include "model/write.h"
#include "tap.h"

static const struct field home_fields[] = { OBJECT("address", &address_shape, DOC("Where.")) };
static const struct resource home = { .name = "home",
	.plural = "homes",
	.prefix = "home",
	.table = "homes",
	DOC("A home."),
	FIELDS(home_fields),
	NO_STATUS,
	PLAN };
static const struct resource *const all[] = { &home, NULL };

static struct ctx
begin(void)
{
	struct ctx cx = { .arena = arena_new("test", (size_t)1 << 24),
		.currency = STR("USD"),
		.currency_digits = 2,
		.language = STR("en") };

	CHECK(!model_link(cx.arena, all));
	return cx;
}

/* "zip too_long,city required" of what is wrong with the address. */
static struct str
faults(struct ctx *cx, const char *text, struct rec **out)
{
	struct json *j = NULL;
	struct str s = STR("");
	struct err *e;

	must(!json_parse(cx->arena, str_of(text), &j));
	e = validate(cx, &address_shape, j, true, out);
	for (struct err_detail *d = e ? e->details : NULL; d; d = d->next)
		s = str_fmt(cx->arena, "%.*s%s%.*s %s", STRF(s), s.n ? "," : "", STRF(d->field),
			reason_word(d->reason));
	return s;
}

#define HOME "\"line1\":\"1 Way\",\"city\":\"Town\",\"country\":\"US\""

void
test_address__says_what_is_wrong(void)
{
	static const struct {
		const char *sent, *want;
	} rows[] = {
		{ "{" HOME "}", "" },
		{ "{" HOME ",\"state\":null,\"zip\":null,\"phone\":null}", "" },
		{ "{" HOME ",\"zip\":\"SW1A 1AA\",\"state\":\"\xc3\x8ele-de-France\"}", "" },
		{ "{" HOME ",\"phone\":\"+44 (0)20 7946-0000 x12\"}", "" },
		{ "{" HOME ",\"phone\":\"(555) 123.4567\"}", "" },
		{ "{" HOME ",\"postal_code\":\"10001\"}", "" },
		{ "{}", "line1 required,city required,country required" },
		{ "{" HOME ",\"zip\":10001}", "zip type" },
		{ "{" HOME ",\"postal_code\":\"12345678901234567\"}", "postal_code too_long" },
		{ "{" HOME ",\"postal_code\":\"10001\",\"zip\":\"10001\"}", "zip twice" },
		{ "{" HOME ",\"phone\":\"call me\"}", "phone pattern" },
		{ "{" HOME ",\"phone\":\"12\"}", "phone pattern" },
		{ "{" HOME ",\"phone\":\"+\"}", "phone pattern" },
		{ "{\"line1\":\"1 Way\",\"city\":\" \",\"country\":\"US\"}", "city blank" },
		{ "{\"line1\":\"1 Way\",\"city\":\"Town\",\"country\":\"USA\"}",
			"country too_long" },
		{ "{\"line1\":\"1 Way\",\"city\":\"Town\",\"country\":\"ZZ\"}", "country unknown" },
		{ "{\"line1\":\"1 Way\",\"city\":\"Town\",\"country\":\"\"}", "country blank" },
		{ "{" HOME ",\"street\":\"x\"}", "street unknown_field" },
	};
	struct ctx cx = begin();

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rec *r = NULL;

		tap_row("%s", rows[i].sent);
		CHECK_STR(faults(&cx, rows[i].sent, &r), rows[i].want);
	}
	arena_free(cx.arena);
}

void
test_address__country_is_kept_in_upper_case(void)
{
	struct rec *r = NULL;
	struct ctx cx = begin();

	CHECK_STR(faults(&cx,
			  "{\"line1\":\"1 Way\",\"city\":\"Town\",\"country\":\"gb\","
			  "\"postal_code\":\"SW1A 1AA\"}",
			  &r),
		"");
	CHECK_STR(rec_str(r, ADDRESS_COUNTRY), "GB");
	CHECK_STR(rec_str(r, ADDRESS_ZIP), "SW1A 1AA");
	arena_free(cx.arena);
}
