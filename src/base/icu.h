/* What the files that use ICU share. */
#ifndef SOUK_BASE_ICU_H
#define SOUK_BASE_ICU_H

#include "base/base.h"

#include <unicode/utypes.h>

/* A call of ICU that can only fail for want of memory, or because we are wrong. */
static inline void
icu_must(UErrorCode status)
{
	must_have(status != U_MEMORY_ALLOCATION_ERROR);
	must(U_SUCCESS(status));
}

#endif
