/* DHL is two carriers with an API each: Express (dhl.c), which has the adapter, and eCommerce Americas (dhl_ecommerce.c). */
#ifndef SOUK_DHL_INT_H
#define SOUK_DHL_INT_H

#include "shop/shipping/carrier_int.h"

enum { DHL_EXPRESS, DHL_ECOMMERCE };

bool dhl_has_ecommerce(const struct carrier_ask *ask);
void dhl_ecommerce_token(struct carrier_ask *ask, int which, struct carrier_call *call);
void dhl_ecommerce_rates(struct carrier_ask *ask);
void dhl_ecommerce_label(struct carrier_ask *ask);
void dhl_ecommerce_track(struct carrier_ask *ask);
/* Rates of all calls that are marked so, into the ask; gives its outcome. */
void dhl_ecommerce_parse_rates(struct carrier_ask *ask);
void dhl_ecommerce_parse_label(struct carrier_ask *ask);
void dhl_ecommerce_parse_track(struct carrier_ask *ask);

#endif
