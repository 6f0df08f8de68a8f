#include "web/provoke.h"

#ifdef SOUK_DEBUG

#include "base/hash.h"
#include "base/memory.h"
#include "db/db.h"
#include "web/call.h"

#include <stdatomic.h>
#include <sys/mman.h>

#define LEAK ((size_t)64 << 20)
#define STARVED 64

/* Shared by all workers: the newest requests that were starved, as hashes of their ids. */
static struct {
	_Atomic uint64_t n, hashes[STARVED];
} * starved;

void
provoke_setup(void)
{
	void *p = mmap(
		NULL, sizeof(*starved), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	must(p != MAP_FAILED);
	starved = p;
}

/* True the first time that it is asked for that request. */
static bool
is_first_try(struct str request_id)
{
	uint64_t hash = hash_str(0, request_id);

	for (size_t i = 0; i < STARVED; i++)
		if (atomic_load(&starved->hashes[i]) == hash)
			return false;
	atomic_store(&starved->hashes[atomic_fetch_add(&starved->n, 1) % STARVED], hash);
	return true;
}

/* The number behind `what@`; 0: something else is told. */
static unsigned
nth_of(struct str told, struct str what)
{
	size_t at = str_find(told, '@');
	int64_t nth;

	return str_eq(str_cut(told, 0, at), what) && str_int(str_cut(told, at + 1, told.n), &nth)
		? (unsigned)nth
		: 0;
}

void
provoke_memory(const struct call *c)
{
	unsigned nth = c ? nth_of(c->rq.meta[META_SOUK_FAULT], STR("memory")) : 0;

	memory_starve(0);
	if (nth && is_first_try(c->rq.id))
		memory_starve(nth);
}

static void
plant_fault(const struct call *c)
{
	struct str told = c->rq.meta[META_SOUK_FAULT];
	struct str error = str_cut(told, 0, str_find(told, '@'));
	int64_t number;

	if (str_int(error, &number))
		db_fault(c->cx.db, nth_of(told, error), (int)number);
}

static void
misbehave(struct call *c)
{
	struct str told = c->rq.meta[META_SOUK_EXIT];

	c->cx.exit_at = told;
	for (volatile int i = 0; str_eq(told, STR("loop"));)
		i = !i;
	if (str_eq(told, STR("leak")))
		(void)arena_alloc(arena_new("leak", LEAK), LEAK);
}

void
provoke_begin(struct call *c)
{
	plant_fault(c);
	misbehave(c);
	if (!c->rq.meta[META_SOUK_READS].n)
		return;
	c->cx.counts_reads = true;
	c->cx.rows_read = db_rows_read(c->cx.db);
}

void
provoke_end(struct call *c)
{
	if (c->cx.counts_reads)
		c->cx.rows_read = db_rows_read(c->cx.db) - c->cx.rows_read;
	db_fault(c->cx.db, 0, 0);
}

#else

void
provoke_setup(void)
{
}

void
provoke_memory(const struct call *c UNUSED)
{
}

void
provoke_begin(struct call *c UNUSED)
{
}

void
provoke_end(struct call *c UNUSED)
{
}

#endif
