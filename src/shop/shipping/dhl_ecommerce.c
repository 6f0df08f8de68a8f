/*
 * DHL eCommerce Solutions Americas (docs.api.dhlecs.com): OAuth, products with rates, labels, tracking, all v4. One package
 * a call. A label is billed when it is handed over, so there is nothing to void.
 */
#include "shop/shipping/dhl_int.h"

#include "base/zone.h"

/* The product that `ecommerce` buys; others are "ecommerce_" and their id. */
#define GROUND "GND"
#define INTERNATIONAL "PLT"

bool
dhl_has_ecommerce(const struct carrier_ask *ask)
{
	return carrier_secret(ask, "client_id").n && carrier_secret(ask, "client_secret").n &&
		carrier_secret(ask, "pickup").n && carrier_secret(ask, "distribution_center").n;
}

void
dhl_ecommerce_token(struct carrier_ask *ask, int which UNUSED, struct carrier_call *c)
{
	carrier_oauth(
		ask, c, str_fmt(ask->arena, "%.*s/auth/v4/accesstoken", STRF(ask->bases[1])), true);
}

/* ---- writing */

static void
out_address(struct buf *b, const char *name, const struct carrier_address *at)
{
	json_out_name(b, str_of(name));
	buf_char(b, '{');
	carrier_out(b, "name", carrier_person(at), 30);
	carrier_out(b, "companyName", at->company, 30);
	carrier_out(b, "address1", at->line1, 40);
	carrier_out(b, "address2", at->line2, 40);
	carrier_out(b, "city", at->city, 30);
	carrier_out(b, "state", at->state, 20);
	carrier_out(b, "postalCode", at->zip, 10);
	carrier_out(b, "country", at->country, 2);
	carrier_out(b, "phone", at->phone, 20);
	buf_char(b, '}');
}

static void
out_package(struct buf *b, const struct carrier_ask *ask, size_t i)
{
	const struct carrier_package *p = &ask->packages[i];
	struct str reference = ask->reference.n ? ask->reference : STR("quote");

	JSON_OUT_NAME(b, "packageDetail");
	buf_char(b, '{');
	carrier_out(b, "packageId",
		ask->npackages > 1 && ask->reference.n
			? str_fmt(ask->arena, "%.*s-%zu", STRF(str_head(reference, 26)), i + 1)
			: reference,
		30);
	carrier_out(b, "packageDescription", STR("Goods"), 50);
	buf_z(b, ",\"weight\":{");
	carrier_out_measure(b, "value", p->weight_mg, CARRIER_FORM(&carrier_lb, 2, CARRIER_NUMBER));
	carrier_out(b, "unitOfMeasure", STR("LB"), 2);
	buf_char(b, '}');
	if (p->length_um && p->width_um && p->height_um) {
		buf_z(b, ",\"dimension\":{");
		carrier_out_measure(
			b, "length", p->length_um, CARRIER_FORM(&carrier_in, 1, CARRIER_NUMBER));
		carrier_out_measure(
			b, "width", p->width_um, CARRIER_FORM(&carrier_in, 1, CARRIER_NUMBER));
		carrier_out_measure(
			b, "height", p->height_um, CARRIER_FORM(&carrier_in, 1, CARRIER_NUMBER));
		carrier_out(b, "unitOfMeasure", STR("IN"), 2);
		buf_char(b, '}');
	}
	if (p->insured_minor) {
		buf_z(b, ",\"shippingCost\":{");
		carrier_out(b, "currency", carrier_currency(ask), 3);
		carrier_out_money(
			b, "insuredValue", p->insured_minor, carrier_currency(ask), CARRIER_NUMBER);
		carrier_out_money(b, "declaredValue", p->insured_minor, carrier_currency(ask),
			CARRIER_NUMBER);
		buf_char(b, '}');
	}
	if (ask->signature)
		buf_z(b, ",\"service\":\"SIGCON\"");
	buf_char(b, '}');
}

static void
out_customs(struct buf *b, const struct carrier_ask *ask)
{
	if (str_eq(ask->from.country, ask->to.country) || !ask->nitems)
		return;
	JSON_OUT_NAME(b, "customsDetails");
	buf_char(b, '[');
	for (size_t i = 0; i < ask->nitems; i++) {
		const struct carrier_item *item = &ask->items[i];

		json_out_comma(b);
		buf_char(b, '{');
		carrier_out(b, "itemDescription", item->description, 50);
		carrier_out(
			b, "countryOfOrigin", item->origin.n ? item->origin : ask->from.country, 2);
		carrier_out(b, "hsCode", item->tariff, 11);
		buf_fmt(b, ",\"packagedQuantity\":%" PRId64, item->quantity);
		carrier_out_money(
			b, "itemValue", item->unit_minor, carrier_currency(ask), CARRIER_NUMBER);
		carrier_out(b, "currency", carrier_currency(ask), 3);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static struct carrier_call *
call(struct carrier_ask *ask, const char *method, struct str rest)
{
	struct carrier_call *c = carrier_call_add(
		ask, method, str_fmt(ask->arena, "%.*s%.*s", STRF(ask->bases[1]), STRF(rest)));

	c->mark = DHL_ECOMMERCE;
	carrier_bearer(ask, c, 0);
	return c;
}

static void
out_begin(struct buf *b, const struct carrier_ask *ask, size_t i)
{
	buf_char(b, '{');
	carrier_out(b, "pickup", carrier_secret(ask, "pickup"), 10);
	carrier_out(b, "distributionCenter", carrier_secret(ask, "distribution_center"), 10);
	out_address(b, "consigneeAddress", &ask->to);
	out_address(b, "returnAddress", &ask->from);
	out_package(b, ask, i);
}

void
dhl_ecommerce_rates(struct carrier_ask *ask)
{
	for (size_t i = 0; i < ask->npackages; i++) {
		struct carrier_call *c = call(ask, "POST", STR("/shipping/v4/products"));
		struct buf b;

		carrier_buf(ask, &b);
		out_begin(&b, ask, i);
		buf_z(&b,
			",\"rate\":{\"calculate\":true,\"currency\":\"USD\"},"
			"\"estimatedDeliveryDate\":{\"calculate\":true}}");
		carrier_json(c, &b);
	}
}

static struct str
product_of(struct carrier_ask *ask)
{
	struct str id;
	char *upper;

	if (str_eq_z(ask->service, "ecommerce"))
		return str_eq(ask->from.country, ask->to.country) ? STR(GROUND)
								  : STR(INTERNATIONAL);
	id = str_cut(ask->service, strlen("ecommerce_"), ask->service.n);
	if (id.n < 2 || id.n > 5 || !str_only(id, "abcdefghijklmnopqrstuvwxyz0123456789"))
		return (struct str){ NULL, 0 };
	upper = arena_alloc(ask->arena, id.n + 1);
	for (size_t i = 0; i < id.n; i++)
		upper[i] = (char)(id.p[i] >= 'a' ? id.p[i] - 32 : id.p[i]);
	return (struct str){ upper, id.n };
}

void
dhl_ecommerce_label(struct carrier_ask *ask)
{
	struct str product = product_of(ask);

	if (!product.n) {
		carrier_cannot(ask, "unknown_service", "DHL eCommerce has no such service");
		return;
	}
	if (!str_eq(ask->from.country, ask->to.country) && !ask->nitems) {
		carrier_cannot(ask, "customs", "over a border the goods must be named for customs");
		return;
	}
	for (size_t i = 0; i < ask->npackages; i++) {
		struct carrier_call *c = call(ask, "POST", STR("/shipping/v4/label?format=PNG"));
		struct buf b;

		carrier_buf(ask, &b);
		out_begin(&b, ask, i);
		carrier_out(&b, "orderedProductId", product, 5);
		out_customs(&b, ask);
		buf_char(&b, '}');
		carrier_json(c, &b);
	}
}

void
dhl_ecommerce_track(struct carrier_ask *ask)
{
	call(ask, "GET",
		str_fmt(ask->arena, "/tracking/v4/package?trackingId=%.*s",
			STRF(carrier_escape(ask->arena, ask->tracking))));
}

/* ---- reading */

static bool
errors(struct carrier_ask *ask, const struct json *j, struct str *code, struct str *message)
{
	const struct json *first = carrier_nth(carrier_at(j, "invalidParams"), 0);
	struct str path = carrier_words(ask->arena, first, "path", 60);
	struct str name = carrier_words(ask->arena, first, "name", 60);

	*code = carrier_snake(ask->arena, carrier_text(ask->arena, j, "title"));
	*message = carrier_words(ask->arena, first, "reason", 200);
	if (message->n && (path.n || name.n))
		*message = str_fmt(
			ask->arena, "%.*s.%.*s: %.*s", STRF(path), STRF(name), STRF(*message));
	if (!message->n)
		*message = carrier_text(ask->arena, j, "title");
	return code->n > 0;
}

static void
parse_product(struct carrier_ask *ask, const struct json *product)
{
	struct arena *a = ask->arena;
	struct str id = carrier_words(a, product, "orderedProductId", 8), currency;
	const struct json *when = carrier_at(product, "estimatedDeliveryDate");
	bool domestic = str_eq(ask->from.country, ask->to.country);
	struct carrier_rate *r;
	int64_t minor, days;

	if (!carrier_currency_read(a, carrier_text(a, product, "rate.currency"), &currency) ||
		!carrier_minor(a, product, "rate.amount", currency, &minor) || !id.n)
		return;
	r = carrier_rate_add(ask,
		str_eq_z(id, domestic ? GROUND : INTERNATIONAL)
			? STR("ecommerce")
			: carrier_snake(a, str_fmt(a, "ecommerce_%.*s", STRF(id))),
		carrier_words(a, product, "productName", 60), currency, minor);
	if (!r)
		return;
	if (str_int(carrier_text(a, when, "deliveryDaysMax"), &days) && days > 0 && days < 100)
		r->days = (int)days;
	if (!carrier_stamp(carrier_text(a, when, "estimatedDeliveryMax"), &r->delivery_ms))
		r->delivery_ms = 0;
}

void
dhl_ecommerce_parse_rates(struct carrier_ask *ask)
{
	bool first = true;

	for (size_t i = 0; i < ask->ncalls; i++) {
		struct carrier_ask one = *ask;
		const struct json *j, *all;

		if (ask->calls[i].mark != DHL_ECOMMERCE)
			continue;
		one.rates = NULL;
		one.nrates = 0;
		j = carrier_answer(&one, &ask->calls[i], errors);
		all = carrier_at(j, "products");
		for (size_t k = 0; k < carrier_count(all); k++)
			parse_product(&one, carrier_nth(all, k));
		if (j && !all)
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

static bool
parse_one_label(struct carrier_ask *ask, const struct carrier_call *c)
{
	struct arena *a = ask->arena;
	const struct json *j = carrier_answer(ask, c, errors);
	const struct json *one = carrier_nth(carrier_at(j, "labels"), 0);
	struct str tracking = carrier_words(a, one, "trackingId", 64);
	struct carrier_parcel *p = carrier_parcel_add(
		ask, tracking.n ? tracking : carrier_words(a, one, "dhlPackageId", 64));
	const char *type;

	if (!p)
		return false;
	type = carrier_unbase64(a, carrier_text(a, one, "labelData"), &p->label)
		? carrier_label_type(p->label)
		: NULL;
	p->type = str_of(type);
	if (!type)
		p->label = (struct str){ NULL, 0 };
	return true;
}

void
dhl_ecommerce_parse_label(struct carrier_ask *ask)
{
	struct carrier_ask worst = { .outcome = CARRIER_UNASKED };

	for (size_t i = 0; i < ask->ncalls; i++) {
		if (!parse_one_label(ask, &ask->calls[i]))
			carrier_unreadable(ask);
		if (ask->outcome > worst.outcome)
			worst = *ask;
		ask->outcome = CARRIER_UNASKED;
	}
	if (ask->label.nparcels)
		ask->label.tracking = ask->label.shipment = ask->label.parcels[0].tracking;
	ask->code = worst.code;
	ask->message = worst.message;
	ask->outcome = worst.outcome;
	if (worst.outcome == CARRIER_UNASKED ||
		(ask->label.nparcels && worst.outcome != CARRIER_UNKNOWN))
		ask->outcome = CARRIER_DONE;
}

/* "ET" is the time of New York, summer or not; "EST" and "EDT" say which. */
static int64_t
to_utc(struct str zone, int64_t local_ms)
{
	static const struct {
		const char *name, *id;
		int hours;
	} rows[] = {
		{ "ET", "America/New_York", 0 },
		{ "CT", "America/Chicago", 0 },
		{ "MT", "America/Denver", 0 },
		{ "PT", "America/Los_Angeles", 0 },
		{ "AKT", "America/Anchorage", 0 },
		{ "HT", "Pacific/Honolulu", 0 },
		{ "AT", "America/Puerto_Rico", 0 },
		{ "EST", NULL, -5 },
		{ "EDT", NULL, -4 },
		{ "CST", NULL, -6 },
		{ "CDT", NULL, -5 },
		{ "MST", NULL, -7 },
		{ "MDT", NULL, -6 },
		{ "PST", NULL, -8 },
		{ "PDT", NULL, -7 },
		{ "AST", NULL, -4 },
		{ "AKST", NULL, -9 },
		{ "AKDT", NULL, -8 },
		{ "HST", NULL, -10 },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (str_eq_z(zone, rows[i].name))
			return rows[i].id ? zone_day(str_of(rows[i].id), local_ms)
					  : local_ms - rows[i].hours * INT64_C(3600000);
	return local_ms;
}

/* "Hebron, KY, US" */
static void
take_place(struct carrier_ask *ask, const struct json *one, struct carrier_event *e)
{
	struct str rest = carrier_words(ask->arena, one, "location", 100), part;

	if (rest.p && str_split(&rest, ',', &part))
		e->city = str_dup(ask->arena, str_trim(part));
	if (rest.p && str_split(&rest, ',', &part))
		e->state = str_dup(ask->arena, str_trim(part));
	e->zip = carrier_words(ask->arena, one, "postalCode", 16);
	e->country = carrier_words(ask->arena, one, "country", 2);
}

static void
parse_event(struct carrier_ask *ask, const struct json *one)
{
	/* primaryEventId, where the words are not enough. */
	static const struct carrier_status statuses[] = {
		{ "600", "delivered" },
		{ "607", "delivered" },
		{ "598", "out_for_delivery" },
	};
	struct arena *a = ask->arena;
	struct str id = carrier_words(a, one, "primaryEventId", 8);
	struct str text = carrier_words(a, one, "primaryEventDescription", 200);
	struct str more = carrier_words(a, one, "secondaryEventDescription", 200);
	const char *status = carrier_status_of(statuses, COUNT(statuses), id);
	struct carrier_event *e;
	int64_t ms;

	if (!carrier_local(carrier_text(a, one, "date"), carrier_text(a, one, "time"), &ms))
		return;
	e = carrier_event_add(ask, to_utc(carrier_words(a, one, "timeZone", 8), ms),
		status ? status : carrier_status_words(text));
	if (!e)
		return;
	e->code = id;
	e->text = more.n ? str_fmt(a, "%.*s: %.*s", STRF(text), STRF(more)) : text;
	take_place(ask, one, e);
}

void
dhl_ecommerce_parse_track(struct carrier_ask *ask)
{
	const struct json *j = carrier_answer(ask, &ask->calls[0], errors);
	const struct json *package = carrier_nth(carrier_at(j, "packages"), 0);
	const struct json *events = carrier_at(package, "events");

	if (j && carrier_at(j, "packages") && !package)
		carrier_cannot(ask, "not_found", "DHL eCommerce knows no such package");
	if (!package)
		return;
	carrier_events_begin(ask, carrier_count(events));
	for (size_t i = 0; i < carrier_count(events); i++)
		parse_event(ask, carrier_nth(events, i));
	carrier_events_end(ask);
	ask->outcome = CARRIER_DONE;
}
