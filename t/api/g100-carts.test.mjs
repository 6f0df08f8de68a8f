// A cart keeps what is wanted; what that costs is worked out whenever it is read. Lines of the same thing are one.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, number, product, refused, rows, status, statements, traces } from "./souk.mjs";

let live, other;
let lamp, mug, shirt; /* a product, a second one, one in three variants */
let small, large;

// Products that nobody counts, so that these tests need no stock.
async function sold(client, more = {}) {
	const made = await client.make("/products", product({ status: "active", ...more }));
	rows(`UPDATE products SET track_inventory = 0 WHERE id = ${number(made.id)}`);
	return made;
}

before(async () => {
	live = (await makeTenant()).live;
	other = (await makeTenant()).live;
	lamp = await sold(live, { name: "Lamp", price: 19.99, prices: { EUR: 18 } });
	mug = await sold(live, { name: "Mug", price: 5 });
	shirt = await sold(live, { name: "Shirt", price: 20, variants: [{ sku: `S-${Date.now()}` }, { sku: `L-${Date.now()}`, price: 22, name: "Large" }] });
	[small, large] = shirt.variants;
});

const cart = (body = {}) => live.make("/carts", body);
const line = (id, body) => live.post(`/carts/${id}/lines`, body);

// ---- what it is

test("an empty cart costs nothing and is not ready", async () => {
	const made = await cart();
	assert.match(made.id, /^cart_/);
	assert.deepEqual({ ...made, id: 0, created_at: 0, updated_at: 0, expires_at: 0 }, {
		id: 0, object: "cart", status: "open", customer_id: null, email: null, currency: "USD", coupon_code: null, shipping_address: null,
		billing_address: null, shipping_method: null, expires_at: 0, completed_at: null, order_id: null, hold_expires_at: null, subtotal: 0, discount_total: 0,
		shipping_total: 0, tax_total: 0, total: 0, prices_include_tax: false, discounts: [], tax_lines: [], shipping_explanation: made.shipping_explanation,
		warnings: [], ready: false, lines: [], metadata: {}, created_at: 0, updated_at: 0, version: 1,
	});
	assert.equal(Date.parse(made.expires_at) - Date.parse(made.created_at), 30 * 86400000);
});

test("lines are named by product, variant or SKU, and priced", async () => {
	const made = await cart({ lines: [{ product_id: lamp.id, quantity: 2 }, { variant_id: large.id }, { sku: small.sku, quantity: 3 }, { product_id: shirt.id, variant_id: large.id, metadata: { gift: "yes" } }] });
	assert.deepEqual(made.lines.map((l) => [l.object, l.name, l.variant_name, l.sku, l.product_id, l.variant_id, l.quantity, l.position, l.list_price, l.price, l.subtotal, l.total, l.currency]), [
		["cart_line", "Lamp", null, lamp.sku, lamp.id, null, 2, 0, 19.99, 19.99, 39.98, 39.98, "USD"],
		["cart_line", "Shirt", "Large", large.sku, shirt.id, large.id, 1, 1, 22, 22, 22, 22, "USD"],
		["cart_line", "Shirt", null, small.sku, shirt.id, small.id, 3, 2, 20, 20, 60, 60, "USD"],
		["cart_line", "Shirt", "Large", large.sku, shirt.id, large.id, 1, 3, 22, 22, 22, 22, "USD"],
	]);
	assert.deepEqual([made.subtotal, made.total, made.ready, made.warnings], [143.98, 143.98, true, []]);
	assert.deepEqual(made.lines[0].explanation, [{ kind: "list", rule: null, text: made.lines[0].explanation[0].text, amount: 3998, amount_after: 3998, unit_amount: 1999, amount_included: 0 }]);
	assert.deepEqual(await live.read(`/carts/${made.id}`), made);
});

test("a change of the price shows in the next reading, without a new version", async () => {
	const chair = await sold(live, { name: "Chair", price: 50 });
	const made = await cart({ lines: [{ sku: chair.sku, quantity: 2 }] });
	const first = status(await live.get(`/carts/${made.id}`), 200);
	status(await live.put(`/products/${chair.id}`, { price: 45, name: "Armchair" }), 200);
	const now = status(await live.get(`/carts/${made.id}`, { "if-none-match": first.headers.etag }), 200);
	assert.deepEqual([now.body.total, now.body.lines[0].name, now.body.version], [90, "Armchair", made.version]);
	status(await live.get(`/carts/${made.id}`, { "if-none-match": now.headers.etag }), 304);
	status(await live.patch(`/carts/${made.id}`, { email: "a@example.com" }, { "if-match": first.headers.etag }), 200);
	assert.match(now.headers["cache-control"], /no-store/);
});

test("a product of one variant is that variant, and a SKU of the product finds it", async () => {
	const one = await sold(live, { name: "Ring", price: 7, variants: [{ sku: `R-${Date.now()}`, price: 8 }] });
	const made = await cart({ lines: [{ product_id: one.id }] });
	assert.deepEqual([made.lines[0].variant_id, made.lines[0].sku, made.lines[0].price], [one.variants[0].id, one.variants[0].sku, 8]);
	const same = status(await line(made.id, { sku: one.sku }), 201).body;
	assert.deepEqual([same.id, same.quantity], [made.lines[0].id, 2]);
});

test("a line can be read and listed by itself", async () => {
	const made = await cart({ lines: [{ product_id: lamp.id, quantity: 2 }, { product_id: mug.id }] });
	assert.deepEqual(await live.read(`/carts/${made.id}/lines/${made.lines[1].id}`), made.lines[1]);
	const list = await live.read(`/carts/${made.id}/lines`);
	assert.deepEqual(list.data.map((l) => [l.id, l.quantity, "total" in l]), made.lines.map((l) => [l.id, l.quantity, false]));
	refused(await live.get(`/carts/${(await cart()).id}/lines/${made.lines[1].id}`), 404);
});

test("carts are listed by status, customer, e-mail and date, without prices", async () => {
	const buyer = await live.make("/customers", { email: `${Date.now()}@example.com` });
	const made = await cart({ customer_id: buyer.id, email: "list@example.com" });
	for (const query of [`customer_id=${buyer.id}`, `email=list@example.com&status=open`, `filter[customer_id]=${buyer.id}&date_from=2020-01-01&date_to=2099-01-01`]) {
		const { data } = await live.read(`/carts?${query}`);
		assert.deepEqual(data.map((c) => c.id), [made.id], query);
		assert.ok(!("total" in data[0]) && !("lines" in data[0]), query);
	}
	assert.deepEqual((await live.read(`/carts?customer_id=${buyer.id}&status=completed`)).data, []);
	assert.deepEqual((await live.read(`/carts?customer_id=${buyer.id}&date_to=2020-01-01`)).data, []);
});

// ---- lines of the same thing

test("posting what is there adds to it: one line, the same id", async () => {
	const made = await cart({ lines: [{ product_id: lamp.id, quantity: 2 }] });
	const answer = status(await line(made.id, { sku: lamp.sku, quantity: 3 }), 201);
	assert.deepEqual([answer.body.id, answer.body.quantity, answer.body.total, answer.body.version], [made.lines[0].id, 5, 99.95, 2]);
	assert.equal(answer.headers.location, `/v2/carts/${made.id}/lines/${made.lines[0].id}`);
	const now = await live.read(`/carts/${made.id}`);
	assert.deepEqual([now.lines.length, now.lines[0].quantity, now.version], [1, 5, 2]);
});

test("a body of the whole cart says how many there shall be", async () => {
	const made = await cart({ lines: [{ product_id: lamp.id, quantity: 2 }, { product_id: lamp.id, quantity: 2 }, { product_id: mug.id }] });
	assert.deepEqual(made.lines.map((l) => l.quantity), [4, 1]);
	for (const body of [{ lines: [{ product_id: lamp.id, quantity: 3 }] }, { lines: [{ id: made.lines[0].id, quantity: 3 }] }]) {
		const now = status(await live.put(`/carts/${made.id}`, body), 200).body;
		assert.deepEqual(now.lines.map((l) => [l.id, l.quantity]), [[made.lines[0].id, 3], [made.lines[1].id, 1]]);
	}
	const less = status(await live.put(`/carts/${made.id}`, { lines: [{ id: made.lines[0].id, _delete: true }] }), 200).body;
	assert.deepEqual(less.lines.map((l) => l.id), [made.lines[1].id]);
});

test("what is told apart by metadata stays apart", async () => {
	const made = await cart({ lines: [{ product_id: mug.id, metadata: { text: "Ann" } }] });
	status(await line(made.id, { product_id: mug.id, metadata: { text: "Bob" } }), 201);
	status(await line(made.id, { product_id: mug.id, metadata: { text: "Ann" } }), 201);
	assert.deepEqual((await live.read(`/carts/${made.id}`)).lines.map((l) => [l.metadata.text, l.quantity]), [["Ann", 2], ["Bob", 1]]);
});

test("what a line is does not change, only how many of it", async () => {
	const made = await cart({ lines: [{ variant_id: small.id, quantity: 2 }] });
	const path = `/carts/${made.id}/lines/${made.lines[0].id}`;
	for (const [body, field] of [[{ variant_id: large.id }, "variant_id"], [{ product_id: lamp.id }, "product_id"], [{ sku: lamp.sku }, "sku"]])
		refused(await live.put(path, body), 422, [`${field}:create_only`]);
	const same = status(await live.put(path, made.lines[0]), 200).body;
	assert.equal(same.version, 1);
	assert.equal(status(await live.put(path, { ...made.lines[0], version: undefined, quantity: 4 }), 200).body.quantity, 4);
});

test("lines are deleted one by one", async () => {
	const made = await cart({ lines: [{ product_id: lamp.id }, { product_id: mug.id }] });
	status(await live.delete(`/carts/${made.id}/lines/${made.lines[0].id}`), 204);
	refused(await live.delete(`/carts/${made.id}/lines/${made.lines[0].id}`), 404);
	assert.deepEqual((await live.read(`/carts/${made.id}`)).lines.map((l) => l.id), [made.lines[1].id]);
});

// ---- currencies

test("a cart in another currency takes explicit prices, and converts the others", async () => {
	const made = await cart({ currency: "eur", lines: [{ product_id: lamp.id }, { product_id: mug.id }] });
	assert.equal(made.currency, "EUR");
	assert.deepEqual(made.lines.map((l) => [l.price, l.currency]), [[18, "EUR"], [4.28, "EUR"]]); /* 5 / 1.1684 */
	assert.equal(made.total, 22.28);
	const yen = status(await live.patch(`/carts/${made.id}`, { currency: "JPY" }), 200).body;
	assert.deepEqual([yen.currency, yen.lines[1].price, Number.isInteger(yen.total)], ["JPY", 799, true]);
	assert.deepEqual((await live.read(`/carts/${made.id}`)).total, yen.total);
	const shown = status(await live.get(`/carts/${made.id}`, { "x-currency": "GBP" }), 200).body;
	assert.equal(shown.total, yen.total);
});

// ---- what is in the way

test("a line that cannot be sold any more is a warning, and out of the totals", async () => {
	const gone = await sold(live, { name: "Gone", price: 30 });
	const draft = await sold(live, { name: "Draft", price: 40 });
	const split = await sold(live, { name: "Split", price: 10, variants: [{ sku: `V-${Date.now()}` }, { sku: `W-${Date.now()}` }] });
	const made = await cart({ lines: [{ product_id: gone.id }, { product_id: mug.id, quantity: 2 }, { product_id: draft.id }, { variant_id: split.variants[0].id }] });
	status(await live.delete(`/products/${gone.id}`), 204);
	status(await live.put(`/products/${draft.id}`, { status: "draft" }), 200);
	status(await live.delete(`/products/${split.id}/variants/${split.variants[0].id}`), 204);
	const now = await live.read(`/carts/${made.id}`);
	assert.deepEqual([now.total, now.ready], [10, false]);
	assert.deepEqual(now.warnings.map((w) => [w.reason, w.field]), [["not_for_sale", "lines[0].product_id"], ["not_for_sale", "lines[2].product_id"], ["unknown", "lines[3].variant_id"]]);
	assert.deepEqual(now.lines.map((l) => [l.total, l.warnings.length]), [[0, 1], [10, 0], [0, 1], [0, 1]]);
	assert.deepEqual([now.lines[0].name, now.lines[0].price], ["Gone", 30]);
	status(await live.put(`/carts/${made.id}/lines/${made.lines[1].id}`, { quantity: 3 }), 200);
});

test("what is counted and not there is a warning, but has its price", async () => {
	const rare = await live.make("/products", product({ status: "active", price: 9 }));
	const made = await cart({ lines: [{ product_id: rare.id, quantity: 2 }] });
	assert.deepEqual([made.total, made.ready, made.warnings.map((w) => [w.reason, w.field])], [18, false, [["out_of_stock", "lines[0].quantity"]]]);
	assert.match(made.warnings[0].message, /0 available, not 2/);
});

for (const [what, body, fields] of [
	["an unknown product", () => ({ product_id: "prod_7zzzzzzzzzzzz" }), ["product_id:unknown"]],
	["an unknown variant", () => ({ variant_id: "var_7zzzzzzzzzzzz" }), ["variant_id:unknown"]],
	["an unknown SKU", () => ({ sku: "no such thing" }), ["sku:unknown"]],
	["nothing", () => ({ quantity: 2 }), ["product_id:required"]],
	["no id", () => ({ product_id: "cust_123" }), ["product_id:not_an_id"]],
	["no variant though there are several", () => ({ product_id: shirt.id }), ["variant_id:variant_needed"]],
	["no variant by the product's SKU", () => ({ sku: shirt.sku }), ["variant_id:variant_needed"]],
	["a variant of another product", () => ({ product_id: lamp.id, variant_id: small.id }), ["variant_id:of_another"]],
	["another product's SKU", () => ({ product_id: lamp.id, sku: mug.sku }), ["sku:of_another"]],
	["none of it", () => ({ product_id: lamp.id, quantity: 0 }), ["quantity:too_small"]],
	["less than none", () => ({ product_id: lamp.id, quantity: -1 }), ["quantity:too_small"]],
	["a part of one", () => ({ product_id: lamp.id, quantity: 1.5 }), ["quantity:not_an_integer"]],
	["10^12 of it", () => ({ product_id: lamp.id, quantity: 1e12 }), ["quantity:too_large"]],
	["words for a number", () => ({ product_id: lamp.id, quantity: "two" }), ["quantity:type"]],
	["a name that there is not", () => ({ product_id: lamp.id, amount: 2 }), ["amount:unknown_field"]],
])
	test(`a line is refused for ${what}, posted or in the whole`, async () => {
		const { id } = await cart();
		refused(await line(id, body()), 422, fields);
		refused(await live.post("/carts", { lines: [{ product_id: mug.id }, body()] }), 422, fields.map((f) => `lines[1].${f}`));
		refused(await live.put(`/carts/${id}`, { lines: [{ product_id: mug.id }, body()] }), 422, fields.map((f) => `lines[1].${f}`));
		assert.deepEqual((await live.read(`/carts/${id}`)).lines, []);
	});

for (const [what, make] of [
	["a draft", async () => sold(live, { status: "draft" })],
	["an archived product", async () => {
		const gone = await sold(live);
		status(await live.delete(`/products/${gone.id}`), 204);
		return gone;
	}],
])
	test(`a line is refused for ${what}`, async () => {
		const { id } = await cart();
		refused(await line(id, { product_id: (await make()).id }), 422, ["product_id:not_for_sale"]);
	});

test("a product of another shop is unknown", async () => {
	const theirs = await sold(other);
	refused(await live.post("/carts", { lines: [{ product_id: theirs.id }, { sku: theirs.sku }] }), 422, ["lines[0].product_id:unknown", "lines[1].sku:unknown"]);
});

test("all faults of a cart are told at once", async () => {
	refused(await live.post("/carts", { currency: "KWD", customer_id: "cust_7zzzzzzzzzzzz", expires_at: "2020-01-01T00:00:00Z", lines: [] }), 422, ["currency:no_rate", "customer_id:unknown", "expires_at:past"]);
	refused(await live.post("/carts", { email: "nobody", shipping_address: { line1: "1 St", city: "X", country: "ZZ" }, lines: [{ product_id: lamp.id, quantity: 0 }, { product_id: "x" }] }), 422, ["email:pattern", "shipping_address.country:unknown", "lines[0].quantity:too_small", "lines[1].product_id:not_an_id"]);
});

test("a currency without a rate is refused", async () => {
	refused(await live.post("/carts", { currency: "KWD" }), 422, ["currency:no_rate"]);
	refused(await live.post("/carts", { currency: "ZZZ" }), 422, ["currency:unknown"]);
	refused(await live.post("/carts", { currency: "DOLLAR" }), 422, ["currency"]);
});

test("the customer must be there, and ours", async () => {
	const theirs = await other.make("/customers", { email: "x@example.com" });
	refused(await live.post("/carts", { customer_id: theirs.id }), 422, ["customer_id:unknown"]);
	const gone = await live.make("/customers", { email: `gone-${Date.now()}@example.com` });
	const made = await cart({ customer_id: gone.id });
	status(await live.delete(`/customers/${gone.id}`), 204);
	refused(await live.post("/carts", { customer_id: gone.id }), 422, ["customer_id:unknown"]);
	assert.equal((await live.read(`/carts/${made.id}`)).customer_id, gone.id);
});

test("more lines than there may be are refused", async () => {
	refused(await live.post("/carts", { lines: Array.from({ length: 501 }, () => ({ product_id: mug.id })) }), 422, ["lines:too_many"]);
});

test("lines that come to too many together are refused", async () => {
	const made = await cart({ lines: [{ product_id: mug.id, quantity: 1000000 }] });
	refused(await line(made.id, { product_id: mug.id }), 422, ["quantity:too_large"]);
	refused(await live.post("/carts", { lines: [{ product_id: mug.id, quantity: 1000000 }, { product_id: mug.id }] }), 422, ["lines[1].quantity:too_large"]);
});

// ---- coupons

test("a coupon that there is not is refused, however it comes", async () => {
	const made = await cart({ lines: [{ product_id: lamp.id }] });
	for (const answer of [await live.patch(`/carts/${made.id}`, { coupon_code: "NONE" }), await live.post("/carts", { coupon_code: "NONE" })])
		assert.deepEqual(refused(answer, 422).details.map((d) => d.field), ["coupon_code"]);
	assert.deepEqual(refused(await live.post(`/carts/${made.id}/coupon`, { code: "NONE" }), 422).details.map((d) => d.field), ["code"]);
	refused(await live.post(`/carts/${made.id}/coupon`, {}), 422, ["code:required"]);
	refused(await live.post(`/carts/${made.id}/coupon`, { code: "" }), 422, ["code:blank"]);
	refused(await live.post(`/carts/${made.id}/coupon`), 400);
	assert.equal(status(await live.delete(`/carts/${made.id}/coupon`), 200).body.version, made.version);
});

// ---- others

test("a cart of another shop is not there", async () => {
	const theirs = await other.make("/carts", {});
	for (const answer of [await live.get(`/carts/${theirs.id}`), await live.put(`/carts/${theirs.id}`, {}), await live.delete(`/carts/${theirs.id}`), await line(theirs.id, { product_id: lamp.id }), await live.delete(`/carts/${theirs.id}/coupon`)])
		refused(answer, 404);
});

test("a deleted cart is gone, and stays in the list of those", async () => {
	const made = await cart({ email: "deleted@example.com" });
	status(await live.delete(`/carts/${made.id}`), 204);
	status(await live.delete(`/carts/${made.id}`), 204);
	refused(await live.get(`/carts/${made.id}`), 404);
	refused(await live.patch(`/carts/${made.id}`, { email: "a@example.com" }), 404);
	assert.ok(["404", "409"].includes(String((await line(made.id, { product_id: lamp.id })).status)));
	assert.deepEqual((await live.read("/carts?email=deleted@example.com")).data, []);
	assert.deepEqual((await live.read("/carts?email=deleted@example.com&status=abandoned")).data.map((c) => [c.id, c.status]), [[made.id, "abandoned"]]);
});

test("a cart whose time is over changes no more", async () => {
	const made = await cart({ lines: [{ product_id: lamp.id }] });
	rows(`UPDATE carts SET expires_at = '2026-01-01' WHERE id = ${number(made.id)}`);
	const now = await live.read(`/carts/${made.id}`);
	assert.deepEqual([now.status, now.ready, now.total], ["expired", false, 19.99]);
	for (const answer of [await live.patch(`/carts/${made.id}`, { email: "a@example.com" }), await line(made.id, { product_id: mug.id }), await live.delete(`/carts/${made.id}/lines/${made.lines[0].id}`), await live.post(`/carts/${made.id}/coupon`, { code: "X" }), await live.patch(`/carts/${made.id}`, { expires_at: "2099-01-01T00:00:00Z" })])
		assert.match(refused(answer, 409, [], "cart_closed").message, /ended at 2026-01-01T00:00:00Z/);
	status(await live.delete(`/carts/${made.id}`), 204);
});

test("of two who change a line at once, one must read it again", async () => {
	const made = await cart({ lines: [{ product_id: lamp.id }] });
	const path = `/carts/${made.id}/lines/${made.lines[0].id}`;
	const { etag } = status(await live.get(path), 200).headers;
	const answers = await Promise.all([2, 3].map((quantity) => live.put(path, { quantity }, { "if-match": etag })));
	assert.deepEqual(answers.map((a) => a.status).sort(), [200, 412]);
	assert.equal((await live.read(path)).quantity, answers.find((a) => a.status === 200).body.quantity);
});

test("what many add at once is all there, in one line", async () => {
	const made = await cart();
	for (const answer of await Promise.all(Array.from({ length: 10 }, () => line(made.id, { product_id: mug.id, quantity: 2 }))))
		status(answer, 201);
	assert.deepEqual((await live.read(`/carts/${made.id}`)).lines.map((l) => l.quantity), [20]);
});

test("a repeated request adds once", async () => {
	const made = await cart();
	for (let i = 0; i < 3; i++)
		status(await live.post(`/carts/${made.id}/lines`, { product_id: mug.id }, { "idempotency-key": made.id }), 201);
	assert.deepEqual((await live.read(`/carts/${made.id}`)).lines.map((l) => l.quantity), [1]);
});

test("a cart takes as many statements, however many lines it has", async () => {
	const few = await cart({ lines: [{ product_id: mug.id }] });
	const many = await cart({ lines: Array.from({ length: 60 }, (_, i) => ({ product_id: mug.id, metadata: { n: `${i}` } })) });
	// A worker that has not seen the shop lately asks once more than others.
	const read = async ({ id }) => {
		const answers = await Promise.all(Array.from({ length: 16 }, () => live.get(`/carts/${id}`)));
		return { total: answers[0].body.total, statements: answers.map(statements) };
	};
	await read(few);
	const [one, all] = [await read(few), await read(many)];
	assert.equal(all.total, 300);
	assert.equal(Math.min(...all.statements), Math.min(...one.statements));
	assert.ok(Math.max(...all.statements) <= 5, `${all.statements} statements`);
});

test("writes leave traces without prices", async () => {
	const made = await cart({ lines: [{ product_id: lamp.id }] });
	status(await line(made.id, { product_id: mug.id }), 201);
	status(await live.delete(`/carts/${made.id}`), 204);
	const { audit, events } = traces(made.id);
	assert.deepEqual(audit.map((a) => a.action), ["cart.created", "cart.updated", "cart.deleted"]);
	assert.deepEqual(events.map((e) => e.type), ["cart.created", "cart.updated", "cart.deleted"]);
	assert.ok(!("total" in events[0].data.object));
});
