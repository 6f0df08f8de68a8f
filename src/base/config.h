/* Settings: one table (config.def) gives the struct, the parser, the limits and the manual. */
#ifndef SOUK_BASE_CONFIG_H
#define SOUK_BASE_CONFIG_H

#include "base/base.h"

struct config {
#define TEXT const char *
#define INT(lo, hi) int64_t
#define X(member, key, type, initial, doc) type member;
#include "base/config.def"
#undef X
#undef INT
#undef TEXT
};

/*
 * Reads the file named by the environment's SOUK_CONFIG (if set), then the environment, into *c.
 * ERR_VALIDATION with a detail for every fault: an unknown SOUK_ name in the file (with the nearest
 * known one), a number out of range, a line without '='. The field of a detail is "FILE:LINE" or
 * "environment". The texts live as long as the arena.
 */
struct err *config_read(struct arena *a, struct config *c) MUST_CHECK;

/* One row of the table, for describe and the manual. */
struct config_row {
	const char *key, *type, *initial, *doc;
};
const struct config_row *config_rows(size_t *n);

#endif
