/* A broken invariant ends the worker with a line in the log. */
#include "tap.h"

#include "base/base.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* How a child ends that does not have what it must, and what it says. */
static int
status_of(void (*fail)(void), char line[1000])
{
	int ends[2], status = 0;
	ssize_t n = 0;
	pid_t child;

	line[0] = '\0';
	if (!CHECK(pipe(ends) == 0))
		return 0;
	child = fork();
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		signal(SIGABRT, SIG_DFL);
		fail();
		_exit(0);
	}
	close(ends[1]);
	n = read(ends[0], line, 999);
	close(ends[0]);
	waitpid(child, &status, 0);
	if (CHECK(n > 0))
		line[n] = '\0';
	return status;
}

static void
be_wrong(void)
{
	must(1 + 1 == 3);
}

static void
lack_memory(void)
{
	must_have(1 + 1 == 4);
}

void
test_must__logs_and_aborts(void)
{
	char line[1000];
	int status = status_of(be_wrong, line);

	must(true);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	CHECK(strstr(line, "\"condition\":\"1 + 1 == 3\"") && strstr(line, "must_t.c"));
}

void
test_must__want_of_memory_is_an_exit_and_no_crash(void)
{
	char line[1000];
	int status = status_of(lack_memory, line);

	must_have(true);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 71);
	CHECK(strstr(line, "no_memory") && strstr(line, "1 + 1 == 4"));
}
