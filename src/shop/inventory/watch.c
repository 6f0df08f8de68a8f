#include "shop/inventory/watch.h"

#include "base/base.h"

struct err *
watch_product(struct ctx *cx UNUSED, struct id product UNUSED, struct id stock UNUSED)
{
	return NULL;
}
