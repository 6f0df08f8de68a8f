/* For posix_spawn_file_actions_addclosefrom_np() and environ. */
#define _GNU_SOURCE
#include "base/spawn.h"

#include "base/buf.h"
#include "base/clock.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_ROOM 65536

/* One run: the ends of the pipes that are ours, -1 when closed. */
struct running {
	struct spawn *s;
	pid_t pid;
	int to, from;
	size_t written;
	struct buf answer;
};

/* The program beside this one. */
static struct str
beside(struct arena *a, const char *name)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path));

	while (n > 0 && path[n - 1] != '/')
		n--;
	return str_fmt(a, "%.*s%s", (int)MAX(n, 0), path, name);
}

/* Our settings are not the helper's, and some of them are secrets. */
static char **
environment(struct arena *a)
{
	size_t n = 0, kept = 0;
	char **out;

	while (environ[n])
		n++;
	out = ARENA_ARRAY(a, n + 1, char *);
	for (size_t i = 0; i < n; i++)
		if (!str_starts(str_of(environ[i]), STR("SOUK_")))
			out[kept++] = environ[i];
	return out;
}

static void
shut(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static int
start(struct arena *a, const char *path, const int in[2], const int out[2], pid_t *pid)
{
	char *argv[2] = { (char *)(uintptr_t)path, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t all, none;
	int error;

	(void)sigfillset(&all);
	(void)sigemptyset(&none);
	(void)posix_spawnattr_init(&how);
	(void)posix_spawnattr_setsigdefault(&how, &all);
	(void)posix_spawnattr_setsigmask(&how, &none);
	(void)posix_spawnattr_setflags(
		&how, (short)(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
	(void)posix_spawn_file_actions_init(&files);
	error = posix_spawn_file_actions_adddup2(&files, in[0], STDIN_FILENO);
	error = error ? error : posix_spawn_file_actions_adddup2(&files, out[1], STDOUT_FILENO);
	error = error
		? error
		: posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	error = error ? error : posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
	error = error ? error : posix_spawn(pid, path, &files, &how, argv, environment(a));
	(void)posix_spawn_file_actions_destroy(&files);
	(void)posix_spawnattr_destroy(&how);
	return error;
}

/* Pipes whose ends are above 2, so that none stands where the child's own shall be. */
static int
make_pipe(int ends[2])
{
	if (pipe(ends))
		return errno;
	for (int i = 0; i < 2; i++) {
		int higher = fcntl(ends[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

		if (higher < 0)
			return errno;
		(void)close(ends[i]);
		ends[i] = higher;
	}
	return 0;
}

static int
begin(struct arena *a, struct running *r)
{
	const char *path = str_z(a, beside(a, r->s->program));
	int in[2] = { -1, -1 }, out[2] = { -1, -1 };
	int error = make_pipe(in);

	error = error ? error : make_pipe(out);
	error = error ? error : start(a, path, in, out, &r->pid);
	shut(&in[0]);
	shut(&out[1]);
	r->to = in[1];
	r->from = out[0];
	if (error) {
		shut(&r->to);
		shut(&r->from);
		r->s->fault = str_fmt(a, "%s: %s", path, strerror(error));
	} else {
		(void)fcntl(r->to, F_SETFL, O_NONBLOCK);
		(void)fcntl(r->from, F_SETFL, O_NONBLOCK);
	}
	return error;
}

static void
put(struct running *r)
{
	struct str rest = str_cut(r->s->input, r->written, r->s->input.n);
	ssize_t n = write(r->to, rest.p, rest.n);

	if (n > 0)
		r->written += (size_t)n;
	if ((n < 0 && errno != EAGAIN && errno != EINTR) || r->written == r->s->input.n)
		shut(&r->to);
}

static void
take(struct running *r)
{
	char chunk[16384];
	ssize_t n = read(r->from, chunk, sizeof(chunk));

	if (n > 0)
		buf_put(&r->answer, chunk, (size_t)n);
	else if (!n || (errno != EAGAIN && errno != EINTR))
		shut(&r->from);
}

/* Until it has said all; false: it takes too long, or says too much. */
static bool
talk(struct running *r)
{
	int64_t until_us = clock_mono_us() + (int64_t)r->s->timeout_ms * 1000;

	while (r->from >= 0 && !r->answer.overflow) {
		struct pollfd ends[2] = { { .fd = r->from, .events = POLLIN },
			{ .fd = r->to, .events = POLLOUT } };
		int64_t left_us = until_us - clock_mono_us();

		if (left_us <= 0)
			return false;
		if (poll(ends, 2, (int)(left_us / 1000) + 1) < 0 && errno != EINTR)
			return false;
		if (ends[1].revents)
			put(r);
		if (ends[0].revents)
			take(r);
	}
	return !r->answer.overflow;
}

void
spawn_run(struct arena *a, struct spawn *s)
{
	struct running r = { .s = s, .to = -1, .from = -1 };
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	bool whole;
	int status = 0;

	s->answer = s->fault = (struct str){ 0 };
	buf_init(&r.answer, a, MIN((size_t)FIRST_ROOM, s->answer_max), s->answer_max);
	if (begin(a, &r))
		return;
	(void)sigaction(SIGPIPE, &ignore, &before);
	whole = talk(&r);
	(void)sigaction(SIGPIPE, &before, NULL);
	shut(&r.to);
	shut(&r.from);
	if (!whole)
		(void)kill(r.pid, SIGKILL);
	while (waitpid(r.pid, &status, 0) < 0 && errno == EINTR)
		;
	if (whole && WIFEXITED(status) && !WEXITSTATUS(status))
		s->answer = buf_view(&r.answer);
	else if (!whole)
		s->fault = str_fmt(a, "%s took more than %d ms, or said more than %zu bytes",
			s->program, s->timeout_ms, s->answer_max);
	else
		s->fault = str_fmt(a, "%s ended with %s %d", s->program,
			WIFEXITED(status) ? "status" : "signal",
			WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}
