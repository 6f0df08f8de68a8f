/*
 * The file is made at its full size before it is mapped, since on a full disk a store into a hole would
 * be SIGBUS. Its magic is set by whoever finds 0 there: two may come at once.
 */
#include "base/shared.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAGIC UINT64_C(0x534f554b73687204) /* "SOUKshr", layout 4 */

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "atomics that take a lock cannot be shared");

static struct shared *
map(int fd)
{
	int flags = fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED;
	void *p = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, flags, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

static struct shared *
map_path(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660);
	struct shared *s = NULL;

	if (fd < 0)
		return NULL;
	errno = posix_fallocate(fd, 0, (off_t)sizeof(*s));
	if (!errno)
		s = map(fd);
	close(fd);
	return s;
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
	int n;

	if (!run_dir)
		return map(-1);
	n = snprintf(path, sizeof(path), "%s/shared", run_dir);
	if (n < 0 || (size_t)n >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	s = map_path(path);
	if (!s || is_ours(s))
		return s;
	munmap(s, sizeof(*s));
	if (unlink(path) && errno != ENOENT)
		return NULL;
	s = map_path(path);
	return s && is_ours(s) ? s : NULL;
}
