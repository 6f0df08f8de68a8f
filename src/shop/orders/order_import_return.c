#include "shop/orders/order_import_int.h"

struct rec *
order_import_return(struct importing *im UNUSED, const struct history_invoice *v UNUSED)
{
	return NULL;
}
