/*
 * What is assured is asked for at once, and given back: the heap has it then, and there is nobody else who could take it. A
 * debug build defines malloc() and its kin here, in the program, and so for all libraries of this process too; they
 * call glibc's own.
 */
#include "base/memory.h"

#include "base/log.h"

#if defined(SOUK_DEBUG) && !ADDRESS_SANITIZER

void *libc_malloc(size_t size) __asm__("__libc_malloc");
void *libc_calloc(size_t nmemb, size_t size) __asm__("__libc_calloc");
void *libc_realloc(void *ptr, size_t size) __asm__("__libc_realloc");

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
	return is_due(size) ? NULL : libc_malloc(size);
}

void *
calloc(size_t nmemb, size_t size)
{
	return is_due(nmemb * size) ? NULL : libc_calloc(nmemb, size);
}

void *
realloc(void *ptr, size_t size)
{
	return is_due(size) ? NULL : libc_realloc(ptr, size);
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
