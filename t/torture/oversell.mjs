// R8, R9, R10: nothing is oversold. Buyers in a crowd get exactly what there is, over several warehouses, and the rest are told which SKU
// is out; a coupon is redeemed exactly as often as it may be; lines in opposite order and injected failures are not the buyers';
// pieces that move between warehouses are in every read once.
import { Client, isError } from "./rig/client.mjs";
import { Database } from "./rig/database.mjs";
import { Faults, isShort, ok, prove, random, same, say, together } from "./rig/report.mjs";
import { broken, newShop } from "./rig/shop.mjs";

const BUYERS = 64;
const CROWD = isShort ? { units: 200, buyers: 600 } : { units: 1000, buyers: 5000 };
const CROSSED = isShort ? 300 : 2000;
const MOVES = isShort ? 200 : 2000;
const FAULTS = [1213, 1205, 1020];
const SECONDS = isShort ? 120 : 600;

let made = 0;

const product = () => ({ name: `Kettle ${++made}`, sku: `KETTLE-${made}`, price: "12.50", status: "active" });
const buy = (client, items, more = {}, headers = {}) => client.send("POST", "/orders", { items, email: `buyer-${++made}@example.com`, ...more }, headers);
const key = () => ({ "idempotency-key": `buyer ${++made}` });

async function stocked(client, places) {
	const p = await client.make("POST", "/products", product());
	for (const [warehouse, quantity] of places)
		await client.make("POST", `/inventory/${p.id}/adjust`, { quantity, reason: "received", location: warehouse });
	return p;
}

async function warehouses(client, n) {
	const all = [];
	for (let i = 0; i < n; i++)
		all.push((await client.make("POST", "/warehouses", { name: `Hall ${i}`, code: `hall-${++made}`, priority: i })).id);
	return all;
}

const percentile = (times, part) => Math.round([...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * part))] ?? NaN);

// Everybody wants one at once; gives the answers with their times.
async function crowd(client, p, n, more) {
	const answers = [], began = performance.now();
	await together(n, BUYERS, async () => {
		const from = performance.now();
		const answer = await buy(client, [{ product_id: p.id, quantity: 1 }], more, key());
		answers.push({ ...answer, ms: performance.now() - from });
	});
	return { answers, seconds: (performance.now() - began) / 1000, sold: answers.filter(({ status }) => status === 201) };
}

// Who got none is told what there is none of.
function toldWhat(answers, faults, reason, field, word) {
	for (const answer of answers.filter(({ status }) => status !== 201)) {
		const [detail] = answer.json?.error?.details ?? [];
		faults.check(answer.status === 409 && isError(answer) && answer.json.error.reason === reason && detail?.field === field && detail.message.includes(word),
			`${answer.status} ${answer.text}`);
	}
}

async function figures(db, tenant) {
	const sum = (what) => db.number(`SELECT COALESCE(SUM(${what}), 0) FROM stocks WHERE tenant_id = ${tenant}`);
	const open = `SELECT COALESCE(SUM(i.quantity), 0) FROM orders o JOIN order_items i ON i.tenant_id = o.tenant_id AND i.order_id = o.id
		WHERE o.tenant_id = ${tenant} AND o.status IN ('pending', 'processing')`;
	return { on_hand: await sum("on_hand"), reserved: await sum("reserved"), available: await sum("available"),
		held: await db.number(`SELECT COALESCE(SUM(quantity), 0) FROM holds WHERE tenant_id = ${tenant}`), ordered: await db.number(open) };
}

const events = (db, tenant, type) => db.number(`SELECT COUNT(*) FROM events WHERE tenant_id = ${tenant} AND type = '${type}'`);

async function lastUnits(db, { client, tenant }) {
	const faults = new Faults(), halls = await warehouses(client, 3);
	const p = await stocked(client, [[halls[0], 200], [halls[1], 200], [halls[2], 100]]);
	await client.make("POST", `/inventory/${p.id}/alerts`, { threshold: 50, reorder_point: 10, reorder_quantity: 500 });
	const { answers, sold } = await crowd(client, p, 700);
	same(sold.length, 500, "orders of 700 for the last 500 units in three warehouses that succeed");
	toldWhat(answers, faults, "out_of_stock", "items[0].quantity", p.sku);
	faults.report("the others are told which SKU is out of stock");
	const f = await figures(db, tenant);
	ok(f.on_hand === 500 && f.reserved === 500 && f.available === 0 && f.held === 500 && f.ordered === 500, "what is reserved is what open orders have", JSON.stringify(f));
	for (const [type, title] of [["inventory.low", "the alert told"], ["inventory.out_of_stock", "that nothing is left was told"], ["reorder.created", "reorders drafted"]])
		same(await events(db, tenant, type), 1, title);
	return sold;
}

async function cancelled(db, { client, tenant }, sold) {
	const faults = new Faults();
	await together(sold.length, BUYERS, async (i) => {
		const answer = await client.send("POST", `/orders/${sold[i].json.id}/cancel`, { reason: "customer_request" }, key());
		faults.check(answer.status === 200, `${answer.status} ${answer.text}`);
	});
	faults.report("all of them can be cancelled at once");
	const f = await figures(db, tenant);
	ok(f.on_hand === 500 && f.reserved === 0 && f.available === 500 && f.held === 0, "and everything is available again", JSON.stringify(f));
}

async function coupon({ client }) {
	const faults = new Faults(), [hall] = await warehouses(client, 1), p = await stocked(client, [[hall, 1000]]);
	const { id } = await client.make("POST", "/coupons", { code: "CROWD", type: "percentage", amount: 10, duration: "forever", max_redemptions: 100 });
	const { answers, sold } = await crowd(client, p, 300, { coupon_code: "CROWD" });
	same(sold.length, 100, "orders of 300 with a coupon of 100 redemptions that succeed");
	for (const answer of answers.filter(({ status }) => status !== 201))
		faults.check([409, 422].includes(answer.status) && isError(answer) && answer.json.error.details.some((d) => d.field === "coupon_code"), `${answer.status} ${answer.text}`);
	faults.report("the others are told that it is used up");
	same((await client.get(`/coupons/${id}`)).json?.times_redeemed, 100, "times that it was redeemed");
}

async function onePopularThing(db, { client, tenant }) {
	const faults = new Faults(), [hall] = await warehouses(client, 1), p = await stocked(client, [[hall, CROWD.units]]);
	const { answers, sold, seconds } = await crowd(client, p, CROWD.buyers);
	same(sold.length, CROWD.units, `of ${CROWD.buyers} buyers of ${CROWD.units} units get one`);
	toldWhat(answers, faults, "out_of_stock", "items[0].quantity", p.sku);
	faults.report("the others are told");
	const times = sold.map(({ ms }) => ms);
	say(`${Math.round(answers.length / seconds)} requests a second; of those that got one: ${percentile(times, 0.5)} ms in the middle, ${percentile(times, 0.99)} ms at 99 %`);
	same((await figures(db, tenant)).available, 0, "left");
}

// Half of them want the same two things the other way round, and some meet failures of the database.
async function crossed({ client }) {
	const faults = new Faults(), chance = random(10), [hall] = await warehouses(client, 1);
	const [a, b] = [await stocked(client, [[hall, 1000000]]), await stocked(client, [[hall, 1000000]])], times = [];
	await together(CROSSED, 32, async (i) => {
		const items = [{ product_id: a.id, quantity: 1 }, { product_id: b.id, quantity: 2 }];
		const broken_ = chance() < 0.3 ? { "x-souk-fault": `${FAULTS[i % 3]}@${1 + Math.floor(chance() * 20)}` } : {};
		const from = performance.now(), answer = await buy(client, i % 2 ? items : items.reverse(), {}, broken_);
		times.push(performance.now() - from);
		faults.check(answer.status === 201, `${JSON.stringify(broken_)}: ${answer.status} ${answer.text}`);
	});
	faults.report(`${CROSSED} orders of two things in either order, some with a failure of the database: none is the buyer's`);
	say(`${percentile(times, 0.99)} ms at 99 %`);
	const left = (p) => client.get(`/inventory/${p.id}`).then(({ json }) => [json.total_on_hand - json.total_available, json.total_reserved]);
	ok(JSON.stringify([await left(a), await left(b)]) === JSON.stringify([[CROSSED, CROSSED], [2 * CROSSED, 2 * CROSSED]]), "each took once what it took");
}

// The bank: pieces go round, and no reader ever sees one too many or too few.
async function roundAndRound({ client, key: own }) {
	const faults = new Faults(), halls = await warehouses(client, 4), p = await stocked(client, halls.map((hall) => [hall, 250])), chance = random(9);
	const reader = new Client(own, { sockets: 4 });
	let reads = 0, done = false;
	const reading = Promise.all(Array.from({ length: 4 }, async () => {
		while (!done) {
			const { json, status } = await reader.get(`/inventory/${p.id}`);
			reads++;
			faults.check(status === 200 && json.total_on_hand === 1000 && json.locations.reduce((n, l) => n + l.on_hand, 0) === 1000, () => JSON.stringify(json));
		}
	}));
	await together(MOVES, 8, async () => {
		const [from, to] = [...halls].sort(() => chance() - 0.5);
		const answer = await client.send("POST", "/inventory/transfers", { from, to, items: [{ product_id: p.id, quantity: 1 + Math.floor(chance() * 90) }] });
		faults.check(answer.status === 201 || (answer.status === 409 && isError(answer)), `${answer.status} ${answer.text}`);
	});
	done = true;
	await reading;
	faults.report(`${MOVES} transfers among four warehouses, ${reads} reads meanwhile: 1,000 pieces in each`);
}

await prove(SECONDS, async () => {
	const db = new Database(), shops = [];
	for (let i = 0; i < 5; i++)
		shops.push((await newShop(db, { sockets: BUYERS })).live);
	await cancelled(db, shops[0], await lastUnits(db, shops[0]));
	await coupon(shops[1]);
	await onePopularThing(db, shops[2]);
	await crossed(shops[3]);
	await roundAndRound(shops[4]);
	const findings = await broken(db, ...shops.map(({ tenant }) => tenant));
	ok(!findings.length, "what must always hold holds", findings.join("\n"));
});
