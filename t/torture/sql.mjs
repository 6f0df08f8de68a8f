// SQL torture: the n-th statement of a write fails, for every n, every kind of failure and every write of the API, with
// and without an Idempotency-Key. Whatever is answered, all of a write is there or nothing is: rows, SKUs, links, counts,
// audit row, event, stored answer. What "all" is, an undisturbed run of the same write has shown before.
import { isError, statements } from "./rig/client.mjs";
import { Database, difference, dump } from "./rig/database.mjs";
import { Faults, isShort, ok, prove, say } from "./rig/report.mjs";
import { broken, newShop } from "./rig/shop.mjs";
import { writes } from "./rig/writes.mjs";

const ERRORS = isShort ? [1213, 2013, 2014] : [1213, 1205, 1020, 2013, 2014];
const REFERENCES = 4;
const SECONDS = isShort ? 120 : 1500;
const MOST = 200;

const db = new Database();
const totals = { writes: 0, runs: 0, disturbed: 0, none: 0, lost: 0 };
let serial = 0;

// ---- what a write has done, without what differs from run to run

const TIMES = /^(datetime|timestamp)$/;
const HIDDEN = new Set(["key_hash", "fingerprint", "request_id", "secret_hash", "last4"]);

function plain(text, token) {
	return text.replaceAll(token, "TOKEN")
		.replace(/\b(prod|var|img|cat|key)_[0-9a-z]{13}\b/g, "$1_ID")
		.replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?/g, "TIME")
		.replace(/\breq_[0-9a-f]+/g, "REQUEST");
}

function plainRow(table, row, token) {
	const shown = {};
	for (const { name, type } of table.columns) {
		const value = row[name];
		if (value === null)
			shown[name] = null;
		else if (HIDDEN.has(name) || name === "tenant_id" || TIMES.test(type))
			shown[name] = "…";
		else if (/^(id|.*_id)$/.test(name) && value.length > 12)
			shown[name] = "ID";
		else if (name === "body" && type === "longblob")
			shown[name] = row.sealed === "0" ? plain(Buffer.from(value, "hex").toString(), token) : "sealed";
		else
			shown[name] = plain(value, token);
	}
	return shown;
}

function plainChange(table, { old, now }, token) {
	const [before, after] = [plainRow(table, old, token), plainRow(table, now, token)];
	const shown = {};
	for (const { name } of table.columns) {
		if (old[name] !== now[name])
			shown[name] = [before[name], after[name]];
	}
	return shown;
}

function effect(tables, d, token) {
	const lines = [];
	for (const table of tables) {
		const { added = [], removed = [], changed = [] } = d[table.name] ?? {};
		for (const row of added)
			lines.push(`+${table.name} ${JSON.stringify(plainRow(table, row, token))}`);
		for (const row of removed)
			lines.push(`-${table.name} ${JSON.stringify(plainRow(table, row, token))}`);
		for (const change of changed)
			lines.push(`~${table.name} ${JSON.stringify(plainChange(table, change, token))}`);
	}
	return lines.sort().join("\n");
}

// The lines of one effect that the other has not.
function differing(found, wanted) {
	const [a, b] = [found.split("\n"), wanted.split("\n")];
	const lines = [...a.filter((l) => !b.includes(l)).map((l) => `  has ${l}`),
		...b.filter((l) => !a.includes(l)).map((l) => `  lacks ${l}`)];
	return lines.map((line) => line.slice(0, 400)).join("\n");
}

// ---- one run

class Trial {
	constructor(write, keyed, shop, tables) {
		Object.assign(this, { write, keyed, tables, side: shop.live, client: shop.live.client });
	}

	async prepare() {
		this.token = `t${String(++serial).padStart(6, "0")}`;
		const made = await this.write.prepare?.(this.client, this.token);
		this.request = this.write.request(this.token, made);
		this.before = await dump(db, this.tables, this.side.tenant);
	}

	async send(fault) {
		const [method, path, body] = this.request;
		const headers = fault ? { "x-souk-fault": fault } : {};
		if (this.keyed)
			headers["idempotency-key"] = `key-${this.token}`;
		const answer = await this.client.send(method, path, body, headers);
		this.after = await dump(db, this.tables, this.side.tenant);
		this.difference = difference(this.before, this.after);
		this.effect = effect(this.tables, this.difference, this.token);
		return answer;
	}
}

// ---- one write

// Undisturbed: {status, effect, statements}; statements is the least of several runs, since a worker that has not met the
// key yet asks for it.
async function reference(write, keyed, tables, faults) {
	const shop = await newShop(db);
	const wanted = { statements: Infinity };
	for (let i = 0; i < REFERENCES; i++) {
		const trial = new Trial(write, keyed, shop, tables);
		await trial.prepare();
		const answer = await trial.send();
		faults.check(answer.status === write.status, `undisturbed: ${answer.status} ${answer.text}`);
		faults.check(i === 0 || trial.effect === wanted.effect, () =>
			`two undisturbed runs differ:\n${differing(trial.effect, wanted.effect)}`);
		traces(write, trial, answer, faults);
		wanted.status = answer.status;
		wanted.effect = trial.effect;
		wanted.statements = Math.min(wanted.statements, statements(answer));
	}
	for (const fault of await broken(db, shop.live.tenant))
		faults.add(`undisturbed: ${fault}`);
	return wanted;
}

// One audit row, one event, both of this request and of the same object; none for a write that changes nothing.
function traces(write, trial, answer, faults) {
	const audits = trial.difference.audit_logs?.added ?? [];
	const events = trial.difference.events?.added ?? [];
	const n = write.traces ?? 1;
	faults.check(audits.length === n && events.length === n,
		`${audits.length} audit rows and ${events.length} events, where ${n} of each were expected`);
	const ids = new Set([...audits.map((a) => `${a.request_id} ${a.resource_id} ${a.action}`),
		...events.map((e) => `${e.request_id} ${e.object_id} ${e.type}`)]);
	faults.check(ids.size === n, `audit row and event do not match: ${[...ids].join("; ")}`);
	faults.check(!n || audits[0]?.request_id === answer.headers["x-request-id"], "the traces name another request");
}

function judge(trial, answer, wanted, at, faults) {
	const all = trial.effect === wanted.effect, none = trial.effect === "";
	const missing = () => `${at}: ${answer.status}, and done by half:\n${differing(trial.effect, wanted.effect)}`;
	if (answer.status === wanted.status && !(answer.status >= 400 && none))
		return faults.check(all, missing);
	totals.lost += answer.status === 503 ? 1 : 0;
	faults.check(answer.status === 503 || answer.status === 409, () => `${at}: ${answer.status} ${answer.text}`);
	faults.check(isError(answer), () => `${at}: no error in its shape: ${answer.text}`);
	faults.check(answer.status !== 503 || answer.headers["retry-after"], `${at}: 503 without Retry-After`);
	return faults.check(all || none, missing);
}

// The same request again, undisturbed: afterwards there is exactly one effect.
async function repeat(trial, first, wanted, at, faults) {
	const done = trial.effect === wanted.effect;
	const answer = await trial.send();
	faults.check(answer.status === wanted.status, () => `${at}, again: ${answer.status} ${answer.text}`);
	faults.check(trial.effect === wanted.effect, () =>
		`${at}, again: not one effect:\n${differing(trial.effect, wanted.effect)}`);
	faults.check((answer.headers["idempotency-replayed"] === "true") === done,
		`${at}, again: done before: ${done}, replayed: ${answer.headers["idempotency-replayed"]}`);
	if (first.status === wanted.status && done)
		faults.check(answer.text === first.text, () => `${at}, again: another body:\n${first.text}\n${answer.text}`);
}

async function disturbed(write, keyed, tables, error, wanted, faults) {
	const shop = await newShop(db);
	let undisturbed = 0;
	for (let n = 1; undisturbed < 2; n++) {
		const at = `${error}@${n}`;
		const trial = new Trial(write, keyed, shop, tables);
		await trial.prepare();
		const answer = await trial.send(at);
		judge(trial, answer, wanted, at, faults);
		const spare = statements(answer) - wanted.statements;
		const untouched = answer.status === wanted.status && spare >= 0 && spare <= 1;
		undisturbed = n > wanted.statements && untouched ? undisturbed + 1 : 0;
		totals.runs++;
		totals.disturbed += untouched ? 0 : 1;
		totals.none += trial.effect === "" ? 1 : 0;
		if (keyed)
			await repeat(trial, answer, wanted, at, faults);
		if (!faults.check(n < MOST, `${at}: faults are still met`))
			break;
	}
	for (const fault of await broken(db, shop.live.tenant))
		faults.add(`${error}: ${fault}`);
}

async function torture(write, keyed, tables) {
	const faults = new Faults();
	const began = totals.runs;
	const wanted = await reference(write, keyed, tables, faults);
	if (!faults.n) {
		for (const error of ERRORS)
			await disturbed(write, keyed, tables, error, wanted, faults);
	}
	totals.writes++;
	faults.report(`${write.name}${keyed ? ", with a key" : ""}: ${wanted.statements} statements, ${totals.runs - began} runs`);
}

await prove(SECONDS, async () => {
	const tables = await db.tables();
	const chosen = writes.filter(({ name, short }) =>
		process.argv[2] ? name.includes(process.argv[2]) : short || !isShort);
	for (const write of chosen) {
		for (const keyed of [false, true])
			await torture(write, keyed, tables);
	}
	say(`${totals.runs} runs of ${totals.writes} writes: ${totals.disturbed} disturbed, ${totals.none} without effect, ` +
		`${totals.lost} answered 503`);
	ok(totals.disturbed > totals.writes, "faults were met");
});
