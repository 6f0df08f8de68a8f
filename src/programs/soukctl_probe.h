/* Asks the workers for a sign of life, by the protocol that nginx speaks to them. */
#ifndef SOUK_SOUKCTL_PROBE_H
#define SOUK_SOUKCTL_PROBE_H

#include "base/base.h"

/*
 * Sends GET /livez to the FastCGI socket and waits up to two seconds. NULL if a worker said that it is
 * alive, else what happened instead.
 */
const char *probe_workers(const char *socket_path);

#endif
