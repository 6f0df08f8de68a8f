// What became of a call that was lost, when Stripe has forgotten its key: it is looked for among what Stripe did; what is not there was
// never done, and is not done any more.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { differences, sideOf } from "./ledger.mjs";
import { behave, number, rows, status } from "./souk.mjs";
import { askedBy, event, hook, intent, makeShop, moved, tell } from "./stripe.mjs";

const DAY = 86400000n << 21n; /* of the time in an id */
const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
const callId = (n) => `call_${n.toString(32).replace(/./g, (c) => DIGITS[parseInt(c, 32)]).padStart(13, "0")}`;

let shop, side;
const read = (one) => shop.live.read(`/payments/intents/${one.id}`);
const reference = async (one) => (await shop.live.read(`/payments/${one.payment_id}`)).gateway_reference;

before(async () => {
	shop = await makeShop();
	side = sideOf(shop);
});

// The call with that key is a day older, and asked about.
async function age(key) {
	const was = key.slice(5), old = number(was) - DAY;
	rows(`UPDATE gateway_calls SET id = ${old} WHERE tenant_id = ${side} AND id = ${number(was)}`);
	await tell("/_rename", { from: was, to: callId(old) });
	status(await hook(shop, event("payment_intent.created", { id: "pi_unknown", object: "payment_intent", metadata: { souk_call: callId(old) } })), 200);
}

for (const after of [true, false]) {
	const done = after ? "that was carried out is found" : "that was never carried out fails, and is not made again";

	test(`an authorization ${done}`, async () => {
		const text = `late-${process.pid}-${after}`;
		await behave("stripe", { holds: text, path: "^/v1/payment_intents$", behave: "answer", status: 502, body: "", after });
		const one = await intent(shop, { description: text, amount: 777 });
		assert.equal(one.status, "processing");
		const sent = async () => (await askedBy(shop, "/v1/payment_intents")).filter((rq) => rq.form.description === text);
		await age((await sent())[0].key);
		const now = await read(one);
		assert.deepEqual([now.status, now.last_error?.code ?? null], after ? ["requires_capture", null] : ["failed", "gateway_timeout"]);
		assert.equal((await sent()).length, 1);
	});

	test(`a capture ${done}`, async () => {
		const one = await intent(shop, { amount: 888 }), at = await reference(one);
		await behave("stripe", { path: `^/v1/payment_intents/${at}/capture$`, behave: "answer", status: 502, body: "", after });
		assert.equal(status(await shop.live.post(`/payments/intents/${one.id}/capture`, {}), 201).body.status, "processing");
		await age((await askedBy(shop, `${at}/capture`))[0].key);
		assert.equal((await read(one)).status, after ? "succeeded" : "requires_capture");
		assert.equal((await askedBy(shop, `${at}/capture`)).length, 1);
		assert.equal((await moved(at)).length, Number(after));
	});

	test(`a refund ${done}`, async () => {
		const one = await intent(shop, { amount: 999, capture_method: "automatic" }), at = await reference(one);
		await behave("stripe", { holds: `payment_intent=${at}`, path: "^/v1/refunds$", behave: "answer", status: 502, body: "", after });
		const back = status(await shop.live.post(`/payments/${one.payment_id}/refund`, { amount: 99 }), 201).body;
		const sent = async () => (await askedBy(shop, "/v1/refunds")).filter((rq) => rq.form.payment_intent === at);
		await age((await sent())[0].key);
		assert.equal((await shop.live.read(`/payments/refunds/${back.id}`)).status === "failed", !after);
		assert.equal((await shop.live.read(`/payments/${one.payment_id}`)).amount_refunded, after ? 99 : 0);
		assert.equal((await sent()).length, 1);
	});
}

test("a cancellation is made again, for the payment says whether it was", async () => {
	const one = await intent(shop, { amount: 555 }), at = await reference(one);
	await behave("stripe", { path: `^/v1/payment_intents/${at}/cancel$`, behave: "answer", status: 502, body: "" });
	await shop.live.post(`/payments/intents/${one.id}/cancel`, {});
	await age((await askedBy(shop, `${at}/cancel`))[0].key);
	assert.equal((await read(one)).status, "canceled");
});

test("while Stripe cannot be asked, nothing is given up", async () => {
	const text = `late-${process.pid}-down`;
	await behave("stripe", { holds: text, path: "^/v1/payment_intents$", behave: "answer", status: 502, body: "" });
	const one = await intent(shop, { description: text, amount: 333 });
	await behave("stripe", { holds: shop.secret, method: "GET", path: "^/v1/payment_intents$", behave: "answer", status: 503, body: "" });
	const [{ key }] = (await askedBy(shop, "/v1/payment_intents")).filter((rq) => rq.form.description === text);
	await age(key);
	assert.equal((await read(one)).status, "processing");
});

test("after all that the books are in order", async () => {
	assert.deepEqual(await differences(shop), []);
});
