/* How the client wants to see the answer: the headers of negotiation that go into cx->shown. */
#ifndef SOUK_WEB_SHOWN_H
#define SOUK_WEB_SHOWN_H

#include "base/base.h"

struct call;

/*
 * Fills cx->shown from Accept-Language, X-Language-Fallback, X-Currency, X-Region and X-Timezone. ERR_QUERY names
 * the header and says what it takes.
 * Comes after the tenant is known.
 */
struct err *shown_take(struct call *c) MUST_CHECK;

#endif
