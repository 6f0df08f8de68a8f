/* What the database server is set to, as far as Souk relies on it; for soukctl doctor and the keeper. */
#ifndef SOUK_DB_SERVER_H
#define SOUK_DB_SERVER_H

#include "db/db.h"

struct db_server {
	struct str version, data_dir;
	bool isolates_snapshots, knows_time_zones;
	bool encrypts_tables, encrypts_log, encrypts_temporary;
	bool flushes_commits; /* a commit that was answered survives a power cut */
	int64_t max_connections;
	int64_t now_ms; /* its clock */
};

struct err *db_server_read(struct ctx *cx, struct db_server *out) MUST_CHECK;

/* The directories that writes fill: tables, redo log, binary log; absolute paths of the server's host. */
struct db_places {
	struct str dirs[3];
	size_t n;
};

struct err *db_places_read(struct ctx *cx, struct db_places *out) MUST_CHECK;

/* The rights of the connection's own user, against those that the API needs; lists, empty if right. */
struct db_grants {
	struct str missing; /* "INSERT, DELETE" */
	struct str excess;  /* "SUPER, DROP on souk.*" */
};

struct err *db_grants_read(struct ctx *cx, struct db_grants *out) MUST_CHECK;

#endif
