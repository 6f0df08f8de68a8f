// needs: prometheus
// E19: metrics that operators can trust. What is counted is exact over all workers, reloads, new binaries and restarts; a worker
// that is killed costs no count, and makes one too many at most. promtool finds nothing to say, there are few series, an alert
// fires when it should, and counting costs next to nothing.
import { execFileSync, spawnSync } from "node:child_process";

import { body } from "./rig/creates.mjs";
import { Client } from "./rig/client.mjs";
import { Database } from "./rig/database.mjs";
import { Faults, isShort, ok, prove, random, same, say, together } from "./rig/report.mjs";
import { newShop } from "./rig/shop.mjs";
import { killHard, processOf, restartApi, startDatabase, until } from "./rig/stack.mjs";
import { killOne, wanted, workers } from "./rig/workers.mjs";

const REQUESTS = isShort ? 400 : 8000;
const KILLS = isShort ? 3 : 20;
const CLIENTS = 16;
const SERIES_MAX = 2000;
const COST_MAX_NS = 50000;
const DATABASE_MS = 2000;
const WATCHER = "127.0.0.2"; // of SOUK_METRICS_FROM
const SECONDS = isShort ? 120 : 600;
const SEED = Number(process.argv[2] ?? Date.now() % 1e9);

const root = process.env.SOUK_ROOT;
const chance = random(SEED);

// ---- what is counted

async function text(client) {
	const answer = await client.get("/metrics", { accept: "text/plain" });
	if (answer.status !== 200)
		throw new Error(`/metrics answered ${answer.status}: ${answer.text}`);
	return answer.text;
}

const parsed = (lines) => new Map(lines.split("\n").filter((line) => line && !line.startsWith("#")).map((line) => {
	const space = line.lastIndexOf(" ");
	return [line.slice(0, space), Number(line.slice(space + 1))];
}));

const scrape = async (client) => parsed(await text(client));

// What rose of those series, without the scrapes' own.
function risen(was, is, begin) {
	const all = new Map();
	for (const [series, n] of is)
		if (series.startsWith(begin) && !series.includes('route="metrics"') && n !== (was.get(series) ?? 0))
			all.set(series, n - (was.get(series) ?? 0));
	return all;
}

const sum = (all) => [...all.values()].reduce((a, n) => a + n, 0);

// ---- a load whose answers are counted here as well

const keyed = (name, i) => ({ "idempotency-key": `${name}-${i}` });

// What a shop asks, and what is wrong in it: [route, method, path, body, headers]. All of it may be repeated by nginx.
function request(made, name, i) {
	const id = made[i % made.length];
	switch (i % 10) {
	case 0:
		return ["products", "POST", "/products", { ...body(`${name}-${i}`), variants: undefined }, keyed(name, i)];
	case 1:
		return ["products", "PATCH", `/products/${id}`, { price: i / 100 }, keyed(name, i)];
	case 2:
		return ["products", "PATCH", `/products/${id}`, { price: -1 }, keyed(name, i)];
	case 3:
		return ["products", "GET", "/products?limit=20"];
	case 4:
		return ["categories", "GET", "/categories"];
	case 5:
		return ["variants", "GET", `/products/${id}/variants`];
	case 6:
		return ["products", "GET", "/products/prod_7zzzzzzzzzzzz"];
	case 7:
		return ["unmatched", "GET", `/no-such-path-${i}`];
	case 8:
		return ["products", "GET", "/products", undefined, i % 100 === 8 ? { "x-souk-fault": "1064@1" } : {}];
	default:
		return ["products", "GET", `/products/${id}`];
	}
}

// Sends n of them, and calls during() now and then. Gives how many answers there were, by series.
async function load(client, made, name, n, during = () => {}) {
	const answered = new Map(), broken = new Faults();
	let done = 0;
	await together(n, CLIENTS, async (i) => {
		const [route, method, path, sent, headers] = request(made, name, i);
		const { status, text: said } = await client.send(method, path, sent, headers);
		const series = `souk_http_requests_total{route="${route}",method="${method}",code="${Math.floor(status / 100)}xx"}`;
		answered.set(series, (answered.get(series) ?? 0) + 1);
		broken.check(status > 0 && status !== 502, () => `${method} ${path}: ${status} ${said}`);
		await during(++done);
	});
	broken.report(`${name}: every request has an answer`);
	return answered;
}

// Each answer must be counted, and in all no more than `most` more.
function judge(answered, was, is, most, title) {
	const faults = new Faults(), counted = risen(was, is, "souk_http_requests_total");
	for (const series of new Set([...answered.keys(), ...counted.keys()])) {
		const more = (counted.get(series) ?? 0) - (answered.get(series) ?? 0);
		faults.check(more >= 0 && more <= most, `${series}: ${counted.get(series)} counted, ${answered.get(series)} answered`);
	}
	const more = sum(counted) - sum(answered);
	const timed = sum(risen(was, is, "souk_http_request_duration_seconds_count"));
	say(`${title}: ${sum(answered)} answers, ${sum(counted)} counted, ${timed} timed`);
	faults.check(more >= 0 && more <= most, `${more} too many`);
	faults.check(Math.abs(timed - sum(counted)) <= most, `${timed} have a duration`);
	faults.report(most ? `${title}: each answer is counted, and at most ${most} twice` : `${title}: each answer is counted once`);
}

// Lets that happen under a load and judges what was counted.
async function trial(client, made, { name, n = REQUESTS, most = 0, during, after = () => {} }) {
	const was = await scrape(client);
	const answered = await load(client, made, name, n, during);
	await until(20000, () => workers().length === wanted());
	const is = await scrape(client);
	judge(answered, was, is, most, name);
	after(was, is);
}

// ---- the database comes and goes

// Whoever watches from a known address sees it, for that takes no key and so no database.
async function judgeDatabase() {
	const watcher = new Client("none", { from: WATCHER });
	const isUp = async (wanted) => (await scrape(watcher)).get("souk_db_up") === wanted;
	const turns = async (wanted, title) => {
		const began = Date.now();
		await until(10000, () => isUp(wanted));
		const ms = Date.now() - began;
		ok(ms <= DATABASE_MS, `souk_db_up is ${wanted} ${title}: after ${ms} ms`);
	};
	ok(await isUp(1), "souk_db_up is 1");
	killHard(processOf("mariadb"));
	await turns(0, "when the database is killed");
	await startDatabase();
	await turns(1, "when it is back");
}

// ---- promtool

function promtool(args, input) {
	const run = spawnSync("promtool", args, { input, encoding: "utf8" });
	return { missing: run.error?.code === "ENOENT", status: run.status, said: `${run.stdout ?? ""}${run.stderr ?? ""}`.trim() };
}

async function judgeByPromtool(client) {
	if (promtool(["--version"]).missing) {
		if (isShort)
			return say("promtool is not installed: ./dev torture metrics brings it");
		throw new Error("promtool is missing");
	}
	const metrics = promtool(["check", "metrics"], await text(client));
	ok(metrics.status === 0 && !metrics.said, "promtool check metrics finds nothing", metrics.said);
	for (const [verb, file] of [["check", "prometheus/souk.rules.yml"], ["test", "t/prometheus/souk.rules.test.yml"]]) {
		const rules = promtool([verb, "rules", `${root}/${file}`]);
		ok(rules.status === 0, `promtool ${verb} rules: ${file}`, rules.said);
	}
	const named = new Set(execFileSync("grep", ["-oh", "souk_[a-z_]*", `${root}/prometheus/souk.rules.yml`], { encoding: "utf8" }).trim().split("\n"));
	const known = new Set([...(await scrape(client)).keys()].map((series) => series.replace(/\{.*/, "")));
	const unknown = [...named].filter((name) => !known.has(name));
	ok(!unknown.length, `the ${named.size} names that the rules use are there`, unknown.join(" "));
}

// ---- the proof

// Everything so far was within the last five minutes, so both tell of the same; but for the short form, before which others asked.
async function judgeFigures(client) {
	const all = await scrape(client), figures = (await client.get("/metrics")).json;
	const ours = [...all].filter(([series]) => /^souk_http_requests_total.*route="(products|variants|categories)"/.test(series));
	const failed = ours.filter(([series]) => series.includes('code="5xx"'));
	const rate = sum(new Map(failed)) / sum(new Map(ours));
	say(JSON.stringify(figures));
	const right = isShort ? figures.error_rate >= 0 && figures.error_rate < 1 : rate > 0 && Math.abs(figures.error_rate - rate) <= 0.000001;
	ok(right, `error_rate is ${figures.error_rate}, the counters say ${rate}`);
	ok(figures.response_time_p50 > 0 && figures.response_time_p50 <= figures.response_time_p95 && figures.response_time_p95 <= figures.response_time_p99, "quantiles rise");
	ok(figures.requests_per_second > 0, "requests a second are told");
}

// What recording takes, as the unit test measures it in a loop.
function judgeCost() {
	const kind = process.env.SOUK_CTL.replace(/\/soukctl$/, "");
	execFileSync("make", ["-s", "-C", kind, "unit-base"], { stdio: "ignore" });
	const said = spawnSync(`${kind}/unit-base`, ["metrics__costs_little"], { encoding: "utf8" }).stdout;
	const ns = Number(/(\d+) ns/.exec(said)?.[1] ?? NaN);
	ok(ns < COST_MAX_NS, `recording a request takes ${ns} ns, of the ${COST_MAX_NS} that it may`);
}

await prove(SECONDS, async () => {
	say(`seed ${SEED}`);
	const { live } = await newShop(new Database(), { sockets: CLIENTS }), { client } = live, made = [];
	for (let i = 0; i < 20; i++)
		made.push((await client.make("POST", "/products", body(`made-${i}`))).id);

	await trial(client, made, { name: "in calm" });
	await judgeFigures(client);

	let killed = 0;
	await trial(client, made, {
		name: "under kills",
		most: KILLS,
		during: (done) => done >= (killed + 0.5) * REQUESTS / KILLS && killed < KILLS && killOne(chance()) && killed++,
		after: (was, is) => {
			const rise = (name) => is.get(name) - was.get(name);
			same(killed, KILLS, "workers were killed");
			same(rise("souk_workers_died_total"), KILLS, "souk_workers_died_total rose by");
			same(rise("souk_workers_started_total"), KILLS, "souk_workers_started_total rose by");
		},
	});

	const signals = ["SIGHUP", "SIGUSR2", "SIGHUP"];
	await trial(client, made, {
		name: "under reloads and a new binary",
		during: (done) => done >= (3.5 - signals.length) * REQUESTS / 4 && signals.length && process.kill(processOf("souk-api"), signals.shift()),
	});

	const was = await scrape(client);
	await restartApi();
	const is = await scrape(client);
	judge(new Map(), was, is, 0, "over a restart");
	ok([...was].every(([series, n]) => is.has(series) && (is.get(series) >= n || !/_total|_count|_sum|_bucket/.test(series))), "nothing that was counted is lost by a restart");
	same(is.get("souk_workers"), wanted(), "souk_workers");

	ok(is.size <= SERIES_MAX, `${is.size} series, of the ${SERIES_MAX} that there may be`);
	ok(![live.publicId, live.key, ...made].some((word) => [...is.keys()].join().includes(word)), "no series names a tenant, a key or an object");
	await judgeByPromtool(client);
	judgeCost();
	await judgeDatabase();
});
