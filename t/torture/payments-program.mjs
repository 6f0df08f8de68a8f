// R4 of souk-payments: it may end before or behind any statement, also between a question to a gateway and what follows of the answer,
// and run again it leaves what an undisturbed run leaves; of eight that start at once the work is done once. The gateway's own books are
// compared, too: nothing was given back twice.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";

import { Database } from "./rig/database.mjs";
import { Faults, isShort, ok, prove, same, say } from "./rig/report.mjs";
import { broken, newShop } from "./rig/shop.mjs";

const STRIDE = isShort ? 9 : 1;
const STARTS = 8;
const ROUNDS = isShort ? 2 : 20;
const EXITED = 99; // of a build that was told to end there
const BUSY = 75;
const SILENT = 990002, LOST = 990001; // the sandbox does it and does not answer; does nothing the first time
const program = join(dirname(process.env.SOUK_CTL), "souk-payments");
let whom;

function start(args = [], env = {}) {
	const child = spawn(program, ["--tenant", whom, ...args], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
	let out = "", err = "";
	child.stdout.on("data", (part) => (out += part));
	child.stderr.on("data", (part) => (err += part));
	return new Promise((resolve) => child.on("close", (status, signal) => resolve({ status, signal, out, err })));
}

// ---- what there is to do, and what is left

async function make(client, path, body) {
	const answer = await client.send("POST", path, body);
	if (answer.status !== 201)
		throw new Error(`${path}: ${answer.status} ${answer.text}`);
	return answer.json ?? JSON.parse(answer.text);
}

async function pay(client, amount, capture_method = "automatic") {
	return make(client, "/payments/intents", { amount, currency: "usd", payment_method: "card", capture_method });
}

// Two refunds that nobody answered, one whose money is there, an authorization that is over, and a dispute that nobody answered.
async function plant(db, { tenant: t, client }) {
	const silent = await pay(client, 2_000_000), lost = await pay(client, 2_000_000), arrived = await pay(client, 5000), held = await pay(client, 6000, "manual"), disputed = await pay(client, 7000);
	for (const [intent, amount] of [[silent, SILENT], [lost, LOST], [arrived, 5000]])
		await make(client, `/payments/${intent.payment_id}/refund`, { amount });
	await make(client, `/payments/${disputed.payment_id}/dispute`);
	await db.run(`UPDATE gateway_calls SET next_at = UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE, created_at = created_at - INTERVAL 1 HOUR WHERE tenant_id = ${t} AND due_at IS NOT NULL`);
	await db.run(`UPDATE refunds SET settles_at = UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE WHERE tenant_id = ${t} AND settles_at IS NOT NULL AND amount = 5000`);
	await db.run(`UPDATE payment_intents SET authorization_expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE WHERE tenant_id = ${t} AND status = 'requires_capture'`);
	await db.run(`UPDATE disputes SET evidence_due_by = UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE WHERE tenant_id = ${t} AND status = 'needs_response'`);
	return [silent, lost, arrived, held, disputed];
}

// What became of what was planted last: the rows, what was told of them, the books, and what the gateway did.
async function state(db, { tenant: t }, since) {
	const lines = await db.run(`SELECT 'refund', amount, status, settles_at IS NOT NULL FROM refunds WHERE tenant_id = ${t} AND id > ${since}
		UNION ALL SELECT 'intent', amount, status, amount_capturable FROM payment_intents WHERE tenant_id = ${t} AND id > ${since}
		UNION ALL SELECT 'payment', amount, status, amount_refunded FROM payments WHERE tenant_id = ${t} AND id > ${since}
		UNION ALL SELECT 'dispute', amount, status, 0 FROM disputes WHERE tenant_id = ${t} AND id > ${since}
		UNION ALL SELECT 'event', type, COUNT(*), 0 FROM events WHERE tenant_id = ${t} AND id > ${since} GROUP BY type
		UNION ALL SELECT 'entry', kind, COUNT(*), SUM(amount) FROM ledger_entries WHERE tenant_id = ${t} AND id > ${since} GROUP BY kind
		UNION ALL SELECT 'sandbox', kind, state, amount FROM sandbox_gateway WHERE tenant_id = ${t} AND call_id > ${since}
		UNION ALL SELECT 'open', kind, status, amount FROM gateway_calls WHERE tenant_id = ${t} AND id > ${since} AND due_at IS NOT NULL`);
	return lines.sort().join("\n");
}

// As text: a number of JavaScript does not hold it.
const newest = async (db, t) => (await db.run(`SELECT GREATEST(MAX(p.id), (SELECT MAX(id) FROM events WHERE tenant_id = ${t})) FROM payments p WHERE tenant_id = ${t}`))[0];

// ---- it ends at the nth statement, for every n

async function ends(db, side, wanted) {
	const faults = new Faults();
	let runs = 0;
	for (const where of ["", "+"])
		for (let n = 1; ; n += STRIDE) {
			const since = await newest(db, side.tenant);
			await plant(db, side);
			const first = await start([], { SOUK_EXIT_AT: `${n}${where}` });
			if (first.status === 0)
				break;
			runs++;
			// What was begun and not answered is due by now.
			await db.run(`UPDATE gateway_calls SET next_at = UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE, created_at = created_at - INTERVAL 1 HOUR WHERE tenant_id = ${side.tenant} AND due_at IS NOT NULL`);
			const second = await start();
			faults.check(first.status === EXITED && second.status === 0, `statement ${n}${where}: ${first.status} ${first.err}, then ${second.status} ${second.err}`);
			const found = await state(db, side, since);
			faults.check(found === wanted, `statement ${n}${where}: another end:\n${found}\nnot\n${wanted}`);
		}
	ok(runs > 100 / STRIDE, `it was ended ${runs} times`);
	faults.report("ended before or behind any statement and run again, it leaves what an undisturbed run leaves");
}

// ---- several start at once

async function twins(db, side, wanted) {
	const faults = new Faults();
	let busy = 0;
	for (let round = 0; round < ROUNDS; round++) {
		const since = await newest(db, side.tenant);
		await plant(db, side);
		const all = await Promise.all(Array.from({ length: STARTS }, () => start()));
		for (const one of all) {
			faults.check([0, BUSY].includes(one.status) && !one.err, `${one.status} ${one.err}`);
			busy += one.status === BUSY;
		}
		faults.check((await state(db, side, since)) === wanted, "another end");
	}
	say(`${busy} of ${STARTS * ROUNDS} found another at work`);
	faults.report(`${STARTS} that start at once do it once, ${ROUNDS} times`);
}

await prove(isShort ? 120 : 900, async () => {
	const db = new Database();
	const { sandbox } = await newShop(db);
	whom = sandbox.publicId;
	await pay(sandbox.client, 100);
	const since = await newest(db, sandbox.tenant);
	await plant(db, sandbox);
	same((await start()).status, 0, "an undisturbed run");
	const wanted = await state(db, sandbox, since);
	ok(!/^open/m.test(wanted) && /refund\s+990002\s+pending\s+1/.test(wanted), "nothing is left open", wanted);
	await ends(db, sandbox, wanted);
	await twins(db, sandbox, wanted);
	const findings = await broken(db, sandbox.tenant);
	ok(!findings.length, "what must always hold holds", findings.join("\n"));
	db.close();
});
