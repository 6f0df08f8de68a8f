// An order is what was agreed: it is priced by the shop, keeps copies of what it names, and has a number without gaps.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { address, counted, openShop, order, stock, stocks, sumsHold, tenantOf, untracked } from "./orders.mjs";
import { makeTenant, product, refused, status, statements, traces } from "./souk.mjs";

describe("orders", { concurrency: 4 }, () => {
	let shop, client, lamp;

	before(async () => {
		shop = await openShop();
		({ client, lamp } = shop);
	});

	test("an order is priced by the shop, and says what was bought", async () => {
		const answer = status(await client.post("/orders", { items: [{ product_id: lamp.id, quantity: 3 }], shipping_address: address, email: "jane@example.com", payment_method: "card", shipping_method: "standard" }), 201);
		const o = answer.body, [item] = o.items;
		assert.equal(answer.headers.location, `/v2/orders/${o.id}`);
		assert.match(o.id, /^ord_/);
		assert.match(item.id, /^item_/);
		assert.deepEqual([o.status, o.payment_status, o.refund_status, o.fulfillment_status], ["pending", "pending", "none", "unfulfilled"]);
		assert.deepEqual([o.subtotal, o.discount_total, o.shipping_total, o.tax_total, o.total, o.currency, o.rate], [149.97, 0, 0, 0, 149.97, "USD", null]);
		assert.deepEqual([item.product_id, item.variant_id, item.sku, item.name, item.quantity, item.list_price, item.price, item.total], [lamp.id, null, "LAMP", "Lamp", 3, 49.99, 49.99, 149.97]);
		assert.equal(o.shipping_address.city, "New York");
		assert.deepEqual(o.billing_address, o.shipping_address);
		assert.equal(answer.headers["cache-control"], "no-store");
		sumsHold(o);
		assert.deepEqual(await client.read(`/orders/${o.id}`), o);
		assert.deepEqual((await client.read(`/orders/${o.id}/items`)).data, o.items);
		assert.deepEqual(await client.read(`/orders/${o.id}/items/${item.id}`), item);
		for (const path of [`/orders/${o.id}/items`, `/orders/${o.id}/items/${item.id}`]) {
			const { etag } = status(await client.head(path), 200).headers;
			status(await client.get(path, { "if-none-match": etag }), 304);
			status(await client.head(path, { "if-none-match": etag }), 304);
		}
		assert.equal((await client.read("/orders")).data[0].items, undefined, "a list shows lines if they are asked for");
		assert.ok((await client.read("/orders?include=items")).data.every((one) => one.items.length > 0));
		const left = traces(o.id);
		assert.deepEqual(left.audit.map((row) => row.action), ["order.created"]);
		assert.deepEqual(left.events.map((row) => row.type), ["order.created"]);
		assert.equal(left.events[0].data.object.number, o.number);
		console.log(`# ${statements(answer)} statements`);
	});

	test("a product that changes afterwards does not touch the order", async () => {
		const p = await client.make("/products", product({ name: "Vase", sku: "VASE-1", price: 10, status: "active", variants: [{ sku: "VASE-R", name: "Red", attributes: { color: "red" } }] }));
		untracked(p.id);
		const o = await order(client, [{ product_id: p.id, quantity: 2 }]);
		assert.deepEqual([o.items[0].sku, o.items[0].name, o.items[0].attributes, o.items[0].variant_id], ["VASE-R", "Vase, Red", { color: "red" }, p.variants[0].id]);
		status(await client.put(`/products/${p.id}`, { name: "Pot", price: 99, variants: [{ id: p.variants[0].id, sku: "POT-R", attributes: { color: "blue" } }] }), 200);
		assert.deepEqual(await client.read(`/orders/${o.id}`), o);
		status(await client.put(`/products/${p.id}`, { variants: [{ id: p.variants[0].id, _delete: true }] }), 200);
		status(await client.delete(`/products/${p.id}`), 204);
		assert.deepEqual(await client.read(`/orders/${o.id}`), o);
	});

	test("a line may name a SKU, and a price that is the shop's own", async () => {
		const o = await order(client, [{ sku: "LAMP", quantity: 1, price: 49.99 }, { product_id: lamp.id, quantity: 2, price: "49.99" }]);
		assert.deepEqual(o.items.map((item) => [item.sku, item.quantity, item.position]), [["LAMP", 1, 0], ["LAMP", 2, 1]]);
		assert.equal(o.total, 149.97);
		sumsHold(o);
	});

	test("another price needs a scope of its own, and stands in the audit", async () => {
		const humble = await shop.tenant.client({ scopes: "orders:read,orders:write" });
		const line = { product_id: lamp.id, quantity: 1, price: 1.5 };
		refused(await humble.post("/orders", { items: [line] }), 422, ["items[0].price:price_changed"]);
		const o = await order(client, [line]);
		assert.deepEqual([o.items[0].list_price, o.items[0].price, o.total], [49.99, 1.5, 1.5]);
		assert.equal(traces(o.id).audit[0].changes[`items.${o.items[0].id}`].new.price, 1.5);
	});

	test("an order in another currency is converted once, and keeps its rate", async () => {
		const p = await client.make("/products", product({ sku: "EURO-1", price: 10, prices: { EUR: 9 }, status: "active" }));
		untracked(p.id);
		const o = await order(client, [{ product_id: p.id, quantity: 2 }, { product_id: lamp.id, quantity: 1 }], { currency: "eur" });
		assert.equal(o.currency, "EUR");
		assert.equal(o.items[0].price, 9);
		assert.equal(o.items[1].price, Math.round(49.99 * Number(o.rate) * 100) / 100);
		assert.equal(status(await client.get(`/orders/${o.id}`, { "x-currency": "JPY" }), 200).body.total, o.total);
		const yen = await order(client, [{ product_id: lamp.id, quantity: 3 }], { currency: "JPY" });
		assert.ok(Number.isInteger(yen.total) && yen.total > 10000);
		sumsHold(yen, 0);
		sumsHold(o);
	});

	describe("what is refused leaves nothing", { concurrency: 1 }, () => {
		let client, lamp;
		const line = () => ({ product_id: lamp.id, quantity: 1 });
		const body = (more) => ({ items: [line()], ...more });
		let other, draft, gone, many;

		before(async () => {
			({ client, lamp } = await openShop());
			other = await openShop();
			draft = await client.make("/products", product({ sku: "DRAFT-1", price: 1 }));
			gone = await client.make("/products", product({ sku: "GONE-1", price: 1, status: "active" }));
			status(await client.delete(`/products/${gone.id}`), 204);
			many = await client.make("/products", product({ sku: "MANY-1", price: 1, status: "active", variants: [{ sku: "MANY-A" }, { sku: "MANY-B" }] }));
		});

		const cases = {
			"no lines": () => [{}, "items:required"],
			"an empty list of lines": () => [{ items: [] }, "items:required"],
			"a line without product": () => [{ items: [{ quantity: 1 }] }, "items[0].product_id:required"],
			"an unknown product": () => [{ items: [{ product_id: "prod_7zzzzzzzzzzzz", quantity: 1 }] }, "items[0].product_id:unknown"],
			"an unknown SKU": () => [{ items: [{ sku: "NO-SUCH", quantity: 1 }] }, "items[0].sku:unknown"],
			"an archived product": () => [{ items: [{ product_id: gone.id, quantity: 1 }] }, "items[0].product_id:not_for_sale"],
			"a draft": () => [{ items: [line(), { product_id: draft.id, quantity: 1 }] }, "items[1].product_id:not_for_sale"],
			"another tenant's product": () => [{ items: [{ product_id: other.lamp.id, quantity: 1 }] }, "items[0].product_id:unknown"],
			"no word on which variant": () => [{ items: [{ product_id: many.id, quantity: 1 }] }, "items[0].variant_id:variant_needed"],
			"another product's variant": () => [{ items: [{ product_id: lamp.id, variant_id: many.variants[0].id, quantity: 1 }] }, "items[0].variant_id:of_another"],
			"quantity 0": () => [{ items: [{ product_id: lamp.id, quantity: 0 }] }, "items[0].quantity:too_small"],
			"a negative quantity": () => [{ items: [{ product_id: lamp.id, quantity: -1 }] }, "items[0].quantity:too_small"],
			"a part of one": () => [{ items: [{ product_id: lamp.id, quantity: 1.5 }] }, "items[0].quantity:not_an_integer"],
			"10^12 of one": () => [{ items: [{ product_id: lamp.id, quantity: 1e12 }] }, "items[0].quantity:too_large"],
			"a text for a quantity": () => [{ items: [{ product_id: lamp.id, quantity: "2" }] }, "items[0].quantity:type"],
			"no quantity": () => [{ items: [{ product_id: lamp.id }] }, "items[0].quantity:required"],
			"a negative price": () => [{ items: [{ ...line(), price: -1 }] }, "items[0].price:too_small"],
			"a price too precise": () => [{ items: [{ ...line(), price: 1.999 }] }, "items[0].price:too_precise"],
			"a price too precise for its currency": () => [{ items: [{ ...line(), price: 1.5 }], currency: "JPY" }, "items[0].price:too_precise"],
			"a currency that is none": () => [body({ currency: "ZZZ" }), "currency:unknown"],
			"a currency without a rate": () => [body({ currency: "XPF" }), "currency:no_rate"],
			"an unknown customer": () => [body({ customer_id: "cust_7zzzzzzzzzzzz" }), "customer_id:unknown"],
			"an e-mail that is none": () => [body({ email: "jane" }), "email:pattern"],
			"an unknown coupon": () => [body({ coupon_code: "NOSUCH" }), "coupon_code:coupon_unknown"],
			"half an address": () => [body({ shipping_address: { city: "Rome" } }), "shipping_address.country:required", "shipping_address.line1:required"],
			"a country that is none": () => [body({ shipping_address: { ...address, country: "ZZ" } }), "shipping_address.country:unknown"],
			"a field that is none": () => [body({ colour: "red" }), "colour:unknown_field"],
			"501 lines": () => [{ items: Array(501).fill(line()) }, "items:too_many"],
		};
		for (const [name, make] of Object.entries(cases)) {
			test(name, async () => {
				const tenant = tenantOf(lamp.id), [sent, ...fields] = make(), was = counted(tenant);
				refused(await client.post("/orders", sent), 422, fields);
				assert.deepEqual(counted(tenant), was);
			});
		}

		test("all faults are told at once", async () => {
			refused(await client.post("/orders", { items: [{ product_id: gone.id, quantity: 1 }, { quantity: 1 }, { sku: "NO", quantity: 1 }], customer_id: "cust_7zzzzzzzzzzzz" }), 422);
		});
	});
});

describe("orders with coupons and customers", { concurrency: 4 }, () => {
	let shop, client, lamp;

	before(async () => {
		shop = await openShop();
		({ client, lamp } = shop);
	});

	test("a coupon takes off what it says, line by line, and may be redeemed so often", async () => {
		await client.make("/coupons", { code: "TENOFF", type: "percentage", amount: 10, duration: "forever", max_redemptions: 2 });
		const o = await order(client, [{ product_id: lamp.id, quantity: 3 }, { sku: "LAMP", quantity: 1 }], { coupon_code: "TENOFF" });
		sumsHold(o);
		assert.deepEqual([o.subtotal, o.discount_total, o.total, o.coupon_code], [199.96, 20, 179.96, "TENOFF"]);
		assert.deepEqual(o.discounts.map((d) => [d.kind, d.code, d.amount]), [["coupon", "TENOFF", 2000]]);
		const x = await client.read(`/orders/${o.id}/explain`);
		assert.equal(x.lines.reduce((n, l) => n + l.total, x.shipping.total), x.total);
		assert.ok(x.lines.every((l) => l.steps.some((s) => s.kind === "coupon" && s.rule.startsWith("coup_"))));
		const second = await order(client, [{ product_id: lamp.id, quantity: 1 }], { coupon_code: "TENOFF" });
		refused(await client.post("/orders", { items: [{ product_id: lamp.id, quantity: 1 }], coupon_code: "TENOFF" }), 422, ["coupon_code:coupon_used_up"]);
		status(await client.post(`/orders/${second.id}/cancel`), 200);
		await order(client, [{ product_id: lamp.id, quantity: 1 }], { coupon_code: "TENOFF" });
	});

	test("an expired coupon is refused", async () => {
		await client.make("/coupons", { code: "PAST", type: "percentage", amount: 10, duration: "once", start_date: "2020-01-01", end_date: "2020-02-01" });
		refused(await client.post("/orders", { items: [{ product_id: lamp.id, quantity: 1 }], coupon_code: "PAST" }), 422, ["coupon_code:coupon_expired"]);
	});

	test("a customer's defaults are taken, and copies of them kept", async () => {
		const customer = await client.make("/customers", { email: "ann@example.com", addresses: [{ ...address, city: "Rome", country: "IT" }, { ...address, city: "Bern", country: "CH" }] });
		status(await client.post(`/customers/${customer.id}/addresses/${customer.addresses[1].id}/set-default`, { type: "billing" }), 200);
		const o = await order(client, [{ product_id: lamp.id, quantity: 1 }], { customer_id: customer.id });
		assert.deepEqual([o.customer_id, o.email, o.shipping_address.city, o.billing_address.city], [customer.id, "ann@example.com", "Rome", "Bern"]);
		assert.deepEqual([o.shipping_address_id, o.billing_address_id], customer.addresses.map((a) => a.id));
		status(await client.put(`/customers/${customer.id}/addresses/${o.shipping_address_id}`, { city: "Milan" }), 200);
		assert.equal((await client.read(`/orders/${o.id}`)).shipping_address.city, "Rome");
		const named = await order(client, [{ product_id: lamp.id, quantity: 1 }], { customer_id: customer.id, shipping_address_id: customer.addresses[1].id });
		assert.equal(named.shipping_address.city, "Bern");
		const moved = status(await client.put(`/orders/${named.id}`, { shipping_address_id: customer.addresses[0].id }), 200).body;
		assert.equal(moved.shipping_address.city, "Milan");
		assert.deepEqual((await client.read(`/orders?customer_id=${customer.id}`)).data.map((x) => x.id), [named.id, o.id]);
	});

	test("another's address or customer is refused", async () => {
		const [one, two] = await Promise.all(["one", "two"].map((name) => client.make("/customers", { email: `${name}@example.com`, addresses: [address] })));
		const other = await openShop(), foreign = await other.client.make("/customers", { email: "far@example.com", addresses: [address] });
		const items = [{ product_id: lamp.id, quantity: 1 }];
		refused(await client.post("/orders", { items, customer_id: one.id, shipping_address_id: two.addresses[0].id }), 422, ["shipping_address_id:unknown"]);
		refused(await client.post("/orders", { items, customer_id: one.id, billing_address_id: foreign.addresses[0].id }), 422, ["billing_address_id:unknown"]);
		refused(await client.post("/orders", { items, shipping_address_id: one.addresses[0].id }), 422, ["shipping_address_id:unknown"]);
		refused(await client.post("/orders", { items, customer_id: foreign.id }), 422, ["customer_id:unknown"]);
		status(await client.delete(`/customers/${two.id}`), 204);
		refused(await client.post("/orders", { items, customer_id: two.id }), 422, ["customer_id:unknown"]);
	});
});

describe("numbers of orders", () => {
	test("they have no gaps, whatever is refused between and however many come at once", async () => {
		const { client, lamp } = await openShop();
		const one = () => client.post("/orders", { items: [{ product_id: lamp.id, quantity: 1 }] });
		const tracked = await client.make("/products", product({ sku: "NONE-LEFT", price: 1, status: "active" }));
		const refusedOnes = [
			() => client.post("/orders", { items: [{ product_id: lamp.id, quantity: 0 }] }),
			() => client.post("/orders", { items: [{ product_id: tracked.id, quantity: 1 }] }),
			() => client.send("POST", "/orders", { body: { items: [{ product_id: lamp.id, quantity: 1 }] }, headers: { prefer: "dry-run" } }),
		];
		const answers = await Promise.all(Array.from({ length: 64 }, (_, i) => (i % 2 ? one() : refusedOnes[(i / 2) % 3]())));
		const taken = answers.filter((a) => a.status === 201).map((a) => a.body.number).sort((a, b) => a - b);
		assert.deepEqual(taken, Array.from({ length: 32 }, (_, i) => i + 1));
		assert.ok(answers.every((a) => [200, 201, 409, 422].includes(a.status)));
		assert.equal((await client.read("/orders?number=7")).data.length, 1);
		assert.deepEqual((await client.read("/orders?sort=number&limit=3")).data.map((o) => o.number), [1, 2, 3]);
	});

	test("a repeat under one key is the same order", async () => {
		const { client, lamp, tenant } = await openShop();
		const p = await client.make("/products", product({ sku: "TWIN-1", price: 1, status: "active" }));
		await stock(client, p.id, 10);
		const ask = () => client.post("/orders", { items: [{ product_id: p.id, quantity: 2 }, { product_id: lamp.id, quantity: 1 }] }, { "idempotency-key": "one" });
		const answers = await Promise.all(Array.from({ length: 8 }, ask));
		assert.equal(new Set(answers.filter((a) => a.status === 201).map((a) => a.body.id)).size, 1);
		assert.ok(answers.every((a) => a.status === 201 || a.status === 409));
		assert.deepEqual(stocks(p.id), [{ on_hand: 10, reserved: 2 }]);
		assert.equal((await client.read("/orders")).pagination.total_items, 1);
	});
});
