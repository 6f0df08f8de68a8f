// R24: the limiter is exact over processes and deaths. 128 clients ask 8 workers for far more than the limit L allows; exactly
// L + ⌊elapsed · L/W⌋ are granted (D21), with workers killed in between as well: a request that a dying worker had counted
// already counts, nothing else is lost, and nobody ever waits for a dead one.
import { Database } from "./rig/database.mjs";
import { Faults, isShort, ok, prove, random, say } from "./rig/report.mjs";
import { newShop } from "./rig/shop.mjs";
import { pause, restartApi, until } from "./rig/stack.mjs";
import { killOne, workers } from "./rig/workers.mjs";

const WORKERS = 8;
const CLIENTS = 128;
const LIMIT = isShort ? 1800 : 3600; // an hour: one comes back every W/L = 2 or 1 s
const INTERVAL_MS = 3600000 / LIMIT;
const RETURNED = isShort ? 2 : 12; // how many come back while a run lasts
const KILLS = isShort ? 4 : 40;
const SILENCE_MS = 2000;
const SECONDS = 180;
const SEED = Date.now() % 1e9;

const chance = random(SEED);

const retryAfter = (answer) => Number(answer.headers["retry-after"]);

// Asks from all clients until `returned` and a half intervals are over, counted from the first answer. Gives the answers in
// the order in which they came, and when each came.
async function ask(client, returned) {
	const answers = [];
	let first = 0;
	const began = Date.now();
	const ends = () => (first || Date.now()) + (returned + 0.5) * INTERVAL_MS;
	await Promise.all(Array.from({ length: CLIENTS }, async () => {
		while (Date.now() < ends()) {
			const sent = Date.now();
			const answer = await client.get("/products/prod_zzz");
			const got = Date.now();
			first ||= got;
			answers.push({ status: answer.status, retry: retryAfter(answer), remaining: Number(answer.headers["x-ratelimit-remaining"]), sent, got });
			if (answer.status === 429)
				await pause(5 + 20 * chance());
		}
	}));
	return { answers, began };
}

const isGranted = ({ status }) => status === 404; // there is no such product, and that was found out

// One run on a tenant of its own; gives how many were granted, and how many that must have been.
async function run(db, kills, title) {
	const { live } = await newShop(db, { sockets: CLIENTS });
	await db.run(`UPDATE accounts a JOIN tenants t ON t.account_id = a.id SET a.plan = 'free', a.per_hour = ${LIMIT}, a.per_day = 1000000
		WHERE t.id = ${live.tenant}`);
	const length = (RETURNED + 0.5) * INTERVAL_MS;
	const asking = ask(live.client, RETURNED);
	let killed = 0;
	for (let i = 0; i < kills; i++) {
		await pause(0.8 * length / kills);
		await until(5000, () => workers().length > 1);
		killed += killOne(chance()) ? 1 : 0;
	}
	const { answers } = await asking;
	answers.sort((a, b) => a.got - b.got);
	const granted = answers.filter(isGranted).length;
	const wanted = LIMIT + RETURNED;
	say(`${title}: ${answers.length} requests, ${granted} granted, ${wanted} due, ${killed} workers killed`);
	const strange = new Faults();
	for (const { status } of answers)
		strange.check(status === 404 || status === 429, `${status}`);
	strange.report(`${title}: every answer is what was asked for, or 429`);
	let silence = 0;
	for (let i = 1; i < answers.length; i++)
		silence = Math.max(silence, answers[i].got - answers[i - 1].got);
	ok(silence < SILENCE_MS, `${title}: nobody waits for a dead worker: the longest time without an answer was ${silence} ms`);
	edges(answers, title);
	return { granted, wanted, killed };
}

// Once the burst is over, one passes each interval, and Retry-After has told when.
function edges(answers, title) {
	const grants = answers.filter(isGranted).slice(LIMIT - 1);
	const faults = new Faults();
	for (let i = 1; i < grants.length; i++) {
		const next = grants[i];
		const refused = answers.filter(({ status, got, sent }) => status === 429 && sent > grants[i - 1].got && got < next.sent);
		for (const { retry, got } of refused)
			faults.check(Math.abs(got + 1000 * retry - next.got) <= 1000 + INTERVAL_MS / 10, `Retry-After ${retry}, and the next passed after ${next.got - got} ms`);
	}
	faults.report(`${title}: Retry-After is right within a second`);
}

await prove(SECONDS, async () => {
	say(`seed ${SEED}`);
	await restartApi({ SOUK_WORKERS: WORKERS });
	try {
		const db = new Database();
		await until(10000, () => workers().length === WORKERS);

		const calm = await run(db, 0, "undisturbed");
		ok(calm.granted === calm.wanted, `exactly L + ⌊elapsed · L/W⌋ = ${calm.wanted} are granted: ${calm.granted}`);

		const killed = await run(db, KILLS, "with deaths");
		const lost = killed.wanted - killed.granted;
		ok(lost >= 0 && lost <= killed.killed, `no more than ${killed.wanted} are granted, and at most one less for each of ${killed.killed} deaths: ${killed.granted}`);
	} finally {
		await restartApi();
	}
});
