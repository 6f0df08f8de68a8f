// R4 of souk-shipments: it may end before or behind any statement, also between a question to a carrier and what follows of the answer,
// and run again it leaves what an undisturbed run leaves; of eight that start at once the work is done once. Each label is asked for
// under one reference, lines are fulfilled once, stock leaves once, and each event is told once.
import { SECRET } from "../fakes/regional.mjs";
import { Database } from "./rig/database.mjs";
import { say as tell } from "./rig/payments.mjs";
import { mayEndAnywhere, starter } from "./rig/program.mjs";
import { isShort, ok, prove } from "./rig/report.mjs";
import { broken, newShop } from "./rig/shop.mjs";

const STRIDE = isShort ? 11 : 1;
const AGO = "UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE";
const from = { line1: "40 Dock Street", city: "Newark", state: "NJ", zip: "07114", country: "US" };

async function prepare({ client }) {
	const { id } = await client.make("POST", "/products", { name: "Desk", sku: "DESK", price: 200, status: "active", weight: 1.25, weight_unit: "kg" });
	const location = (await client.make("POST", "/warehouses", { name: "main", code: "main" })).id;
	await client.make("POST", `/inventory/${id}/adjust`, { quantity: 100000, reason: "received", location });
	await client.make("POST", "/shipping/carriers", { name: "Regional", code: "regional", kind: "callback", callback_url: `${process.env.SOUK_FAKES}/regional/`, callback_secret: SECRET });
}

// What the carrier does with the next question that has this in it.
const behaves = (holds, after) => tell("/_control", { service: "regional", holds, behave: "reset", after });

let n = 0;
async function send(client, fault) {
	const street = `${++n} Lane of ${process.pid}`;
	const order = await client.make("POST", "/orders", { items: [{ sku: "DESK", quantity: 2 }], email: "buyer@example.com", shipping_address: { first_name: "Jane", last_name: "Doe", line1: street, city: "New York", state: "NY", zip: "10001", country: "US" } });
	if (fault)
		await behaves(street, fault === "silent");
	return client.make("POST", "/shipments", { order_id: order.id, carrier: "regional", service: "bike", ship_from: from });
}

// What nobody answered is due by now.
const due = (db, { tenant: t }) => db.run(`UPDATE shipment_calls SET next_at = ${AGO} WHERE tenant_id = ${t} AND status = 'pending'`);

// Two labels that nobody answered, of which the carrier made one; a label that it did not say whether it is void; and one whose parcel
// is on its way.
async function plant(db, side) {
	const { client, tenant } = side;
	await send(client, "lost");
	await send(client, "silent");
	const voided = await send(client), moving = await send(client);
	await behaves(voided.tracking_number, true);
	await client.make("POST", `/shipments/${voided.id}/void`);
	const open = await db.number(`SELECT COUNT(*) FROM shipment_calls WHERE tenant_id = ${tenant} AND status = 'pending'`);
	if (open !== 3)
		throw new Error(`${open} questions are open, not 3`);
	await due(db, side);
	await db.run(`UPDATE shipments SET track_at = ${AGO} WHERE tenant_id = ${tenant} AND tracking_number = '${moving.tracking_number}'`);
}

const TABLES = ["events", "movements", "shipment_calls", "shipment_events", "shipments"];
// As text: a number of JavaScript does not hold it.
const newest = async (db, t) => (await db.run(`SELECT MAX(id) FROM (${TABLES.map((table) => `SELECT MAX(id) AS id FROM ${table} WHERE tenant_id = ${t}`).join(" UNION ALL ")}) f`))[0];

async function state(db, { tenant: t }, since) {
	const here = `tenant_id = ${t} AND id > ${since}`;
	const lines = await db.run(`SELECT 'shipment', status, tracking_number IS NOT NULL, COALESCE(cost, 0), track_at > UTC_TIMESTAMP(3), COUNT(*) FROM shipments WHERE ${here} GROUP BY 2, 3, 4, 5
		UNION ALL SELECT 'call', kind, status, 0, 0, COUNT(*) FROM shipment_calls WHERE ${here} GROUP BY 2, 3
		UNION ALL SELECT 'way', status, 0, 0, 0, COUNT(*) FROM shipment_events WHERE ${here} GROUP BY 2
		UNION ALL SELECT 'order', status, fulfillment_status, 0, 0, COUNT(*) FROM orders WHERE ${here} GROUP BY 2, 3
		UNION ALL SELECT 'line', quantity, quantity_fulfilled, 0, 0, COUNT(*) FROM order_items WHERE ${here} GROUP BY 2, 3
		UNION ALL SELECT 'moved', reason, SUM(quantity), SUM(reserved_change), 0, COUNT(*) FROM movements WHERE ${here} GROUP BY 2
		UNION ALL SELECT 'event', type, 0, 0, 0, COUNT(*) FROM events WHERE ${here} GROUP BY 2`);
	return lines.sort().join("\n");
}

// What the carrier was asked for under more than one reference, by the street it goes to.
async function labels() {
	const { requests } = await tell(`/_state?service=regional&holds=${encodeURIComponent(`Lane of ${process.pid}`)}`);
	const found = new Map();
	for (const question of requests.map((request) => JSON.parse(request.body)).filter((one) => one.question === "label"))
		found.set(question.to.line1, (found.get(question.to.line1) ?? new Set()).add(question.reference));
	return { asked: found.size, twice: [...found.values()].filter((references) => references.size > 1).length };
}

await prove(isShort ? 120 : 900, async () => {
	const db = new Database();
	const { sandbox } = await newShop(db);
	await prepare(sandbox);
	const job = {
		plant: async () => {
			const mark = await newest(db, sandbox.tenant);
			await plant(db, sandbox);
			return mark;
		},
		state: (mark) => state(db, sandbox, mark),
		due: () => due(db, sandbox),
	};
	await mayEndAnywhere(starter("souk-shipments", sandbox.publicId), job, { stride: STRIDE,
		isDone: (text) => /^call\tlabel\tdone\t0\t0\t4$/m.test(text) && /^call\tvoid\tdone\t0\t0\t1$/m.test(text) && /^way\tin_transit/m.test(text) && !/pending\t0\t0/.test(text) });
	const { asked, twice } = await labels();
	ok(asked > 0 && twice === 0, `of ${asked} labels each was asked for under one reference`, `${twice} were not`);
	const findings = await broken(db, sandbox.tenant);
	ok(!findings.length, "what must always hold holds", findings.join("\n"));
	db.close();
});
