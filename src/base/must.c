/* The end of a worker whose invariant does not hold, or whose memory is gone: one line that says where. */
#include "base/base.h"
#include "base/log.h"

#include <unistd.h>

#define EXIT_MEMORY 71 /* EX_OSERR */

void
must_failed(const char *what, const char *file, int line, const char *function)
{
	log_line(LOG_ERROR, "must_failed", LOG_Z("condition", what), LOG_Z("file", file),
		LOG_I("line", line), LOG_Z("function", function));
	abort();
}

/* Leaves at once: what exit() would run may need the memory that is not there. */
void
must_have_failed(const char *what)
{
	log_line(LOG_ERROR, "no_memory", LOG_Z("condition", what));
	_exit(EXIT_MEMORY);
}
