// Categories are a tree without circles, and products show the slugs that their categories have now.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, product, refused, status } from "./souk.mjs";

let live;
let made = 0;

before(async () => {
	live = (await makeTenant()).live;
});

const shelf = (more = {}) => live.make("/categories", { name: "Shelf", slug: `shelf-${++made}`, ...more });
const put = (id, body) => live.put(`/categories/${id}`, body);

test("a category is made, found by id and by slug, listed and changed", async () => {
	const answer = status(await live.post("/categories", { name: { en: "Electronics", fr: "Électronique" }, slug: "electronics", description: "With a plug" }), 201);
	const { body } = answer;
	assert.match(body.id, /^cat_/);
	assert.equal(body.parent_id, null);
	assert.equal(answer.headers.location, `/v2/categories/${body.id}`);
	assert.deepEqual(await live.read(`/categories/${body.id}`), body);
	assert.deepEqual(await live.read("/categories/electronics"), body);
	assert.equal((await live.get(`/categories/${body.id}`, { "accept-language": "fr" })).body.name, "Électronique");
	assert.deepEqual((await live.read("/categories?filter[slug]=electronics")).data, [body]);
	assert.equal(status(await put(body.id, { position: 5 }), 200).body.position, 5);
});

for (const [slug, reason] of [["Upper", "pattern"], ["a b", "pattern"], ["a--b", "pattern"], ["-a", "pattern"], ["a-", "pattern"], ["ä", "pattern"], ["a/b", "pattern"], ["a,b", "pattern"], ["x".repeat(65), "too_long"], ["", "blank"], [null, "required"]])
	test(`the slug ${JSON.stringify(slug).slice(0, 20)} is refused`, async () => {
		refused(await live.post("/categories", { name: "x", slug }), 422, [`slug:${reason}`]);
	});

test("categories stand below others, and the list can be asked for one level", async () => {
	const root = await shelf();
	const [a, b] = [await shelf({ parent_id: root.id }), await shelf({ parent_id: root.id })];
	assert.equal(a.parent_id, root.id);
	assert.deepEqual((await live.read(`/categories?filter[parent_id]=${root.id}`)).data.map((c) => c.id).sort(), [a.id, b.id].sort());
	assert.equal(status(await put(b.id, { parent_id: a.id }), 200).body.parent_id, a.id);
	assert.equal(status(await put(b.id, { parent_id: null }), 200).body.parent_id, null);
});

test("a category cannot stand below itself, nor below one of its own", async () => {
	const a = await shelf();
	const b = await shelf({ parent_id: a.id });
	const c = await shelf({ parent_id: b.id });
	for (const parent of [a, b, c])
		refused(await put(a.id, { parent_id: parent.id }), 422, ["parent_id:circle"]);
	status(await put(c.id, { parent_id: a.id }), 200);
	status(await put(b.id, { parent_id: c.id }), 200);
});

test("two moves at once close no circle", async () => {
	for (let i = 0; i < 5; i++) {
		const [a, b] = [await shelf(), await shelf()];
		const answers = await Promise.all([[a, b], [b, a]].map(([x, y]) => live.send("PUT", `/categories/${x.id}`, { body: { parent_id: y.id }, fresh: true })));
		assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 422], answers.map((answer) => answer.raw).join("\n"));
	}
});

test("a tree is at most ten levels deep", async () => {
	let parent = await shelf();
	for (let i = 0; i < 20; i++) {
		const answer = await live.post("/categories", { name: "deep", slug: `deep-${i}`, parent_id: parent.id });
		if (answer.status === 422) {
			refused(answer, 422, ["parent_id:too_deep"]);
			assert.ok(i >= 9, `${i}`);
			return;
		}
		parent = status(answer, 201).body;
	}
	assert.fail("it has no end");
});

test("a slug that changes changes in the products that show it, and they get a new version", async () => {
	const [a, b] = [await shelf({ slug: "old-name" }), await shelf()];
	const inBoth = await live.make("/products", product({ categories: [b.slug, "old-name"] }));
	const inNone = await live.make("/products", product());
	const tag = async (p) => (await live.get(`/products/${p.id}`)).headers.etag;
	const [tagBoth, tagNone] = [await tag(inBoth), await tag(inNone)];
	status(await put(a.id, { slug: "new-name" }), 200);
	const now = await live.read(`/products/${inBoth.id}`);
	assert.deepEqual(now.categories, [b.slug, "new-name"]);
	assert.equal(now.version, 2);
	assert.notEqual(await tag(inBoth), tagBoth);
	assert.equal(await tag(inNone), tagNone);
	assert.deepEqual((await live.read("/products?category=new-name")).data.map((p) => p.id), [inBoth.id]);
	assert.deepEqual((await live.read("/products?filter[categories]=new-name")).data.map((p) => p.id), [inBoth.id]);
	refused(await live.get("/categories/old-name"), 404);
	status(await put(a.id, { name: "Only the name" }), 200);
	assert.equal((await live.read(`/products/${inBoth.id}`)).version, 2);
});

test("a category with others below it is not deleted", async () => {
	const a = await shelf();
	const b = await shelf({ parent_id: a.id });
	refused(await live.delete(`/categories/${a.id}`), 409, [], "has_children");
	status(await live.delete(`/categories/${b.id}`), 204);
	status(await live.delete(`/categories/${a.id}`), 204);
	refused(await live.get(`/categories/${a.id}`), 404);
	refused(await live.get(`/categories/${a.slug}`), 404);
});

test("products of a deleted category lose its slug, which is free again", async () => {
	const [a, b] = [await shelf(), await shelf()];
	const kept = await live.make("/products", product({ categories: [a.slug, b.slug] }));
	status(await live.delete(`/categories/${a.id}`), 204);
	const now = await live.read(`/products/${kept.id}`);
	assert.deepEqual(now.categories, [b.slug]);
	assert.equal(now.version, 2);
	const again = await shelf({ slug: a.slug });
	assert.notEqual(again.id, a.id);
	assert.deepEqual((await live.read(`/products?category=${a.slug}`)).data, []);
	status(await live.put(`/products/${kept.id}`, { categories: [a.slug] }), 200);
	assert.deepEqual((await live.read(`/products?category=${a.slug}`)).data.map((p) => p.id), [kept.id]);
});

test("a deleted category is no shelf for a product", async () => {
	const a = await shelf();
	status(await live.delete(`/categories/${a.id}`), 204);
	refused(await live.post("/products", product({ categories: [a.slug] })), 422, ["categories[0]"]);
});
