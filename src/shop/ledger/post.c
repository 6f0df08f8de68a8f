/*
 * Posting. The accounts are looked up by their holders, of which a fact has one or two; the balances come last, since they are
 * the rows that everybody wants.
 */
#include "shop/ledger/ledger.h"

#include "base/clock.h"
#include "base/id.h"
#include "db/db.h"
#include "model/stamp.h"

#include <ctype.h>

#define SLOTS 16
#define HOLDERS 4 /* that are asked for at once */

/* An account of a fact, and what the fact comes to in it. */
struct posting {
	struct ledger_side side;
	struct id account;
	int64_t debits, credits;
};

struct postings {
	struct posting *p;
	size_t n;
};

/* ---- what comes to which account */

static bool
is_side(const struct posting *p, const struct ledger_side *side)
{
	return p->side.kind == side->kind && p->side.holder.n == side->holder.n;
}

/* That of the side, which is appended if it is new; there is room. */
static struct posting *
posting_of(struct postings *all, const struct ledger_side *side)
{
	must(side->kind < LEDGER__KINDS);
	must(!side->holder.n || ledger_kinds[side->kind].holder);
	for (size_t i = 0; i < all->n; i++)
		if (is_side(&all->p[i], side))
			return &all->p[i];
	all->p[all->n] = (struct posting){ .side = *side };
	return &all->p[all->n++];
}

static struct err *
sum(struct ctx *cx, const struct ledger_fact *fact, struct postings *all)
{
	must(fact->n > 0 && fact->n <= LEDGER_ENTRIES_MOST);
	*all = (struct postings){ .p = ARENA_ARRAY(cx->arena, 2 * fact->n, struct posting) };
	for (size_t i = 0; i < fact->n; i++) {
		const struct ledger_entry *entry = &fact->entries[i];
		struct posting *debit = posting_of(all, &entry->debit);
		struct posting *credit = posting_of(all, &entry->credit);

		must(entry->amount > 0 && debit != credit);
		if (__builtin_add_overflow(debit->debits, entry->amount, &debit->debits) ||
			__builtin_add_overflow(credit->credits, entry->amount, &credit->credits))
			return err_reason(err_new(cx->arena, ERR_VALIDATION,
						  "the sum of the amounts is too large"),
				REASON_OUT_OF_RANGE);
	}
	return NULL;
}

/* ---- accounts */

/* The next holders from *at on, each once; those left over are the first. False: there are no more. */
static bool
next_holders(const struct postings *all, size_t *at, struct id holders[HOLDERS])
{
	size_t n = 0;

	for (; *at < all->n && n < HOLDERS; (*at)++) {
		bool is_new = true;

		for (size_t i = 0; is_new && i < *at; i++)
			is_new = all->p[i].side.holder.n != all->p[*at].side.holder.n;
		if (is_new)
			holders[n++] = all->p[*at].side.holder;
	}
	for (size_t i = n; n && i < HOLDERS; i++)
		holders[i] = holders[0];
	return n > 0;
}

static void
take(struct postings *all, const struct db_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		const struct db_value *row = db_row(rows, i);

		for (size_t k = 0; k < all->n; k++) {
			struct posting *p = &all->p[k];

			if (p->side.holder.n == row[1].i &&
				str_eq_z(row[2].s, ledger_kind_words[p->side.kind].name))
				p->account.n = row[0].i;
		}
	}
}

static struct err *
look_up(struct ctx *cx, struct postings *all)
{
	struct id h[HOLDERS];
	struct db_rows rows;
	struct err *e = NULL;

	for (size_t at = 0; !e && next_holders(all, &at, h);) {
		e = db_query(cx, &rows,
			"SELECT id, held_by, kind FROM ledger_accounts FORCE INDEX (side)"
			" WHERE tenant_id = ? AND held_by IN (?, ?, ?, ?)",
			db_id(cx->tenant), db_int(h[0].n), db_int(h[1].n), db_int(h[2].n),
			db_int(h[3].n));
		if (!e)
			take(all, &rows);
	}
	return e;
}

/* Of two that make the same account at once the second waits, and finds it. */
static struct err *
make(struct ctx *cx, const struct ledger_side *side)
{
	const struct ledger_kind_row *kind = &ledger_kinds[side->kind];
	struct str holder = { 0 };
	int64_t now_ms = clock_now_ms();

	if (side->holder.n)
		holder = str_of(kind->holder);
	return db_exec(cx,
		"INSERT INTO ledger_accounts (tenant_id, id, created_at, updated_at, kind, type,"
		" holder, holder_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
		" ON DUPLICATE KEY UPDATE id = id",
		db_id(cx->tenant), db_id(id_new()), db_time(now_ms), db_time(now_ms),
		db_text(str_of(ledger_kind_words[side->kind].name)),
		db_text(str_of(ledger_type_words[kind->type].name)), db_text(holder),
		db_id(side->holder));
}

static int
by_side(const void *a, const void *b)
{
	const struct posting *x = a, *y = b;

	if (x->side.kind != y->side.kind)
		return x->side.kind < y->side.kind ? -1 : 1;
	return (x->side.holder.n > y->side.holder.n) - (x->side.holder.n < y->side.holder.n);
}

static struct err *
find_accounts(struct ctx *cx, struct postings *all)
{
	bool missing = false;
	struct err *e = look_up(cx, all);

	qsort(all->p, all->n, sizeof(*all->p), by_side);
	for (size_t i = 0; !e && i < all->n; i++) {
		if (all->p[i].account.n)
			continue;
		missing = true;
		e = make(cx, &all->p[i].side);
	}
	return e || !missing ? e : look_up(cx, all);
}

/* ---- entries */

static struct id
account_of(const struct postings *all, const struct ledger_side *side)
{
	for (size_t i = 0; i < all->n; i++)
		if (is_side(&all->p[i], side))
			return all->p[i].account;
	return ID_NONE;
}

static struct err *
write_entries(struct ctx *cx, const struct ledger_fact *fact, const struct postings *all,
	struct str currency)
{
	enum { COLUMNS = 13 };
	struct db_value *v = ARENA_ARRAY(cx->arena, fact->n * COLUMNS, struct db_value);
	int64_t now_ms = clock_now_ms();

	for (size_t i = 0; i < fact->n; i++) {
		const struct ledger_entry *entry = &fact->entries[i];
		const struct db_value row[COLUMNS] = { db_id(cx->tenant), db_id(id_new()),
			db_time(now_ms), db_text(str_of(fact->kind)), db_text(fact->object),
			db_id(fact->object_id), db_int((int64_t)i), db_id(fact->order),
			db_id(fact->payment), db_id(account_of(all, &entry->debit)),
			db_id(account_of(all, &entry->credit)), db_int(entry->amount),
			db_text(currency) };

		memcpy(v + i * COLUMNS, row, sizeof(row));
	}
	return db_insert_rows(cx,
		"INSERT INTO ledger_entries (tenant_id, id, created_at, kind, object_name,"
		" object_id, position, order_id, payment_id, debit_account_id, credit_account_id, "
		"amount,"
		" currency) VALUES",
		"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", v, fact->n * COLUMNS);
}

/* ---- balances */

static int
by_account(const void *a, const void *b)
{
	const struct posting *x = a, *y = b;

	return (x->account.n > y->account.n) - (x->account.n < y->account.n);
}

#define BALANCE                                                                                    \
	"INSERT INTO ledger_balances (tenant_id, account_id, currency, slot, debits, credits)"
#define ROW "(?, ?, ?, ?, ?, ?)"
#define ADDED                                                                                      \
	" ON DUPLICATE KEY UPDATE debits = debits + VALUES(debits),"                               \
	" credits = credits + VALUES(credits)"
#define ONE(p)                                                                                     \
	db_id(cx->tenant), db_id((p)->account), db_text(to->currency), db_int(to->slot),           \
		db_int((p)->debits), db_int((p)->credits)

struct slot {
	struct str currency;
	int64_t slot;
};

/* One to three of them. */
static struct err *
add_to_balances(struct ctx *cx, const struct posting *p, size_t n, const struct slot *to)
{
	if (n == 1)
		return db_exec(cx, BALANCE " VALUES " ROW ADDED, ONE(p));
	if (n == 2)
		return db_exec(cx, BALANCE " VALUES " ROW ", " ROW ADDED, ONE(p), ONE(p + 1));
	return db_exec(
		cx, BALANCE " VALUES " ROW ", " ROW ", " ROW ADDED, ONE(p), ONE(p + 1), ONE(p + 2));
}

/* In the order of the accounts, some at once: a capture moves three. */
static struct err *
move_balances(struct ctx *cx, struct postings *all, struct str currency)
{
	const struct slot to = { currency, db_session(cx->db) % SLOTS };
	struct err *e = NULL;

	qsort(all->p, all->n, sizeof(*all->p), by_account);
	for (size_t i = 0, n; !e && i < all->n; i += n) {
		n = MIN(all->n - i, (size_t)3);
		e = add_to_balances(cx, &all->p[i], n, &to);
	}
	for (size_t i = 0; !e && i < all->n; i++)
		stamp_touch(cx, &ledger_account_resource, all->p[i].account);
	return e;
}

struct err *
ledger_post(struct ctx *cx, const struct ledger_fact *fact)
{
	char code[3];
	struct str currency = { code, sizeof(code) };
	struct postings all;
	struct err *e;

	must(db_in_tx(cx) && fact->object.n && fact->object_id.n && fact->currency.n == 3);
	for (size_t i = 0; i < sizeof(code); i++)
		code[i] = (char)toupper((unsigned char)fact->currency.p[i]);
	e = sum(cx, fact, &all);
	e = e ? e : find_accounts(cx, &all);
	e = e ? e : write_entries(cx, fact, &all, currency);
	return e ? e : move_balances(cx, &all, currency);
}
