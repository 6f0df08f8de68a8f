/* What a tariff may say: its shapes, what must fit together in it, and how it is made ready. */
#include "shop/shipping/tariff.h"

#include "base/country.h"
#include "base/json.h"
#include "shop/shipping/tariff_int.h"

static const struct field zone_fields[ZONE__MAX] = {
	[ZONE_CODE] = STRING("code", DOC("What rates call it."), .flags = F_REQUIRED,
		CARRIER_CODE_TEXT, .example = "us"),
	[ZONE_COUNTRIES] = LIST("countries",
		DOC("Its countries (ISO 3166-1 alpha-2, upper case); none: every country."),
		.max = 260, .example = "[\"US\"]"),
	[ZONE_STATES] = LIST("states",
		DOC("Only these states of its one country, as addresses write them, in any case."),
		.max = 100),
	[ZONE_ZIPS] = LIST("zips",
		DOC("Only these postal codes of its one country: a code, the beginning of some "
		    "(902*), or a range (90001...90099)."),
		.max = 500),
};

static const struct resource zone_shape =
	SHAPE("tariff_zone", zone_fields, DOC("Places that cost the same."));

static const struct field rate_fields[RATE__MAX] = {
	[RATE_SERVICE] = STRING("service", DOC("The service, by its code."), .flags = F_REQUIRED,
		CARRIER_CODE_TEXT, .example = "standard"),
	[RATE_ZONE] = STRING("zone",
		DOC("In that zone, by its code; without: wherever no rate of the place's own zone "
		    "says more."),
		CARRIER_CODE_TEXT, .example = "us"),
	[RATE_UP_TO] = DECIMAL("up_to", MEASURE_SCALE,
		DOC("For packages of up to this weight, in the tariff's unit; without: of any."),
		.min = 1, .max = MEASURE_MOST, .example = "5"),
	[RATE_AMOUNT] = AMOUNT("amount", DOC("What a package costs, in minor units."),
		.flags = F_REQUIRED, .max = 1000000000, .example = "795"),
	[RATE_UNIT_AMOUNT] = AMOUNT("unit_amount",
		DOC("And for each unit of its weight, begun ones included, in minor units."),
		.max = 1000000000, .initial = "0", .example = "0"),
};

static const struct resource rate_shape = SHAPE("tariff_rate", rate_fields,
	DOC("A price by weight. Of those that a package is light enough for, the lowest step is "
	    "taken."));

static const struct choice weight_units[WEIGHT__UNITS] = {
	[WEIGHT_G] = { "g", "grams" },
	[WEIGHT_KG] = { "kg", "kilograms" },
	[WEIGHT_OZ] = { "oz", "ounces" },
	[WEIGHT_LB] = { "lb", "pounds" },
};
static const struct choice dimension_units[LENGTH__UNITS] = {
	[LENGTH_MM] = { "mm", "millimetres" },
	[LENGTH_CM] = { "cm", "centimetres" },
	[LENGTH_IN] = { "in", "inches" },
};

static const struct field tariff_fields[TARIFF__MAX] = {
	[TARIFF_WEIGHT_UNIT] = ENUM("weight_unit", weight_units,
		DOC("Unit of all weights of the tariff."), .initial = "kg"),
	[TARIFF_DIMENSION_UNIT] = ENUM("dimension_unit", dimension_units,
		DOC("Unit of all lengths of the tariff."), .initial = "cm"),
	[TARIFF_DIVISOR] = DECIMAL("dimensional_divisor", MEASURE_SCALE,
		DOC("A large package weighs at least its volume by this: 5000 cm³ a kg, 139 in³ a "
		    "lb. Without: volume does not count."),
		.min = 10000, .max = MEASURE_MOST, .example = "5000"),
	[TARIFF_ROUND_DIMENSIONS] = BOOL("round_dimensions",
		DOC("Whether sides are rounded up to whole units before."), .initial = "true"),
	[TARIFF_WEIGHT_STEP] = DECIMAL("weight_step", MEASURE_SCALE,
		DOC("Weights are rounded up to a multiple of this; without: they are taken as they "
		    "are."),
		.min = 1, .max = MEASURE_MOST, .example = "0.5"),
	[TARIFF_ZONES] = OBJECTS("zones", &zone_shape, .max = TARIFF_ZONES_MOST,
		DOC("A place is in the zone that names it most closely: by postal code, state, "
		    "country; of equals, in the first.")),
	[TARIFF_RATES] = OBJECTS("rates", &rate_shape, .flags = F_REQUIRED, .min = 1,
		.max = TARIFF_RATES_MOST, DOC("What packages cost.")),
	[TARIFF_FUEL] = DECIMAL("fuel_percent", 4, DOC("Surcharge on the price by weight."),
		.max = 1000 * TARIFF_PERCENT, .initial = "0", .example = "7.5"),
	[TARIFF_RESIDENTIAL] =
		AMOUNT("residential_amount", DOC("Of a package to where people live."),
			.max = 1000000000, .initial = "0", .example = "300"),
	[TARIFF_SIGNATURE] = AMOUNT("signature_amount", DOC("Of a package that is signed for."),
		.max = 1000000000, .initial = "0", .example = "250"),
	[TARIFF_OVERSIZE] = AMOUNT("oversize_amount", DOC("Of a package that is oversize."),
		.max = 1000000000, .initial = "0", .example = "1500"),
	[TARIFF_OVERSIZE_LENGTH] = DECIMAL("oversize_length", MEASURE_SCALE,
		DOC("Oversize is what has a longer side than this, …"), .min = 1,
		.max = MEASURE_MOST, .example = "120"),
	[TARIFF_OVERSIZE_WEIGHT] = DECIMAL("oversize_weight", MEASURE_SCALE,
		DOC("… or weighs more than this."), .min = 1, .max = MEASURE_MOST, .example = "30"),
	[TARIFF_INSURANCE_PERCENT] = DECIMAL("insurance_percent", 4, DOC("Of the insured value."),
		.max = 100 * TARIFF_PERCENT, .initial = "0", .example = "1"),
	[TARIFF_INSURANCE_MINIMUM] =
		AMOUNT("insurance_minimum_amount", DOC("The least that insuring costs."),
			.max = 1000000000, .initial = "0", .example = "100"),
};

const struct resource tariff_shape = SHAPE("tariff", tariff_fields,
	DOC("What a carrier of the shop's own takes; money in minor units of the shop's "
	    "currency."));

struct strs
tariff_list(struct ctx *cx, const struct rec *r, int field)
{
	struct strs all = { 0 };
	struct json *j = NULL;

	if (!rec_has(r, field))
		return all;
	must(!json_parse(cx->arena, rec_str(r, field), &j));
	all.n = json_length(j);
	all.s = ARENA_ARRAY(cx->arena, all.n, struct str);
	for (size_t i = 0; i < all.n; i++)
		all.s[i] = json_string(json_at(j, i));
	return all;
}

struct str
tariff_zip_country(const struct strs *countries)
{
	return countries->n == 1 ? countries->s[0] : (struct str){ 0 };
}

/* ---- reading */

static struct err *
read_services(struct ctx *cx, const struct rec *carrier, struct tariff *out)
{
	struct tariff_service *to;
	struct recs from;
	struct err *e = rec_objects(cx, carrier, CARRIER_SERVICES, &from);

	if (e)
		return e;
	out->services = to = ARENA_ARRAY(cx->arena, from.n, struct tariff_service);
	out->nservices = from.n;
	for (size_t i = 0; i < from.n; i++) {
		const struct rec *r = from.r[i];

		to[i].code = rec_str(r, SERVICE_CODE);
		to[i].name = rec_has(r, SERVICE_NAME) ? rec_str(r, SERVICE_NAME) : to[i].code;
		to[i].days = rec_has(r, SERVICE_DAYS) ? (int)rec_int(r, SERVICE_DAYS) : 0;
		to[i].free_above =
			rec_has(r, SERVICE_FREE_ABOVE) ? rec_money(r, SERVICE_FREE_ABOVE) : -1;
	}
	return NULL;
}

static void
read_zone(struct ctx *cx, const struct rec *r, struct tariff_zone *to)
{
	struct strs countries = tariff_list(cx, r, ZONE_COUNTRIES);
	struct strs states = tariff_list(cx, r, ZONE_STATES), zips = tariff_list(cx, r, ZONE_ZIPS);
	struct zip_pattern *patterns = ARENA_ARRAY(cx->arena, zips.n, struct zip_pattern);

	for (size_t i = 0; i < zips.n; i++)
		must(!zip_read(cx->arena, tariff_zip_country(&countries), zips.s[i], &patterns[i]));
	*to = (struct tariff_zone){
		.code = rec_str(r, ZONE_CODE),
		.countries = countries.s,
		.ncountries = countries.n,
		.states = states.s,
		.nstates = states.n,
		.zips = patterns,
		.nzips = zips.n,
	};
}

static struct err *
read_zones(struct ctx *cx, const struct rec *r, struct tariff *out)
{
	struct tariff_zone *to;
	struct recs from = { 0 };
	struct err *e = rec_has(r, TARIFF_ZONES) ? rec_objects(cx, r, TARIFF_ZONES, &from) : NULL;

	if (e)
		return e;
	out->zones = to = ARENA_ARRAY(cx->arena, from.n, struct tariff_zone);
	out->nzones = from.n;
	for (size_t i = 0; i < from.n; i++)
		read_zone(cx, from.r[i], &to[i]);
	return NULL;
}

static int64_t
weight_field(const struct rec *r, int field, enum weight_unit unit, int64_t absent)
{
	int64_t w = absent;

	if (rec_has(r, field)) {
		bool fits = weight_of(rec_decimal(r, field), unit, &w);

		must(fits);
	}
	return w;
}

static int64_t
amount_field(const struct rec *r, int field)
{
	return rec_has(r, field) ? rec_money(r, field) : 0;
}

static size_t
service_at(const struct tariff *t, struct str code)
{
	size_t i = 0;

	while (i < t->nservices && !str_eq(t->services[i].code, code))
		i++;
	return i;
}

static struct err *
read_rates(struct ctx *cx, const struct rec *r, struct tariff *out)
{
	struct tariff_rate *to;
	struct recs from;
	struct err *e = rec_objects(cx, r, TARIFF_RATES, &from);

	if (e)
		return e;
	out->rates = to = ARENA_ARRAY(cx->arena, from.n, struct tariff_rate);
	out->nrates = from.n;
	for (size_t i = 0; i < from.n; i++) {
		const struct rec *rate = from.r[i];

		to[i] = (struct tariff_rate){
			.service = service_at(out, rec_str(rate, RATE_SERVICE)),
			.zone = rec_str(rate, RATE_ZONE),
			.up_to = weight_field(rate, RATE_UP_TO, out->weight_unit, INT64_MAX),
			.amount = rec_money(rate, RATE_AMOUNT),
			.unit_amount = amount_field(rate, RATE_UNIT_AMOUNT),
		};
	}
	return NULL;
}

static int64_t
decimal_field(const struct rec *r, int field)
{
	return rec_has(r, field) ? rec_decimal(r, field) : 0;
}

static void
read_surcharges(const struct rec *r, struct tariff *out)
{
	bool fits = length_of(decimal_field(r, TARIFF_OVERSIZE_LENGTH), out->volume.length,
		&out->oversize_length);

	must(fits);
	out->fuel_percent = decimal_field(r, TARIFF_FUEL);
	out->residential_amount = amount_field(r, TARIFF_RESIDENTIAL);
	out->signature_amount = amount_field(r, TARIFF_SIGNATURE);
	out->oversize_amount = amount_field(r, TARIFF_OVERSIZE);
	out->oversize_weight = weight_field(r, TARIFF_OVERSIZE_WEIGHT, out->weight_unit, 0);
	out->insurance_percent = decimal_field(r, TARIFF_INSURANCE_PERCENT);
	out->insurance_minimum = amount_field(r, TARIFF_INSURANCE_MINIMUM);
}

struct err *
tariff_read(struct ctx *cx, const struct rec *carrier, struct tariff *out)
{
	struct rec *r;
	struct err *e = rec_object(cx, carrier, CARRIER_TARIFF, &r);

	*out = (struct tariff){ 0 };
	if (e || !r || !rec_has(carrier, CARRIER_SERVICES))
		return e;
	out->weight_unit = (enum weight_unit)rec_choice(r, TARIFF_WEIGHT_UNIT);
	out->volume = (struct dimensional){ decimal_field(r, TARIFF_DIVISOR),
		(enum length_unit)rec_choice(r, TARIFF_DIMENSION_UNIT), out->weight_unit,
		rec_bool(r, TARIFF_ROUND_DIMENSIONS) };
	out->weight_step = weight_field(r, TARIFF_WEIGHT_STEP, out->weight_unit, 0);
	read_surcharges(r, out);
	e = read_services(cx, carrier, out);
	e = e ? e : read_zones(cx, r, out);
	return e ? e : read_rates(cx, r, out);
}
