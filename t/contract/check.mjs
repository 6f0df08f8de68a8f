// Every answer that the tests got (t/api/record.mjs) against what `soukctl openapi` prints. With --whole also that nothing was
// left out: each operation with each of its successes, each public error that a worker can give, each type of event.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ctl, rows } from "../api/souk.mjs";
import { Contract } from "./answers.mjs";
import * as exceptions from "./exceptions.mjs";

const [folder, whole] = process.argv.slice(2);
const contract = new Contract(JSON.parse(await ctl("openapi")));
const described = JSON.parse(await ctl("describe", "--json"));

// ---- answers

const wrong = new Map(), seen = new Set(), errors = new Set();
let answers = 0;

// Which row of err.def an answer shows: its reason says, if that row has this status.
function rowOf(status, { error, reason = error?.reason } = {}) {
	return contract.doc.components.responses[`Error${status}`]?.["x-reasons"]?.[reason];
}

function look(answer) {
	const { op, faults } = contract.check(answer);
	answers++;
	if (op)
		seen.add(`${op.operationId} ${answer.status}`);
	if (answer.status >= 400 && answer.body && /json/.test(answer.headers["content-type"]))
		errors.add(rowOf(answer.status, JSON.parse(answer.body)));
	for (const fault of faults) {
		const key = `${op?.operationId ?? "no operation"} ${answer.status}: ${fault}`;
		const one = wrong.get(key) ?? { n: 0, example: answer };
		one.n++;
		wrong.set(key, one);
	}
}

for (const name of readdirSync(folder))
	for (const line of readFileSync(join(folder, name), "utf8").split("\n").filter(Boolean))
		look(JSON.parse(line));

// ---- what was never seen

const missing = [], needless = [];

function expect(what, names, got, excused) {
	for (const name of names)
		if (!got.has(name) && !excused[name])
			missing.push(`${what} ${name} was never seen`);
	for (const name of Object.keys(excused))
		if (!names.includes(name))
			missing.push(`${what} ${name} is excused in exceptions.mjs, but there is no such thing`);
		else if (got.has(name))
			needless.push(`${what} ${name} was seen, though exceptions.mjs excuses it`);
}

if (whole) {
	const successes = contract.operations.flatMap((op) => Object.keys(op.responses).filter((s) => s < 400).map((s) => `${op.operationId} ${s}`));
	const types = described.resources.flatMap((r) => [...Object.values(r.events), ...[...r.actions, ...r.operations, ...r.outside ?? []].map((a) => a.event)]).filter(Boolean);
	expect("the answer", successes, seen, exceptions.operations);
	expect("the error", described.errors.map((e) => e.name), errors, exceptions.errors);
	expect("the event", [...new Set(types)], new Set(rows("SELECT DISTINCT JSON_QUOTE(type) FROM events")), exceptions.events);
}

// ---- the report

for (const [key, { n, example }] of wrong) {
	console.log(`# ${key} (${n} times)`);
	console.log(`#   ${example.method} ${new URL(example.url).pathname}${new URL(example.url).search} ${example.sent.body?.slice(0, 300) ?? ""}`);
	console.log(`#   ${example.status} ${example.headers["content-type"] ?? ""} ${example.body?.slice(0, 500) ?? ""}`);
}
for (const one of [...missing, ...needless])
	console.log(`# ${one}`);
console.log(`# ${answers} answers, ${wrong.size} faults, ${missing.length} never seen`);
process.exitCode = (answers || !whole) && !wrong.size && !missing.length ? 0 : 1;
