/*
 * Growing and formatting. The block behind a buffer has one byte more than `cap`, so that vsnprintf()
 * can put its NUL there and text may fill a buffer to its maximum.
 */
#include "base/buf.h"

#define GROW_LEAST ((size_t)64)

void
buf_init(struct buf *b, struct arena *a, size_t first, size_t max)
{
	*b = (struct buf){ .arena = a, .max = MIN(max, SIZE_MAX / 4) };
	if (first)
		buf_room_slow(b, MIN(first, b->max));
}

bool
buf_room_slow(struct buf *b, size_t n)
{
	size_t want;

	if (n <= b->cap - b->n)
		return true;
	if (n > b->max - b->n) {
		b->overflow = true;
		return false;
	}
	want = MAX(b->n + n, MAX(b->cap * 2, GROW_LEAST));
	want = MIN(want, b->max);
	b->p = arena_grow(b->arena, b->p, b->p ? b->cap + 1 : 0, want + 1);
	b->cap = want;
	return true;
}

void
buf_vfmt(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	size_t left = b->p ? b->cap - b->n + 1 : 0;
	int n;

	va_copy(again, ap);
	/* clang 14 loses va_start(): NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
	n = vsnprintf(b->p ? b->p + b->n : NULL, left, fmt, ap);
	must(n >= 0);
	if ((size_t)n >= left && buf_room_slow(b, (size_t)n)) {
		left = b->cap - b->n + 1;
		n = b->p ? vsnprintf(b->p + b->n, left, fmt, again) : 0;
	}
	va_end(again);
	if ((size_t)n < left)
		b->n += (size_t)n;
}

void
buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vfmt(b, fmt, ap);
	va_end(ap);
}

void
buf_int(struct buf *b, int64_t n)
{
	char digits[20]; /* of -2^63 with its sign */
	char *p = digits + sizeof(digits);
	uint64_t rest = n < 0 ? -(uint64_t)n : (uint64_t)n;

	do {
		*--p = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (n < 0)
		*--p = '-';
	buf_put(b, p, (size_t)(digits + sizeof(digits) - p));
}

void
buf_hex(struct buf *b, const void *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *from = bytes;

	if (!buf_room(b, n > SIZE_MAX / 2 ? SIZE_MAX : 2 * n))
		return;
	for (size_t i = 0; i < n; i++) {
		b->p[b->n++] = digits[from[i] >> 4];
		b->p[b->n++] = digits[from[i] & 15];
	}
}
