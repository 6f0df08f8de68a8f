/* A broken invariant ends the worker with a line in the log. */
#include "tap.h"

#include "base/base.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

void
test_must__logs_and_aborts(void)
{
	char line[1000];
	int ends[2], status = 0;
	ssize_t n;
	pid_t child;

	must(true);
	if (!CHECK(pipe(ends) == 0))
		return;
	child = fork();
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		signal(SIGABRT, SIG_DFL);
		must(1 + 1 == 3);
		_exit(0);
	}
	close(ends[1]);
	n = read(ends[0], line, sizeof(line) - 1);
	close(ends[0]);
	waitpid(child, &status, 0);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	if (CHECK(n > 0)) {
		line[n] = '\0';
		CHECK(strstr(line, "\"condition\":\"1 + 1 == 3\"") && strstr(line, "must_t.c"));
	}
}
