/*
 * The ledger of money: double entry, append-only. What moved money posts one fact, in its own transaction: some entries, each
 * of one debit account, one credit account and one amount, so that a fact cannot be out of balance. Accounts are named by kind
 * and holder, and made when they are first posted to. CONVENTIONS.md ("The ledger") says which fact posts what.
 *
 * Stock has a ledger of its own (shop/inventory/ledger.h), which counts pieces.
 */
#ifndef SOUK_LEDGER_H
#define SOUK_LEDGER_H

#include "model/plan.h"

enum ledger_kind {
	LEDGER_GATEWAY,          /* asset, held by a gateway: what it took and has not paid out */
	LEDGER_SALES,            /* revenue */
	LEDGER_REFUNDS,          /* revenue, on its debit side: what was given back */
	LEDGER_FEES,             /* expense: what gateways keep */
	LEDGER_APPLICATION_FEES, /* revenue: commission of what was sold for others */
	LEDGER_DISPUTES_HELD,    /* asset: what gateways hold back while a dispute is open */
	LEDGER_DISPUTE_LOSSES,   /* expense */
	LEDGER_STORE_CREDIT,     /* liability, held by a customer */
	LEDGER_VENDOR_PAYABLE,   /* liability, held by a vendor */
	LEDGER__KINDS
};

struct ledger_side {
	enum ledger_kind kind;
	/* The gateway, customer or vendor, as the kind says; ID_NONE: the tenant's own, or the built-in gateway's. */
	struct id holder;
};

struct ledger_entry {
	struct ledger_side debit, credit; /* not the same */
	int64_t amount;                   /* minor units of the fact's currency, > 0 */
};

struct ledger_fact {
	const char *kind;  /* "capture", "refund", "dispute_opened": a word of at most 32 letters */
	struct str object; /* the name of the resource or table that it comes from, */
	struct id object_id; /* and which of them */
	struct id order;     /* ID_NONE: of none */
	struct id payment;   /* the same */
	struct str currency; /* ISO 4217, any case */
	const struct ledger_entry *entries;
	size_t n; /* 1 to LEDGER_ENTRIES_MOST */
};

#define LEDGER_ENTRIES_MOST 100

/*
 * Posts a fact and moves the balances. Inside a transaction, as late in it as can be: the balances are the last locks, and
 * are taken in the order of the accounts. ERR_CONFLICT, of REASON_DUPLICATE with the key "fact", if a fact of that kind was
 * posted for the object before; ERR_VALIDATION, of REASON_OUT_OF_RANGE, if a balance passes 64 bits. `fact` is only read.
 */
struct err *ledger_post(struct ctx *cx, const struct ledger_fact *fact) MUST_CHECK;

/* Takes a part of the text; it does not outlive the call. False: no more is wanted. */
typedef bool ledger_journal_fn(void *arg, struct str text);

/*
 * Writes the tenant's ledger as hledger reads it (https://hledger.org/hledger.html#journal): commodities and accounts first,
 * then a transaction for each entry, in the order of their ids. All of it is of one moment; memory stays small however many there
 * are. Amounts are decimals, of revenue and liabilities with a minus as a rule; dates are of UTC. *n: how many entries.
 */
struct err *ledger_export(struct ctx *cx, ledger_journal_fn *put, void *arg, int64_t *n) MUST_CHECK;

enum ledger_account_field {
	LEDGER_ACCOUNT_KIND,
	LEDGER_ACCOUNT_TYPE,
	LEDGER_ACCOUNT_HOLDER,
	LEDGER_ACCOUNT_HOLDER_ID,
	LEDGER_ACCOUNT_BALANCES,
	LEDGER_ACCOUNT__MAX
};

enum ledger_entry_field {
	LEDGER_ENTRY_KIND,
	LEDGER_ENTRY_OBJECT,
	LEDGER_ENTRY_OBJECT_ID,
	LEDGER_ENTRY_ORDER,
	LEDGER_ENTRY_PAYMENT,
	LEDGER_ENTRY_DEBIT,
	LEDGER_ENTRY_CREDIT,
	LEDGER_ENTRY_AMOUNT,
	LEDGER_ENTRY_CURRENCY,
	LEDGER_ENTRY__MAX
};

extern const struct resource ledger_account_resource;
extern const struct resource ledger_entry_resource;

enum ledger_type { LEDGER_ASSET, LEDGER_LIABILITY, LEDGER_REVENUE, LEDGER_EXPENSE, LEDGER__TYPES };

/* Of a kind of account: its type, and the resource of its holders; NULL: it is the tenant's own. */
struct ledger_kind_row {
	enum ledger_type type;
	const char *holder;
};
extern const struct ledger_kind_row ledger_kinds[LEDGER__KINDS];
/* The words of both. */
extern const struct choice ledger_kind_words[LEDGER__KINDS];
extern const struct choice ledger_type_words[LEDGER__TYPES];

#endif
