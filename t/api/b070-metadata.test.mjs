// What is found by metadata: on every list, exactly, with every other parameter, and never what another holds.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, number, product, refused, rows, status } from "./souk.mjs";

let live, made;

const q = (key, value) => `metadata[${encodeURIComponent(key)}]=${encodeURIComponent(value)}`;
const skus = async (query, client = live) => (await client.read(`/products?limit=200&${query}`)).data.map((p) => p.sku);

async function walk(query, limit = 3) {
	const found = [];
	for (let cursor = ""; cursor !== null;) {
		const { data, pagination } = await live.read(`/products?${query}&limit=${limit}&cursor=${cursor}`);
		found.push(...data.map((p) => p.sku));
		cursor = pagination.next_cursor;
	}
	return found;
}

async function pages(query, limit = 3) {
	const found = [];
	for (let page = 1, more = true; more; page++) {
		const { data, pagination } = await live.read(`/products?${query}&limit=${limit}&page=${page}`);
		found.push(...data.map((p) => p.sku));
		more = pagination.has_next;
		if (!more)
			assert.equal(pagination.total_items, found.length);
	}
	return found;
}

before(async () => {
	live = (await makeTenant()).live;
	await live.make("/categories", { name: "Audio", slug: "audio" });
	made = [];
	for (let i = 0; i < 24; i++)
		made.push(await live.make("/products", product({
			sku: `MD-${String(i).padStart(2, "0")}`,
			price: (i * 7) % 5,
			brand: i % 2 ? "Auricle" : null,
			status: i % 3 ? "active" : "draft",
			categories: i % 4 ? ["audio"] : [],
			metadata: i % 6 === 5 ? {} : { warehouse: i % 2 ? "west-coast" : "east", n: i % 3 },
		})));
});

// What a client would find by looking at each product itself, newest first.
const oracle = (test) => made.filter(test).map((p) => p.sku).reverse();
const west = (p) => p.metadata.warehouse === "west-coast";

test("the printed example", async () => {
	assert.deepEqual(await skus("metadata[warehouse]=west-coast"), oracle(west));
	assert.deepEqual(await skus("filter[metadata.warehouse]=west-coast"), oracle(west));
});

test("a value is compared whole, byte for byte", async () => {
	for (const other of ["West-coast", "west-coas", "west-coast ", "west", "%", "west_coast"])
		assert.deepEqual(await skus(q("warehouse", other)), [], other);
	for (const key of ["Warehouse", "warehous", "nothing", "k".repeat(300)])
		assert.deepEqual(await skus(q(key, "west-coast")), [], key);
	assert.deepEqual(await skus(q("warehouse", "x".repeat(600))), []);
});

test("several keys must all hold, several values of one are any of them", async () => {
	assert.deepEqual(await skus("metadata[warehouse]=west-coast&metadata[n]=1"), oracle((p) => west(p) && p.metadata.n === "1"));
	assert.deepEqual(await skus("metadata[n]=1&metadata[n]=2"), oracle((p) => ["1", "2"].includes(p.metadata.n)));
	assert.deepEqual(await skus("metadata[n]=1,2&metadata[warehouse]=east"), oracle((p) => ["1", "2"].includes(p.metadata.n) && p.metadata.warehouse === "east"));
	assert.deepEqual(await skus("filter[metadata.n][in]=0,2"), oracle((p) => ["0", "2"].includes(p.metadata.n)));
	assert.deepEqual(await skus("metadata[n]=1,1"), oracle((p) => p.metadata.n === "1"));
});

test("an empty value is a key that is not set", async () => {
	assert.deepEqual(await skus("metadata[warehouse]="), oracle((p) => !p.metadata.warehouse));
	assert.deepEqual(await skus("metadata[n]=1,"), oracle((p) => !p.metadata.n || p.metadata.n === "1"));
	assert.equal((await skus("metadata[nothing]=")).length, made.length);
	assert.deepEqual(await skus("metadata[n]=1&metadata[warehouse]="), []);
});

test("with each filter, sort and mode it finds what each product says", async () => {
	const filters = {
		"": () => true,
		"status=active": (p) => p.status === "active",
		"category=audio": (p) => p.categories.includes("audio"),
		"filter[category][in]=audio,video": (p) => p.categories.includes("audio"),
		"filter[price][gte]=2": (p) => p.price >= 2,
		"filter[brand]=Auricle": (p) => p.brand === "Auricle",
		"filter[brand]=": (p) => p.brand === null,
		"filter[category][ne]=audio": (p) => !p.categories.includes("audio"),
		"search=MD-1": (p) => p.sku.startsWith("MD-1"),
	};
	for (const [filter, passes] of Object.entries(filters)) {
		for (const key of ["metadata[warehouse]=west-coast", "metadata[n]=0,1"]) {
			const has = key.includes("coast") ? west : (p) => ["0", "1"].includes(p.metadata.n);
			const expected = oracle((p) => passes(p) && has(p));
			const query = `${filter}&${key}`;
			assert.deepEqual(await walk(query), expected, query);
			assert.deepEqual(await pages(query), expected, query);
			assert.deepEqual(await walk(`${query}&order=asc`), [...expected].reverse(), query);
			const byPrice = await walk(`${query}&sort=-price`);
			assert.deepEqual([...byPrice].sort(), [...expected].sort(), query);
			assert.deepEqual(await pages(`${query}&sort=-price`), byPrice, query);
		}
	}
});

test("every list is found by it", async () => {
	await live.make("/categories", { name: "Video", slug: "video", metadata: { floor: 2 } });
	assert.deepEqual((await live.read("/categories?metadata[floor]=2")).data.map((c) => c.slug), ["video"]);
	await live.make("/api-keys", { name: "Till", scopes: ["products:read"], metadata: { till: "7" } });
	assert.deepEqual((await live.read("/api-keys?metadata[till]=7&cursor=")).data.map((k) => k.name), ["Till"]);
	const one = await live.make("/products", product({
		variants: [{ sku: "MV-1", metadata: { bin: "a" } }, { sku: "MV-2", metadata: { bin: "b" } }, { sku: "MV-3" }],
		images: [{ url: "https://a.example/1.jpg", metadata: { shot: "front" } }, { url: "https://a.example/2.jpg" }],
	}));
	const path = `/products/${one.id}`;
	const nested = async (query) => (await live.read(`${path}/variants?${query}`)).data.map((v) => v.sku);
	assert.deepEqual(await nested("metadata[bin]=b"), ["MV-2"]);
	assert.deepEqual(await nested("metadata[bin]=b,a&cursor=&limit=1"), ["MV-1"]);
	assert.deepEqual(await nested("metadata[bin]="), ["MV-3"]);
	assert.deepEqual((await live.read(`${path}/images?metadata[shot]=front`)).data.map((i) => i.url), ["https://a.example/1.jpg"]);
	status(await live.delete(path), 204);
});

// ---- writes

const indexed = (id) => rows(`SELECT JSON_ARRAY(name, value, archived) FROM metadata_index WHERE object_id = ${number(id)} ORDER BY name, value`);

test("what is found follows each write", async () => {
	const one = await live.make("/products", product({ metadata: { a: "1", b: "2" } }));
	const path = `/products/${one.id}`;
	const is = async (...expected) => assert.deepEqual(indexed(one.id), expected);
	await is(["a", "1", 0], ["b", "2", 0]);
	status(await live.patch(path, { metadata: { a: "3", b: null, c: true } }), 200);
	await is(["a", "3", 0], ["c", "true", 0]);
	assert.deepEqual(await skus(q("a", "1")), []);
	assert.deepEqual(await skus(q("a", "3")), [one.sku]);
	status(await live.patch(path, { price: 3 }), 200);
	status(await live.delete(path), 204);
	await is(["a", "3", 1], ["c", "true", 1]);
	assert.deepEqual(await skus(q("a", "3")), []);
	assert.deepEqual(await skus(`${q("a", "3")}&status=archived`), [one.sku]);
	assert.deepEqual(await skus(`${q("a", "3")}&filter[status][in]=archived,draft`), [one.sku]);
	status(await live.patch(path, { status: "active", metadata: { a: "4" } }), 200);
	await is(["a", "4", 0], ["c", "true", 0]);
	status(await live.patch(path, { metadata: null }), 200);
	await is();
});

test("a refused write and a dry run leave it as it was", async () => {
	const one = await live.make("/products", product({ metadata: { a: "dry" } }));
	refused(await live.patch(`/products/${one.id}`, { metadata: { a: "other" }, categories: ["none"] }), 422);
	status(await live.patch(`/products/${one.id}`, { metadata: { a: "other" } }, { prefer: "dry-run" }), 200);
	assert.deepEqual(indexed(one.id), [["a", "dry", 0]]);
});

test("a child's goes with the child", async () => {
	const one = await live.make("/products", product({ variants: [{ sku: "MC-1", metadata: { bin: "x" } }, { sku: "MC-2", metadata: { bin: "x" } }] }));
	const [first, second] = one.variants;
	status(await live.delete(`/products/${one.id}/variants/${first.id}`), 204);
	assert.deepEqual(indexed(first.id), []);
	status(await live.patch(`/products/${one.id}`, { variants: [{ id: second.id, metadata: { bin: "y" } }] }), 200);
	assert.deepEqual(indexed(second.id), [["bin", "y", 0]]);
});

test("keys and values of every kind of text are found", async () => {
	const odd = {
		"a.b": "dot", "q\"uote": "\"", "back\\slash": "\\", "[x]": "]", "日本": "東京", "é": "É", " ": "space", "a,b": "c", "%_": "%_", "🎧": "🎧\u0001\t",
		["k".repeat(40)]: "🎧".repeat(500),
	};
	const one = await live.make("/products", product({ metadata: odd }));
	assert.equal(indexed(one.id).length, Object.keys(odd).length);
	for (const [key, value] of Object.entries(odd).filter(([k]) => k.length < 40))
		for (const query of [q(key, value), `search=SKU&${q(key, value)}`, `sort=name&${q(key, value)}`])
			assert.deepEqual(await skus(query), [one.sku], query);
	assert.deepEqual(await skus(`search=SKU&${q("e", "E")}`), []);
	assert.deepEqual(await skus(q("e", "E")), []);
	await live.make("/products", product({ metadata: { list: "a,b" } }));
	assert.equal((await skus(q("list", "a\\,b"))).length, 1);
	assert.equal((await skus(q("list", "a,b"))).length, 0);
	for (const key of Object.keys(odd).filter((k) => k.length < 40))
		assert.ok(!(await skus(q(key, ""))).includes(one.sku), key);
});

test("50 keys are one statement more than none", async () => {
	const cost = async (metadata) => {
		const counts = [];
		for (let i = 0; i < 12; i++) {
			const answer = status(await live.post("/products", product({ metadata })), 201);
			counts.push(Number(/desc="(\d+) statement/.exec(answer.headers["server-timing"])[1]));
		}
		return Math.min(...counts);
	};
	const none = await cost({});
	for (const n of [1, 50])
		assert.equal(await cost(Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, "v"]))), none + 1);
});

// ---- refusals

test("a parameter that is not one of these forms is 400", async () => {
	for (const query of ["metadata=a", "metadata[]=a", "metadata[a=b", "metadata[a][gte]b=1", "filter[metadata]=a", "filter[metadata.]=a"])
		refused(await live.get(`/products?${query}`), 400);
	for (const op of ["ne", "gt", "gte", "lt", "lte", "nin", "contains", "starts_with", "ends_with"]) {
		const e = refused(await live.get(`/products?filter[metadata.a][${op}]=1`), 400, [`filter[metadata.a][${op}]`]);
		assert.deepEqual(e.details[0].allowed, ["eq", "in"]);
	}
	refused(await live.get("/products?sort=metadata.a"), 400, ["sort:unknown"]);
	refused(await live.get(`/products?${Array.from({ length: 21 }, (_, i) => `metadata[k${i}]=1`).join("&")}`), 400);
	refused(await live.get(`/products?metadata[a]=${Array.from({ length: 101 }, (_, i) => i)}`), 400, ["metadata[a]:too_many"]);
});

test("a cursor belongs to its metadata", async () => {
	const { next_cursor: cursor } = (await live.read("/products?metadata[warehouse]=east&limit=2&cursor=")).pagination;
	status(await live.get(`/products?metadata[warehouse]=east&limit=3&cursor=${cursor}`), 200);
	for (const query of ["metadata[warehouse]=west-coast", "metadata[Warehouse]=east", "metadata[n]=1", ""])
		refused(await live.get(`/products?${query}&cursor=${cursor}`), 400, ["cursor:other_list"]);
});

test("what metadata may not be is said of each key at once, with the other faults", async () => {
	const many = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, "v"]));
	const body = product({ price: -1, metadata: { ...many, nested: { a: 1 }, list: [1], "": "x", long: "x".repeat(501) } });
	refused(await live.post("/products", body), 422,
		["price:too_small", "metadata.nested:type", "metadata.list:type", "metadata.:key_length", "metadata.long:too_long", "metadata:too_many"]);
});

test("another tenant's metadata is not found", async () => {
	const other = (await makeTenant()).live;
	assert.deepEqual(await skus("metadata[warehouse]=west-coast", other), []);
	await other.make("/products", product({ sku: "OTHER", metadata: { warehouse: "west-coast" } }));
	assert.deepEqual(await skus("metadata[warehouse]=west-coast", other), ["OTHER"]);
	assert.ok(!(await skus("metadata[warehouse]=west-coast")).includes("OTHER"));
});
