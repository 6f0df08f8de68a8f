// souk-housekeep removes what has had its day, nothing younger and nothing of others, and says once what is due.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, describe, it } from "node:test";
import { makeTenant, number, product, refused, request, rows, status, traces } from "./souk.mjs";
import { signed } from "./signing.mjs";

const program = join(dirname(process.env.SOUK_CTL), "souk-housekeep");

function run(args, env = {}) {
	const done = spawnSync(program, args, { encoding: "utf8", env: { ...process.env, ...env } });
	return { status: done.status, out: done.stdout, err: done.stderr };
}

// What a task was about, for one tenant.
function keep(t, task, ...more) {
	const done = run(["--tenant", t.id, "--only", task, "--json", ...more]);
	assert.deepEqual([done.status, done.err], [0, ""]);
	const { tasks, dry_run } = JSON.parse(done.out);
	assert.equal(dry_run, more.includes("--dry-run"));
	assert.deepEqual(tasks.map((one) => one.task), [task]);
	return tasks[0].rows;
}

const side = (t, mode = "live") => `(SELECT id FROM tenants WHERE public_id = ${number(t.id)} AND mode = '${mode}')`;
const count = (table, where) => rows(`SELECT COUNT(*) FROM ${table} WHERE ${where}`)[0];

describe("the audit log", () => {
	const ages = [1, 89, 91, 364, 366, 2556, 2558];
	const plant = (t, mode) => rows(ages.map((days, i) => `INSERT INTO audit_logs (tenant_id, id, created_at, actor, action, resource, resource_id, request_id, changes)
		VALUES (${side(t, mode)}, ${i + 1}, UTC_TIMESTAMP(3) - INTERVAL ${days} DAY, 'system', 'product.seeded', 'product', 1, 'req_old', '{}')`).join(";"));
	const left = (t, mode) => rows(`SELECT DATEDIFF(UTC_DATE(), created_at) FROM audit_logs WHERE tenant_id = ${side(t, mode)} AND request_id = 'req_old' ORDER BY created_at DESC`);

	for (const [plan, kept] of [["free", 2], ["starter", 2], ["professional", 4], ["enterprise", 6]])
		it(`is kept as long as the plan ${plan} says, on both sides`, async () => {
			const t = await makeTenant({ plan });
			plant(t, "live");
			plant(t, "sandbox");
			const all = count("audit_logs", `tenant_id = ${side(t)}`), gone = 2 * (ages.length - kept);
			assert.equal(keep(t, "audit", "--dry-run"), gone);
			assert.equal(count("audit_logs", `tenant_id = ${side(t)}`), all, "a dry run removes nothing");
			assert.equal(keep(t, "audit"), gone);
			for (const mode of ["live", "sandbox"])
				assert.deepEqual(left(t, mode), ages.slice(0, kept));
			assert.equal(keep(t, "audit"), 0);
			assert.equal((await t.live.read("/audit-logs?request_id=req_old")).pagination.total_items, kept);
		});

	it("goes in steps, and of other tenants nothing", async () => {
		const [t, other] = [await makeTenant({ plan: "free" }), await makeTenant({ plan: "free" })];
		plant(other, "live");
		rows(`SET max_recursive_iterations = 2000; INSERT INTO audit_logs (tenant_id, id, created_at, actor, action, resource, resource_id, request_id, changes)
			WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
			SELECT ${side(t)}, i, '2020-01-01', 'system', 'product.seeded', 'product', i, 'req_old', '{}' FROM n`);
		assert.equal(keep(t, "audit"), 1200);
		assert.deepEqual(left(other, "live"), ages);
	});
});

describe("what requests leave", () => {
	let t;
	before(async () => (t = await makeTenant()));

	it("a key of Idempotency-Key goes after a day, and then begins anew", async () => {
		const body = product(), headers = { "idempotency-key": "once" }, aged = (age) => rows(`UPDATE idempotency_keys SET created_at = UTC_TIMESTAMP(3) - INTERVAL ${age} WHERE tenant_id = ${side(t)}`);
		const first = status(await t.live.post("/products", body, headers), 201);
		aged("1439 MINUTE");
		assert.equal(keep(t, "idempotency", "--dry-run"), 0);
		assert.equal(keep(t, "idempotency"), 0);
		assert.equal(status(await t.live.post("/products", body, headers), 201).raw, first.raw);
		aged("1441 MINUTE");
		assert.equal(keep(t, "idempotency", "--dry-run"), 1);
		assert.equal(keep(t, "idempotency"), 1);
		refused(await t.live.post("/products", body, headers), 409, ["sku"]);
	});

	it("a nonce goes when its timestamp could not be taken any more, and not before", async () => {
		const key = await t.live.make("/api-keys", { name: "signs", scopes: ["products:read"] }), url = t.live.url("/products");
		const headers = { authorization: `Bearer ${key.secret}`, ...signed(key.signing_secret, "GET", url) };
		status(await request("GET", url, { headers }), 200);
		const mine = `tenant_id = ${side(t)} AND key_id = ${number(key.id)}`;
		assert.equal(keep(t, "nonces"), 0);
		rows(`UPDATE api_key_nonces SET created_at = UTC_TIMESTAMP(3) - INTERVAL 600 SECOND WHERE ${mine}`);
		assert.equal(keep(t, "nonces"), 0);
		refused(await request("GET", url, { headers }), 401, undefined, "nonce_reused");
		rows(`UPDATE api_key_nonces SET created_at = UTC_TIMESTAMP(3) - INTERVAL 700 SECOND WHERE ${mine}`);
		assert.equal(keep(t, "nonces", "--dry-run"), 1);
		assert.equal(keep(t, "nonces"), 1);
		assert.equal(count("api_key_nonces", mine), 0);
	});

	it("messages of gateways are forgotten after 30 days, and not before", async () => {
		const gateway = await t.live.make("/payments/gateways", { kind: "stripe", name: "Cards", secret_key: "sk_live_housekeep" });
		rows(`INSERT INTO gateway_messages (tenant_id, gateway_id, message, received_at) SELECT ${side(t)}, ${number(gateway.id)}, CONCAT('evt_', seq), UTC_TIMESTAMP(3) - INTERVAL seq DAY FROM seq_28_to_33`);
		assert.equal(keep(t, "messages", "--dry-run"), 4);
		assert.equal(keep(t, "messages"), 4);
		assert.equal(keep(t, "messages"), 0);
		assert.equal(count("gateway_messages", `tenant_id = ${side(t)}`), 2);
	});

	it("prices of carriers are removed when their day is over", async () => {
		const t = await makeTenant(), place = { country: "US", zip: "10001" };
		await t.live.make("/shipping/carriers", { name: "Vans", code: "vans", kind: "table", services: [{ code: "slow" }, { code: "fast" }], tariff: { rates: [{ service: "slow", amount: 1 }, { service: "fast", amount: 2 }] } });
		const { data } = status(await t.live.post("/shipping/rates", { origin: place, destination: place, packages: [{ weight: 1, weight_unit: "lb" }] }), 200).body;
		assert.equal(keep(t, "rates"), 0);
		rows(`UPDATE shipping_quotes SET expires_at = UTC_TIMESTAMP(3) WHERE id = ${number(data[0].id)}`);
		assert.equal(keep(t, "rates", "--dry-run"), 1);
		assert.match(run(["--tenant", t.id, "--only", "rates", "--dry-run"]).out, /^rates +1 rows to be done\n$/, "told in a pipe, too");
		assert.equal(keep(t, "rates"), 1);
		assert.equal(count("shipping_quotes", `tenant_id = ${side(t)}`), 1);
	});

	it("carts end when their time is over, and not those that were ordered or deleted", async () => {
		const t = await makeTenant(), carts = [];
		for (let i = 0; i < 4; i++)
			carts.push(await t.live.make("/carts", {}));
		status(await t.live.delete(`/carts/${carts[3].id}`), 204);
		rows(`UPDATE carts SET expires_at = '2026-01-01' WHERE tenant_id = ${side(t)} AND id <> ${number(carts[0].id)}`);
		assert.equal(keep(t, "carts", "--dry-run"), 2);
		assert.equal(keep(t, "carts"), 2);
		assert.equal(keep(t, "carts"), 0);
		assert.deepEqual(rows(`SELECT JSON_QUOTE(status) FROM carts WHERE tenant_id = ${side(t)} ORDER BY id`), ["open", "expired", "expired", "abandoned"]);
		const { audit, events } = traces(carts[1].id);
		assert.deepEqual([audit.at(-1).actor, audit.at(-1).changes.status, events.at(-1).type], ["souk-housekeep", { old: "open", new: "expired" }, "cart.updated"]);
		assert.deepEqual((await t.live.read("/carts?status=expired")).data.length, 2);
	});

	it("the networks of a key go when it is revoked", async () => {
		const [stays, goes] = [await t.live.make("/api-keys", { name: "a", scopes: ["products:read"] }), await t.live.make("/api-keys", { name: "b", scopes: ["products:read"] })];
		for (const key of [stays, goes])
			rows(`INSERT INTO api_key_networks VALUES (${side(t)}, ${number(key.id)}, '203.0.113.0/24', UTC_TIMESTAMP(3)), (${side(t)}, ${number(key.id)}, '198.51.100.0/24', UTC_TIMESTAMP(3))`);
		assert.equal(keep(t, "networks"), 0);
		status(await t.live.delete(`/api-keys/${goes.id}`), 204);
		assert.equal(keep(t, "networks", "--dry-run"), 2);
		assert.equal(keep(t, "networks"), 2);
		const of = (key) => count("api_key_networks", `tenant_id = ${side(t)} AND key_id = ${number(key.id)}`);
		assert.deepEqual([of(stays), of(goes)], [2, 0]);
	});
});

describe("a key that should be rotated", () => {
	let t;
	before(async () => (t = await makeTenant()));

	const reminders = (key) => traces(key.id).events.filter((e) => e.type === "key.rotation_due");
	const due = (key, when = "- INTERVAL 1 SECOND") => rows(`UPDATE api_keys SET rotate_by = UTC_TIMESTAMP(3) ${when} WHERE tenant_id IN (${side(t)}, ${side(t, "sandbox")}) AND id = ${number(key.id)}`);

	it("makes one event, and another one after it was rotated and is due again", async () => {
		const key = await t.live.make("/api-keys", { name: "old", scopes: ["products:read"] });
		assert.equal(keep(t, "rotation"), 0);
		due(key, "+ INTERVAL 1 HOUR");
		assert.equal(keep(t, "rotation"), 0);
		due(key);
		assert.equal(keep(t, "rotation", "--dry-run"), 1);
		assert.equal(reminders(key).length, 0, "a dry run says nothing");
		assert.equal(keep(t, "rotation"), 1);
		assert.equal(keep(t, "rotation"), 0);
		const [event] = reminders(key), { audit } = traces(key.id);
		assert.equal(event.data.object.id, key.id);
		assert.ok(Date.parse(event.data.object.rotate_by) < Date.now());
		assert.ok(!/_secret|reminded|hash|sealed/.test(JSON.stringify(event)), "no secret is in it");
		assert.deepEqual([audit.at(-1).action, audit.at(-1).actor, audit.at(-1).changes], ["key.rotation_due", "souk-housekeep", {}]);
		status(await t.live.post(`/api-keys/${key.id}/rotate`), 200);
		assert.equal(keep(t, "rotation"), 0);
		due(key);
		assert.equal(keep(t, "rotation"), 1);
		assert.equal(reminders(key).length, 2);
		status(await request("GET", t.live.url("/products"), { headers: { authorization: `Bearer ${key.secret}` } }), 200);
	});

	it("is let alone when it is revoked", async () => {
		const key = await t.live.make("/api-keys", { name: "gone", scopes: ["products:read"] });
		due(key);
		status(await t.live.delete(`/api-keys/${key.id}`), 204);
		assert.equal(keep(t, "rotation"), 0);
		assert.equal(reminders(key).length, 0);
	});
});

describe("the program", () => {
	it("says what is wrong with its command line", () => {
		for (const [args, code, words] of [
			[["--ony", "audit"], 64, "did you mean --only"], [["--only", "audits"], 64, "did you mean audit"], [["--only"], 64, "--only needs a value"], [["audit"], 64, "takes no audit"],
			[["--dry-run=yes"], 64, "--dry-run takes no value"], [["--json", "--json"], 64, "given twice"], [["--tenant", "demo"], 64, "tenant_001"], [["--tenant", "tenant_7zzzzzzzzzzzz"], 66, "there is no tenant tenant_7zzzzzzzzzzzz"],
		]) {
			const { status: got, err, out } = run(args);
			assert.deepEqual([got, out], [code, ""], args.join(" "));
			assert.ok(err.startsWith("souk-housekeep: ") && err.includes(words), err);
		}
		const help = run(["--help"]);
		assert.equal(help.status, 0);
		assert.match(help.out, /^usage: souk-housekeep \[options\]\n/);
	});

	it("says what is wrong with its settings", () => {
		for (const [env, code, words] of [[{ SOUK_DB: "/nowhere.sock" }, 69, "2002"], [{ SOUK_KEYRING: "/nowhere" }, 78, "/nowhere"], [{ SOUK_LOG: "/nowhere/log" }, 70, "/nowhere/log"], [{ SOUK_WORKERS: "0" }, 78, "SOUK_WORKERS"]]) {
			const { status: got, err } = run([], env);
			assert.equal(got, code, err);
			assert.ok(err.includes(words), err);
		}
	});

	it("does nothing while another one is at it, but can be asked", async () => {
		const holder = spawn("mariadb", ["--no-defaults", `--socket=${process.env.SOUK_DB}`, "--user=root", "-N", "-B", "--unbuffered", "souk"], { stdio: ["pipe", "pipe", "inherit"] });
		const held = new Promise((resolve) => holder.stdout.once("data", resolve));
		holder.stdin.write("SELECT GET_LOCK('souk-housekeep:souk', 60);\n");
		assert.equal(String(await held).trim(), "1");
		const busy = run(["--json"]), asked = run(["--dry-run", "--json"]);
		holder.stdin.end();
		await new Promise((resolve) => holder.on("close", resolve));
		assert.deepEqual([busy.status, busy.out, busy.err], [75, "", ""]);
		assert.deepEqual([asked.status, JSON.parse(asked.out).tasks.length], [0, 9]);
	});

	it("leaves a line for each task in the log, nothing for cron to mail, and when it was done", () => {
		const before = rows("SELECT COALESCE(MAX(UNIX_TIMESTAMP(finished_at)), 0) FROM program_runs")[0];
		const { status: got, out, err } = run([]);
		assert.deepEqual([got, out, err], [0, "", ""]);
		const lines = readFileSync(process.env.SOUK_LOG_FILE, "utf8").split("\n").filter((line) => line.includes('"housekeeping"')).map((line) => JSON.parse(line));
		const own = lines.filter((line) => line.request_id === lines.at(-1).request_id);
		assert.deepEqual(own.map((line) => line.task), ["idempotency", "nonces", "audit", "networks", "rotation", "holds", "carts", "rates", "messages"]);
		for (const line of own)
			assert.ok(line.request_id.startsWith("req_") && line.level === "info" && Number.isInteger(line.rows) && Number.isInteger(line.us));
		const after = rows("SELECT MAX(UNIX_TIMESTAMP(finished_at)) FROM program_runs WHERE program = 'souk-housekeep'")[0];
		assert.ok(after > before && Math.abs(after * 1000 - Date.now()) < 60000);
		run(["--only", "nonces"]);
		run(["--dry-run"]);
		assert.equal(rows("SELECT MAX(UNIX_TIMESTAMP(finished_at)) FROM program_runs")[0], after, "only the whole of it counts");
	});
});
