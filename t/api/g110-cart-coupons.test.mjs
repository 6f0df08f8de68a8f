// A coupon on a cart must hold when it is put on; what it takes off, and why it does no longer, shows in every reading.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, number, product, refused, rows, status } from "./souk.mjs";

let live, lamp, mug;

async function sold(more) {
	const made = await live.make("/products", product({ status: "active", ...more }));
	rows(`UPDATE products SET track_inventory = 0 WHERE id = ${number(made.id)}`);
	return made;
}

before(async () => {
	live = (await makeTenant()).live;
	lamp = await sold({ name: "Lamp", price: 20 });
	mug = await sold({ name: "Mug", price: 5 });
});

let made = 0;
const coupon = (more) => live.make("/coupons", { code: `CODE${++made}`, type: "percentage", amount: 10, duration: "forever", ...more });
const cart = (body = {}) => live.make("/carts", { lines: [{ product_id: lamp.id, quantity: 2 }, { product_id: mug.id }], ...body });

test("a coupon takes something off each line, and says so", async () => {
	const { id, code } = await coupon({ name: "Ten per cent" });
	const one = await cart();
	const now = status(await live.post(`/carts/${one.id}/coupon`, { code }), 200).body;
	assert.deepEqual([now.coupon_code, now.subtotal, now.discount_total, now.total, now.version], [code, 45, 4.5, 40.5, 2]);
	assert.deepEqual(now.discounts, [{ rule: id, kind: "coupon", name: now.discounts[0].name, code, amount: 450 }]);
	assert.deepEqual(now.lines.map((l) => [l.discount_total, l.total]), [[4, 36], [0.5, 4.5]]);
	assert.deepEqual(now.lines[0].explanation.map((s) => [s.kind, s.rule, s.amount, s.amount_after]), [["list", null, 4000, 4000], ["coupon", id, -400, 3600]]);
	assert.deepEqual(await live.read(`/carts/${one.id}`), now);
	const without = status(await live.delete(`/carts/${one.id}/coupon`), 200).body;
	assert.deepEqual([without.coupon_code, without.total, without.discounts], [null, 45, []]);
});

test("it can stand in the cart's body, in any case", async () => {
	const { code } = await coupon();
	const one = await cart({ coupon_code: code.toLowerCase() });
	assert.equal(one.total, 40.5);
	assert.equal(status(await live.patch(`/carts/${one.id}`, { coupon_code: null }), 200).body.total, 45);
	assert.equal(status(await live.patch(`/carts/${one.id}`, { coupon_code: code }), 200).body.total, 40.5);
});

for (const [what, make, reason] of [
	["is not on yet", () => coupon({ start_date: "2099-01-01" }), "coupon_not_yet"],
	["is over", () => coupon({ start_date: "2020-01-01", end_date: "2020-12-31" }), "coupon_expired"],
	["wants more in the cart", () => coupon({ restrictions: { minimum_amount: 4501 } }), "coupon_minimum"],
	["is for nothing that is there", async () => coupon({ restrictions: { product_ids: [(await sold({})).id] } }), "coupon_no_items"],
	["is unknown", () => ({ code: "NONE" }), "coupon_unknown"],
])
	test(`one that ${what} is refused`, async () => {
		const { code } = await make(), one = await cart();
		refused(await live.post(`/carts/${one.id}/coupon`, { code }), 422, [`code:${reason}`]);
		refused(await live.patch(`/carts/${one.id}`, { coupon_code: code }), 422, [`coupon_code:${reason}`]);
		assert.deepEqual(await live.read(`/carts/${one.id}`), one);
	});

test("what it needed and is there no longer is a warning, and all else is priced", async () => {
	const { code } = await coupon({ restrictions: { minimum_amount: 3000 } });
	const one = await cart({ coupon_code: code });
	assert.equal(one.total, 40.5);
	status(await live.delete(`/carts/${one.id}/lines/${one.lines[0].id}`), 204);
	const now = await live.read(`/carts/${one.id}`);
	assert.deepEqual([now.total, now.discount_total, now.ready, now.warnings.map((w) => [w.field, w.reason])], [5, 0, false, [["coupon_code", "coupon_minimum"]]]);
	const more = await live.make(`/carts/${one.id}/lines`, { product_id: lamp.id, quantity: 2 });
	assert.equal(more.total, 36);
	assert.equal((await live.read(`/carts/${one.id}`)).ready, true);
});

test("one that is counted by customer waits for who buys", async () => {
	const { code } = await coupon({ duration: "once" });
	const one = await cart();
	const now = status(await live.post(`/carts/${one.id}/coupon`, { code }), 200).body;
	assert.deepEqual([now.total, now.ready, now.warnings.map((w) => w.reason)], [45, false, ["coupon_needs_customer"]]);
	const named = status(await live.patch(`/carts/${one.id}`, { email: "buyer@example.com" }), 200).body;
	assert.deepEqual([named.total, named.ready, named.warnings], [40.5, true, []]);
});

test("in another currency amounts are converted", async () => {
	const { code } = await coupon({ type: "fixed_amount", amount: 1000 });
	assert.equal((await cart({ coupon_code: code })).total, 35);
	const euros = await cart({ coupon_code: code, currency: "EUR" });
	assert.equal(euros.discount_total, 8.56); /* 10 / 1.1684 */
});

test("automatic discounts apply by themselves, before the coupon", async () => {
	const { id } = await live.make("/discounts/automatic", { name: "Mugs", type: "percentage", amount: 50, conditions: { product_ids: [mug.id] } });
	const { code } = await coupon();
	const one = await cart({ coupon_code: code });
	assert.deepEqual(one.discounts.map((d) => [d.kind, d.amount]), [["automatic", 250], ["coupon", 425]]);
	assert.deepEqual(one.lines[1].explanation.map((s) => [s.kind, s.amount]).slice(0, 3), [["list", 500], ["automatic", -250], ["coupon", -25]]);
	status(await live.delete(`/discounts/automatic/${id}`), 204);
	assert.equal((await live.read(`/carts/${one.id}`)).total, 40.5);
});

test("tax is that of the address", async () => {
	await live.make("/tax-rates", { name: "Sales tax", country: "US", state: "NY", rate: 8.875 });
	const one = await cart();
	assert.equal(one.tax_total, 0);
	const to = { line1: "1 St", city: "New York", zip: "10001", country: "US" };
	const there = status(await live.patch(`/carts/${one.id}`, { shipping_address: { ...to, state: "NY" } }), 200).body;
	assert.deepEqual([there.tax_total, there.total], [3.99, 48.99]); /* 3.55 + 0.44375 */
	assert.equal(there.tax_lines.length, 1);
	assert.equal(status(await live.patch(`/carts/${one.id}`, { shipping_address: { ...to, state: "OR" } }), 200).body.tax_total, 0);
});
