/*
 * String views. The absent view {NULL, 0} behaves as an empty one everywhere; only str_split() and
 * callers that ask for p == NULL tell them apart.
 */
#include "base/str.h"
#include "base/buf.h"

struct str
str_of(const char *z)
{
	return (struct str){ z, z ? strlen(z) : 0 };
}

bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (!a.n || memcmp(a.p, b.p, a.n) == 0);
}

bool
str_eq_z(struct str a, const char *z)
{
	return str_eq(a, str_of(z));
}

/* tolower() depends on the locale. */
static char
lower(char c)
{
	if (c < 'A' || c > 'Z')
		return c;
	return (char)(c + ('a' - 'A'));
}

bool
str_eq_nocase(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	}
	return true;
}

bool
str_starts(struct str s, struct str prefix)
{
	return prefix.n <= s.n && str_eq(str_cut(s, 0, prefix.n), prefix);
}

bool
str_ends(struct str s, struct str suffix)
{
	return suffix.n <= s.n && str_eq(str_cut(s, s.n - suffix.n, s.n), suffix);
}

int
str_cmp(struct str a, struct str b)
{
	size_t n = MIN(a.n, b.n);
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str
str_trim(struct str s)
{
	while (s.n && is_space(s.p[s.n - 1]))
		s.n--;
	while (s.n && is_space(*s.p)) {
		s.p++;
		s.n--;
	}
	return s;
}

struct str
str_cut(struct str s, size_t from, size_t to)
{
	if (!s.p)
		return (struct str){ NULL, 0 };
	to = MIN(to, s.n);
	from = MIN(from, to);
	return (struct str){ s.p + from, to - from };
}

size_t
str_find(struct str s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;

	return at ? (size_t)(at - s.p) : s.n;
}

bool
str_split(struct str *rest, char sep, struct str *part)
{
	size_t at;

	if (!rest->p)
		return false;
	at = str_find(*rest, sep);
	*part = str_cut(*rest, 0, at);
	*rest = at < rest->n ? str_cut(*rest, at + 1, rest->n) : (struct str){ NULL, 0 };
	return true;
}

static int
compare(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

size_t
str_sorted(struct arena *a, struct str s, char sep, struct str **parts)
{
	struct str part;
	size_t n = 1;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == sep;
	*parts = ARENA_ARRAY(a, n, struct str);
	for (n = 0; str_split(&s, sep, &part); n++)
		(*parts)[n] = part;
	qsort(*parts, n, sizeof(**parts), compare);
	return n;
}

struct str
str_dup(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);

	if (s.n)
		memcpy(p, s.p, s.n);
	return (struct str){ p, s.n };
}

const char *
str_z(struct arena *a, struct str s)
{
	must(str_find(s, '\0') == s.n);
	return str_dup(a, s).p;
}

struct str
str_vfmt(struct arena *a, const char *fmt, va_list ap)
{
	char first[256];
	va_list again;
	int n;
	char *p;

	va_copy(again, ap);
	/* clang 14 loses va_start(): NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
	n = vsnprintf(first, sizeof(first), fmt, ap);
	must(n >= 0);
	p = arena_alloc(a, (size_t)n + 1);
	if ((size_t)n < sizeof(first))
		memcpy(p, first, (size_t)n);
	else
		(void)vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return (struct str){ p, (size_t)n };
}

struct str
str_fmt(struct arena *a, const char *fmt, ...)
{
	struct str s;
	va_list ap;

	va_start(ap, fmt);
	s = str_vfmt(a, fmt, ap);
	va_end(ap);
	return s;
}

struct str
str_lower(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		p[i] = lower(s.p[i]);
	return (struct str){ p, s.n };
}

bool
str_int(struct str s, int64_t *out)
{
	bool negative = s.n && *s.p == '-';
	int64_t n = 0;

	if (negative)
		s = str_cut(s, 1, s.n);
	if (!s.n)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int digit = s.p[i] - '0';

		if (digit < 0 || digit > 9)
			return false;
		/* Downwards, since -2^63 has no positive twin. */
		if (__builtin_mul_overflow(n, 10, &n) || __builtin_sub_overflow(n, digit, &n))
			return false;
	}
	if (!negative && n == INT64_MIN)
		return false;
	*out = negative ? n : -n;
	return true;
}

/*
 * By lead byte: how long the sequence is and what its second byte may be (RFC 3629 §4); that alone
 * keeps out surrogates, overlong forms and everything above U+10FFFF.
 */
static const struct lead {
	unsigned char from, to, length, low, high;
} leads[] = {
	{ 0x00, 0x7f, 1, 0, 0 },
	{ 0xc2, 0xdf, 2, 0x80, 0xbf },
	{ 0xe0, 0xe0, 3, 0xa0, 0xbf },
	{ 0xe1, 0xec, 3, 0x80, 0xbf },
	{ 0xed, 0xed, 3, 0x80, 0x9f },
	{ 0xee, 0xef, 3, 0x80, 0xbf },
	{ 0xf0, 0xf0, 4, 0x90, 0xbf },
	{ 0xf1, 0xf3, 4, 0x80, 0xbf },
	{ 0xf4, 0xf4, 4, 0x80, 0x8f },
};

static const struct lead *
lead_of(unsigned char c)
{
	for (size_t i = 0; i < COUNT(leads); i++) {
		if (c >= leads[i].from && c <= leads[i].to)
			return &leads[i];
	}
	return NULL;
}

size_t
str_point(struct str s, size_t i)
{
	const unsigned char *p = (const unsigned char *)s.p + i;
	const struct lead *lead = lead_of(*p);

	if (!lead || lead->length > s.n - i)
		return 0;
	if (lead->length > 1 && (p[1] < lead->low || p[1] > lead->high))
		return 0;
	for (size_t k = 2; k < lead->length; k++) {
		if ((p[k] & 0xc0) != 0x80)
			return 0;
	}
	return lead->length;
}

/* True if the next eight bytes are there and all ASCII. */
static bool
is_ascii8(struct str s, size_t i)
{
	uint64_t eight;

	if (s.n - i < 8)
		return false;
	memcpy(&eight, s.p + i, 8);
	return !(eight & UINT64_C(0x8080808080808080));
}

bool
str_is_utf8(struct str s)
{
	size_t i = 0;

	while (i < s.n) {
		size_t n = is_ascii8(s, i) ? 8 : str_point(s, i);

		if (!n)
			return false;
		i += n;
	}
	return true;
}

struct str
str_head(struct str s, size_t bytes)
{
	size_t n = MIN(s.n, bytes);

	while (n && n < s.n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return str_cut(s, 0, n);
}

struct str
str_shown(struct str s, size_t bytes)
{
	return str_is_utf8(s) ? str_head(s, bytes) : STR("?");
}

size_t
str_points(struct str s)
{
	size_t points = 0;

	for (size_t i = 0; i < s.n; i++)
		points += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return points;
}

/* Length of the Unicode white space (White_Space=yes) that s begins with, or 0. */
static size_t
blank_at(struct str s)
{
	static const char *const blanks[] = { "\xc2\x85", "\xc2\xa0", "\xe1\x9a\x80",
		"\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80" };

	if (is_space(*s.p))
		return 1;
	for (size_t i = 0; i < COUNT(blanks); i++) {
		if (str_starts(s, str_of(blanks[i])))
			return strlen(blanks[i]);
	}
	/* U+2000 to U+200A */
	return str_starts(s, STR("\xe2\x80")) && s.n >= 3 && (unsigned char)s.p[2] >= 0x80 &&
			(unsigned char)s.p[2] <= 0x8a
		? 3
		: 0;
}

bool
str_only(struct str s, const char *letters)
{
	for (size_t i = 0; i < s.n; i++)
		if (!s.p[i] || !strchr(letters, s.p[i]))
			return false;
	return true;
}

bool
str_is_blank(struct str s)
{
	while (s.n) {
		size_t n = blank_at(s);

		if (!n)
			return false;
		s = str_cut(s, n, s.n);
	}
	return true;
}

#define TYPO_MOST 64 /* bytes of a name that is compared */

/* Three rows of the table of distances: of the prefix of `a` in hand and of the two before. */
struct distances {
	size_t row[3][TYPO_MOST + 1];
};

static bool
swapped(struct str a, struct str b, size_t i, size_t j)
{
	return i > 1 && j > 1 && lower(a.p[i - 1]) == lower(b.p[j - 2]) &&
		lower(a.p[i - 2]) == lower(b.p[j - 1]);
}

static void
fill_row(struct distances *d, struct str a, struct str b, size_t i)
{
	const size_t *above = d->row[(i + 2) % 3], *above2 = d->row[(i + 1) % 3];
	size_t *row = d->row[i % 3];

	row[0] = i;
	for (size_t j = 1; j <= b.n; j++) {
		size_t best = above[j - 1] + (lower(a.p[i - 1]) != lower(b.p[j - 1]));

		best = MIN(best, 1 + MIN(above[j], row[j - 1]));
		if (swapped(a, b, i, j))
			best = MIN(best, 1 + above2[j - 2]);
		row[j] = best;
	}
}

/* Insertions, deletions, changes and swaps of neighbours (optimal string alignment). */
static size_t
distance(struct str a, struct str b)
{
	struct distances d;

	for (size_t j = 0; j <= b.n; j++)
		d.row[0][j] = j;
	for (size_t i = 1; i <= a.n; i++)
		fill_row(&d, a, b, i);
	return d.row[a.n % 3][b.n];
}

const char *
str_nearest(struct str s, const char *const *candidates, size_t n)
{
	size_t near = MAX((size_t)1, s.n / 3) + 1;
	const char *nearest = NULL;

	if (!s.n || s.n > TYPO_MOST)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		struct str c = str_of(candidates[i]);
		size_t apart = MAX(c.n, s.n) - MIN(c.n, s.n);

		if (c.n > TYPO_MOST || apart >= near)
			continue;
		apart = distance(s, c);
		if (apart < near) {
			near = apart;
			nearest = candidates[i];
		}
	}
	return nearest;
}

struct str
str_hex(struct arena *a, const void *bytes, size_t n)
{
	struct buf b;

	buf_init(&b, a, 2 * n, 2 * n);
	buf_hex(&b, bytes, n);
	return n ? buf_view(&b) : STR("");
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
str_unhex(struct str s, void *out, size_t n)
{
	unsigned char *to = out;

	if (s.n % 2 || s.n / 2 != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = hex_digit(s.p[2 * i]), low = hex_digit(s.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		to[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static struct str
in_base64(struct arena *a, const char *digits, struct str s)
{
	char *p = arena_alloc(a, s.n / 3 * 4 + 5);
	size_t out = 0;
	uint32_t bits = 0;
	int have = 0;

	for (size_t i = 0; i < s.n; i++) {
		bits = bits << 8 | (unsigned char)s.p[i];
		for (have += 8; have >= 6; have -= 6)
			p[out++] = digits[bits >> (have - 6) & 63];
	}
	if (have)
		p[out++] = digits[bits << (6 - have) & 63];
	return (struct str){ p, out };
}

struct str
str_base64url(struct arena *a, const void *bytes, size_t n)
{
	return in_base64(a, base64url, (struct str){ bytes, n });
}

struct str
str_base64(struct arena *a, struct str s)
{
	struct str out = in_base64(a, base64, s);
	const char *padding[] = { "", "", "==", "=" };

	return str_fmt(a, "%.*s%s", STRF(out), padding[out.n % 4]);
}

bool
str_unbase64url(struct arena *a, struct str s, struct str *out)
{
	unsigned char *p = arena_alloc(a, s.n / 4 * 3 + 3);
	size_t n = 0;
	uint32_t bits = 0;
	int have = 0;

	for (size_t i = 0; i < s.n; i++) {
		const char *at = s.p[i] ? strchr(base64url, s.p[i]) : NULL;

		if (!at)
			return false;
		bits = bits << 6 | (uint32_t)(at - base64url);
		have += 6;
		if (have >= 8) {
			have -= 8;
			p[n++] = (unsigned char)(bits >> have & 255);
		}
	}
	/* A lone last character, or bits that no byte took, would give one value many spellings. */
	if (have >= 6 || (bits & ((1U << have) - 1)))
		return false;
	*out = (struct str){ (const char *)p, n };
	return true;
}
