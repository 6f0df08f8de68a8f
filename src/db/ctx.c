#include "db/ctx.h"

#include "base/clock.h"

bool
ctx_may(const struct ctx *cx, const char *scope)
{
	if (!scope)
		return true;
	for (size_t i = 0; i < cx->scopes.n; i++) {
		if (str_eq_z(cx->scopes.s[i], "*") || str_eq_z(cx->scopes.s[i], scope))
			return true;
	}
	return false;
}

struct str
ctx_zone(const struct ctx *cx)
{
	return cx->shown.zone.n ? cx->shown.zone : cx->time_zone;
}

int
ctx_left_ms(const struct ctx *cx, int most)
{
	int64_t left = cx->deadline_us ? (cx->deadline_us - clock_mono_us()) / 1000 : most;

	return (int)MAX(MIN(left, most), 1);
}
