// What is kept of money in two places is held against each other: each difference, planted by SQL behind the program's back, is named.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { differences, sideOf } from "./ledger.mjs";
import { makeTenant, number, product, rows, status } from "./souk.mjs";

let shop, client, side, order, paid;

before(async () => {
	shop = await makeTenant();
	client = await shop.client({ mode: "sandbox" });
	side = sideOf(shop, "sandbox");
	const { id } = await client.make("/products", product({ track_inventory: false, status: "active", price: 50 }));
	order = await client.make("/orders", { email: "buyer@example.com", items: [{ product_id: id, quantity: 2 }] });
	const one = await client.make("/payments/intents", { amount: 10000, currency: "usd", payment_method: "card", order_id: order.id });
	paid = status(await client.post(`/payments/intents/${one.id}/capture`, {}), 201).body.payment_id;
	status(await client.post(`/payments/${paid}/refund`, { amount: 2500 }), 201);
});

const payment = (change) => `UPDATE payments SET ${change} WHERE tenant_id = :side AND id = :paid`;
const plants = [
	["a payment that captured more than the ledger knows", payment("amount = amount + 5, amount_captured = amount_captured + 5"), payment("amount_captured = amount_captured - 5, amount = amount - 5"),
		[["amount_paid", "10005", "10000"], ["ledger_captured", "10005", "10000"], ["payment_captured", "10000", "10005"]]],
	["a payment that gave back less than the ledger knows", payment("amount_refunded = amount_refunded - 5"), payment("amount_refunded = amount_refunded + 5"),
		[["ledger_refunded", "2495", "2500"], ["payment_refunded", "2500", "2495"]]],
	["a payment that is disputed by nobody", payment("amount_disputed = 100"), payment("amount_disputed = 0"), [["payment_disputed", "0", "100"]]],
	["an order that knows less than was captured", "UPDATE orders SET amount_paid = 9000 WHERE tenant_id = :side AND id = :order", "UPDATE orders SET amount_paid = 10000 WHERE tenant_id = :side AND id = :order",
		[["amount_paid", "10000", "9000"], ["payment_status", "pending", "paid"]]],
	["a balance that nobody posted", "UPDATE ledger_balances SET credits = credits + 1 WHERE tenant_id = :side ORDER BY account_id LIMIT 1", "UPDATE ledger_balances SET credits = credits - 1 WHERE tenant_id = :side ORDER BY account_id LIMIT 1",
		[["ledger_credits"]]],
];

const plant = (sql) => rows(sql.replaceAll(":side", side).replaceAll(":paid", number(paid)).replaceAll(":order", number(order.id)));

test("books that are in order have no difference", async () => {
	assert.deepEqual(await differences(shop), []);
});

for (const [name, sql, undo, wanted] of plants)
	test(`${name} is named`, async () => {
		plant(sql);
		const found = (await differences(shop).finally(() => plant(undo))).map((d) => [d.check, d.expected, d.found].slice(0, wanted[0].length)).sort();
		assert.deepEqual(found, wanted);
		assert.deepEqual(await differences(shop), []);
	});

test("an entry that is of no payment is named", async () => {
	rows(`INSERT INTO ledger_entries (tenant_id, id, created_at, kind, object_name, object_id, position, debit_account_id, credit_account_id, amount, currency)
		SELECT tenant_id, 1, created_at, 'capture', 'gateway_call', 1, 0, debit_account_id, credit_account_id, 7, currency FROM ledger_entries WHERE tenant_id = ${side} AND kind = 'capture' AND position = 0`);
	const found = (await differences(shop)).map((d) => [d.check, d.object]);
	assert.ok(found.some(([check, object]) => check === "ledger_captured" && object === "all in USD"), JSON.stringify(found));
	assert.deepEqual([...new Set(found.map(([check]) => check))].sort(), ["ledger_captured", "ledger_credits", "ledger_debits"]);
});
