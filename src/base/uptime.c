/* An hour's place is its number modulo the ring; the window is the running hour and those before it. */
#include "base/uptime.h"

#include "base/shared.h"

#define MAGIC UINT64_C(0x534f554b75707401) /* "SOUKupt", layout 1 */
#define HOUR_MS INT64_C(3600000)
#define GAP_MOST_MS 3000
#define WHOLE 10000

static int64_t
hour_of(int64_t ms)
{
	return ms / HOUR_MS;
}

struct uptime *
uptime_open(const char *state_dir)
{
	struct uptime *u = shared_file(state_dir, "uptime", sizeof(*u));

	if (u && u->magic != MAGIC)
		*u = (struct uptime){ .magic = MAGIC };
	return u;
}

/* A clock that was set back passes some hours twice; none is longer than it is. */
static void
add(struct uptime *u, int64_t hour, int64_t ms)
{
	struct uptime_hour *h = &u->hours[hour % UPTIME_HOURS];

	if (h->hour != hour)
		*h = (struct uptime_hour){ .hour = hour };
	h->well_ms = MIN(h->well_ms + ms, HOUR_MS);
}

/* The gap may lie across the end of an hour. */
static void
count_well(struct uptime *u, int64_t from_ms, int64_t to_ms)
{
	int64_t turn_ms = hour_of(to_ms) * HOUR_MS;

	if (from_ms < turn_ms)
		add(u, hour_of(from_ms), turn_ms - from_ms);
	add(u, hour_of(to_ms), to_ms - MAX(from_ms, turn_ms));
}

void
uptime_note(struct uptime *u, int64_t now_ms, bool well)
{
	int64_t gap_ms = now_ms - u->last_ms;

	if (!u->first_ms)
		u->first_ms = now_ms;
	if (well && u->last_well && gap_ms > 0 && gap_ms <= GAP_MOST_MS)
		count_well(u, u->last_ms, now_ms);
	u->last_ms = now_ms;
	u->last_well = well;
}

int
uptime_hundredths(const struct uptime *u, int64_t now_ms)
{
	int64_t last = hour_of(now_ms), first = last - UPTIME_HOURS + 1;
	int64_t span_ms = now_ms - MAX(u->first_ms, first * HOUR_MS), well_ms = 0;

	for (size_t i = 0; i < UPTIME_HOURS; i++) {
		const struct uptime_hour *h = &u->hours[i];

		if (h->hour >= first && h->hour <= last)
			well_ms += MIN(MAX(h->well_ms, 0), HOUR_MS);
	}
	return span_ms > 0 ? (int)(MIN(well_ms, span_ms) * WHOLE / span_ms) : WHOLE;
}
