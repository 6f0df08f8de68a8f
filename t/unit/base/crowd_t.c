/* Places outside: so many at once, whoever dies in one. */
#include "base/crowd.h"

#include "tap.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process that has a place, or found none, and keeps it until it is killed. */
static pid_t
start_one(int told)
{
	pid_t child = fork();

	if (!child) {
		char found = crowd_enter() ? 'y' : 'n';

		if (write(told, &found, 1) == 1)
			pause();
		_exit(1);
	}
	return child;
}

void
test_crowd__has_so_many_places_and_the_dead_have_none(void)
{
	enum { MOST = 2, ALL = 4 };
	pid_t children[ALL];
	char found[ALL + 1] = { 0 };
	int told[2];

	crowd_setup(MOST);
	if (!CHECK(!pipe(told)))
		return;
	for (int i = 0; i < ALL; i++) {
		children[i] = start_one(told[1]);
		CHECK(read(told[0], &found[i], 1) == 1);
	}
	CHECK(strcmp(found, "yynn") == 0);
	CHECK(!crowd_enter());
	kill(children[0], SIGKILL);
	CHECK(waitpid(children[0], NULL, 0) == children[0]);
	CHECK(crowd_enter());
	crowd_leave();
	CHECK(crowd_enter());
	crowd_leave();
	for (int i = 1; i < ALL; i++) {
		kill(children[i], SIGKILL);
		CHECK(waitpid(children[i], NULL, 0) == children[i]);
	}
	close(told[0]);
	close(told[1]);
	crowd_setup(CROWD_MOST); /* for what comes after */
}
