// What is kept for orders and carts: promised once, shipped or given back, and of carts only for a time.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { before, test } from "node:test";
import { makeTenant, number, product, refused, rows, status } from "./souk.mjs";

let t, s, west, east;

before(async () => {
	t = await makeTenant();
	s = t.live;
	[west, east] = [await s.make("/warehouses", { name: "West", code: "west", priority: 1 }), await s.make("/warehouses", { name: "East", code: "east", priority: 2 })];
});

async function stocked(...places) {
	const p = await s.make("/products", product({ status: "active" }));
	for (const [location, quantity] of places)
		status(await s.post(`/inventory/${p.id}/adjust`, { quantity, reason: "received", location: location.id }), 201);
	return p;
}

const buy = (...lines) => s.post("/orders", { email: "jane@example.com", items: lines.map(([p, quantity]) => ({ product_id: p.id, quantity })) });
const figures = async (p) => (await s.read(`/inventory/${p.id}`)).locations.map((l) => [l.available, l.reserved, l.on_hand]);

test("an order is served by the first warehouse that has enough alone, or else by several", async () => {
	const p = await stocked([west, 3], [east, 10]);
	status(await buy([p, 2]), 201);
	assert.deepEqual(await figures(p), [[1, 2, 3], [10, 0, 10]]);
	status(await buy([p, 4]), 201);
	assert.deepEqual(await figures(p), [[1, 2, 3], [6, 4, 10]]);
	status(await buy([p, 7]), 201);
	assert.deepEqual(await figures(p), [[0, 3, 3], [0, 10, 10]]);
	const moves = (await s.read(`/inventory/${p.id}/movements?reason=reserved&limit=2`)).data;
	assert.deepEqual(moves.map((m) => [m.quantity, m.reserved_change, m.source]).sort(), [[0, 1, "order"], [0, 6, "order"]]);
	assert.match(moves[0].source_id, /^ord_/);
	const e = refused(await buy([p, 1]), 409, ["items[0].quantity:out_of_stock"], "out_of_stock");
	assert.ok(e.details[0].message.includes(p.sku) && e.details[0].message.includes("0 available"));
});

test("all lines are served or none, and each that cannot be is named", async () => {
	const [p, q, r] = [await stocked([west, 5]), await stocked([west, 1]), await stocked()];
	refused(await buy([p, 5], [q, 2], [r, 1]), 409, ["items[1].quantity:out_of_stock", "items[2].quantity:out_of_stock"]);
	assert.deepEqual([await figures(p), await figures(q)], [[[5, 0, 5]], [[1, 0, 1]]]);
	refused(await buy([p, 3], [p, 3]), 409, ["items[1].quantity:out_of_stock"]);
	status(await buy([p, 3], [p, 2]), 201);
	assert.deepEqual(await figures(p), [[0, 5, 5]]);
});

test("a safety stock and a warehouse that is not active are promised to nobody", async () => {
	const p = await stocked([west, 5], [east, 5]);
	status(await s.put(`/inventory/${p.id}/safety`, { safety: 4, location: west.id }), 200);
	status(await s.patch(`/warehouses/${east.id}`, { active: false }), 200);
	refused(await buy([p, 2]), 409, ["items[0].quantity:out_of_stock"]);
	status(await buy([p, 1]), 201);
	status(await s.patch(`/warehouses/${east.id}`, { active: true }), 200);
	status(await buy([p, 5]), 201);
	assert.deepEqual(await figures(p), [[0, 1, 5], [0, 5, 5]]);
});

test("a cancelled order gives back, and what is reserved cannot be taken by hand", async () => {
	const p = await stocked([west, 4]), order = status(await buy([p, 3]), 201).body;
	refused(await s.post(`/inventory/${p.id}/adjust`, { quantity: -2, reason: "lost", location: west.id }), 409, ["quantity:out_of_stock"]);
	refused(await s.post(`/inventory/${p.id}/count`, { quantity: 2, location: west.id }), 409, ["quantity:out_of_stock"]);
	refused(await s.post("/inventory/transfers", { from: west.id, to: east.id, items: [{ product_id: p.id, quantity: 2 }] }), 409, ["items[0].quantity:out_of_stock"]);
	refused(await s.delete(`/warehouses/${west.id}`), 409, [], "has_stock");
	status(await s.post(`/orders/${order.id}/cancel`, { reason: "customer_request" }), 200);
	assert.deepEqual(await figures(p), [[4, 0, 4]]);
	const [back] = (await s.read(`/inventory/${p.id}/movements?reason=released`)).data;
	assert.deepEqual([back.reserved_change, back.quantity, back.source_id], [-3, 0, order.id]);
});

test("what a cart keeps is given back when its time is over", async () => {
	const p = await stocked([west, 9]), id = `(SELECT id FROM stocks WHERE product_id = ${number(p.id)})`;
	const hold = (n, quantity, minutes) => rows(`INSERT INTO holds (tenant_id, id, created_at, stock_id, product_id, quantity, cart_id, expires_at)
			SELECT tenant_id, ${n}, UTC_TIMESTAMP(3), id, product_id, ${quantity}, ${n}, UTC_TIMESTAMP(3) + INTERVAL ${minutes} MINUTE FROM stocks WHERE product_id = ${number(p.id)};
		UPDATE stocks SET reserved = reserved + ${quantity}, version = version + 1 WHERE product_id = ${number(p.id)};
		INSERT INTO movements (tenant_id, id, created_at, stock_id, sequence, product_id, warehouse_id, sku, reason, quantity, reserved_change, on_hand, reserved, actor)
			SELECT tenant_id, ${n}, UTC_TIMESTAMP(3), id, version, product_id, warehouse_id, sku, 'reserved', 0, ${quantity}, on_hand, reserved, 'test' FROM stocks WHERE product_id = ${number(p.id)}`);
	hold(1, 2, -1);
	hold(2, 3, -5);
	hold(3, 4, 60);
	assert.deepEqual(await figures(p), [[0, 9, 9]], id);
	const keep = (...more) => JSON.parse(spawnSync(join(dirname(process.env.SOUK_CTL), "souk-housekeep"), ["--tenant", t.id, "--only", "holds", "--json", ...more], { encoding: "utf8" }).stdout).tasks[0].rows;
	assert.equal(keep("--dry-run"), 2);
	assert.deepEqual(await figures(p), [[0, 9, 9]]);
	assert.equal(keep(), 2);
	assert.deepEqual(await figures(p), [[5, 4, 9]]);
	assert.equal(keep(), 0);
	const [move] = (await s.read(`/inventory/${p.id}/movements?reason=expired`)).data;
	assert.deepEqual([move.reserved_change, move.reserved], [-5, 4]);
	status(await buy([p, 5]), 201);
});
