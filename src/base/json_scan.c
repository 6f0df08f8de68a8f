/*
 * The grammar of RFC 8259 as a loop: a value is expected, or something behind a value is. Open arrays
 * and objects are bits on a small stack. Every step either moves on or leaves the phrase for what it
 * missed in `what`, with `p` at the byte that could not be there.
 */
#include "base/json_scan.h"
#include "base/json_int.h"

#define DEPTH_MOST 1024

struct scan {
	const char *p, *end;
	const char *what; /* NULL as long as all is well */
	int depth, max_depth;
	struct json_counts counts;
	uint32_t width[DEPTH_MOST]; /* names of the objects that are open */
	uint64_t is_object[DEPTH_MOST / 64];
};

static bool
fail(struct scan *s, const char *what)
{
	s->what = what;
	return false;
}

/* The byte in hand, or -1 at the end. */
static int
here(const struct scan *s)
{
	return s->p < s->end ? (unsigned char)*s->p : -1;
}

static int
skip_space(struct scan *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\n' || *s->p == '\r' || *s->p == '\t'))
		s->p++;
	return here(s);
}

static bool
is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool
skip_digits(struct scan *s)
{
	if (!is_digit(here(s)))
		return fail(s, "a digit was expected");
	while (is_digit(here(s)))
		s->p++;
	return true;
}

static bool
scan_number(struct scan *s)
{
	if (here(s) == '-')
		s->p++;
	if (here(s) == '0')
		s->p++; /* a further digit is found as something behind the value */
	else if (!skip_digits(s))
		return false;
	if (here(s) == '.') {
		s->p++;
		if (!skip_digits(s))
			return false;
	}
	if (here(s) == 'e' || here(s) == 'E') {
		s->p++;
		if (here(s) == '+' || here(s) == '-')
			s->p++;
		return skip_digits(s);
	}
	return true;
}

static bool
scan_word(struct scan *s, struct str word)
{
	for (size_t i = 0; i < word.n; i++, s->p++) {
		if (here(s) != word.p[i])
			return fail(s, "a value was expected");
	}
	return true;
}

static int
hex_value(int c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four hex digits, of which *unit is made. */
static bool
scan_unit(struct scan *s, unsigned *unit)
{
	*unit = 0;
	for (int i = 0; i < 4; i++, s->p++) {
		int digit = here(s) < 0 ? -1 : hex_value(here(s));

		if (digit < 0)
			return fail(s, "four hex digits were expected behind \\u");
		*unit = *unit << 4 | (unsigned)digit;
	}
	return true;
}

static bool
scan_unicode_escape(struct scan *s)
{
	const char *start = s->p;
	unsigned high, low;

	if (!scan_unit(s, &high))
		return false;
	if ((high & 0xf800) != 0xd800)
		return true;
	if (high < 0xdc00 && s->end - s->p >= 2 && s->p[0] == '\\' && s->p[1] == 'u') {
		s->p += 2;
		if (!scan_unit(s, &low))
			return false;
		if ((low & 0xfc00) == 0xdc00)
			return true;
	}
	s->p = start;
	return fail(s, "half of a surrogate pair stands alone");
}

/* Behind a backslash. */
static bool
scan_escape(struct scan *s)
{
	int c = here(s);

	if (c <= 0 || !strchr("\"\\/bfnrtu", c))
		return fail(s, "an escape (\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u) was expected");
	s->p++;
	return c != 'u' || scan_unicode_escape(s);
}

static bool
scan_beyond_ascii(struct scan *s)
{
	size_t n = str_point((struct str){ s->p, (size_t)(s->end - s->p) }, 0);

	s->p += n;
	return n || fail(s, "well-formed UTF-8 was expected");
}

/* True for a byte that stands for itself inside a string. */
static bool
is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static void
skip_plain(struct scan *s)
{
	while (s->end - s->p >= 8) {
		uint64_t eight = json_load8(s->p);

		if (json_has_special(eight) | (eight & JSON_EACH(0x80)))
			break;
		s->p += 8;
	}
	while (s->p < s->end && is_plain((unsigned char)*s->p))
		s->p++;
}

/* Behind the opening quote, to behind the closing one. */
static bool
scan_string(struct scan *s)
{
	for (;;) {
		int c;

		skip_plain(s);
		c = here(s);
		if (c == '"') {
			s->p++;
			return true;
		}
		if (c < 0)
			return fail(s, "a closing quote was expected");
		if (c < 0x20)
			return fail(s, "control characters must be escaped in a string");
		if (c == '\\')
			s->p++;
		if (!(c == '\\' ? scan_escape(s) : scan_beyond_ascii(s)))
			return false;
	}
}

static bool
in_object(const struct scan *s)
{
	int top = s->depth - 1;

	return s->is_object[top / 64] >> (top % 64) & 1;
}

static bool
push(struct scan *s, bool object)
{
	uint64_t bit = UINT64_C(1) << (s->depth % 64);

	if (s->depth >= s->max_depth)
		return fail(s, "arrays and objects are nested too deeply");
	if (object)
		s->is_object[s->depth / 64] |= bit;
	else
		s->is_object[s->depth / 64] &= ~bit;
	s->width[s->depth++] = 0;
	s->counts.nests++;
	s->p++;
	return true;
}

/* "name":, to before the value. */
static bool
scan_name(struct scan *s)
{
	if (skip_space(s) != '"')
		return fail(s, "a name in double quotes was expected");
	s->p++;
	s->counts.names++;
	s->width[s->depth - 1]++;
	s->counts.widest = MAX(s->counts.widest, s->width[s->depth - 1]);
	if (!scan_string(s))
		return false;
	if (skip_space(s) != ':')
		return fail(s, "a ':' was expected");
	s->p++;
	return true;
}

/* An opening bracket, and the first name of an object; *closed if the bracket closes at once. */
static bool
scan_open(struct scan *s, bool object, bool *closed)
{
	if (!push(s, object))
		return false;
	*closed = skip_space(s) == (object ? '}' : ']');
	if (*closed) {
		s->p++;
		s->depth--;
		return true;
	}
	return !object || scan_name(s);
}

/* One value; *complete is false if it is an array or object of which the first value comes next. */
static bool
scan_value(struct scan *s, bool *complete)
{
	int c = skip_space(s);

	s->counts.values++;
	*complete = true;
	switch (c) {
	case '{':
	case '[':
		return scan_open(s, c == '{', complete);
	case '"':
		s->p++;
		return scan_string(s);
	case 't':
		return scan_word(s, STR("true"));
	case 'f':
		return scan_word(s, STR("false"));
	case 'n':
		return scan_word(s, STR("null"));
	default:
		if (c == '-' || is_digit(c))
			return scan_number(s);
		return fail(s, "a value was expected");
	}
}

/* Behind a value: closes what closes, to before the next value, or to the end (then *done). */
static bool
scan_behind(struct scan *s, bool *done)
{
	while (s->depth) {
		bool object = in_object(s);
		int c = skip_space(s);

		if (c == ',') {
			s->p++;
			return !object || scan_name(s);
		}
		if (c != (object ? '}' : ']'))
			return fail(s,
				object ? "a ',' or '}' was expected" : "a ',' or ']' was expected");
		s->p++;
		s->depth--;
	}
	*done = true;
	return skip_space(s) < 0 || fail(s, "nothing was expected behind the value");
}

static bool
scan_text(struct scan *s)
{
	bool complete, done = false;

	while (!done) {
		if (!scan_value(s, &complete))
			return false;
		if (complete && !scan_behind(s, &done))
			return false;
	}
	return true;
}

static void
locate(const struct scan *s, const char *begin, struct json_fault *fault)
{
	const char *line = begin;

	*fault = (struct json_fault){
		.offset = (size_t)(s->p - begin),
		.line = 1,
		.counts = s->counts,
		.what = s->what,
	};
	for (const char *p = begin; p < s->p; p++) {
		if (*p == '\n') {
			fault->line++;
			line = p + 1;
		}
	}
	fault->column = (size_t)(s->p - line) + 1;
}

bool
json_scan(struct str text, int max_depth, struct json_fault *fault)
{
	const char *begin = text.p ? text.p : "";
	struct scan s = { .p = begin, .end = begin + text.n, .max_depth = max_depth };

	must(max_depth <= DEPTH_MOST);
	if (scan_text(&s)) {
		fault->counts = s.counts;
		return true;
	}
	locate(&s, begin, fault);
	return false;
}

size_t
json_token(struct str s)
{
	size_t i = 1;

	if (*s.p == '"') {
		while (s.p[i] != '"')
			i += s.p[i] == '\\' ? 2 : 1;
		return i + 1;
	}
	if (*s.p == '-' || is_digit(*s.p)) {
		while (i < s.n && (is_digit(s.p[i]) || (s.p[i] && strchr("+-.eE", s.p[i]))))
			i++;
	}
	return i;
}
