// Creates that are counted: each has a number, which its SKU or its metadata tells, so that what was acknowledged can be looked for in
// the tables: nothing may be lost, nothing doubled. Even numbers are products, odd ones orders of things that are in stock.
import { body as order, pieces, stockUp } from "./orders.mjs";
import { Faults, same } from "./report.mjs";

const START = 1000000; // pieces of each thing

const isOrder = (i) => i % 2 === 1;
export const body = (i) => ({ name: `Kettle ${i}`, sku: `KETTLE-${i}`, price: 12.5, variants: [{ sku: `KETTLE-${i}-RED` }] });

export const key = (i) => ({ "idempotency-key": `create-${i}` });
export const create = (client, i, headers = key(i)) => isOrder(i) ? client.send("POST", "/orders", order(i), headers)
	: client.send("POST", "/products", body(i), headers);

const TABLES = { products: [1, 0], variants: [1, 0], skus: [2, 0], orders: [0, 1], order_items: [0, 2], audit_logs: [1, 1], events: [1, 1], idempotency_keys: [1, 1] };

// Puts things for orders into the shop; gives what counted() begins with.
export async function prepare(db, { client, tenant }) {
	await stockUp(client, START);
	const lines = await db.run(Object.keys(TABLES).map((table) => `SELECT COUNT(*) FROM ${table} WHERE tenant_id = ${tenant}`).join(" UNION ALL "));
	return Object.fromEntries(Object.keys(TABLES).map((table, i) => [table, Number(lines[i])]));
}

// {number: {n, id}} of what is stored.
export async function stored(db, tenant) {
	const lines = await db.run(`SELECT CAST(SUBSTRING(sku, 8) AS INTEGER), COUNT(*), LOWER(CONV(MAX(id), 10, 32)) FROM products WHERE tenant_id = ${tenant} AND sku LIKE 'KETTLE-%' GROUP BY sku
		UNION ALL SELECT CAST(JSON_VALUE(metadata, '$.n') AS INTEGER), COUNT(*), LOWER(CONV(MAX(id), 10, 32)) FROM orders WHERE tenant_id = ${tenant} GROUP BY JSON_VALUE(metadata, '$.n')`);
	return new Map(lines.map((line) => {
		const [i, n, id] = line.split("\t");
		return [Number(i), { n: Number(n), id }];
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
		const row = found.get(i);
		if (answer.status === 201)
			lost.check(row && row.id === digits(answer.json.id), `create ${i} was acknowledged as ${answer.json.id}`);
		doubled.check(!row || row.n === 1, `create ${i} is there ${row?.n} times`);
	}
	lost.report(`${title}: nothing acknowledged is lost`);
	doubled.report(`${title}: nothing is doubled`);
}

// Every table that the creates 0 … n - 1 write has their rows, no more and no less; numbers of orders have no gaps, and what was
// ordered is reserved.
export async function counted(db, tenant, n, before) {
	const orders = Math.floor(n / 2);
	for (const [table, [product, order]] of Object.entries(TABLES))
		same(await db.number(`SELECT COUNT(*) FROM ${table} WHERE tenant_id = ${tenant}`), before[table] + product * (n - orders) + order * orders, `rows of ${table}`);
	same(await db.number(`SELECT COALESCE(MAX(number), 0) FROM orders WHERE tenant_id = ${tenant}`), orders, "the last number of an order");
	same(await db.number(`SELECT SUM(reserved) FROM stocks WHERE tenant_id = ${tenant}`), Array.from({ length: orders }, (_, k) => pieces(2 * k + 1)).reduce((a, b) => a + b, 0), "pieces that are reserved");
}

// Creates from `clients` at once until stop() is called, which gives {i: {answer, sent, got}} of all that were sent. Each is
// sent by send(i), by default once under its key.
export function stream(client, clients, send = (i) => create(client, i)) {
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
