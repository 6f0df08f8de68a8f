/*
 * A carrier of the shop's own: what it takes is in a table of its zones and weights. A pure function of what is sent where;
 * nothing is rounded but where a line says so, and every part is a whole number of minor units.
 */
#ifndef SOUK_SHIPPING_TARIFF_H
#define SOUK_SHIPPING_TARIFF_H

#include "model/rec.h"
#include "shop/address/address.h"
#include "shop/shipping/package.h"

#define TARIFF_ZONES_MOST 100
#define TARIFF_RATES_MOST 1000
#define TARIFF_PERCENT INT64_C(10000) /* 1 % */

extern const struct resource tariff_shape;

struct tariff_service {
	struct str code, name;
	int days; /* 0: not told */
	int64_t free_above; /* what the goods must come to, at least, for it to cost nothing; -1: it always costs */
};

struct tariff_zone {
	struct str code;
	const struct str *countries, *states; /* none: all */
	size_t ncountries, nstates;
	const struct zip_pattern *zips; /* none: all */
	size_t nzips;
};

struct tariff_rate {
	size_t service;              /* of tariff.services */
	struct str zone;             /* absent: everywhere */
	int64_t up_to;               /* weight; INT64_MAX: no end */
	int64_t amount, unit_amount; /* of a package, and for each unit of weight or begun one */
};

/* Amounts are minor units of the tenant's currency. What is 0 or absent is not taken. */
struct tariff {
	enum weight_unit weight_unit;
	struct dimensional volume;
	int64_t weight_step; /* weights are rounded up to a multiple of it; 0: exact */
	const struct tariff_service *services;
	size_t nservices;
	const struct tariff_zone *zones;
	size_t nzones;
	const struct tariff_rate *rates;
	size_t nrates;
	int64_t fuel_percent; /* × 10^4, of what the packages cost by weight */
	int64_t residential_amount, signature_amount, oversize_amount; /* of a package */
	int64_t oversize_length, oversize_weight;     /* beyond these; 0: none is */
	int64_t insurance_percent, insurance_minimum; /* of the insured value */
};

/* What is sent, where, and how. Members of the place may be absent. */
struct tariff_question {
	struct str country, state, zip;
	bool residential, signature;
	int64_t insured_minor; /* 0: not insured */
	int64_t goods_minor;   /* what the goods cost; -1: not known, so nothing is free for it */
	const struct package *packages;
	size_t npackages;
};

/* What it comes to; minor is the sum of the parts, or 0 if it is free. */
struct tariff_offer {
	const struct tariff_service *service;
	const struct tariff_zone *zone; /* NULL: none covers the place */
	int64_t weight;                 /* that is billed, of all packages */
	bool by_volume;                 /* of one of them at least */
	int64_t base, fuel, residential, signature, oversize, insurance;
	bool free;
	int64_t minor;
};

/* ERR_VALIDATION: what is wrong with its services, and with its tariff, if it has one ("tariff.rates[2].zone"). */
struct err *tariff_check(struct ctx *cx, const struct rec *carrier) MUST_CHECK;

/* A carrier's tariff, made ready; of a row that was checked. Without one it has no services. In the arena. */
struct err *tariff_read(struct ctx *cx, const struct rec *carrier, struct tariff *out) MUST_CHECK;

/* The zone that covers the place most closely, of equals the first; NULL: none does. */
const struct tariff_zone *tariff_zone_of(
	struct arena *a, const struct tariff *t, const struct tariff_question *q);

/* The price of a service. NULL, or why it has none: a sentence for people, a literal. `a` is for scratch. */
const char *tariff_price(struct arena *a, const struct tariff *t, const struct tariff_question *q,
	size_t service, struct tariff_offer *out);

/* How it came about: "Standard, zone us, 2.5 kg: 12.00; fuel 1.20; residential 3.00". */
struct str tariff_explain(
	struct arena *a, const struct tariff *t, const struct tariff_offer *o, int digits);

#endif
