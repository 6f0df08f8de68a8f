/*
 * The word, from the lowest bit: database (2 bits), storage (2), uptime + 1 (14), milliseconds of clock_mono_us(). That of the
 * books: differences (20), seconds since 1970.
 */
#include "base/vitals.h"

#include "base/clock.h"
#include "base/shared.h"

#define FRESH_MS 2000
#define STATE_MASK 3U
#define STORAGE_AT 2
#define UPTIME_AT 4
#define UPTIME_MASK 0x3fffU
#define STAMP_AT 18
#define DIFFERENCES_MOST 0xfffff
#define SECONDS_AT 20

static _Atomic uint64_t *word, *books;

void
vitals_setup(struct shared *shared)
{
	word = shared ? &shared->vitals : NULL;
	books = shared ? &shared->books : NULL;
}

static int64_t
now_ms(void)
{
	return clock_mono_us() / 1000;
}

static uint64_t
read_word(void)
{
	return word ? atomic_load_explicit(word, memory_order_relaxed) : 0;
}

void
vitals_put(const struct vitals *v)
{
	uint64_t w = (uint64_t)now_ms() << STAMP_AT | (uint64_t)(v->uptime + 1) << UPTIME_AT |
		(uint64_t)v->storage << STORAGE_AT | (uint64_t)v->database;

	if (word)
		atomic_store_explicit(word, w, memory_order_relaxed);
}

bool
vitals_get(struct vitals *v)
{
	uint64_t w = read_word();
	int64_t age_ms = now_ms() - (int64_t)(w >> STAMP_AT);

	*v = (struct vitals){
		.database = (enum database_state)(w & STATE_MASK),
		.storage = (enum storage_state)(w >> STORAGE_AT & STATE_MASK),
		.uptime = (int)(w >> UPTIME_AT & UPTIME_MASK) - 1,
	};
	/* A stamp from before the host was started may lie ahead. */
	return w && age_ms >= 0 && age_ms <= FRESH_MS;
}

int64_t
vitals_age_us(void)
{
	uint64_t w = read_word();

	return w ? (now_ms() - (int64_t)(w >> STAMP_AT)) * 1000 : -1;
}

bool
vitals_database_hung(void)
{
	struct vitals v;

	return vitals_get(&v) && v.database == DATABASE_HUNG;
}

bool
vitals_storage_full(void)
{
	struct vitals v;

	return vitals_get(&v) && v.storage == STORAGE_FULL;
}

void
vitals_put_books(const struct books_seen *b)
{
	uint64_t w = (uint64_t)(b->at_ms / 1000) << SECONDS_AT |
		(uint64_t)MIN(b->differences, DIFFERENCES_MOST);

	if (books)
		atomic_store_explicit(books, w, memory_order_relaxed);
}

struct books_seen
vitals_get_books(void)
{
	uint64_t w = books ? atomic_load_explicit(books, memory_order_relaxed) : 0;

	return (struct books_seen){
		.at_ms = (int64_t)(w >> SECONDS_AT) * 1000,
		.differences = (int64_t)(w & DIFFERENCES_MOST),
	};
}
