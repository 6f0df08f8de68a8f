// R4 of souk-payments: it may end before or behind any statement, also between a question to a gateway and what follows of the answer,
// and run again it leaves what an undisturbed run leaves; of eight that start at once the work is done once. The gateway's own books are
// compared, too: nothing was given back twice.
import { Database } from "./rig/database.mjs";
import { mayEndAnywhere, starter } from "./rig/program.mjs";
import { isShort, ok, prove } from "./rig/report.mjs";
import { broken, newShop } from "./rig/shop.mjs";

const STRIDE = isShort ? 9 : 1;
const SILENT = 990002, LOST = 990001; // the sandbox does it and does not answer; does nothing the first time

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

// What nobody answered is due by now.
const due = (db, { tenant: t }) => db.run(`UPDATE gateway_calls SET next_at = UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE, created_at = created_at - INTERVAL 1 HOUR WHERE tenant_id = ${t} AND due_at IS NOT NULL`);

// Two refunds that nobody answered, one whose money is there, an authorization that is over, and a dispute that nobody answered.
async function plant(db, { tenant: t, client }) {
	const silent = await pay(client, 2_000_000), lost = await pay(client, 2_000_000), arrived = await pay(client, 5000), disputed = await pay(client, 7000);
	await pay(client, 6000, "manual");
	for (const [intent, amount] of [[silent, SILENT], [lost, LOST], [arrived, 5000]])
		await make(client, `/payments/${intent.payment_id}/refund`, { amount });
	await make(client, `/payments/${disputed.payment_id}/dispute`);
	await due(db, { tenant: t });
	await db.run(`UPDATE refunds SET settles_at = UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE WHERE tenant_id = ${t} AND settles_at IS NOT NULL AND amount = 5000`);
	await db.run(`UPDATE payment_intents SET authorization_expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE WHERE tenant_id = ${t} AND status = 'requires_capture'`);
	await db.run(`UPDATE disputes SET evidence_due_by = UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE WHERE tenant_id = ${t} AND status = 'needs_response'`);
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

await prove(isShort ? 120 : 900, async () => {
	const db = new Database();
	const { sandbox } = await newShop(db);
	await pay(sandbox.client, 100);
	const job = {
		plant: async () => {
			const mark = await newest(db, sandbox.tenant);
			await plant(db, sandbox);
			return mark;
		},
		state: (mark) => state(db, sandbox, mark),
		due: () => due(db, sandbox),
	};
	await mayEndAnywhere(starter("souk-payments", sandbox.publicId), job, { stride: STRIDE,
		isDone: (text) => !/^open/m.test(text) && /refund\s+990002\s+pending\s+1/.test(text) });
	const findings = await broken(db, sandbox.tenant);
	ok(!findings.length, "what must always hold holds", findings.join("\n"));
	db.close();
});
