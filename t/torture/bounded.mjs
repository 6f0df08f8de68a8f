// R18: workers are bounded. One that loops is killed and replaced, one that leaks ends at its limit, a statement that runs
// away is ended, one that served its share retires; nobody else notices, and the log has the id of the request. So with the
// keeper, and at the end of the service /readyz says no before anything is refused.
import { readFileSync } from "node:fs";

import { Client, isError } from "./rig/client.mjs";
import { Database } from "./rig/database.mjs";
import { Log } from "./rig/log.mjs";
import { Faults, isShort, ok, prove, same, say, together } from "./rig/report.mjs";
import { newShop } from "./rig/shop.mjs";
import { isThere, kind, pause, processOf, restartApi, until } from "./rig/stack.mjs";
import { keeper, wanted, workers } from "./rig/workers.mjs";

const STUCK_MS = 8000;    // for so long a worker may be at one request
const REPLACED_MS = 5000; // it is killed and replaced within
const OTHERS_MS = 2000;   // the longest that anybody else waits
const SHARE = 50;
const bounded = kind !== "asan"; // a sanitizer needs terabytes of address space
const DRAIN_S = 2;
const SECONDS = 240;

const log = new Log();
const incidents = (event, id) => log.of(event, { request_id: id });
const probe = new Client("", { url: new URL("/", process.env.SOUK_URL), sockets: 2 });

// What others see while work() is done: the same reads and writes all the time.
async function beside(side, title, work) {
	const faults = new Faults();
	let going = true, n = 0, slowest = 0;
	const walk = async () => {
		for (; going; await pause(10)) {
			const i = n++, sent = Date.now();
			const answer = await (i % 4 ? side.client.get("/products?limit=5")
				: side.client.send("POST", "/products", { name: "Kettle", sku: `${title.replace(/\W/g, "")}-${i}`, price: 1 }));
			slowest = Math.max(slowest, Date.now() - sent);
			faults.check([200, 201].includes(answer.status), () => `${answer.status} ${answer.text}`);
			faults.check(Date.now() - sent < OTHERS_MS, () => `took ${Date.now() - sent} ms`);
		}
	};
	const walks = [walk(), walk()];
	const result = await work();
	going = false;
	await Promise.all(walks);
	say(`${title}: ${n} requests beside, the slowest took ${slowest} ms`);
	faults.report(`${title}: nobody else notices`);
	return result;
}

const allThere = () => until(REPLACED_MS, () => workers().length === wanted());

async function loops(side) {
	const before = workers(), began = Date.now();
	const answer = await beside(side, "a loop", () =>
		side.client.send("POST", "/products", { name: "Kettle", sku: "LOOP", price: 1 }, { "x-souk-exit": "loop" }));
	const took = Date.now() - began;
	ok(answer.status === 502 && isError(answer), `a loop ends in 502 after ${took} ms`, answer.text);
	ok(took >= STUCK_MS && took < STUCK_MS + REPLACED_MS, "its worker was killed in time");
	same(incidents("stuck", answer.headers["x-request-id"]).length, 1, "incidents with its request_id");
	ok(await allThere(), "it is replaced");
	same(before.filter((pid) => !workers().includes(pid)).length, 1, "workers that are new");
}

// A read may be tried elsewhere; it must not take every worker with it.
async function poison(side) {
	const answer = await beside(side, "a loop that is repeated", () => side.client.get("/products?limit=1", { "x-souk-exit": "loop" }));
	const killed = incidents("stuck", answer.headers["x-request-id"]).length;
	ok([502, 504].includes(answer.status) && isError(answer), `it ends in an error: ${answer.status}`, answer.text);
	ok(killed >= 1 && killed <= 2, `${killed} workers were killed by it`);
	ok(await allThere(), "they are replaced");
}

async function leaks(side) {
	const ids = new Set();
	const died = () => log.of("no_memory").filter((line) => ids.has(line.request_id));
	const seen = new Faults();
	await beside(side, "a leak", async () => {
		for (let n = 0; n < 60 && !died().length; n++) {
			const answer = await side.client.send("POST", "/products", { name: "Kettle", sku: `LEAK-${n}`, price: 1 }, { "x-souk-exit": "leak" });
			ids.add(answer.headers["x-request-id"]);
			seen.check(answer.status === 201 || (answer.status === 502 && isError(answer)), () => `${answer.status} ${answer.text}`);
		}
	});
	seen.report("who leaks is served, until his worker has no more and he is told 502");
	same(died().length, 1, "workers that a leak of 64 MiB each brought to their limit, with the request_id");
	const ends = () => log.of("worker_died", { worker: died()[0]?.pid });
	await until(REPLACED_MS, () => ends().length > 0);
	const [end] = ends();
	ok(end?.exit === 71 && end?.signal === 0, "it ended with 71, by no signal", JSON.stringify(end));
	ok(await allThere(), "it is replaced");
	const leaky = workers();
	process.kill(processOf("souk-api"), "SIGHUP");
	ok(await until(REPLACED_MS, () => !leaky.some(isThere) && workers().length === wanted()), "and the others, who lost some too, by SIGHUP");
}

// Another session holds the table: the statement waits as one that computes without end does.
async function runsAway(side, db) {
	const made = await side.client.make("POST", "/categories", { name: "Tea", slug: "tea" });
	await db.run("LOCK TABLES products WRITE");
	const began = Date.now();
	const [answer, other] = await Promise.all([side.client.get("/products?limit=1&sort=name"), side.client.get(`/categories/${made.id}`)]);
	const took = Date.now() - began;
	await db.run("UNLOCK TABLES");
	ok([422, 503].includes(answer.status) && isError(answer) && took < 5000, `a statement without end is ended: ${answer.status} after ${took} ms`, answer.text);
	same(other.status, 200, "what does not need it");
	same((await side.client.get("/products?limit=1&sort=name")).status, 200, "the same afterwards");
}

function limits() {
	const faults = new Faults();
	for (const pid of [...workers(), keeper()]) {
		const text = readFileSync(`/proc/${pid}/limits`, "utf8");
		for (const [name, most] of [["Max core file size", 0], ["Max address space", bounded && 512 << 20], ["Max open files", 256]].filter(([, most]) => most !== false)) {
			const found = new RegExp(`^${name} +(\\S+) +(\\S+)`, "m").exec(text);
			faults.check(Number(found[1]) === most && Number(found[2]) === most, `${pid}: ${found[0]}`);
		}
	}
	faults.report("each has its limits");
}

async function retires(side) {
	await restartApi({ SOUK_MAX_REQUESTS: SHARE });
	const before = new Set(workers()), seen = new Set(before);
	const faults = new Faults();
	await together(SHARE * 20, 8, async (i) => {
		const answer = await side.client.get("/products?limit=1");
		faults.check(answer.status === 200, () => `${answer.status} ${answer.text}`);
		if (i % 20 === 0)
			workers().forEach((pid) => seen.add(pid));
	});
	faults.report("no request fails while workers retire");
	ok(seen.size >= before.size + 8, `${seen.size} workers served ${SHARE * 20} requests, ${SHARE} each`);
	ok(![...before].some((pid) => workers().includes(pid)), "the first are gone");
}

async function keeps() {
	const first = keeper();
	process.kill(first, "SIGKILL");
	ok(await until(REPLACED_MS, () => keeper() && keeper() !== first), "a keeper that died is replaced");
	const second = keeper();
	process.kill(second, "SIGSTOP");
	await pause(2500);
	const health = await probe.get("health");
	ok(health.status === 200 && health.json.services.database === "operational" && health.json.services.storage === "unknown",
		"while the keeper stands still, health asks by itself", health.text);
	ok(await until(STUCK_MS + REPLACED_MS, () => keeper() && keeper() !== second), "a keeper that stands still is replaced");
	ok(await until(2000, async () => (await probe.get("health")).json.services.storage === "operational"), "and health tells all again");
}

async function drains(side) {
	await restartApi({ SOUK_DRAIN_S: DRAIN_S });
	const master = processOf("souk-api");
	same((await probe.get("readyz")).status, 200, "readyz");
	const began = Date.now();
	process.kill(master, "SIGTERM");
	const said = await until(500, async () => (await probe.get("readyz")).status === 503);
	ok(said, `readyz says no ${Date.now() - began} ms after SIGTERM`);
	const answers = await Promise.all([side.client.get("/products?limit=1"), side.client.send("POST", "/products", { name: "Kettle", sku: "LAST", price: 1 }), probe.get("livez")]);
	same(answers.map(({ status }) => status).join(), "200,201,200", "and requests are served on");
	ok(await until(DRAIN_S * 1000 + REPLACED_MS, () => !isThere(master)), "then it ends");
	ok(Date.now() - began >= DRAIN_S * 1000, `after ${Date.now() - began} ms`);
	await restartApi();
	same((await probe.get("readyz")).status, 200, "readyz of the next");
}

await prove(SECONDS, async () => {
	const db = new Database();
	const { live } = await newShop(db, { sockets: 4 });
	limits();
	await loops(live);
	if (bounded)
		await leaks(live);
	await runsAway(live, db);
	if (!isShort) {
		await poison(live);
		await keeps();
		await retires(live);
		await drains(live);
	}
	db.close();
});
