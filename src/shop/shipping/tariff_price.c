/* A tariff as arithmetic: place → zone, package → weight → step, and what is put on top. */
#include "base/buf.h"
#include "base/money.h"
#include "shop/shipping/tariff.h"

#define TARIFF_MOST ((INT64_C(1) << 53) - 1) /* minor units, as everywhere (pricing.h) */

static const char too_much[] = "it would cost more than can be told";

/* ---- zones */

static bool
covers(const struct zip_pattern *p, struct str zip)
{
	if (str_eq(p->key, STR(ZIP_RANGE)))
		return p->from.n == zip.n && memcmp(p->from.p, zip.p, zip.n) <= 0 &&
			memcmp(zip.p, p->to.p, zip.n) <= 0;
	if (str_ends(p->key, STR("*")))
		return str_starts(zip, str_cut(p->key, 0, p->key.n - 1));
	return str_eq(p->key, zip);
}

static bool
is_among(const struct str *all, size_t n, struct str one)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq_nocase(all[i], one))
			return true;
	}
	return false;
}

/* How closely it names the place; -1: it does not cover it. */
static int
closeness(const struct tariff_zone *z, const struct tariff_question *q, struct str zip)
{
	int best = z->nzips ? -1 : 0;

	if (z->ncountries && !is_among(z->countries, z->ncountries, q->country))
		return -1;
	if (z->nstates && !is_among(z->states, z->nstates, q->state))
		return -1;
	for (size_t i = 0; i < z->nzips && zip.n; i++) {
		int close = zip_closeness(z->zips[i].key);

		if (close > best && covers(&z->zips[i], zip))
			best = close;
	}
	return best < 0 ? -1 : 4 * best + 2 * (z->nstates > 0) + (z->ncountries > 0);
}

const struct tariff_zone *
tariff_zone_of(struct arena *a, const struct tariff *t, const struct tariff_question *q)
{
	struct str zip = zip_normal(a, q->country, q->zip);
	const struct tariff_zone *found = NULL;
	int best = -1;

	for (size_t i = 0; i < t->nzones; i++) {
		int close = closeness(&t->zones[i], q, zip);

		if (close > best) {
			best = close;
			found = &t->zones[i];
		}
	}
	return found;
}

/* ---- weights */

/* What of the package is billed; false if that is no weight any more. */
static bool
billed(const struct tariff *t, const struct package *p, int64_t *weight, bool *by_volume)
{
	int64_t volume;

	if (!dimensional_weight(&t->volume, p->sides, &volume))
		return false;
	*weight = p->weight;
	if (volume > *weight) {
		*weight = volume;
		*by_volume = true;
	}
	if (t->weight_step && *weight % t->weight_step) {
		int64_t steps = *weight / t->weight_step + 1;

		return !__builtin_mul_overflow(steps, t->weight_step, weight);
	}
	return true;
}

/* The lowest step that bears the weight: of the zone, else of those for everywhere. */
static const struct tariff_rate *
step_of(const struct tariff *t, size_t service, const struct tariff_zone *zone, int64_t weight)
{
	const struct tariff_rate *found[2] = { NULL, NULL };
	bool zone_has = false;

	for (size_t i = 0; i < t->nrates; i++) {
		const struct tariff_rate *r = &t->rates[i];
		bool everywhere = !r->zone.n;

		if (r->service != service ||
			(!everywhere && (!zone || !str_eq(r->zone, zone->code))))
			continue;
		zone_has |= !everywhere;
		if (weight <= r->up_to &&
			(!found[everywhere] || r->up_to < found[everywhere]->up_to))
			found[everywhere] = r;
	}
	return zone_has ? found[0] : found[1];
}

/* ---- money */

static bool
add(int64_t *sum, int64_t more)
{
	return decimal_add(*sum, more, sum) && *sum <= TARIFF_MOST;
}

static bool
is_oversize(const struct tariff *t, const struct package *p, int64_t weight)
{
	if (t->oversize_weight && weight > t->oversize_weight)
		return true;
	for (int i = 0; i < 3 && t->oversize_length; i++) {
		if (p->sides[i] > t->oversize_length)
			return true;
	}
	return false;
}

static const char *
add_package(
	const struct tariff *t, const struct package *p, size_t service, struct tariff_offer *out)
{
	const struct tariff_rate *step;
	int64_t weight, units, by_units;

	if (!billed(t, p, &weight, &out->by_volume) ||
		!decimal_add(out->weight, weight, &out->weight))
		return "a package is too large to be weighed";
	step = step_of(t, service, out->zone, weight);
	if (!step)
		return out->zone ? "it has no rate for such a weight there"
				 : "it does not go there, or not with such a weight";
	if (!weight_in(weight, t->weight_unit, 0, ROUND_UP, &units) ||
		__builtin_mul_overflow(units, step->unit_amount, &by_units))
		return too_much;
	if (!add(&out->base, step->amount) || !add(&out->base, by_units))
		return too_much;
	if (is_oversize(t, p, weight) && !add(&out->oversize, t->oversize_amount))
		return too_much;
	return NULL;
}

static const char *
add_surcharges(const struct tariff *t, const struct tariff_question *q, struct tariff_offer *o)
{
	int64_t n = (int64_t)q->npackages;

	o->residential = q->residential ? n * t->residential_amount : 0;
	o->signature = q->signature ? n * t->signature_amount : 0;
	if (!decimal_scale(
		    o->base, t->fuel_percent, 100 * TARIFF_PERCENT, ROUND_HALF_EVEN, &o->fuel))
		return too_much;
	if (q->insured_minor > 0) {
		if (!decimal_scale(q->insured_minor, t->insurance_percent, 100 * TARIFF_PERCENT,
			    ROUND_HALF_EVEN, &o->insurance))
			return too_much;
		if (o->insurance < t->insurance_minimum)
			o->insurance = t->insurance_minimum;
	}
	return NULL;
}

static const char *
add_up(struct tariff_offer *o)
{
	const int64_t parts[] = { o->base, o->fuel, o->residential, o->signature, o->oversize,
		o->insurance };

	o->minor = 0;
	for (size_t i = 0; i < COUNT(parts); i++) {
		if (!add(&o->minor, parts[i]))
			return too_much;
	}
	if (o->free)
		o->minor = 0;
	return NULL;
}

const char *
tariff_price(struct arena *a, const struct tariff *t, const struct tariff_question *q,
	size_t service, struct tariff_offer *out)
{
	const struct tariff_service *s = &t->services[service];
	const char *why = NULL;

	*out = (struct tariff_offer){
		.service = s,
		.zone = tariff_zone_of(a, t, q),
		.free = !s->free_above || (s->free_above > 0 && q->goods_minor >= s->free_above),
	};
	for (size_t i = 0; i < q->npackages && !why; i++)
		why = add_package(t, &q->packages[i], service, out);
	why = why ? why : add_surcharges(t, q, out);
	return why ? why : add_up(out);
}

/* ---- in words */

static void
put_amount(struct buf *b, int64_t minor, int digits)
{
	char text[DECIMAL_TEXT];

	buf_put(b, text, decimal_render(minor, digits, text));
}

static void
put_part(struct buf *b, const char *name, int64_t minor, int digits)
{
	if (!minor)
		return;
	buf_fmt(b, "; %s ", name);
	put_amount(b, minor, digits);
}

struct str
tariff_explain(struct arena *a, const struct tariff *t, const struct tariff_offer *o, int digits)
{
	static const char *const units[WEIGHT__UNITS] = { "g", "kg", "oz", "lb" };
	struct str weight = weight_text(a, o->weight, t->weight_unit, MEASURE_SCALE);
	struct buf b;

	buf_init(&b, a, 128, 1024);
	buf_str(&b, o->service->name);
	if (o->zone)
		buf_fmt(&b, ", zone %.*s", STRF(o->zone->code));
	buf_fmt(&b, ", %.*s %s%s: ", STRF(weight), units[t->weight_unit],
		o->by_volume ? " by volume" : "");
	put_amount(&b, o->base, digits);
	put_part(&b, "fuel", o->fuel, digits);
	put_part(&b, "residential", o->residential, digits);
	put_part(&b, "signature", o->signature, digits);
	put_part(&b, "oversize", o->oversize, digits);
	put_part(&b, "insurance", o->insurance, digits);
	if (o->free)
		buf_z(&b, "; free for what the goods cost");
	must(!b.overflow);
	return buf_view(&b);
}
