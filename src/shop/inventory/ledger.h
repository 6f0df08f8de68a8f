/*
 * The one way in which a stock changes: some rows at once, each only if it can bear it, with a row of the ledger for
 * each. For the files of this folder.
 */
#ifndef SOUK_INVENTORY_LEDGER_H
#define SOUK_INVENTORY_LEDGER_H

#include "base/buf.h"
#include "db/db.h"

/* Why a stock changed (D20; the last three are what happens to promises). */
enum movement_reason {
	MOVED_SOLD,
	MOVED_RECEIVED,
	MOVED_RETURNED,
	MOVED_DAMAGED,
	MOVED_CORRECTION,
	MOVED_TRANSFER,
	MOVED_COUNT,
	MOVED_LOST,
	MOVED_RESERVED,
	MOVED_RELEASED,
	MOVED_EXPIRED,
	MOVED__MAX
};

struct ledger_change {
	struct id stock;
	int64_t on_hand, reserved; /* by how much */
	bool careful;              /* leaves the safety stock alone */
};

struct ledger_cause {
	enum movement_reason reason;
	const char *source; /* name of a resource, and one of it; NULL: none */
	struct id of;
	struct str note; /* absent: none */
	bool quiet;      /* nobody is told: another change takes this one back at once */
};

/* The word of a reason. */
const char *ledger_reason(enum movement_reason reason);

/* Appends the change to those, or to that of the same stock among them; there must be room for one more. */
void ledger_add(struct ledger_change *all, size_t *n, struct ledger_change more);

/*
 * Changes the rows, in the order of their ids, and leaves those alone that cannot bear it: *all is false then, and
 * `claim` stands in the rows that were changed.
 */
struct err *ledger_move(
	struct ctx *cx, struct ledger_change *c, size_t n, struct id claim, bool *all) MUST_CHECK;

/* Writes what ledger_move() changed into the ledger, and tells whom it concerns (watch.h). */
struct err *ledger_write(struct ctx *cx, const struct ledger_change *c, size_t n,
	const struct ledger_cause *cause) MUST_CHECK;

/* Voids what is known of the stock that a product shows; before the commit of what changes it. */
void ledger_touch(const struct ctx *cx, struct id product);

/* Both, for changes that cannot fail since their rows are locked: else ERR_INTERNAL. */
struct err *ledger_apply(struct ctx *cx, struct ledger_change *c, size_t n,
	const struct ledger_cause *cause) MUST_CHECK;

/* Room for a list of lists of numbers, as JSON_TABLE takes them: "[[1,2],[3,4]]". */
void ledger_open(struct buf *b, struct ctx *cx, size_t rows);
void ledger_row(struct buf *b, const int64_t *cells, size_t n);
struct db_value ledger_close(struct buf *b);

#endif
