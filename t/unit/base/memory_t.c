/* Memory that runs out: the nth allocation of any library fails, but none that was assured. */
#include "tap.h"

#include "base/memory.h"

#include <sys/wait.h>
#include <unistd.h>

/* Whether an allocation by the C library itself succeeds; but for `volatile`, clang would do without it. */
static bool
gets_memory(void)
{
	char *volatile copy = strdup("a text that is long enough to need memory of its own");
	bool got = copy != NULL;

	free(copy);
	return got;
}

void
test_memory__the_nth_allocation_fails_and_no_other(void)
{
#if defined(SOUK_DEBUG) && !ADDRESS_SANITIZER
	bool got[4];

	memory_starve(3);
	for (size_t i = 0; i < COUNT(got); i++)
		got[i] = gets_memory();
	memory_starve(0);
	CHECK(got[0] && got[1] && !got[2] && got[3]);
	memory_starve(1);
	memory_starve(0);
	CHECK(gets_memory());
#else
	memory_starve(1);
	CHECK(gets_memory());
#endif
}

void
test_memory__what_is_assured_does_not_fail(void)
{
	bool got[3];

	memory_assure(4096);
	memory_starve(1);
	for (size_t i = 0; i < COUNT(got); i++)
		got[i] = gets_memory();
	memory_assured();
	memory_starve(0);
	CHECK(got[0] && got[1] && got[2]);
}

void
test_memory__that_cannot_be_assured_ends_the_process(void)
{
	int status = 0;
	pid_t child;

	if (ADDRESS_SANITIZER) /* aborts by itself */
		return;
	child = fork();
	if (child == 0) {
		(void)!freopen("/dev/null", "w", stderr);
		memory_assure(SIZE_MAX / 4);
		_exit(0);
	}
	CHECK(child > 0 && waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 71);
}
