/* What the database server is set to, as far as Souk relies on it; for soukctl doctor. */
#ifndef SOUK_DB_SERVER_H
#define SOUK_DB_SERVER_H

#include "db/db.h"

struct db_server {
	struct str version, data_dir;
	bool encrypts_tables, encrypts_log, encrypts_temporary;
	bool flushes_commits; /* a commit that was answered survives a power cut */
	int64_t max_connections;
	int64_t now_ms; /* its clock */
};

struct err *db_server_read(struct ctx *cx, struct db_server *out) MUST_CHECK;

#endif
