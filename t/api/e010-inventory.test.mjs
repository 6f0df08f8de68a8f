// Stock: what lies in a warehouse, by hand in and out, and a ledger whose rows add up to it.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, number, product, refused, rows, status, traces } from "./souk.mjs";

let s, other, west, east;
let made = 0;

const warehouse = (more = {}) => ({ name: "Hall", code: `hall-${++made}`, ...more });

before(async () => {
	s = (await makeTenant()).live;
	other = (await makeTenant()).live;
	west = await s.make("/warehouses", warehouse({ priority: 1 }));
	east = await s.make("/warehouses", warehouse({ priority: 2 }));
});

const plain = async () => await s.make("/products", product());
const adjust = (key, body) => s.post(`/inventory/${key}/adjust`, { reason: "received", ...body });
const stocked = async (key, body) => status(await adjust(key, body), 201).body;
const show = (key) => s.read(`/inventory/${key}`);
const absent = (prefix) => `${prefix}_7zzzzzzzzzzzz`;

// What must hold of every stock of the product: its figures are the sums of its ledger, and each row follows the one before.
async function addsUp(p) {
	const found = rows(`SELECT JSON_OBJECT('on_hand', s.on_hand, 'reserved', s.reserved,
		'moved', (SELECT SUM(m.quantity) FROM movements m WHERE m.tenant_id = s.tenant_id AND m.stock_id = s.id),
		'promised', (SELECT SUM(m.reserved_change) FROM movements m WHERE m.tenant_id = s.tenant_id AND m.stock_id = s.id),
		'held', (SELECT SUM(h.quantity) FROM holds h WHERE h.tenant_id = s.tenant_id AND h.stock_id = s.id)) FROM stocks s WHERE s.product_id = ${number(p.id)}`);
	for (const stock of found) {
		assert.equal(stock.moved ?? 0, stock.on_hand);
		assert.equal(stock.promised ?? 0, stock.reserved);
		assert.equal(stock.held ?? 0, stock.reserved);
	}
	const broken = rows(`SELECT JSON_OBJECT('id', id) FROM (SELECT id, on_hand, quantity, LAG(on_hand) OVER w AS was, LAG(sequence) OVER w AS before_it, sequence
		FROM movements WHERE product_id = ${number(p.id)} WINDOW w AS (PARTITION BY stock_id ORDER BY sequence)) m
		WHERE before_it = sequence - 1 AND was + quantity <> on_hand`);
	assert.deepEqual(broken, []);
}

test("what nobody counted is not there", async () => {
	const p = await plain();
	assert.deepEqual(await show(p.id), { product_id: p.id, total_available: 0, total_reserved: 0, total_on_hand: 0, locations: [], variants: [] });
});

test("pieces come and go, and the ledger says why", async () => {
	const p = await plain();
	const answer = status(await adjust(p.id, { quantity: 320, location: west.id, note: "Delivery 7" }), 201);
	const stock = answer.body;
	assert.deepEqual([stock.object, stock.product_id, stock.variant_id, stock.warehouse_id, stock.sku, stock.available, stock.on_hand, stock.reserved, stock.safety, stock.low],
		["stock", p.id, null, west.id, p.sku, 320, 320, 0, 0, false]);
	assert.equal((await stocked(p.sku, { quantity: -10, reason: "sold", location: west.id, note: "Online order #12345" })).available, 310);
	await stocked(p.id, { quantity: 150, warehouse_id: east.id });
	const shown = await show(p.id);
	assert.deepEqual(shown, {
		product_id: p.id, total_available: 460, total_reserved: 0, total_on_hand: 460,
		locations: [
			{ warehouse_id: west.id, available: 310, reserved: 0, on_hand: 310, safety: 0 },
			{ warehouse_id: east.id, available: 150, reserved: 0, on_hand: 150, safety: 0 },
		],
		variants: [{ variant_id: null, sku: p.sku, available: 460, reserved: 0, on_hand: 460 }],
	});
	assert.deepEqual(await show(p.sku), shown);
	const moves = (await s.read(`/inventory/${p.id}/movements`)).data;
	assert.deepEqual(moves.map((m) => [m.reason, m.quantity, m.on_hand, m.warehouse_id, m.note]), [
		["received", 150, 150, east.id, null], ["sold", -10, 310, west.id, "Online order #12345"], ["received", 320, 320, west.id, "Delivery 7"]]);
	assert.match(moves[0].actor, /^key_/);
	assert.deepEqual((await s.read(`/inventory/${p.id}/movements?reason=sold`)).data, [moves[1]]);
	assert.deepEqual(await s.read(`/inventory/movements/${moves[1].id}`), moves[1]);
	const left = traces(stock.id);
	assert.deepEqual(left.events.map((e) => [e.type, e.data.object.on_hand]), [["inventory.adjusted", 320], ["inventory.adjusted", 310]]);
	assert.deepEqual(left.audit[1].changes.on_hand, { old: 320, new: 310 });
	await addsUp(p);
});

test("without a warehouse it is the one of the lowest priority that is active", async () => {
	const t = (await makeTenant()).live, p = await t.make("/products", product());
	const send = () => t.post(`/inventory/${p.id}/adjust`, { quantity: 1, reason: "received" });
	refused(await send(), 409, [], "no_warehouse");
	const second = await t.make("/warehouses", warehouse({ priority: 5 })), first = await t.make("/warehouses", warehouse({ priority: 4, active: false }));
	assert.equal(status(await send(), 201).body.warehouse_id, second.id);
	status(await t.patch(`/warehouses/${first.id}`, { active: true }), 200);
	assert.equal(status(await send(), 201).body.warehouse_id, first.id);
});

test("a variant has its own stock, and the product all of it", async () => {
	const p = await s.make("/products", product({ variants: [{ sku: `V-${++made}` }, { sku: `V-${++made}` }] }));
	const [a, b] = p.variants;
	refused(await adjust(p.id, { quantity: 1 }), 422, ["variant_id:required"]);
	await stocked(p.id, { quantity: 5, variant_id: a.id });
	await stocked(b.id, { quantity: 7 });
	await stocked(b.sku, { quantity: 2, location: east.id });
	const shown = await show(p.id);
	assert.equal(shown.total_available, 14);
	assert.deepEqual(shown.variants.map((v) => [v.variant_id, v.sku, v.available]), [[a.id, a.sku, 5], [b.id, b.sku, 9]]);
	assert.deepEqual(shown.locations.map((l) => [l.warehouse_id, l.available]), [[west.id, 12], [east.id, 2]]);
	const one = await show(b.sku);
	assert.deepEqual([one.product_id, one.variant_id, one.total_available], [p.id, b.id, 9]);
	refused(await adjust(b.id, { quantity: 1, variant_id: a.id }), 422, ["variant_id:unknown"]);
	const single = await s.make("/products", product({ variants: [{ sku: `V-${++made}` }] }));
	assert.equal((await stocked(single.id, { quantity: 3 })).variant_id, single.variants[0].id);
	await addsUp(p);
});

test("a count is absolute, and its movement the difference", async () => {
	const p = await plain();
	await stocked(p.id, { quantity: 10 });
	const count = (body) => s.post(`/inventory/${p.id}/count`, body);
	assert.equal(status(await count({ quantity: 7, note: "One shelf was empty" }), 200).body.on_hand, 7);
	assert.equal(status(await count({ quantity: 7 }), 200).body.on_hand, 7);
	assert.equal(status(await count({ quantity: 0 }), 200).body.available, 0);
	const moves = (await s.read(`/inventory/${p.id}/movements?reason=count`)).data;
	assert.deepEqual(moves.map((m) => [m.quantity, m.on_hand]), [[-7, 0], [-3, 7]]);
	refused(await count({ quantity: -1 }), 422, ["quantity:too_small"]);
	refused(await count({}), 422, ["quantity:required"]);
	await addsUp(p);
});

test("a safety stock is never available", async () => {
	const p = await plain();
	await stocked(p.id, { quantity: 10 });
	const set = (body) => s.put(`/inventory/${p.id}/safety`, body);
	assert.deepEqual([status(await set({ safety: 4 }), 200).body].map((x) => [x.safety, x.available, x.on_hand])[0], [4, 6, 10]);
	assert.equal(status(await set({ safety: 11 }), 200).body.available, 0);
	assert.equal((await stocked(p.id, { quantity: -10, reason: "lost" })).on_hand, 0);
	refused(await set({ safety: -1 }), 422, ["safety:too_small"]);
	refused(await set({ safety: 1.5 }), 422, ["safety:not_an_integer"]);
});

test("stock moves from one warehouse to another, all of it or nothing", async () => {
	const [p, q] = [await plain(), await plain()];
	await stocked(p.id, { quantity: 10 });
	await stocked(q.id, { quantity: 4 });
	const send = (items, more = {}) => s.post("/inventory/transfers", { from: west.id, to: east.id, items, ...more });
	const answer = status(await send([{ product_id: p.id, quantity: 3 }, { sku: q.sku, quantity: 4 }, { product_id: p.id, quantity: 2 }]), 201).body;
	assert.deepEqual(answer.items.map((i) => [i.product_id, i.sku, i.quantity]), [[p.id, p.sku, 3], [q.id, q.sku, 4], [p.id, p.sku, 2]]);
	assert.deepEqual((await show(p.id)).locations.map((l) => l.on_hand), [5, 5]);
	assert.deepEqual((await show(q.id)).locations.map((l) => l.on_hand), [0, 4]);
	const moves = (await s.read(`/inventory/${p.id}/movements?reason=transfer`)).data;
	assert.deepEqual(moves.map((m) => [m.quantity, m.source, m.source_id]).sort(), [[-5, "warehouse", east.id], [5, "warehouse", west.id]]);
	refused(await send([{ product_id: p.id, quantity: 3 }, { product_id: p.id, quantity: 3 }]), 409, ["items[1].quantity:out_of_stock"], "out_of_stock");
	refused(await send([{ product_id: p.id, quantity: 1 }], { to: west.id }), 422, ["to:twice"]);
	refused(await send([]), 422, ["items:count"]);
	refused(await send([{ quantity: 1 }]), 422, ["items[0].product_id:required"]);
	refused(await send([{ product_id: p.id, quantity: 0 }]), 422, ["items[0].quantity:too_small"]);
	refused(await send([{ product_id: absent("prod"), quantity: 1 }, { sku: "NONE", quantity: 1 }]), 422, ["items[0].product_id:unknown", "items[1].sku:unknown"]);
	refused(await send([{ product_id: p.id, quantity: 1 }], { from: absent("wh"), to: absent("wh") }), 422, ["from:unknown", "to:unknown"]);
	assert.deepEqual((await show(p.id)).locations.map((l) => l.on_hand), [5, 5]);
	await addsUp(p);
	await addsUp(q);
});

test("bad adjustments are refused, and nothing is written", async () => {
	const p = await plain(), theirs = await other.make("/products", product()), their = await other.make("/warehouses", warehouse());
	await stocked(p.id, { quantity: 5 });
	const shown = await show(p.id);
	for (const [body, fields] of [
		[{ quantity: 0 }, ["quantity:zero"]],
		[{ quantity: 1.5 }, ["quantity:not_an_integer"]],
		[{ quantity: "5" }, ["quantity:type"]],
		[{ quantity: null }, ["quantity:required"]],
		[{}, ["quantity:required"]],
		[{ quantity: 1000000000001 }, ["quantity:too_large"]],
		[{ quantity: 1e12 }, ["quantity:too_large"]],
		[{ quantity: -1000000000001 }, ["quantity:too_small"]],
		[{ quantity: 1, reason: "stolen" }, ["reason:not_a_choice"]],
		[{ quantity: 1, reason: null }, ["reason:required"]],
		[{ quantity: 1, reason: "reserved" }, ["reason:not_a_choice"]],
		[{ quantity: 1, location: absent("wh") }, ["warehouse_id:unknown"]],
		[{ quantity: 1, location: their.id }, ["warehouse_id:unknown"]],
		[{ quantity: 1, location: "west" }, ["location:not_an_id"]],
		[{ quantity: 1, variant_id: absent("var") }, ["variant_id:unknown"]],
		[{ quantity: 1, note: "x".repeat(501) }, ["note:too_long"]],
		[{ quantity: 1, colour: "red" }, ["colour:unknown_field"]],
	])
		refused(await adjust(p.id, body), 422, fields);
	refused(await adjust(p.id, { quantity: -6, reason: "lost" }), 409, ["quantity:out_of_stock"], "out_of_stock");
	refused(await adjust(absent("prod"), { quantity: 1 }), 404);
	refused(await adjust(absent("var"), { quantity: 1 }), 404);
	refused(await adjust("NO-SUCH-SKU", { quantity: 1 }), 404);
	refused(await adjust(theirs.id, { quantity: 1 }), 404);
	refused(await s.get(`/inventory/${theirs.id}`), 404);
	refused(await s.get(`/inventory/${theirs.id}/movements`), 404);
	assert.deepEqual(await show(p.id), shown);
	assert.equal((await s.read(`/inventory/${p.id}/movements`)).data.length, 1);
});

test("the list finds stock by product, variant, warehouse, SKU and by how much there is", async () => {
	const t = (await makeTenant()).live;
	const [w1, w2] = [await t.make("/warehouses", warehouse({ priority: 1 })), await t.make("/warehouses", warehouse())];
	const p = await t.make("/products", product({ variants: [{ sku: "L-1" }, { sku: "L-2" }] })), q = await t.make("/products", product());
	const put = async (key, quantity, location) => status(await t.post(`/inventory/${key}/adjust`, { quantity, reason: "received", location }), 201).body.id;
	const [a, b, c, d] = [await put("L-1", 5, w1.id), await put("L-1", 50, w2.id), await put("L-2", 500, w1.id), await put(q.id, 1, w1.id)];
	const found = async (query) => (await t.read(`/inventory?${query}`)).data.map((x) => x.id).sort();
	assert.deepEqual(await found(""), [a, b, c, d].sort());
	assert.deepEqual(await found(`product_id=${p.id}`), [a, b, c].sort());
	assert.deepEqual(await found(`variant_id=${p.variants[0].id}`), [a, b].sort());
	assert.deepEqual(await found(`warehouse_id=${w2.id}`), [b]);
	assert.deepEqual(await found("sku=L-1"), [a, b].sort());
	assert.deepEqual(await found("filter[available][lt]=6"), [a, d].sort());
	assert.deepEqual(await found("filter[available][gte]=50&filter[available][lt]=500"), [b]);
	assert.deepEqual((await t.read("/inventory?sort=-available&limit=2")).data.map((x) => x.available), [500, 50]);
	assert.deepEqual(await found("low=true"), []);
	refused(await t.get("/inventory?filter[available][gt]=many"), 400);
	refused(await t.get("/inventory?warehouse_id=west"), 400);
	refused(await t.get("/inventory?colour=red"), 400);
});

test("a repeat of an adjustment acts once, and a dry run not at all", async () => {
	const p = await plain(), key = { "idempotency-key": "count me once" };
	const first = status(await s.post(`/inventory/${p.id}/adjust`, { quantity: 5, reason: "received" }, key), 201);
	const second = status(await s.post(`/inventory/${p.id}/adjust`, { quantity: 5, reason: "received" }, key), 201);
	assert.equal(second.raw, first.raw);
	assert.equal((await show(p.id)).total_on_hand, 5);
	const dry = await s.post(`/inventory/${p.id}/adjust`, { quantity: 5, reason: "received" }, { prefer: "dry-run" });
	assert.equal(dry.body.on_hand ?? 10, 10);
	assert.equal((await show(p.id)).total_on_hand, 5);
});

test("stock follows what the catalogue makes of its product", async () => {
	const p = await plain();
	await stocked(p.id, { quantity: 5 });
	status(await s.put(`/products/${p.id}`, { sku: `R-${++made}` }), 200);
	assert.equal((await show(p.id)).variants[0].sku, `R-${made}`);
	const first = await s.make(`/products/${p.id}/variants`, { sku: `R-${++made}` }), second = await s.make(`/products/${p.id}/variants`, { sku: `R-${++made}` });
	assert.deepEqual((await show(p.id)).variants.map((v) => [v.variant_id, v.sku, v.available]), [[first.id, first.sku, 5]]);
	status(await s.put(`/products/${p.id}/variants/${first.id}`, { sku: `R-${++made}` }), 200);
	assert.equal((await show(p.id)).variants[0].sku, `R-${made}`);
	await stocked(second.id, { quantity: 1 });
	status(await s.put(`/products/${p.id}`, { status: "active" }), 200);
	const order = await s.make("/orders", { email: "a@example.com", items: [{ product_id: p.id, variant_id: second.id, quantity: 1 }] });
	refused(await s.delete(`/products/${p.id}/variants/${second.id}`), 409, [], "has_stock");
	refused(await s.put(`/products/${p.id}`, { variants: [{ id: second.id, _delete: true }] }), 409, [], "has_stock");
	status(await s.post(`/orders/${order.id}/cancel`, { reason: "customer_request" }), 200);
	status(await s.delete(`/products/${p.id}/variants/${second.id}`), 204);
	const [gone] = (await s.read(`/inventory/${p.id}/movements?reason=correction`)).data;
	assert.deepEqual([gone.variant_id, gone.quantity, gone.on_hand], [second.id, -1, 0], "the ledger stays");
	assert.deepEqual((await show(p.id)).variants.map((v) => v.variant_id), [first.id]);
});

test("what is not counted says so", async () => {
	const p = await plain();
	assert.equal(p.track_inventory, true);
	assert.equal(status(await s.put(`/products/${p.id}`, { track_inventory: false }), 200).body.track_inventory, false);
	refused(await s.put(`/products/${p.id}`, { track_inventory: "no" }), 422, ["track_inventory:type"]);
});
