/* Unknown names of the query string, answered with the ones that are known. */
#include "model/names.h"

#include "base/buf.h"

#define LIST_BYTES ((size_t)8192)
#define STEM_MOST 64
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

/* Lower-case letters and digits alone, without an "id" or "ids" at the end. */
static size_t
stem(struct str name, char out[STEM_MOST])
{
	size_t n = 0;

	for (size_t i = 0; i < name.n && n < STEM_MOST; i++) {
		char c = name.p[i];

		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		if (c != '_' && c != '-' && c != ' ')
			out[n++] = c;
	}
	if (n > 5 && !memcmp(out + n - 3, "ids", 3))
		return n - 3;
	return n > 4 && !memcmp(out + n - 2, "id", 2) ? n - 2 : n;
}

/* How many letters two stems have in common at the beginning; 0 if that says too little. */
static size_t
kinship(const char *a, size_t na, const char *b, size_t nb)
{
	size_t n = 0;

	while (n < MIN(na, nb) && a[n] == b[n])
		n++;
	if (n == na && n >= 3)
		return n;
	return n >= 4 && (n == nb || (4 * n >= 3 * na && 2 * n >= nb)) ? n : 0;
}

const char *
names_nearest(struct str name, const struct names *l)
{
	char own[STEM_MOST], other[STEM_MOST];
	const char *nearest = str_nearest(name, l->name, l->n);
	size_t best = 0, n;

	if (nearest || name.n > STEM_MOST)
		return nearest;
	n = stem(name, own);
	for (size_t i = 0; i < l->n; i++) {
		size_t kin = kinship(own, n, other, stem(str_of(l->name[i]), other));

		if (kin > best) {
			best = kin;
			nearest = l->name[i];
		}
	}
	return nearest;
}

void
names_tell(struct arena *a, struct err_detail *d, struct str name, const struct names *l)
{
	if (!l->n)
		return;
	d->allowed = joined(a, l);
	d->nearest = str_of(names_nearest(name, l));
}

struct err *
names_unknown(
	struct arena *a, struct str param, const char *what, struct str name, const struct names *l)
{
	struct err *e = err_new(a, ERR_QUERY, NULL);
	struct err_detail *d;

	d = err_field(a, &e, param, REASON_UNKNOWN, "there is no %s \"%.*s\" here", what,
		STRF(str_shown(name, SHOWN)));
	names_tell(a, d, name, l);
	return e;
}
