// What is sent of an order: in parts, by many at once, never more than was bought, and taken back as long as it is here.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { each } from "./conformance.mjs";
import { address, openShop, order, stock, stocks } from "./orders.mjs";
import { ctl, makeTenant, number, product, refused, rows, status, traces } from "./souk.mjs";

const fedex = { carrier: "fedex", service: "ground" };
const line = (o, quantity, i = 0) => ({ order_item_id: o.items[i].id, ...(quantity ? { quantity } : {}) });

describe("shipments", { concurrency: 4 }, () => {
	let shop, client, lamp, counted;

	before(async () => {
		shop = await openShop({ mode: "sandbox" });
		({ client, lamp } = shop);
		counted = await client.make("/products", product({ sku: "DESK", price: 200, status: "active", weight: 1.25, weight_unit: "kg" }));
		await stock(client, counted.id, 1000);
	});

	// Stock, holds, lines and shipments must tell the same, whatever happened.
	after(() => ctl("verify", "--tenant", shop.tenant.id));

	const take = (items, more = {}) => order(client, items, { shipping_address: address, ...more });
	const send = (o, more = {}) => client.post("/shipments", { order_id: o.id, ...fedex, ...more });
	const again = (o) => client.read(`/orders/${o.id}`);
	const state = (o) => [o.status, o.fulfillment_status, ...o.items.map((item) => item.quantity_fulfilled)];

	test("a shipment of all that is open ships the order", async () => {
		const o = await take([{ product_id: lamp.id, quantity: 2 }, { product_id: counted.id, quantity: 3 }]);
		const answer = status(await send(o, { insurance_value: 500, signature_required: true }), 201), s = answer.body;
		assert.deepEqual([s.status, s.carrier, s.service, s.order_id, s.insurance_value, s.signature_required], ["label_created", "fedex", "ground", o.id, 500, true]);
		assert.equal(answer.headers.location, `/v2/shipments/${s.id}`);
		assert.deepEqual(s.items.map((item) => [item.order_item_id, item.sku, item.quantity]), [[o.items[0].id, "LAMP", 2], [o.items[1].id, "DESK", 3]]);
		assert.deepEqual(s.packages.map((one) => [one.weight, one.weight_unit]), [[3.75, "kg"]]);
		assert.equal(s.ship_to.line1, address.line1);
		assert.match(s.tracking_number, /^9\d{17}$/);
		assert.equal(s.label_url, `/v2/shipments/${s.id}/label`);
		assert.deepEqual(await client.read(`/shipments/${s.id}`), s);
		const after = await again(o);
		assert.deepEqual(state(after), ["shipped", "fulfilled", 2, 3]);
		const { audit, events } = traces(s.id);
		assert.deepEqual([audit.map((row) => row.action), events.map((row) => row.type)], [["shipment.created"], ["shipment.created"]]);
		assert.deepEqual(traces(o.id).events.map((row) => row.type).filter((type) => type === "order.fulfilled"), ["order.fulfilled"]);
		const [told] = (await client.read(`/orders/${o.id}/timeline`)).data.filter((entry) => entry.kind === "fulfilled");
		assert.deepEqual([told.object_id, told.old_status, told.new_status, told.note], [s.id, "pending", "shipped", `fedex ground ${s.tracking_number}`]);
		assert.deepEqual((await client.read(`/orders/${o.id}/shipments`)).data.map((one) => one.id), [s.id]);
	});

	test("an order goes in parts, and the last one ships it", async () => {
		const o = await take([{ product_id: counted.id, quantity: 5 }, { product_id: lamp.id, quantity: 1 }]);
		const [before_] = stocks(counted.id);
		status(await send(o, { items: [line(o, 2)] }), 201);
		assert.deepEqual(state(await again(o)), ["processing", "partial", 2, 0]);
		const rest = status(await send(o), 201).body;
		assert.deepEqual(rest.items.map((item) => item.quantity), [3, 1]);
		assert.deepEqual(state(await again(o)), ["shipped", "fulfilled", 5, 1]);
		refused(await send(o), 409, []);
		assert.ok(before_.on_hand > 0);
		assert.deepEqual(rows(`SELECT JSON_OBJECT('n', COUNT(*)) FROM holds WHERE order_id = ${number(o.id)}`), [{ n: 0 }]);
	});

	test("what did not leave is voided: lines and stock are as they were", async () => {
		const p = await client.make("/products", product({ sku: "VASE", price: 10, status: "active" }));
		await stock(client, p.id, 10);
		const o = await take([{ product_id: p.id, quantity: 4 }]);
		assert.deepEqual(stocks(p.id), [{ on_hand: 10, reserved: 4 }]);
		const s = status(await send(o, { items: [line(o, 3)] }), 201).body;
		assert.deepEqual(stocks(p.id), [{ on_hand: 7, reserved: 1 }]);
		const other = status(await send(o), 201).body;
		assert.deepEqual(state(await again(o)), ["shipped", "fulfilled", 4]);
		const voided = status(await client.post(`/shipments/${s.id}/void`), 200).body;
		assert.deepEqual([voided.status, Boolean(voided.voided_at)], ["voided", true]);
		assert.deepEqual(stocks(p.id), [{ on_hand: 9, reserved: 3 }]);
		assert.deepEqual(state(await again(o)), ["processing", "partial", 1]);
		refused(await client.post(`/shipments/${s.id}/void`), 409, ["status:transition"]);
		status(await client.delete(`/shipments/${other.id}`), 204);
		assert.equal((await client.read(`/shipments/${other.id}`)).status, "voided");
		assert.deepEqual(state(await again(o)), ["processing", "unfulfilled", 0]);
		assert.deepEqual(stocks(p.id), [{ on_hand: 10, reserved: 4 }]);
		status(await send(o), 201);
		assert.deepEqual(state(await again(o)), ["shipped", "fulfilled", 4]);
		assert.deepEqual(stocks(p.id), [{ on_hand: 6, reserved: 0 }]);
	});

	test("two that send the last unit at once never send it twice", async () => {
		const o = await take([{ product_id: counted.id, quantity: 3 }]);
		const answers = await each(Array(8).fill(), () => client.send("POST", "/shipments", { body: { order_id: o.id, ...fedex, items: [line(o, 2)] }, fresh: true }), 8);
		assert.deepEqual(answers.map((one) => one.status).sort(), [201, ...Array(7).fill(422)]);
		assert.deepEqual(state(await again(o)), ["processing", "partial", 2]);
	});

	test("shipped by hand, a shipment says what of it was not in one", async () => {
		const o = await take([{ product_id: counted.id, quantity: 5 }]);
		const first = status(await send(o, { items: [line(o, 2)] }), 201).body;
		status(await client.patch(`/orders/${o.id}/status`, { status: "shipped" }), 200);
		assert.deepEqual(state(await again(o)), ["shipped", "fulfilled", 5]);
		const [{ id }, bought] = (await client.read(`/orders/${o.id}/shipments`)).data, hand = await client.read(`/shipments/${id}`);
		assert.equal(bought.id, first.id);
		assert.deepEqual([hand.carrier, hand.service, hand.status, hand.items[0].quantity, hand.label_url, Boolean(hand.shipped_at)], ["manual", null, "in_transit", 3, null, true]);
		assert.deepEqual(traces(hand.id).events.map((row) => row.type), ["shipment.created"]);
		status(await client.patch(`/orders/${o.id}/status`, { status: "delivered" }), 200);
		assert.deepEqual((await client.read(`/orders/${o.id}/shipments`)).data.map((one) => one.status), ["delivered", "delivered"]);
		assert.deepEqual(traces(first.id).events.map((row) => row.type), ["shipment.created", "shipment.delivered"]);
		assert.deepEqual(traces(o.id).events.filter((row) => row.type === "order.fulfilled").length, 1);
	});

	test("when the last one has arrived, so has the order", async () => {
		const o = await take([{ product_id: lamp.id, quantity: 2 }]);
		const [a, b] = [status(await send(o, { items: [line(o, 1)] }), 201).body, status(await send(o), 201).body];
		status(await client.post(`/shipments/${a.id}/events`, { status: "delivered" }), 201);
		assert.equal((await again(o)).status, "shipped");
		status(await client.post(`/shipments/${b.id}/events`, { status: "delivered" }), 201);
		assert.equal((await again(o)).status, "delivered");
	});

	test("a label that was made elsewhere is recorded by its number", async () => {
		const o = await take([{ product_id: lamp.id, quantity: 1 }]);
		const s = status(await client.post("/shipments", { order_id: o.id, carrier: "manual", tracking_number: "JD0002-77" }), 201).body;
		assert.deepEqual([s.status, s.tracking_number, s.label_url], ["label_created", "JD0002-77", null]);
		assert.equal(status(await client.patch(`/shipments/${s.id}`, { tracking_number: "JD0002-78" }), 200).body.tracking_number, "JD0002-78");
		const own = status(await send(await take([{ product_id: lamp.id, quantity: 1 }])), 201).body;
		refused(await client.patch(`/shipments/${own.id}`, { tracking_number: "JD0002-78" }), 422, ["tracking_number:create_only"]);
	});

	test("what cannot be sent is refused, and nothing moves", async () => {
		const o = await take([{ product_id: counted.id, quantity: 2 }, { product_id: lamp.id, quantity: 1 }]);
		const foreign = await take([{ product_id: lamp.id, quantity: 1 }]), level = stocks(counted.id);
		const other = await makeTenant(), bare = await order(client, [{ product_id: lamp.id, quantity: 1 }]);
		const box = { weight: 1, weight_unit: "lb" };
		for (const [more, ...details] of [
			[{ items: [] }, "items:required"],
			[{ items: [line(o, 3)] }, "items[0].quantity:too_large"],
			[{ items: [line(o, 0), line(o, 1)] }, "items[1].order_item_id:twice"],
			[{ items: [{ order_item_id: foreign.items[0].id }] }, "items[0].order_item_id:unknown"],
			[{ items: [{ order_item_id: o.items[0].id, quantity: 0 }] }, "items[0].quantity:too_small"],
			[{ items: [{}] }, "items[0].order_item_id:required"],
			[{ packages: [{ ...box, weight: 0 }] }, "packages[0].weight:too_small"],
			[{ packages: [box, { ...box, weight: -1 }] }, "packages[1].weight:too_small"],
			[{ packages: [{ ...box, weight_unit: "stone" }] }, "packages[0].weight_unit:not_a_choice"],
			[{ packages: [{ ...box, length: 3 }] }, "packages[0].width:required", "packages[0].height:required", "packages[0].dimension_unit:required"],
			[{ insurance_value: -1 }, "insurance_value:too_small"],
			[{ insurance_value: "1.005" }, "insurance_value:too_precise"],
			[{ carrier: "pigeon" }, "carrier:unknown"],
			[{ carrier: "No Such" }, "carrier:pattern"],
			[{ service: "teleport" }, "service:unknown"],
			[{ service: null }, "service:required"],
			[{ carrier: "ups", service: "overnight" }, "service:unknown"],
			[{ ship_to: { ...address, country: "XX" } }, "ship_to.country:unknown"],
			[{ ship_from: { ...address, city: null } }, "ship_from.city:required"],
			[{ carrier: "fedex", service: "international" }, "service:not_served"],
			[{ tracking_number: "a b" }, "tracking_number:pattern"],
			[{ order_id: "ord_zzz" }, "order_id:unknown"],
			[{ order_id: bare.id }, "ship_to:required"],
		]) {
			const answer = await send(o, more);
			assert.equal(answer.status, 422, JSON.stringify(more));
			refused(answer, 422, details);
		}
		refused(await other.live.post("/shipments", { order_id: o.id, ...fedex }), 422, ["carrier:unknown", "order_id:unknown"]);
		assert.deepEqual(state(await again(o)), ["pending", "unfulfilled", 0, 0]);
		assert.deepEqual(stocks(counted.id), level);
		status(await client.post(`/orders/${o.id}/cancel`), 200);
		assert.equal((await send(o)).status, 409);
		const sent = status(await send(foreign), 201).body;
		for (const answer of [await other.live.get(`/shipments/${sent.id}`), await other.live.post(`/shipments/${sent.id}/void`), await other.live.get(`/shipments/${sent.id}/track`)])
			assert.equal(answer.status, 404);
		refused(await client.post(`/orders/${foreign.id}/cancel`), 409, ["status:transition"]);
	});

	test("what was claimed back stays sent", async () => {
		const o = await take([{ product_id: lamp.id, quantity: 2 }]), s = status(await send(o), 201).body;
		status(await client.post("/returns", { order_id: o.id, items: [{ order_item_id: o.items[0].id, quantity: 1 }] }), 201);
		assert.equal((await client.post(`/shipments/${s.id}/void`)).status, 409);
		assert.equal((await client.read(`/shipments/${s.id}`)).status, "label_created");
		assert.deepEqual(state(await again(o)), ["shipped", "fulfilled", 2]);
	});
});
