// R14: no memory is an error, never a crash. In each of a set of requests the n-th allocation fails, for every n that there
// is, in our own code and in every library. Then either the request is answered all the same, or by an error in the shape of
// errors, or its worker says so in the log and exits with 71: then whoever may be repeated elsewhere is, and sees nothing
// of it, and who may not is told 502. No worker dies by a signal, nothing is written half, nothing is doubled.
import { isError } from "./rig/client.mjs";
import { Database } from "./rig/database.mjs";
import { Log } from "./rig/log.mjs";
import { Faults, isShort, ok, prove, same, say, together } from "./rig/report.mjs";
import { broken, newShop } from "./rig/shop.mjs";
import { kind, until } from "./rig/stack.mjs";
import { wanted, workers } from "./rig/workers.mjs";

const STEP = isShort ? 5 : 1;
const ROUNDS = isShort ? 1 : 10; // each finds the workers in another state
const ENOUGH = 12; // so many in a row in which nothing failed: the request makes no more allocations
const MOST = 6000;
const AT_ONCE = 4;
const SECONDS = isShort ? 120 : 1200;

const product = (sku) => ({
	name: { en: "Kettle", es: "Tetera" }, sku, price: 12.5, status: "active", prices: { EUR: 11.5 }, categories: ["tea"], metadata: { origin: "torture" },
	variants: [{ sku: `${sku}-RED`, name: "Red", attributes: { colour: "red" } }],
	images: [{ url: "https://cdn.example.com/one.jpg", alt: "Front" }],
});

// {name, method, path, body(i), headers(i), repeated: nginx may try it elsewhere, status}; i is another one each time.
const set = (made) => [
	{ name: "a page of products", path: "/products?limit=5&sort=name&filter[price][gte]=1&include=variants", status: 200, repeated: true },
	{ name: "a product, in another language, currency, region and zone", path: `/products/${made.id}`, status: 200, repeated: true,
		headers: () => ({ "accept-language": "es", "x-currency": "JPY", "x-region": "FR", "x-timezone": "Europe/Paris" }) },
	{ name: "a create under a key", method: "POST", path: "/products", body: (i) => product(`KEYED-${i}`), status: 201, repeated: true,
		headers: (i) => ({ "idempotency-key": `memory-${i}` }) },
	{ name: "a create without a key", method: "POST", path: "/products", body: (i) => product(`PLAIN-${i}`), status: 201 },
	{ name: "an update under a key", method: "PATCH", path: `/products/${made.id}`, status: 200, repeated: true,
		body: (i) => ({ price: i / 100, metadata: { n: String(i) }, variants: [{ id: made.variants[0].id, name: `Red ${i}` }] }),
		headers: (i) => ({ "idempotency-key": `change-${i}` }) },
	{ name: "a key, whose secret is sealed", method: "POST", path: "/api-keys", status: 201, repeated: true,
		body: () => ({ name: "Till", scopes: ["products:read"], require_signature: true }), headers: (i) => ({ "idempotency-key": `key-${i}` }) },
	{ name: "a body that is refused", method: "POST", path: "/products", body: () => ({ name: "", price: "many", categories: [7] }), status: 422 },
	{ name: "health", path: "/health", status: 200, repeated: true },
	{ name: "the contract", path: "/openapi.json", status: 200, repeated: true },
];

const shape = new Faults(), seen = new Faults();

// One request whose n-th allocation fails; gives whether one did, and what came of it.
async function starve(side, log, one, n, i) {
	const answer = await side.client.send(one.method ?? "GET", one.path, one.body?.(i), { ...one.headers?.(i), "x-souk-fault": `memory@${n}` });
	const id = answer.headers["x-request-id"];
	const [starved] = log.of("starved", { request_id: id });
	const died = log.of("no_memory", { request_id: id }).length > 0;
	const where = () => `${one.name}, allocation ${n} of ${starved?.asked} bytes: ${answer.status} ${answer.text.slice(0, 300)}`;

	shape.check(answer.status === one.status || isError(answer), where);
	if (died) /* perhaps behind the answer */
		seen.check(answer.status === one.status || (answer.status === 502 && !one.repeated), where);
	else if (!starved)
		seen.check(answer.status === one.status, where);
	return { starved: Boolean(starved), died, failed: answer.status !== one.status };
}

async function exhaust(side, log, one, first) {
	const sum = { allocations: 0, died: 0, failed: 0 };
	let silent = 0, next = 1;
	await together(AT_ONCE, AT_ONCE, async () => {
		while (silent < ENOUGH && next <= MOST) {
			const n = next;
			next += STEP;
			const { starved, died, failed } = await starve(side, log, one, n, first + n);
			silent = starved ? 0 : silent + 1;
			sum.allocations += starved;
			sum.died += died;
			sum.failed += failed;
		}
	});
	say(`${one.name}: ${sum.allocations} allocations failed, ${sum.died} workers exited, ${sum.failed} clients were told`);
	return sum;
}

await prove(SECONDS, async () => {
	if (kind === "asan") {
		ok(true, "allocations fail # SKIP they are the sanitizer's");
		return;
	}
	const db = new Database();
	const { live } = await newShop(db, { sockets: AT_ONCE });
	await live.client.make("POST", "/categories", { name: "Tea", slug: "tea" });
	const made = await live.client.make("POST", "/products", product("MADE"));
	const log = new Log();
	const all = { allocations: 0, died: 0, failed: 0 };
	for (let round = 0; round < ROUNDS; round++)
		for (const one of set(made))
			for (const [name, n] of Object.entries(await exhaust(live, log, one, round * MOST)))
				all[name] += n;
	say(`${all.allocations} allocations failed, ${all.died} workers exited`);
	ok(all.died > 0, "workers ended for want of memory");
	const ends = log.of("worker_died"), bad = ends.filter(({ signal, exit }) => signal !== 0 || exit !== 71);
	ok(!bad.length, "each with 71, none by a signal", bad.map(({ worker }) => JSON.stringify(log.lines.filter(({ pid }) => pid === worker).slice(-2))).join("\n"));
	same(log.of("no_memory").filter((line) => /^req_/.test(line.request_id)).length, ends.length, "of them said so, with the request's id");
	shape.report("every answer is what it should be, or an error in the shape of errors");
	seen.report("who may be repeated elsewhere sees nothing of it, who may not is told 502");
	same(await db.number(`SELECT COUNT(*) FROM (SELECT sku FROM products WHERE tenant_id = ${live.tenant} GROUP BY sku HAVING COUNT(*) > 1) twice`), 0, "products that are there twice");
	const findings = await broken(db, live.tenant);
	ok(!findings.length, "what must always hold holds", findings.join("\n"));
	ok(await until(5000, () => workers().length === wanted()), "workers are all there again");
	db.close();
});
