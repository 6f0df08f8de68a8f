/* A small catalogue for the tests of the engine: one resource with children, links, hidden and scoped fields; and a log. */
#ifndef SOUK_UNIT_SAMPLE_H
#define SOUK_UNIT_SAMPLE_H

#include "model/plan.h"

enum { P_NAME, P_SKU, P_PRICE, P_COST, P_STATUS, P_BRAND, P_WEIGHT, P_NOTE, P_TOKEN, P__MAX };
enum { P_CATEGORIES, P_VARIANTS, P_IMAGES };
enum { V_SKU, V_COST, V_POSITION, V__MAX };
enum { E_ACTION, E_VERB, E_KIND, E_OBJECT, E_CHANGES, E__MAX };

extern const struct resource sample_product, sample_variant, sample_image, sample_category,
	sample_entry;

/* An arena, the resources linked, and the context of somebody who may do anything in tenant 7. */
struct sample {
	struct arena *a;
	struct ctx cx;
};
void sample_begin(struct sample *s);
void sample_end(struct sample *s);
/* Takes every scope away. */
void sample_humble(struct sample *s);

#endif
