/* What a worker remembers of a tenant's few rows, and above all when it must not. */
#include "tap.h"

#include "base/board.h"
#include "base/shared.h"
#include "model/kept.h"

static struct arena *a;
static struct ctx cx;

/* What somebody finds who asks: a remembered number, -1 if he must read, -2 if there are no rows. */
static int64_t
recall(int64_t tenant, const char *what, struct kept_reading *rd)
{
	struct db_rows rows = { 0 };

	cx.tenant.n = tenant;
	if (!kept_recall(&cx, what, &rows, rd))
		return -1;
	return rows.n ? db_row(&rows, 0)[0].i : -2;
}

static void
put(const struct kept_reading *rd, int64_t number)
{
	struct db_value cells[] = { db_int(number), db_text(STR("ten off")) };

	kept_put(rd, &(struct db_rows){ .n = 1, .columns = 2, .cells = cells });
}

static void
begin(void)
{
	a = arena_new("test", (size_t)1 << 20);
	cx = (struct ctx){ .arena = a };
	board_setup(shared_open(NULL));
}

void
test_kept__tells_what_was_read(void)
{
	struct kept_reading rd;
	struct db_rows rows;

	begin();
	CHECK(recall(1, "disc", &rd) == -1);
	put(&rd, 5);
	CHECK(recall(1, "disc", &rd) == 5);
	CHECK(kept_recall(&cx, "disc", &rows, &rd));
	CHECK(str_eq(db_row(&rows, 0)[1].s, STR("ten off")));
	CHECK(recall(2, "disc", &rd) == -1);
	CHECK(recall(1, "tax", &rd) == -1);
	arena_free(a);
}

void
test_kept__knows_that_there_is_nothing(void)
{
	struct kept_reading rd;

	begin();
	CHECK(recall(3, "disc", &rd) == -1);
	kept_put(&rd, &(struct db_rows){ .n = 0, .columns = 2 });
	CHECK(recall(3, "disc", &rd) == -2);
	arena_free(a);
}

void
test_kept__forgets_what_is_changed(void)
{
	struct kept_reading rd, early;

	begin();
	CHECK(recall(4, "disc", &rd) == -1);
	early = rd;
	put(&rd, 5);
	cx.tenant.n = 4;
	kept_touch(&cx, "disc");
	CHECK(recall(4, "disc", &rd) == -1);
	put(&early, 5); /* read before the change */
	CHECK(recall(4, "disc", &rd) == -1);
	put(&rd, 6); /* nothing is taken so soon after it */
	CHECK(recall(4, "disc", &rd) == -1);
	arena_free(a);
}

void
test_kept__believes_no_worker_that_read_something_else(void)
{
	struct kept_reading rd;
	uint64_t key;

	begin();
	CHECK(recall(5, "disc", &rd) == -1);
	put(&rd, 5);
	key = rd.key;
	CHECK(recall(5, "disc", &rd) == 5);
	board_put(
		key, board_ticket(key), 12345); /* as another worker would that found other rows */
	CHECK(recall(5, "disc", &rd) == -1);
	arena_free(a);
}

void
test_kept__leaves_what_is_large(void)
{
	static char big[70000];
	struct db_value cell = db_text((struct str){ big, sizeof(big) });
	struct kept_reading rd;

	begin();
	CHECK(recall(6, "disc", &rd) == -1);
	kept_put(&rd, &(struct db_rows){ .n = 1, .columns = 1, .cells = &cell });
	CHECK(recall(6, "disc", &rd) == -1);
	arena_free(a);
}
