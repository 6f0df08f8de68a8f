// An order is paid at most once: all its intents together never hold or take more than it costs, also when they are made at
// once; what they come to, it shows.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { books, calls, intend, method, odd, reconcile, sideOf, written } from "./intents.mjs";
import { order } from "./orders.mjs";
import { openSandbox } from "./payments.mjs";
import { number, refused, rows, status } from "./souk.mjs";

let client, tenant, lamp;

before(async () => {
	({ client, tenant, lamp } = await openSandbox());
});

const buy = (quantity = 2, more) => order(client, [{ product_id: lamp.id, quantity }], more); /* 49.99 each */
const act = (intent, action, body) => client.post(`/payments/intents/${intent.id}/${action}`, body);
const pay = (o, more = {}) => client.post("/payments/intents", { amount: 9998, currency: "usd", payment_method: "card", order_id: o.id, ...more });
const paidOf = (id) => rows(`SELECT JSON_ARRAY(payment_status, amount_paid, amount_refunded) FROM orders WHERE id = ${number(id)}`)[0];

test("an order is paid by what is captured, in parts by several intents", async () => {
	const o = await buy(), one = status(await pay(o, { amount: 4000 }), 201).body, two = status(await pay(o, { amount: 5998 }), 201).body;
	assert.deepEqual(paidOf(o.id), ["pending", 0, 0]);
	status(await act(one, "capture"), 201);
	assert.deepEqual(paidOf(o.id), ["pending", 4000, 0]);
	status(await act(two, "capture"), 201);
	assert.deepEqual(paidOf(o.id), ["paid", 9998, 0]);
	refused(await pay(o, { amount: 1 }), 422, ["amount:too_large"]);
	assert.deepEqual((await client.read(`/payments/intents?order_id=${o.id}`)).data.map((i) => i.id), [two.id, one.id]);
	assert.deepEqual((await client.read(`/payments?order_id=${o.id}&sort=amount`)).data.map((p) => p.amount), [4000, 5998]);
});

test("more than it costs, another currency, a cancelled or somebody else's order are refused, and nothing is written", async () => {
	const o = await buy(), gone = await buy(), side = sideOf(o), other = await openSandbox();
	status(await client.post(`/orders/${gone.id}/cancel`), 200);
	const theirs = await order(other.client, [{ product_id: other.lamp.id, quantity: 2 }]), before_ = written(side);
	refused(await pay(o, { amount: 9999 }), 422, ["amount:too_large"]);
	refused(await pay(o, { currency: "eur" }), 422, ["currency:other_currency"]);
	refused(await pay(gone), 409, ["order_id:too_late"]);
	refused(await pay(theirs), 422, ["order_id:unknown"]);
	assert.deepEqual(written(side), before_);
});

test("what is held counts, what failed or was given free does not", async () => {
	const o = await buy();
	for (const [more, left] of [[{ payment_method: await method(client, "declined") }, 9998], [{ payment_method: undefined }, 9998], [{ payment_method: await method(client, "challenge"), amount: 5000 }, 4998], [{ payment_method: "ach", amount: 1000 }, 3998]]) {
		status(await pay(o, more), 201);
		refused(await pay(o, { amount: left + 1 }), 422, ["amount:too_large"]);
	}
	const held = status(await pay(o, { amount: 3998 }), 201).body;
	status(await act(held, "cancel"), 200);
	const part = status(await pay(o, { amount: 3998 }), 201).body;
	status(await act(part, "capture", { amount: 998 }), 201);
	refused(await pay(o, { amount: 3001 }), 422, ["amount:too_large"]);
	status(await pay(o, { amount: 3000 }), 201);
});

test("one that failed cannot be confirmed once another holds the money", async () => {
	const o = await buy(), failed = status(await pay(o, { payment_method: await method(client, "declined") }), 201).body;
	assert.equal(paidOf(o.id)[0], "failed");
	const held = status(await pay(o), 201).body;
	refused(await act(failed, "confirm", { payment_method: "card" }), 422, ["amount:too_large"]);
	status(await act(held, "capture"), 201);
	assert.deepEqual(paidOf(o.id), ["paid", 9998, 0]);
});

test("of many who pay at once, one does", async () => {
	const o = await buy(), answers = await Promise.all(Array.from({ length: 12 }, () => pay(o, { capture_method: "automatic" })));
	const made = answers.filter((a) => a.status === 201).map((a) => a.body);
	for (const lost of answers.filter((a) => a.status !== 201))
		refused(lost, 422, ["amount:too_large"]);
	assert.deepEqual([made.length, made[0].status, paidOf(o.id)], [1, "succeeded", ["paid", 9998, 0]]);
	assert.equal(rows(`SELECT CAST(COALESCE(SUM(s.amount), 0) AS SIGNED) FROM sandbox_gateway s JOIN payment_intents i ON i.tenant_id = s.tenant_id AND i.id = s.intent_id WHERE i.order_id = ${number(o.id)}`)[0], 9998);
});

test("an order that is cancelled gives free what is held, and what waited is canceled", async () => {
	const o = await buy(), held = status(await pay(o, { amount: 4000 }), 201).body, waits = status(await pay(o, { amount: 1000, payment_method: undefined }), 201).body;
	const challenged = status(await pay(o, { amount: 2000, payment_method: await method(client, "challenge") }), 201).body;
	status(await client.post(`/orders/${o.id}/cancel`), 200);
	for (const intent of [held, waits, challenged]) {
		const now = await client.read(`/payments/intents/${intent.id}`);
		assert.deepEqual([now.status, now.cancellation_reason, now.amount_capturable], ["canceled", "order_cancelled", 0]);
		assert.deepEqual(calls(now).filter((c) => ["pending", "waiting"].includes(c.status)), []);
	}
	assert.deepEqual(books(held).map((b) => [b.kind, b.state]), [["authorize", "done"], ["cancel", "done"]]);
});

test("what comes after the cancellation is given free, or goes back", async () => {
	for (const [capture_method, end] of [["manual", "canceled"], ["automatic", "succeeded"]]) {
		const o = await buy(), late = status(await pay(o, { payment_method: "ach", capture_method }), 201).body;
		status(await client.post(`/orders/${o.id}/cancel`), 200);
		reconcile(tenant);
		reconcile(tenant);
		const now = await client.read(`/payments/intents/${late.id}`);
		assert.equal(now.status, end);
		assert.deepEqual(calls(now).filter((c) => ["pending", "waiting"].includes(c.status)), []);
		if (end === "succeeded")
			assert.equal((await client.read(`/payments/${now.payment_id}`)).amount_refunded, 9998);
	}
});

test("of an order that is cancelled while a part is captured nothing stays held", async () => {
	for (const [amount, end, back] of [[odd.late, "succeeded", odd.late], [odd.late_no, "canceled", 0]]) {
		const o = await buy(200), intent = status(await pay(o, { amount: 999800 }), 201).body;
		assert.equal(status(await act(intent, "capture", { amount, final: false }), 201).body.status, "processing");
		status(await client.post(`/orders/${o.id}/cancel`), 200);
		for (let i = 0; i < 3; i++)
			reconcile(tenant);
		const now = await client.read(`/payments/intents/${intent.id}`);
		assert.deepEqual([now.status, now.cancellation_reason, now.amount_capturable], [end, "order_cancelled", 0]);
		assert.deepEqual(books(now).filter((b) => b.kind === "cancel").map((b) => [b.amount, b.state]), [[999800 - back, "done"]]);
		assert.equal((await client.read(`/payments/${now.payment_id}`)).amount_refunded, back);
	}
});

test("a customer may pay for another's order", async () => {
	const jane = await client.make("/customers", { email: "jane@example.com" }), joe = await client.make("/customers", { email: "joe@example.com" });
	const o = await buy(2, { customer_id: jane.id }), intent = status(await pay(o, { customer_id: joe.id }), 201).body;
	assert.deepEqual([intent.customer_id, intent.order_id, intent.status], [joe.id, o.id, "requires_capture"]);
	assert.deepEqual((await client.read(`/payments/intents?customer_id=${joe.id}`)).data.map((i) => i.id), [intent.id]);
	assert.equal((await intend(client, { amount: odd.twice, customer_id: jane.id })).status, "requires_capture");
});
