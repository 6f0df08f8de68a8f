/*
 * Arenas: a stack of chunks, newest on top. Chunks double in size, so a busy arena settles on one
 * that holds a whole request, and arena_reset() keeps that one. Only memory that is handed out is
 * zeroed, never a whole chunk.
 *
 * Under AddressSanitizer each block is a chunk of its own, or else an overrun inside a chunk and a
 * use after rewind would go unseen.
 */
#include "base/arena.h"

#include "base/log.h"

#include <malloc.h>
#include <stdalign.h>
#include <unistd.h>

#define CHUNK_PER_BLOCK ADDRESS_SANITIZER

#define CHUNK_FIRST ((size_t)16 << 10)
/* Chunks stop growing here, and a larger one (for one large block) is not kept by a reset. */
#define CHUNK_MOST ((size_t)1 << 20)

#define EXIT_CAP 70    /* EX_SOFTWARE: a limit at the door is missing */
#define EXIT_MEMORY 71 /* EX_OSERR */

struct chunk {
	struct chunk *below;
	size_t size, used;
	alignas(max_align_t) char bytes[];
};

struct defer {
	struct defer *below;
	arena_fn *fn;
	void *object;
};

struct arena {
	const char *name;
	size_t cap, total;
	struct chunk *top;
	struct defer *defers;
};

/* Leaves at once: what exit() would run may need the memory that is not there. */
NORETURN static void
give_up(const struct arena *a, size_t size, int status)
{
	log_line(LOG_ERROR, status == EXIT_CAP ? "arena_full" : "no_memory",
		LOG_Z("arena", a->name), LOG_I("used", (int64_t)a->total),
		LOG_I("asked", (int64_t)size), LOG_I("cap", (int64_t)a->cap));
	_exit(status);
}

/* A block of nothing still gets an address of its own. */
static size_t
rounded(const struct arena *a, size_t size)
{
	const size_t unit = alignof(max_align_t);

	if (size > SIZE_MAX / 2)
		give_up(a, size, EXIT_CAP);
	return size ? (size + unit - 1) / unit * unit : unit;
}

/* Puts a chunk on top that has room for a block of `size`, rounded to `n`. */
static void
push_chunk(struct arena *a, size_t size, size_t n)
{
	size_t usual = a->top ? MIN(a->top->size * 2, CHUNK_MOST) : CHUNK_FIRST;
	size_t room = CHUNK_PER_BLOCK ? n : MAX(usual, n);
	struct chunk *c = malloc(sizeof(*c) + (CHUNK_PER_BLOCK ? size : room));

	if (!c)
		give_up(a, size, EXIT_MEMORY);
	*c = (struct chunk){ .below = a->top, .size = room };
	a->top = c;
}

static struct chunk *
pop_chunk(struct arena *a)
{
	struct chunk *c = a->top;

	must(c); /* else the mark was of another arena, or older than a reset */
	a->top = c->below;
	return c;
}

static void
run_defers(struct arena *a, const struct defer *until)
{
	while (a->defers != until) {
		struct defer *d = a->defers;

		must(d);
		a->defers = d->below;
		d->fn(d->object);
	}
}

struct arena *
arena_new(const char *name, size_t cap)
{
	struct arena fresh = { .name = name, .cap = cap };
	struct arena *a = malloc(sizeof(*a));

	if (!a)
		give_up(&fresh, sizeof(*a), EXIT_MEMORY);
	*a = fresh;
	return a;
}

void
arena_free(struct arena *a)
{
	if (!a)
		return;
	arena_rewind(a, (struct arena_mark){ 0 });
	free(a);
}

/* A block whose bytes are not zeroed yet. */
static void *
alloc_raw(struct arena *a, size_t size)
{
	size_t n = rounded(a, size);
	void *p;

	if (n > a->cap - a->total)
		give_up(a, size, EXIT_CAP);
	if (CHUNK_PER_BLOCK || !a->top || n > a->top->size - a->top->used)
		push_chunk(a, size, n);
	p = a->top->bytes + a->top->used;
	a->top->used += n;
	a->total += n;
	return p;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	return memset(alloc_raw(a, size), 0, size);
}

void *
arena_array(struct arena *a, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		give_up(a, SIZE_MAX, EXIT_CAP);
	return arena_alloc(a, bytes);
}

/* Makes the newest block larger where it stands; false if it is not the newest or has no room. */
static bool
grow_in_place(struct arena *a, const char *p, size_t old, size_t size)
{
	size_t have = rounded(a, old), need = rounded(a, size);
	struct chunk *c = a->top;

	if (CHUNK_PER_BLOCK || !c || p + have != c->bytes + c->used)
		return false;
	if (need - have > c->size - c->used || need - have > a->cap - a->total)
		return false;
	c->used += need - have;
	a->total += need - have;
	return true;
}

void *
arena_grow(struct arena *a, void *p, size_t old, size_t size)
{
	char *block = p;

	if (p && size <= old)
		return p;
	if (!p || !grow_in_place(a, p, old, size)) {
		block = alloc_raw(a, size);
		if (p)
			memcpy(block, p, old);
	}
	memset(block + (p ? old : 0), 0, size - (p ? old : 0));
	return block;
}

void
arena_defer(struct arena *a, arena_fn *fn, void *object)
{
	struct defer *d = ARENA_NEW(a, struct defer);

	*d = (struct defer){ .below = a->defers, .fn = fn, .object = object };
	a->defers = d;
}

struct arena_mark
arena_mark(struct arena *a)
{
	return (struct arena_mark){ a->top, a->top ? a->top->used : 0, a->total, a->defers };
}

void
arena_rewind(struct arena *a, struct arena_mark mark)
{
	run_defers(a, mark.defers);
	while (a->top != mark.chunk)
		free(pop_chunk(a));
	if (a->top)
		a->top->used = mark.used;
	a->total = mark.total;
}

void
arena_reset(struct arena *a)
{
	struct chunk *keep = NULL;

	run_defers(a, NULL);
	while (a->top) {
		struct chunk *c = pop_chunk(a);
		bool better = !CHUNK_PER_BLOCK && c->size <= CHUNK_MOST &&
			(!keep || c->size > keep->size);

		free(better ? keep : c);
		keep = better ? c : keep;
	}
	if (keep)
		*keep = (struct chunk){ .size = keep->size };
	a->top = keep;
	a->total = 0;
}

size_t
arena_used(const struct arena *a)
{
	return a->total;
}

/* Left alone, glibc raises both with the largest block it has seen, and keeps what one large answer took. */
void
arena_thrift(void)
{
	(void)mallopt(M_MMAP_THRESHOLD, 256 << 10);
	(void)mallopt(M_TRIM_THRESHOLD, 512 << 10);
}
