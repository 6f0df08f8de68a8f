// Nothing of one tenant, nor of its other side, is seen or touched by a key of another, on any route.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { ctl, makeTenant, number, refused, rows, status } from "./souk.mjs";

const MARK = "MARKEDFOREIGN";

let resources, mine, sandbox, theirs, foreign, own;

// One of everything, with the marker in every text.
async function furnish(client, mark) {
	const shelf = await client.make("/categories", { name: mark, slug: mark.toLowerCase(), description: mark });
	const product = await client.make("/products", {
		name: mark, sku: mark, price: 1, description: mark, brand: mark, categories: [mark.toLowerCase()], metadata: { [mark]: mark },
		variants: [{ sku: `${mark}-V`, name: mark, attributes: { mark } }], images: [{ url: `https://a.example/${mark}.jpg`, alt: mark }],
	});
	const key = await client.make("/api-keys", { name: mark, scopes: ["products:read"] });
	return { category: shelf, product, api_key: key, variant: product.variants[0], image: product.images[0] };
}

before(async () => {
	resources = JSON.parse(await ctl("describe", "--json")).resources;
	const [a, b] = await Promise.all([makeTenant(), makeTenant()]);
	mine = a.live;
	sandbox = await a.client({ mode: "sandbox" });
	theirs = b.live;
	own = await furnish(mine, "OWN");
	foreign = { "another tenant": await furnish(theirs, MARK), "the own sandbox": await furnish(sandbox, `${MARK}BOX`) };
});

// Every route that the descriptors make, for the objects of `set`; `parents`: whose product a child is sought below.
function* routes(set, parents) {
	for (const r of resources) {
		const object = set[r.name];
		assert.ok(object, `this test must be taught to make a ${r.name}`);
		const places = r.parent ? parents.map((parent) => `/products/${parent}/${r.plural}`) : [`/${r.plural}`];
		for (const place of places) {
			for (const key of new Set([object.id, object.sku, object.slug]))
				if (key !== undefined)
					for (const method of ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
						yield [method, `${place}/${encodeURIComponent(key)}`, { PUT: {}, PATCH: { metadata: { a: "b" } } }[method]];
			for (const action of r.actions ?? [])
				yield ["POST", `${place}/${object.id}/${action.name}`];
		}
	}
}

function clean(answer, where) {
	const all = answer.raw + JSON.stringify(answer.headers);
	assert.equal(all.includes(MARK), false, `${where}: ${all.slice(0, 500)}`);
}

function everything(set) {
	const n = [set.product.id, set.category.id, set.api_key.id].map(number);
	return rows(`SELECT JSON_ARRAY(id, version, archived_at, updated_at, metadata) FROM products WHERE id = ${n[0]}
		UNION ALL SELECT JSON_ARRAY(id, version, archived_at, updated_at, metadata) FROM categories WHERE id = ${n[1]}
		UNION ALL SELECT JSON_ARRAY(id, version, archived_at, updated_at, status) FROM api_keys WHERE id = ${n[2]}
		UNION ALL SELECT JSON_ARRAY(id, version, archived_at, updated_at, metadata) FROM variants WHERE product_id = ${n[0]}
		UNION ALL SELECT JSON_ARRAY(COUNT(*)) FROM audit_logs WHERE resource_id IN (${n})
		UNION ALL SELECT JSON_ARRAY(COUNT(*)) FROM events WHERE object_id IN (${n})`);
}

for (const whose of ["another tenant", "the own sandbox"])
	test(`every route says that nothing is there for the ids of ${whose}, and shows and changes nothing`, async () => {
		const set = foreign[whose];
		const before = everything(set);
		let asked = 0;
		for (const [method, path, body] of routes(set, [set.product.id, own.product.id])) {
			for (const headers of [{}, { "idempotency-key": `${whose} ${asked}` }, { "if-none-match": "*" }, { prefer: "dry-run" }]) {
				const answer = await mine.send(method, path, { body, headers });
				assert.ok([403, 404].includes(answer.status), `${method} ${path}: ${answer.status}`);
				clean({ ...answer, headers: { ...answer.headers, link: "" } }, `${method} ${path}`);
				asked++;
			}
		}
		assert.ok(asked > 100, `${asked} were asked`);
		assert.deepEqual(everything(set), before);
	});

test("the other's children cannot be added to, nor hung below an own product", async () => {
	for (const set of Object.values(foreign)) {
		for (const kind of ["variants", "images"]) {
			refused(await mine.get(`/products/${set.product.id}/${kind}`), 404);
			refused(await mine.post(`/products/${set.product.id}/${kind}`, kind === "variants" ? { sku: "X-1" } : { url: "https://a.example/x.jpg" }), 404);
		}
		refused(await mine.put(`/products/${own.product.id}`, { variants: [{ id: set.variant.id, price: 1 }] }), 422, ["variants[0]:unknown"]);
		refused(await mine.put(`/products/${own.product.id}`, { images: [{ id: set.image.id, _delete: true }] }), 422, ["images[0]:unknown"]);
		refused(await mine.put(`/products/${own.product.id}`, { categories: [set.category.slug] }), 422, ["categories[0]"]);
		refused(await mine.put(`/categories/${own.category.id}`, { parent_id: set.category.id }), 422, ["parent_id:unknown"]);
	}
});

test("no list shows anything of others, however it is asked", async () => {
	for (const r of resources.filter((one) => !one.parent))
		for (const query of ["", "?limit=200", "?cursor=&limit=200", "?sort=-id", `?search=${MARK}`, `?filter[name][contains]=MARKED`, `?filter[name]=${MARK}`, "?status=archived", "?status=active", "?include=variants,images",
			`?category=${MARK.toLowerCase()}`, `?filter[sku]=${MARK}`, `?filter[id]=${foreign["another tenant"].product.id}`]) {
			const answer = await mine.get(`/${r.plural}${query}`);
			assert.ok([200, 400].includes(answer.status), `${r.plural}${query}: ${answer.status}`);
			if (answer.status === 200) {
				clean({ ...answer, headers: {} }, `${r.plural}${query}`);
				assert.ok(answer.body.data.length <= 3);
			}
		}
});

test("a SKU or slug that another has can be used, and finds one's own", async () => {
	const made = await mine.make("/products", { name: "x", sku: `${MARK}-V`, price: 1 });
	assert.equal((await mine.read(`/products/${MARK}-V`)).id, made.id);
	assert.equal((await theirs.read(`/products/${MARK}-V`)).id, foreign["another tenant"].product.id);
	status(await mine.delete(`/products/${made.id}`), 204);
	status(await theirs.get(`/products/${MARK}-V`), 200);
	const shelf = await mine.make("/categories", { name: "x", slug: MARK.toLowerCase() });
	status(await mine.delete(`/categories/${shelf.id}`), 204);
	assert.deepEqual((await theirs.read(`/products/${MARK}`)).categories, [MARK.toLowerCase()]);
});

test("the same Idempotency-Key and body in two tenants is two requests", async () => {
	const headers = { "idempotency-key": "one for all" };
	const body = { name: "same", sku: "SAME-KEY", price: 1 };
	const answers = [];
	for (const client of [mine, theirs, sandbox])
		answers.push(status(await client.post("/products", body, headers), 201));
	assert.equal(new Set(answers.map((answer) => answer.body.id)).size, 3);
	for (const answer of answers)
		assert.equal(answer.headers["idempotency-replayed"], undefined);
	status(await mine.post("/products", { ...body, name: "other" }, headers), 409);
});

test("a tag of another's object is no tag of one's own", async () => {
	const { etag } = (await theirs.get(`/products/${foreign["another tenant"].product.id}`)).headers;
	refused(await mine.get(`/products/${foreign["another tenant"].product.id}`, { "if-none-match": etag }), 404);
	refused(await mine.put(`/products/${foreign["another tenant"].product.id}`, { price: 5 }, { "if-match": etag }), 404);
});
