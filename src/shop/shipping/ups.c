/*
 * UPS: OAuth client credentials, Rating v2409 ("Shop": all services in one answer), Shipping v2409 and Track v1, as their
 * OpenAPI documents say. What they have one of is an object, of several an array; numbers are texts.
 */
#include "shop/shipping/carrier_int.h"

static const struct carrier_service services[] = {
	{ "ground", "03", "UPS Ground" },
	{ "3day", "12", "UPS 3 Day Select" },
	{ "2day", "02", "UPS 2nd Day Air" },
	{ "next_day", "01", "UPS Next Day Air" },
	{ "next_day_air_saver", "13", "UPS Next Day Air Saver" },
	{ "next_day_air_early", "14", "UPS Next Day Air Early" },
	{ "2nd_day_air_am", "59", "UPS 2nd Day Air A.M." },
	{ "standard", "11", "UPS Standard" },
	{ "worldwide_express", "07", "UPS Worldwide Express" },
	{ "worldwide_expedited", "08", "UPS Worldwide Expedited" },
	{ "worldwide_express_plus", "54", "UPS Worldwide Express Plus" },
	{ "worldwide_saver", "65", "UPS Worldwide Saver" },
	{ "ground_saver", "93", "UPS Ground Saver" },
	{ "ground_saver_light", "92", "UPS Ground Saver under 1 lb" },
	{ "worldwide_economy_ddu", "17", "UPS Worldwide Economy DDU" },
	{ "worldwide_economy_ddp", "72", "UPS Worldwide Economy DDP" },
	{ "today_standard", "82", "UPS Today Standard" },
	{ "access_point_economy", "70", "UPS Access Point Economy" },
	{ "express_12_00", "74", "UPS Express 12:00" },
};

enum { ASKED, RECOVERY }; /* marks of calls */

/* The type of an activity (Tracking.yaml, status.type). Pickups and warehouses are on the way. */
static const struct carrier_status statuses[] = {
	{ "D", "delivered" },
	{ "O", "out_for_delivery" },
	{ "M", "label_created" },
	{ "MV", "label_created" },
	{ "P", "in_transit" },
	{ "I", "in_transit" },
	{ "DO", "in_transit" },
	{ "DD", "in_transit" },
	{ "W", "in_transit" },
	{ "X", "exception" },
	{ "RS", "returned" },
};

static unsigned
needs(const struct carrier_ask *ask UNUSED)
{
	return 1;
}

static void
token(struct carrier_ask *ask, int which UNUSED, struct carrier_call *c)
{
	carrier_oauth(ask, c,
		str_fmt(ask->arena, "%.*s/security/v1/oauth/token", STRF(ask->bases[0])), false);
	if (ask->account.number.n)
		carrier_header(c, "x-merchant-id", ask->account.number);
}

/* ---- writing */

static void
out_coded(struct buf *b, const char *name, const char *code)
{
	json_out_name(b, str_of(name));
	buf_fmt(b, "{\"Code\":\"%s\"}", code);
}

static void
out_address(struct buf *b, const struct carrier_address *at)
{
	JSON_OUT_NAME(b, "Address");
	buf_char(b, '{');
	JSON_OUT_NAME(b, "AddressLine");
	buf_char(b, '[');
	if (at->line1.n)
		json_out_string(b, str_head(at->line1, 35));
	if (at->line2.n) {
		json_out_comma(b);
		json_out_string(b, str_head(at->line2, 35));
	}
	buf_char(b, ']');
	carrier_out(b, "City", at->city, 30);
	carrier_out(b, "StateProvinceCode", at->state, 5);
	carrier_out(b, "PostalCode", at->zip, 9);
	carrier_out(b, "CountryCode", at->country, 2);
	if (at->residential)
		carrier_out(b, "ResidentialAddressIndicator", STR("Y"), 1);
	buf_char(b, '}');
}

static void
out_party(struct buf *b, const char *name, const struct carrier_address *at, struct str account)
{
	json_out_name(b, str_of(name));
	buf_char(b, '{');
	carrier_out(b, "Name", at->company.n ? at->company : carrier_person(at), 35);
	carrier_out(b, "AttentionName", carrier_person(at), 35);
	if (at->phone.n) {
		JSON_OUT_NAME(b, "Phone");
		buf_char(b, '{');
		carrier_out(b, "Number", at->phone, 15);
		buf_char(b, '}');
	}
	carrier_out(b, "ShipperNumber", account, 6);
	out_address(b, at);
	buf_char(b, '}');
}

static void
out_package_options(struct buf *b, const struct carrier_ask *ask, const struct carrier_package *p)
{
	bool at_package = str_eq(ask->from.country, ask->to.country);

	if (!p->insured_minor && !(ask->signature && at_package))
		return;
	JSON_OUT_NAME(b, "PackageServiceOptions");
	buf_char(b, '{');
	if (p->insured_minor) {
		JSON_OUT_NAME(b, "DeclaredValue");
		buf_char(b, '{');
		carrier_out(b, "CurrencyCode", carrier_currency(ask), 3);
		carrier_out_money(
			b, "MonetaryValue", p->insured_minor, carrier_currency(ask), CARRIER_TEXT);
		buf_char(b, '}');
	}
	if (ask->signature && at_package) {
		JSON_OUT_NAME(b, "DeliveryConfirmation");
		buf_z(b, "{\"DCISType\":\"2\"}");
	}
	buf_char(b, '}');
}

static void
out_packages(struct buf *b, const struct carrier_ask *ask, const char *packaging)
{
	bool lb = carrier_imperial(ask);
	const struct carrier_unit *length = lb ? &carrier_in : &carrier_cm;

	JSON_OUT_NAME(b, "Package");
	buf_char(b, '[');
	for (size_t i = 0; i < ask->npackages; i++) {
		const struct carrier_package *p = &ask->packages[i];

		json_out_comma(b);
		buf_char(b, '{');
		out_coded(b, packaging, "02");
		if (p->length_um && p->width_um && p->height_um) {
			JSON_OUT_NAME(b, "Dimensions");
			buf_char(b, '{');
			out_coded(b, "UnitOfMeasurement", lb ? "IN" : "CM");
			carrier_out_measure(
				b, "Length", p->length_um, CARRIER_FORM(length, 2, CARRIER_TEXT));
			carrier_out_measure(
				b, "Width", p->width_um, CARRIER_FORM(length, 2, CARRIER_TEXT));
			carrier_out_measure(
				b, "Height", p->height_um, CARRIER_FORM(length, 2, CARRIER_TEXT));
			buf_char(b, '}');
		}
		JSON_OUT_NAME(b, "PackageWeight");
		buf_char(b, '{');
		out_coded(b, "UnitOfMeasurement", lb ? "LBS" : "KGS");
		carrier_out_measure(b, "Weight", p->weight_mg,
			CARRIER_FORM(lb ? &carrier_lb : &carrier_kg, 1, CARRIER_TEXT));
		buf_char(b, '}');
		out_package_options(b, ask, p);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

/* The request's head, up to where the parts that rates and labels have alike end. */
static void
out_begin(struct buf *b, const struct carrier_ask *ask, const char *request, const char *option)
{
	buf_fmt(b, "{\"%s\":{\"Request\":{\"RequestOption\":\"%s\"", request, option);
	if (ask->reference.n) {
		JSON_OUT_NAME(b, "TransactionReference");
		buf_char(b, '{');
		carrier_out(b, "CustomerContext", ask->reference, 512);
		buf_char(b, '}');
	}
	buf_z(b, "},\"Shipment\":{");
	out_party(b, "Shipper", &ask->from, ask->account.number);
	out_party(b, "ShipTo", &ask->to, (struct str){ NULL, 0 });
	out_party(b, "ShipFrom", &ask->from, (struct str){ NULL, 0 });
}

static void
out_payment(struct buf *b, const struct carrier_ask *ask, const char *name)
{
	json_out_name(b, str_of(name));
	buf_z(b, "{\"ShipmentCharge\":[{\"Type\":\"01\",\"BillShipper\":{");
	carrier_out(b, "AccountNumber", ask->account.number, 6);
	buf_z(b, "}}]}");
}

static struct carrier_call *
call(struct carrier_ask *ask, const char *method, const char *path, struct str rest)
{
	struct carrier_call *c = carrier_call_add(ask, method,
		str_fmt(ask->arena, "%.*s%s%.*s", STRF(ask->bases[0]), path, STRF(rest)));

	carrier_bearer(ask, c, 0);
	/* transId: up to 32 characters that tell one request from others, for their support. */
	carrier_header(c, "transId", ask->reference.n ? ask->reference : STR("souk"));
	carrier_header(c, "transactionSrc", STR("souk"));
	return c;
}

static void
build_rates(struct carrier_ask *ask)
{
	struct carrier_call *c =
		call(ask, "POST", "/api/rating/v2409/Shop", STR("?additionalinfo=timeintransit"));
	struct buf b;

	carrier_buf(ask, &b);
	out_begin(&b, ask, "RateRequest", "Shop");
	out_payment(&b, ask, "PaymentDetails");
	buf_fmt(&b, ",\"NumOfPieces\":\"%zu\"", ask->npackages);
	out_packages(&b, ask, "PackagingType");
	/* Over a border it is the shipment that is signed for, not each package, and the codes are others. */
	if (ask->signature && !str_eq(ask->from.country, ask->to.country))
		buf_z(&b,
			",\"ShipmentServiceOptions\":{\"DeliveryConfirmation\":{\"DCISType\":\"1\"}"
			"}");
	buf_z(&b,
		",\"ShipmentRatingOptions\":{\"NegotiatedRatesIndicator\":\"Y\"},"
		"\"DeliveryTimeInformation\":{\"PackageBillType\":\"03\",\"Pickup\":{");
	carrier_out(&b, "Date", carrier_day(ask->arena, ask->at_ms, false), 8);
	buf_z(&b, "}}}}}");
	carrier_json(c, &b);
}

/* What they have under our reference; a label that was bought and whose answer was lost is in it. */
static void
build_recovery(struct carrier_ask *ask)
{
	struct carrier_call *c =
		call(ask, "POST", "/api/labels/v1/recovery", (struct str){ NULL, 0 });
	struct buf b;

	c->mark = RECOVERY;
	carrier_buf(ask, &b);
	buf_z(&b,
		"{\"LabelRecoveryRequest\":{\"LabelSpecification\":{\"HTTPUserAgent\":"
		"\"Mozilla/4.5\",\"LabelImageFormat\":{\"Code\":\"GIF\"}},\"ReferenceValues\":{"
		"\"ReferenceNumber\":{");
	carrier_out(&b, "Value", ask->reference, 35);
	buf_char(&b, '}');
	carrier_out(&b, "ShipperNumber", ask->account.number, 6);
	buf_z(&b, "}}}");
	carrier_json(c, &b);
}

static void
build_label(struct carrier_ask *ask)
{
	const struct carrier_service *s =
		carrier_service_of(services, COUNT(services), ask->service);
	struct carrier_call *c;
	struct buf b;

	if (!s) {
		carrier_cannot(ask, "unknown_service", "UPS has no such service");
		return;
	}
	if (!str_eq(ask->from.country, ask->to.country)) {
		carrier_cannot(ask, "customs",
			"labels of UPS over a border need customs papers, which are not made here");
		return;
	}
	c = call(ask, "POST", "/api/shipments/v2409/ship", (struct str){ NULL, 0 });
	carrier_buf(ask, &b);
	out_begin(&b, ask, "ShipmentRequest", "nonvalidate");
	carrier_out(&b, "Description", STR("Goods"), 50);
	out_payment(&b, ask, "PaymentInformation");
	out_coded(&b, "Service", s->theirs);
	buf_z(&b, ",\"ShipmentRatingOptions\":{\"NegotiatedRatesIndicator\":\"Y\"}");
	if (ask->reference.n) {
		JSON_OUT_NAME(&b, "ReferenceNumber");
		buf_char(&b, '{');
		carrier_out(&b, "Value", ask->reference, 35);
		buf_char(&b, '}');
	}
	out_packages(&b, ask, "Packaging");
	buf_z(&b,
		"},\"LabelSpecification\":{\"LabelImageFormat\":{\"Code\":\"GIF\"},"
		"\"HTTPUserAgent\":\"Mozilla/4.5\"}}}");
	carrier_json(c, &b);
}

static void
build(struct carrier_ask *ask)
{
	struct arena *a = ask->arena;

	if (ask->verb == CARRIER_RATES) {
		build_rates(ask);
	} else if (ask->verb == CARRIER_LABEL && ask->again && !ask->step && ask->reference.n) {
		build_recovery(ask);
	} else if (ask->verb == CARRIER_LABEL) {
		build_label(ask);
	} else if (ask->verb == CARRIER_VOID) {
		call(ask, "DELETE", "/api/shipments/v2409/void/cancel/",
			carrier_escape(a, ask->shipment.n ? ask->shipment : ask->tracking));
	} else if (ask->verb == CARRIER_TRACK) {
		call(ask, "GET", "/api/track/v1/details/",
			str_fmt(a, "%.*s?locale=en_US", STRF(carrier_escape(a, ask->tracking))));
	} else {
		ask->outcome = CARRIER_DONE;
	}
}

/* ---- reading */

static bool
errors(struct carrier_ask *ask, const struct json *j, struct str *code, struct str *message)
{
	const struct json *first = carrier_nth(carrier_at(j, "response.errors"), 0);

	*code = carrier_text(ask->arena, first, "code");
	*message = carrier_text(ask->arena, first, "message");
	return code->n > 0;
}

/* "20260403" and "233000", local there. */
static int64_t
arrival(struct carrier_ask *ask, const struct json *rated)
{
	const struct json *at = carrier_at(rated, "TimeInTransit.ServiceSummary.EstimatedArrival");
	int64_t ms;

	if (carrier_local(carrier_text(ask->arena, at, "Arrival.Date"),
		    carrier_text(ask->arena, at, "Arrival.Time"), &ms))
		return ms;
	return 0;
}

static int
days(struct carrier_ask *ask, const struct json *rated)
{
	int64_t n;

	if (!str_int(carrier_text(ask->arena, rated,
			     "TimeInTransit.ServiceSummary.EstimatedArrival.BusinessDaysInTransit"),
		    &n) &&
		!str_int(
			carrier_text(ask->arena, rated, "GuaranteedDelivery.BusinessDaysInTransit"),
			&n))
		return 0;
	return n > 0 && n < 100 ? (int)n : 0;
}

static void
parse_rated(struct carrier_ask *ask, const struct json *rated)
{
	struct arena *a = ask->arena;
	struct str code = carrier_words(a, rated, "Service.Code", 8), currency;
	const struct carrier_service *s = carrier_service_theirs(services, COUNT(services), code);
	struct str name =
		carrier_words(a, rated, "TimeInTransit.ServiceSummary.Service.Description", 60);
	const struct json *price = carrier_at(rated, "NegotiatedRateCharges.TotalCharge");
	const struct json *list = carrier_at(rated, "TotalCharges");
	struct carrier_rate *r;
	int64_t minor;

	if (!price)
		price = list;
	if (!code.n ||
		!carrier_currency_read(a, carrier_text(a, price, "CurrencyCode"), &currency) ||
		!carrier_minor(a, price, "MonetaryValue", currency, &minor))
		return;
	r = carrier_rate_add(ask,
		s ? str_of(s->code) : carrier_snake(a, str_fmt(a, "service_%.*s", STRF(code))),
		s ? str_of(s->name) : name, currency, minor);
	if (!r)
		return;
	r->days = days(ask, rated);
	r->delivery_ms = arrival(ask, rated);
	if (carrier_minor(a, list, "MonetaryValue", currency, &minor))
		r->list_minor = MAX(r->minor, minor);
}

static void
parse_rates(struct carrier_ask *ask, const struct json *j)
{
	const struct json *all = carrier_at(j, "RateResponse.RatedShipment");

	for (size_t i = 0; i < carrier_count(all); i++)
		parse_rated(ask, carrier_nth(all, i));
	if (carrier_at(j, "RateResponse") && (ask->nrates || !carrier_count(all)))
		ask->outcome = CARRIER_DONE;
	else
		carrier_unreadable(ask);
}

static void
take_parcels(struct carrier_ask *ask, const struct json *packages, const char *image)
{
	struct arena *a = ask->arena;

	for (size_t i = 0; i < carrier_count(packages); i++) {
		const struct json *one = carrier_nth(packages, i);
		struct carrier_parcel *p =
			carrier_parcel_add(ask, carrier_words(a, one, "TrackingNumber", 64));
		const char *type = NULL;

		if (p && carrier_unbase64(a, carrier_text(a, one, image), &p->label))
			type = carrier_label_type(p->label);
		if (p && !type)
			p->label = (struct str){ NULL, 0 };
		else if (p)
			p->type = str_of(type);
	}
}

/* Found, it is the label; not found, it is to be bought. */
static void
parse_recovery(struct carrier_ask *ask)
{
	const struct carrier_call *c = &ask->calls[0];
	struct carrier_label *label = &ask->label;
	const struct json *j;

	if (c->fault == CARRIER_FAULT_NONE && (c->status == 400 || c->status == 404)) {
		ask->more = true;
		return;
	}
	j = carrier_answer(ask, c, errors);
	take_parcels(ask, carrier_at(j, "LabelRecoveryResponse.LabelResults"),
		"LabelImage.GraphicImage");
	if (!label->nparcels)
		return;
	label->shipment = carrier_words(
		ask->arena, j, "LabelRecoveryResponse.ShipmentIdentificationNumber", 64);
	label->tracking = label->parcels[0].tracking;
	if (!label->shipment.n)
		label->shipment = label->tracking;
	ask->outcome = CARRIER_DONE;
}

static void
parse_label(struct carrier_ask *ask, const struct json *j)
{
	struct arena *a = ask->arena;
	const struct json *results = carrier_at(j, "ShipmentResponse.ShipmentResults");
	const struct json *price = carrier_at(results, "NegotiatedRateCharges.TotalCharge");
	const struct json *packages = carrier_at(results, "PackageResults");
	struct carrier_label *label = &ask->label;

	label->shipment = carrier_words(a, results, "ShipmentIdentificationNumber", 64);
	if (!price)
		price = carrier_at(results, "ShipmentCharges.TotalCharges");
	if (!carrier_currency_read(a, carrier_text(a, price, "CurrencyCode"), &label->currency) ||
		!carrier_minor(a, price, "MonetaryValue", label->currency, &label->minor))
		label->currency = (struct str){ NULL, 0 };
	take_parcels(ask, packages, "ShippingLabel.GraphicImage");
	label->tracking = label->nparcels ? label->parcels[0].tracking : (struct str){ NULL, 0 };
	if (!label->shipment.n)
		label->shipment = label->tracking;
	if (label->nparcels)
		ask->outcome = CARRIER_DONE;
	else
		carrier_unreadable(ask);
}

static void
parse_void(struct carrier_ask *ask, const struct json *j)
{
	const struct json *status = carrier_at(j, "VoidShipmentResponse.SummaryResult.Status");
	struct str code = carrier_text(ask->arena, status, "Code");

	if (str_eq_z(code, "1"))
		ask->outcome = CARRIER_DONE;
	else if (code.n)
		carrier_refuse(ask, code, carrier_text(ask->arena, status, "Description"));
	else
		carrier_unreadable(ask);
}

static bool
activity_time(struct carrier_ask *ask, const struct json *one, int64_t *ms)
{
	struct arena *a = ask->arena;
	int64_t ahead;

	if (carrier_local(carrier_text(a, one, "gmtDate"), carrier_text(a, one, "gmtTime"), ms))
		return true;
	if (!carrier_local(carrier_text(a, one, "date"), carrier_text(a, one, "time"), ms))
		return false;
	if (carrier_offset(carrier_text(a, one, "gmtOffset"), &ahead))
		*ms -= ahead;
	return true;
}

static void
parse_activity(struct carrier_ask *ask, const struct json *one)
{
	struct arena *a = ask->arena;
	const struct json *at = carrier_at(one, "location.address");
	struct str type = str_trim(carrier_text(a, one, "status.type"));
	struct str text = carrier_words(a, one, "status.description", 200);
	const char *status = carrier_status_of(statuses, COUNT(statuses), type);
	struct carrier_event *e;
	int64_t ms;

	if (!activity_time(ask, one, &ms))
		return;
	e = carrier_event_add(ask, ms, status ? status : carrier_status_words(text));
	if (!e)
		return;
	e->code = carrier_words(a, one, "status.code", 16);
	e->text = text;
	e->city = carrier_words(a, at, "city", 64);
	e->state = carrier_words(a, at, "stateProvince", 64);
	e->zip = carrier_words(a, at, "postalCode", 16);
	e->country = carrier_words(a, at, "countryCode", 2);
	if (!e->country.n)
		e->country = carrier_words(a, at, "country", 2);
}

static void
parse_track(struct carrier_ask *ask, const struct json *j)
{
	struct arena *a = ask->arena;
	const struct json *shipment = carrier_nth(carrier_at(j, "trackResponse.shipment"), 0);
	const struct json *warning = carrier_nth(carrier_at(shipment, "warnings"), 0);
	const struct json *package = carrier_nth(carrier_at(shipment, "package"), 0);
	const struct json *activity = carrier_at(package, "activity");

	if (!package && warning) {
		carrier_refuse(
			ask, carrier_text(a, warning, "code"), carrier_text(a, warning, "message"));
		return;
	}
	if (!package)
		return;
	carrier_events_begin(ask, carrier_count(activity));
	for (size_t i = 0; i < carrier_count(activity); i++)
		parse_activity(ask, carrier_nth(activity, i));
	carrier_events_end(ask);
	ask->outcome = CARRIER_DONE;
}

static void
parse(struct carrier_ask *ask)
{
	const struct json *j;

	if (ask->calls[0].mark == RECOVERY) {
		parse_recovery(ask);
		return;
	}
	j = carrier_answer(ask, &ask->calls[0], errors);
	if (!j)
		return;
	if (ask->verb == CARRIER_RATES)
		parse_rates(ask, j);
	else if (ask->verb == CARRIER_LABEL)
		parse_label(ask, j);
	else if (ask->verb == CARRIER_VOID)
		parse_void(ask, j);
	else
		parse_track(ask, j);
}

static const struct carrier_credential credentials[] = {
	{ "client_id", "client ID of the app at developer.ups.com", false },
	{ "client_secret", "its client secret", false },
	{ NULL, NULL, false },
};

const struct carrier_adapter carrier_ups = {
	.kind = "ups",
	.credentials = credentials,
	.bases = { { "ups", "https://onlinetools.ups.com", "https://wwwcie.ups.com" } },
	.needs = needs,
	.token = token,
	.token_read = carrier_oauth_read,
	.build = build,
	.parse = parse,
};
