// What the scenarios of the ledger share: entries that are planted by SQL, what hledger makes of the journal, and what verify finds.
import { execFile, execFileSync } from "node:child_process";
import { number, rows } from "./souk.mjs";

const TYPES = { gateway: "asset", sales: "revenue", refunds: "revenue", fees: "expense", application_fees: "revenue", disputes_held: "asset",
	dispute_losses: "expense", store_credit: "liability", vendor_payable: "liability" };

// The number of a side of a tenant in the tables.
export const sideOf = (shop, mode = "live") => rows(`SELECT JSON_QUOTE(CAST(id AS CHAR)) FROM tenants WHERE name = '${shop.name}' AND mode = '${mode}'`)[0];

// An account; `holder` is the id of who holds it.
export function account(side, id, kind, holder) {
	const names = { cust: "customer", gw: "gateway" };
	const held = holder ? `'${names[holder.split("_")[0]]}', ${number(holder)}` : "NULL, NULL";
	rows(`INSERT INTO ledger_accounts (tenant_id, id, created_at, updated_at, kind, type, holder, holder_id)
		VALUES (${side}, ${id}, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), '${kind}', '${TYPES[kind]}', ${held})`);
	return id;
}

// An entry with what it adds to the balances, in a slot of its own each time.
export function entry(side, e) {
	const at = e.at ? `'${e.at}'` : "UTC_TIMESTAMP(3)";
	const balance = (of, debits, credits) => `INSERT INTO ledger_balances (tenant_id, account_id, currency, slot, debits, credits)
		VALUES (${side}, ${of}, '${e.currency}', ${e.id % 16}, ${debits}, ${credits})
		ON DUPLICATE KEY UPDATE debits = debits + VALUES(debits), credits = credits + VALUES(credits);`;
	rows(`INSERT INTO ledger_entries (tenant_id, id, created_at, kind, object_name, object_id, position, order_id, debit_account_id, credit_account_id, amount, currency)
		VALUES (${side}, ${e.id}, ${at}, '${e.kind}', '${e.object ?? "order"}', ${e.of ?? e.id}, 0, ${e.order ?? "NULL"}, ${e.debit}, ${e.credit}, ${e.amount}, '${e.currency}');
		${e.alone ? "" : balance(e.debit, e.amount, 0) + balance(e.credit, 0, e.amount)}`);
}

// Ends with 65 if something differs.
export function souk(...args) {
	return new Promise((resolve) => {
		execFile(process.env.SOUK_CTL, args, { maxBuffer: 1 << 28 }, (error, stdout, stderr) => resolve({ code: error ? error.code : 0, stdout, stderr }));
	});
}

// What verify says of the tenant.
export async function differences(shop) {
	const { stdout } = await souk("verify", "--json", "--tenant", shop.id);
	return JSON.parse(stdout).differences;
}

export const hasHledger = (() => {
	try {
		return execFileSync("hledger", ["--version"]).length > 0;
	} catch {
		return false;
	}
})();

// The journal goes through `hledger check --strict`; gives its balances: { "assets:gateway USD": "199.99" }.
export function hledger(journal) {
	const ask = (...args) => execFileSync("hledger", ["-f", "-", ...args], { input: journal, maxBuffer: 1 << 28 }).toString();
	ask("check", "--strict");
	const found = {};
	for (const line of ask("balance", "--flat", "--no-total", "--layout=bare", "-O", "csv").split("\n").slice(1).filter(Boolean)) {
		const [name, currency, balance] = line.split(",").map((cell) => cell.replaceAll('"', ""));
		found[`${name} ${currency}`] = balance;
	}
	return found;
}
