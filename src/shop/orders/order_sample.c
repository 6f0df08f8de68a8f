/* The order that the specification's examples speak of. */
#include "db/db.h"
#include "shop/orders/orders.h"
#include "shop/sample.h"

static const struct sample sample = { "ord_123", NULL, "",
	"{\"customer_id\":\"cust_123\",\"payment_method\":\"card\","
	"\"shipping_method\":\"standard\",\"items\":[{\"product_id\":\"prod_456\","
	"\"variant_id\":\"var_789\",\"quantity\":1}]}" };

static struct err *
load(struct ctx *cx, void *arg UNUSED)
{
	struct rec *made;

	return sample_load(cx, &order_resource, &sample, &made);
}

struct err *
orders_sample(struct ctx *cx)
{
	return db_tx(cx, load, NULL);
}
