// A repeated request acts once: its twins and its repeats get the first answer, byte for byte.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, number, product, refused, rows, status, traces } from "./souk.mjs";

const TWINS = 16;

let shop, live;

before(async () => {
	shop = await makeTenant();
	live = shop.live;
});

let keys = 0;
const newKey = () => `key ${++keys}`;
const keyed = (key) => ({ "idempotency-key": key });

async function withSku(sku) {
	return (await live.read(`/products?filter[sku]=${encodeURIComponent(sku)}`)).data;
}

function sameAnswer(first, second) {
	assert.equal(second.status, first.status);
	assert.equal(second.raw, first.raw);
	for (const name of ["location", "etag", "content-type"])
		assert.equal(second.headers[name], first.headers[name], name);
	assert.equal(second.headers["idempotency-replayed"], "true");
}

function twins(method, path, body, headers) {
	return Promise.all(Array.from({ length: TWINS }, () => live.send(method, path, { body, headers, fresh: true })));
}

// One ran, the others got its answer.
function ranOnce(answers, expected) {
	for (const answer of answers)
		status(answer, expected);
	const first = answers.filter((a) => !a.headers["idempotency-replayed"]);
	assert.equal(first.length, 1);
	for (const answer of answers)
		if (answer !== first[0])
			sameAnswer(first[0], answer);
	return first[0];
}

test("of 16 twins that create, one acts and 15 get its answer", async () => {
	for (let i = 0; i < 3; i++) {
		const body = product({ variants: [{ sku: `TWIN-V${i}` }] });
		const first = ranOnce(await twins("POST", "/products", body, keyed(newKey())), 201);
		assert.equal((await withSku(body.sku)).length, 1);
		const left = traces(first.body.id);
		assert.equal(left.audit.length, 1);
		assert.equal(left.events.length, 1);
	}
});

test("of 16 twins that change, one acts", async () => {
	const made = await live.make("/products", product());
	const first = ranOnce(await twins("PUT", `/products/${made.id}`, { price: 5 }, keyed(newKey())), 200);
	assert.equal(first.body.version, 2);
	assert.equal(traces(made.id).events.length, 2);
});

test("of 16 twins that delete, one acts", async () => {
	const made = await live.make("/products", product());
	ranOnce(await twins("DELETE", `/products/${made.id}`, undefined, keyed(newKey())), 204);
	assert.equal(traces(made.id).events.length, 2);
});

test("a repeat gets the first answer although the object has changed since", async () => {
	const key = newKey();
	const body = product();
	const first = status(await live.post("/products", body, keyed(key)), 201);
	status(await live.put(`/products/${first.body.id}`, { price: 1 }), 200);
	sameAnswer(first, await live.post("/products", body, keyed(key)));
	assert.equal((await live.read(`/products/${first.body.id}`)).price, 1);
	status(await live.delete(`/products/${first.body.id}`), 204);
	sameAnswer(first, await live.post("/products", body, keyed(key)));
});

test("nested writes, PATCH and actions are repeated alike", async () => {
	const made = await live.make("/products", product());
	for (const [method, path, body, expected] of [
		["POST", `/products/${made.id}/variants`, { sku: "NEST-1" }, 201],
		["PATCH", `/products/${made.id}`, { name: "renamed" }, 200],
		["POST", `/products/${made.id}/images`, { url: "https://cdn.example.com/1.jpg" }, 201],
	]) {
		const key = newKey();
		const first = status(await live.send(method, path, { body, headers: keyed(key) }), expected);
		sameAnswer(first, await live.send(method, path, { body, headers: keyed(key) }));
	}
	assert.equal((await live.read(`/products/${made.id}`)).version, 4);
	const apiKey = await live.make("/api-keys", { name: "x", scopes: ["products:read"] });
	const key = newKey();
	const first = status(await live.post(`/api-keys/${apiKey.id}/revoke`, undefined, keyed(key)), 200);
	sameAnswer(first, await live.post(`/api-keys/${apiKey.id}/revoke`, undefined, keyed(key)));
});

test("another request under the same key is 409 and does nothing", async () => {
	const key = newKey();
	const body = product();
	const first = status(await live.post("/products", body, keyed(key)), 201);
	const other = { ...body, sku: "OTHER-BODY" };
	refused(await live.post("/products", other, keyed(key)), 409, [], "idempotency_mismatch");
	assert.equal((await withSku("OTHER-BODY")).length, 0);
	refused(await live.post("/categories", { name: "A", slug: "a-key" }, keyed(key)), 409, [], "idempotency_mismatch");
	refused(await live.put(`/products/${first.body.id}`, body, keyed(key)), 409, [], "idempotency_mismatch");
	refused(await live.post("/products?fields=name", body, keyed(key)), 409, [], "idempotency_mismatch");
	refused(await live.post("/products", body, { ...keyed(key), "accept-language": "fr" }), 409, [], "idempotency_mismatch");
	const colleague = await shop.client();
	refused(await colleague.post("/products", body, keyed(key)), 409, [], "idempotency_mismatch");
	sameAnswer(first, await live.post("/products", body, keyed(key)));
});

test("keys tell upper from lower case and the order of the query does not matter", async () => {
	const body = product();
	const first = status(await live.post("/products?fields=sku,name&include=images", body, keyed("CaSe")), 201);
	sameAnswer(first, await live.post("/products?include=images&fields=sku,name", body, keyed("CaSe")));
	status(await live.post("/products", product(), keyed("cAsE")), 201);
});

test("a refusal is an answer too: 409 for a taken SKU stays so after the SKU is free", async () => {
	const taken = await live.make("/products", product());
	const key = newKey();
	const body = product({ sku: taken.sku });
	const first = await live.post("/products", body, keyed(key));
	refused(first, 409, ["sku:sku_taken"], "sku_taken");
	status(await live.delete(`/products/${taken.id}`), 204);
	sameAnswer(first, await live.post("/products", body, keyed(key)));
	assert.equal((await withSku(taken.sku)).length, 0);
	status(await live.post("/products", body, keyed(newKey())), 201);
});

test("404 and 412 are kept alike", async () => {
	const made = await live.make("/products", product());
	for (const [path, headers, expected] of [
		["/products/prod_7zzzzzzzzzzzz", {}, 404],
		[`/products/${made.id}`, { "if-match": '"7.0"' }, 412],
	]) {
		const key = newKey();
		const first = status(await live.put(path, { name: "x" }, { ...keyed(key), ...headers }), expected);
		sameAnswer(first, await live.put(path, { name: "x" }, { ...keyed(key), ...headers }));
	}
});

test("what was refused before any work keeps nothing: the key can be used for the right body", async () => {
	for (const [body, expected, headers] of [
		[{ name: "no SKU" }, 422, {}],
		["{", 400, {}],
		["x", 415, { "content-type": "text/plain" }],
	]) {
		const key = newKey();
		refused(await live.post("/products", body, { ...keyed(key), ...headers }), expected);
		const answer = status(await live.post("/products", product(), keyed(key)), 201);
		assert.equal(answer.headers["idempotency-replayed"], undefined);
	}
	const key = newKey();
	const reader = await shop.client({ scopes: "products:read" });
	refused(await reader.post("/products", product(), keyed(key)), 403);
	status(await live.post("/products", product(), keyed(key)), 201);
});

test("a key has 1 to 255 printable characters", async () => {
	status(await live.post("/products", product(), keyed("k")), 201);
	status(await live.post("/products", product(), keyed("k".repeat(255))), 201);
	status(await live.post("/products", product(), keyed("~!@#$%^&*()_+ {}|:<>?")), 201);
	for (const key of ["k".repeat(256), "clé", "tab\there"])
		refused(await live.post("/products", product({ sku: "BAD-KEY" }), keyed(Buffer.from(key).toString("latin1"))), 400, undefined, "bad_idempotency_key");
	assert.equal((await withSku("BAD-KEY")).length, 0);
});

test("reads take no notice of a key", async () => {
	const made = await live.make("/products", product());
	const key = newKey();
	status(await live.get(`/products/${made.id}`, keyed(key)), 200);
	const answer = status(await live.get("/products?limit=1", keyed(key)), 200);
	assert.equal(answer.headers["idempotency-replayed"], undefined);
});

test("the same key in two tenants, and on both sides of one, is four keys", async () => {
	const other = await makeTenant();
	const clients = [live, other.live, await shop.client({ mode: "sandbox" }), await other.client({ mode: "sandbox" })];
	const body = product();
	const answers = await Promise.all(clients.map((client) => client.post("/products", body, keyed("shared"))));
	const ids = new Set(answers.map((answer) => status(answer, 201).body.id));
	assert.equal(ids.size, 4);
	for (let i = 0; i < clients.length; i++)
		sameAnswer(answers[i], await clients[i].post("/products", body, keyed("shared")));
});

test("a worker that dies between commit and answer costs nothing: another answers from what was kept", async () => {
	const crash = { "x-souk-exit": "after-commit" };
	const body = product();
	const made = status(await live.post("/products", body, { ...keyed(newKey()), ...crash }), 201);
	assert.equal(made.headers["idempotency-replayed"], "true", "the worker died");
	assert.equal((await withSku(body.sku)).length, 1);
	assert.equal(traces(made.body.id).events.length, 1);
	const changed = status(await live.put(`/products/${made.body.id}`, { price: 7 }, { ...keyed(newKey()), ...crash }), 200);
	assert.equal(changed.headers["idempotency-replayed"], "true");
	assert.equal(changed.body.version, 2);
	const gone = status(await live.delete(`/products/${made.body.id}`, { ...keyed(newKey()), ...crash }), 204);
	assert.equal(gone.headers["idempotency-replayed"], "true");
	assert.deepEqual(traces(made.body.id).events.map((e) => e.version), [1, 2, 3]);
});

test("without a key such a death is a 502 in the shape of every error, and the write stands", async () => {
	const body = product();
	const answer = status(await live.post("/products", body, { "x-souk-exit": "after-commit" }), 502);
	assert.equal(answer.body.error.code, "server_error");
	assert.match(answer.body.error.request_id, /^req_/);
	assert.ok(answer.headers["retry-after"]);
	assert.equal((await withSku(body.sku)).length, 1);
});

// ---- dry run

const dry = { prefer: "dry-run" };

test("a dry run of each verb answers as the write would, and writes nothing", async () => {
	const made = await live.make("/products", product({ variants: [{ sku: "DRY-V" }] }));
	const variant = made.variants[0].id;
	const apiKey = await live.make("/api-keys", { name: "dry", scopes: ["products:read"] });
	const before = { row: await live.read(`/products/${made.id}`), left: traces(made.id), key: traces(apiKey.id) };
	for (const [method, path, body] of [
		["POST", "/products", product({ sku: "DRY-NEW" })],
		["PUT", `/products/${made.id}`, { price: 5 }],
		["PATCH", `/products/${made.id}`, { name: "dry" }],
		["DELETE", `/products/${made.id}`],
		["POST", `/products/${made.id}/variants`, { sku: "DRY-V2" }],
		["PUT", `/products/${made.id}/variants/${variant}`, { price: 9 }],
		["DELETE", `/products/${made.id}/variants/${variant}`],
		["POST", `/api-keys/${apiKey.id}/revoke`],
	]) {
		const answer = status(await live.send(method, path, { body, headers: dry }), 200);
		assert.equal(answer.headers["preference-applied"], "dry-run", `${method} ${path}`);
		assert.equal(answer.headers.location, undefined);
		assert.equal(typeof answer.body.id, "string");
		if (method === "PUT")
			assert.equal(answer.body.price, body.price);
	}
	assert.deepEqual(await live.read(`/products/${made.id}`), before.row);
	assert.deepEqual(traces(made.id), before.left);
	assert.deepEqual(traces(apiKey.id), before.key);
	assert.equal((await withSku("DRY-NEW")).length, 0);
});

test("a dry run is refused as the write would be", async () => {
	const taken = await live.make("/products", product());
	refused(await live.post("/products", { name: "x" }, dry), 422, ["price:required", "sku:required"]);
	refused(await live.post("/products", product({ sku: taken.sku }), dry), 409, ["sku:sku_taken"]);
	refused(await live.put("/products/prod_7zzzzzzzzzzzz", { name: "x" }, dry), 404);
	refused(await live.put(`/products/${taken.id}`, { name: "x" }, { ...dry, "if-match": '"9.x"' }), 412);
});

test("a dry run neither uses nor keeps a key", async () => {
	const key = newKey();
	const body = product();
	status(await live.post("/products", body, { ...dry, ...keyed(key) }), 200);
	const answer = status(await live.post("/products", body, keyed(key)), 201);
	assert.equal(answer.headers["idempotency-replayed"], undefined);
	const again = status(await live.post("/products", product(), { prefer: "respond-async, dry-run", ...keyed(key) }), 200);
	assert.equal(again.headers["idempotency-replayed"], undefined);
	const [{ n }] = rows(`SELECT JSON_OBJECT('n', COUNT(*)) FROM events WHERE object_id = ${number(again.body.id)}`);
	assert.equal(n, 0);
});
