/* A worker's life: take a request, see who asks, let the route answer, send it, log it, again. */
#ifndef SOUK_WEB_SERVE_H
#define SOUK_WEB_SERVE_H

#include "base/base.h"

struct site;

/*
 * Serves until this process is told to end or has served its share; gives its exit status: 0, or 75 if
 * it could not begin.
 */
int serve(const struct site *site, int listen_fd);

#endif
