/*
 * Migrations: sql/NNNN_words.sql, applied in order from 0001 on, each recorded in
 * schema_migrations with the SHA-256 of its bytes. A file whose bytes or name changed after it
 * was applied, a gap, or a duplicate number is refused: ERR_INTERNAL, whose log text says which.
 * Recorded numbers beyond the files are let be, so that an older release runs on while a roll-out
 * is taken back.
 */
#ifndef SOUK_DB_MIGRATE_H
#define SOUK_DB_MIGRATE_H

#include "db/db.h"

/*
 * Applies what is missing under a named lock (GET_LOCK), so that two runs at once are one;
 * reports each by `told` (may be NULL). Statements end with ';' at the end of a line; lines that
 * begin with "-- " are left out. A migration that died half-way is applied again from its first
 * statement, so each is written to be repeatable (CREATE TABLE IF NOT EXISTS …). Outside a
 * transaction.
 */
struct err *migrate_up(struct ctx *cx, const char *dir, void (*told)(const char *name)) MUST_CHECK;

/* Sets *pending to the number of migrations in dir not yet applied. */
struct err *migrate_pending(struct ctx *cx, const char *dir, int *pending) MUST_CHECK;

#endif
