// R4 of souk-housekeep: it may end before or behind any statement, and run again it leaves what an undisturbed run leaves; of
// eight that start at once the work is done once; and while it removes 100,000 rows, and is killed over it, writes go on.
import { Database } from "./rig/database.mjs";
import { mayEndAnywhere, starter } from "./rig/program.mjs";
import { Faults, isShort, ok, prove, same, say } from "./rig/report.mjs";
import { broken, newShop } from "./rig/shop.mjs";

const OLD = 700; // rows of each kind: two steps
const STRIDE = isShort ? 9 : 1;
const ROWS = isShort ? 10000 : 100000;
const WRITERS = 8;
const SLOWEST_MS = 1500;

// All that started at once, taken together, did what there was to do.
function judge(all, faults) {
	const did = {};
	for (const { out } of all)
		for (const { task, rows } of JSON.parse(out).tasks)
			did[task] = (did[task] ?? 0) + rows;
	faults.check(JSON.stringify(did) === JSON.stringify(planted), `all together did ${JSON.stringify(did)}, not ${JSON.stringify(planted)}`);
}

// ---- what there is to do, and what is left

// Numbers from 1.
const many = (n) => `(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${n}) SELECT i FROM n) many`;

const oldAudit = (t, n) => `INSERT INTO audit_logs (tenant_id, id, created_at, actor, action, resource, resource_id, request_id, changes)
	SELECT ${t}, i, '2010-01-01' + INTERVAL i SECOND, 'system', 'product.seeded', 'product', i, 'req_old', '{}' FROM ${many(n)}`;
const oldKeys = (t, n) => `INSERT INTO idempotency_keys (tenant_id, key_hash, fingerprint, created_at, status)
	SELECT ${t}, UNHEX(SHA2(CONCAT('old ', i), 256)), '', UTC_TIMESTAMP(3) - INTERVAL 25 HOUR, 204 FROM ${many(n)}`;

// Three keys that are due, two revoked ones, and one that is neither: made once.
const keysOf = (t) => `INSERT INTO api_keys (tenant_id, id, created_at, updated_at, name, scopes, last4, secret_hash, status, archived_at, rotate_by)
	SELECT ${t}, 10 + i, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), 'old', '["products:read"]', 'aaaa', SHA2(CONCAT(${t}, i), 256), IF(i IN (4, 5), 'revoked', 'active'),
		IF(i IN (4, 5), UTC_TIMESTAMP(3), NULL), UTC_TIMESTAMP(3) + INTERVAL IF(i = 6, 1, -1) DAY FROM ${many(6)}`;

async function plant(db, t) {
	for (const table of ["audit_logs", "events", "idempotency_keys", "api_key_nonces", "api_key_networks"])
		await db.run(`DELETE FROM ${table} WHERE tenant_id = ${t}`);
	await db.run(`UPDATE api_keys SET reminded_at = NULL, version = 1 WHERE tenant_id = ${t}`);
	await db.run(oldAudit(t, OLD));
	await db.run(oldKeys(t, OLD));
	await db.run(`INSERT INTO idempotency_keys (tenant_id, key_hash, fingerprint, created_at, status)
		SELECT ${t}, UNHEX(SHA2(CONCAT('new ', i), 256)), '', UTC_TIMESTAMP(3) - INTERVAL 23 HOUR, 204 FROM ${many(5)}`);
	await db.run(`INSERT INTO api_key_nonces (tenant_id, key_id, nonce_hash, created_at)
		SELECT ${t}, 16, UNHEX(SHA2(i, 256)), UTC_TIMESTAMP(3) - INTERVAL IF(i > 5, 1, 0) HOUR FROM ${many(OLD + 5)}`);
	await db.run(`INSERT INTO api_key_networks (tenant_id, key_id, network, first_seen_at)
		SELECT ${t}, 10 + i, CONCAT('10.', i, '.0.0/24'), UTC_TIMESTAMP(3) FROM ${many(6)}`);
}
const planted = { idempotency: OLD, nonces: OLD, audit: OLD, networks: 2, rotation: 3, holds: 0, carts: 0, rates: 0, messages: 0 };

async function state(db, t) {
	const lines = await db.run(`SELECT 'audit', action, resource_id, COUNT(*) FROM audit_logs WHERE tenant_id = ${t} GROUP BY action, resource_id
		UNION ALL SELECT 'event', type, object_id, COUNT(*) FROM events WHERE tenant_id = ${t} GROUP BY type, object_id
		UNION ALL SELECT 'key', version, id, reminded_at IS NOT NULL FROM api_keys WHERE tenant_id = ${t}
		UNION ALL SELECT 'once', HEX(key_hash), '', '' FROM idempotency_keys WHERE tenant_id = ${t}
		UNION ALL SELECT 'nonce', key_id, HEX(nonce_hash), '' FROM api_key_nonces WHERE tenant_id = ${t}
		UNION ALL SELECT 'network', key_id, network, '' FROM api_key_networks WHERE tenant_id = ${t}`);
	return lines.sort().join("\n");
}

// ---- many rows, while writes go on

// Writes until told to stop; gives how long each took, in ms.
async function write(client, name, until) {
	const took = [], bad = new Faults();
	let n = 0;
	await Promise.all(Array.from({ length: WRITERS }, async () => {
		while (!until.done) {
			const i = n++, began = performance.now();
			const answer = await client.send("POST", "/products", { name: "Kettle", sku: `${name}-${i}`, price: 1 }, { "idempotency-key": `${name} ${i}` });
			took.push(performance.now() - began);
			bad.check(answer.status === 201, () => `${answer.status} ${answer.text}`);
		}
	}));
	took.sort((a, b) => a - b);
	const at = (share) => took[Math.floor((took.length - 1) * share)].toFixed(1);
	say(`${name}: ${took.length} writes, ${at(0.5)} ms in the middle, p99 ${at(0.99)} ms, at most ${at(1)} ms`);
	bad.report(`${name}: every write is carried out`);
	return took.at(-1);
}

async function flood(db, start, { tenant: t, client }) {
	await db.run("SET max_recursive_iterations = 10000000");
	await plant(db, t);
	await db.run(`DELETE FROM audit_logs WHERE tenant_id = ${t}`);
	await db.run(oldAudit(t, ROWS));
	const left = () => db.number(`SELECT COUNT(*) FROM audit_logs WHERE tenant_id = ${t} AND request_id = 'req_old'`);
	const alone = { done: false };
	setTimeout(() => (alone.done = true), isShort ? 1000 : 5000);
	await write(client, "alone", alone);

	const beside = { done: false };
	const slowest = write(client, "beside", beside);
	const first = start();
	while ((await left()) > ROWS * 0.7 && first.child.exitCode === null)
		await new Promise((resolve) => setTimeout(resolve, 20));
	first.child.kill("SIGKILL");
	const killed = await first, between = await left();
	ok(killed.signal === "SIGKILL" && between > 0 && between < ROWS, `killed with ${between} of ${ROWS} rows left`);
	const began = Date.now(), rest = await start();
	say(`the other ${between} rows took ${((Date.now() - began) / 1000).toFixed(1)} s`);
	beside.done = true;
	ok((await slowest) < SLOWEST_MS, `no write waited ${SLOWEST_MS} ms`);
	same(rest.status, 0, "the run after it ends well");
	same(await left(), 0, "old rows left");
}

await prove(isShort ? 120 : 900, async () => {
	const db = new Database();
	const { live } = await newShop(db, { sockets: WRITERS });
	/* The short form shares its database with all other tests and their tenants: it keeps house for its own alone. */
	const start = starter("souk-housekeep", isShort ? live.publicId : undefined);
	await db.run(keysOf(live.tenant));
	const job = { plant: () => plant(db, live.tenant), state: () => state(db, live.tenant), args: ["--json"], judge };
	await mayEndAnywhere(start, job, { stride: STRIDE });
	await flood(db, start, live);
	const findings = await broken(db, live.tenant);
	ok(!findings.length, "what must always hold holds", findings.join("\n"));
	db.close();
});
