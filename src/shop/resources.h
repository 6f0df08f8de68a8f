/* Every resource that Souk has, for model_link(). */
#ifndef SOUK_SHOP_RESOURCES_H
#define SOUK_SHOP_RESOURCES_H

#include "model/resource.h"

/* NULL-terminated. */
extern const struct resource *const shop_resources[];

#endif
