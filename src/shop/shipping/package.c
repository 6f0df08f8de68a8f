/* Packages: what a client may say of one, and what it comes to. */
#include "shop/shipping/package.h"

/* As products have them (shop/catalog/units.c), in the order of measure.h. */
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

static const struct field package_fields[PACKAGE__MAX] = {
	[PACKAGE_WEIGHT] = DECIMAL("weight", MEASURE_SCALE, DOC("What it weighs, packed."),
		.flags = F_REQUIRED, .min = 1, .max = MEASURE_MOST, .example = "2.5"),
	[PACKAGE_WEIGHT_UNIT] = ENUM("weight_unit", weight_units, DOC("Unit of weight."),
		.flags = F_REQUIRED, .example = "lb"),
	[PACKAGE_LENGTH] = DECIMAL("length", MEASURE_SCALE, DOC("Its longest side."), .min = 1,
		.max = MEASURE_MOST, .example = "12"),
	[PACKAGE_WIDTH] = DECIMAL("width", MEASURE_SCALE, DOC("Another side."), .min = 1,
		.max = MEASURE_MOST, .example = "8"),
	[PACKAGE_HEIGHT] = DECIMAL("height", MEASURE_SCALE, DOC("The third side."), .min = 1,
		.max = MEASURE_MOST, .example = "6"),
	[PACKAGE_DIMENSION_UNIT] = ENUM("dimension_unit", dimension_units,
		DOC("Unit of length, width and height; needed with them."), .example = "in"),
};

const struct resource package_shape =
	SHAPE("package", package_fields, DOC("A package: its weight, and its sides."));

static bool
has_side(const struct rec *from)
{
	return rec_has(from, PACKAGE_LENGTH) || rec_has(from, PACKAGE_WIDTH) ||
		rec_has(from, PACKAGE_HEIGHT);
}

static struct err *
read_sides(struct ctx *cx, const struct rec *from, struct package *to)
{
	struct err *e = NULL;

	if (!has_side(from))
		return NULL;
	for (int i = PACKAGE_LENGTH; i <= PACKAGE_DIMENSION_UNIT; i++) {
		if (!rec_has(from, i))
			e = err_join(e,
				rec_refuse(cx, from, i, REASON_REQUIRED,
					"must be given with the other sides"));
	}
	for (int i = 0; !e && i < 3; i++) {
		bool fits = length_of(rec_decimal(from, PACKAGE_LENGTH + i),
			(enum length_unit)rec_choice(from, PACKAGE_DIMENSION_UNIT), &to->sides[i]);

		must(fits);
	}
	return e;
}

struct err *
packages_read(struct ctx *cx, const struct recs *from, struct package **out)
{
	struct package *all = ARENA_ARRAY(cx->arena, from->n, struct package);
	struct err *e = NULL;

	for (size_t i = 0; i < from->n; i++) {
		const struct rec *r = from->r[i];
		bool fits = weight_of(rec_decimal(r, PACKAGE_WEIGHT),
			(enum weight_unit)rec_choice(r, PACKAGE_WEIGHT_UNIT), &all[i].weight);

		must(fits);
		e = err_join(e, read_sides(cx, r, &all[i]));
	}
	*out = all;
	return e;
}

bool
packages_weight(const struct package *p, size_t n, int64_t *weight)
{
	*weight = 0;
	for (size_t i = 0; i < n; i++) {
		if (!decimal_add(*weight, p[i].weight, weight))
			return false;
	}
	return true;
}
