// R2: an acknowledged write survives the death of the database, and is there once. 16 clients create products and orders under keys
// while mariadbd is killed and started again: nothing acknowledged is lost, nothing is doubled. Who asks during an outage of
// less than 5 s sees none of it; in a longer one he is told 503 with Retry-After. The first write succeeds within 1 s after
// the database is there again.
import { isError } from "./rig/client.mjs";
import { compare, counted, create, prepare, stored, stream } from "./rig/creates.mjs";
import { Database } from "./rig/database.mjs";
import { Faults, isShort, ok, prove, random, say, together } from "./rig/report.mjs";
import { broken, newShop } from "./rig/shop.mjs";
import { isThere, killHard, pause, processOf, startDatabase, until } from "./rig/stack.mjs";

const KILLS = isShort ? 2 : Number(process.argv[2] ?? 20);
const CLIENTS = 16;
const OUTAGE_MS = 4000; // of the longest that nobody is to see, start of the server included
const LONG_MS = 8000;
const BACK_MS = 1000;
const ANSWER_MS = 5500;
const SECONDS = isShort ? 60 : 60 + 15 * KILLS;
const SEED = Date.now() % 1e9;

const chance = random(SEED);

// Kills the database and starts it again after `ms`: {down, up}, when it was gone and when it answered. With `deploys` new
// workers take over meanwhile.
async function outage(ms, deploys = false) {
	const pid = processOf("mariadb");
	killHard(pid);
	if (!(await until(5000, () => !isThere(pid))))
		throw new Error("mariadbd does not die");
	const down = Date.now();
	if (deploys)
		process.kill(processOf("souk-api"), "SIGHUP");
	await pause(ms);
	await startDatabase();
	return { down, up: Date.now() };
}

// The time from when the database answered to the first create that was acknowledged then.
async function back(all, { down, up }) {
	const first = () => [...all.values()].filter(({ answer, got }) => answer.status === 201 && got > down + 100)
		.reduce((least, { got }) => Math.min(least, got), Infinity);
	await until(10000, () => first() < Infinity);
	return first() - up;
}

async function shortOutages(side) {
	const load = stream(side.client, CLIENTS);
	const waits = [], downs = [];
	for (let i = 0; i < KILLS; i++) {
		await pause(200 + 600 * chance());
		const times = await outage(i === KILLS - 1 ? OUTAGE_MS - 1500 : 0, i % 2 === 0);
		downs.push(times.up - times.down);
		waits.push(await back(load.all, times));
	}
	await pause(300);
	const all = await load.stop();
	const slowest = Math.max(...[...all.values()].map(({ sent, got }) => got - sent));
	say(`${all.size} creates, ${KILLS} kills; away for ${Math.min(...downs)} to ${Math.max(...downs)} ms, ` +
		`first create at most ${Math.max(...waits)} ms after that, slowest answer ${slowest} ms; workers changed in every other`);
	const failures = new Faults();
	for (const [i, { answer }] of all)
		failures.check(answer.status === 201, () => `create ${i}: ${answer.status} ${answer.text}`);
	failures.report(`no client saw any of ${KILLS} outages`);
	ok(Math.max(...waits) <= BACK_MS, `the first create succeeds within ${BACK_MS} ms of the database's return`, waits.join(" "));
	return all;
}

// Long enough that clients must be told. Whoever was refused sends the same again when it is over.
async function longOutage(side, first) {
	const load = stream(side.client, CLIENTS, async (k) => {
		const answer = await create(side.client, first + k);
		if (answer.status !== 201)
			await pause(50);
		return answer;
	});
	await pause(300);
	const times = await outage(LONG_MS);
	const wait = await back(load.all, times);
	await pause(300);
	const all = await load.stop();
	const refused = [...all].filter(([, { answer }]) => answer.status !== 201);
	const shape = new Faults();
	for (const [, { answer, sent, got }] of refused) {
		shape.check(answer.status === 503 && isError(answer) && Number(answer.headers["retry-after"]) > 0, () => `${answer.status} ${answer.text}`);
		shape.check(got - sent < ANSWER_MS, `refused after ${got - sent} ms`);
	}
	say(`${all.size} creates, away for ${times.up - times.down} ms: ${refused.length} refused, first create ${wait} ms after that`);
	ok(refused.length > 0, "a long outage is told");
	shape.report(`it is told by 503 with Retry-After within ${ANSWER_MS} ms`);
	ok(wait <= BACK_MS, `the first create succeeds within ${BACK_MS} ms of the database's return: ${wait}`);
	const again = new Faults();
	await together(refused.length, CLIENTS, async (n) => {
		const [k] = refused[n];
		const answer = await create(side.client, first + k);
		again.check(answer.status === 201, () => `${answer.status} ${answer.text}`);
		all.set(k, { answer });
	});
	again.report("who was refused succeeds with the same key afterwards");
	return new Map([...all].map(([k, { answer }]) => [first + k, answer]));
}

await prove(SECONDS, async () => {
	say(`seed ${SEED}`);
	const early = new Database(), { live } = await newShop(early, { sockets: CLIENTS });
	const before = await prepare(early, live);
	const all = await shortOutages(live);
	const answers = new Map([...all].map(([i, { answer }]) => [i, answer]));
	if (!isShort)
		for (const [i, answer] of await longOutage(live, all.size))
			answers.set(i, answer);
	const db = new Database();
	compare(answers, await stored(db, live.tenant), "after all outages");
	await counted(db, live.tenant, answers.size, before);
	const findings = await broken(db, live.tenant);
	ok(!findings.length, "what must always hold holds", findings.join("\n"));
});
