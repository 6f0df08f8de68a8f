/* Baskets by chance: all kinds of rules, taxes and prices, small ones and large ones. */
#ifndef SOUK_UNIT_BASKET_H
#define SOUK_UNIT_BASKET_H

#include "shop/pricing/pricing.h"

/* xorshift64*: the same seed (not 0) gives the same baskets. */
uint64_t basket_random(uint64_t *state);
/* 0 to n − 1 */
int64_t basket_below(uint64_t *state, int64_t n);
/* A basket that pricing_compute() takes, in the arena. */
void basket_fill(struct arena *a, uint64_t *state, struct pricing *p);
/* The seed of this run: SOUK_SEED, or of the clock. */
uint64_t basket_seed(void);

#endif
