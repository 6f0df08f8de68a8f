/* What of an object an answer shows: `fields=` and `include=` (D66), as bits of its descriptor. */
#ifndef SOUK_MODEL_VIEW_H
#define SOUK_MODEL_VIEW_H

#include "model/plan.h"

/* Bits of engine members, above the fields. */
enum view_member {
	VIEW_CREATED_AT = FIELDS_MAX,
	VIEW_UPDATED_AT,
	VIEW_METADATA,
	VIEW_VERSION,
};

struct view {
	uint64_t fields;   /* 1 << field, 1 << view_member; id and object are always there */
	uint32_t links;    /* REL_LINK relations shown */
	uint32_t includes; /* REL_MANY relations shown */
	uint64_t inside[RELATIONS_MAX]; /* fields of included children; 0: all */
};

/* Everything the actor may see; children only those that are inline by descriptor if `inlined`. */
struct view view_full(const struct ctx *cx, const struct resource *r, bool inlined);

/*
 * Narrows or widens by the two parameters (absent: not given), already decoded. ERR_QUERY with nearest name for an unknown
 * name, ERR_FORBIDDEN for a field whose scope the actor lacks.
 */
struct err *view_parse(struct ctx *cx, const struct resource *r, struct str fields, struct str include,
	bool inlined, struct view *out) MUST_CHECK;

/* A number that differs whenever two views would show different things; part of the ETag. */
uint64_t view_hash(const struct view *v);

#endif
