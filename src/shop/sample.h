/* Samples: objects with the ids that the specification prints, made by the same engine as all others. */
#ifndef SOUK_SHOP_SAMPLE_H
#define SOUK_SHOP_SAMPLE_H

#include "model/plan.h"

struct sample {
	const char *id; /* as the specification prints it; NULL: a new one */
	const char
		*field;   /* that finds one which is there already; NULL: the resource's key does */
	const char *key;  /* by this value */
	const char *body; /* as it would be posted */
};

/*
 * Makes the object unless its id or its key is there: then *made is NULL. Inside a transaction; a fault of
 * the body is an error.
 */
struct err *sample_load(struct ctx *cx, const struct resource *r, const struct sample *s,
	struct rec **made) MUST_CHECK;

#endif
