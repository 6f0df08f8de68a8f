// R3: an acknowledged write survives the death of the web server, and is there once. 16 clients create products and orders under keys
// while workers of nginx are killed and nginx reads its files again. A client sees broken connections and nothing else, and
// one repeat under the same key succeeds.
import { compare, counted, create, prepare, stored, stream } from "./rig/creates.mjs";
import { Client } from "./rig/client.mjs";
import { Database } from "./rig/database.mjs";
import { Faults, isShort, ok, prove, random, same, say } from "./rig/report.mjs";
import { broken, newShop } from "./rig/shop.mjs";
import { children, killHard, pause, processOf, until } from "./rig/stack.mjs";

const KILLS = isShort ? 10 : 100;
const RELOADS = isShort ? 3 : 20;
const CLIENTS = 16;
const WORKERS = 2; // as nginx.conf.in has it
const BETWEEN_MS = 50; // at least
const SECONDS = isShort ? 60 : 300;
const SEED = Date.now() % 1e9;

const chance = random(SEED);

// What a client does who knows of no more than his answer: whatever is no answer is sent once more, on another connection.
class Patient {
	constructor(side) {
		this.client = side.client;
		this.broken = [];
		this.repeating = 0;
	}

	async create(i) {
		const first = await create(this.client, i);
		if (first.status === 201)
			return first;
		this.broken.push(first);
		this.repeating++;
		const again = new Client(this.client.key, { sockets: 1 });
		const answer = await create(again, i);
		again.agent.destroy();
		this.repeating--;
		return answer;
	}
}

const serving = (master) => children(master).length >= WORKERS;

async function kill() {
	const master = processOf("nginx");
	await until(5000, () => serving(master));
	const all = children(master);
	return killHard(all[Math.floor(chance() * all.length)]);
}

// The workers that were there go when they have answered what they had.
async function reload() {
	const master = processOf("nginx");
	const before = children(master);
	process.kill(master, "SIGHUP");
	return until(10000, () => children(master).some((pid) => !before.includes(pid)));
}

async function disturb(side, first, times, what, title) {
	const patient = new Patient(side), { broken } = patient;
	const load = stream(side.client, CLIENTS, (k) => patient.create(first + k));
	let done = 0;
	for (let i = 0; i < times; i++) {
		await pause(BETWEEN_MS + BETWEEN_MS * chance());
		await until(10000, () => !patient.repeating); /* one repeat meets no second death */
		done += await what() ? 1 : 0;
	}
	await pause(300);
	const all = await load.stop();
	say(`${all.size} creates, ${done} times ${title}: ${broken.length} broken connections`);
	same(done, times, title);
	const resets = new Faults(), failures = new Faults();
	for (const answer of broken)
		resets.check(answer.status === 0 && /ECONNRESET|socket hang up|EPIPE|ECONNREFUSED|disconnected/.test(answer.text), () => `${answer.status} ${answer.text}`);
	for (const [k, { answer }] of all)
		failures.check(answer.status === 201, () => `create ${first + k}: ${answer.status} ${answer.text}`);
	resets.report(`${title}: clients see broken connections and nothing else`);
	failures.report(`${title}: one repeat succeeds`);
	return new Map([...all].map(([k, { answer }]) => [first + k, answer]));
}

await prove(SECONDS, async () => {
	say(`seed ${SEED}`);
	const db = new Database();
	const { live } = await newShop(db, { sockets: CLIENTS });
	const before = await prepare(db, live);
	const killed = await disturb(live, 0, KILLS, kill, "a worker of nginx killed");
	const reloaded = await disturb(live, killed.size, RELOADS, reload, "nginx reloaded");
	const answers = new Map([...killed, ...reloaded]);
	compare(answers, await stored(db, live.tenant), "after all");
	await counted(db, live.tenant, answers.size, before);
	const findings = await broken(db, live.tenant);
	ok(!findings.length, "what must always hold holds", findings.join("\n"));
});
