/* The ledger of money: what an account comes to, is what its entries say. An entry by itself cannot be out of balance. */
#include "shop/books/books_int.h"

/* Both sides of all entries, and what is stored of them; one statement, so that all of it is of one moment. */
#define SIDES                                                                                      \
	"SELECT debit_account_id AS account, currency, SUM(amount) AS debits, 0 AS credits,"       \
	" 0 AS kept_debits, 0 AS kept_credits FROM ledger_entries FORCE INDEX (debit)"             \
	" WHERE tenant_id = ? GROUP BY debit_account_id, currency"                                 \
	" UNION ALL SELECT credit_account_id, currency, 0, SUM(amount), 0, 0"                      \
	" FROM ledger_entries FORCE INDEX (credit) WHERE tenant_id = ?"                            \
	" GROUP BY credit_account_id, currency"                                                    \
	" UNION ALL SELECT account_id, currency, 0, 0, SUM(debits), SUM(credits)"                  \
	" FROM ledger_balances WHERE tenant_id = ? GROUP BY account_id, currency"

struct err *
books_ledger(struct ctx *cx, struct books *b, const struct span *s UNUSED)
{
	static const struct books_rule rule = { "lacc", { "ledger_debits", "ledger_credits" }, 2 };
	struct db_rows rows, count;
	struct err *e = db_query(cx, &rows,
		PATIENTLY
		"SELECT f.account, CAST(SUM(f.debits) AS SIGNED), CAST(SUM(f.kept_debits) AS "
		"SIGNED),"
		" CAST(SUM(f.credits) AS SIGNED), CAST(SUM(f.kept_credits) AS SIGNED)"
		" FROM (" SIDES ") f GROUP BY f.account, f.currency"
		" HAVING SUM(f.debits) <> SUM(f.kept_debits)"
		" OR SUM(f.credits) <> SUM(f.kept_credits) ORDER BY f.account, f.currency",
		db_id(cx->tenant), db_id(cx->tenant), db_id(cx->tenant));

	e = e ? e
	      : db_query(cx, &count, "SELECT COUNT(*) FROM ledger_accounts WHERE tenant_id = ?",
			db_id(cx->tenant));
	if (e)
		return e;
	books_tell(cx, b, &rule, &rows);
	b->objects += db_count(&count);
	return NULL;
}
