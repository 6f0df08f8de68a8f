/* The shipment that the specification's examples speak of, already on its way; in the sandbox its label was bought there. */
#include "base/id.h"
#include "base/json.h"
#include "db/db.h"
#include "model/write.h"
#include "shop/sample.h"
#include "shop/shipping/shipments.h"

static const struct sample live = { "shp_123", NULL, "",
	"{\"order_id\":\"ord_124\",\"carrier\":\"manual\",\"tracking_number\":"
	"\"1Z999AA10123456784\"}" };
static const struct sample sandbox = { "shp_123", NULL, "",
	"{\"order_id\":\"ord_124\",\"carrier\":\"fedex\",\"service\":\"ground\"}" };

static struct err *
load(struct ctx *cx, void *arg UNUSED)
{
	struct write w = {
		.verb = WRITE_ACT,
		.resource = &shipment_resource,
		.action = &shipment_actions[1],
		.key = STR("shp_123"),
	};
	struct written out;
	struct json *body;
	struct rec *made;
	struct err *e = sample_load(cx, &shipment_resource, cx->sandbox ? &sandbox : &live, &made);

	if (e || !made)
		return e;
	e = json_parse(cx->arena,
		STR("{\"status\":\"in_transit\",\"location\":\"Newark, NJ, US\","
		    "\"description\":\"Departed facility\",\"event_id\":\"sample-1\"}"),
		&body);
	if (e)
		return e;
	w.body = body;
	return model_write_inside(cx, &w, &out);
}

struct err *
shipments_sample(struct ctx *cx)
{
	return db_tx(cx, load, NULL);
}
