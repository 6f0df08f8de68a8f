// What sending costs an order and a cart (D75): by a service of a tariff, by a rate that was told, and never by what nobody
// has a price for.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { address, openShop, order, sumsHold, untracked } from "./orders.mjs";
import { makeTenant, number, product, refused, rows, status } from "./souk.mjs";

const vans = (more = {}) => ({
	name: "Vans", code: "vans", kind: "table",
	services: [{ code: "standard", name: "Standard", estimated_days: 5, free_above_amount: 20000 }, { code: "express", name: "Express" }],
	tariff: {
		weight_unit: "kg", fuel_percent: 10, zones: [{ code: "us", countries: ["US"] }, { code: "far", countries: ["US"], states: ["AK", "HI"] }],
		rates: [{ service: "standard", zone: "us", up_to: 1, amount: 500 }, { service: "standard", zone: "us", amount: 300, unit_amount: 200 }, { service: "standard", zone: "far", amount: 2000 }, { service: "express", zone: "us", amount: 1500 }],
	},
	...more,
});

let shop, client, lamp, mug;
before(async () => {
	shop = await openShop();
	({ client, lamp } = shop);
	status(await client.patch(`/products/${lamp.id}`, { weight: 0.35, weight_unit: "kg" }), 200);
	mug = await client.make("/products", product({ name: "Mug", sku: "MUG", price: 5, status: "active", weight: 8, weight_unit: "oz" }));
	untracked(mug.id);
	await client.make("/shipping/carriers", vans());
	await client.make("/shipping/carriers", { name: "Regional", code: "regional", kind: "callback", callback_url: "https://carrier.example.com/", callback_secret: "regional-carrier-secret" });
});

const lamps = (quantity) => [{ product_id: lamp.id, quantity }];
const post = (shipping_method, more = {}) => client.post("/orders", { items: lamps(1), shipping_address: address, shipping_method, ...more });
const quote = async (more = {}) => status(await client.post("/shipping/rates", { carriers: ["vans"], destination: { country: "US", zip: "10001" }, packages: [{ weight: 1, weight_unit: "kg" }], ...more }), 200).body.data;

test("an order pays what the tariff says of its weight and place, and explain says how", async () => {
	for (const [items, more, want, text] of [
		[lamps(2), {}, 550, "vans: Standard, zone us, 0.7 kg: 5.00; fuel 0.50"],
		// 3 × 0.35 kg are 1.05: two begun kilograms.
		[lamps(3), {}, 770, "vans: Standard, zone us, 1.05 kg: 7.00; fuel 0.70"],
		[[...lamps(2), { product_id: mug.id, quantity: 1 }], {}, 550, "vans: Standard, zone us, 0.9268 kg: 5.00; fuel 0.50"],
		[lamps(5), {}, 0, "vans: Standard, zone us, 1.75 kg: 7.00; fuel 0.70; free for what the goods cost"],
		[lamps(1), { shipping_address: { ...address, state: "HI" } }, 2200, "vans: Standard, zone far, 0.35 kg: 20.00; fuel 2.00"],
		[lamps(1), { shipping_method: "vans:standard" }, 550, "vans: Standard, zone us, 0.35 kg: 5.00; fuel 0.50"],
		[lamps(1), { shipping_method: "express" }, 1650, "vans: Express, zone us, 0.35 kg: 15.00; fuel 1.50"],
	]) {
		const o = await order(client, items, { shipping_address: address, shipping_method: "standard", ...more });
		const x = await client.read(`/orders/${o.id}/explain`);
		sumsHold(o);
		assert.deepEqual([Math.round(o.shipping_total * 100), x.shipping.steps[0].text, x.shipping.total], [want, text, want]);
	}
	assert.equal((await order(client, lamps(1), { shipping_address: address })).shipping_total, 0, "none was chosen");
	const euro = await order(client, lamps(1), { shipping_address: address, shipping_method: "standard", currency: "EUR" });
	assert.ok(euro.currency === "EUR" && euro.shipping_total > 0 && euro.shipping_total !== 5.5, "converted");
});

test("what nobody has a price for is refused by name", async () => {
	for (const [method, more, fault] of [
		["pigeon", {}, "shipping_method:unknown"],
		["vans:pigeon", {}, "shipping_method:unknown"],
		["fedex:ground", {}, "shipping_method:unknown"],
		["regional:bike", {}, "shipping_method:rate_needed"],
		["standard", { shipping_address: { ...address, country: "CH" } }, "shipping_method:not_served"],
		["standard", { shipping_address: undefined }, "shipping_method:not_served"],
		["rate_7zzzzzzzzzzzz", {}, "shipping_method:unknown"],
		["express", { shipping_address: { ...address, state: "AK" } }, "shipping_method:not_served"],
		["x".repeat(65), {}, "shipping_method:too_long"],
	])
		refused(await post(method, more), 422, [fault]);
	refused(await post("pigeon", { items: [{ product_id: lamp.id, quantity: 0 }] }), 422);
	const plain = await openShop();
	assert.equal((await order(plain.client, [{ product_id: plain.lamp.id, quantity: 1 }], { shipping_method: "pigeon" })).shipping_total, 0, "without carriers anything goes, for nothing");
	await client.patch(`/shipping/carriers/${(await client.read("/shipping/carriers/vans")).id}`, { enabled: false });
	refused(await post("standard"), 422, ["shipping_method:unknown"]);
	await client.patch(`/shipping/carriers/${(await client.read("/shipping/carriers/vans")).id}`, { enabled: true });
	status(await post("standard"), 201);
});

test("a rate that was told is paid as told, for its place and weight, for a day", async () => {
	const [cheap] = await quote();
	assert.deepEqual([cheap.service, cheap.cost], ["standard", 5.5]);
	await client.patch(`/shipping/carriers/${(await client.read("/shipping/carriers/vans")).id}`, { tariff: { ...vans().tariff, fuel_percent: 50 } });
	const o = await order(client, lamps(2), { shipping_address: address, shipping_method: cheap.id });
	assert.deepEqual([o.shipping_total, o.shipping_method], [5.5, cheap.id]);
	assert.match((await client.read(`/orders/${o.id}/explain`)).shipping.steps[0].text, /^vans: Standard, as it was quoted$/);
	assert.equal(status(await post("standard"), 201).body.shipping_total, 7.5);
	refused(await post(cheap.id, { items: lamps(3) }), 422, ["shipping_method:rate_unfit"]);
	refused(await post(cheap.id, { shipping_address: { ...address, zip: "10002" } }), 422, ["shipping_method:rate_unfit"]);
	refused(await post(cheap.id, { shipping_address: undefined }), 422, ["shipping_method:rate_unfit"]);
	const other = await openShop();
	refused(await other.client.post("/orders", { items: [{ product_id: other.lamp.id, quantity: 1 }], shipping_address: address, shipping_method: cheap.id }), 422, ["shipping_method:unknown"]);
	rows(`UPDATE shipping_quotes SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE id = ${number(cheap.id)}`);
	refused(await post(cheap.id), 422, ["shipping_method:rate_unfit"]);
	await client.patch(`/shipping/carriers/${(await client.read("/shipping/carriers/vans")).id}`, { tariff: vans().tariff });
});

test("free shipping takes off what the carrier takes", async () => {
	await client.make("/coupons", { code: "FREESHIP", type: "free_shipping", duration: "forever" });
	const o = await order(client, lamps(2), { shipping_address: address, shipping_method: "standard", coupon_code: "FREESHIP" });
	sumsHold(o);
	const x = await client.read(`/orders/${o.id}/explain`);
	assert.deepEqual([o.shipping_total, x.shipping.steps.map((s) => s.amount)], [0, [550, -550]]);
});

test("a cart shows what sending costs, lists its ways, and asks all carriers", async () => {
	const one = await client.make("/carts", { lines: lamps(2), shipping_address: address, shipping_method: "standard" });
	const cart = await client.read(`/carts/${one.id}`);
	assert.deepEqual([cart.shipping_total, cart.warnings], [5.5, []]);
	assert.deepEqual((await client.read(`/carts/${one.id}/rates`)).data.map((r) => [r.shipping_method, r.price, r.text]), [
		["standard", 5.5, "vans: Standard, zone us, 0.7 kg: 5.00; fuel 0.50"], ["express", 16.5, "vans: Express, zone us, 0.7 kg: 15.00; fuel 1.50"],
	]);
	const asked = status(await client.post(`/carts/${one.id}/rates`), 200).body;
	assert.deepEqual([asked.data.map((r) => r.cost), asked.warnings.map((w) => w.carrier)], [[5.5, 16.5], ["regional"]]);
	status(await client.patch(`/carts/${one.id}`, { shipping_method: asked.data[1].id }), 200);
	assert.equal((await client.read(`/carts/${one.id}`)).shipping_total, 16.5);
	const bought = status(await client.post(`/carts/${one.id}/checkout`), 201).body;
	assert.equal(bought.shipping_total, 16.5);
	const lost = await client.make("/carts", { lines: lamps(1), shipping_method: "pigeon" });
	assert.deepEqual((await client.read(`/carts/${lost.id}`)).warnings.map((w) => `${w.field}:${w.reason}`), ["shipping_method:unknown"]);
	refused(await client.post(`/carts/${lost.id}/checkout`), 422, ["shipping_method:unknown"]);
	refused(await client.post(`/carts/${lost.id}/rates`), 422, ["shipping_address:required"]);
	refused(await client.post("/carts/cart_7zzzzzzzzzzzz/rates"), 404);
	assert.equal((await (await openShop()).client.make("/carts", { shipping_method: "pigeon" })).shipping_total, 0);
});

test("carriers of the sandbox price by their services without being asked", async () => {
	const t = await makeTenant(), sandbox = await t.client({ mode: "sandbox" });
	const box = await sandbox.make("/products", product({ price: 10, status: "active", weight: 2, weight_unit: "kg" }));
	untracked(box.id);
	await sandbox.make("/shipping/carriers", { name: "FedEx", code: "fedex", kind: "fedex" });
	const o = await order(sandbox, [{ product_id: box.id, quantity: 1 }], { shipping_address: address, shipping_method: "fedex:ground" });
	assert.equal(o.shipping_total, 11.95);
	const { data } = status(await sandbox.post("/shipping/rates", { origin: address, destination: address, packages: [{ weight: 2, weight_unit: "kg" }] }), 200).body;
	assert.equal(data.find((r) => r.service === "ground").cost, 11.95);
	refused(await sandbox.post("/orders", { items: [{ product_id: box.id, quantity: 40 }], shipping_address: address, shipping_method: "fedex:ground" }), 422, ["shipping_method:not_served"]);
	refused(await sandbox.post("/orders", { items: [{ product_id: box.id, quantity: 1 }], shipping_address: address, shipping_method: "ground" }), 422, ["shipping_method:unknown"]);
});
