/* Published lists whose members a text can be bound to: `.known` of a field. */
#ifndef SOUK_MODEL_KNOWN_H
#define SOUK_MODEL_KNOWN_H

#include "base/base.h"

/* The text as it is stored, in the arena; absent if the list has no such member. */
typedef struct str known_fn(struct arena *a, struct str s);

/* ISO 3166-1 alpha-2 in any case → "US". */
struct str known_country(struct arena *a, struct str s);
/* ISO 4217 in any case → "USD". */
struct str known_currency(struct arena *a, struct str s);

#endif
