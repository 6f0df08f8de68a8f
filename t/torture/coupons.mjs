// A coupon of 100 redemptions that 64 clients want at once is redeemed by exactly 100 orders; one that a customer may use once,
// by one order of his, whether he buys as a customer or as a guest. Cancelled orders give their use back, and no more than that.
import { Database } from "./rig/database.mjs";
import { Faults, isShort, ok, prove, same, say, together } from "./rig/report.mjs";
import { broken, newShop } from "./rig/shop.mjs";

const CLIENTS = 64;
const MOST = isShort ? 40 : 100;
const WANTED = 4 * MOST;
const BUYERS = isShort ? 3 : 10;
const SECONDS = isShort ? 120 : 600;

const LOST = new Set(["coupon_used_up", "coupon_used"]);

async function make(client, path, body) {
	const answer = await client.send("POST", path, body);
	if (answer.status !== 201)
		throw new Error(`${path}: ${answer.status} ${answer.text}`);
	return answer.json;
}

const wrongly = ({ status, json }) => !(status === 201 || ((status === 422 || status === 409) && json.error.details.some((d) => d.field === "coupon_code" && LOST.has(d.reason))));

// All of them at once, each until it is answered for good: who waits too long for the coupon is told to come again.
async function buyAll(shop, faults, count, body) {
	const taken = [];
	await together(count, CLIENTS, async (i) => {
		let answer;
		do
			answer = await shop.live.client.send("POST", "/orders", body(i), { "idempotency-key": `${shop.round} ${i}` });
		while (answer.status === 503);
		faults.check(!wrongly(answer), () => `order ${i}: ${answer.status} ${answer.text}`);
		if (answer.status === 201)
			taken.push(answer.json);
	});
	return taken;
}

async function redemptions(db, shop, coupon) {
	const [found] = await db.run(`SELECT CONCAT_WS(' ', c.times_redeemed, (SELECT COUNT(*) FROM coupon_redemptions r WHERE r.tenant_id = c.tenant_id
		AND r.coupon_id = c.id AND r.released_at IS NULL), (SELECT COUNT(*) FROM orders o WHERE o.tenant_id = c.tenant_id
		AND o.coupon_code = BINARY c.code AND o.status <> 'cancelled')) FROM coupons c WHERE c.tenant_id = ${shop.live.tenant} AND c.code = '${coupon.code}'`);
	return found;
}

const thrice = (n) => `${n} ${n} ${n}`;

async function limited(db, shop) {
	const faults = new Faults();
	const coupon = await make(shop.live.client, "/coupons", { code: "HUNDRED", type: "fixed_amount", amount: 100, max_redemptions: MOST });
	const body = () => ({ items: [{ product_id: shop.product.id, quantity: 1 }], coupon_code: "hundred" });
	shop.round = "first";
	const began = Date.now();
	const taken = await buyAll(shop, faults, WANTED, body);
	say(`${WANTED} wanted it in ${((Date.now() - began) / 1000).toFixed(1)} s`);
	same(taken.length, MOST, "orders with the coupon");
	ok(taken.every((o) => o.discount_total === 1), "each of them a dollar cheaper");
	same(await redemptions(db, shop, coupon), thrice(MOST), "counted, redeemed, ordered");
	const back = taken.slice(0, Math.floor(MOST / 4));
	await together(2 * back.length, CLIENTS, async (i) => {
		const answer = await shop.live.client.send("POST", `/orders/${back[i % back.length].id}/cancel`, {});
		faults.check([200, 409].includes(answer.status), () => `cancel: ${answer.status} ${answer.text}`);
	});
	same(await redemptions(db, shop, coupon), thrice(MOST - back.length), "after cancelling some of them, twice each");
	shop.round = "second";
	same((await buyAll(shop, faults, WANTED, body)).length, back.length, "orders with what was given back");
	same(await redemptions(db, shop, coupon), thrice(MOST), "counted, redeemed, ordered");
	faults.report("every other is told that it is used up");
}

async function once(db, shop) {
	const faults = new Faults();
	const coupon = await make(shop.live.client, "/coupons", { code: "ONCE", type: "percentage", amount: 10, duration: "once" });
	const buyers = [];
	for (let i = 0; i < BUYERS; i++)
		buyers.push(await make(shop.live.client, "/customers", { email: `Buyer.${i}@example.com` }));
	shop.round = "once";
	const taken = await buyAll(shop, faults, BUYERS * 16, (i) => {
		const buyer = buyers[i % BUYERS], who = Math.floor(i / BUYERS) % 2 ? { customer_id: buyer.id } : { email: buyer.email.toLowerCase() };
		return { items: [{ product_id: shop.product.id, quantity: 1 }], coupon_code: "ONCE", ...who };
	});
	same(taken.length, BUYERS, "one order of each buyer");
	same(new Set(taken.map((o) => o.email.toLowerCase())).size, BUYERS, "buyers");
	same(await redemptions(db, shop, coupon), thrice(BUYERS), "counted, redeemed, ordered");
	faults.report("every other is told that he used it");
}

await prove(SECONDS, async () => {
	const db = new Database();
	const shop = await newShop(db, { sockets: CLIENTS });
	shop.product = await make(shop.live.client, "/products", { name: "Lamp", sku: "LAMP", price: 50, status: "active" });
	await db.run(`UPDATE products SET track_inventory = 0 WHERE tenant_id = ${shop.live.tenant}`);
	await limited(db, shop);
	await once(db, shop);
	const faults = await broken(db, shop.live.tenant);
	ok(!faults.length, "nothing is half done", faults.join("\n"));
});
