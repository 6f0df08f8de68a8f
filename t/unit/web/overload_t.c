/* Overload: when requests that have waited are refused, and when not. */
#include "web/overload.h"

#include "tap.h"

#define S 1000000

void
test_overload__refuses_only_what_waits_in_a_queue_that_lasts(void)
{
	static const struct {
		int64_t waited_us, now_us;
		bool refused;
	} steps[] = {
		{ 0, 10 * S, false },
		/* After a pause of the database, those who have waited for it are answered. */
		{ 4 * S, 15 * S, false },
		{ 4 * S, 15 * S + S / 2, false },
		{ S / 2, 15 * S + S / 2, false },
		/* A queue that does not become shorter. */
		{ S, 20 * S, false },
		{ S, 21 * S - 1, false },
		{ S, 21 * S, true },
		{ 2 * S, 22 * S, true },
		/* What has not waited is answered, and the next is not refused either. */
		{ S - 1, 22 * S, false },
		{ 2 * S, 22 * S, false },
		{ 2 * S, 23 * S, true },
	};
	struct overload o = { 0 };

	for (size_t i = 0; i < COUNT(steps); i++) {
		tap_row("step %zu", i);
		CHECK(overload_meets(&o, steps[i].waited_us, steps[i].now_us) == steps[i].refused);
	}
}
