/* The order that the specification's examples speak of, and one that is sent already (shp_123). */
#include "db/db.h"
#include "shop/orders/orders.h"
#include "shop/sample.h"

static const struct sample samples[] = {
	{ "ord_123", NULL, "",
		"{\"customer_id\":\"cust_123\",\"payment_method\":\"card\","
		"\"shipping_method\":\"standard\",\"items\":[{\"product_id\":\"prod_456\","
		"\"variant_id\":\"var_789\",\"quantity\":1}]}" },
	{ "ord_124", NULL, "",
		"{\"email\":\"jane.doe@example.com\",\"payment_method\":\"card\","
		"\"shipping_method\":\"standard\",\"items\":[{\"product_id\":\"prod_456\","
		"\"variant_id\":\"var_789\",\"quantity\":1}],\"shipping_address\":{"
		"\"first_name\":\"Jane\",\"last_name\":\"Doe\",\"line1\":\"123 Main St\","
		"\"city\":\"New York\",\"state\":\"NY\",\"zip\":\"10001\","
		"\"country\":\"US\"}}" },
};

static struct err *
load(struct ctx *cx, void *arg UNUSED)
{
	struct rec *made;
	struct err *e = NULL;

	for (size_t i = 0; !e && i < COUNT(samples); i++)
		e = sample_load(cx, &order_resource, &samples[i], &made);
	return e;
}

struct err *
orders_sample(struct ctx *cx)
{
	return db_tx(cx, load, NULL);
}
