/* The price of sending something. */
#include "shop/shipping/shipping.h"

#include "base/base.h"

struct err *
shipping_price(struct ctx *cx UNUSED, struct shipping_offer *o)
{
	o->minor = 0;
	o->text = o->method.n
		? STR("no carrier has a price for this method: shipping is not priced yet")
		: STR("no shipping method was chosen");
	return NULL;
}
