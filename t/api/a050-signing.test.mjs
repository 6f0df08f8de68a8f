// Signed requests (D24, D83): what a signature covers, how old it may be, and that it is good once.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { before, describe, it } from "node:test";
import { seconds, signed } from "./signing.mjs";
import { makeTenant, product, refused, request, rows, status } from "./souk.mjs";

describe("signatures", () => {
	let t, key;
	const send = (method, path, { body, sent = body, signedPath = path, secret = key.signing_secret, headers = {}, more } = {}) => {
		const text = body === undefined ? undefined : JSON.stringify(body);
		const all = { authorization: `Bearer ${key.secret}`, ...signed(secret, method, t.live.url(signedPath), text, more), ...headers };
		return request(method, t.live.url(path), { body: sent == null ? undefined : JSON.stringify(sent), headers: all });
	};

	before(async () => {
		t = await makeTenant();
		key = await t.live.make("/api-keys", { name: "signs", scopes: ["products:*"], require_signature: true });
	});

	it("are made with a secret of their own, shown once", async () => {
		assert.match(key.signing_secret, /^sig_[\w-]{43}$/);
		assert.notEqual(key.signing_secret, key.secret);
		const later = await t.live.read(`/api-keys/${key.id}`);
		assert.equal(later.signing_secret, undefined);
		assert.equal(later.secret, undefined);
	});
	it("let reads and writes in", async () => {
		status(await send("GET", "/products"), 200);
		status(await send("POST", "/products", { body: product() }), 201);
		status(await send("GET", "/products?limit=5&filter[price][gte]=1&sort=-price"), 200);
	});
	it("do not care for the order of the query", async () => {
		status(await send("GET", "/products?b=1&limit=5&a=2".replace("b=1&", "").replace("&a=2", "&page=1"), { signedPath: "/products?page=1&limit=5" }), 200);
	});
	it("are needed, if the key says so", async () => {
		const bare = await request("GET", t.live.url("/products"), { headers: { authorization: `Bearer ${key.secret}` } });
		refused(bare, 401, undefined, "signature_missing");
		assert.match(bare.headers["www-authenticate"], /^Bearer/);
	});
	it("are checked even where they are not needed", async () => {
		const free = await t.live.make("/api-keys", { name: "may sign", scopes: ["products:read"] });
		const headers = { authorization: `Bearer ${free.secret}` };
		status(await request("GET", t.live.url("/products"), { headers }), 200);
		status(await request("GET", t.live.url("/products"), { headers: { ...headers, ...signed(free.signing_secret, "GET", t.live.url("/products")) } }), 200);
		refused(await request("GET", t.live.url("/products"), { headers: { ...headers, ...signed("sig_other", "GET", t.live.url("/products")) } }), 401, undefined, "signature_wrong");
	});
	it("cover method, path, query, body and secret", async () => {
		const other = await t.live.make("/api-keys", { name: "other", scopes: ["products:*"] });
		const body = product();
		for (const [why, method, path, options] of [
			["another path", "GET", "/products", { signedPath: "/categories" }],
			["another query", "GET", "/products?limit=5", { signedPath: "/products?limit=6" }],
			["no query", "GET", "/products?limit=5", { signedPath: "/products" }],
			["another secret", "GET", "/products", { secret: other.signing_secret }],
			["the bearer's secret", "GET", "/products", { secret: key.secret }],
			["another body", "POST", "/products", { body, sent: { ...body, price: 0.01 } }],
			["no body", "POST", "/products", { body, sent: null }],
			["another method", "PUT", "/products/prod_1", { headers: signed(key.signing_secret, "PATCH", t.live.url("/products/prod_1"), "{}"), body: {} }],
		])
			assert.equal(refused(await send(method, path, options), 401, undefined, "signature_wrong").reason, "signature_wrong", why);
		assert.equal((await t.live.read("/products?filter[sku]=" + body.sku)).data.length, 0);
	});
	it("are good for five minutes, both ways", async () => {
		for (const off of [-299, 290])
			status(await send("GET", "/products", { more: { timestamp: String(seconds() + off) } }), 200);
		for (const off of [-302, 302, -86400])
			refused(await send("GET", "/products", { more: { timestamp: String(seconds() + off) } }), 401, undefined, "timestamp_too_old");
	});
	it("are good once, whatever became of the request", async () => {
		const more = { nonce: randomBytes(12).toString("hex") };
		status(await send("GET", "/products", { more }), 200);
		refused(await send("GET", "/products", { more }), 401, undefined, "nonce_reused");
		refused(await send("GET", "/products?limit=1", { more }), 401, undefined, "nonce_reused");
		const failing = { nonce: randomBytes(12).toString("hex") };
		refused(await send("POST", "/products", { body: {}, more: failing }), 422);
		refused(await send("POST", "/products", { body: product(), more: failing }), 401, undefined, "nonce_reused");
	});
	it("are good for one of many at once", async () => {
		const more = { nonce: randomBytes(12).toString("hex"), timestamp: String(seconds()) };
		const answers = await Promise.all(Array.from({ length: 16 }, () => send("GET", "/products", { more })));
		assert.equal(answers.filter((a) => a.status === 200).length, 1);
		assert.equal(answers.filter((a) => a.status === 401).length, 15);
	});
	it("share no nonces between keys, and a wrong one uses none", async () => {
		const more = { nonce: randomBytes(12).toString("hex") };
		refused(await send("GET", "/products", { more, secret: "sig_wrong" }), 401, undefined, "signature_wrong");
		status(await send("GET", "/products", { more }), 200);
		const other = await t.live.make("/api-keys", { name: "other", scopes: ["products:*"] });
		status(await request("GET", t.live.url("/products"), { headers: { authorization: `Bearer ${other.secret}`, ...signed(other.signing_secret, "GET", t.live.url("/products"), undefined, more) } }), 200);
	});
	it("must be whole", async () => {
		for (const headers of [
			{ "x-signature": "abc" }, { "x-signature": "g".repeat(64) }, { "x-signature": "A".repeat(63) }, { "x-nonce": null }, { "x-nonce": "short" },
			{ "x-nonce": "n".repeat(129) }, { "x-nonce": "with space in it" }, { "x-timestamp": null }, { "x-timestamp": "yesterday" }, { "x-timestamp": "1.5" },
			{ "x-timestamp": "" }, { "x-timestamp": "99999999999999999999" },
		])
			refused(await send("GET", "/products", { headers }), 401, undefined, "signature_malformed");
	});
	it("are kept sealed, and nowhere in clear", async () => {
		const [stored] = rows(`SELECT JSON_OBJECT('s', signing_sealed, 'h', secret_hash) FROM api_keys WHERE last4 = '${key.last4}' AND name = 'signs'`);
		assert.ok(!stored.s.includes(key.signing_secret.slice(4)));
		assert.equal(stored.h, createHash("sha256").update(key.secret).digest("hex"));
	});
});
