// What a bank takes back: it is held from the first moment, answered once and in time, and won or lost in the books, once.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { each } from "./conformance.mjs";
import { booked, openSandbox, paidOrder, pay, settle } from "./payments.mjs";
import { number, refused, rows, status, traces } from "./souk.mjs";

const day = 86_400_000;
const evidence = { transaction_details: "Order 1001, paid with Visa 4242", shipping_proof: "Signed by J. Doe", communication_logs: "\"Thank you\"" };

describe("disputes", { concurrency: 4 }, () => {
	let tenant, client, lamp;

	before(async () => ({ tenant, client, lamp } = await openSandbox()));

	const raise = (intent, body) => client.post(`/payments/${intent.payment_id}/dispute`, body);
	const respond = (dispute, body, headers) => client.post(`/payments/disputes/${dispute.id}/respond`, body, headers);
	const opened = async (more, body) => {
		const intent = await pay(client, more);
		return { intent, dispute: status(await raise(intent, body), 201).body };
	};
	const past = (dispute) => rows(`UPDATE disputes SET evidence_due_by = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE id = ${number(dispute.id)}`);

	test("a dispute holds the money, and its order is left alone", async () => {
		const { order: o, intent, payment } = await paidOrder(client, lamp);
		const answer = status(await raise(intent, { amount: 5000, reason: "product_not_received" }), 201), d = answer.body;
		assert.match(d.id, /^dp_/);
		assert.deepEqual([d.object, d.payment_id, d.order_id, d.amount, d.fee_amount, d.currency, d.reason, d.status, d.evidence, d.closed_at],
			["dispute", payment.id, o.id, 5000, 1500, "USD", "product_not_received", "needs_response", null, null]);
		assert.ok(Date.parse(d.evidence_due_by) > Date.now() + 13 * day);
		assert.deepEqual(await client.read(`/payments/disputes/${d.id}`), d);
		const held = await client.read(`/payments/${payment.id}`);
		assert.deepEqual([held.status, held.amount_disputed, held.amount_refunded], ["disputed", 5000, 0]);
		assert.equal(traces(payment.id).events.at(-1).type, "payment.disputed");
		assert.deepEqual([traces(d.id).events.map((e) => e.type), traces(d.id).audit.map((a) => a.action)], [["dispute.created"], ["dispute.created"]]);
		const after = await client.read(`/orders/${o.id}`);
		assert.deepEqual([after.payment_status, after.amount_refunded, after.version], [o.payment_status, 0, o.version]);
		assert.deepEqual(await booked(client, `object_id=${d.id}`), { disputes_held: 5000, fees: 1500, gateway: -6500 });
		refused(await client.post(`/payments/${payment.id}/refund`, { amount: 4999 }), 422, ["amount:too_large"]);
		assert.equal(status(await client.post(`/payments/${payment.id}/refund`), 201).body.amount, 4998);
		refused(await raise(intent), 409, [], "in_progress");
		for (const query of [`payment_id=${payment.id}`, `order_id=${o.id}`, `order_id=${o.id}&status=needs_response&reason=product_not_received`])
			assert.deepEqual((await client.read(`/payments/disputes?${query}`)).data.map((one) => one.id), [d.id]);
		assert.deepEqual((await client.read(`/payments/disputes?order_id=${o.id}&status=won`)).data, []);
		refused(await client.get("/payments/disputes?status=open"), 400);
	});

	test("won, the money is back; lost, it is gone", async () => {
		for (const [word, end] of [["winning_evidence", "won"], ["losing_evidence", "lost"]]) {
			const { intent, dispute } = await opened();
			const d = status(await respond(dispute, { text: `see ${word}`, file_ids: ["file_1", "file_2"] }), 200).body;
			assert.deepEqual([d.status, d.evidence.text, d.evidence.file_ids], [end, `see ${word}`, ["file_1", "file_2"]]);
			assert.ok(d.closed_at && d.submitted_at && d.responded_at);
			assert.deepEqual(traces(d.id).events.map((e) => e.type), ["dispute.created", "dispute.responded", `dispute.${end}`]);
			const p = await client.read(`/payments/${intent.payment_id}`);
			assert.deepEqual([p.amount_disputed, p.status], end === "won" ? [0, "captured"] : [10000, "disputed"]);
			const books = await booked(client, `object_id=${d.id}`);
			assert.deepEqual([books.disputes_held, books.dispute_losses, books.gateway], end === "won" ? [0, undefined, -1500] : [0, 10000, -11500]);
			refused(await respond(dispute, evidence), 409, undefined, "transition");
			if (end === "won")
				assert.equal(status(await client.post(`/payments/${p.id}/refund`), 201).body.amount, 10000);
			else
				refused(await client.post(`/payments/${p.id}/refund`), 409, [], "nothing_left");
		}
	});

	test("evidence is given once, in time, and says something", async () => {
		const { dispute } = await opened();
		for (const [body, fields] of [
			[{}, ["transaction_details:required"]], [{ transaction_details: "  " }, ["transaction_details:required"]], [{ file_ids: [] }, ["transaction_details:required"]],
			[{ text: 7 }, ["text:type"]], [{ transaction_details: "x".repeat(5001) }, ["transaction_details:too_long"]], [{ file_ids: Array(21).fill("file_1") }, ["file_ids"]],
			[{ shipping_proof: ["a"], communication_logs: {} }, ["shipping_proof:type", "communication_logs:type"]],
		])
			refused(await respond(dispute, body), 422, fields);
		refused(await client.post(`/payments/disputes/${dispute.id}/respond`, "["), 400);
		assert.deepEqual(await client.read(`/payments/disputes/${dispute.id}`), dispute);
		const twins = await each(Array(5).fill(), () => client.send("POST", `/payments/disputes/${dispute.id}/respond`, { body: evidence, fresh: true }), 5);
		assert.deepEqual(twins.map((a) => a.status).sort(), [200, 409, 409, 409, 409]);
		const d = await client.read(`/payments/disputes/${dispute.id}`);
		assert.deepEqual([d.status, d.evidence.shipping_proof], ["under_review", "Signed by J. Doe"]);
		refused(await respond(dispute, evidence), 409, ["status:transition"]);
		const late = (await opened()).dispute;
		past(late);
		refused(await respond(late, evidence), 409, [], "too_late");
		assert.equal((await client.read(`/payments/disputes/${late.id}`)).evidence, null);
		refused(await respond({ id: "dp_7zzzzzzzzzzzz" }, evidence), 404);
	});

	test("what is not answered is lost when the time is over; what is complete is won", async () => {
		const silent = await opened(), complete = await opened(), poor = await opened(), early = await opened();
		status(await respond(complete.dispute, evidence), 200);
		status(await respond(poor.dispute, { text: "it was fine" }), 200);
		for (const one of [silent, complete, poor])
			past(one.dispute);
		assert.equal(settle("--tenant", tenant.id, "--only", "disputes", "--dry-run").disputes >= 3, true);
		assert.equal((await client.read(`/payments/disputes/${silent.dispute.id}`)).status, "needs_response");
		settle("--tenant", tenant.id, "--only", "disputes");
		const statuses = await Promise.all([silent, complete, poor, early].map(async (one) => (await client.read(`/payments/disputes/${one.dispute.id}`)).status));
		assert.deepEqual(statuses, ["lost", "won", "lost", "needs_response"]);
		assert.deepEqual(await booked(client, `object_id=${silent.dispute.id}`), { disputes_held: 0, dispute_losses: 10000, fees: 1500, gateway: -11500 });
		settle("--tenant", tenant.id, "--only", "disputes");
		assert.equal(traces(silent.dispute.id).events.length, 2);
	});

	test("only what is captured can be disputed, by the sandbox, once at a time", async () => {
		const held = await pay(client, { capture: false }), intent = await pay(client);
		refused(await raise(held), 409, [], "nothing_left");
		for (const [body, fields] of [[{ amount: 0 }, ["amount:too_small"]], [{ amount: 10001 }, ["amount:too_large"]], [{ reason: "dull" }, ["reason:not_a_choice"]]])
			refused(await raise(intent, body), 422, fields);
		refused(await client.post("/payments/pay_7zzzzzzzzzzzz/dispute"), 404);
		const reader = await tenant.client({ mode: "sandbox", scopes: "payments:read" });
		refused(await reader.post(`/payments/${intent.payment_id}/dispute`), 403);
		refused(await (await openSandbox()).client.post(`/payments/${intent.payment_id}/dispute`), 404);
		const many = await each(Array(6).fill(), () => client.send("POST", `/payments/${intent.payment_id}/dispute`, { body: { amount: 3000 }, fresh: true }), 6);
		assert.deepEqual(many.map((a) => a.status).sort(), [201, ...Array(5).fill(409)], many.map((a) => a.raw).join("\n"));
		assert.equal((await client.read(`/payments/${intent.payment_id}`)).amount_disputed, 3000);
	});

	test("disputed and refunded at once, it leaves once", async () => {
		const intent = await pay(client);
		const answers = await each([0, 1, 2, 3, 4, 5], (i) => client.send("POST", `/payments/${intent.payment_id}/${i % 2 ? "refund" : "dispute"}`, { body: { amount: 6000 }, fresh: true }), 6);
		assert.equal(answers.filter((a) => a.status === 201).length, 1, answers.map((a) => a.raw).join("\n"));
		const p = await client.read(`/payments/${intent.payment_id}`);
		assert.equal(p.amount_refunded + p.amount_disputed, 6000);
	});

	test("what is paid with the sandbox's disputed card is disputed as soon as it is captured", async () => {
		const token = status(await client.post("/payments/methods", { type: "card", number: "4000 0000 0000 0259", exp_month: 12, exp_year: new Date().getUTCFullYear() + 3, cvc: "123" }), 201).body.id;
		for (const capture_method of ["automatic", "manual"]) {
			const intent = status(await client.post("/payments/intents", { amount: 7000, currency: "usd", payment_method: token, capture_method }), 201).body;
			if (capture_method === "manual")
				status(await client.post(`/payments/intents/${intent.id}/capture`), 201);
			const [d] = (await client.read(`/payments/disputes?payment_id=${intent.payment_id}`)).data;
			assert.deepEqual([d.amount, d.reason, d.status], [7000, "fraudulent", "needs_response"]);
			const p = await client.read(`/payments/${intent.payment_id}`);
			assert.deepEqual([p.status, p.amount_disputed, p.amount_captured], ["disputed", 7000, 7000]);
		}
	});

	test("a cancelled order gives back what is not disputed", async () => {
		const { order: o, intent } = await paidOrder(client, lamp);
		status(await raise(intent, { amount: 4000 }), 201);
		const ended = status(await client.post(`/orders/${o.id}/cancel`, { refund: true }), 200).body;
		assert.deepEqual([ended.amount_refunded, ended.refund_status, ended.payment_status], [5998, "partial", "paid"]);
		assert.deepEqual((await client.read(`/payments/refunds?order_id=${o.id}`)).data.map((r) => [r.amount, r.status]), [[5998, "pending"]]);
	});
});
