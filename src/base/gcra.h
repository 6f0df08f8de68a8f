/*
 * The generic cell rate algorithm: one word holds the theoretical arrival time (TAT) of the next request, in
 * microseconds of clock_mono_us(). `most` at once after idleness, `most` a window in the long run (D21). The
 * word lies in shared memory and is changed by compare-and-swap alone, so it is exact over processes and no death
 * leaves it locked.
 */
#ifndef SOUK_BASE_GCRA_H
#define SOUK_BASE_GCRA_H

#include "base/base.h"

#include <stdatomic.h>

struct gcra_rate {
	int64_t most; /* requests a window, from 1 */
	int64_t window_us;
};

/* What a word says at a moment. */
struct gcra_seen {
	int64_t remaining;
	int64_t full_in_us; /* until all of `most` is there again */
	int64_t wait_us;    /* until what was refused would be admitted; 0 if it was admitted */
};

/*
 * Takes `cost` requests; false if that is more than is left, and then nothing is taken. A word that no request can
 * have written (the clock began anew with the machine) counts as idle.
 */
bool gcra_take(_Atomic uint64_t *tat, struct gcra_rate rate, int64_t cost, int64_t now_us,
	struct gcra_seen *seen);

/* Takes back what gcra_take() took, when another window refused. */
void gcra_give_back(_Atomic uint64_t *tat, struct gcra_rate rate, int64_t cost);

/* True if nothing is taken of the word's window. */
bool gcra_is_idle(_Atomic uint64_t *tat, int64_t now_us);

#endif
