/*
 * Time: milliseconds since 1970-01-01T00:00:00Z, UTC. There is one clock; tests set it. Ids, limits,
 * signatures and leases use real time (D77), so they ask clock_real_ms().
 */
#ifndef SOUK_BASE_CLOCK_H
#define SOUK_BASE_CLOCK_H

#include "base/base.h"

int64_t clock_real_ms(void);
int64_t clock_real_us(void);
/* Monotonic, for durations only. */
int64_t clock_mono_us(void);
/* The clock of business rules: real time plus the offset. */
int64_t clock_now_ms(void);
void clock_offset_ms(int64_t offset);

#define CLOCK_TEXT 24 /* "2026-01-15T10:30:00.000Z" */

/*
 * Writes "2026-01-15T10:30:00Z", with ".123" before the Z if the milliseconds are not 0, without a
 * NUL; gives the length (20 or 24). Years 0001 to 9999.
 */
size_t clock_render(int64_t ms, char out[CLOCK_TEXT]);

/*
 * Reads an RFC 3339 date-time ("T" or "t" or a space, any offset, fraction cut to milliseconds).
 * False on anything else: no leap second, no 24:00, no day that the month does not have.
 */
bool clock_parse(struct str s, int64_t *ms);
/* Reads "YYYY-MM-DD" as midnight UTC. */
bool clock_parse_date(struct str s, int64_t *ms);
/* "Thu, 15 Jan 2026 10:30:00 GMT" (RFC 9110 §5.6.7) and back; out holds 29 bytes, no NUL. */
void clock_render_http(int64_t ms, char out[29]);
bool clock_parse_http(struct str s, int64_t *ms);

/* Days since 1970-01-01 of a civil date, and back (proleptic Gregorian). */
int64_t clock_days(int year, int month, int day);
void clock_civil(int64_t days, int *year, int *month, int *day);
/*
 * The same time of day so many months later (n ≥ 0), in UTC; on the last day of a month that has no such day, so months
 * are counted from the first moment and not one after the other: 31 January + 1 is 28 February, + 2 is 31 March.
 */
int64_t clock_add_months(int64_t ms, int64_t n);

#endif
