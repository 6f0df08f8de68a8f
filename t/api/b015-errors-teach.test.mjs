// Errors teach: each word that a refusal carries is explained at its doc_url, every fault of a request is told at once with
// what was expected, and who prefers RFC 9457 gets it.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { openShop, order, shipped, untracked } from "./orders.mjs";
import { openSandbox, pay } from "./payments.mjs";
import { Client, makeTenant, number, product, refused, request, rows as sql, status, urls } from "./souk.mjs";

const docs = new URL("/docs/errors", urls.live).href;

let live;
let anchors; /* of the page */
let table; /* the list as JSON, by reason */

before(async () => {
	live = (await makeTenant()).live;
	const page = status(await request("GET", docs, { headers: { accept: "text/html" } }), 200);
	anchors = new Set([...page.raw.matchAll(/<article id="([a-z_]+)"/g)].map((m) => m[1]));
	const list = status(await request("GET", docs, { headers: { accept: "application/json" } }), 200);
	table = new Map(list.body.data.map((row) => [row.reason, row]));
});

// ---- the page

test("the page and the list explain the same reasons", () => {
	assert.deepEqual([...anchors].sort(), [...table.keys()].sort());
	assert.ok(anchors.size > 80);
	for (const row of table.values()) {
		assert.deepEqual(Object.keys(row), ["reason", "code", "status", "title", "description", "doc_url"]);
		assert.ok(row.title.length > 5 && row.description.length > 15, row.reason);
		assert.equal(row.doc_url, `${docs}#${row.reason}`);
	}
});

test("the page needs no key, no script and nothing from elsewhere", async () => {
	const page = status(await request("GET", docs, { headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" } }), 200);
	assert.equal(page.headers["content-type"], "text/html; charset=utf-8");
	assert.match(page.headers["content-security-policy"], /^default-src 'none'; style-src 'sha256-[\w-]{43}='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/);
	assert.doesNotMatch(page.raw, /<(script|link|img|iframe)\b|\bsrc=|\bstyle=|\bon\w+=|@import|url\(/i);
	for (const [, target] of page.raw.matchAll(/href="([^"]*)"/g))
		assert.ok(target.startsWith("#") && page.raw.includes(`id="${target.slice(1)}"`), target);
	assert.match(page.raw, /<html lang="en">.*width=device-width.*color-scheme:light dark.*prefers-color-scheme:dark/s);
	for (const [, example] of page.raw.matchAll(/<pre>([^<]*)<\/pre>/g)) {
		const { error } = JSON.parse(example.replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&"));
		assert.deepEqual(Object.keys(error), ["code", "message", "details", "request_id", "reason", "doc_url"]);
	}
});

test("the page may be kept by any cache and is not sent twice", async () => {
	for (const accept of ["text/html", "application/json"]) {
		const first = status(await request("GET", docs, { headers: { accept } }), 200);
		assert.match(first.headers["cache-control"], /^public, max-age=\d+/);
		assert.match(first.headers.vary, /\bAccept\b/);
		const second = status(await request("GET", docs, { headers: { accept, "if-none-match": first.headers.etag } }), 304);
		assert.equal(second.raw, "");
	}
	status(await request("HEAD", docs), 200);
	refused(await request("GET", docs, { headers: { accept: "image/png" } }), 406, ["Accept:not_acceptable"]);
	refused(await request("POST", docs, { body: {} }), 405);
});

// ---- RFC 9457

const problemType = "application/problem+json";

// A problem must say what the error says, each in its own shape.
function sameAs(problem, error) {
	assert.deepEqual(Object.keys(problem), ["type", "title", "status", "detail", "instance", "code", "reason", "request_id", "errors"]);
	assert.equal(problem.type, error.doc_url);
	assert.equal(problem.title, table.get(problem.reason).title);
	assert.equal(problem.detail, error.message);
	assert.equal(problem.instance, `urn:souk:${problem.request_id}`);
	for (const name of ["code", "reason"])
		assert.equal(problem[name], error[name]);
	assert.deepEqual(problem.errors, error.details);
}

test("errors are problems for who prefers them", async () => {
	for (const [method, path, body] of [["GET", "/products/prod_7zzzzzzzzzzzz"], ["POST", "/products", { name: " ", colour: 1 }], ["GET", "/products?sort=colour"], ["DELETE", "/products"], ["POST", "/products", "{"]]) {
		const plain = await live.send(method, path, { body });
		for (const accept of [problemType, `${problemType}, application/json;q=0.5`, `${problemType}, */*;q=0.1`]) {
			const problem = status(await live.send(method, path, { body, headers: { accept } }), plain.status);
			assert.equal(problem.headers["content-type"], problemType);
			assert.equal(problem.body.status, plain.status);
			assert.equal(problem.body.request_id, problem.headers["x-request-id"]);
			sameAs(problem.body, plain.body.error);
		}
	}
});

test("errors are plain JSON for everybody else", async () => {
	for (const accept of [null, "*/*", "application/json", `${problemType};q=0.9, application/json`, `${problemType}, application/json`, `application/json, ${problemType}`, "text/html", `${problemType};q=0`]) {
		const answer = await live.get("/products/prod_7zzzzzzzzzzzz", { accept });
		assert.equal(answer.headers["content-type"], "application/json", accept);
		assert.deepEqual(Object.keys(answer.body), ["error"]);
	}
});

test("to prefer problems refuses no answer that is none", async () => {
	for (const accept of [problemType, `${problemType}, application/json`])
		assert.equal(status(await live.get("/products", { accept }), 200).headers["content-type"], "application/json");
});

test("a replayed refusal keeps the shape in which it was sent first", async () => {
	const made = await live.make("/products", product());
	for (const [i, first, second] of [[1, problemType, "application/json"], [2, "application/json", problemType]]) {
		const send = (accept) => live.post("/products", product({ sku: made.sku }), { accept, "idempotency-key": `shape-${i}` });
		const sent = status(await send(first), 409);
		const again = status(await send(second), 409);
		assert.equal(again.headers["idempotency-replayed"], "true");
		assert.equal(again.headers["content-type"], first);
		assert.equal(again.raw, sent.raw);
	}
});

test("what may be sent is told where something else was", async () => {
	const { id } = await live.make("/products", product());
	for (const [method, path, header, types] of [
		["POST", "/products", "accept-post", "application/json"],
		["PUT", `/products/${id}`, "accept", "application/json"],
		["PATCH", `/products/${id}`, "accept-patch", "application/merge-patch+json, application/json"],
	]) {
		const answer = await live.send(method, path, { body: "a=1", headers: { "content-type": "application/x-www-form-urlencoded" } });
		const e = refused(answer, 415, ["Content-Type:media_type"]);
		assert.match(e.message, /application\/json.*x-www-form-urlencoded/);
		assert.equal(answer.headers[header], types);
		assert.deepEqual([...e.details[0].allowed].sort(), types.split(", ").sort());
	}
	const options = status(await new Client().send("OPTIONS", `/products/${id}`), 204);
	assert.equal(options.headers["accept-patch"], "application/merge-patch+json, application/json");
	const e = refused(await live.get("/products", { accept: "text/csv" }), 406, ["Accept:not_acceptable"]);
	assert.deepEqual(e.details[0].allowed, ["application/json"]);
});

// ---- every reason

const seen = new Set();

// What every refusal must have; collects its words.
function learn(answer, expected) {
	const e = answer.headers["content-type"] === problemType ? answer.body : refused(answer, expected);
	const texts = [e.message, ...e.details.map((d) => d.message)];
	for (const text of texts) {
		assert.ok(text.length > 8, answer.raw);
		assert.doesNotMatch(text, /^(the )?\S+( is)? (invalid|not valid|wrong|bad)$/i, answer.raw);
	}
	assert.ok(e.request_id.startsWith("req_"), answer.raw);
	for (const word of [e.reason, ...e.details.map((d) => d.reason)]) {
		assert.ok(anchors.has(word), `${word} is explained nowhere: ${answer.raw}`);
		seen.add(word);
	}
	assert.equal(e.doc_url, `${docs}#${e.reason}`);
	return e;
}

let shop; /* what the rows below need */
let twin;
const numbered = (n, make) => Array.from({ length: n }, (_, i) => make(i));
const post = (more) => live.post("/products", product(more));
const raw = (text) => live.post("/products", text);
const key = (more) => live.post("/api-keys", { name: "k", scopes: ["products:read"], ...more });
const asked = (key_, mode, headers) => new Client(key_, mode).get("/products", headers);

// A shop that sends: with prices for the US, and by somebody who has to be asked.
async function sending() {
	const { live: client } = await makeTenant();
	const { id } = await client.make("/products", product({ status: "active" }));
	untracked(id);
	await client.make("/shipping/carriers", { name: "Vans", code: "vans", kind: "table", services: [{ code: "standard" }], tariff: { zones: [{ code: "us", countries: ["US"] }], rates: [{ service: "standard", zone: "us", amount: 500 }] } });
	await client.make("/shipping/carriers", { name: "Regional", code: "regional", kind: "callback", callback_url: "https://carrier.example.com/", callback_secret: "regional-carrier-secret" });
	const { data } = status(await client.post("/shipping/rates", { carriers: ["vans"], destination: { country: "US", zip: "10001" }, packages: [{ weight: 1, weight_unit: "kg" }] }), 200).body;
	return { rate: data[0].id, order: (shipping_method) => client.post("/orders", { items: [{ product_id: id, quantity: 1 }], shipping_method }) };
}

before(async () => {
	const t = await makeTenant();
	twin = { other: await makeTenant(), reader: await t.client({ scopes: "products:read" }), sandbox: await t.client({ mode: "sandbox" }) };
	const made = await live.make("/products", product({ variants: [{ sku: "TEACH-V" }] }));
	const root = await live.make("/categories", { name: "r", slug: "teach-root" });
	await live.make("/categories", { name: "c", slug: "teach-child", parent_id: root.id });
	const gone = await live.make("/products", product());
	status(await live.delete(`/products/${gone.id}`), 204);
	const revoked = await live.make("/api-keys", { name: "gone", scopes: ["products:read"] });
	status(await live.post(`/api-keys/${revoked.id}/revoke`), 200);
	await live.post("/products", product(), { "idempotency-key": "teach" });
	const first = await live.read("/products?cursor=&limit=1");
	const keys = {};
	for (const [name, more] of Object.entries({ once: { per_hour: 1 }, inside: { ip_allowlist: ["10.0.0.0/8"] }, paged: { origins: ["https://shop.example.com"] }, signs: { require_signature: true } }))
		keys[name] = (await live.make("/api-keys", { name, scopes: ["products:read"], ...more })).secret;
	status(await new Client(keys.once).get("/products"), 200);
	const active = await live.make("/products", product({ status: "active" }));
	const kinds = await live.make("/products", product({ status: "active", variants: [{ sku: "TEACH-A" }, { sku: "TEACH-B" }] }));
	const bare = await live.make("/products", product({ status: "active" }));
	untracked(bare.id);
	const order = await live.make("/orders", { items: [{ product_id: bare.id, quantity: 1 }] });
	const sent = await live.make("/orders", { items: [{ product_id: bare.id, quantity: 1 }] });
	sql(`UPDATE orders SET fulfillment_status = 'partial' WHERE id = ${number(sent.id)}`);
	const ended = await live.make("/carts", { lines: [{ product_id: bare.id }] });
	status(await live.post(`/carts/${ended.id}/checkout`), 201);
	const sends = await sending();
	shop = { sends, ended, active, kinds, order, sent, made, root, gone, revoked, keys, cursor: first.pagination.next_cursor };
});

const buy = (line) => live.post("/orders", { items: [{ quantity: 1, ...line }] });

// reason, status, what provokes it, and of the detail that has it: path, allowed (one of them), nearest.
const rows = [
	["required", 422, () => live.post("/products", { name: "n" }), { path: "sku" }],
	["unknown_field", 422, () => post({ categoryIds: [] }), { path: "categoryIds", nearest: "categories" }],
	["unknown_field", 422, () => post({ category: "x" }), { path: "category", nearest: "categories" }],
	["unknown_field", 422, () => post({ Price: 5 }), { path: "Price", nearest: "price" }],
	["unknown_field", 422, () => post({ variants: [{ sku: "V" }, { sku: "W", pirce: 5 }] }), { path: "variants[1].pirce", nearest: "price" }],
	["unknown_field", 422, () => post({ images: [{ url: "https://a.example/1.jpg", Alt: "x" }] }), { path: "images[0].Alt", nearest: "alt" }],
	["type", 422, () => post({ weight: "heavy" }), { path: "weight", says: /decimal.*heavy/ }],
	["type", 422, () => post({ metadata: { a: [] } }), { path: "metadata.a", says: /string.*array/ }],
	["blank", 422, () => post({ name: " \t" }), { path: "name" }],
	["too_long", 422, () => post({ name: "n".repeat(300) }), { path: "name", says: /255.*300/ }],
	["too_small", 422, () => post({ price: -1 }), { path: "price", says: /0.*-1/ }],
	["too_large", 422, () => post({ images: [{ url: "https://a.example/1.jpg", position: 1000001 }] }), { path: "images[0].position", says: /1000000.*1000001/ }],
	["too_precise", 422, () => post({ variants: [{ sku: "P", price: 1.234 }] }), { path: "variants[0].price", says: /2.*1\.234/ }],
	["not_an_integer", 422, () => post({ images: [{ url: "https://a.example/1.jpg", position: 1.5 }] }), { path: "images[0].position", says: /1\.5/ }],
	["not_a_choice", 422, () => post({ status: "actve" }), { path: "status", allowed: "active", nearest: "active", says: /actve/ }],
	["not_a_choice", 422, () => post({ status: "ä".repeat(50) }), { path: "status", allowed: "active" }],
	["not_a_choice", 400, () => live.get("/products?sort=price&order=dsc"), { path: "order", allowed: "desc", nearest: "desc" }],
	["not_a_time", 422, () => key({ expires_at: "tomorrow" }), { path: "expires_at", says: /tomorrow/ }],
	["not_an_id", 422, () => live.post("/categories", { name: "x", slug: "x", parent_id: "prod_1" }), { path: "parent_id", says: /cat_.*prod_1/ }],
	["pattern", 422, () => post({ images: [{ url: "ftp://x" }] }), { path: "images[0].url", says: /ftp/ }],
	["count", 422, () => key({ scopes: [] }), { path: "scopes" }],
	["too_many", 422, () => post({ metadata: Object.fromEntries(numbered(200, (i) => [`k${i}`, "v"])) }), { path: "metadata" }],
	["twice", 400, () => live.get("/products?sort=price,-price"), { path: "sort" }],
	["unknown", 400, () => live.get("/products?sort=prcie"), { path: "sort", allowed: "price", nearest: "price" }],
	["unknown", 400, () => live.get("/products?filter[stauts]=draft"), { path: "filter[stauts]", allowed: "status", nearest: "status" }],
	["unknown", 400, () => live.get("/products?filter[price][gtee]=1"), { path: "filter[price][gtee]", allowed: "gte", nearest: "gte" }],
	["unknown", 400, () => live.get("/products?include=variant"), { path: "include", allowed: "variants", nearest: "variants" }],
	["unknown", 400, () => live.get("/products?fields=nmae"), { path: "fields", allowed: "name", nearest: "name" }],
	["language", 422, () => post({ name: { en: "a", xx: "b" } }), { path: "name.xx", allowed: "en" }],
	["duplicate_key", 422, () => raw('{"name":"a","variants":[{"sku":"A","sku":"B"}]}'), { path: "variants[0].sku" }],
	["nul_in_name", 422, () => raw('{"metadata":{"a\\u0000b":"c"}}'), { path: "metadata.a\\u0000b" }],
	["key_length", 422, () => post({ metadata: { ["k".repeat(41)]: "v" } }), { path: `metadata.${"k".repeat(41)}` }],
	["scope", 403, () => twin.reader.post("/products", product())],
	["not_applicable", 422, () => live.post("/discounts/automatic", { name: "n", type: "free_shipping", applies_to: "order" }), { path: "applies_to" }],
	["past", 422, () => key({ expires_at: "2020-01-01T00:00:00Z" }), { path: "expires_at" }],
	["not_a_scope", 422, () => key({ scopes: ["product:read"] }), { path: "scopes" }],
	["not_public", 422, () => key({ kind: "publishable", scopes: ["products:write"] }), { path: "scopes" }],
	["not_a_range", 422, () => key({ ip_allowlist: ["10.0.0.1/8"] }), { path: "ip_allowlist", says: /10\.0\.0\.0\/8/ }],
	["not_an_origin", 422, () => key({ origins: ["shop.example.com"] }), { path: "origins" }],
	["publishable", 422, () => key({ kind: "publishable", require_signature: true }), { path: "require_signature" }],
	["rate", 429, () => asked(shop.keys.once)],
	["ip_not_allowed", 403, () => asked(shop.keys.inside)],
	["origin_not_allowed", 403, () => asked(shop.keys.paged, "live", { origin: "https://other.example" })],
	["signature_missing", 401, () => asked(shop.keys.signs)],
	["signature_malformed", 401, () => asked(shop.keys.signs, "live", { "x-signature": "abc" })],
	["signature_wrong", 401, () => asked(shop.keys.signs, "live", { "x-signature": "0".repeat(64), "x-nonce": "12345678", "x-timestamp": String(Math.floor(Date.now() / 1000)) })],
	["timestamp_too_old", 401, () => asked(shop.keys.signs, "live", { "x-signature": "0".repeat(64), "x-nonce": "12345678", "x-timestamp": "1" })],
	["id_shaped", 422, () => post({ sku: "prod_1" }), { path: "sku" }],
	["reserved", 422, () => post({ sku: "batch" }), { path: "sku" }],
	["own_currency", 422, () => post({ prices: { USD: 1 } }), { path: "prices.USD", says: /stands in price/ }],
	["no_rate", 400, () => live.get("/products", { "x-currency": "KWD" }), { path: "X-Currency", says: /USD to KWD/ }],
	["check_digit", 422, () => post({ barcode: "4006381333930" }), { path: "barcode" }],
	["circle", 422, () => live.put(`/categories/${shop.root.id}`, { parent_id: shop.root.id }), { path: "parent_id" }],
	["unknown_parameter", 400, () => live.get("/products?serach=x"), { path: "serach", allowed: "search", nearest: "search" }],
	["unknown_parameter", 400, () => live.get("/products?brnad=x"), { path: "brnad", nearest: "filter[brand]" }],
	["too_many_parameters", 400, () => live.get(`/products?${numbered(101, (i) => `a${i}=1`).join("&")}`)],
	["not_a_count", 400, () => live.get("/products?page=0"), { path: "page", says: /"0"/ }],
	["value", 400, () => live.get("/products?filter[price][gte]=cheap"), { path: "filter[price][gte]", says: /cheap/ }],
	["value", 400, () => live.get("/products?filter[status]=actve"), { path: "filter[status][eq]", allowed: "active", nearest: "active" }],
	["with_cursor", 400, () => live.get("/products?page=2&cursor="), { path: "page" }],
	["not_a_cursor", 400, () => live.get("/products?cursor=abc"), { path: "cursor" }],
	["other_list", 400, () => live.get(`/products?sort=price&cursor=${shop.cursor}`), { path: "cursor" }],
	["bad_encoding", 400, () => live.get("/products?search=%ff")],
	["malformed", 400, () => live.put(`/products/${shop.made.id}`, { name: "x" }, { "if-match": "4" })],
	["not_json", 400, () => raw('{\n"name": }')],
	["body_not_an_object", 400, () => raw("[]")],
	["body_missing", 400, () => live.send("POST", "/products")],
	["no_route", 404, () => live.get("/quite/another/thing/altogether")],
	["unknown_path", 404, () => live.get("/prodcuts"), { path: "path", nearest: "/v2/products" }],
	["not_found", 404, () => live.get("/products/prod_7zzzzzzzzzzzz")],
	["method", 405, () => live.delete("/products")],
	["not_acceptable", 406, () => live.get("/products", { accept: "text/csv" }), { path: "Accept", allowed: "application/json" }],
	["media_type", 415, () => live.post("/products", "a=1", { "content-type": "text/plain" }), { path: "Content-Type", allowed: "application/json", says: /text\/plain/ }],
	["content_coding", 415, () => live.post("/products", product(), { "content-encoding": "gzip" })],
	["body_too_large", 413, () => post({ categories: Array(70000).fill(5) })],
	["header_too_large", 431, () => live.get("/products", { "x-a": "x".repeat(17000) })],
	["headers_too_large", 431, () => live.get("/products", Object.fromEntries(numbered(10, (i) => [`x-${i}`, "x".repeat(4000)])))],
	["header_twice", 400, () => live.get("/products", { "x-tenant-id": ["a", "b"] })],
	["path_too_long", 414, () => live.get(`/products/${"x".repeat(3000)}`)],
	["query_too_long", 414, () => live.get(`/products?search=${"x".repeat(9000)}`)],
	["bad_idempotency_key", 400, () => live.post("/products", product(), { "idempotency-key": "k".repeat(256) })],
	["key_missing", 401, () => asked()],
	["key_malformed", 401, () => asked("x")],
	["key_mode", 401, () => asked(twin.sandbox.key, "live")],
	["key_unknown", 401, () => asked(`live_${"A".repeat(43)}`)],
	["key_revoked", 401, () => asked(shop.revoked.secret)],
	["other_tenant", 403, () => live.get("/products", { "x-tenant-id": twin.other.id })],
	["precondition", 412, () => live.put(`/products/${shop.made.id}`, { name: "x" }, { "if-match": '"99.0"' })],
	["exists", 412, () => live.put(`/products/${shop.made.id}`, { name: "x" }, { "if-none-match": "*" })],
	["version_mismatch", 409, () => live.put(`/products/${shop.made.id}`, { name: "x", version: 99 })],
	["taken", 409, () => live.post("/categories", { name: "x", slug: "teach-root" }), { path: "slug" }],
	["sku_taken", 409, () => post({ variants: [{ sku: shop.made.sku }] }), { path: "variants[0].sku" }],
	["archived", 409, () => live.post(`/products/${shop.gone.id}/variants`, { sku: "NEW" })],
	["cart_closed", 409, () => live.patch(`/carts/${shop.ended.id}`, { email: "a@example.com" }), { says: undefined }],
	["has_children", 409, () => live.delete(`/categories/${shop.root.id}`)],
	["not_for_sale", 422, () => buy({ product_id: shop.made.id }), { path: "items[0].product_id" }],
	["variant_needed", 422, () => buy({ product_id: shop.kinds.id }), { path: "items[0].variant_id" }],
	["of_another", 422, () => buy({ product_id: shop.active.id, variant_id: shop.kinds.variants[0].id }), { path: "items[0].variant_id" }],
	["out_of_stock", 409, () => buy({ product_id: shop.active.id }), { path: "items[0].quantity" }],
	["too_short", 422, () => live.post(`/orders/${shop.order.id}/notes`, { text: "" }), { path: "text" }],
	["transition", 409, () => live.patch(`/orders/${shop.order.id}/status`, { status: "delivered" }), { path: "status", allowed: "processing" }],
	["fulfilled", 409, () => live.post(`/orders/${shop.sent.id}/cancel`)],
	["rate_needed", 422, () => shop.sends.order("regional:bike"), { path: "shipping_method" }],
	["not_served", 422, () => shop.sends.order("standard"), { path: "shipping_method" }],
	["rate_unfit", 422, () => shop.sends.order(shop.sends.rate), { path: "shipping_method" }],
	["too_late", 409, () => live.put(`/orders/${shop.sent.id}`, { shipping_method: "express" }), { path: "shipping_method" }],
	["idempotency_mismatch", 409, () => live.post("/products", product(), { "idempotency-key": "teach" })],
];

for (const [reason, expected, provoke, { path, allowed, nearest, says } = {}] of rows)
	test(`${reason} is told: ${provoke.toString().slice(6, 90)}`, async () => {
		const e = learn(await provoke(), expected);
		const detail = path === undefined ? undefined : e.details.find((d) => d.field === path && d.reason === reason);
		if (path === undefined)
			assert.ok(e.reason === reason || e.details.some((d) => d.reason === reason), JSON.stringify(e));
		else
			assert.ok(detail, `${path}: ${JSON.stringify(e)}`);
		if (allowed !== undefined)
			assert.ok(detail.allowed.includes(allowed), JSON.stringify(detail));
		if (nearest !== undefined)
			assert.equal(detail.nearest, nearest);
		if (says !== undefined)
			assert.match(detail.message, says);
	});

test("a tree that grows too deep is told", async () => {
	let parent = shop.root;
	for (let i = 0; i < 12; i++) {
		const answer = await live.post("/categories", { name: "d", slug: `deep-${i}`, parent_id: parent.id });
		if (answer.status !== 201)
			return refused(learn(answer, 422) && answer, 422, ["parent_id:too_deep"]);
		parent = answer.body;
	}
	assert.fail("no level was too deep");
});

test("what was not paid cannot go back, and is told so", async () => {
	const shop = await openShop(), o = await shipped(shop.client, [{ product_id: shop.lamp.id, quantity: 1 }], { pay: false });
	const r = await shop.client.make("/returns", { order_id: o.id, items: [{ order_item_id: o.items[0].id, quantity: 1 }] });
	for (const action of ["approve", "receive"])
		status(await shop.client.post(`/returns/${r.id}/${action}`), 200);
	refused(learn(await shop.client.post(`/returns/${r.id}/refund`), 409) && (await shop.client.post(`/returns/${r.id}/refund`)), 409, [], "not_paid");
});

test("what of a payment cannot be done is told by its word", async () => {
	const { client, lamp, tenant } = await openSandbox(), o = await order(client, [{ product_id: lamp.id, quantity: 1 }]);
	const { payment_id: id } = await pay(client), intent = { amount: 4999, payment_method: "card" };
	const told = async (path, body, code, reason, by = client) => assert.ok(JSON.stringify(learn(await by.post(path, body), code)).includes(`"${reason}"`), reason);
	await told("/payments/intents", { ...intent, currency: "eur", order_id: o.id }, 422, "other_currency");
	const token = status(await tenant.live.post("/payments/methods", { type: "card", token: "tok_visa" }), 201).body.id;
	await told("/payments/intents", { ...intent, currency: "usd", payment_method: token }, 409, "no_gateway", tenant.live);
	status(await client.post(`/payments/${id}/dispute`, { amount: 5000 }), 201);
	await told(`/payments/${id}/dispute`, undefined, 409, "in_progress");
	status(await client.post(`/payments/${id}/refund`), 201);
	await told(`/payments/${id}/refund`, undefined, 409, "nothing_left");
	sql(`UPDATE payments SET gateway = 'stripe' WHERE id = ${number(id)}`);
	await told(`/payments/${id}/dispute`, undefined, 409, "sandbox_only");
});

// What MariaDB says, made up by the server itself in debug builds, at each statement until it is told.
for (const [reason, error, expected] of [
	["too_expensive", 1969, 422], ["interrupted", 1317, 503], ["connections", 1040, 503], ["storage", 1021, 503], ["read_only", 1290, 503],
	["internal", 1064, 500], ["check", 4025, 422], ["reference", 1452, 422], ["still_referenced", 1451, 409], ["out_of_range", 1264, 422],
	["duplicate", 1062, 409], ["outcome_unknown", 2013, 503],
])
	test(`${reason} is told when MariaDB fails with ${error}`, async () => {
		for (let n = 1; n < 40; n++) {
			const answer = await live.post("/products", product(), { "x-souk-fault": `${error}@${n}` });
			if (answer.status === 201 || answer.body.error.reason !== reason)
				continue;
			learn(answer, expected);
			assert.equal(answer.headers["retry-after"] !== undefined, expected === 503);
			return;
		}
		assert.fail("never told");
	});

test("all faults of a query are told at once", async () => {
	const answer = await live.get("/products?filter[price][gte]=cheap&stauts=x&limit=0&sort=colour&order=up&include=nothing&fields=nmae");
	learn(answer, 400);
	refused(answer, 400, ["filter[price][gte]:value", "stauts:unknown_parameter", "limit:not_a_count", "order:not_a_choice", "fields:unknown"]);
});

// What no request can bring about: no field has the property yet, the web server answers first, or it takes a failure that
// only the long proofs make.
const unprovoked = new Map(Object.entries({
	query: "every fault of a query has a detail, whose reason is the finer one, but the error itself says query",
	zero: "e010 adjusts by nothing",
	no_warehouse: "e010 has none",
	has_stock: "e020 archives a warehouse that is not empty",
	create_only: "a070 changes the kind of a key",
	...Object.fromEntries(["unknown", "inactive", "not_yet", "expired", "used_up", "used", "not_first", "not_yours", "needs_customer", "minimum", "no_items", "not_combinable"].map((word) => [`coupon_${word}`, "f030 has them as verdicts"])),
	price_changed: "g010 gives a price without the scope for it",
	nonce_reused: "a050 signs",
	key_expired: "a010 waits for one",
	bad_form: "b063 sends forms",
	body_cut_short: "the web server waits for the whole body",
	timeout_body: "the web server waits for the body",
	uri_too_long: "path_too_long or query_too_long is told",
	https_only: "the web server says so; b035",
	not_supported: "the web server says so; b035",
	timeout: "torture/faults",
	unauthenticated: "key_… is told",
	forbidden: "scope or other_tenant is told",
	plan: "j010 has a starter",
	no_customer: "j010 makes a method without one the default",
	other_currency: "j023 pays an order in another one",
	no_gateway: "j020 pays in a live shop without one",
	in_progress: "j020 captures twice at once",
	nothing_left: "j040 gives back what is not there",
	sandbox_only: "j021 disputes what another gateway moved",
	card_number: "j011 sends cards to wrong places",
	conflict: "a finer word is told",
	idempotency_in_progress: "torture/twins",
	lock_wait: "idempotency_in_progress is told",
	unavailable: "a finer word is told",
	tx_repeat: "torture/sql",
	database_lost: "torture/sql",
	deadline: "torture/sql",
	overloaded: "torture/overload",
}));

test("every reason was seen, but for those that no request can bring about", () => {
	const missing = [...anchors].filter((word) => !seen.has(word) && !unprovoked.has(word));
	assert.deepEqual(missing, []);
});
