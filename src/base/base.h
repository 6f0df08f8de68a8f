/*
 * What every file of Souk may take for granted: fixed-width integers, string views, assertions that
 * stay on in production, and the attributes that let the compiler hold us to our word.
 * This is the only collective header; everything else is included by name.
 */
#ifndef SOUK_BASE_H
#define SOUK_BASE_H

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))
#define NORETURN __attribute__((noreturn))
#define UNUSED __attribute__((unused))

/* 1 if built for AddressSanitizer, which brings its own malloc() and needs terabytes of address space. */
#if defined(__SANITIZE_ADDRESS__)
#define ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ADDRESS_SANITIZER 1
#endif
#endif
#ifndef ADDRESS_SANITIZER
#define ADDRESS_SANITIZER 0
#endif

/* A view of bytes that somebody else owns; never NUL-terminated by promise. {NULL, 0} is absent. */
struct str {
	const char *p;
	size_t n;
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
/* Arguments for "%.*s". */
#define STRF(s) (int)(s).n, (s).p ? (s).p : ""

/* A number that names one object; a quantity cannot pass for it. 0 is "none". */
struct id {
	int64_t n;
};

/* Checks an invariant, in production too: logs where and what, then aborts this worker. */
#define must(cond) ((cond) ? (void)0 : must_failed(#cond, __FILE__, __LINE__, __func__))
NORETURN void must_failed(const char *what, const char *file, int line, const char *function);
/* The same for what can only fail for want of memory: logs what, then this worker exits with 71. */
#define must_have(cond) ((cond) ? (void)0 : must_have_failed(#cond))
NORETURN void must_have_failed(const char *what);

struct arena; /* for the headers below, whichever of them was included first */

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#endif
