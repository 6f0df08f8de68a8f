// R1: an acknowledged write survives the death of its worker, and is there once. 16 clients create products and orders under keys
// while workers are killed at random; nothing acknowledged is lost, nothing is doubled, no client sees a failure, and
// the service does not stop: whoever dies while it serves is replaced at once.
import { isError } from "./rig/client.mjs";
import { compare, counted, create, key, prepare, stored } from "./rig/creates.mjs";
import { Database } from "./rig/database.mjs";
import { Faults, isShort, ok, prove, random, same, say, together } from "./rig/report.mjs";
import { broken, newShop } from "./rig/shop.mjs";
import { killOne, wanted, workers } from "./rig/workers.mjs";

const CREATES = isShort ? 1000 : 10000;
const KILLS = isShort ? 10 : 100;
const UNKEYED = isShort ? 200 : 2000;
const UNKEYED_KILLS = isShort ? 3 : 20;
const CLIENTS = 16;
// Far above the start of a worker, far below the 5 s for which one that cannot start makes the next one wait.
const SILENCE_MS = 2000;
const SECONDS = isShort ? 120 : 900;
const SEED = Number(process.argv[2] ?? Date.now() % 1e9);

const chance = random(SEED);

// Sends n creates; after every n / kills answers a worker dies. Gives the answers by number.
async function load(client, n, kills, first, headers) {
	const answers = new Map();
	const began = Date.now();
	let killed = 0, slowest = 0, silence = 0, last = began;
	await together(n, CLIENTS, async (k) => {
		const i = first + k;
		const sent = Date.now();
		answers.set(i, await create(client, i, headers(i)));
		slowest = Math.max(slowest, Date.now() - sent);
		silence = Math.max(silence, Date.now() - last);
		last = Date.now();
		if (answers.size >= (killed + 0.5) * n / kills && killed < kills && killOne(chance()))
			killed++;
	});
	const seconds = (Date.now() - began) / 1000;
	say(`${n} creates in ${seconds.toFixed(1)} s, ${killed} workers killed, slowest answer ${slowest} ms, longest time without an answer ${silence} ms`);
	same(killed, kills, "workers were killed");
	ok(silence < SILENCE_MS, `a killed worker is replaced at once: no ${SILENCE_MS} ms pass without an answer`);
	return answers;
}

await prove(SECONDS, async () => {
	say(`seed ${SEED}`);
	const db = new Database();
	const { live } = await newShop(db, { sockets: CLIENTS });
	const before = await prepare(db, live);

	const keyed = await load(live.client, CREATES, KILLS, 0, key);
	const failures = new Faults();
	for (const [i, answer] of keyed)
		failures.check(answer.status === 201, () => `create ${i}: ${answer.status} ${answer.text}`);
	failures.report("with a key no client saw a failure");
	compare(keyed, await stored(db, live.tenant), "with a key");
	await counted(db, live.tenant, CREATES, before);

	const unkeyed = await load(live.client, UNKEYED, UNKEYED_KILLS, CREATES, () => ({}));
	const shape = new Faults();
	const seen = [...unkeyed.values()].filter(({ status }) => status !== 201);
	for (const answer of seen)
		shape.check(answer.status === 502 && isError(answer), () => `${answer.status} ${answer.text}`);
	shape.report("without a key a failure is a 502 in the shape of errors");
	ok(seen.length <= UNKEYED_KILLS, `${seen.length} failures of ${UNKEYED_KILLS} kills: at most one each`);
	compare(unkeyed, await stored(db, live.tenant), "without a key");

	const findings = await broken(db, live.tenant);
	ok(!findings.length, "what must always hold holds", findings.join("\n"));
	for (let i = 0; i < 200 && workers().length < wanted(); i++)
		await new Promise((resolve) => setTimeout(resolve, 100));
	same(workers().length, wanted(), "workers are all there again");
});
