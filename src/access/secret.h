/* Secrets of keys: how they are made, recognised and kept. What is made here is shown once and never logged. */
#ifndef SOUK_ACCESS_SECRET_H
#define SOUK_ACCESS_SECRET_H

#include "db/ctx.h"

/* "live_…" or "test_…" says which side a key is for (D22); "pk_live_…", "pk_test_…" that anybody may see it. */
struct str secret_make(struct arena *a, bool publishable, bool sandbox);
/* "sig_…", which signs requests and is never sent. */
struct str secret_make_signing(struct arena *a);

/* What a key says of itself; false if it is no key at all. */
bool secret_read(struct str key, bool *publishable, bool *sandbox);

/* SHA-256 in hex, as it is stored. */
struct str secret_hash(struct arena *a, struct str secret);

/* A signing secret as it is stored: sealed for this tenant and key, in base64url. */
struct str secret_seal(struct ctx *cx, struct id key, struct str secret);
/* And back. ERR_INTERNAL if the ring has not the key, or the row was changed or belongs to another. */
struct err *secret_open(struct ctx *cx, struct id tenant, struct id key, struct str sealed,
	struct str *out) MUST_CHECK;

/* True for scheme://host[:port] as browsers send it (RFC 6454 §7): http or https, lower case, no path. */
bool secret_is_origin(struct str text);

#endif
