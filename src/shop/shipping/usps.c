/*
 * USPS by apis.usps.com: OAuth, Shipping Options v3 (prices and days of all mail classes), Service Standards v3, Labels v3
 * with a payment authorization, Tracking v3. They know one package at a time, so several are several calls. Domestic.
 */
#include "shop/shipping/carrier_int.h"

#include "base/crypto.h"

#define PAYMENT_S 28800 /* a payment authorization is good for eight hours */
#define LB_MG INT64_C(453592)
#define IN_UM INT64_C(25400)

enum { OF_PACKAGE, OF_STANDARDS };

/* First-Class Package Service and Parcel Select Ground have been USPS Ground Advantage since July 2023. */
static const struct carrier_service services[] = {
	{ "priority", "PRIORITY_MAIL", "USPS Priority Mail" },
	{ "express", "PRIORITY_MAIL_EXPRESS", "USPS Priority Mail Express" },
	{ "first_class", "USPS_GROUND_ADVANTAGE", "USPS Ground Advantage" },
	{ "ground_advantage", "USPS_GROUND_ADVANTAGE", "USPS Ground Advantage" },
	{ "first_class", "FIRST-CLASS_PACKAGE_SERVICE", "USPS First-Class Package Service" },
	{ "parcel_select", "PARCEL_SELECT", "USPS Parcel Select" },
	{ "media_mail", "MEDIA_MAIL", "USPS Media Mail" },
	{ "library_mail", "LIBRARY_MAIL", "USPS Library Mail" },
	{ "bound_printed_matter", "BOUND_PRINTED_MATTER", "USPS Bound Printed Matter" },
};

/* eventCode of Tracking v3, where its words alone would mislead. */
static const struct carrier_status statuses[] = {
	{ "01", "delivered" },
	{ "02", "exception" },
	{ "04", "exception" },
	{ "05", "exception" },
	{ "09", "returned" },
	{ "21", "returned" },
	{ "29", "returned" },
	{ "55", "exception" },
	{ "56", "exception" },
	{ "GX", "label_created" },
	{ "MA", "label_created" },
	{ "OF", "out_for_delivery" },
};

static unsigned
needs(const struct carrier_ask *ask)
{
	return ask->verb == CARRIER_LABEL || ask->verb == CARRIER_VOID ? 3 : 1;
}

static void
out_role(struct buf *b, const struct carrier_ask *ask, const char *role)
{
	struct str manifest = carrier_secret(ask, "manifest_mid");
	struct str type = carrier_secret(ask, "account_type");

	json_out_comma(b);
	buf_char(b, '{');
	carrier_out(b, "roleName", str_of(role), 20);
	carrier_out(b, "CRID", carrier_secret(ask, "crid"), 15);
	carrier_out(b, "MID", carrier_secret(ask, "mid"), 9);
	carrier_out(b, "manifestMID", manifest.n ? manifest : carrier_secret(ask, "mid"), 9);
	carrier_out(b, "accountType", type.n ? type : STR("EPS"), 10);
	carrier_out(b, "accountNumber", ask->account.number, 32);
	buf_char(b, '}');
}

static void
token(struct carrier_ask *ask, int which, struct carrier_call *c)
{
	struct arena *a = ask->arena;
	struct buf b;

	if (which == 0) {
		carrier_oauth(
			ask, c, str_fmt(a, "%.*s/oauth2/v3/token", STRF(ask->bases[0])), true);
		return;
	}
	*c = (struct carrier_call){ .method = "POST",
		.url = str_fmt(a, "%.*s/payments/v3/payment-authorization", STRF(ask->bases[0])) };
	carrier_header(c, "Accept", STR("application/json"));
	carrier_bearer(ask, c, 0);
	carrier_buf(ask, &b);
	buf_z(&b, "{\"roles\":[");
	out_role(&b, ask, "PAYER");
	out_role(&b, ask, "LABEL_OWNER");
	buf_z(&b, "]}");
	carrier_json(c, &b);
}

static bool
token_read(struct carrier_ask *ask, int which, const struct carrier_call *c, struct str *token_out,
	int64_t *seconds)
{
	struct json *j = NULL;

	if (which == 0)
		return carrier_oauth_read(ask, which, c, token_out, seconds);
	if (json_parse_secret(ask->arena, c->answer, &j))
		return false;
	*token_out = json_string(carrier_at(j, "paymentAuthorizationToken"));
	*seconds = PAYMENT_S;
	return token_out->n > 0;
}

/* ---- writing */

/* "90210-1234" is two fields. */
static void
out_zip(struct buf *b, const char *name, const char *plus4, struct str zip)
{
	carrier_out(b, name, str_cut(zip, 0, 5), 5);
	if (plus4 && zip.n == 10 && zip.p[5] == '-')
		carrier_out(b, plus4, str_cut(zip, 6, 10), 4);
}

/* What a package costs more for: signed for, insured (another code above 500 dollars). */
static void
out_extras(struct buf *b, const struct carrier_ask *ask, const struct carrier_package *p)
{
	JSON_OUT_NAME(b, "extraServices");
	buf_char(b, '[');
	if (ask->signature)
		buf_z(b, "921");
	if (p->insured_minor) {
		json_out_comma(b);
		buf_z(b, p->insured_minor > 50000 ? "931" : "930");
	}
	buf_char(b, ']');
}

static void
out_sizes(struct buf *b, const struct carrier_package *p)
{
	carrier_out_measure(
		b, "weight", p->weight_mg, CARRIER_FORM(&carrier_lb, 4, CARRIER_NUMBER));
	carrier_out_measure(
		b, "length", p->length_um, CARRIER_FORM(&carrier_in, 2, CARRIER_NUMBER));
	carrier_out_measure(b, "width", p->width_um, CARRIER_FORM(&carrier_in, 2, CARRIER_NUMBER));
	carrier_out_measure(
		b, "height", p->height_um, CARRIER_FORM(&carrier_in, 2, CARRIER_NUMBER));
}

static struct carrier_call *
call(struct carrier_ask *ask, const char *method, const char *path, struct str rest)
{
	struct carrier_call *c = carrier_call_add(ask, method,
		str_fmt(ask->arena, "%.*s%s%.*s", STRF(ask->bases[0]), path, STRF(rest)));

	carrier_bearer(ask, c, 0);
	return c;
}

static void
build_rate(struct carrier_ask *ask, const struct carrier_package *p)
{
	struct carrier_call *c =
		call(ask, "POST", "/shipments/v3/options/search", (struct str){ NULL, 0 });
	struct str type = carrier_secret(ask, "account_type");
	struct buf b;

	c->mark = OF_PACKAGE;
	carrier_buf(ask, &b);
	buf_z(&b, "{\"pricingOptions\":[{\"priceType\":");
	buf_z(&b, ask->account.number.n ? "\"COMMERCIAL\"" : "\"RETAIL\"");
	if (ask->account.number.n) {
		JSON_OUT_NAME(&b, "paymentAccount");
		buf_char(&b, '{');
		carrier_out(&b, "accountType", type.n ? type : STR("EPS"), 10);
		carrier_out(&b, "accountNumber", ask->account.number, 32);
		buf_char(&b, '}');
	}
	buf_z(&b, "}]");
	out_zip(&b, "originZIPCode", NULL, ask->from.zip);
	out_zip(&b, "destinationZIPCode", NULL, ask->to.zip);
	buf_z(&b, ",\"destinationEntryFacilityType\":\"NONE\",\"packageDescription\":{");
	out_sizes(&b, p);
	carrier_out(&b, "mailClass", STR("ALL"), 3);
	out_extras(&b, ask, p);
	if (p->insured_minor)
		carrier_out_money(&b, "packageValue", p->insured_minor, STR("USD"), CARRIER_NUMBER);
	carrier_out(&b, "mailingDate", carrier_day(ask->arena, ask->at_ms, true), 10);
	buf_z(&b, "}}");
	carrier_json(c, &b);
}

static void
build_rates(struct carrier_ask *ask)
{
	struct arena *a = ask->arena;
	struct carrier_call *c;

	for (size_t i = 0; i < ask->npackages; i++)
		build_rate(ask, &ask->packages[i]);
	c = call(ask, "GET", "/service-standards/v3/estimates",
		str_fmt(a,
			"?originZIPCode=%.*s&destinationZIPCode=%.*s&acceptanceDate=%.*s&mailClass="
			"ALL",
			STRF(carrier_escape(a, str_cut(ask->from.zip, 0, 5))),
			STRF(carrier_escape(a, str_cut(ask->to.zip, 0, 5))),
			STRF(carrier_day(a, ask->at_ms, true))));
	c->mark = OF_STANDARDS;
}

static void
out_person(struct buf *b, const char *name, const struct carrier_address *at)
{
	size_t space = at->name.n;

	while (space && at->name.p[space - 1] != ' ')
		space--;
	json_out_name(b, str_of(name));
	buf_char(b, '{');
	if (space) {
		carrier_out(b, "firstName", str_trim(str_cut(at->name, 0, space)), 50);
		carrier_out(b, "lastName", str_cut(at->name, space, at->name.n), 50);
	} else {
		carrier_out(b, "firm", carrier_person(at), 50);
	}
	if (space)
		carrier_out(b, "firm", at->company, 50);
	carrier_out(b, "streetAddress", at->line1, 50);
	carrier_out(b, "secondaryAddress", at->line2, 50);
	carrier_out(b, "city", at->city, 28);
	carrier_out(b, "state", at->state, 2);
	out_zip(b, "ZIPCode", "ZIPPlus4", at->zip);
	buf_char(b, '}');
}

/* The price's kind that the label must name: Express has its own, what is above a cubic foot goes by its size. */
static const char *
rate_indicator(const struct carrier_package *p, const char *mail_class)
{
	int64_t cubic = p->length_um / 1000 * (p->width_um / 1000) * (p->height_um / 1000);

	if (strcmp(mail_class, "PRIORITY_MAIL_EXPRESS") == 0)
		return "PA";
	return cubic > INT64_C(28316847) ? "DR" : "SP";
}

static const char *
processing(const struct carrier_package *p)
{
	bool machine = p->length_um <= 22 * IN_UM && p->width_um <= 18 * IN_UM &&
		p->height_um <= 15 * IN_UM && p->weight_mg <= 25 * (LB_MG + 1);

	return machine ? "MACHINABLE" : "NONSTANDARD";
}

/* The same package of the same shipment, the same key: their answer is then the label that is there already. */
static struct str
idempotency(struct carrier_ask *ask, size_t i)
{
	struct str of = str_fmt(ask->arena, "souk|%" PRId64 "|%.*s|%zu", ask->account.carrier.n,
		STRF(ask->reference), i);
	struct digest d = crypto_sha256(of);
	struct str h;

	d.b[6] = (unsigned char)((d.b[6] & 15) | 0x80);
	d.b[8] = (unsigned char)((d.b[8] & 63) | 0x80);
	h = str_hex(ask->arena, d.b, 16);
	return str_fmt(ask->arena, "%.8s-%.4s-%.4s-%.4s-%.12s", h.p, h.p + 8, h.p + 12, h.p + 16,
		h.p + 20);
}

static void
build_label(struct carrier_ask *ask, const struct carrier_service *s, size_t i)
{
	const struct carrier_package *p = &ask->packages[i];
	struct carrier_call *c = call(ask, "POST", "/labels/v3/label", (struct str){ NULL, 0 });
	struct buf b;

	carrier_header(c, "Accept", STR("application/vnd.usps.labels+json"));
	carrier_header(c, "X-Payment-Authorization-Token", ask->tokens[1]);
	if (ask->reference.n)
		carrier_header(c, "X-Idempotency-Key", idempotency(ask, i));
	carrier_buf(ask, &b);
	buf_z(&b,
		"{\"imageInfo\":{\"imageType\":\"PDF\",\"labelType\":\"4X6LABEL\","
		"\"receiptOption\":\"NONE\",\"suppressPostage\":false,\"suppressMailDate\":true,"
		"\"returnLabel\":false}");
	out_person(&b, "toAddress", &ask->to);
	out_person(&b, "fromAddress", &ask->from);
	buf_z(&b, ",\"packageDescription\":{\"weightUOM\":\"lb\",\"dimensionsUOM\":\"in\"");
	out_sizes(&b, p);
	carrier_out(&b, "mailClass", str_of(s->theirs), 40);
	carrier_out(&b, "rateIndicator", str_of(rate_indicator(p, s->theirs)), 2);
	carrier_out(&b, "processingCategory", str_of(processing(p)), 20);
	carrier_out(&b, "destinationEntryFacilityType", STR("NONE"), 10);
	carrier_out(&b, "mailingDate", carrier_day(ask->arena, ask->at_ms, true), 10);
	out_extras(&b, ask, p);
	if (p->insured_minor) {
		JSON_OUT_NAME(&b, "packageOptions");
		buf_char(&b, '{');
		carrier_out_money(&b, "packageValue", p->insured_minor, STR("USD"), CARRIER_NUMBER);
		buf_char(&b, '}');
	}
	if (ask->reference.n) {
		buf_z(&b, ",\"customerReference\":[{");
		carrier_out(&b, "referenceNumber", ask->reference, 30);
		buf_z(&b, ",\"printReferenceNumber\":true}]");
	}
	buf_z(&b, "}}");
	carrier_json(c, &b);
}

static void
build_labels(struct carrier_ask *ask)
{
	const struct carrier_service *s =
		carrier_service_of(services, COUNT(services), ask->service);

	if (!s)
		carrier_cannot(ask, "unknown_service", "USPS has no such service");
	for (size_t i = 0; s && i < ask->npackages; i++)
		build_label(ask, s, i);
}

static void
build_voids(struct carrier_ask *ask)
{
	struct str rest = ask->shipment.n ? ask->shipment : ask->tracking, one;

	while (ask->ncalls < CARRIER_CALLS && str_split(&rest, ',', &one))
		carrier_header(
			call(ask, "DELETE", "/labels/v3/label/", carrier_escape(ask->arena, one)),
			"X-Payment-Authorization-Token", ask->tokens[1]);
}

static bool
is_domestic(struct str country)
{
	static const char *const all[] = { "US", "PR", "GU", "VI", "AS", "MP", "UM" };

	for (size_t i = 0; i < COUNT(all); i++)
		if (str_eq_z(country, all[i]))
			return true;
	return !country.n;
}

static void
build(struct carrier_ask *ask)
{
	bool sends = ask->verb == CARRIER_RATES || ask->verb == CARRIER_LABEL;

	if (sends && (!is_domestic(ask->from.country) || !is_domestic(ask->to.country)))
		carrier_cannot(ask, "not_served", "only sendings within the US go by USPS here");
	else if (sends && carrier_insured(ask) && !str_eq_z(carrier_currency(ask), "USD"))
		carrier_cannot(ask, "currency", "USPS insures in US dollars only");
	else if (sends && ask->npackages >= CARRIER_CALLS)
		carrier_cannot(ask, "too_many_packages", "USPS takes at most 31 packages here");
	else if (ask->verb == CARRIER_RATES)
		build_rates(ask);
	else if (ask->verb == CARRIER_LABEL)
		build_labels(ask);
	else if (ask->verb == CARRIER_VOID)
		build_voids(ask);
	else if (ask->verb == CARRIER_TRACK)
		call(ask, "GET", "/tracking/v3/tracking/",
			str_fmt(ask->arena, "%.*s?expand=DETAIL",
				STRF(carrier_escape(ask->arena, ask->tracking))));
	else
		ask->outcome = CARRIER_DONE;
}

/* ---- reading */

static bool
errors(struct carrier_ask *ask, const struct json *j, struct str *code, struct str *message)
{
	const struct json *one = carrier_nth(carrier_at(j, "error.errors"), 0);

	*code = carrier_text(ask->arena, one, "code");
	if (!code->n)
		*code = carrier_text(ask->arena, j, "error.code");
	*message = carrier_text(ask->arena, j, "error.message");
	if (!message->n)
		*message = carrier_text(ask->arena, one, "detail");
	return code->n > 0;
}

/* Their own packaging, at one price whatever it weighs, is not what the merchant's box is sent in. */
static bool
is_own_box(struct str indicator)
{
	static const char *const all[] = { "SP", "PA", "DR", "DN", "NP", "3D", "5D", "BA", "CP",
		"PR" };

	for (size_t i = 0; i < COUNT(all); i++)
		if (str_eq_z(indicator, all[i]))
			return true;
	return !indicator.n;
}

/* "3 Days" */
static int
days_of(struct str s)
{
	int64_t n;

	s = str_trim(s);
	return str_int(str_cut(s, 0, str_find(s, ' ')), &n) && n > 0 && n < 100 ? (int)n : 0;
}

/* An element of rateOptions: a price of one mail class, in one packaging. */
static void
parse_option(struct carrier_ask *ask, const struct json *option, struct str of_class)
{
	struct arena *a = ask->arena;
	const struct json *first = carrier_nth(carrier_at(option, "rates"), 0);
	struct str theirs = carrier_words(a, first, "mailClass", 60);
	struct str name = carrier_words(a, first, "productName", 80);
	const struct carrier_service *s;
	struct carrier_rate *r;
	int64_t minor;

	theirs = theirs.n ? theirs : of_class;
	s = carrier_service_theirs(services, COUNT(services), theirs);
	if (!is_own_box(carrier_text(a, first, "rateIndicator")) ||
		(!carrier_minor(a, option, "totalPrice", STR("USD"), &minor) &&
			!carrier_minor(a, option, "totalBasePrice", STR("USD"), &minor)))
		return;
	r = carrier_rate_add(ask, s ? str_of(s->code) : carrier_snake(a, theirs),
		s ? str_of(s->name) : name, STR("USD"), minor);
	if (!r)
		return;
	r->days = days_of(carrier_text(a, option, "commitment.name"));
	if (!carrier_stamp(
		    carrier_text(a, option, "commitment.scheduleDeliveryDate"), &r->delivery_ms))
		r->delivery_ms = 0;
}

static void
parse_options(struct carrier_ask *ask, const struct json *options, struct str of_class)
{
	for (size_t i = 0; i < carrier_count(options); i++)
		parse_option(ask, carrier_nth(options, i), of_class);
}

/* All three shapes of a price: shipping options, a list of base rates, one base rate. */
static bool
parse_package(struct carrier_ask *ask, const struct json *j)
{
	const struct json *pricing = carrier_at(j, "pricingOptions");

	for (size_t i = 0; i < carrier_count(pricing); i++) {
		const struct json *all = carrier_at(carrier_nth(pricing, i), "shippingOptions");

		for (size_t k = 0; k < carrier_count(all); k++)
			parse_options(ask, carrier_at(carrier_nth(all, k), "rateOptions"),
				carrier_words(ask->arena, carrier_nth(all, k), "mailClass", 60));
	}
	parse_options(ask, carrier_at(j, "rateOptions"), (struct str){ NULL, 0 });
	if (carrier_at(j, "rates"))
		parse_option(ask, j, (struct str){ NULL, 0 });
	return pricing || carrier_at(j, "rateOptions") || carrier_at(j, "rates");
}

/* Service Standards: days where the prices did not tell them. Of Ground Advantage there is one for each weight. */
static void
parse_standards(struct carrier_ask *ask, const struct json *j)
{
	struct arena *a = ask->arena;
	int64_t heaviest = 0;

	for (size_t i = 0; i < ask->npackages; i++)
		heaviest = MAX(heaviest, ask->packages[i].weight_mg);
	for (size_t i = 0; json_kind(j) == JSON_ARRAY && i < carrier_count(j); i++) {
		const struct json *one = json_at(j, i);
		struct str theirs = carrier_text(a, one, "mailClass");
		struct str notes = carrier_text(a, one, "notes");
		const struct carrier_service *s =
			carrier_service_theirs(services, COUNT(services), theirs);
		struct str code = s ? str_of(s->code) : carrier_snake(a, theirs);

		if (str_eq_z(notes,
			    heaviest < LB_MG ? "WEIGHT_GREATER_THAN_OR_EQUAL_TO_1_POUND"
					     : "WEIGHT_LESS_THAN_1_POUND"))
			continue;
		for (size_t k = 0; k < ask->nrates; k++) {
			struct carrier_rate *r = &ask->rates[k];
			int64_t ms;

			if (!str_eq(r->service, code) || r->days)
				continue;
			r->days = days_of(carrier_text(a, one, "serviceStandard"));
			if (!r->delivery_ms &&
				carrier_stamp(
					carrier_text(a, one, "delivery.scheduledDeliveryDateTime"),
					&ms))
				r->delivery_ms = ms;
		}
	}
}

static void
parse_rates(struct carrier_ask *ask)
{
	bool first = true;

	for (size_t i = 0; i < ask->ncalls; i++) {
		const struct carrier_call *c = &ask->calls[i];
		struct carrier_ask one = *ask;
		struct json *j = NULL;

		if (c->mark == OF_STANDARDS) {
			if (c->status == 200 && !json_parse(ask->arena, c->answer, &j))
				parse_standards(ask, j);
			continue;
		}
		one.rates = NULL;
		one.nrates = 0;
		j = carrier_answer(&one, c, errors);
		if (j && !parse_package(&one, j))
			carrier_unreadable(&one);
		if (one.outcome != CARRIER_UNASKED) {
			one.nrates = 0;
			*ask = one;
			return;
		}
		carrier_rates_and(ask, &one, first);
		first = false;
	}
	ask->outcome = CARRIER_DONE;
}

/* The part of a multipart answer whose head has `type`; absent if there is none. */
static struct str
part_of(struct str s, const char *type)
{
	struct str boundary = str_trim(str_cut(s, 0, str_find(s, '\n')));

	while (boundary.n > 2 && s.n) {
		size_t end = 1, head;
		struct str part;

		while (end < s.n && !str_starts(str_cut(s, end, s.n), boundary))
			end++;
		part = str_cut(s, boundary.n, end);
		s = str_cut(s, end, s.n);
		for (head = 0; head + 1 < part.n; head++)
			if (part.p[head] == '\n' &&
				(part.p[head + 1] == '\n' ||
					(part.p[head + 1] == '\r' && head + 2 < part.n &&
						part.p[head + 2] == '\n')) &&
				head > 0)
				break;
		for (size_t i = 0; i < head; i++)
			if (str_starts(str_cut(part, i, head), str_of(type)))
				return str_trim(str_cut(part, head, part.n));
	}
	return (struct str){ NULL, 0 };
}

static int64_t
sum_of(struct carrier_ask *ask, const struct json *list)
{
	int64_t sum = 0, one;

	for (size_t i = 0; i < carrier_count(list) && i < 100; i++)
		if (carrier_minor(ask->arena, carrier_nth(list, i), "price", STR("USD"), &one))
			sum += one;
	return sum;
}

static bool
parse_label(struct carrier_ask *ask, const struct carrier_call *c)
{
	struct arena *a = ask->arena;
	struct carrier_call whole = *c;
	struct str image = { NULL, 0 };
	const struct json *j, *meta;
	struct carrier_parcel *p;
	const char *type;
	int64_t minor;

	if (str_starts(c->answer, STR("--"))) {
		whole.answer = part_of(c->answer, "application/json");
		image = part_of(c->answer, "application/pdf");
	}
	j = carrier_answer(ask, &whole, errors);
	meta = carrier_at(j, "labelMetadata");
	meta = meta ? meta : j;
	p = carrier_parcel_add(ask, carrier_words(a, meta, "trackingNumber", 34));
	if (!p)
		return false;
	image = image.n ? image : carrier_text(a, j, "labelImage");
	type = carrier_unbase64(a, image, &p->label) ? carrier_label_type(p->label) : NULL;
	p->type = str_of(type);
	if (!type)
		p->label = (struct str){ NULL, 0 };
	if (carrier_minor(a, meta, "postage", STR("USD"), &minor)) {
		minor += sum_of(ask, carrier_at(meta, "extraServices"));
		minor += sum_of(ask, carrier_at(meta, "fees"));
		ask->label.minor += minor;
		ask->label.currency = STR("USD");
	}
	return true;
}

static void
parse_labels(struct carrier_ask *ask)
{
	struct carrier_label *label = &ask->label;
	struct carrier_ask worst = { .outcome = CARRIER_UNASKED };

	for (size_t i = 0; i < ask->ncalls; i++) {
		if (!parse_label(ask, &ask->calls[i]) && ask->outcome == CARRIER_UNASKED)
			carrier_unreadable(ask);
		/* One that may have been bought weighs more than one that was refused. */
		if (ask->outcome > worst.outcome)
			worst = *ask;
		ask->outcome = CARRIER_UNASKED;
	}
	for (size_t i = 0; i < label->nparcels; i++)
		label->shipment = str_fmt(ask->arena, "%.*s%s%.*s", STRF(label->shipment),
			i ? "," : "", STRF(label->parcels[i].tracking));
	if (label->nparcels)
		label->tracking = label->parcels[0].tracking;
	ask->code = worst.code;
	ask->message = worst.message;
	ask->outcome = worst.outcome;
	if (worst.outcome == CARRIER_UNASKED ||
		(label->nparcels && worst.outcome != CARRIER_UNKNOWN))
		ask->outcome = CARRIER_DONE;
}

static void
parse_voids(struct carrier_ask *ask)
{
	for (size_t i = 0; i < ask->ncalls; i++) {
		const struct carrier_call *c = &ask->calls[i];

		if (c->fault == CARRIER_FAULT_NONE && c->status >= 200 && c->status < 300)
			continue;
		(void)carrier_answer(ask, c, errors);
	}
	if (ask->outcome == CARRIER_UNASKED)
		ask->outcome = CARRIER_DONE;
}

static bool
event_time(struct carrier_ask *ask, const struct json *one, int64_t *ms)
{
	struct arena *a = ask->arena;
	int64_t ahead;

	if (carrier_stamp(carrier_text(a, one, "GMTTimestamp"), ms))
		return true;
	if (!carrier_stamp(carrier_text(a, one, "eventTimestamp"), ms))
		return false;
	/* Its Z is not meant: the time is that of the place. */
	if (carrier_offset(carrier_text(a, one, "GMTOffset"), &ahead))
		*ms -= ahead;
	return true;
}

static void
parse_event(struct carrier_ask *ask, const struct json *one)
{
	struct arena *a = ask->arena;
	struct str code = carrier_words(a, one, "eventCode", 8);
	struct str text = carrier_words(a, one, "eventType", 200);
	const char *status = carrier_status_of(statuses, COUNT(statuses), code);
	struct carrier_event *e;
	int64_t ms;

	if (!event_time(ask, one, &ms))
		return;
	e = carrier_event_add(ask, ms, status ? status : carrier_status_words(text));
	if (!e)
		return;
	e->code = code;
	e->text = text;
	e->city = carrier_words(a, one, "eventCity", 64);
	e->state = carrier_words(a, one, "eventState", 64);
	e->zip = carrier_words(a, one, "eventZIP", 16);
	e->country = carrier_words(a, one, "eventCountry", 2);
	if (!e->country.n && (e->zip.n || e->state.n))
		e->country = STR("US");
}

static void
parse_track(struct carrier_ask *ask)
{
	const struct json *j = carrier_answer(ask, &ask->calls[0], errors);
	const struct json *events = carrier_at(j, "trackingEvents");

	if (!j || (!events && !carrier_at(j, "trackingNumber")))
		return;
	carrier_events_begin(ask, carrier_count(events));
	for (size_t i = 0; i < carrier_count(events); i++)
		parse_event(ask, carrier_nth(events, i));
	carrier_events_end(ask);
	ask->outcome = CARRIER_DONE;
}

static void
parse(struct carrier_ask *ask)
{
	if (ask->verb == CARRIER_RATES)
		parse_rates(ask);
	else if (ask->verb == CARRIER_LABEL)
		parse_labels(ask);
	else if (ask->verb == CARRIER_VOID)
		parse_voids(ask);
	else
		parse_track(ask);
}

static const struct carrier_credential credentials[] = {
	{ "client_id", "consumer key of the app at developers.usps.com", false },
	{ "client_secret", "its consumer secret", false },
	{ "crid", "customer registration ID, for labels", true },
	{ "mid", "mailer ID, for labels", true },
	{ "manifest_mid", "mailer ID of the manifest, if it is another", true },
	{ "account_type", "EPS (if not given), PERMIT or METER", true },
	{ NULL, NULL, false },
};

const struct carrier_adapter carrier_usps = {
	.kind = "usps",
	.credentials = credentials,
	.bases = { { "usps", "https://apis.usps.com", "https://apis-tem.usps.com" } },
	.needs = needs,
	.token = token,
	.token_read = token_read,
	.build = build,
	.parse = parse,
};
