/* What makes a SKU, a barcode and a measure valid, for products and variants alike. */
#include "shop/catalog/units.h"

#include "base/id.h"
#include "model/rec.h"

const struct choice weight_units[4] = {
	{ "g", "grams" },
	{ "kg", "kilograms" },
	{ "oz", "ounces" },
	{ "lb", "pounds" },
};

const struct choice dimension_units[3] = {
	{ "mm", "millimetres" },
	{ "cm", "centimetres" },
	{ "in", "inches" },
};

struct err *
sku_check(struct ctx *cx, const struct rec *now, const struct rec *was, int field)
{
	static const char *const words[] = { "import", "export", "batch", ".", ".." };
	struct str sku = rec_str(now, field);

	if (!rec_changed(now, was, field))
		return NULL;
	if (id_shaped(sku))
		return rec_refuse(cx, now, field, REASON_ID_SHAPED,
			"must not look like an id: lower-case letters, an underscore, letters or "
			"digits");
	for (size_t i = 0; i < COUNT(words); i++) {
		if (str_eq_z(sku, words[i]))
			return rec_refuse(cx, now, field, REASON_RESERVED,
				"must not be \"%s\", which means something else in a path",
				words[i]);
	}
	return NULL;
}

/* Weights 3 and 1 alternate from the right; the sum is a multiple of ten. */
static bool
gtin_ok(struct str digits)
{
	int sum = 0;

	for (size_t i = 0; i < digits.n; i++) {
		int weight = (digits.n - i) % 2 ? 1 : 3;

		sum += weight * (digits.p[i] - '0');
	}
	return sum % 10 == 0;
}

struct err *
barcode_check(struct ctx *cx, const struct rec *now, const struct rec *was, int field)
{
	if (!rec_has(now, field) || !rec_changed(now, was, field) || gtin_ok(rec_str(now, field)))
		return NULL;
	return rec_refuse(cx, now, field, REASON_CHECK_DIGIT, "has a wrong check digit");
}

struct err *
unit_check(struct ctx *cx, const struct rec *now, int measure, int unit)
{
	if (!rec_has(now, measure) || rec_has(now, unit))
		return NULL;
	return rec_refuse(cx, now, unit, REASON_REQUIRED, "must be given with %s",
		now->resource->fields[measure].name);
}
