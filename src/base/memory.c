/*
 * What is assured is asked for at once, and given back: the heap has it then, and there is nobody else who could take it. A
 * debug build defines malloc() and its kin here, in the program, and so for all libraries of this process too; they
 * call glibc's own.
 */
#include "base/memory.h"

#include "base/log.h"

#if defined(SOUK_DEBUG) && !ADDRESS_SANITIZER

/* NOLINTBEGIN(bugprone-reserved-identifier): glibc's names */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
/* NOLINTEND(bugprone-reserved-identifier) */

static unsigned left;
static bool is_assured;

void
memory_starve(unsigned nth)
{
	left = nth;
}

static void
assured(bool is)
{
	is_assured = is;
}

/* True if this one is to fail. */
static bool
is_due(size_t size)
{
	if (!left || is_assured || --left > 0)
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
memory_starve(unsigned nth UNUSED)
{
}

static void
assured(bool is UNUSED)
{
}

#endif

void
memory_assure(size_t size)
{
	void *volatile room = malloc(size); /* volatile, or else the compiler drops the pair */

	must_have(room);
	free(room);
	assured(true);
}

void
memory_assured(void)
{
	assured(false);
}
