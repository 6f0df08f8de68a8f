/* Migrations: in order, once, and never half of one taken for a whole. */
#include "scratch.h"
#include "tap.h"

#include "db/migrate.h"

#include <dirent.h>
#include <mysql.h>
#include <pthread.h>
#include <unistd.h>

static char told[512];

static void
note(const char *name)
{
	size_t n = strlen(told);

	snprintf(told + n, sizeof(told) - n, "%s ", name);
}

static bool
make_dir(char dir[32])
{
	memcpy(dir, "/tmp/souk-sql-XXXXXX", 21);
	told[0] = '\0';
	return CHECK(mkdtemp(dir) != NULL);
}

static void
path_of(char path[300], const char *dir, const char *name)
{
	snprintf(path, 300, "%s/%s", dir, name);
}

static void
write_file(const char *dir, const char *name, const char *text)
{
	char path[300];
	FILE *f;

	path_of(path, dir, name);
	f = fopen(path, "w");
	if (!CHECK(f != NULL))
		return;
	CHECK(fputs(text, f) >= 0);
	CHECK(fclose(f) == 0);
}

static void
remove_file(const char *dir, const char *name)
{
	char path[300];

	path_of(path, dir, name);
	CHECK(unlink(path) == 0);
}

static void
remove_dir(const char *dir)
{
	DIR *d = opendir(dir);

	for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
		if (e->d_name[0] != '.')
			remove_file(dir, e->d_name);
	}
	if (d)
		closedir(d);
	CHECK(rmdir(dir) == 0);
}

/* Two files that apply; a note beside them that is none of ours. */
static void
write_two(const char *dir)
{
	write_file(dir, "0002_fill.sql",
		"INSERT INTO m_one (n) VALUES (1),\n  (2);\nINSERT INTO m_one (n) VALUES (3);\n");
	write_file(dir, "0001_one.sql",
		"-- The first table; with a stop at the end of a comment;\n"
		"CREATE TABLE IF NOT EXISTS m_one (\n\tn INT, -- not here;  really\n\tt "
		"TEXT\n);\r\n"
		"\nDELETE FROM m_one;  \n\n");
	write_file(dir, "README", "no migration\n");
}

static void
says(struct scratch *s, struct err *e, const char *what)
{
	if (scratch_is(e, ERR_INTERNAL, NULL))
		tap_check(strstr(str_z(s->cx.arena, e->log), what) != NULL,
			str_z(s->cx.arena, e->log), __FILE__, __LINE__);
}

void
test_migrate__applies_what_is_missing_in_order(void)
{
	char dir[32];
	struct scratch s;
	int pending = -1;

	if (!scratch_open(&s) || !make_dir(dir))
		return;
	write_two(dir);
	scratch_fine(migrate_pending(&s.cx, dir, &pending));
	CHECK(pending == 2);
	scratch_fine(migrate_up(&s.cx, dir, note));
	CHECK_BYTES(told, strlen(told), "0001_one.sql 0002_fill.sql ", 27);
	CHECK(scratch_number(&s, "SELECT COUNT(*) FROM m_one") == 3);
	CHECK(scratch_number(&s, "SELECT @@innodb_lock_wait_timeout") == 1);
	scratch_fine(migrate_pending(&s.cx, dir, &pending));
	CHECK(pending == 0);
	told[0] = '\0';
	write_file(dir, "0003_more.sql", "INSERT INTO m_one (n) VALUES (4)");
	scratch_fine(migrate_pending(&s.cx, dir, &pending));
	CHECK(pending == 1);
	scratch_fine(migrate_up(&s.cx, dir, note));
	scratch_fine(migrate_up(&s.cx, dir, NULL));
	CHECK_BYTES(told, strlen(told), "0003_more.sql ", 14);
	CHECK(scratch_number(&s, "SELECT COUNT(*) FROM m_one") == 4);
	CHECK(scratch_number(&s, "SELECT COUNT(*) FROM schema_migrations") == 3);
	/* An older release on the newer database. */
	remove_file(dir, "0003_more.sql");
	scratch_fine(migrate_pending(&s.cx, dir, &pending));
	CHECK(pending == 0);
	remove_dir(dir);
	scratch_close(&s);
}

void
test_migrate__refuses_a_directory_out_of_order(void)
{
	static const struct {
		const char *name, *says;
	} cases[] = {
		{ "0004_gap.sql", "0003 is missing" },
		{ "0002_again.sql", "two migrations have the number 0002" },
		{ "0000_none.sql", "0001 is missing" },
		{ "3_short.sql", "no name of a migration" },
		{ "0003-dash.sql", "no name of a migration" },
		{ "0003_Upper.sql", "no name of a migration" },
		{ "0003_.sql", "no name of a migration" },
	};
	char dir[32];
	struct scratch s;
	int pending;

	if (!scratch_open(&s) || !make_dir(dir))
		return;
	write_two(dir);
	for (size_t i = 0; i < COUNT(cases); i++) {
		tap_row("%s", cases[i].name);
		write_file(dir, cases[i].name, "DO 1;\n");
		says(&s, migrate_up(&s.cx, dir, note), cases[i].says);
		says(&s, migrate_pending(&s.cx, dir, &pending), cases[i].says);
		remove_file(dir, cases[i].name);
	}
	CHECK(told[0] == '\0');
	says(&s, migrate_up(&s.cx, "/nonexistent", note), "/nonexistent");
	remove_dir(dir);
	scratch_close(&s);
}

void
test_migrate__refuses_a_file_that_changed(void)
{
	char dir[32], path[300], other[300];
	struct scratch s;

	if (!scratch_open(&s) || !make_dir(dir))
		return;
	write_two(dir);
	scratch_fine(migrate_up(&s.cx, dir, NULL));
	write_file(dir, "0002_fill.sql", "INSERT INTO m_one (n) VALUES (1);\n");
	write_file(dir, "0003_more.sql", "DO 1;\n");
	says(&s, migrate_up(&s.cx, dir, note), "0002_fill.sql was changed");
	CHECK(told[0] == '\0');
	write_two(dir);
	path_of(path, dir, "0001_one.sql");
	path_of(other, dir, "0001_uno.sql");
	CHECK(rename(path, other) == 0);
	says(&s, migrate_up(&s.cx, dir, note), "was applied as 0001_one.sql");
	CHECK(rename(other, path) == 0);
	scratch_run(&s, "DELETE FROM schema_migrations WHERE number = 1");
	says(&s, migrate_up(&s.cx, dir, note), "0001 was not applied, but 0002 was");
	remove_dir(dir);
	scratch_close(&s);
}

void
test_migrate__one_that_died_half_way_is_applied_again(void)
{
	static const char half[] = "CREATE TABLE IF NOT EXISTS m_two (n INT);\nNONSENSE;\n"
				   "INSERT INTO m_two VALUES (1);\n";
	static const char whole[] = "CREATE TABLE IF NOT EXISTS m_two (n INT);\n"
				    "INSERT INTO m_two VALUES (1);\n";
	char dir[32];
	struct scratch s;
	int pending;

	if (!scratch_open(&s) || !make_dir(dir))
		return;
	write_two(dir);
	write_file(dir, "0003_two.sql", half);
	says(&s, migrate_up(&s.cx, dir, note), "0003_two.sql: MariaDB 1064");
	CHECK_BYTES(told, strlen(told), "0001_one.sql 0002_fill.sql ", 27);
	CHECK(scratch_number(&s, "SELECT COUNT(*) FROM m_two") == 0);
	scratch_fine(migrate_pending(&s.cx, dir, &pending));
	CHECK(pending == 1);
	write_file(dir, "0003_two.sql", whole);
	scratch_fine(migrate_up(&s.cx, dir, note));
	CHECK(scratch_number(&s, "SELECT COUNT(*) FROM m_two") == 1);
	remove_dir(dir);
	scratch_close(&s);
}

void
test_migrate__a_run_that_lost_its_connection_can_be_run_again(void)
{
	char dir[32];
	struct scratch s;
	struct err *e = NULL;
	unsigned nth = 0;

	if (!scratch_open_faulty(&s) || !make_dir(dir))
		return;
	write_file(dir, "0001_one.sql",
		"CREATE TABLE IF NOT EXISTS m_one (n INT PRIMARY KEY);\nREPLACE INTO m_one VALUES "
		"(1);\n");
	write_file(dir, "0002_two.sql", "REPLACE INTO m_one VALUES (2);\n");
	do {
		tap_row("lost after statement %u", ++nth);
		scratch_run(&s, "DROP TABLE IF EXISTS schema_migrations, m_one");
		db_fault(s.db, nth, 2014);
		e = migrate_up(&s.cx, dir, NULL);
		db_fault(s.db, 0, 0);
		if (e)
			scratch_fine(migrate_up(&s.cx, dir, NULL));
		CHECK(scratch_number(&s, "SELECT COUNT(*) FROM schema_migrations") == 2);
		CHECK(scratch_number(&s, "SELECT COUNT(*) FROM m_one") == 2);
	} while (nth < 11);
	scratch_fine(e); /* eleven is beyond the last statement */
	remove_dir(dir);
	scratch_close(&s);
}

struct runner {
	struct scratch s;
	const char *dir;
	struct err *e;
};

static void *
run_up(void *arg)
{
	struct runner *r = arg;

	r->e = migrate_up(&r->s.cx, r->dir, NULL);
	mysql_thread_end();
	return NULL;
}

void
test_migrate__two_runs_at_once_are_one(void)
{
	char dir[32];
	pthread_t thread;
	struct runner a = { .dir = dir }, b = { .dir = dir };

	if (!scratch_open(&a.s) || !make_dir(dir))
		return;
	/* The second run of this would fail; the pause lets both be at it. */
	write_file(dir, "0001_slow.sql", "CREATE TABLE m_slow (n INT);\nDO SLEEP(0.3);\n");
	write_file(dir, "0002_next.sql", "CREATE TABLE m_next (n INT);\n");
	if (scratch_join(&b.s)) {
		if (CHECK(pthread_create(&thread, NULL, run_up, &b) == 0)) {
			a.e = migrate_up(&a.s.cx, dir, NULL);
			pthread_join(thread, NULL);
		}
		scratch_fine(a.e);
		scratch_fine(b.e);
		CHECK(scratch_number(&a.s, "SELECT COUNT(*) FROM schema_migrations") == 2);
		scratch_close(&b.s);
	}
	remove_dir(dir);
	scratch_close(&a.s);
}
