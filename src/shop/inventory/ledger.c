#include "shop/inventory/ledger.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/id.h"
#include "model/stamp.h"
#include "shop/catalog/catalog.h"
#include "shop/inventory/watch.h"

#define ROW_MAX 128 /* bytes of five numbers with commas and brackets */

const char *
ledger_reason(enum movement_reason reason)
{
	static const char *const words[MOVED__MAX] = {
		[MOVED_SOLD] = "sold",
		[MOVED_RECEIVED] = "received",
		[MOVED_RETURNED] = "returned",
		[MOVED_DAMAGED] = "damaged",
		[MOVED_CORRECTION] = "correction",
		[MOVED_TRANSFER] = "transfer",
		[MOVED_COUNT] = "count",
		[MOVED_LOST] = "lost",
		[MOVED_RESERVED] = "reserved",
		[MOVED_RELEASED] = "released",
		[MOVED_EXPIRED] = "expired",
	};

	return words[reason];
}

/* ---- rows of numbers for JSON_TABLE */

void
ledger_open(struct buf *b, struct ctx *cx, size_t rows)
{
	buf_init(b, cx->arena, 64 + rows * 32, 64 + rows * ROW_MAX);
	buf_char(b, '[');
}

void
ledger_row(struct buf *b, const int64_t *cells, size_t n)
{
	buf_z(b, b->n > 1 ? ",[" : "[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(b, ',');
		buf_int(b, cells[i]);
	}
	buf_char(b, ']');
}

struct db_value
ledger_close(struct buf *b)
{
	buf_char(b, ']');
	must(!b->overflow);
	return db_text(buf_view(b));
}

/* ---- changes */

void
ledger_add(struct ledger_change *all, size_t *n, struct ledger_change more)
{
	for (size_t i = 0; i < *n; i++) {
		if (all[i].stock.n != more.stock.n)
			continue;
		all[i].on_hand += more.on_hand;
		all[i].reserved += more.reserved;
		return;
	}
	all[(*n)++] = more;
}

static int
by_stock(const void *a, const void *b)
{
	const struct ledger_change *x = a, *y = b;

	return (x->stock.n > y->stock.n) - (x->stock.n < y->stock.n);
}

/*
 * JSON_TABLE costs more than all else if there are few rows. Those are written into the statement instead, four of them,
 * the last repeated: there is one such text, whatever their number.
 */
#define FEW 4
#define OF_EACH " CASE s.id WHEN ? THEN ? WHEN ? THEN ? WHEN ? THEN ? ELSE ? END "
#define EACH(value)                                                                                \
	db_id(c[0].stock), db_int(c[0].value), db_id(c[1].stock), db_int(c[1].value),              \
		db_id(c[2].stock), db_int(c[2].value), db_int(c[3].value)
#define EACH_ID db_id(c[0].stock), db_id(c[1].stock), db_id(c[2].stock), db_id(c[3].stock)

/* One row of a statement. */
struct given {
	struct id stock, movement;
	int64_t on_hand, reserved, careful;
	int64_t more; /* by how much more there is to promise */
};

static void
fill_few(struct given *few, const struct ledger_change *c, size_t n)
{
	for (size_t i = 0; i < FEW; i++) {
		const struct ledger_change *from = &c[MIN(i, n - 1)];

		few[i] = (struct given){
			.stock = from->stock,
			.movement = id_new(),
			.on_hand = from->on_hand,
			.reserved = from->reserved,
			.careful = from->careful,
			.more = from->on_hand - from->reserved,
		};
	}
}

static struct err *
move_few(struct ctx *cx, const struct given *c, struct id claim, struct db_rows *rows)
{
	return db_query(cx, rows,
		"UPDATE stocks s FORCE INDEX (PRIMARY)"
		" SET s.on_hand = s.on_hand +" OF_EACH ", s.reserved = s.reserved +" OF_EACH
		", s.version = s.version + 1, s.updated_at = ?, s.claim = ?"
		" WHERE s.tenant_id = ? AND s.id IN (?, ?, ?, ?)"
		" AND s.on_hand - s.reserved +" OF_EACH ">= s.safety *" OF_EACH
		"AND s.reserved +" OF_EACH ">= 0",
		EACH(on_hand), EACH(reserved), db_time(clock_now_ms()), db_id(claim),
		db_id(cx->tenant), EACH_ID, EACH(more), EACH(careful), EACH(reserved));
}

static struct err *
move_many(struct ctx *cx, const struct ledger_change *c, size_t n, struct id claim,
	struct db_rows *rows)
{
	struct buf b;

	ledger_open(&b, cx, n);
	for (size_t i = 0; i < n; i++)
		ledger_row(&b,
			(const int64_t[]){
				c[i].stock.n, c[i].on_hand, c[i].reserved, c[i].careful },
			4);
	return db_query(cx, rows,
		"UPDATE JSON_TABLE(?, '$[*]' COLUMNS (stock BIGINT PATH '$[0]', on_hand BIGINT PATH"
		" '$[1]', reserved BIGINT PATH '$[2]', careful BIGINT PATH '$[3]')) c"
		" STRAIGHT_JOIN stocks s FORCE INDEX (PRIMARY) ON s.tenant_id = ? AND s.id = "
		"c.stock"
		" SET s.on_hand = s.on_hand + c.on_hand, s.reserved = s.reserved + c.reserved,"
		" s.version = s.version + 1, s.updated_at = ?, s.claim = ?"
		" WHERE s.on_hand + c.on_hand - s.reserved - c.reserved >= s.safety * c.careful"
		" AND s.reserved + c.reserved >= 0",
		ledger_close(&b), db_id(cx->tenant), db_time(clock_now_ms()), db_id(claim));
}

struct err *
ledger_move(struct ctx *cx, struct ledger_change *c, size_t n, struct id claim, bool *all)
{
	struct given few[FEW];
	struct db_rows rows;
	struct err *e;

	*all = true;
	if (!n)
		return NULL;
	qsort(c, n, sizeof(*c), by_stock);
	if (n <= FEW)
		fill_few(few, c, n);
	e = n <= FEW ? move_few(cx, few, claim, &rows) : move_many(cx, c, n, claim, &rows);
	*all = !e && rows.affected == (int64_t)n;
	return e;
}

/* Of the row that is written: what was, why, and by whom; then the values of `cause`. */
#define MOVEMENT                                                                                   \
	"INSERT INTO movements (tenant_id, id, created_at, stock_id, sequence, product_id,"        \
	" variant_id, warehouse_id, sku, on_hand, reserved, reason, source, source_id, note,"      \
	" actor, quantity, reserved_change, watched)"
#define MOVED                                                                                      \
	", ?, s.id, s.version, s.product_id, s.variant_id, s.warehouse_id, s.sku, s.on_hand,"      \
	" s.reserved, ?, ?, ?, ?, ?,"
/* The change leaves less to promise, or more. */
#define WATCHED_LESS " IFNULL(s.available < s.watch_below, 0) OR (s.available = 0 AND NOT s.is_out)"
#define RETURNED " RETURNING watched, product_id, stock_id"
#define CAUSE                                                                                      \
	db_time(clock_now_ms()), db_text(str_of(ledger_reason(cause->reason))),                    \
		db_text(str_of(cause->source)), db_id(cause->of), db_text(cause->note),            \
		db_text(cx->actor)

static struct err *
write_few(struct ctx *cx, const struct given *c, const struct ledger_cause *cause,
	struct db_rows *rows)
{
	return db_query(cx, rows,
		MOVEMENT " SELECT s.tenant_id," OF_EACH MOVED OF_EACH "," OF_EACH
			 ", CASE SIGN(" OF_EACH ") WHEN -1 THEN" WATCHED_LESS
			 " WHEN 1 THEN s.is_out OR s.told ELSE 0 END"
			 " FROM stocks s FORCE INDEX (PRIMARY)"
			 " WHERE s.tenant_id = ? AND s.id IN (?, ?, ?, ?)" RETURNED,
		EACH(movement.n), CAUSE, EACH(on_hand), EACH(reserved), EACH(more),
		db_id(cx->tenant), EACH_ID);
}

static struct err *
write_many(struct ctx *cx, const struct ledger_change *c, size_t n,
	const struct ledger_cause *cause, struct db_rows *rows)
{
	struct buf b;

	ledger_open(&b, cx, n);
	for (size_t i = 0; i < n; i++)
		ledger_row(&b,
			(const int64_t[]){ c[i].stock.n, c[i].on_hand, c[i].reserved, id_new().n },
			4);
	return db_query(cx, rows,
		MOVEMENT
		" SELECT s.tenant_id, c.id" MOVED " c.on_hand, c.reserved,"
		" CASE SIGN(c.on_hand - c.reserved) WHEN -1 THEN" WATCHED_LESS
		" WHEN 1 THEN s.is_out OR s.told ELSE 0 END"
		" FROM JSON_TABLE(?, '$[*]' COLUMNS (stock BIGINT PATH '$[0]', on_hand BIGINT"
		" PATH '$[1]', reserved BIGINT PATH '$[2]', id BIGINT PATH '$[3]')) c"
		" STRAIGHT_JOIN stocks s FORCE INDEX (PRIMARY) ON s.tenant_id = ? AND s.id ="
		" c.stock" RETURNED,
		CAUSE, ledger_close(&b), db_id(cx->tenant));
}

/*
 * The balance is read under the lock that the change took. A change is watched if somebody may have to be told of what
 * it left; only then is more looked at.
 */
static struct err *
insert_movements(struct ctx *cx, const struct ledger_change *c, size_t n,
	const struct ledger_cause *cause, struct db_rows *rows)
{
	struct ledger_change *moved = ARENA_ARRAY(cx->arena, n, struct ledger_change);
	struct given few[FEW];
	size_t m = 0;

	for (size_t i = 0; i < n; i++) {
		if (c[i].on_hand || c[i].reserved)
			moved[m++] = c[i];
	}
	*rows = (struct db_rows){ 0 };
	if (!m)
		return NULL;
	if (m > FEW)
		return write_many(cx, moved, m, cause, rows);
	fill_few(few, moved, m);
	return write_few(cx, few, cause, rows);
}

/* Products show what is available: what is known of that is void before the commit. */
static void
touch_products(const struct ctx *cx, const struct db_rows *rows)
{
	struct id before = ID_NONE;

	for (size_t i = 0; i < rows->n; i++) {
		struct id product = { db_row(rows, i)[1].i };

		if (product.n != before.n)
			ledger_touch(cx, product);
		before = product;
	}
}

struct err *
ledger_write(
	struct ctx *cx, const struct ledger_change *c, size_t n, const struct ledger_cause *cause)
{
	struct db_rows rows;
	struct err *e = insert_movements(cx, c, n, cause, &rows);

	if (!e)
		touch_products(cx, &rows);
	for (size_t i = 0; !e && !cause->quiet && i < rows.n; i++) {
		const struct db_value *row = db_row(&rows, i);

		if (row[0].i)
			e = watch_product(cx, (struct id){ row[1].i }, (struct id){ row[2].i });
	}
	return e;
}

void
ledger_touch(const struct ctx *cx, struct id product)
{
	stamp_touch(cx, &product_resource, product);
}

struct err *
ledger_apply(struct ctx *cx, struct ledger_change *c, size_t n, const struct ledger_cause *cause)
{
	bool all;
	struct err *e = ledger_move(cx, c, n, id_new(), &all);

	if (!e && !all)
		return err_log(cx->arena, ERR_INTERNAL, "a stock is not what its holds say");
	return e ? e : ledger_write(cx, c, n, cause);
}
