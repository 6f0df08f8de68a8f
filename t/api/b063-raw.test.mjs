// Operations that are no JSON, here the page of a challenge: without a key, of other types, with the headers that make a page safe, and
// with errors that people can read.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { raws, routes } from "./conformance.mjs";
import { intend, method, openSandbox } from "./intents.mjs";
import { refused, request, status, urls } from "./souk.mjs";

const FORM = "application/x-www-form-urlencoded", BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8";
let client, url;

before(async () => {
	({ client } = await openSandbox());
	url = (await intend(client, { payment_method: await method(client, "challenge") })).next_action.url;
});

const send = (body, headers = {}, to = url) => request("POST", to, { body, headers: { "content-type": FORM, accept: BROWSER, ...headers } });

function page(answer, expected) {
	status(answer, expected);
	assert.equal(answer.headers["content-type"], "text/html; charset=utf-8");
	assert.equal(answer.headers["cache-control"], "no-store");
	assert.equal(answer.headers["x-content-type-options"], "nosniff");
	assert.equal(answer.headers["referrer-policy"], "no-referrer");
	assert.equal(answer.headers["access-control-allow-origin"], undefined, "scripts of other sites do not read it");
	assert.match(answer.headers["content-security-policy"], /^default-src 'none'; style-src 'sha256-[\w-]{43}='; base-uri 'none'; form-action '(self|none)'; frame-ancestors 'none'$/);
	assert.doesNotMatch(answer.raw, /<script|javascript:|\son\w+=/i);
	return answer.raw;
}

test("a page needs no key, and a wrong one does not matter", async () => {
	for (const headers of [{}, { authorization: "Bearer nobody" }, { "x-tenant-id": "tenant_nobody" }])
		assert.match(page(await request("GET", url, { headers: { accept: BROWSER, ...headers } }), 200), /<form method="post">/);
	const head = status(await request("HEAD", url, { headers: { accept: BROWSER } }), 200);
	assert.deepEqual([head.raw, head.headers["content-type"]], ["", "text/html; charset=utf-8"]);
});

test("its errors are pages for a browser, and JSON for whoever wants that", async () => {
	const nowhere = url.replace(/[^/]+$/, "none_1%3Cb%3E");
	assert.doesNotMatch(page(await request("GET", nowhere, { headers: { accept: BROWSER } }), 404), /<b>/);
	assert.match(page(await send("decision=approve", {}, nowhere), 404), /<h1>/);
	refused(await request("GET", nowhere, { headers: { accept: "application/json" } }), 406);
	refused(await send("decision=%", { accept: "application/json, text/html;q=0.1" }), 400, [], "bad_form");
});

test("a form that cannot be read is refused, and says why", async () => {
	for (const [body, headers, expected, word] of [
		["decision=approve&decision=decline", {}, 400, /twice/], ["decision=%zz", {}, 400, /percent-encoded/], ["decision=%ff", {}, 400, /UTF-8/],
		[Array.from({ length: 101 }, (_, i) => `a${i}=`).join("&"), {}, 400, /too many/],
		["{}", { "content-type": "application/json" }, 415, /Content-Type/], ["decision=approve", { "content-type": "multipart/form-data; boundary=x" }, 415, /Content-Type/],
		["decision=approve", { "content-encoding": "gzip" }, 415, /./], [`decision=${"a".repeat(2000)}`, {}, 413, /1024 bytes/],
		["decision=perhaps", {}, 422, /./], ["", {}, 422, /./],
	])
		assert.match(page(await send(body, headers), expected), word, body.slice(0, 40));
});

test("other methods are refused with those it takes, and OPTIONS tells them", async () => {
	assert.equal(status(await request("OPTIONS", url), 204).headers.allow, "GET, HEAD, POST, OPTIONS");
	for (const verb of ["PUT", "PATCH", "DELETE"])
		status(await request(verb, url, { body: verb === "DELETE" ? undefined : {} }), 405);
});

test("what is open is told from what is not, and stands at the root only where that is said", () => {
	for (const o of raws)
		for (const below of ["/v2/", "/"]) {
			const route = routes.find((one) => one.pattern === `${below}${o.path}`);
			assert.equal(Boolean(route), below === "/v2/" || Boolean(o.raw.at_root), `${below}${o.path}`);
			if (route)
				assert.deepEqual([route.public, route.methods[o.method]], [Boolean(o.raw.open), o.scope ?? null], o.name);
		}
	assert.ok(raws.length > 0 && urls.live);
});
