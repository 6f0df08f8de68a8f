// Every refusal has one shape, names what was wrong and what was probably meant, and can be found in the log.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { Client, makeTenant, product, refused, request, status, urls } from "./souk.mjs";

let live;

before(async () => {
	live = (await makeTenant()).live;
});

test("an error has the printed members, and its request id is in the header and in the log", async () => {
	const answer = await live.get("/products/prod_7zzzzzzzzzzzz");
	const e = refused(answer, 404, []);
	assert.deepEqual(Object.keys(answer.body), ["error"]);
	assert.deepEqual(Object.keys(e).slice(0, 4), ["code", "message", "details", "request_id"]);
	assert.match(e.request_id, /^req_[0-9a-f]{32}$/);
	assert.match(answer.headers["content-type"], /^application\/json/);
	assert.equal(answer.headers["cache-control"], "no-store");
	assert.equal(answer.headers["x-content-type-options"], "nosniff");
	status(await live.get("/products"), 200); /* the line is written behind the answer: the next one may still come first */
	let log = "";
	for (let tries = 0; tries < 20 && !log.includes(e.request_id); tries++) {
		await live.get("/products?limit=1");
		log = readFileSync(process.env.SOUK_LOG_FILE, "utf8");
	}
	const line = JSON.parse(log.split("\n").find((l) => l.includes(e.request_id)));
	assert.equal(line.status, 404);
	assert.equal(line.route, "/v2/products/{id}");
});

test("an unknown path is 404 and says which was probably meant", async () => {
	for (const [path, near] of [
		["/product", "/v2/products"],
		["/v2/prodcuts", "/v2/products"],
		["/categoris", "/v2/categories"],
		["/products/", "/v2/products"],
	])
		assert.equal(refused(await live.get(path), 404, ["path:unknown_path"]).details[0].nearest, near);
	for (const path of ["/", "/products//", "/products/a/b/c/d/e/f/g", `/${"x".repeat(1000)}`, "/products/prod_123/variants/var_1/x"])
		refused(await live.get(path), 404);
});

test("an unknown path tells nothing to strangers, and asks for no key", async () => {
	refused(await new Client().get("/nothing"), 404);
	refused(await new Client().get("/products/prod_123"), 401);
});

test("a method that a path does not take is 405 with Allow", async () => {
	for (const [method, path, allow] of [
		["DELETE", "/products", "GET, HEAD, POST, OPTIONS"],
		["PUT", "/products", "GET, HEAD, POST, OPTIONS"],
		["POST", "/products/prod_123", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"],
		["GET", "/api-keys/key_123/revoke", "POST, OPTIONS"],
		["POST", "/health", "GET, HEAD, OPTIONS"],
		["FLY", "/products", "GET, HEAD, POST, OPTIONS"],
	]) {
		const answer = await live.send(method, path);
		refused(answer, 405, []);
		assert.equal(answer.headers.allow, allow, `${method} ${path}`);
	}
});

test("OPTIONS tells the methods of a path without a key", async () => {
	const answer = status(await new Client().send("OPTIONS", "/products"), 204);
	assert.equal(answer.headers.allow, "GET, HEAD, POST, OPTIONS");
	assert.equal(answer.raw, "");
	refused(await new Client().send("OPTIONS", "/nothing"), 404);
});

for (const [what, type] of [
	["a form", "application/x-www-form-urlencoded"],
	["XML", "application/xml"],
	["plain text", "text/plain"],
	["no type at all", null],
	["another character set", "application/json; charset=latin1"],
	["a JSON Patch", "application/json-patch+json"],
])
	test(`a body that is ${what} is 415`, async () => {
		refused(await live.post("/products", JSON.stringify(product()), { "content-type": type }), 415, ["Content-Type:media_type"]);
	});

test("JSON is taken under each of its names", async () => {
	for (const type of ["application/json", "Application/JSON", "application/json; charset=utf-8", 'application/json;charset="UTF-8"', "application/vnd.souk+json"])
		status(await live.post("/products", JSON.stringify(product()), { "content-type": type }), 201);
	const made = await live.make("/products", product());
	status(await live.patch(`/products/${made.id}`, '{"name":"n"}', { "content-type": "application/merge-patch+json" }), 200);
	refused(await live.post("/products", JSON.stringify(product()), { "content-type": "application/merge-patch+json" }), 415);
});

test("who accepts no JSON is told 406", async () => {
	for (const accept of ["text/html", "application/xml", "application/json;q=0", "image/*, text/*"])
		refused(await live.get("/products", { accept }), 406, ["Accept:not_acceptable"]);
	for (const accept of ["*/*", "application/json", "text/html, */*;q=0.1", "application/*", "application/problem+json"])
		status(await live.get("/products", { accept }), 200);
});

test("a body beyond 1 MiB is 413, and one just below it is read", async () => {
	const big = JSON.stringify(product({ description: "x".repeat(1 << 20) }));
	refused(await live.post("/products", big), 413, []);
	refused(await live.post("/products", JSON.stringify(product({ description: "x".repeat((1 << 20) - 1000) }))), 422, ["description:too_long"]);
});

test("an address that is too long is 414", async () => {
	refused(await live.get(`/products/${"x".repeat(3000)}`), 414);
	refused(await live.get(`/products?search=${"x".repeat(9000)}`), 414);
});

for (const [what, text, line, column] of [
	["cut short", '{"name":"A"', 1, 12],
	["with a comma too many", '{\n  "name": "A",\n}', 3, 1],
	["with single quotes", "{'name':'A'}", 1, 2],
	["with a second value", '{"name":"A"} {"name":"B"}', 1, 14],
	["with a number that is none", '{\n"price": 01.5}', 2, undefined],
	["with NaN", '{"price": NaN}', 1, 11],
	["with a raw line feed in a string", '{"name":"A\nB"}', undefined, undefined],
])
	test(`a body ${what} is 400 with line and column`, async () => {
		const e = refused(await live.post("/products", text), 400);
		assert.match(e.message, /line \d+/);
		assert.match(e.message, /column \d+/);
		if (line)
			assert.match(e.message, new RegExp(`line ${line}\\b`));
		if (column)
			assert.match(e.message, new RegExp(`column ${column}\\b`));
	});

for (const [what, text] of [
	["an array", "[]"],
	["a string", '"name"'],
	["a number", "5"],
	["null", "null"],
	["true", "true"],
	["nothing", ""],
])
	test(`a body that is ${what} is 400`, async () => {
		refused(await live.post("/products", text), 400);
		const made = await live.make("/products", product());
		refused(await live.put(`/products/${made.id}`, text), 400);
	});

test("a body in broken UTF-8 or with half a surrogate is 400", async () => {
	for (const bytes of [Buffer.from([0x7b, 0x22, 0x6e, 0x61, 0x6d, 0x65, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]), '{"name":"\\ud800"}'])
		refused(await live.post("/products", bytes), 400);
});

test("all faults of a body come in one answer, each with its path", async () => {
	const e = refused(await live.post("/products", {
		name: " ",
		price: -1,
		status: "actve",
		weight: "heavy",
		barcode: "4006381333930",
		colour: "red",
		categories: ["electronics", 5],
		variants: [{ sku: "OK-1" }, { sku: "a/b", price: 1.234, inventroy: 5 }, { name: "no SKU" }, 7],
		images: [{ url: "ftp://x" }, {}],
		metadata: { ["k".repeat(41)]: "v", deep: { a: 1 }, long: "x".repeat(501) },
	}), 422, [
		"name:blank", "price:too_small", "status:not_a_choice", "weight:type", "barcode:check_digit", "colour:unknown_field", "categories[1]:type", "sku:required",
		"variants[1].sku:pattern", "variants[1].price:too_precise", "variants[1].inventroy:unknown_field", "variants[2].sku:required",
		"variants[3]:type", "images[0].url:pattern", "images[1].url:required", `metadata.${"k".repeat(41)}:key_length`, "metadata.deep:type",
		"metadata.long:too_long",
	]);
	const near = Object.fromEntries(e.details.map((d) => [d.field, d]));
	assert.equal(near.status.nearest, "active");
	assert.deepEqual(near.status.allowed, ["draft", "active", "archived"]);
	assert.ok(e.details.every((d) => d.message.length > 5));
});

test("a name that there is not is answered with the nearest one", async () => {
	for (const [wrong, right] of [["nmae", "name"], ["prise", "price"], ["varients", "variants"], ["metdata", "metadata"], ["Brand", "brand"]])
		assert.equal(refused(await live.post("/products", product({ [wrong]: "x" })), 422, [`${wrong}:unknown_field`]).details[0].nearest, right);
	assert.equal("nearest" in refused(await live.post("/products", product({ qqqqqqqqq: 1 })), 422).details[0], false);
});

test("a parameter that there is not is 400 with the nearest one", async () => {
	for (const [query, field, near] of [
		["limt=5", "limt", "limit"],
		["price=5", "price", "filter[price]"],
		["filter[prise]=5", undefined, "price"],
		["filter[price][gt3]=5", undefined, undefined],
		["sort=nmae", undefined, "name"],
		["fields=nam", undefined, "name"],
		["include=varaints", undefined, "variants"],
	]) {
		const e = refused(await live.get(`/products?${query}`), 400);
		if (field)
			assert.equal(e.details[0].field, field);
		if (near)
			assert.equal(e.details[0].nearest, near, query);
	}
	refused(await live.get("/products/prod_123?limit=5"), 400);
	refused(await live.post("/products?dryrun=1", product()), 400);
});

for (const query of [
	"page=0", "page=-1", "page=x", "page=1.5", "limit=0", "limit=-5", "limit=ten", "limit=99999999999999999999", "page=1&cursor=", "order=up",
	"sort=price,", "filter[price][gte]=cheap", "filter[name][gt]=A", "filter[]=1", "filter[price]x=1", "filter[status]=sold", "status=sold",
	"search=%ff", "%zz=1", "filter[created_at][gte]=soon", "filter[price][eq]=1.234", "sort=description", "filter[description]=x",
])
	test(`?${query} is 400`, async () => {
		const e = refused(await live.get(`/products?${query}`), 400);
		assert.ok(e.message.length > 10);
	});

test("more parameters than anybody needs are 400", async () => {
	refused(await live.get(`/products?${Array.from({ length: 101 }, (_, i) => `a${i}=1`).join("&")}`), 400);
	refused(await live.get(`/products?${Array.from({ length: 25 }, (_, i) => `filter[metadata.k${i}]=1`).join("&")}`), 400);
});

for (const id of ["prod_", "prod_UPPER00000000", "prod_0000000000000000000000001", "prod_ilou", "prod_-1", "no such SKU", "%00", "cat_0cngmzcp60400", "..%2f..", "'; DROP TABLE products; --"])
	test(`an object of the id ${id} is not found`, async () => {
		const path = `/products/${id.startsWith("%") || id.includes("%") ? id : encodeURIComponent(id)}`;
		const answer = await live.get(path);
		assert.ok([400, 404].includes(answer.status), answer.raw);
		refused(answer, answer.status);
		refused(await live.put(path, { name: "x" }), answer.status);
		refused(await live.delete(path), answer.status);
	});

test("health answers without a key, at the root and below /v2", async () => {
	for (const path of ["/health", "/v2/health", "/livez", "/readyz"])
		status(await request("GET", new URL(path, urls.live).href), 200);
	refused(await request("GET", new URL("/products", urls.live).href), 404, ["path:unknown_path"]);
});
