/* The languages that text can be kept in, and which of them an answer shows (D18). */
#ifndef SOUK_MODEL_LANGUAGE_H
#define SOUK_MODEL_LANGUAGE_H

#include "db/ctx.h"

#define LANGUAGE_LIST "en, es, fr, de, ja, zh"

bool language_known(struct str tag);
/* The text to show: in cx->shown.language, else its fallback, else the tenant's own. */
struct str language_choose(struct ctx *cx, struct str own, struct str others);

#endif
