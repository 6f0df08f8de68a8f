/* Every resource that Souk has, for model_link(). */
#ifndef SOUK_SHOP_RESOURCES_H
#define SOUK_SHOP_RESOURCES_H

#include "model/resource.h"

/* NULL-terminated. */
extern const struct resource *const shop_resources[];

/* Links them, and has those tell one another what happens that must: model_link() and each domain's own. */
struct err *shop_link(struct arena *a) MUST_CHECK;

#endif
