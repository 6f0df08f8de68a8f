// What moves money is in the ledger, once: captures in parts, refunds, in the accounts that CONVENTIONS.md names; also when many do so at
// once in a shop that has no accounts yet. The journal of all that goes through hledger and comes to the same.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { differences, hasHledger, hledger, souk } from "./ledger.mjs";
import { makeTenant, refused, status } from "./souk.mjs";

let shop, client;

before(async () => {
	shop = await makeTenant();
	client = await shop.client({ mode: "sandbox" });
});

const intent = (more, by = client) => by.make("/payments/intents", { amount: 19999, currency: "usd", payment_method: "card", ...more });
const captured = async (one, body, by = client) => status(await by.post(`/payments/intents/${one.id}/capture`, body), 201).body;
const refund = async (payment, body, by = client) => status(await by.post(`/payments/${payment}/refund`, body), 201).body;
const balances = async (by = client) => Object.fromEntries((await by.read("/ledger/accounts?limit=100")).data.flatMap((a) => a.balances.map((b) => [`${a.kind} ${b.currency}`, b.amount])));
const entriesOf = async (query, by = client) => (await by.read(`/ledger/entries?${query}&limit=100`)).data;
const sums = (all) => Object.values(all).reduce((sum, n) => sum + n, 0);

test("an authorization moves nothing, each capture its part", async () => {
	const one = await intent();
	assert.deepEqual(await balances(), {});
	await captured(one, { amount: 5000, final: false });
	await captured(one, { amount: 10000 });
	const all = await balances();
	assert.equal(all["sales USD"], -15000);
	assert.equal(all["gateway USD"] + (all["fees USD"] ?? 0), 15000);
	const captures = (await entriesOf("kind=capture")).filter((e) => [5000, 10000].includes(e.amount));
	assert.deepEqual(captures.map((e) => e.amount).sort((a, b) => a - b), [5000, 10000]);
	assert.equal(sums(all), 0);
});

test("a refund goes the other way, and never more than there is", async () => {
	const one = await captured(await intent({ amount: 3000 })), was = await balances();
	await refund(one.payment_id, { amount: 1000 });
	await refund(one.payment_id, {});
	const all = await balances();
	assert.equal(all["refunds USD"] - (was["refunds USD"] ?? 0), 3000);
	assert.equal(all["gateway USD"], was["gateway USD"] - 3000);
	refused(await client.post(`/payments/${one.payment_id}/refund`, { amount: 1 }), 422);
	assert.deepEqual(await balances(), all);
});

test("what is refused posts nothing", async () => {
	const one = await intent({ amount: 777 }), was = await balances();
	refused(await client.post(`/payments/intents/${one.id}/capture`, { amount: 778 }), 422);
	refused(await client.post(`/payments/intents/${one.id}/capture`, { amount: 0 }), 422);
	refused(await client.post(`/payments/intents/${one.id}/capture`, { amount: -1 }), 422);
	status(await client.post(`/payments/intents/${one.id}/cancel`, {}), 200);
	refused(await client.post(`/payments/intents/${one.id}/capture`, {}), 409);
	refused(await client.post("/payments/intents", { amount: 0, currency: "usd", payment_method: "card" }), 422);
	assert.deepEqual(await balances(), was);
});

test("a rehearsal posts nothing, and a repeat under one key posts once", async () => {
	const one = await intent({ amount: 1234 }), was = await balances(), path = `/payments/intents/${one.id}/capture`;
	await client.post(path, {}, { prefer: "dry-run" });
	assert.deepEqual(await balances(), was);
	for (const again of [1, 2, 3])
		status(await client.post(path, {}, { "idempotency-key": `ledger-${one.id}` }), 201, again);
	assert.equal((await balances())["sales USD"], was["sales USD"] - 1234);
});

test("currencies stand beside one another", async () => {
	await captured(await intent({ amount: 5000, currency: "jpy" }));
	await captured(await intent({ amount: 1230, currency: "kwd" }));
	const all = await balances();
	assert.deepEqual([all["sales JPY"], all["sales KWD"]], [-5000, -1230]);
	for (const currency of ["USD", "JPY", "KWD"])
		assert.equal(sums(Object.fromEntries(Object.entries(all).filter(([name]) => name.endsWith(currency)))), 0, currency);
});

test("accounts are made once, however many post to them first", async () => {
	const other = await (await makeTenant()).client({ mode: "sandbox" });
	const made = await Promise.all(Array.from({ length: 12 }, () => intent({ amount: 100 }, other)));
	await Promise.all(made.map((one) => captured(one, {}, other)));
	const kinds = (await other.read("/ledger/accounts?limit=100")).data.map((a) => a.kind).sort();
	assert.deepEqual(kinds, [...new Set(kinds)]);
	assert.equal((await balances(other))["sales USD"], -1200);
	assert.equal((await entriesOf("kind=capture", other)).filter((e) => e.amount === 100).length, 12);
});

test("the books are in order, and hledger comes to the same", async () => {
	assert.deepEqual(await differences(shop), []);
	if (!hasHledger)
		return;
	const { code, stdout, stderr } = await souk("ledger", "export", "--tenant", shop.id, "--mode", "sandbox");
	assert.equal(code, 0, stderr);
	const digits = { USD: 2, JPY: 0, KWD: 3 }, found = hledger(stdout), names = { gateway: "assets:gateway", sales: "revenues:sales", refunds: "revenues:refunds", fees: "expenses:fees" };
	for (const [name, amount] of Object.entries(await balances())) {
		const [kind, currency] = name.split(" ");
		assert.equal(found[`${names[kind]} ${currency}`] ?? "0", amount === 0 ? "0" : (amount / 10 ** digits[currency]).toFixed(digits[currency]), name);
	}
});
