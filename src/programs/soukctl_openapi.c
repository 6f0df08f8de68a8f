/* soukctl openapi: the contract as /openapi.json sends it, byte for byte. */
#include "programs/soukctl.h"

#include "model/plan.h"
#include "web/openapi.h"

static int
run(struct ctl *c)
{
	int status = ctl_link(c);
	struct openapi doc;

	if (status)
		return status;
	doc = openapi_new(c->arena, routes_new(c->arena, model_all()));
	(void)fwrite(doc.text.p, 1, doc.text.n, stdout);
	return 0;
}

const struct verb verb_openapi = {
	.words = "openapi",
	.doc = "print the contract of the API (OpenAPI 3.1)",
	.run = run,
};
