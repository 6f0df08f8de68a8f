/* What of an object an answer shows: `fields=` and `include=` (D66), as bits of its descriptor. */
#ifndef SOUK_MODEL_VIEW_H
#define SOUK_MODEL_VIEW_H

#include "model/plan.h"

/* Bits of engine members, above the fields. */
enum view_member {
	VIEW_CREATED_AT = FIELDS_MAX,
	VIEW_UPDATED_AT,
	VIEW_ARCHIVED_AT,
	VIEW_METADATA,
	VIEW_VERSION,
	VIEW_ID, /* id and object: in every view */
};

#define VIEW_BIT(n) ((uint64_t)1 << (n))

struct view {
	uint64_t fields;   /* VIEW_BIT(field), VIEW_BIT(view_member) */
	uint64_t read;     /* fields that are read though not shown: others are shown by them */
	uint32_t links;    /* REL_LINK relations shown */
	uint32_t includes; /* REL_MANY relations shown */
	uint64_t inside[RELATIONS_MAX]; /* fields of included children; 0: all that may be seen */
	uint32_t inside_links[RELATIONS_MAX]; /* and their links, if inside is not 0 */
};

/*
 * Everything the actor may see; children only those that are inline by descriptor, and only if `inlined`. A field with a
 * scope of its own is there if the actor has it.
 */
struct view view_full(const struct ctx *cx, const struct resource *r, bool inlined);

/*
 * Narrows or widens by the two parameters (absent: not given), already decoded. ERR_QUERY with nearest name for an unknown
 * name, ERR_FORBIDDEN for a field whose scope the actor lacks.
 */
struct err *view_parse(struct ctx *cx, const struct resource *r, struct str fields,
	struct str include, bool inlined, struct view *out) MUST_CHECK;

/* Every column and every child, whoever asks: for rules and audit, never to be shown. */
struct view view_whole(const struct resource *r);

/* What is shown of the children of an included relation. */
struct view view_inside(
	const struct ctx *cx, const struct resource *r, const struct view *v, size_t relation);

/* The nth member that the engine gives to the resource's objects ("id", "object" …), NULL beyond the last; for documents. */
const char *view_member_name(const struct resource *r, size_t i);

/* A number that differs whenever two views would show different things; part of the ETag. */
uint64_t view_hash(const struct view *v);

#endif
