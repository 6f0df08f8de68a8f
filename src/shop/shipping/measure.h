/*
 * Weights and lengths, exactly. What is sent has up to four digits behind the point, in one of several units; each unit's
 * ten-thousandth is a whole number here (the pound is 0.45359237 kg, the inch 25.4 mm: agreement of 1959), so that
 * nothing is rounded before a carrier's own rule says so.
 */
#ifndef SOUK_SHIPPING_MEASURE_H
#define SOUK_SHIPPING_MEASURE_H

#include "base/decimal.h"

#define MEASURE_SCALE 4 /* digits behind the point, in any unit */

enum weight_unit { WEIGHT_G, WEIGHT_KG, WEIGHT_OZ, WEIGHT_LB, WEIGHT__UNITS };
enum length_unit { LENGTH_MM, LENGTH_CM, LENGTH_IN, LENGTH__UNITS };

/* A weight is a count of sixteenths of a nanogram, a length one of 20 nanometres. */
#define MEASURE_KG INT64_C(16000000000000)
#define MEASURE_CM INT64_C(500000)

/* The most that a package may have, in any unit: 99,999.9999. */
#define MEASURE_MOST INT64_C(999999999)

/* Of n ten-thousandths of the unit. False if it does not fit, which nothing up to MEASURE_MOST does. */
bool weight_of(int64_t n, enum weight_unit unit, int64_t *weight) MUST_CHECK;
bool length_of(int64_t n, enum length_unit unit, int64_t *length) MUST_CHECK;

/* The unit that is called so; -1: none is. */
int weight_unit_find(struct str name);

/* In 10^-scale of the unit, rounded by mode; scale 0 to 4. False if it does not fit. */
bool weight_in(int64_t weight, enum weight_unit unit, int scale, enum decimal_rounding mode,
	int64_t *out) MUST_CHECK;
bool length_in(int64_t length, enum length_unit unit, int scale, enum decimal_rounding mode,
	int64_t *out) MUST_CHECK;

/* "2.5", rounded up to so many places, for people and carriers; in the arena. */
struct str weight_text(struct arena *a, int64_t weight, enum weight_unit unit, int scale);
struct str length_text(struct arena *a, int64_t length, enum length_unit unit, int scale);

/* Of a box whose volume counts as weight: so many cubes of a unit of length weigh one unit of weight. */
struct dimensional {
	int64_t divisor; /* × 10^4: 139 in³ a lb, 5000 cm³ a kg; 0: volume does not count */
	enum length_unit length;
	enum weight_unit weight;
	bool whole; /* sides are rounded up to whole units first */
};

/* What a box weighs by its volume, rounded up; 0: it does not count, or a side is 0. False if it does not fit. */
bool dimensional_weight(
	const struct dimensional *d, const int64_t sides[3], int64_t *weight) MUST_CHECK;

#endif
