/* Percent-encoding (RFC 3986 §2.1), read and written. */
#ifndef SOUK_WEB_URL_H
#define SOUK_WEB_URL_H

#include "base/buf.h"

/*
 * Decodes; with `plus`, '+' is a space (queries). False if a '%' is not followed by two hex digits, or if
 * what comes out is not UTF-8 or holds a NUL. What needs no decoding is not copied.
 */
bool url_decode(struct arena *a, struct str in, bool plus, struct str *out);
/* An undecoded path as it may stand in a header: bytes that no address may have (RFC 3986 §3.3) are encoded. */
struct str url_path(struct arena *a, struct str path);
/* Appends with everything encoded but letters, digits and "-._~". */
void url_encode(struct buf *b, struct str s);

#endif
