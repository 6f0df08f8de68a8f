/* Entries of the ledger as a log; they are written by post.c, and nobody changes them. */
#include "shop/ledger/ledger.h"

static const struct field entry_fields[LEDGER_ENTRY__MAX] = {
	[LEDGER_ENTRY_KIND] = STRING("kind",
		DOC("What happened, such as capture or refund. Entries of the same kind and "
		    "object are of one fact."),
		.flags = F_READ_ONLY | F_FILTER, .max = 32, .index = "kind", .example = "capture"),
	[LEDGER_ENTRY_OBJECT] = STRING("object_name", DOC("The kind of what it comes from."),
		.flags = F_READ_ONLY, .max = 32, .example = "refund"),
	[LEDGER_ENTRY_OBJECT_ID] = REF_OF("object_id", "object_name",
		DOC("What it comes from. null: something that is not shown by itself, such as one "
		    "of several captures: payment_id then says of what."),
		.flags = F_READ_ONLY | F_FILTER, .index = "object", .example = "ord_123"),
	[LEDGER_ENTRY_ORDER] = REF("order_id", "order", DOC("The order that it is about."),
		.flags = F_READ_ONLY | F_FILTER, .index = "of_order", .example = "ord_123"),
	[LEDGER_ENTRY_PAYMENT] = REF("payment_id", "payment", DOC("The payment that it is about."),
		.flags = F_READ_ONLY | F_FILTER, .index = "of_payment", .example = "pay_123"),
	[LEDGER_ENTRY_DEBIT] = REF("debit_account_id", "ledger_account",
		DOC("The account that has the amount on its debit side."),
		.flags = F_READ_ONLY | F_FILTER, .index = "debit", .example = "lacc_001"),
	[LEDGER_ENTRY_CREDIT] = REF("credit_account_id", "ledger_account",
		DOC("The account that has it on its credit side."), .flags = F_READ_ONLY | F_FILTER,
		.index = "credit", .example = "lacc_002"),
	[LEDGER_ENTRY_AMOUNT] = AMOUNT("amount", DOC("How much, in minor units; above 0."),
		.flags = F_READ_ONLY, .money_in = "currency", .min = 1, .example = "19999"),
	[LEDGER_ENTRY_CURRENCY] = STRING("currency", DOC("ISO 4217."),
		.flags = F_READ_ONLY | F_FILTER, .max = 3, .index = "currency", .example = "USD"),
};

static const struct shorthand entry_shorthands[] = {
	SHORT("account", "debit_account_id", DOC("Entries that have this account on either side."),
		.op = "eq", .also = "credit_account_id"),
	SHORT("order_id", "order_id", DOC("Only entries about this order.")),
	SHORT("payment_id", "payment_id", DOC("Only entries about this payment.")),
	SHORT("object_id", "object_id", DOC("Only entries that come from this object.")),
	SHORT("kind", "kind", DOC("Only entries of this kind, such as capture.")),
	SHORT("currency", "currency", DOC("Only entries in this currency.")),
	SHORT("date_from", "created_at", .op = "gte",
		DOC("Entries from then on; a date is its first moment.")),
	SHORT("date_to", "created_at", .op = "lte",
		DOC("Entries until then; a date is its last moment.")),
};

const struct resource ledger_entry_resource = {
	.name = "ledger_entry",
	.plural = "ledger-entries",
	.path = "ledger/entries",
	.prefix = "lent",
	.table = "ledger_entries",
	DOC("An entry of the ledger of money: one amount, from the credit side of one account to "
	    "the debit side of another. It is never changed; what is taken back is posted the "
	    "other way round."),
	FIELDS(entry_fields),
	SHORTHANDS(entry_shorthands),
	.log_time = "created_at",
	.verbs = V_LIST | V_GET,
	NO_STATUS,
	.scope_read = "ledger:read",
	.max_age_s = -1,
	ADMIN("Ledger", LEDGER_ENTRY_KIND, LEDGER_ENTRY_AMOUNT, LEDGER_ENTRY_CURRENCY,
		LEDGER_ENTRY_DEBIT, LEDGER_ENTRY_CREDIT),
	PLAN,
};
