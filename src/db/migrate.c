/*
 * Migrations. The run works on a session of its own making (no time limit, a named lock) and
 * drops the connection at the end, which gives both back. Statements go as text, since not all
 * DDL can be prepared, and without a transaction, since DDL commits by itself: hence
 * "repeatable".
 */
#include "db/migrate.h"
#include "db/db_int.h"

#include "base/buf.h"
#include "base/crypto.h"

#include <dirent.h>

#define FILE_MAX (4 << 20)
#define LOCK_WAIT_S "600"

struct migration {
	int64_t number;
	struct str name; /* of the file */
	struct str sql, hash;
};

struct plan {
	struct migration *files;
	size_t n, cap;
	size_t applied; /* the first `applied` files are */
};

static struct err *fault(struct ctx *cx, const char *fmt, ...) PRINTF(2, 3);

static struct err *
fault(struct ctx *cx, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct str text = str_vfmt(cx->arena, fmt, ap);
	va_end(ap);
	return err_log(cx->arena, ERR_INTERNAL, "%.*s", STRF(text));
}

/* NNNN_words.sql, words of a-z, 0-9 and '_': so a name can stand in a statement as it is. */
static bool
is_well_named(struct str name)
{
	if (name.n < 10 || name.n > 100 || name.p[4] != '_')
		return false;
	for (size_t i = 0; i < name.n - 4; i++) {
		char c = name.p[i];
		bool digit = c >= '0' && c <= '9';
		if (!digit && (i < 4 || (c != '_' && !(c >= 'a' && c <= 'z'))))
			return false;
	}
	return true;
}

static struct err *
read_file(struct ctx *cx, const char *dir, struct migration *m)
{
	struct err *e = NULL;
	struct str path = str_fmt(cx->arena, "%s/%.*s", dir, STRF(m->name));
	FILE *f = fopen(str_z(cx->arena, path), "re");
	struct buf b;
	char block[8192];
	if (!f)
		return fault(cx, "%.*s: %s", STRF(path), strerror(errno));
	buf_init(&b, cx->arena, sizeof(block), FILE_MAX);
	for (size_t n = 1; n > 0;) {
		n = fread(block, 1, sizeof(block), f);
		buf_put(&b, block, n);
	}
	if (ferror(f) || b.overflow)
		e = fault(cx, "%.*s cannot be read, or is over %d bytes", STRF(path), FILE_MAX);
	(void)fclose(f); /* it was only read */
	m->sql = buf_view(&b);
	struct digest d = crypto_sha256(m->sql);
	m->hash = str_hex(cx->arena, d.b, sizeof(d.b));
	return e;
}

static struct err *
add_file(struct ctx *cx, struct plan *p, const char *entry)
{
	struct migration m = { .name = str_dup(cx->arena, str_of(entry)) };
	if (!str_ends(m.name, STR(".sql")))
		return NULL;
	if (!is_well_named(m.name))
		return fault(cx, "%s is no name of a migration: NNNN_words.sql", entry);
	if (!str_int(str_cut(m.name, 0, 4), &m.number))
		return fault(cx, "%s has no number", entry);
	if (p->n == p->cap) {
		size_t cap = p->cap ? p->cap * 2 : 64;
		p->files = arena_grow(cx->arena, p->files, p->cap * sizeof(m), cap * sizeof(m));
		p->cap = cap;
	}
	p->files[p->n++] = m;
	return NULL;
}

static int
by_name(const void *a, const void *b)
{
	const struct migration *x = a, *y = b;
	return str_cmp(x->name, y->name);
}

static struct err *
list_files(struct ctx *cx, const char *dir, struct plan *p)
{
	struct err *e = NULL;
	DIR *d = opendir(dir);
	if (!d)
		return fault(cx, "%s: %s", dir, strerror(errno));
	for (struct dirent *entry = readdir(d); entry && !e; entry = readdir(d))
		e = add_file(cx, p, entry->d_name);
	closedir(d);
	if (!e && p->n)
		qsort(p->files, p->n, sizeof(*p->files), by_name);
	return e;
}

static struct err *
read_files(struct ctx *cx, const char *dir, struct plan *p)
{
	struct err *e = list_files(cx, dir, p);
	for (size_t i = 0; i < p->n && !e; i++) {
		struct migration *m = &p->files[i];
		if (i && p->files[i - 1].number == m->number)
			return fault(cx, "two migrations have the number %04" PRId64, m->number);
		if (m->number != (int64_t)i + 1)
			return fault(cx, "migration %04zu is missing: %.*s follows", i + 1,
				STRF(m->name));
		e = read_file(cx, dir, m);
	}
	return e;
}

/*
 * One recorded migration against its file. Numbers beyond the files are let be: an older release
 * runs on a newer database while a roll-out is taken back.
 */
static struct err *
match(struct ctx *cx, struct plan *p, const struct db_value *row)
{
	if (row[0].i > (int64_t)p->n)
		return NULL;
	if (row[0].i != (int64_t)p->applied + 1)
		return fault(cx, "migration %04zu was not applied, but %04" PRId64 " was",
			p->applied + 1, row[0].i);
	must(p->applied < p->n && p->files);
	const struct migration *m = &p->files[p->applied];
	if (!str_eq(row[1].s, m->name))
		return fault(cx, "migration %04" PRId64 " was applied as %.*s, now it is %.*s",
			m->number, STRF(row[1].s), STRF(m->name));
	if (!str_eq(row[2].s, m->hash))
		return fault(cx, "%.*s was changed after it was applied", STRF(m->name));
	p->applied++;
	return NULL;
}

static struct err *
read_applied(struct ctx *cx, struct plan *p)
{
	struct db_rows rows = { 0 };
	struct err *e = db_query0(cx, &rows,
		"SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() "
		"AND table_name = 'schema_migrations'");
	if (e || rows.n == 0)
		return e;
	e = db_query0(
		cx, &rows, "SELECT number, name, sha256 FROM schema_migrations ORDER BY number");
	for (size_t i = 0; !e && i < rows.n; i++)
		e = match(cx, p, db_row(&rows, i));
	return e;
}

static struct err *
make_plan(struct ctx *cx, const char *dir, struct plan *p)
{
	struct err *e = read_files(cx, dir, p);
	return e ? e : read_applied(cx, p);
}

/* Never reconnects: the lock would be gone, and a second run at work. */
static struct err *
send(struct ctx *cx, struct str sql, struct str name)
{
	if (cx->db->my && conn_send(cx, sql))
		return NULL;
	struct err *e = failure_err(cx);
	e->log = str_fmt(cx->arena, "%.*s: %.*s in: %.*s", STRF(name), STRF(e->log),
		(int)MIN(sql.n, 200), sql.p);
	return e;
}

bool
script_next(struct str *rest, struct buf *b)
{
	struct str line;
	while (str_split(rest, '\n', &line)) {
		struct str text = str_trim(line);
		if (str_starts(text, STR("-- ")) || str_eq_z(text, "--"))
			continue;
		if (str_ends(text, STR(";"))) {
			buf_str(b, str_cut(text, 0, text.n - 1));
			return true;
		}
		buf_str(b, line);
		buf_char(b, '\n');
	}
	return !str_is_blank(buf_view(b));
}

static struct err *
apply(struct ctx *cx, const struct migration *m)
{
	struct err *e = NULL;
	struct str rest = m->sql;
	struct buf b;
	buf_init(&b, cx->arena, 4096, FILE_MAX);
	while (!e && script_next(&rest, &b)) {
		e = send(cx, buf_view(&b), m->name);
		b.n = 0;
	}
	if (e)
		return e;
	return send(cx,
		str_fmt(cx->arena,
			"INSERT INTO schema_migrations (number, name, sha256) "
			"VALUES (%" PRId64 ", '%.*s', '%.*s')",
			m->number, STRF(m->name), STRF(m->hash)),
		m->name);
}

/*
 * GET_LOCK is the whole server's, so the database's name is part of it; a name has 64 characters.
 */
static struct err *
lock(struct ctx *cx)
{
	struct db_rows rows = { 0 };
	struct err *e = conn_text(cx,
		STR("SET SESSION max_statement_time = 0, "
		    "lock_wait_timeout = 60, innodb_lock_wait_timeout = 50"));
	if (e)
		return e;
	cx->db->patient = true;
	unsigned long session = mysql_thread_id(cx->db->my);
	e = db_query0(cx, &rows,
		"SELECT GET_LOCK(LEFT(CONCAT('souk_migrate.', DATABASE()), 64), " LOCK_WAIT_S ")");
	if (e)
		return e;
	if (session != mysql_thread_id(cx->db->my) || rows.cells[0].i != 1)
		return err_log(cx->arena, ERR_UNAVAILABLE, "another migration is still running");
	return conn_text(cx,
		STR("CREATE TABLE IF NOT EXISTS schema_migrations ("
		    "number INT NOT NULL PRIMARY KEY, name VARCHAR(100) NOT NULL, "
		    "sha256 CHAR(64) NOT NULL, "
		    "applied_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)"
		    ") ENGINE=InnoDB CHARACTER SET ascii"));
}

static struct err *
apply_missing(struct ctx *cx, const char *dir, void (*told)(const char *name))
{
	struct plan p = { 0 };
	struct err *e = make_plan(cx, dir, &p);
	for (size_t i = p.applied; i < p.n && !e; i++) {
		e = apply(cx, &p.files[i]);
		if (!e && told)
			told(str_z(cx->arena, p.files[i].name));
	}
	return e;
}

struct err *
migrate_up(struct ctx *cx, const char *dir, void (*told)(const char *name))
{
	must(!cx->db->in_tx);
	struct err *e = lock(cx);
	if (!e)
		e = apply_missing(cx, dir, told);
	conn_drop(cx->db);
	return e;
}

struct err *
migrate_pending(struct ctx *cx, const char *dir, int *pending)
{
	struct plan p = { 0 };
	struct err *e = make_plan(cx, dir, &p);
	*pending = (int)(p.n - p.applied);
	return e;
}
