/* Secrets in fields (F_SEALED, F_VAULT): how one is taken from a body, kept in a row, and read again. */
#ifndef SOUK_MODEL_SEALED_H
#define SOUK_MODEL_SEALED_H

#include "model/type.h"

/*
 * The secret that the body has under that name, from the vault of the request or, without one, from j. Faults never say
 * what was sent.
 */
void sealed_take(const struct fault *at, const struct field *f, struct str name,
	const struct json *j, struct value *v);

/* As sealed_take(), of a map: without members that are null, and null if none is left. */
void sealed_take_map(const struct fault *at, const struct field *f, struct str name,
	const struct json *j, struct value *v);

/* What the column of a field keeps: bound to tenant, table, column and object (S8); absent for null. */
struct str sealed_stored(struct ctx *cx, const struct rec *r, int field);

/* True if a value that was sent is the secret that `was` has. */
bool sealed_same(struct ctx *cx, const struct rec *was, int field, const struct value *v);

/* Characters that the column needs. */
int64_t sealed_width(const struct field *f);

#endif
