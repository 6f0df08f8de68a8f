// What scenarios of payments share: a shop in the sandbox, payments that were captured, and what the sandbox's own books say.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { order, untracked } from "./orders.mjs";
import { makeTenant, number, product, rows, status } from "./souk.mjs";

// A tenant's sandbox with a product that is not counted; `lamp` costs 49.99.
export async function openSandbox(options) {
	const tenant = await makeTenant(options), client = await tenant.client({ mode: "sandbox" });
	const lamp = await client.make("/products", product({ name: "Lamp", sku: "LAMP", price: 49.99, status: "active" }));
	untracked(lamp.id);
	return { tenant, client, lamp };
}

// An intent that is authorized, and captured unless that is not wanted; of an order, or of nothing.
export async function pay(client, { amount = 10000, currency = "usd", capture = true, ...more } = {}) {
	const intent = status(await client.post("/payments/intents", { amount, currency, payment_method: "card", ...more }), 201).body;
	assert.equal(intent.status, "requires_capture", JSON.stringify(intent));
	return capture ? status(await client.post(`/payments/intents/${intent.id}/capture`), 201).body : intent;
}

// An order of so many lamps that is paid by a payment of the sandbox: { order, intent, payment }.
export async function paidOrder(client, lamp, quantity = 2) {
	const o = await order(client, [{ product_id: lamp.id, quantity }]);
	const intent = await pay(client, { amount: Math.round(o.total * 100), order_id: o.id });
	return { order: await client.read(`/orders/${o.id}`), intent, payment: await client.read(`/payments/${intent.payment_id}`) };
}

// Runs souk-payments; gives what it says in JSON.
export function settle(...args) {
	const program = join(dirname(process.env.SOUK_CTL), "souk-payments");
	let code = 75, stdout, stderr; /* another test's is at work */
	for (let tries = 0; code === 75 && tries < 200; tries++)
		({ status: code, stdout, stderr } = spawnSync(program, [...args, "--json"], { env: process.env, encoding: "utf8" }));
	assert.equal(code, 0, stderr);
	return Object.fromEntries(JSON.parse(stdout).tasks.map((task) => [task.task, task.rows]));
}

// What the sandbox did for an intent, by its own books: what it took, and what it gave back.
export function didSandbox(intent) {
	const [sum] = rows(`SELECT JSON_OBJECT('refunded', CAST(COALESCE(SUM(IF(kind = 'refund' AND state = 'done', amount, 0)), 0) AS SIGNED),
		'refunds', CAST(COALESCE(SUM(kind = 'refund' AND state = 'done'), 0) AS SIGNED)) FROM sandbox_gateway WHERE intent_id = ${number(intent.id)}`);
	return sum;
}

// What the ledger has of what a filter finds: kind of account → debits minus credits.
export async function booked(client, filter) {
	const kinds = new Map((await client.read("/ledger/accounts?limit=200")).data.map((account) => [account.id, account.kind]));
	const sums = {}, add = (id, amount) => (sums[kinds.get(id)] = (sums[kinds.get(id)] ?? 0) + amount);
	for (const entry of (await client.read(`/ledger/entries?${filter}&limit=200`)).data) {
		add(entry.debit_account_id, entry.amount);
		add(entry.credit_account_id, -entry.amount);
	}
	return sums;
}
