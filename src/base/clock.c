/*
 * Time as milliseconds, and its three spellings: RFC 3339, plain dates, and HTTP dates. Readers walk a
 * `struct text` that remembers a failure, so they read straight through and look once at the end.
 */
#include "base/clock.h"

#include <time.h>

#define SECOND INT64_C(1000)
#define DAY (86400 * SECOND)
/* 0001-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z */
#define FIRST INT64_C(-62135596800000)
#define LAST INT64_C(253402300799999)

static int64_t clock_offset;

static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char day_names[] = "ThuFriSatSunMonTueWed"; /* 1970-01-01 was a Thursday */

static int64_t
read_us(clockid_t which)
{
	struct timespec ts;

	must(clock_gettime(which, &ts) == 0);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
clock_real_us(void)
{
	return read_us(CLOCK_REALTIME);
}

int64_t
clock_real_ms(void)
{
	return clock_real_us() / 1000;
}

int64_t
clock_mono_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

int64_t
clock_now_ms(void)
{
	return clock_real_ms() + clock_offset;
}

void
clock_offset_ms(int64_t offset)
{
	clock_offset = offset;
}

/*
 * Both conversions count in eras of 400 years whose years begin in March, so that the leap day is
 * the last day of its year (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
 */
int64_t
clock_days(int year, int month, int day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

void
clock_civil(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t march_month = (5 * doy + 2) / 153;

	*day = (int)(doy - (153 * march_month + 2) / 5 + 1);
	*month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

/* A moment by its fields. */
struct fields {
	int year, month, day, hour, minute, second, ms;
	int weekday; /* index into day_names */
};

static struct fields
split(int64_t ms)
{
	struct fields f;
	int64_t days = (ms >= 0 ? ms : ms - (DAY - 1)) / DAY;
	int rest = (int)(ms - days * DAY);

	must(ms >= FIRST && ms <= LAST);
	clock_civil(days, &f.year, &f.month, &f.day);
	f.weekday = (int)((days % 7 + 7) % 7);
	f.hour = rest / 3600000;
	f.minute = rest / 60000 % 60;
	f.second = rest / 1000 % 60;
	f.ms = rest % 1000;
	return f;
}

static int
days_of_month(int year, int month)
{
	static const char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

int64_t
clock_add_months(int64_t ms, int64_t n)
{
	int64_t days = ms / DAY - (ms % DAY < 0), months;
	int year, month, day;

	must(n >= 0 && n < 120000);
	clock_civil(days, &year, &month, &day);
	months = month - 1 + n;
	year += (int)(months / 12);
	month = (int)(months % 12) + 1;
	return clock_days(year, month, MIN(day, days_of_month(year, month))) * DAY + ms -
		days * DAY;
}

/* False if the fields name no moment that can be shown; `offset_min` is east of Greenwich. */
static bool
join(const struct fields *f, int offset_min, int64_t *ms)
{
	int64_t seconds = f->hour * 3600 + f->minute * 60 + f->second - offset_min * 60;
	int64_t at;

	if (f->month < 1 || f->month > 12 || f->day < 1)
		return false;
	if (f->day > days_of_month(f->year, f->month))
		return false;
	if (f->hour > 23 || f->minute > 59 || f->second > 59)
		return false;
	at = clock_days(f->year, f->month, f->day) * DAY + seconds * SECOND + f->ms;
	if (at < FIRST || at > LAST)
		return false;
	*ms = at;
	return true;
}

/* Writes n with that many digits and gives the place behind. */
static char *
digits(char *p, int n, int count)
{
	for (int i = count - 1; i >= 0; i--) {
		p[i] = (char)('0' + n % 10);
		n /= 10;
	}
	return p + count;
}

static char *
digits_then(char *p, int n, int count, char then)
{
	p = digits(p, n, count);
	*p = then;
	return p + 1;
}

static char *
put(char *p, struct str s)
{
	memcpy(p, s.p, s.n);
	return p + s.n;
}

/* The i-th three letters of `names`. */
static struct str
name_at(const char *names, int i)
{
	return (struct str){ names + (size_t)i * 3, 3 };
}

size_t
clock_render(int64_t ms, char out[CLOCK_TEXT])
{
	struct fields f = split(ms);
	char *p = out;

	p = digits_then(p, f.year, 4, '-');
	p = digits_then(p, f.month, 2, '-');
	p = digits_then(p, f.day, 2, 'T');
	p = digits_then(p, f.hour, 2, ':');
	p = digits_then(p, f.minute, 2, ':');
	p = digits_then(p, f.second, 2, f.ms ? '.' : 'Z');
	if (f.ms)
		p = digits_then(p, f.ms, 3, 'Z');
	return (size_t)(p - out);
}

void
clock_render_http(int64_t ms, char out[29])
{
	struct fields f = split(ms);
	char *p = out;

	p = put(p, name_at(day_names, f.weekday));
	p = put(p, STR(", "));
	p = digits_then(p, f.day, 2, ' ');
	p = put(p, name_at(month_names, f.month - 1));
	p = put(p, STR(" "));
	p = digits_then(p, f.year, 4, ' ');
	p = digits_then(p, f.hour, 2, ':');
	p = digits_then(p, f.minute, 2, ':');
	p = digits_then(p, f.second, 2, ' ');
	put(p, STR("GMT"));
}

/* Text being read. After something unexpected `bad` is set and nothing else matters. */
struct text {
	struct str s;
	bool bad;
};

/* The next byte, or NUL at the end. */
static char
peek(const struct text *t)
{
	if (!t->s.n)
		return '\0';
	return *t->s.p;
}

static void
expect(struct text *t, const char *z)
{
	struct str want = str_of(z);

	t->bad |= !str_starts(t->s, want);
	t->s = str_cut(t->s, want.n, t->s.n);
}

/* Takes one byte of `choices` and gives it. */
static char
expect_one(struct text *t, const char *choices)
{
	char c = peek(t);

	t->bad |= !c || !strchr(choices, c);
	t->s = str_cut(t->s, 1, t->s.n);
	return c;
}

static int
number(struct text *t, int count)
{
	int n = 0;

	for (int i = 0; i < count && !t->bad; i++)
		n = n * 10 + (expect_one(t, "0123456789") - '0');
	return n;
}

/* Milliseconds of ".5", ".25", ".123456"; 0 if there is no fraction. */
static int
fraction(struct text *t)
{
	int ms = 0, unit = 100;

	if (peek(t) != '.')
		return 0;
	expect(t, ".");
	do {
		ms += unit * number(t, 1);
		unit /= 10;
	} while (!t->bad && peek(t) >= '0' && peek(t) <= '9');
	return ms;
}

/* Minutes of "Z" or "+02:00". */
static int
offset(struct text *t)
{
	char sign = expect_one(t, "Zz+-");
	int hours, minutes;

	if (t->bad || sign == 'Z' || sign == 'z')
		return 0;
	hours = number(t, 2);
	expect(t, ":");
	minutes = number(t, 2);
	t->bad |= hours > 23 || minutes > 59;
	return (sign == '-' ? -1 : 1) * (hours * 60 + minutes);
}

static void
date(struct text *t, struct fields *f)
{
	f->year = number(t, 4);
	expect(t, "-");
	f->month = number(t, 2);
	expect(t, "-");
	f->day = number(t, 2);
}

static void
time_of_day(struct text *t, struct fields *f)
{
	f->hour = number(t, 2);
	expect(t, ":");
	f->minute = number(t, 2);
	expect(t, ":");
	f->second = number(t, 2);
}

bool
clock_parse(struct str s, int64_t *ms)
{
	struct text t = { .s = s };
	struct fields f = { 0 };
	int offset_min;

	date(&t, &f);
	expect_one(&t, "Tt ");
	time_of_day(&t, &f);
	f.ms = fraction(&t);
	offset_min = offset(&t);
	return !t.bad && !t.s.n && join(&f, offset_min, ms);
}

bool
clock_parse_date(struct str s, int64_t *ms)
{
	struct text t = { .s = s };
	struct fields f = { 0 };

	date(&t, &f);
	return !t.bad && !t.s.n && join(&f, 0, ms);
}

/* Takes a three-letter name out of `names` and gives its index. */
static int
name(struct text *t, const char *names)
{
	for (int i = 0; *name_at(names, i).p; i++) {
		if (str_starts(t->s, name_at(names, i))) {
			t->s = str_cut(t->s, 3, t->s.n);
			return i;
		}
	}
	t->bad = true;
	return 0;
}

/* "Thu, 15 Jan 2026 10:30:00 GMT", behind the comma. */
static void
http_fixed(struct text *t, struct fields *f)
{
	expect(t, ", ");
	f->day = number(t, 2);
	expect(t, " ");
	f->month = name(t, month_names) + 1;
	expect(t, " ");
	f->year = number(t, 4);
	expect(t, " ");
	time_of_day(t, f);
	expect(t, " GMT");
}

/* "Thu Jan 15 10:30:00 2026" or "Thu Jan  5 …" (C's asctime), behind the day. */
static void
http_asctime(struct text *t, struct fields *f)
{
	expect(t, " ");
	f->month = name(t, month_names) + 1;
	expect(t, " ");
	if (peek(t) == ' ')
		expect(t, " ");
	else
		f->day = 10 * number(t, 1);
	f->day += number(t, 1);
	expect(t, " ");
	time_of_day(t, f);
	expect(t, " ");
	f->year = number(t, 4);
}

/* "Thursday, 15-Jan-26 10:30:00 GMT" (RFC 850), behind "Thu". */
static void
http_rfc850(struct text *t, struct fields *f)
{
	int this_year = split(clock_real_ms()).year;

	t->s = str_cut(t->s, str_find(t->s, ','), t->s.n);
	expect(t, ", ");
	f->day = number(t, 2);
	expect(t, "-");
	f->month = name(t, month_names) + 1;
	expect(t, "-");
	f->year = number(t, 2) + this_year / 100 * 100;
	/* RFC 9110 §5.6.7: what seems to lie more than 50 years ahead is past. */
	if (f->year > this_year + 50)
		f->year -= 100;
	expect(t, " ");
	time_of_day(t, f);
	expect(t, " GMT");
}

/* The two obsolete forms must be read too, says the RFC. */
bool
clock_parse_http(struct str s, int64_t *ms)
{
	struct text t = { .s = s };
	struct fields f = { 0 };

	f.weekday = name(&t, day_names);
	if (peek(&t) == ',')
		http_fixed(&t, &f);
	else if (peek(&t) == ' ')
		http_asctime(&t, &f);
	else
		http_rfc850(&t, &f);
	return !t.bad && !t.s.n && join(&f, 0, ms);
}
