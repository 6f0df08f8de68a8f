/*
 * Arithmetic of minor units beyond what decimal.h does for any number: amounts that are shared out. Whole numbers of
 * 64 bits in, 128 bits between, nothing wraps.
 */
#ifndef SOUK_BASE_MONEY_H
#define SOUK_BASE_MONEY_H

#include "base/base.h"

/* What one of several gets of an amount. */
struct money_part {
	int64_t amount;
	int64_t nearest; /* its own share, rounded half to even: at most one unit off, for explanations */
};

/*
 * Shares `amount` (≥ 0) out by weights (≥ 0, their sum in 64 bits and > 0, unless the amount is 0), so that the parts add
 * up to it: each gets its share rounded down, what is left goes unit by unit to the largest fractions, among
 * equals to the first. No part exceeds its weight if the amount does not exceed their sum. `a` is for scratch.
 */
void money_split(struct arena *a, int64_t amount, const int64_t *weights, size_t n,
	struct money_part *parts);

#endif
