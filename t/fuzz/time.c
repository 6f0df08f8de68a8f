/* Times: what was read is written as the same moment; the day of a zone begins near that of UTC. */
#include "fuzz.h"

#include "base/clock.h"
#include "base/zone.h"

#define DAY_MS INT64_C(86400000)

static void
read_moment(struct str in)
{
	char text[CLOCK_TEXT];
	int64_t ms, again;

	if (!clock_parse(in, &ms))
		return;
	must(clock_parse((struct str){ text, clock_render(ms, text) }, &again) && again == ms);
}

static void
read_date(struct str in, struct str zone)
{
	char text[CLOCK_TEXT];
	int64_t ms, begins;

	if (!clock_parse_date(in, &ms))
		return;
	must(ms % DAY_MS == 0);
	must(clock_render(ms, text) == CLOCK_TEXT - 4 && str_starts((struct str){ text, 20 }, in));
	if (!zone_known(zone))
		return;
	begins = zone_day(zone, ms);
	must(begins >= ms - DAY_MS && begins <= ms + DAY_MS);
}

static void
read_http(struct str in)
{
	char text[29];
	int64_t ms, again;

	if (!clock_parse_http(in, &ms))
		return;
	clock_render_http(ms, text);
	must(clock_parse_http((struct str){ text, sizeof(text) }, &again) && again == ms);
}

void
fuzz_time(struct fuzz *f)
{
	struct str text = fuzz_line(f), zone = fuzz_line(f);

	read_moment(text);
	read_date(text, zone);
	read_http(text);
}
