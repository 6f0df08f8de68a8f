/*
 * What the files that use ICU share. ICU asks for memory in many small pieces and does not look at each, so
 * what a call may need is seen to before.
 */
#ifndef SOUK_BASE_ICU_H
#define SOUK_BASE_ICU_H

#include "base/memory.h"

#include <unicode/utypes.h>

#define ICU_USE ((size_t)16 << 10) /* to format, or to look something up */
#define ICU_OPEN ((size_t)1 << 20) /* to open a formatter, a calendar, or tables of zones */

static inline UErrorCode
icu_begin(size_t room)
{
	memory_assure(room);
	return U_ZERO_ERROR;
}

static inline void
icu_end(UErrorCode status)
{
	memory_assured();
	must(U_SUCCESS(status));
}

#endif
