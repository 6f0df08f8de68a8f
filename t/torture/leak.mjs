// R19: no leak over a day. One worker of the release build, which is never replaced, answers 200,000 mixed requests: behind the
// first 20,000 its memory, its files, its prepared statements and the temporary files stay as they are. And what
// performance.md allows: a worker's memory after that, and the whole stack's while nothing is asked.
import { readdirSync } from "node:fs";

import { Database } from "./rig/database.mjs";
import { descriptors, memory, parts } from "./rig/memory.mjs";
import { Mix } from "./rig/mix.mjs";
import { Faults, ok, prove, random, say, together } from "./rig/report.mjs";
import { newShop } from "./rig/shop.mjs";
import { pause, releaseProgram, restartApi, stack } from "./rig/stack.mjs";
import { workers } from "./rig/workers.mjs";

const REQUESTS = Number(process.argv[2] ?? 200000);
const WARM = REQUESTS / 10;
const CLIENTS = 16;
const GROWTH_MIB = 1;
const DIRTY_MIB = 8;
const PSS_MIB = 16;
const STACK_MIB = 250;
const SECONDS = 3600;

const mib = (n) => `${n.toFixed(1)} MiB`;

function temporary() {
	return readdirSync(`${stack}/tmp`, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}

async function look(db, pid) {
	const [statements, tables, files] = await Promise.all(["Prepared_stmt_count", "Created_tmp_disk_tables", "Created_tmp_files"].map(async (name) =>
		Number((await db.run(`SHOW GLOBAL STATUS LIKE '${name}'`))[0].split("\t")[1])));
	return { ...memory(pid), descriptors: descriptors(pid), statements, tables, files, temporary: temporary() };
}

await prove(SECONDS, async () => {
	const program = await releaseProgram();
	await restartApi({ SOUK_WORKERS: 1, SOUK_MAX_REQUESTS: 0 }, program);
	const db = new Database();
	const { live } = await newShop(db, { sockets: CLIENTS });
	const mix = await new Mix(live.client, random(1)).prepare();
	const [pid] = workers();
	const failures = new Faults();
	const seen = [];
	const began = Date.now();
	for (let done = 0; done < REQUESTS; done += WARM) {
		await together(WARM, CLIENTS, async (i) => {
			const { wanted, answer } = await mix.send(done + i);
			failures.check(wanted.includes(answer.status), () => `request ${done + i}: ${answer.status}, not ${wanted}: ${answer.text}`);
		});
		const s = await look(db, pid);
		seen.push(s);
		say(`${done + WARM}: RSS ${mib(s.rss)}, PSS ${mib(s.pss)}, Private_Dirty ${mib(s.dirty)}, ${s.descriptors} descriptors, ` +
			`${s.statements} prepared statements, ${s.temporary} temporary files`);
	}
	const seconds = (Date.now() - began) / 1000;
	say(`${REQUESTS} requests in ${seconds.toFixed(0)} s, ${Math.round(REQUESTS / seconds)} a second`);
	failures.report("every request was answered as it must be");
	ok(workers()[0] === pid, "one worker answered them all");
	const first = seen[0], last = seen.at(-1);
	ok(last.rss - first.rss <= GROWTH_MIB, `from the ${WARM}th request on it grew by ${mib(last.rss - first.rss)}, at most ${GROWTH_MIB}`);
	for (const [name, what] of [["descriptors", "open files"], ["statements", "prepared statements"], ["temporary", "temporary files"]])
		ok(seen.every((s) => s[name] === first[name]), `${what} stay: ${first[name]}`, seen.map((s) => s[name]).join(" "));
	ok(last.dirty <= DIRTY_MIB, `a worker has ${mib(last.dirty)} of its own, at most ${DIRTY_MIB}`);
	ok(last.pss <= PSS_MIB, `its share is ${mib(last.pss)}, at most ${PSS_MIB}`);

	await restartApi({}, program);
	for (let i = 0; i < 400; i++)
		await mix.send(REQUESTS + i);
	await pause(3000);
	const all = parts(), sum = Object.values(all).reduce((a, b) => a + b, 0);
	say(Object.entries(all).map(([name, pss]) => `${name} ${mib(pss)}`).join(", "));
	ok(sum < STACK_MIB, `the whole stack idles at ${mib(sum)}, below ${STACK_MIB}`);
});
