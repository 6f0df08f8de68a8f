/* Asking all carriers at once: tariffs are read, services are called under one deadline, and what they say is kept for a day. */
#include "base/clock.h"
#include "base/currency.h"
#include "base/id.h"
#include "base/money.h"
#include "base/rate.h"
#include "db/db.h"
#include "shop/shipping/rates_int.h"

#define ASK_US INT64_C(2500000)   /* for all carriers */
#define SPARE_US INT64_C(1000000) /* of the request, for its answer */
#define DAY_MS INT64_C(86400000)
#define MG (MEASURE_KG / 1000000)
#define UM (MEASURE_CM / 10000)

struct rates *
rates_new(struct arena *a, size_t carriers)
{
	struct rates *r = ARENA_NEW(a, struct rates);

	if (carriers) {
		r->offers = ARENA_ARRAY(a, RATES_MOST, struct rates_offer);
		r->warnings = ARENA_ARRAY(a, WARNINGS_MOST, struct rates_warning);
	}
	return r;
}

void
rates_warn(struct rates *r, struct str carrier, struct str code, struct str message)
{
	if (r->nwarnings < WARNINGS_MOST)
		r->warnings[r->nwarnings++] = (struct rates_warning){ carrier, code, message };
}

void
rates_offer(struct rates *r, const struct rates_offer *offer)
{
	if (r->n < RATES_MOST)
		r->offers[r->n++] = *offer;
}

bool
rates_convert(struct str from, struct str to, int64_t minor, int64_t *out)
{
	struct rate rate;

	*out = minor;
	if (str_eq(from, to))
		return true;
	return rate_find(from, to, &rate) &&
		rate_convert(rate, minor, currency_digits(from), currency_digits(to), out);
}

/* ---- tariffs */

/* What of the question a tariff sees, in the shop's own currency. False: that has no rate to it. */
static bool
to_tariff(struct ctx *cx, const struct rates_question *q, struct tariff_question *out)
{
	*out = (struct tariff_question){
		.country = q->to.country,
		.state = q->to.state,
		.zip = q->to.zip,
		.residential = q->to.residential,
		.signature = q->signature,
		.goods_minor = -1,
		.packages = q->packages,
		.npackages = q->npackages,
	};
	if (!rates_convert(q->currency, cx->currency, q->insured_minor, &out->insured_minor))
		return false;
	return q->goods_minor < 0 ||
		rates_convert(q->currency, cx->currency, q->goods_minor, &out->goods_minor);
}

static const char not_in_currency[] = "its prices cannot be told in that currency";

/* NULL, or why it has no price. */
static const char *
price_service(struct ctx *cx, const struct tariff *t, const struct rates_question *q, size_t i,
	struct rates_offer *out)
{
	struct tariff_question tq;
	struct tariff_offer o;
	const char *why;

	if (!to_tariff(cx, q, &tq))
		return not_in_currency;
	why = tariff_price(cx->arena, t, &tq, i, &o);
	if (why)
		return why;
	if (!rates_convert(cx->currency, q->currency, o.minor, &out->minor))
		return not_in_currency;
	out->service = o.service->code;
	out->name = o.service->name;
	out->days = o.service->days;
	out->text = tariff_explain(cx->arena, t, &o, cx->currency_digits);
	return NULL;
}

struct err *
rates_of_tariff(struct ctx *cx, const struct rec *carrier, const struct rates_question *q,
	struct rates *out)
{
	struct str code = rec_str(carrier, CARRIER_CODE);
	struct tariff t;
	const char *why = "it has no services";
	size_t before = out->n;
	struct err *e = tariff_read(cx, carrier, &t);

	for (size_t i = 0; !e && i < t.nservices; i++) {
		struct rates_offer offer = { .carrier = code };
		const char *none = price_service(cx, &t, q, i, &offer);

		if (none)
			why = none;
		else
			rates_offer(out, &offer);
	}
	if (!e && out->n == before)
		rates_warn(out, code, STR("not_served"), str_of(why));
	return e;
}

static struct err *
tariff_service_of(struct ctx *cx, const struct rec *carrier, const struct rates_question *q,
	struct rates_offer *out, enum rates_found *found)
{
	struct tariff t;
	struct err *e = tariff_read(cx, carrier, &t);

	*found = RATES_NO_SERVICE;
	for (size_t i = 0; !e && i < t.nservices; i++) {
		const char *why;

		if (!str_eq(t.services[i].code, out->service))
			continue;
		why = price_service(cx, &t, q, i, out);
		*found = why ? RATES_NOT_SERVED : RATES_PRICED;
		if (why)
			out->text = str_of(why);
	}
	return e;
}

/* ---- services */

bool
rates_packages(struct arena *a, const struct rates_question *q, struct carrier_package **out)
{
	struct carrier_package *to = ARENA_ARRAY(a, q->npackages, struct carrier_package);
	struct money_part *parts = ARENA_ARRAY(a, q->npackages, struct money_part);
	int64_t *weights = ARENA_ARRAY(a, q->npackages, int64_t);

	for (size_t i = 0; i < q->npackages; i++) {
		const struct package *p = &q->packages[i];

		if (!decimal_scale(p->weight, 1, MG, ROUND_UP, &to[i].weight_mg) ||
			to[i].weight_mg > INT64_MAX / 1024)
			return false;
		to[i].weight_mg = MAX(to[i].weight_mg, 1);
		weights[i] = to[i].weight_mg;
		to[i].length_um = (p->sides[0] + UM - 1) / UM;
		to[i].width_um = (p->sides[1] + UM - 1) / UM;
		to[i].height_um = (p->sides[2] + UM - 1) / UM;
	}
	money_split(a, q->insured_minor, weights, q->npackages, parts);
	for (size_t i = 0; i < q->npackages; i++)
		to[i].insured_minor = parts[i].amount;
	*out = to;
	return true;
}

static bool
is_offered(const struct recs *services, struct str code)
{
	for (size_t i = 0; i < services->n; i++) {
		if (str_eq(rec_str(services->r[i], SERVICE_CODE), code))
			return true;
	}
	return !services->n;
}

static struct err *
take_rates(struct ctx *cx, const struct rec *carrier, const struct rates_question *q,
	const struct carrier_ask *ask, struct rates *out)
{
	struct str code = rec_str(carrier, CARRIER_CODE);
	struct recs services = { 0 };
	size_t before = out->n;
	struct err *e = NULL;

	if (ask->outcome != CARRIER_DONE) {
		rates_warn(out, code, ask->code, ask->message);
		return NULL;
	}
	/* Of two services of the carrier's, one may have given rates and the other not. */
	if (ask->code.n)
		rates_warn(out, code, ask->code, ask->message);
	if (rec_has(carrier, CARRIER_SERVICES))
		e = rec_objects(cx, carrier, CARRIER_SERVICES, &services);
	for (size_t i = 0; !e && i < ask->nrates; i++) {
		const struct carrier_rate *r = &ask->rates[i];
		struct rates_offer offer = { .carrier = code,
			.service = r->service,
			.name = r->name,
			.days = r->days,
			.delivery_ms = r->delivery_ms,
			.text = r->name };

		if (!is_offered(&services, r->service))
			continue;
		if (rates_convert(r->currency, q->currency, r->minor, &offer.minor))
			rates_offer(out, &offer);
		else
			rates_warn(out, code, STR("no_rate"),
				STR("its prices cannot be told in that currency"));
	}
	if (!e && out->n == before && ask->nrates == 0)
		rates_warn(out, code, STR("not_served"), STR("it offers nothing for this"));
	return e;
}

/* Those that are to be called, and what each of them is. */
struct asking {
	struct carrier_ask *asks;
	const struct rec **carriers;
	size_t n;
	const struct carrier_package *packages;
};

static void
fill_ask(const struct rates_question *q, const struct asking *all, struct carrier_ask *ask)
{
	*ask = (struct carrier_ask){
		.verb = CARRIER_RATES,
		.from = q->from,
		.to = q->to,
		.packages = all->packages,
		.npackages = q->npackages,
		.currency = q->currency,
		.signature = q->signature,
		.at_ms = clock_now_ms(),
	};
}

static enum rates_found
sandbox_service_of(struct ctx *cx, const struct rec *carrier, const struct rates_question *q,
	struct rates_offer *out)
{
	struct carrier_package *packages;
	struct asking all = { 0 };
	struct carrier_ask ask;

	if (!sandbox_has(carriers_kind(carrier), out->service))
		return RATES_NO_SERVICE;
	out->text = STR("the service does not take such a package there");
	if (!rates_packages(cx->arena, q, &packages))
		return RATES_NOT_SERVED;
	all.packages = packages;
	fill_ask(q, &all, &ask);
	sandbox_rates(cx->arena, carriers_kind(carrier), &ask);
	for (size_t i = 0; i < ask.nrates; i++) {
		const struct carrier_rate *r = &ask.rates[i];

		if (!str_eq(r->service, out->service) ||
			!rates_convert(r->currency, q->currency, r->minor, &out->minor))
			continue;
		out->name = out->text = r->name;
		out->days = r->days;
		return RATES_PRICED;
	}
	return RATES_NOT_SERVED;
}

struct err *
rates_of_service(struct ctx *cx, const struct rec *carrier, const struct rates_question *q,
	struct rates_offer *offer, enum rates_found *found)
{
	*offer = (struct rates_offer){ .carrier = rec_str(carrier, CARRIER_CODE),
		.service = offer->service };
	if (rec_choice(carrier, CARRIER_KIND) == KIND_TABLE)
		return tariff_service_of(cx, carrier, q, offer, found);
	*found = carriers_adapter(cx, carrier) ? RATES_UNPRICED
					       : sandbox_service_of(cx, carrier, q, offer);
	return NULL;
}

static struct err *
add_service(struct ctx *cx, const struct rec *carrier, const struct rates_question *q,
	struct asking *all, struct rates *out)
{
	struct carrier_ask *ask = &all->asks[all->n];
	struct err *e;

	fill_ask(q, all, ask);
	ask->adapter = carriers_adapter(cx, carrier);
	if (!ask->adapter) {
		sandbox_rates(cx->arena, carriers_kind(carrier), ask);
		return take_rates(cx, carrier, q, ask, out);
	}
	e = carriers_account(cx, carrier, &ask->account);
	if (e)
		return e;
	if (!ask->account.credentials.n) {
		rates_warn(out, rec_str(carrier, CARRIER_CODE), STR("no_credentials"),
			STR("the carrier has no credentials"));
		return NULL;
	}
	all->carriers[all->n++] = carrier;
	return NULL;
}

static int64_t
deadline_us(const struct ctx *cx)
{
	int64_t us = clock_mono_us() + ASK_US;

	return cx->deadline_us && cx->deadline_us - SPARE_US < us ? cx->deadline_us - SPARE_US : us;
}

/* ---- what is answered */

static int
by_price(const void *left, const void *right)
{
	const struct rates_offer *a = left, *b = right;
	int order;

	if (a->minor != b->minor)
		return a->minor < b->minor ? -1 : 1;
	order = str_cmp(a->carrier, b->carrier);
	return order ? order : str_cmp(a->service, b->service);
}

/* The end of the nth working day from now, Monday to Friday. */
static int64_t
delivery(int64_t now_ms, int days)
{
	int64_t day = now_ms / DAY_MS;

	/* 1970-01-01 was a Thursday: days 2 and 3 of the week that begins then are Saturday and Sunday. */
	for (int left = days; left > 0;) {
		day++;
		left -= day % 7 != 2 && day % 7 != 3;
	}
	return (day + 1) * DAY_MS - 1000;
}

#define QUOTE_CELLS 11

static struct err *
keep(struct ctx *cx, const struct rates_question *q, struct rates *r)
{
	struct db_value *v = ARENA_ARRAY(cx->arena, r->n * QUOTE_CELLS, struct db_value), *to = v;
	int64_t weight;

	if (!packages_weight(q->packages, q->npackages, &weight))
		weight = INT64_MAX;
	for (size_t i = 0; i < r->n; i++) {
		struct rates_offer *o = &r->offers[i];

		o->id = id_new();
		*to++ = db_id(cx->tenant);
		*to++ = db_id(o->id);
		*to++ = db_text(o->carrier);
		*to++ = db_text(o->service);
		*to++ = db_text(str_head(o->name, 120));
		*to++ = db_int(o->minor);
		*to++ = db_text(q->currency);
		*to++ = db_text(q->to.country);
		*to++ = db_text(zip_normal(cx->arena, q->to.country, q->to.zip));
		*to++ = db_int(weight);
		*to++ = db_time(r->expires_ms);
	}
	return db_insert_rows(cx,
		"INSERT INTO shipping_quotes (tenant_id, id, carrier, service, name, amount, "
		"currency, country, zip, weight, expires_at) VALUES",
		"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", v, (size_t)(to - v));
}

static struct err *
settle(struct ctx *cx, const struct rates_question *q, struct rates *r)
{
	int64_t now_ms = clock_now_ms();

	qsort(r->offers, r->n, sizeof(*r->offers), by_price);
	for (size_t i = 0; i < r->n; i++) {
		struct rates_offer *o = &r->offers[i];

		if (o->days && !o->delivery_ms)
			o->delivery_ms = delivery(now_ms, o->days);
	}
	r->expires_ms = now_ms + RATE_HOURS * INT64_C(3600000);
	return r->n && !cx->dry_run ? keep(cx, q, r) : NULL;
}

struct err *
rates_ask(struct ctx *cx, const struct recs *carriers, const struct rates_question *q,
	struct rates **out)
{
	struct rates *r = *out = rates_new(cx->arena, carriers->n);
	struct asking all = { .asks = ARENA_ARRAY(cx->arena, carriers->n, struct carrier_ask),
		.carriers = ARENA_ARRAY(cx->arena, carriers->n, const struct rec *) };
	struct carrier_package *packages = NULL;
	bool sendable = rates_packages(cx->arena, q, &packages);
	struct err *e = NULL;

	all.packages = packages;
	for (size_t i = 0; !e && i < carriers->n; i++) {
		const struct rec *c = carriers->r[i];

		if (rec_choice(c, CARRIER_KIND) == KIND_TABLE)
			e = rates_of_tariff(cx, c, q, r);
		else if (sendable)
			e = add_service(cx, c, q, &all, r);
		else
			rates_warn(r, rec_str(c, CARRIER_CODE), STR("not_served"),
				STR("a package is too heavy"));
	}
	if (!e && all.n)
		carrier_ask_all(cx->arena, all.asks, all.n, deadline_us(cx));
	for (size_t i = 0; !e && i < all.n; i++)
		e = take_rates(cx, all.carriers[i], q, &all.asks[i], r);
	return e ? e : settle(cx, q, r);
}
