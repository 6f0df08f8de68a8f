/* Postal codes, and what a tax rate or a zone says of them: one ("90210"), a beginning ("902*"), a range ("90001...90099"). */
#ifndef SOUK_ADDRESS_ZIP_H
#define SOUK_ADDRESS_ZIP_H

#include "base/base.h"

#define ZIP_RANGE "..."
#define ZIP_MOST 12          /* characters of a code, without spaces and hyphens */
#define ZIP_BEGINNING_MOST 9 /* characters of a beginning */

#define ZIP_PATTERN "^[0-9A-Za-z][0-9A-Za-z -]*([*]|[.][.][.][0-9A-Za-z][0-9A-Za-z -]*)?$"
#define ZIP_PATTERN_DOC                                                                            \
	"a postal code (90210), the beginning of some (902*) or a range of them (90001...90099)"

/* A pattern as it is looked up; the bounds of a range, else empty. */
struct zip_pattern {
	struct str key, from, to;
};

/* Without spaces and hyphens, in upper case; of the US, the five digits alone. In the arena. */
struct str zip_normal(struct arena *a, struct str country, struct str zip);

/* What is wrong with a text that ZIP_PATTERN takes; NULL: nothing, and *out is set. An absent text is every code. */
const char *zip_read(struct arena *a, struct str country, struct str text, struct zip_pattern *out);

/* True of a text that has the form of ZIP_PATTERN. */
bool zip_is_pattern(struct str text);

/* How closely a key names a code: the greater, the closer; 0 for the key of every code. */
int zip_closeness(struct str key);

#endif
