// R16: a database that hangs never hangs the API. Under a load of reads and of writes with and without a key, mariadbd is
// stopped (SIGSTOP) for 10 s: every request ends within 5 s, what is refused is 503 with Retry-After, /health and /readyz say
// which part it is within 2 s and that it is well again within 2 s, /livez goes on, and afterwards all that was acknowledged is
// there, once. Health sees a database that has ended as soon; the time away is missing in uptime, also after a restart.
import { Client, isError } from "./rig/client.mjs";
import { body, compare, key, stored, stream } from "./rig/creates.mjs";
import { Database } from "./rig/database.mjs";
import { Faults, isShort, ok, prove, say } from "./rig/report.mjs";
import { broken, newShop } from "./rig/shop.mjs";
import { killHard, pause, processOf, restartApi, startDatabase, until } from "./rig/stack.mjs";

const HANGS = isShort ? 1 : 5;
const HUNG_MS = isShort ? 4000 : 10000;
const CLIENTS = 16;
const ANSWER_MS = 5000;
const TOLD_MS = 2000;
const SECONDS = 60 + HANGS * 30;

// Asks for health until it says `wanted`: how long that took since `since`, and what else was seen.
async function told(client, since, wanted) {
	const slow = new Faults();
	const done = await until(15000, async () => {
		const sent = Date.now();
		const [health, ready, live] = await Promise.all(["health", "readyz", "livez"].map((path) => client.get(path)));
		slow.check(live.status === 200, () => `/livez ${live.status} ${live.text}`);
		slow.check(Date.now() - sent < TOLD_MS, () => `health took ${Date.now() - sent} ms`);
		return health.json?.services?.database === wanted && health.status === (wanted === "operational" ? 200 : 503) &&
			health.json.status === (wanted !== "operational" ? "unhealthy" : health.json.services.books === "degraded" ? "degraded" : "healthy") && /* others plant wrong books */
			ready.status === health.status;
	});
	return { ms: done ? Date.now() - since : Infinity, slow };
}

// Reads, writes with a key, and writes without one. What was refused in a hang is sent again at once, under a new number.
function load(side, first) {
	return stream(side.client, CLIENTS, async (k) => {
		const i = first + k;
		const answer = await (i % 4 === 0 ? side.client.get("/products?limit=5")
			: side.client.send("POST", "/products", body(i), i % 4 === 1 ? {} : key(i)));
		if (answer.status === 503)
			await pause(100);
		return answer;
	});
}

async function hang(side, probe, pid, first) {
	const going = load(side, first);
	await pause(500);
	const stopped = Date.now();
	process.kill(pid, "SIGSTOP");
	const down = await told(probe, stopped, "unavailable");
	await pause(HUNG_MS - (Date.now() - stopped));
	const resumed = Date.now();
	process.kill(pid, "SIGCONT");
	const up = await told(probe, resumed, "operational");
	await pause(500);
	return { all: await going.stop(), stopped, resumed, down, up };
}

// It ends, while nobody asks for anything else, and comes back.
async function ends(probe, pid) {
	killHard(pid);
	const down = await told(probe, Date.now(), "unavailable");
	await startDatabase();
	const up = await told(probe, Date.now(), "operational");
	ok(down.ms <= TOLD_MS && up.ms <= TOLD_MS, `health says ${down.ms} ms after the database has ended that it is gone, ${up.ms} ms after its return that it is back`);
}

async function remembers(probe) {
	const before = (await probe.get("health")).json;
	ok(before.uptime > 0 && before.uptime < 100, `uptime is ${before.uptime} %`);
	await restartApi();
	await until(2000, async () => (await probe.get("health")).json.uptime !== undefined);
	const after = (await probe.get("health")).json;
	ok(after.uptime > before.uptime - 5 && after.uptime < 100 && after.uptime_seconds < 5, `and ${after.uptime} % after a restart`, JSON.stringify(after));
}

await prove(SECONDS, async () => {
	const db = new Database();
	const { live } = await newShop(db, { sockets: CLIENTS });
	const probe = new Client("", { url: new URL("/", process.env.SOUK_URL), sockets: 3 });
	const pid = processOf("mariadb");
	const shape = new Faults(), late = new Faults(), early = new Faults(), slow = new Faults();
	const creates = new Map();
	let first = 0, refused = 0, slowest = 0, down = 0, up = 0;
	for (let n = 0; n < HANGS; n++) {
		const one = await hang(live, probe, pid, first);
		for (const [k, { answer, sent, got }] of one.all) {
			slowest = Math.max(slowest, got - sent);
			late.check(got - sent <= ANSWER_MS, `${first + k} took ${got - sent} ms: ${answer.status} ${answer.text}`);
			refused += answer.status === 503;
			if (![200, 201].includes(answer.status)) {
				shape.check(answer.status === 503 && isError(answer) && Number(answer.headers["retry-after"]) > 0,
					() => `${first + k}: ${answer.status} ${answer.text}`);
				early.check(got >= one.stopped && sent <= one.resumed + TOLD_MS, () => `${first + k}: ${answer.text}`);
			}
			if ((first + k) % 4)
				creates.set(first + k, answer);
		}
		for (const text of [...one.down.slow.shown, ...one.up.slow.shown])
			slow.add(text);
		down = Math.max(down, one.down.ms);
		up = Math.max(up, one.up.ms);
		first += one.all.size;
	}
	say(`${first} requests, ${HANGS} hangs of ${HUNG_MS} ms: ${refused} refused, slowest answer ${slowest} ms, told after ${down} ms, well after ${up} ms`);
	ok(refused > 0, "a hang is told");
	late.report(`every request ends within ${ANSWER_MS} ms`);
	shape.report("what is refused is 503 with Retry-After");
	early.report("nothing is refused but in a hang");
	ok(down <= TOLD_MS, `health says within ${TOLD_MS} ms that the database does not answer: ${down}`);
	ok(up <= TOLD_MS, `and within ${TOLD_MS} ms that it does again: ${up}`);
	slow.report("health itself is never kept waiting, and a worker is always alive");
	compare(creates, await stored(db, live.tenant), "afterwards");
	const again = await live.client.send("POST", "/products", { name: "Kettle", sku: "AFTERWARDS", price: 1 });
	ok(again.status === 201, "a write succeeds afterwards", again.text);
	const findings = await broken(db, live.tenant);
	ok(!findings.length, "what must always hold holds", findings.join("\n"));
	await ends(probe, pid);
	await remembers(probe);
});
