#include "asked.h"

#include "shop/shipping/carriers.h"

#define AT INT64_C(1774872000000) /* 2026-03-30T12:00:00Z */

static struct str
credentials(const char *kind)
{
	if (strcmp(kind, "dhl") == 0)
		return STR(
			"{\"username\":\"apiuser\",\"password\":\"apiword\",\"client_id\":\"cid\","
			"\"client_secret\":\"csecret\",\"pickup\":\"5351244\","
			"\"distribution_center\":\"USDFW1\"}");
	if (strcmp(kind, "usps") == 0)
		return STR("{\"client_id\":\"cid\",\"client_secret\":\"csecret\",\"crid\":"
			   "\"56982563\","
			   "\"mid\":\"904128936\"}");
	if (strcmp(kind, "callback") == 0)
		return STR("{\"url\":\"https://carrier.example/"
			   "souk\",\"secret\":\"callback-secret-1\","
			   "\"carrier\":\"regional\"}");
	return STR("{\"client_id\":\"cid\",\"client_secret\":\"csecret\"}");
}

void
asked_begin(struct asked *t, const char *kind, enum carrier_verb verb)
{
	struct carrier_ask *ask = &t->ask;

	*t = (struct asked){ .a = arena_new("test", (size_t)1 << 26) };
	t->packages[0] = (struct carrier_package){
		.weight_mg = 1133981, .length_um = 304800, .width_um = 203200, .height_um = 152400
	};
	t->packages[1] = t->packages[0];
	*ask = (struct carrier_ask){ .adapter = strcmp(kind, "callback") == 0
			? &carrier_callback
			: carrier_adapter(str_of(kind)),
		.verb = verb,
		.account = { .carrier = { 7 },
			.version = 1,
			.credentials = credentials(kind),
			.number = STR("A1B2C3") },
		.from = { .name = STR("Ann Sender"),
			.line1 = STR("1 Broadway"),
			.city = STR("New York"),
			.state = STR("NY"),
			.zip = STR("10001"),
			.country = STR("US"),
			.phone = STR("2125550100") },
		.to = { .name = STR("Bob de Receiver"),
			.line1 = STR("9 Rodeo \"Drive\""),
			.line2 = STR("Apt 4"),
			.city = STR("Beverly Hills"),
			.state = STR("CA"),
			.zip = STR("90210-1234"),
			.country = STR("US"),
			.residential = true },
		.packages = t->packages,
		.npackages = 1,
		.currency = STR("USD"),
		.service = STR("ground"),
		.reference = STR("shp_42"),
		.tracking = STR("1Z999AA10123456784"),
		.at_ms = AT,
		.arena = t->a,
		.bases = { STR("https://a.example"), STR("https://b.example") },
		.tokens = { STR("token-one"), STR("token-two") } };
	must(!json_parse(t->a, ask->account.credentials, &ask->secrets));
}

void
asked_answer(struct asked *t, int status, const char *text)
{
	if (!t->ask.ncalls)
		t->ask.adapter->build(&t->ask);
	for (size_t i = 0; i < t->ask.ncalls; i++) {
		t->ask.calls[i].status = status;
		t->ask.calls[i].answer = str_of(text);
	}
	if (t->ask.outcome == CARRIER_UNASKED)
		t->ask.adapter->parse(&t->ask);
}

const struct carrier_rate *
asked_rate(struct asked *t, const char *service)
{
	static const struct carrier_rate none = { .minor = -1 };

	for (size_t i = 0; i < t->ask.nrates; i++)
		if (str_eq_z(t->ask.rates[i].service, service))
			return &t->ask.rates[i];
	return &none;
}

struct str
asked_sent(struct asked *t, size_t call, const char *path)
{
	struct json *j = NULL;

	if (call >= t->ask.ncalls || json_parse(t->a, t->ask.calls[call].body, &j))
		return STR("no call");
	return json_text(t->a, carrier_at(j, path));
}

struct str
asked_header(const struct carrier_call *c, const char *name)
{
	for (size_t i = 0; i < c->nheaders; i++)
		if (strcmp(c->headers[i].name, name) == 0)
			return c->headers[i].value;
	return (struct str){ NULL, 0 };
}
