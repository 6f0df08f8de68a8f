/* The end of a worker whose invariant does not hold: one line that says where, and a core. */
#include "base/base.h"
#include "base/log.h"

void
must_failed(const char *what, const char *file, int line, const char *function)
{
	log_line(LOG_ERROR, "must_failed", LOG_Z("condition", what), LOG_Z("file", file),
		LOG_I("line", line), LOG_Z("function", function));
	abort();
}
