/*
 * The database, MariaDB over libmariadb: the only floor that knows it. A connection caches its
 * prepared statements by their text; values are always bound. Everything read lives in cx->arena.
 *
 * Times (DATETIME(3) in UTC, DATE) are milliseconds since 1970 here; integers of every width are
 * int64_t; everything else (DECIMAL, JSON, text, bytes) is a string view. TIME columns are not
 * read.
 */
#ifndef SOUK_DB_H
#define SOUK_DB_H

#include "base/vitals.h"
#include "db/ctx.h"

struct config;

enum db_kind { DB_NULL, DB_INT, DB_TEXT, DB_TIME };

/* A value bound to a '?', or a cell that was read. DB_TIME carries milliseconds in i. */
struct db_value {
	enum db_kind kind;
	int64_t i;
	struct str s;
};

static inline struct db_value
db_null(void)
{
	return (struct db_value){ .kind = DB_NULL };
}
static inline struct db_value
db_int(int64_t n)
{
	return (struct db_value){ .kind = DB_INT, .i = n };
}
/* An absent view (p == NULL) is NULL. */
static inline struct db_value
db_text(struct str s)
{
	return (struct db_value){ .kind = s.p ? DB_TEXT : DB_NULL, .s = s };
}
static inline struct db_value
db_time(int64_t ms)
{
	return (struct db_value){ .kind = DB_TIME, .i = ms };
}
/* The number of an id; ID_NONE is NULL. */
static inline struct db_value
db_id(struct id id)
{
	return (struct db_value){ .kind = id.n ? DB_INT : DB_NULL, .i = id.n };
}

/* A whole result: n rows of `columns` cells each. */
struct db_rows {
	size_t n, columns;
	struct db_value *cells;
	int64_t affected; /* rows changed by a write (matched, for UPDATE: CLIENT_FOUND_ROWS) */
};

static inline const struct db_value *
db_row(const struct db_rows *r, size_t row)
{
	return r->cells + row * r->columns;
}

/* What SELECT COUNT(*) read, or how many rows a write changed. */
static inline int64_t
db_count(const struct db_rows *r)
{
	return r->columns ? db_row(r, 0)[0].i : r->affected;
}

/*
 * Connects by the socket, user, password and database of the configuration, checks what Souk
 * relies on (innodb_snapshot_isolation ON, time zone tables, utf8mb4: ERR_INTERNAL whose log says
 * what to set) and sets the session: UTC, READ COMMITTED, lock waits of 1 s (D55),
 * max_statement_time as configured. The connection reconnects by itself, but only between transactions.
 * A server that is away is waited for, 5 s at most since it was missed first.
 * Ended with db_close(). Retries for up to wait_ms while the server is not up. Lives in `a`,
 * which must outlive it.
 */
struct err *db_open(
	struct arena *a, const struct config *c, int wait_ms, struct db **out) MUST_CHECK;
void db_close(struct db *db);
/* The same, not connected yet: the first statement, or db_probe(), does that. */
struct db *db_new(struct arena *a, const struct config *c);
/* False while a statement would have to connect first, which may take its time. */
bool db_is_connected(const struct db *db);

/*
 * Runs one statement whose text is a literal by construction: db_query(cx, &rows, "SELECT …",
 * db_int(1)). At least one value must be given (every statement has a tenant); db_query0() is for
 * those without. Errors, by code and reason: CONFLICT duplicate a unique key refused it:
 * db_duplicate_key() CONFLICT still_referenced a foreign key points here CONFLICT lock_wait "SET
 * STATEMENT innodb_lock_wait_timeout=3 FOR INSERT …" waited in vain: of such a statement 1205 is
 * an answer, not a reason to repeat VALIDATION reference a foreign key points nowhere VALIDATION
 * check, out_of_range TOO_EXPENSIVE max_statement_time, or a result of more than 64 MiB TX_REPEAT deadlock, lock wait, changed
 * snapshot (1213, 1205, 1020) UNAVAILABLE database_lost, deadline, connections, storage …
 * INTERNAL anything else: the program is wrong Outside a transaction a statement is repeated for
 * TX_REPEAT, and once when the connection is lost if it only reads or was certainly not sent.
 * Inside one, after TX_REPEAT or a lost connection nothing more is sent: every further statement
 * fails the same way until db_tx() begins anew.
 */
#define db_query(cx, rows, literal, ...)                                                           \
	db_run((cx), (struct str){ "" literal, sizeof(literal) - 1 },                              \
		(const struct db_value[]){ __VA_ARGS__ },                                          \
		sizeof((const struct db_value[]){ __VA_ARGS__ }) / sizeof(struct db_value),        \
		(rows))
#define db_query0(cx, rows, literal)                                                               \
	db_run((cx), (struct str){ "" literal, sizeof(literal) - 1 }, NULL, 0, (rows))
/* A statement whose result does not matter. */
#define db_exec(cx, literal, ...) db_query(cx, NULL, literal, __VA_ARGS__)

/*
 * What stands behind the macros. Built SQL exists only in model/query.c and model/store.c. `rows`
 * may be NULL.
 */
struct err *db_run(struct ctx *cx, struct str sql, const struct db_value *values, size_t n,
	struct db_rows *rows) MUST_CHECK;

/*
 * One INSERT of many rows: "INSERT INTO t (a, b) VALUES" with "(?, ?)" repeated for nvalues / (?
 * per tuple). Split into several statements above 16 rows (powers of two, so that few texts are
 * cached) and 1,000 values: inside a transaction, then, if it must be all or nothing.
 */
struct err *db_insert_rows(struct ctx *cx, const char *head, const char *tuple,
	const struct db_value *values, size_t nvalues) MUST_CHECK;

/*
 * The name of the unique key that refused a row ("products.sku_live" gives "sku_live"); absent
 * else.
 */
struct str db_duplicate_key(const struct err *e);

/*
 * One transaction: marks the arena, begins, calls fn, commits. If a statement (or the commit) met
 * a deadlock, a lock wait that ran out, a changed snapshot or a lost connection, whatever fn made
 * of it, or if fn itself returned TX_REPEAT, everything is rolled back, the arena rewound and fn
 * called again: at most 5 repeats, while the deadline lasts, then TX_REPEAT (UNAVAILABLE, if the
 * connection was lost each time). A connection lost during COMMIT is UNAVAILABLE, reason outcome_unknown: nobody knows; with
 * cx->once it is repeated as well, since fn then begins with the key and finds it if it was carried out. Any other
 * error of fn rolls back and is returned; the arena is then not rewound. With cx->dry_run the
 * work is rolled back instead of committed; fn's results in the arena stay. A repeat must start
 * from the same input: fn gets `arg` as it was given and must not change what it points to, or
 * reset it first.
 */
typedef struct err *db_tx_fn(struct ctx *cx, void *arg);
struct err *db_tx(struct ctx *cx, db_tx_fn *fn, void *arg) MUST_CHECK;
/*
 * Calls fn once with all that it reads being of one moment; it must not write. Not inside a transaction. Errors are fn's,
 * or why there could be no such moment.
 */
struct err *db_snapshot(struct ctx *cx, db_tx_fn *fn, void *arg) MUST_CHECK;
bool db_in_tx(const struct ctx *cx);
/* Inside a transaction: one savepoint at a time. */
struct err *db_savepoint(struct ctx *cx) MUST_CHECK;
struct err *db_rollback_to_savepoint(struct ctx *cx) MUST_CHECK;

/* The number that the server gave the connection, as its own logs name it; 0: there is none. */
int64_t db_session(const struct db *db);

/* Asks the server whether it is there; for health and tests. */
struct err *db_ping(struct ctx *cx) MUST_CHECK;
/*
 * The same for the keeper, once, and whatever others know: within 0.75 s, or a second when it has to connect, at most
 * 2 s in all.
 */
enum database_state db_probe(struct ctx *cx);
/*
 * Ends the wait for an answer, as a lost connection does. For a signal handler; `db` may be NULL or not connected.
 */
void db_cut(struct db *db);

#ifdef SOUK_DEBUG
/*
 * SQL torture: the `nth` statement from now on (1 is the next; BEGIN, SAVEPOINT and COMMIT count,
 * ROLLBACK does not) fails once with this MariaDB error number before it is sent: 1213 (deadlock:
 * the server side is rolled back), 1205, 1020, or 2013 (connection lost: it is really closed);
 * 2014 means lost after the server carried it out, before the answer was read. With DB_FAULT_EXIT the process ends before
 * the statement is sent, with DB_FAULT_EXIT_AFTER when it has been carried out. nth 0 ends it.
 */
#define DB_FAULT_EXIT (-1)
#define DB_FAULT_EXIT_AFTER (-2)
void db_fault(struct db *db, unsigned nth, int error);

/* Rows that this connection has read so far, of tables and of indexes (Handler_read_*); 0 if it is not connected. */
int64_t db_rows_read(struct db *db);
#endif

#endif
