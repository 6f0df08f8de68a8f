/*
 * Reading JSON that came in: a thin wrapper over json-c, the only file that includes it. A value is
 * borrowed from its document; the document lives as long as the arena it was parsed into.
 */
#ifndef SOUK_BASE_JSON_H
#define SOUK_BASE_JSON_H

#include "base/base.h"

struct json; /* one value; NULL is JSON null or absent, told apart by json_has() */

enum json_kind {
	JSON_NULL,
	JSON_BOOL,
	JSON_INT,
	JSON_DECIMAL,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

#define JSON_MAX_DEPTH 32
/* A tree takes up to fifty times the room of its text; these keep one of 1 MiB below 30 MiB. */
#define JSON_MAX_VALUES ((size_t)65536)
#define JSON_MAX_NESTS ((size_t)16384) /* arrays and objects */
/* Of one object; a hash table of all values at once would be slower than everything else. */
#define JSON_MAX_MEMBERS ((size_t)4096)

/*
 * Parses after the strict pass. ERR_TOO_LARGE for more values than the bounds above;
 * ERR_MALFORMED says line, column and what was expected; ERR_VALIDATION
 * names each member that stands twice in its object or has \u0000 in its name.
 */
struct err *json_parse(struct arena *a, struct str text, struct json **out) MUST_CHECK;
/* As json_parse(), of text that we wrote ourselves (/openapi.json): it has as many values as it has. */
struct err *json_parse_own(struct arena *a, struct str text, struct json **out) MUST_CHECK;
/* As json_parse(), and of the values nothing stays in memory behind the arena's reset; the text is its owner's to wipe (S7). */
struct err *json_parse_secret(struct arena *a, struct str text, struct json **out) MUST_CHECK;

enum json_kind json_kind(const struct json *j);
/* "a string", "an object", … for messages. */
const char *json_kind_name(enum json_kind kind);
/* A string or number as it was written, shortened, else what kind it is: for messages. */
struct str json_shown(struct arena *a, const struct json *j);
bool json_bool(const struct json *j);
/*
 * The number as it was written (199.990 keeps its digits), in the arena; absent if it is none. Of any
 * size: beyond 64 bits json_int() is false and decimal_parse() says DECIMAL_RANGE. Only -0 reads "0".
 */
struct str json_number(struct arena *a, const struct json *j);
/* False if it is no integer or does not fit in 64 bits. */
bool json_int(const struct json *j, int64_t *out);
struct str json_string(const struct json *j);

size_t json_length(const struct json *array);
struct json *json_at(const struct json *array, size_t i);

bool json_has(const struct json *object, const char *name);
struct json *json_get(const struct json *object, const char *name);
size_t json_members(const struct json *object);

/* Walks the members in the order written: for (struct json_iter it = json_iter(o); json_next(&it);) */
struct json_iter {
	struct str name;
	struct json *value;
	void *entry;
};
struct json_iter json_iter(const struct json *object);
bool json_next(struct json_iter *it);

/* The value as compact JSON text, in the arena; numbers as they were written. */
struct str json_text(struct arena *a, const struct json *j);

#endif
