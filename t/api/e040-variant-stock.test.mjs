// A variant shows what can be sold of it in all warehouses; writing that counts it at the default one.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, product, refused, statements, status, traces } from "./souk.mjs";

let s, west, east;
let made = 0;

before(async () => {
	s = (await makeTenant()).live;
	[west, east] = [await s.make("/warehouses", { name: "West", code: "west", priority: 1 }), await s.make("/warehouses", { name: "East", code: "east", priority: 2 })];
});

const sku = () => `VS-${++made}`;
const stock = async (p) => (await s.read(`/inventory/${p.id}`)).locations.map((l) => [l.warehouse_id, l.on_hand]);

test("a new variant may say how many there are", async () => {
	const p = await s.make("/products", product({ variants: [{ sku: sku(), inventory: 100 }, { sku: sku(), inventory: 0 }, { sku: sku() }] }));
	assert.deepEqual(p.variants.map((v) => v.inventory), [100, 0, 0]);
	assert.deepEqual(await s.read(`/products/${p.id}`), p);
	assert.deepEqual(await stock(p), [[west.id, 100]]);
	const [move] = (await s.read(`/inventory/${p.id}/movements`)).data;
	assert.deepEqual([move.reason, move.quantity, move.variant_id], ["count", 100, p.variants[0].id]);
});

test("it shows what all warehouses have, less what is kept back, and counts the difference", async () => {
	const p = await s.make("/products", product({ variants: [{ sku: sku(), inventory: 10 }] })), [v] = p.variants, path = `/products/${p.id}/variants/${v.id}`;
	status(await s.post(`/inventory/${v.id}/adjust`, { quantity: 5, reason: "received", location: east.id }), 201);
	status(await s.put(`/inventory/${v.id}/safety`, { safety: 2, location: west.id }), 200);
	assert.equal((await s.read(path)).inventory, 13);
	assert.equal((await s.read(`/products?include=variants&filter[sku]=${p.sku}`)).data[0].variants[0].inventory, 13);
	const patched = status(await s.patch(path, { inventory: 20 }), 200).body;
	assert.equal(patched.inventory, 20);
	assert.deepEqual([await stock(p), (await s.read(path)).inventory], [[[west.id, 17], [east.id, 5]], 20]);
	assert.deepEqual(traces(p.id).audit.at(-1).changes[`variants.${v.id}.inventory`], { old: 13, new: 20 });
	status(await s.put(`/products/${p.id}`, { variants: [{ id: v.id, inventory: 5 }] }), 200);
	assert.deepEqual(await stock(p), [[west.id, 2], [east.id, 5]]);
	refused(await s.patch(path, { inventory: 2 }), 409, ["inventory:out_of_stock"]);
	status(await s.patch(`/warehouses/${east.id}`, { active: false }), 200);
	assert.equal((await s.read(path)).inventory, 0);
	status(await s.patch(`/warehouses/${east.id}`, { active: true }), 200);
	for (const [inventory, fault] of [[-1, "too_small"], [1.5, "not_an_integer"], ["5", "type"], [1e13, "too_large"]])
		refused(await s.patch(path, { inventory }), 422, [`inventory:${fault}`]);
	assert.deepEqual(await stock(p), [[west.id, 2], [east.id, 5]]);
});

test("variants are found and sorted by it", async () => {
	const p = await s.make("/products", product({ variants: [7, 3, 5, 0].map((inventory) => ({ sku: sku(), inventory })) }));
	const found = async (query) => (await s.read(`/products/${p.id}/variants?${query}`)).data.map((v) => v.inventory);
	assert.deepEqual(await found("sort=-inventory"), [7, 5, 3, 0]);
	assert.deepEqual(await found("filter[inventory][gt]=3&sort=inventory"), [5, 7]);
	assert.deepEqual(await found("filter[inventory]=0"), [0]);
	const page = await s.read(`/products/${p.id}/variants?sort=inventory&limit=2&cursor=`);
	assert.deepEqual(await found(`sort=inventory&limit=2&cursor=${page.pagination.next_cursor}`), [5, 7]);
});

test("a shop without a warehouse gets one with its first stock", async () => {
	const t = (await makeTenant()).live;
	const p = await t.make("/products", product({ variants: [{ sku: sku(), inventory: 4 }] }));
	const { data: [main] } = await t.read("/warehouses");
	assert.deepEqual([main.code, main.name], ["main", "Main"]);
	assert.equal((await t.read(`/inventory/${p.id}`)).locations[0].warehouse_id, main.id);
	status(await t.patch(`/warehouses/${main.id}`, { active: false }), 200);
	refused(await t.patch(`/products/${p.id}/variants/${p.variants[0].id}`, { inventory: 9 }), 409, [], "no_warehouse");
});

test("reading a product takes no more statements for it", async () => {
	const bare = await s.make("/products", product({ variants: [{ sku: sku() }] })), full = await s.make("/products", product({ variants: [{ sku: sku(), inventory: 5 }] }));
	const least = async ({ id }) => Math.min(...(await Promise.all(Array.from({ length: 24 }, () => s.get(`/products/${id}`)))).map(statements)); /* a worker may have to learn the key */
	assert.deepEqual([await least(full), await least(bare)], [2, 2]);
});
