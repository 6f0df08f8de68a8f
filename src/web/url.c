/* Percent-encoding: strict on the way in, since a lenient reader and a strict one see two addresses. */
#include "web/url.h"

static bool
needs_decoding(struct str s, bool plus)
{
	return str_find(s, '%') < s.n || (plus && str_find(s, '+') < s.n);
}

static bool
is_text(struct str s)
{
	return str_is_utf8(s) && str_find(s, '\0') == s.n;
}

bool
url_decode(struct arena *a, struct str in, bool plus, struct str *out)
{
	char *p;
	size_t n = 0;

	*out = in;
	if (!needs_decoding(in, plus))
		return is_text(in);
	p = arena_alloc(a, in.n);
	for (size_t i = 0; i < in.n; i++) {
		char c = in.p[i];

		if (plus && c == '+')
			c = ' ';
		if (c == '%') {
			if (!str_unhex(str_cut(in, i + 1, i + 3), &p[n++], 1))
				return false;
			i += 2;
		} else {
			p[n++] = c;
		}
	}
	*out = (struct str){ p, n };
	return is_text(*out);
}

static bool
is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		(c && strchr("-._~", c));
}

static const char digits[] = "0123456789ABCDEF";

static void
put_byte(struct buf *b, char c)
{
	buf_put(b, (char[3]){ '%', digits[(unsigned char)c >> 4], digits[(unsigned char)c & 15] },
		3);
}

struct str
url_path(struct arena *a, struct str path)
{
	struct buf b;

	buf_init(&b, a, path.n + 16, 3 * path.n + 16);
	for (size_t i = 0; i < path.n; i++) {
		char c = path.p[i];

		if (is_unreserved(c) || (c && strchr("/%!$&'()*+,;=:@", c)))
			buf_char(&b, c);
		else
			put_byte(&b, c);
	}
	return buf_view(&b);
}

void
url_encode(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (is_unreserved(s.p[i]))
			buf_char(b, s.p[i]);
		else
			put_byte(b, s.p[i]);
	}
}
