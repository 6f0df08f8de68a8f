// The contract can be had by everybody at both places, is what soukctl prints, and is true of every path (S14, D81).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { ctl, makeTenant, refused, request, status, urls } from "./souk.mjs";

const places = ["/openapi.json", "/v2/openapi.json"];
const at = (path) => new URL(path, urls.live).href;
const get = (path, headers = {}) => request("GET", at(path), { headers });
let doc, live;

before(async () => {
	live = (await makeTenant()).live;
	doc = status(await get(places[0]), 200).body;
});

test("it is public, of version 3.1, and the same at both places, on both sides and on the command line", async () => {
	const answers = await Promise.all([...places.map((path) => get(path)), request("GET", new URL(places[0], urls.sandbox).href)]);
	const printed = await ctl("openapi");
	for (const answer of answers) {
		assert.equal(status(answer, 200).raw.trim(), printed);
		assert.match(answer.headers["content-type"], /^application\/json/);
		assert.equal(answer.headers["cache-control"], "public, max-age=3600, must-revalidate");
	}
	assert.equal(doc.openapi, "3.1.0");
	assert.equal(doc.info.version, "2.3.0");
	const golden = readFileSync(new URL("../golden/openapi.json", import.meta.url), "utf8");
	assert.deepEqual(doc, JSON.parse(golden));
});

test("whoever has it gets 304, also by HEAD, with the same strong tag", async () => {
	for (const path of places) {
		const { etag } = status(await get(path), 200).headers;
		assert.match(etag, /^"[0-9a-f]{16}"$/);
		for (const method of ["GET", "HEAD"]) {
			const same = status(await request(method, at(path), { headers: { "if-none-match": `"x", ${etag}` } }), 304);
			assert.equal(same.headers.etag, etag);
			assert.equal(same.bytes.length, 0);
			assert.equal(status(await request(method, at(path), { headers: { "if-none-match": '"another"' } }), 200).headers.etag, etag);
		}
	}
});

test("the list of errors keeps to its tag too", async () => {
	const { etag } = status(await get("/docs/errors"), 200).headers;
	for (const method of ["GET", "HEAD"])
		status(await request(method, at("/docs/errors"), { headers: { "if-none-match": etag } }), 304);
});

test("HEAD tells the length and sends nothing", async () => {
	for (const path of places) {
		const head = status(await request("HEAD", at(path)), 200);
		assert.equal(head.bytes.length, 0);
		assert.equal(Number(head.headers["content-length"]), Buffer.byteLength(await ctl("openapi")) + 1);
	}
});

test("it comes as JSON or not at all", async () => {
	for (const accept of ["application/json", "*/*", "application/*;q=0.1", "application/vnd.oai.openapi+json;version=3.1", undefined])
		status(await get(places[0], accept ? { accept } : {}), 200);
	for (const accept of ["application/yaml", "text/html", "application/json;q=0", "application/vnd.oai.openapi+json;q=0"])
		refused(await get(places[0], { accept }), 406);
});

test("it is only read: other methods are refused, and OPTIONS says which are taken", async () => {
	for (const path of places) {
		for (const method of ["POST", "PUT", "PATCH", "DELETE"])
			assert.equal(refused(await request(method, at(path), { body: method === "DELETE" ? undefined : {} }), 405).code, "validation_error");
		assert.equal(status(await request("OPTIONS", at(path)), 204).headers.allow, "GET, HEAD, OPTIONS");
	}
	for (const path of ["/openapi.jsn", "/v2/openapi", "/openapi.json/", "/v1/openapi.json"])
		refused(await get(path), 404);
});

test("a wrong key does not matter to what needs none", async () => {
	status(await get(places[0], { authorization: "Bearer live_nobody" }), 200);
	status(await get(places[0], { "x-tenant-id": "tenant_nobody" }), 200);
});

test("each path takes the methods that are declared, and no other", async () => {
	const methods = ["get", "head", "post", "put", "patch", "delete"];
	for (const [pattern, item] of Object.entries(doc.paths)) {
		const url = at(pattern.replace(/\{.*?\}/g, "none_1"));
		const declared = methods.filter((m) => item[m]).map((m) => m.toUpperCase());
		assert.equal(status(await request("OPTIONS", url), 204).headers.allow, [...declared, "OPTIONS"].join(", "), pattern);
		for (const method of methods.map((m) => m.toUpperCase()).filter((m) => !declared.includes(m))) {
			const answer = await live.send(method, new URL(url).pathname.startsWith("/v2/") ? new URL(url).pathname : `/../${pattern.slice(1)}`, { body: /P/.test(method) ? {} : undefined });
			status(answer, 405);
		}
	}
});

test("a refusal behind a declared path is one of those that it declares", async () => {
	for (const [pattern, item] of Object.entries(doc.paths).filter(([p]) => p.startsWith("/v2/") && p.includes("{")))
		for (const method of Object.keys(item).filter((m) => m !== "parameters")) {
			const answer = await live.send(method.toUpperCase(), pattern.replace(/\{.*?\}/g, "none_1"), { body: /^p/.test(method) ? {} : undefined });
			assert.ok(answer.status >= 400 && answer.status < 500, `${method} ${pattern} is ${answer.status}`);
			assert.ok(String(answer.status) in item[method].responses, `${method} ${pattern} declares ${answer.status}`);
		}
});
