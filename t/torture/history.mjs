// needs: python3 xz-utils
// A real history, whole: the 541,909 lines of Online Retail become orders, returns and customers. What they come to by month and by
// country is what an independent script says of the file, to the penny; each row that was refused has the script's reason; an import
// that is killed half-way and run again comes to the same, once more changes nothing; and soukctl verify finds nothing.
import { execFile, spawn } from "node:child_process";
import { createWriteStream, existsSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import { totals } from "../history/compare.mjs";
import { Database } from "./rig/database.mjs";
import { isShort, ok, prove, same, say } from "./rig/report.mjs";
import { newShop } from "./rig/shop.mjs";
import { pause, stack } from "./rig/stack.mjs";

const root = process.env.SOUK_ROOT;
const shared = process.env.SOUK_SHARED ?? join(root, "..", "shared");
const packed = join(shared, "data/online-retail/online-retail.csv.xz");
const script = join(root, "t/history/totals.py");
const SECONDS = 900;
const KILL_AFTER = 1500; // orders

function run(program, args) {
	return new Promise((resolve) => execFile(program, args, { maxBuffer: 1 << 28 }, (error, stdout, stderr) =>
		resolve({ code: error ? error.code ?? error.signal : 0, stdout, stderr })));
}

async function unpacked() {
	const path = join(stack, "history.csv");
	await pipeline(spawn("xz", ["-dc", packed]).stdout, createWriteStream(path));
	return path;
}

const importing = (side, path) => ["import", "orders", path, "--tenant", side.publicId, "--mode", side.mode, "--json"];

async function imported(side, path) {
	const began = Date.now();
	const { code, stdout, stderr } = await run(process.env.SOUK_CTL, importing(side, path));
	const faults = stderr.trim().split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
	return { code, said: JSON.parse(stdout || "{}"), faults, seconds: (Date.now() - began) / 1000, stderr };
}

const parsed = (db) => async (sql) => (await db.run(sql)).map((line) => JSON.parse(line));
const orders = (db, side) => db.number(`SELECT COUNT(*) FROM orders WHERE tenant_id = ${side.tenant}`);

// Names the first place where two reports differ.
function difference(found, wanted, path = "") {
	if (typeof wanted !== "object" || wanted === null)
		return found === wanted ? "" : `${path}: ${found}, the script says ${wanted}`;
	return [...new Set([...Object.keys(wanted), ...Object.keys(found ?? {})])].map((name) => difference(found?.[name], wanted[name], `${path}/${name}`))
		.filter(Boolean).slice(0, 5).join("\n");
}

async function compare(db, side, expected, title) {
	const found = await totals(parsed(db), side.tenant);
	const { rows, refused, ...sums } = expected;
	const differs = difference(found, sums);
	return ok(!differs, `${title}: months and countries come to what the script says, to the penny`, differs);
}

async function whole(db, side, path, expected) {
	const { code, said, faults, seconds, stderr } = await imported(side, path);
	const reasons = Object.fromEntries(faults.map((f) => [f.line, f.reason]));
	say(`${JSON.stringify(said)} in ${seconds.toFixed(1)} s`);
	same(code, 65, "it says by its status that rows were refused");
	const differs = difference(reasons, expected.rows);
	ok(!differs, `${Object.keys(expected.rows).length} rows are refused, each with the script's reason`, differs || stderr.slice(-500));
	await compare(db, side, expected, "the whole file");
	const [gaps] = await db.run(`SELECT MAX(number) - COUNT(*) FROM orders WHERE tenant_id = ${side.tenant}`);
	same(gaps, "0", "numbers that no order has");
}

async function again(db, side, path, expected) {
	const state = () => db.run(["orders", "order_items", "returns", "return_items", "customers", "products", "events", "audit_logs"]
		.map((table) => `SELECT COUNT(*) FROM ${table} WHERE tenant_id = ${side.tenant}`).join(" UNION ALL "));
	const before = await state();
	const { said, seconds } = await imported(side, path);
	say(`again: ${JSON.stringify(said)} in ${seconds.toFixed(1)} s`);
	same(said.unchanged, expected.all.orders + expected.all.cancellations, "invoices that were there");
	same((await state()).join(), before.join(), "rows of all tables");
}

async function killed(db, side, path, expected) {
	const child = spawn(process.env.SOUK_CTL, importing(side, path), { stdio: "ignore" });
	const ended = new Promise((resolve) => child.on("close", (code, signal) => resolve(signal)));
	while (child.exitCode === null && (await orders(db, side)) < KILL_AFTER)
		await pause(20);
	child.kill("SIGKILL");
	same(await ended, "SIGKILL", "the import ends by");
	const half = await orders(db, side);
	ok(half > 0 && half < expected.all.orders, `it was killed half-way, at ${half} orders`);
	const { said } = await imported(side, path);
	same(said.orders + half, expected.all.orders, "orders of both runs together");
	await compare(db, side, expected, "after a kill");
}

await prove(SECONDS, async () => {
	if (!existsSync(packed)) {
		ok(true, "the whole history # SKIP there is no ../shared/data/online-retail");
		return;
	}
	const db = new Database();
	const path = await unpacked();
	const { stdout, stderr } = await run("python3", [script, path, "--rows"]);
	ok(stdout.startsWith("{"), "the script has its say", stderr);
	const expected = JSON.parse(stdout);
	say(`the script: ${JSON.stringify(expected.all)}, ${expected.customers} customers, ${expected.guests} invoices of guests, refused ${JSON.stringify(expected.refused)}`);
	const first = await newShop(db), second = await newShop(db);
	await db.run("UPDATE tenants SET currency = 'GBP' WHERE name = 'torture'");
	await whole(db, first.live, path, expected);
	await again(db, first.live, path, expected);
	if (!isShort)
		await killed(db, second.live, path, expected);
	const verified = await run(process.env.SOUK_CTL, ["verify", "--json"]);
	const { found, objects, ms } = JSON.parse(verified.stdout);
	say(`verified ${objects} objects in ${ms} ms`);
	same(found, 0, "differences in the books");
});
