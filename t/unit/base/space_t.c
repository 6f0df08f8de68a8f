/* Free space is a share of what is there, or an error. */
#include "tap.h"

#include "base/space.h"

void
test_space__is_a_percentage(void)
{
	int percent = space_percent("/tmp");

	CHECK(percent >= 0 && percent <= 100);
	CHECK(space_percent("/proc") == 100); /* has no blocks at all */
	errno = 0;
	CHECK(space_percent("/nonexistent/dir") == -1 && errno == ENOENT);
}
