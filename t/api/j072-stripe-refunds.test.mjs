// Refunds by Stripe: in parts, never more than there is, once whatever is lost on the way, and by the gateway that took the money.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { differences } from "./ledger.mjs";
import { behave, refused, status } from "./souk.mjs";
import { askedBy, event, hook, intent, lost, makeShop, moved } from "./stripe.mjs";

let shop;
const reference = async (one) => (await shop.live.read(`/payments/${one.payment_id}`)).gateway_reference;
const refund = (one, body) => shop.live.post(`/payments/${one.payment_id}/refund`, body);
// Lets the open call of a refund be asked about, as a message of Stripe does.
const nudge = async (key) => status(await hook(shop, event("refund.updated", { id: "re_unknown", object: "refund", metadata: { souk_call: key.replace("souk-", "") } })), 200);

before(async () => {
	shop = await makeShop();
});

test("a refund, in parts, and not more than there is", async () => {
	const one = await intent(shop, { capture_method: "automatic" }), name = await reference(one), path = `/payments/${one.payment_id}/refund`;
	status(await shop.live.post(path, { amount: 5000, reason: "customer_request" }), 201);
	status(await shop.live.post(path, {}), 201);
	refused(await shop.live.post(path, { amount: 1 }), 422);
	assert.deepEqual((await moved(name)).map((m) => [m.kind, m.amount]), [["capture", 19999], ["refund", 5000], ["refund", 14999]]);
});

test("what was paid by a gateway goes back by it, also when it is off or archived", async () => {
	const own = await makeShop(), one = await intent(own, { capture_method: "automatic" });
	status(await own.live.delete(`/payments/gateways/${own.gateway.id}`), 204);
	status(await own.live.post(`/payments/${one.payment_id}/refund`, { amount: 10 }), 201);
	assert.equal((await askedBy(own, "/v1/refunds")).length, 1);
});

for (const [name, rule] of lost)
	test(`${name}: a refund happens once`, async () => {
		const one = await intent(shop, { amount: 8642, capture_method: "automatic" }), at = await reference(one);
		await behave("stripe", { holds: `payment_intent=${at}`, path: "^/v1/refunds$", ...rule });
		const back = status(await refund(one, { amount: 642 }), 201).body;
		await nudge((await askedBy(shop, "/v1/refunds")).filter((sent) => sent.form.payment_intent === at)[0].key);
		assert.notEqual((await shop.live.read(`/payments/refunds/${back.id}`)).status, "failed");
		assert.deepEqual((await moved(at)).map((m) => [m.kind, m.amount]), [["capture", 8642], ["refund", 642]]);
	});

test("a refund that Stripe refuses gives back what it had reserved", async () => {
	const one = await intent(shop, { amount: 5000, capture_method: "automatic" }), at = await reference(one);
	await behave("stripe", { holds: `payment_intent=${at}`, path: "^/v1/refunds$", behave: "answer", status: 400, body: JSON.stringify({ error: { type: "invalid_request_error", code: "charge_disputed", message: "The charge is disputed." } }) });
	const back = status(await refund(one, {}), 201).body;
	assert.equal((await shop.live.read(`/payments/refunds/${back.id}`)).status, "failed");
	assert.equal((await shop.live.read(`/payments/${one.payment_id}`)).amount_refunded, 0);
	status(await refund(one, { amount: 5000 }), 201);
	assert.deepEqual((await moved(at)).map((m) => m.kind), ["capture", "refund"]);
});

test("refunds of one payment that race are never more than it", async () => {
	const one = await intent(shop, { amount: 1000, capture_method: "automatic" }), at = await reference(one);
	const all = await Promise.all(Array.from({ length: 8 }, () => refund(one, { amount: 300 })));
	assert.equal(all.filter((answer) => answer.status === 201).length, 3);
	all.filter((answer) => answer.status !== 201).forEach((answer) => refused(answer, 422));
	assert.equal((await moved(at)).filter((m) => m.kind === "refund").reduce((sum, m) => sum + m.amount, 0), 900);
});

test("after all that the books are in order", async () => {
	assert.deepEqual(await differences(shop), []);
});
