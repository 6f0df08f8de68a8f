/* Places are found by a hash and shared by whatever falls on them; a touch of one is a touch of all there. */
#include "base/board.h"

#include "base/clock.h"
#include "base/metrics.h"
#include "base/shared.h"

#define BUSY_US 15000000
#define LIFE_US 5000000 /* less than BUSY_US, so that nothing outlives a touch that it raced with */
#define CHECK UINT64_C(0x9e3779b97f4a7c15)

static struct board *board;

void
board_setup(struct shared *shared)
{
	board = shared ? &shared->board : NULL;
}

/* The finalizer of SplitMix64: every bit of the input moves every bit of the output. */
static uint64_t
mixed(uint64_t n)
{
	n = (n ^ n >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	n = (n ^ n >> 27) * UINT64_C(0x94d049bb133111eb);
	return n ^ n >> 31;
}

uint64_t
board_key(struct id tenant, const char *prefix, struct id id)
{
	uint64_t key = mixed((uint64_t)tenant.n + CHECK);

	for (const char *p = prefix; *p; p++)
		key = mixed(key ^ (uint64_t)(unsigned char)*p);
	return mixed(key ^ (uint64_t)id.n);
}

static struct board_place *
place_of(uint64_t key)
{
	return &board->places[key % BOARD_PLACES];
}

static uint64_t
load(_Atomic uint64_t *word)
{
	return atomic_load_explicit(word, memory_order_acquire);
}

static void
store(_Atomic uint64_t *word, uint64_t n)
{
	atomic_store_explicit(word, n, memory_order_release);
}

/* Touches of this place and of all places, counted together; 0 while either is too fresh. */
static uint64_t
stamp_of(struct board_place *p)
{
	uint64_t now = (uint64_t)clock_mono_us();

	if (now < load(&p->busy_until_us) || now < load(&board->busy_until_us))
		return 0;
	return mixed(load(&p->touches) + mixed(load(&board->touches) + 1)) | 1;
}

static uint64_t
sum(const uint64_t word[4])
{
	return mixed(word[0] + mixed(word[1] + mixed(word[2] + mixed(word[3] + CHECK))));
}

int64_t
board_version(uint64_t key)
{
	struct board_place *p;
	uint64_t word[4], check;
	int64_t age;

	if (!board)
		return 0;
	p = place_of(key);
	for (int i = 0; i < 4; i++)
		word[i] = load(&p->word[i]);
	check = load(&p->check);
	age = clock_mono_us() - (int64_t)word[3];
	if (check != sum(word) || word[0] != key || age < 0 || age > LIFE_US)
		return 0;
	if (word[1] != stamp_of(p))
		return 0;
	metrics_add(METRIC_BOARD_HITS, 1);
	return (int64_t)word[2];
}

uint64_t
board_ticket(uint64_t key)
{
	return board ? stamp_of(place_of(key)) : 0;
}

void
board_put(uint64_t key, uint64_t ticket, int64_t version)
{
	uint64_t word[4] = { key, ticket, (uint64_t)version, (uint64_t)clock_mono_us() };
	struct board_place *p;

	if (!board || !ticket)
		return;
	p = place_of(key);
	for (int i = 0; i < 4; i++)
		store(&p->word[i], word[i]);
	store(&p->check, sum(word));
}

static void
touch(_Atomic uint64_t *touches, _Atomic uint64_t *busy_until_us)
{
	atomic_fetch_add(touches, 1);
	atomic_store(busy_until_us, (uint64_t)(clock_mono_us() + BUSY_US));
}

void
board_touch(uint64_t key)
{
	if (board)
		touch(&place_of(key)->touches, &place_of(key)->busy_until_us);
}

void
board_touch_all(void)
{
	if (board)
		touch(&board->touches, &board->busy_until_us);
}
