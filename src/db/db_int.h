/*
 * What the files of db/ share: the connection, what went wrong on it last, the cache of prepared
 * statements and the cells being read. A failure is kept in the connection, not in an arena,
 * because it must outlive the rewind before a transaction is repeated.
 */
#ifndef SOUK_DB_INT_H
#define SOUK_DB_INT_H

#include "db/db.h"

#include <mysql.h>
#include <signal.h>

#define DB_REPEATS 5 /* D55 */

enum failure_kind {
	FAILURE_OTHER,
	FAILURE_REPEAT, /* deadlock, lock wait, changed snapshot: the same again may succeed */
	FAILURE_STALE,  /* the prepared form is outdated; the statement did not run */
	FAILURE_LOST,   /* the connection is gone (and dropped) */
};

/* What MariaDB, or the client library, said about the newest statement that failed. */
struct failure {
	unsigned number;
	enum failure_kind kind;
	char message[MYSQL_ERRMSG_SIZE + 1];
};

struct stmt;
struct buf;

struct stmt_cache {
	struct stmt *buckets[512];
	struct stmt *newest, *oldest;
	size_t n;
};

/* The result being read: cells here, until their number is known; text at once in the arena. */
struct reading {
	struct arena *arena;
	const MYSQL_FIELD *fields;
	struct db_value *cells;
	size_t n, cap;
	size_t bytes; /* of cells and text so far */
};

struct db {
	MYSQL *my;                /* NULL while not connected */
	volatile sig_atomic_t fd; /* its socket, for db_cut(); 0: none */
	const char *socket, *user, *password, *name;
	int64_t statement_ms; /* max_statement_time */
	int64_t missed_at_us; /* when the server was found away; 0: it is not */
	int64_t retry_at_us;  /* no attempt to connect before */
	bool in_tx;
	bool broken;   /* the transaction cannot be finished: nothing more is sent in it */
	bool patient;  /* a statement may take as long as it likes: migrations */
	bool is_admin; /* db_admin_open(): no database, no session of ours, no judgement */
	struct failure failure;
	struct stmt_cache stmts;
	struct reading reading;
#ifdef SOUK_DEBUG
	unsigned fault_in; /* statements until the fault */
	int fault_error;
	bool fault_after;
#endif
};

/* conn.c */

/* One attempt to connect, whose steps take at most 2 s each, or `left_us` if that is less, but 1 s. */
struct err *conn_try(struct arena *a, struct db *db, int64_t left_us) MUST_CHECK;
/* Connects; retries for up to wait_ms while the server is not up. */
struct err *conn_open(struct arena *a, struct db *db, int wait_ms) MUST_CHECK;

/*
 * Makes the connection ready for one statement: connects if need be (never inside a transaction)
 * and bounds the wait for its answer. ERR_UNAVAILABLE if the deadline passed; the transaction's
 * own failure again if it is broken.
 */
struct err *conn_ready(struct ctx *cx) MUST_CHECK;
/*
 * Lets the next answer take what is left to the request, but half a second at least: for COMMIT and
 * ROLLBACK, which end it.
 */
void conn_allow_last_word(struct ctx *cx);
/* Sends one statement as text, on this connection only; false: db->failure says why. */
bool conn_send(struct ctx *cx, struct str sql) MUST_CHECK;
/* conn_ready() and conn_send(). */
struct err *conn_text(struct ctx *cx, struct str sql) MUST_CHECK;
/* Closes the connection and forgets its statements; the server rolls back. */
void conn_drop(struct db *db);
/* Judges snapshot isolation ("1"), time zones ("1") and character set of the database. */
struct err *conn_judge(struct arena *a, const char *const found[3]) MUST_CHECK;

/* True if the fault is due: the statement is not sent, db->failure is set. */
bool fault_before(struct db *db, struct str sql) MUST_CHECK;
/* True if the answer to the statement just sent is to be lost. */
bool fault_after(struct db *db, struct str sql) MUST_CHECK;

/* fail.c */

/*
 * Remembers a failure and draws the consequences: a lost connection is dropped, a transaction that
 * must be repeated is marked as broken.
 */
void failure_set(struct db *db, struct str sql, unsigned number, const char *message);
/* The newest failure as an err in the request's arena. */
struct err *failure_err(struct ctx *cx);

/* cell.c */

/*
 * Called by the client library for each cell of a row; `row` is NULL for NULL, else moved behind
 * it.
 */
void cell_take(void *reading, unsigned column, unsigned char **row);
/* Makes room for one row more. */
void cell_room(struct reading *r, size_t columns);
void cell_free(struct reading *r);
void cell_bind(MYSQL_BIND *bind, MYSQL_TIME *time, const struct db_value *v);

/* migrate.c */

/*
 * Puts the next statement of a script into *b, which is empty, and moves *rest behind it: up to a ';' at the
 * end of a line, without lines of comment. False when there is none.
 */
bool script_next(struct str *rest, struct buf *b) MUST_CHECK;

/* stmt.c */
void stmt_forget_all(struct db *db);

#endif
