/* How a debug build runs out of memory when a test wants it to. */
#ifndef SOUK_BASE_STARVE_H
#define SOUK_BASE_STARVE_H

#include "base/base.h"

/*
 * The nth allocation from now on (1 is the next), be it ours or a library's, fails, and the log says so; 0: none does.
 * Release builds, and those for AddressSanitizer, which have a malloc() that is not ours, do nothing.
 */
void starve(unsigned nth);

#endif
