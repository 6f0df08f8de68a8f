/* What soukctl setup does to the host: other programs, files, templates. */
#ifndef SOUK_SOUKCTL_SHELL_H
#define SOUK_SOUKCTL_SHELL_H

#include "base/base.h"

#include <sys/types.h>

/*
 * Runs a program found by PATH, with nothing to read and its output on stderr. Its exit status; 127 if
 * there is no such program, 128 if it was ended by a signal.
 */
int shell_run(const char *const *argv) MUST_CHECK;

struct file {
	const char *path;
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

/* Writes the file whole or not at all. False: errno. */
bool file_write(struct arena *a, const struct file *f, struct str text) MUST_CHECK;
/* Reads a file of at most 1 MiB. False: errno. */
bool file_read(struct arena *a, const char *path, struct str *out) MUST_CHECK;
bool file_exists(const char *path);

struct word {
	const char *name; /* with its @ signs */
	struct str text;
};

/* The text with every word replaced; the list ends with a NULL name. */
struct str template_fill(struct arena *a, struct str text, const struct word *words);

#endif
