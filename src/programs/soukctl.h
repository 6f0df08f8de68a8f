/*
 * What the verbs of soukctl share, with each other and with the programs that cron starts. A verb is a row: its words, its
 * options, its function; help, errors and parsing are made from the row. Such a program is a verb without words. Results go
 * to stdout, everything else to stderr; exit codes are those of sysexits.h.
 */
#ifndef SOUK_SOUKCTL_H
#define SOUK_SOUKCTL_H

#include "base/config.h"
#include "db/ctx.h"

#define OPTIONS_MAX 12
#define OPERANDS_MAX 4

#define EXIT_USAGE 64         /* EX_USAGE */
#define EXIT_DATA 65          /* EX_DATAERR */
#define EXIT_INPUT 66         /* EX_NOINPUT: no such file or object */
#define EXIT_UNAVAILABLE 69   /* EX_UNAVAILABLE: the database */
#define EXIT_SOFTWARE 70      /* EX_SOFTWARE */
#define EXIT_OUTPUT 74        /* EX_IOERR */
#define EXIT_AGAIN 75         /* EX_TEMPFAIL: another one is at it */
#define EXIT_NO_PERMISSION 77 /* EX_NOPERM */
#define EXIT_CONFIG 78        /* EX_CONFIG */

struct ctl;

struct option_row {
	const char *name;
	const char *arg; /* what stands for its value in the help; NULL: it takes none */
	const char *doc;
};

struct verb {
	const char *words;    /* "key create"; "": the program has no verbs */
	const char *operands; /* as help shows them, or NULL */
	size_t noperands;
	const char *doc;
	const struct option_row *options;
	size_t noptions;
	int (*run)(struct ctl *c);
};

/* One run of the program. */
struct ctl {
	const char *program; /* its name */
	struct arena *arena;
	const struct verb *verb;
	const char *given[OPTIONS_MAX]; /* values, by row; NULL: not given; "": without a value */
	const char *operands[OPERANDS_MAX];
	struct config config;
	struct ctx cx;
};

extern const struct verb verb_account_limits, verb_config_check, verb_config_show, verb_describe,
	verb_doctor, verb_import_orders, verb_import_products, verb_key_create, verb_key_revoke,
	verb_ledger_export, verb_migrate, verb_openapi, verb_seed, verb_setup, verb_tenant_create,
	verb_verify;

/* All of them, in the order of help; ends with NULL. */
extern const struct verb *const ctl_verbs[];

/* ---- soukctl_args.c */

/*
 * Finds the verb, its options and operands. -1: go on with c->verb->run(c); else the exit code, and
 * what was wrong, or the help that was asked for, has been printed.
 */
int ctl_parse(struct ctl *c, const struct verb *const *verbs, int argc, char **argv);
/* The value of the verb's option, "" for one without a value; NULL: not given. */
const char *ctl_given(const struct ctl *c, const char *option);
/* The same as a view; absent if not given. */
struct str ctl_text(const struct ctl *c, const char *option);
/* Prints what is wrong with the command line; gives EXIT_USAGE. */
int ctl_usage(const struct ctl *c, const char *fmt, ...) PRINTF(2, 3);

/* ---- soukctl_open.c */

/* Prints the err with its details; gives the exit code that fits. */
int ctl_fail(const struct ctl *c, const struct err *e);
/* Links the descriptors. 0 or an exit code. */
int ctl_link(struct ctl *c);
/* Reads the settings and links the descriptors. 0 or an exit code. */
int ctl_settings(struct ctl *c);
/* The same, and connects to the database, as the API's user or as the migrations'; see ctl_become(). */
int ctl_open(struct ctl *c, bool as_migrator);
/*
 * If it is root, becomes the owner of the run directory or, for migrations without a password, the user
 * that has the name of the database's: the unix socket authenticates by it, and nothing is written that
 * the workers could not write. There is no way back. 0 or an exit code.
 */
int ctl_become(const struct ctl *c, bool as_migrator);
/* Runs what the command line says, with `verbs`, and ends what it opened; gives the exit code. */
int ctl_main(const char *program, const struct verb *const *verbs, int argc, char **argv);
/* Makes c->cx act for --tenant on the side of --mode (live, if not given). 0 or an exit code. */
int ctl_enter(struct ctl *c);
/* Reads --mode into *sandbox, live if it is not given. 0 or an exit code. */
int ctl_mode(const struct ctl *c, bool *sandbox);
void ctl_close(struct ctl *c);

/* ---- soukctl_manual.c: print to stdout */

/* The list of verbs and options for soukctl(1). */
void manual_verbs(void);
/* The list of reasons for souk-errors(7). */
void manual_errors(void);

/* ---- for soukctl setup: the demo tenant on both sides (soukctl_seed.c), and a key for it (soukctl_key.c) */

int ctl_seed_demo(struct ctl *c);
int ctl_demo_key(struct ctl *c, struct str *secret);

#endif
