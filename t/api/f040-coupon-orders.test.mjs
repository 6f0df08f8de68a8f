// Coupons and discounts on orders: what they take off stands on each line, a coupon is counted with the order that uses it,
// and given back when that is cancelled.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { openShop, order, sumsHold } from "./orders.mjs";
import { product, refused, status } from "./souk.mjs";

let s, lamp, mug, made = 0, jane, joe;

before(async () => {
	const shop = await openShop();
	({ client: s, lamp } = shop);
	await s.make("/categories", { name: "Kitchen", slug: "kitchen" });
	mug = await s.make("/products", product({ name: "Mug", price: 9.99, status: "active", categories: ["kitchen"], track_inventory: false }));
	jane = await s.make("/customers", { email: "Jane@Example.com", tags: ["vip"] });
	joe = await s.make("/customers", { email: "joe@example.com" });
});

const make = (more = {}) => s.make("/coupons", { code: `O-${++made}`, type: "percentage", amount: 20, ...more });
const lines = (mugs = 1, lamps = 1) => [{ product_id: mug.id, quantity: mugs }, { product_id: lamp.id, quantity: lamps }];
const buy = (coupon, more = {}) => s.post("/orders", { items: lines(), coupon_code: coupon.code, ...more });
const used = async (coupon) => (await s.read(`/coupons/${coupon.id}`)).times_redeemed;
const refuses = async (reason, coupon, more) => refused(await buy(coupon, more), 422, [`coupon_code:${reason}`]);

test("a coupon makes an order cheaper, line by line, and is counted", async () => {
	const fifth = await make({ name: "A fifth" });
	const o = await order(s, lines(3, 1), { coupon_code: fifth.code.toLowerCase() });
	assert.deepEqual([o.subtotal, o.discount_total, o.total], [79.96, 15.99, 63.97]);
	assert.deepEqual(o.items.map((item) => item.discount_total), [5.99, 10]);
	sumsHold(o);
	assert.equal(await used(fifth), 1);
	const explained = await s.read(`/orders/${o.id}/explain`);
	assert.ok(JSON.stringify(explained).includes(fifth.id), "the explanation names it");
	status(await s.delete(`/coupons/${fifth.id}`), 204);
	assert.deepEqual(await s.read(`/orders/${o.id}`), o, "an order keeps what it was given");
});

test("what a coupon asks for is asked of orders", async () => {
	await refuses("coupon_unknown", { code: "NOWHERE" });
	await refuses("coupon_inactive", await make({ active: false }));
	await refuses("coupon_expired", await make({ end_date: "2026-01-31" }));
	await refuses("coupon_not_yet", await make({ start_date: "9999-01-01" }));
	await refuses("coupon_minimum", await make({ restrictions: { minimum_amount: 5999 } }));
	await refuses("coupon_no_items", await make({ restrictions: { product_ids: [lamp.id] } }), { items: lines().slice(0, 1) });
	await refuses("coupon_not_yours", await make({ restrictions: { customer_tags: ["vip"] } }), { customer_id: joe.id });
	status(await buy(await make({ restrictions: { customer_tags: ["vip"], minimum_amount: 5998 } }), { customer_id: jane.id }), 201);
	await refuses("coupon_needs_customer", await make({ duration: "once" }));
});

test("as many orders use it as may, and a cancelled one uses none", async () => {
	const two = await make({ max_redemptions: 2 });
	const first = status(await buy(two), 201).body;
	status(await buy(two), 201);
	await refuses("coupon_used_up", two);
	status(await s.post(`/orders/${first.id}/cancel`, {}), 200);
	assert.equal(await used(two), 1);
	refused(await s.post(`/orders/${first.id}/cancel`, {}), 409);
	assert.equal(await used(two), 1);
	status(await buy(two), 201);
	await refuses("coupon_used_up", two);
});

test("once is once for a customer, by id or e-mail, until that order is cancelled", async () => {
	for (const more of [{ duration: "once" }, { restrictions: { once_per_customer: true } }]) {
		const coupon = await make(more);
		const first = status(await buy(coupon, { customer_id: jane.id }), 201).body;
		await refuses("coupon_used", coupon, { customer_id: jane.id });
		await refuses("coupon_used", coupon, { email: "JANE@example.com" });
		status(await buy(coupon, { customer_id: joe.id }), 201);
		status(await s.post(`/orders/${first.id}/cancel`, {}), 200);
		status(await buy(coupon, { email: "jane@EXAMPLE.com" }), 201);
		await refuses("coupon_used", coupon, { customer_id: jane.id });
	}
});

test("one for first orders is for those alone", async () => {
	const coupon = await make({ restrictions: { first_time_transaction: true } });
	const newcomer = await s.make("/customers", { email: "new@example.com" });
	const first = status(await buy(coupon, { customer_id: newcomer.id }), 201).body;
	await refuses("coupon_not_first", await make({ restrictions: { first_time_transaction: true } }), { customer_id: newcomer.id });
	await refuses("coupon_not_first", coupon, { email: "new@example.com" });
	status(await s.post(`/orders/${first.id}/cancel`, {}), 200);
	status(await buy(coupon, { customer_id: newcomer.id }), 201);
});

test("automatic discounts apply by themselves, before the coupon", async () => {
	const gift = await s.make("/discounts/automatic", { name: "Buy 2 Get 1 Free", type: "buy_x_get_y", conditions: { buy_quantity: 2, get_quantity: 1, product_categories: ["kitchen"] } });
	const o = await order(s, lines(3, 1));
	assert.deepEqual([o.discount_total, ...o.items.map((item) => item.discount_total)], [9.99, 9.99, 0]);
	const both = await order(s, lines(3, 1), { coupon_code: (await make({ amount: 50 })).code });
	assert.deepEqual([both.discount_total, both.total], [44.97, 34.99], "half of 69.97, to the even cent");
	sumsHold(both);
	status(await s.patch(`/discounts/automatic/${gift.id}`, { stacking: "exclusive" }), 200);
	await refuses("coupon_not_combinable", await make(), { items: lines(3) });
	status(await s.delete(`/discounts/automatic/${gift.id}`), 204);
	assert.equal((await order(s, lines(3, 1))).discount_total, 0);
});

test("an order that is refused counts nothing", async () => {
	const coupon = await make();
	for (const more of [{ items: [{ product_id: "prod_zzz", quantity: 1 }] }, { items: lines(0) }, { currency: "ZZZ" }])
		refused(await buy(coupon, more), 422);
	const answer = await s.post("/orders", { items: lines(), coupon_code: coupon.code }, { prefer: "dry-run" });
	assert.equal(status(answer, 200).body.discount_total, 12);
	assert.equal(await used(coupon), 0);
	const headers = { "idempotency-key": "one coupon" };
	for (let i = 0; i < 3; i++)
		status(await s.post("/orders", { items: lines(), coupon_code: coupon.code }, headers), 201);
	assert.equal(await used(coupon), 1);
});
