// The way of a shipment: told in any order, more than once, by many; the status is what all of it comes to.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { each } from "./conformance.mjs";
import { address, openShop, order } from "./orders.mjs";
import { makeTenant, refused, status, traces } from "./souk.mjs";

const day = (n, hour = 12) => `2026-03-${String(n).padStart(2, "0")}T${String(hour).padStart(2, "0")}:00:00Z`;

describe("tracking", { concurrency: 4 }, () => {
	let client, lamp;

	before(async () => {
		({ client, lamp } = await openShop({ mode: "sandbox" }));
	});

	async function sent() {
		const o = await order(client, [{ product_id: lamp.id, quantity: 1 }], { shipping_address: address });
		return status(await client.post("/shipments", { order_id: o.id, carrier: "ups", service: "2day" }), 201).body;
	}
	const tell = (s, event) => client.post(`/shipments/${s.id}/events`, event);
	const way = async (s) => (await client.read(`/shipments/${s.id}/track`)).data;
	const types = (s) => traces(s.id).events.map((row) => row.type);

	const life = [
		{ status: "label_created", timestamp: day(1), description: "Label created" },
		{ status: "in_transit", timestamp: day(2), location: "Memphis, TN, US", description: "Departed" },
		{ status: "exception", timestamp: day(3), description: "Weather" },
		{ status: "in_transit", timestamp: day(4), location: "Newark, NJ, US" },
		{ status: "out_for_delivery", timestamp: day(5) },
		{ status: "delivered", timestamp: day(5, 15), location: "New York, NY, US", description: "Front door" },
	];

	test("each step is told, and shown the last first", async () => {
		const s = await sent();
		const seen = [];
		for (const event of life)
			seen.push(status(await tell(s, event), 201).body.status);
		assert.deepEqual(seen, ["label_created", "in_transit", "exception", "in_transit", "out_for_delivery", "delivered"]);
		const after = await client.read(`/shipments/${s.id}`);
		assert.deepEqual([after.shipped_at, after.delivered_at, after.events_count], [day(2), day(5, 15), 6]);
		assert.deepEqual(await way(s), [...life].reverse().map((event) => ({ timestamp: event.timestamp, status: event.status, location: event.location ?? null, description: event.description ?? null })));
		assert.deepEqual(types(s), ["shipment.created", "shipment.updated", "shipment.in_transit", "shipment.exception", "shipment.in_transit", "shipment.out_for_delivery", "shipment.delivered"]);
		assert.equal((await client.read(`/orders/${s.order_id}`)).status, "delivered");
	});

	test("whatever the order in which it is told, it ends the same", async () => {
		const end = async (s) => {
			const { status: state, shipped_at, delivered_at, events_count } = await client.read(`/shipments/${s.id}`);
			return [state, shipped_at, delivered_at, events_count, await way(s)];
		};
		const wanted = await sent();
		for (const event of life)
			status(await tell(wanted, event), 201);
		for (const turn of [[5, 4, 3, 2, 1, 0], [2, 5, 1, 0, 4, 3], [1, 0, 5, 3, 2, 4]]) {
			const s = await sent();
			for (const i of turn)
				status(await tell(s, life[i]), 201);
			assert.deepEqual(await end(s), await end(wanted));
			assert.equal(types(s).filter((type) => type === "shipment.delivered").length, 1);
		}
		const s = await sent();
		await each([...life, ...life], (event) => client.send("POST", `/shipments/${s.id}/events`, { body: event, fresh: true }), 6);
		assert.deepEqual(await end(s), await end(wanted));
	});

	test("what was told already is passed over", async () => {
		const s = await sent(), scan = { status: "in_transit", timestamp: day(2), event_id: "scan-1" };
		const first = status(await tell(s, scan), 201).body;
		assert.equal(status(await tell(s, scan), 201).body.version, first.version);
		assert.equal(status(await tell(s, { ...scan, timestamp: day(3) }), 201).body.version, first.version, "the teller's id says that it is the same");
		assert.equal(status(await tell(s, { ...scan, event_id: "scan-2" }), 201).body.events_count, 2);
		assert.equal(status(await tell(s, { status: "in_transit", timestamp: day(2) }), 201).body.events_count, 3);
		assert.equal(status(await tell(s, { status: "in_transit", timestamp: day(2) }), 201).body.events_count, 3);
	});

	test("what is older moves nothing back", async () => {
		const s = await sent();
		assert.equal(status(await tell(s, { status: "out_for_delivery", timestamp: day(5) }), 201).body.status, "out_for_delivery");
		const older = status(await tell(s, { status: "in_transit", timestamp: day(2) }), 201).body;
		assert.deepEqual([older.status, older.shipped_at], ["out_for_delivery", day(2)]);
		assert.equal(status(await tell(s, { status: "exception", timestamp: day(3) }), 201).body.status, "out_for_delivery", "it is over");
		assert.equal(status(await tell(s, { status: "in_transit", timestamp: day(6) }), 201).body.status, "out_for_delivery", "the second try");
		assert.equal(status(await tell(s, { status: "returned", timestamp: day(9) }), 201).body.status, "returned");
		assert.equal(status(await tell(s, { status: "in_transit", timestamp: day(10) }), 201).body.status, "returned");
	});

	test("what has moved cannot be voided, and what is void does not move", async () => {
		const s = await sent(), other = await sent();
		status(await tell(s, { status: "in_transit" }), 201);
		refused(await client.post(`/shipments/${s.id}/void`), 409, ["status:transition"]);
		refused(await client.delete(`/shipments/${s.id}`), 409, ["status:transition"]);
		status(await client.post(`/shipments/${other.id}/void`), 200);
		refused(await tell(other, { status: "in_transit" }), 409, []);
		assert.deepEqual(await way(other), []);
	});

	test("carrier and shop may say at once that it has arrived", async () => {
		for (let round = 0; round < 4; round++) {
			const o = await order(client, [{ product_id: lamp.id, quantity: 3 }], { shipping_address: address });
			const all = [];
			for (let i = 0; i < 3; i++)
				all.push(status(await client.post("/shipments", { order_id: o.id, carrier: "ups", service: "2day", items: [{ order_item_id: o.items[0].id, quantity: 1 }] }), 201).body);
			const asks = [...all.map((s) => ["POST", `/shipments/${s.id}/events`, { status: "delivered", event_id: "door" }]), ["PATCH", `/orders/${o.id}/status`, { status: "delivered" }]];
			const answers = await Promise.all(asks.map(([verb, path, body]) => client.send(verb, path, { body, fresh: true })));
			for (const [i, answer] of answers.entries())
				assert.ok([200, 201, 409].includes(answer.status), `${asks[i][1]}: ${answer.raw}`);
			assert.equal((await client.read(`/orders/${o.id}`)).status, "delivered");
			for (const s of all)
				assert.deepEqual([(await client.read(`/shipments/${s.id}`)).status, types(s).filter((type) => type === "shipment.delivered").length], ["delivered", 1]);
		}
	});

	test("the last two shipments of an order arrive at once", async () => {
		for (let round = 0; round < 12; round++) {
			const o = await order(client, [{ product_id: lamp.id, quantity: 2 }], { shipping_address: address });
			const all = [];
			for (let i = 0; i < 2; i++)
				all.push(status(await client.post("/shipments", { order_id: o.id, carrier: "ups", service: "2day", items: [{ order_item_id: o.items[0].id, quantity: 1 }] }), 201).body);
			await Promise.all(all.map(async (s) => status(await tell(s, { status: "delivered", event_id: "door" }), 201)));
			assert.equal((await client.read(`/orders/${o.id}`)).status, "delivered");
		}
	});

	test("a body that says nothing that can be is refused", async () => {
		const s = await sent(), foreign = await makeTenant();
		const soon = new Date(Date.now() + 3 * 86400000).toISOString();
		for (const [event, ...details] of [
			[{}, "status:required"],
			[{ status: "voided" }, "status:not_a_choice"],
			[{ status: "pending" }, "status:not_a_choice"],
			[{ status: "in_transit", timestamp: "yesterday" }, "timestamp:not_a_time"],
			[{ status: "in_transit", timestamp: soon }, "timestamp:too_large"],
			[{ status: "in_transit", location: "x".repeat(256) }, "location:too_long"],
			[{ status: "in_transit", where: "here" }, "where:unknown_field"],
		])
			refused(await tell(s, event), 422, details);
		assert.equal((await foreign.live.post(`/shipments/${s.id}/events`, { status: "in_transit" })).status, 404);
		assert.equal((await foreign.live.get(`/shipments/${s.id}/track`)).status, 404);
		assert.equal((await client.get("/shipments/shp_zzz/track")).status, 404);
		assert.deepEqual([await way(s), (await client.read(`/shipments/${s.id}`)).version], [[], 1]);
	});
});
