/*
 * What all processes of one host share: a small file in the run directory, mapped by each. It
 * outlives workers and reloads. Words are changed by atomic operations only, so that a process may
 * die anywhere and leave nothing locked.
 */
#ifndef SOUK_BASE_SHARED_H
#define SOUK_BASE_SHARED_H

#include "base/base.h"

#include <stdatomic.h>

struct shared {
	uint64_t magic;
	_Atomic uint64_t key_epoch; /* raised by every change of keys: what workers remember is void then (D82) */
};

/*
 * Maps run_dir/shared, made and zeroed if it is not there. NULL (errno) if that fails. If `run_dir` is NULL: memory of
 * this process and its children only, for tests. Never unmapped.
 */
struct shared *shared_open(const char *run_dir);

#endif
