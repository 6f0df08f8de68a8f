/* The names that a parameter of the query may use, and the complaint about one that it may not. */
#ifndef SOUK_MODEL_NAMES_H
#define SOUK_MODEL_NAMES_H

#include "base/base.h"

#define NAMES_MAX 200

struct names {
	const char *name[NAMES_MAX];
	size_t n;
};

/* Adds one; it must outlive the list. What does not fit is left out: the list only helps. */
void names_add(struct names *l, const char *name);

/*
 * What was probably meant by `name`: the nearest by its letters, else one with the same stem, so that
 * "categoryIds" and "category" find "categories" and "desc" finds "description". NULL if there is none.
 */
const char *names_nearest(struct str name, const struct names *l);

/* Adds to a fault which names there are, and which was probably meant; of no names, nothing. */
void names_tell(struct arena *a, struct err_detail *d, struct str name, const struct names *l);

/*
 * ERR_QUERY: `param` asks for `what` ("field", "operator") of that name, and there is none. Says which there are and
 * which was probably meant.
 */
struct err *names_unknown(struct arena *a, struct str param, const char *what, struct str name,
	const struct names *l);

#endif
