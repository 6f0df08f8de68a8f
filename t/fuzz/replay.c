/*
 * Runs what is kept in DIR/TARGET/ through its target, as TAP: what was found by ./dev fuzz stays found, without clang. Each input
 * is also run with a part of it repeated until it is as long as may be, where chance seldom gets: what grows faster than its input
 * passes FUZZ_MEMORY or HANG_S.
 * usage: fuzz-replay [PATTERN [DIR]], a part of "fuzz_TARGET" and, if not ${srcdir:-.}/t/fuzz/seeds, where they are
 */
#include "fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MOST ((size_t)2 << 20)
#define HANG_S 10

/* The input that is running, for the handler of what ends it. */
static char path[4096];

static void
on_end(int signal_number)
{
	static const char what[] = "not ok - fuzz: ended, or hung, by ";

	(void)!write(STDOUT_FILENO, what, sizeof(what) - 1);
	(void)!write(STDOUT_FILENO, path, strlen(path));
	(void)!write(STDOUT_FILENO, "\n", 1);
	(void)signal(signal_number, SIG_DFL);
	(void)raise(signal_number);
}

/* The file's bytes in a block of just that size, so that a read beyond it is seen. */
static char *
read_whole(size_t *n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *bytes;

	must(fd >= 0 && !fstat(fd, &st) && (size_t)st.st_size <= FILE_MOST);
	*n = (size_t)st.st_size;
	bytes = malloc(*n ? *n : 1);
	must(bytes && read(fd, bytes, *n) == (ssize_t)*n);
	close(fd);
	return bytes;
}

static void
run(const struct fuzz_target *t, const char *bytes, size_t n)
{
	(void)alarm(HANG_S);
	fuzz_run(t, bytes, n);
	(void)alarm(0);
}

/* A byte, a few, or all behind the place, at each quarter of the input. */
static void
stretch(const struct fuzz_target *t, const char *bytes, size_t n)
{
	static const size_t lengths[] = { 1, 9, SIZE_MAX };
	char *big = malloc(t->most);

	must(big);
	for (size_t k = 0; n && n < t->most && k < 4 * COUNT(lengths); k++) {
		size_t from = n * (k % 4) / 4, length = MIN(lengths[k / 4], n - from);
		size_t behind = n - from - length, end = t->most - behind;

		memcpy(big, bytes, from + length);
		for (size_t i = from + length; i < end; i++)
			big[i] = big[i - length];
		memcpy(big + end, bytes + n - behind, behind);
		run(t, big, t->most);
	}
	free(big);
}

static void
replay_one(const struct fuzz_target *t)
{
	size_t n;
	char *bytes = read_whole(&n);

	run(t, bytes, n);
	stretch(t, bytes, n);
	free(bytes);
}

/* How many there were. */
static size_t
replay(const struct fuzz_target *t, const char *seeds)
{
	char dir_path[2048];
	struct dirent *entry;
	size_t n = 0;
	DIR *dir;

	(void)snprintf(dir_path, sizeof(dir_path), "%s/%s", seeds, t->name);
	dir = opendir(dir_path);
	while (dir && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", dir_path, entry->d_name);
		replay_one(t);
		n++;
	}
	if (dir)
		closedir(dir);
	return n;
}

int
main(int argc, char **argv)
{
	static const int ends[] = { SIGABRT, SIGALRM, SIGBUS, SIGFPE, SIGILL, SIGSEGV };
	const char *pattern = argc > 1 ? argv[1] : "", *srcdir = getenv("srcdir");
	char seeds[1024];
	int status = 0;

	(void)snprintf(seeds, sizeof(seeds), "%s/t/fuzz/seeds", srcdir ? srcdir : ".");
	for (size_t i = 0; i < COUNT(ends); i++)
		(void)signal(ends[i], on_end);
	for (const struct fuzz_target *t = fuzz_targets; t->name; t++) {
		char name[64];
		size_t n;

		(void)snprintf(name, sizeof(name), "fuzz_%s", t->name);
		if (!strstr(name, pattern))
			continue;
		n = replay(t, argc > 2 ? argv[2] : seeds);
		status |= n == 0;
		(void)printf("%s - %s: %zu inputs\n", n ? "ok" : "not ok", name, n);
		(void)fflush(stdout);
	}
	return status;
}
