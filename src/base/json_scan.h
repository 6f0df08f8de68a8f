/*
 * The strict lexical pass before json-c (which accepts what RFC 8259 forbids): one walk over the
 * bytes that checks grammar, UTF-8, depth and counts, and builds nothing.
 */
#ifndef SOUK_BASE_JSON_SCAN_H
#define SOUK_BASE_JSON_SCAN_H

#include "base/base.h"

/* What was seen of a text. */
struct json_counts {
	size_t names, values;
	size_t nests;  /* arrays and objects among the values */
	size_t widest; /* names in the object that has most */
};

struct json_fault {
	size_t offset;             /* of the byte that could not be there */
	size_t line, column;       /* the same for people, from 1; columns are bytes */
	struct json_counts counts; /* filled in any case */
	const char *what; /* a phrase without capital or stop: "a ',' or '}' was expected" */
};

/*
 * True if `text` is one JSON text of RFC 8259 with at most `max_depth` nested arrays and objects.
 * An empty text, a BOM, a lone surrogate escape (\uD800), invalid UTF-8 and anything behind the value
 * are faults. Fills *fault when false, and the counts in any case. `max_depth` is at most 1024.
 */
bool json_scan(struct str text, int max_depth, struct json_fault *fault);

#endif
