/*
 * Exact decimals as 64-bit counts of 10^-scale. No double comes near: text in, text out, checked
 * arithmetic, and one rounding function whose mode is named at the call (D59).
 */
#ifndef SOUK_BASE_DECIMAL_H
#define SOUK_BASE_DECIMAL_H

#include "base/base.h"

enum decimal_fault { DECIMAL_OK, DECIMAL_SYNTAX, DECIMAL_DIGITS, DECIMAL_RANGE };

#define DECIMAL_TEXT 24

/*
 * Reads JSON number syntax ("199.990", "2e3", "-0.5") as a count of 10^-scale. DECIMAL_DIGITS if a
 * digit other than 0 would be lost, DECIMAL_RANGE beyond 64 bits. scale 0–18.
 */
enum decimal_fault decimal_parse(struct str s, int scale, int64_t *out);
/* Writes "199.99" (always `scale` places, trailing zeros kept), without a NUL; gives the length. */
size_t decimal_render(int64_t n, int scale, char out[DECIMAL_TEXT]);
/* The same with trailing zeros (and a bare point) cut: "199.5", "20". */
size_t decimal_render_short(int64_t n, int scale, char out[DECIMAL_TEXT]);

enum decimal_rounding { ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_DOWN, ROUND_UP };

/*
 * n * num / den rounded by mode, in 128 bits between. ROUND_HALF_UP takes a half away from zero,
 * ROUND_DOWN goes towards zero, ROUND_UP away from it. False if the result does not fit; den > 0.
 */
bool decimal_scale(
	int64_t n, int64_t num, int64_t den, enum decimal_rounding mode, int64_t *out) MUST_CHECK;
bool decimal_add(int64_t a, int64_t b, int64_t *out) MUST_CHECK;

#endif
