/*
 * The master of the workers, in the manner of php-fpm: holds the socket, keeps the number of workers and
 * the keeper, replaces them without losing a request, and kills those that are stuck.
 */
#ifndef SOUK_WEB_MASTER_H
#define SOUK_WEB_MASTER_H

#include "base/base.h"

struct master {
	const char *
		listen; /* path of the unix socket; unused if systemd hands one over (LISTEN_FDS) */
	int workers;
	/* A worker's whole life, in its own process; gives its exit status. */
	int (*work)(void *arg, int listen_fd);
	/* The same for the one keeper, with the signals blocked: it takes SIGTERM, which ends it, and SIGUSR1 by itself. */
	int (*keep)(void *arg);
	void *arg;
	int64_t memory_mb; /* address space that each of them may use */
	int64_t drain_s;   /* how long they serve on after the master was told to end */
	char **argv;       /* of this program: how it is executed anew */
};

/*
 * Runs until SIGTERM, SIGINT or SIGQUIT; then, drain_s later, lets the workers finish what they have in hand.
 * SIGHUP: new workers, then SIGTERM to the old. SIGUSR1: everybody opens the log anew. SIGUSR2: executes the
 * program anew, which takes over socket and workers. Gives the exit status: 0, 69 if there is no socket, 75 without memory.
 */
int master_run(const struct master *m);

/*
 * In a worker: it has all it needs and takes its first request now. A worker that dies before makes the next one wait,
 * from 0.1 s up to 5 s; one that dies afterwards is replaced at once.
 */
void master_ready(void);

/*
 * In a worker: has a task in hand, named by a request's id, until it says that it is idle. One that is at the same task for
 * eight seconds is killed and replaced, and the log says at which.
 */
void master_busy(struct str task);
void master_idle(void);

/* In a worker: the master was told to end; no more requests should come. */
bool master_is_ending(void);

#endif
