/*
 * Maps kept as JSON text: metadata, attributes, the languages of a text, prices by currency. A
 * patch (RFC 7396) changes members one by one, and null removes one.
 */
#ifndef SOUK_MODEL_MAP_H
#define SOUK_MODEL_MAP_H

#include "model/type.h"

struct map_limits {
	int64_t keys, key_points, value_points;
	bool scalars; /* numbers and booleans are taken as their text (D69) */
	bool nulls;   /* null is kept in the text: it is a patch */
	size_t room; /* not 0: bytes that the text is, or less; what is read or left over is wiped, for it is secret */
};

#define METADATA_LIMITS ((struct map_limits){ 50, 40, 500, .scalars = true, .nulls = true })

/* The text, stored or checked, as JSON; NULL if it is absent. */
struct json *map_read(struct arena *a, struct str text);

/* Adds one member to the JSON object under way; an absent text is null (in a patch: removes it). */
void map_put(struct buf *b, struct str key, struct str text);

/* The same with a number, written as it shall stand. */
void map_put_number(struct buf *b, struct str key, struct str number);

/* Checks the object and gives it as JSON text; absent if there was a fault. */
struct str map_parse(
	const struct fault *at, const struct json *object, const struct map_limits *limits);

/* The text that `patch` makes of `was` (either may be absent); absent if nothing is left. */
struct str map_merge(struct arena *a, struct str was, struct str patch);

/* The value of a key, in the arena; absent if there is none. */
struct str map_get(struct arena *a, struct str map, const char *key);

/* Members in the text. */
size_t map_count(struct arena *a, struct str map);

#endif
