// E12: one id finds everything. A write, a read and a failure are asked for under a trace of the client's own; then one grep for
// the request's id over all that was left behind, the logs of nginx, souk-api and the database, and a dump of the tables, finds
// every place; and a grep for the trace finds the requests.
import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { basename } from "node:path";
import { userInfo } from "node:os";

import { Database } from "./rig/database.mjs";
import { ok, prove, same } from "./rig/report.mjs";
import { newShop } from "./rig/shop.mjs";
import { stack, until } from "./rig/stack.mjs";

const trace = randomBytes(16).toString("hex");
const traceparent = `00-${trace}-00f067aa0ba902b7-01`;
const statements = `${stack}/log/statements.log`;
const dump = `${stack}/log/tables.sql`;

// The names of the files that have the text in them.
const places = (text) => spawnSync("grep", ["-rlF", text, `${stack}/log`], { encoding: "utf8" }).stdout.split("\n").filter(Boolean).map((path) => basename(path)).sort();

const lines = (file, text) => spawnSync("grep", ["-hF", text, `${stack}/log/${file}`], { encoding: "utf8" }).stdout.split("\n").filter(Boolean);

// nginx writes its log a moment after the answer.
const logged = (id) => until(5000, () => places(id).includes("nginx-access.log") && places(id).includes("souk-api.log"));

async function keepStatements(db) {
	await db.run(`SET GLOBAL general_log_file = '${statements}'`);
	await db.run("SET GLOBAL log_output = 'FILE'");
	await db.run("SET GLOBAL general_log = ON");
}

await prove(60, async () => {
	const db = new Database();
	const { live } = await newShop(db);
	await live.client.get("/products");
	await keepStatements(db);
	const headers = { traceparent, tracestate: "vendor=1" };
	const write = await live.client.send("POST", "/products", { name: "Kettle", sku: "KETTLE", price: 1 }, { ...headers, "idempotency-key": "one" });
	const read = await live.client.get("/products?limit=1", headers);
	const refused = await live.client.get("/products/prod_zzz", headers);
	const failed = await live.client.send("POST", "/products", { name: "Kettle", sku: "OTHER", price: 1 }, { ...headers, "x-souk-fault": "1064@3" });
	const strange = await live.client.get("/products?limit=1", { traceparent: `00-${trace.toUpperCase()}-00f067aa0ba902b7-01` });
	await db.run("SET GLOBAL general_log = OFF");
	const id = ({ headers: told }) => told["x-request-id"];
	for (const answer of [write, read, refused, failed, strange])
		await logged(id(answer));
	execFileSync("bash", ["-c", `mariadb-dump --no-defaults --socket="$1" --user="$2" --no-create-info souk audit_logs events >"$3"`,
		"dump", process.env.SOUK_DB, userInfo().username, dump]);

	same([write, read, refused, failed].map(({ status }) => status).join(" "), "201 200 404 500", "a write, a read, a refusal and a failure");
	same(places(id(write)).join(" "), "nginx-access.log souk-api.log statements.log tables.sql", "one grep finds the write's places");
	same(lines("tables.sql", id(write)).join("").split(id(write)).length - 1, 2, "its audit row and its event have it");
	same(lines("statements.log", `/* ${id(write)} */`).map((line) => /(\w+) \/\*/.exec(line)[1]).join(" "), "BEGIN COMMIT", "in the database's log its transaction begins and ends with it");
	same(places(id(read)).join(" "), "nginx-access.log souk-api.log", "a read has no transaction: the two logs have it");
	const { session } = lines("souk-api.log", id(read)).map((line) => JSON.parse(line)).find(({ event }) => event === "request");
	ok(lines("statements.log", "FROM products").some((line) => new RegExp(`\\s${session} (Execute|Prepare)\t`).test(line)), "and name the session that it ran in");
	for (const answer of [refused, failed]) {
		ok(answer.json.error.request_id === id(answer), "an error carries the id that its headers have");
		ok(lines("souk-api.log", id(answer)).length > 0 && lines("nginx-access.log", id(answer)).length === 1, "and both logs have it");
	}
	ok(lines("souk-api.log", id(failed)).some((line) => JSON.parse(line).event === "fault"), "the reason of a failure stands in the log under its id");
	ok(!lines("tables.sql", id(failed)).length, "what was not stored is not in the tables");

	const traced = [write, read, refused, failed].map(id).sort().join();
	for (const log of ["nginx-access.log", "souk-api.log"])
		same([...new Set(lines(log, trace).map((line) => JSON.parse(line)).filter((entry) => entry.trace === trace).map((entry) => entry.request_id))].sort().join(), traced,
			`${log}: the client's trace finds its requests`);
	ok(lines("souk-api.log", id(strange)).every((line) => !("trace" in JSON.parse(line))), "what is no trace is not taken for one");
});
