/*
 * malloc() and its kin are defined here, in the program, and so for all libraries of this process too; they
 * call glibc's own.
 */
#include "base/starve.h"

#include "base/log.h"

#if defined(SOUK_DEBUG) && !ADDRESS_SANITIZER

/* NOLINTBEGIN(bugprone-reserved-identifier): glibc's names */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
/* NOLINTEND(bugprone-reserved-identifier) */

static unsigned left;

void
starve(unsigned nth)
{
	left = nth;
}

/* True if this one is to fail. */
static bool
is_due(size_t size)
{
	if (!left || --left > 0)
		return false;
	log_line(LOG_INFO, "starved", LOG_I("asked", (int64_t)size));
	errno = ENOMEM;
	return true;
}

void *
malloc(size_t size)
{
	return is_due(size) ? NULL : __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	return is_due(n * size) ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t size)
{
	return is_due(size) ? NULL : __libc_realloc(p, size);
}

#else

void
starve(unsigned nth UNUSED)
{
}

#endif
