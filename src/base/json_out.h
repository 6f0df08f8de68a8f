/*
 * Writing JSON straight into a buffer. The caller writes names and values in order; commas are put
 * by looking at the last byte written, so there is no state to keep.
 */
#ifndef SOUK_BASE_JSON_OUT_H
#define SOUK_BASE_JSON_OUT_H

#include "base/buf.h"

/* A quoted, escaped string. The bytes must be UTF-8; '<' '>' '&' stay, U+2028/2029 are escaped. */
void json_out_string(struct buf *b, struct str s);
void json_out_z(struct buf *b, const char *z);

/* ',' unless the last byte opens an array or object, or nothing was written. */
static inline void
json_out_comma(struct buf *b)
{
	if (b->n && b->p[b->n - 1] != '{' && b->p[b->n - 1] != '[' && b->p[b->n - 1] != ':')
		buf_char(b, ',');
}

/* ,"name": of a name known at compile time or from a descriptor: plain ASCII, not escaped. */
static inline void
json_out_name(struct buf *b, struct str name)
{
	json_out_comma(b);
	buf_char(b, '"');
	buf_str(b, name);
	buf_put(b, "\":", 2);
}

#define JSON_OUT_NAME(b, literal)                                                                  \
	(json_out_comma(b), buf_put((b), "\"" literal "\":", sizeof(literal) + 2))

#endif
