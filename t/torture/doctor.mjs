// Faults, planted one at a time in a stack that works; soukctl doctor names each and says how it is mended.
// Each row: the title, the check that must find it, a word of what it says, a word of the repair, and how it is planted.
// What `plant` gives back undoes it. Those that are a setting only need `env`.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { Database } from "./rig/database.mjs";
import { ok, prove, say } from "./rig/report.mjs";
import { pause } from "./rig/stack.mjs";
import { keeper } from "./rig/workers.mjs";

if (!process.env.SOUK_DB) {
	console.error("torture: there is no stack; run ./dev torture doctor");
	process.exit(64);
}
const dir = mkdtempSync(join(tmpdir(), "souk-doctor-"));
const stack = dirname(dirname(process.env.SOUK_CONFIG));
const root = process.env.SOUK_ROOT;
const settings = readFileSync(process.env.SOUK_CONFIG, "utf8");
const setting = (key) => new RegExp(`^${key}=(.*)$`, "m").exec(settings)[1];
let db = new Database();

// ---- asking

function parse(run) {
	return { status: run.status, checks: run.stdout ? JSON.parse(run.stdout).checks : [], err: run.stderr };
}
const doctor = (env = {}, before = []) => {
	const [program, ...args] = [...before, process.env.SOUK_CTL, "doctor", "--json"];
	return parse(spawnSync(program, args, { encoding: "utf8", env: { ...process.env, ...env } }));
};
// The same while this process goes on answering.
const doctorBeside = (env) => new Promise((resolve) => {
	const child = spawn(process.env.SOUK_CTL, ["doctor", "--json"], { env: { ...process.env, ...env } });
	let stdout = "";
	child.stdout.on("data", (part) => (stdout += part));
	child.on("close", (status) => resolve(parse({ status, stdout, stderr: "" })));
});

// ---- planting

const file = (name, text, mode = 0o600) => {
	const path = join(dir, name);
	writeFileSync(path, text);
	chmodSync(path, mode);
	return path;
};
const global = (name, value, back) => async () => {
	await db.run(`SET GLOBAL ${name} = ${value}`);
	return () => db.run(`SET GLOBAL ${name} = ${back}`);
};
const sql = (there, back) => async () => {
	await db.run(there);
	return () => db.run(back);
};
const shell = (script) => {
	const run = spawnSync("bash", ["-eu", "-c", script, "doctor", stack, root], { encoding: "utf8" });
	if (run.status !== 0) throw new Error(run.stderr || run.stdout);
};
const migrations = (change) => {
	const to = join(dir, `sql-${Math.random().toString(36).slice(2)}`);
	cpSync(setting("SOUK_SQL_DIR"), to, { recursive: true });
	change(to);
	return to;
};
const next = (path) => String(readdirSync(path).length + 1).padStart(4, "0");

// A certificate that lasts `days`, and a server that shows it and says it is alive.
function otherSite(days, body) {
	const key = join(dir, "site.key"), cert = join(dir, "site.pem");
	spawnSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", String(days),
		"-subj", "/CN=localhost", "-keyout", key, "-out", cert]);
	const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (q, answer) => answer.end(body));
	return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

// A directory with `percent` of it full, as a file system of its own.
function fullDisk() {
	const path = join(dir, "full");
	mkdirSync(path);
	shell(`mount -t tmpfs -o size=64m tmpfs '${path}' && head -c 62m /dev/zero >'${path}/filler'`);
	return path;
}
// It is replaced after eight seconds, long after it was noticed.
async function stillKeeper() {
	const pid = keeper();
	process.kill(pid, "SIGSTOP");
	await pause(3500);
	return () => process.kill(pid, "SIGCONT");
}
const isRoot = process.getuid() === 0;

const faults = [
	// settings
	["an unknown setting", "settings", "SOUK_WORKRES", "edit",
		{ env: () => ({ SOUK_CONFIG: file("typo.env", `${settings}SOUK_WORKRES=4\n`) }) }],
	["no worker at all", "settings", "SOUK_WORKERS='0'", "edit", { env: () => ({ SOUK_WORKERS: "0" }) }],
	["settings that cannot be read", "settings", "No such file", "edit",
		{ env: () => ({ SOUK_CONFIG: join(dir, "none.env") }) }],
	// key ring
	["a key ring that is missing", "key ring", "No such file", "openssl rand",
		{ env: () => ({ SOUK_KEYRING: join(dir, "none") }) }],
	["a key ring that all may read", "key ring", "open to others", "chmod 600",
		{ env: () => ({ SOUK_KEYRING: file("open-ring", readFileSync(setting("SOUK_KEYRING")), 0o644) }) }],
	["a key ring with a broken key", "key ring", "64 hex digits", "backup",
		{ env: () => ({ SOUK_KEYRING: file("short-ring", "1 abcdef\n") }) }],
	["a key ring without a key", "key ring", "has no key", "backup",
		{ env: () => ({ SOUK_KEYRING: file("empty-ring", "# nothing\n") }) }],
	["a key ring with its newest key last", "key ring", "newest key stands first", "backup",
		{ env: () => ({ SOUK_KEYRING: file("turned-ring", `1 ${"a".repeat(64)}\n2 ${"b".repeat(64)}\n`) }) }],
	// directories and files
	["a run directory that is missing", "run directory", "No such file", "install -d",
		{ env: () => ({ SOUK_RUN_DIR: join(dir, "norun") }) }],
	["a run directory that is none", "run directory", "Not a directory", "shared",
		{ env: () => ({ SOUK_RUN_DIR: file("run-file", "", 0o700) }) }],
	["a state directory that is missing", "state directory", "uptime", "install -d",
		{ env: () => ({ SOUK_STATE_DIR: join(dir, "nostate") }) }],
	["a log that cannot be written", "log", "cannot be written", "install -d",
		{ env: () => ({ SOUK_LOG: join(dir, "nolog/souk.log") }) }],
	["a disk that is nearly full", "disk", "% free", "make room",
		{ root: true, env: () => ({ SOUK_RUN_DIR: fullDisk() }), undo: () => shell(`umount '${join(dir, "full")}'`) }],
	["a kernel that queues too little", "backlog", "4096 are needed", "somaxconn",
		{ root: true, before: ["unshare", "--net", "sh", "-c", 'echo 128 >/proc/sys/net/core/somaxconn && exec "$@"', "sh"] }],
	// database
	["a database that does not answer", "database", "2002", "start mariadb",
		{ env: () => ({ SOUK_DB: join(dir, "none.sock") }) }],
	["a password that is wrong", "database", "Access denied", "soukctl setup", { env: () => ({ SOUK_DB_PASSWORD: "wrong" }) }],
	["a database that is not there", "database", "denied", "soukctl setup", { env: () => ({ SOUK_DB_NAME: "elsewhere" }) }],
	["snapshot isolation switched off", "database", "innodb_snapshot_isolation", "SET GLOBAL",
		{ plant: global("innodb_snapshot_isolation", "OFF", "ON") }],
	["a character set that is too small", "database", "latin1", "ALTER DATABASE",
		{ plant: sql("ALTER DATABASE souk CHARACTER SET latin1", "ALTER DATABASE souk CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci") }],
	["encryption switched off", "encryption", "tables", "soukctl setup", { plant: global("innodb_encrypt_tables", "OFF", "'FORCE'") }],
	["commits that do not reach the disk", "durability", "power cut", "innodb_flush_log_at_trx_commit = 1",
		{ plant: global("innodb_flush_log_at_trx_commit", "2", "1") }],
	["too few connections", "connections", "10 allowed", "max_connections", { plant: global("max_connections", "10", "48") }],
	["a clock that is wrong", "clock", "ms off", "set-ntp", { plant: global("init_connect", "'SET timestamp = 1000000000'", "''") }],
	["a user who may change tables", "grants", "DROP", "soukctl setup",
		{ plant: sql("GRANT DROP ON souk.* TO souk@localhost", "REVOKE DROP ON souk.* FROM souk@localhost") }],
	["a user who may read files", "grants", "FILE", "soukctl setup",
		{ plant: sql("GRANT FILE ON *.* TO souk@localhost", "REVOKE FILE ON *.* FROM souk@localhost") }],
	["a user who may hand its rights on", "grants", "GRANT OPTION", "soukctl setup",
		{ plant: sql("GRANT GRANT OPTION ON souk.* TO souk@localhost", "REVOKE GRANT OPTION ON souk.* FROM souk@localhost") }],
	["a user who may not delete", "grants", "lacks DELETE", "GRANT DELETE",
		{ plant: sql("REVOKE DELETE ON souk.* FROM souk@localhost", "GRANT DELETE ON souk.* TO souk@localhost") }],
	// tables
	["a migration that is not applied", "migrations", "1 to be applied", "soukctl migrate",
		{ env: () => ({ SOUK_SQL_DIR: migrations((to) => writeFileSync(join(to, `${next(to)}_more.sql`), "SELECT 1;\n")) }) }],
	["a migration that was changed", "migrations", "was changed", "installed release",
		{ env: () => ({ SOUK_SQL_DIR: migrations((to) => writeFileSync(join(to, "0001_core.sql"), "SELECT 1;\n")) }) }],
	["a migration that is missing", "migrations", "is missing", "installed release",
		{ env: () => ({ SOUK_SQL_DIR: migrations((to) => rmSync(join(to, "0001_core.sql"))) }) }],
	["a column that is gone", "schema", "brand", "soukctl migrate",
		{ plant: sql("ALTER TABLE products RENAME COLUMN brand TO brand_x", "ALTER TABLE products RENAME COLUMN brand_x TO brand") }],
	["housekeeping that cron does not start", "housekeeping", "3 days ago", "souk-housekeep; systemctl enable --now souk-housekeep.timer",
		{ plant: sql("INSERT INTO program_runs (program, finished_at) VALUES ('souk-housekeep', UTC_TIMESTAMP(3) - INTERVAL 73 HOUR)", "DELETE FROM program_runs") }],
	["payments that cron does not settle", "payments", "3 days ago", "souk-payments; systemctl enable --now souk-payments.timer",
		{ plant: sql("INSERT INTO program_runs (program, finished_at) VALUES ('souk-payments', UTC_TIMESTAMP(3) - INTERVAL 73 HOUR)", "DELETE FROM program_runs") }],
	["shipments that cron does not follow", "shipments", "3 days ago", "souk-shipments; systemctl enable --now souk-shipments.timer",
		{ plant: sql("INSERT INTO program_runs (program, finished_at) VALUES ('souk-shipments', UTC_TIMESTAMP(3) - INTERVAL 73 HOUR)", "DELETE FROM program_runs") }],
	["books that nobody verifies", "books", "last verified 4 days ago", "soukctl verify; systemctl enable --now souk-verify.timer",
		{ plant: sql("INSERT INTO program_runs VALUES ('souk-verify', UTC_TIMESTAMP(3) - INTERVAL 97 HOUR, 0)", "DELETE FROM program_runs") }],
	["books that do not add up", "books", "found 3 differences", "soukctl verify names them",
		{ plant: sql("INSERT INTO program_runs VALUES ('souk-verify', UTC_TIMESTAMP(3), 3)", "DELETE FROM program_runs") }],
	// on the way of a request
	["workers that are not there", "workers", "none.sock", "restart souk-api", { env: () => ({ SOUK_LISTEN: join(dir, "none.sock") }) }],
	["a keeper that stands still", "keeper", "has not looked for", "restart souk-api", { plant: stillKeeper }],
	["a site that does not answer", "site", "Connection refused", "soukctl setup", { env: () => ({ SOUK_BASE_URL: "https://127.0.0.1:1" }) }],
	["a site that is another one", "site", "another site", "include",
		{ site: [400, "hello"] }],
	["a certificate that expires soon", "certificate", "expires in", "renew", { site: [3, '{"status":"alive"}'] }],
];

async function check([title, name, message, repair, how]) {
	if (how.root && !isRoot) {
		ok(true, `${title} # SKIP only root can plant it`);
		return;
	}
	const server = how.site && (await otherSite(...how.site));
	const env = server ? { SOUK_BASE_URL: `https://127.0.0.1:${server.address().port}` } : how.env?.() ?? {};
	const undo = how.plant ? await how.plant() : how.undo;
	const found = server ? await doctorBeside(env) : doctor(env, how.before);
	await undo?.();
	server?.close();
	const faulty = found.checks.filter((one) => one.state === "fault");
	const named = faulty.find((one) => one.name === name && one.message.includes(message));
	ok(found.status === 1 && named?.repair.includes(repair), title, `${found.err}${JSON.stringify(faulty, null, 1)}`);
}

// ---- those that need parts of the stack to stop

function stopped() {
	shell('. "$2/scripts/stack.sh"; api_stop "$1"');
	const { checks } = doctor();
	const fault = (name) => checks.find((one) => one.name === name && one.state === "fault");
	ok(fault("workers")?.repair.includes("restart souk-api"), "a service that has ended");
	ok(fault("site")?.message.includes("nginx does not reach"), "an nginx that forwards to nobody", JSON.stringify(checks, null, 1));
	shell('. "$2/scripts/stack.sh"; api_start "$1" debug');
}

// MariaDB remembers zones that it has looked up, so it is started again.
async function zoneless() {
	await db.run("DELETE FROM mysql.time_zone_name");
	shell('. "$2/scripts/stack.sh"; db_stop "$1"; db_start "$1"');
	const found = doctor().checks.find((one) => one.name === "database");
	ok(found.state === "fault" && found.message.includes("time zone") && found.repair.includes("tzinfo-to-sql"),
		"time zones that are not loaded", JSON.stringify(found));
	shell('. "$2/scripts/stack.sh"; mariadb-tzinfo-to-sql --skip-write-binlog /usr/share/zoneinfo 2>/dev/null | db_sql "$1" mysql');
	shell('. "$2/scripts/stack.sh"; db_stop "$1"; db_start "$1"');
	db = new Database();
}

const sound = () => {
	const { status, checks, err } = doctor();
	const bad = checks.filter((one) => one.state !== "ok");
	return ok(status === 0 && bad.length === 0, "a sound stack has no fault", err + JSON.stringify(bad));
};

await prove(300, async () => {
	sound();
	for (const fault of faults) await check(fault);
	stopped();
	await zoneless();
	sound();
	say(`${faults.length + 3} faults were planted`);
	db.close();
	rmSync(dir, { recursive: true, force: true });
});
