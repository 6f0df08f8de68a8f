/*
 * A growing byte buffer inside an arena. It is given its maximum at birth: what would pass it is
 * dropped and remembered, so a writer checks once, at the end.
 */
#ifndef SOUK_BASE_BUF_H
#define SOUK_BASE_BUF_H

#include "base/base.h"

struct buf {
	char *p;
	size_t n, cap, max;
	struct arena *arena;
	bool overflow; /* something did not fit; the content is not to be used */
};

void buf_init(struct buf *b, struct arena *a, size_t first, size_t max);
/* Makes room for `n` more bytes; false (and overflow) if that passes the maximum. */
bool buf_room_slow(struct buf *b, size_t n);
void buf_fmt(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
void buf_vfmt(struct buf *b, const char *fmt, va_list ap) PRINTF(2, 0);
void buf_int(struct buf *b, int64_t n);
void buf_hex(struct buf *b, const void *bytes, size_t n);

static inline bool
buf_room(struct buf *b, size_t n)
{
	return n <= b->cap - b->n || buf_room_slow(b, n);
}

static inline void
buf_put(struct buf *b, const void *p, size_t n)
{
	if (n && buf_room(b, n)) {
		memcpy(b->p + b->n, p, n);
		b->n += n;
	}
}

static inline void
buf_char(struct buf *b, char c)
{
	if (buf_room(b, 1))
		b->p[b->n++] = c;
}

static inline void
buf_str(struct buf *b, struct str s)
{
	buf_put(b, s.p, s.n);
}

static inline void
buf_z(struct buf *b, const char *z)
{
	buf_put(b, z, strlen(z));
}

static inline struct str
buf_view(const struct buf *b)
{
	return (struct str){ b->p, b->n };
}

#endif
