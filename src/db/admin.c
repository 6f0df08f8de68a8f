#include "db/admin.h"
#include "db/db_int.h"

#include "base/buf.h"
#include "base/config.h"

#define SCRIPT_MAX ((size_t)4 << 20)

struct err *
db_admin_open(struct arena *a, const char *socket, const char *user, int wait_ms, struct db **out)
{
	struct db *db = ARENA_NEW(a, struct db);
	struct err *e;

	*db = (struct db){ .socket = socket, .user = user, .is_admin = true };
	e = conn_open(a, db, wait_ms);
	db->patient = true;
	*out = e ? NULL : db;
	return e;
}

struct err *
db_script(struct ctx *cx, struct str sql)
{
	struct err *e = NULL;
	struct buf b;

	must(!cx->db->in_tx);
	buf_init(&b, cx->arena, 4096, SCRIPT_MAX);
	while (!e && script_next(&sql, &b)) {
		e = conn_text(cx, buf_view(&b));
		b.n = 0;
	}
	return e;
}

struct str
db_quote(struct arena *a, struct str text)
{
	struct buf b;

	buf_init(&b, a, text.n + 16, SCRIPT_MAX);
	buf_char(&b, '\'');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\'' || text.p[i] == '\\')
			buf_char(&b, '\\');
		buf_char(&b, text.p[i]);
	}
	buf_char(&b, '\'');
	must(!b.overflow);
	return buf_view(&b);
}
