// HTTP as RFC 9110 to 9113 have it: a table of requests and of what must come back, over HTTP/1.1 and HTTP/2. What only a
// careless or a hostile client sends is written out byte by byte.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import http from "node:http";
import http2 from "node:http2";
import { before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { Client, makeTenant, product, refused, request, status, traces, urls } from "./souk.mjs";
import { wire } from "./wire.mjs";

const VARY = ["Authorization", "X-Tenant-ID", "Accept", "Accept-Language", "X-Language-Fallback", "X-Currency", "X-Region",
	"X-Timezone", "Origin", "Accept-Encoding"];
const plainUrl = new URL(urls.live);
plainUrl.protocol = "http:";
plainUrl.port = Number(plainUrl.port) + 2;

let live, made, path, shelf, etag, modified;

before(async () => {
	live = (await makeTenant()).live;
	shelf = await live.make("/categories", { name: "Audio", slug: "audio" });
	made = await live.make("/products", product({ description: "long ".repeat(1000), categories: ["audio"], variants: [{ sku: "H-1" }], images: [{ url: "https://cdn.example.com/1.jpg" }] }));
	path = `/products/${made.id}`;
	({ etag, "last-modified": modified } = (await live.get(path)).headers);
});

const later = (date) => new Date(Date.parse(date) + 60000).toUTCString();
const earlier = (date) => new Date(Date.parse(date) - 60000).toUTCString();
const fresh = (more = {}) => live.make("/products", product(more));

// ---- conditions: each row a name, headers (functions are called when the tags are known), the status of GET and HEAD

const reads = [
	["no condition", {}, 200],
	["If-None-Match: the tag", { "if-none-match": () => etag }, 304],
	["If-None-Match: the tag, weak", { "if-none-match": () => `W/${etag}` }, 304],
	["If-None-Match: a list with it", { "if-none-match": () => `"a", W/"b",${etag}` }, 304],
	["If-None-Match: *", { "if-none-match": "*" }, 304],
	["If-None-Match: another", { "if-none-match": '"0.0000000000000000"' }, 200],
	["If-None-Match: no tag at all", { "if-none-match": "yesterday" }, 200],
	["If-None-Match: a comma inside a tag", { "if-none-match": () => `"a,b", ${etag}` }, 304],
	["If-Modified-Since alone, later: of stock no date tells", { "if-modified-since": () => later(modified) }, 200],
	["If-Modified-Since alone, earlier", { "if-modified-since": () => earlier(modified) }, 200],
	["If-Modified-Since: no date", { "if-modified-since": "soon" }, 200],
	["If-Modified-Since beside another tag", { "if-modified-since": () => later(modified), "if-none-match": '"x"' }, 200],
	["If-Modified-Since earlier beside the tag", { "if-modified-since": () => earlier(modified), "if-none-match": () => etag }, 304],
	["If-Match: the tag", { "if-match": () => etag }, 200],
	["If-Match: *", { "if-match": "*" }, 200],
	["If-Match: a list with it", { "if-match": () => `"x", ${etag}` }, 200],
	["If-Match: weakened on the way", { "if-match": () => `W/${etag}` }, 200],
	["If-Match: another", { "if-match": '"99.0000000000000000"' }, 412],
	["If-Match before If-None-Match", { "if-match": '"99.x"', "if-none-match": "*" }, 412],
	["If-Match, then If-None-Match", { "if-match": () => etag, "if-none-match": () => etag }, 304],
	["If-Unmodified-Since: later", { "if-unmodified-since": () => later(modified) }, 200],
	["If-Unmodified-Since: the same second", { "if-unmodified-since": () => modified }, 200],
	["If-Unmodified-Since: earlier", { "if-unmodified-since": () => earlier(modified) }, 412],
	["If-Unmodified-Since: no date", { "if-unmodified-since": "soon" }, 200],
	["If-Unmodified-Since beside If-Match", { "if-unmodified-since": () => earlier(modified), "if-match": () => etag }, 200],
	["If-Unmodified-Since, then If-None-Match", { "if-unmodified-since": () => later(modified), "if-none-match": () => etag }, 304],
	["Range", { range: "bytes=0-9" }, 200],
	["Range with If-Range", { range: "bytes=0-9", "if-range": () => etag }, 200],
	["Range of another unit", { range: "items=0-9" }, 200],
];

const filled = (headers) => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, typeof value === "function" ? value() : value]));

for (const [name, headers, expected] of reads)
	test(`GET and HEAD: ${name}`, async () => {
		const sent = filled(headers);
		const get = await live.get(path, sent), head = await live.head(path, sent);
		const wanted = typeof expected === "function" ? expected(Date.now() - Date.parse(made.updated_at)) ?? get.status : expected;
		status(get, wanted);
		status(head, wanted);
		assert.equal(head.raw, "");
		for (const each of ["etag", "content-type", "content-length", "cache-control", "last-modified", "vary"])
			if (!(wanted === 304 && each === "last-modified"))
				assert.equal(head.headers[each], get.headers[each], each);
		if (wanted === 200) {
			assert.equal(Number(get.headers["content-length"]), get.bytes.length);
			assert.equal(get.headers["content-range"], undefined);
		}
		if (wanted === 304) {
			assert.equal(get.raw, "");
			assert.equal(get.headers["content-type"], undefined);
			assert.equal(get.headers["cache-control"], "private, max-age=300, must-revalidate");
			assert.deepEqual(get.headers.vary.split(", "), VARY);
			assert.equal(get.headers.etag.replace(/^W\//, ""), etag);
		}
	});

test("If-Modified-Since alone is believed of what its date tells", async () => {
	const answer = await live.get(`${path}?fields=name`, { "if-modified-since": later(modified) });
	status(answer, Date.now() - Date.parse(made.updated_at) > 2500 ? 304 : answer.status);
});

test("lists: weak tags, 304, 412 for another If-Match, no dates", async () => {
	for (const list of ["/categories", `${path}/variants`, "/categories?cursor=&limit=1", "/categories?page=9"]) {
		const first = status(await live.get(list), 200);
		assert.match(first.headers.etag, /^W\//);
		assert.equal(first.headers["last-modified"], undefined);
		const again = status(await live.get(list, { "if-none-match": first.headers.etag }), 304);
		for (const name of ["etag", "cache-control", "vary"])
			assert.equal(again.headers[name], first.headers[name], name);
		status(await live.get(list, { "if-match": first.headers.etag }), 200);
		refused(await live.get(list, { "if-match": '"1.x"' }), 412, []);
		status(await live.get(list, { "if-unmodified-since": "Thu, 01 Jan 1970 00:00:00 GMT" }), 200);
	}
});

const writes = [
	["If-Match: the tag", (o) => ({ "if-match": o.etag }), true],
	["If-Match: weak", (o) => ({ "if-match": `W/${o.etag}` }), true],
	["If-Match: a list with it", (o) => ({ "if-match": `"7.a", ${o.etag}` }), true],
	["If-Match: *", () => ({ "if-match": "*" }), true],
	["If-Match: another", () => ({ "if-match": '"9.a"' }), 412],
	["If-Match: garbage", () => ({ "if-match": "1.a" }), 400],
	["If-Unmodified-Since: the last change", (o) => ({ "if-unmodified-since": o.modified }), true],
	["If-Unmodified-Since: earlier", (o) => ({ "if-unmodified-since": earlier(o.modified) }), 412],
	["If-Unmodified-Since: no date", () => ({ "if-unmodified-since": "soon" }), true],
	["If-Unmodified-Since earlier beside If-Match", (o) => ({ "if-unmodified-since": earlier(o.modified), "if-match": o.etag }), true],
	["If-Unmodified-Since later beside a stale If-Match", (o) => ({ "if-unmodified-since": later(o.modified), "if-match": '"9.a"' }), 412],
	["If-None-Match: *", () => ({ "if-none-match": "*" }), 412],
	["If-None-Match: the tag", (o) => ({ "if-none-match": o.etag }), 412],
	["If-None-Match: another", () => ({ "if-none-match": '"9.a"' }), true],
	["If-None-Match: garbage", () => ({ "if-none-match": "x" }), 400],
	["If-Modified-Since means nothing", (o) => ({ "if-modified-since": later(o.modified) }), true],
];

for (const [name, headers, expected] of writes)
	test(`PUT, PATCH and DELETE: ${name}`, async () => {
		for (const [method, body, good] of [["PUT", { price: 7 }, 200], ["PATCH", { price: 8 }, 200], ["DELETE", undefined, 204]]) {
			const own = await fresh();
			const read = await live.get(`/products/${own.id}`);
			const sent = headers({ etag: read.headers.etag, modified: read.headers["last-modified"] });
			const left = traces(own.id);
			const answer = await live.send(method, `/products/${own.id}`, { body, headers: sent });
			if (expected === true) {
				status(answer, good);
				continue;
			}
			refused(answer, expected);
			assert.deepEqual(traces(own.id), left);
		}
	});

test("children are judged by their own version and date", async () => {
	const own = await fresh({ variants: [{ sku: "OWN-V" }] });
	const child = `/products/${own.id}/variants/${own.variants[0].id}`;
	const { etag: tag, "last-modified": date } = (await live.get(child)).headers;
	refused(await live.put(child, { price: 2 }, { "if-unmodified-since": earlier(date) }), 412, []);
	refused(await live.put(child, { price: 2 }, { "if-none-match": tag }), 412, [], "exists");
	status(await live.put(child, { price: 2 }, { "if-match": tag, "if-none-match": '"9.a"' }), 200);
});

test("what is created is asked of its list, which is there and has no version", async () => {
	refused(await live.post("/products", product(), { "if-none-match": "*" }), 412, [], "exists");
	refused(await live.post("/products", product(), { "if-match": '"1.a"' }), 412, []);
	refused(await live.post(`${path}/images`, { url: "https://cdn.example.com/2.jpg" }, { "if-none-match": "*" }), 412, []);
	status(await live.post("/products", product(), { "if-match": "*", "if-none-match": '"1.a"' }), 201);
	refused(await live.post("/products", {}, { "if-none-match": "*" }), 422); /* what fails anyway fails as it would (RFC 9110 §13.2.1) */
	refused(await live.put("/products/prod_7zzzzzzzzzzzz", { price: 1 }, { "if-none-match": "*" }), 404);
	refused(await live.put("/products/prod_7zzzzzzzzzzzz", { price: 1 }, { "if-match": "*" }), 404);
});

// ---- compression

test("long answers are compressed, under a weak tag that is taken back everywhere", async () => {
	const zipped = status(await live.get(path, { "accept-encoding": "gzip" }), 200);
	assert.equal(zipped.headers["content-encoding"], "gzip");
	assert.equal(zipped.headers.etag, `W/${etag}`);
	assert.deepEqual(zipped.headers.vary.split(", "), VARY);
	assert.equal(JSON.parse(gunzipSync(zipped.bytes)).id, made.id);
	const again = status(await live.get(path, { "accept-encoding": "gzip", "if-none-match": zipped.headers.etag }), 304);
	assert.equal(again.headers.etag, zipped.headers.etag);
	assert.equal(again.headers["content-encoding"], undefined);
	assert.deepEqual(again.headers.vary.split(", "), VARY);
	status(await live.get(path, { "if-match": zipped.headers.etag }), 200);
	for (const coding of ["identity", "gzip;q=0", "br"])
		assert.equal(status(await live.get(path, { "accept-encoding": coding }), 200).headers["content-encoding"], undefined, coding);
	const short = status(await live.get(`/categories/${shelf.id}`, { "accept-encoding": "gzip" }), 200);
	assert.equal(short.headers["content-encoding"], undefined);
	assert.deepEqual(short.headers.vary.split(", "), VARY);
});

test("a compressed body is 415 and says what is taken", async () => {
	for (const coding of ["gzip", "br", "deflate, gzip"]) {
		const answer = await live.post("/products", JSON.stringify(product()), { "content-encoding": coding });
		refused(answer, 415, undefined, "content_coding");
		assert.equal(answer.headers["accept-encoding"], "identity");
	}
	status(await live.post("/products", product(), { "content-encoding": "identity" }), 201);
});

test("another media type is 415 and says what is taken", async () => {
	const post = await live.post("/products", "a=b", { "content-type": "application/x-www-form-urlencoded" });
	refused(post, 415);
	assert.equal(post.headers["accept-post"], "application/json");
	const patch = await live.patch(path, "[]", { "content-type": "application/json-patch+json" });
	refused(patch, 415);
	assert.equal(patch.headers["accept-patch"], "application/merge-patch+json, application/json");
	status(await live.post("/products", JSON.stringify(product()), { "content-type": "application/json; charset=UTF-8" }), 201);
});

// ---- methods, for every route

const routes = () => [
	["/products", "GET, HEAD, POST, OPTIONS"], [path, "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"],
	[`${path}/variants`, "GET, HEAD, POST, OPTIONS"], [`${path}/variants/${made.variants[0].id}`, "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"],
	[`${path}/images`, "GET, HEAD, POST, OPTIONS"], [`${path}/images/${made.images[0].id}`, "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"],
	["/categories", "GET, HEAD, POST, OPTIONS"], [`/categories/${shelf.id}`, "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"],
	["/api-keys", "GET, HEAD, POST, OPTIONS"], ["/api-keys/key_123/revoke", "POST, OPTIONS"], ["/health", "GET, HEAD, OPTIONS"],
];

test("OPTIONS of every route is 204 with Allow and what a browser asks, without a key", async () => {
	for (const [route, allow] of routes()) {
		const answer = status(await new Client().send("OPTIONS", route, { headers: {
			origin: "https://shop.example", "access-control-request-method": "PATCH", "access-control-request-headers": "authorization,if-match,idempotency-key" } }), 204);
		assert.equal(answer.headers.allow, allow, route);
		assert.equal(answer.raw, "");
		assert.equal(answer.headers["access-control-allow-origin"], "*");
		assert.equal(answer.headers["access-control-allow-credentials"], undefined);
		for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
			assert.ok(answer.headers["access-control-allow-methods"].split(", ").includes(method), method);
		/* "*" does not cover Authorization */
		assert.ok(answer.headers["access-control-allow-headers"].split(", ").includes("Authorization"));
		assert.ok(Number(answer.headers["access-control-max-age"]) >= 600);
	}
});

test("any other method is 405 with Allow, whichever it is", async () => {
	for (const [route, allow] of routes())
		for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "QUERY", "MADE-UP"]) {
			if (allow.split(", ").includes(method))
				continue;
			const answer = await live.send(method, route);
			status(answer, 405);
			assert.equal(answer.headers.allow, allow, `${method} ${route}`);
			if (method !== "HEAD")
				refused(answer, 405);
		}
});

// ---- byte by byte

const lines = (first, ...more) => `${first}\r\nHost: souk.example\r\nAuthorization: Bearer ${live.key}\r\n${more.map((line) => `${line}\r\n`).join("")}\r\n`;
const V2 = new URL(urls.live).pathname;
const text = JSON.stringify({ name: "Cup", price: 1 });

// What comes back whatever was wrong: one of ours, nothing of the server's.
function ours(answer, expected, reason) {
	assert.ok(answer, "an answer");
	assert.equal(answer.status, expected, answer.raw);
	const { headers } = answer;
	assert.match(headers["x-request-id"], /^req_[0-9a-f]{32}$/);
	assert.equal(headers["x-content-type-options"], "nosniff");
	assert.equal(headers["cache-control"], "no-store");
	assert.equal(headers["access-control-allow-origin"], "*");
	assert.equal(headers["access-control-expose-headers"], "*");
	assert.ok(!/\d/.test(headers.server ?? ""), headers.server);
	assert.ok(headers.date);
	const { error } = answer.body;
	assert.deepEqual(Object.keys(answer.body), ["error"]);
	assert.deepEqual(Object.keys(error), ["code", "message", "details", "request_id", "reason", "doc_url"]);
	assert.equal(error.request_id, headers["x-request-id"]);
	assert.ok(error.doc_url.endsWith(`/docs/errors#${error.reason}`));
	if (reason)
		assert.equal(error.reason, reason);
	return error;
}

const onTheWire = [
	["TRACE", () => lines(`TRACE ${V2}/products HTTP/1.1`), 405, "method"],
	["CONNECT with a path", () => lines(`CONNECT ${V2}/products HTTP/1.1`), 405, "method"],
	["CONNECT with an authority", () => lines("CONNECT souk.example:443 HTTP/1.1"), 400, "malformed"],
	["OPTIONS *, which nginx does not read", () => lines("OPTIONS * HTTP/1.1"), 400, "malformed"],
	["a method in small letters", () => lines(`get ${V2}/products HTTP/1.1`), 400, "malformed"],
	["the whole address as target", () => lines(`GET https://other.example${V2}/categories HTTP/1.1`), 200],
	["dot segments above the root", () => lines("GET /v2/../../etc HTTP/1.1"), 400, "malformed"],
	["dot segments", () => lines(`GET /v2/x/../products HTTP/1.1`), 404],
	["encoded dot segments", () => lines("GET /v2/%2e%2e/v2/products HTTP/1.1"), 404],
	["two slashes", () => lines("GET /v2//products HTTP/1.1"), 404],
	["an encoded slash", () => lines("GET /v2%2fproducts HTTP/1.1"), 404],
	["an encoded slash inside a SKU", () => lines("GET /v2/products/a%2Fb HTTP/1.1"), 404],
	["NUL in a path", () => lines("GET /v2/products/%00 HTTP/1.1"), 400, "malformed"],
	["NUL in a query", () => lines("GET /v2/products?search=%00 HTTP/1.1"), 400, "bad_encoding"],
	["a bad percent in a path", () => lines("GET /v2/products/%zz HTTP/1.1"), 400, "malformed"],
	["a bad percent in a query", () => lines("GET /v2/products?search=%zz HTTP/1.1"), 400, "bad_encoding"],
	["a path of nginx's own", () => lines("GET /.keyed HTTP/1.1"), 404, "no_route"],
	["another path of nginx's own", () => lines("GET /v2/../.fault HTTP/1.1"), 404, "no_route"],
	["HTTP/2.0 in words", () => lines(`GET ${V2}/products HTTP/2.0`), 505, "not_supported"],
	["no Host", () => `GET ${V2}/products HTTP/1.1\r\n\r\n`, 400, "malformed"],
	["two Hosts", () => lines(`GET ${V2}/products HTTP/1.1`, "Host: b"), 400, "malformed"],
	["two Authorizations", () => lines(`GET ${V2}/products HTTP/1.1`, "Authorization: Bearer x"), 400, "malformed"],
	["two tenants", () => lines(`GET ${V2}/products HTTP/1.1`, "X-Tenant-ID: a", "X-Tenant-ID: b"), 400, "header_twice"],
	["two idempotency keys", () => lines(`POST ${V2}/products HTTP/1.1`, "Idempotency-Key: a", "Idempotency-Key: b"), 400, "header_twice"],
	["Accept in two lines", () => lines(`GET ${V2}/categories HTTP/1.1`, "Accept: text/html", "Accept: application/json"), 200],
	["NUL in a header", () => lines(`GET ${V2}/products HTTP/1.1`, "X-Tenant-ID: a\0b"), 400, "malformed"],
	["a space before a colon", () => lines(`GET ${V2}/products HTTP/1.1`, "X-Tenant-ID : a"), 400, "malformed"],
	["a folded header", () => lines(`GET ${V2}/products HTTP/1.1`, "X-A: a", " b"), 400, "malformed"],
	["two lengths", () => lines(`POST ${V2}/products HTTP/1.1`, "Content-Length: 2", "Content-Length: 3") + "{} ", 400, "malformed"],
	["a length and chunks", () => lines(`POST ${V2}/products HTTP/1.1`, "Content-Length: 2", "Transfer-Encoding: chunked") + "0\r\n\r\n", 400, "malformed"],
	["a length below 0", () => lines(`POST ${V2}/products HTTP/1.1`, "Content-Length: -1"), 400, "malformed"],
	["another transfer coding", () => lines(`POST ${V2}/products HTTP/1.1`, "Transfer-Encoding: gzip"), 501, "not_supported"],
	["chunks that are none", () => lines(`POST ${V2}/products HTTP/1.1`, "Transfer-Encoding: chunked") + "zz\r\n", 400, "malformed"],
	["a length beyond the bound", () => lines(`POST ${V2}/products HTTP/1.1`, "Content-Length: 9000000"), 413, "body_too_large"],
	["no length and no body", () => lines(`POST ${V2}/products HTTP/1.1`, "Content-Type: application/json"), 400, "body_missing"],
	["an empty body", () => lines(`POST ${V2}/products HTTP/1.1`, "Content-Type: application/json", "Content-Length: 0"), 400, "body_missing"],
	["an expectation nobody knows", () => lines(`GET ${V2}/categories HTTP/1.1`, "Expect: magic"), 200],
	["an upgrade", () => lines(`GET ${V2}/categories HTTP/1.1`, "Connection: Upgrade", "Upgrade: h2c"), 200],
	["a header of 17 KiB", () => lines(`GET ${V2}/products HTTP/1.1`, `X-A: ${"x".repeat(17000)}`), 431, "header_too_large"],
	["a header of 40 KiB", () => lines(`GET ${V2}/products HTTP/1.1`, `X-A: ${"x".repeat(40000)}`), 431, "headers_too_large"],
	["headers of 40 KiB together", () => lines(`GET ${V2}/products HTTP/1.1`, ...Array.from({ length: 10 }, (_, i) => `X-${i}: ${"x".repeat(4000)}`)), 431, "headers_too_large"],
	["headers of 400 KiB together", () => lines(`GET ${V2}/products HTTP/1.1`, ...Array.from({ length: 100 }, (_, i) => `X-${i}: ${"x".repeat(4000)}`)), 431, "headers_too_large"],
	["a header in 3,000 lines", () => lines(`GET ${V2}/products HTTP/1.1`, ...Array.from({ length: 3000 }, () => "Accept:a")), 431, "headers_too_large"],
	["a header in 12,800 lines", () => lines(`GET ${V2}/products HTTP/1.1`, ...Array.from({ length: 12800 }, () => "Accept:a")), 431, "headers_too_large"],
	["a path of 3,000 bytes", () => lines(`GET /${"x".repeat(3000)} HTTP/1.1`), 414, "path_too_long"],
	["a query of 9,000 bytes", () => lines(`GET ${V2}/products?search=${"x".repeat(9000)} HTTP/1.1`), 414, "query_too_long"],
	["a query of 40,000 bytes", () => lines(`GET ${V2}/products?search=${"x".repeat(40000)} HTTP/1.1`), 414, "uri_too_long"],
	["101 parameters", () => lines(`GET ${V2}/products?${"a=1&".repeat(101)} HTTP/1.1`), 400, "too_many_parameters"],
	["10,000 parameters", () => lines(`GET ${V2}/products?${"a&".repeat(10000)} HTTP/1.1`), 414],
	["no HTTP at all", () => "\x16\x03\x01 hello\r\n\r\n", 400, "malformed"],
];

for (const [name, bytes, expected, reason] of onTheWire)
	test(`on the wire: ${name} is ${expected}`, async () => {
		const [answer] = await wire(bytes());
		if (expected < 400)
			assert.equal(answer.status, expected, answer.raw);
		else
			ours(answer, expected, reason);
		if (expected === 405)
			assert.equal(answer.headers.allow, "GET, HEAD, POST, OPTIONS");
	});

test("a body in chunks is read, and one too large is 413", async () => {
	const head = lines(`POST ${V2}/products HTTP/1.1`, "Content-Type: application/json", "Transfer-Encoding: chunked");
	const body = JSON.stringify(product());
	const half = 10;
	const chunk = (part) => `${part.length.toString(16)}\r\n${part}\r\n`;
	const [good] = await wire(head + chunk(body.slice(0, half)) + chunk(body.slice(half)) + "0\r\n\r\n");
	assert.equal(good.status, 201, good.raw);
	const [large] = await wire(head + chunk("x".repeat(600000)) + chunk("x".repeat(600000)) + "0\r\n\r\n");
	ours(large, 413, "body_too_large");
});

test("Expect: 100-continue is answered before the body is sent", async () => {
	const body = JSON.stringify(product());
	const head = lines(`POST ${V2}/products HTTP/1.1`, "Content-Type: application/json", "Expect: 100-continue", `Content-Length: ${body.length}`);
	const [first, second] = await wire(head, { answers: 2, then: body });
	assert.equal(first.status, 100);
	assert.equal(second.status, 201, second.raw);
});

test("a body of GET, HEAD and DELETE is passed over, and the connection goes on", async () => {
	const own = await fresh();
	const [get, gone, live2] = await wire(
		lines(`GET ${V2}/categories HTTP/1.1`, `Content-Length: ${text.length}`) + text +
		lines(`DELETE ${V2}/products/${own.id} HTTP/1.1`, `Content-Length: ${text.length}`) + text +
		lines("GET /livez HTTP/1.1"), { answers: 3 });
	assert.deepEqual([get.status, gone.status, live2.status], [200, 204, 200]);
});

test("requests sent at once on one connection are answered in order", async () => {
	const targets = ["/categories", "/nothing", path, "/categories?limit=0", "/products?limit=1"];
	const got = await wire(targets.map((target) => lines(`GET ${V2}${target} HTTP/1.1`)).join(""), { answers: targets.length });
	assert.deepEqual(got.map((a) => a.status), [200, 404, 200, 400, 200]);
	assert.equal(got[2].body.id, made.id);
});

test("a line break that is sent encoded stays encoded", async () => {
	const answer = status(await live.get("/products?search=a%0D%0ASet-Cookie:%20x%3D1&limit=1"), 200);
	assert.equal(answer.headers["set-cookie"], undefined);
	assert.match(answer.headers.link, /search=a%0D%0ASet-Cookie%3A%20x%3D1/);
	const odd = await fresh({ sku: "A>B;\"C" });
	const [list] = await wire(lines(`GET ${V2}/products/A>B;"C/variants HTTP/1.1`));
	assert.equal(list.status, 200, list.raw);
	assert.match(list.headers.link, /^<\/v2\/products\/A%3EB;%22C\/variants\?page=1>; rel="first"/);
	assert.ok(odd.id);
});

// ---- what every answer has

test("headers of an answer: type, safety, timing, date, and no version of the server", async () => {
	const { headers } = status(await live.get("/categories"), 200);
	assert.equal(headers["content-type"], "application/json");
	assert.equal(headers["x-content-type-options"], "nosniff");
	assert.match(headers["strict-transport-security"], /^max-age=\d{8}/);
	assert.match(headers["server-timing"], /^db;dur=\d+\.\d\d;desc="\d+ statements?", app;dur=\d+\.\d\d$/);
	assert.equal(headers.server, "nginx");
	assert.ok(Math.abs(Date.parse(headers.date) - Date.now()) < 5000);
	assert.equal(headers["access-control-allow-origin"], "*");
	assert.equal(headers["access-control-expose-headers"], "*");
	assert.deepEqual(headers.vary.split(", "), VARY);
	assert.deepEqual(refusedVary(await live.get("/products?limit=0")), VARY);
});

function refusedVary(answer) {
	refused(answer, 400);
	return answer.headers.vary.split(", ");
}

test("what was made is found where Location says", async () => {
	for (const [list, body] of [["/products", product()], [`${path}/images`, { url: "https://cdn.example.com/3.jpg" }], ["/categories", { name: "X", slug: "x" }]]) {
		const answer = status(await live.post(list, body), 201);
		const where = new URL(answer.headers.location, urls.live);
		const found = status(await request("GET", where, { headers: { authorization: `Bearer ${live.key}` } }), 200);
		assert.equal(found.body.id, answer.body.id);
	}
});

const links = (answer) => Object.fromEntries([...(answer.headers.link ?? "").matchAll(/<([^>]*)>; rel="(\w+)"/g)].map(([, target, rel]) => [rel, target]));

test("Link leads to the neighbours with every other parameter kept", async () => {
	const own = (await makeTenant()).live;
	for (let i = 0; i < 5; i++)
		await own.make("/products", product({ name: `Ä & ${i}`, status: "active" }));
	const query = "filter[name][contains]=%C3%84%20%26&fields=name&sort=name&limit=2";
	const seen = [];
	const relations = [];
	for (let at = `/products?page=1&${query}`; at;) {
		const page = status(await own.get(at), 200), to = links(page);
		seen.push(...page.body.data.map((p) => p.name));
		relations.push(Object.keys(to).sort().join(" "));
		at = to.next && new URL(to.next, urls.live).pathname + new URL(to.next, urls.live).search;
		for (const target of Object.values(to)) {
			const params = new URL(target, urls.live).searchParams;
			assert.deepEqual([params.get("filter[name][contains]"), params.get("fields"), params.get("sort"), params.get("limit")], ["Ä &", "name", "name", "2"]);
		}
	}
	assert.deepEqual(seen, [0, 1, 2, 3, 4].map((i) => `Ä & ${i}`));
	assert.deepEqual(relations, ["first last next", "first last next prev", "first last prev"]);
	const walked = [];
	for (let at = `/products?cursor=&${query}`; at;) {
		const page = status(await own.get(at), 200), to = links(page);
		walked.push(...page.body.data.map((p) => p.name));
		at = to.next && to.next;
		assert.ok(to.first);
	}
	assert.deepEqual(walked, seen);
});

test("a query so long that its links would not fit keeps next at least", async () => {
	await fresh();
	const many = Array.from({ length: 90 }, (_, i) => `N-${"x".repeat(20)}-${i}`).join(",");
	const answer = status(await live.get(`/products?limit=1&filter[sku][nin]=${many}`), 200);
	assert.deepEqual(Object.keys(links(answer)), ["next"]);
});

// ---- TLS and HTTP/2

test("without TLS: 403 at the plain port, 403 at the TLS port, and no HSTS", async () => {
	for (const url of [plainUrl.href, urls.live.replace("https:", "http:")]) {
		const answer = await new Promise((resolve, reject) => http.get(url + "/products", { agent: false }, async (a) => {
			const parts = [];
			for await (const part of a)
				parts.push(part);
			const raw = Buffer.concat(parts).toString();
			resolve({ status: a.statusCode, headers: a.headers, raw, body: JSON.parse(raw) });
		}).on("error", reject));
		const error = ours(answer, 403, "https_only");
		assert.equal(error.code, "authorization_error");
		assert.equal(answer.headers["strict-transport-security"], undefined);
		assert.equal(answer.headers.location, undefined);
	}
	const [traced] = await wire("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", { url: plainUrl.href, plain: true });
	ours(traced, 405, "method");
});

test("TLS 1.2 and 1.3, nothing older", async () => {
	for (const version of ["TLSv1.2", "TLSv1.3"]) {
		const [answer] = await wire(lines("GET /livez HTTP/1.1"), { tls: { minVersion: version, maxVersion: version } });
		assert.equal(answer.status, 200, version);
	}
	for (const version of ["TLSv1", "TLSv1.1"])
		await assert.rejects(wire(lines("GET /livez HTTP/1.1"), { tls: { minVersion: version, maxVersion: version, ciphers: "DEFAULT@SECLEVEL=0" } }), version);
});

// Requests one after the other on one HTTP/2 connection.
async function two(requests) {
	const session = http2.connect(new URL(urls.live).origin, { ca: readFileSync(process.env.SOUK_CA) });
	const answers = [];
	try {
		for (const headers of requests)
			answers.push(await new Promise((resolve, reject) => {
				const stream = session.request({ authorization: `Bearer ${live.key}`, ...headers });
				let raw = "", head;
				stream.end();
				stream.setEncoding("utf8");
				stream.on("response", (h) => (head = h));
				stream.on("data", (part) => (raw += part));
				stream.on("end", () => resolve({ status: head[":status"], headers: head, raw, body: raw ? JSON.parse(raw) : undefined }));
				stream.on("error", reject);
				session.on("error", reject);
			}));
	} finally {
		session.destroy();
	}
	return answers;
}

test("HTTP/2: the same answers, and 431 for a long header without losing the connection", async () => {
	const now = (await live.get(path)).headers.etag;
	const [got, unchanged, long, many, missing, wrong, after] = await two([
		{ ":path": `${V2}${path}` },
		{ ":path": `${V2}${path}`, "if-none-match": now },
		{ ":path": `${V2}${path}`, "x-a": "x".repeat(20000) },
		{ ":path": `${V2}${path}`, ...Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`x-${i}`, "x".repeat(4000)])) },
		{ ":path": `${V2}/${"x".repeat(3000)}` },
		{ ":path": `${V2}/products`, ":method": "MADE-UP" },
		{ ":path": `${V2}/categories`, ":method": "HEAD" },
	]);
	assert.equal(got.headers.etag, now);
	assert.deepEqual([got.status, unchanged.status, after.status], [200, 304, 200]);
	ours(long, 431, "header_too_large");
	ours(many, 431, "headers_too_large");
	ours(missing, 414, "path_too_long");
	ours(wrong, 405, "method");
});
