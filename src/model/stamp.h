/*
 * What an object shows that is computed (field.computed) changes without a version of it. Its stamp is a number that
 * changes with it, and fits an int64_t; entity tags have it in their hash (D64).
 */
#ifndef SOUK_MODEL_STAMP_H
#define SOUK_MODEL_STAMP_H

#include "model/rec.h"
#include "model/view.h"

/* How much a view shows of what is computed of an object and of its children. */
enum stamped {
	STAMP_NONE,
	STAMP_PART,
	STAMP_WHOLE, /* all there is: the stamp is the same for all such views */
};

enum stamped stamp_shown(const struct ctx *cx, const struct resource *r, const struct view *v);

/* Of what the view shows of an object that was read with it, or written; 0: it shows nothing computed. */
uint64_t stamp_of(const struct ctx *cx, const struct rec *r, const struct view *v);

/* True if such a rec shows anything computed, so that no date says when it changed. */
bool stamp_varies(const struct ctx *cx, const struct rec *r, const struct view *v);

/*
 * The board (base/board.h) knows the stamp of a top-level object by a key of its own, beside the version: what is computed
 * may change often, and voids no version.
 */
uint64_t stamp_key(struct id tenant, const struct resource *r, struct id id);
/* For whoever changes what is computed of the object, before the commit. */
void stamp_touch(const struct ctx *cx, const struct resource *r, struct id id);

#endif
