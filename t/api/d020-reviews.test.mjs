// Reviews: written by themselves below their product, moderated, and what the product shows of them kept in step.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { Client, ctl, makeTenant, number, product, refused, rows, statements, status, traces } from "./souk.mjs";

let t, s, other, made = 0;

before(async () => {
	[t, other] = [await makeTenant(), (await makeTenant()).live];
	s = t.live;
});

const shelf = (more) => s.make("/products", product({ sku: `REVIEWED-${++made}`, status: "active", ...more }));
const customer = () => s.make("/customers", { email: `reviewer-${++made}@example.com` });
const path = (p) => `/products/${p.id}/reviews`;
const review = (p, more = {}) => s.make(path(p), { rating: 5, ...more });
const moderate = async (p, r, to, reason) => status(await s.post(`${path(p)}/${r.id}/moderate`, { status: to, reason }), 200).body;
const approved = async (p, rating, more = {}) => moderate(p, await review(p, { rating, ...more }), "approved");
const rated = async (p) => {
	const { rating_average, reviews_count } = await s.read(`/products/${p.id}`);
	return [rating_average, reviews_count];
};
const publishable = async () => new Client((await s.make("/api-keys", { name: "page", kind: "publishable", scopes: ["products:read"], origins: ["https://shop.example.com"] })).secret);
const fromPage = { origin: "https://shop.example.com" };

test("a review is shown as it was given, and waits", async () => {
	const p = await shelf(), { id: customer_id } = await customer();
	const sent = { rating: 4, title: "Light and loud", text: "Thirty hours.\nAs promised.", author_name: "Jane D.", customer_id, metadata: { shop: "web" } };
	const answer = status(await s.post(path(p), sent), 201), got = answer.body;
	assert.match(got.id, /^rev_/);
	assert.equal(answer.headers.location, `/v2${path(p)}/${got.id}`);
	for (const [name, value] of Object.entries(sent))
		assert.deepEqual(got[name], value, name);
	assert.deepEqual([got.object, got.product_id, got.status, got.reason, got.moderated_at, got.version], ["review", p.id, "pending", null, null, 1]);
	assert.deepEqual((await s.get(`${path(p)}/${got.id}`)).body, got);
	assert.deepEqual(await rated(p), [null, 0]);
	assert.equal((await s.read(`/products/${p.id}`)).version, 1, "the product is as it was");
	const { audit, events } = traces(got.id);
	assert.deepEqual([audit.map((a) => a.action), events.map((e) => e.type)], [["review.created"], ["review.created"]]);
	assert.equal(events[0].data.object.product_id, p.id);
	assert.equal("customer_id" in events[0].data.object, false);
});

test("the product's rating follows what is approved, changed, rejected and deleted", async () => {
	const p = await shelf(), five = await approved(p, 5);
	assert.deepEqual([five.status, five.version, typeof five.moderated_at], ["approved", 2, "string"]);
	assert.deepEqual(await rated(p), [5, 1]);
	const two = await approved(p, 2), four = await approved(p, 4);
	assert.deepEqual(await rated(p), [3.67, 3]);
	status(await s.patch(`${path(p)}/${two.id}`, { rating: 1 }), 200);
	assert.deepEqual(await rated(p), [3.33, 3]);
	const shown = await moderate(p, five, "rejected", "Names another customer");
	assert.deepEqual([shown.reason, await rated(p)], ["Names another customer", [2.5, 2]]);
	await moderate(p, five, "pending");
	status(await s.delete(`${path(p)}/${two.id}`), 204);
	status(await s.delete(`${path(p)}/${two.id}`), 204);
	assert.deepEqual(await rated(p), [4, 1]);
	status(await s.delete(`${path(p)}/${four.id}`), 204);
	assert.deepEqual(await rated(p), [null, 0]);
	refused(await s.get(`${path(p)}/${four.id}`), 404);
	assert.deepEqual(traces(five.id).events.map((e) => e.type), ["review.created", "review.updated", "review.updated", "review.updated"]);
	assert.deepEqual(traces(two.id).events.map((e) => e.type), ["review.created", "review.updated", "review.updated", "review.deleted"]);
	assert.deepEqual(traces(p.id).events.map((e) => e.type), ["product.created"], "no storm of events of the product");
});

test("half a hundredth goes to the even neighbour", async () => {
	const p = await shelf();
	const rate = (sum, n) => rows(`UPDATE products SET rating_sum = ${sum}, reviews_count = ${n} WHERE id = ${number(p.id)}`);
	for (const [sum, n, expected] of [[401, 200, 2], [403, 200, 2.02], [405, 200, 2.02], [407, 200, 2.04], [999, 200, 5], [997, 200, 4.98], [1000, 300, 3.33], [500, 300, 1.67]]) {
		rate(sum - 5, n - 1);
		const { id } = await approved(p, 5);
		assert.deepEqual(await rated(p), [expected, n], `${sum} by ${n}`);
		rate(5, 1);
		status(await s.delete(`${path(p)}/${id}`), 204);
	}
});

test("two hundred writes at once: sum, count and average are those of the rows", async () => {
	const p = await shelf(), all = [];
	for (let i = 0; i < 8; i++)
		all.push(...(await Promise.all(Array.from({ length: 10 }, (_, k) => review(p, { rating: 1 + ((i * 10 + k) % 5) })))));
	const writes = all.flatMap((r, i) => [
		s.post(`${path(p)}/${r.id}/moderate`, { status: i % 7 ? "approved" : "rejected" }),
		i % 2 ? s.patch(`${path(p)}/${r.id}`, { rating: 1 + ((i * 3) % 5) }) : s.post(path(p), { rating: 3 }),
		...(i % 2 ? [] : [i % 4 ? s.delete(`${path(p)}/${r.id}`) : s.post(`${path(p)}/${r.id}/moderate`, { status: "approved" })]),
	]);
	assert.equal(writes.length, 200);
	const answers = await Promise.all(writes);
	for (const answer of answers)
		assert.ok([200, 201, 204, 404].includes(answer.status), answer.raw);
	const [[sum, count, average, stored, kept]] = rows(`SELECT JSON_ARRAY((SELECT COALESCE(SUM(rating), 0) FROM reviews r WHERE r.product_id = p.id AND status = 'approved' AND archived_at IS NULL),
		(SELECT COUNT(*) FROM reviews r WHERE r.product_id = p.id AND status = 'approved' AND archived_at IS NULL),
		(SELECT AVG(rating) FROM reviews r WHERE r.product_id = p.id AND status = 'approved' AND archived_at IS NULL), rating_sum, reviews_count) FROM products p WHERE id = ${number(p.id)}`);
	assert.deepEqual([stored, kept], [sum, count]);
	const [shown, n] = await rated(p);
	assert.equal(n, count);
	assert.ok(Math.abs(shown - average) <= 0.005, `${shown} is ${average}`);
});

test("a page that holds the product sees that its reviews changed", async () => {
	const p = await shelf(), first = await s.get(`/products/${p.id}`), shown = `/products/${p.id}?include=reviews`;
	const { id } = await approved(p, 4, { title: "Before" });
	const changed = status(await s.get(`/products/${p.id}`, { "if-none-match": first.headers.etag }), 200);
	assert.equal(changed.body.version, 2);
	const { etag } = (await s.get(shown)).headers;
	status(await s.get(shown, { "if-none-match": etag }), 304);
	status(await s.patch(`${path(p)}/${id}`, { title: "After" }), 200);
	assert.equal(status(await s.get(shown, { "if-none-match": etag }), 200).body.reviews[0].title, "After");
	const waiting = await review(p), tag = (await s.get(shown)).headers.etag;
	status(await s.patch(`${path(p)}/${waiting.id}`, { title: "Unseen" }), 200);
	status(await s.get(shown, { "if-none-match": tag }), 304);
	refused(await s.patch(`/products/${p.id}`, { name: "Late" }, { "if-match": first.headers.etag }), 412);
});

test("include=reviews shows the newest ten that are approved, in one statement for all products", async () => {
	const [p, q, none] = [await shelf(), await shelf(), await shelf()], titles = [];
	for (let i = 0; i < 12; i++) {
		titles.unshift(`Review ${i}`);
		await approved(p, 1 + (i % 5), { title: titles[0] });
	}
	await review(p, { title: "Waits" });
	await moderate(p, await review(p), "rejected");
	await approved(q, 3, { title: "Other" });
	assert.deepEqual((await s.read(`/products/${p.id}?include=reviews`)).reviews.map((r) => r.title), titles.slice(0, 10));
	assert.equal("reviews" in (await s.read(`/products/${p.id}`)), false);
	const list = await s.read(`/products?filter[id]=${p.id},${q.id},${none.id}&include=reviews,variants`);
	const of = (x) => list.data.find((one) => one.id === x.id).reviews.map((r) => r.title);
	assert.deepEqual([of(p), of(q), of(none)], [titles.slice(0, 10), ["Other"], []]);
	const inside = (await s.read(`/products/${q.id}?fields=name,reviews.rating`)).reviews;
	assert.deepEqual(inside.map(({ id, object, ...rest }) => rest), [{ rating: 3 }]);
	refused(await s.get(`/products/${q.id}?fields=reviews.rate`), 400, ["fields:unknown"]);
	const written = status(await s.patch(`/products/${q.id}?include=reviews`, { name: "Renamed", reviews: [{ rating: 1 }] }), 200).body;
	assert.deepEqual(written.reviews.map((r) => r.title), ["Other"]);
	let fewest = 99;
	for (let i = 0; i < 8; i++)
		fewest = Math.min(fewest, statements(await s.get("/products?include=reviews&cursor=")));
	assert.equal(fewest, 2);
});

test("reviews are listed newest first, by rating and by status, in pages", async () => {
	const p = await shelf(), all = [];
	for (const rating of [3, 5, 1, 4, 2])
		all.unshift((await review(p, { rating })).id);
	await moderate(p, { id: all[1] }, "approved");
	const ids = async (query) => (await s.read(`${path(p)}?${query}`)).data.map((r) => r.id);
	assert.deepEqual(await ids(""), all);
	assert.deepEqual(await ids("status=approved"), [all[1]]);
	assert.deepEqual(await ids("filter[rating][gte]=4"), [all[1], all[3]]);
	assert.deepEqual(await ids("sort=-rating&limit=2"), [all[3], all[1]]);
	const page = await s.read(`${path(p)}?limit=2&cursor=`);
	assert.deepEqual(page.data.map((r) => r.id), all.slice(0, 2));
	assert.deepEqual(await ids(`limit=3&cursor=${page.pagination.next_cursor}`), all.slice(2));
	assert.equal((await s.read(`${path(p)}?limit=2&page=2`)).pagination.total_items, 5);
	refused(await s.get(`${path(p)}?status=gone`), 400, ["status:value"]);
});

test("a customer has one live review of a product", async () => {
	const [p, q] = [await shelf(), await shelf()], { id: customer_id } = await customer();
	const answers = await Promise.all(Array.from({ length: 12 }, () => s.post(path(p), { rating: 5, customer_id })));
	assert.equal(answers.filter((a) => a.status === 201).length, 1);
	answers.filter((a) => a.status !== 201).forEach((a) => refused(a, 409, ["customer_id:taken"], "taken"));
	await review(q, { customer_id });
	await review(p);
	await review(p);
	const first = answers.find((a) => a.status === 201).body, second = await review(p);
	refused(await s.patch(`${path(p)}/${second.id}`, { customer_id }), 409, ["customer_id:taken"]);
	status(await s.delete(`${path(p)}/${first.id}`), 204);
	assert.equal((await review(p, { customer_id })).customer_id, customer_id);
});

test("what a review cannot be is refused", async () => {
	const p = await shelf(), { id: foreign } = await other.make("/customers", { email: "foreign@example.com" }), { id: gone } = await customer();
	status(await s.delete(`/customers/${gone}`), 204);
	for (const [rating, reason] of [[0, "too_small"], [6, "too_large"], [-1, "too_small"], [4.5, "not_an_integer"], ["5", "type"], [null, "required"], [true, "type"], [1e30, "not_an_integer"]])
		refused(await s.post(path(p), { rating }), 422, [`rating:${reason}`]);
	refused(await s.post(path(p), {}), 422, ["rating:required"]);
	refused(await s.post(path(p), { rating: 5, title: " ", text: "x".repeat(10001), author_name: 7, stars: 5 }), 422, ["title:blank", "text:too_long", "author_name:type", "stars:unknown_field"]);
	for (const customer_id of [foreign, gone, "cust_7zzzzzzzzzzzz"])
		refused(await s.post(path(p), { rating: 5, customer_id }), 422, ["customer_id:unknown"]);
	refused(await s.post(path(p), { rating: 5, customer_id: "prod_123" }), 422, ["customer_id:not_an_id"]);
	const r = await review(p, { status: "approved", reason: "mine", moderated_at: "2026-01-01T00:00:00Z", product_id: "prod_123" });
	assert.deepEqual([r.status, r.reason, r.moderated_at, r.product_id], ["pending", null, null, p.id], "what the server owns is passed over");
	for (const [body, faults] of [[{}, ["status:required"]], [{ status: "gone" }, ["status:not_a_choice"]], [{ status: "approved", reason: "x".repeat(501) }, ["reason:too_long"]], [{ status: "approved", by: "me" }, ["by:unknown_field"]]])
		refused(await s.post(`${path(p)}/${r.id}/moderate`, body), 422, faults);
	refused(await s.post(`${path(p)}/${r.id}/moderate`), 400, [], "body_missing");
	assert.deepEqual([(await s.read(`${path(p)}/${r.id}`)).version, await rated(p)], [1, [null, 0]], "nothing was written");
});

test("another product's review is not there, nor another tenant's; an archived product takes none", async () => {
	const [p, q] = [await shelf(), await shelf()], r = await review(p);
	for (const [client, at] of [[s, `${path(q)}/${r.id}`], [other, `${path(p)}/${r.id}`], [s, `/products/${p.sku}x/reviews/${r.id}`]]) {
		refused(await client.get(at), 404);
		refused(await client.patch(at, { rating: 1 }), 404);
		refused(await client.delete(at), 404);
		refused(await client.post(`${at}/moderate`, { status: "approved" }), 404);
	}
	refused(await other.post(path(p), { rating: 5 }), 404);
	refused(await s.post("/products/prod_7zzzzzzzzzzzz/reviews", { rating: 5 }), 404);
	refused(await s.get("/products/prod_7zzzzzzzzzzzz/reviews"), 404);
	status(await s.delete(`/products/${q.id}`), 204);
	refused(await s.post(path(q), { rating: 5 }), 409, [], "archived");
	assert.equal((await s.read(`${path(p)}/${r.id}`)).version, 1);
});

test("who may write products may not moderate, and a page sees what is approved alone", async () => {
	const p = await shelf(), { id: customer_id } = await customer(), r = await review(p, { customer_id }), shown = await approved(p, 4, { title: "Shown" });
	const writer = await t.client({ scopes: "products:read,products:write" });
	refused(await writer.post(`${path(p)}/${r.id}/moderate`, { status: "approved" }), 403);
	const seen = status(await writer.get(`${path(p)}/${r.id}`), 200).body;
	assert.deepEqual([seen.customer_id, seen.reason], [undefined, undefined]);
	refused(await writer.post(path(p), { rating: 5, customer_id }), 422, ["customer_id:scope"]);
	const moderator = await t.client({ scopes: "products:read,reviews:moderate" });
	assert.equal(status(await moderator.post(`${path(p)}/${r.id}/moderate`, { status: "rejected", reason: "spam" }), 200).body.reason, "spam");
	refused(await moderator.patch(`${path(p)}/${r.id}`, { rating: 1 }), 403);
	const page = await publishable();
	assert.deepEqual(status(await page.get(path(p), fromPage), 200).body.data.map((one) => one.id), [shown.id]);
	const own = status(await page.get(`${path(p)}/${shown.id}`, fromPage), 200).body;
	assert.deepEqual(["customer_id", "reason", "metadata"].filter((name) => name in own), []);
	refused(await page.get(`${path(p)}/${r.id}`, fromPage), 404);
	assert.deepEqual(status(await page.get(`${path(p)}?status=rejected`, fromPage), 200).body.data, []);
	assert.deepEqual(status(await page.get(`/products/${p.id}?include=reviews`, fromPage), 200).body.reviews.map((one) => one.id), [shown.id]);
	refused(await page.post(path(p), { rating: 5 }, fromPage), 403);
	const { id: draft } = await s.make("/products", product({ sku: `DRAFT-${++made}` }));
	refused(await page.get(`/products/${draft}/reviews`, fromPage), 404);
});
