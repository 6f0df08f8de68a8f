// Alerts tell once when there is too little, and again only after there was enough; they order more from the supplier.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, number, product, refused, rows, status, traces } from "./souk.mjs";

let s, other, west, east;
let made = 0;

before(async () => {
	[s, other] = [(await makeTenant()).live, (await makeTenant()).live];
	[west, east] = [await s.make("/warehouses", { name: "West", code: "west", priority: 1 }), await s.make("/warehouses", { name: "East", code: "east", priority: 2 })];
});

// A product of which so many lie in the west.
async function stocked(quantity, more) {
	const p = await s.make("/products", product(more));
	if (quantity)
		await move(p, quantity);
	return p;
}

const move = async (p, quantity, more = {}) => status(await s.post(`/inventory/${p.id}/adjust`, { quantity, reason: "correction", location: west.id, ...more }), 201).body;
const watch = async (p, body) => status(await s.post(`/inventory/${p.id}/alerts`, body), 201).body;
const lows = (alert) => traces(alert.id).events.filter((e) => e.type === "inventory.low");
const outs = (p) => rows(`SELECT JSON_QUOTE(e.type) FROM events e WHERE e.type = 'inventory.out_of_stock' AND e.object_id IN (SELECT id FROM stocks WHERE product_id = ${number(p.id)})`).length;
const reorders = async (p) => (await s.read(`/inventory/reorders?product_id=${p.id}&sort=created_at`)).data;
const absent = (prefix) => `${prefix}_7zzzzzzzzzzzz`;

test("an alert tells once for each time that its threshold is crossed", async () => {
	const p = await stocked(12), a = await watch(p, { threshold: 10, supplier: "ACME Corp" });
	assert.deepEqual([a.object, a.product_id, a.variant_id, a.warehouse_id, a.threshold, a.low, a.available, a.supplier], ["alert", p.id, undefined, undefined, 10, false, 12, "ACME Corp"].map((x) => x ?? null));
	await move(p, -2);
	assert.equal(lows(a).length, 0, "10 are not fewer than 10");
	for (let i = 0; i < 3; i++)
		await move(p, -1);
	assert.equal(lows(a).length, 1);
	const { object, previous_attributes } = lows(a)[0].data;
	assert.deepEqual([object.id, object.product_id, object.low, object.available, previous_attributes.low], [a.id, p.id, true, 9, false]);
	const shown = await s.read(`/inventory/alerts/${a.id}`);
	assert.deepEqual([shown.low, shown.available], [true, 9]);
	assert.deepEqual((await s.read(`/inventory/alerts?low=true&filter[product_id]=${p.id}`)).data.map((x) => x.id), [a.id]);
	assert.equal((await s.read(`/inventory?product_id=${p.id}&low=true`)).data.length, 1);
	await move(p, 2);
	assert.equal((await s.read(`/inventory/alerts/${a.id}`)).low, true, "9 are too few still");
	await move(p, 1);
	assert.equal((await s.read(`/inventory/alerts/${a.id}`)).low, false);
	await move(p, -10);
	assert.equal(lows(a).length, 2);
});

test("of all warehouses together, or of one", async () => {
	const p = await stocked(20), all = await watch(p, { threshold: 15 }), one = await watch(p, { threshold: 15, location: west.id });
	await move(p, 20, { location: east.id });
	await move(p, -10);
	assert.deepEqual([lows(all).length, lows(one).length], [0, 1]);
	await move(p, -16, { location: east.id });
	assert.deepEqual([lows(all).length, lows(one).length], [1, 1]);
});

test("what an alert finds when it is made is no crossing", async () => {
	const p = await stocked(5), a = await watch(p, { threshold: 10 });
	assert.equal(a.low, true);
	await move(p, -1);
	assert.equal(lows(a).length, 0);
	status(await s.put(`/inventory/alerts/${a.id}`, { threshold: 3 }), 200);
	await move(p, -2);
	assert.equal(lows(a).length, 1);
});

test("nothing left is told with or without an alert, once", async () => {
	const p = await stocked(3);
	await move(p, 4, { location: east.id });
	await move(p, -3);
	assert.equal(outs(p), 0, "the east has some");
	await move(p, -4, { location: east.id });
	assert.equal(outs(p), 1);
	await move(p, 1);
	await move(p, -1);
	assert.equal(outs(p), 2);
	status(await s.put(`/inventory/${p.id}/safety`, { safety: 5, location: west.id }), 200);
	await move(p, 5);
	assert.equal(outs(p), 2, "what is kept back is not there");
});

test("at the reorder point a reorder is drafted, and no other while it is open", async () => {
	const p = await stocked(20);
	await watch(p, { threshold: 15, reorder_point: 10, reorder_quantity: 50, supplier: "ACME Corp", warehouse_id: west.id });
	await move(p, -9);
	assert.deepEqual(await reorders(p), []);
	await move(p, -1);
	await move(p, -5);
	const [first, ...rest] = await reorders(p);
	assert.deepEqual([first.object, first.product_id, first.sku, first.warehouse_id, first.quantity, first.supplier, first.status, rest.length], ["reorder", p.id, p.sku, west.id, 50, "ACME Corp", "draft", 0]);
	await move(p, 10);
	await move(p, -10);
	assert.equal((await reorders(p)).length, 1, "it is open");
	const put = (status_, more = {}) => s.put(`/inventory/reorders/${first.id}`, { status: status_, ...more });
	assert.deepEqual(refused(await put("received"), 409, ["status:transition"], "transition").details[0].allowed, ["ordered", "cancelled"]);
	assert.ok(status(await put("ordered"), 200).body.ordered_at);
	refused(await put("draft"), 409, ["status:transition"]);
	const came = status(await put("received", { quantity: 48 }), 200).body;
	assert.deepEqual([came.status, came.quantity, Boolean(came.received_at)], ["received", 48, true]);
	assert.equal((await s.read(`/inventory/${p.id}`)).total_available, 53);
	const [movement] = (await s.read(`/inventory/${p.id}/movements?reason=received`)).data;
	assert.deepEqual([movement.quantity, movement.source, movement.source_id], [48, "reorder", first.id]);
	refused(await put("cancelled"), 409, ["status:transition"]);
	refused(await s.put(`/inventory/reorders/${first.id}`, { quantity: 1 }), 409, [], "transition");
	await move(p, -45);
	const [, second] = await reorders(p);
	assert.equal(second.status, "draft");
	assert.equal(status(await s.patch(`/inventory/reorders/${second.id}`, { status: "cancelled" }), 200).body.status, "cancelled");
	assert.deepEqual(traces(first.id).events.map((e) => e.type), ["reorder.created", "reorder.updated", "reorder.updated"]);
});

test("alerts are listed and removed by their product", async () => {
	const p = await stocked(5), q = await stocked(5), a = await watch(p, { threshold: 2 }), b = await watch(p, { threshold: 3 }), c = await watch(q, { threshold: 3 });
	const list = async (x) => (await s.read(`/inventory/${x.id}/alerts`)).data.map((y) => y.id).sort();
	assert.deepEqual(await list(p), [a.id, b.id].sort());
	refused(await s.delete(`/inventory/${q.id}/alerts/${a.id}`), 404);
	refused(await s.delete(`/inventory/${p.id}/alerts/${absent("alert")}`), 404);
	refused(await s.delete(`/inventory/${p.id}/alerts/x`), 404);
	status(await s.delete(`/inventory/${p.id}/alerts/${a.id}`), 204);
	assert.deepEqual(await list(p), [b.id]);
	status(await s.delete(`/inventory/${p.id}/alerts`), 204);
	assert.deepEqual([await list(p), await list(q)], [[], [c.id]]);
	await move(p, -5);
	assert.equal(lows(b).length, 0);
	status(await s.delete(`/inventory/alerts/${c.id}`), 204);
});

test("an alert of one variant does not look at the others", async () => {
	const p = await s.make("/products", product({ variants: [{ sku: `AV-${++made}` }, { sku: `AV-${++made}` }] })), [a, b] = p.variants;
	await move(a, 10);
	await move(b, 10);
	const one = await watch(a, { threshold: 5 }), all = await watch(p, { threshold: 12 });
	assert.equal(one.variant_id, a.id);
	await move(b, -7);
	assert.equal(lows(one).length, 0);
	await move(a, -6);
	assert.deepEqual([lows(one).length, lows(all).length], [1, 1]);
	refused(await s.post(`/inventory/${p.id}/alerts`, { threshold: 5, reorder_point: 1, reorder_quantity: 1 }), 422, ["variant_id:required"]);
});

test("bad alerts and reorders are refused", async () => {
	const p = await stocked(5), theirs = await other.make("/products", product());
	const their = await other.make("/warehouses", { name: "Theirs", code: "theirs" });
	for (const [body, fields] of [
		[{}, ["threshold:required"]],
		[{ threshold: 0 }, ["threshold:too_small"]],
		[{ threshold: -5 }, ["threshold:too_small"]],
		[{ threshold: 2.5 }, ["threshold:not_an_integer"]],
		[{ threshold: 1e13 }, ["threshold:too_large"]],
		[{ threshold: 5, reorder_point: 2 }, ["reorder_quantity:required"]],
		[{ threshold: 5, reorder_quantity: 2 }, ["reorder_point:required"]],
		[{ threshold: 5, reorder_point: 2, reorder_quantity: 0 }, ["reorder_quantity:too_small"]],
		[{ threshold: 5, warehouse_id: their.id }, ["warehouse_id:unknown"]],
		[{ threshold: 5, variant_id: absent("var") }, ["variant_id:unknown"]],
		[{ threshold: 5, colour: 1 }, ["colour:unknown_field"]],
	])
		refused(await s.post(`/inventory/${p.id}/alerts`, body), 422, fields);
	refused(await s.post(`/inventory/${theirs.id}/alerts`, { threshold: 5 }), 404);
	refused(await s.get(`/inventory/${theirs.id}/alerts`), 404);
	refused(await s.put(`/inventory/reorders/${absent("reord")}`, { status: "ordered" }), 404);
	assert.deepEqual((await s.read(`/inventory/${p.id}/alerts`)).data, []);
	const a = await watch(p, { threshold: 5 });
	refused(await other.get(`/inventory/alerts/${a.id}`), 404);
	refused(await other.put(`/inventory/alerts/${a.id}`, { threshold: 1 }), 404);
	refused(await other.delete(`/inventory/alerts/${a.id}`), 404);
});

test("many at once cross each threshold once", async () => {
	const p = await stocked(30), a = await watch(p, { threshold: 20, reorder_point: 10, reorder_quantity: 5 });
	await move(p, 30, { location: east.id });
	const answers = await Promise.all(Array.from({ length: 60 }, (_, i) =>
		s.post(`/inventory/${p.id}/adjust`, { quantity: -1, reason: "sold", location: i % 2 ? west.id : east.id })));
	assert.deepEqual(answers.map((x) => x.status).filter((code) => code !== 201), []);
	assert.equal((await s.read(`/inventory/${p.id}`)).total_on_hand, 0);
	assert.deepEqual([lows(a).length, outs(p), (await reorders(p)).length], [1, 1, 1]);
});

test("an alert is changed, and goes", async () => {
	const p = await stocked(12), a = await watch(p, { threshold: 10 }), path = `/inventory/alerts/${a.id}`;
	assert.equal(status(await s.patch(path, { threshold: 11 }), 200).body.threshold, 11);
	refused(await s.patch(path, { product_id: p.id, threshold: -1 }), 422, ["threshold:too_small"]);
	assert.equal(status(await s.send("DELETE", path, { headers: { prefer: "dry-run" } }), 200).body.id, a.id);
	status(await s.delete(path), 204);
	refused(await s.get(path), 404);
});
