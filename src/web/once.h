/* The Idempotency-Key header (D52, D53): what a repeat of a request is known by. */
#ifndef SOUK_WEB_ONCE_H
#define SOUK_WEB_ONCE_H

#include "base/base.h"

struct call;

/*
 * Sets cx->once if the request carries a key and is no dry run (D54). ERR_MALFORMED for a key that is not
 * 1 to 255 printable characters. Comes after the body was read and the actor is known.
 */
struct err *once_take(struct call *c) MUST_CHECK;

#endif
