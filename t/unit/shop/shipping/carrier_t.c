/* What adapters share: measures rounded up and no more, times and prices of any shape, credentials, tokens that end. */
#include "asked.h"

#include "tap.h"

void
test_carrier__measures_are_rounded_up_but_for_the_hair_of_a_pound(void)
{
	static const struct {
		int64_t value;
		const struct carrier_unit *unit;
		int places;
		const char *want;
	} rows[] = {
		{ 453592, &carrier_lb, 2, "1" },
		{ 453593, &carrier_lb, 4, "1" },
		{ 453602, &carrier_lb, 2, "1.01" },
		{ 1, &carrier_lb, 2, "0" },
		{ 5, &carrier_lb, 2, "0.01" },
		{ 1000000, &carrier_kg, 1, "1" },
		{ 1000100, &carrier_kg, 1, "1.1" },
		{ 25400, &carrier_in, 0, "1" },
		{ 25401, &carrier_in, 0, "2" },
		{ 10000, &carrier_cm, 0, "1" },
		{ INT64_MAX, &carrier_lb, 0, NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new("test", (size_t)1 << 20);
		struct buf b;

		tap_row("%" PRId64, rows[i].value);
		buf_init(&b, a, 64, 1024);
		carrier_out_measure(&b, "x", rows[i].value,
			CARRIER_FORM(rows[i].unit, rows[i].places, CARRIER_NUMBER));
		if (rows[i].want)
			CHECK_STR(str_cut(buf_view(&b), 4, b.n), rows[i].want);
		arena_free(a);
	}
}

void
test_carrier__times_of_any_shape(void)
{
	static const struct {
		const char *date, *time;
		int64_t want; /* -1: none */
	} rows[] = {
		{ "20260331", "153000", INT64_C(1774971000000) },
		{ "2026-03-31", "15:30", INT64_C(1774971000000) },
		{ "2026-03-31", "15:30:00.000", INT64_C(1774971000000) },
		{ "2026-03-31", "1530", INT64_C(1774971000000) },
		{ "2026-03-31", "", INT64_C(1774915200000) },
		{ "2026-03-31", "25:00", -1 },
		{ "2026-03-31", "15-30", -1 },
		{ "2026-03-31", "1:2:3", -1 },
		{ "2026-02-30", "", -1 },
		{ "2026033", "", -1 },
		{ "", "15:30", -1 },
		{ "20263103", "", -1 },
	};
	int64_t ms;

	for (size_t i = 0; i < COUNT(rows); i++) {
		bool is = carrier_local(str_of(rows[i].date), str_of(rows[i].time), &ms);

		tap_row("%s %s", rows[i].date, rows[i].time);
		CHECK(is == (rows[i].want >= 0));
		CHECK(!is || ms == rows[i].want);
	}
	CHECK(carrier_offset(STR("-7:00"), &ms) && ms == -25200000);
	CHECK(carrier_offset(STR("+09:30"), &ms) && ms == 34200000);
	CHECK(carrier_offset(STR("+09"), &ms) && ms == 32400000);
	CHECK(carrier_offset(STR("Z"), &ms) && ms == 0);
	CHECK(!carrier_offset(STR("+19:00"), &ms) && !carrier_offset(STR("9"), &ms));
	CHECK(!carrier_offset(STR("+"), &ms) && !carrier_offset(STR(""), &ms));
}

void
test_carrier__prices_are_money_or_nothing(void)
{
	static const struct {
		const char *json, *currency;
		int64_t want; /* -1: none */
	} rows[] = {
		{ "108.25", "USD", 10825 },
		{ "\"108.25\"", "USD", 10825 },
		{ "1.005", "USD", 101 },
		{ "147.98300000000001", "USD", 14798 },
		{ "1250", "JPY", 1250 },
		{ "1.2345", "KWD", 1235 },
		{ "-1", "USD", -1 },
		{ "\"1,000.00\"", "USD", -1 },
		{ "1e30", "USD", -1 },
		{ "90071992547409.93", "USD", -1 },
		{ "true", "USD", -1 },
		{ "\"\"", "USD", -1 },
		{ "1", "XXQ", -1 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new("test", (size_t)1 << 20);
		struct json *j = NULL;
		int64_t minor = -1;
		bool is;

		tap_row("%s %s", rows[i].json, rows[i].currency);
		must(!json_parse(a, str_fmt(a, "{\"a\":%s}", rows[i].json), &j));
		is = carrier_minor(a, j, "a", str_of(rows[i].currency), &minor);
		CHECK(is == (rows[i].want >= 0));
		CHECK(!is || minor == rows[i].want);
		arena_free(a);
	}
}

void
test_carrier__labels_are_known_by_their_bytes(void)
{
	struct arena *a = arena_new("test", (size_t)1 << 20);
	struct str out;

	CHECK(carrier_unbase64(a, STR("Cl5YQQ0KXkxSTg0K=="), &out));
	CHECK_STR(str_of(carrier_label_type(out)), "application/zpl");
	CHECK(carrier_unbase64(a, STR("JVBE\r\nRi0x"), &out));
	CHECK_STR(str_of(carrier_label_type(out)), "application/pdf");
	CHECK(carrier_unbase64(a, STR("QQ"), &out) && out.n == 1);
	CHECK(carrier_unbase64(a, STR("QUI="), &out) && out.n == 2);
	CHECK(!carrier_label_type(out));
	CHECK(!carrier_unbase64(a, STR("Q"), &out) && !carrier_unbase64(a, STR(""), &out));
	CHECK(!carrier_unbase64(a, STR("Q-=="), &out));
	arena_free(a);
}

void
test_carrier__credentials_are_whole_or_named(void)
{
	static const struct {
		const char *kind, *text, *field;
	} rows[] = {
		{ "ups", "{\"client_id\":\"a\",\"client_secret\":\"b\"}", NULL },
		{ "ups", "{\"client_id\":\"a\"}", "credentials.client_secret" },
		{ "ups", "{\"client_id\":\"a\",\"client_secret\":\"\"}",
			"credentials.client_secret" },
		{ "ups", "{\"client_id\":\"a\",\"client_secret\":1}", "credentials.client_secret" },
		{ "ups", "{\"client_id\":\"a\",\"client_secret\":\"\\u00e9\"}",
			"credentials.client_secret" },
		{ "ups", "{\"client_id\":\"a\",\"client_secret\":\"b\",\"x\":\"y\"}",
			"credentials.x" },
		{ "ups", "[]", "credentials" },
		{ "ups", "secret", "credentials" },
		{ "dhl", "{\"username\":\"a\",\"password\":\"b\"}", NULL },
		{ "dhl", "{}", "credentials" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new("test", (size_t)1 << 20);
		struct err *e = carrier_credentials_check(a, carrier_adapter(str_of(rows[i].kind)),
			str_of(rows[i].text), STR("credentials"));

		tap_row("%s %s", rows[i].kind, rows[i].text);
		CHECK(!e == !rows[i].field);
		if (e && rows[i].field)
			CHECK_STR(e->details->field, rows[i].field);
		arena_free(a);
	}
}

void
test_carrier__a_token_ends_a_minute_early_and_with_its_credentials(void)
{
	struct arena *a = arena_new("test", (size_t)1 << 20);
	struct carrier_account one = { .carrier = { 1 }, .version = 1 }, two = one, three = one,
			       four = one;
	struct str token;

	two.version = 2;
	three.test = true;
	four.tenant.n = 1; /* samples have one id in every shop */
	carrier_token_keep(&one, 0, STR("t"), 60);
	CHECK(!carrier_token_get(a, &one, 0, &token));
	carrier_token_keep(&one, 0, STR("t"), 3600);
	CHECK(carrier_token_get(a, &one, 0, &token));
	CHECK_STR(token, "t");
	CHECK(!carrier_token_get(a, &one, 1, &token));
	CHECK(!carrier_token_get(a, &two, 0, &token));
	CHECK(!carrier_token_get(a, &three, 0, &token));
	CHECK(!carrier_token_get(a, &four, 0, &token));
	carrier_token_keep(&one, 0, STR("u"), 3600);
	CHECK(carrier_token_get(a, &one, 0, &token));
	CHECK_STR(token, "u");
	carrier_token_drop(&one);
	CHECK(!carrier_token_get(a, &one, 0, &token));
	for (int i = 0; i < 100; i++) {
		two.carrier.n = i + 1;
		carrier_token_keep(&two, 0, STR("v"), 3600);
	}
	CHECK(carrier_token_get(a, &two, 0, &token));
	carrier_tokens_forget((struct id){ 0 });
	CHECK(!carrier_token_get(a, &two, 0, &token));
	arena_free(a);
}
