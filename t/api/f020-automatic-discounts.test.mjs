// Discounts that apply by themselves: their conditions, what they apply to, and in what order.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, product, refused, status, traces } from "./souk.mjs";

let s, one;

before(async () => {
	s = (await makeTenant()).live;
	await s.make("/categories", { name: "Electronics", slug: "electronics" });
	one = await s.make("/products", product());
});

const path = "/discounts/automatic";
const discount = (more = {}) => ({ name: "Ten percent", type: "percentage", amount: 10, ...more });
const make = (more) => s.make(path, discount(more));
const refuse = async (more, ...fields) => refused(await s.post(path, discount(more)), 422, fields);
const gift = (conditions = {}, more = {}) => ({ type: "buy_x_get_y", amount: undefined, conditions: { buy_quantity: 2, get_quantity: 1, ...conditions }, ...more });

test("a discount is shown as it was given, below its own path", async () => {
	const sent = {
		name: "Buy 2 Get 1 Free", type: "buy_x_get_y",
		conditions: { buy_quantity: 2, get_quantity: 1, get_percent: 50, max_repeats: 3, minimum_amount: 100, minimum_quantity: 3, customer_tags: ["vip"], product_categories: ["electronics"], product_ids: [one.id] },
		start_date: "2026-02-01", end_date: "2026-03-31", priority: 5, stacking: "combinable",
	};
	const answer = status(await s.post(path, sent), 201), got = answer.body;
	assert.match(got.id, /^disc_[0-9a-z]{13}$/);
	assert.equal(answer.headers.location, `/v2/discounts/automatic/${got.id}`);
	for (const [name, value] of Object.entries(sent))
		if (name !== "conditions")
			assert.deepEqual(got[name], value, name);
	for (const [name, value] of Object.entries(sent.conditions))
		assert.deepEqual(got.conditions[name], value, name);
	assert.deepEqual([got.object, got.status, got.amount, got.applies_to, got.currency], ["automatic_discount", "active", null, null, null]);
	assert.deepEqual(await s.read(`${path}/${got.id}`), got);
	assert.equal(status(await s.patch(`${path}/${got.id}`, { status: "paused" }), 200).body.status, "paused");
	status(await s.delete(`${path}/${got.id}`), 204);
	status(await s.get(`${path}/${got.id}`), 404);
	assert.deepEqual(traces(got.id).events.map((e) => e.type), ["discount.created", "discount.updated", "discount.deleted"]);
});

test("what it applies to fits what it is", async () => {
	for (const more of [{ applies_to: "order" }, { applies_to: "product", conditions: { product_ids: [one.id] } }, { type: "free_shipping", applies_to: "shipping" }, { applies_to: "shipping" }, gift({}, { applies_to: "product" })])
		assert.equal((await make(more)).applies_to, more.applies_to);
	await refuse({ type: "free_shipping", applies_to: "order" }, "applies_to:not_applicable");
	await refuse(gift({}, { applies_to: "order" }), "applies_to:not_applicable");
	await refuse({ applies_to: "everything" }, "applies_to:not_a_choice");
	const changed = await make();
	status(await s.patch(`${path}/${changed.id}`, { applies_to: "order" }), 200);
	refused(await s.patch(`${path}/${changed.id}`, { type: "free_shipping" }), 422, ["applies_to:not_applicable"]);
});

test("units belong to buy_x_get_y, which needs them", async () => {
	await refuse(gift({ buy_quantity: undefined, get_quantity: undefined }), "conditions.buy_quantity:required", "conditions.get_quantity:required");
	await refuse({ type: "buy_x_get_y" }, "conditions:required");
	await refuse(gift({ buy_quantity: 0 }), "conditions.buy_quantity:too_small");
	await refuse(gift({ get_quantity: -1 }), "conditions.get_quantity:too_small");
	await refuse(gift({ get_quantity: 1e12 }), "conditions.get_quantity:too_large");
	await refuse(gift({ buy_quantity: 1.5 }), "conditions.buy_quantity:not_an_integer");
	await refuse(gift({ get_percent: 101 }), "conditions.get_percent:too_large");
	await refuse(gift({ get_percent: 0 }), "conditions.get_percent:too_small");
	await refuse({ conditions: { buy_quantity: 2, max_repeats: 1 } }, "conditions.buy_quantity:not_applicable", "conditions.max_repeats:not_applicable");
	const unlike = await make(gift());
	refused(await s.patch(`${path}/${unlike.id}`, { type: "percentage" }), 422, ["amount:required", "conditions.buy_quantity:not_applicable", "conditions.get_quantity:not_applicable"]);
});

test("amounts, days and conditions are those of coupons", async () => {
	await refuse({ amount: 0 }, "amount:too_small");
	await refuse({ amount: 101 }, "amount:too_large");
	await refuse({ type: "fixed_amount", amount: 0.5 }, "amount:too_precise");
	await refuse({ amount: undefined }, "amount:required");
	await refuse({ start_date: "2026-03-01", end_date: "2026-02-28" }, "end_date:too_small");
	await refuse({ end_date: "2026-02-30" }, "end_date:not_a_time");
	await refuse({ conditions: { product_ids: ["prod_zzz"] } }, "conditions.product_ids:unknown");
	await refuse({ conditions: { product_ids: ["prod_ZZZ"] } }, "conditions.product_ids[0]:not_an_id");
	await refuse({ conditions: { product_categories: ["nowhere"] } }, "conditions.product_categories:unknown");
	await refuse({ currency: "XXL" }, "currency:unknown");
	await refuse({ priority: -1 }, "priority:too_small");
	await refuse({ stacking: "all" }, "stacking:not_a_choice");
	await refuse({ name: " " }, "name:blank");
	refused(await s.post(path, {}), 422, ["name:required", "type:required"]);
});

test("discounts are listed by priority and status", async () => {
	const mine = (await makeTenant()).live;
	const [low, high, off] = [await mine.make(path, discount({ priority: 1 })), await mine.make(path, discount({ priority: 9 })), await mine.make(path, discount({ status: "paused" }))];
	const ids = async (query) => (await mine.read(`${path}?${query}`)).data.map((d) => d.id);
	assert.deepEqual(await ids("sort=-priority"), [high.id, low.id, off.id]);
	assert.deepEqual(await ids("status=paused"), [off.id]);
	assert.deepEqual(await ids("type=buy_x_get_y"), []);
});
