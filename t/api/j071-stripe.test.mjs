// Payments by Stripe, as it is documented: what it is asked, in its units and under one key; what its answers become; and calls that are
// lost before or after it acted, which are made again and happen once.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { differences } from "./ledger.mjs";
import { settle } from "./payments.mjs";
import { behave, number, refused, rows, status } from "./souk.mjs";
import { askedBy, event, hook, intent, isLost, lost, makeShop, method, moved, tell, there } from "./stripe.mjs";

let shop;
const read = (one) => shop.live.read(`/payments/intents/${one.id}`);
const capture = (one, body = {}) => shop.live.post(`/payments/intents/${one.id}/capture`, body);
const reference = async (one) => (await shop.live.read(`/payments/${one.payment_id}`)).gateway_reference;
// Lets the open call of a payment be asked about, as a message of Stripe does.
const nudge = async (key) => status(await hook(shop, event("payment_intent.created", { id: "pi_unknown", object: "payment_intent", metadata: { souk_call: key.replace("souk-", "") } })), 200);

before(async () => {
	shop = await makeShop();
});

test("an authorization is one form under one key, and holds the money", async () => {
	const own = await makeShop(), one = await intent(own, { description: "Order 5" });
	assert.deepEqual([one.status, one.amount_capturable, one.gateway], ["requires_capture", 19999, "stripe"]);
	const [sent, ...more] = await askedBy(own, "/v1/payment_intents");
	assert.deepEqual(more, []);
	assert.match(sent.key, /^souk-call_[0-9a-z]+$/);
	assert.deepEqual(sent.form, { amount: "19999", currency: "usd", confirm: "true", capture_method: "manual", "payment_method_types[0]": "card", payment_method: "pm_card_visa", description: "Order 5",
		"metadata[souk_intent]": one.id, "expand[0]": "latest_charge.balance_transaction", "metadata[souk_call]": sent.key.slice(5) });
	assert.deepEqual([sent.headers.authorization, sent.headers["stripe-version"], sent.headers["content-type"]], [`Bearer ${own.secret}`, "2025-04-30.basil", "application/x-www-form-urlencoded"]);
});

test("a capture takes the money, and the ledger knows what Stripe kept", async () => {
	const one = await intent(shop), name = await reference(one);
	assert.equal(status(await capture(one), 201).body.status, "succeeded");
	assert.deepEqual((await moved(name)).map((m) => [m.kind, m.amount]), [["capture", 19999]]);
	const facts = (await shop.live.read("/ledger/entries?kind=capture")).data.filter((e) => [19999, 610].includes(e.amount));
	assert.deepEqual(facts.map((e) => e.amount).sort((a, b) => a - b), [610, 19999], "the sale, and the fee that Stripe said");
	const account = (await shop.live.read("/ledger/accounts?kind=gateway")).data[0];
	assert.deepEqual([account.holder, account.holder_id], ["gateway", shop.gateway.id]);
});

test("captures in parts leave the rest held until the last", async () => {
	const one = await intent(shop), name = await reference(one);
	assert.equal(status(await capture(one, { amount: 5000, final: false }), 201).body.amount_capturable, 14999);
	assert.equal((await there("intents", name)).amount_capturable, 14999);
	assert.equal(status(await capture(one, { amount: 9999 }), 201).body.status, "succeeded");
	assert.deepEqual((await moved(name)).map((m) => m.amount), [5000, 9999]);
});

test("an intent that is captured at once, and one that is cancelled", async () => {
	const at_once = await intent(shop, { capture_method: "automatic" });
	assert.deepEqual([at_once.status, at_once.amount_captured], ["succeeded", 19999]);
	const one = await intent(shop), name = await reference(one);
	assert.equal(status(await shop.live.post(`/payments/intents/${one.id}/cancel`, {}), 200).body.status, "canceled");
	assert.equal((await there("intents", name)).status, "canceled");
	refused(await capture(one), 409);
	assert.deepEqual(await moved(name), []);
});

test("a decline is the issuer's, and says why; another method may follow", async () => {
	for (const [token, code, decline] of [["pm_card_chargeDeclined", "card_declined", "generic_decline"], ["pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"], ["pm_card_chargeDeclinedExpiredCard", "expired_card", null]]) {
		const one = await intent(shop, {}, token);
		assert.deepEqual([one.status, one.last_error.code, one.last_error.decline_code], ["failed", code, decline]);
	}
	const one = await intent(shop, {}, "pm_card_chargeDeclined");
	const again = status(await shop.live.post(`/payments/intents/${one.id}/confirm`, { payment_method: await method(shop) }), 200).body;
	assert.equal(again.status, "requires_capture");
});

test("a challenge leads away, and a message tells that it was passed", async () => {
	const one = await intent(shop, { return_url: "https://shop.example.com/done" }, "pm_card_threeDSecure2Required");
	assert.equal(one.status, "requires_action");
	assert.match(one.next_action.url, /^https:\/\/hooks\.stripe\.com\//);
	const [sent] = (await askedBy(shop, "/v1/payment_intents")).slice(-1), name = one.next_action.url.split("/").pop();
	assert.equal(sent.form.return_url, "https://shop.example.com/done");
	await nudge(sent.key);
	assert.equal((await read(one)).status, "requires_action", "nothing has happened yet");
	const now = await tell("/_tell", { intent: name, status: "requires_capture" });
	status(await hook(shop, event("payment_intent.amount_capturable_updated", now)), 200);
	assert.equal((await read(one)).status, "requires_capture");
	assert.equal(status(await capture(one), 201).body.status, "succeeded");
});

test("a challenge that nobody meets for a day is over, and the order can be paid otherwise", async () => {
	const one = await intent(shop, { return_url: "https://shop.example.com/done" }, "pm_card_threeDSecure2Required"), name = one.next_action.url.split("/").pop();
	const older = (by) => rows(`UPDATE payment_intents i JOIN gateway_calls c ON c.tenant_id = i.tenant_id AND c.intent_id = i.id SET i.created_at = i.created_at - INTERVAL ${by}, c.created_at = c.created_at - INTERVAL ${by} WHERE i.id = ${number(one.id)}`);
	older("23 HOUR");
	settle("--only", "authorizations", "--tenant", shop.id);
	assert.equal((await read(one)).status, "requires_action");
	older("2 HOUR");
	settle("--only", "authorizations", "--tenant", shop.id);
	const after = await read(one);
	assert.deepEqual([after.status, after.cancellation_reason, (await there("intents", name)).status], ["canceled", "abandoned", "canceled"]);
});

test("a challenge waits on while Stripe gives no answer", async () => {
	const one = await intent(shop, { return_url: "https://shop.example.com/done" }, "pm_card_threeDSecure2Required"), name = one.next_action.url.split("/").pop();
	await behave("stripe", { method: "GET", path: `^/v1/payment_intents/${name}$`, behave: "answer", status: 503, body: "" });
	status(await hook(shop, event("payment_intent.requires_action", await there("intents", name))), 200);
	const after = await read(one);
	assert.deepEqual([after.status, after.next_action], ["requires_action", one.next_action]);
	assert.equal(status(await shop.live.post(`/payments/intents/${one.id}/cancel`, {}), 200).body.status, "canceled");
});

test("a challenge that is failed is a decline", async () => {
	const one = await intent(shop, { return_url: "https://shop.example.com/done" }, "pm_card_threeDSecure2Required"), name = one.next_action.url.split("/").pop();
	const now = await tell("/_tell", { intent: name, status: "requires_payment_method", error: { type: "card_error", code: "payment_intent_authentication_failure", message: "The provided PaymentMethod has failed authentication." } });
	status(await hook(shop, event("payment_intent.payment_failed", now)), 200);
	const after = await read(one);
	assert.deepEqual([after.status, after.last_error.code], ["failed", "payment_intent_authentication_failure"]);
});

test("what was taken before it could be cancelled is not forgotten", async () => {
	for (const [told, end] of [["succeeded", "succeeded"], ["processing", "processing"]]) {
		const one = await intent(shop, { return_url: "https://shop.example.com/done", capture_method: "automatic" }, "pm_card_threeDSecure2Required"), name = one.next_action.url.split("/").pop();
		await tell("/_tell", { intent: name, status: told });
		assert.equal(status(await shop.live.post(`/payments/intents/${one.id}/cancel`, {}), 200).body.status, "processing");
		status(await hook(shop, event(`payment_intent.${told}`, await there("intents", name))), 200);
		const after = await read(one);
		assert.deepEqual([after.status, after.amount_captured], [end, end === "succeeded" ? 19999 : 0]);
		if (end === "processing") {
			status(await hook(shop, event("payment_intent.succeeded", await tell("/_tell", { intent: name, status: "succeeded" }))), 200);
			assert.equal((await read(one)).status, "succeeded");
		}
	}
});

test("amounts go in Stripe's units, and what it cannot say is not asked", async () => {
	const own = await makeShop();
	for (const [currency, amount, sent] of [["jpy", 500, "500"], ["isk", 5, "500"], ["ugx", 7, "700"], ["kwd", 5120, "5120"], ["eur", 1, "1"]]) {
		const one = await intent(own, { currency, amount, capture_method: "automatic" });
		assert.deepEqual([one.status, one.amount_captured], ["succeeded", amount], currency);
		assert.equal((await askedBy(own, "/v1/payment_intents")).at(-1).form.amount, sent, currency);
	}
	const count = (await askedBy(own)).length, none = await intent(own, { currency: "kwd", amount: 5124 });
	assert.deepEqual([none.status, none.last_error.code], ["failed", "amount_not_representable"]);
	assert.equal((await askedBy(own)).length, count);
});

test("a method that Stripe does not take has no gateway in a live shop", async () => {
	refused(await shop.live.post("/payments/intents", { amount: 100, currency: "usd", payment_method: await method(shop, "tok_wire", "wire") }), 409, undefined, "no_gateway");
	const off = await makeShop();
	status(await off.live.patch(`/payments/gateways/${off.gateway.id}`, { enabled: false }), 200);
	refused(await off.live.post("/payments/intents", { amount: 100, currency: "usd", payment_method: await method(off) }), 409, undefined, "no_gateway");
	assert.deepEqual(await askedBy(off), []);
});

test("a key that Stripe does not take fails the payment, and is not said", async () => {
	const own = await makeShop();
	status(await own.live.patch(`/payments/gateways/${own.gateway.id}`, { secret_key: `sk_live_none${process.pid}` }), 200);
	const one = await intent(own);
	assert.deepEqual([one.status, one.last_error.code], ["failed", "gateway_credentials"]);
	assert.ok(!JSON.stringify(one).includes("sk_live"));
});

// ---- calls that are lost

test("a method that is detached while its payment is lost changes nothing of what was done", async () => {
	for (const after of [true, false]) {
		const text = `detached-${process.pid}-${after}`, kept = await method(shop);
		await behave("stripe", { holds: text, path: "^/v1/payment_intents$", behave: "answer", status: 502, body: "", after });
		const one = await shop.live.make("/payments/intents", { amount: 4321, currency: "usd", customer_id: shop.buyer.id, payment_method: kept, description: text, capture_method: "automatic" });
		assert.equal(one.status, "processing");
		status(await shop.live.delete(`/payments/methods/${kept}`), 204);
		await nudge((await askedBy(shop, "/v1/payment_intents")).filter((sent) => sent.form.description === text)[0].key);
		assert.equal((await read(one)).status, after ? "succeeded" : "processing");
	}
});

for (const [name, rule] of lost) {
	test(`${name}: an authorization is processing, and then happens once`, async () => {
		const token = "pm_card_visa", one_method = await method(shop, token), text = `lost-${lost.findIndex(([other]) => other === name)}-${process.pid}`;
		await behave("stripe", { holds: text, path: "^/v1/payment_intents$", ...rule });
		const one = await shop.live.make("/payments/intents", { amount: 4321, currency: "usd", customer_id: shop.buyer.id, payment_method: one_method, description: text });
		assert.ok(isLost(rule, one.status, "requires_capture"), one.status);
		const key = (await askedBy(shop, "/v1/payment_intents")).filter((sent) => sent.form.description === text)[0].key;
		await nudge(key);
		const after = await read(one);
		assert.equal(after.status, "requires_capture");
		const all = (await askedBy(shop, "/v1/payment_intents")).filter((sent) => sent.form.description === text);
		assert.ok(all.every((sent) => sent.key === key), "always the same key");
		assert.equal(status(await capture(one), 201).body.status, "succeeded");
		assert.deepEqual((await moved(await reference(after))).map((m) => m.amount), [4321]);
	});

	test(`${name}: a capture happens once`, async () => {
		const one = await intent(shop, { amount: 8642 }), at = await reference(one);
		await behave("stripe", { path: `^/v1/payment_intents/${at}/capture$`, ...rule });
		const first = await capture(one);
		assert.ok(isLost(rule, status(first, 201).body.status, "succeeded"), first.raw);
		await nudge((await askedBy(shop, `${at}/capture`))[0].key);
		assert.equal((await read(one)).status, "succeeded");
		assert.deepEqual((await moved(at)).map((m) => [m.kind, m.amount]), [["capture", 8642]]);
	});
}

test("a 500 that Stripe keeps under the key leaves the payment processing, and moves nothing", async () => {
	await tell("/_fail", { holds: "kept-500", times: 1 });
	const one = await intent(shop, { description: "kept-500", amount: 999 });
	assert.equal(one.status, "processing");
	const [{ key }] = (await askedBy(shop, "/v1/payment_intents")).filter((sent) => sent.form.description === "kept-500");
	await nudge(key);
	assert.equal((await read(one)).status, "processing");
	assert.equal((await askedBy(shop, "/v1/payment_intents")).filter((sent) => sent.form.description === "kept-500").length, 2);
});

test("no key of Stripe, and no secret of a message, is in the log", () => {
	const log = readFileSync(process.env.SOUK_LOG_FILE, "utf8");
	assert.ok(!log.includes(shop.secret) && !log.includes(shop.hook_secret));
	assert.ok(log.includes('"event":"gateway_answered"'), "that it was asked is");
});

test("after all that the books are in order", async () => {
	assert.deepEqual(await differences(shop), []);
});
