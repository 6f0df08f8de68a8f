#include "programs/soukctl_shell.h"

#include "base/buf.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILE_MOST ((size_t)1 << 20)
#define NOT_FOUND 127
#define SIGNALLED 128

extern char **environ;

int
shell_run(const char *const *argv)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int status = 0, fault;

	must(posix_spawn_file_actions_init(&actions) == 0);
	must(posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) ==
		0);
	must(posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO) == 0);
	/* argv is char *const * for historical reasons only; nobody writes to it. */
	fault = posix_spawnp(
		&pid, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (fault)
		return NOT_FOUND;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : SIGNALLED;
}

static bool
put_all(int fd, struct str text)
{
	while (text.n) {
		ssize_t put = write(fd, text.p, text.n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		text = str_cut(text, (size_t)put, text.n);
	}
	return true;
}

bool
file_write(struct arena *a, const struct file *f, struct str text)
{
	const char *new = str_fmt(a, "%s.new", f->path).p;
	int fd, error = 0;

	(void)unlink(new);
	fd = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
	if (fd < 0)
		return false;
	if (!put_all(fd, text) || fchown(fd, f->uid, f->gid) || fchmod(fd, f->mode) || fsync(fd))
		error = errno;
	if (close(fd) && !error)
		error = errno;
	if (!error && !rename(new, f->path))
		return true;
	error = error ? error : errno;
	(void)unlink(new);
	errno = error;
	return false;
}

bool
file_read(struct arena *a, const char *path, struct str *out)
{
	char *bytes = arena_alloc(a, FILE_MOST);
	int fd = open(path, O_RDONLY | O_CLOEXEC), error = 0;
	size_t n = 0;
	ssize_t got = 0;

	if (fd < 0)
		return false;
	while (n < FILE_MOST && (got = read(fd, bytes + n, FILE_MOST - n)) > 0)
		n += (size_t)got;
	if (got < 0)
		error = errno;
	else if (n == FILE_MOST)
		error = EFBIG;
	close(fd);
	errno = error;
	*out = (struct str){ bytes, n };
	return !error;
}

bool
file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* The word that the text begins with, or NULL. */
static const struct word *
word_at(struct str text, const struct word *words)
{
	while (words->name && !str_starts(text, str_of(words->name)))
		words++;
	return words->name ? words : NULL;
}

struct str
template_fill(struct arena *a, struct str text, const struct word *words)
{
	struct buf b;

	buf_init(&b, a, text.n + 256, 2 * FILE_MOST);
	for (size_t i = 0; i < text.n;) {
		const struct word *w =
			text.p[i] == '@' ? word_at(str_cut(text, i, text.n), words) : NULL;

		if (w)
			buf_str(&b, w->text);
		else
			buf_char(&b, text.p[i]);
		i += w ? strlen(w->name) : 1;
	}
	must(!b.overflow);
	return buf_view(&b);
}
