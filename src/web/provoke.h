/*
 * What debug builds let a request do to its own worker, for tests; release builds do none of it.
 *
 * X-Souk-Fault: 1213@3      the third statement of the handler fails with that MariaDB error (db_fault())
 * X-Souk-Fault: memory@3    the third allocation of the request fails; not again when it is repeated on another worker
 * X-Souk-Exit: loop         it never ends
 * X-Souk-Exit: leak         it loses 64 MiB of memory
 * X-Souk-Exit: after-commit the worker ends between commit and answer (web/rest.c)
 * X-Souk-Exit: after-first  the worker ends before a call to the outside (model/outside.c), and
 * X-Souk-Exit: after-call   behind it, before the second transaction; neither when a repeat completes it
 * X-Souk-Reads: 1           Server-Timing says how many rows the handler read
 */
#ifndef SOUK_WEB_PROVOKE_H
#define SOUK_WEB_PROVOKE_H

#include "base/base.h"

struct call;

/* Before the fork. */
void provoke_setup(void);

/* Around the whole request; NULL: it is over. */
void provoke_memory(const struct call *c);

/* Before and behind the handler. */
void provoke_begin(struct call *c);
void provoke_end(struct call *c);

#endif
