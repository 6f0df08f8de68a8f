/*
 * Memory by lifetime. An arena hands out zeroed memory and takes all of it back at once; nothing
 * above db/ ever frees. Running out of memory, or over the arena's cap, ends the process: the master
 * starts another worker, and limits at the door keep clients from getting there.
 */
#ifndef SOUK_BASE_ARENA_H
#define SOUK_BASE_ARENA_H

#include "base/base.h"

struct arena;

/* A point to which an arena can be rewound. */
struct arena_mark {
	void *chunk;
	size_t used, total;
	void *defers;
};

/* Called when the arena is rewound past the point where it was deferred. */
typedef void arena_fn(void *object);

/*
 * Makes an arena that may hold at most `cap` bytes; `name` (static) appears in the log when it is
 * full. Its owner ends it with arena_free().
 */
struct arena *arena_new(const char *name, size_t cap);
void arena_free(struct arena *a);

/* Gives `size` zeroed bytes, aligned for any object. Never NULL: exits 71 (no memory) or 70 (cap). */
void *arena_alloc(struct arena *a, size_t size) __attribute__((returns_nonnull));

/* `count` objects of `size` bytes; the product is checked. */
void *arena_array(struct arena *a, size_t count, size_t size) __attribute__((returns_nonnull));

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, n, type) ((type *)arena_array((a), (n), sizeof(type)))

/*
 * Makes the block at `p` (of `old` bytes) hold `size` bytes: in place if it is the newest one,
 * else by a copy. The bytes beyond `old` are zero. What was grown since a mark goes with its rewind,
 * wherever it began. `p` may be NULL.
 */
void *arena_grow(struct arena *a, void *p, size_t old, size_t size)
	__attribute__((returns_nonnull));

/* Has fn(object) called when the arena is reset, freed or rewound; in reverse order. */
void arena_defer(struct arena *a, arena_fn *fn, void *object);

struct arena_mark arena_mark(struct arena *a);
/* Gives back everything allocated since the mark and runs what was deferred since. */
void arena_rewind(struct arena *a, struct arena_mark mark);
/* Empties the arena but keeps one chunk, so that the next request allocates nothing. */
void arena_reset(struct arena *a);

/* Once, at the start of a process that lives long: has blocks of large requests given back to the system. */
void arena_thrift(void);

/* Bytes in use, for metrics and tests. */
size_t arena_used(const struct arena *a);

#endif
