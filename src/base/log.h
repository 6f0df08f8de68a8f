/*
 * The log: JSON lines, one write(2) each, to stderr or a file that log_reopen() opens anew
 * (logrotate). A line has ts, level, event, pid and the pairs given. No secrets, no personal data:
 * the caller chooses what to say.
 */
#ifndef SOUK_BASE_LOG_H
#define SOUK_BASE_LOG_H

#include "base/base.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* `path` NULL or "-" is stderr. False (errno) if the file cannot be opened. */
bool log_open(const char *path, enum log_level least);
void log_reopen(void);
bool log_is_on(enum log_level level);
/* The level of that name, as settings have it; LOG_INFO for any other. */
enum log_level log_level_of(const char *name);
/* The request that lines belong to from now on, and its caller's trace; absent: none. The views must outlive their use. */
void log_request(struct str request_id, struct str trace);

enum log_kind { LOG_STR, LOG_INT, LOG_END };
struct log_pair {
	const char *name;
	enum log_kind kind;
	struct str s;
	int64_t i;
};
#define LOG_S(name, value) ((struct log_pair){ (name), LOG_STR, (value), 0 })
#define LOG_Z(name, value) ((struct log_pair){ (name), LOG_STR, str_of(value), 0 })
#define LOG_I(name, value) ((struct log_pair){ (name), LOG_INT, { 0 }, (value) })

/* Writes one line with those pairs; longer than 8 KiB is cut inside a string, still valid JSON. */
void log_pairs(enum log_level level, const char *event, const struct log_pair *pairs, size_t n);
#define log_line(level, event, ...)                                                                \
	log_pairs((level), (event), (const struct log_pair[]){ __VA_ARGS__ },                      \
		sizeof((const struct log_pair[]){ __VA_ARGS__ }) / sizeof(struct log_pair))
/* A line with a formatted "message". */
void log_say(enum log_level level, const char *event, const char *fmt, ...) PRINTF(3, 4);

#endif
