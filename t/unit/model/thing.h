/* A resource with a field of every type, children and links, for the tests of values, bodies and patches. */
#ifndef SOUK_UNIT_THING_H
#define SOUK_UNIT_THING_H

#include "base/json.h"
#include "model/plan.h"

enum {
	THING_NAME,
	THING_NOTE,
	THING_CODE,
	THING_LABEL,
	THING_OPEN,
	THING_PIECES,
	THING_DELTA,
	THING_WEIGHT,
	THING_PRICE,
	THING_COST,
	THING_FEE,
	THING_STATE,
	THING_SINCE,
	THING_OWNER,
	THING_FACETS,
	THING_WORDS,
	THING_PRICES,
	THING_SERIAL,
	THING_HASH,
	THING_SECRET,
	THING__MAX
};
enum { THING_TAGS, THING_PARTS };
enum { PART_CODE, PART_TITLE, PART_COST, PART_FACETS, PART_POSITION, PART__MAX };

extern const struct resource thing, part, tag;

/* An arena, the resources linked, and the context of somebody who may do anything in tenant 7. */
struct shop {
	struct arena *a;
	struct ctx cx;
};
void shop_begin(struct shop *s);
void shop_end(struct shop *s);

/* The JSON of a text that is known to be some. */
struct json *json_of(struct arena *a, const char *text);
/* "path reason" of each fault, parted by commas; "" if there is none. */
struct str faults_of(struct arena *a, const struct err *e);
/* A value as JSON; "unset" or "null" if it is not set. */
struct str shown(struct ctx *cx, const struct rec *r, int field);

#endif
