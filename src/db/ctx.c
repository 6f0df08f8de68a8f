#include "db/ctx.h"

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
