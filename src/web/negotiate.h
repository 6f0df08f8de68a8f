/* What the two sides agree on by headers: Accept, Content-Type, Prefer. Pure. */
#ifndef SOUK_WEB_NEGOTIATE_H
#define SOUK_WEB_NEGOTIATE_H

#include "web/request.h"

#define TYPE_PROBLEM "application/problem+json"

/*
 * Of `types` (NULL-terminated, the default first) the one that Accept likes best; NULL if it takes none.
 * An absent header takes everything.
 */
const char *negotiate_type(struct str accept, const char *const *types);

/* True if a JSON answer is acceptable; an absent header accepts everything. */
bool negotiate_takes_json(struct str accept);

/* True if errors are liked better as RFC 9457 has them than in our own shape. */
bool negotiate_wants_problem(struct str accept);

/* True for application/json or a "+json" kind that a body of this method may have, in UTF-8. */
bool negotiate_is_json(struct str content_type, enum method method);

/* True if it is one of those types (NULL-terminated), whatever its parameters. */
bool negotiate_is_one_of(struct str content_type, const char *const *types);

/* True if the comma-separated list of preferences (RFC 7240) has exactly this token. */
bool negotiate_prefers(struct str prefer, const char *token);

/*
 * The language of Accept-Language that is liked best among those we keep text in; absent if the header
 * names none ("*" leaves it to the tenant, D18).
 */
struct str negotiate_language(struct str accept_language);

#endif
