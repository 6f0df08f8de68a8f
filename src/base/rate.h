/*
 * Exchange rates: how many of one currency another is worth. Every rate goes through the euro, is cut to ten
 * digits that count, and is then exact: what is shown with a price suffices to work it out again.
 */
#ifndef SOUK_BASE_RATE_H
#define SOUK_BASE_RATE_H

#include "base/base.h"

/* The day of the table, and when it was fixed: 16:00 in Frankfurt. */
#define RATE_DAY "2026-04-13"
#define RATE_AT "2026-04-13T14:00:00Z"

/* n * 10^-scale */
struct rate {
	int64_t n;
	int scale;
};

#define RATE_TEXT 24

/* How many `to` one `from` is worth (codes in upper case); false if there is no rate of one of them. */
bool rate_find(struct str from, struct str to, struct rate *out);
/* "0.9123", without a NUL; gives the length. */
size_t rate_render(struct rate r, char out[RATE_TEXT]);
/* The nth currency that has a rate, in the order of the alphabet; NULL behind the last. */
const char *rate_currency(size_t n);

/*
 * Minor units of the one currency as minor units of the other, half-up (D2, D59); the digits are those of
 * their minor units. False if the result does not fit in 64 bits.
 */
bool rate_convert(
	struct rate r, int64_t minor, int from_digits, int to_digits, int64_t *out) MUST_CHECK;
/* The same the other way: what was converted by that rate, in the currency that it came from. from_digits: of `minor`. */
bool rate_convert_back(
	struct rate r, int64_t minor, int from_digits, int to_digits, int64_t *out) MUST_CHECK;

#endif
