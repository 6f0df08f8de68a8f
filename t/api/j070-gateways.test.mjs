// The gateways of a shop: what they take, credentials that come in and are never seen again, and whether they work.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { behave, makeTenant, refused, rows, status, traces } from "./souk.mjs";

let shop, sandbox, n = 0;
const secret = (side = "live") => `sk_${side}_fake${process.pid}x${++n}`;
const stripe = (more = {}) => ({ kind: "stripe", name: "Cards", secret_key: secret(), ...more });

before(async () => {
	shop = await makeTenant();
	sandbox = await shop.client({ mode: "sandbox" });
});

test("a gateway takes what its kind can, unless it is told otherwise", async () => {
	const all = await shop.live.make("/payments/gateways", stripe());
	assert.deepEqual([all.kind, all.enabled, all.priority, all.methods], ["stripe", true, 100, ["card", "apple_pay", "google_pay", "paypal", "ach", "affirm", "klarna"]]);
	const some = await shop.live.make("/payments/gateways", stripe({ methods: ["card", "klarna"], public_key: "pk_live_1", enabled: false, priority: 5 }));
	assert.deepEqual([some.methods, some.public_key, some.enabled, some.priority], [["card", "klarna"], "pk_live_1", false, 5]);
	assert.deepEqual((await sandbox.make("/payments/gateways", { kind: "sandbox", name: "Play" })).methods.length, 10);
});

test("a secret is seen by nobody again: in no answer, audit row, event, log or row", async () => {
	const own = { secret_key: secret(), webhook_secret: `whsec_${process.pid}hook` };
	const made = status(await shop.live.post("/payments/gateways", stripe(own)), 201);
	const id = made.body.id, next = secret();
	const changed = status(await shop.live.patch(`/payments/gateways/${id}`, { secret_key: next }), 200);
	const shown = [made, changed, await shop.live.get(`/payments/gateways/${id}`), await shop.live.get("/payments/gateways")].map((answer) => answer.raw).join("");
	const stored = rows(`SELECT JSON_OBJECT('row', JSON_ARRAYAGG(JSON_ARRAY(secret_key, webhook_secret))) FROM payment_gateways`);
	const everywhere = [shown, JSON.stringify(traces(id)), JSON.stringify(stored), readFileSync(process.env.SOUK_LOG_FILE, "utf8")].join("\n");
	for (const text of [own.secret_key, own.webhook_secret, next])
		assert.ok(!everywhere.includes(text), text);
	assert.ok(!("secret_key" in made.body) && !("webhook_secret" in made.body));
	assert.ok(traces(id).audit.some((row) => JSON.stringify(row.changes).includes("secret_key")), "that it changed is written down");
});

test("a dump of the database has no secret in it", async () => {
	const own = secret();
	await shop.live.make("/payments/gateways", stripe({ secret_key: own }));
	const dump = execFileSync("mariadb-dump", ["--no-defaults", `--socket=${process.env.SOUK_DB}`, "--user=root", "souk", "payment_gateways", "audit_logs", "events", "idempotency_keys"], { maxBuffer: 1 << 28 }).toString();
	assert.ok(!dump.includes(own) && !dump.includes(Buffer.from(own).toString("base64").slice(0, 16)));
});

test("keys of the other side, and what is no key, are refused without being said again", async () => {
	const wrong = async (client, body, fields) => {
		const answer = await client.post("/payments/gateways", body);
		refused(answer, 422, fields);
		assert.ok(!answer.raw.includes("fake") && !answer.raw.includes("hush"), answer.raw);
	};
	await wrong(shop.live, stripe({ secret_key: secret("test") }), ["secret_key:pattern"]);
	await wrong(sandbox, stripe({ secret_key: secret("live") }), ["secret_key:pattern"]);
	await wrong(shop.live, stripe({ secret_key: "pk_live_fake" }), ["secret_key:pattern"]);
	await wrong(shop.live, stripe({ secret_key: "sk_live_fake\r\nX: y" }), ["secret_key:pattern"]);
	await wrong(shop.live, stripe({ secret_key: "sk_live_hush hush" }), ["secret_key:pattern"]);
	await wrong(shop.live, stripe({ secret_key: "sk_live_" }), ["secret_key:pattern"]);
	await wrong(shop.live, stripe({ secret_key: "" }), ["secret_key:blank"]);
	await wrong(shop.live, stripe({ secret_key: 5 }), ["secret_key:type"]);
	await wrong(shop.live, stripe({ secret_key: `sk_live_${"hush".repeat(100)}` }), ["secret_key:too_long"]);
	await wrong(shop.live, { kind: "stripe", name: "Cards" }, ["secret_key:required"]);
	await wrong(shop.live, stripe({ webhook_secret: "hush hush hush" }), ["webhook_secret:pattern"]);
	await wrong(shop.live, stripe({ public_key: "pk_test_1" }), ["public_key:pattern"]);
	await wrong(shop.live, stripe({ public_key: "sk_live_hush" }), ["public_key:pattern"]);
	status(await sandbox.post("/payments/gateways", stripe({ secret_key: secret("test"), public_key: "pk_test_1" })), 201);
});

test("what a gateway cannot be is named", async () => {
	refused(await shop.live.post("/payments/gateways", { kind: "sandbox", name: "Play" }), 422, ["kind:not_a_choice"]);
	refused(await shop.live.post("/payments/gateways", { kind: "adyen", name: "Other" }), 422, ["kind:not_a_choice"]);
	refused(await shop.live.post("/payments/gateways", {}), 422, ["kind:required", "name:required"]);
	refused(await shop.live.post("/payments/gateways", stripe({ methods: ["card", "cowries"] })), 422, ["methods:not_a_choice"]);
	refused(await shop.live.post("/payments/gateways", stripe({ methods: ["bitcoin"] })), 422, ["methods:not_a_choice"]);
	refused(await shop.live.post("/payments/gateways", stripe({ priority: -1 })), 422, ["priority:too_small"]);
	const { id } = await shop.live.make("/payments/gateways", stripe());
	refused(await shop.live.patch(`/payments/gateways/${id}`, { kind: "sandbox" }), 422, ["kind:create_only"]);
	refused(await shop.live.patch(`/payments/gateways/${id}`, { secret_key: null }), 422, ["secret_key:required"]);
});

test("a gateway is the shop's own, and its scopes are needed", async () => {
	const { id } = await shop.live.make("/payments/gateways", stripe());
	const other = await makeTenant();
	for (const answer of [await other.live.get(`/payments/gateways/${id}`), await other.live.patch(`/payments/gateways/${id}`, { name: "Mine" }), await other.live.post(`/payments/gateways/${id}/test`), await sandbox.get(`/payments/gateways/${id}`)])
		refused(answer, 404);
	const reader = await shop.client({ scopes: "payments:read" });
	status(await reader.get(`/payments/gateways/${id}`), 200);
	refused(await reader.patch(`/payments/gateways/${id}`, { name: "Mine" }), 403);
	refused(await reader.post(`/payments/gateways/${id}/test`), 403);
	refused(await (await shop.client({ scopes: "orders:*" })).get("/payments/gateways"), 403);
});

test("whether its key works, the gateway is asked", async () => {
	const verdict = async (more, client = shop.live) => {
		const { id } = await client.make("/payments/gateways", stripe(more));
		const { ok, code } = status(await client.post(`/payments/gateways/${id}/test`), 200).body;
		return [ok, code];
	};
	assert.deepEqual(await verdict(), [true, null]);
	assert.deepEqual(await verdict({ secret_key: `sk_live_none${process.pid}` }), [false, "gateway_credentials"]);
	assert.deepEqual(await verdict({ secret_key: `sk_live_wrongmode${process.pid}` }), [false, "gateway_mode"]);
	assert.deepEqual(await verdict({ secret_key: secret("test") }, sandbox), [true, null]);
	const { id } = await sandbox.make("/payments/gateways", { kind: "sandbox", name: "Play" });
	assert.deepEqual(status(await sandbox.post(`/payments/gateways/${id}/test`), 200).body.ok, true);
	refused(await shop.live.post("/payments/gateways/gw_zzz/test"), 404);
	refused(await shop.live.post("/payments/gateways/prod_1/test"), 404);
});

test("a gateway that gives no answer is unreachable, and the answer comes in time", async () => {
	for (const [how, more] of [["hang", {}], ["reset", {}], ["answer", { status: 500, body: "{}" }], ["answer", { status: 429, body: "{}" }], ["answer", { status: 200, body: "not json" }]]) {
		const own = secret(), { id } = await shop.live.make("/payments/gateways", stripe({ secret_key: own }));
		await behave("stripe", { holds: own, behave: how, ...more });
		const { ok, code } = status(await shop.live.post(`/payments/gateways/${id}/test`), 200).body;
		assert.deepEqual([ok, code], [false, more.status === 200 ? "gateway_credentials" : "gateway_unreachable"], how);
	}
});

test("what is archived takes no payments, and its key can still be asked for", async () => {
	const { id } = await shop.live.make("/payments/gateways", stripe());
	status(await shop.live.delete(`/payments/gateways/${id}`), 204);
	assert.ok((await shop.live.read(`/payments/gateways/${id}`)).archived_at);
	assert.ok(!(await shop.live.read("/payments/gateways?limit=100")).data.some((g) => g.id === id));
});
