/* The board of versions: what it tells, and above all when it must not. */
#include "tap.h"

#include "base/board.h"
#include "base/metrics.h"
#include "base/shared.h"

#define TENANT ((struct id){ 7 })

static struct shared *shared;

static uint64_t
begin(int64_t id)
{
	shared = shared_open(NULL);
	board_setup(shared);
	return board_key(TENANT, "prod", (struct id){ id });
}

static struct board_place *
place(uint64_t key)
{
	return &shared->board.places[key % BOARD_PLACES];
}

void
test_board__tells_what_was_put(void)
{
	uint64_t key = begin(1);

	metrics_setup(NULL);
	CHECK(board_version(key) == 0);
	board_put(key, board_ticket(key), 3);
	CHECK(board_version(key) == 3);
	board_put(key, board_ticket(key), 4);
	CHECK(board_version(key) == 4);
	CHECK(metrics_value(METRIC_BOARD_HITS) == 2);
}

void
test_board__keeps_objects_apart(void)
{
	uint64_t key = begin(1);

	board_put(key, board_ticket(key), 3);
	CHECK(board_version(board_key(TENANT, "prod", (struct id){ 2 })) == 0);
	CHECK(board_version(board_key(TENANT, "cat", (struct id){ 1 })) == 0);
	CHECK(board_version(board_key((struct id){ 8 }, "prod", (struct id){ 1 })) == 0);
}

void
test_board__forgets_what_is_touched(void)
{
	uint64_t key = begin(1);

	board_put(key, board_ticket(key), 3);
	board_touch(key);
	CHECK(board_version(key) == 0);
	CHECK(board_ticket(key) == 0);
	board_put(key, board_ticket(key), 3);
	CHECK(board_version(key) == 0);
	place(key)->busy_until_us = 0; /* fifteen seconds later */
	CHECK(board_version(key) == 0);
	board_put(key, board_ticket(key), 4);
	CHECK(board_version(key) == 4);
}

void
test_board__takes_nothing_read_before_a_touch(void)
{
	uint64_t key = begin(1), ticket = board_ticket(key);

	board_touch(key);
	place(key)->busy_until_us = 0;
	board_put(key, ticket, 3);
	CHECK(board_version(key) == 0);
}

void
test_board__forgets_all_at_once(void)
{
	uint64_t key = begin(1), ticket = board_ticket(key);

	board_put(key, ticket, 3);
	board_touch_all();
	CHECK(board_version(key) == 0);
	shared->board.busy_until_us = 0;
	CHECK(board_version(key) == 0);
	board_put(key, ticket, 3);
	CHECK(board_version(key) == 0);
}

void
test_board__believes_no_mixture(void)
{
	uint64_t key = begin(1);

	board_put(key, board_ticket(key), 3);
	for (int i = 0; i < 4; i++) {
		uint64_t was = place(key)->word[i];

		tap_row("word %d", i);
		place(key)->word[i] = was + 1; /* another writer came between */
		CHECK(board_version(key) == 0);
		place(key)->word[i] = was;
		CHECK(board_version(key) == 3);
	}
}

void
test_board__knows_nothing_without_memory(void)
{
	uint64_t key = begin(1);

	board_setup(NULL);
	board_put(key, board_ticket(key), 3);
	board_touch(key);
	board_touch_all();
	CHECK(board_version(key) == 0);
}
