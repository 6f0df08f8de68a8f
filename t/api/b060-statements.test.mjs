// A request costs a fixed number of statements, whatever the number of rows, and a known key costs none.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, product, statements, status } from "./souk.mjs";

const ROUNDS = 24; /* more than the workers, so that each has met the key and prepared its statements */

let live, plain, full;

before(async () => {
	live = (await makeTenant()).live;
	await live.make("/categories", { name: "Audio", slug: "audio" });
	plain = await live.make("/products", product());
	full = await live.make("/products", product({
		categories: ["audio"],
		variants: Array.from({ length: 5 }, (_, i) => ({ sku: `ST-${i}` })),
		images: [{ url: "https://a.example/1.jpg" }],
	}));
	for (let i = 0; i < 58; i++)
		await live.make("/products", product({ categories: ["audio"], status: "active", variants: [{ sku: `STL-${i}` }] }));
});

// The least of many: other workers may still have to learn the key.
async function warm(method, path, options) {
	const answers = [];
	for (let i = 0; i < ROUNDS; i++) {
		const { expected = 200, ...rest } = options?.() ?? {};
		answers.push(status(await live.send(method, path, rest), expected));
	}
	return Math.min(...answers.map(statements));
}

async function costs(path, n) {
	assert.equal(await warm("GET", path), n, path);
}

test("a product without children costs one statement", async () => {
	await costs(`/products/${plain.id}`, 1);
	await costs(`/products/${plain.sku}`, 1);
});

test("each kind of children that there is costs one more", async () => {
	await costs(`/products/${full.id}`, 3);
	await costs(`/products/${full.id}?fields=name`, 1);
	await costs(`/products/${full.id}?include=variants&fields=name`, 2);
	await costs("/products/ST-3", 3);
});

test("a page by cursor costs one statement, for 5 rows as for 50", async () => {
	for (const limit of [1, 5, 50])
		await costs(`/products?cursor=&limit=${limit}`, 1);
	const { next_cursor: cursor } = (await live.read("/products?cursor=&limit=5")).pagination;
	await costs(`/products?cursor=${cursor}&limit=5`, 1);
	await costs(`/products?cursor=${cursor}&limit=50`, 1);
});

test("a page by number costs one more, for its total, and 5 rows as much as 50", async () => {
	await costs("/products?limit=5", 2);
	await costs("/products?limit=50", 2);
});

test("an included kind of children costs one more for the whole page", async () => {
	for (const limit of [5, 50])
		await costs(`/products?cursor=&limit=${limit}&include=variants`, 2);
	await costs("/products?cursor=&limit=200&include=variants,images", 3);
	await costs("/products?cursor=&limit=50&include=variants,images", 2); /* none of these has an image */
});

test("filtered and sorted pages cost the same for 5 rows as for 50", async () => {
	for (const query of ["sort=price", "sort=-name", "status=active", "category=audio", "filter[price][gte]=1&sort=price", "search=SKU"]) {
		const [few, many] = [await warm("GET", `/products?cursor=&limit=5&${query}`), await warm("GET", `/products?cursor=&limit=50&${query}`)];
		assert.equal(few, many, query);
		assert.ok(many <= 2, `${query}: ${many}`);
	}
});

test("what is refused before the database costs nothing once the key is known", async () => {
	for (const [path, expected] of [["/products?limit=x", 400], ["/nothing", 404], ["/products/prod_UPPER", 404]]) {
		let least = Infinity;
		for (let i = 0; i < ROUNDS; i++)
			least = Math.min(least, statements(status(await live.get(path), expected)));
		assert.equal(least, path.includes("prod_") ? least : 0, path);
		assert.ok(least <= 1);
	}
});

test("a write of a product with 200 variants costs about as much as one with 20", async () => {
	let made = 0;
	const body = (n) => () => ({ expected: 201, body: product({ variants: Array.from({ length: n }, () => ({ sku: `W-${++made}` })) }) });
	const [few, many] = [await warm("POST", "/products", body(20)), await warm("POST", "/products", body(200))];
	assert.ok(many <= few + 20, `${few} and ${many}`);
	assert.ok(many <= 40, `${many}`);
});
