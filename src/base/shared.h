/*
 * What all processes of one host share: a file in the run directory, mapped by each. It outlives
 * workers, reloads and the master. Words are changed by atomic operations only and 0 is a valid state of
 * each, so that a process may come first, or die anywhere, and leave nothing to prepare or to unlock.
 */
#ifndef SOUK_BASE_SHARED_H
#define SOUK_BASE_SHARED_H

#include "base/metrics.h"

#define BOARD_PLACES 32768
#define LIMIT_PLACES 32768

/* See base/board.h. A place is one cache line. */
struct board_place {
	_Atomic uint64_t touches, busy_until_us;
	_Atomic uint64_t word[4]; /* key, ticket, version, when it was put here */
	_Atomic uint64_t check;
	uint64_t unused;
};

struct board {
	_Atomic uint64_t touches, busy_until_us;
	struct board_place places[BOARD_PLACES];
};

/* See access/limit.h. What is counted (0: nobody has the place), and a word for each of its windows. */
struct limit_place {
	_Atomic uint64_t owner, hour, day;
	uint64_t unused;
};

struct shared {
	_Atomic uint64_t magic; /* layout and version; 0 for a moment, in a new file */
	/* Raised by every change of keys: what workers remember of them is void then (D82). */
	_Atomic uint64_t key_epoch;
	_Atomic uint64_t vitals, books; /* see base/vitals.h */
	struct board board;
	struct limit_place limits[LIMIT_PLACES];
	struct metrics metrics;
};

/*
 * Maps `run_dir`/shared, made if it is not there; a file of another layout is replaced by name, so its
 * users keep what they have mapped. NULL (errno) if that fails. If `run_dir` is NULL: memory of this
 * process and its children only, for tests. Never unmapped.
 */
struct shared *shared_open(const char *run_dir);

/*
 * Maps `size` bytes of the file `dir`/`name`, made of zeros if it is not there. NULL (errno) if that fails, also on a
 * full disk. Never unmapped.
 */
void *shared_file(const char *dir, const char *name, size_t size);

#endif
