/* Free space of file systems. */
#ifndef SOUK_BASE_SPACE_H
#define SOUK_BASE_SPACE_H

#include "base/base.h"

/*
 * How many percent of the file system that holds `path` we may still fill, rounded down, as df(1) counts: what is kept for
 * root is not there. -1 (errno) if it cannot be looked at.
 */
int space_percent(const char *path);

#endif
