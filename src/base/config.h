/* Settings: one table (config.def) gives the struct, the parser, the limits and the manual. */
#ifndef SOUK_BASE_CONFIG_H
#define SOUK_BASE_CONFIG_H

#include "base/base.h"

/* Where an installation keeps its things; configure says so. */
#ifndef SOUK_CONFDIR
#define SOUK_CONFDIR "/etc/souk"
#endif
#ifndef SOUK_DATADIR
#define SOUK_DATADIR "/usr/share/souk"
#endif
#ifndef SOUK_RUNDIR
#define SOUK_RUNDIR "/run/souk"
#endif
#ifndef SOUK_STATEDIR
#define SOUK_STATEDIR "/var/lib/souk"
#endif
#ifndef SOUK_CRONDIR
#define SOUK_CRONDIR "/etc/cron.d"
#endif

struct config {
#define TEXT const char *
#define SECRET TEXT
#define PATH TEXT
#define SOCKET TEXT
#define STREAM TEXT
#define NAME TEXT
#define NAME_OR_NONE TEXT
#define URL_OR_NONE TEXT
#define RANGES TEXT
#define SERVICES TEXT
#define CHOICE(list) TEXT
#define INT(lo, hi) int64_t
#define X(member, key, type, initial, doc) type member;
#include "base/config.def"
#undef X
#undef INT
#undef CHOICE
#undef SERVICES
#undef RANGES
#undef URL_OR_NONE
#undef NAME_OR_NONE
#undef NAME
#undef STREAM
#undef SOCKET
#undef PATH
#undef SECRET
#undef TEXT
};

/*
 * Reads config_file() (if there is one), then the environment, into *c. ERR_VALIDATION with a detail for
 * every fault: an unknown SOUK_ name in the file (with the nearest known one), a value that its type does
 * not allow, a line without '='. The field of a detail is "FILE:LINE" or "environment". The texts live as
 * long as the arena.
 */
struct err *config_read(struct arena *a, struct config *c) MUST_CHECK;
/* The same; origins[row], for each row of config_rows(), becomes "default", "FILE:LINE" or "environment". */
struct err *config_read_origins(struct arena *a, struct config *c, struct str *origins) MUST_CHECK;

/*
 * The settings' file: the one that SOUK_CONFIG names (none, if that is set but empty), else the
 * installation's souk.env if it exists. NULL: none.
 */
const char *config_file(void);

/* One row of the table, for describe and the manual. */
struct config_row {
	const char *key, *type, *initial, *doc;
	bool secret;
};
const struct config_row *config_rows(size_t *n);
/* The value of that row, as it would stand in the file. */
struct str config_value(struct arena *a, const struct config *c, size_t row);

#endif
