/* The parts of soukctl setup. Each gives 0, or an exit code once it has said on stderr what is wrong. */
#ifndef SOUK_SOUKCTL_SETUP_H
#define SOUK_SOUKCTL_SETUP_H

#include "programs/soukctl.h"
#include "programs/soukctl_shell.h"

#include <pwd.h>

struct setup {
	struct ctl *c;
	const struct passwd *user; /* as whom souk-api runs */
	const char *name;          /* of the host, as clients write it */
	int64_t port, sandbox_port, plain_port;
	bool site_asked; /* the name or a port was given */
	bool changed;    /* something that souk-api reads only when it starts */
};

/* One line about a part: that it was there, or that it was made. */
void setup_tell(const char *what, const char *outcome);
int setup_fail(int status, const char *fmt, ...) PRINTF(2, 3);

/* MariaDB: its settings, database, users and time zones, then the tables. */
int setup_database(struct setup *s) MUST_CHECK;
/* Certificate, nginx's site and SOUK_BASE_URL. */
int setup_site(struct setup *s) MUST_CHECK;

#endif
