// What cannot be paid is refused by the name of the field, and nothing is written, asked of a gateway, or told.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { intend, method, openSandbox, sideOf, written } from "./intents.mjs";
import { absent, of } from "./conformance.mjs";
import { number, refused, rows, status } from "./souk.mjs";

let client, side, other, mine, intent;

before(async () => {
	({ client } = await openSandbox());
	other = (await openSandbox()).client;
	intent = await intend(client);
	side = sideOf(intent);
	const [jane, joe] = [await client.make("/customers", { email: "jane@example.com" }), await client.make("/customers", { email: "joe@example.com" })];
	const joes = status(await client.post("/payments/methods", { type: "card", number: "4242424242424242", cvc: "123", exp_month: 12, exp_year: new Date().getUTCFullYear() + 2, customer_id: joe.id }), 201).body;
	const gone = status(await client.post("/payments/methods", { type: "card", number: "5555555555554444", cvc: "123", exp_month: 12, exp_year: new Date().getUTCFullYear() + 2 }), 201).body;
	status(await client.delete(`/payments/methods/${gone.id}`), 204);
	mine = { jane, joes, gone, theirs: await other.make("/customers", { email: "x@example.com" }), card: await method(other, "success") };
});

const good = { amount: 19999, currency: "usd", payment_method: "card" };

test("what cannot be an intent", async () => {
	const before_ = written(side);
	for (const [body, fields] of [
		[{ amount: 0 }, ["amount:too_small"]], [{ amount: -1 }, ["amount:too_small"]], [{ amount: 199.99 }, ["amount:not_an_integer"]], [{ amount: "19999" }, ["amount:type"]],
		[{ amount: 1e12 }, ["amount:too_large"]], [{ amount: 2 ** 53 }, ["amount:too_large"]], [{ amount: 1e30 }, ["amount:not_an_integer"]], [{ amount: null }, ["amount:required"]], [{ amount: undefined }, ["amount:required"]],
		[{ currency: "usx" }, ["currency:unknown"]], [{ currency: "" }, ["currency:blank"]], [{ currency: "dollar" }, ["currency:too_long"]], [{ currency: 840 }, ["currency:type"]], [{ currency: undefined }, ["currency:required"]],
		[{ payment_method: "cheque" }, ["payment_method"]], [{ payment_method: "pm_zzz" }, ["payment_method"]], [{ payment_method: mine.card }, ["payment_method"]], [{ payment_method: mine.gone.id }, ["payment_method"]],
		[{ payment_method: mine.joes.id, customer_id: mine.jane.id }, ["payment_method"]], [{ payment_method: "" }, ["payment_method:blank"]], [{ payment_method: 5 }, ["payment_method:type"]],
		[{ customer_id: absent(of("customer")) }, ["customer_id:unknown"]], [{ customer_id: mine.theirs.id }, ["customer_id:unknown"]], [{ customer_id: "jane" }, ["customer_id:not_an_id"]],
		[{ order_id: absent(of("order")) }, ["order_id:unknown"]], [{ order_id: "cust_001" }, ["order_id:not_an_id"]],
		[{ capture_method: "later" }, ["capture_method:not_a_choice"]], [{ application_fee_amount: 20000 }, ["application_fee_amount:too_large"]], [{ application_fee_amount: -1 }, ["application_fee_amount:too_small"]],
		[{ return_url: "http://shop.example.com" }, ["return_url:pattern"]], [{ return_url: "https://user@shop.example.com/" }, ["return_url:pattern"]], [{ return_url: "https://shop.example.com/\"><script>" }, ["return_url:pattern"]], [{ return_url: "javascript:alert(1)" }, ["return_url:pattern"]], [{ return_url: "https://" }, ["return_url:pattern"]],
		[{ statement_descriptor: "<b>" }, ["statement_descriptor:pattern"]], [{ statement_descriptor: "x".repeat(23) }, ["statement_descriptor:too_long"]],
		[{ amount: 0, currency: "x", capture_method: 1 }, ["amount:too_small", "currency:unknown", "capture_method:type"]], [{ card: "4242" }, ["card:unknown_field"]],
	])
		refused(await client.post("/payments/intents", { ...good, ...body }), 422, fields);
	assert.deepEqual(written(side), before_, "nothing is written");
});

test("cryptocurrency is for the enterprise plan", async () => {
	const small = await openSandbox({ plan: "professional" });
	const e = await small.client.post("/payments/intents", { ...good, payment_method: "bitcoin" });
	refused(e, 403);
	assert.deepEqual((await small.client.read("/payments/intents")).data, []);
});

test("what cannot be captured, confirmed or canceled", async () => {
	const shown = await client.read(`/payments/intents/${intent.id}`), before_ = written(side), at = `/payments/intents/${intent.id}`;
	for (const [path, body, code, fields] of [
		[`${at}/capture`, { amount: 20000 }, 422, ["amount:too_large"]], [`${at}/capture`, { amount: 0 }, 422, ["amount:too_small"]], [`${at}/capture`, { amount: -5 }, 422, ["amount:too_small"]], [`${at}/capture`, { amount: 1.5 }, 422, ["amount:not_an_integer"]],
		[`/payments/${intent.id}/capture`, { amount: 20000 }, 422, ["amount:too_large"]], [`/payments/${intent.payment_id}/capture`, { amount: "all" }, 422, ["amount:type"]],
		[`${at}/cancel`, { reason: "bored" }, 422, ["reason:not_a_choice"]], [`${at}/cancel`, { reason: "order_cancelled" }, 422, ["reason:not_a_choice"]], [`${at}/cancel`, { reason: "expired" }, 422, ["reason:not_a_choice"]],
		[`${at}/confirm`, { payment_method: "card" }, 409, []],
	])
		refused(await client.post(path, body), code, fields);
	for (const id of [absent(of("payment_intent")), absent(of("payment")), "ord_123", "x"])
		refused(await client.post(`/payments/${id}/capture`), 404);
	for (const path of [`${at}/capture`, `${at}/cancel`, `${at}/confirm`, `/payments/${intent.id}/capture`, `/payments/${intent.payment_id}/capture`])
		refused(await other.post(path, path.endsWith("confirm") ? { payment_method: "card" } : {}), 404);
	refused(await other.get(at), 404);
	refused(await other.get(`/payments/${intent.payment_id}`), 404);
	assert.deepEqual([await client.read(at), written(side)], [shown, before_]);
});

test("who may only read asks for nothing", async () => {
	const reader = await (await openSandbox()).tenant.client({ mode: "sandbox", scopes: "payments:read" });
	for (const [path, body] of [["/payments/intents", good], [`/payments/intents/${intent.id}/capture`], [`/payments/${intent.id}/capture`]])
		refused(await reader.post(path, body), 403, undefined, "scope");
	status(await reader.get("/payments/intents"), 200);
});

test("what another gateway than the sandbox moved is disputed by nobody who asks for it", async () => {
	const taken = await intend(client, { capture_method: "automatic" });
	rows(`UPDATE payments SET gateway = 'stripe' WHERE id = ${number(taken.payment_id)}`);
	refused(await client.post(`/payments/${taken.payment_id}/dispute`), 409, [], "sandbox_only");
});
