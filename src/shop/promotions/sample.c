/* A coupon and a discount of the sandbox. Those that the specification creates are not among them. */
#include "shop/sample.h"
#include "db/db.h"
#include "shop/promotions/promotions.h"

/* clang-format off */
static const struct sample coupons[] = {
	{ "coup_001", "code", "SAVE20",
		"{\"code\":\"SAVE20\",\"name\":\"20 percent off\",\"type\":\"percentage\","
		"\"amount\":20,\"duration\":\"forever\"}" },
	{ "coup_002", "code", "FREESHIP",
		"{\"code\":\"FREESHIP\",\"name\":\"Free shipping\",\"type\":\"free_shipping\","
		"\"restrictions\":{\"minimum_amount\":5000}}" },
};
/* clang-format on */

static struct err *
load(struct ctx *cx, void *arg UNUSED)
{
	struct rec *made;
	struct err *e = NULL;

	for (size_t i = 0; !e && i < COUNT(coupons); i++)
		e = sample_load(cx, &coupon_resource, &coupons[i], &made);
	return e;
}

struct err *
promotions_sample(struct ctx *cx)
{
	return db_tx(cx, load, NULL);
}
