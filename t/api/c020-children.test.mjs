// Variants and images have addresses of their own below their product, and what happens to them happens to it.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, product, refused, status, traces } from "./souk.mjs";

const VARIANTS_MOST = 2000;
const IMAGES_MOST = 250;

let live;

before(async () => {
	live = (await makeTenant()).live;
});

const kinds = [
	{ name: "variants", prefix: "var_", one: { sku: "CH-V", price: 5 }, two: { sku: "CH-W" }, change: { price: 6 } },
	{ name: "images", prefix: "img_", one: { url: "https://a.example/1.jpg" }, two: { url: "https://a.example/2.jpg" }, change: { alt: "A cup" } },
];

for (const kind of kinds) {
	test(`${kind.name} are made, read, changed and removed, and each time the product's version rises`, async () => {
		const made = await live.make("/products", product());
		const list = `/products/${made.id}/${kind.name}`;
		const etags = new Set([(await live.get(`/products/${made.id}`)).headers.etag]);
		async function risen(version) {
			const answer = await live.get(`/products/${made.id}`);
			assert.equal(answer.body.version, version);
			assert.equal(traces(made.id).events.length, version);
			assert.equal(traces(made.id).events.at(-1).type, version === 1 ? "product.created" : "product.updated");
			assert.equal(etags.has(answer.headers.etag), false);
			etags.add(answer.headers.etag);
			return answer.body[kind.name];
		}
		const answer = status(await live.post(list, kind.one), 201);
		const child = answer.body;
		assert.ok(child.id.startsWith(kind.prefix));
		assert.equal(answer.headers.location, `/v2${list}/${child.id}`);
		assert.equal(child.version, 1);
		assert.deepEqual(await live.read(`${list}/${child.id}`), child);
		assert.deepEqual(await risen(2), [child]);
		const second = status(await live.post(list, kind.two), 201).body;
		assert.deepEqual((await risen(3)).map((c) => c.id), [child.id, second.id]);
		const changed = status(await live.put(`${list}/${child.id}`, kind.change), 200).body;
		assert.deepEqual({ ...child, ...kind.change, version: 2, updated_at: changed.updated_at }, changed);
		await risen(4);
		assert.equal(status(await live.delete(`${list}/${child.id}`), 204).raw, "");
		assert.deepEqual((await risen(5)).map((c) => c.id), [second.id]);
		refused(await live.get(`${list}/${child.id}`), 404);
		refused(await live.put(`${list}/${child.id}`, kind.change), 404);
		refused(await live.delete(`${list}/${child.id}`), 404);
		assert.deepEqual((await live.read(list)).data.map((c) => c.id), [second.id]);
	});

	test(`${kind.name} of another product, or of none, are not found`, async () => {
		const [mine, other] = [await live.make("/products", product()), await live.make("/products", product())];
		const child = await live.make(`/products/${mine.id}/${kind.name}`, { ...kind.one, ...(kind.one.sku ? { sku: "CH-OTHER" } : {}) });
		for (const parent of [other.id, "prod_7zzzzzzzzzzzz", "prod_", "cat_123", child.id])
			for (const [method, body] of [["GET"], ["PUT", kind.change], ["PATCH", kind.change], ["DELETE"]])
				refused(await live.send(method, `/products/${parent}/${kind.name}/${child.id}`, { body }), 404);
		for (const id of ["x", `${kind.prefix}zzzzzzzzzzzzz`, mine.id, kind.prefix])
			for (const [method, body] of [["GET"], ["PUT", kind.change], ["DELETE"]])
				refused(await live.send(method, `/products/${mine.id}/${kind.name}/${id}`, { body }), 404);
		refused(await live.post(`/products/prod_7zzzzzzzzzzzz/${kind.name}`, kind.two), 404);
		refused(await live.get(`/products/prod_7zzzzzzzzzzzz/${kind.name}`), 404);
		assert.equal((await live.read(`/products/${mine.id}`)).version, 2);
		assert.equal((await live.read(`/products/${other.id}`)).version, 1);
	});

}

test("a variant's SKU finds its product until the variant is gone", async () => {
	const made = await live.make("/products", product());
	const child = await live.make(`/products/${made.id}/variants`, { sku: "FIND-1" });
	assert.equal((await live.read("/products/FIND-1")).id, made.id);
	status(await live.put(`/products/${made.id}/variants/${child.id}`, { sku: "FIND-2" }), 200);
	refused(await live.get("/products/FIND-1"), 404);
	assert.equal((await live.read("/products/FIND-2")).id, made.id);
	refused(await live.post(`/products/${made.id}/variants`, { sku: "FIND-2" }), 409, ["sku:sku_taken"], "sku_taken");
	refused(await live.post(`/products/${made.id}/variants`, { sku: made.sku }), 409, ["sku:sku_taken"], "sku_taken");
	status(await live.delete(`/products/${made.id}/variants/${child.id}`), 204);
	refused(await live.get("/products/FIND-2"), 404);
	status(await live.post("/products", product({ sku: "FIND-2" })), 201);
});

test("children stand in the order of their positions", async () => {
	const made = await live.make("/products", product({ images: [{ url: "https://a.example/2.jpg", position: 20 }, { url: "https://a.example/1.jpg", position: 10 }] }));
	const urls = async () => (await live.read(`/products/${made.id}`)).images.map((i) => i.url.at(-5));
	assert.deepEqual(await urls(), ["1", "2"]);
	await live.make(`/products/${made.id}/images`, { url: "https://a.example/0.jpg", position: 0 });
	assert.deepEqual(await urls(), ["0", "1", "2"]);
	const [first] = (await live.read(`/products/${made.id}`)).images;
	status(await live.put(`/products/${made.id}/images/${first.id}`, { position: 30 }), 200);
	assert.deepEqual(await urls(), ["1", "2", "0"]);
	for (const position of [-1, 1.5, 1000001, "1"])
		refused(await live.put(`/products/${made.id}/images/${first.id}`, { position }), 422, ["position"]);
});

test("attributes are merged like metadata", async () => {
	const made = await live.make("/products", product({ variants: [{ sku: "ATTR-1", attributes: { size: "Large", color: "Blue" } }] }));
	const path = `/products/${made.id}/variants/${made.variants[0].id}`;
	assert.deepEqual(status(await live.put(path, { attributes: { color: "Red", fit: "slim", size: null } }), 200).body.attributes, { color: "Red", fit: "slim" });
	assert.equal(status(await live.put(path, { attributes: null }), 200).body.attributes, null);
	refused(await live.put(path, { attributes: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`a${i}`, "v"])) }), 422, ["attributes:too_many"]);
	refused(await live.put(path, { attributes: { size: ["L"] } }), 422, ["attributes.size:type"]);
	refused(await live.put(path, { attributes: ["L"] }), 422, ["attributes:type"]);
});

test(`there are at most ${VARIANTS_MOST} variants and ${IMAGES_MOST} images`, async () => {
	const variants = (n) => Array.from({ length: n }, (_, i) => ({ sku: `LIM-${i}` }));
	const images = (n) => Array.from({ length: n }, (_, i) => ({ url: `https://a.example/${i}.jpg` }));
	refused(await live.post("/products", product({ variants: variants(VARIANTS_MOST + 1), images: images(IMAGES_MOST + 1) })), 422, ["variants:too_many", "images:too_many"]);
	const made = await live.make("/products", product({ variants: variants(VARIANTS_MOST - 1), images: images(IMAGES_MOST) }));
	status(await live.post(`/products/${made.id}/variants`, { sku: "LIM-LAST" }), 201);
	refused(await live.post(`/products/${made.id}/variants`, { sku: "LIM-MORE" }), 422, ["variants:too_many"]);
	refused(await live.post(`/products/${made.id}/images`, { url: "https://a.example/more.jpg" }), 422, ["images:too_many"]);
	refused(await live.put(`/products/${made.id}`, { variants: [{ sku: "LIM-MORE" }] }), 422, ["variants:too_many"]);
	const swapped = status(await live.put(`/products/${made.id}`, { variants: [{ sku: "LIM-0", _delete: true }, { sku: "LIM-MORE" }] }), 200).body;
	assert.equal(swapped.variants.length, VARIANTS_MOST);
	assert.equal((await live.read(`/products/${made.id}/variants?limit=1`)).pagination.total_items, VARIANTS_MOST);
});

test("two writers that each add a variant both succeed", async () => {
	const made = await live.make("/products", product());
	const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => live.send("POST", `/products/${made.id}/variants`, { body: { sku: `BOTH-${i}` }, fresh: true })));
	for (const answer of answers)
		status(answer, 201);
	const now = await live.read(`/products/${made.id}`);
	assert.equal(now.variants.length, 8);
	assert.equal(now.version, 9);
});

// Every write gives the product, its variants and its images the same number; products with both, with one kind, and a list of all.
test("a read beside writes shows a product and its children of one moment", async () => {
	const numbered = (name, n) => ({
		name: `${n}`,
		...(name === "images" ? {} : { variants: [1, 2].map((i) => ({ sku: `ONE-${name}-${i}`, name: `${n}` })) }),
		...(name === "variants" ? {} : { images: [{ url: "https://a.example/1.jpg", alt: `${n}` }] }),
	});
	const numbers = (read) => new Set([read, ...read.variants, ...read.images].map((part) => part.alt ?? part.name));
	const made = [];
	for (const name of ["both", "variants", "images"]) {
		const { id, images } = await live.make("/products", product({ ...numbered(name, 0), sku: `ONE-${name}`, brand: "OneMoment" }));
		made.push({ name, id, image: images[0]?.id });
	}
	let writing = made.length, reads = 0;
	async function write({ name, id, image }) {
		for (let n = 1; n <= 60; n++) {
			const body = numbered(name, n);
			if (image)
				body.images[0].id = image;
			status(await live.put(`/products/${id}`, body), 200);
		}
		writing--;
	}
	async function read() {
		for (; writing; reads++) {
			const list = await live.read("/products?filter[brand]=OneMoment&include=variants,images");
			const one = await live.read(`/products/${made[reads % made.length].id}`);
			for (const found of [...list.data, one])
				assert.equal(numbers(found).size, 1, JSON.stringify([...numbers(found)]));
		}
	}
	await Promise.all([...made.map(write), read(), read(), read()]);
	assert.ok(reads > 20);
});
