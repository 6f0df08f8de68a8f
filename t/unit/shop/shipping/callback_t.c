/* A carrier of the merchant's own: what it is asked is signed, and only what is whole is an answer. */
#include "asked.h"
#include "base/crypto.h"
#include "tap.h"

static struct str
header(const struct carrier_call *c, const char *name)
{
	for (size_t i = 0; i < c->nheaders; i++) {
		if (strcmp(c->headers[i].name, name) == 0)
			return c->headers[i].value;
	}
	return (struct str){ 0 };
}

void
test_callback__questions_are_signed(void)
{
	struct asked t;
	const struct carrier_call *c;
	struct str at, text;
	struct digest d;

	asked_begin(&t, "callback", CARRIER_RATES);
	t.ask.adapter->build(&t.ask);
	c = &t.ask.calls[0];
	at = header(c, "X-Souk-Timestamp");
	text = str_fmt(t.a, "%.*s.%.*s", STRF(at), STRF(c->body));
	d = crypto_hmac(STR("callback-secret-1"), text);
	CHECK(t.ask.ncalls == 1 && at.n >= 10);
	CHECK_STR(c->url, "https://carrier.example/souk");
	CHECK(str_eq(header(c, "X-Souk-Signature"), str_hex(t.a, d.b, sizeof(d.b))));
	CHECK_STR(asked_sent(&t, 0, "question"), "\"rates\"");
	CHECK_STR(asked_sent(&t, 0, "carrier"), "\"regional\"");
	CHECK_STR(asked_sent(&t, 0, "to.zip"), "\"90210-1234\"");
	arena_free(t.a);
}

void
test_callback__whole_answers_are_read(void)
{
	struct asked t;

	asked_begin(&t, "callback", CARRIER_RATES);
	asked_answer(&t, 200,
		"{\"rates\":[{\"service\":\"bike\",\"name\":\"By "
		"bike\",\"amount\":800,\"currency\":"
		"\"usd\",\"estimated_days\":1},{\"service\":\"tram\",\"amount\":0,\"currency\":"
		"\"EUR\"}]}");
	CHECK(t.ask.outcome == CARRIER_DONE && t.ask.nrates == 2);
	CHECK(asked_rate(&t, "bike")->minor == 800 && asked_rate(&t, "bike")->days == 1);
	CHECK_STR(asked_rate(&t, "tram")->name, "tram");
	arena_free(t.a);

	asked_begin(&t, "callback", CARRIER_LABEL);
	asked_answer(&t, 200,
		"{\"tracking_number\":\"REG1\",\"label\":\"JVBERi0xLjcK\",\"amount\":750,"
		"\"currency\":\"USD\"}");
	CHECK(t.ask.outcome == CARRIER_DONE && t.ask.label.nparcels == 1);
	CHECK(t.ask.label.minor == 750);
	CHECK_STR(t.ask.label.shipment, "REG1");
	CHECK_STR(t.ask.label.parcels[0].type, "application/pdf");
	arena_free(t.a);

	asked_begin(&t, "callback", CARRIER_TRACK);
	asked_answer(&t, 200,
		"{\"events\":[{\"at\":\"2026-01-15T10:30:00Z\",\"status\":\"in_transit\",\"text\":"
		"\"Left the depot\"}]}");
	CHECK(t.ask.outcome == CARRIER_DONE && t.ask.nevents == 1);
	arena_free(t.a);
}

void
test_callback__what_is_not_whole_is_no_answer(void)
{
	static const struct {
		enum carrier_verb verb;
		int status;
		const char *answer;
		enum carrier_outcome want;
	} rows[] = {
		{ CARRIER_RATES, 200, "[]", CARRIER_UNREACHABLE },
		{ CARRIER_RATES, 200, "{}", CARRIER_REFUSED },
		{ CARRIER_RATES, 200, "{\"rates\":[1]}", CARRIER_REFUSED },
		{ CARRIER_RATES, 200,
			"{\"rates\":[{\"service\":\"A\",\"amount\":1,\"currency\":\"USD\"}]}",
			CARRIER_REFUSED },
		{ CARRIER_RATES, 200,
			"{\"rates\":[{\"service\":\"a\",\"amount\":1.5,\"currency\":\"USD\"}]}",
			CARRIER_REFUSED },
		{ CARRIER_RATES, 200, "{\"error\":{\"code\":\"closed\"}}", CARRIER_REFUSED },
		{ CARRIER_LABEL, 200, "{\"label\":\"x\"}", CARRIER_UNKNOWN },
		{ CARRIER_LABEL, 500, "{}", CARRIER_UNKNOWN },
		{ CARRIER_LABEL, 422, "{\"error\":{\"code\":\"no\",\"message\":\"never\"}}",
			CARRIER_REFUSED },
		{ CARRIER_TRACK, 200, "{\"events\":[{\"at\":\"soon\",\"status\":\"delivered\"}]}",
			CARRIER_REFUSED },
		{ CARRIER_TRACK, 200,
			"{\"events\":[{\"at\":\"2026-01-15T10:30:00Z\",\"status\":\"eaten\"}]}",
			CARRIER_REFUSED },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct asked t;

		tap_row("%zu", i);
		asked_begin(&t, "callback", rows[i].verb);
		asked_answer(&t, rows[i].status, rows[i].answer);
		CHECK(t.ask.outcome == rows[i].want && !t.ask.nrates && !t.ask.nevents);
		arena_free(t.a);
	}
}
