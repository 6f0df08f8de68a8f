/*
 * The database server as its owner sees it, for soukctl setup: a connection without a database, as the
 * user of the operating system that runs the program, judged by nothing.
 */
#ifndef SOUK_DB_ADMIN_H
#define SOUK_DB_ADMIN_H

#include "db/db.h"

/*
 * Connects to the server's socket as `user`, who must be known there by the unix socket. Retries for up to
 * wait_ms while the server is not up. Ended with db_close().
 */
struct err *db_admin_open(struct arena *a, const char *socket, const char *user, int wait_ms,
	struct db **out) MUST_CHECK;

/* Runs the statements of a script, which end with ';' at the end of a line. Outside a transaction. */
struct err *db_script(struct ctx *cx, struct str sql) MUST_CHECK;

/* Text between single quotes, for a script. */
struct str db_quote(struct arena *a, struct str text);

#endif
