/* A rec as JSON, straight into the output buffer. */
#ifndef SOUK_MODEL_RENDER_H
#define SOUK_MODEL_RENDER_H

#include "base/buf.h"
#include "model/rec.h"
#include "model/view.h"

/* {"id":…,"object":…, fields, links, included children, metadata, times, version}. */
void render_rec(struct buf *b, struct ctx *cx, const struct rec *r, const struct view *v);
/* [ … ] of them. */
void render_recs(struct buf *b, struct ctx *cx, const struct recs *recs, const struct view *v);

#endif
