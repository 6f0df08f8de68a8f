/* The customers that the specification's examples name. */
#include "db/db.h"
#include "shop/customers/customers.h"
#include "shop/sample.h"

/* clang-format off */
static const struct sample samples[] = {
	{ "cust_123", "email", "jane.doe@example.com",
		"{\"email\":\"jane.doe@example.com\",\"first_name\":\"Jane\","
		"\"last_name\":\"Doe\",\"phone\":\"+1-555-0199\",\"language\":\"en\","
		"\"tags\":[\"vip\",\"newsletter\"],"
		"\"addresses\":[{\"first_name\":\"Jane\",\"last_name\":\"Doe\","
		"\"line1\":\"123 Main St\",\"line2\":\"Apt 4\",\"city\":\"New York\","
		"\"state\":\"NY\",\"zip\":\"10001\",\"country\":\"US\"},"
		"{\"company\":\"Doe & Daughters\",\"line1\":\"9 Market St\","
		"\"city\":\"Beverly Hills\",\"state\":\"CA\",\"zip\":\"90210\","
		"\"country\":\"US\"}]}" },
	{ "cust_456", "email", "luis.ortega@example.com",
		"{\"email\":\"luis.ortega@example.com\",\"first_name\":\"Luis\","
		"\"last_name\":\"Ortega\",\"phone\":\"+34-91-555-0142\","
		"\"language\":\"es\",\"tags\":[\"wholesale\"],"
		"\"addresses\":[{\"first_name\":\"Luis\",\"last_name\":\"Ortega\","
		"\"line1\":\"Calle Mayor 5\",\"city\":\"Madrid\",\"zip\":\"28013\","
		"\"country\":\"ES\"}]}" },
};
/* clang-format on */

static struct err *
load(struct ctx *cx, void *arg UNUSED)
{
	struct rec *made;
	struct err *e = NULL;

	for (size_t i = 0; !e && i < COUNT(samples); i++)
		e = sample_load(cx, &customer_resource, &samples[i], &made);
	return e;
}

struct err *
customers_sample(struct ctx *cx)
{
	return db_tx(cx, load, NULL);
}
