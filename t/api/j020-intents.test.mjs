// A payment intent is one state machine: each action in each state does what it should or is refused with the state, and then
// nothing was moved.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { books, calls, cards, intend, keep, method, odd, openSandbox, sideOf, written } from "./intents.mjs";
import { number, refused, request, rows, status, traces } from "./souk.mjs";

let client, tenant;

before(async () => {
	({ client, tenant } = await openSandbox());
});

const act = (intent, action, body) => client.post(`/payments/intents/${intent.id}/${action}`, body);
const read = (intent) => client.read(`/payments/intents/${intent.id}`);
const paymentOf = async (intent) => client.read(`/payments/${(await read(intent)).payment_id}`);
const types = (id) => traces(id).events.map((e) => e.type);

// ---- the four cards of the specification

test("a card that succeeds holds the money, and a capture takes it", async () => {
	const intent = await intend(client, { payment_method: await method(client, "success"), metadata: { basket: "7" } });
	assert.deepEqual([intent.object, intent.status, intent.amount, intent.currency, intent.amount_capturable, intent.amount_captured, intent.capture_method, intent.payment_method_type, intent.metadata], ["payment_intent", "requires_capture", 19999, "USD", 19999, 0, "manual", "card", { basket: "7" }]);
	assert.match(intent.payment_id, /^pay_/);
	const held = await client.read(`/payments/${intent.payment_id}`);
	assert.deepEqual([held.status, held.amount, held.amount_captured, held.brand, held.last4, held.intent_id, held.captured_at], ["authorized", 19999, 0, "visa", "4242", intent.id, null]);
	assert.ok(Math.abs(Date.parse(intent.authorization_expires_at) - Date.parse(intent.created_at) - 7 * 86400000) < 60000);

	const answer = status(await client.post(`/payments/${intent.id}/capture`), 201), done = answer.body;
	assert.deepEqual([done.id, done.status, done.amount_captured, done.amount_capturable, done.authorization_expires_at], [intent.id, "succeeded", 19999, 0, null]);
	const payment = await client.read(`/payments/${intent.payment_id}`);
	assert.deepEqual([payment.status, payment.amount_captured, payment.gateway_fee_amount], ["captured", 19999, 610]);
	assert.ok(payment.captured_at);
	assert.deepEqual(types(intent.id), ["payment_intent.created", "payment_intent.requires_capture", "payment_intent.succeeded"]);
	assert.deepEqual(types(payment.id), ["payment.authorized", "payment.succeeded"]);
	assert.deepEqual(books(intent).map((b) => [b.kind, b.state]), [["authorize", "done"], ["capture", "done"]]);
});

test("a card that is declined, or has no funds, is no error: the intent says why, and another card may be tried", async () => {
	for (const [name, decline_code] of [["declined", "generic_decline"], ["insufficient", "insufficient_funds"]]) {
		const intent = await intend(client, { payment_method: await method(client, name) });
		assert.deepEqual([intent.status, intent.amount_capturable, intent.last_error.code, intent.last_error.decline_code], ["failed", 0, "card_declined", decline_code]);
		assert.match(intent.last_error.message, /card/);
		const failed = await client.read(`/payments/${intent.payment_id}`);
		assert.deepEqual([failed.status, failed.amount_captured, failed.last4], ["failed", 0, cards[name].slice(-4)]);
		assert.deepEqual([types(intent.id).at(-1), types(failed.id)], ["payment_intent.failed", ["payment.failed"]]);
		const again = status(await act(intent, "confirm", { payment_method: await method(client, "success") }), 200).body;
		assert.deepEqual([again.status, again.last_error, again.payment_id === failed.id], ["requires_capture", null, false]);
		assert.equal((await client.read(`/payments?intent_id=${intent.id}`)).data.length, 2, "the failed one stays");
	}
});

const challenge = async (intent, decision) => request("POST", intent.next_action.url, { headers: { "content-type": "application/x-www-form-urlencoded" }, body: `decision=${decision}` });

test("a card with 3-D Secure asks the buyer, on a page that counts once", async () => {
	const intent = await intend(client, { payment_method: await method(client, "challenge"), return_url: "https://shop.example.com/thanks?basket=7#top" });
	assert.deepEqual([intent.status, intent.payment_id, intent.next_action.type], ["requires_action", null, "redirect_to_url"]);
	const page = status(await request("GET", intent.next_action.url), 200);
	assert.match(page.headers["content-type"], /^text\/html/);
	assert.match(page.headers["content-security-policy"], /default-src 'none'.*form-action 'self'/);
	assert.match(page.headers["cache-control"], /no-store/);
	assert.equal(page.headers["x-content-type-options"], "nosniff");
	for (const word of ["199.99 USD", tenant.name, "Approve", "Decline", '<html lang="en">', "<h1>"])
		assert.ok(page.raw.includes(word), word);
	assert.doesNotMatch(page.raw, /<script|style=| on\w+=/);

	status(await challenge(intent, "perhaps"), 422);
	const said = status(await challenge(intent, "approve"), 200);
	assert.ok(said.raw.includes(`https://shop.example.com/thanks?basket=7&amp;payment_intent=${intent.id}&amp;status=requires_capture#top`), said.raw);
	const held = await read(intent);
	assert.deepEqual([held.status, held.next_action, held.amount_capturable], ["requires_capture", null, 19999]);
	for (const again of [await challenge(intent, "decline"), await request("GET", intent.next_action.url)])
		status(again, 404);
	assert.equal((await read(intent)).status, "requires_capture");
	assert.deepEqual(types(intent.id), ["payment_intent.created", "payment_intent.requires_action", "payment_intent.requires_capture"]);
});

test("who declines the challenge has not paid, and a made-up token leads nowhere", async () => {
	const intent = await intend(client, { payment_method: await method(client, "challenge") }), { url } = intent.next_action;
	for (const bad of [url.slice(0, -1) + (url.endsWith("0") ? "1" : "0"), `${url}0`, url.replace(/\.[^.]*$/, ""), url.replace(/challenges\/.*/, "challenges/x"), url.replace(/challenges\/.*/, `challenges/${"a".repeat(600)}`)])
		status(await request("GET", bad), 404);
	const said = status(await challenge(intent, "decline"), 200);
	assert.ok(said.raw.includes("close this page"));
	const failed = await read(intent);
	assert.deepEqual([failed.status, failed.last_error.code], ["failed", "authentication_failed"]);
	status(await challenge(intent, "approve"), 404);
});

test("two who answer a challenge at once are one", async () => {
	const intent = await intend(client, { payment_method: await method(client, "challenge") });
	const said = await Promise.all(["approve", "decline", "approve", "decline"].map((word) => challenge(intent, word)));
	assert.deepEqual(said.map((a) => a.status).sort(), [200, 404, 404, 404]);
	assert.ok(["requires_capture", "failed"].includes((await read(intent)).status));
	assert.equal((await client.read(`/payments?intent_id=${intent.id}`)).data.length, 1);
});

// ---- types of methods

test("each type of method is as it is: transfers take time, paying later asks the buyer, a card by its type succeeds", async () => {
	for (const [type, state] of [["card", "requires_capture"], ["apple_pay", "requires_capture"], ["google_pay", "requires_capture"], ["paypal", "requires_capture"], ["ach", "processing"], ["wire", "processing"], ["affirm", "requires_action"], ["klarna", "requires_action"], ["bitcoin", "requires_capture"]]) {
		const intent = await intend(client, { payment_method: type });
		assert.deepEqual([type, intent.status, intent.payment_method, intent.payment_method_type], [type, state, type, type]);
	}
});

test("without a method it waits for one, and live shops without a gateway cannot ask anybody", async () => {
	const intent = await intend(client, { payment_method: undefined });
	assert.deepEqual([intent.status, intent.gateway, calls(intent)], ["requires_payment_method", null, []]);
	refused(await act(intent, "confirm"), 422, ["payment_method:required"]);
	assert.equal(status(await act(intent, "confirm", { payment_method: "card" }), 200).body.status, "requires_capture");
	const live = status(await tenant.live.post("/payments/intents", { amount: 1, currency: "usd", payment_method: "card" }), 201).body;
	assert.equal(live.status, "requires_payment_method");
	const token = status(await tenant.live.post("/payments/methods", { type: "card", token: "tok_live", brand: "visa", last4: "4242" }), 201).body;
	refused(await tenant.live.post("/payments/intents", { amount: 1, currency: "usd", payment_method: token.id }), 409, [], "no_gateway");
	refused(await tenant.live.post(`/payments/intents/${live.id}/confirm`, { payment_method: token.id }), 409, [], "no_gateway");
});

// ---- captures

test("captured automatically, it succeeds at once", async () => {
	const intent = await intend(client, { capture_method: "automatic", application_fee_amount: 999 }), payment = await paymentOf(intent);
	assert.deepEqual([intent.status, intent.amount_captured, intent.amount_capturable], ["succeeded", 19999, 0]);
	assert.deepEqual([payment.status, payment.amount_captured, payment.application_fee_amount, payment.gateway_fee_amount], ["captured", 19999, 999, 610]);
	assert.deepEqual([types(payment.id), calls(intent).length], [["payment.succeeded"], 1]);
});

test("captured in parts, the parts add up, and the commission is exact over them", async () => {
	const intent = await intend(client, { amount: 1000, application_fee_amount: 100 });
	for (const [amount, captured, fee] of [[333, 333, 33], [333, 666, 66], [1, 667, 66]]) {
		const now = status(await act(intent, "capture", { amount, final_capture: false }), 201).body;
		assert.deepEqual([now.status, now.amount_captured, now.amount_capturable], ["requires_capture", captured, 1000 - captured]);
		assert.equal((await paymentOf(intent)).application_fee_amount, fee);
	}
	refused(await act(intent, "capture", { amount: 334, final: false }), 422, ["amount:too_large"]);
	const done = status(await act(intent, "capture"), 201).body, payment = await paymentOf(intent);
	assert.deepEqual([done.status, done.amount_captured, payment.amount_captured, payment.application_fee_amount], ["succeeded", 1000, 1000, 100]);
	assert.deepEqual(types(payment.id), ["payment.authorized", ...Array(4).fill("payment.succeeded")]);
	const entries = rows(`SELECT JSON_ARRAY(kind, CAST(SUM(amount) AS CHAR)) FROM ledger_entries WHERE object_id IN (SELECT id FROM gateway_calls WHERE intent_id = ${number(intent.id)}) AND position = 0 GROUP BY kind`);
	assert.deepEqual(entries, [["capture", "1000"]]);
	const { data } = await client.read(`/ledger/entries?payment_id=${payment.id}&kind=capture`);
	assert.ok(data.length >= 4 && data.every((e) => e.payment_id === payment.id), "each entry says of which payment it is");
});

test("what is captured last gives the rest free, and what is canceled then keeps what was captured", async () => {
	const one = await intend(client, { amount: 1000 }), two = await intend(client, { amount: 1000 });
	const last = status(await act(one, "capture", { amount: 400 }), 201).body;
	assert.deepEqual([last.status, last.amount_captured, last.amount_capturable], ["succeeded", 400, 0]);
	status(await act(two, "capture", { amount: 400, final_capture: false }), 201);
	const ended = status(await act(two, "cancel", { reason: "duplicate" }), 200).body, payment = await paymentOf(two);
	assert.deepEqual([ended.status, ended.amount_captured, ended.cancellation_reason, ended.canceled_at, payment.status], ["succeeded", 400, "duplicate", null, "captured"]);
});

test("by the id of the payment or of the intent, at the printed path", async () => {
	for (const which of ["id", "payment_id"]) {
		const intent = await intend(client, { amount: 500 });
		assert.equal(status(await client.post(`/payments/${intent[which]}/capture`, { amount: 200, final_capture: false }), 201).body.amount_captured, 200);
	}
});

// ---- every state, every action

const make = {
	requires_payment_method: () => intend(client, { payment_method: undefined }),
	requires_action: async () => intend(client, { payment_method: await method(client, "challenge") }),
	requires_capture: () => intend(client),
	processing: () => intend(client, { payment_method: "ach" }),
	succeeded: () => intend(client, { capture_method: "automatic" }),
	canceled: async () => status(await act(await intend(client), "cancel"), 200).body,
	failed: async () => intend(client, { payment_method: await method(client, "declined") }),
};

// What each action makes of each state; nothing: it is refused with 409.
const expected = {
	confirm: { requires_payment_method: "requires_capture", failed: "requires_capture" },
	capture: { requires_capture: "succeeded" },
	cancel: { requires_payment_method: "canceled", requires_action: "canceled", requires_capture: "canceled", failed: "canceled" },
};
const bodies = { confirm: { payment_method: "card" } };

for (const [action, becomes] of Object.entries(expected))
	for (const state of Object.keys(make))
		test(`${action} when ${state}: ${becomes[state] ?? "refused"}`, async () => {
			const intent = await make[state](), before = written(sideOf(intent));
			assert.equal(intent.status, state);
			const answer = await act(intent, action, bodies[action]);
			if (becomes[state]) {
				assert.equal(status(answer, action === "capture" ? 201 : 200).body.status, becomes[state]);
				assert.equal((await read(intent)).status, becomes[state]);
				assert.deepEqual(calls(intent).filter((c) => ["pending", "waiting"].includes(c.status)), []);
				return;
			}
			assert.ok(refused(answer, 409, [], "transition").message.includes(state));
			assert.deepEqual(await read(intent), intent);
			assert.deepEqual(written(sideOf(intent)), before, "nothing is written");
		});

test("what is canceled gives the money free, once", async () => {
	const intent = await intend(client), ended = status(await act(intent, "cancel", { reason: "fraudulent" }), 200).body;
	assert.deepEqual([ended.amount_capturable, ended.cancellation_reason, (await paymentOf(intent)).status], [0, "fraudulent", "canceled"]);
	assert.ok(ended.canceled_at);
	assert.deepEqual(books(intent).map((b) => b.kind), ["authorize", "cancel"]);
	const waiting = await make.requires_action();
	status(await act(waiting, "cancel"), 200);
	status(await challenge(waiting, "approve"), 404);
	assert.equal((await read(waiting)).status, "canceled");
});

test("several at once are one: a capture, a cancellation, or another capture", async () => {
	for (let round = 0; round < 5; round++) {
		const intent = await intend(client, { amount: 1000 });
		const answers = await Promise.all(["capture", "cancel", "capture", "capture", "cancel"].map((action) => act(intent, action)));
		assert.equal(answers.filter((a) => a.status < 300).length, 1, answers.map((a) => a.raw).join("\n"));
		for (const lost of answers.filter((a) => a.status >= 300))
			assert.ok(["transition", "in_progress"].includes(refused(lost, 409).reason), lost.raw);
		const now = await read(intent), taken = books(intent).filter((b) => b.kind === "capture").reduce((n, b) => n + b.amount, 0);
		assert.equal(now.amount_captured, taken);
		assert.ok(["succeeded", "canceled"].includes(now.status));
	}
});

// ---- changes and lists

test("description and metadata can be changed, nothing that is agreed", async () => {
	const intent = await intend(client);
	const changed = status(await client.patch(`/payments/intents/${intent.id}`, { description: "Order 7", metadata: { a: "b" } }), 200).body;
	assert.deepEqual([changed.description, changed.metadata, changed.status], ["Order 7", { a: "b" }, "requires_capture"]);
	for (const [body, fields] of [[{ amount: 5 }, ["amount:create_only"]], [{ currency: "EUR" }, ["currency:create_only"]], [{ payment_method: "ach" }, ["payment_method:create_only"]], [{ capture_method: "automatic" }, ["capture_method:create_only"]], [{ customer_id: "cust_001" }, ["customer_id:create_only"]]])
		refused(await client.patch(`/payments/intents/${intent.id}`, body), 422, fields);
	const { body } = status(await client.patch(`/payments/intents/${intent.id}`, { status: "succeeded", amount_captured: 19999 }), 200);
	assert.deepEqual([body.status, body.amount_captured, body.version], ["requires_capture", 0, changed.version], "what the server owns is ignored");
});

test("both lists are filtered and sorted by what they say", async () => {
	const shop = await openSandbox(), jane = await shop.client.make("/customers", { email: "jane@example.com" });
	const all = [];
	for (const [amount, more] of [[300, { customer_id: jane.id }], [100, { capture_method: "automatic" }], [200, { payment_method: "paypal", customer_id: jane.id }], [400, { currency: "eur" }]])
		all.push(await intend(shop.client, { amount, ...more }));
	const ids = async (path) => (await shop.client.read(path)).data.map((one) => one.intent_id ?? one.id), [a, b, c, d] = all.map((one) => one.id);
	for (const list of ["/payments/intents", "/payments"])
		for (const [query, found] of [
			["", [d, c, b, a]], [`?customer_id=${jane.id}`, [c, a]], [`?status=${list === "/payments" ? "captured" : "succeeded"}`, [b]], ["?amount_from=200&amount_to=300", [c, a]],
			["?payment_method_type=paypal", [c]], ["?currency=EUR", [d]], ["?sort=amount", [b, c, a, d]], ["?sort=-amount", [d, a, c, b]], ["?date_to=2020-01-01", []], ["?date_from=2020-01-01", [d, c, b, a]], ["?order_id=ord_zzz", []],
		])
			assert.deepEqual(await ids(list + query), found, list + query);
	refused(await shop.client.get("/payments?status=lost"), 400, ["status"]);
	refused(await shop.client.get("/payments/intents?amount_from=x"), 400, ["amount_from"]);
});

test("repeated under a key it is done once, a dry run asks nobody, and If-Match counts", async () => {
	const key = { "idempotency-key": "pay-1" }, body = { amount: 700, currency: "usd", payment_method: "card" };
	const first = status(await client.post("/payments/intents", body, key), 201), again = status(await client.post("/payments/intents", body, key), 201);
	assert.deepEqual([again.raw, again.headers["idempotency-replayed"], again.headers.etag, again.headers.location], [first.raw, "true", first.headers.etag, first.headers.location]);
	refused(await client.post("/payments/intents", { ...body, amount: 701 }, key), 409, [], "idempotency_mismatch");
	const intent = first.body, before = written(sideOf(intent));
	for (const [path, expected_, send] of [["/payments/intents", 200, body], [`/payments/intents/${intent.id}/capture`, 200], [`/payments/${intent.id}/capture`, 200], [`/payments/intents/${intent.id}/cancel`, 200]])
		assert.equal(status(await client.post(path, send, { prefer: "dry-run" }), expected_).headers["preference-applied"], "dry-run");
	assert.deepEqual([written(sideOf(intent)), await read(intent)], [before, intent]);
	refused(await client.post(`/payments/intents/${intent.id}/capture`, {}, { "if-match": '"1.0000000000000000"' }), 412);
	const twins = await Promise.all(Array.from({ length: 6 }, () => client.post(`/payments/${intent.id}/capture`, { amount: 100, final_capture: false }, { "idempotency-key": "take-1" })));
	assert.equal(new Set(twins.map((t) => status(t, 201).raw)).size, 1);
	assert.deepEqual([(await read(intent)).amount_captured, books(intent).filter((b) => b.kind === "capture").length], [100, 1]);
});

test("a worker that dies on the way leaves it to the repeat, and money moves once", async () => {
	for (const where of ["after-first", "after-call", "after-commit"]) {
		const body = { amount: 800, currency: "usd", payment_method: "card" }, key = { "idempotency-key": `die-${where}` };
		await client.post("/payments/intents", body, { ...key, "x-souk-exit": where });
		const intent = status(await client.post("/payments/intents", body, key), 201).body;
		assert.deepEqual([intent.status, books(intent).length, calls(intent).map((c) => c.status)], ["requires_capture", 1, ["done"]]);
		const take = { "idempotency-key": `take-${where}` };
		await client.post(`/payments/${intent.id}/capture`, undefined, { ...take, "x-souk-exit": where });
		const done = status(await client.post(`/payments/${intent.id}/capture`, undefined, take), 201).body;
		assert.deepEqual([done.status, done.amount_captured, books(done).filter((b) => b.kind === "capture").length], ["succeeded", 800, 1]);
		assert.equal(rows(`SELECT COUNT(*) FROM ledger_entries WHERE position = 0 AND object_id IN (SELECT id FROM gateway_calls WHERE intent_id = ${number(intent.id)})`)[0], 1);
	}
});
