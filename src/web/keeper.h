/*
 * The keeper: one process beside the workers that looks, about once a second, at what they stand on. It
 * asks the database, measures free space, and keeps the record of uptime; what it finds is in shared memory then (base/vitals.h), so
 * that /health, the refusal of writes on a full disk, and who would wait for a database that hangs need not look themselves.
 */
#ifndef SOUK_WEB_KEEPER_H
#define SOUK_WEB_KEEPER_H

#include "base/base.h"

struct config;

/* The keeper's whole life; SIGTERM, SIGINT, SIGQUIT and SIGUSR1 are blocked. Gives its exit status. */
int keeper_run(const struct config *config);

#endif
