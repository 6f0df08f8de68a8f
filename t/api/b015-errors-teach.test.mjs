// Errors teach: each word that a refusal carries is explained at its doc_url, every fault of a request is told at once with
// what was expected, and who prefers RFC 9457 gets it.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { Client, makeTenant, product, refused, request, status, urls } from "./souk.mjs";

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
