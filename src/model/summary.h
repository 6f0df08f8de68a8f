/*
 * What an object shows that is worked out each time it is read by its id: summaries of the rows of another resource
 * that refer to it, which the descriptor names (field.summary), and what its own rule adds (resource.present).
 */
#ifndef SOUK_MODEL_SUMMARY_H
#define SOUK_MODEL_SUMMARY_H

#include "model/rec.h"
#include "model/view.h"

/* How many there are, their sum and average in the tenant's currency, the first and the last. */
enum summary_field {
	SUMMARY_COUNT,
	SUMMARY_TOTAL,
	SUMMARY_AVERAGE,
	SUMMARY_FIRST_AT,
	SUMMARY_LAST_AT,
	SUMMARY__MAX
};

extern const struct resource summary_shape;

/* True if what the view shows of such an object is not told by its version. */
bool model_presents(const struct resource *r, const struct view *v);

/* Fills it in, a statement for each summary that the view shows. */
struct err *model_present(struct ctx *cx, struct rec *rec, const struct view *v) MUST_CHECK;

#endif
