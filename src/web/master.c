/*
 * The master serves no request and touches no database. It waits for signals only, all of them
 * blocked and taken one by one, so there is no handler and nothing happens at a bad moment. What it knows of
 * its people beyond that, they write into memory that it shares with them: the hall.
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
#include <sys/resource.h>
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
#define STUCK_US 8000000     /* who is so long at one request is killed: it ends within 5 s */
#define PATIENCE_US 12000000 /* and so is who was asked to end so long ago */
#define TASK_MAX 64
#define FILES_MOST 256 /* open at once, of a worker */
/* What a program executed anew finds in its environment. */
#define OLD_SOCKET "MASTER_OLD_SOCKET"
#define OLD_WORKERS "MASTER_OLD_WORKERS"

enum role { WORKER, KEEPER, ROLE__MAX };

static const char *const role_names[] = { "worker", "keeper" };

struct person {
	pid_t pid; /* 0: nobody */
	enum role role;
	int64_t born_us;
	int64_t asked_us; /* when it was first asked to end; 0: it serves */
	bool killed;      /* by us, since it did not end or was stuck */
};

/* What a person tells the master; its place is that of the person. */
struct told {
	atomic_bool grown;             /* it has come to serve */
	_Atomic int64_t busy_since_us; /* 0: it has nothing in hand */
	char task[TASK_MAX];           /* what it has in hand, else what it had */
};

struct hall {
	atomic_bool ending; /* the master was told to end */
	struct told told[PEOPLE_MAX];
};

/* How long births of a role wait, since those who were born died young. */
struct births {
	int64_t delay_us, next_us;
};

struct state {
	const struct master *m;
	int listen_fd;
	struct person people[PEOPLE_MAX];
	struct hall *hall;
	struct births births[ROLE__MAX];
	bool ending;
	int64_t leave_us; /* if it is ending: when everybody is asked to */
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

/* In a worker or keeper: the hall, and what it tells there. */
static struct hall *own_hall;
static struct told *own_told;

void
master_ready(void)
{
	if (own_told)
		atomic_store(&own_told->grown, true);
}

void
master_busy(struct str task)
{
	size_t n = MIN(task.n, TASK_MAX);

	if (!own_told)
		return;
	memcpy(own_told->task, task.p, n);
	memset(own_told->task + n, 0, TASK_MAX - n);
	atomic_store_explicit(&own_told->busy_since_us, clock_mono_us(), memory_order_release);
}

void
master_idle(void)
{
	if (own_told)
		atomic_store_explicit(&own_told->busy_since_us, 0, memory_order_release);
}

bool
master_is_ending(void)
{
	return own_hall && atomic_load_explicit(&own_hall->ending, memory_order_relaxed);
}

static struct told *
told_by(const struct state *s, const struct person *p)
{
	return &s->hall->told[p - s->people];
}

static int
wanted(const struct state *s, enum role role)
{
	return role == WORKER ? s->m->workers : 1;
}

/* Those who serve; with `leaving`, those too who were asked to end. */
static int
count(const struct state *s, enum role role, bool leaving)
{
	int n = 0;

	for (size_t i = 0; i < PEOPLE_MAX; i++) {
		const struct person *p = &s->people[i];

		n += p->pid && p->role == role && (leaving || !p->asked_us);
	}
	return n;
}

static bool
is_anybody_there(const struct state *s)
{
	return count(s, WORKER, true) + count(s, KEEPER, true) > 0;
}

/* All are there who shall be, and nobody else. */
static bool
is_settled(const struct state *s)
{
	for (enum role role = 0; role < ROLE__MAX; role++)
		if (count(s, role, false) != wanted(s, role) ||
			count(s, role, true) != wanted(s, role))
			return false;
	return !s->ending;
}

static struct person *
find(struct state *s, pid_t pid)
{
	for (size_t i = 0; i < PEOPLE_MAX; i++)
		if (s->people[i].pid == pid)
			return &s->people[i];
	return NULL;
}

/* True if the limit holds; a lower one that is there already stays. */
static bool
limit(int resource, rlim_t most)
{
	struct rlimit l;

	if (getrlimit(resource, &l))
		return false;
	l.rlim_cur = MIN(l.rlim_cur, most);
	l.rlim_max = MIN(l.rlim_max, most);
	return setrlimit(resource, &l) == 0;
}

/* What a leak or a mistake of one process can take from the host. A core would hold secrets. */
static void
set_limits(const struct state *s)
{
	bool set = limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, FILES_MOST);

	if (!ADDRESS_SANITIZER)
		set = limit(RLIMIT_AS, (rlim_t)s->m->memory_mb << 20) && set;
	if (!set)
		log_say(LOG_WARN, "no_limits", "%s", strerror(errno));
#ifndef SOUK_DEBUG
	/* Nor shall another program of the same user read it, or a collector of cores be given it. */
	prctl(PR_SET_DUMPABLE, 0);
#endif
}

/* In the new process. It goes down with the master, or else it would serve a socket nobody uses. */
NORETURN static void
live(const struct state *s, enum role role, pid_t master)
{
	sigset_t none;

	sigemptyset(&none);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != master)
		_exit(0);
	set_limits(s);
	if (role == KEEPER) { /* waits for signals as the master does */
		prctl(PR_SET_NAME, "souk-keeper");
		exit(s->m->keep(s->m->arg));
	}
	sigprocmask(SIG_SETMASK, &none, NULL);
	exit(s->m->work(s->m->arg, s->listen_fd));
}

static bool
give_birth(struct state *s, enum role role)
{
	struct person *p = find(s, 0);
	pid_t master = getpid(), pid;

	if (!p)
		return false;
	atomic_store(&told_by(s, p)->grown, false);
	atomic_store(&told_by(s, p)->busy_since_us, 0);
	pid = fork();
	if (pid == 0) {
		own_hall = s->hall;
		own_told = told_by(s, p);
		live(s, role, master);
	}
	if (pid < 0) {
		log_say(LOG_ERROR, "fork_failed", "%s", strerror(errno));
		s->births[role].next_us = clock_mono_us() + DELAY_FORK_US;
		return false;
	}
	*p = (struct person){ .pid = pid, .role = role, .born_us = clock_mono_us() };
	metrics_add(METRIC_WORKERS_STARTED, role == WORKER);
	return true;
}

/* They serve on until everybody is asked to end. */
static bool
is_leaving(const struct state *s)
{
	return s->ending && clock_mono_us() >= s->leave_us;
}

static void
fill_up(struct state *s)
{
	if (is_leaving(s))
		return;
	for (enum role role = 0; role < ROLE__MAX; role++) {
		int missing = wanted(s, role) - count(s, role, false);

		while (missing-- > 0 && clock_mono_us() >= s->births[role].next_us)
			if (!give_birth(s, role))
				return;
	}
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

	if (is_leaving(s))
		retire(s, INT64_MAX);
	for (size_t i = 0; i < PEOPLE_MAX; i++) {
		struct person *p = &s->people[i];

		if (!p->pid || !p->asked_us || p->killed)
			continue;
		p->killed = now_us - p->asked_us > PATIENCE_US;
		if (p->killed)
			log_line(LOG_ERROR, "worker_killed", LOG_I("worker", p->pid));
		kill(p->pid, p->killed ? SIGKILL : SIGTERM);
	}
}

/* Whoever loops or hangs would be missed by all others; the task is a request's id. */
static void
watch(struct state *s)
{
	int64_t now_us = clock_mono_us();

	for (size_t i = 0; i < PEOPLE_MAX; i++) {
		struct person *p = &s->people[i];
		const struct told *told = told_by(s, p);
		int64_t since_us = atomic_load_explicit(&told->busy_since_us, memory_order_acquire);

		if (!p->pid || p->killed || !since_us || now_us - since_us < STUCK_US)
			continue;
		p->killed = true;
		log_line(LOG_ERROR, "stuck", LOG_Z("role", role_names[p->role]),
			LOG_I("worker", p->pid),
			LOG_S("request_id",
				((struct str){ told->task, strnlen(told->task, TASK_MAX) })),
			LOG_I("us", now_us - since_us));
		kill(p->pid, SIGKILL);
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
	bool grown = atomic_load(&told_by(s, p)->grown);
	struct births *births = &s->births[p->role];

	metrics_add(METRIC_WORKERS_DIED, p->role == WORKER && !well);
	metrics_add(METRIC_WORKERS_KILLED, p->role == WORKER && p->killed);
	if (!well)
		log_line(LOG_ERROR, "worker_died", LOG_Z("role", role_names[p->role]),
			LOG_I("worker", p->pid),
			LOG_I("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0),
			LOG_I("exit", WIFEXITED(status) ? WEXITSTATUS(status) : -1));
	if (!well && !grown && !p->asked_us) {
		births->delay_us = MIN(MAX(2 * births->delay_us, DELAY_FIRST_US), DELAY_MOST_US);
		births->next_us = clock_mono_us() + births->delay_us;
	} else if (grown) {
		births->delay_us = 0;
	}
	*p = (struct person){ 0 };
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

/* Told again, nobody is waited for. */
static void
end(struct state *s)
{
	s->leave_us = clock_mono_us() + (s->ending ? 0 : s->m->drain_s * INT64_C(1000000));
	s->ending = true;
	atomic_store(&s->hall->ending, true);
	sd_notify(0, "STOPPING=1");
}

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
	case SIGURG: /* the keeper's: what workers wait for does not come */
		signal_all(s, SIGURG);
		break;
	case SIGTERM:
	case SIGINT:
	case SIGQUIT:
		end(s);
		break;
	default:
		break;
	}
}

static int
next_signal(const struct state *s, const sigset_t *signals)
{
	int64_t us = is_settled(s) ? REST_US : TICK_US;
	struct timespec wait = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };

	return sigtimedwait(signals, NULL, &wait);
}

static void
block_signals(sigset_t *signals)
{
	static const int taken[] = { SIGCHLD, SIGHUP, SIGURG, SIGUSR1, SIGUSR2, SIGTERM, SIGINT,
		SIGQUIT };

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
	s.hall = mmap(
		NULL, sizeof(*s.hall), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s.hall == MAP_FAILED) {
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
	while (!s.ending || is_anybody_there(&s)) {
		metrics_set(METRIC_WORKERS, count(&s, WORKER, true));
		react(&s, next_signal(&s, &signals));
		watch(&s);
		fill_up(&s);
		remind(&s);
		sd_notify(0, "WATCHDOG=1");
	}
	log_line(LOG_INFO, "ended", LOG_I("worker_count", 0));
	return 0;
}
