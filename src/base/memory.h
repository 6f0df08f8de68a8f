/* Memory that runs out: for libraries that do not look whether they got what they asked for, and for tests. */
#ifndef SOUK_BASE_MEMORY_H
#define SOUK_BASE_MEMORY_H

#include "base/base.h"

/*
 * Sees to it that `size` bytes, in whatever pieces, can be allocated from here to memory_assured(); else this process exits
 * with 71. It holds for what this process can lack by itself: address space, up to its limit.
 */
void memory_assure(size_t size);
void memory_assured(void);

/*
 * The nth allocation from now on (1 is the next), be it ours or a library's, fails, and the log says so; what was assured does
 * not. 0: none does. Only in debug builds, and not in those for AddressSanitizer, which have a malloc() that is not ours.
 */
void memory_starve(unsigned nth);

#endif
