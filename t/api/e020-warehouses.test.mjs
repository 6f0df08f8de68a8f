// Warehouses: found by code, one for each; gone only when they are empty.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, product, refused, status } from "./souk.mjs";

let s;
let made = 0;

const warehouse = (more = {}) => ({ name: "Hall", code: `hall-${++made}`, ...more });

before(async () => {
	s = (await makeTenant()).live;
});

test("a warehouse is shown as it was given, and found by its code", async () => {
	const address = { line1: "1 Dock Rd", city: "Oakland", state: "CA", zip: "94601", country: "us" };
	const w = await s.make("/warehouses", warehouse({ code: "west-coast", type: "store", priority: 3, address }));
	assert.deepEqual([w.object, w.code, w.type, w.priority, w.active, w.address.country], ["warehouse", "west-coast", "store", 3, true, "US"]);
	assert.deepEqual(await s.read("/warehouses/west-coast"), w);
	const bare = await s.make("/warehouses", { name: "Bare", code: "bare" });
	assert.deepEqual([bare.type, bare.priority, bare.active, bare.address], ["own", 100, true, null]);
});

test("bad warehouses are refused", async () => {
	await s.make("/warehouses", warehouse({ code: "taken" }));
	refused(await s.post("/warehouses", warehouse({ code: "taken" })), 409, ["code:taken"]);
	refused(await s.post("/warehouses", { name: "Nowhere" }), 422, ["code:required"]);
	for (const code of ["wh_001", "a b", "-a", "a--b", "", "é"])
		refused(await s.post("/warehouses", warehouse({ code })), 422, ["code"]);
	refused(await s.post("/warehouses", warehouse({ type: "rented" })), 422, ["type:not_a_choice"]);
	refused(await s.post("/warehouses", warehouse({ priority: -1 })), 422, ["priority:too_small"]);
	refused(await s.post("/warehouses", warehouse({ address: { line1: "x", city: "y", country: "ZZ" } })), 422, ["address.country:unknown"]);
});

test("a warehouse that holds stock can't be archived, and one that is archived takes none", async () => {
	const w = await s.make("/warehouses", warehouse()), p = await s.make("/products", product());
	const move = (quantity) => s.post(`/inventory/${p.id}/adjust`, { quantity, reason: "correction", location: w.id });
	status(await move(2), 201);
	refused(await s.delete(`/warehouses/${w.id}`), 409, [], "has_stock");
	status(await move(-2), 201);
	status(await s.delete(`/warehouses/${w.id}`), 204);
	refused(await move(1), 422, ["warehouse_id:unknown"]);
	refused(await s.get(`/warehouses/${w.id}`), 404);
	await s.make("/warehouses", { name: "Again", code: w.code });
});

test("what lies in a warehouse that is not active is not available", async () => {
	const w = await s.make("/warehouses", warehouse()), p = await s.make("/products", product());
	status(await s.post(`/inventory/${p.id}/adjust`, { quantity: 5, reason: "received", location: w.id }), 201);
	status(await s.patch(`/warehouses/${w.id}`, { active: false }), 200);
	const shown = await s.read(`/inventory/${p.id}`);
	assert.deepEqual([shown.total_available, shown.total_on_hand, shown.locations[0].available], [0, 5, 0]);
});
