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
		" @@innodb_flush_log_at_trx_commit = 1, @@max_connections, UTC_TIMESTAMP(3),"
		" @@innodb_snapshot_isolation = 1,"
		" CONVERT_TZ('2026-01-01', 'UTC', 'Europe/Berlin') IS NOT NULL");

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
		.isolates_snapshots = c[8].i,
		.knows_time_zones = c[9].i,
	};
	return NULL;
}

/* What is relative is so to the directory of the data; a binary log that is off has no name. */
struct err *
db_places_read(struct ctx *cx, struct db_places *out)
{
	struct db_rows rows;
	struct err *e = db_query0(cx, &rows,
		"SELECT @@datadir, IF(redo LIKE '/%', redo, CONCAT(@@datadir, redo)),"
		" REGEXP_REPLACE(@@log_bin_basename, '[^/]*$', '')"
		" FROM (SELECT @@innodb_log_group_home_dir AS redo) dirs");

	*out = (struct db_places){ 0 };
	for (size_t i = 0; !e && i < rows.columns; i++)
		if (rows.cells[i].s.n)
			out->dirs[out->n++] = rows.cells[i].s;
	return e;
}

/* A database's name in a grant is a pattern, where '_' may be escaped. */
#define ME "CONCAT(\"'\", REPLACE(CURRENT_USER(), '@', \"'@'\"), \"'\")"
#define OURS "REPLACE(table_schema, '\\\\_', '_') = DATABASE()"
#define NEEDED "('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')"

struct err *
db_grants_read(struct ctx *cx, struct db_grants *out)
{
	struct db_rows rows;
	struct err *e = db_query0(cx, &rows,
		"WITH needed (privilege) AS (VALUES " NEEDED "), held AS ("
		" SELECT privilege_type AS privilege, 1 AS here, '' AS place, is_grantable"
		" FROM information_schema.user_privileges"
		" WHERE grantee = " ME " AND privilege_type <> 'USAGE'"
		" UNION ALL SELECT privilege_type, " OURS ", CONCAT(' on ', table_schema, '.*'),"
		" is_grantable FROM information_schema.schema_privileges WHERE grantee = " ME ")"
		" SELECT (SELECT GROUP_CONCAT(privilege SEPARATOR ', ') FROM needed WHERE privilege"
		" NOT IN (SELECT privilege FROM held WHERE here)),"
		" (SELECT GROUP_CONCAT(privilege, place,"
		" IF(is_grantable = 'YES', ' with GRANT OPTION', '') SEPARATOR ', ')"
		" FROM held WHERE place = '' OR NOT here OR is_grantable = 'YES'"
		" OR privilege NOT IN (SELECT privilege FROM needed))");

	if (e)
		return e;
	*out = (struct db_grants){
		.missing = db_row(&rows, 0)[0].s,
		.excess = db_row(&rows, 0)[1].s,
	};
	return NULL;
}
