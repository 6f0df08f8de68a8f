// E3: rotating loses no line. The rules of the package, with this stack's places in them, turn souk-api's log over and over
// under load; afterwards each request that was answered stands once in all that was kept, the compressed included.
// needs: logrotate
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import { Database } from "./rig/database.mjs";
import { Faults, ok, prove, same, say } from "./rig/report.mjs";
import { newShop } from "./rig/shop.mjs";
import { pause, stack, until } from "./rig/stack.mjs";

const TURNS = 12; // fewer than are kept
const APART_MS = 500;
const CLIENTS = 8;
const WRITTEN_MS = 5000; // a line follows its answer
const SECONDS = 120;
const root = process.env.SOUK_ROOT;

function rules() {
	const owner = execFileSync("stat", ["-c", "%U %G", process.env.SOUK_LOG_FILE], { encoding: "utf8" }).trim();
	const text = readFileSync(`${root}/systemd/logrotate.conf.in`, "utf8")
		.replace("@localstatedir@/log/souk/*.log", process.env.SOUK_LOG_FILE)
		.replaceAll("@runstatedir@", `${stack}/run`)
		.replaceAll("souk adm", owner);
	const path = `${stack}/tmp/logrotate.conf`;
	writeFileSync(path, text, { mode: 0o644 });
	return { path, text };
}

const turn = (...args) => spawnSync("logrotate", ["--state", `${stack}/tmp/logrotate.state`, ...args], { encoding: "utf8" });

// The requests of all files of the log, with how often each stands there.
function logged() {
	const [, dir, name] = /^(.*)\/([^/]+)$/.exec(process.env.SOUK_LOG_FILE);
	const files = readdirSync(dir).filter((file) => file.startsWith(name));
	const times = new Map();
	for (const file of files) {
		const bytes = readFileSync(`${dir}/${file}`);
		const lines = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString().split("\n");
		for (const line of lines.filter((text) => text.includes('"event":"request"'))) {
			const { request_id: id } = JSON.parse(line);
			times.set(id, (times.get(id) ?? 0) + 1);
		}
	}
	return { files, times };
}

await prove(SECONDS, async () => {
	const { path, text } = rules();
	ok(!/@\w+@/.test(text), "every word of the rules is filled in");
	const dry = turn("--debug", path);
	ok(dry.status === 0 && !/error|warning/i.test(dry.stderr.replace(/^warning: logrotate in debug mode.*$/im, "")), "logrotate has nothing against the rules", dry.stderr);

	const db = new Database();
	const { live } = await newShop(db, { sockets: CLIENTS });
	const answered = [], bad = new Faults();
	let over = false;
	const clients = Array.from({ length: CLIENTS }, async () => {
		while (!over) {
			const answer = await live.client.get("/products?limit=1");
			bad.check(answer.status === 200, () => `${answer.status} ${answer.text}`);
			answered.push(answer.headers["x-request-id"]);
		}
	});
	const turned = new Faults();
	for (let i = 0; i < TURNS; i++) {
		await pause(APART_MS);
		const { status, stdout, stderr } = turn("--force", path);
		turned.check(status === 0 && !stderr, `${status} ${stdout}${stderr}`);
	}
	await pause(APART_MS);
	over = true;
	await Promise.all(clients);
	await until(WRITTEN_MS, () => {
		const { times } = logged();
		return answered.every((id) => times.has(id));
	});
	turned.report(`the log was turned ${TURNS} times`);
	bad.report("every request was answered");

	const { files, times } = logged();
	say(`${answered.length} requests, ${files.length} files: ${files.join(" ")}`);
	same(files.length, TURNS + 1, "files");
	ok(files.some((file) => file.endsWith(".gz")), "older ones are compressed");
	const lost = new Faults();
	for (const id of answered)
		lost.check(times.get(id) === 1, `${id} stands ${times.get(id) ?? 0} times`);
	lost.report("each answered request stands once");
	ok(existsSync(process.env.SOUK_LOG_FILE), "the log goes on under its name");
	db.close();
});
