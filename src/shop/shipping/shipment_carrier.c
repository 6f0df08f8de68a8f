/*
 * Who carries a shipment, and what becomes of its label: it is there already (a number was given), it is ours to draw (the shop's
 * own tariff, or the sandbox), or the carrier must be asked for it once the shipment is written.
 */
#include "shop/shipping/rates_int.h"
#include "shop/shipping/shipments.h"

#include "base/clock.h"
#include "base/id.h"
#include "db/db.h"
#include "model/query.h"

void
shipment_own_path(struct ctx *cx, struct rec *now, int field, const char *what)
{
	rec_set_str(now, field,
		str_fmt(cx->arena, "/v2/shipments/%.*s/%s", STRF(rec_id_text(cx->arena, now)),
			what));
}

/* ---- who */

/* One of those that the specification names, whom the sandbox plays without a row. */
static struct rec *
made_up(struct ctx *cx, struct str kind)
{
	struct rec *carrier = rec_new(cx->arena, &carrier_resource);
	const struct field *f = &carrier_resource.fields[CARRIER_KIND];

	for (size_t i = 0; i < f->nchoices; i++)
		if (str_eq_z(kind, f->choices[i].name))
			rec_set_choice(carrier, CARRIER_KIND, (int)i);
	rec_set_str(carrier, CARRIER_CODE, kind);
	rec_set_null(carrier, CARRIER_CREDENTIALS);
	return carrier;
}

static bool
is_named(struct str code)
{
	return sandbox_has(code, (struct str){ 0 });
}

static struct err *
find(struct ctx *cx, const struct rec *now, struct rec **carrier)
{
	struct str code = rec_str(now, SHIPMENT_CARRIER);
	struct err *e = carriers_find(cx, code, carrier);

	if (e || (*carrier && rec_bool(*carrier, CARRIER_ENABLED)))
		return e;
	if (*carrier)
		return rec_refuse(cx, now, SHIPMENT_CARRIER, REASON_NOT_A_CHOICE,
			"the carrier is not enabled");
	if (is_named(code) && cx->sandbox)
		*carrier = made_up(cx, code);
	if (*carrier || (is_named(code) && rec_has(now, SHIPMENT_TRACKING_NUMBER)))
		return NULL;
	return rec_refuse(cx, now, SHIPMENT_CARRIER, REASON_UNKNOWN,
		is_named(code)
			? "the shop has no contract with this carrier: give the tracking_number "
			  "of a label that is there"
			: "there is no such carrier");
}

/* ---- for how much */

static struct err *
question(struct ctx *cx, const struct rec *now, struct rates_question *q)
{
	struct rec *from = NULL, *to = NULL;
	struct recs all = { 0 };
	struct package *packages = NULL;
	struct err *e = rec_object(cx, now, SHIPMENT_TO, &to);

	e = e ? e : rec_object(cx, now, SHIPMENT_FROM, &from);
	if (!e && rec_has(now, SHIPMENT_PACKAGES))
		e = rec_objects(cx, now, SHIPMENT_PACKAGES, &all);
	e = e ? e : packages_read(cx, &all, &packages);
	if (e)
		return e;
	*q = (struct rates_question){
		.packages = packages,
		.npackages = all.n,
		.currency = cx->currency,
		.digits = cx->currency_digits,
		.insured_minor =
			rec_has(now, SHIPMENT_INSURANCE) ? rec_money(now, SHIPMENT_INSURANCE) : 0,
		.goods_minor = -1,
		.signature = rec_bool(now, SHIPMENT_SIGNATURE),
	};
	if (from)
		q->from = rates_address(cx->arena, from);
	if (to)
		q->to = rates_address(cx->arena, to);
	return NULL;
}

static struct err *
price(struct ctx *cx, struct rec *now, const struct rec *carrier)
{
	struct rates_question q;
	struct rates_offer offer = { .service = rec_str(now, SHIPMENT_SERVICE) };
	enum rates_found found = RATES_NO_SERVICE;
	struct err *e = question(cx, now, &q);

	e = e ? e : rates_of_service(cx, carrier, &q, &offer, &found);
	if (e)
		return e;
	if (found == RATES_NO_SERVICE)
		return rec_refuse(cx, now, SHIPMENT_SERVICE, REASON_UNKNOWN,
			"the carrier has no such service");
	if (found == RATES_NOT_SERVED)
		return rec_refuse(
			cx, now, SHIPMENT_SERVICE, REASON_NOT_SERVED, "%.*s", STRF(offer.text));
	if (found == RATES_PRICED) {
		rec_set_str(now, SHIPMENT_CURRENCY, cx->currency);
		rec_set_money(now, SHIPMENT_COST, offer.minor);
	}
	return NULL;
}

/* ---- by whom the label is made */

/* What the carrier must know to be asked for a label. */
static struct err *
check_question(struct ctx *cx, const struct rec *now, const struct rec *carrier)
{
	struct carrier_account account;
	struct err *e = NULL;

	if (!rec_has(now, SHIPMENT_FROM))
		e = err_join(e,
			rec_refuse(cx, now, SHIPMENT_FROM, REASON_REQUIRED,
				"must be given: the default warehouse has no address"));
	if (!rec_has(now, SHIPMENT_PACKAGES))
		e = err_join(e,
			rec_refuse(cx, now, SHIPMENT_PACKAGES, REASON_REQUIRED,
				"must be given: the weight of the products is not known"));
	if (e)
		return e;
	e = carriers_account(cx, carrier, &account);
	if (e || account.credentials.n)
		return e;
	return rec_refuse(cx, now, SHIPMENT_CARRIER, REASON_NOT_A_CHOICE,
		"the carrier has no credentials yet");
}

static struct err *
check_service(struct ctx *cx, const struct rec *now)
{
	if (rec_has(now, SHIPMENT_SERVICE))
		return NULL;
	return rec_refuse(cx, now, SHIPMENT_SERVICE, REASON_REQUIRED, "must be given");
}

static void
is_there(struct ctx *cx, struct rec *now)
{
	rec_set_choice(now, SHIPMENT_STATUS, SHIPMENT_LABELLED);
	shipment_own_path(cx, now, SHIPMENT_TRACKING_URL, "track");
}

struct err *
shipment_choose(struct ctx *cx, struct rec *now)
{
	struct rec *carrier = NULL;
	struct err *e = NULL;

	is_there(cx, now);
	if (str_eq_z(rec_str(now, SHIPMENT_CARRIER), MANUAL))
		return NULL;
	e = find(cx, now, &carrier);
	if (e)
		return e;
	if (carrier && carrier->id.n)
		rec_set_ref(now, SHIPMENT_CARRIER_ID, carrier->id);
	if (rec_has(now, SHIPMENT_TRACKING_NUMBER))
		return NULL;
	must(carrier);
	e = check_service(cx, now);
	if (e)
		return e;
	if (carriers_adapter(cx, carrier)) {
		rec_set_choice(now, SHIPMENT_STATUS, SHIPMENT_PENDING);
		now->outside = true;
		return check_question(cx, now, carrier);
	}
	rec_set_str(now, SHIPMENT_TRACKING_NUMBER, shipment_number(cx->arena, now->id));
	shipment_own_path(cx, now, SHIPMENT_LABEL_URL, "label");
	return price(cx, now, carrier);
}

/* ---- how a carrier is asked */

/* NULL: it is gone. */
static struct err *
contract(struct ctx *cx, struct id id, struct rec **carrier)
{
	const struct view whole = view_whole(&carrier_resource);
	struct err *e;

	if (!id.n)
		return NULL;
	e = model_get(cx, &carrier_resource, ID_NONE,
		id_str(cx->arena, id, carrier_resource.prefix), &whole, carrier);
	return e && e->code == ERR_NOT_FOUND ? NULL : e;
}

/*
 * What the carrier needs to void it. Of USPS that is the numbers of all its labels, which are more than the reference holds when
 * there are many.
 */
static struct err *
reference(struct ctx *cx, const struct rec *shipment, struct str *out)
{
	struct db_rows rows;
	struct err *e;

	*out = rec_str(shipment, SHIPMENT_REFERENCE);
	if (str_find(*out, ',') == out->n)
		return NULL;
	e = db_query(cx, &rows,
		"SELECT tracking_number FROM shipment_labels WHERE tenant_id = ? AND shipment_id = "
		"?"
		" ORDER BY package",
		db_id(cx->tenant), db_id(shipment->id));
	for (size_t i = 0; !e && i < rows.n; i++)
		*out = str_fmt(cx->arena, "%.*s%s%.*s", i ? (int)out->n : 0, out->p, i ? "," : "",
			STRF(db_row(&rows, i)[0].s));
	return e;
}

struct err *
shipment_ask(struct ctx *cx, const struct rec *shipment, struct carrier_ask *ask, bool *can)
{
	struct rec *carrier = NULL, *copy = rec_copy(cx->arena, shipment);
	struct carrier_package *packages;
	struct rates_question q;
	struct err *e = contract(cx, rec_ref(shipment, SHIPMENT_CARRIER_ID), &carrier);

	*can = false;
	*ask = (struct carrier_ask){ 0 };
	if (e || !carrier)
		return e;
	ask->adapter = carriers_adapter(cx, carrier);
	if (!ask->adapter)
		return NULL;
	e = carriers_account(cx, carrier, &ask->account);
	e = e ? e : question(cx, copy, &q);
	if (e || !ask->account.credentials.n || !rates_packages(cx->arena, &q, &packages))
		return e;
	ask->from = q.from;
	ask->to = q.to;
	ask->packages = packages;
	ask->npackages = q.npackages;
	ask->currency = q.currency;
	ask->signature = q.signature;
	ask->service = rec_str(shipment, SHIPMENT_SERVICE);
	ask->reference = rec_id_text(cx->arena, shipment);
	ask->tracking = rec_str(shipment, SHIPMENT_TRACKING_NUMBER);
	ask->at_ms = clock_now_ms();
	*can = true;
	e = reference(cx, shipment, &ask->shipment);
	return e ? e : shipment_goods(cx, shipment->id, ask);
}
