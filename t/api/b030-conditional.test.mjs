// What a client has it need not fetch again, and what has changed since it looked it cannot overwrite.
import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { before, test } from "node:test";
import { makeTenant, product, refused, statements, status } from "./souk.mjs";

let live, made, paths;

before(async () => {
	live = (await makeTenant()).live;
	const shelf = await live.make("/categories", { name: "Audio", slug: "audio" });
	made = await live.make("/products", product({ categories: ["audio"], variants: [{ sku: "C-1" }], images: [{ url: "https://cdn.example.com/1.jpg" }] }));
	const key = await live.make("/api-keys", { name: "k", scopes: ["products:read"] });
	const objects = [
		`/products/${made.id}`, `/products/${made.sku}`, `/products/${made.id}/variants/${made.variants[0].id}`,
		`/products/${made.id}/images/${made.images[0].id}`, `/categories/${shelf.id}`, `/api-keys/${key.id}`,
	];
	const lists = ["/products", `/products/${made.id}/variants`, `/products/${made.id}/images`, "/categories", "/api-keys?fields=id,name", "/products?cursor="];
	paths = { objects, lists, all: [...objects, ...lists] };
});

function unchanged(answer) {
	status(answer, 304);
	assert.equal(answer.raw, "");
	assert.ok(answer.headers.etag);
	assert.ok(answer.headers["cache-control"]);
}

test("every GET has an ETag: strong for an object, weak for a list", async () => {
	for (const path of paths.objects) {
		const answer = status(await live.get(path), 200);
		assert.match(answer.headers.etag, /^"\d+\.[0-9a-f]{16}"$/);
		assert.ok(answer.headers.etag.startsWith(`"${answer.body.version}.`));
		assert.ok(answer.headers["last-modified"]);
	}
	for (const path of paths.lists)
		assert.match(status(await live.get(path), 200).headers.etag, /^W\/"[0-9a-f]{16}"$/);
});

test("If-None-Match with the tag is 304: alone, weak, in a list, and as *", async () => {
	for (const path of paths.all) {
		const { etag } = (await live.get(path)).headers;
		const bare = etag.replace(/^W\//, "");
		for (const value of [etag, `W/${bare}`, `"1.0000000000000000", ${etag}`, `${etag},"x"`, "*"])
			unchanged(await live.get(path, { "if-none-match": value }));
		for (const value of ['"1.0000000000000000"', '"x"', "x", etag.slice(0, -1), bare.toUpperCase().replace('"', '"X')])
			status(await live.get(path, { "if-none-match": value }), 200);
	}
});

test("the 304 of an object that shows no stock takes one statement", async () => {
	const path = `/products/${made.id}?fields=name,images`;
	const { etag } = (await live.get(path)).headers;
	let least = Infinity;
	for (let i = 0; i < 20 && least > 1; i++) { /* each worker learns the version once, and again when another test moves a shelf */
		await live.get(path);
		least = statements(await live.get(path, { "if-none-match": etag }));
	}
	assert.equal(least, 1);
});

test("a tag changes with the object, its children, its links and the way it is shown", async () => {
	const own = await live.make("/products", product({ name: { en: "Cup", fr: "Tasse" }, variants: [{ sku: "TAG-V" }] }));
	const path = `/products/${own.id}`;
	const seen = new Set();
	async function look(query = "", headers = {}) {
		const { etag } = status(await live.get(path + query, headers), 200).headers;
		assert.equal(seen.has(etag), false, `${etag} was seen before`);
		seen.add(etag);
		return etag;
	}
	const first = await look();
	await look("?fields=name");
	await look("?fields=name,price");
	await look("?fields=name&include=variants");
	await look("", { "accept-language": "fr" });
	status(await live.put(path, { price: 5 }), 200);
	await look();
	status(await live.put(`${path}/variants/${own.variants[0].id}`, { price: 6 }), 200);
	await look();
	status(await live.put(path, { categories: ["audio"] }), 200);
	await look();
	status(await live.put(path, { metadata: { a: "b" } }), 200);
	await look();
	status(await live.get(path, { "if-none-match": first }), 200);
});

test("a missing object stays missing whatever the client has", async () => {
	refused(await live.get("/products/prod_7zzzzzzzzzzzz", { "if-none-match": "*" }), 404);
	refused(await live.get("/products/prod_7zzzzzzzzzzzz", { "if-none-match": '"1.x"' }), 404);
});

test("If-Modified-Since counts seconds, so it is believed only for what is older", async () => {
	const path = `/products/${made.id}`;
	status(await live.get(path, { "if-modified-since": "Thu, 01 Jan 2026 00:00:00 GMT" }), 200);
	status(await live.get(path, { "if-modified-since": "yesterday" }), 200);
	const young = await live.make("/products", product());
	const modified = (await live.get(`/products/${young.id}`)).headers["last-modified"];
	const answer = await live.get(`/products/${young.id}`, { "if-modified-since": modified });
	status(answer, Date.now() - Date.parse(young.updated_at) < 2000 ? 200 : answer.status);
});

test("If-Match with the tag that was read lets a write through", async () => {
	const own = await live.make("/products", product());
	const path = `/products/${own.id}`;
	const { etag } = (await live.get(path)).headers;
	assert.equal(status(await live.put(path, { price: 1 }, { "if-match": etag }), 200).body.version, 2);
	assert.equal(status(await live.put(path, { price: 2 }, { "if-match": "*" }), 200).body.version, 3);
	assert.equal(status(await live.patch(path, { price: 3 }, { "if-match": `"x", ${(await live.get(path)).headers.etag}` }), 200).body.version, 4);
	assert.equal(status(await live.put(path, { price: 4 }, { "if-match": '"4"' }), 200).body.version, 5);
});

test("If-Match takes a tag that was weakened on the way, and one of another view or language", async () => {
	const own = await live.make("/products", product({ description: "long ".repeat(1000) }));
	const path = `/products/${own.id}`;
	const zipped = status(await live.get(path, { "accept-encoding": "gzip" }), 200);
	assert.equal(zipped.headers["content-encoding"], "gzip");
	assert.match(zipped.headers.etag, /^W\/"1\./);
	assert.equal(JSON.parse(gunzipSync(zipped.bytes)).id, own.id);
	unchanged(await live.get(path, { "accept-encoding": "gzip", "if-none-match": zipped.headers.etag }));
	status(await live.put(path, { price: 1 }, { "if-match": zipped.headers.etag }), 200);
	const other = (await live.get(`${path}?fields=sku`, { "accept-language": "fr" })).headers.etag;
	status(await live.put(path, { price: 2 }, { "if-match": other }), 200);
});

test("If-Match that is no list of tags is 400", async () => {
	const own = await live.make("/products", product());
	for (const value of ["2", '"1', "1.abc", Array.from({ length: 9 }, (_, i) => `"${i + 2}.x"`).join(",")])
		refused(await live.put(`/products/${own.id}`, { price: 1 }, { "if-match": value }), 400);
	assert.equal((await live.read(`/products/${own.id}`)).version, 1);
});

test("the version in a body must be the one that is stored, else 409", async () => {
	const own = await live.make("/products", product({ variants: [{ sku: "BODY-V" }] }));
	const path = `/products/${own.id}`;
	assert.equal(status(await live.put(path, { price: 1, version: 1 }), 200).body.version, 2);
	refused(await live.put(path, { price: 2, version: 1 }), 409, [], "version_mismatch");
	refused(await live.put(path, { price: 2, version: 3 }), 409, [], "version_mismatch");
	for (const version of [0, -1, 1.5, "2", true])
		refused(await live.put(path, { price: 2, version }), 422, ["version:type"]);
	refused(await live.put(`${path}/variants/${own.variants[0].id}`, { price: 2, version: 5 }), 409);
	const read = await live.read(path);
	assert.equal(read.version, 2);
	assert.equal(status(await live.put(path, { ...read, price: 3 }), 200).body.version, 3);
});

test("of two writers that read the same version, one wins", async () => {
	const own = await live.make("/products", product());
	const path = `/products/${own.id}`;
	const { etag } = (await live.get(path)).headers;
	const answers = await Promise.all(Array.from({ length: 8 }, (_, i) =>
		live.send("PUT", path, { body: { price: 10 + i }, headers: { "if-match": etag }, fresh: true })));
	assert.deepEqual(answers.map((a) => a.status).sort(), [200, ...Array(7).fill(412)]);
	assert.equal((await live.read(path)).version, 2);
});

test("a tag changes with the stock that is shown, and no version does", async () => {
	const own = await live.make("/products", product({ status: "active", variants: [{ sku: "STOCK-V", inventory: 9 }, { sku: "STOCK-W" }] }));
	const path = `/products/${own.id}`, [v, w] = own.variants.map(({ id }) => id);
	const shows = [path, `${path}/variants/${v}`, `${path}?fields=variants.inventory`, `${path}/variants/${v}?fields=inventory`, `${path}?fields=name&include=variants`];
	const hides = [`${path}?fields=name`, `${path}?fields=variants.sku`, `${path}/variants/${v}?fields=sku`, `${path}?fields=images`];
	const tags = async (paths) => Promise.all(paths.map(async (each) => status(await live.get(each), 200).headers.etag));
	const house = (await live.read(`/inventory/${own.id}`)).locations[0].warehouse_id;
	const changes = [
		() => live.post(`/inventory/${v}/adjust`, { quantity: 5, reason: "received" }),
		() => live.post("/orders", { items: [{ product_id: own.id, variant_id: v, quantity: 2 }] }),
		() => live.put(`/inventory/${v}/safety`, { safety: 1 }),
		() => live.patch(`/warehouses/${house}`, { active: false }),
		() => live.patch(`/warehouses/${house}`, { active: true }),
	];
	const [hidden, first] = [await tags(hides), (await live.get(path)).headers.etag];
	const inventory = [];
	for (const [i, change] of changes.entries()) {
		const shown = await tags(shows);
		for (const [k, each] of shows.entries()) {
			unchanged(await live.get(each, { "if-none-match": shown[k] }));
			assert.equal((await live.head(each)).headers.etag, shown[k]);
		}
		assert.ok((await change()).status < 300);
		for (const [k, each] of shows.entries())
			assert.notEqual(status(await live.get(each, { "if-none-match": shown[k] }), 200).headers.etag, shown[k], `${each} after change ${i}`);
		for (const [k, each] of hides.entries())
			unchanged(await live.get(each, { "if-none-match": hidden[k] }));
		inventory.push((await live.read(path)).variants[0].inventory);
	}
	assert.deepEqual(inventory, [14, 12, 11, 0, 11]);
	refused(await live.put(path, { price: 7 }, { "if-match": '"2.0000000000000000"' }), 412);
	assert.equal(status(await live.put(path, { price: 7 }, { "if-match": first }), 200).body.version, 2);
	refused(await live.put(path, { price: 8 }, { "if-match": first }), 412);
	status(await live.post(`/inventory/${w}/adjust`, { quantity: 1, reason: "received" }), 201);
	const other = (await live.get(`${path}/variants/${v}`)).headers.etag;
	unchanged(await live.get(`${path}/variants/${v}`, { "if-none-match": other }));
	status(await live.get(path, { "if-modified-since": new Date(Date.now() + 60000).toUTCString() }), 200);
});

test("the answer of a write has the tag of the read that follows", async () => {
	const sent = await live.post("/products", product({ variants: [{ sku: "TAG-W", inventory: 4 }, { sku: "TAG-X" }] })), own = status(sent, 201).body;
	const path = `/products/${own.id}`, [v, x] = own.variants.map(({ id }) => `${path}/variants/${id}`);
	const same = async (answer, read) => assert.equal(status(answer, answer.status).headers.etag, status(await live.get(read), 200).headers.etag);
	await same(sent, path);
	await same(await live.put(path, { price: 3 }), path);
	await same(await live.put(path, {}), path);
	await same(await live.patch(path, { variants: [{ id: own.variants[0].id, inventory: 6 }, { sku: "TAG-Y", inventory: 2 }] }), path);
	await same(await live.patch(path, { variants: [{ id: own.variants[1].id, _delete: true }] }), path);
	await same(await live.put(v, { inventory: 8 }), v);
	await same(await live.patch(`${path}?fields=variants.inventory`, { price: 4 }), `${path}?fields=variants.inventory`);
	const made = await live.post(`${path}/variants`, { sku: "TAG-Z", inventory: 3 });
	await same(made, `${path}/variants/${made.body.id}`);
	refused(await live.get(x, { "if-none-match": "*" }), 404);
	refused(await live.patch(v, { inventory: -1 }), 422);
});

test("HEAD is GET without the body", async () => {
	for (const path of [...paths.all, "/products/prod_7zzzzzzzzzzzz", "/products?limit=0", "/nothing"]) {
		const [get, head] = [await live.get(path), await live.head(path)];
		assert.equal(head.status, get.status, path);
		assert.equal(head.raw, "");
		for (const name of ["etag", "content-type", "content-length", "cache-control", "last-modified", "vary", "link", "location"])
			assert.equal(head.headers[name], get.headers[name], `${name} of ${path}`);
		if (get.headers.etag)
			unchanged(await live.head(path, { "if-none-match": get.headers.etag }));
	}
});

test("what may be kept is said: catalogue for five minutes, keys and writes never", async () => {
	for (const path of ["/products", `/products/${made.id}`, "/categories"])
		assert.equal((await live.get(path)).headers["cache-control"], "private, max-age=300, must-revalidate");
	assert.equal((await live.get("/api-keys")).headers["cache-control"], "no-store");
	assert.equal((await live.put(`/products/${made.id}`, {})).headers["cache-control"], "no-store");
	for (const name of ["Authorization", "Accept-Language", "X-Currency"])
		assert.ok((await live.get("/products")).headers.vary.includes(name));
});
