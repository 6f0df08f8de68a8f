/* Offsets come from a calendar of ICU that is kept for the zone asked for last. */
#include "base/zone.h"
#include "base/icu.h"

#include <unicode/ucal.h>
#include <unicode/ustring.h>

#define ID_MAX 72
#define NAMES_MAX 1024 /* ICU knows some 630 */
#define DAY_MS INT64_C(86400000)

/* Spells the id for ICU; false for what cannot be one. */
static bool
widen(struct str id, UChar out[ID_MAX])
{
	char narrow[ID_MAX];

	if (!id.n || id.n >= ID_MAX)
		return false;
	for (size_t i = 0; i < id.n; i++) {
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_+-",
			    id.p[i]) ||
			!id.p[i])
			return false;
		narrow[i] = id.p[i];
	}
	narrow[id.n] = '\0';
	u_charsToUChars(narrow, out, (int32_t)id.n + 1);
	return true;
}

bool
zone_known(struct str id)
{
	UErrorCode status;
	UBool of_system = false;
	UChar wide[ID_MAX], canonical[ID_MAX];

	if (!widen(id, wide) || str_eq(id, STR("Etc/Unknown")))
		return false;
	status = icu_begin(ICU_OPEN);
	ucal_getCanonicalTimeZoneID(wide, -1, canonical, ID_MAX, &of_system, &status);
	memory_assured();
	return U_SUCCESS(status) && of_system;
}

struct str
zone_nearest(struct arena *a, struct str id)
{
	const char **names = ARENA_ARRAY(a, NAMES_MAX, const char *);
	UErrorCode status = icu_begin(ICU_OPEN);
	UEnumeration *all = ucal_openTimeZones(&status);
	const char *name;
	size_t n = 0;

	while (n < NAMES_MAX && U_SUCCESS(status) &&
		(name = uenum_next(all, NULL, &status)) != NULL)
		names[n++] = str_z(a, str_of(name));
	uenum_close(all);
	memory_assured();
	return str_of(str_nearest(id, names, n));
}

/* One a process; requests come one after the other. */
static struct {
	char id[ID_MAX];
	UCalendar *calendar;
} last;

static UCalendar *
calendar_of(struct str id)
{
	UErrorCode status;
	UChar wide[ID_MAX];

	if (last.calendar && str_eq_z(id, last.id))
		return last.calendar;
	if (!widen(id, wide))
		return NULL;
	ucal_close(last.calendar);
	status = icu_begin(ICU_OPEN);
	last.calendar = ucal_open(wide, -1, "en", UCAL_GREGORIAN, &status);
	icu_end(status);
	memcpy(last.id, id.p, id.n);
	last.id[id.n] = '\0';
	return last.calendar;
}

int64_t
zone_day(struct str id, int64_t midnight_ms)
{
	UErrorCode status;
	int32_t raw = 0, saving = 0;
	UCalendar *calendar;

	if (!id.n || str_eq(id, STR("UTC")))
		return midnight_ms;
	calendar = calendar_of(id);
	if (!calendar)
		return midnight_ms;
	status = icu_begin(ICU_USE);
	ucal_setMillis(calendar, (UDate)midnight_ms, &status);
	/* The offset before a change is what makes both of the moments above of one rule. */
	ucal_getTimeZoneOffsetFromLocal(
		calendar, UCAL_TZ_LOCAL_FORMER, UCAL_TZ_LOCAL_FORMER, &raw, &saving, &status);
	icu_end(status);
	return midnight_ms - raw - saving;
}

int64_t
zone_date(struct str id, int64_t ms)
{
	int64_t midnight = (ms / DAY_MS - (ms % DAY_MS < 0)) * DAY_MS + DAY_MS;

	while (zone_day(id, midnight) > ms)
		midnight -= DAY_MS;
	return midnight;
}
