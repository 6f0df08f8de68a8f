// What was sent can come back: claimed once, judged, taken in, and paid back to the unit.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { each } from "./conformance.mjs";
import { openShop, order, paid, shipped, stock, stocks } from "./orders.mjs";
import { number, product, refused, rows, status, statements, traces } from "./souk.mjs";

const line = (o, quantity, more = {}, i = 0) => ({ order_item_id: o.items[i].id, quantity, ...more });

describe("returns", { concurrency: 4 }, () => {
	let shop, client, lamp;

	before(async () => {
		shop = await openShop();
		({ client, lamp } = shop);
	});

	const delivered = (items, { by = client, pay = true } = {}) => shipped(by, items, { pay, to: "delivered" });
	const claim = (o, items, by = client) => by.post("/returns", { order_id: o.id, items });
	const act = (r, action, body, headers) => client.post(`/returns/${r.id}/${action}`, body, headers);

	// A return that went this way, each step with its body.
	async function gone(o, items, ...steps) {
		let r = status(await claim(o, items), 201).body;
		for (const [action, body] of steps)
			r = status(await act(r, action, body), 200).body;
		return r;
	}

	test("a return goes from request to refund, and the order says so", async () => {
		const o = await delivered([{ product_id: lamp.id, quantity: 3 }]);
		const answer = status(await claim(o, [line(o, 2, { reason: "damaged", note: "broken" })]), 201);
		const r = answer.body, [item] = r.items;
		assert.deepEqual([r.status, r.order_id, r.currency, r.amount, r.amount_refunded, r.email], ["requested", o.id, "USD", 9998, 0, o.email]);
		assert.deepEqual([item.sku, item.name, item.quantity, item.price, item.amount, item.disposition, item.reason], ["LAMP", "Lamp", 2, 49.99, 9998, null, "damaged"]);
		assert.equal(answer.headers.location, `/v2/returns/${r.id}`);
		assert.deepEqual(await client.read(`/returns/${r.id}`), r);
		console.log(`# ${statements(answer)} statements`);
		assert.ok(status(await act(r, "approve"), 200).body.approved_at);
		const received = status(await act(r, "receive", { disposition: "write_off" }), 200).body;
		assert.deepEqual([received.status, received.items[0].disposition], ["received", "write_off"]);
		assert.equal((await client.read(`/orders/${o.id}`)).items[0].quantity_returned, 2);
		const refunded = status(await act(r, "refund"), 200).body;
		assert.deepEqual([refunded.status, refunded.amount_refunded, refunded.version], ["refunded", 9998, 4]);
		const after = await client.read(`/orders/${o.id}`);
		assert.deepEqual([after.amount_refunded, after.refund_status, after.payment_status], [9998, "partial", "paid"]);
		assert.deepEqual(rows(`SELECT JSON_ARRAY(amount, currency, reason, status) FROM refunds WHERE order_id = ${number(o.id)}`), [[9998, "USD", "return", "manual"]]);
		const { audit, events } = traces(r.id), told = ["created", "approved", "received", "refunded"].map((one) => `return.${one}`);
		assert.deepEqual([audit.map((row) => row.action), events.map((row) => row.type)], [told, told]);
		const timeline = (await client.read(`/orders/${o.id}/timeline`)).data.filter((entry) => entry.kind === "return");
		assert.deepEqual(timeline.map((entry) => entry.object_id), Array(3).fill(r.id), "the refund is told as one");
	});

	test("what comes back in parts is paid back to the unit, in whatever order", async () => {
		const p = await client.make("/products", product({ sku: "THIRD", price: 0.33, status: "active" }));
		rows(`UPDATE products SET track_inventory = 0 WHERE id = ${number(p.id)}`);
		const o = await delivered([{ product_id: p.id, quantity: 7 }]), total = Math.round(o.items[0].total * 100);
		const [first, second] = [await gone(o, [line(o, 2)]), await gone(o, [line(o, 1)])];
		status(await act(first, "reject", { reason: "used" }), 200);
		const third = await gone(o, [line(o, 4)]), fourth = await gone(o, [line(o, 2)]);
		assert.equal(second.amount + third.amount + fourth.amount, total);
		for (const r of [second, third, fourth])
			for (const action of ["approve", "receive", "refund"])
				status(await act(r, action), 200);
		const after = await client.read(`/orders/${o.id}`);
		assert.deepEqual([after.amount_refunded, after.refund_status, after.payment_status, after.items[0].quantity_returned], [total, "full", "refunded", 7]);
	});

	test("of two who claim the last unit at once one gets it", async () => {
		const o = await delivered([{ product_id: lamp.id, quantity: 2 }]);
		status(await claim(o, [line(o, 1)]), 201);
		const answers = await each(Array(8).fill(), () => client.send("POST", "/returns", { body: { order_id: o.id, items: [line(o, 1)] }, fresh: true }), 8);
		assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, ...Array(7).fill(422)]);
		for (const answer of answers.filter((one) => one.status === 422))
			refused(answer, 422, ["items[0].quantity:too_large"]);
		assert.deepEqual(rows(`SELECT JSON_ARRAY(quantity_claimed, amount_claimed) FROM order_items WHERE id = ${number(o.items[0].id)}`), [[2, 9998]]);
	});

	test("two who do the same at once do it once", async () => {
		const o = await delivered([{ product_id: lamp.id, quantity: 4 }]);
		const r = await gone(o, [line(o, 3)], ["approve"]);
		for (const [action, counted] of [["receive", () => client.read(`/orders/${o.id}`).then((one) => one.items[0].quantity_returned)], ["refund", () => client.read(`/orders/${o.id}`).then((one) => one.amount_refunded)]]) {
			const answers = await each(Array(6).fill(), () => client.send("POST", `/returns/${r.id}/${action}`, { fresh: true }), 6);
			assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, ...Array(5).fill(409)], action);
			assert.equal(await counted(), action === "receive" ? 3 : 14997);
		}
		assert.equal(rows(`SELECT id FROM refunds WHERE order_id = ${number(o.id)}`).length, 1);
	});

	test("rejected or cancelled, its lines are free again, even under a race", async () => {
		const o = await delivered([{ product_id: lamp.id, quantity: 1 }]);
		const r = await gone(o, [line(o, 1)]);
		refused(await claim(o, [line(o, 1)]), 422, ["items[0].quantity:too_large"]);
		const rejected = status(await act(r, "reject", { reason: "The seal is broken" }), 200).body;
		assert.deepEqual([rejected.status, rejected.rejection], ["rejected", "The seal is broken"]);
		const again = await gone(o, [line(o, 1)], ["approve"]);
		const ends = await each(Array(6).fill(), () => client.send("POST", `/returns/${again.id}/cancel`, { fresh: true }), 6);
		assert.deepEqual(ends.map((answer) => answer.status).sort(), [200, ...Array(5).fill(409)]);
		assert.deepEqual(rows(`SELECT JSON_ARRAY(quantity_claimed, amount_claimed) FROM order_items WHERE id = ${number(o.items[0].id)}`), [[0, 0]]);
		status(await claim(o, [line(o, 1)]), 201);
	});

	test("what can be sold again is back in stock, what cannot is not", async () => {
		const p = await client.make("/products", product({ sku: "COUNTED", price: 5, status: "active" }));
		await stock(client, p.id, 10);
		const o = await delivered([{ product_id: p.id, quantity: 4 }, { product_id: p.id, quantity: 2 }]);
		assert.deepEqual(stocks(p.id), [{ on_hand: 4, reserved: 0 }]);
		const r = await gone(o, [line(o, 3), line(o, 2, {}, 1)], ["approve"]);
		const received = status(await act(r, "receive", { items: [{ id: r.items[1].id, disposition: "write_off" }] }), 200).body;
		assert.deepEqual(received.items.map((item) => item.disposition), ["restock", "write_off"]);
		assert.deepEqual(stocks(p.id), [{ on_hand: 7, reserved: 0 }]);
		const moved = rows(`SELECT JSON_ARRAY(reason, quantity) FROM movements WHERE product_id = ${number(p.id)} AND reason IN ('returned', 'damaged') ORDER BY id`);
		assert.equal(moved.filter(([reason]) => reason === "returned").reduce((sum, [, n]) => sum + n, 0), 5);
		assert.equal(moved.filter(([reason]) => reason === "damaged").reduce((sum, [, n]) => sum + n, 0), -2);
	});

	test("a step that does not follow is 409 and says which do", async () => {
		const o = await delivered([{ product_id: lamp.id, quantity: 9 }]);
		const at = {
			requested: [await gone(o, [line(o, 1)]), "approved,rejected,cancelled"],
			approved: [await gone(o, [line(o, 1)], ["approve"]), "received,cancelled"],
			received: [await gone(o, [line(o, 1)], ["approve"], ["receive"]), "refunded"],
			refunded: [await gone(o, [line(o, 1)], ["approve"], ["receive"], ["refund"]), ""],
			rejected: [await gone(o, [line(o, 1)], ["reject", { reason: "no" }]), ""],
			cancelled: [await gone(o, [line(o, 1)], ["cancel"]), ""],
		};
		const leads = { approve: "approved", reject: "rejected", cancel: "cancelled", receive: "received", refund: "refunded" };
		for (const [from, [r, allowed]] of Object.entries(at))
			for (const [action, to] of Object.entries(leads).filter(([, one]) => !allowed.split(",").includes(one))) {
				const [fault] = refused(await act(r, action, action === "reject" ? { reason: "no" } : undefined), 409, ["status:transition"]).details;
				assert.deepEqual(fault.allowed ?? [], allowed ? allowed.split(",") : [], `${from} → ${to}`);
				assert.equal((await client.read(`/returns/${r.id}`)).version, r.version);
			}
	});

	test("no more than was sent can be claimed, nor what is another's", async () => {
		const [o, open] = [await delivered([{ product_id: lamp.id, quantity: 2 }, { product_id: lamp.id, quantity: 1 }]), await order(client, [{ product_id: lamp.id, quantity: 2 }])];
		const other = await openShop(), theirs = await delivered([{ product_id: other.lamp.id, quantity: 1 }], { by: other.client });
		const before = rows(`SELECT COUNT(*) FROM returns WHERE order_id = ${number(o.id)}`);
		for (const [items, fault] of [
			[[line(o, 3)], "items[0].quantity:too_large"], [[line(o, 0)], "items[0].quantity:too_small"], [[line(o, -1)], "items[0].quantity:too_small"], [[line(o, 1.5)], "items[0].quantity:not_an_integer"],
			[[line(o, 1e12)], "items[0].quantity:too_large"], [[line(o, "1")], "items[0].quantity:type"], [[line(o, 1), line(o, 1)], "items[1].order_item_id:twice"],
			[[{ quantity: 1 }], "items[0].order_item_id:required"], [[], "items:required"], [[{ ...line(o, 1), order_item_id: theirs.items[0].id }], "items[0].order_item_id:unknown"],
			[[{ ...line(o, 1), order_item_id: open.items[0].id }], "items[0].order_item_id:unknown"], [[line(o, 1, { reason: "bored" })], "items[0].reason:not_a_choice"],
		])
			refused(await claim(o, items), 422, [fault]);
		refused(await claim(open, [line(open, 1)]), 422, ["items[0].quantity:too_large"]);
		refused(await claim(theirs, [line(theirs, 1)]), 422, ["order_id:unknown"]);
		refused(await client.post("/returns", { items: [line(o, 1)] }), 422, ["order_id:required"]);
		refused(await claim({ id: lamp.id }, [line(o, 1)]), 422, ["order_id:not_an_id"]);
		assert.deepEqual(rows(`SELECT COUNT(*) FROM returns WHERE order_id = ${number(o.id)}`), before);
		const r = status(await claim(o, [line(o, 2)]), 201).body;
		refused(await other.client.post(`/returns/${r.id}/approve`), 404);
		refused(await other.client.get(`/returns/${r.id}`), 404);
		refused(await client.patch(`/returns/${r.id}`, { items: [line(o, 1, {}, 1)] }), 422, ["items[0]:create_only"]);
		refused(await client.patch(`/returns/${r.id}`, { items: [{ id: r.items[0].id, _delete: true }] }), 422, ["items[0]:create_only"]);
		refused(await client.patch(`/returns/${r.id}`, { items: [{ id: r.items[0].id, quantity: 1 }] }), 422, ["items[0].quantity:create_only"]);
		assert.equal(status(await client.patch(`/returns/${r.id}`, { note: "Rings twice" }), 200).body.note, "Rings twice");
	});

	test("a refund is bounded by what was paid, and needs that something was", async () => {
		const o = await delivered([{ product_id: lamp.id, quantity: 2 }], { pay: false });
		const r = await gone(o, [line(o, 1)], ["approve"], ["receive"]);
		refused(await act(r, "refund"), 409, [], "not_paid");
		paid(o);
		refused(await act(r, "refund", { amount: 9999 }), 422, ["amount:too_large"]);
		for (const [amount, reason] of [[0, "too_small"], [-5, "too_small"], [1.5, "not_an_integer"], ["5", "type"]])
			refused(await act(r, "refund", { amount }), 422, [`amount:${reason}`]);
		assert.equal(status(await act(r, "refund", { amount: 1000 }), 200).body.amount_refunded, 1000);
		const after = await client.read(`/orders/${o.id}`);
		assert.deepEqual([after.amount_refunded, after.refund_status], [1000, "partial"]);
	});

	test("what is received names lines of the return, and a warehouse that is there", async () => {
		const o = await delivered([{ product_id: lamp.id, quantity: 2 }]), other = await gone(o, [line(o, 1)]);
		const r = await gone(o, [line(o, 1)], ["approve"]);
		refused(await act(r, "receive", { items: [{ id: other.items[0].id, disposition: "restock" }] }), 422, ["items[0].id:unknown"]);
		refused(await act(r, "receive", { items: [{ id: r.items[0].id, disposition: "new" }] }), 422, ["items[0].disposition:not_a_choice"]);
		refused(await act(r, "receive", { warehouse_id: "wh_7zzzzzzzzzzzz" }), 422, ["warehouse_id:unknown"]);
		assert.equal((await client.read(`/orders/${o.id}`)).items[0].quantity_returned, 0);
	});

	test("they are listed by order, customer, status and date", async () => {
		const own = await openShop(), by = own.client;
		const jane = await by.make("/customers", { email: "jane.returns@example.com" });
		const o = await shipped(by, [{ product_id: own.lamp.id, quantity: 4 }], { more: { customer_id: jane.id } });
		const first = status(await claim(o, [line(o, 1)], by), 201).body, second = status(await claim(o, [line(o, 2)], by), 201).body;
		status(await by.post(`/returns/${second.id}/approve`), 200);
		assert.deepEqual([first.customer_id, first.email], [jane.id, jane.email]);
		const ids = async (query) => (await by.read(`/returns?${query}`)).data.map((r) => r.id).sort();
		const both = [first.id, second.id].sort();
		assert.deepEqual(await ids(`order_id=${o.id}`), both);
		assert.deepEqual(await ids(`customer_id=${jane.id}`), both);
		assert.deepEqual(await ids("status=requested"), [first.id]);
		assert.deepEqual(await ids("status=approved&date_from=2020-01-01"), [second.id]);
		assert.deepEqual(await ids("date_to=2020-01-01"), []);
		refused(await by.get("/returns?status=lost"), 400, ["status:value"]);
	});

	test("the rate of returns is counted, of all and of one product", async () => {
		const own = await openShop(), by = own.client;
		const rate = (query = "") => by.read(`/returns/summary${query}`);
		assert.deepEqual(await rate(), { units_sold: 0, units_returned: 0, rate: null });
		const vase = await by.make("/products", product({ sku: "VASE", price: 2, status: "active" }));
		rows(`UPDATE products SET track_inventory = 0 WHERE id = ${number(vase.id)}`);
		const o = await shipped(by, [{ product_id: own.lamp.id, quantity: 2 }, { product_id: vase.id, quantity: 1 }]);
		status(await by.post(`/orders/${(await order(by, [{ product_id: vase.id, quantity: 5 }])).id}/cancel`, {}), 200);
		const r = status(await claim(o, [line(o, 1)], by), 201).body;
		assert.deepEqual(await rate(), { units_sold: 3, units_returned: 0, rate: "0.0000" });
		for (const action of ["approve", "receive"])
			status(await by.post(`/returns/${r.id}/${action}`), 200);
		assert.deepEqual(await rate(), { units_sold: 3, units_returned: 1, rate: "0.3333" });
		assert.deepEqual(await rate(`?product_id=${own.lamp.id}`), { units_sold: 2, units_returned: 1, rate: "0.5000" });
		assert.deepEqual(await rate(`?product_id=${vase.id}&date_from=2020-01-01`), { units_sold: 1, units_returned: 0, rate: "0.0000" });
		assert.deepEqual(await rate("?date_to=2020-01-01"), { units_sold: 0, units_returned: 0, rate: null });
		refused(await by.get("/returns/summary?date_from=soon&product_id=LAMP"), 400, ["date_from:not_a_time", "product_id:not_an_id"]);
	});
});
