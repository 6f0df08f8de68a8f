/* Operations that are no JSON (model/raw.h), over HTTP. */
#ifndef SOUK_WEB_RAW_H
#define SOUK_WEB_RAW_H

#include "base/base.h"
#include "model/raw.h"

struct call;

/* What the way of a call is; NULL: its requests and answers are JSON. */
const struct raw *raw_of(const struct call *c);

/* ERR_MEDIA_TYPE for a body of a type that it does not take. */
struct err *raw_check_type(const struct call *c) MUST_CHECK;

/* The handler. */
struct err *raw_handle(struct call *c);

/* Turns the error that was answered into a page, if that is what was asked for. */
void raw_show_err(struct call *c, const struct err *e);

#endif
