// A key opens what its scopes say, on its own side, until it is revoked or expires; nothing else opens anything.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { Client, ctl, makeTenant, product, refused, request, rows, status, traces, urls } from "./souk.mjs";

const DAY_MS = 86400000;

let shop, sandbox;

before(async () => {
	shop = await makeTenant();
	sandbox = await shop.client({ mode: "sandbox" });
});

function challenged(answer, reason) {
	const e = refused(answer, 401, [], reason);
	assert.match(answer.headers["www-authenticate"], /^Bearer realm="souk"/);
	return e;
}

test("without a key there is no way in, and the answer says how", async () => {
	const answer = await new Client().get("/products");
	challenged(answer, "key_missing");
	assert.equal(answer.headers["www-authenticate"], 'Bearer realm="souk"');
	challenged(await new Client().post("/products", product()), "key_missing");
});

for (const [what, value, reason] of [
	["a scheme that is not Bearer", "Basic bGl2ZV9hOmI=", "key_malformed"],
	["a scheme alone", "Bearer", "key_malformed"],
	["a key without its prefix", "Bearer secret", "key_malformed"],
	["a prefix that we do not give", "Bearer prod_abcdefghijklmnopqrstuvwxyz", "key_malformed"],
	["a key longer than any", `Bearer live_${"x".repeat(300)}`, "key_malformed"],
	["a key that nobody has", `Bearer live_${"x".repeat(43)}`, "key_unknown"],
	["a key with an SQL quote", "Bearer live_' OR '1'='1", "key_unknown"],
])
	test(`${what} is refused`, async () => {
		const answer = await request("GET", `${urls.live}/products`, { headers: { authorization: value } });
		challenged(answer, reason);
		assert.match(answer.headers["www-authenticate"], /error="invalid_token"/);
	});

test("a key in the wrong case is another key", async () => {
	const turned = shop.live.key.replace(/[a-z](?=[^a-z]*$)/, (c) => c.toUpperCase());
	challenged(await new Client(turned).get("/products"), "key_unknown");
	status(await request("GET", `${urls.live}/products`, { headers: { authorization: `bEARER ${shop.live.key}` } }), 200);
});

test("a live key on the sandbox's address is refused, and the reverse, and both say so", async () => {
	const live = challenged(await new Client(shop.live.key, "sandbox").get("/products"), "key_mode");
	assert.match(live.message, /sandbox/);
	const test = challenged(await new Client(sandbox.key, "live").get("/products"), "key_mode");
	assert.match(test.message, /test_/);
	status(await sandbox.get("/products"), 200);
});

test("the header of the tenant may name the key's own and no other", async () => {
	const other = await makeTenant();
	status(await shop.live.get("/products", { "x-tenant-id": shop.id }), 200);
	refused(await shop.live.get("/products", { "x-tenant-id": other.id }), 403, [], "other_tenant");
	refused(await shop.live.get("/products", { "x-tenant-id": "1 OR 1=1" }), 403, [], "other_tenant");
});

test("a key does what its scopes say and is told which one it lacks", async () => {
	const reader = await shop.client({ scopes: "products:read" });
	const made = await shop.live.make("/products", product());
	status(await reader.get("/products"), 200);
	status(await reader.get(`/products/${made.id}`), 200);
	for (const [method, path, body] of [
		["POST", "/products", product()],
		["PUT", `/products/${made.id}`, { name: "x" }],
		["PATCH", `/products/${made.id}`, { name: "x" }],
		["DELETE", `/products/${made.id}`],
		["POST", `/products/${made.id}/variants`, { sku: "NO-1" }],
	]) {
		const e = refused(await reader.send(method, path, { body }), 403, undefined, "scope");
		assert.match(e.message, /products:write/, `${method} ${path}`);
	}
	assert.match(refused(await reader.get("/categories"), 403, undefined, "scope").message, /categories:read/);
	assert.match(refused(await reader.get("/api-keys"), 403, undefined, "scope").message, /api-keys:read/);
	assert.equal((await shop.live.read(`/products/${made.id}`)).version, 1);
});

test("a key that may only write does not read, and sees no cost without its scope", async () => {
	const writer = await shop.client({ scopes: "products:write" });
	const both = await shop.client({ scopes: "products:read,products:write" });
	const area = await shop.client({ scopes: "products:*" });
	refused(await writer.get("/products"), 403, undefined, "scope");
	const made = await shop.live.make("/products", product({ cost: 50, variants: [{ sku: "COST-V", cost: 49 }] }));
	const seen = await both.read(`/products/${made.id}`);
	assert.equal("cost" in seen, false);
	assert.equal("cost" in seen.variants[0], false);
	assert.equal((await area.read(`/products/${made.id}`)).cost, 50);
	refused(await both.put(`/products/${made.id}`, { cost: 1 }), 422, ["cost:scope"]);
	refused(await both.get(`/products/${made.id}?fields=cost`), 403, undefined);
	assert.equal((await shop.live.read(`/products/${made.id}`)).cost, 50);
});

test("a key is made with its secret shown once and never again", async () => {
	const answer = status(await shop.live.post("/api-keys", { name: "till", scopes: ["products:read"] }), 201);
	const { id, secret } = answer.body;
	assert.match(secret, /^live_[A-Za-z0-9_-]{43}$/);
	assert.equal(answer.body.last4, secret.slice(-4));
	assert.equal(answer.headers["cache-control"], "no-store");
	status(await new Client(secret).get("/products"), 200);
	for (const path of [`/api-keys/${id}`, "/api-keys?limit=200", `/api-keys/${id}?fields=name`]) {
		const seen = status(await shop.live.get(path), 200);
		assert.equal(seen.raw.includes(secret), false);
		assert.equal(/secret":|secret_hash|sealed/.test(seen.raw), false, seen.raw);
	}
	const changed = status(await shop.live.put(`/api-keys/${id}`, { name: "till 2" }), 200);
	assert.equal(changed.raw.includes(secret), false);
	assert.equal(JSON.stringify(traces(id)).includes(secret), false);
	assert.match((await sandbox.make("/api-keys", { name: "s", scopes: ["products:read"] })).secret, /^test_/);
});

test("a repeat of the making of a key shows the same secret, which is stored sealed", async () => {
	const headers = { "idempotency-key": "make-key" };
	const first = status(await shop.live.post("/api-keys", { name: "once", scopes: ["products:read"] }, headers), 201);
	const second = status(await shop.live.post("/api-keys", { name: "once", scopes: ["products:read"] }, headers), 201);
	assert.equal(second.raw, first.raw);
	const [{ n }] = rows(`SELECT JSON_OBJECT('n', COUNT(*)) FROM idempotency_keys WHERE LOCATE('${first.body.secret}', body) > 0`);
	assert.equal(n, 0);
});

for (const [what, body, fields] of [
	["no name and no scopes", {}, ["name:required", "scopes:required"]],
	["no scope at all", { name: "x", scopes: [] }, ["scopes:count"]],
	["a scope that there is not", { name: "x", scopes: ["products:fly"] }, ["scopes:not_a_scope"]],
	["scopes that are no list", { name: "x", scopes: "products:read" }, ["scopes:type"]],
	["an end in the past", { name: "x", scopes: ["products:read"], expires_at: "2020-01-01T00:00:00Z" }, ["expires_at:past"]],
	["an end that is no time", { name: "x", scopes: ["products:read"], expires_at: "tomorrow" }, ["expires_at:not_a_time"]],
	["a blank name", { name: " ", scopes: ["products:read"] }, ["name:blank"]],
])
	test(`a key with ${what} is refused`, async () => {
		refused(await shop.live.post("/api-keys", body), 422, fields);
	});

test("a key's own members are the server's to say", async () => {
	const made = await shop.live.make("/api-keys", { name: "mass", scopes: ["products:read"], status: "revoked", last4: "0000", secret: "live_mine" });
	assert.equal(made.status, "active");
	assert.notEqual(made.secret, "live_mine");
	assert.equal(made.last4, made.secret.slice(-4));
	refused(await shop.live.post("/api-keys", { name: "x", scopes: ["products:read"], secret_hash: "0".repeat(64) }), 422, ["secret_hash:unknown_field"]);
});

test("nobody hands on a scope that he does not hold", async () => {
	const clerk = await shop.client({ scopes: "api-keys:read,api-keys:write,products:read" });
	for (const scope of ["products:write", "*", "products:*", "categories:read"])
		refused(await clerk.post("/api-keys", { name: "x", scopes: ["products:read", scope] }), 422, ["scopes:scope"]);
	const made = await clerk.make("/api-keys", { name: "x", scopes: ["products:read"] });
	refused(await clerk.put(`/api-keys/${made.id}`, { scopes: ["*"] }), 422, ["scopes:scope"]);
	refused(await new Client(made.secret).post("/products", product()), 403, undefined, "scope");
});

// Every worker has a memory of its own, so all of them are asked, over connections of their own.
async function refusedByAll(key) {
	const answers = await Promise.all(Array.from({ length: 40 }, () => new Client(key).send("GET", "/products", { fresh: true })));
	for (const answer of answers)
		challenged(answer, "key_revoked");
}

async function knownByAll(key) {
	const answers = await Promise.all(Array.from({ length: 40 }, () => new Client(key).send("GET", "/products", { fresh: true })));
	for (const answer of answers)
		status(answer, 200);
}

test("a key that is revoked is refused by every worker from the very next request on", async () => {
	const made = await shop.live.make("/api-keys", { name: "stolen", scopes: ["products:read"] });
	await knownByAll(made.secret);
	const answer = status(await shop.live.post(`/api-keys/${made.id}/revoke`), 200);
	assert.equal(answer.body.status, "revoked");
	await refusedByAll(made.secret);
	assert.deepEqual(traces(made.id).events.map((e) => e.type), ["api_key.created", "api_key.revoked"]);
});

test("DELETE of a key is its revocation, and can be repeated", async () => {
	const made = await shop.live.make("/api-keys", { name: "old", scopes: ["products:read"] });
	await knownByAll(made.secret);
	status(await shop.live.delete(`/api-keys/${made.id}`), 204);
	await refusedByAll(made.secret);
	const again = await shop.live.delete(`/api-keys/${made.id}`);
	assert.ok([204, 404].includes(again.status), again.raw);
	const listed = await shop.live.read("/api-keys?status=revoked&limit=200");
	assert.ok(listed.data.some((key) => key.id === made.id));
	assert.equal((await shop.live.read("/api-keys?limit=200")).data.some((key) => key.id === made.id), false);
});

test("what a revoked key may never do is come back", async () => {
	const made = await shop.live.make("/api-keys", { name: "gone", scopes: ["products:read"] });
	status(await shop.live.post(`/api-keys/${made.id}/revoke`), 200);
	await shop.live.put(`/api-keys/${made.id}`, { status: "active", name: "back" });
	await refusedByAll(made.secret);
});

test("a narrower list of scopes holds at every worker from the very next request on", async () => {
	const made = await shop.live.make("/api-keys", { name: "narrow", scopes: ["products:read", "categories:read"] });
	await knownByAll(made.secret);
	status(await shop.live.put(`/api-keys/${made.id}`, { scopes: ["categories:read"] }), 200);
	const answers = await Promise.all(Array.from({ length: 40 }, () => new Client(made.secret).send("GET", "/products", { fresh: true })));
	for (const answer of answers)
		refused(answer, 403, undefined, "scope");
});

test("a key that revokes itself gets its answer and is then refused", async () => {
	const made = await shop.live.make("/api-keys", { name: "self", scopes: ["api-keys:write", "products:read"] });
	const self = new Client(made.secret);
	status(await self.post(`/api-keys/${made.id}/revoke`), 200);
	await refusedByAll(made.secret);
});

test("a key that has expired is refused", async () => {
	const soon = new Date(Date.now() + DAY_MS).toISOString();
	const made = await shop.live.make("/api-keys", { name: "brief", scopes: ["products:read"], expires_at: soon });
	assert.equal(made.expires_at, soon);
	status(await new Client(made.secret).get("/products"), 200);
	rows(`UPDATE api_keys SET expires_at = '2020-01-01 00:00:00' WHERE secret_hash = SHA2('${made.secret}', 256)`);
	status(await shop.live.put(`/api-keys/${made.id}`, { name: "briefer" }), 200); /* makes all forget what they remember */
	challenged(await new Client(made.secret).send("GET", "/products", { fresh: true }), "key_expired");
});

test("a key made at the shell works at once", async () => {
	const key = await ctl("key", "create", "--tenant", shop.id, "--mode", "live", "--scopes", "products:read", "--name", "shell");
	status(await new Client(key).get("/products"), 200);
	refused(await new Client(key).post("/products", product()), 403, undefined, "scope");
});
