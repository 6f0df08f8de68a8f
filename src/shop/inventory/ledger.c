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

struct err *
ledger_move(struct ctx *cx, struct ledger_change *c, size_t n, struct id claim, bool *all)
{
	struct db_rows rows;
	struct err *e;
	struct buf b;

	if (n)
		qsort(c, n, sizeof(*c), by_stock);
	ledger_open(&b, cx, n);
	for (size_t i = 0; i < n; i++)
		ledger_row(&b,
			(const int64_t[]){
				c[i].stock.n, c[i].on_hand, c[i].reserved, c[i].careful },
			4);
	e = db_query(cx, &rows,
		"UPDATE JSON_TABLE(?, '$[*]' COLUMNS (stock BIGINT PATH '$[0]', on_hand BIGINT PATH"
		" '$[1]', reserved BIGINT PATH '$[2]', careful BIGINT PATH '$[3]')) c"
		" STRAIGHT_JOIN stocks s FORCE INDEX (PRIMARY) ON s.tenant_id = ? AND s.id = "
		"c.stock"
		" SET s.on_hand = s.on_hand + c.on_hand, s.reserved = s.reserved + c.reserved,"
		" s.version = s.version + 1, s.updated_at = ?, s.claim = ?"
		" WHERE s.on_hand + c.on_hand - s.reserved - c.reserved >= s.safety * c.careful"
		" AND s.reserved + c.reserved >= 0",
		ledger_close(&b), db_id(cx->tenant), db_time(clock_now_ms()), db_id(claim));
	*all = !e && rows.affected == (int64_t)n;
	return e;
}

/*
 * The balance is read under the lock that the change took. A change is watched if somebody may have to be told of what
 * it left; only then is more looked at.
 */
static struct err *
insert_movements(struct ctx *cx, const struct ledger_change *c, size_t n,
	const struct ledger_cause *cause, struct db_rows *rows)
{
	struct buf b;

	ledger_open(&b, cx, n);
	for (size_t i = 0; i < n; i++) {
		if (c[i].on_hand || c[i].reserved)
			ledger_row(&b,
				(const int64_t[]){
					c[i].stock.n, c[i].on_hand, c[i].reserved, id_new().n },
				4);
	}
	return db_query(cx, rows,
		"INSERT INTO movements (tenant_id, id, created_at, stock_id, sequence, product_id,"
		" variant_id, warehouse_id, sku, reason, quantity, reserved_change, on_hand,"
		" reserved, source, source_id, note, actor, watched)"
		" SELECT s.tenant_id, c.id, ?, s.id, s.version, s.product_id, s.variant_id,"
		" s.warehouse_id, s.sku, ?, c.on_hand, c.reserved, s.on_hand, s.reserved, ?, ?, ?, "
		"?,"
		" IF(c.on_hand < c.reserved, IFNULL(s.available < s.watch_below, 0)"
		" OR (s.available = 0 AND NOT s.is_out),"
		" c.on_hand > c.reserved AND (s.is_out OR s.told))"
		" FROM JSON_TABLE(?, '$[*]' COLUMNS (stock BIGINT PATH '$[0]', on_hand BIGINT PATH"
		" '$[1]', reserved BIGINT PATH '$[2]', id BIGINT PATH '$[3]')) c"
		" STRAIGHT_JOIN stocks s FORCE INDEX (PRIMARY) ON s.tenant_id = ? AND s.id = "
		"c.stock"
		" RETURNING watched, product_id, stock_id",
		db_time(clock_now_ms()), db_text(str_of(ledger_reason(cause->reason))),
		db_text(str_of(cause->source)), db_id(cause->of), db_text(cause->note),
		db_text(cx->actor), ledger_close(&b), db_id(cx->tenant));
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
ledger_post(struct ctx *cx, struct ledger_change *c, size_t n, const struct ledger_cause *cause)
{
	bool all;
	struct err *e = ledger_move(cx, c, n, id_new(), &all);

	if (!e && !all)
		return err_log(cx->arena, ERR_INTERNAL, "a stock is not what its holds say");
	return e ? e : ledger_write(cx, c, n, cause);
}
