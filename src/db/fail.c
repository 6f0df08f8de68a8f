/*
 * MariaDB's error numbers as errs of ours: the one table. The caller reads only the table's words;
 * what the server said, which may name columns and values, goes to the log text.
 */
#include "db/db_int.h"

#include "base/log.h"
#include "base/metrics.h"

#include <errmsg.h>
#include <mysqld_error.h>

/* Of mysys, the server's own file functions: "Disk is full writing …". */
#define EE_DISK_FULL 20

static const struct failure_row {
	unsigned number;
	enum err_code code;
	enum reason reason;
	const char *message;
} rows[] = {
	{ ER_DUP_ENTRY, ERR_CONFLICT, REASON_DUPLICATE, "another object has this value already" },
	{ ER_DUP_ENTRY_WITH_KEY_NAME, ERR_CONFLICT, REASON_DUPLICATE,
		"another object has this value already" },
	{ ER_NO_REFERENCED_ROW_2, ERR_VALIDATION, REASON_REFERENCE,
		"it refers to an object that does not exist" },
	{ ER_ROW_IS_REFERENCED_2, ERR_CONFLICT, REASON_STILL_REFERENCED,
		"other objects still refer to it" },
	{ ER_CONSTRAINT_FAILED, ERR_VALIDATION, REASON_CHECK,
		"a value breaks a rule of what is stored" },
	{ ER_WARN_DATA_OUT_OF_RANGE, ERR_VALIDATION, REASON_OUT_OF_RANGE,
		"a number is out of range" },
	{ ER_DATA_OUT_OF_RANGE, ERR_VALIDATION, REASON_OUT_OF_RANGE, "a number is out of range" },
	{ ER_DATA_TOO_LONG, ERR_VALIDATION, REASON_OUT_OF_RANGE, "a text is too long" },
	{ ER_STATEMENT_TIMEOUT, ERR_TOO_EXPENSIVE, REASON_NONE, NULL },
	{ ER_TOO_BIG_SELECT, ERR_TOO_EXPENSIVE, REASON_NONE, NULL },
	{ ER_QUERY_INTERRUPTED, ERR_UNAVAILABLE, REASON_INTERRUPTED, NULL },
	{ ER_CON_COUNT_ERROR, ERR_UNAVAILABLE, REASON_CONNECTIONS, NULL },
	{ ER_TOO_MANY_USER_CONNECTIONS, ERR_UNAVAILABLE, REASON_CONNECTIONS, NULL },
	{ ER_USER_LIMIT_REACHED, ERR_UNAVAILABLE, REASON_CONNECTIONS, NULL },
	{ ER_DISK_FULL, ERR_UNAVAILABLE, REASON_STORAGE, NULL },
	{ ER_RECORD_FILE_FULL, ERR_UNAVAILABLE, REASON_STORAGE, NULL },
	{ EE_DISK_FULL, ERR_UNAVAILABLE, REASON_STORAGE, NULL },
	{ ER_OPTION_PREVENTS_STATEMENT, ERR_UNAVAILABLE, REASON_READ_ONLY, NULL },
};

/*
 * A full disk has few numbers of its own: most of what fails for it, in the server's files, its binary log or a commit,
 * only says so in words, which are the system's.
 */
static bool
is_disk_full(const struct failure *f)
{
	return strstr(f->message, "No space left on device") != NULL;
}

static enum failure_kind
kind_of(unsigned number)
{
	switch (number) {
	case ER_LOCK_DEADLOCK:
	case ER_LOCK_WAIT_TIMEOUT:
	case ER_CHECKREAD:
		return FAILURE_REPEAT;
	case ER_NEED_REPREPARE:
	case ER_UNKNOWN_STMT_HANDLER:
	case CR_NEW_STMT_METADATA:
		return FAILURE_STALE;
	case CR_CONNECTION_ERROR:
	case CR_CONN_HOST_ERROR:
	case CR_SERVER_GONE_ERROR:
	case CR_SERVER_LOST:
	case CR_SERVER_LOST_EXTENDED:
	case CR_COMMANDS_OUT_OF_SYNC: /* our reading is off: a fresh connection is the only cure */
	case CR_MALFORMED_PACKET:
	case ER_SERVER_SHUTDOWN:
	case ER_CONNECTION_KILLED:
	case ER_NET_READ_ERROR:
	case ER_NET_READ_INTERRUPTED:
	case ER_NET_ERROR_ON_WRITE:
	case ER_NET_WRITE_INTERRUPTED:
	case ER_NET_PACKETS_OUT_OF_ORDER:
		return FAILURE_LOST;
	default:
		return FAILURE_OTHER;
	}
}

/*
 * The insert of an idempotency key waits longer than others; when even that runs out, its twin is
 * still at work, and to repeat would only wait again (D55).
 */
static bool
has_own_lock_wait(struct str sql)
{
	return str_starts(sql, STR("SET STATEMENT innodb_lock_wait_timeout"));
}

static struct failure_row
row_of(const struct failure *f)
{
	if (f->kind == FAILURE_REPEAT)
		return (struct failure_row){ f->number, ERR_TX_REPEAT, REASON_NONE, NULL };
	if (f->kind == FAILURE_LOST)
		return (struct failure_row){ f->number, ERR_UNAVAILABLE, REASON_DATABASE_LOST,
			NULL };
	if (f->number == ER_LOCK_WAIT_TIMEOUT)
		return (struct failure_row){ f->number, ERR_CONFLICT, REASON_LOCK_WAIT,
			"the same request is still at work" };
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (rows[i].number == f->number)
			return rows[i];
	}
	if (is_disk_full(f))
		return (struct failure_row){ f->number, ERR_UNAVAILABLE, REASON_STORAGE, NULL };
	return (struct failure_row){ f->number, ERR_INTERNAL, REASON_NONE, NULL };
}

static void
count(const struct failure *f)
{
	switch (f->kind) {
	case FAILURE_REPEAT:
		metrics_add(METRIC_DB_CONFLICTS, 1);
		break;
	case FAILURE_LOST:
		metrics_add(METRIC_DB_LOST, 1);
		break;
	case FAILURE_OTHER:
		metrics_add(METRIC_DB_ERRORS, err_status(row_of(f).code) >= 500);
		break;
	case FAILURE_STALE:
		break;
	}
}

void
failure_set(struct db *db, struct str sql, unsigned number, const char *message)
{
	struct failure *f = &db->failure;
	must_have(number != CR_OUT_OF_MEMORY);
	f->number = number ? number : CR_SERVER_LOST;
	f->kind = kind_of(f->number);
	if (f->number == ER_LOCK_WAIT_TIMEOUT && has_own_lock_wait(sql))
		f->kind = FAILURE_OTHER;
	(void)snprintf(f->message, sizeof(f->message), "%s", message);
	count(f);
	if (f->kind == FAILURE_LOST) {
		log_line(LOG_WARN, "db_lost", LOG_I("error", f->number),
			LOG_Z("message", f->message));
		conn_drop(db);
	}
	if (db->in_tx && (f->kind == FAILURE_LOST || f->kind == FAILURE_REPEAT))
		db->broken = true;
}

struct err *
failure_err(struct ctx *cx)
{
	const struct failure *f = &cx->db->failure;
	struct failure_row row = row_of(f);
	struct err *e = err_log(cx->arena, row.code, "MariaDB %u: %s", f->number, f->message);
	if (row.message)
		e->message = str_of(row.message);
	if (row.code == ERR_UNAVAILABLE || row.code == ERR_TX_REPEAT)
		e->retry_after_s = 1;
	return err_reason(e, row.reason);
}

/*
 * The message ends in "for key 'name'"; the value before it may hold anything, so read backwards.
 */
struct str
db_duplicate_key(const struct err *e)
{
	const struct str absent = { 0 };
	struct str log = e->log;
	if (e->code != ERR_CONFLICT || e->reason != REASON_DUPLICATE)
		return absent;
	if (!str_ends(log, STR("'")))
		return absent;
	size_t end = log.n - 1, start = end;
	while (start > 0 && log.p[start - 1] != '\'' && log.p[start - 1] != '.')
		start--;
	return str_cut(log, start, end);
}
