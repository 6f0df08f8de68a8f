// Orders that are counted: each has a number, which its metadata tells, and each is of things whose stock is known, so that what was
// acknowledged can be looked for: every order exactly once, numbers without gaps, and no piece lost.
import { Faults, same } from "./report.mjs";

export const THINGS = 6;
const sku = (n) => `THING-${n % THINGS}`;

// Two lines, of things in no particular order, so that orders meet in the rows of stock.
export const body = (i) => ({
	items: [{ sku: sku(i), quantity: 1 + i % 3 }, { sku: sku(i * 5 + 1 + Math.floor(i / THINGS)), quantity: 1 + i % 2 }],
	email: `buyer${i % 97}@example.com`,
	metadata: { n: `${i}` },
});
export const key = (i) => ({ "idempotency-key": `order-${i}` });
export const pieces = (i) => body(i).items.reduce((n, { quantity }) => n + quantity, 0);

// Two warehouses that have so many of each thing together.
export async function stockUp(client, each) {
	const places = [];
	for (const code of ["north", "south"])
		places.push(await client.make("POST", "/warehouses", { name: code, code, priority: places.length + 1 }));
	for (let n = 0; n < THINGS; n++) {
		const { id } = await client.make("POST", "/products", { name: `Thing ${n}`, sku: sku(n), price: `${n + 1}.99`, status: "active" });
		for (const [at, quantity] of [[0, Math.floor(each / 3)], [1, each - Math.floor(each / 3)]])
			await client.make("POST", `/inventory/${id}/adjust`, { quantity, reason: "received", location: places[at].id });
	}
}

// {n: {times, id}} of what is stored, id in the digits of CONV().
export async function stored(db, tenant) {
	const lines = await db.run(`SELECT JSON_VALUE(metadata, '$.n'), COUNT(*), LOWER(CONV(MAX(id), 10, 32)), MAX(status) FROM orders
		WHERE tenant_id = ${tenant} GROUP BY JSON_VALUE(metadata, '$.n')`);
	return new Map(lines.map((line) => {
		const [n, times, id, status] = line.split("\t");
		return [Number(n), { times: Number(times), id, status }];
	}));
}

const digits = (id) => [...id.slice(id.indexOf("_") + 1)]
	.reduce((n, c) => n * 32n + BigInt("0123456789abcdefghjkmnpqrstvwxyz".indexOf(c)), 0n).toString(32);

// Answers by number, against what is stored.
export function compare(answers, found, title) {
	const lost = new Faults(), doubled = new Faults(), wrong = new Faults();
	for (const [i, answer] of answers) {
		const row = found.get(i);
		if (answer.status === 201)
			lost.check(row && row.id === digits(answer.json.id), `order ${i} was acknowledged as ${answer.json.id}`);
		doubled.check(!row || row.times === 1, `order ${i} is there ${row?.times} times`);
		wrong.check(row || answer.status !== 201, `order ${i}: ${answer.status} ${answer.text}`);
	}
	lost.report(`${title}: no acknowledged order is lost`);
	doubled.report(`${title}: no order is doubled`);
	wrong.report(`${title}: every order that was acknowledged is there`);
}

// What must hold of a tenant that sold `sold` pieces in `n` orders, and has `start` of each thing, of which nothing was sent yet.
export async function accounts(db, tenant, { n, sold, start, cancelled = 0 }) {
	const [counts] = await db.run(`SELECT CONCAT_WS(' ', COUNT(*), COALESCE(MIN(number), 1), COALESCE(MAX(number), 0), COUNT(DISTINCT number)) FROM orders WHERE tenant_id = ${tenant}`);
	same(counts, `${n} 1 ${n} ${n}`, "orders, first number, last number, numbers");
	for (const [table, action, wanted] of [["audit_logs", "action = 'order.created'", n], ["audit_logs", "action = 'order.cancelled'", cancelled],
		["events", "type = 'order.created'", n], ["events", "type = 'order.cancelled'", cancelled], ["order_items", "1", 2 * n]])
		same(await db.number(`SELECT COUNT(*) FROM ${table} WHERE tenant_id = ${tenant} AND ${action}`), wanted, `rows of ${table} with ${action}`);
	const [stock] = await db.run(`SELECT CONCAT_WS(' ', SUM(on_hand), SUM(reserved), SUM(available)) FROM stocks WHERE tenant_id = ${tenant}`);
	same(stock, `${THINGS * start} ${sold} ${THINGS * start - sold}`, "pieces on hand, reserved, available: start less what was sold");
	same(await db.number(`SELECT COALESCE(SUM(quantity), 0) FROM holds WHERE tenant_id = ${tenant}`), sold, "pieces held");
}
