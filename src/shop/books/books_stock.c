/*
 * Stock: what there is, is what its ledger comes to, and what is reserved is what is held. The ledger is read once from end to end, in
 * the order in which it lies on disk, and the sums of all stocks are kept meanwhile; rows of one stock mostly come in their order, and
 * each is held against the one before it. All of it sees one moment.
 */
#include "base/hash.h"
#include "base/id.h"
#include "shop/books/books_int.h"

#define FIRST_ROOM 1024

/* What the ledger says of a stock so far. */
struct tally {
	int64_t stock;                       /* 0: the place is free */
	int64_t quantity, promised;          /* sums */
	int64_t sequence, on_hand, reserved; /* of the latest row */
};

struct tallies {
	struct arena *own;
	struct tally *all;
	size_t n, room; /* a power of two */
};

struct looking {
	struct books *books;
	struct tallies tallies;
};

enum { MOVEMENT, STOCK, SEQUENCE, QUANTITY, RESERVED_CHANGE, ON_HAND, RESERVED };

/* ---- tallies */

static struct tally *
place_of(const struct tallies *t, int64_t stock)
{
	size_t i = hash_number(0, (uint64_t)stock) & (t->room - 1);

	while (t->all[i].stock && t->all[i].stock != stock)
		i = (i + 1) & (t->room - 1);
	return &t->all[i];
}

static struct tally *
tally_of(struct tallies *t, int64_t stock)
{
	struct tallies more = { t->own, NULL, t->n, t->room ? 2 * t->room : FIRST_ROOM };
	struct tally *found;

	if (2 * t->n >= t->room) {
		more.all = ARENA_ARRAY(t->own, more.room, struct tally);
		for (size_t i = 0; i < t->room; i++) {
			if (t->all[i].stock)
				*place_of(&more, t->all[i].stock) = t->all[i];
		}
		*t = more;
	}
	found = place_of(t, stock);
	t->n += !found->stock;
	found->stock = stock;
	return found;
}

/* ---- the ledger */

static struct err *
read_ledger(struct ctx *cx, int64_t after, struct db_rows *rows)
{
	return db_query(cx, rows,
		PATIENTLY
		"SELECT id, stock_id, sequence, quantity, reserved_change, on_hand, reserved"
		" FROM movements FORCE INDEX (PRIMARY) WHERE tenant_id = ? AND id > ?"
		" ORDER BY id LIMIT " BOOKS_STEP,
		db_id(cx->tenant), db_int(after));
}

/* The row before it was written later, or is another: what it really is, is looked up. */
static struct err *
look_closely(struct ctx *cx, struct books *b, const struct db_value *row)
{
	static const struct books_rule rule = { "mov", { "ledger_on_hand", "ledger_reserved" }, 2 };
	struct db_rows before;
	struct err *e = db_query(cx, &before,
		PATIENTLY
		"SELECT on_hand, reserved FROM movements FORCE INDEX (ledger) WHERE tenant_id = ?"
		" AND stock_id = ? AND sequence < ? ORDER BY sequence DESC LIMIT 1",
		db_id(cx->tenant), row[STOCK], row[SEQUENCE]);
	struct db_value cells[5];

	if (e)
		return e;
	cells[0] = row[MOVEMENT];
	cells[1] = db_int((before.n ? db_row(&before, 0)[0].i : 0) + row[QUANTITY].i);
	cells[2] = row[ON_HAND];
	cells[3] = db_int((before.n ? db_row(&before, 0)[1].i : 0) + row[RESERVED_CHANGE].i);
	cells[4] = row[RESERVED];
	books_tell(cx, b, &rule, &(struct db_rows){ .n = 1, .columns = 5, .cells = cells });
	return NULL;
}

static struct err *
take_row(struct ctx *cx, struct looking *l, const struct db_value *row)
{
	struct tally *t = tally_of(&l->tallies, row[STOCK].i);
	bool follows = row[SEQUENCE].i > t->sequence &&
		row[ON_HAND].i == t->on_hand + row[QUANTITY].i &&
		row[RESERVED].i == t->reserved + row[RESERVED_CHANGE].i;

	t->quantity += row[QUANTITY].i;
	t->promised += row[RESERVED_CHANGE].i;
	if (row[SEQUENCE].i > t->sequence) {
		t->sequence = row[SEQUENCE].i;
		t->on_hand = row[ON_HAND].i;
		t->reserved = row[RESERVED].i;
	}
	return follows ? NULL : look_closely(cx, l->books, row);
}

static struct err *
walk_ledger(struct ctx *cx, struct looking *l)
{
	struct arena_mark mark = arena_mark(cx->arena);
	int64_t after = 0;
	struct db_rows rows;

	do {
		struct err *e = read_ledger(cx, after, &rows);

		for (size_t i = 0; !e && i < rows.n; i++) {
			e = take_row(cx, l, db_row(&rows, i));
			after = db_row(&rows, i)[MOVEMENT].i;
		}
		if (e)
			return e; /* cppcheck-suppress returnDanglingLifetime ; it lives in the arena */
		arena_rewind(cx->arena, mark);
	} while (rows.n);
	return NULL;
}

/* ---- stocks */

static void
hold_against(struct ctx *cx, struct looking *l, const struct db_value *row)
{
	static const struct books_rule rule = { "stock", { "on_hand", "reserved", "held" }, 3 };
	const struct tally *t = tally_of(&l->tallies, row[0].i);
	struct db_value cells[] = { row[0], db_int(t->quantity), row[1], db_int(t->promised),
		row[2], row[3], row[2] };

	books_tell(cx, l->books, &rule, &(struct db_rows){ .n = 1, .columns = 7, .cells = cells });
}

static struct err *
walk_stocks(struct ctx *cx, struct looking *l)
{
	struct arena_mark mark = arena_mark(cx->arena);
	struct id after = ID_NONE;
	struct db_rows rows;

	do {
		struct err *e = db_query(cx, &rows,
			PATIENTLY
			"SELECT s.id, s.on_hand, s.reserved, CAST(COALESCE((SELECT SUM(h.quantity)"
			" FROM holds h FORCE INDEX (stock) WHERE h.tenant_id = s.tenant_id"
			" AND h.stock_id = s.id), 0) AS SIGNED) FROM stocks s FORCE INDEX (PRIMARY)"
			" WHERE s.tenant_id = ? AND s.id > ? ORDER BY s.id LIMIT " BOOKS_STEP,
			db_id(cx->tenant), db_int(after.n));

		if (e)
			return e; /* cppcheck-suppress returnDanglingLifetime ; it lives in the arena */
		for (size_t i = 0; i < rows.n; i++) {
			hold_against(cx, l, db_row(&rows, i));
			after.n = db_row(&rows, i)[0].i;
		}
		l->books->objects += (int64_t)rows.n;
		arena_rewind(cx->arena, mark);
	} while (rows.n);
	return NULL;
}

static struct err *
look(struct ctx *cx, void *arg)
{
	struct looking *l = arg;
	struct err *e = walk_ledger(cx, l);

	return e ? e : walk_stocks(cx, l);
}

struct err *
books_stock(struct ctx *cx, struct books *b, const struct span *s UNUSED)
{
	struct looking l = { .books = b,
		.tallies = { .own = arena_new("books", (size_t)1 << 30) } };
	struct err *e = db_snapshot(cx, look, &l);

	arena_free(l.tallies.own);
	return e;
}

/* A cart that was ordered, deleted or has ended has given back what was kept for it. */
struct err *
books_cart_holds(struct ctx *cx, struct books *b, const struct span *s UNUSED)
{
	static const struct books_rule rule = { "cart", { "cart_held" }, 1 };
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		PATIENTLY
		"SELECT h.cart_id, 0, CAST(SUM(h.quantity) AS SIGNED) FROM holds h FORCE INDEX "
		"(of_cart)"
		" LEFT JOIN carts c FORCE INDEX (PRIMARY) ON c.tenant_id = h.tenant_id AND c.id = "
		"h.cart_id"
		" WHERE h.tenant_id = ? AND h.cart_id > 0 AND COALESCE(c.status, 'none') <> 'open'"
		" GROUP BY h.cart_id ORDER BY h.cart_id LIMIT " BOOKS_STEP,
		db_id(cx->tenant));

	if (!e)
		books_tell(cx, b, &rule, &rows);
	return e;
}
