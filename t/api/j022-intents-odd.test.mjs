// A gateway that does not answer, answers twice or late, or says no, moves money once or not at all, and souk-payments finds out
// which. What "it" did stands in its own books.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { books, calls, intend, method, odd, openSandbox, reconcile } from "./intents.mjs";
import { settle } from "./payments.mjs";
import { number, refused, rows, status, traces } from "./souk.mjs";

let client, tenant;

before(async () => {
	({ client, tenant } = await openSandbox());
});

const act = (intent, action, body) => client.post(`/payments/intents/${intent.id}/${action}`, body);
const read = (intent) => client.read(`/payments/intents/${intent.id}`);
const done = (intent, kind) => books(intent).filter((b) => b.kind === kind && b.state === "done").map((b) => b.amount);
const open = (intent) => calls(intent).filter((c) => ["pending", "waiting"].includes(c.status)).length;

for (const how of ["lost", "silent"])
	test(`an authorization whose answer is ${how} is processing, and held once when it is asked about`, async () => {
		const intent = await intend(client, { amount: odd[how] });
		assert.deepEqual([intent.status, intent.payment_id, open(intent), done(intent, "authorize").length], ["processing", null, 1, how === "lost" ? 0 : 1]);
		for (const [action, body] of [["capture"], ["cancel"], ["confirm", { payment_method: "card" }]])
			refused(await act(intent, action, body), 409, [], "transition");
		reconcile(tenant);
		const now = await read(intent);
		assert.deepEqual([now.status, now.amount_capturable, open(now), done(now, "authorize")], ["requires_capture", odd[how], 0, [odd[how]]]);
		reconcile(tenant);
		assert.equal((await read(intent)).version, now.version, "asked once more, nothing changes");
	});

for (const how of ["lost", "silent", "late"])
	test(`a capture whose answer is ${how} is processing, and taken once when it is asked about`, async () => {
		const intent = await intend(client, { amount: 2 * odd[how] + 100 });
		const first = status(await act(intent, "capture", { amount: odd[how], final_capture: false }), 201).body;
		assert.deepEqual([first.status, first.amount_captured, open(first)], ["processing", 0, 1]);
		refused(await act(intent, "capture", { amount: 5 }), 409, [], "transition");
		reconcile(tenant);
		if (how === "late") {
			assert.equal((await read(intent)).status, "processing");
			reconcile(tenant);
		}
		const now = await read(intent);
		assert.deepEqual([now.status, now.amount_captured, done(now, "capture")], ["requires_capture", odd[how], [odd[how]]]);
		const last = status(await act(intent, "capture"), 201).body;
		assert.deepEqual([last.status, last.amount_captured, done(last, "capture")], ["succeeded", 2 * odd[how] + 100, [odd[how], odd[how] + 100]]);
		assert.equal(traces(last.payment_id).events.filter((e) => e.type === "payment.succeeded").length, 2);
	});

for (const how of ["lost", "silent"])
	test(`a cancellation whose answer is ${how} gives the money free when it is asked about`, async () => {
		const intent = await intend(client, { amount: odd[how] });
		reconcile(tenant);
		const first = status(await act(intent, "cancel"), 200).body;
		assert.deepEqual([first.status, open(first)], ["processing", 1]);
		reconcile(tenant);
		const now = await read(intent);
		assert.deepEqual([now.status, now.amount_capturable, (await client.read(`/payments/${now.payment_id}`)).status], ["canceled", 0, "canceled"]);
	});

test("what is told twice counts once", async () => {
	const intent = await intend(client, { amount: odd.twice });
	assert.deepEqual([intent.status, intent.version], ["requires_capture", 2]);
	const taken = status(await act(intent, "capture"), 201).body;
	assert.deepEqual([taken.status, taken.amount_captured, done(taken, "capture")], ["succeeded", odd.twice, [odd.twice]]);
	assert.equal((await client.read(`/payments?intent_id=${intent.id}`)).data.length, 1);
	assert.deepEqual(traces(taken.payment_id).events.map((e) => e.type), ["payment.authorized", "payment.succeeded"]);
	assert.equal(rows(`SELECT COUNT(*) FROM ledger_entries WHERE position = 0 AND object_id IN (SELECT id FROM gateway_calls WHERE intent_id = ${number(intent.id)})`)[0], 1);
});

test("what is refused moves nothing, and is said", async () => {
	const intent = await intend(client, { amount: odd.refused });
	assert.deepEqual([intent.status, intent.last_error.code, done(intent, "authorize")], ["failed", "payment_declined", []]);
	const held = await intend(client, { amount: odd.refused + 100 });
	const taken = status(await act(held, "capture", { amount: odd.refused, final_capture: false }), 201).body;
	assert.deepEqual([taken.status, taken.amount_captured, taken.last_error.code], ["requires_capture", 0, "refused"]);
	const again = status(await act(held, "capture", { amount: 7 }), 201).body;
	assert.deepEqual([again.status, again.amount_captured, again.last_error], ["succeeded", 7, null]);
});

test("what is decided later is told then: yes, or no", async () => {
	for (const [how, end] of [["late", "requires_capture"], ["late_no", "failed"]]) {
		const intent = await intend(client, { amount: odd[how] });
		assert.equal(intent.status, "processing");
		for (const expected of ["processing", end, end]) {
			reconcile(tenant);
			assert.equal((await read(intent)).status, expected);
		}
	}
	const transfer = await intend(client, { payment_method: "ach", capture_method: "automatic" });
	assert.deepEqual([transfer.status, transfer.amount_captured], ["processing", 0]);
	reconcile(tenant);
	assert.deepEqual([(await read(transfer)).status, (await read(transfer)).amount_captured], ["succeeded", 19999]);
});

test("what the buyer confirmed just before it is canceled is known, taken or given free", async () => {
	for (const [capture_method, first, end] of [["automatic", "processing", "succeeded"], ["manual", "canceled", "canceled"]]) {
		const intent = await intend(client, { payment_method: await method(client, "challenge"), capture_method });
		rows(`UPDATE sandbox_gateway SET state = 'done' WHERE intent_id = ${number(intent.id)}`);
		assert.equal(status(await act(intent, "cancel"), 200).body.status, first);
		reconcile(tenant);
		const now = await read(intent);
		assert.deepEqual([now.status, now.amount_captured, open(now)], [end, end === "succeeded" ? intent.amount : 0, 0]);
	}
});

test("a challenge that nobody answers is over after an hour", async () => {
	const intent = await intend(client, { payment_method: await method(client, "challenge") });
	reconcile(tenant);
	assert.equal((await read(intent)).status, "requires_action");
	rows(`UPDATE sandbox_gateway SET created_at = created_at - INTERVAL 61 MINUTE WHERE intent_id = ${number(intent.id)}`);
	reconcile(tenant);
	const now = await read(intent);
	assert.deepEqual([now.status, now.last_error.code, now.next_action], ["failed", "authentication_failed", null]);
});

test("money that was held for seven days is given free, once, whatever was captured", async () => {
	const whole = await intend(client), part = await intend(client, { amount: 1000 }), fresh = await intend(client);
	status(await act(part, "capture", { amount: 400, final_capture: false }), 201);
	rows(`UPDATE payment_intents SET authorization_expires_at = authorization_expires_at - INTERVAL 8 DAY WHERE id IN (${number(whole.id)}, ${number(part.id)})`);
	for (let run = 0; run < 2; run++)
		settle("--tenant", tenant.id);
	const [a, b, c] = await Promise.all([whole, part, fresh].map(read));
	assert.deepEqual([a.status, a.cancellation_reason, b.status, b.amount_captured, b.cancellation_reason, c.status], ["canceled", "expired", "succeeded", 400, "expired", "requires_capture"]);
	assert.deepEqual([books(whole).length, books(part).length], [2, 3]);
});

test("what the gateway will not give free when it is over is asked for once a day", async () => {
	const intent = await intend(client, { amount: 1000000 + odd.refused - 990000 }), asked = () => calls(intent).filter((c) => c.kind === "cancel").length;
	status(await act(intent, "capture", { amount: intent.amount - odd.refused, final_capture: false }), 201);
	rows(`UPDATE payment_intents SET authorization_expires_at = authorization_expires_at - INTERVAL 8 DAY WHERE id = ${number(intent.id)}`);
	for (let run = 0; run < 2; run++)
		settle("--tenant", tenant.id);
	assert.deepEqual([(await read(intent)).status, asked()], ["requires_capture", 1]);
	rows(`UPDATE gateway_calls SET created_at = created_at - INTERVAL 25 HOUR WHERE intent_id = ${number(intent.id)}`);
	settle("--tenant", tenant.id);
	assert.equal(asked(), 2);
});

test("nothing is left open of all that", async () => {
	reconcile(tenant);
	assert.deepEqual(rows(`SELECT JSON_ARRAY(c.kind, c.status, c.amount) FROM gateway_calls c WHERE c.settled_at IS NULL AND c.tenant_id IN (SELECT tenant_id FROM gateway_calls WHERE intent_id = ${number((await intend(client)).id)})`), []);
});
