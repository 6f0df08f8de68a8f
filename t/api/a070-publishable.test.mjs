// Publishable keys (D22): what anybody may see, and nothing else, however it is asked for.
import assert from "node:assert/strict";
import { isUtf8 } from "node:buffer";
import { before, describe, it } from "node:test";
import { Client, makeTenant, product, refused, status } from "./souk.mjs";

describe("a publishable key", () => {
	let t, key, page, active, draft, archived;
	const origin = { origin: "https://shop.example.com" };

	before(async () => {
		t = await makeTenant();
		await t.live.make("/categories", { name: "Shelf", slug: "shelf" });
		const common = { metadata: { supplier: "ACME Corp" }, cost: 1.23, categories: ["shelf"] };
		active = await t.live.make("/products", product({ ...common, status: "active", variants: [{ sku: "PUB-V-1", cost: 1.11 }] }));
		draft = await t.live.make("/products", product({ ...common, status: "draft", variants: [{ sku: "PUB-V-2" }] }));
		archived = await t.live.make("/products", product({ ...common, status: "active" }));
		status(await t.live.delete(`/products/${archived.id}`), 204);
		key = await t.live.make("/api-keys", { name: "page", kind: "publishable", scopes: ["products:read", "categories:read"], origins: ["https://shop.example.com"] });
		page = new Client(key.secret);
	});

	it("says what it is, and has nothing to sign with", () => {
		assert.match(key.secret, /^pk_live_[\w-]{43}$/);
		assert.equal(key.signing_secret, undefined);
	});
	it("sees what is active, by id, by SKU and in lists", async () => {
		assert.equal((await page.read(`/products/${active.id}`)).id, active.id);
		assert.equal((await page.read(`/products/${active.sku}`)).id, active.id);
		assert.equal((await page.read("/products/PUB-V-1")).id, active.id);
		for (const query of ["", "?cursor=", "?category=shelf", "?sort=-price&include=variants", "?filter[status][in]=active,draft,archived", "?search=Premium"])
			assert.deepEqual((await page.read(`/products${query}`)).data.map((p) => p.id), [active.id], query);
		assert.equal((await page.read("/products")).pagination.total_items, 1);
		assert.equal((await page.read("/categories")).data.length, 1);
	});
	it("does not see drafts and archived ones, whatever it asks", async () => {
		for (const p of [draft, archived])
			for (const path of [`/products/${p.id}`, `/products/${p.sku}`, `/products/${p.id}/variants`])
				refused(await page.get(path), 404);
		refused(await page.get("/products/PUB-V-2"), 404);
		for (const query of ["?status=draft", "?status=archived", "?filter[status]=draft", `?filter[id]=${draft.id}`, `?filter[sku]=${draft.sku}`])
			assert.equal((await page.read(`/products${query}`)).data.length, 0, query);
	});
	it("does not learn that a draft is unchanged", async () => {
		const { etag } = (await t.live.get(`/products/${draft.id}`)).headers;
		refused(await page.get(`/products/${draft.id}`, { "if-none-match": etag }), 404);
		refused(await page.get(`/products/${draft.id}`, { "if-none-match": "*" }), 404);
	});
	it("sees neither cost nor what the merchant noted", async () => {
		const seen = await page.get(`/products/${active.id}`);
		assert.equal(seen.body.metadata, undefined);
		assert.equal(seen.body.cost, undefined);
		assert.ok(!seen.raw.includes("ACME"));
		assert.doesNotMatch((await page.get("/products?include=variants")).raw, /(?<!\d)1\.11(?!\d)/); /* but a time may be so many seconds */
	});
	it("cannot ask for what the merchant noted either: an answer would tell it", async () => {
		for (const query of ["metadata[supplier]=ACME%20Corp", "metadata[supplier]=", "filter[metadata.supplier]=ACME%20Corp", "filter[metadata.supplier][ne]=x"])
			for (const mode of ["", "&cursor="])
				status(await page.get(`/products?${query}${mode}`), 400);
		status(await page.get("/categories?metadata[k]=v"), 400);
		for (const path of ["/products", `/products/${active.id}`, `/products/${active.sku}`])
			for (const fields of ["metadata", "name,metadata", "variants.metadata"])
				status(await page.get(`${path}?fields=${fields}`), 400);
		status(await page.get(`/products/${active.id}/variants?fields=metadata`), 400);
		assert.deepEqual((await t.live.read("/products?metadata[supplier]=ACME%20Corp&status=active")).data.map((p) => p.id), [active.id]);
	});
	it("changes nothing", async () => {
		for (const [method, path] of [["POST", "/products"], ["PUT", `/products/${active.id}`], ["DELETE", `/products/${active.id}`], ["POST", `/products/${active.id}/variants`], ["GET", "/api-keys"], ["POST", "/api-keys"]])
			refused(await page.send(method, path, { body: method === "GET" || method === "DELETE" ? undefined : {} }), 403, undefined, "scope");
	});
	it("is for the pages of its origins, and for apps, which have none", async () => {
		status(await page.get("/products", origin), 200);
		status(await page.get("/products"), 200);
		for (const other of ["https://evil.example.com", "http://shop.example.com", "https://shop.example.com:8443", "null"])
			refused(await page.get("/products", { origin: other }), 403, undefined, "origin_not_allowed");
		const { bytes } = await page.get("/products", { origin: "https://shop\xff.example.com" });
		assert.ok(isUtf8(bytes), "what is no text is not told");
	});
	it("can have no more than that", async () => {
		for (const [body, faults] of [
			[{ scopes: ["*"] }, ["scopes:not_public"]],
			[{ scopes: ["products:write"] }, ["scopes:not_public"]],
			[{ scopes: ["products:*"] }, ["scopes:not_public"]],
			[{ scopes: ["products:cost"] }, ["scopes:not_public"]],
			[{ scopes: ["products:read"], require_signature: true }, ["require_signature:publishable"]],
			[{ scopes: ["products:read"], origins: ["shop.example.com", "https://a.example/path"] }, ["origins:not_an_origin", "origins:not_an_origin"]],
		])
			refused(await t.live.post("/api-keys", { name: "x", kind: "publishable", ...body }), 422, faults);
		refused(await t.live.put(`/api-keys/${key.id}`, { kind: "secret" }), 422, ["kind:create_only"]);
	});
	it("belongs to its side", async () => {
		refused(await new Client(key.secret, "sandbox").get("/products"), 401, undefined, "key_mode");
	});
});
