/* A package as clients tell of it (questions for rates, shipments) and as carriers are asked about it. */
#ifndef SOUK_SHIPPING_PACKAGE_H
#define SOUK_SHIPPING_PACKAGE_H

#include "model/plan.h"
#include "model/rec.h"
#include "shop/shipping/measure.h"

#define PACKAGES_MOST 50

/* Columns: none, objects are kept as JSON. weight and weight_unit are required; sides are all there or none. */
enum package_field {
	PACKAGE_WEIGHT,
	PACKAGE_WEIGHT_UNIT,
	PACKAGE_LENGTH,
	PACKAGE_WIDTH,
	PACKAGE_HEIGHT,
	PACKAGE_DIMENSION_UNIT,
	PACKAGE__MAX
};

extern const struct resource package_shape;

/* In the units of measure.h. */
struct package {
	int64_t weight;
	int64_t sides[3]; /* length, width, height; all 0: not told */
};

/*
 * Reads a list of package_shape. ERR_VALIDATION names what the shape's rows cannot refuse: a side without the others or
 * their unit ("packages[1].width"). In the arena.
 */
struct err *packages_read(struct ctx *cx, const struct recs *from, struct package **out) MUST_CHECK;

/* Of all together; false if it does not fit. */
bool packages_weight(const struct package *p, size_t n, int64_t *weight) MUST_CHECK;

#endif
