/*
 * The price of sending an order (D75). It is found without asking anybody, for it is part of a transaction: in a tariff, or
 * among the rates that were told before.
 */
#include "base/clock.h"
#include "base/currency.h"
#include "base/id.h"
#include "db/db.h"
#include "shop/shipping/rates_int.h"

static struct err *
refuse(struct ctx *cx, enum reason reason, struct str why)
{
	struct err *e = NULL;

	err_field(cx->arena, &e, STR("shipping_method"), reason, "%.*s", STRF(why));
	return e;
}

/* All lines as one package: how many it will be nobody knows yet. What nobody weighed weighs nothing. */
static struct package
package_of(const struct shipping_offer *o)
{
	struct package p = { 0 };

	for (size_t i = 0; i < o->nlines; i++) {
		const struct shipping_weight *line = &o->lines[i];
		int unit = weight_unit_find(line->unit);
		int64_t n, one;

		if (unit < 0 || decimal_parse(line->weight, MEASURE_SCALE, &n) != DECIMAL_OK)
			continue;
		if (!weight_of(n, (enum weight_unit)unit, &one) ||
			__builtin_mul_overflow(one, line->quantity, &one) ||
			!decimal_add(p.weight, one, &p.weight))
			p.weight = INT64_MAX;
	}
	return p;
}

static void
fill_question(
	struct ctx *cx, const struct shipping_offer *o, struct package *p, struct rates_question *q)
{
	*p = package_of(o);
	*q = (struct rates_question){
		.packages = p,
		.npackages = 1,
		.currency = o->currency,
		.digits = currency_digits(o->currency),
		.goods_minor = o->goods_minor,
	};
	if (o->to)
		q->to = rates_address(cx->arena, o->to);
}

static void
take(struct ctx *cx, struct shipping_offer *o, const struct rates_offer *found)
{
	o->minor = found->minor;
	o->text = str_fmt(cx->arena, "%.*s: %.*s", STRF(found->carrier), STRF(found->text));
}

/* ---- rates that were told */

enum {
	QUOTE_CARRIER,
	QUOTE_NAME,
	QUOTE_AMOUNT,
	QUOTE_CURRENCY,
	QUOTE_COUNTRY,
	QUOTE_ZIP,
	QUOTE_WEIGHT,
	QUOTE_EXPIRES
};

/* What is in the way of an order that names it; absent: nothing. */
static struct str
doubt_quote(struct ctx *cx, const struct shipping_offer *o, const struct db_value *c)
{
	struct package p = package_of(o);
	struct str country, zip;

	if (c[QUOTE_EXPIRES].i <= clock_now_ms())
		return STR("the price is over: ask for rates again");
	if (p.weight > c[QUOTE_WEIGHT].i)
		return STR("the price was for less weight: ask for rates again");
	if (!o->to)
		return STR("the price was for a place: say where it goes");
	country = rec_str(o->to, ADDRESS_COUNTRY);
	zip = zip_normal(cx->arena, country, rec_str(o->to, ADDRESS_ZIP));
	if (!str_eq(country, c[QUOTE_COUNTRY].s) || !str_eq(zip, c[QUOTE_ZIP].s))
		return STR("the price was for another place: ask for rates again");
	return (struct str){ 0 };
}

static struct err *
price_quote(struct ctx *cx, struct shipping_offer *o, struct id id)
{
	struct rates_offer found = { 0 };
	struct db_rows rows;
	const struct db_value *c;
	struct str doubt;
	struct err *e = db_query(cx, &rows,
		"SELECT carrier, name, amount, currency, country, zip, weight, expires_at FROM "
		"shipping_quotes WHERE tenant_id = ? AND id = ?",
		db_id(cx->tenant), db_id(id));

	if (e)
		return e;
	if (!rows.n)
		return refuse(cx, REASON_UNKNOWN, STR("there is no such rate, or it is over"));
	c = db_row(&rows, 0);
	doubt = doubt_quote(cx, o, c);
	if (doubt.n)
		return refuse(cx, REASON_RATE_UNFIT, doubt);
	if (!rates_convert(c[QUOTE_CURRENCY].s, o->currency, c[QUOTE_AMOUNT].i, &found.minor))
		return refuse(cx, REASON_NO_RATE, STR("its price cannot be told in that currency"));
	found.carrier = c[QUOTE_CARRIER].s;
	found.text = str_fmt(cx->arena, "%.*s, as it was quoted", STRF(c[QUOTE_NAME].s));
	take(cx, o, &found);
	return NULL;
}

/* ---- services */

static struct err *
refuse_unknown(struct ctx *cx, struct str method)
{
	return refuse(cx, REASON_UNKNOWN,
		str_fmt(cx->arena,
			"no carrier of the shop sends by %.*s: it is a service (standard), a "
			"carrier and "
			"its service (fedex:ground) or a rate that was quoted (rate_…)",
			STRF(str_shown(method, 64))));
}

/* "fedex:ground" */
static struct err *
price_named(struct ctx *cx, struct shipping_offer *o, const struct recs *carriers, size_t colon)
{
	struct str code = str_cut(o->method, 0, colon);
	struct str service = str_cut(o->method, colon + 1, o->method.n);
	enum rates_found found = RATES_NO_SERVICE;
	struct rates_question q;
	struct rates_offer offer = { .service = service };
	struct package p;
	struct err *e = NULL;

	fill_question(cx, o, &p, &q);
	for (size_t i = 0; !e && i < carriers->n; i++) {
		if (str_eq(rec_str(carriers->r[i], CARRIER_CODE), code))
			e = rates_of_service(cx, carriers->r[i], &q, &offer, &found);
	}
	if (e)
		return e;
	if (found == RATES_NO_SERVICE)
		return refuse_unknown(cx, o->method);
	if (found == RATES_UNPRICED)
		return refuse(cx, REASON_RATE_NEEDED,
			STR("only the carrier knows its price: ask for rates, and name one by its "
			    "id"));
	if (found == RATES_NOT_SERVED)
		return refuse(cx, REASON_NOT_SERVED, offer.text);
	take(cx, o, &offer);
	return NULL;
}

/* "standard": of the first carrier with a tariff that has it, and goes there. */
static struct err *
price_service(struct ctx *cx, struct shipping_offer *o, const struct recs *carriers)
{
	struct str why = { 0 };
	struct rates_question q;
	struct package p;

	fill_question(cx, o, &p, &q);
	for (size_t i = 0; i < carriers->n; i++) {
		enum rates_found found;
		struct rates_offer offer = { .service = o->method };
		struct err *e;

		if (rec_choice(carriers->r[i], CARRIER_KIND) != KIND_TABLE)
			continue;
		e = rates_of_service(cx, carriers->r[i], &q, &offer, &found);
		if (e)
			return e;
		if (found == RATES_PRICED) {
			take(cx, o, &offer);
			return NULL;
		}
		if (found == RATES_NOT_SERVED)
			why = offer.text;
	}
	return why.n ? refuse(cx, REASON_NOT_SERVED, why) : refuse_unknown(cx, o->method);
}

struct err *
shipping_price(struct ctx *cx, struct shipping_offer *o)
{
	struct recs carriers;
	struct id quoted;
	size_t colon = str_find(o->method, ':');
	struct err *e;

	o->minor = 0;
	o->text = STR("no shipping method was chosen");
	if (!o->method.n)
		return NULL;
	if (id_parse(o->method, RATE_PREFIX, &quoted))
		return price_quote(cx, o, quoted);
	e = carriers_enabled(cx, &carriers);
	if (e)
		return e;
	if (!carriers.n) {
		o->text = STR("the shop has no carriers, so nothing has a price");
		return NULL;
	}
	return colon < o->method.n ? price_named(cx, o, &carriers, colon)
				   : price_service(cx, o, &carriers);
}

/* ---- all ways of carts */

/* "standard", or with its carrier before it if an earlier one has such a service. */
static struct str
method_of(struct ctx *cx, const struct rates *r, size_t n)
{
	const struct rates_offer *o = &r->offers[n];

	for (size_t i = 0; i < n; i++) {
		if (str_eq(r->offers[i].service, o->service))
			return str_fmt(cx->arena, "%.*s:%.*s", STRF(o->carrier), STRF(o->service));
	}
	return o->service;
}

struct err *
shipping_ways(
	struct ctx *cx, const struct shipping_offer *ask, struct shipping_offer **out, size_t *n)
{
	struct recs carriers;
	struct rates_question q;
	struct package p;
	struct rates *r;
	struct err *e = carriers_enabled(cx, &carriers);

	*n = 0;
	*out = NULL;
	if (e || !carriers.n)
		return e;
	fill_question(cx, ask, &p, &q);
	r = rates_new(cx->arena, carriers.n);
	for (size_t i = 0; !e && i < carriers.n; i++) {
		if (rec_choice(carriers.r[i], CARRIER_KIND) == KIND_TABLE)
			e = rates_of_tariff(cx, carriers.r[i], &q, r);
	}
	*out = ARENA_ARRAY(cx->arena, r->n, struct shipping_offer);
	for (; !e && *n < r->n; ++*n) {
		struct shipping_offer *to = &(*out)[*n];

		*to = *ask;
		to->method = method_of(cx, r, *n);
		take(cx, to, &r->offers[*n]);
	}
	return e;
}

struct err *
shipping_rates(struct ctx *cx, const struct shipping_offer *ask, struct rec **out)
{
	struct recs carriers;
	struct rates_question q;
	struct package p;
	struct rates *found;
	struct rec *from;
	struct err *e = carriers_to_ask(cx, &carriers);

	fill_question(cx, ask, &p, &q);
	e = e ? e : shipping_origin(cx, &from);
	if (!e && from)
		q.from = rates_address(cx->arena, from);
	e = e ? e : rates_ask(cx, &carriers, &q, &found);
	if (!e)
		*out = rates_rec(cx, &q, found);
	return e;
}

/* ---- housekeeping */

struct err *
shipping_purge(struct ctx *cx, int64_t most, int64_t *n)
{
	struct db_rows rows = { 0 };
	struct err *e;

	if (cx->dry_run)
		e = db_query(cx, &rows,
			"SELECT COUNT(*) FROM shipping_quotes WHERE tenant_id = ? AND expires_at "
			"<= ?",
			db_id(cx->tenant), db_time(clock_now_ms()));
	else
		e = db_query(cx, &rows,
			"DELETE FROM shipping_quotes WHERE tenant_id = ? AND expires_at <= ? LIMIT "
			"?",
			db_id(cx->tenant), db_time(clock_now_ms()), db_int(most));
	*n = e ? 0 : db_count(&rows);
	return e;
}
