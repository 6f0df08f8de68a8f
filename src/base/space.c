#include "base/space.h"

#include <sys/statvfs.h>

int
space_percent(const char *path)
{
	struct statvfs v;
	uint64_t all;

	if (statvfs(path, &v))
		return -1;
	all = (uint64_t)(v.f_blocks - v.f_bfree) + v.f_bavail;
	return all ? (int)((uint64_t)v.f_bavail * 100 / all) : 100;
}
