// Messages of Stripe: proved by their signature, heeded once, in any order; of everything else nothing is believed and nothing happens.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { differences } from "./ledger.mjs";
import { behave, refused, request, rows, status, urls } from "./souk.mjs";
import { askedBy, event, hook, intent, makeShop, moved, tell } from "./stripe.mjs";

let shop, other;
const read = (one) => shop.live.read(`/payments/intents/${one.id}`);
const now = () => Math.floor(Date.now() / 1000);
const heard = (id) => rows(`SELECT COUNT(*) FROM gateway_messages WHERE message = '${id}'`)[0];

before(async () => {
	[shop, other] = [await makeShop(), await makeShop()];
});

// A payment at a challenge, whose outcome Stripe knows and we do not.
async function challenged(to = "requires_capture") {
	const one = await intent(shop, { return_url: "https://shop.example.com/done" }, "pm_card_threeDSecure2Required"), name = one.next_action.url.split("/").pop();
	return { one, name, object: await tell("/_tell", { intent: name, status: to }) };
}

test("a message tells what became of a payment, with and without /v2", async () => {
	for (const path of [`/webhook/stripe/${shop.gateway.id}`, `/v2/webhook/stripe/${shop.gateway.id}`]) {
		const { one, object } = await challenged();
		const answer = status(await hook(shop, event("payment_intent.amount_capturable_updated", object), { path }), 200);
		assert.deepEqual(answer.body, { received: true });
		assert.equal((await read(one)).status, "requires_capture");
	}
});

test("what a message says of amounts and states is not believed", async () => {
	const { one, object, name } = await challenged();
	status(await hook(shop, event("payment_intent.succeeded", { ...object, status: "succeeded", amount: 1, amount_received: 999999 })), 200);
	const after = await read(one);
	assert.deepEqual([after.status, after.amount_captured, after.amount_capturable], ["requires_capture", 0, 19999]);
	assert.deepEqual(await moved(name), []);
});

test("a message that comes twice, at once or later, is heeded once", async () => {
	const { one, object } = await challenged(), told = event("payment_intent.amount_capturable_updated", object);
	for (const answer of await Promise.all(Array.from({ length: 6 }, () => hook(shop, told))))
		status(answer, 200);
	const asked = (await askedBy(shop)).length;
	status(await hook(shop, told), 200);
	status(await hook(shop, told, { at: now() + 60 }), 200);
	assert.equal((await askedBy(shop)).length, asked, "Stripe is not asked again");
	assert.equal(heard(told.id), 1);
	assert.equal((await read(one)).status, "requires_capture");
});

test("messages that come late and in the wrong order change nothing that is over", async () => {
	const { one, object, name } = await challenged();
	status(await hook(shop, event("payment_intent.amount_capturable_updated", object)), 200);
	status(await shop.live.post(`/payments/intents/${one.id}/capture`, {}), 201);
	const over = await read(one);
	for (const [type, more] of [["payment_intent.created", { status: "requires_payment_method" }], ["payment_intent.requires_action", { status: "requires_action" }], ["payment_intent.payment_failed", { status: "requires_payment_method" }],
		["payment_intent.canceled", { status: "canceled" }], ["charge.captured", { object: "charge", id: "ch_1", payment_intent: name }], ["charge.failed", { object: "charge", id: "ch_1", payment_intent: name }]])
		status(await hook(shop, event(type, { ...object, ...more })), 200);
	assert.deepEqual(await read(one), over);
	assert.deepEqual((await moved(name)).map((m) => m.amount), [19999]);
});

test("a message that Stripe cannot be asked about leaves the payment open, and may come again", async () => {
	const { one, object } = await challenged(), told = event("payment_intent.amount_capturable_updated", object);
	await behave("stripe", { holds: shop.secret, path: `^/v1/payment_intents/${object.id}$`, behave: "answer", status: 500, body: "{}" });
	status(await hook(shop, told), 200);
	assert.ok(["requires_action", "processing"].includes((await read(one)).status));
	status(await hook(shop, event("payment_intent.amount_capturable_updated", object)), 200);
	assert.equal((await read(one)).status, "requires_capture");
});

test("types that we do not know, and payments that are not ours, are answered with 200", async () => {
	for (const [type, object] of [["customer.created", { id: "cus_1", object: "customer" }], ["invoice.paid", { id: "in_1", object: "invoice", payment_intent: "pi_1" }], ["v2.core.account.updated", { id: "a" }], ["x", {}],
		["payment_intent.succeeded", { id: "pi_of_nobody", object: "payment_intent", metadata: {} }], ["payment_intent.succeeded", { id: "pi_of_nobody", object: "payment_intent", metadata: { souk_call: "call_zzzzzz" } }],
		["payment_intent.succeeded", { id: 5, object: [], metadata: "x" }], ["charge.refunded", { id: "ch_1", object: "charge", payment_intent: "pi_' OR 1=1 -- " }]]) {
		const told = event(type, object);
		status(await hook(shop, told), 200);
		assert.equal(heard(told.id), 1);
	}
});

test("without the right signature nothing happens, and nothing is said of why", async () => {
	const { one, object } = await challenged(), told = event("payment_intent.amount_capturable_updated", object), texts = new Set();
	const wrong = async (more, what = told, of = shop) => {
		const answer = await hook(of, what, more);
		refused(answer, 400, []);
		texts.add(answer.body.error.message);
		assert.ok(!answer.raw.includes("whsec_"));
	};
	await wrong({ secret: "whsec_other" });
	await wrong({ secret: other.hook_secret });
	await wrong({ at: now() - 301 });
	await wrong({ at: now() + 302 });
	await wrong({ header: "" });
	await wrong({ header: null });
	await wrong({ header: "t=1,v1=00" });
	await wrong({ header: `t=${now()}` });
	await wrong({ header: `v1=${"0".repeat(64)}` });
	await wrong({ header: `t=${now()},v1=${"0".repeat(63)}` });
	await wrong({ header: `t=${now()},v0=${"0".repeat(64)}` });
	await wrong({ header: `t=${"9".repeat(300)},v1=${"0".repeat(64)}` });
	await wrong({ path: `/webhook/stripe/${other.gateway.id}` });
	await wrong({ path: "/webhook/stripe/gw_zzzzzz" });
	await wrong({ path: "/webhook/stripe/prod_001" });
	await wrong({ path: "/webhook/stripe/gw_%27" });
	assert.equal(texts.size, 1, [...texts].join());
	assert.equal((await read(one)).status, "requires_action");
	assert.equal(heard(told.id), 0);
});

test("a signed body that is no event is refused, and forgotten", async () => {
	for (const body of ["", "{", "[]", "null", "5", "{}", '{"id":"evt_1"}', '{"id":"evt_1","type":"x"}', '{"id":"evt_1","type":"x","data":{}}', '{"id":"evt_1","type":"x","data":{"object":[]}}', '{"id":5,"type":"x","data":{"object":{}}}',
		'{"id":"evt 1","type":"x","data":{"object":{}}}', `{"id":"${"e".repeat(300)}","type":"x","data":{"object":{}}}`, '{"id":"evt_1","id":"evt_2","type":"x","data":{"object":{}}}', "\u0000", "[".repeat(40)]) {
		const answer = await hook(shop, body);
		assert.ok([400, 413, 422].includes(answer.status), `${body.slice(0, 40)}: ${answer.status}`);
	}
	refused(await hook(shop, event("payment_intent.succeeded", { id: "pi_1", object: "payment_intent" }, { livemode: false })), 400);
});

test("a body of another type or beyond the limit is refused before it is looked at", async () => {
	refused(await hook(shop, event("x", {}), { type: "application/x-www-form-urlencoded" }), 415);
	refused(await hook(shop, event("x", {}), { type: "text/plain" }), 415);
	refused(await hook(shop, event("x", { fill: "x".repeat(300 << 10) })), 413);
	for (const method of ["GET", "PUT", "DELETE"])
		refused(await request(method, new URL(`/webhook/stripe/${shop.gateway.id}`, urls.live).href), 405);
});

test("a gateway without a secret for messages takes none", async () => {
	const one = await shop.live.make("/payments/gateways", { kind: "stripe", name: "Silent", secret_key: `sk_live_silent${process.pid}` });
	for (const secret of ["", "whsec_x", shop.hook_secret])
		refused(await hook(shop, event("x", {}), { secret, path: `/webhook/stripe/${one.id}` }), 400, []);
});

test("a secret that was changed proves the next message, not the old one", async () => {
	const next = `whsec_next${process.pid}`;
	status(await other.live.patch(`/payments/gateways/${other.gateway.id}`, { webhook_secret: next }), 200);
	refused(await hook(other, event("x", {})), 400);
	status(await hook(other, event("x", {}), { secret: next }), 200);
});

test("the sandbox is not the live side", async () => {
	const at = new URL(`/webhook/stripe/${shop.gateway.id}`, urls.sandbox).href;
	assert.notEqual((await request("POST", at, { body: "{}", headers: { "content-type": "application/json" } })).status, 200);
});

test("after all that the books are in order", async () => {
	assert.deepEqual(await differences(shop), []);
});
