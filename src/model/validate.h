/* Bodies against shapes, for the types whose values are objects. What faces and writes call is in write.h. */
#ifndef SOUK_MODEL_VALIDATE_H
#define SOUK_MODEL_VALIDATE_H

#include "model/type.h"

/*
 * The object as a rec of its shape, whole: with the initial values of what was not given, and a fault for what is
 * required and missing. Faults have paths below at->path; money is in the currency of at->rec, if the shape says so.
 */
struct rec *validate_object(
	const struct fault *at, const struct resource *shape, const struct json *j);

#endif
