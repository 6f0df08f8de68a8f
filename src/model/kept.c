/* The board's version of such rows is a hash of all that they say, so that workers agree without asking one another. */
#include "model/kept.h"

#include "base/board.h"
#include "base/hash.h"
#include "base/id.h"

#define PLACES 256
#define ROWS_BYTES_MOST ((size_t)64 << 10) /* of one tenant */
#define BYTES_MOST ((size_t)2 << 20)
#define BYTES_ENOUGH ((size_t)1 << 20) /* then all is forgotten at once */

struct kept {
	uint64_t key;
	int64_t version;
	struct db_rows rows;
};

static struct {
	struct arena *arena;
	const struct kept *places[PLACES];
} memory;

static size_t
cells_of(const struct db_rows *rows)
{
	return rows->n * rows->columns;
}

static size_t
bytes_of(const struct db_rows *rows)
{
	size_t n = cells_of(rows) * sizeof(*rows->cells);

	for (size_t i = 0; i < cells_of(rows); i++)
		n += rows->cells[i].s.n;
	return n;
}

/* Never 0. */
static int64_t
version_of(const struct db_rows *rows)
{
	uint64_t h = hash_number(0, rows->n);

	for (size_t i = 0; i < cells_of(rows); i++) {
		const struct db_value *c = &rows->cells[i];

		h = hash_number(h, (uint64_t)c->kind);
		h = c->kind == DB_TEXT ? hash_str(h, c->s) : hash_number(h, (uint64_t)c->i);
	}
	return (int64_t)(h >> 1 | 1);
}

static struct db_rows
copy_of(struct arena *a, const struct db_rows *from)
{
	struct db_rows rows = *from;

	rows.cells = ARENA_ARRAY(a, cells_of(from), struct db_value);
	for (size_t i = 0; i < cells_of(from); i++) {
		rows.cells[i] = from->cells[i];
		if (from->cells[i].kind == DB_TEXT)
			rows.cells[i].s = str_dup(a, from->cells[i].s);
	}
	return rows;
}

bool
kept_recall(struct ctx *cx, const char *what, struct db_rows *rows, struct kept_reading *rd)
{
	uint64_t key = board_key(cx->tenant, what, ID_NONE);
	const struct kept *k = memory.places[key % PLACES];

	if (k && k->key == key && board_version(key) == k->version) {
		*rows = copy_of(cx->arena, &k->rows);
		return true;
	}
	*rd = (struct kept_reading){ key, board_ticket(key) };
	return false;
}

static void
make_room(void)
{
	if (!memory.arena)
		memory.arena = arena_new("kept", BYTES_MOST);
	if (arena_used(memory.arena) < BYTES_ENOUGH)
		return;
	memset(memory.places, 0, sizeof(memory.places));
	arena_reset(memory.arena);
}

void
kept_put(const struct kept_reading *rd, const struct db_rows *rows)
{
	int64_t version = version_of(rows);
	const struct kept *now = memory.places[rd->key % PLACES];
	struct kept *k;

	if (!rd->ticket || bytes_of(rows) > ROWS_BYTES_MOST)
		return;
	board_put(rd->key, rd->ticket, version);
	if (now && now->key == rd->key && now->version == version)
		return;
	make_room();
	k = ARENA_NEW(memory.arena, struct kept);
	*k = (struct kept){ rd->key, version, copy_of(memory.arena, rows) };
	memory.places[rd->key % PLACES] = k;
}

void
kept_touch(const struct ctx *cx, const char *what)
{
	board_touch(board_key(cx->tenant, what, ID_NONE));
}
