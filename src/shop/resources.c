/* The list of resources.def as an array, and who listens to whom. */
#include "shop/resources.h"

#include "access/access.h"
#include "shop/catalog/catalog.h"
#include "shop/customers/customers.h"
#include "shop/inventory/inventory.h"
#include "shop/ledger/ledger.h"
#include "shop/orders/orders.h"
#include "shop/payments/payments.h"
#include "shop/promotions/promotions.h"
#include "shop/shipping/shipping.h"
#include "shop/tax/tax.h"

const struct resource *const shop_resources[] = {
#define X(descriptor) &(descriptor),
#include "shop/resources.def"
#undef X
	NULL,
};

struct err *
shop_link(struct arena *a)
{
	orders_hear_shipping();
	orders_hear_payments();
	return model_link(a, shop_resources);
}
