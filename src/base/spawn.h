/*
 * Runs a helper program of our own, which reads standard input and writes standard output, and waits for it. What it does
 * with foreign libraries and hostile input it does there, with limits of its own, and not in a worker.
 */
#ifndef SOUK_BASE_SPAWN_H
#define SOUK_BASE_SPAWN_H

#include "base/base.h"

struct spawn {
	/* In: */
	const char *program; /* its name; it stands beside the program that asks */
	struct str input;
	size_t answer_max; /* more is an error */
	int timeout_ms;    /* it is killed then */

	/* Out: */
	struct str answer; /* in the arena */
	struct str fault;  /* for the log: why there is none; absent: it ended with 0 */
};

/* Nothing of ours is inherited but the environment without our settings (SOUK_…): no descriptor, no signal's disposition. */
void spawn_run(struct arena *a, struct spawn *s);

#endif
