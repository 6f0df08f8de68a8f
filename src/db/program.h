/* When the programs that cron starts were last done, for soukctl doctor: nobody misses one that is never started. */
#ifndef SOUK_DB_PROGRAM_H
#define SOUK_DB_PROGRAM_H

#include "db/db.h"

/* Notes that the program has done all of its work. */
struct err *program_done(struct ctx *cx, struct str program) MUST_CHECK;
/* The same of one that looks for differences: how many it found. */
struct err *program_found(struct ctx *cx, struct str program, int64_t differences) MUST_CHECK;
/* When that was, 0 if it never was, and how many it found. */
struct err *program_last_found(
	struct ctx *cx, struct str program, int64_t *ms, int64_t *differences) MUST_CHECK;
/* When that was; if it never was, when the tables were made. */
struct err *program_last(struct ctx *cx, struct str program, int64_t *ms) MUST_CHECK;

#endif
