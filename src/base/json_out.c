/* Strings are written in runs: what needs no escape is found eight bytes at a time and copied whole. */
#include "base/json_out.h"
#include "base/json_int.h"

/* The first byte of U+2028 and U+2029, which older JavaScript takes for line ends. */
#define SEPARATOR_LEAD 0xe2

static bool
ends_run(unsigned char c)
{
	return c < 0x20 || c == '"' || c == '\\' || c == SEPARATOR_LEAD;
}

/* Length of the run at the start of s. */
static size_t
plain_run(struct str s)
{
	size_t i = 0;

	while (s.n - i >= 8) {
		uint64_t eight = json_load8(s.p + i);

		if (json_has_special(eight) | json_has_byte(eight, SEPARATOR_LEAD))
			break;
		i += 8;
	}
	while (i < s.n && !ends_run((unsigned char)s.p[i]))
		i++;
	return i;
}

static void
put_escape(struct buf *b, unsigned char c)
{
	static const char shorts[0x20] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'
	};

	buf_char(b, '\\');
	if (c >= sizeof(shorts)) {
		buf_char(b, (char)c);
	} else if (shorts[c]) {
		buf_char(b, shorts[c]);
	} else {
		buf_put(b, "u00", 3);
		buf_hex(b, &c, 1);
	}
}

/* Writes what ended a run and gives how many bytes of s that took. */
static size_t
put_special(struct buf *b, struct str s)
{
	if ((unsigned char)*s.p != SEPARATOR_LEAD) {
		put_escape(b, (unsigned char)*s.p);
		return 1;
	}
	if (str_starts(s, STR("\xe2\x80\xa8")) || str_starts(s, STR("\xe2\x80\xa9"))) {
		buf_put(b, (unsigned char)s.p[2] == 0xa8 ? "\\u2028" : "\\u2029", 6);
		return 3;
	}
	buf_char(b, *s.p);
	return 1;
}

void
json_out_string(struct buf *b, struct str s)
{
	buf_char(b, '"');
	while (s.n) {
		size_t run = plain_run(s);

		buf_put(b, s.p, run);
		s = str_cut(s, run, s.n);
		if (s.n)
			s = str_cut(s, put_special(b, s), s.n);
	}
	buf_char(b, '"');
}

void
json_out_z(struct buf *b, const char *z)
{
	json_out_string(b, str_of(z));
}
