// A cart becomes one order, whole or not at all, at the prices of that moment.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { address, openShop, stock, stocks, sumsHold, untracked } from "./orders.mjs";
import { makeTenant, number, product, refused, rows, status, traces } from "./souk.mjs";

let tenant, live, lamp, rare;

before(async () => {
	({ tenant, client: live, lamp } = await openShop()); /* 49.99 */
	rare = await live.make("/products", product({ sku: "RARE", price: 10, status: "active" }));
	await stock(live, rare.id, 5);
});

const cart = (body = {}) => live.make("/carts", { lines: [{ product_id: lamp.id, quantity: 2 }], ...body });
const checkout = (id, body, headers) => live.post(`/carts/${id}/checkout`, body, headers);
const orders = () => rows(`SELECT COUNT(*) FROM orders WHERE tenant_id = (SELECT tenant_id FROM products WHERE id = ${number(lamp.id)})`)[0];

test("a cart becomes an order with all that it holds", async () => {
	const buyer = await live.make("/customers", { email: "buyer@example.com" });
	const one = await cart({ customer_id: buyer.id, shipping_address: address, shipping_method: "standard", metadata: { from: "shop" }, lines: [{ product_id: lamp.id, quantity: 2, metadata: { gift: "yes" } }, { sku: "RARE" }] });
	const answer = status(await checkout(one.id, { payment_method: "card", expected_total: 109.98 }), 201), order = answer.body;
	assert.equal(answer.headers.location, `/v2/orders/${order.id}`);
	assert.deepEqual([order.object, order.total, order.customer_id, order.email, order.shipping_method, order.payment_method, order.metadata], ["order", 109.98, buyer.id, "buyer@example.com", "standard", "card", { from: "shop" }]);
	assert.equal(order.shipping_address.line1, address.line1);
	assert.deepEqual(order.items.map((i) => [i.sku, i.quantity, i.total, i.metadata]), [["LAMP", 2, 99.98, { gift: "yes" }], ["RARE", 1, 10, {}]]);
	sumsHold(order);
	assert.deepEqual(await live.read(`/orders/${order.id}`), order);
	assert.deepEqual(stocks(rare.id), [{ on_hand: 5, reserved: 1 }]);
	const done = await live.read(`/carts/${one.id}`);
	assert.deepEqual([done.status, done.order_id, done.ready, typeof done.completed_at, done.version], ["completed", order.id, false, "string", 2]);
	assert.deepEqual(traces(one.id).events.map((e) => e.type), ["cart.created", "cart.completed"]);
	assert.deepEqual((await live.read("/carts?status=completed")).data.map((c) => c.id), [one.id]);
});

test("a cart without an address is priced for where its order will go, the customer's default", async () => {
	await live.make("/tax-rates", { name: "Umsatzsteuer", country: "DE", rate: 19, inclusive: true });
	await live.make("/tax-rates", { name: "Illinois", country: "US", state: "IL", rate: 6.25 });
	const line = { line1: "1 Main Street", city: "Anywhere" };
	const buyer = await live.make("/customers", { email: "home@example.com", addresses: [{ ...line, country: "DE" }, { ...line, state: "IL", country: "US" }] });
	const one = await cart({ customer_id: buyer.id });
	assert.deepEqual([one.shipping_address, one.prices_include_tax, one.tax_total, one.total], [null, true, 15.96, 99.98]);
	status(await live.post(`/customers/${buyer.id}/addresses/${buyer.addresses[1].id}/set-default`, { type: "shipping" }), 200);
	const moved = await live.read(`/carts/${one.id}`);
	assert.deepEqual([moved.prices_include_tax, moved.tax_total, moved.total], [false, 6.25, 106.23]);
	const there = await cart({ customer_id: buyer.id, shipping_address: { ...line, country: "DE" } });
	assert.equal(there.tax_total, 15.96);
	const order = status(await checkout(one.id, { expected_total: moved.total }), 201).body;
	assert.deepEqual([order.shipping_address_id, order.tax_lines, order.total], [buyer.addresses[1].id, moved.tax_lines, moved.total]);
});

test("twice it is refused, and told which order it became", async () => {
	const one = await cart(), { id } = status(await checkout(one.id), 201).body, count = orders();
	assert.match(refused(await checkout(one.id), 409, [], "cart_closed").message, new RegExp(id));
	for (const answer of [await live.patch(`/carts/${one.id}`, { email: "a@example.com" }), await live.delete(`/carts/${one.id}`), await live.post(`/carts/${one.id}/lines`, { product_id: lamp.id }), await live.delete(`/carts/${one.id}/lines/${one.lines[0].id}`)])
		refused(answer, 409, [], "cart_closed");
	assert.equal(orders(), count);
	assert.equal((await live.read(`/carts/${one.id}`)).order_id, id);
});

test("of many at once one makes the order", async () => {
	const one = await cart(), count = orders();
	const answers = await Promise.all(Array.from({ length: 8 }, () => live.send("POST", `/carts/${one.id}/checkout`, { fresh: true })));
	assert.deepEqual(answers.map((a) => a.status).sort(), [201, ...Array(7).fill(409)]);
	assert.equal(orders(), count + 1);
});

test("repeated under one key it is the same order", async () => {
	const one = await cart(), count = orders(), headers = { "idempotency-key": one.id };
	const [first, second] = [status(await checkout(one.id, {}, headers), 201), status(await checkout(one.id, {}, headers), 201)];
	assert.deepEqual(second.bytes, first.bytes);
	assert.equal(orders(), count + 1);
});

test("a rehearsal leaves the cart open", async () => {
	const one = await cart(), count = orders();
	assert.equal(status(await checkout(one.id, {}, { prefer: "dry-run" }), 200).body.total, 99.98);
	assert.deepEqual(await live.read(`/carts/${one.id}`), one);
	assert.equal(orders(), count);
});

// ---- what is refused, and leaves all as it was

async function refusedWhole(one, body, ...how) {
	const count = orders(), was = await live.read(`/carts/${one.id}`);
	const e = refused(await checkout(one.id, body), ...how);
	assert.deepEqual(await live.read(`/carts/${one.id}`), was);
	assert.equal(orders(), count);
	return e;
}

test("an empty cart is refused", async () => refusedWhole(await cart({ lines: [] }), {}, 422, ["lines:required"]));

test("another total than the one that was shown is refused", async () => {
	const chair = await live.make("/products", product({ price: 10, status: "active" }));
	untracked(chair.id);
	const one = await cart({ lines: [{ product_id: chair.id }] });
	status(await live.put(`/products/${chair.id}`, { price: 12 }), 200);
	assert.match((await refusedWhole(one, { expected_total: 10 }, 409, ["expected_total:price_changed"], "price_changed")).message, /12\.00/);
	assert.equal(status(await checkout(one.id, { expected_total: "12.00" }), 201).body.total, 12);
});

test("more than there is is refused, in the words of the cart", async () => {
	const one = await cart({ lines: [{ product_id: lamp.id }, { product_id: rare.id, quantity: 6 }] });
	await refusedWhole(one, {}, 409, ["lines[1].quantity:out_of_stock"], "out_of_stock");
});

test("a product that was archived meanwhile is refused", async () => {
	const gone = await live.make("/products", product({ status: "active" }));
	const one = await cart({ lines: [{ product_id: lamp.id }, { product_id: gone.id }] });
	status(await live.delete(`/products/${gone.id}`), 204);
	await refusedWhole(one, {}, 422, ["lines[1].product_id:not_for_sale"]);
});

test("a coupon that does not hold any more is refused", async () => {
	const { id, code } = await live.make("/coupons", { code: "SOON", type: "percentage", amount: 10, duration: "forever" });
	const one = await cart({ coupon_code: code });
	status(await live.put(`/coupons/${id}`, { active: false }), 200);
	assert.deepEqual((await live.read(`/carts/${one.id}`)).warnings.map((w) => w.field), ["coupon_code"]);
	await refusedWhole(one, {}, 422, ["coupon_code:coupon_inactive"]);
});

test("the last redemption of a coupon goes to one of two", async () => {
	const { code } = await live.make("/coupons", { code: "LAST", type: "percentage", amount: 10, duration: "forever", max_redemptions: 1 });
	const two = [await cart({ coupon_code: code }), await cart({ coupon_code: code })];
	const answers = await Promise.all(two.map((one) => live.send("POST", `/carts/${one.id}/checkout`, { fresh: true })));
	assert.equal(answers.filter((a) => a.status === 201).length, 1);
	const lost = answers.findIndex((a) => a.status !== 201);
	assert.ok([409, 422].includes(answers[lost].status), answers[lost].raw);
	assert.equal((await live.read(`/carts/${two[lost].id}`)).status, "open");
});

test("an archived customer is refused", async () => {
	const buyer = await live.make("/customers", { email: "gone@example.com" });
	const one = await cart({ customer_id: buyer.id });
	assert.equal(one.ready, true);
	status(await live.delete(`/customers/${buyer.id}`), 204);
	const { ready, warnings } = await live.read(`/carts/${one.id}`);
	assert.deepEqual([ready, warnings.map((w) => `${w.field}:${w.reason}`)], [false, ["customer_id:unknown"]]);
	await refusedWhole(one, {}, 422, ["customer_id:unknown"]);
});

test("one whose time is over is refused", async () => {
	const one = await cart();
	rows(`UPDATE carts SET expires_at = '2026-01-01' WHERE id = ${number(one.id)}`);
	await refusedWhole(one, {}, 409, [], "cart_closed");
});

for (const [what, body, fields] of [
	["a total that is no number", { expected_total: "much" }, ["expected_total:type"]],
	["less than nothing", { expected_total: -1 }, ["expected_total:too_small"]],
	["a name that there is not", { total: 5 }, ["total:unknown_field"]],
	["too long a method", { payment_method: "x".repeat(65) }, ["payment_method:too_long"]],
])
	test(`${what} is refused`, async () => refusedWhole(await cart(), body, 422, fields));

test("what is not ours is not there", async () => {
	const other = (await makeTenant()).live, theirs = await other.make("/carts", {});
	for (const id of [theirs.id, "cart_7zzzzzzzzzzzz", "prod_123", "x"])
		refused(await checkout(id), 404);
	for (const id of [theirs.id, "cart_7zzzzzzzzzzzz"])
		refused(await live.get(`/carts/${id}/rates`), 404);
	const gone = await cart();
	status(await live.delete(`/carts/${gone.id}`), 204);
	refused(await checkout(gone.id), 404);
});

test("reading carts is not ordering them", async () => {
	const reader = await tenant.client({ scopes: "carts:read" }), one = await cart();
	status(await reader.get(`/carts/${one.id}`), 200);
	status(await reader.get(`/carts/${one.id}/rates`), 200);
	refused(await reader.post(`/carts/${one.id}/checkout`), 403);
});

test("a cart in another currency becomes an order in it", async () => {
	const one = await cart({ currency: "EUR" });
	const order = status(await checkout(one.id, { expected_total: one.total }), 201).body;
	assert.deepEqual([order.currency, order.total], ["EUR", one.total]);
	const yen = await cart({ currency: "JPY" });
	assert.equal(status(await checkout(yen.id, { expected_total: yen.total }), 201).body.total, yen.total);
});

test("a total beyond all that can be expected is another one", async () => {
	const dear = await live.make("/products", product({ sku: "DEAR", price: 1000000, status: "active", track_inventory: false }));
	const lines = Array.from({ length: 7 }, (_, i) => ({ product_id: dear.id, quantity: 1000000, metadata: { part: String(i) } }));
	const one = await cart({ currency: "JPY", lines });
	assert.ok(one.total > 922337203685477);
	await refusedWhole(one, { expected_total: 1 }, 409, ["expected_total:price_changed"], "price_changed");
	assert.equal(status(await checkout(one.id), 201).body.total, one.total);
});

test("what would be larger than an order may be posted is refused", async () => {
	const big = (part) => Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, `${part}${"ü".repeat(495)}`]));
	const one = await cart({ lines: [{ product_id: lamp.id, metadata: big(0) }] });
	for (let part = 1; part < 22; part++)
		status(await live.post(`/carts/${one.id}/lines`, { product_id: lamp.id, metadata: big(part) }), 201);
	await refusedWhole(one, {}, 422, ["lines:too_large"]);
});

test("there is one way to send it, which says why it costs nothing", async () => {
	const one = await cart({ shipping_method: "express", currency: "EUR" });
	const { data } = await live.read(`/carts/${one.id}/rates`);
	assert.deepEqual(data.map((r) => [r.shipping_method, r.currency, r.price]), [["express", "EUR", 0]]);
	assert.equal((await live.read(`/carts/${(await cart()).id}/rates`)).data[0].shipping_method, "standard");
});
