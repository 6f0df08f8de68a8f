/* POST /shipping/rates: what is asked, and what is answered. */
#include "base/currency.h"
#include "base/id.h"
#include "base/json.h"
#include "model/query.h"
#include "shop/inventory/inventory.h"
#include "shop/shipping/rates_int.h"

/* ---- what is sent */

enum { PLACE_ADDRESS, PLACE_RESIDENTIAL = ADDRESS__MAX, PLACE__MAX };

/* clang-format off */
static const struct field place_fields[PLACE__MAX] = {
	[ADDRESS_FIRST_NAME] = STRING("first_name", DOC("Given name."), .max = 64, .example = "Jane"),
	[ADDRESS_LAST_NAME] = STRING("last_name", DOC("Family name."), .max = 64, .example = "Doe"),
	[ADDRESS_COMPANY] = STRING("company", DOC("Company or institution."), .max = 128),
	[ADDRESS_LINE1] = STRING("line1", DOC("Street and number."), .max = 128),
	[ADDRESS_LINE2] = STRING("line2", DOC("Flat, floor or building."), .max = 128),
	[ADDRESS_CITY] = STRING("city", DOC("City or town."), .max = 64, .example = "Beverly Hills"),
	[ADDRESS_STATE] = STRING("state", DOC("State, as zones write it."), .max = 64, .example = "CA"),
	[ADDRESS_ZIP] = STRING("zip", DOC("Postal code."), .alias = "postal_code", .max = 16,
		.example = "90210"),
	[ADDRESS_COUNTRY] = STRING("country", DOC("Country (ISO 3166-1 alpha-2), taken in any case."),
		.flags = F_REQUIRED, COUNTRY_CODE, .example = "US"),
	[ADDRESS_PHONE] = STRING("phone", DOC("For questions of who delivers."), .max = 32),
	[PLACE_RESIDENTIAL] = BOOL("residential", DOC("Whether people live there."),
		.initial = "false"),
};
/* clang-format on */

static const struct resource place_shape = SHAPE("shipping_place", place_fields,
	DOC("The part of an address that prices of carriers depend on, or all of it."));

enum {
	ASK_ORIGIN,
	ASK_DESTINATION,
	ASK_PACKAGES,
	ASK_CURRENCY,
	ASK_CARRIERS,
	ASK_INSURANCE,
	ASK_SIGNATURE,
	ASK_GOODS,
	ASK__MAX
};

static const struct field ask_fields[ASK__MAX] = {
	[ASK_ORIGIN] = OBJECT("origin", &place_shape,
		DOC("Whence it is sent; without: from the default warehouse.")),
	[ASK_DESTINATION] =
		OBJECT("destination", &place_shape, DOC("Where it goes."), .flags = F_REQUIRED),
	[ASK_PACKAGES] = OBJECTS("packages", &package_shape, DOC("What is sent."),
		.flags = F_REQUIRED, .min = 1, .max = PACKAGES_MOST),
	[ASK_CURRENCY] = STRING("currency",
		DOC("What all the money is in (ISO 4217); without: the shop's own currency."),
		.max = 3, .known = known_currency,
		.pattern_doc = "the code of a currency such as USD (ISO 4217)", .example = "USD"),
	[ASK_CARRIERS] = LIST("carriers", DOC("Only these carriers, by their codes; none: all."),
		.max = 20, .example = "[\"fedex\"]"),
	[ASK_INSURANCE] = PRICE("insurance_value", DOC("What it is insured for."),
		.max = 100000000000, .money_in = "currency", .initial = "0", .example = "500"),
	[ASK_SIGNATURE] = BOOL("signature_required", DOC("Whether somebody has to sign for it."),
		.initial = "false"),
	[ASK_GOODS] = PRICE("goods_total",
		DOC("What the goods cost, for services that are free above an amount."),
		.max = (INT64_C(1) << 53) - 1, .money_in = "currency", .example = "59.90"),
};

const struct resource rates_ask_shape =
	SHAPE("shipping_question", ask_fields, DOC("What is to be sent, and where."));

/* ---- what is answered */

enum {
	OFFER_ID,
	OFFER_CARRIER,
	OFFER_SERVICE,
	OFFER_NAME,
	OFFER_CURRENCY,
	OFFER_COST,
	OFFER_AMOUNT,
	OFFER_DAYS,
	OFFER_DELIVERY,
	OFFER_EXPIRES,
	OFFER__MAX
};

static const struct field offer_fields[OFFER__MAX] = {
	[OFFER_ID] = STRING("id",
		DOC("What an order or cart may name as its shipping_method while the price holds; "
		    "null in a dry run."),
		.flags = F_READ_ONLY, .max = 32, .example = "rate_123"),
	[OFFER_CARRIER] = STRING("carrier", DOC("The carrier's code."), .flags = F_READ_ONLY,
		.max = 32, .example = "fedex"),
	[OFFER_SERVICE] = STRING("service", DOC("The service's code."), .flags = F_READ_ONLY,
		.max = 64, .example = "ground"),
	[OFFER_NAME] = STRING("name", DOC("What buyers see."), .flags = F_READ_ONLY, .max = 128,
		.example = "FedEx Ground"),
	[OFFER_CURRENCY] = STRING("currency", DOC("The currency of the price."),
		.flags = F_READ_ONLY, .max = 3, .example = "USD"),
	[OFFER_COST] = PRICE("cost", DOC("What it costs, all packages together."),
		.flags = F_READ_ONLY, .money_in = "currency", .example = "12.80"),
	[OFFER_AMOUNT] = AMOUNT("amount", DOC("The same in minor units."), .flags = F_READ_ONLY,
		.money_in = "currency", .example = "1280"),
	[OFFER_DAYS] = INTEGER("estimated_days",
		DOC("Working days on the way; null: the carrier does not say."),
		.flags = F_READ_ONLY, .example = "5"),
	[OFFER_DELIVERY] = TIME("estimated_delivery", DOC("When it is there; null: nobody says."),
		.flags = F_READ_ONLY, .example = "2026-01-22T23:59:59Z"),
	[OFFER_EXPIRES] = TIME("expires_at", DOC("Until when the price holds."),
		.flags = F_READ_ONLY, .example = "2026-01-16T10:30:00Z"),
};

static const struct resource offer_shape =
	SHAPE("shipping_rate", offer_fields, DOC("A way to send it, and its price."));

enum { WARNING_CARRIER, WARNING_CODE, WARNING_MESSAGE, WARNING__MAX };

static const struct field warning_fields[WARNING__MAX] = {
	[WARNING_CARRIER] = STRING("carrier", DOC("The carrier's code; null: it is about none."),
		.flags = F_READ_ONLY, .max = 32, .example = "ups"),
	[WARNING_CODE] = STRING("code",
		DOC("Why it offers nothing: no_answer, no_connection, no_credentials, not_served, "
		    "no_rate, bad_answer, or the carrier's own code."),
		.flags = F_READ_ONLY, .max = 64, .example = "no_answer"),
	[WARNING_MESSAGE] = STRING("message", DOC("The same for people."), .flags = F_READ_ONLY,
		.max = 300, .example = "the carrier did not answer in time"),
};

static const struct resource warning_shape =
	SHAPE("shipping_warning", warning_fields, DOC("A carrier that offers nothing, and why."));

enum { RATES_DATA, RATES_WARNINGS, RATES__MAX };

static const struct field rates_fields[RATES__MAX] = {
	[RATES_DATA] = OBJECTS("data", &offer_shape, DOC("The ways there are, the cheapest first."),
		.flags = F_READ_ONLY, .max = RATES_MOST),
	[RATES_WARNINGS] = OBJECTS("warnings", &warning_shape,
		DOC("Carriers that did not answer in time, or offer nothing."),
		.flags = F_READ_ONLY, .max = WARNINGS_MOST),
};

const struct resource shipping_rates_shape =
	SHAPE("shipping_rates", rates_fields, DOC("The ways in which it can be sent."));

static struct rec *
offer_rec(struct ctx *cx, const struct rates_question *q, const struct rates *r, size_t i)
{
	const struct rates_offer *o = &r->offers[i];
	struct rec *to = rec_new(cx->arena, &offer_shape);

	if (o->id.n) {
		rec_set_str(to, OFFER_ID, id_str(cx->arena, o->id, RATE_PREFIX));
		rec_set_time(to, OFFER_EXPIRES, r->expires_ms);
	}
	rec_set_str(to, OFFER_CARRIER, o->carrier);
	rec_set_str(to, OFFER_SERVICE, o->service);
	rec_set_str(to, OFFER_NAME, o->name);
	rec_set_str(to, OFFER_CURRENCY, q->currency);
	rec_set_money(to, OFFER_COST, o->minor);
	rec_set_money(to, OFFER_AMOUNT, o->minor);
	if (o->days)
		rec_set_int(to, OFFER_DAYS, o->days);
	if (o->delivery_ms)
		rec_set_time(to, OFFER_DELIVERY, o->delivery_ms);
	return to;
}

struct rec *
rates_rec(struct ctx *cx, const struct rates_question *q, const struct rates *r)
{
	struct rec *to = rec_new(cx->arena, &shipping_rates_shape);
	struct recs offers = { ARENA_ARRAY(cx->arena, r->n, struct rec *), r->n, true };
	struct recs warnings = { ARENA_ARRAY(cx->arena, r->nwarnings, struct rec *), r->nwarnings,
		true };

	for (size_t i = 0; i < r->n; i++)
		offers.r[i] = offer_rec(cx, q, r, i);
	for (size_t i = 0; i < r->nwarnings; i++) {
		struct rec *w = warnings.r[i] = rec_new(cx->arena, &warning_shape);

		if (r->warnings[i].carrier.n)
			rec_set_str(w, WARNING_CARRIER, r->warnings[i].carrier);
		rec_set_str(w, WARNING_CODE, r->warnings[i].code);
		rec_set_str(w, WARNING_MESSAGE, r->warnings[i].message);
	}
	rec_set_objects(cx, to, RATES_DATA, &offers);
	rec_set_objects(cx, to, RATES_WARNINGS, &warnings);
	return to;
}

/* ---- reading */

struct carrier_address
rates_address(struct arena *a, const struct rec *r)
{
	struct str first = rec_str(r, ADDRESS_FIRST_NAME), last = rec_str(r, ADDRESS_LAST_NAME);

	return (struct carrier_address){
		.name = first.n && last.n ? str_fmt(a, "%.*s %.*s", STRF(first), STRF(last))
			: first.n         ? first
					  : last,
		.company = rec_str(r, ADDRESS_COMPANY),
		.line1 = rec_str(r, ADDRESS_LINE1),
		.line2 = rec_str(r, ADDRESS_LINE2),
		.city = rec_str(r, ADDRESS_CITY),
		.state = rec_str(r, ADDRESS_STATE),
		.zip = rec_str(r, ADDRESS_ZIP),
		.country = rec_str(r, ADDRESS_COUNTRY),
		.phone = rec_str(r, ADDRESS_PHONE),
		.residential = r->resource == &place_shape && rec_has(r, PLACE_RESIDENTIAL) &&
			rec_bool(r, PLACE_RESIDENTIAL),
	};
}

static struct err *
read_places(struct ctx *cx, const struct rec *ask, struct rates_question *q)
{
	struct rec *from, *to;
	struct err *e = rec_object(cx, ask, ASK_DESTINATION, &to);

	if (e)
		return e;
	q->to = rates_address(cx->arena, to);
	e = rec_object(cx, ask, ASK_ORIGIN, &from);
	if (!e && !from)
		e = shipping_origin(cx, &from);
	if (!e && from)
		q->from = rates_address(cx->arena, from);
	return e;
}

static struct err *
read_question(struct ctx *cx, const struct rec *ask, struct rates_question *q)
{
	struct package *packages = NULL;
	struct recs all;
	struct err *e = rec_objects(cx, ask, ASK_PACKAGES, &all);

	e = e ? e : packages_read(cx, &all, &packages);
	if (e)
		return e;
	q->packages = packages;
	q->npackages = all.n;
	q->currency = rec_has(ask, ASK_CURRENCY) ? rec_str(ask, ASK_CURRENCY) : cx->currency;
	q->digits = currency_digits(q->currency);
	q->insured_minor = rec_has(ask, ASK_INSURANCE) ? rec_money(ask, ASK_INSURANCE) : 0;
	q->goods_minor = rec_has(ask, ASK_GOODS) ? rec_money(ask, ASK_GOODS) : -1;
	q->signature = rec_has(ask, ASK_SIGNATURE) && rec_bool(ask, ASK_SIGNATURE);
	return read_places(cx, ask, q);
}

/* One that is named must be there, and enabled. */
static struct err *
refuse_carrier(struct ctx *cx, size_t n, struct str code)
{
	struct rec *carrier;
	struct err *e = carriers_find(cx, code, &carrier);
	struct str path = str_fmt(cx->arena, "carriers[%zu]", n);

	if (e)
		return e;
	err_field(cx->arena, &e, path, REASON_UNKNOWN,
		carrier ? "the carrier %.*s is not enabled" : "there is no carrier %.*s",
		STRF(str_shown(code, 40)));
	return e;
}

static struct err *
choose_carriers(struct ctx *cx, const struct rec *ask, struct recs *all)
{
	struct recs some = { ARENA_ARRAY(cx->arena, 20, struct rec *), 0, true };
	struct json *codes = NULL;
	struct err *e = NULL;

	if (!rec_has(ask, ASK_CARRIERS))
		return NULL;
	must(!json_parse(cx->arena, rec_str(ask, ASK_CARRIERS), &codes));
	for (size_t i = 0; i < json_length(codes); i++) {
		struct str code = json_string(json_at(codes, i));
		size_t before = some.n;

		for (size_t k = 0; k < all->n; k++) {
			if (str_eq(rec_str(all->r[k], CARRIER_CODE), code))
				some.r[some.n++] = all->r[k];
		}
		if (some.n == before)
			e = err_join(e, refuse_carrier(cx, i, code));
	}
	if (some.n)
		*all = some;
	return e;
}

static struct err *
rates(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	struct rates_question q = { 0 };
	struct rates *found;
	struct recs carriers = { 0 };
	struct err *e = read_question(cx, call->input, &q), *other;

	other = carriers_to_ask(cx, &carriers);
	if (other)
		return other;
	e = err_join(e, choose_carriers(cx, call->input, &carriers));
	e = e ? e : rates_ask(cx, &carriers, &q, &found);
	if (!e)
		*out = rates_rec(cx, &q, found);
	return e;
}

const struct operation carrier_operations[CARRIER_OPERATIONS] = {
	OPERATION("calculate_shipping_rates", "POST", "shipping/rates", rates,
		.scope = "shipping:read", .input = &rates_ask_shape,
		.output = &shipping_rates_shape,
		DOC("Asks all enabled carriers at once what it costs to send something.")),
	OPERATION("test_carrier", "POST", "shipping/carriers/{carrier_id}/test", carrier_sign_in,
		.scope = "shipping:write", .output = &carrier_sign_in_shape,
		DOC("Asks the carrier whether it accepts the shop's credentials. Nothing "
		    "changes.")),
};
