// What a customer has ordered is summed up where the customer is read by id, from the rows as they are just then.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { openShop } from "./orders.mjs";
import { makeTenant, number, refused, rows, statements, status } from "./souk.mjs";

let shop, s, made = 0;

before(async () => {
	shop = await openShop();
	s = shop.client;
});

const none = { count: 0, total: 0, average: null, first_at: null, last_at: null };
const customer = () => s.make("/customers", { email: `buyer-${++made}@example.com` });
const buy = async ({ id: customer_id }, quantity) => status(await s.post("/orders", { customer_id, items: [{ product_id: shop.lamp.id, quantity }] }), 201).body;
const summary = async ({ id }) => (await s.read(`/customers/${id}`)).order_summary;

test("who has bought nothing has a summary of nothing, in every answer by id", async () => {
	const one = await customer();
	assert.deepEqual(one.order_summary, none);
	assert.deepEqual(await summary(one), none);
	const changed = status(await s.patch(`/customers/${one.id}`, { note: "x" }), 200).body;
	assert.deepEqual(changed.order_summary, none);
});

test("orders are counted and summed up, without those that were cancelled, each customer's own", async () => {
	const [one, other] = [await customer(), await customer()];
	const first = await buy(one, 1), last = await buy(one, 2);
	await buy(other, 5);
	const { count, total, average, first_at, last_at } = await summary(one);
	assert.deepEqual([count, total, average], [2, 149.97, 74.98], "a half goes to the even neighbour");
	assert.deepEqual([first_at, last_at], [first.created_at, last.created_at]);
	status(await s.post(`/orders/${first.id}/cancel`, { reason: "customer_request" }), 200);
	assert.deepEqual(await summary(one), { count: 1, total: 99.98, average: 99.98, first_at: last.created_at, last_at: last.created_at });
	assert.deepEqual((await summary(other)).count, 1);
});

test("the tag of a customer changes with the summary, the version does not", async () => {
	const one = await customer(), path = `/customers/${one.id}`, { etag } = (await s.get(path)).headers;
	status(await s.get(path, { "if-none-match": etag }), 304);
	await buy(one, 1);
	const again = status(await s.get(path, { "if-none-match": etag }), 200);
	assert.equal(again.body.version, one.version);
	status(await s.get(path, { "if-none-match": again.headers.etag }), 304);
	status(await s.patch(path, { note: "still mine" }, { "if-match": etag }), 200);
	const plain = (await s.get(`${path}?fields=email`)).headers.etag;
	await buy(one, 1);
	status(await s.get(`${path}?fields=email`, { "if-none-match": plain }), 304);
});

test("lists do not sum up; a read takes one statement for it, and none if it is not shown", async () => {
	const one = await customer();
	await buy(one, 1);
	for (const query of ["", "?fields=email,order_summary"])
		assert.ok((await s.read(`/customers${query}`)).data.every((row) => !("order_summary" in row)));
	const fewest = async (path) => {
		let n = 99;
		for (let i = 0; i < 8; i++)
			n = Math.min(n, statements(status(await s.get(path), 200)));
		return n;
	};
	assert.equal(await fewest(`/customers/${one.id}`), 2);
	assert.equal(await fewest(`/customers/${one.id}?fields=email`), 1);
	assert.deepEqual(Object.keys(status(await s.get(`/customers/${one.id}?fields=order_summary`), 200).body), ["id", "object", "order_summary"]);
	refused(await s.get("/customers?sort=order_summary"), 400);
	refused(await s.get("/customers?filter[order_summary]=1"), 400);
	const sent = { email: `buyer-${++made}@example.com`, order_summary: { count: 99 } };
	assert.deepEqual((await s.make("/customers", sent)).order_summary, none, "what the server owns is passed over");
});

test("the sum is in the shop's currency, and converted where another is asked for", async () => {
	const one = await customer();
	await buy(one, 2);
	const shown = status(await s.get(`/customers/${one.id}`, { "x-currency": "EUR" }), 200).body.order_summary;
	assert.deepEqual([shown.count, shown.total.currency, shown.average.currency], [1, "EUR", "EUR"]);
	assert.equal((await summary(one)).total, 99.98);
});

test("a customer of very many orders is summed up exactly", async () => {
	const one = await customer(), order = await buy(one, 1);
	rows(`INSERT INTO orders (tenant_id, id, created_at, updated_at, number, customer_id, currency, subtotal, total, total_base)
		SELECT tenant_id, id + seq, created_at + INTERVAL seq SECOND, updated_at, NULL, customer_id, currency, 100000000000 + seq, 100000000000 + seq, 100000000000 + seq
		FROM orders, seq_1_to_3000 WHERE id = ${number(order.id)}`);
	const { count, total, last_at } = await summary(one);
	assert.deepEqual([count, total], [3001, 3000000045064.99]);
	assert.equal(Date.parse(last_at) - Date.parse(order.created_at), 3000000);
});

test("another tenant's orders do not count", async () => {
	const other = (await makeTenant()).live, { id } = await other.make("/customers", { email: "same@example.com" });
	assert.deepEqual((await other.read(`/customers/${id}`)).order_summary, none);
});

test("the sum is read from the key alone, however many orders there are", () => {
	const [plan] = rows("SELECT JSON_ARRAYAGG(COLUMN_NAME) FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'orders' AND INDEX_NAME = 'customer'");
	for (const column of ["customer_id", "status", "total_base", "created_at"])
		assert.ok(plan.includes(column), column);
});
