/* Accounts of the ledger, made by the first entry that needs them (post.c). What they come to is summed up when they are shown. */
#include "shop/ledger/ledger.h"

const struct choice ledger_kind_words[LEDGER__KINDS] = {
	[LEDGER_GATEWAY] = { "gateway", "what a gateway took and has not paid out" },
	[LEDGER_SALES] = { "sales", "what was paid for" },
	[LEDGER_REFUNDS] = { "refunds", "what was given back: it stands on the debit side" },
	[LEDGER_FEES] = { "fees", "what gateways keep for themselves" },
	[LEDGER_APPLICATION_FEES] = { "application_fees",
		"commission on what was sold for others" },
	[LEDGER_DISPUTES_HELD] = { "disputes_held",
		"what gateways hold back while a dispute is open" },
	[LEDGER_DISPUTE_LOSSES] = { "dispute_losses", "what was lost in disputes" },
	[LEDGER_STORE_CREDIT] = { "store_credit", "what a customer may still spend" },
	[LEDGER_VENDOR_PAYABLE] = { "vendor_payable", "what a vendor is owed" },
};

const struct choice ledger_type_words[LEDGER__TYPES] = {
	[LEDGER_ASSET] = { "asset", "what the shop has; debits add to it" },
	[LEDGER_LIABILITY] = { "liability", "what it owes; credits add to it" },
	[LEDGER_REVENUE] = { "revenue", "what it earns; credits add to it" },
	[LEDGER_EXPENSE] = { "expense", "what it spends; debits add to it" },
};

const struct ledger_kind_row ledger_kinds[LEDGER__KINDS] = {
	[LEDGER_GATEWAY] = { LEDGER_ASSET, "gateway" },
	[LEDGER_SALES] = { LEDGER_REVENUE, NULL },
	[LEDGER_REFUNDS] = { LEDGER_REVENUE, NULL },
	[LEDGER_FEES] = { LEDGER_EXPENSE, NULL },
	[LEDGER_APPLICATION_FEES] = { LEDGER_REVENUE, NULL },
	[LEDGER_DISPUTES_HELD] = { LEDGER_ASSET, NULL },
	[LEDGER_DISPUTE_LOSSES] = { LEDGER_EXPENSE, NULL },
	[LEDGER_STORE_CREDIT] = { LEDGER_LIABILITY, "customer" },
	[LEDGER_VENDOR_PAYABLE] = { LEDGER_LIABILITY, "vendor" },
};

/* ---- what an account comes to */

enum ledger_balance_field {
	LEDGER_BALANCE_CURRENCY,
	LEDGER_BALANCE_DEBITS,
	LEDGER_BALANCE_CREDITS,
	LEDGER_BALANCE_BALANCE,
	LEDGER_BALANCE__MAX
};

static const struct field balance_fields[LEDGER_BALANCE__MAX] = {
	[LEDGER_BALANCE_CURRENCY] = STRING(
		"currency", DOC("ISO 4217."), .flags = F_READ_ONLY, .max = 3, .example = "USD"),
	[LEDGER_BALANCE_DEBITS] = AMOUNT("debits_amount",
		DOC("The sum of all entries that have the account as their debit side, in minor "
		    "units."),
		.flags = F_READ_ONLY, .money_in = "currency", .example = "19999"),
	[LEDGER_BALANCE_CREDITS] = AMOUNT("credits_amount", DOC("The same of their credit side."),
		.flags = F_READ_ONLY, .money_in = "currency", .example = "0"),
	[LEDGER_BALANCE_BALANCE] = AMOUNT("amount",
		DOC("Debits less credits: of liabilities and revenue below 0 as a rule."),
		.flags = F_READ_ONLY, .money_in = "currency", .example = "19999"),
};

static const struct resource balance_shape =
	SHAPE("ledger_balance", balance_fields, DOC("What an account comes to in one currency."));

/* Of all slots; one of them stands for each currency. */
#define OF_SLOTS(sum)                                                                              \
	"(SELECT CAST(" sum " AS SIGNED) FROM ledger_balances c FORCE INDEX (PRIMARY)"             \
	" WHERE c.tenant_id = b.tenant_id AND c.account_id = b.account_id"                         \
	" AND c.currency = b.currency)"
#define BALANCES                                                                                                  \
	"SELECT JSON_ARRAYAGG(JSON_OBJECT('currency', b.currency, 'debits_amount', " OF_SLOTS(                    \
		"SU"                                                                                              \
		"M("                                                                                              \
		"c."                                                                                              \
		"de"                                                                                              \
		"bi"                                                                                              \
		"ts"                                                                                              \
		")") ", 'credits_amount', " OF_SLOTS("SUM(c.credits)") ", 'amount', " OF_SLOTS("S"                \
											       "U"                \
											       "M"                \
											       "("                \
											       "c"                \
											       "."                \
											       "d"                \
											       "e"                \
											       "b"                \
											       "i"                \
											       "t"                \
											       "s"                \
											       " "                \
											       "-"                \
											       " "                \
											       "c"                \
											       "."                \
											       "c"                \
											       "r"                \
											       "e"                \
											       "d"                \
											       "i"                \
											       "t"                \
											       "s"                \
											       ")") ") ORDER "    \
												    "BY "         \
												    "b."          \
												    "currency)"   \
												    " FROM "      \
												    "ledger_"     \
												    "balances "   \
												    "b FORCE "    \
												    "INDEX "      \
												    "(PRIMARY)"   \
												    " WHERE "     \
												    "b.tenant_"   \
												    "id = "       \
												    "t.tenant_"   \
												    "id AND "     \
												    "b."          \
												    "account_"    \
												    "id = t.id"   \
												    " AND "       \
												    "b.slot "     \
												    "="           \
												    " " OF_SLOTS( \
													    "M"   \
													    "I"   \
													    "N"   \
													    "("   \
													    "c"   \
													    "."   \
													    "s"   \
													    "l"   \
													    "o"   \
													    "t"   \
													    ")")

static const struct field account_fields[LEDGER_ACCOUNT__MAX] = {
	[LEDGER_ACCOUNT_KIND] = ENUM("kind", ledger_kind_words, DOC("What it is for."),
		.flags = F_READ_ONLY | F_FILTER, .index = "kind", .example = "sales"),
	[LEDGER_ACCOUNT_TYPE] =
		ENUM("type", ledger_type_words, DOC("The part of the chart of accounts."),
			.flags = F_READ_ONLY | F_FILTER, .index = "type", .example = "revenue"),
	[LEDGER_ACCOUNT_HOLDER] = STRING("holder",
		DOC("The kind of who holds it, such as customer; null: the shop itself, or the "
		    "gateway that is built in."),
		.flags = F_READ_ONLY, .max = 32, .example = "customer"),
	[LEDGER_ACCOUNT_HOLDER_ID] = REF_OF("holder_id", "holder", DOC("And which of them."),
		.flags = F_READ_ONLY | F_FILTER, .index = "holder", .example = "cust_456"),
	[LEDGER_ACCOUNT_BALANCES] = OBJECTS("balances", &balance_shape,
		DOC("What its entries come to, for each currency that it has entries in."),
		.flags = F_READ_ONLY, .max = 200, .computed = BALANCES),
};

static const struct shorthand account_shorthands[] = {
	SHORT("kind", "kind", DOC("Only accounts of this kind.")),
	SHORT("type", "type", DOC("Only accounts of this type.")),
	SHORT("holder_id", "holder_id", DOC("Only accounts of this gateway, customer or vendor.")),
};

const struct resource ledger_account_resource = {
	.name = "ledger_account",
	.plural = "ledger-accounts",
	.path = "ledger/accounts",
	.prefix = "lacc",
	.table = "ledger_accounts",
	DOC("An account of the ledger of money. It is made by the first entry that needs it."),
	FIELDS(account_fields),
	SHORTHANDS(account_shorthands),
	.verbs = V_LIST | V_GET,
	NO_STATUS,
	.scope_read = "ledger:read",
	.max_age_s = -1,
	ADMIN("Ledger", LEDGER_ACCOUNT_KIND, LEDGER_ACCOUNT_HOLDER_ID, LEDGER_ACCOUNT_BALANCES),
	PLAN,
};
