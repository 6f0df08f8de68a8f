// What was captured goes back, once, to the unit, and never more than that, however it comes about.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { each } from "./conformance.mjs";
import { order, paid } from "./orders.mjs";
import { booked, didSandbox, openSandbox, paidOrder, pay, settle } from "./payments.mjs";
import { number, refused, rows, status, traces } from "./souk.mjs";

const REFUSED = 990005, SILENT = 990002, LOST = 990001;
const day = 86_400_000;

describe("refunds", { concurrency: 4 }, () => {
	let tenant, client, lamp;

	before(async () => ({ tenant, client, lamp } = await openSandbox()));

	const refund = (payment, body, headers) => client.post(`/payments/${payment.id ?? payment}/refund`, body, headers);
	const readPayment = (intent) => client.read(`/payments/${intent.payment_id}`);

	test("a part goes back, and then the rest: the payment and its order say so", async () => {
		const { order: o, intent, payment } = await paidOrder(client, lamp);
		assert.deepEqual([o.payment_status, o.amount_paid, payment.status], ["paid", 9998, "captured"]);
		const answer = status(await refund(payment, { amount: 2500, reason: "customer_request" }), 201), part = answer.body;
		assert.deepEqual([part.object, part.payment_id, part.order_id, part.amount, part.currency, part.reason, part.status, part.settled_at],
			["refund", payment.id, o.id, 2500, "USD", "customer_request", "pending", null]);
		assert.match(part.id, /^re_/);
		assert.ok(part.gateway_reference && part.settles_at);
		assert.deepEqual(await client.read(`/payments/refunds/${part.id}`), part);
		const after = await client.read(`/orders/${o.id}`), half = await client.read(`/payments/${payment.id}`);
		assert.deepEqual([after.payment_status, after.refund_status, after.amount_refunded, after.status], ["paid", "partial", 2500, o.status]);
		assert.deepEqual([half.status, half.amount_refunded, half.amount_captured], ["partially_refunded", 2500, 9998]);
		const rest = status(await refund(intent.id), 201).body;
		assert.deepEqual([rest.amount, rest.reason], [7498, "customer_request"]);
		const done = await client.read(`/orders/${o.id}`), back = await client.read(`/payments/${payment.id}`);
		assert.deepEqual([done.payment_status, done.refund_status, done.amount_refunded, done.amount_paid], ["refunded", "full", 9998, 9998]);
		assert.deepEqual([back.status, back.amount_refunded], ["refunded", 9998]);
		assert.deepEqual(traces(o.id).events.map((e) => e.type), ["order.created", "order.updated", "order.refunded", "order.refunded"]);
		assert.deepEqual(traces(payment.id).events.map((e) => e.type).slice(-2), ["payment.refunded", "payment.refunded"]);
		assert.deepEqual(traces(part.id).audit.map((a) => a.action), ["refund.created", "refund.updated"]);
		assert.deepEqual((await client.read(`/payments/${payment.id}/refunds`)).data.map((r) => r.id), [rest.id, part.id]);
		assert.deepEqual((await client.read(`/payments/refunds?order_id=${o.id}&status=pending`)).data.length, 2);
		assert.deepEqual((await client.read(`/orders/${o.id}/timeline`)).data.map((x) => [x.kind, x.amount, x.object_id]),
			[["refund", 7498, rest.id], ["refund", 2500, part.id], ["payment", 9998, payment.id], ["created", null, null]]);
		assert.deepEqual(didSandbox(intent), { refunded: 9998, refunds: 2 });
		const books = await booked(client, `order_id=${o.id}`);
		assert.deepEqual([books.refunds, books.sales, books.gateway + books.fees], [9998, -9998, 0]);
		refused(await refund(payment), 409, [], "nothing_left");
		refused(await refund(payment, { amount: 1 }), 422, ["amount:too_large"]);
	});

	test("what is no refund is refused, and nothing moves", async () => {
		const intent = await pay(client), payment = await readPayment(intent), held = await pay(client, { capture: false });
		for (const [body, fields] of [
			[{ amount: 0 }, ["amount:too_small"]], [{ amount: -1 }, ["amount:too_small"]], [{ amount: 10001 }, ["amount:too_large"]], [{ amount: 99.5 }, ["amount"]],
			[{ amount: "all" }, ["amount"]], [{ reason: "bored" }, ["reason:not_a_choice"]], [{ refund_application_fee: "yes" }, ["refund_application_fee:type"]],
			[{ amount: 0, reason: 7, refund_application_fee: 1 }, ["amount:too_small", "reason", "refund_application_fee:type"]], [{ amount: 2 ** 60 }, ["amount"]],
		])
			refused(await refund(payment, body), 422, fields);
		refused(await client.post(`/payments/${payment.id}/refund`, "{"), 400);
		refused(await refund(held), 409, [], "not_paid");
		refused(await refund(held.payment_id), 409, [], "not_paid");
		refused(await refund("pay_7zzzzzzzzzzzz"), 404);
		refused(await refund("pi_7zzzzzzzzzzzz"), 404);
		refused(await refund("ord_123"), 404);
		refused(await client.get("/payments/refunds/re_7zzzzzzzzzzzz"), 404);
		const reader = await tenant.client({ mode: "sandbox", scopes: "payments:read" });
		refused(await reader.post(`/payments/${payment.id}/refund`), 403);
		const stranger = (await openSandbox()).client;
		refused(await stranger.post(`/payments/${payment.id}/refund`), 404);
		assert.deepEqual(await client.read(`/payments/${payment.id}`), payment);
		assert.deepEqual(rows(`SELECT id FROM refunds WHERE payment_id = ${number(payment.id)}`), []);
		assert.deepEqual(didSandbox(intent), { refunded: 0, refunds: 0 });
	});

	test("of many who want more than there is at once, as many get it as there is", async () => {
		const { order: o, intent, payment } = await paidOrder(client, lamp);
		const answers = await each(Array(12).fill(), () => client.send("POST", `/payments/${payment.id}/refund`, { body: { amount: 3000 }, fresh: true }), 12);
		assert.deepEqual(answers.map((a) => a.status).sort(), [...Array(3).fill(201), ...Array(9).fill(422)], answers.map((a) => a.raw).join("\n"));
		const after = await client.read(`/payments/${payment.id}`), shown = await client.read(`/orders/${o.id}`);
		assert.deepEqual([after.amount_refunded, shown.amount_refunded], [9000, 9000]);
		assert.deepEqual(didSandbox(intent), { refunded: 9000, refunds: 3 });
		assert.equal((await booked(client, `order_id=${o.id}`)).refunds, 9000);
	});

	test("a repeat under the same key gives back once", async () => {
		const intent = await pay(client), headers = { "Idempotency-Key": `again-${intent.id}` };
		const twins = await each(Array(6).fill(), () => client.send("POST", `/payments/${intent.payment_id}/refund`, { body: { amount: 100 }, headers, fresh: true }), 6);
		assert.equal(new Set(twins.filter((a) => a.status === 201).map((a) => a.body.id)).size, 1);
		assert.ok(twins.every((a) => [201, 409].includes(a.status)));
		assert.equal(status(await client.post(`/payments/${intent.payment_id}/refund`, { amount: 100 }, headers), 201).headers["idempotency-replayed"], "true");
		refused(await client.post(`/payments/${intent.payment_id}/refund`, { amount: 200 }, headers), 409);
		assert.deepEqual(didSandbox(intent), { refunded: 100, refunds: 1 });
		const dry = status(await client.post(`/payments/${intent.payment_id}/refund`, { amount: 100 }, { Prefer: "dry-run" }), 200);
		assert.equal(dry.headers["preference-applied"], "dry-run");
		assert.deepEqual([(await readPayment(intent)).amount_refunded, didSandbox(intent).refunds], [100, 1]);
	});

	test("what the gateway refuses is given back to the payment, the order and the books", async () => {
		const o = await order(client, [{ product_id: lamp.id, quantity: 200 }]), amount = Math.round(o.total * 100);
		const intent = await pay(client, { amount, order_id: o.id });
		const r = status(await refund(intent.payment_id, { amount: REFUSED }), 201).body;
		assert.deepEqual([r.status, r.amount, r.settles_at], ["failed", REFUSED, null]);
		assert.ok(r.failure);
		assert.deepEqual(traces(r.id).events.map((e) => e.type), ["refund.created", "refund.failed"]);
		const payment = await readPayment(intent), after = await client.read(`/orders/${o.id}`);
		assert.deepEqual([payment.amount_refunded, payment.status, after.amount_refunded, after.refund_status, after.payment_status], [0, "captured", 0, "none", "paid"]);
		const books = await booked(client, `order_id=${o.id}`);
		assert.deepEqual([books.refunds, books.sales], [0, -amount]);
		assert.equal(status(await refund(intent.payment_id), 201).body.amount, amount);
	});

	test("a gateway that does not answer leaves it pending, and is asked again", async () => {
		for (const [amount, name] of [[SILENT, "after"], [LOST, "before"]]) {
			const intent = await pay(client, { amount: 2_000_000 });
			const r = status(await refund(intent.payment_id, { amount }), 201).body;
			assert.deepEqual([r.status, r.settles_at], ["pending", null], name);
			assert.equal((await readPayment(intent)).amount_refunded, amount);
			assert.equal(didSandbox(intent).refunds, name === "after" ? 1 : 0);
			rows(`UPDATE gateway_calls SET next_at = created_at, created_at = created_at - INTERVAL 1 MINUTE WHERE refund_id = ${number(r.id)}`);
			settle("--tenant", tenant.id);
			const later = await client.read(`/payments/refunds/${r.id}`);
			assert.deepEqual([later.status, didSandbox(intent)], ["pending", { refunded: amount, refunds: 1 }]);
			assert.ok(later.settles_at && later.gateway_reference);
		}
	});

	test("the money arrives by the clock, after five to ten business days", async () => {
		const intent = await pay(client), r = status(await refund(intent.payment_id), 201).body;
		const days = (Date.parse(r.settles_at) - Date.parse(r.created_at)) / day;
		assert.ok(days >= 5 && days <= 9, `${days}`);
		assert.ok(![0, 6].includes(new Date(r.settles_at).getUTCDay()));
		assert.equal(settle("--tenant", tenant.id, "--only", "refunds").refunds, 0);
		rows(`UPDATE refunds SET settles_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE id = ${number(r.id)}`);
		assert.equal(settle("--tenant", tenant.id, "--only", "refunds", "--dry-run").refunds, 1);
		assert.equal((await client.read(`/payments/refunds/${r.id}`)).status, "pending");
		assert.equal(settle("--tenant", tenant.id, "--only", "refunds").refunds, 1);
		const done = await client.read(`/payments/refunds/${r.id}`);
		assert.equal(done.status, "succeeded");
		assert.ok(done.settled_at);
		assert.equal(traces(r.id).events.at(-1).type, "refund.succeeded");
		assert.equal(settle("--tenant", tenant.id, "--only", "refunds").refunds, 0);
	});

	test("the commission goes back in parts that add up to all of it", async () => {
		const intent = await pay(client, { amount: 9999, application_fee_amount: 1000 });
		const parts = [];
		for (const amount of [3333, 1, 3333, 3332])
			parts.push(status(await refund(intent.payment_id, { amount, refund_application_fee: true }), 201).body.application_fee_refunded_amount);
		assert.equal(parts.reduce((a, b) => a + b), 1000, parts.join(" "));
		assert.ok(parts.every((part) => part >= 0 && part <= 334));
		const books = await booked(client, "kind=refund");
		assert.equal((await readPayment(intent)).application_fee_refunded_amount, 1000);
		assert.ok(books.application_fees >= 1000);
		const kept = await pay(client, { amount: 9999, application_fee_amount: 1000 });
		assert.equal(status(await refund(kept.payment_id), 201).body.application_fee_refunded_amount, 0);
		assert.equal((await readPayment(kept)).application_fee_refunded_amount, 0);
	});

	test("cancelling an order gives back what was captured, and gives free what is only held", async () => {
		const { order: o, intent } = await paidOrder(client, lamp);
		const ended = status(await client.post(`/orders/${o.id}/cancel`, { reason: "customer_request", refund: true }), 200).body;
		assert.deepEqual([ended.status, ended.payment_status, ended.refund_status, ended.amount_refunded], ["cancelled", "refunded", "full", 9998]);
		const [r] = (await client.read(`/payments/refunds?order_id=${o.id}`)).data;
		assert.deepEqual([r.amount, r.reason, r.status, r.payment_id], [9998, "cancelled", "pending", intent.payment_id]);
		assert.ok(r.settles_at, "the gateway was asked at once");
		assert.deepEqual(didSandbox(intent), { refunded: 9998, refunds: 1 });
		assert.deepEqual(traces(o.id).events.map((e) => e.type).sort(), ["order.cancelled", "order.created", "order.refunded", "order.updated"]);
		refused(await client.post(`/orders/${o.id}/cancel`, { refund: true }), 409);
		for (const refund of [true, false]) {
			const open = await order(client, [{ product_id: lamp.id, quantity: 1 }]);
			const held = await pay(client, { amount: 4999, order_id: open.id, capture: false });
			assert.equal(status(await client.post(`/orders/${open.id}/cancel`, { refund }), 200).body.amount_refunded, 0);
			assert.deepEqual([(await client.read(`/payments/intents/${held.id}`)).status, (await readPayment(held)).status], ["canceled", "canceled"]);
			refused(await client.post(`/payments/intents/${held.id}/capture`), 409);
		}
		const stays = await paidOrder(client, lamp);
		const without = status(await client.post(`/orders/${stays.order.id}/cancel`), 200).body;
		assert.deepEqual([without.amount_refunded, without.payment_status], [0, "paid"]);
		assert.equal(status(await refund(stays.payment), 201).body.amount, 9998, "later is early enough");
	});

	test("cancelled and refunded at once, it goes back once", async () => {
		const { order: o, intent, payment } = await paidOrder(client, lamp);
		const answers = await each([0, 1, 2, 3, 4, 5], (i) => client.send("POST", i % 2 ? `/orders/${o.id}/cancel` : `/payments/${payment.id}/refund`, { body: i % 2 ? { refund: true } : {}, fresh: true }), 6);
		assert.equal(answers.filter((a, i) => i % 2 && a.status === 200).length, 1, answers.map((a) => a.raw).join("\n"));
		assert.ok(answers.every((a) => [200, 201, 409].includes(a.status)), answers.map((a) => a.raw).join("\n"));
		assert.equal(didSandbox(intent).refunded, 9998);
		const after = await client.read(`/orders/${o.id}`);
		assert.deepEqual([after.amount_refunded, after.payment_status, (await client.read(`/payments/${payment.id}`)).amount_refunded], [9998, "refunded", 9998]);
	});

	test("a return pays back through the payments of its order, and counts once", async () => {
		const { order: o, intent } = await paidOrder(client, lamp, 3);
		for (const step of ["processing", "shipped", "delivered"])
			status(await client.patch(`/orders/${o.id}/status`, { status: step }), 200);
		const r = status(await client.post("/returns", { order_id: o.id, items: [{ order_item_id: o.items[0].id, quantity: 2 }] }), 201).body;
		for (const step of ["approve", "receive"])
			status(await client.post(`/returns/${r.id}/${step}`), 200);
		assert.equal(status(await client.post(`/returns/${r.id}/refund`), 200).body.amount_refunded, 9998);
		const [back] = (await client.read(`/payments/refunds?order_id=${o.id}`)).data;
		assert.deepEqual([back.amount, back.reason, back.object_name, back.object_id], [9998, "return", "return", r.id]);
		assert.ok(back.settles_at);
		const after = await client.read(`/orders/${o.id}`);
		assert.deepEqual([after.amount_refunded, after.refund_status, after.payment_status], [9998, "partial", "paid"]);
		assert.deepEqual(didSandbox(intent), { refunded: 9998, refunds: 1 });
		assert.equal((await booked(client, `order_id=${o.id}`)).refunds, 9998);
		refused(await refund(intent.id, { amount: 5000 }), 422, ["amount:too_large"]);
		assert.equal(status(await refund(intent.id), 201).body.amount, 4999);
	});

	test("what the gateway refuses of a return is told, and goes back by another refund", async () => {
		const { order: o, intent } = await paidOrder(client, lamp, 200);
		for (const step of ["processing", "shipped", "delivered"])
			status(await client.patch(`/orders/${o.id}/status`, { status: step }), 200);
		const r = status(await client.post("/returns", { order_id: o.id, items: [{ order_item_id: o.items[0].id, quantity: 200 }] }), 201).body;
		for (const step of ["approve", "receive"])
			status(await client.post(`/returns/${r.id}/${step}`), 200);
		assert.equal(status(await client.post(`/returns/${r.id}/refund`, { amount: REFUSED }), 200).body.status, "refunded");
		const [back] = (await client.read(`/payments/refunds?order_id=${o.id}`)).data, after = await client.read(`/orders/${o.id}`);
		assert.deepEqual([back.status, back.object_id, after.amount_refunded, after.refund_status], ["failed", r.id, 0, "none"]);
		assert.ok(JSON.stringify((await client.read(`/orders/${o.id}/timeline`)).data).includes("refund_failed"));
		assert.equal(status(await refund(intent.id), 201).body.amount, 999800);
		assert.equal((await client.read(`/orders/${o.id}`)).payment_status, "refunded");
	});

	test("what was not paid through us goes back by hand", async () => {
		const o = await order(client, [{ product_id: lamp.id, quantity: 2 }]);
		paid(o);
		assert.equal(status(await client.post(`/orders/${o.id}/cancel`, { refund: true }), 200).body.amount_refunded, 9998);
		const [r] = (await client.read(`/payments/refunds?status=manual&order_id=${o.id}`)).data;
		assert.deepEqual([r.payment_id, r.amount, r.reason, r.gateway_reference], [null, 9998, "cancelled", null]);
		refused(await client.post(`/payments/refunds/${r.id}/settle`, { reference: "" }), 422, ["reference"]);
		refused(await client.post(`/payments/refunds/${r.id}/settle`, { reference: "ü" }), 422, ["reference:pattern"]);
		const ends = await each(Array(4).fill(), () => client.send("POST", `/payments/refunds/${r.id}/settle`, { body: { reference: "Transfer 7" }, fresh: true }), 4);
		assert.deepEqual(ends.map((a) => a.status).sort(), [200, 409, 409, 409]);
		const done = await client.read(`/payments/refunds/${r.id}`);
		assert.deepEqual([done.status, done.gateway_reference], ["succeeded", "Transfer 7"]);
		const intent = await pay(client), other = status(await refund(intent.payment_id), 201).body;
		refused(await client.post(`/payments/refunds/${other.id}/settle`), 409, [], "transition");
	});

	test("an order that was paid by hand and by a card goes back by both", async () => {
		const o = await order(client, [{ product_id: lamp.id, quantity: 2 }]);
		const intent = await pay(client, { amount: 4000, order_id: o.id });
		assert.deepEqual([(await client.read(`/orders/${o.id}`)).payment_status, (await client.read(`/orders/${o.id}`)).amount_paid], ["pending", 4000]);
		rows(`UPDATE orders SET payment_status = 'paid', amount_paid = total WHERE id = ${number(o.id)}`);
		status(await client.post(`/orders/${o.id}/cancel`, { refund: true }), 200);
		const all = (await client.read(`/payments/refunds?order_id=${o.id}`)).data.map((r) => [r.amount, r.status, r.payment_id]);
		assert.deepEqual(all.sort((a, b) => a[0] - b[0]), [[4000, "pending", intent.payment_id], [5998, "manual", null]]);
	});
});
