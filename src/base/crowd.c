/* A place is a word of shared memory that holds the process which has it. */
#include "base/crowd.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

static _Atomic pid_t *places;
static _Atomic pid_t *mine;
static int most_at_once;

void
crowd_setup(int most)
{
	size_t size = CROWD_MOST * sizeof(*places);
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	must(p != MAP_FAILED && most >= 1 && most <= CROWD_MOST);
	places = p;
	most_at_once = most;
}

static bool
is_free(pid_t holder)
{
	return !holder || (kill(holder, 0) != 0 && errno == ESRCH);
}

bool
crowd_enter(void)
{
	must(!mine);
	for (int i = 0; places && i < most_at_once; i++) {
		pid_t holder = atomic_load(&places[i]);

		if (!is_free(holder) ||
			!atomic_compare_exchange_strong(&places[i], &holder, getpid()))
			continue;
		mine = &places[i];
		return true;
	}
	return !places;
}

void
crowd_leave(void)
{
	if (mine)
		atomic_store(mine, 0);
	mine = NULL;
}
