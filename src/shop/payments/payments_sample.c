/* The method that the specification's examples pay with; a live shop's tokens are its gateway's, so it has none. */
#include "db/db.h"
#include "shop/payments/method.h"
#include "shop/sample.h"

static const struct sample sample = { "pm_456", NULL, "",
	"{\"type\":\"card\",\"token\":\"tok_sandbox_success\",\"brand\":\"visa\",\"last4\":"
	"\"4242\","
	"\"exp_month\":12,\"exp_year\":2034,\"customer_id\":\"cust_456\"}" };

static struct err *
load(struct ctx *cx, void *arg UNUSED)
{
	struct rec *made;

	return sample_load(cx, &payment_method_resource, &sample, &made);
}

struct err *
payments_sample(struct ctx *cx)
{
	return cx->sandbox ? db_tx(cx, load, NULL) : NULL;
}
