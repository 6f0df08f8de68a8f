/* Carriers of the sample: the shop's own prices on both sides, and in the sandbox those that the specification names. */
#include "db/db.h"
#include "shop/sample.h"
#include "shop/shipping/carriers.h"

/* clang-format off */
static const struct sample own = { "carr_001", "code", "house",
	"{\"name\":\"House carrier\",\"code\":\"house\",\"kind\":\"table\",\"services\":["
	"{\"code\":\"standard\",\"name\":\"Standard\",\"estimated_days\":5,\"free_above_amount\":0},"
	"{\"code\":\"express\",\"name\":\"Express\",\"estimated_days\":2}],"
	"\"tariff\":{\"weight_unit\":\"kg\",\"dimension_unit\":\"cm\",\"dimensional_divisor\":5000,"
	"\"zones\":[{\"code\":\"us\",\"countries\":[\"US\"]},"
	"{\"code\":\"far\",\"countries\":[\"US\"],\"states\":[\"AK\",\"HI\"]}],"
	"\"rates\":[{\"service\":\"standard\",\"amount\":0},"
	"{\"service\":\"express\",\"zone\":\"us\",\"up_to\":1,\"amount\":995},"
	"{\"service\":\"express\",\"zone\":\"us\",\"amount\":895,\"unit_amount\":100},"
	"{\"service\":\"express\",\"zone\":\"far\",\"amount\":1495,\"unit_amount\":200},"
	"{\"service\":\"express\",\"amount\":2495,\"unit_amount\":400}],"
	"\"fuel_percent\":5,\"signature_amount\":250}}" };

static const struct sample known[] = {
	{ "carr_002", "code", "usps", "{\"name\":\"USPS\",\"code\":\"usps\",\"kind\":\"usps\"}" },
	{ "carr_003", "code", "fedex", "{\"name\":\"FedEx\",\"code\":\"fedex\",\"kind\":\"fedex\"}" },
	{ "carr_004", "code", "ups", "{\"name\":\"UPS\",\"code\":\"ups\",\"kind\":\"ups\"}" },
	{ "carr_005", "code", "dhl", "{\"name\":\"DHL\",\"code\":\"dhl\",\"kind\":\"dhl\"}" },
};
/* clang-format on */

static struct err *
load(struct ctx *cx, void *arg UNUSED)
{
	struct rec *made;
	struct err *e = sample_load(cx, &carrier_resource, &own, &made);

	for (size_t i = 0; !e && cx->sandbox && i < COUNT(known); i++)
		e = sample_load(cx, &carrier_resource, &known[i], &made);
	return e;
}

struct err *
carriers_sample(struct ctx *cx)
{
	return db_tx(cx, load, NULL);
}
