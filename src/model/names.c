/* Unknown names of the query string, answered with the ones that are known. */
#include "model/names.h"

#include "base/buf.h"

#define LIST_BYTES ((size_t)8192)
#define SHOWN 40 /* bytes of the caller's word in a message */

void
names_add(struct names *l, const char *name)
{
	if (l->n < NAMES_MAX)
		l->name[l->n++] = name;
}

static struct str
joined(struct arena *a, const struct names *l)
{
	struct buf b;

	buf_init(&b, a, 256, LIST_BYTES);
	for (size_t i = 0; i < l->n; i++) {
		if (i)
			buf_char(&b, ',');
		buf_z(&b, l->name[i]);
	}
	return buf_view(&b);
}

/* Cuts at a whole character, so that the message stays UTF-8 if the name was. */
static struct str
shortened(struct str s)
{
	size_t n = MIN(s.n, (size_t)SHOWN);

	while (n && n < s.n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return str_cut(s, 0, n);
}

struct err *
names_unknown(
	struct arena *a, struct str param, const char *what, struct str name, const struct names *l)
{
	struct err *e = err_new(a, ERR_QUERY, NULL);
	struct err_detail *d;

	d = err_field(a, &e, param, REASON_UNKNOWN, "there is no %s \"%.*s\" here", what,
		STRF(str_is_utf8(name) ? shortened(name) : STR("?")));
	d->allowed = joined(a, l);
	d->nearest = str_of(str_nearest(name, l->name, l->n));
	return e;
}
