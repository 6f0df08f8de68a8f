// 1,000 random lives of an order: authorized, captured in parts, refunded in parts, cancelled, disputed, sent and returned, through REST
// with keys, by the sandbox and by a stand-in for Stripe, while every call to a gateway may be lost before or after it acted, answered
// twice, late or with an error, and workers, mariadbd and souk-payments are killed. Then souk-payments --reconcile: nothing is open, what
// the gateways did is in our books exactly once, orders agree with their payments, and soukctl verify finds nothing; the same when refunds
// have arrived, holds are over and disputes decided. R4: souk-payments may end at any statement. R8: of 64 who refund one capture at once
// as many get it as there is. R16: a gateway that hangs holds up neither orders nor anybody for more than 5 s.
import { execFile } from "node:child_process";

import { isError } from "./rig/client.mjs";
import { Database } from "./rig/database.mjs";
import { ODD, TOTAL, accounts, fakes, message, open, openCalls, order, say as told, settle } from "./rig/payments.mjs";
import { Faults, isShort, ok, prove, random, same, say, together } from "./rig/report.mjs";
import { broken, newShop } from "./rig/shop.mjs";
import { isThere, killHard, pause, processOf, startDatabase, until } from "./rig/stack.mjs";
import { killOne } from "./rig/workers.mjs";

const LIVES = isShort ? 100 : 1000;
const CLIENTS = 12;
const STEPS = 9;
const PATIENCE_MS = 60000;
const WORKER_MS = 500; // between two kills, on average
const DATABASE_MS = isShort ? 4000 : 10000;
const PROGRAM_MS = 2000;
const FAULT_MS = 250; // between two faults of Stripe
const HUNG_MS = isShort ? 4000 : 10000;
const ANSWER_MS = 5000;
const RACERS = 64;
const DEATHS = isShort ? 10 : 60;
const EXITED = 99; /* a debug build that was told to end */
const BUSY = 75;
const SECONDS = isShort ? 240 : 1500;
const SEED = Number(process.argv[2] ?? Date.now() % 1e9);

const chance = random(SEED);
const one = (...of) => of[Math.floor(chance() * of.length)];
const some = (most) => Math.max(1, Math.min(most, one(most, Math.ceil(most * chance()), one(...ODD))));

// ---- what goes wrong meanwhile

function storm(side) {
	const died = { workers: 0, databases: 0, programs: 0, faults: 0 };
	let going = true;
	const every = async (ms, work) => {
		while (going) {
			await pause(2 * ms * chance());
			await work();
		}
	};
	const database = async () => {
		const pid = processOf("mariadb");
		killHard(pid);
		await until(5000, () => !isThere(pid));
		await startDatabase();
		died.databases++;
	};
	const all = [
		every(DATABASE_MS, () => going && database()),
		every(WORKER_MS, () => (died.workers += killOne(chance()) ? 1 : 0)),
		every(PROGRAM_MS, async () => (died.programs += (await settle(["--reconcile"], one(0, 20 + 400 * chance()))).status !== 0 ? 1 : 0)),
	];
	if (side)
		all.push(every(FAULT_MS, async () => {
			const behave = one("reset", "reset", "answer", "twice", "slow", "hang");
			await told("/_control", { service: "stripe", holds: side.secret, behave, after: chance() < 0.5, ms: 300, status: one(500, 503, 429, 409) });
			died.faults++;
		}));
	return { async stop() {
		going = false;
		await Promise.all(all);
		return died;
	} };
}

// Headers by which a debug build fails at a statement, or dies at some point. Once: whoever repeats leaves them out.
function mishap() {
	const at = 1 + Math.floor(50 * chance());
	return one({}, {}, {}, { "x-souk-exit": "after-first" }, { "x-souk-exit": "after-call" }, { "x-souk-exit": "after-commit" }, { "x-souk-fault": `${one(1213, 2013, 2014)}@${at}` });
}

let written = 0;
const shape = new Faults(), statuses = new Faults(), took = { requests: 0, repeats: 0 };

// A write under a key, repeated until there is an answer. Only 2xx, 409 and 422 are final.
async function write(side, method, path, body) {
	const key = { "idempotency-key": `torture-${++written}` }, end = Date.now() + PATIENCE_MS;
	for (let tries = 0; ; tries++) {
		const answer = await side.client.send(method, path, body, { ...key, ...(tries ? {} : mishap()) });
		took[tries ? "repeats" : "requests"]++;
		const waits = answer.json?.error?.reason === "idempotency_in_progress";
		if ((answer.status > 0 && answer.status < 500 && !waits) || Date.now() > end) {
			statuses.check([200, 201, 202, 409, 422].includes(answer.status), () => `${method} ${path} ${JSON.stringify(body)}: ${answer.status} ${answer.text.slice(0, 300)}`);
			return answer;
		}
		shape.check(answer.status === 0 || isError(answer), () => `${method} ${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
		await pause(20 + 80 * chance());
	}
}

// ---- a life

class Life {
	constructor(side, i) {
		Object.assign(this, { side, i, intents: [], disputes: [] });
	}

	any() {
		return one(...this.intents);
	}

	async intent() {
		const { side } = this, amount = chance() < 0.5 ? TOTAL : some(TOTAL);
		const type = side.gateway ? [] : ["card", "ach", "paypal", "klarna"];
		const answer = await write(side, "POST", "/payments/intents", {
			amount, currency: "usd", order_id: this.order.id, customer_id: side.buyer.id, payment_method: one(...Array(6).fill(side.methods[0]), ...side.methods, ...type),
			capture_method: one("manual", "manual", "automatic"), ...(side.gateway ? { return_url: "https://shop.example.com/thanks" } : {}), ...one({}, { application_fee_amount: Math.floor(amount / 10) }),
		});
		if (answer.status === 201)
			this.intents.push(answer.json);
	}

	act(verb, body) {
		return write(this.side, "POST", `/payments/intents/${this.any().id}/${verb}`, body);
	}

	capture() {
		return this.act("capture", one({}, {}, { amount: some(TOTAL) }, { amount: some(TOTAL / 4), final_capture: false }));
	}

	refund() {
		return write(this.side, "POST", `/payments/${this.any().id}/refund`, one({}, { amount: some(TOTAL) }, { amount: some(TOTAL / 4), reason: "customer_request" }, { refund_application_fee: true }));
	}

	async dispute() {
		const now = await this.side.client.get(`/payments/intents/${this.any().id}`), pay = now.json?.payment_id;
		if (this.side.gateway || !pay)
			return;
		const answer = await write(this.side, "POST", `/payments/${pay}/dispute`, one({}, { amount: some(TOTAL / 4) }));
		if (answer.status === 201)
			this.disputes.push(answer.json);
		if (chance() < 0.8)
			await this.respond();
	}

	respond() {
		return this.disputes.length && write(this.side, "POST", `/payments/disputes/${one(...this.disputes).id}/respond`, { text: one("winning_evidence", "losing_evidence", "a letter") });
	}

	cancelOrder() {
		return write(this.side, "POST", `/orders/${this.order.id}/cancel`, { reason: "customer_request", refund: chance() < 0.7 });
	}

	async giveBack() {
		for (const status of ["processing", "shipped"])
			await write(this.side, "PATCH", `/orders/${this.order.id}/status`, { status });
		const answer = await write(this.side, "POST", "/returns", { order_id: this.order.id, items: [{ order_item_id: this.order.items[0].id, quantity: 1, reason: "not_as_described" }] });
		for (const verb of answer.status === 201 ? ["approve", "receive", "refund"] : [])
			await write(this.side, "POST", `/returns/${answer.json.id}/${verb}`);
	}

	// A message of Stripe about something that may have changed, twice.
	async hear() {
		if (!this.side.gateway)
			return;
		const { state } = await told("/_state?service=stripe&holds=nothing"), all = Object.values(state.intents).filter((x) => this.intents.some((mine) => mine.id === x.metadata.souk_intent));
		if (!all.length)
			return;
		const { body, headers } = message(this.side, one("payment_intent.succeeded", "payment_intent.amount_capturable_updated", "payment_intent.canceled"), one(...all));
		for (let i = 0; i < 2; i++)
			await this.side.client.send("POST", `/webhook/stripe/${this.side.gateway.id}`, body, headers);
	}

	async live() {
		this.order = (await write(this.side, "POST", "/orders", order(this.side, this.i))).json;
		await this.intent();
		const acts = ["intent", "capture", "capture", "capture", "capture", "refund", "dispute", "hear"];
		for (let n = Math.floor(STEPS * chance()); this.intents.length && n >= 0; n--)
			await (chance() < 0.1 ? this.act("confirm", { payment_method: one(...this.side.methods) }) : chance() < 0.08 ? this.act("cancel", {}) : this[one(...acts)]());
		await one(() => this.cancelOrder(), () => this.giveBack(), () => this.refund(), () => 0)();
	}

	// Who is sent to a page to confirm never comes back.
	async end() {
		for (const { id } of this.intents)
			for (const until = Date.now() + 20000; Date.now() < until; await pause(50)) {
				const now = (await this.side.client.get(`/payments/intents/${id}`)).json;
				if (now?.status !== "requires_action")
					break;
				this.last = await write(this.side, "POST", `/payments/intents/${id}/cancel`, {});
			}
	}
}

// ---- the end of all lives

const verified = () => new Promise((resolve) => execFile(process.env.SOUK_CTL, ["verify", "--json"], { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
	try {
		resolve(JSON.parse(stdout));
	} catch {
		resolve({ found: -1, differences: [stderr] });
	}
}));

// So often it must be asked: some gateways decide late, and what is given free follows from an answer.
async function quiet(db, sides) {
	const tenants = sides.map((side) => side.tenant).join(", ");
	let rounds = 0, open = await openCalls(db, tenants), same = 0;
	const before = open;
	for (; open && same < 4; rounds++) {
		const { status, stderr } = await settle();
		if (status)
			say(`souk-payments ended with ${status}: ${stderr.slice(-500)}`);
		const now = await openCalls(db, tenants);
		same = now < open ? 0 : same + 1;
		open = now;
	}
	say(`${before} calls were open, ${open} are after ${rounds} rounds of souk-payments --reconcile`);
}

// Gives a connection to the database, since the old one died with it.
async function lives(sides) {
	const began = Date.now(), all = [], bad = storm(sides.find((side) => side.gateway));
	await together(LIVES, CLIENTS, async (i) => {
		const life = new Life(sides[i % sides.length], i);
		all.push(life);
		await life.live();
	});
	const died = await bad.stop(), db = new Database();
	say(`${LIVES} lives in ${((Date.now() - began) / 1000).toFixed(1)} s: ${took.requests} writes, ${took.repeats} repeats; killed ${died.workers} workers, ${died.databases} times mariadbd, ${died.programs} times souk-payments; ${died.faults} faults of Stripe; seed ${SEED}`);
	await quiet(db, sides);
	await together(all.length, CLIENTS, (i) => all[i].end());
	for (const life of all)
		if (life.last && ![200].includes(life.last.status))
			say(`cannot be ended: ${life.last.status} ${life.last.text}`);
	await quiet(db, sides);
	statuses.report("whoever repeats under his key is answered, and is told what cannot be");
	shape.report("what is told meanwhile has the shape of errors");
	const [kinds] = await db.run(`SELECT JSON_OBJECTAGG(k, n) FROM (SELECT CONCAT(kind, ' ', status) AS k, COUNT(*) AS n FROM gateway_calls WHERE tenant_id IN (${sides.map((side) => side.tenant)}) GROUP BY 1) x`);
	say(kinds);
	const tables = ["orders", "payment_intents", "payments", "refunds", "disputes", "returns"];
	for (const table of tables)
		say(`${table}: ${(await db.run(`SELECT CONCAT_WS(' ', status, COUNT(*)) FROM ${table} WHERE tenant_id IN (${sides.map((side) => side.tenant)}) GROUP BY status`)).join(", ")}`);
	say((await db.run(`SELECT CONCAT_WS(' ', gateway, kind, status, error, COUNT(*)) FROM gateway_calls WHERE tenant_id IN (${sides.map((side) => side.tenant)}) AND status <> 'done' GROUP BY gateway, kind, status, error`)).join("\n"));
	return db;
}

async function inOrder(db, sides) {
	await accounts(db, { sandbox: sides[0], stripe: sides[1] });
	const { found, differences } = await verified(), names = sides.map((side) => side.publicId);
	const own = differences.filter(({ tenant }) => !tenant || names.includes(tenant));
	ok(found >= 0 && !own.length, "soukctl verify finds nothing", JSON.stringify(own).slice(0, 3000));
	const findings = await broken(db, ...sides.map((side) => side.tenant));
	if (!ok(!findings.length, "what must always hold holds", findings.join("\n")))
		for (const [, id] of findings.join("\n").matchAll(/\((\d+)\)/g))
			say((await db.run(`SELECT CONCAT_WS(' ', e.type, e.object_type, e.object_id, e.object_version, e.request_id, (SELECT GROUP_CONCAT(a.action) FROM audit_logs a WHERE a.tenant_id = e.tenant_id AND a.resource_id = e.object_id AND a.request_id = e.request_id)) FROM events e WHERE e.id = ${id} OR e.object_id = ${id}`)).join("\n"));
}

// ---- what the clock makes due

// Refunds arrive, money that was held for too long is given free, disputes end without more evidence. The program dies at it, too.
async function later(db, sides) {
	const tenants = sides.map((side) => side.tenant).join(", "), past = "UTC_TIMESTAMP(3) - INTERVAL 1 DAY";
	await db.run(`UPDATE refunds SET settles_at = ${past} WHERE tenant_id IN (${tenants}) AND status = 'pending' AND settles_at IS NOT NULL`);
	await db.run(`UPDATE payment_intents SET authorization_expires_at = ${past} WHERE tenant_id IN (${tenants}) AND status = 'requires_capture'`);
	await db.run(`UPDATE disputes SET evidence_due_by = ${past} WHERE tenant_id IN (${tenants}) AND status IN ('needs_response', 'under_review')`);
	for (let n = 0; n < (isShort ? 5 : 30); n++)
		await settle([], 0, { SOUK_EXIT_AT: `${1 + Math.floor(200 * chance())}` });
	for (let n = 0; n < 3; n++) {
		const { status, stderr } = await settle([]);
		if (status)
			say(`souk-payments ended with ${status}: ${stderr.slice(-500)}`);
		await quiet(db, sides);
	}
	for (const [table, status, title] of [["refunds", "'pending'", "refunds that have not arrived"], ["payments", "'authorized'", "payments that are held still"], ["disputes", "'needs_response', 'under_review'", "disputes that are not decided"]])
		same(await db.number(`SELECT COUNT(*) FROM ${table} WHERE tenant_id IN (${tenants}) AND status IN (${status})`), 0, title);
}

// ---- R8

async function races(db, side) {
	const paid = await side.client.make("POST", "/payments/intents", { amount: 10000, currency: "usd", payment_method: "card", capture_method: "automatic" });
	const answers = await Promise.all(Array.from({ length: RACERS }, (_, i) => side.client.send("POST", `/payments/${paid.payment_id}/refund`, { amount: 300 }, { "idempotency-key": `race-${i}` })));
	const count = (status) => answers.filter((answer) => answer.status === status).length;
	ok(count(201) === 33 && count(201) + count(422) + count(409) === RACERS, `of ${RACERS} refunds of 300 at once of a capture of 10000, ${count(201)} are accepted`, answers.map((a) => `${a.status} ${a.text.slice(0, 200)}`).slice(0, 5).join("\n"));
	const now = (await side.client.get(`/payments/${paid.payment_id}`)).json;
	same(now.amount_refunded, 9900, "refunded in all");
	const held = await side.client.make("POST", "/payments/intents", { amount: 10000, currency: "usd", payment_method: "card" });
	const captures = await Promise.all(Array.from({ length: RACERS }, (_, i) => side.client.send("POST", `/payments/intents/${held.id}/capture`, { amount: 3000, final_capture: false }, { "idempotency-key": `take-${i}` })));
	const taken = (await side.client.get(`/payments/intents/${held.id}`)).json;
	const done = captures.filter((answer) => answer.status === 201).length;
	ok(done >= 1 && taken.amount_captured === 3000 * done && taken.amount_captured <= 10000, `of ${RACERS} captures of 3000 at once of 10000, ${done} are accepted, ${taken.amount_captured} is captured`);
	await quiet(db, [side]);
}

// ---- R4

// souk-payments ends before or behind its nth statement, for every n, with something to do each time; then eight start at once.
async function dies(db, side) {
	const faults = new Faults();
	let ended = 0;
	for (let n = 1; n <= DEATHS; n++)
		for (const where of ["", "+"]) {
			const lost = await side.client.make("POST", "/payments/intents", { amount: ODD[0], currency: "usd", payment_method: "card", capture_method: "automatic" });
			const paid = await side.client.make("POST", "/payments/intents", { amount: 2 * ODD[0], currency: "usd", payment_method: "card", capture_method: "automatic" });
			await side.client.make("POST", `/payments/${paid.payment_id}/refund`, { amount: ODD[0] });
			faults.check(lost.status === "processing", `statement ${n}${where}: nothing was to be done`);
			ended += (await settle(["--reconcile"], 0, { SOUK_EXIT_AT: `${n}${where}` })).status === EXITED;
		}
	faults.report("each time there is something to do");
	ok(ended > DEATHS, `souk-payments ended ${ended} times before or behind a statement`);
	await side.client.make("POST", "/payments/intents", { amount: ODD[0], currency: "usd", payment_method: "card" });
	const starts = await Promise.all(Array.from({ length: 8 }, () => settle()));
	ok(starts.every(({ status }) => [0, BUSY].includes(status)) && starts.some(({ status }) => status === 0), `eight start at once: ${starts.map((s) => s.status)}`);
	await quiet(db, [side]);
}

// ---- R16

async function hangs(db, side) {
	const late = new Faults(), orders = new Faults(), pid = processOf("fakes");
	let slowest = 0, paid = 0, sold = 0, slowestOrder = 0;
	const timed = async (send) => {
		const sent = Date.now(), answer = await send(), ms = Date.now() - sent;
		slowest = Math.max(slowest, ms);
		late.check(ms <= ANSWER_MS, () => `${ms} ms: ${answer.status} ${answer.text.slice(0, 200)}`);
		return { ...answer, ms };
	};
	process.kill(pid, "SIGSTOP");
	const until = Date.now() + HUNG_MS;
	const paying = Array.from({ length: 8 }, async (_, c) => {
		for (let i = 0; Date.now() < until; i++, paid++)
			await timed(() => side.client.send("POST", "/payments/intents", { amount: 1000, currency: "usd", customer_id: side.buyer.id, payment_method: side.methods[0] }, { "idempotency-key": `hung-${c}-${i}` }));
	});
	const selling = Array.from({ length: 4 }, async (_, c) => {
		for (let i = 0; Date.now() < until; i++, sold++) {
			const answer = await timed(() => side.client.send("POST", "/orders", order(side, 0), { "idempotency-key": `sold-${c}-${i}` }));
			slowestOrder = Math.max(slowestOrder, answer.ms);
			orders.check(answer.status === 201, () => `${answer.status} ${answer.text.slice(0, 200)}`);
		}
	});
	await Promise.all([...paying, ...selling]);
	process.kill(pid, "SIGCONT");
	say(`Stripe hung for ${HUNG_MS} ms: ${paid} intents, ${sold} orders, slowest answer ${slowest} ms, slowest order ${slowestOrder} ms`);
	late.report(`every request ends within ${ANSWER_MS} ms while a gateway hangs`);
	orders.report("orders go on");
	ok(paid > 8 && sold > HUNG_MS / 100, "and many of them");
	await quiet(db, [side]);
}

await prove(SECONDS, async () => {
	const first = new Database(), { live, sandbox } = await newShop(first, { sockets: RACERS });
	const sides = [await open(first, sandbox, false), ...(fakes ? [await open(first, live, true)] : [])];
	const db = await lives(sides);
	await inOrder(db, sides);
	await races(db, sandbox);
	await dies(db, sandbox);
	if (fakes)
		await hangs(db, live);
	await later(db, sides);
	await inOrder(db, sides);
});
