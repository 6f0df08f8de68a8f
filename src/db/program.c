#include "db/program.h"

#include "base/clock.h"

struct err *
program_done(struct ctx *cx, struct str program)
{
	return db_exec(cx,
		"INSERT INTO program_runs (program, finished_at) VALUES (?, ?)"
		" ON DUPLICATE KEY UPDATE finished_at = VALUES(finished_at)",
		db_text(program), db_time(clock_real_ms()));
}

struct err *
program_last(struct ctx *cx, struct str program, int64_t *ms)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT COALESCE((SELECT finished_at FROM program_runs WHERE program = ?),"
		" (SELECT MIN(applied_at) FROM schema_migrations))",
		db_text(program));

	*ms = e ? 0 : db_row(&rows, 0)[0].i;
	return e;
}

struct err *
program_found(struct ctx *cx, struct str program, int64_t differences)
{
	return db_exec(cx,
		"INSERT INTO program_runs (program, finished_at, differences) VALUES (?, ?, ?)"
		" ON DUPLICATE KEY UPDATE finished_at = VALUES(finished_at),"
		" differences = VALUES(differences)",
		db_text(program), db_time(clock_real_ms()), db_int(differences));
}

struct err *
program_last_found(struct ctx *cx, struct str program, int64_t *ms, int64_t *differences)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT finished_at, COALESCE(differences, 0) FROM program_runs WHERE program = ?",
		db_text(program));

	*ms = *differences = 0;
	if (!e && rows.n) {
		*ms = db_row(&rows, 0)[0].i;
		*differences = db_row(&rows, 0)[1].i;
	}
	return e;
}
