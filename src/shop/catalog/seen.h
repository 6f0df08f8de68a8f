/* A set of texts, kept as 64-bit hashes: for one file, a chance collision is worth less than memory. */
#ifndef SOUK_CATALOG_SEEN_H
#define SOUK_CATALOG_SEEN_H

#include "base/base.h"

/* All zero: empty. */
struct seen {
	uint64_t *slots;
	size_t n, cap;
};

bool seen_has(const struct seen *s, struct str text);
/* The set grows in `a`. */
void seen_add(struct arena *a, struct seen *s, struct str text);
void seen_forget(struct seen *s);

#endif
