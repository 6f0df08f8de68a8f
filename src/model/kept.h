/*
 * What a worker remembers of few rows that a tenant has and nearly every request wants, such as the discounts that apply by
 * themselves. It holds while the board (board.h) knows that the rows are the ones that were read; whoever writes any
 * of them says so by kept_touch(). `what` is the prefix of their ids.
 */
#ifndef SOUK_MODEL_KEPT_H
#define SOUK_MODEL_KEPT_H

#include "db/db.h"

/* When a reading began. */
struct kept_reading {
	uint64_t key, ticket;
};

/* Copies into the arena what is remembered; false: it must be read, and kept_put() told of it. */
bool kept_recall(struct ctx *cx, const char *what, struct db_rows *rows, struct kept_reading *rd);
/* Remembers them, unless they are large. */
void kept_put(const struct kept_reading *rd, const struct db_rows *rows);

/* In the transaction that changes them, before its commit. */
void kept_touch(const struct ctx *cx, const char *what);

#endif
