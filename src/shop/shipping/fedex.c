/*
 * FedEx REST: OAuth, Rates and Transit Times v1, Ship v1, Track v1, as developer.fedex.com documents them. Amounts are JSON
 * numbers; times carry their offset, but for the promise of a delivery, which is local there.
 */
#include "shop/shipping/carrier_int.h"

static const struct carrier_service services[] = {
	{ "ground", "FEDEX_GROUND", "FedEx Ground" },
	{ "ground", "GROUND_HOME_DELIVERY", "FedEx Home Delivery" },
	{ "2day", "FEDEX_2_DAY", "FedEx 2Day" },
	{ "overnight", "STANDARD_OVERNIGHT", "FedEx Standard Overnight" },
	{ "international", "FEDEX_INTERNATIONAL_PRIORITY", "FedEx International Priority" },
	{ "international", "INTERNATIONAL_PRIORITY", "FedEx International Priority" },
	{ "2day_am", "FEDEX_2_DAY_AM", "FedEx 2Day A.M." },
	{ "express_saver", "FEDEX_EXPRESS_SAVER", "FedEx Express Saver" },
};

/* eventType of a scan. All else is on the way, unless its words say otherwise. */
static const struct carrier_status statuses[] = {
	{ "OC", "label_created" },
	{ "OD", "out_for_delivery" },
	{ "DL", "delivered" },
	{ "DE", "exception" },
	{ "SE", "exception" },
	{ "CA", "exception" },
	{ "DY", "exception" },
	{ "RS", "returned" },
	{ "RT", "returned" },
	{ "PU", "in_transit" },
	{ "IT", "in_transit" },
	{ "AR", "in_transit" },
	{ "DP", "in_transit" },
	{ "HP", "in_transit" },
};

static unsigned
needs(const struct carrier_ask *ask UNUSED)
{
	return 1;
}

static void
token(struct carrier_ask *ask, int which UNUSED, struct carrier_call *c)
{
	carrier_oauth(ask, c, str_fmt(ask->arena, "%.*s/oauth/token", STRF(ask->bases[0])), true);
}

/* ---- writing */

static void
out_address(struct buf *b, const struct carrier_address *at)
{
	JSON_OUT_NAME(b, "address");
	buf_char(b, '{');
	if (at->line1.n) {
		JSON_OUT_NAME(b, "streetLines");
		buf_char(b, '[');
		json_out_string(b, str_head(at->line1, 35));
		if (at->line2.n) {
			buf_char(b, ',');
			json_out_string(b, str_head(at->line2, 35));
		}
		buf_char(b, ']');
	}
	carrier_out(b, "city", at->city, 35);
	carrier_out(b, "stateOrProvinceCode", at->state, 2);
	carrier_out(b, "postalCode", at->zip, 10);
	carrier_out(b, "countryCode", at->country, 2);
	buf_z(b, at->residential ? ",\"residential\":true}" : ",\"residential\":false}");
}

static void
out_contact(struct buf *b, const struct carrier_address *at)
{
	JSON_OUT_NAME(b, "contact");
	buf_char(b, '{');
	carrier_out(b, "personName", carrier_person(at), 35);
	carrier_out(b, "companyName", at->company, 35);
	carrier_out(b, "phoneNumber", at->phone, 15);
	buf_char(b, '}');
}

static void
out_money(struct buf *b, const char *name, int64_t minor, struct str currency)
{
	json_out_name(b, str_of(name));
	buf_char(b, '{');
	carrier_out_money(b, "amount", minor, currency, CARRIER_NUMBER);
	carrier_out(b, "currency", currency, 3);
	buf_char(b, '}');
}

static void
out_weight(struct buf *b, const struct carrier_ask *ask, int64_t weight_mg)
{
	bool lb = carrier_imperial(ask);

	buf_z(b, lb ? ",\"weight\":{\"units\":\"LB\"" : ",\"weight\":{\"units\":\"KG\"");
	carrier_out_measure(b, "value", weight_mg,
		CARRIER_FORM(lb ? &carrier_lb : &carrier_kg, 2, CARRIER_NUMBER));
	buf_char(b, '}');
}

static void
out_package(struct buf *b, const struct carrier_ask *ask, size_t i)
{
	const struct carrier_package *p = &ask->packages[i];
	const struct carrier_unit *unit = carrier_imperial(ask) ? &carrier_in : &carrier_cm;

	json_out_comma(b);
	buf_fmt(b, "{\"sequenceNumber\":%zu,\"groupPackageCount\":1", i + 1);
	out_weight(b, ask, p->weight_mg);
	/* Whole inches or centimetres only. */
	if (p->length_um && p->width_um && p->height_um) {
		JSON_OUT_NAME(b, "dimensions");
		buf_char(b, '{');
		carrier_out_measure(
			b, "length", p->length_um, CARRIER_FORM(unit, 0, CARRIER_NUMBER));
		carrier_out_measure(b, "width", p->width_um, CARRIER_FORM(unit, 0, CARRIER_NUMBER));
		carrier_out_measure(
			b, "height", p->height_um, CARRIER_FORM(unit, 0, CARRIER_NUMBER));
		carrier_out(b, "units", unit == &carrier_in ? STR("IN") : STR("CM"), 2);
		buf_char(b, '}');
	}
	if (p->insured_minor)
		out_money(b, "declaredValue", p->insured_minor, carrier_currency(ask));
	if (ask->signature)
		buf_z(b,
			",\"packageSpecialServices\":{\"specialServiceTypes\":"
			"[\"SIGNATURE_OPTION\"],\"signatureOptionType\":\"DIRECT\"}");
	if (ask->reference.n) {
		buf_z(b,
			",\"customerReferences\":[{\"customerReferenceType\":\"CUSTOMER_"
			"REFERENCE\"");
		carrier_out(b, "value", ask->reference, 30);
		buf_z(b, "}]");
	}
	buf_char(b, '}');
}

static void
out_packages(struct buf *b, const struct carrier_ask *ask)
{
	buf_fmt(b, ",\"totalPackageCount\":%zu,\"requestedPackageLineItems\":[", ask->npackages);
	for (size_t i = 0; i < ask->npackages; i++)
		out_package(b, ask, i);
	buf_char(b, ']');
}

static int64_t
weight_of(const struct carrier_ask *ask)
{
	int64_t sum = 0;

	for (size_t i = 0; i < ask->npackages; i++)
		sum += MIN(ask->packages[i].weight_mg, INT64_MAX / 64);
	return sum;
}

static void
out_commodity(struct buf *b, const struct carrier_ask *ask, const struct carrier_item *item)
{
	struct str currency = carrier_currency(ask);
	int64_t quantity = MAX(item->quantity, 1);

	json_out_comma(b);
	buf_char(b, '{');
	carrier_out(b, "description", item->description, 450);
	carrier_out(
		b, "countryOfManufacture", item->origin.n ? item->origin : ask->from.country, 2);
	carrier_out(b, "harmonizedCode", item->tariff, 18);
	buf_fmt(b, ",\"quantity\":%" PRId64 ",\"quantityUnits\":\"PCS\"", quantity);
	out_weight(b, ask, item->weight_mg ? item->weight_mg : weight_of(ask));
	out_money(b, "unitPrice", item->unit_minor, currency);
	out_money(b, "customsValue", item->unit_minor * quantity, currency);
	buf_char(b, '}');
}

/* Over a border; a quote needs goods too, so without any it is asked with one that stands for them. */
static void
out_customs(struct buf *b, const struct carrier_ask *ask)
{
	struct carrier_item any = { .description = STR("Goods"),
		.quantity = 1,
		.unit_minor = MAX(carrier_insured(ask), 100) };

	if (str_eq(ask->from.country, ask->to.country))
		return;
	buf_z(b,
		",\"customsClearanceDetail\":{\"dutiesPayment\":{\"paymentType\":\"RECIPIENT\"},"
		"\"commercialInvoice\":{\"shipmentPurpose\":\"SOLD\"},\"commodities\":[");
	for (size_t i = 0; i < ask->nitems; i++)
		out_commodity(b, ask, &ask->items[i]);
	if (!ask->nitems)
		out_commodity(b, ask, &any);
	buf_z(b, "]}");
}

static void
out_account(struct buf *b, const struct carrier_ask *ask)
{
	JSON_OUT_NAME(b, "accountNumber");
	buf_char(b, '{');
	carrier_out(b, "value", ask->account.number, 9);
	buf_char(b, '}');
}

static struct carrier_call *
call(struct carrier_ask *ask, const char *method, const char *path)
{
	struct carrier_call *c = carrier_call_add(
		ask, method, str_fmt(ask->arena, "%.*s%s", STRF(ask->bases[0]), path));

	carrier_bearer(ask, c, 0);
	carrier_header(c, "X-locale", STR("en_US"));
	if (ask->reference.n)
		carrier_header(c, "x-customer-transaction-id", ask->reference);
	return c;
}

static void
build_rates(struct carrier_ask *ask)
{
	struct carrier_call *c = call(ask, "POST", "/rate/v1/rates/quotes");
	struct buf b;

	carrier_buf(ask, &b);
	buf_char(&b, '{');
	out_account(&b, ask);
	buf_z(&b,
		",\"rateRequestControlParameters\":{\"returnTransitTimes\":true},"
		"\"requestedShipment\":{\"shipper\":{");
	out_address(&b, &ask->from);
	buf_z(&b, "},\"recipient\":{");
	out_address(&b, &ask->to);
	buf_z(&b,
		"},\"pickupType\":\"USE_SCHEDULED_PICKUP\","
		"\"packagingType\":\"YOUR_PACKAGING\",\"rateRequestType\":[\"ACCOUNT\",\"LIST\"]");
	carrier_out(&b, "shipDateStamp", carrier_day(ask->arena, ask->at_ms, true), 10);
	out_packages(&b, ask);
	out_customs(&b, ask);
	buf_z(&b, "}}");
	carrier_json(c, &b);
}

/* What of theirs a code of ours means; codes that we do not name are theirs in lower case. */
static struct str
theirs_of(const struct carrier_ask *ask)
{
	const struct carrier_service *s =
		carrier_service_of(services, COUNT(services), ask->service);
	char *upper;

	if (s && ask->to.residential && str_eq_z(ask->service, "ground"))
		return STR("GROUND_HOME_DELIVERY");
	if (s)
		return str_of(s->theirs);
	if (!ask->service.n || !str_only(ask->service, "abcdefghijklmnopqrstuvwxyz0123456789_"))
		return (struct str){ NULL, 0 };
	upper = arena_alloc(ask->arena, ask->service.n + 1);
	for (size_t i = 0; i < ask->service.n; i++) {
		char c = ask->service.p[i];

		upper[i] = (char)(c >= 'a' && c <= 'z' ? c - 32 : c);
	}
	return (struct str){ upper, ask->service.n };
}

static void
build_label(struct carrier_ask *ask)
{
	struct str service = theirs_of(ask);
	struct carrier_call *c;
	struct buf b;

	if (!service.n) {
		carrier_cannot(ask, "unknown_service", "FedEx has no such service");
		return;
	}
	if (!str_eq(ask->from.country, ask->to.country) && !ask->nitems) {
		carrier_cannot(ask, "customs", "over a border the goods must be named for customs");
		return;
	}
	c = call(ask, "POST", "/ship/v1/shipments");
	carrier_buf(ask, &b);
	buf_z(&b, "{\"labelResponseOptions\":\"LABEL\"");
	out_account(&b, ask);
	buf_z(&b, ",\"requestedShipment\":{\"shipper\":{");
	out_contact(&b, &ask->from);
	out_address(&b, &ask->from);
	buf_z(&b, "},\"recipients\":[{");
	out_contact(&b, &ask->to);
	out_address(&b, &ask->to);
	buf_z(&b, "}]");
	carrier_out(&b, "shipDatestamp", carrier_day(ask->arena, ask->at_ms, true), 10);
	carrier_out(&b, "serviceType", service, 48);
	buf_z(&b,
		",\"packagingType\":\"YOUR_PACKAGING\",\"pickupType\":\"USE_SCHEDULED_PICKUP\","
		"\"blockInsightVisibility\":false,"
		"\"shippingChargesPayment\":{\"paymentType\":\"SENDER\"},"
		"\"labelSpecification\":{\"imageType\":\"PDF\",\"labelStockType\":\"PAPER_4X6\"}");
	out_packages(&b, ask);
	out_customs(&b, ask);
	buf_z(&b, "}}");
	carrier_json(c, &b);
}

static void
build_void(struct carrier_ask *ask)
{
	struct carrier_call *c = call(ask, "PUT", "/ship/v1/shipments/cancel");
	struct buf b;

	carrier_buf(ask, &b);
	buf_char(&b, '{');
	out_account(&b, ask);
	buf_z(&b, ",\"deletionControl\":\"DELETE_ALL_PACKAGES\"");
	carrier_out(&b, "trackingNumber", ask->tracking, 40);
	buf_char(&b, '}');
	carrier_json(c, &b);
}

static void
build_track(struct carrier_ask *ask)
{
	struct carrier_call *c = call(ask, "POST", "/track/v1/trackingnumbers");
	struct buf b;

	carrier_buf(ask, &b);
	buf_z(&b, "{\"includeDetailedScans\":true,\"trackingInfo\":[{\"trackingNumberInfo\":{");
	carrier_out(&b, "trackingNumber", ask->tracking, 40);
	buf_z(&b, "}}]}");
	carrier_json(c, &b);
}

static void
build(struct carrier_ask *ask)
{
	if (ask->verb == CARRIER_RATES)
		build_rates(ask);
	else if (ask->verb == CARRIER_LABEL)
		build_label(ask);
	else if (ask->verb == CARRIER_VOID)
		build_void(ask);
	else if (ask->verb == CARRIER_TRACK)
		build_track(ask);
	else
		ask->outcome = CARRIER_DONE;
}

/* ---- reading */

static bool
errors(struct carrier_ask *ask, const struct json *j, struct str *code, struct str *message)
{
	const struct json *first = carrier_nth(carrier_at(j, "errors"), 0);

	*code = carrier_text(ask->arena, first, "code");
	*message = carrier_text(ask->arena, first, "message");
	return code->n > 0;
}

/* "TWO_DAYS" */
static int
days_of(struct str s)
{
	static const char *const words[] = { "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN",
		"EIGHT", "NINE", "TEN", "ELEVEN", "TWELVE", "THIRTEEN", "FOURTEEN", "FIFTEEN",
		"SIXTEEN", "SEVENTEEN", "EIGHTEEN", "NINETEEN", "TWENTY" };

	s = str_cut(s, 0, str_find(s, '_'));
	for (size_t i = 0; i < COUNT(words); i++)
		if (str_eq_z(s, words[i]))
			return (int)i + 1;
	return 0;
}

static void
take_times(struct carrier_ask *ask, const struct json *detail, struct carrier_rate *r)
{
	struct arena *a = ask->arena;

	r->days = days_of(carrier_text(a, detail, "commit.transitDays.minimumTransitTime"));
	if (!r->days)
		r->days = days_of(carrier_text(a, detail, "operationalDetail.transitTime"));
	if (!carrier_stamp(
		    carrier_text(a, detail, "commit.dateDetail.dayFormat"), &r->delivery_ms) &&
		!carrier_stamp(
			carrier_text(a, detail, "operationalDetail.deliveryDate"), &r->delivery_ms))
		r->delivery_ms = 0;
}

static bool
ends_with(struct str s, const char *word)
{
	return str_ends(s, str_of(word));
}

static bool
price_of(struct carrier_ask *ask, const struct json *rated, struct str *currency, int64_t *minor)
{
	struct str s = carrier_text(ask->arena, rated, "currency");

	if (!s.n)
		s = carrier_text(ask->arena, rated, "shipmentRateDetail.currency");
	return carrier_currency_read(ask->arena, s, currency) &&
		carrier_minor(ask->arena, rated, "totalNetCharge", *currency, minor);
}

static void
parse_detail(struct carrier_ask *ask, const struct json *detail)
{
	struct arena *a = ask->arena;
	struct str theirs = carrier_words(a, detail, "serviceType", 48);
	const struct carrier_service *s = carrier_service_theirs(services, COUNT(services), theirs);
	struct str name = carrier_words(a, detail, "serviceName", 60);
	const struct json *all = carrier_at(detail, "ratedShipmentDetails");
	struct str currency = { NULL, 0 }, one;
	int64_t minor = -1, list = -1, n;
	struct carrier_rate *r;

	/* ACCOUNT and LIST, each perhaps as PREFERRED_… in the currency that was asked for. */
	for (size_t i = 0; i < carrier_count(all); i++) {
		const struct json *rated = carrier_nth(all, i);
		bool account = ends_with(carrier_text(a, rated, "rateType"), "ACCOUNT");

		if (!price_of(ask, rated, &one, &n))
			continue;
		if (account ? minor < 0 : list < 0) {
			*(account ? &minor : &list) = n;
			currency = account || !currency.n ? one : currency;
		}
	}
	if (minor < 0 && list < 0)
		return;
	n = minor < 0 ? list : minor;
	r = carrier_rate_add(ask, s ? str_of(s->code) : carrier_snake(a, theirs),
		name.n      ? name
			: s ? str_of(s->name)
			    : name,
		currency, n);
	if (!r)
		return;
	r->list_minor = MAX(n, list);
	take_times(ask, detail, r);
}

static void
parse_rates(struct carrier_ask *ask, const struct json *j)
{
	const struct json *all = carrier_at(j, "output.rateReplyDetails");
	const struct json *alert = carrier_nth(carrier_at(j, "output.alerts"), 0);

	for (size_t i = 0; i < carrier_count(all); i++)
		parse_detail(ask, carrier_nth(all, i));
	if (carrier_at(j, "output") && !carrier_count(all) && alert)
		carrier_refuse(ask, carrier_text(ask->arena, alert, "code"),
			carrier_text(ask->arena, alert, "message"));
	else if (ask->nrates || (all && !carrier_count(all)))
		ask->outcome = CARRIER_DONE;
}

static void
parse_piece(struct carrier_ask *ask, const struct json *piece)
{
	struct arena *a = ask->arena;
	struct carrier_parcel *p =
		carrier_parcel_add(ask, carrier_words(a, piece, "trackingNumber", 64));
	const struct json *documents = carrier_at(piece, "packageDocuments");

	for (size_t i = 0; p && !p->type.n && i < carrier_count(documents); i++) {
		const struct json *one = carrier_nth(documents, i);
		struct str bytes;
		const char *type;

		if (!str_eq_z(carrier_text(a, one, "contentType"), "LABEL") ||
			!carrier_unbase64(a, carrier_text(a, one, "encodedLabel"), &bytes))
			continue;
		type = carrier_label_type(bytes);
		if (!type)
			continue;
		p->label = bytes;
		p->type = str_of(type);
	}
}

static void
parse_label_price(struct carrier_ask *ask, const struct json *shipment)
{
	const struct json *details =
		carrier_at(shipment, "completedShipmentDetail.shipmentRating.shipmentRateDetails");
	struct carrier_label *label = &ask->label;

	for (size_t i = 0; i < carrier_count(details); i++) {
		const struct json *one = carrier_nth(details, i);
		struct str type = carrier_text(ask->arena, one, "rateType"), currency;
		int64_t minor;

		if (label->currency.n && !str_starts(type, STR("PAYOR_ACCOUNT")) &&
			!str_eq_z(type, "ACCOUNT"))
			continue;
		if (!price_of(ask, one, &currency, &minor))
			continue;
		label->currency = currency;
		label->minor = minor;
	}
}

static void
parse_label(struct carrier_ask *ask, const struct json *j)
{
	const struct json *shipment = carrier_nth(carrier_at(j, "output.transactionShipments"), 0);
	const struct json *pieces = carrier_at(shipment, "pieceResponses");
	struct carrier_label *label = &ask->label;

	for (size_t i = 0; i < carrier_count(pieces); i++)
		parse_piece(ask, carrier_nth(pieces, i));
	parse_label_price(ask, shipment);
	label->tracking = carrier_words(ask->arena, shipment, "masterTrackingNumber", 64);
	if (!label->tracking.n && label->nparcels)
		label->tracking = label->parcels[0].tracking;
	label->shipment = label->tracking;
	if (label->nparcels)
		ask->outcome = CARRIER_DONE;
}

static void
parse_void(struct carrier_ask *ask, const struct json *j)
{
	const struct json *output = carrier_at(j, "output");
	const struct json *alert = carrier_nth(carrier_at(output, "alerts"), 0);

	if (json_bool(carrier_at(output, "cancelledShipment")))
		ask->outcome = CARRIER_DONE;
	else if (json_has(output, "cancelledShipment"))
		carrier_refuse(ask,
			alert ? carrier_text(ask->arena, alert, "code") : STR("not_cancelled"),
			alert ? carrier_text(ask->arena, alert, "message")
			      : carrier_text(ask->arena, output, "message"));
}

static void
parse_scan(struct carrier_ask *ask, const struct json *one)
{
	struct arena *a = ask->arena;
	const struct json *at = carrier_at(one, "scanLocation");
	struct str type = carrier_words(a, one, "eventType", 8);
	struct str text = carrier_words(a, one, "eventDescription", 200);
	struct str why = carrier_words(a, one, "exceptionDescription", 200);
	const char *status = carrier_status_of(statuses, COUNT(statuses), type);
	struct carrier_event *e;
	int64_t ms;

	if (!carrier_stamp(carrier_text(a, one, "date"), &ms))
		return;
	e = carrier_event_add(ask, ms, status ? status : carrier_status_words(text));
	if (!e)
		return;
	e->code = type;
	e->text = why.n ? str_fmt(a, "%.*s: %.*s", STRF(text), STRF(why)) : text;
	e->city = carrier_words(a, at, "city", 64);
	e->state = carrier_words(a, at, "stateOrProvinceCode", 64);
	e->zip = carrier_words(a, at, "postalCode", 16);
	e->country = carrier_words(a, at, "countryCode", 2);
}

static void
parse_track(struct carrier_ask *ask, const struct json *j)
{
	const struct json *complete = carrier_nth(carrier_at(j, "output.completeTrackResults"), 0);
	const struct json *result = carrier_nth(carrier_at(complete, "trackResults"), 0);
	const struct json *error = carrier_at(result, "error");
	const struct json *scans = carrier_at(result, "scanEvents");

	if (error && !scans) {
		carrier_refuse(ask, carrier_text(ask->arena, error, "code"),
			carrier_text(ask->arena, error, "message"));
		return;
	}
	if (!result)
		return;
	carrier_events_begin(ask, carrier_count(scans));
	for (size_t i = 0; i < carrier_count(scans); i++)
		parse_scan(ask, carrier_nth(scans, i));
	carrier_events_end(ask);
	ask->outcome = CARRIER_DONE;
}

static void
parse(struct carrier_ask *ask)
{
	const struct json *j = carrier_answer(ask, &ask->calls[0], errors);

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
	{ "client_id", "API key of the project at developer.fedex.com", false },
	{ "client_secret", "its secret key", false },
	{ NULL, NULL, false },
};

const struct carrier_adapter carrier_fedex = {
	.kind = "fedex",
	.credentials = credentials,
	.bases = { { "fedex", "https://apis.fedex.com", "https://apis-sandbox.fedex.com" } },
	.needs = needs,
	.token = token,
	.token_read = carrier_oauth_read,
	.build = build,
	.parse = parse,
};
