/* A rec as JSON, straight into the output buffer. */
#ifndef SOUK_MODEL_RENDER_H
#define SOUK_MODEL_RENDER_H

#include "base/buf.h"
#include "model/rec.h"
#include "model/view.h"

/* {"id":…,"object":…, fields, links, included children, metadata, times, version}; of a shape, fields alone. */
void render_rec(struct buf *b, struct ctx *cx, const struct rec *r, const struct view *v);
/*
 * A moment (NULL: null) and, if cx->shown.times, behind it the member <name>_formatted, as people of the
 * language, region and zone of the request write it.
 */
void render_time(struct buf *b, struct ctx *cx, struct str name, const int64_t *ms);
/* [ … ] of them. */
void render_recs(struct buf *b, struct ctx *cx, const struct recs *recs, const struct view *v);

#endif
