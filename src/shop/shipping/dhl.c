/*
 * DHL Express by the MyDHL API (developer.dhl.com: rates, shipments, tracking; Basic authentication), and the adapter that
 * asks DHL eCommerce too if the credentials have it. A label is billed when it is handed over: nothing is to be voided.
 */
#include "shop/shipping/dhl_int.h"

#include "base/clock.h"

/* Global product codes that are one service to us: over a border, within the EU, within a country. */
static const struct carrier_service services[] = {
	{ "express", "P", "DHL Express Worldwide" },
	{ "express", "U", "DHL Express Worldwide (EU)" },
	{ "express", "N", "DHL Express Domestic" },
};

static const struct carrier_status statuses[] = {
	{ "OK", "delivered" },
	{ "DL", "delivered" },
	{ "WC", "out_for_delivery" },
	{ "RT", "returned" },
	{ "BA", "exception" },
	{ "CA", "exception" },
	{ "MS", "exception" },
	{ "NH", "exception" },
	{ "OH", "exception" },
	{ "RD", "exception" },
	{ "UD", "exception" },
	{ "DM", "exception" },
	{ "PU", "in_transit" },
	{ "PL", "in_transit" },
	{ "DF", "in_transit" },
	{ "AF", "in_transit" },
	{ "AR", "in_transit" },
	{ "SA", "label_created" },
};

static bool
has_express(const struct carrier_ask *ask)
{
	return carrier_secret(ask, "username").n && carrier_secret(ask, "password").n;
}

/* Ten digits, or a piece's JD number: what Express gives. */
static bool
is_express_number(struct str s)
{
	return (s.n == 10 && str_only(s, "0123456789")) || str_starts(s, STR("JD")) ||
		str_starts(s, STR("JJD"));
}

static bool
by_ecommerce(const struct carrier_ask *ask)
{
	if (ask->verb == CARRIER_LABEL)
		return str_starts(ask->service, STR("ecommerce"));
	if (ask->verb == CARRIER_TRACK)
		return !has_express(ask) ||
			(dhl_has_ecommerce(ask) && !is_express_number(ask->tracking));
	return false;
}

static unsigned
needs(const struct carrier_ask *ask)
{
	bool asked = ask->verb == CARRIER_RATES || ask->verb == CARRIER_CHECK || by_ecommerce(ask);

	return asked && dhl_has_ecommerce(ask);
}

/* Quotes of Express are worth having alone. */
static bool
spares(const struct carrier_ask *ask)
{
	return ask->verb == CARRIER_RATES && has_express(ask);
}

/* ---- writing */

static struct carrier_call *
call(struct carrier_ask *ask, const char *method, struct str rest)
{
	struct carrier_call *c = carrier_call_add(
		ask, method, str_fmt(ask->arena, "%.*s%.*s", STRF(ask->bases[0]), STRF(rest)));

	c->mark = DHL_EXPRESS;
	carrier_basic(ask, c, carrier_secret(ask, "username"), carrier_secret(ask, "password"));
	return c;
}

static void
out_postal(struct buf *b, const struct carrier_address *at)
{
	carrier_out(b, "postalCode", at->zip, 12);
	/* They want a city; where there is none, the postal code is what they go by. */
	carrier_out(b, "cityName", at->city.n ? at->city : at->zip.n ? at->zip : STR("-"), 45);
	carrier_out(b, "countryCode", at->country, 2);
	carrier_out(b, "addressLine1", at->line1, 45);
	carrier_out(b, "addressLine2", at->line2, 45);
}

static bool
in_eu(struct str country)
{
	static const char all[] =
		" AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT "
		"RO SK SI ES SE ";

	for (const char *p = all; p[1]; p += 3)
		if (country.n == 2 && memcmp(p + 1, country.p, 2) == 0)
			return true;
	return false;
}

static bool
is_abroad(const struct carrier_ask *ask)
{
	return !str_eq(ask->from.country, ask->to.country);
}

static bool
is_dutiable(const struct carrier_ask *ask)
{
	return is_abroad(ask) && !(in_eu(ask->from.country) && in_eu(ask->to.country));
}

static void
out_packages(struct buf *b, const struct carrier_ask *ask)
{
	const struct carrier_unit *weight = carrier_imperial(ask) ? &carrier_lb : &carrier_kg;
	const struct carrier_unit *length = carrier_imperial(ask) ? &carrier_in : &carrier_cm;

	JSON_OUT_NAME(b, "packages");
	buf_char(b, '[');
	for (size_t i = 0; i < ask->npackages; i++) {
		const struct carrier_package *p = &ask->packages[i];

		json_out_comma(b);
		buf_char(b, '{');
		carrier_out_measure(
			b, "weight", p->weight_mg, CARRIER_FORM(weight, 3, CARRIER_NUMBER));
		JSON_OUT_NAME(b, "dimensions");
		buf_char(b, '{');
		/* They must be there, and at least 1. */
		carrier_out_measure(b, "length", MAX(p->length_um, 25400),
			CARRIER_FORM(length, 3, CARRIER_NUMBER));
		carrier_out_measure(b, "width", MAX(p->width_um, 25400),
			CARRIER_FORM(length, 3, CARRIER_NUMBER));
		carrier_out_measure(b, "height", MAX(p->height_um, 25400),
			CARRIER_FORM(length, 3, CARRIER_NUMBER));
		buf_char(b, '}');
		if (ask->reference.n) {
			buf_z(b, ",\"customerReferences\":[{\"typeCode\":\"CU\"");
			carrier_out(b, "value", ask->reference, 35);
			buf_z(b, "}]");
		}
		buf_char(b, '}');
	}
	buf_char(b, ']');
	carrier_out(b, "unitOfMeasurement", carrier_imperial(ask) ? STR("imperial") : STR("metric"),
		10);
}

static void
out_services(struct buf *b, const struct carrier_ask *ask)
{
	int64_t insured = carrier_insured(ask);

	if (!insured && !ask->signature)
		return;
	JSON_OUT_NAME(b, "valueAddedServices");
	buf_char(b, '[');
	if (insured) {
		buf_z(b, "{\"serviceCode\":\"II\"");
		carrier_out_money(b, "value", insured, carrier_currency(ask), CARRIER_NUMBER);
		carrier_out(b, "currency", carrier_currency(ask), 3);
		buf_char(b, '}');
	}
	if (ask->signature) {
		json_out_comma(b);
		buf_z(b, "{\"serviceCode\":\"SF\"}");
	}
	buf_char(b, ']');
}

static void
out_account(struct buf *b, const struct carrier_ask *ask)
{
	JSON_OUT_NAME(b, "accounts");
	buf_z(b, "[{\"typeCode\":\"shipper\"");
	carrier_out(b, "number", ask->account.number, 12);
	buf_z(b, "}]");
}

/* A moment that is not over when they read it, as "2026-01-31T10:30:00 GMT+00:00" without the blank. */
static void
out_planned(struct buf *b, const struct carrier_ask *ask)
{
	int64_t ms = ask->at_ms / 1000 * 1000 + 600000;
	char text[CLOCK_TEXT];
	size_t n = clock_render(ms, text);

	carrier_out(b, "plannedShippingDateAndTime",
		str_fmt(ask->arena, "%.*sGMT+00:00", (int)n - 1, text), 40);
}

static void
build_rates(struct carrier_ask *ask)
{
	struct carrier_call *c = call(ask, "POST", STR("/rates"));
	struct buf b;

	carrier_buf(ask, &b);
	buf_z(&b, "{\"customerDetails\":{\"shipperDetails\":{");
	out_postal(&b, &ask->from);
	buf_z(&b, "},\"receiverDetails\":{");
	out_postal(&b, &ask->to);
	buf_z(&b, "}}");
	out_account(&b, ask);
	out_planned(&b, ask);
	buf_fmt(&b, ",\"isCustomsDeclarable\":%s", is_dutiable(ask) ? "true" : "false");
	if (is_dutiable(ask)) {
		buf_z(&b, ",\"monetaryAmount\":[{\"typeCode\":\"declaredValue\"");
		carrier_out_money(&b, "value", MAX(carrier_insured(ask), 100),
			carrier_currency(ask), CARRIER_NUMBER);
		carrier_out(&b, "currency", carrier_currency(ask), 3);
		buf_z(&b, "}]");
	}
	out_services(&b, ask);
	out_packages(&b, ask);
	buf_char(&b, '}');
	carrier_json(c, &b);
}

static void
out_party(struct buf *b, const char *name, const struct carrier_address *at)
{
	json_out_name(b, str_of(name));
	buf_z(b, "{\"postalAddress\":{");
	out_postal(b, at);
	carrier_out(b, "provinceCode", at->state, 35);
	buf_z(b, "},\"contactInformation\":{");
	carrier_out(b, "fullName", carrier_person(at), 255);
	carrier_out(b, "companyName", at->company.n ? at->company : carrier_person(at), 100);
	carrier_out(b, "phone", at->phone.n ? at->phone : STR("0"), 70);
	buf_z(b, "}}");
}

static void
out_line(struct buf *b, const struct carrier_ask *ask, size_t i)
{
	const struct carrier_item *item = &ask->items[i];
	const struct carrier_unit *unit = carrier_imperial(ask) ? &carrier_lb : &carrier_kg;
	int64_t weight = item->weight_mg ? item->weight_mg : ask->packages[0].weight_mg;

	json_out_comma(b);
	buf_fmt(b, "{\"number\":%zu", i + 1);
	carrier_out(b, "description", item->description, 512);
	carrier_out_money(b, "price", item->unit_minor, carrier_currency(ask), CARRIER_NUMBER);
	buf_fmt(b, ",\"quantity\":{\"value\":%" PRId64 ",\"unitOfMeasurement\":\"PCS\"}",
		item->quantity);
	carrier_out(b, "manufacturerCountry", item->origin.n ? item->origin : ask->from.country, 2);
	if (item->tariff.n) {
		buf_z(b, ",\"commodityCodes\":[{\"typeCode\":\"outbound\"");
		carrier_out(b, "value", item->tariff, 18);
		buf_z(b, "}]");
	}
	buf_z(b, ",\"weight\":{");
	carrier_out_measure(b, "netValue", weight, CARRIER_FORM(unit, 3, CARRIER_NUMBER));
	carrier_out_measure(b, "grossValue", weight, CARRIER_FORM(unit, 3, CARRIER_NUMBER));
	buf_z(b, "},\"exportReasonType\":\"permanent\"}");
}

static int64_t
declared(const struct carrier_ask *ask)
{
	int64_t sum = 0;

	for (size_t i = 0; i < ask->nitems; i++)
		sum += MIN(ask->items[i].unit_minor, INT64_C(1) << 40) *
			MIN(ask->items[i].quantity, 1 << 20);
	return MAX(sum, 100);
}

static void
out_content(struct buf *b, const struct carrier_ask *ask)
{
	JSON_OUT_NAME(b, "content");
	buf_char(b, '{');
	out_packages(b, ask);
	buf_fmt(b, ",\"isCustomsDeclarable\":%s,\"incoterm\":\"DAP\"",
		is_dutiable(ask) ? "true" : "false");
	carrier_out(b, "description", ask->nitems ? ask->items[0].description : STR("Goods"), 70);
	if (is_dutiable(ask)) {
		carrier_out_money(
			b, "declaredValue", declared(ask), carrier_currency(ask), CARRIER_NUMBER);
		carrier_out(b, "declaredValueCurrency", carrier_currency(ask), 3);
		buf_z(b, ",\"exportDeclaration\":{\"lineItems\":[");
		for (size_t i = 0; i < ask->nitems; i++)
			out_line(b, ask, i);
		buf_z(b, "],\"invoice\":{");
		carrier_out(b, "number", ask->reference.n ? ask->reference : STR("1"), 35);
		carrier_out(b, "date", carrier_day(ask->arena, ask->at_ms, true), 10);
		buf_z(b, "}}");
	}
	buf_char(b, '}');
}

static struct str
product_of(struct carrier_ask *ask)
{
	struct str rest;
	char *upper;

	if (str_eq_z(ask->service, "express"))
		return !is_abroad(ask) ? STR("N") : is_dutiable(ask) ? STR("P") : STR("U");
	rest = str_cut(ask->service, strlen("express_"), ask->service.n);
	if (!str_starts(ask->service, STR("express_")) || rest.n != 1 || rest.p[0] < '0' ||
		rest.p[0] > 'z')
		return (struct str){ NULL, 0 };
	upper = arena_alloc(ask->arena, 2);
	upper[0] = (char)(rest.p[0] >= 'a' ? rest.p[0] - 32 : rest.p[0]);
	return (struct str){ upper, 1 };
}

static void
build_label(struct carrier_ask *ask)
{
	struct str product = product_of(ask);
	struct carrier_call *c;
	struct buf b;

	if (!product.n || !has_express(ask)) {
		carrier_cannot(ask, product.n ? "credentials" : "unknown_service",
			product.n ? "there are no credentials for DHL Express"
				  : "DHL Express has no such service");
		return;
	}
	if (is_dutiable(ask) && !ask->nitems) {
		carrier_cannot(ask, "customs", "over a border the goods must be named for customs");
		return;
	}
	c = call(ask, "POST", STR("/shipments"));
	carrier_buf(ask, &b);
	buf_char(&b, '{');
	out_planned(&b, ask);
	buf_z(&b, ",\"pickup\":{\"isRequested\":false}");
	carrier_out(&b, "productCode", product, 6);
	out_account(&b, ask);
	buf_z(&b,
		",\"outputImageProperties\":{\"printerDPI\":300,\"encodingFormat\":\"pdf\","
		"\"imageOptions\":[{\"typeCode\":\"label\",\"templateName\":\"ECOM26_84_001\"}]},"
		"\"customerDetails\":{");
	out_party(&b, "shipperDetails", &ask->from);
	out_party(&b, "receiverDetails", &ask->to);
	buf_char(&b, '}');
	out_content(&b, ask);
	out_services(&b, ask);
	buf_char(&b, '}');
	carrier_json(c, &b);
}

static void
build_track(struct carrier_ask *ask)
{
	call(ask, "GET",
		str_fmt(ask->arena,
			"/shipments/%.*s/tracking?trackingView=all-checkpoints&levelOfDetail=all",
			STRF(carrier_escape(ask->arena, ask->tracking))));
}

/* The cheapest question to Express that needs to know who asks. */
static void
build_check(struct carrier_ask *ask)
{
	if (has_express(ask))
		call(ask, "GET",
			STR("/address-validate?type=delivery&countryCode=US&postalCode=10001"
			    "&cityName=New%20York"));
	else
		ask->outcome = CARRIER_DONE;
}

static void
build(struct carrier_ask *ask)
{
	bool express = has_express(ask), ecommerce = dhl_has_ecommerce(ask);

	if (!express && !ecommerce)
		carrier_cannot(ask, "credentials",
			"there are whole credentials neither for DHL Express nor for DHL "
			"eCommerce");
	else if (ask->verb != CARRIER_VOID && ask->npackages >= CARRIER_CALLS)
		carrier_cannot(ask, "too_many_packages", "DHL takes at most 31 packages here");
	else if (ask->verb == CARRIER_RATES && express)
		build_rates(ask);
	if (ask->outcome == CARRIER_UNASKED && ask->verb == CARRIER_RATES && ecommerce &&
		ask->tokens[0].n)
		dhl_ecommerce_rates(ask);
	if (ask->outcome != CARRIER_UNASKED || ask->verb == CARRIER_RATES)
		return;
	if (ask->verb == CARRIER_VOID)
		ask->outcome = CARRIER_DONE;
	else if (ask->verb == CARRIER_CHECK)
		build_check(ask);
	else if (by_ecommerce(ask) && !ecommerce)
		carrier_cannot(ask, "credentials", "there are no credentials for DHL eCommerce");
	else if (ask->verb == CARRIER_LABEL)
		by_ecommerce(ask) ? dhl_ecommerce_label(ask) : build_label(ask);
	else
		by_ecommerce(ask) ? dhl_ecommerce_track(ask) : build_track(ask);
}

/* ---- reading */

/* "8003: The requested …": a number of theirs leads the detail, if there is one. */
static bool
errors(struct carrier_ask *ask, const struct json *j, struct str *code, struct str *message)
{
	struct str detail = carrier_words(ask->arena, j, "detail", 300);
	size_t colon = str_find(detail, ':');
	const struct json *more = carrier_nth(carrier_at(j, "additionalDetails"), 0);

	*message = detail;
	if (more)
		*message = carrier_words(ask->arena, more, "", 300);
	if (colon < detail.n && str_only(str_cut(detail, 0, colon), "0123456789"))
		*code = str_cut(detail, 0, colon);
	else
		*code = carrier_text(ask->arena, j, "status");
	return code->n > 0;
}

static void
parse_product(struct carrier_ask *ask, const struct json *product)
{
	struct arena *a = ask->arena;
	struct str code = carrier_words(a, product, "productCode", 4), currency;
	const struct carrier_service *s = carrier_service_theirs(services, COUNT(services), code);
	struct str name = carrier_words(a, product, "productName", 50);
	const struct json *prices = carrier_at(product, "totalPrice");
	const struct json *when = carrier_at(product, "deliveryCapabilities");
	int64_t minor, days;
	struct carrier_rate *r;

	for (size_t i = 0; i < carrier_count(prices); i++) {
		const struct json *price = carrier_nth(prices, i);

		/* BILLC is the currency that the account is billed in. */
		if (!str_eq_z(carrier_text(a, price, "currencyType"), "BILLC") || !code.n ||
			!carrier_currency_read(
				a, carrier_text(a, price, "priceCurrency"), &currency) ||
			!carrier_minor(a, price, "price", currency, &minor) || !minor)
			continue;
		r = carrier_rate_add(ask,
			s ? str_of(s->code)
			  : carrier_snake(a, str_fmt(a, "express_%.*s", STRF(code))),
			name.n ? str_fmt(a, "DHL %.*s", STRF(name)) : name, currency, minor);
		if (!r)
			return;
		if (str_int(carrier_text(a, when, "totalTransitDays"), &days) && days > 0 &&
			days < 100)
			r->days = (int)days;
		if (!carrier_stamp(
			    carrier_text(a, when, "estimatedDeliveryDateAndTime"), &r->delivery_ms))
			r->delivery_ms = 0;
		return;
	}
}

static void
parse_express(struct carrier_ask *ask, const struct carrier_call *c)
{
	const struct json *j = carrier_answer(ask, c, errors);
	const struct json *all = carrier_at(j, "products");

	for (size_t i = 0; i < carrier_count(all); i++)
		parse_product(ask, carrier_nth(all, i));
	if (j && !all)
		carrier_unreadable(ask);
	else if (j)
		ask->outcome = CARRIER_DONE;
}

static void
parse_rates(struct carrier_ask *ask)
{
	struct carrier_ask express = *ask, ecommerce = *ask;
	bool both = ask->ncalls && ask->calls[ask->ncalls - 1].mark == DHL_ECOMMERCE;
	bool two = has_express(ask) && both;

	if (has_express(ask))
		parse_express(&express, &ask->calls[0]);
	if (both)
		dhl_ecommerce_parse_rates(&ecommerce);
	*ask = has_express(ask) ? express : ecommerce;
	if (!two)
		return;
	/* One of the two is enough; what was wrong with the other is told beside. */
	if (express.outcome != CARRIER_DONE && ecommerce.outcome == CARRIER_DONE) {
		*ask = ecommerce;
		ask->code = express.code;
		ask->message = express.message;
	} else if (ecommerce.outcome != CARRIER_DONE) {
		ask->code = express.outcome == CARRIER_DONE ? ecommerce.code : express.code;
		ask->message =
			express.outcome == CARRIER_DONE ? ecommerce.message : express.message;
	} else {
		for (size_t i = 0; i < ecommerce.nrates; i++) {
			const struct carrier_rate *r = &ecommerce.rates[i];
			struct carrier_rate *added =
				carrier_rate_add(ask, r->service, r->name, r->currency, r->minor);

			if (added)
				*added = *r;
		}
	}
}

static void
parse_label(struct carrier_ask *ask)
{
	struct arena *a = ask->arena;
	const struct json *j = carrier_answer(ask, &ask->calls[0], errors);
	const struct json *pieces = carrier_at(j, "packages");
	const struct json *documents = carrier_at(j, "documents");
	const struct json *charges = carrier_at(j, "shipmentCharges");
	struct carrier_label *label = &ask->label;
	const char *type = NULL;
	struct str bytes;

	label->tracking = label->shipment = carrier_words(a, j, "shipmentTrackingNumber", 64);
	if (!label->tracking.n)
		return;
	for (size_t i = 0; i < carrier_count(pieces); i++)
		carrier_parcel_add(
			ask, carrier_words(a, carrier_nth(pieces, i), "trackingNumber", 64));
	if (!label->nparcels)
		carrier_parcel_add(ask, label->tracking);
	/* One document has the labels of all pieces. */
	for (size_t i = 0; !type && i < carrier_count(documents); i++) {
		const struct json *one = carrier_nth(documents, i);

		if (str_eq_z(carrier_text(a, one, "typeCode"), "label") &&
			carrier_unbase64(a, carrier_text(a, one, "content"), &bytes))
			type = carrier_label_type(bytes);
	}
	if (type) {
		label->parcels[0].label = bytes;
		label->parcels[0].type = str_of(type);
	}
	for (size_t i = 0; i < carrier_count(charges) && !label->currency.n; i++) {
		const struct json *one = carrier_nth(charges, i);

		if (!str_eq_z(carrier_text(a, one, "currencyType"), "BILLC") ||
			!carrier_currency_read(
				a, carrier_text(a, one, "priceCurrency"), &label->currency) ||
			!carrier_minor(a, one, "price", label->currency, &label->minor))
			label->currency = (struct str){ NULL, 0 };
	}
	ask->outcome = CARRIER_DONE;
}

static void
parse_event(struct carrier_ask *ask, const struct json *one)
{
	struct arena *a = ask->arena;
	struct str code = carrier_words(a, one, "typeCode", 8);
	struct str text = carrier_words(a, one, "description", 200);
	struct str place =
		carrier_words(a, carrier_nth(carrier_at(one, "serviceArea"), 0), "description", 64);
	const char *status = carrier_status_of(statuses, COUNT(statuses), code);
	struct carrier_event *e;
	int64_t ms, ahead;

	if (!carrier_local(carrier_text(a, one, "date"), carrier_text(a, one, "time"), &ms))
		return;
	if (carrier_offset(carrier_text(a, one, "GMTOffset"), &ahead))
		ms -= ahead;
	e = carrier_event_add(ask, ms, status ? status : carrier_status_words(text));
	if (!e)
		return;
	e->code = code;
	e->text = text;
	/* "Brisbane-AU" */
	e->city = place;
	if (place.n > 3 && place.p[place.n - 3] == '-') {
		e->city = str_cut(place, 0, place.n - 3);
		e->country = str_cut(place, place.n - 2, place.n);
	}
}

static void
parse_track(struct carrier_ask *ask)
{
	const struct json *j = carrier_answer(ask, &ask->calls[0], errors);
	const struct json *shipment = carrier_nth(carrier_at(j, "shipments"), 0);
	const struct json *events = carrier_at(shipment, "events");

	if (j && carrier_at(j, "shipments") && !shipment)
		carrier_cannot(ask, "not_found", "DHL Express knows no such shipment");
	if (!shipment)
		return;
	carrier_events_begin(ask, carrier_count(events));
	for (size_t i = 0; i < carrier_count(events); i++)
		parse_event(ask, carrier_nth(events, i));
	carrier_events_end(ask);
	ask->outcome = CARRIER_DONE;
}

/* Whatever they say of the address: they knew who asked. */
static void
parse_check(struct carrier_ask *ask)
{
	const struct carrier_call *c = &ask->calls[0];

	if (c->fault == CARRIER_FAULT_NONE && c->status >= 200 && c->status < 500 &&
		c->status != 401 && c->status != 403 && c->status != 429)
		ask->outcome = CARRIER_DONE;
	else if (c->fault == CARRIER_FAULT_NONE && c->status == 403)
		carrier_cannot(ask, "credentials", "the carrier does not accept the credentials");
	else
		(void)carrier_answer(ask, c, errors);
}

static void
parse(struct carrier_ask *ask)
{
	if (ask->verb == CARRIER_RATES)
		parse_rates(ask);
	else if (ask->verb == CARRIER_LABEL)
		by_ecommerce(ask) ? dhl_ecommerce_parse_label(ask) : parse_label(ask);
	else if (ask->verb == CARRIER_TRACK)
		by_ecommerce(ask) ? dhl_ecommerce_parse_track(ask) : parse_track(ask);
	else
		parse_check(ask);
}

static const struct carrier_credential credentials[] = {
	{ "username", "API key of MyDHL API, for Express", true },
	{ "password", "its API secret", true },
	{ "client_id", "client ID of DHL eCommerce Americas", true },
	{ "client_secret", "its client secret", true },
	{ "pickup", "pickup account number of DHL eCommerce", true },
	{ "distribution_center", "distribution center of DHL eCommerce, such as USDFW1", true },
	{ NULL, NULL, false },
};

const struct carrier_adapter carrier_dhl = {
	.kind = "dhl",
	.credentials = credentials,
	.bases = { { "dhl", "https://express.api.dhl.com/mydhlapi",
			   "https://express.api.dhl.com/mydhlapi/test" },
		{ "dhl_ecommerce", "https://api.dhlecs.com", "https://api-sandbox.dhlecs.com" } },
	.needs = needs,
	.token = dhl_ecommerce_token,
	.token_read = carrier_oauth_read,
	.spares = spares,
	.build = build,
	.parse = parse,
};
