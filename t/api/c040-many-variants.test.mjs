// A product may have two thousand variants, and each of them is there.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, product, status, traces } from "./souk.mjs";

const COUNT = 2000;

let live, made;

before(async () => {
	live = (await makeTenant()).live;
	const variants = Array.from({ length: COUNT }, (_, i) => ({ sku: `BIG-${i}`, price: i / 100, attributes: { size: `${i % 50}`, color: `c${i % 40}` } }));
	made = await live.make("/products", product({ variants }));
});

test("all are made, in their order, and read back", async () => {
	assert.equal(made.variants.length, COUNT);
	assert.ok(made.variants.every((v, i) => v.sku === `BIG-${i}` && v.price === i / 100 && v.attributes.size === `${i % 50}`));
	assert.equal(new Set(made.variants.map((v) => v.id)).size, COUNT);
	assert.deepEqual(await live.read(`/products/${made.id}`), made);
	assert.equal((await live.read("/products/BIG-1999")).id, made.id);
	assert.equal((await live.read(`/products/${made.id}/variants?page=10&limit=200`)).data.at(-1).sku, "BIG-1999");
});

test("all of them change in one write", async () => {
	const now = status(await live.put(`/products/${made.id}`, { variants: made.variants.map((v) => ({ id: v.id, price: 77 })) }), 200).body;
	assert.equal(now.version, 2);
	assert.ok(now.variants.every((v) => v.price === 77 && v.version === 2));
	const left = traces(made.id);
	assert.equal(left.audit.length, 2);
	assert.equal(left.events.length, 2);
	assert.equal(left.events[1].data.object.variants.length, 100);
});

test("one of them changes and the others stay", async () => {
	const path = `/products/${made.id}/variants/${made.variants[1234].id}`;
	status(await live.put(path, { price: 1 }), 200);
	const now = (await live.read(`/products/${made.id}`)).variants;
	assert.equal(now.filter((v) => v.price === 77).length, COUNT - 1);
	assert.equal(now[1234].price, 1);
});

test("half of them go in one write", async () => {
	const gone = made.variants.filter((_, i) => i % 2).map((v) => ({ id: v.id, _delete: true }));
	const now = status(await live.put(`/products/${made.id}`, { variants: gone }), 200).body;
	assert.equal(now.variants.length, COUNT / 2);
	status(await live.get("/products/BIG-1"), 404);
	status(await live.get("/products/BIG-2"), 200);
	status(await live.delete(`/products/${made.id}`), 204);
	status(await live.get("/products/BIG-2"), 404);
});
