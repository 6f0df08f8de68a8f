/*
 * The connection: made, set up, checked, lost and made again. It is made anew only between
 * transactions; the client library never reconnects by itself, since that loses the session's
 * settings and the transaction without a word.
 */
#include "db/db_int.h"

#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/vitals.h"

#include <errmsg.h>
#include <ma_pvio.h>
#include <mysqld_error.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECT_US 2000000
#define WAIT_MS 6000 /* longer than any statement may take */
#define LAST_WORD_MS 500
#define PATIENT_WAIT_MS 3600000
#define AWAY_US 5000000 /* how long a server that is not up is waited for, since it was missed */
#define RETRY_US 250000 /* after that, how long others fail without trying */
#define PAUSE_FIRST_US 20000 /* between attempts; doubled each time */
#define PAUSE_MOST_US 100000
#define FAULT_EXIT_STATUS 99

static void
sleep_us(int64_t us)
{
	struct timespec t = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };
	nanosleep(&t, NULL);
}

/* True for refusals that pass by themselves: not up yet, shutting down, full. */
static bool
is_passing(unsigned number)
{
	switch (number) {
	case CR_CONNECTION_ERROR:
	case CR_CONN_HOST_ERROR:
	case CR_SERVER_GONE_ERROR:
	case CR_SERVER_LOST:
	case CR_SERVER_LOST_EXTENDED:
	case ER_CON_COUNT_ERROR:
	case ER_TOO_MANY_USER_CONNECTIONS:
	case ER_SERVER_SHUTDOWN:
	case ER_CONNECTION_KILLED:
		return true;
	default:
		return false;
	}
}

static struct err *
refused(struct arena *a, MYSQL *my)
{
	unsigned number = mysql_errno(my);
	enum err_code code = is_passing(number) ? ERR_UNAVAILABLE : ERR_INTERNAL;
	struct err *e = err_log(a, code, "MariaDB %u: %s", number, mysql_error(my));
	if (code == ERR_UNAVAILABLE)
		e->retry_after_s = 1;
	return err_reason(e, REASON_DATABASE_LOST);
}

struct err *
conn_judge(struct arena *a, const char *const found[3])
{
	if (!found[0] || strcmp(found[0], "1") != 0)
		return err_log(a, ERR_INTERNAL,
			"innodb_snapshot_isolation is OFF: set it ON in the server's "
			"configuration, "
			"else updates are lost");
	if (!found[1] || strcmp(found[1], "1") != 0)
		return err_log(a, ERR_INTERNAL,
			"the time zone tables are empty: load them with mariadb-tzinfo-to-sql "
			"/usr/share/zoneinfo | mariadb mysql");
	if (!found[2] || strcmp(found[2], "utf8mb4") != 0)
		return err_log(a, ERR_INTERNAL,
			"the database's character set is %s: ALTER DATABASE … CHARACTER SET "
			"utf8mb4",
			found[2] ? found[2] : "unknown");
	return NULL;
}

static struct err *
check(struct arena *a, MYSQL *my)
{
	static const char sql[] = "SELECT @@innodb_snapshot_isolation, "
				  "CONVERT_TZ('2026-01-01', 'UTC', 'Europe/Berlin') IS NOT NULL, "
				  "@@character_set_database";
	struct err *e = NULL;
	MYSQL_RES *result = NULL;
	if (mysql_real_query(my, sql, sizeof(sql) - 1))
		return refused(a, my);
	result = mysql_store_result(my);
	MYSQL_ROW row = result ? mysql_fetch_row(result) : NULL;
	e = row ? conn_judge(a, (const char *const[]){ row[0], row[1], row[2] }) : refused(a, my);
	mysql_free_result(result);
	return e;
}

static struct err *
set_session(struct arena *a, MYSQL *my, int64_t statement_ms)
{
	struct str sql = str_fmt(a,
		"SET SESSION time_zone = '+00:00', tx_isolation = 'READ-COMMITTED', "
		"innodb_lock_wait_timeout = 1, lock_wait_timeout = 5, "
		"max_statement_time = %" PRId64 ".%03" PRId64 ", "
		"sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,"
		"NO_ZERO_IN_DATE,NO_ENGINE_SUBSTITUTION'",
		statement_ms / 1000, statement_ms % 1000);
	return mysql_real_query(my, sql.p, sql.n) ? refused(a, my) : NULL;
}

/* The options' unit is the second. Once it is connected, allow() says how long to wait for each answer. */
static MYSQL *
new_handle(int64_t left_us)
{
	MYSQL *my = mysql_init(NULL);
	unsigned connect_s = (unsigned)MAX(MIN(left_us, CONNECT_US) / 1000000, 1);
	unsigned wait_s = WAIT_MS / 1000, off = 0, protocol = MYSQL_PROTOCOL_SOCKET;
	must_have(my);
	mysql_options(my, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
	mysql_options(my, MYSQL_OPT_READ_TIMEOUT, &connect_s);
	mysql_options(my, MYSQL_OPT_WRITE_TIMEOUT, &wait_s);
	mysql_options(my, MYSQL_OPT_PROTOCOL, &protocol);
	mysql_options(my, MYSQL_OPT_LOCAL_INFILE, &off);
	mysql_options(my, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	return my;
}

struct err *
conn_try(struct arena *a, struct db *db, int64_t left_us)
{
	struct err *e = NULL;
	MYSQL *my = new_handle(left_us);
	if (!mysql_real_connect(
		    my, NULL, db->user, db->password, db->name, 0, db->socket, CLIENT_FOUND_ROWS))
		e = refused(a, my);
	if (!e && !db->is_admin)
		e = set_session(a, my, db->statement_ms);
	if (!e && !db->is_admin)
		e = check(a, my);
	if (e) {
		mysql_close(my);
		return e;
	}
	metrics_add(METRIC_DB_CONNECTIONS, 1);
	db->my = my;
	db->fd = mysql_get_socket(my);
	return NULL;
}

struct err *
conn_open(struct arena *a, struct db *db, int wait_ms)
{
	int64_t give_up_us = clock_mono_us() + wait_ms * INT64_C(1000);
	struct err *e;
	for (;;) {
		e = conn_try(a, db, CONNECT_US);
		if (!e || e->code != ERR_UNAVAILABLE || clock_mono_us() >= give_up_us)
			break;
		sleep_us(PAUSE_MOST_US);
	}
	return e;
}

struct db *
db_new(struct arena *a, const struct config *c)
{
	struct db *db = ARENA_NEW(a, struct db);
	db->socket = str_z(a, str_of(c->db_socket));
	db->user = str_z(a, str_of(c->db_user));
	db->name = str_z(a, str_of(c->db_name));
	db->password = c->db_password && *c->db_password ? str_z(a, str_of(c->db_password)) : NULL;
	db->statement_ms = c->statement_ms;
	return db;
}

struct err *
db_open(struct arena *a, const struct config *c, int wait_ms, struct db **out)
{
	struct db *db = db_new(a, c);
	struct err *e = conn_open(a, db, wait_ms);
	*out = e ? NULL : db;
	return e;
}

void
conn_drop(struct db *db)
{
	db->fd = 0;
	if (db->my)
		mysql_close(db->my);
	db->my = NULL;
	db->patient = false;
	stmt_forget_all(db); /* behind the close, which spares a message for each */
}

void
db_close(struct db *db)
{
	if (!db)
		return;
	conn_drop(db);
	cell_free(&db->reading);
	*db = (struct db){ 0 };
}

bool
db_is_connected(const struct db *db)
{
	return db->my != NULL;
}

static struct err *
no_time(struct ctx *cx)
{
	struct err *e = err_log(cx->arena, ERR_UNAVAILABLE, "the deadline of the request passed");
	e->retry_after_s = 1;
	return err_reason(e, REASON_DEADLINE);
}

static struct err *
away(struct ctx *cx, const char *why)
{
	struct err *e = err_log(cx->arena, ERR_UNAVAILABLE, "%s", why);

	e->retry_after_s = 1;
	return err_reason(e, REASON_DATABASE_LOST);
}

/*
 * Who asks while a server starts again only waits. One that stays away keeps nobody: after AWAY_US one request in a
 * quarter of a second looks for it, and all fail at once. Nobody waits for one that hangs.
 */
static struct err *
reconnect(struct ctx *cx)
{
	struct db *db = cx->db;
	int64_t now_us = clock_mono_us(), give_up_us;
	struct err *e = NULL;
	must(!db->in_tx);
	if (now_us < db->retry_at_us)
		return away(cx, "the database was away a moment ago");
	if (vitals_database_hung())
		return away(cx, "the database does not answer");
	if (!db->missed_at_us)
		db->missed_at_us = now_us;
	give_up_us = db->missed_at_us + AWAY_US;
	if (cx->deadline_us)
		give_up_us = MIN(give_up_us, cx->deadline_us);
	for (int64_t pause_us = PAUSE_FIRST_US;; pause_us = MIN(2 * pause_us, PAUSE_MOST_US)) {
		e = conn_try(cx->arena, db, give_up_us - clock_mono_us());
		if (!e || e->code != ERR_UNAVAILABLE)
			break;
		now_us = clock_mono_us();
		if (now_us + pause_us >= give_up_us || vitals_database_hung()) {
			if (now_us + pause_us >= db->missed_at_us + AWAY_US)
				db->retry_at_us = now_us + RETRY_US;
			break;
		}
		sleep_us(pause_us);
	}
	if (!e)
		db->missed_at_us = 0;
	return e;
}

/* The next answer may take what is left to the request, but `least_us`. */
static void
allow(struct ctx *cx, int64_t least_us)
{
	int64_t us = (cx->db->patient ? PATIENT_WAIT_MS : WAIT_MS) * INT64_C(1000);
	if (cx->deadline_us)
		us = MIN(us, MAX(cx->deadline_us - clock_mono_us(), least_us));
	/*
	 * Written straight into the transport: the option is read only when connecting, and its
	 * unit is the second.
	 */
	cx->db->my->net.pvio->timeout[PVIO_READ_TIMEOUT] = (int)(us / 1000) + 1;
}

void
conn_allow_last_word(struct ctx *cx)
{
	allow(cx, LAST_WORD_MS * INT64_C(1000));
}

struct err *
conn_ready(struct ctx *cx)
{
	struct db *db = cx->db;
	if (db->in_tx && db->broken)
		return failure_err(cx);
	if (cx->deadline_us && cx->deadline_us <= clock_mono_us())
		return no_time(cx);
	struct err *e = db->my ? NULL : reconnect(cx);
	if (e)
		return e;
	must(db->my);
	allow(cx, 0);
	return NULL;
}

bool
conn_send(struct ctx *cx, struct str sql)
{
	struct db *db = cx->db;
	if (fault_before(db, sql))
		return false;
	int64_t start_us = clock_mono_us();
	bool sent = !mysql_real_query(db->my, sql.p, sql.n);
	cx->statements++;
	cx->db_us += clock_mono_us() - start_us;
	if (!sent)
		failure_set(db, sql, mysql_errno(db->my), mysql_error(db->my));
	return sent && !fault_after(db, sql);
}

struct err *
conn_text(struct ctx *cx, struct str sql)
{
	struct err *e = conn_ready(cx);
	if (e)
		return e;
	return conn_send(cx, sql) ? NULL : failure_err(cx);
}

int64_t
db_session(const struct db *db)
{
	return db && db->my ? (int64_t)mysql_thread_id(db->my) : 0;
}

struct err *
db_ping(struct ctx *cx)
{
	struct db *db = cx->db;
	for (int attempt = 1;; attempt++) {
		struct err *e = conn_ready(cx);
		if (e)
			return e;
		cx->statements++;
		if (!mysql_ping(db->my))
			return NULL;
		failure_set(db, STR("ping"), mysql_errno(db->my), mysql_error(db->my));
		if (db->in_tx || attempt == 2)
			return failure_err(cx);
	}
}

void
db_cut(struct db *db)
{
	if (db && db->fd)
		shutdown(db->fd, SHUT_RDWR);
}

#ifdef SOUK_DEBUG

/* SHOW STATUS does not count what it reads itself. */
int64_t
db_rows_read(struct db *db)
{
	static const char sql[] = "SHOW SESSION STATUS LIKE 'Handler_read%'";
	MYSQL_RES *result = NULL;
	int64_t total = 0, n;
	if (db->my && !mysql_real_query(db->my, sql, sizeof(sql) - 1))
		result = mysql_store_result(db->my);
	for (MYSQL_ROW row; result && (row = mysql_fetch_row(result)) != NULL;)
		total += str_int(str_of(row[1]), &n) ? n : 0;
	mysql_free_result(result);
	return total;
}

void
db_fault(struct db *db, unsigned nth, int error)
{
	db->fault_in = nth;
	db->fault_error = error;
	db->fault_after = false;
}

bool
fault_before(struct db *db, struct str sql)
{
	if (!db->fault_in || --db->fault_in > 0)
		return false;
	if (db->fault_error == DB_FAULT_EXIT)
		_exit(FAULT_EXIT_STATUS);
	if (db->fault_error == CR_COMMANDS_OUT_OF_SYNC || db->fault_error == DB_FAULT_EXIT_AFTER) {
		db->fault_after = true;
		return false;
	}
	if (db->fault_error == ER_LOCK_DEADLOCK)
		must(mysql_query(db->my, "ROLLBACK") == 0);
	failure_set(db, sql, (unsigned)db->fault_error, "a fault made for a test");
	return true;
}

bool
fault_after(struct db *db, struct str sql)
{
	if (!db->fault_after)
		return false;
	db->fault_after = false;
	if (db->fault_error == DB_FAULT_EXIT_AFTER)
		_exit(FAULT_EXIT_STATUS);
	failure_set(db, sql, CR_SERVER_LOST, "a fault made for a test, after the statement");
	return true;
}

#else

bool
fault_before(struct db *db UNUSED, struct str sql UNUSED)
{
	return false;
}

bool
fault_after(struct db *db UNUSED, struct str sql UNUSED)
{
	return false;
}

#endif
