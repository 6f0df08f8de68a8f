// Creates that are counted: each has a number, which its SKU tells, so that what was acknowledged can be looked for in the
// table: nothing may be lost, nothing doubled.
import { Faults } from "./report.mjs";

export const body = (i) => ({ name: `Kettle ${i}`, sku: `KETTLE-${i}`, price: 12.5, variants: [{ sku: `KETTLE-${i}-RED` }] });
export const key = (i) => ({ "idempotency-key": `create-${i}` });

// {sku: {n, id}} of what is stored.
export async function stored(db, tenant) {
	const lines = await db.run(`SELECT sku, COUNT(*), LOWER(CONV(MAX(id), 10, 32)) FROM products
		WHERE tenant_id = ${tenant} GROUP BY sku`);
	return new Map(lines.map((line) => {
		const [sku, n, id] = line.split("\t");
		return [sku, { n: Number(n), id }];
	}));
}

// The digits of an id in the alphabet of CONV().
function digits(id) {
	const number = [...id.slice(id.indexOf("_") + 1)]
		.reduce((n, c) => n * 32n + BigInt("0123456789abcdefghjkmnpqrstvwxyz".indexOf(c)), 0n);
	return number.toString(32);
}

// Answers by number, against what is stored.
export function compare(answers, found, title) {
	const lost = new Faults(), doubled = new Faults();
	for (const [i, answer] of answers) {
		const row = found.get(body(i).sku);
		if (answer.status === 201)
			lost.check(row && row.id === digits(answer.json.id), `${body(i).sku} was acknowledged as ${answer.json.id}`);
		doubled.check(!row || row.n === 1, `${body(i).sku} is there ${row?.n} times`);
	}
	lost.report(`${title}: nothing acknowledged is lost`);
	doubled.report(`${title}: nothing is doubled`);
}

// Every table that a create of this kind writes has its rows, no more and no less.
export async function counted(db, tenant, n, same) {
	for (const [table, each] of [["products", 1], ["variants", 1], ["skus", 2], ["audit_logs", 1], ["events", 1], ["idempotency_keys", 1]])
		same(await db.number(`SELECT COUNT(*) FROM ${table} WHERE tenant_id = ${tenant}`), each * n, `rows of ${table}`);
}

// Creates from `clients` at once until stop() is called, which gives {i: {answer, sent, got}} of all that were sent. Each is
// sent by send(i), by default once under its key.
export function stream(client, clients, send = (i) => client.send("POST", "/products", body(i), key(i))) {
	const all = new Map();
	let next = 0, going = true;
	const walk = async () => {
		while (going) {
			const i = next++, sent = Date.now();
			all.set(i, { answer: await send(i), sent, got: Date.now() });
		}
	};
	const walkers = Promise.all(Array.from({ length: clients }, walk));
	return {
		all,
		async stop() {
			going = false;
			await walkers;
			return all;
		},
	};
}
