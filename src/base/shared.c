/*
 * The file is made at its full size before it is mapped, since on a full disk a store into a hole would
 * be SIGBUS. Its magic is set by whoever finds 0 there: two may come at once.
 */
#include "base/shared.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#define FILE_NAME "shared"
#define MAGIC UINT64_C(0x534f554b73687206) /* "SOUKshr", layout 6 */

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "atomics that take a lock cannot be shared");

static void *
map(int fd, size_t size)
{
	int flags = fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED;
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* False (errno) if the path is too long. */
static bool
join(char *path, size_t size, const char *dir, const char *name)
{
	int n = snprintf(path, size, "%s/%s", dir, name);

	errno = ENAMETOOLONG;
	return n > 0 && (size_t)n < size;
}

void *
shared_file(const char *dir, const char *name, size_t size)
{
	char path[4096];
	void *p = NULL;
	int fd;

	if (!join(path, sizeof(path), dir, name))
		return NULL;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660);
	if (fd < 0)
		return NULL;
	errno = posix_fallocate(fd, 0, (off_t)size);
	if (!errno)
		p = map(fd, size);
	close(fd);
	return p;
}

static bool
is_ours(struct shared *s)
{
	uint64_t found = 0;

	return atomic_compare_exchange_strong(&s->magic, &found, MAGIC) || found == MAGIC;
}

struct shared *
shared_open(const char *run_dir)
{
	char path[4096];
	struct shared *s;

	if (!run_dir)
		return map(-1, sizeof(*s));
	s = shared_file(run_dir, FILE_NAME, sizeof(*s));
	if (!s || is_ours(s))
		return s;
	munmap(s, sizeof(*s));
	if (!join(path, sizeof(path), run_dir, FILE_NAME) || (unlink(path) && errno != ENOENT))
		return NULL;
	s = shared_file(run_dir, FILE_NAME, sizeof(*s));
	return s && is_ours(s) ? s : NULL;
}
