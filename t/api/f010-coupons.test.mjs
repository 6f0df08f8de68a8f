// Coupons: what a code is, what it takes off, and for whom; everything that makes no sense is refused when it is written.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, product, refused, status, traces } from "./souk.mjs";

let t, s, made = 0, one, two, jane;

before(async () => {
	t = await makeTenant();
	s = t.live;
	await s.make("/categories", { name: "Audio", slug: "audio" });
	[one, two] = [await s.make("/products", product()), await s.make("/products", product({ categories: ["audio"] }))];
	jane = await s.make("/customers", { email: "jane@example.com", tags: ["vip"] });
});

const coupon = (more = {}) => ({ code: `CODE-${++made}`, type: "percentage", amount: 20, ...more });
const make = (more) => s.make("/coupons", coupon(more));
const refuse = async (more, ...fields) => refused(await s.post("/coupons", coupon(more)), 422, fields);

test("a coupon is shown as it was given, and what it is by itself", async () => {
	const sent = {
		code: "Summer-2026", name: "Summer", type: "percentage", amount: 12.5, currency: "eur", duration: "repeating", duration_in_months: 3, max_redemptions: 1000,
		restrictions: {
			minimum_amount: 5000, minimum_quantity: 2, first_time_transaction: true, once_per_customer: true, product_ids: [one.id, two.id], product_categories: ["audio"],
			excluded_product_ids: [two.id], excluded_categories: ["audio"], customer_ids: [jane.id], customer_tags: ["vip"],
		},
		combinable: false, active: false, start_date: "2026-02-28", end_date: "2028-02-29", metadata: { campaign: "7" },
	};
	const answer = status(await s.post("/coupons", sent), 201), got = answer.body;
	assert.match(got.id, /^coup_[0-9a-z]{13}$/);
	assert.equal(answer.headers.location, `/v2/coupons/${got.id}`);
	for (const [name, value] of Object.entries({ ...sent, currency: "EUR", restrictions: undefined }))
		if (value !== undefined)
			assert.deepEqual(got[name], value, name);
	for (const [name, value] of Object.entries(sent.restrictions))
		assert.deepEqual(got.restrictions[name], value, name);
	assert.deepEqual([got.object, got.times_redeemed, got.version], ["coupon", 0, 1]);
	assert.deepEqual(await s.read(`/coupons/${got.id}`), got);
	const bare = await make({ type: "fixed_amount", amount: 500 });
	assert.deepEqual([bare.currency, bare.duration, bare.duration_in_months, bare.max_redemptions, bare.restrictions, bare.combinable, bare.active, bare.end_date],
		[null, "forever", null, null, null, true, true, null]);
	assert.deepEqual(traces(bare.id).events.map((e) => e.type), ["coupon.created"]);
});

test("the amount of free shipping is of no account", async () => {
	assert.equal((await make({ type: "free_shipping", amount: 7 })).amount, 7);
	assert.equal((await make({ type: "free_shipping", amount: undefined })).amount, null);
	const changed = await make();
	status(await s.patch(`/coupons/${changed.id}`, { type: "free_shipping", amount: null }), 200);
	refused(await s.patch(`/coupons/${changed.id}`, { type: "percentage" }), 422, ["amount:required"]);
});

test("a code is one whatever its case, and free again when its coupon is gone", async () => {
	const first = await make({ code: "Ten-Off" });
	refused(await s.post("/coupons", coupon({ code: "tEN-oFF" })), 409, ["code:taken"]);
	const other = await make({ code: "Ten-Of" });
	assert.deepEqual((await s.read("/coupons?code=TEN-OFF")).data.map((c) => [c.id, c.code]), [[first.id, "Ten-Off"]]);
	refused(await s.patch(`/coupons/${other.id}`, { code: "TEN-OFF" }), 409, ["code:taken"]);
	assert.equal(status(await s.patch(`/coupons/${first.id}`, { code: "TEN-OFF" }), 200).body.code, "TEN-OFF");
	status(await s.delete(`/coupons/${first.id}`), 204);
	assert.equal((await make({ code: "ten-off" })).code, "ten-off");
	await (await makeTenant()).live.make("/coupons", coupon({ code: "ten-off" }));
});

test("an amount is percent, or minor units", async () => {
	for (const amount of [0.0001, 1, 99.9999, 100, "33.3333"])
		assert.equal((await make({ amount })).amount, Number(amount));
	assert.equal((await make({ type: "fixed_amount", amount: 1e11 })).amount, 1e11);
	await refuse({ amount: 0 }, "amount:too_small");
	await refuse({ amount: -5 }, "amount:too_small");
	await refuse({ amount: 101 }, "amount:too_large");
	await refuse({ amount: 100.0001 }, "amount:too_large");
	await refuse({ amount: 0.00001 }, "amount:too_precise");
	await refuse({ amount: "twenty" }, "amount:type");
	await refuse({ amount: null }, "amount:required");
	await refuse({ amount: undefined }, "amount:required");
	await refuse({ type: "fixed_amount", amount: 9.99 }, "amount:too_precise");
	await refuse({ type: "fixed_amount", amount: 0 }, "amount:too_small");
	await refuse({ type: "fixed_amount", amount: 1e11 + 1 }, "amount:too_large");
	await refuse({ type: "fixed_amount", amount: 1e300 }, "amount:too_large");
	await refuse({ type: "half_off" }, "type:not_a_choice");
	await refuse({ type: undefined }, "type:required");
});

test("months belong to a repeating coupon", async () => {
	await refuse({ duration: "repeating" }, "duration_in_months:required");
	await refuse({ duration: "repeating", duration_in_months: 0 }, "duration_in_months:too_small");
	await refuse({ duration: "repeating", duration_in_months: 121 }, "duration_in_months:too_large");
	await refuse({ duration: "monthly" }, "duration:not_a_choice");
	const repeating = await make({ duration: "repeating", duration_in_months: 3 });
	refused(await s.patch(`/coupons/${repeating.id}`, { duration_in_months: null }), 422, ["duration_in_months:required"]);
	status(await s.patch(`/coupons/${repeating.id}`, { duration: "once", duration_in_months: null }), 200);
});

test("days are days that there are, in their order", async () => {
	for (const [start_date, end_date] of [["2026-02-01", "2026-02-01"], [null, "2024-02-29"], ["9999-12-31", null]])
		await make({ start_date, end_date });
	await refuse({ start_date: "2026-02-02", end_date: "2026-02-01" }, "end_date:too_small");
	await refuse({ end_date: "2026-02-29" }, "end_date:not_a_time");
	await refuse({ start_date: "2026-13-01" }, "start_date:not_a_time");
	await refuse({ start_date: "2026-02-01T00:00:00Z" }, "start_date:too_long");
	await refuse({ start_date: "2026/02/01" }, "start_date:pattern");
	const windowed = await make({ start_date: "2026-02-01", end_date: "2026-03-01" });
	refused(await s.patch(`/coupons/${windowed.id}`, { end_date: "2026-01-31" }), 422, ["end_date:too_small"]);
	assert.deepEqual((await s.read("/coupons?filter[end_date]=2026-03-01")).data.map((c) => c.id), [windowed.id]);
});

test("restrictions name what there is", async () => {
	const other = (await makeTenant()).live;
	const [hers, his] = [await other.make("/products", product()), await other.make("/customers", { email: "jane@example.com" })];
	await refuse({ restrictions: { product_ids: ["prod_zzz", hers.id] } }, "restrictions.product_ids:unknown");
	await refuse({ restrictions: { product_ids: [hers.id], excluded_product_ids: [hers.id], customer_ids: [his.id] } },
		"restrictions.product_ids:unknown", "restrictions.excluded_product_ids:unknown", "restrictions.customer_ids:unknown");
	await refuse({ restrictions: { product_categories: ["audio", "Audio"] } }, "restrictions.product_categories:unknown");
	await refuse({ restrictions: { excluded_categories: ["radio"] } }, "restrictions.excluded_categories:unknown");
	await refuse({ restrictions: { minimum_amount: 0 } }, "restrictions.minimum_amount:too_small");
	await refuse({ restrictions: { minimum_amount: 49.99 } }, "restrictions.minimum_amount:not_an_integer");
	await refuse({ restrictions: { minimum_amount: 1e13 } }, "restrictions.minimum_amount:too_large");
	await refuse({ restrictions: { minimum_quantity: 0 } }, "restrictions.minimum_quantity:too_small");
	await refuse({ restrictions: { first_time_transaction: "yes" } }, "restrictions.first_time_transaction:type");
	await refuse({ restrictions: { minimum: 5000 } }, "restrictions.minimum:unknown_field");
	await refuse({ restrictions: [] }, "restrictions:type");
	const gone = await s.make("/products", product());
	const kept = await make({ restrictions: { product_ids: [gone.id] } });
	status(await s.delete(`/products/${gone.id}`), 204);
	await refuse({ restrictions: { product_ids: [gone.id] } }, "restrictions.product_ids:unknown");
	status(await s.patch(`/coupons/${kept.id}`, { active: false }), 200);
});

test("what is the server's is left alone, all else of a code that is none is told", async () => {
	assert.equal((await make({ times_redeemed: 99 })).times_redeemed, 0);
	for (const code of ["two words", "Été", "a\u00a0b", "a\tb"])
		await refuse({ code }, "code:pattern");
	await refuse({ code: "" }, "code:blank");
	await refuse({ code: "x".repeat(65) }, "code:too_long");
	await refuse({ code: undefined, type: "x", amount: -1, currency: "ZZZ" }, "code:required", "type:not_a_choice", "amount:too_small", "currency:unknown");
	await refuse({ max_redemptions: 0 }, "max_redemptions:too_small");
	await refuse({ max_redemptions: 1.5 }, "max_redemptions:not_an_integer");
	refused(await s.post("/coupons", {}), 422, ["code:required", "type:required"]);
});
