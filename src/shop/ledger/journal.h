/* The ledger as a journal that other programs of accounting read. */
#ifndef SOUK_LEDGER_JOURNAL_H
#define SOUK_LEDGER_JOURNAL_H

#include "db/ctx.h"

/* Takes a part of the text; it does not outlive the call. False: no more is wanted. */
typedef bool journal_fn(void *arg, struct str text);

/*
 * Writes the tenant's ledger as hledger reads it (https://hledger.org/hledger.html#journal): commodities and accounts first,
 * then a transaction for each entry, in the order of their ids. All of it is of one moment; memory stays small however many there
 * are. Amounts are decimals, of revenue and liabilities with a minus as a rule; dates are of UTC. *n: how many entries.
 */
struct err *journal_export(struct ctx *cx, journal_fn *put, void *arg, int64_t *n) MUST_CHECK;

#endif
