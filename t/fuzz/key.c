/* Who asks: a line each of Authorization, X-Tenant-ID, Origin, a scope, an address; then a list of scopes as it is stored. */
#include "fuzz.h"

#include "access/access.h"
#include "access/secret.h"
#include "base/json.h"

/* There is no key in the database: everybody is refused, and told why. */
static void
ask(struct fuzz *f)
{
	struct asking how;
	struct allowance seen;
	struct err *e;

	how.authorization = fuzz_line(f);
	how.tenant = fuzz_line(f);
	how.origin = fuzz_line(f);
	how.sandbox = how.authorization.n % 2;
	(void)secret_is_origin(how.origin);
	e = access_check(&f->cx, &how, &seen);
	must(e && e->code == ERR_UNAUTHENTICATED && !f->cx.holder);
	fuzz_told(f, e);
}

/* Nobody hands on what he has not: who holds nothing, nothing. */
static void
hand_on(struct fuzz *f, struct str scope)
{
	const struct scopes nothing = { 0 };
	struct err *e;

	if (!scope_is_known(scope))
		return;
	must(scope_is_within(f->arena, scope, &f->cx.scopes));
	must(!scope_is_within(f->arena, scope, &nothing));
	must(!scope_is_public(scope) || !str_ends(scope, STR("*")));
	f->cx.scopes = nothing;
	e = access_scope(&f->cx, str_z(f->arena, scope));
	must(e);
	fuzz_told(f, e);
}

void
fuzz_key(struct fuzz *f)
{
	struct scopes held;
	struct json *list;
	struct err *e;

	ask(f);
	hand_on(f, fuzz_line(f));
	if (json_parse(f->arena, f->in, &list)) {
		must(scopes_read(f->arena, f->in, &held));
		return;
	}
	e = scopes_read(f->arena, f->in, &held);
	must(!e && (!held.n || json_length(list)));
	f->cx.scopes = held;
	e = access_scope(&f->cx, "orders:read");
	if (e)
		fuzz_told(f, e);
}
