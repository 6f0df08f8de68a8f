// SQL torture: the n-th statement of a write fails, for every n, every kind of failure and every write of the API, with
// and without an Idempotency-Key. Whatever is answered, all of a write is there or nothing is: rows, SKUs, links, counts,
// audit row, event, stored answer. What "all" is, an undisturbed run of the same write has shown before.
import { isError, statements } from "./rig/client.mjs";
import { Database, difference, dump } from "./rig/database.mjs";
import { Faults, isShort, ok, prove, say, together } from "./rig/report.mjs";
import { broken, newShop } from "./rig/shop.mjs";
import { writes } from "./rig/writes.mjs";

const LOST_AFTER = 2014; // the connection is lost when the statement was carried out
const LOST_BEFORE = 2013;
const REPEATED = isShort ? [1213] : [1213, 1205, 1020];
const REFERENCES = 4;
const WIDTH = 8;
const SECONDS = isShort ? 120 : 1500;
const MOST = 100;

const totals = { writes: 0, statements: 0, runs: 0, refused: 0, undone: 0 };
let serial = 0;

// ---- what a write has done, without what differs from run to run

const TIMES = /^(datetime|timestamp)$/;
const HIDDEN = new Set(["key_hash", "fingerprint", "request_id", "secret_hash", "signing_sealed", "previous_signing", "last4", "claim",
	"number", "last"]);

function plain(text, token) {
	return text.replaceAll(token, "TOKEN").replaceAll(token.toUpperCase(), "TOKEN")
		.replace(/\b([a-z]+)_[0-9a-z]{13}\b/g, "$1_ID")
		.replace(/"number":(\{"old":null,"new":)?\d+/g, "\"number\":$1N")
		.replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?/g, "TIME")
		.replace(/\breq_[0-9a-f]+/g, "REQUEST")
		.replace(/"(\d+)\.[0-9a-f]{16}"/g, "\"$1.BODY\"")
		.replace(/("last4":(?:\{"old":null,"new":)?)"[^"]{4}"/g, "$1\"LAST\"");
}

function plainRow(table, row, token) {
	const shown = {};
	for (const { name, type } of table.columns) {
		const value = row[name];
		if (value === null)
			shown[name] = null;
		else if (HIDDEN.has(name) || name === "tenant_id" || TIMES.test(type))
			shown[name] = "…";
		else if (/^(id|.*_id|once_customer)$/.test(name) && value.length > 12)
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

// All that was stored as text, stored answers included.
function readable(d) {
	const bodies = (d.idempotency_keys?.added ?? []).map(({ body }) => Buffer.from(body ?? "", "hex").toString());
	return JSON.stringify(d) + bodies.join("\n");
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
	constructor(torture, shop) {
		Object.assign(this, torture);
		this.side = shop.live;
	}

	async prepare() {
		this.token = `t${String(++serial).padStart(6, "0")}`;
		const made = await this.write.prepare?.(this.side.client, this.token);
		this.request = this.write.request(this.token, made);
		this.before = await dump(this.db, this.tables, this.side.tenant);
	}

	async send(fault) {
		const [method, path, body] = this.request;
		const headers = fault ? { "x-souk-fault": fault } : {};
		if (this.keyed)
			headers["idempotency-key"] = `key-${this.token}`;
		const answer = await this.side.client.send(method, path, body, headers);
		this.difference = difference(this.before, await dump(this.db, this.tables, this.side.tenant));
		this.effect = effect(this.tables, this.difference, this.token);
		return answer;
	}
}

// ---- one write

const reason = (answer) => answer.json?.error?.reason;
const isReplay = (answer) => answer.headers["idempotency-replayed"] === "true";
const isWanted = (answer, wanted) => answer.status === wanted.status && reason(answer) === wanted.reason;

// Undisturbed: {status, reason, effect, statements}; the least of several runs, since a worker prepares what it has not met yet.
async function reference(torture) {
	const { write, faults, db } = torture;
	const shop = await newShop(db);
	const wanted = { statements: Infinity };
	for (let i = 0; i < REFERENCES; i++) {
		const trial = new Trial(torture, shop);
		await trial.prepare();
		const answer = await trial.send();
		faults.check(answer.status === write.status, `undisturbed: ${answer.status} ${answer.text}`);
		faults.check(i === 0 || trial.effect === wanted.effect, () =>
			`two undisturbed runs differ:\n${differing(trial.effect, wanted.effect)}`);
		traces(trial, answer);
		wanted.status = answer.status;
		wanted.reason = reason(answer);
		wanted.effect = trial.effect;
		wanted.statements = Math.min(wanted.statements, statements(answer));
	}
	for (const fault of await broken(db, shop.live.tenant))
		faults.add(`undisturbed: ${fault}`);
	return wanted;
}

// One audit row, one event, both of this request and of the same object; none for a write that changes nothing. What makes more
// of them says how many of each; every audit row has an event of its own.
function traces({ write, difference: d, faults }, answer) {
	const audits = d.audit_logs?.added ?? [];
	const events = d.events?.added ?? [];
	const [n, m] = [write.traces ?? 1].flat(), of = m ?? n;
	faults.check(audits.length === n && events.length === of,
		`${audits.length} audit rows and ${events.length} events, where ${n} and ${of} were expected`);
	const told = new Set(events.map((e) => `${e.request_id} ${e.object_id} ${e.type}`));
	const noted = audits.map((a) => `${a.request_id} ${a.resource_id} ${a.action}`);
	faults.check(told.size === of && noted.every((one) => told.has(one)), `audit rows and events do not match: ${[...noted, ...told].join("; ")}`);
	faults.check(!answer.json?.secret || !readable(d).includes(answer.json.secret), "the secret is stored as it is");
	faults.check(!n || audits[0]?.request_id === answer.headers["x-request-id"], "the traces name another request");
}

function judge(trial, answer, wanted, at) {
	const { faults } = trial;
	const all = trial.effect === wanted.effect, none = trial.effect === "";
	const half = () => `${at}: ${answer.status}, and done by half:\n${differing(trial.effect, wanted.effect)}`;
	if (isWanted(answer, wanted)) {
		faults.check(all, half);
		return;
	}
	totals.refused++;
	totals.undone += none ? 1 : 0;
	faults.check(answer.status === 503 || answer.status === 409, () => `${at}: ${answer.status} ${answer.text}`);
	faults.check(isError(answer), () => `${at}: no error in its shape: ${answer.text}`);
	faults.check(answer.status !== 503 || answer.headers["retry-after"], `${at}: 503 without Retry-After`);
	faults.check(all || none, half);
}

// The same request again, undisturbed: afterwards there is exactly one effect.
async function repeat(trial, first, wanted, at) {
	const { faults } = trial;
	const done = trial.effect === wanted.effect;
	const answer = await trial.send();
	faults.check(answer.status === wanted.status, () => `${at}, again: ${answer.status} ${answer.text}`);
	faults.check(trial.effect === wanted.effect, () =>
		`${at}, again: not one effect:\n${differing(trial.effect, wanted.effect)}`);
	faults.check(isReplay(answer) === done,
		`${at}, again: done before: ${done}, replayed: ${answer.headers["idempotency-replayed"]}`);
	if (isWanted(first, wanted))
		faults.check(answer.text === first.text, () => `${at}, again: another body:\n${first.text}\n${answer.text}`);
}

// One disturbed run; gives its answer.
async function disturb(torture, shop, wanted, error, n) {
	const at = `${error}@${n}`;
	const trial = new Trial(torture, shop);
	await trial.prepare();
	const answer = await trial.send(at);
	judge(trial, answer, wanted, at);
	totals.runs++;
	if (torture.keyed)
		await repeat(trial, answer, wanted, at);
	return answer;
}

// The number of statements, found by failing them: behind the last, COMMIT, nobody can tell the client what came of it; with
// a key, what came of it is found and replayed. A refusal without a key commits nothing, so there the count of an
// undisturbed run has to do.
async function lastStatement(torture, shop, wanted) {
	const commits = torture.keyed || wanted.status < 300;
	const isLast = (answer) => (torture.keyed ? isReplay(answer) : answer.status === 503);
	for (let n = 1; n <= (commits ? MOST : wanted.statements); n++) {
		if (isLast(await disturb(torture, shop, wanted, LOST_AFTER, n)) && commits)
			return n;
	}
	torture.faults.check(!commits, `${LOST_AFTER}: no COMMIT up to statement ${MOST}`);
	return wanted.statements;
}

async function disturbAll(torture, wanted) {
	const { faults } = torture;
	const shop = await newShop(torture.db);
	const last = await lastStatement(torture, shop, wanted);
	for (let n = 1; n <= last; n++) {
		const { status } = await disturb(torture, shop, wanted, LOST_BEFORE, n);
		faults.check((n === last && !torture.keyed) || status === wanted.status, `${LOST_BEFORE}@${n} of ${last} was not repeated: ${status}`);
	}
	for (const error of REPEATED) {
		for (let n = 1; n <= last; n++) {
			const { status } = await disturb(torture, shop, wanted, error, n);
			faults.check(status === wanted.status || (status === 409 && torture.keyed),
				`${error}@${n} of ${last} was not repeated: ${status}`);
		}
	}
	for (const error of [LOST_AFTER, LOST_BEFORE, ...REPEATED]) {
		const { status } = await disturb(torture, shop, wanted, error, last + 1);
		faults.check(status === wanted.status, `${error} behind the last statement, ${last}: ${status}`);
	}
	for (const fault of await broken(torture.db, shop.live.tenant))
		faults.add(fault);
	return last;
}

async function torture(write, keyed) {
	const db = new Database();
	const one = { write, keyed, db, tables: await db.tables(), faults: new Faults() };
	const wanted = await reference(one);
	let last = 0;
	if (!one.faults.n)
		last = await disturbAll(one, wanted);
	totals.writes++;
	totals.statements += last;
	one.faults.report(`${write.name}${keyed ? ", with a key" : ""}: each of ${last} statements`);
	db.close();
}

// ---- locks that are not let go

// Sends a write while `held` is locked by somebody else; gives the answer, the seconds, and what was done.
async function sendInto(trial, held) {
	const other = new Database();
	await other.run("SET TRANSACTION ISOLATION LEVEL READ COMMITTED"); // rows alone, not the gap that the next tenant's rows go into
	await other.run("BEGIN");
	await other.run(held);
	const began = Date.now();
	const answer = await trial.send();
	const seconds = (Date.now() - began) / 1000;
	await other.run("ROLLBACK");
	other.close();
	return { answer, seconds, done: trial.effect };
}

async function blocked(keyed) {
	const db = new Database();
	const write = writes.find(({ name }) => name === "update a product");
	const one = { write, keyed, db, tables: await db.tables(), faults: new Faults() };
	const wanted = await reference(one);
	const trial = new Trial(one, await newShop(db));
	await trial.prepare();
	const rows = `tenant_id = ${trial.side.tenant}`;
	const { answer, seconds, done } = await sendInto(trial, `SELECT id FROM products WHERE ${rows} FOR UPDATE`);
	one.faults.check(answer.status === 503 && isError(answer) && answer.headers["retry-after"],
		() => `${answer.status} ${answer.text}`);
	one.faults.check(seconds < 7, `answered after ${seconds} s`);
	one.faults.check(done === "", `not answered well, and yet done:\n${done}`);
	await repeat(trial, answer, wanted, "let go");
	if (keyed) {
		await trial.prepare();
		const twin = await sendInto(trial, `INSERT INTO idempotency_keys (tenant_id, key_hash, fingerprint, created_at)
			VALUES (${trial.side.tenant}, UNHEX(SHA2('key-${trial.token}', 256)), '', UTC_TIMESTAMP(3))`);
		one.faults.check(twin.answer.status === 409 && reason(twin.answer) === "idempotency_in_progress" && twin.done === "",
			() => `a twin at work: ${twin.answer.status} ${twin.answer.text}`);
		await repeat(trial, twin.answer, wanted, "the twin gone");
	}
	one.faults.report(`a lock that is not let go${keyed ? ", with a key" : ""}: refused in ${seconds.toFixed(1)} s, not done`);
	db.close();
}

await prove(SECONDS, async () => {
	const chosen = writes.filter(({ name, short }) =>
		process.argv[2] ? name.includes(process.argv[2]) : short || !isShort);
	await together(chosen.length * 2, WIDTH, (i) => torture(chosen[i >> 1], i % 2 === 1));
	await Promise.all([blocked(false), blocked(true)]);
	say(`${totals.writes} writes of ${totals.statements} statements, ${totals.runs} runs: ` +
		`${totals.refused} not carried out or not known, ${totals.undone} of them without effect`);
	ok(totals.refused > 0, "faults were met");
});
