/* What the files of tariffs share: the fields of their shapes. */
#ifndef SOUK_TARIFF_INT_H
#define SOUK_TARIFF_INT_H

#include "shop/shipping/carriers.h"
#include "shop/shipping/tariff.h"

enum {
	TARIFF_WEIGHT_UNIT,
	TARIFF_DIMENSION_UNIT,
	TARIFF_DIVISOR,
	TARIFF_ROUND_DIMENSIONS,
	TARIFF_WEIGHT_STEP,
	TARIFF_ZONES,
	TARIFF_RATES,
	TARIFF_FUEL,
	TARIFF_RESIDENTIAL,
	TARIFF_SIGNATURE,
	TARIFF_OVERSIZE,
	TARIFF_OVERSIZE_LENGTH,
	TARIFF_OVERSIZE_WEIGHT,
	TARIFF_INSURANCE_PERCENT,
	TARIFF_INSURANCE_MINIMUM,
	TARIFF__MAX
};

enum { ZONE_CODE, ZONE_COUNTRIES, ZONE_STATES, ZONE_ZIPS, ZONE__MAX };

enum { RATE_SERVICE, RATE_ZONE, RATE_UP_TO, RATE_AMOUNT, RATE_UNIT_AMOUNT, RATE__MAX };

/* The texts of a LIST; n 0: none. */
struct strs tariff_list(struct ctx *cx, const struct rec *r, int field);

/* The country whose rules a zone's postal codes follow: its only one, else none. */
struct str tariff_zip_country(const struct strs *countries);

#endif
