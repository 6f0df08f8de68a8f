/*
 * What model_link() works out of the descriptors once, at start: names as views, relations as
 * pointers, patterns compiled, SQL fragments. Read-only afterwards.
 */
#ifndef SOUK_MODEL_PLAN_H
#define SOUK_MODEL_PLAN_H

#include "base/vault.h"
#include "model/resource.h"

#include <regex.h>

#define FIELDS_MAX 58 /* a view has 64 bits; six are the engine's own */
#define RELATIONS_MAX 8

struct field_plan {
	struct str name;
	struct str json; /* ,"name": without the comma */
	regex_t *pattern;
	struct str
		listed; /* "customer.tags": whose its items are in metadata_index, if it is filtered by */
	const struct resource *to; /* T_ID */
	int prices;                /* T_PRICE: the field that overrides it; -1: none */
	int of;                    /* T_ID: the field that holds the resource's name; -1: none */
	int money_in;        /* money: the field of the same object that holds its currency; -1 */
	bool names_currency; /* others are money in it, so it is read before them */
};

enum plan_uses {
	USED_SHOWN = 1 << 0, /* a shape that some answer shows, */
	USED_SENT = 1 << 1,  /* and one that some body has */
};

struct plan {
	unsigned uses;              /* of a shape */
	bool has_currency;          /* some field names the currency of others */
	uint64_t computed;          /* the fields that are, as bits of a view */
	struct vault_names secrets; /* the fields that are, for whoever takes them out of a body */
	struct str name, plural, prefix, table;
	const struct resource *parent;
	int parent_relation; /* which of the parent's relations we are */
	int parent_field;    /* that shows the parent's id; -1 */
	bool apart;          /* a child that is written by itself */
	int order_field;     /* that children are read by, before their id; -1 */
	struct field_plan fields[FIELDS_MAX];
	const struct resource *related[RELATIONS_MAX];
	int related_by[RELATIONS_MAX]; /* REL_LINK: the field of the other that names it */
	struct str relation_names[RELATIONS_MAX];
};

/*
 * Links the resources (NULL-terminated). All mistakes are found, not only the first: unknown names, flags that do
 * not fit the type, duplicate names or events, a required field without an example, broken patterns, examples that
 * their own field refuses. ERR_INTERNAL with a detail for each. Keeps what it makes in `a` for the life of the process.
 */
struct err *model_link(struct arena *a, const struct resource *const *all) MUST_CHECK;

/* The linked resources, NULL-terminated. */
const struct resource *const *model_all(void);
/* The shapes that they use, NULL-terminated. */
const struct resource *const *model_shapes(void);
static inline bool
is_shape(const struct resource *r)
{
	return !r->table;
}
/* By plural ("products") or name ("product"); NULL if there is none. */
const struct resource *model_find(struct str name);
/* The resource whose prefix the id has; NULL if there is none. */
const struct resource *model_of_id(struct str id);

/* True for a child that is written through its owner. */
bool resource_is_within(const struct resource *r);

/* Index of a field or relation by its name; -1 if there is none. */
int resource_field(const struct resource *r, struct str name);
int resource_relation(const struct resource *r, struct str name);

/*
 * Compares the descriptors with the live schema: a detail for every column that is missing, of the wrong kind, or too
 * narrow, and for every missing index named by a field.
 */
struct err *model_check_schema(struct ctx *cx) MUST_CHECK;

#endif
