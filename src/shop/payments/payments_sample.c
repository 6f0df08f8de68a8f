/*
 * The method that the specification's examples pay with: its number is made a token of, as a client's would be. A live shop's
 * tokens are its gateway's, so it has none.
 */
#include "base/clock.h"
#include "db/db.h"
#include "shop/payments/method.h"
#include "shop/sample.h"

#define YEARS_GOOD 4 /* that the card is, from now */

static struct err *
load(struct ctx *cx, void *arg UNUSED)
{
	struct sample card = { "pm_456", NULL, "", NULL };
	struct rec *made;
	int year, month, day;

	clock_civil(clock_now_ms() / INT64_C(86400000), &year, &month, &day);
	card.body = str_fmt(cx->arena,
		"{\"type\":\"card\",\"customer_id\":\"cust_123\",\"name\":\"Jane Doe\","
		"\"number\":\"4242424242424242\",\"cvc\":\"123\","
		"\"exp_month\":12,\"exp_year\":%d}",
		year + YEARS_GOOD)
			    .p;
	return sample_load(cx, &payment_method_resource, &card, &made);
}

struct err *
payments_sample(struct ctx *cx)
{
	return cx->sandbox ? db_tx(cx, load, NULL) : NULL;
}
