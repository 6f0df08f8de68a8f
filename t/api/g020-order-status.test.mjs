// What becomes of an order: only the ways that there are, each with what it means for stock, money and timeline.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { address, counted, openShop, order, paid, stock, stocks, tenantOf } from "./orders.mjs";
import { number, product, refused, rows, status, traces } from "./souk.mjs";

const ways = {
	pending: ["processing", "cancelled"], processing: ["shipped", "cancelled"], shipped: ["delivered"], delivered: [], cancelled: [],
};
const path = { pending: [], processing: ["processing"], shipped: ["processing", "shipped"], delivered: ["processing", "shipped", "delivered"], cancelled: ["cancelled"] };

describe("status of orders", { concurrency: 4 }, () => {
	let shop, client, lamp, kept;

	before(async () => {
		shop = await openShop();
		({ client, lamp } = shop);
		kept = await client.make("/products", product({ sku: "KEPT-1", price: 20, status: "active" }));
		await stock(client, kept.id, 1000);
	});

	const line = (quantity = 1) => [{ product_id: lamp.id, quantity }];
	const set = (id, to, more = {}) => client.patch(`/orders/${id}/status`, { status: to, ...more });
	async function at(state, items = line()) {
		const { id } = await order(client, items);
		for (const to of path[state])
			status(await set(id, to), 200);
		return id;
	}

	for (const from of Object.keys(ways)) {
		for (const to of Object.keys(ways)) {
			test(`${from} → ${to} is ${ways[from].includes(to) ? "taken" : "409 and tells what would be"}`, async () => {
				const id = await at(from), was = await client.read(`/orders/${id}`), left = traces(id);
				const answer = await set(id, to);
				if (ways[from].includes(to)) {
					const o = status(answer, 200).body;
					assert.deepEqual([o.status, o.version], [to, was.version + 1]);
					assert.equal(traces(id).audit.length, left.audit.length + 1);
				} else {
					const { details: [detail] } = refused(answer, 409, ["status:transition"], "transition");
					assert.deepEqual(detail.allowed, ways[from]);
					assert.deepEqual(await client.read(`/orders/${id}`), was);
					assert.deepEqual(traces(id), left);
				}
			});
		}
	}

	test("a status that is none, or missing, is 422", async () => {
		const id = await at("pending");
		refused(await set(id, "paid"), 422, ["status:not_a_choice"]);
		refused(await client.patch(`/orders/${id}/status`, {}), 422, ["status:required"]);
		refused(await client.patch(`/orders/${id}/status`, { status: "processing", colour: 1 }), 422, ["colour:unknown_field"]);
		refused(await client.patch("/orders/ord_7zzzzzzzzzzzz/status", { status: "processing" }), 404);
	});

	test("shipped by hand, all that is open left the warehouse", async () => {
		const p = await client.make("/products", product({ sku: "SHIP-1", price: 20, status: "active" }));
		await stock(client, p.id, 10);
		const o = await order(client, [{ product_id: p.id, quantity: 3 }, { product_id: lamp.id, quantity: 2 }]);
		assert.deepEqual(stocks(p.id), [{ on_hand: 10, reserved: 3 }]);
		status(await set(o.id, "processing"), 200);
		assert.deepEqual(stocks(p.id), [{ on_hand: 10, reserved: 3 }]);
		const sent = status(await set(o.id, "shipped", { note: "by bike" }), 200).body;
		assert.deepEqual(stocks(p.id), [{ on_hand: 7, reserved: 0 }]);
		assert.deepEqual([sent.fulfillment_status, sent.items.map((item) => item.quantity_fulfilled)], ["fulfilled", [3, 2]]);
		assert.deepEqual(traces(o.id).events.map((e) => e.type).sort(), ["order.created", "order.fulfilled", "order.updated", "order.updated"]);
		assert.equal(status(await set(o.id, "delivered"), 200).body.status, "delivered");
		assert.deepEqual(stocks(p.id), [{ on_hand: 7, reserved: 0 }]);
		assert.equal(traces(o.id).events.filter((e) => e.type === "order.fulfilled").length, 1);
	});

	test("cancelling frees the stock and tells why, once", async () => {
		const p = await client.make("/products", product({ sku: "CANCEL-1", price: 20, status: "active" }));
		await stock(client, p.id, 5);
		const o = await order(client, [{ product_id: p.id, quantity: 5 }]);
		refused(await client.post("/orders", { items: [{ product_id: p.id, quantity: 1 }] }), 409, ["items[0].quantity:out_of_stock"], "out_of_stock");
		const done = status(await client.post(`/orders/${o.id}/cancel`, { reason: "customer_request", refund: true, note: "changed mind" }), 200).body;
		assert.deepEqual([done.status, done.cancel_reason, done.payment_status], ["cancelled", "customer_request", "pending"]);
		assert.ok(done.cancelled_at);
		assert.deepEqual(stocks(p.id), [{ on_hand: 5, reserved: 0 }]);
		assert.deepEqual(traces(o.id).events.map((e) => e.type), ["order.created", "order.cancelled"]);
		assert.deepEqual(traces(o.id).audit.map((a) => a.action), ["order.created", "order.cancelled"]);
		const { details: [detail] } = refused(await client.post(`/orders/${o.id}/cancel`), 409, ["status:transition"], "transition");
		assert.deepEqual(detail.allowed, []);
		assert.equal(rows(`SELECT id FROM refunds WHERE order_id = ${number(o.id)}`).length, 0, "nothing was paid");
		await order(client, [{ product_id: p.id, quantity: 5 }]);
	});

	test("what was paid is due to go back if that is asked for", async () => {
		for (const refund of [true, false, undefined]) {
			const o = await order(client, line(2));
			paid(o);
			const ended = status(await client.post(`/orders/${o.id}/cancel`, { refund }), 200).body;
			assert.deepEqual([ended.amount_paid, ended.amount_refunded, ended.payment_status], refund ? [9998, 9998, "refunded"] : [9998, 0, "paid"]);
			const due = (await client.read(`/payments/refunds?order_id=${o.id}`)).data.map((one) => [one.amount, one.currency, one.status, one.payment_id]);
			assert.deepEqual(due, refund ? [[9998, "USD", "manual", null]] : []);
			assert.deepEqual(traces(o.id).events.map((e) => e.type).filter((type) => type === "order.refunded").length, refund ? 1 : 0);
		}
	});

	test("a cancellation that is no such is refused and changes nothing", async () => {
		const id = await at("pending"), was = await client.read(`/orders/${id}`);
		refused(await client.post(`/orders/${id}/cancel`, { reason: "bored" }), 422, ["reason:not_a_choice"]);
		refused(await client.post(`/orders/${id}/cancel`, { refund: "yes" }), 422, ["refund:type"]);
		refused(await client.post(`/orders/${id}/cancel`, { note: "x".repeat(5001) }), 422, ["note:too_long"]);
		assert.deepEqual(await client.read(`/orders/${id}`), was);
	});

	test("the timeline tells what happened, the newest first", async () => {
		const { id } = await order(client, line());
		status(await set(id, "processing", { note: "Payment confirmed" }), 200);
		const note = status(await client.post(`/orders/${id}/notes`, { text: "Rings first", author: "Jo", visibility: "customer" }), 201);
		status(await client.put(`/orders/${id}`, { shipping_address: address, email: "new@example.com" }), 200);
		status(await client.post(`/orders/${id}/cancel`, { reason: "duplicate" }), 200);
		const { data } = await client.read(`/orders/${id}/timeline`);
		assert.deepEqual(data.map((x) => [x.kind, x.old_status, x.new_status, x.note, x.reason]), [
			["cancelled", "processing", "cancelled", null, "duplicate"], ["changed", null, null, "email, shipping_address", null], ["note", null, null, "Rings first", null],
			["status", "pending", "processing", "Payment confirmed", null], ["created", null, "pending", null, null],
		]);
		assert.ok(data.every((x) => x.order_id === id && x.object === "timeline_entry" && x.actor.startsWith("key_")));
		assert.deepEqual(data[2], note.body);
		assert.deepEqual([note.body.author, note.body.visibility], ["Jo", "customer"]);
		assert.deepEqual((await client.read(`/orders/${id}/timeline?kind=note`)).data, [note.body]);
		refused(await client.get("/orders/ord_7zzzzzzzzzzzz/timeline"), 404);
		const other = await openShop();
		refused(await other.client.get(`/orders/${id}/timeline`), 404);
	});

	test("a note has a text, and an order", async () => {
		const { id } = await order(client, line());
		refused(await client.post(`/orders/${id}/notes`, {}), 422, ["text:required"]);
		refused(await client.post(`/orders/${id}/notes`, { text: "" }), 422, ["text:too_short"]);
		refused(await client.post(`/orders/${id}/notes`, { text: "x".repeat(5001) }), 422, ["text:too_long"]);
		refused(await client.post(`/orders/${id}/notes`, { text: "x", visibility: "all" }), 422, ["visibility:not_a_choice"]);
		refused(await client.post("/orders/ord_7zzzzzzzzzzzz/notes", { text: "x" }), 404);
		const headers = { "idempotency-key": `note ${id}` };
		const [one, two] = [await client.post(`/orders/${id}/notes`, { text: "once" }, headers), await client.post(`/orders/${id}/notes`, { text: "once" }, headers)];
		assert.equal(status(one, 201).body.id, status(two, 201).body.id);
		assert.equal((await client.read(`/orders/${id}/timeline?kind=note`)).data.length, 1);
		assert.deepEqual(traces(id).events.map((e) => e.type).sort(), ["order.created", "order.noted"]);
	});

	test("what was bought cannot be changed, where it goes only until it is sent", async () => {
		const { id, items: [item] } = await order(client, line(2));
		for (const items of [[{ id: item.id, quantity: 3 }], [{ id: item.id, _delete: true }], [{ product_id: lamp.id, quantity: 1 }]])
			refused(await client.put(`/orders/${id}`, { items }), 422);
		status(await client.put(`/orders/${id}`, { shipping_address: { ...address, city: "Boston" }, metadata: { a: "1" } }), 200);
		for (const to of ["processing", "shipped"])
			status(await set(id, to), 200);
		refused(await client.put(`/orders/${id}`, { shipping_address: address }), 409, ["shipping_address:too_late"], "too_late");
		refused(await client.put(`/orders/${id}`, { shipping_method: "express" }), 409, ["shipping_method:too_late"]);
		const o = status(await client.put(`/orders/${id}`, { email: "late@example.com", metadata: { b: "2" } }), 200).body;
		assert.deepEqual([o.email, o.metadata, o.shipping_address.city], ["late@example.com", { a: "1", b: "2" }, "Boston"]);
		refused(await client.put(`/orders/${id}`, { customer_id: "cust_7zzzzzzzzzzzz" }), 422, ["customer_id:create_only"]);
		const read = status(await client.put(`/orders/${id}`, { status: "pending", total: 1, payment_status: "paid" }), 200).body;
		assert.deepEqual([read.status, read.total, read.payment_status], ["shipped", 99.98, "pending"], "what the server owns is ignored");
		refused(await client.delete(`/orders/${id}`), 405);
	});

	test("explain shows how the total came about, and its sums are the order's", async () => {
		const o = await order(client, [{ product_id: lamp.id, quantity: 3 }, { product_id: lamp.id, quantity: 1, price: 10 }], { shipping_method: "standard" });
		const x = await client.read(`/orders/${o.id}/explain`);
		assert.equal(x.object, undefined);
		assert.deepEqual([x.order_id, x.currency, x.subtotal, x.total], [o.id, "USD", 15997, 15997]);
		assert.deepEqual(x.lines.map((l) => l.steps.map((s) => [s.kind, s.amount, s.amount_after])), [[["list", 14997, 14997]], [["list", 4999, 4999], ["override", -3999, 1000]]]);
		assert.equal(x.lines.reduce((n, l) => n + l.total, x.shipping.total), x.total);
		for (const l of x.lines)
			assert.equal(l.steps.reduce((n, s) => n + s.amount, 0), l.total);
		assert.match(x.shipping.steps[0].text, /no carriers/);
		refused(await client.get("/orders/ord_7zzzzzzzzzzzz/explain"), 404);
	});
});
