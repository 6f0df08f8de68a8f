/* What a worker remembers of things that are sold, as long as the board knows that their product is still the same. */
#ifndef SOUK_SELLABLE_MEMORY_H
#define SOUK_SELLABLE_MEMORY_H

#include "shop/catalog/catalog.h"

/* One that is being read: as it was asked for, when, and which version of its product was found. */
struct sellable_reading {
	struct id product, variant;
	uint64_t ticket;
	int64_t version;
};

/* Before it is read. */
void sellable_begin(
	const struct ctx *cx, const struct sellable *wanted, struct sellable_reading *rd);
/* Once it is read, if its product was named by its id. */
void sellable_keep(struct ctx *cx, const struct sale_currency *in,
	const struct sellable_reading *rd, const struct sellable *found);

/* Fills *s from memory; false if it must be read. */
bool sellable_recall(struct ctx *cx, const struct sale_currency *in, struct sellable *s);

#endif
