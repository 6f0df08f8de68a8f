/* Prices as they are shown in a currency that was asked for. */
#include "model/price.h"

#include "base/currency.h"
#include "model/type.h"
#include "tap.h"
#include "thing.h"

static void
ask(struct shop *s, const char *currency, const char *locale)
{
	s->cx.shown = (struct shown_as){ .currency = str_of(currency),
		.currency_digits = currency_digits(str_of(currency)),
		.locale = locale };
	if (!str_eq(s->cx.currency, str_of(currency)))
		CHECK(rate_find(s->cx.currency, str_of(currency), &s->cx.shown.rate));
}

static struct str
price_of(struct shop *s, const struct rec *r, int field)
{
	struct buf b;

	buf_init(&b, s->a, 256, 4096);
	return price_show(&b, &s->cx, r, (size_t)field) ? buf_view(&b) : STR("as ever");
}

void
test_price__is_shown_in_the_currency(void)
{
	static const struct {
		const char *currency, *locale;
		int64_t minor; /* -1: null */
		const char *prices, *want;
	} rows[] = {
		{ "USD", "en", 19999, NULL,
			"{\"amount\":19999,\"currency\":\"USD\",\"formatted\":\"$199.99\"}" },
		{ "JPY", "en", 19999, NULL,
			"{\"amount\":31965,\"currency\":\"JPY\",\"formatted\":\"\xc2\xa5"
			"31,965\","
			"\"converted\":true,\"rate\":\"159.833961\",\"rate_at\":\"2026-04-13T14:00:"
			"00Z\"}" },
		{ "JPY", "en", 19999, "{\"EUR\":1.00,\"JPY\":30000}",
			"{\"amount\":30000,\"currency\":\"JPY\",\"formatted\":\"\xc2\xa5"
			"30,000\"}" },
		{ "JPY", "en", -1, "{\"JPY\":30000}",
			"{\"amount\":30000,\"currency\":\"JPY\",\"formatted\":\"\xc2\xa5"
			"30,000\"}" },
		{ "JPY", "en", -1, "{\"EUR\":1.00}", "as ever" },
		{ "JPY", "en", -1, NULL, "as ever" },
		{ "IDR", "en", INT64_MAX, NULL, "null" },
	};
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rec *r = rec_new(s.a, &thing);

		tap_row("%zu: %s", i, rows[i].currency);
		ask(&s, rows[i].currency, rows[i].locale);
		r->v[THING_PRICE] = (struct value){ .state = VALUE_NULL };
		if (rows[i].minor >= 0)
			rec_set_money(r, THING_PRICE, rows[i].minor);
		if (rows[i].prices)
			rec_set_str(r, THING_PRICES, str_of(rows[i].prices));
		CHECK_STR(price_of(&s, r, THING_PRICE), rows[i].want);
		CHECK(!price_check(&s.cx) == !str_eq_z(STR("null"), rows[i].want));
	}
	shop_end(&s);
}

void
test_price__without_prices_beside_it_is_converted(void)
{
	struct shop s;
	struct rec *r;

	shop_begin(&s);
	r = rec_new(s.a, &thing);
	rec_set_money(r, THING_COST, 100);
	rec_set_str(r, THING_PRICES, STR("{\"EUR\":9.00}"));
	ask(&s, "EUR", "de");
	CHECK(str_starts(price_of(&s, r, THING_COST), STR("{\"amount\":86,\"currency\":\"EUR\"")));
	s.cx.shown = (struct shown_as){ 0 };
	CHECK_STR(price_of(&s, r, THING_COST), "as ever");
	shop_end(&s);
}

/* Parses what a body has for `prices`; "path reason" of each fault, or what is stored. */
static struct str
parsed(struct shop *s, const char *json, bool create)
{
	struct err *e = NULL;
	struct fault at = { &s->cx, &e, STR("prices"), .create = create };
	struct value v = { 0 };

	type_rows[T_PRICES].parse(&at, &thing, THING_PRICES, json_of(s->a, json), &v);
	return e ? faults_of(s->a, e) : v.s;
}

void
test_price__maps_are_checked(void)
{
	static const struct {
		const char *json, *want;
	} rows[] = {
		{ "{}", "{}" },
		{ "{\"EUR\":189}", "{\"EUR\":189.00}" },
		{ "{\"eur\":\"189.5\",\"JPY\":2e3,\"Kwd\":1.5}",
			"{\"EUR\":189.50,\"JPY\":2000,\"KWD\":1.500}" },
		{ "{\"EUR\":null}", "{}" },
		{ "{\"EUR\":1.555}", "prices.EUR too_precise" },
		{ "{\"JPY\":1.5}", "prices.JPY too_precise" },
		{ "{\"EUR\":-1}", "prices.EUR too_small" },
		{ "{\"EUR\":1e30}", "prices.EUR too_large" },
		{ "{\"EUR\":\"cheap\"}", "prices.EUR type" },
		{ "{\"EUR\":true}", "prices.EUR type" },
		{ "{\"EUR\":{}}", "prices.EUR type" },
		{ "{\"USD\":1}", "prices.USD own_currency" },
		{ "{\"usd\":1}", "prices.usd own_currency" },
		{ "{\"EUR\":1,\"eur\":2}", "prices.eur twice" },
		{ "{\"EURO\":1}", "prices.EURO unknown" },
		{ "{\"\":1}", "prices. unknown" },
		{ "{\"XXX\":1,\"E\":2}", "prices.XXX unknown,prices.E unknown" },
		{ "{\"EUR\":1,\"GBP\":1,\"JPY\":1,\"CHF\":1}", "prices too_many" },
		{ "7", "prices type" },
		{ "[]", "prices type" },
		{ "\"EUR\"", "prices type" },
	};
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		tap_row("%s", rows[i].json);
		CHECK_STR(parsed(&s, rows[i].json, true), rows[i].want);
	}
	CHECK_STR(parsed(&s, "{\"EUR\":null}", false), "{\"EUR\":null}");
	shop_end(&s);
}

void
test_price__maps_are_patched(void)
{
	static const struct {
		const char *was, *patch, *want; /* want NULL: nothing is left */
	} rows[] = {
		{ NULL, "{\"EUR\":1.00}", "{\"EUR\":1.00}" },
		{ "{\"EUR\":1.00}", "{\"JPY\":5}", "{\"EUR\":1.00,\"JPY\":5}" },
		{ "{\"EUR\":1.00,\"JPY\":5}", "{\"EUR\":2.50}", "{\"EUR\":2.50,\"JPY\":5}" },
		{ "{\"EUR\":1.00,\"JPY\":5}", "{\"EUR\":null}", "{\"JPY\":5}" },
		{ "{\"EUR\":1.00}", "{\"EUR\":null,\"GBP\":null}", NULL },
		{ "{\"EUR\":1.00}", "{}", "{\"EUR\":1.00}" },
	};
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct value was = { .state = rows[i].was ? VALUE_SET : VALUE_NULL,
			.s = str_of(rows[i].was) };
		struct value now = { .state = VALUE_SET, .s = str_of(rows[i].patch) };

		tap_row("%zu %s", i, rows[i].patch);
		type_rows[T_PRICES].merge(&s.cx, &was, &now);
		CHECK((now.state == VALUE_SET) == (rows[i].want != NULL));
		CHECK_STR(now.s, rows[i].want ? rows[i].want : "");
	}
	shop_end(&s);
}
