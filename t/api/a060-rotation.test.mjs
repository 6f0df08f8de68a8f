// Keys in their life: rotation with its day of grace, where they may be used from, and what is noted of their use.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { makeTenant, number, refused, request, rows, status, traces } from "./souk.mjs";

describe("rotation", () => {
	let t, key;
	const as = (secret, path = "/products") => request("GET", t.live.url(path), { headers: { authorization: `Bearer ${secret}` } });

	before(async () => {
		t = await makeTenant();
		key = await t.live.make("/api-keys", { name: "rotates", scopes: ["products:read"] });
	});

	it("gives a new secret, and the old one works for a day", async () => {
		const turned = status(await t.live.post(`/api-keys/${key.id}/rotate`), 200).body;
		assert.equal(turned.id, key.id);
		assert.notEqual(turned.secret, key.secret);
		assert.notEqual(turned.signing_secret, key.signing_secret);
		assert.ok(Math.abs(Date.parse(turned.previous_until) - Date.now() - 86400000) < 60000);
		assert.ok(Math.abs(Date.parse(turned.rotate_by) - Date.now() - 90 * 86400000) < 60000);
		status(await as(key.secret), 200);
		status(await as(turned.secret), 200);
		const { audit, events } = traces(key.id);
		assert.equal(audit.at(-1).action, "api_key.rotated");
		assert.equal(events.at(-1).type, "api_key.rotated");
		for (const text of [JSON.stringify(audit), JSON.stringify(events)])
			for (const secret of [key.secret, turned.secret, turned.signing_secret])
				assert.ok(!text.includes(secret.slice(5)), "a secret stands in a trace");
		// A second rotation ends the grace of the first secret at once.
		const again = status(await t.live.post(`/api-keys/${key.id}/rotate`), 200).body;
		refused(await as(key.secret), 401, undefined, "key_unknown");
		status(await as(turned.secret), 200);
		status(await as(again.secret), 200);
		// The day is over.
		rows(`UPDATE api_keys SET previous_until = NOW(3) - INTERVAL 1 SECOND WHERE id = ${number(key.id)} AND name = 'rotates'`);
		await t.live.put(`/api-keys/${key.id}`, { environment: "staging" });
		refused(await as(turned.secret), 401, undefined, "key_expired");
		status(await as(again.secret), 200);
	});
	it("needs the right to it, and a key that is there", async () => {
		const reader = await t.client({ scopes: "api-keys:read" });
		refused(await reader.post(`/api-keys/${key.id}/rotate`), 403, undefined, "scope");
		refused(await t.live.post("/api-keys/key_zzz/rotate"), 404);
		const gone = await t.live.make("/api-keys", { name: "gone", scopes: ["products:read"] });
		status(await t.live.delete(`/api-keys/${gone.id}`), 204);
		refused(await t.live.post(`/api-keys/${gone.id}/rotate`), 404);
	});
	it("under an Idempotency-Key makes one secret, and the replay shows the same", async () => {
		const headers = { "idempotency-key": "rotate-once" };
		const first = status(await t.live.post(`/api-keys/${key.id}/rotate`, undefined, headers), 200);
		const second = status(await t.live.post(`/api-keys/${key.id}/rotate`, undefined, headers), 200);
		assert.equal(second.headers["idempotency-replayed"], "true");
		assert.equal(second.raw, first.raw);
		status(await as(first.body.secret), 200);
	});
});

describe("where a key may be used from", () => {
	let t;
	const as = (secret) => request("GET", t.live.url("/products"), { headers: { authorization: `Bearer ${secret}` } });
	before(async () => (t = await makeTenant()));

	it("is a list of addresses and ranges, v4 and v6", async () => {
		for (const [list, expected] of [[["127.0.0.0/8"], 200], [["127.0.0.1", "2001:db8::/32"], 200], [["10.0.0.0/8"], 403], [["2001:db8::/32"], 403], [[], 200]]) {
			const key = await t.live.make("/api-keys", { name: "ranged", scopes: ["products:read"], ip_allowlist: list });
			const answer = await as(key.secret);
			if (expected === 403)
				refused(answer, 403, undefined, "ip_not_allowed");
			else
				status(answer, 200);
		}
	});
	it("holds at once when it is changed", async () => {
		const key = await t.live.make("/api-keys", { name: "ranged", scopes: ["products:read"] });
		status(await as(key.secret), 200);
		status(await t.live.put(`/api-keys/${key.id}`, { ip_allowlist: ["10.0.0.0/8"] }), 200);
		refused(await as(key.secret), 403, undefined, "ip_not_allowed");
		status(await t.live.put(`/api-keys/${key.id}`, { ip_allowlist: null }), 200);
		status(await as(key.secret), 200);
	});
	it("must be ranges", async () => {
		const bad = await t.live.post("/api-keys", { name: "x", scopes: ["products:read"], ip_allowlist: ["10.0.0.1/8", "example.com"] });
		refused(bad, 422, ["ip_allowlist:not_a_range", "ip_allowlist:not_a_range"]);
		assert.match(bad.body.error.details[0].message, /10\.0\.0\.0\/8/);
	});
});

describe("use", () => {
	it("is noted: when, from where, how often", async () => {
		const t = await makeTenant();
		const key = await t.live.make("/api-keys", { name: "used", scopes: ["products:read"] });
		assert.equal(key.last_used_at, null);
		status(await request("GET", t.live.url("/products"), { headers: { authorization: `Bearer ${key.secret}` }, fresh: true }), 200);
		let seen;
		for (let i = 0; i < 200 && !seen?.last_used_at; i++)
			seen = await t.live.read(`/api-keys/${key.id}`);
		assert.equal(seen.last_used_ip, "127.0.0.1");
		assert.ok(seen.requests_last_day >= 1);
		assert.ok(Math.abs(Date.parse(seen.last_used_at) - Date.now()) < 60000);
		assert.equal(seen.version, key.version, "use makes no version");
	});
	it("from a new network makes an event, the first one does not", async () => {
		const t = await makeTenant();
		const key = await t.live.make("/api-keys", { name: "moved", scopes: ["products:read"] });
		const events = () => traces(key.id).events.filter((e) => e.type === "key.anomaly");
		const n = number(key.id);
		const known = () => rows(`SELECT JSON_OBJECT('n', network) FROM api_key_networks WHERE key_id = ${n}`).map((r) => r.n);
		const use = () => request("GET", t.live.url("/products"), { headers: { authorization: `Bearer ${key.secret}` } });
		status(await use(), 200);
		for (let i = 0; i < 200 && !known().length; i++)
			await t.live.get("/products?limit=1");
		assert.deepEqual(known(), ["127.0.0.0/24"]);
		assert.equal(events().length, 0);
		// As if it had come from elsewhere until now; a change of the key makes workers forget what they know.
		rows(`UPDATE api_key_networks SET network = '203.0.113.0/24' WHERE key_id = ${n}`);
		const other = await t.live.make("/api-keys", { name: "moved too", scopes: ["products:read"] });
		assert.ok(other);
		for (let i = 0; i < 200 && !events().length; i++)
			status(await use(), 200);
		assert.equal(events().length <= 1, true);
	});
});
