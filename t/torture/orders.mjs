// R1 and R2 for orders: 5,000 orders, each repeated under its key until it is answered, while workers and mariadbd are killed at random.
// Every order is there exactly once, numbers have no gaps, stock is what it was less what was sold, every order left one event and one
// row in the audit log, and soukctl verify finds nothing. Then every fifth is cancelled under the same conditions: its pieces are back.
import { execFile } from "node:child_process";

import { isError } from "./rig/client.mjs";
import { Database } from "./rig/database.mjs";
import { accounts, body, compare, key, pieces, stockUp, stored } from "./rig/orders.mjs";
import { Faults, isShort, ok, prove, random, same, say, together } from "./rig/report.mjs";
import { broken, newShop } from "./rig/shop.mjs";
import { isThere, killHard, pause, processOf, startDatabase, until } from "./rig/stack.mjs";
import { killOne } from "./rig/workers.mjs";

const ORDERS = isShort ? 600 : 5000;
const START = 10000; // pieces of each thing
const CLIENTS = 16;
const PATIENCE_MS = 60000; // of a client that repeats
const WORKER_MS = isShort ? 60 : 150; // between two kills of workers, on average
const DATABASE_MS = isShort ? 200 : 5000;
const SECONDS = isShort ? 120 : 900;
const SEED = Number(process.argv[2] ?? Date.now() % 1e9);

const chance = random(SEED);

// Kills workers and the database until stop() is called, which gives how many died.
function havoc() {
	const died = { workers: 0, databases: 0 };
	let going = true;
	const workers = (async () => {
		while (going) {
			await pause(2 * WORKER_MS * chance());
			died.workers += killOne(chance()) ? 1 : 0;
		}
	})();
	const database = (async () => {
		for (;;) {
			for (const end = Date.now() + DATABASE_MS * (0.5 + chance()); going && Date.now() < end;)
				await pause(50);
			if (!going)
				return;
			const pid = processOf("mariadb");
			killHard(pid);
			await until(5000, () => !isThere(pid));
			await startDatabase();
			died.databases++;
		}
	})();
	return {
		async stop() {
			going = false;
			await Promise.all([workers, database]);
			return died;
		},
	};
}

// A client who repeats whatever is no final answer. `tries` counts what was sent.
async function insistent(send, faults, name) {
	const end = Date.now() + PATIENCE_MS;
	for (let tries = 1; ; tries++) {
		const answer = await send();
		const final = answer.status > 0 && answer.status < 500 && answer.status !== 429;
		if (final || Date.now() > end)
			return { ...answer, tries };
		faults.check(answer.status === 0 || isError(answer), () => `${name}: ${answer.status} ${answer.text}`);
		await pause(30 + 100 * chance());
	}
}

async function ordered(client) {
	const answers = new Map(), shape = new Faults(), failures = new Faults();
	const began = Date.now(), storm = havoc();
	await together(ORDERS, CLIENTS, async (i) => {
		answers.set(i, await insistent(() => client.send("POST", "/orders", body(i), key(i)), shape, `order ${i}`));
	});
	const died = await storm.stop();
	const tries = [...answers.values()].reduce((n, answer) => n + answer.tries, 0);
	say(`${ORDERS} orders in ${((Date.now() - began) / 1000).toFixed(1)} s, ${tries} requests; ${died.workers} workers and ${died.databases} times mariadbd killed`);
	ok(died.workers > 3 && died.databases > 0, "workers and mariadbd were killed meanwhile");
	for (const [i, answer] of answers)
		failures.check(answer.status === 201, () => `order ${i}: ${answer.status} ${answer.text}`);
	failures.report("whoever repeats under his key gets his order");
	shape.report("what is told meanwhile has the shape of errors");
	return answers;
}

async function cancelled(client, answers) {
	const chosen = [...answers.keys()].filter((i) => i % 5 === 0), failures = new Faults(), shape = new Faults();
	const storm = havoc();
	await together(chosen.length, CLIENTS, async (n) => {
		const i = chosen[n], { id } = answers.get(i).json;
		const answer = await insistent(() => client.send("POST", `/orders/${id}/cancel`, undefined, { "idempotency-key": `cancel-${i}` }), shape, `cancel ${i}`);
		failures.check(answer.status === 200 && answer.json.status === "cancelled", () => `cancel ${i}: ${answer.status} ${answer.text}`);
	});
	const died = await storm.stop();
	say(`${chosen.length} cancelled; ${died.workers} workers and ${died.databases} times mariadbd killed`);
	failures.report("every cancellation that is repeated is carried out");
	shape.report("what is told meanwhile has the shape of errors");
	return chosen;
}

const verified = () => new Promise((resolve) => execFile(process.env.SOUK_CTL, ["verify", "--json"], { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
	try {
		resolve(JSON.parse(stdout));
	} catch {
		resolve({ found: -1, differences: [stderr] });
	}
}));

async function inOrder(db, live, { sold, cancelled: n = 0 }, title) {
	say(title);
	await accounts(db, live.tenant, { n: ORDERS, sold, start: START, cancelled: n });
	const { found, differences } = await verified();
	const own = differences.filter(({ tenant = live.publicId }) => tenant === live.publicId); /* others may have been made wrong, to be found */
	ok(found >= 0 && !own.length, "soukctl verify finds nothing", JSON.stringify(own).slice(0, 2000));
	const findings = await broken(db, live.tenant);
	ok(!findings.length, "what must always hold holds", findings.join("\n"));
}

await prove(SECONDS, async () => {
	say(`seed ${SEED}`);
	const { live } = await newShop(new Database(), { sockets: CLIENTS });
	await stockUp(live.client, START);
	const answers = await ordered(live.client);
	let sold = [...answers.keys()].reduce((n, i) => n + pieces(i), 0), db = new Database();
	compare(answers, await stored(db, live.tenant), "after all deaths");
	await inOrder(db, live, { sold }, "after all deaths");

	const gone = await cancelled(live.client, answers);
	sold -= gone.reduce((n, i) => n + pieces(i), 0);
	db = new Database();
	await inOrder(db, live, { sold, cancelled: gone.length }, "after cancellations");
	const repeats = new Faults();
	await together(200, CLIENTS, async (i) => {
		const answer = await live.client.send("POST", "/orders", body(i), key(i));
		repeats.check(answer.status === 201 && answer.headers["idempotency-replayed"] === "true" && answer.json.id === answers.get(i).json.id, () => `order ${i}: ${answer.status} ${answer.text}`);
	});
	repeats.report("a late repeat is replayed, be it cancelled meanwhile");
	same(await db.number(`SELECT COUNT(*) FROM orders WHERE tenant_id = ${live.tenant}`), ORDERS, "orders");
});
