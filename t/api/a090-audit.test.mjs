// The audit log: each write and each refused key stands in it, it is found by what the specification prints, and nobody
// reads or changes more of it than he may.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import { Client, makeTenant, number, product, refused, request, rows, status } from "./souk.mjs";
import { signed } from "./signing.mjs";

const WORKERS = 4; /* of the test's stack: each counts refusals by itself */

const logs = async (client, query = "") => (await client.read(`/audit-logs?limit=200${query}`)).logs;
const ids = (list) => list.map((log) => log.id);
const requestId = (answer) => answer.headers["x-request-id"];

describe("a write", () => {
	let t, live, made, id;

	before(async () => {
		t = await makeTenant();
		live = t.live;
		made = status(await live.post("/products", product({ price: 99.99 }), { "user-agent": "SDK/1.0" }), 201);
		id = made.body.id;
	});

	it("is shown with the printed members, and no others of an object", async () => {
		const changed = status(await live.put(`/products/${id}`, { price: 79.99 }), 200);
		const [log] = await logs(live, `&request_id=${requestId(changed)}`);
		assert.deepEqual(Object.keys(log).sort(), ["action", "actor", "changes", "id", "ip_address", "object", "reason", "request_id", "resource", "resource_id", "times", "timestamp", "user_agent", "verb"]);
		const { timestamp, id: own, actor, ...rest } = log;
		assert.match(own, /^log_/);
		assert.match(actor, /^key_/);
		assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 60000);
		assert.deepEqual(rest, {
			object: "audit_log", action: "product.updated", verb: "updated", resource: "product", resource_id: id, changes: { price: { old: 99.99, new: 79.99 } },
			reason: null, times: null, request_id: requestId(changed), ip_address: "127.0.0.1", user_agent: null,
		});
		const [first] = await logs(live, `&request_id=${requestId(made)}`);
		assert.deepEqual([first.action, first.user_agent, first.changes.price], ["product.created", "SDK/1.0", { old: null, new: 99.99 }]);
	});

	it("that was refused, or rehearsed, or changed nothing, is not", async () => {
		const was = await logs(live);
		refused(await live.put(`/products/${id}`, { price: -1 }), 422);
		status(await live.put(`/products/${id}`, { price: 5 }, { prefer: "dry-run" }), 200);
		status(await live.put(`/products/${id}`, {}), 200);
		status(await live.get(`/products/${id}`), 200);
		assert.deepEqual(await logs(live), was);
	});

	it("of a key, a rotation and a revocation are there, and no secret", async () => {
		const key = status(await live.post("/api-keys", { name: "Till", scopes: ["products:read"] }), 201).body;
		const turned = status(await live.post(`/api-keys/${key.id}/rotate`), 200).body;
		status(await live.post(`/api-keys/${key.id}/revoke`), 200);
		const found = await logs(live, `&resource_id=${key.id}`);
		assert.deepEqual(found.map((log) => log.action), ["api_key.revoked", "api_key.rotated", "api_key.created"]);
		const text = JSON.stringify(found);
		for (const secret of [key.secret, key.signing_secret, turned.secret, turned.signing_secret])
			assert.ok(!text.includes(secret.slice(5)), "a secret stands in the log");
		assert.ok(!/secret_hash|sealed|previous_hash|reminded_at/.test(text), "a hidden field stands in the log");
	});

	it("is found by its actor, and by nobody else's", async () => {
		const other = await t.client(), made = status(await other.post("/categories", { name: "Lamps", slug: "lamps" }), 201);
		const [log] = await logs(live, `&request_id=${requestId(made)}`);
		assert.deepEqual(ids(await logs(live, `&actor=${log.actor}`)), [log.id]);
		assert.ok(!ids(await logs(live, `&filter[actor][ne]=${log.actor}`)).includes(log.id));
		assert.deepEqual(await logs(live, "&actor=key_zzz"), []);
	});

	it("is found by a word of its action and by the whole, but not by both at once", async () => {
		const all = await logs(live), of = (test) => ids(all.filter(test));
		assert.deepEqual(ids(await logs(live, "&action=updated")), of((log) => log.verb === "updated"));
		assert.deepEqual(ids(await logs(live, "&action=created,revoked")), of((log) => ["created", "revoked"].includes(log.verb)));
		assert.deepEqual(ids(await logs(live, "&action=product.updated")), of((log) => log.action === "product.updated"));
		assert.deepEqual(ids(await logs(live, "&action=product.created&action=api_key.created")), of((log) => ["product.created", "api_key.created"].includes(log.action)));
		assert.ok(of((log) => log.verb === "created").length > of((log) => log.action === "product.created").length);
		for (const nothing of ["deleted", "product", "product.", "update", "PRODUCT.UPDATED", "order.created"])
			assert.deepEqual(await logs(live, `&action=${nothing}`), [], nothing);
		refused(await live.get("/audit-logs?action=updated,product.created"), 400, ["action:value"]);
		assert.deepEqual(ids(await logs(live, "&filter[action]=updated")), [], "as a field it is compared whole");
		assert.deepEqual(ids(await logs(live, "&filter[action][starts_with]=product.")), of((log) => log.resource === "product"));
	});

	it("is found by its day, in the zone that is asked for, the last day included", async () => {
		const all = await logs(live), today = all[0].timestamp.slice(0, 10), day = (n) => new Date(Date.parse(today) + n * 86400000).toISOString().slice(0, 10);
		assert.equal(all.at(-1).timestamp.slice(0, 10), today, "this test does not run at midnight");
		assert.deepEqual(await logs(live, `&date_from=${today}&date_to=${today}`), all);
		assert.deepEqual(await logs(live, `&date_to=${day(-1)}`), []);
		assert.deepEqual(await logs(live, `&date_from=${day(1)}`), []);
		const [when, at] = [all[1].timestamp, (log) => Date.parse(log.timestamp)];
		assert.deepEqual(ids(await logs(live, `&date_from=${when}`)), ids(all.filter((log) => at(log) >= Date.parse(when))));
		assert.deepEqual(ids(await logs(live, `&date_to=${when}`)), ids(all.filter((log) => at(log) <= Date.parse(when))));
		const far = { "x-timezone": "Pacific/Kiritimati" }, shown = status(await live.get(`/audit-logs?date_from=${day(1)}`, far), 200).body.logs;
		const noon = Date.parse(all[0].timestamp) % 86400000 >= 10 * 3600000; /* there it is tomorrow from ten on */
		assert.equal(shown.length > 0, noon);
		assert.ok(shown.every((log) => typeof log.timestamp_formatted === "string"));
		for (const [name, bad] of [["date_from", "soon"], ["date_to", "2026-02-30"], ["date_from", ""], ["date_to", "2026-01-15,2026-01-16"]])
			refused(await live.get(`/audit-logs?${name}=${bad}`), 400, [`${name}:value`]);
	});

	it("is found by its object, of which the number alone says nothing", async () => {
		const tenant = rows(`SELECT JSON_QUOTE(CAST(tenant_id AS CHAR)) FROM products WHERE id = ${number(id)}`)[0];
		for (const kind of ["product", "category", "lamp"])
			rows(`INSERT INTO audit_logs (tenant_id, id, created_at, actor, action, resource, resource_id, request_id, changes)
				VALUES (${tenant}, ${100 + kind.length}, '2026-01-01', 'system', '${kind}.seeded', '${kind}', ${number("prod_123")}, 'req_seed', '{}')`);
		const found = async (query) => (await logs(live, query)).map((log) => [log.resource, log.resource_id]);
		assert.deepEqual(await found("&resource_id=prod_123"), [["product", "prod_123"]]);
		assert.deepEqual(await found("&resource_id=cat_123"), [["category", "cat_123"]]);
		assert.deepEqual(await found("&filter[resource_id][in]=cat_123,prod_123&sort=resource"), [["category", "cat_123"], ["product", "prod_123"]]);
		assert.deepEqual(await found(`&request_id=req_seed&filter[resource_id][ne]=prod_123`), [["category", "cat_123"], ["lamp", null]]);
		assert.deepEqual(await found("&resource=lamp"), [["lamp", null]], "what there is no more has no id");
		assert.deepEqual((await live.read("/audit-logs?resource_id=prod_123&fields=resource_id")).logs.map((log) => Object.keys(log).sort()), [["id", "object", "resource_id"]]);
		for (const bad of ["123", "lamp_123", "prod_", "PROD_123", "prod_123x!", "cat"])
			refused(await live.get(`/audit-logs?resource_id=${encodeURIComponent(bad)}`), 400, ["resource_id:value"]);
		rows(`DELETE FROM audit_logs WHERE tenant_id = ${tenant} AND request_id = 'req_seed'`);
	});

	it("is found by its request on every object that it changed, as the log file and the answer name it", async () => {
		const [log] = await logs(live, `&request_id=${requestId(made)}`);
		assert.equal(log.resource_id, id);
		assert.deepEqual(await logs(live, "&request_id=req_none"), []);
	});
});

describe("the list", () => {
	let live;

	before(async () => {
		live = (await makeTenant()).live;
		for (let i = 0; i < 5; i++)
			await live.make("/categories", { name: "Lamps", slug: `lamps-${i}` });
	});

	it("is called logs and is newest first, by page and by cursor", async () => {
		const all = await live.read("/audit-logs");
		assert.deepEqual(Object.keys(all), ["logs", "pagination"]);
		assert.equal(all.pagination.total_items, 6, "and the first key");
		assert.deepEqual([...all.logs].sort((a, b) => (a.id < b.id ? 1 : -1)), all.logs);
		const walk = [];
		for (let cursor = ""; cursor !== null;) {
			const page = await live.read(`/audit-logs?limit=2&action=created&cursor=${cursor}`);
			walk.push(...page.logs);
			cursor = page.pagination.next_cursor;
		}
		assert.deepEqual(walk, all.logs);
		const { pagination } = await live.read("/audit-logs?limit=2&cursor=&action=created");
		refused(await live.get(`/audit-logs?limit=2&cursor=${pagination.next_cursor}`), 400, ["cursor:other_list"]);
	});

	it("may be kept by nobody, and is not sent again as it was", async () => {
		const answer = status(await live.get("/audit-logs"), 200);
		assert.match(answer.headers["cache-control"], /no-store/);
		for (const method of ["get", "head"])
			status(await live[method]("/audit-logs", { "if-none-match": answer.headers.etag }), 304);
		const path = `/audit-logs/${answer.body.logs[0].id}`, one = status(await live.get(path), 200);
		assert.deepEqual(one.body, answer.body.logs[0]);
		assert.match(one.headers["cache-control"], /no-store/);
		for (const method of ["get", "head"])
			status(await live[method](path, { "if-none-match": one.headers.etag }), 304);
		assert.equal(new Date(one.headers["last-modified"]).getTime(), Math.floor(Date.parse(one.body.timestamp) / 1000) * 1000);
	});

	it("knows nothing of what its rows have not", async () => {
		for (const [query, fault] of [
			["metadata[a]=b", "metadata[a]:unknown"], ["filter[metadata.a]=b", "metadata[a]:unknown"], ["filter[updated_at][gte]=2026-01-01", "filter[updated_at][gte]:unknown"],
			["filter[created_at][gte]=2026-01-01", "filter[created_at][gte]:unknown"], ["sort=updated_at", "sort:unknown"], ["sort=created_at", "sort:unknown"], ["sort=changes", "sort:unknown"],
			["fields=metadata", "fields:unknown"], ["fields=version", "fields:unknown"], ["search=x", "search:unknown"], ["include=product", "include:unknown"],
			["filter[date_from]=2026-01-01", "filter[date_from][eq]:unknown"], ["filter[changes]=x", "filter[changes]:unknown"], ["sort=,", "sort:unknown"], ["status=active", "status:unknown_parameter"],
		])
			refused(await live.get(`/audit-logs?${query}`), 400, [fault]);
		const [d] = refused(await live.get("/audit-logs?sort=updated_at"), 400).details;
		assert.deepEqual(d.allowed, ["actor", "action", "resource", "timestamp", "id"]);
	});

	it("is refused where no answer could hold it, and shown in smaller pages", async () => {
		const t = await makeTenant(), tenant = `(SELECT id FROM tenants WHERE public_id = ${number(t.id)} AND mode = 'live')`;
		rows(`INSERT INTO audit_logs (tenant_id, id, created_at, actor, action, resource, resource_id, request_id, changes)
			WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 90)
			SELECT ${tenant}, i, '2026-01-01', 'system', 'product.created', 'product', i, 'req_big', CONCAT('{"note":{"old":null,"new":"', REPEAT('x', 1000000), '"}}') FROM n`);
		for (const limit of [40, 200]) /* more than may be sent, more than may be read */
			refused(await t.live.get(`/audit-logs?request_id=req_big&limit=${limit}`), 422, [], "too_expensive");
		assert.equal((await t.live.read("/audit-logs?request_id=req_big&limit=3")).logs.length, 3);
		assert.equal((await t.live.read("/audit-logs?request_id=req_big&limit=200&fields=action")).logs.length, 90);
		assert.ok(!readFileSync(process.env.SOUK_LOG_FILE, "utf8").includes('"exit":70'), "no worker ended over it");
		rows(`DELETE FROM audit_logs WHERE tenant_id = ${tenant} AND request_id = 'req_big'`);
	});

	it("can be read and nothing else", async () => {
		const [{ id }] = (await live.read("/audit-logs")).logs;
		for (const [method, path] of [["POST", "/audit-logs"], ["PUT", `/audit-logs/${id}`], ["PATCH", `/audit-logs/${id}`], ["DELETE", `/audit-logs/${id}`], ["DELETE", "/audit-logs"]])
			assert.equal(refused(await live.send(method, path, { body: method === "DELETE" ? undefined : {} }), 405) && true, true);
		for (const none of ["log_zzz", "log_7zzzzzzzzzzzz", "prod_123", id.toUpperCase(), "x"])
			refused(await live.get(`/audit-logs/${none}`), 404);
	});
});

describe("who reads it", () => {
	it("is a key with the scope audit:read, of the tenant and side that it is about", async () => {
		const t = await makeTenant(), foreign = await makeTenant();
		await t.live.make("/categories", { name: "Lamps", slug: "lamps" });
		const [{ id }] = await logs(t.live);
		const auditor = await t.client({ scopes: "audit:read" }), blind = await t.client({ scopes: "products:*,api-keys:*,categories:*" });
		assert.equal((await auditor.read(`/audit-logs/${id}`)).id, id);
		assert.ok(ids(await logs(await t.client({ scopes: "audit:*" }))).includes(id));
		for (const path of ["/audit-logs", `/audit-logs/${id}`])
			refused(await blind.get(path), 403, undefined, "scope");
		for (const other of [foreign.live, await t.client({ mode: "sandbox" })]) {
			refused(await other.get(`/audit-logs/${id}`), 404);
			assert.ok(!ids(await logs(other)).includes(id));
		}
		refused(await t.live.post("/api-keys", { name: "page", kind: "publishable", scopes: ["audit:read"] }), 422, ["scopes:not_public"]);
		const page = await t.live.make("/api-keys", { name: "page", kind: "publishable", scopes: ["products:read"] });
		refused(await new Client(page.secret).get("/audit-logs"), 403);
	});
});

describe("a key that is refused", () => {
	let t;

	before(async () => {
		t = await makeTenant();
	});

	const use = (secret, headers = {}, path = "/products") => request("GET", t.live.url(path), { headers: { authorization: `Bearer ${secret}`, ...headers } });
	// Rows are written behind the answer, by whichever worker gave it.
	async function denied(key, least = 1) {
		let found = [];
		for (let i = 0; i < 200 && found.length < least; i++)
			found = await logs(t.live, `&resource_id=${key.id}&action=denied`);
		return found;
	}

	it("leaves a row that says why, whatever the reason", async () => {
		const make = (more) => t.live.make("/api-keys", { name: "Till", scopes: ["products:read"], ...more });
		const [plain, fixed, framed, signs] = await Promise.all([make(), make({ ip_allowlist: ["10.0.0.0/8"] }), make({ origins: ["https://shop.example.com"] }), make({ require_signature: true })]);
		const [gone, old] = await Promise.all([make(), make()]);
		status(await t.live.post(`/api-keys/${gone.id}/revoke`), 200);
		rows(`UPDATE api_keys SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE id = ${number(old.id)}`);
		const wrong = signed("0".repeat(64), "GET", t.live.url("/products"));
		for (const [key, reason, ask] of [
			[plain, "scope", () => use(plain.secret, {}, "/api-keys")], [plain, "other_tenant", () => use(plain.secret, { "x-tenant-id": "tenant_zzz" })],
			[fixed, "ip_not_allowed", () => use(fixed.secret)], [framed, "origin_not_allowed", () => use(framed.secret, { origin: "https://evil.example.com" })],
			[gone, "key_revoked", () => use(gone.secret)], [old, "key_expired", () => use(old.secret)], [signs, "signature_missing", () => use(signs.secret)],
			[plain, "signature_wrong", () => use(plain.secret, wrong)],
		]) {
			const answer = await ask();
			refused(answer, [401, 403].includes(answer.status) ? answer.status : 401, undefined, reason);
			const log = await (async () => {
				for (let i = 0; i < 200; i++) {
					const one = (await denied(key)).find((row) => row.reason === reason);
					if (one)
						return one;
				}
			})();
			assert.ok(log, `${reason} is in the log`);
			const { id, timestamp, ...rest } = log;
			assert.deepEqual(rest, {
				object: "audit_log", actor: key.id, action: "access.denied", verb: "denied", resource: "api_key", resource_id: key.id, changes: {},
				reason, times: 1, request_id: requestId(answer), ip_address: "127.0.0.1", user_agent: null,
			});
		}
	});

	it("leaves few rows, however often it asks", async () => {
		const key = await t.live.make("/api-keys", { name: "Flood", scopes: ["products:read"] });
		await Promise.all(Array.from({ length: 300 }, async () => refused(await use(key.secret, {}, "/api-keys"), 403, undefined, "scope")));
		const found = await denied(key);
		assert.ok(found.length >= 1 && found.length <= WORKERS, `${found.length} rows of 300 refusals`);
	});

	it("leaves nothing if nobody knows it, nor if it was answered, limited or not found", async () => {
		const was = (await logs(t.live)).length;
		for (const secret of ["live_" + "A".repeat(43), "test_" + "A".repeat(43), "nonsense", ""])
			assert.equal((await use(secret)).status, 401);
		refused(await t.live.get("/products/prod_zzz"), 404);
		refused(await t.live.post("/products", {}), 422);
		status(await t.live.get("/products"), 200);
		assert.equal((await logs(t.live)).length, was);
	});
});
