/* What must fit together in a tariff: whatever its rates name is there, and what its zones name exists. */
#include "base/country.h"
#include "shop/shipping/tariff_int.h"

/* A fault of the nth text of a list: "tariff.zones[0].zips[2]". */
static struct err *
refuse_item(struct ctx *cx, const struct rec *r, int field, size_t n, const char *what)
{
	struct err *e = NULL;
	struct str path = rec_path(cx->arena, r, str_of(r->resource->fields[field].name));

	err_field(cx->arena, &e, str_fmt(cx->arena, "%.*s[%zu]", STRF(path), n), REASON_PATTERN,
		"%s", what);
	return e;
}

static bool
is_country(struct str code)
{
	return code.n == 2 && code.p[0] <= 'Z' && code.p[1] <= 'Z' && country_exists(code);
}

static struct err *
check_zips(struct ctx *cx, const struct rec *zone, const struct strs *countries)
{
	struct strs zips = tariff_list(cx, zone, ZONE_ZIPS);
	struct err *e = NULL;

	for (size_t i = 0; i < zips.n; i++) {
		struct zip_pattern pattern;
		const char *wrong = zip_is_pattern(zips.s[i]) ? NULL : "must be " ZIP_PATTERN_DOC;

		if (!wrong)
			wrong = zip_read(
				cx->arena, tariff_zip_country(countries), zips.s[i], &pattern);
		if (wrong)
			e = err_join(e, refuse_item(cx, zone, ZONE_ZIPS, i, wrong));
	}
	return e;
}

static struct err *
check_zone(struct ctx *cx, const struct rec *zone)
{
	struct strs countries = tariff_list(cx, zone, ZONE_COUNTRIES);
	struct err *e = NULL;

	for (size_t i = 0; i < countries.n; i++) {
		if (!is_country(countries.s[i]))
			e = err_join(e,
				refuse_item(cx, zone, ZONE_COUNTRIES, i,
					"must be the code of a country such as US (ISO 3166-1 "
					"alpha-2), in upper case"));
	}
	for (int f = ZONE_STATES; f <= ZONE_ZIPS; f++) {
		if (countries.n != 1 && tariff_list(cx, zone, f).n)
			e = err_join(e,
				rec_refuse(cx, zone, f, REASON_PATTERN,
					"must be of one country: name it alone in countries"));
	}
	return err_join(e, check_zips(cx, zone, &countries));
}

/* That the codes of those are all different. */
static struct err *
check_codes(struct ctx *cx, const struct recs *all, int field)
{
	struct err *e = NULL;

	for (size_t i = 0; i < all->n; i++) {
		for (size_t k = 0; k < i; k++) {
			if (!str_eq(rec_str(all->r[k], field), rec_str(all->r[i], field)))
				continue;
			e = err_join(e,
				rec_refuse(cx, all->r[i], field, REASON_TWICE, "is there twice"));
			break;
		}
	}
	return e;
}

static bool
has_code(const struct recs *all, int field, struct str code)
{
	for (size_t i = 0; i < all->n; i++) {
		if (str_eq(rec_str(all->r[i], field), code))
			return true;
	}
	return false;
}

static bool
same_step(const struct rec *a, const struct rec *b)
{
	return str_eq(rec_str(a, RATE_SERVICE), rec_str(b, RATE_SERVICE)) &&
		str_eq(rec_str(a, RATE_ZONE), rec_str(b, RATE_ZONE)) &&
		rec_has(a, RATE_UP_TO) == rec_has(b, RATE_UP_TO) &&
		(!rec_has(a, RATE_UP_TO) ||
			rec_decimal(a, RATE_UP_TO) == rec_decimal(b, RATE_UP_TO));
}

struct tariff_parts {
	struct recs services, zones, rates;
};

static struct err *
check_rate(struct ctx *cx, const struct tariff_parts *p, size_t n)
{
	const struct rec *rate = p->rates.r[n];
	struct err *e = NULL;

	if (p->services.n && !has_code(&p->services, SERVICE_CODE, rec_str(rate, RATE_SERVICE)))
		e = rec_refuse(cx, rate, RATE_SERVICE, REASON_UNKNOWN,
			"must be the code of one of the carrier's services");
	if (rec_has(rate, RATE_ZONE) && !has_code(&p->zones, ZONE_CODE, rec_str(rate, RATE_ZONE)))
		e = err_join(e,
			rec_refuse(cx, rate, RATE_ZONE, REASON_UNKNOWN,
				"must be the code of one of the tariff's zones"));
	for (size_t i = 0; i < n; i++) {
		if (!same_step(p->rates.r[i], rate))
			continue;
		return err_join(e,
			rec_refuse(cx, rate, RATE_UP_TO, REASON_TWICE,
				"is the same step as rates[%zu]", i));
	}
	return e;
}

static struct err *
read_parts(struct ctx *cx, const struct rec *carrier, struct tariff_parts *p)
{
	struct rec *tariff;
	struct err *e = rec_object(cx, carrier, CARRIER_TARIFF, &tariff);

	*p = (struct tariff_parts){ 0 };
	if (e)
		return e;
	if (rec_has(carrier, CARRIER_SERVICES))
		e = rec_objects(cx, carrier, CARRIER_SERVICES, &p->services);
	if (e || !tariff)
		return e;
	if (rec_has(tariff, TARIFF_ZONES))
		e = rec_objects(cx, tariff, TARIFF_ZONES, &p->zones);
	return e ? e : rec_objects(cx, tariff, TARIFF_RATES, &p->rates);
}

struct err *
tariff_check(struct ctx *cx, const struct rec *carrier)
{
	struct tariff_parts p;
	struct err *e = read_parts(cx, carrier, &p);

	if (e)
		return e;
	e = check_codes(cx, &p.services, SERVICE_CODE);
	e = err_join(e, check_codes(cx, &p.zones, ZONE_CODE));
	for (size_t i = 0; i < p.zones.n; i++)
		e = err_join(e, check_zone(cx, p.zones.r[i]));
	for (size_t i = 0; i < p.rates.n && !err_is_full(e); i++)
		e = err_join(e, check_rate(cx, &p, i));
	return e;
}
