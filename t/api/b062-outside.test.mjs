// Writes that ask somebody outside between two transactions, here the sandbox gateway: one of many twins asks, who dies leaves all to
// be completed, and until then the object says that it is waited for.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { books, calls, openSandbox } from "./intents.mjs";
import { refused, rows, status } from "./souk.mjs";

let client;
const body = { amount: 1200, currency: "usd", payment_method: "card" };

before(async () => {
	({ client } = await openSandbox());
});

test("of sixteen twins one asks, and all have its answer", async () => {
	const key = { "idempotency-key": "twins" };
	const all = await Promise.all(Array.from({ length: 16 }, () => client.send("POST", "/payments/intents", { body, headers: key, fresh: true })));
	assert.deepEqual([...new Set(all.map((a) => `${status(a, 201).raw} ${a.headers.location} ${a.headers.etag}`))].length, 1);
	assert.equal(all.filter((a) => a.headers["idempotency-replayed"] === undefined).length, 1);
	const [intent] = all.map((a) => a.body);
	assert.equal(intent.status, "requires_capture");
	assert.equal(all[0].headers.location, `/v2/payments/intents/${intent.id}`);
	assert.deepEqual([calls(intent).length, books(intent).length], [1, 1]);
});

test("whoever dies before the call without a key leaves it due, and the object says so", async () => {
	const marked = { ...body, metadata: { mark: `${process.pid}` } };
	const lost = await client.post("/payments/intents", marked, { "x-souk-exit": "after-first" });
	assert.equal(status(lost, 502).body.error.code, "server_error");
	const [intent] = (await client.read(`/payments/intents?filter[metadata.mark]=${process.pid}`)).data;
	assert.equal(intent.status, "processing");
	assert.deepEqual([calls(intent).map((c) => c.status), books(intent)], [["pending"], []]);
	refused(await client.post(`/payments/intents/${intent.id}/capture`), 409);
});

test("a pending key knows its request, and no other", async () => {
	for (const where of ["after-first", "after-call"]) {
		const key = { "idempotency-key": `pending-${where}` };
		const first = status(await client.post("/payments/intents", body, { ...key, "x-souk-exit": where }), 201); /* the web server repeats what has a key */
		assert.equal(first.body.status, "requires_capture");
		refused(await client.post("/payments/intents", { ...body, amount: 1201 }, key), 409, [], "idempotency_mismatch");
		assert.equal(status(await client.post("/payments/intents", body, key), 201).raw, first.raw);
		assert.equal(books(first.body).length, 1);
	}
	assert.deepEqual(rows("SELECT JSON_ARRAY(COUNT(*)) FROM idempotency_keys WHERE status IS NULL AND object_id IS NULL"), [[0]]);
});

test("what is refused before the call asks nobody", async () => {
	for (const [path, sent, code] of [["/payments/intents", { ...body, amount: 0 }, 422], ["/payments/intents", { ...body, currency: "zzz" }, 422], ["/payments/intents", { ...body, order_id: "ord_7zzzzzzzzzzzz" }, 422], ["/payments/intents/pi_7zzzzzzzzzzzz/capture", {}, 404]]) {
		const key = { "idempotency-key": `refused-${path}-${JSON.stringify(sent)}` };
		const answer = refused(await client.post(path, sent, key), code);
		assert.equal(refused(await client.post(path, sent, key), code).code, answer.code);
	}
	assert.deepEqual((await client.read("/payments/intents?amount_to=0")).data, []);
});
