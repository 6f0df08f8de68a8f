/* A patch applied to a record in memory (RFC 7396, D12): its fields, its links, its children. */
#ifndef SOUK_MODEL_MERGE_H
#define SOUK_MODEL_MERGE_H

#include "model/rec.h"

/*
 * Makes `now` (a copy of what is stored, or on create a rec with nothing but ids) what `input` asks for. Children are
 * matched by id or by their F_KEY field; each gets its fate and, if new, its id. Faults that only the stored state shows
 * (a child that is not there, a field that may not change, too many children) come back together.
 */
struct err *merge_rec(
	struct ctx *cx, struct rec *now, const struct rec *was, struct rec *input) MUST_CHECK;

/* True if anything that is stored differs: the record itself, or a child that was added, changed or removed. */
bool merge_changed(const struct rec *now, const struct rec *was);

/* Of that relation, the children of that fate. */
struct recs merge_of_fate(struct arena *a, const struct rec *now, int relation, int fate);

#endif
