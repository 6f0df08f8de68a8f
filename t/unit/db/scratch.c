#include "scratch.h"
#include "tap.h"

#include "base/config.h"
#include "base/log.h"
#include "db/db_int.h"

#include <poll.h>

static bool
connect_to(struct scratch *s, const char *settings)
{
	struct config c;
	struct err *e;

	setenv("SOUK_CONFIG", settings, 1);
	e = config_read(s->arena, &c);
	unsetenv("SOUK_CONFIG");
	if (!scratch_fine(e) || !CHECK(str_ends(str_of(c.db_name), STR("_test"))))
		return false;
	log_open(NULL, LOG_ERROR); /* lost connections are what we ask for */
	if (!scratch_fine(db_open(s->arena, &c, 5000, &s->db)))
		return false;
	s->cx = (struct ctx){ .arena = arena_new("test", 256 << 20), .db = s->db };
	return true;
}

bool
scratch_join(struct scratch *s)
{
	const char *settings = getenv("SOUK_TEST_DB_CONFIG");

	*s = (struct scratch){ 0 };
	if (!settings) {
		tap_skip("SOUK_TEST_DB_CONFIG is not set");
		return false;
	}
	s->arena = arena_new("scratch", 1 << 20);
	if (connect_to(s, settings))
		return true;
	arena_free(s->arena);
	return false;
}

static void
empty(struct scratch *s)
{
	struct db_rows tables;

	if (!scratch_fine(db_query0(&s->cx, &tables,
		    "SELECT table_name FROM information_schema.tables "
		    "WHERE table_schema = DATABASE()")))
		return;
	scratch_run(s, "SET foreign_key_checks = 0");
	for (size_t i = 0; i < tables.n; i++) {
		struct str sql =
			str_fmt(s->cx.arena, "DROP TABLE `%.*s`", STRF(db_row(&tables, i)->s));

		scratch_run(s, str_z(s->cx.arena, sql));
	}
	scratch_run(s, "SET foreign_key_checks = 1");
}

bool
scratch_open(struct scratch *s)
{
	if (!scratch_join(s))
		return false;
	empty(s);
	s->cx.statements = 0;
	return true;
}

bool
scratch_open_faulty(struct scratch *s)
{
#ifdef SOUK_DEBUG
	return scratch_open(s);
#else
	*s = (struct scratch){ 0 };
	tap_skip("faults need a debug build");
	return false;
#endif
}

void
scratch_close(struct scratch *s)
{
	db_close(s->db);
	arena_free(s->cx.arena);
	arena_free(s->arena);
}

void
scratch_run(struct scratch *s, const char *sql)
{
	scratch_fine(db_run(&s->cx, str_of(sql), NULL, 0, NULL));
}

int64_t
scratch_number(struct scratch *s, const char *sql)
{
	struct db_rows rows;

	if (!scratch_fine(db_run(&s->cx, str_of(sql), NULL, 0, &rows)) || !CHECK(rows.n == 1))
		return -1;
	return rows.cells[0].i;
}

void
scratch_kill(struct scratch *s, struct scratch *victim)
{
	unsigned long number = mysql_thread_id(victim->db->my);
	struct pollfd socket = { .fd = (int)mysql_get_socket(victim->db->my), .events = POLLIN };
	struct str sql = str_fmt(s->cx.arena, "KILL %lu", number);

	scratch_run(s, str_z(s->cx.arena, sql));
	do
		CHECK(poll(&socket, 1, 5000) == 1);
	while (socket.revents && !(socket.revents & POLLHUP));
}

bool
scratch_fine(const struct err *e)
{
	char text[400] = "no error";

	if (e)
		snprintf(text, sizeof(text), "%s, %s: %.*s", err_name(e->code),
			reason_word(e->reason), STRF(e->log));
	return tap_check(!e, text, __FILE__, __LINE__);
}

bool
scratch_is(const struct err *e, enum err_code code, const char *reason)
{
	char text[400] = "an error was expected";
	bool same =
		e && e->code == code && (!reason || strcmp(reason_word(e->reason), reason) == 0);

	if (e)
		snprintf(text, sizeof(text), "%s %s was expected: %s, %s: %.*s", err_name(code),
			reason ? reason : "", err_name(e->code), reason_word(e->reason),
			STRF(e->log));
	return tap_check(same, text, __FILE__, __LINE__);
}
