/* Sample rates, for places of every kind. */
#include "db/db.h"
#include "shop/sample.h"
#include "shop/tax/tax.h"

/* clang-format off */
static const struct sample samples[] = {
	{ "tax_001", "name", "California sales tax",
		"{\"name\":\"California sales tax\",\"country\":\"US\",\"state\":\"CA\","
		"\"rate\":7.25}" },
	{ "tax_002", "name", "Los Angeles district tax",
		"{\"name\":\"Los Angeles district tax\",\"country\":\"US\",\"state\":\"CA\","
		"\"zip\":\"90001...90089\",\"rate\":2.5,\"priority\":1}" },
	{ "tax_003", "name", "New York sales tax",
		"{\"name\":\"New York sales tax\",\"country\":\"US\",\"state\":\"NY\","
		"\"rate\":4,\"on_shipping\":true}" },
	{ "tax_004", "name", "New York City sales tax",
		"{\"name\":\"New York City sales tax\",\"country\":\"US\",\"state\":\"NY\","
		"\"city\":\"New York\",\"rate\":4.875,\"priority\":1,\"on_shipping\":true}" },
	{ "tax_005", "name", "Umsatzsteuer",
		"{\"name\":\"Umsatzsteuer\",\"country\":\"DE\",\"rate\":19,"
		"\"inclusive\":true,\"on_shipping\":true}" },
	{ "tax_006", "name", "Ermäßigte Umsatzsteuer",
		"{\"name\":\"Ermäßigte Umsatzsteuer\",\"country\":\"DE\",\"rate\":7,"
		"\"tax_class\":\"reduced\",\"inclusive\":true}" },
	{ "tax_007", "name", "GST",
		"{\"name\":\"GST\",\"country\":\"CA\",\"rate\":5,\"on_shipping\":true}" },
	{ "tax_008", "name", "QST",
		"{\"name\":\"QST\",\"country\":\"CA\",\"state\":\"QC\",\"rate\":9.975,"
		"\"priority\":1,\"on_shipping\":true}" },
};
/* clang-format on */

static struct err *
load(struct ctx *cx, void *arg UNUSED)
{
	struct rec *made;
	struct err *e = NULL;

	for (size_t i = 0; !e && i < COUNT(samples); i++)
		e = sample_load(cx, &tax_rate_resource, &samples[i], &made);
	return e;
}

struct err *
tax_sample(struct ctx *cx)
{
	return db_tx(cx, load, NULL);
}
