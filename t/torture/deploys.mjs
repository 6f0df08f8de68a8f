// R17: deploys are invisible. Under a load of reads, keyed and unkeyed writes, souk-api changes its workers (SIGHUP) and takes
// a new binary (SIGUSR2): no request fails, the old workers are gone soon, and the new binary is what runs.
import { copyFileSync, mkdirSync, renameSync, statSync } from "node:fs";

import { Database } from "./rig/database.mjs";
import { Faults, isShort, ok, prove, same, say } from "./rig/report.mjs";
import { broken, newShop } from "./rig/shop.mjs";
import { isThere, processOf, restartApi, stack, until } from "./rig/stack.mjs";
import { stream } from "./rig/creates.mjs";
import { wanted, workers } from "./rig/workers.mjs";

const RELOADS = isShort ? 2 : 20;
const BINARIES = isShort ? 1 : 5;
const REQUESTS = isShort ? 500 : 20000;
const CLIENTS = 16;
const GONE_MS = 30000;
const SECONDS = isShort ? 60 : 400;

const program = `${stack}/bin/souk-api`;

// What a shop does: mostly reads; writes with and without a key. {status: wanted, sent: the answer}.
function request(client, made, i) {
	const id = made[i % made.length];
	switch (i % 8) {
	case 0:
		return { status: 201, sent: client.send("POST", "/products", { name: "Kettle", sku: `KEYED-${i}`, price: 1 }, { "idempotency-key": `deploy-${i}` }) };
	case 1:
		return { status: 201, sent: client.send("POST", "/products", { name: "Kettle", sku: `UNKEYED-${i}`, price: 1 }) };
	case 2:
		return { status: 200, sent: client.send("PATCH", `/products/${id}`, { price: i / 100 }) };
	case 3:
		return { status: 200, sent: client.get("/products?limit=20") };
	default:
		return { status: 200, sent: client.get(`/products/${id}`) };
	}
}

// A new file in the old one's place, as a package manager puts it.
function install() {
	mkdirSync(`${stack}/bin`, { recursive: true });
	copyFileSync(`${process.env.SOUK_CTL.replace(/soukctl$/, "souk-api")}`, `${program}.new`);
	renameSync(`${program}.new`, program);
	return statSync(program).ino;
}

const running = () => statSync(`/proc/${processOf("souk-api")}/exe`).ino;

// Sends the signal; gives how long the workers that were there have lived on.
async function deploy(signal) {
	const old = workers(), began = Date.now();
	process.kill(processOf("souk-api"), signal);
	await until(GONE_MS, () => !old.some(isThere));
	return Date.now() - began;
}

async function proof() {
	const db = new Database();
	const { live } = await newShop(db, { sockets: CLIENTS });
	const made = [];
	for (let i = 0; i < 20; i++)
		made.push((await live.client.make("POST", "/products", { name: "Kettle", sku: `MADE-${i}`, price: 1 })).id);

	const failures = new Faults();
	let sent = 0;
	const load = stream(live.client, CLIENTS, async (i) => {
		const { status, sent: answering } = request(live.client, made, i);
		const answer = await answering;
		failures.check(answer.status === status, () => `request ${i}: ${answer.status} ${answer.text}`);
		sent++;
		return answer;
	});
	const lived = [];
	for (let i = 0; i < RELOADS + BINARIES; i++) {
		await until(60000, () => sent >= (i + 0.5) * REQUESTS / (RELOADS + BINARIES));
		const isBinary = i % ((RELOADS + BINARIES) / BINARIES) === 0;
		const inode = isBinary ? install() : running();
		lived.push(await deploy(isBinary ? "SIGUSR2" : "SIGHUP"));
		if (running() !== inode)
			failures.add(`deploy ${i}: the new binary does not run`);
	}
	await until(120000, () => sent >= REQUESTS);
	const all = await load.stop();
	await until(5000, () => workers().length === wanted());
	say(`${all.size} requests, ${RELOADS} reloads, ${BINARIES} binaries; old workers lived on for at most ${Math.max(...lived)} ms`);
	failures.report(`no request of ${all.size} failed`);
	ok(all.size >= REQUESTS, `${REQUESTS} requests were sent`);
	ok(Math.max(...lived) < GONE_MS, `old workers are gone within ${GONE_MS} ms`);
	same(workers().length, wanted(), "workers are there");
	const findings = await broken(db, live.tenant);
	ok(!findings.length, "what must always hold holds", findings.join("\n"));
}

await prove(SECONDS, async () => {
	install();
	await restartApi({}, program);
	try {
		await proof();
	} finally {
		await restartApi();
	}
});
