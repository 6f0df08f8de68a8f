/* One mapped file. A file of another layout is replaced by name, so its users keep what they have mapped. */
#include "base/shared.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC UINT64_C(0x534f554b00000001) /* "SOUK", layout 1 */

static struct shared *
map(int fd)
{
	int flags = fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED;
	struct shared *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, flags, fd, 0);

	return s == MAP_FAILED ? NULL : s;
}

/* Two that start at once both size the same zeroes and write the same magic. */
static struct shared *
map_path(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct shared *s;

	if (fd < 0)
		return NULL;
	if (ftruncate(fd, (off_t)sizeof(*s)) < 0) {
		(void)close(fd);
		return NULL;
	}
	s = map(fd);
	(void)close(fd);
	return s;
}

struct shared *
shared_open(const char *run_dir)
{
	char path[PATH_MAX];
	struct shared *s;

	if (!run_dir)
		return map(-1);
	(void)snprintf(path, sizeof(path), "%s/shared", run_dir);
	s = map_path(path);
	if (s && s->magic != 0 && s->magic != MAGIC && unlink(path) == 0)
		s = map_path(path);
	if (s)
		s->magic = MAGIC;
	return s;
}
