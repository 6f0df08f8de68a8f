/*
 * What the files of JSON share. Eight bytes of a string at a time, for json_scan.c and json_out.c: most
 * strings are plain, so both look for the first byte that is not.
 */
#ifndef SOUK_BASE_JSON_INT_H
#define SOUK_BASE_JSON_INT_H

#include "base/base.h"

#define JSON_EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t
json_load8(const char *p)
{
	uint64_t eight;

	memcpy(&eight, p, 8);
	return eight;
}

/* Not 0 if one of the bytes is `byte`. */
static inline uint64_t
json_has_byte(uint64_t eight, unsigned char byte)
{
	uint64_t x = eight ^ JSON_EACH(byte);

	return (x - JSON_EACH(0x01)) & ~x & JSON_EACH(0x80);
}

/* Not 0 if one of the bytes is a control character (below 0x20), a quote or a backslash. */
static inline uint64_t
json_has_special(uint64_t eight)
{
	uint64_t control = (eight - JSON_EACH(0x20)) & ~eight & JSON_EACH(0x80);

	return control | json_has_byte(eight, '"') | json_has_byte(eight, '\\');
}

/* Length of the string, number, or single byte at the start of well-formed text. */
size_t json_token(struct str s);

/*
 * Looks through well-formed text for names that stand twice in one object or have U+0000 in them:
 * ERR_VALIDATION with a detail for each, up to 100; NULL if there are none.
 */
struct err *json_check_names(struct arena *a, struct str text) MUST_CHECK;

#endif
