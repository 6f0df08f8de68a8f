/* String views: comparing, cutting, parsing. Nothing here allocates unless it takes an arena. */
#ifndef SOUK_BASE_STR_H
#define SOUK_BASE_STR_H

#include "base/base.h"

/* A view of a NUL-terminated string; NULL gives the absent view. */
struct str str_of(const char *z);
bool str_eq(struct str a, struct str b);
bool str_eq_z(struct str a, const char *z);
/* ASCII letters compare without case. */
bool str_eq_nocase(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* Orders bytewise, as memcmp. */
int str_cmp(struct str a, struct str b);
struct str str_trim(struct str s);
/* The bytes [from, to) of s, clipped to it. */
struct str str_cut(struct str s, size_t from, size_t to);
/* Offset of the first `c`, or s.n. */
size_t str_find(struct str s, char c);

/*
 * Takes the part of *rest before the next `sep` and moves *rest behind it. False when *rest is
 * absent (p == NULL), which it becomes after the last part; so "a,,b" gives three parts and "" one.
 */
bool str_split(struct str *rest, char sep, struct str *part);

/* At most so many bytes of the beginning of well-formed UTF-8, in whole characters. */
struct str str_head(struct str s, size_t bytes);

/* A word of the caller for a message: so much of its beginning, or "?" if it is no UTF-8 and so could not be sent. */
struct str str_shown(struct str s, size_t bytes);

/* The parts between separators in bytewise order, in the arena; gives how many there are, 0 if s is absent. */
size_t str_sorted(struct arena *a, struct str s, char sep, struct str **parts);

/* Copies into the arena, with a NUL behind. */
struct str str_dup(struct arena *a, struct str s);
/* The same as a C string; the view must hold no NUL. */
const char *str_z(struct arena *a, struct str s);
struct str str_fmt(struct arena *a, const char *fmt, ...) PRINTF(2, 3);
struct str str_vfmt(struct arena *a, const char *fmt, va_list ap) PRINTF(2, 0);
struct str str_lower(struct arena *a, struct str s);

/* Reads a whole decimal integer with an optional '-'; false if anything else or out of range. */
bool str_int(struct str s, int64_t *out);

/* Length (1-4) of the well-formed UTF-8 sequence that begins at byte i < s.n, or 0 if none does. */
size_t str_point(struct str s, size_t i);
/* True if s is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool str_is_utf8(struct str s);
/* Unicode code points in well-formed UTF-8. */
size_t str_points(struct str s);
/* True if every byte of s is one of `letters`. */
bool str_only(struct str s, const char *letters);
/* True if s has nothing but Unicode white space (or nothing at all). */
bool str_is_blank(struct str s);

/*
 * The candidate with the smallest edit distance to s if it is near enough to be a typo, else NULL.
 * Case does not count.
 */
const char *str_nearest(struct str s, const char *const *candidates, size_t n);

/*
 * Hex, lower case; reading takes upper case too. str_unhex fills exactly n bytes, and is false if
 * s is not 2n hex digits.
 */
struct str str_hex(struct arena *a, const void *bytes, size_t n);
bool str_unhex(struct str s, void *out, size_t n);
/* base64url without padding (RFC 4648 §5); reading takes the one canonical form only. */
struct str str_base64url(struct arena *a, const void *bytes, size_t n);
/* With padding (RFC 4648 §4). */
struct str str_base64(struct arena *a, struct str s);
bool str_unbase64url(struct arena *a, struct str s, struct str *out);

#endif
