// R7: a repeated request acts once. Keys of POST /products and of POST /orders are each sent 16 times at once; one request acts, the others
// replay its answer to the byte. Another body under the key is refused; a worker that dies between commit and answer is
// not seen; tenants, modes and actors with the same keys do not meet.
import { Client, isError } from "./rig/client.mjs";
import { Database } from "./rig/database.mjs";
import { accounts, body as order, pieces, stockUp } from "./rig/orders.mjs";
import { Faults, isShort, ok, prove, same, say, together } from "./rig/report.mjs";
import { broken, newKey, newShop } from "./rig/shop.mjs";

const KEYS = isShort ? 50 : 1000;
const CRASHES = isShort ? 10 : 100;
const TWINS = 16;
const CONNECTIONS = 64;
const SECONDS = isShort ? 90 : 600;

const key = (i) => ({ "idempotency-key": `order ${i} / ${"k".repeat(i % 40)}` });
const body = (i) => ({ name: `Kettle ${i}`, sku: `KETTLE-${i}`, price: "12.50", status: "active" });
const isReplay = (answer) => answer.headers["idempotency-replayed"] === "true";

// All twins at once; a faults list says what is not as it must be.
async function sendTwins(send, i, faults, answers) {
	const all = await Promise.all(Array.from({ length: TWINS }, () => send(i)));
	const bad = all.find(({ status }) => status !== 201);
	faults.check(!bad, () => `key ${i}: ${bad.status} ${bad.text}`);
	faults.check(new Set(all.map(({ text }) => text)).size === 1, `key ${i}: the twins' bodies differ`);
	for (const name of ["etag", "location", "content-type"])
		faults.check(new Set(all.map(({ headers }) => headers[name])).size === 1, `key ${i}: the twins' ${name} differ`);
	const replays = all.filter(isReplay).length;
	faults.check(replays === TWINS - 1, `key ${i}: ${replays} replays of ${TWINS} twins`);
	answers[i] = all[0];
}

async function counts(db, tenant) {
	const tables = ["products", "skus", "audit_logs", "events", "idempotency_keys"];
	const lines = await db.run(tables.map((t) => `SELECT COUNT(*) FROM ${t} WHERE tenant_id = ${tenant}`).join(" UNION ALL "));
	return lines.join(" ");
}

const each = (n) => Array(5).fill(n).join(" ");

async function twins(db, side, answers) {
	const faults = new Faults();
	const began = Date.now();
	const send = (i) => side.client.send("POST", "/products", body(i), key(i));
	await together(KEYS, CONNECTIONS / TWINS, (i) => sendTwins(send, i, faults, answers));
	const seconds = (Date.now() - began) / 1000;
	say(`${KEYS * TWINS} requests in ${seconds.toFixed(1)} s, ${Math.round(KEYS * TWINS / seconds)} a second`);
	faults.report(`${KEYS} keys, ${TWINS} twins each: one acted, the others replayed it to the byte`);
	same(await counts(db, side.tenant), each(KEYS), "products, SKUs, audit rows, events and stored answers");
}

// An order takes a number and stock: both once.
async function orders(db, side) {
	const faults = new Faults(), answers = [], start = 100000;
	await stockUp(side.client, start);
	const send = (i) => side.client.send("POST", "/orders", order(i), key(i));
	await together(KEYS, CONNECTIONS / TWINS, (i) => sendTwins(send, i, faults, answers));
	faults.report(`${KEYS} keys of orders, ${TWINS} twins each: one acted, the others replayed it to the byte`);
	await accounts(db, side.tenant, { n: KEYS, start, sold: Array.from({ length: KEYS }, (_, i) => pieces(i)).reduce((a, b) => a + b, 0) });
}

async function replayed(side, answers) {
	const faults = new Faults();
	await together(KEYS, CONNECTIONS, async (i) => {
		const answer = await side.client.send("POST", "/products", body(i), key(i));
		faults.check(answer.status === 201 && isReplay(answer) && answer.text === answers[i].text,
			`key ${i}: ${answer.status} ${answer.text}`);
	});
	faults.report("a late repeat is replayed");
}

// Whatever makes the request another one.
async function others(db, side) {
	const faults = new Faults();
	const colleague = new Client(await newKey(db, side.tenant, side.mode), { sockets: CONNECTIONS });
	const variations = [
		(i) => side.client.send("POST", "/products", { ...body(i), price: "12.51" }, key(i)),
		(i) => side.client.send("POST", "/products", `${JSON.stringify(body(i))} `, key(i)),
		(i) => side.client.send("POST", "/products?fields=id", body(i), key(i)),
		(i) => side.client.send("POST", "/products", body(i), { ...key(i), "accept-language": "es" }),
		(i) => side.client.send("POST", "/categories", { name: "Tea", slug: `tea-${i}` }, key(i)),
		(i) => colleague.send("POST", "/products", body(i), key(i)),
	];
	await together(KEYS, CONNECTIONS, async (i) => {
		const answer = await variations[i % variations.length](i);
		faults.check(answer.status === 409 && isError(answer) && answer.json.error.reason === "idempotency_mismatch" &&
			!isReplay(answer), `key ${i}, variation ${i % variations.length}: ${answer.status} ${answer.text}`);
	});
	faults.report("the same key with another body, path, query, language or actor is refused");
	same(await counts(db, side.tenant), each(KEYS), "nothing was done for those");
}

// A refusal is an answer as well: it is replayed even when its reason has gone.
async function refusals(side) {
	const faults = new Faults();
	const refused = { "idempotency-key": "refused" };
	const first = await side.client.send("POST", "/products", { ...body(0), name: "Other" }, refused);
	faults.check(first.status === 409 && isError(first), `a taken SKU: ${first.status} ${first.text}`);
	const { id } = await side.client.make("POST", "/products", body(KEYS));
	const held = { "idempotency-key": "held" };
	const second = await side.client.send("POST", "/products", body(KEYS), held);
	await side.client.make("DELETE", `/products/${id}`);
	const again = await side.client.send("POST", "/products", body(KEYS), held);
	faults.check(second.status === 409 && again.status === 409 && isReplay(again) && again.text === second.text,
		`${second.status} ${second.text}\n${again.status} ${again.text}`);
	faults.report("a refusal is replayed, even when its reason has gone");
}

async function crashes(db, side) {
	const faults = new Faults();
	const exit = { "x-souk-exit": "after-commit" };
	await together(CRASHES, 4, async (i) => {
		const headers = { "idempotency-key": `crash ${i}`, ...exit };
		const answer = await side.client.send("POST", "/products", body(`CRASH-${i}`), headers);
		faults.check(answer.status === 201 && isReplay(answer), `crash ${i}: ${answer.status} ${answer.text}`);
		const again = await side.client.send("POST", "/products", body(`CRASH-${i}`), headers);
		faults.check(again.status === 201 && again.text === answer.text, `crash ${i}, again: ${again.status} ${again.text}`);
	});
	faults.report(`${CRASHES} workers died between commit and answer: the clients saw the answer`);
	same(await counts(db, side.tenant), each(CRASHES), "each of these acted once");
	const answer = await side.client.send("POST", "/products", body("UNKEYED"), exit);
	ok(answer.status === 502 && isError(answer), "without a key the client is told that it is not known: 502",
		`${answer.status} ${answer.text}`);
	same(await db.number(`SELECT COUNT(*) FROM products WHERE tenant_id = ${side.tenant} AND sku = 'KETTLE-UNKEYED'`), 1,
		"and that write acted once");
}

// The same keys and bodies elsewhere are other requests.
async function elsewhere(db, side, answers, name) {
	const faults = new Faults();
	await together(KEYS, CONNECTIONS, async (i) => {
		const answer = await side.client.send("POST", "/products", body(i), key(i));
		faults.check(answer.status === 201 && !isReplay(answer) && answer.json?.id !== answers[i].json?.id,
			`key ${i}: ${answer.status} ${answer.text}`);
	});
	faults.report(`${name} with the same keys meets none of them`);
	same(await counts(db, side.tenant), each(KEYS), `${name} has its own`);
}

await prove(SECONDS, async () => {
	const db = new Database();
	const shops = [];
	for (let i = 0; i < 4; i++)
		shops.push(await newShop(db, { sockets: CONNECTIONS }));
	const [{ live, sandbox }, other, crashed, ordering] = shops;
	const answers = [];
	await twins(db, live, answers);
	await orders(db, ordering.live);
	await replayed(live, answers);
	await others(db, live);
	await elsewhere(db, sandbox, answers, "the sandbox");
	await elsewhere(db, other.live, answers, "another tenant");
	await refusals(live);
	await crashes(db, crashed.live);
	const findings = await broken(db, live.tenant, sandbox.tenant, other.live.tenant, crashed.live.tenant, ordering.live.tenant);
	ok(!findings.length, "what must always hold holds", findings.join("\n"));
});
