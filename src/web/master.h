/*
 * The master of the workers, in the manner of php-fpm: holds the socket, keeps the number of workers,
 * replaces them without losing a request.
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
	void *arg;
	char **argv; /* of this program: how it is executed anew */
};

/*
 * Runs until SIGTERM, SIGINT or SIGQUIT; then lets the workers finish what they have in hand.
 * SIGHUP: new workers, then SIGTERM to the old. SIGUSR1: everybody opens the log anew. SIGUSR2: executes the
 * program anew, which takes over socket and workers. Gives the exit status: 0, 69 if there is no socket, 75 without memory.
 */
int master_run(const struct master *m);

/*
 * In a worker: it has all it needs and takes its first request now. A worker that dies before makes the next one wait,
 * from 0.1 s up to 5 s; one that dies afterwards is replaced at once.
 */
void master_ready(void);

#endif
