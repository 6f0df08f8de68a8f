/*
 * Money and times as people of a language and region write them. The only file that asks ICU for formats:
 * opening one takes it up to 30 ms, so they are kept, at most a few a process.
 */
#ifndef SOUK_BASE_LOCALE_H
#define SOUK_BASE_LOCALE_H

#include "base/base.h"

#define LOCALE_TEXT 160

/* Opens what this language needs, so that what is forked off has it. */
void locale_warm(const char *language);

/*
 * "199,99 €": the decimal number in that currency (upper case) in the style of a locale such as "de" or
 * "de_CH", with as many digits as the currency has. UTF-8, without a NUL; gives the length.
 */
size_t locale_money(
	const char *locale, struct str currency, struct str decimal, char out[LOCALE_TEXT]);

/* "Apr 13, 2026, 4:00 PM": a medium date and a short time of a known zone (base/zone.h), likewise. */
size_t locale_time(const char *locale, struct str zone, int64_t ms, char out[LOCALE_TEXT]);

#endif
