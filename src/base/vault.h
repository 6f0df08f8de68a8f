/*
 * Secrets of a request: values of its body that shall stand in one place only, and there no longer than the request. They
 * are taken out of the body before anything else reads it, so no parser, arena, log, error or row can have them (S9).
 */
#ifndef SOUK_BASE_VAULT_H
#define SOUK_BASE_VAULT_H

#include "base/base.h"

#define VAULT_MOST 16 /* secrets of one body */

struct vault;

/* What is to be taken out of a body. */
struct vault_names {
	const struct str *names; /* members of its outermost object: at most VAULT_MOST */
	size_t n, maps;          /* the last `maps` of them: objects, taken as they are written */
	bool no_cards;           /* elsewhere in it, no number of a card is taken */
};

/*
 * Takes the values of those members out of `body`, which is overwritten in place: a text becomes as many '*', the digits of a
 * number become 1, whatever is in an array or object likewise. What else could be a card's number goes too, if the
 * names say so. A body that is no JSON is left as it is (json_parse() refuses it without a look at what it says). All of it,
 * body included, is wiped when the arena is reset or rewound to before this call.
 */
struct vault *vault_take(struct arena *a, char *body, size_t n, const struct vault_names *names);

/* Has the body wiped with the arena, too, if nothing is to be taken out of it. */
void vault_wipe_later(struct arena *a, char *body, size_t n);

/* The text, number or JSON of an object that was taken, NUL behind it; false if there was none of that name. `v` may be NULL. */
bool vault_find(const struct vault *v, struct str name, struct str *text);

/* Where in the body the number of a card was that is not taken: "metadata.note"; absent: nowhere. `v` may be NULL. */
struct str vault_card(const struct vault *v);

/* The nth that was taken, false beyond the last; `v` may be NULL. */
bool vault_at(const struct vault *v, size_t i, struct str *name, struct str *text);

#endif
