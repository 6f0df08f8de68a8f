/*
 * The master serves no request and touches no database. It waits for signals only, all of them
 * blocked and taken one by one, so there is no handler and nothing happens at a bad moment.
 *
 * A worker asked to end may be about to wait for its next request just then and miss the signal;
 * hence the asking is repeated until it is gone.
 */
#include "web/master.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#define EXIT_NO_SOCKET 69 /* EX_UNAVAILABLE */
#define EXIT_AGAIN 75     /* EX_TEMPFAIL */
#define BACKLOG 4096      /* a full one is an immediate 502 */
#define PEOPLE_MAX 192
#define TICK_US 100000
#define REST_US 1000000 /* between ticks while nothing is going on */
#define DELAY_FIRST_US 100000
#define DELAY_MOST_US 5000000
#define DELAY_FORK_US 1000000
#define PATIENCE_US 12000000 /* a request ends within 5 s; after this a worker is killed */
/* What a program executed anew finds in its environment. */
#define OLD_SOCKET "MASTER_OLD_SOCKET"
#define OLD_WORKERS "MASTER_OLD_WORKERS"

struct person {
	pid_t pid; /* 0: nobody */
	int64_t born_us;
	int64_t asked_us; /* when it was first asked to end; 0: it serves */
};

struct state {
	const struct master *m;
	int listen_fd;
	struct person people[PEOPLE_MAX];
	/* Shared with the workers: whether the one in that place has come to serve. */
	atomic_bool *grown;
	bool ending;
	int64_t delay_us, next_birth_us;
};

/* ---- the socket */

/* True if somebody answers there, so that the path must be left alone. */
static bool
is_alive(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool alive;

	if (fd < 0)
		return false;
	alive = connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0;
	close(fd);
	return alive;
}

static int
bind_to(int fd, const struct sockaddr_un *address)
{
	if (is_alive(address)) {
		errno = EADDRINUSE;
		return -1;
	}
	unlink(address->sun_path);
	if (bind(fd, (const struct sockaddr *)address, sizeof(*address)) ||
		chmod(address->sun_path, 0660))
		return -1;
	return listen(fd, BACKLOG);
}

/* The socket that systemd or the program we replaced has opened; -1: none. */
static int
take_socket(void)
{
	struct str text = str_of(getenv(OLD_SOCKET));
	int64_t fd = -1;

	if (sd_listen_fds(1) > 0)
		return SD_LISTEN_FDS_START;
	if (text.n && str_int(text, &fd) && fd > 2 && fd < INT32_MAX)
		fcntl((int)fd, F_SETFD, FD_CLOEXEC);
	unsetenv(OLD_SOCKET);
	return (int)fd;
}

/* One handed to us, else one of our own; -1: errno. */
static int
open_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = take_socket();

	if (fd >= 0)
		return fd;
	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && bind_to(fd, &address)) {
		int error = errno;

		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

/* ---- people */

/* In a worker: its place in state.grown. */
static atomic_bool *own_mark;

void
master_ready(void)
{
	if (own_mark)
		atomic_store(own_mark, true);
}

static atomic_bool *
mark_of(const struct state *s, const struct person *p)
{
	return &s->grown[p - s->people];
}

static int
count(const struct state *s, bool serving)
{
	int n = 0;

	for (size_t i = 0; i < PEOPLE_MAX; i++)
		n += s->people[i].pid && (s->people[i].asked_us == 0) == serving;
	return n;
}

static struct person *
find(struct state *s, pid_t pid)
{
	for (size_t i = 0; i < PEOPLE_MAX; i++)
		if (s->people[i].pid == pid)
			return &s->people[i];
	return NULL;
}

/* In the new process. It goes down with the master, or else it would serve a socket nobody uses. */
NORETURN static void
live(const struct state *s, pid_t master)
{
	sigset_t none;

	sigemptyset(&none);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != master)
		_exit(0);
	sigprocmask(SIG_SETMASK, &none, NULL);
	exit(s->m->work(s->m->arg, s->listen_fd));
}

static bool
give_birth(struct state *s)
{
	struct person *p = find(s, 0);
	pid_t master = getpid(), pid;

	if (!p)
		return false;
	atomic_store(mark_of(s, p), false);
	pid = fork();
	if (pid == 0) {
		own_mark = mark_of(s, p);
		live(s, master);
	}
	if (pid < 0) {
		log_say(LOG_ERROR, "fork_failed", "%s", strerror(errno));
		s->next_birth_us = clock_mono_us() + DELAY_FORK_US;
		return false;
	}
	*p = (struct person){ .pid = pid, .born_us = clock_mono_us() };
	metrics_add(METRIC_WORKERS_STARTED, 1);
	return true;
}

static void
fill_up(struct state *s)
{
	if (s->ending || clock_mono_us() < s->next_birth_us)
		return;
	for (int missing = s->m->workers - count(s, true); missing > 0; missing--)
		if (!give_birth(s))
			return;
}

static void
signal_all(const struct state *s, int signal_number)
{
	for (size_t i = 0; i < PEOPLE_MAX; i++)
		if (s->people[i].pid)
			kill(s->people[i].pid, signal_number);
}

/* Asks everybody who was there before `us` to end. */
static void
retire(struct state *s, int64_t us)
{
	for (size_t i = 0; i < PEOPLE_MAX; i++) {
		struct person *p = &s->people[i];

		if (p->pid && !p->asked_us && p->born_us < us)
			p->asked_us = clock_mono_us();
	}
}

static void
remind(struct state *s)
{
	int64_t now_us = clock_mono_us();

	for (size_t i = 0; i < PEOPLE_MAX; i++) {
		const struct person *p = &s->people[i];

		if (!p->pid || !p->asked_us)
			continue;
		if (now_us - p->asked_us > PATIENCE_US)
			log_line(LOG_ERROR, "worker_killed", LOG_I("worker", p->pid));
		kill(p->pid, now_us - p->asked_us > PATIENCE_US ? SIGKILL : SIGTERM);
	}
}

/*
 * Who dies before he could serve makes his successors wait, longer each time: what was wrong with him is
 * likely wrong with them. Who could serve is replaced at once, however he died and however young.
 */
static void
mourn(struct state *s, struct person *p, int status)
{
	bool well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	bool grown = atomic_load(mark_of(s, p));
	bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && p->asked_us;

	metrics_add(METRIC_WORKERS_DIED, !well);
	metrics_add(METRIC_WORKERS_KILLED, killed);
	if (!well)
		log_line(LOG_ERROR, "worker_died", LOG_I("worker", p->pid),
			LOG_I("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0),
			LOG_I("exit", WIFEXITED(status) ? WEXITSTATUS(status) : -1));
	if (!well && !grown && !p->asked_us) {
		s->delay_us = MIN(MAX(2 * s->delay_us, DELAY_FIRST_US), DELAY_MOST_US);
		s->next_birth_us = clock_mono_us() + s->delay_us;
	} else if (grown) {
		s->delay_us = 0;
	}
	p->pid = 0;
}

static void
bury(struct state *s)
{
	int status;
	pid_t pid;

	for (;;) {
		struct person *p;

		pid = waitpid(-1, &status, WNOHANG);
		if (pid <= 0)
			return;
		p = find(s, pid);
		if (p)
			mourn(s, p, status);
	}
}

/* ---- executing anew: same process, same socket, same children */

static void
name_workers(const struct state *s)
{
	char text[PEOPLE_MAX * 12] = "";
	size_t n = 0;

	for (size_t i = 0; i < PEOPLE_MAX; i++)
		if (s->people[i].pid)
			n += (size_t)snprintf(
				text + n, sizeof(text) - n, "%d,", (int)s->people[i].pid);
	setenv(OLD_WORKERS, text, 1);
}

/* Comes back only if the program cannot be executed. */
static void
execute_anew(struct state *s)
{
	char fd[24];

	(void)snprintf(fd, sizeof(fd), "%d", s->listen_fd);
	setenv(OLD_SOCKET, fd, 1);
	name_workers(s);
	if (fcntl(s->listen_fd, F_SETFD, 0) == 0)
		execvp(s->m->argv[0], s->m->argv);
	log_say(LOG_ERROR, "exec_failed", "%s: %s", s->m->argv[0], strerror(errno));
	fcntl(s->listen_fd, F_SETFD, FD_CLOEXEC);
	unsetenv(OLD_SOCKET);
	unsetenv(OLD_WORKERS);
}

/* The workers of the program that we replaced: they go when ours are there. */
static void
take_over(struct state *s)
{
	struct str rest = str_of(getenv(OLD_WORKERS)), one;
	int64_t pid;

	while (str_split(&rest, ',', &one)) {
		struct person *p = find(s, 0);

		if (p && str_int(one, &pid) && pid > 1 && pid <= INT32_MAX)
			*p = (struct person){ .pid = (pid_t)pid, .born_us = clock_mono_us() - 1 };
	}
	unsetenv(OLD_WORKERS);
	retire(s, clock_mono_us());
}

/* ---- the loop */

static void
react(struct state *s, int signal_number)
{
	int64_t now_us = clock_mono_us();

	switch (signal_number) {
	case SIGCHLD:
		bury(s);
		break;
	case SIGHUP:
		log_line(LOG_INFO, "reload", LOG_I("workers", s->m->workers));
		retire(s, now_us);
		break;
	case SIGUSR1:
		log_reopen();
		signal_all(s, SIGUSR1);
		break;
	case SIGUSR2:
		execute_anew(s);
		break;
	case SIGTERM:
	case SIGINT:
	case SIGQUIT:
		s->ending = true;
		sd_notify(0, "STOPPING=1");
		retire(s, INT64_MAX);
		break;
	default:
		break;
	}
}

static int
next_signal(const struct state *s, const sigset_t *signals)
{
	bool busy = s->ending || count(s, false) || count(s, true) < s->m->workers;
	int64_t us = busy ? TICK_US : REST_US;
	struct timespec wait = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };

	return sigtimedwait(signals, NULL, &wait);
}

static void
block_signals(sigset_t *signals)
{
	static const int taken[] = { SIGCHLD, SIGHUP, SIGUSR1, SIGUSR2, SIGTERM, SIGINT, SIGQUIT };

	sigemptyset(signals);
	for (size_t i = 0; i < COUNT(taken); i++)
		sigaddset(signals, taken[i]);
	sigprocmask(SIG_BLOCK, signals, NULL);
}

int
master_run(const struct master *m)
{
	struct state s = { .m = m, .listen_fd = open_socket(m->listen) };
	sigset_t signals;

	if (s.listen_fd < 0) {
		log_say(LOG_ERROR, "no_socket", "%s: %s", m->listen, strerror(errno));
		return EXIT_NO_SOCKET;
	}
	s.grown = mmap(NULL, PEOPLE_MAX * sizeof(*s.grown), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s.grown == MAP_FAILED) {
		log_say(LOG_ERROR, "no_memory", "%s", strerror(errno));
		return EXIT_AGAIN;
	}
	block_signals(&signals);
	take_over(&s);
	fill_up(&s);
	metrics_set(METRIC_START_TIME, clock_real_ms() / 1000);
	metrics_set(METRIC_WORKERS_WANTED, m->workers);
	log_line(LOG_INFO, "started", LOG_Z("listen", m->listen), LOG_I("workers", m->workers));
	sd_notify(0, "READY=1");
	while (!s.ending || count(&s, true) + count(&s, false) > 0) {
		react(&s, next_signal(&s, &signals));
		fill_up(&s);
		metrics_set(METRIC_WORKERS, count(&s, true) + count(&s, false));
		remind(&s);
		sd_notify(0, "WATCHDOG=1");
	}
	log_line(LOG_INFO, "ended", LOG_I("worker_count", 0));
	return 0;
}
