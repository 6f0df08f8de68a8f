#include "db/server.h"

/* Boolean variables read as 1 and 0; innodb_encrypt_tables is a text, OFF, ON or FORCE. */
struct err *
db_server_read(struct ctx *cx, struct db_server *out)
{
	struct db_rows rows;
	struct err *e = db_query0(cx, &rows,
		"SELECT @@version, @@datadir, @@innodb_encrypt_tables <> 'OFF',"
		" @@innodb_encrypt_log = 1, @@innodb_encrypt_temporary_tables = 1"
		" AND @@encrypt_tmp_files = 1 AND @@encrypt_tmp_disk_tables = 1,"
		" @@innodb_flush_log_at_trx_commit = 1, @@max_connections, UTC_TIMESTAMP(3)");

	if (e)
		return e;
	const struct db_value *c = db_row(&rows, 0);
	*out = (struct db_server){
		.version = c[0].s,
		.data_dir = c[1].s,
		.encrypts_tables = c[2].i,
		.encrypts_log = c[3].i,
		.encrypts_temporary = c[4].i,
		.flushes_commits = c[5].i,
		.max_connections = c[6].i,
		.now_ms = c[7].i,
	};
	return NULL;
}
