// What scenarios of orders share: a shop that has something to sell, and the sums that hold of every order.
import assert from "node:assert/strict";
import { makeTenant, number, product, rows, status } from "./souk.mjs";

// Things that are counted by nobody can be sold without a warehouse.
export function untracked(...ids) {
	rows(`UPDATE products SET track_inventory = 0 WHERE id IN (${ids.map(number).join(", ")})`);
}

// So many of a product, or of a variant, in the warehouse of that code, which is made if it is not there.
export async function stock(client, id, quantity, warehouse = "main") {
	const answer = await client.post("/warehouses", { name: warehouse, code: warehouse });
	const location = answer.status === 201 ? answer.body.id : (await client.read(`/warehouses?filter[code]=${warehouse}`)).data[0].id;
	status(await client.post(`/inventory/${id}/adjust`, { quantity, reason: "received", location }), 201);
}

export const stocks = (id) => rows(`SELECT JSON_OBJECT('on_hand', on_hand, 'reserved', reserved) FROM stocks WHERE product_id = ${number(id)}`);

export const address = { first_name: "Jane", last_name: "Doe", line1: "123 Main St", city: "New York", state: "NY", zip: "10001", country: "US" };

// A tenant with a product that is not counted; `lamp` costs 49.99. `mode`: on which of its sides.
export async function openShop({ mode = "live", ...options } = {}) {
	const tenant = await makeTenant(options), client = mode === "live" ? tenant.live : await tenant.client({ mode });
	const lamp = await client.make("/products", product({ name: "Lamp", sku: "LAMP", price: 49.99, status: "active" }));
	untracked(lamp.id);
	return { tenant, client, lamp };
}

// Minor units of a decimal with so many digits, exactly.
export function minor(value, digits = 2) {
	const [whole, rest = ""] = value.toFixed(digits).split(".");
	return BigInt(whole + rest);
}

// What holds of the money of every order.
export function sumsHold(order, digits = 2) {
	const m = (value) => minor(value, digits), sum = (name) => order.items.reduce((n, item) => n + m(item[name]), 0n);
	assert.equal(sum("subtotal"), m(order.subtotal), "lines make the subtotal");
	assert.equal(sum("discount_total"), m(order.discount_total), "lines make the discount");
	assert.equal(m(order.subtotal) - m(order.discount_total) + m(order.shipping_total) + (order.prices_include_tax ? 0n : m(order.tax_total)), m(order.total));
	for (const item of order.items)
		assert.equal(m(item.price) * BigInt(item.quantity), m(item.subtotal));
}

// Rows of everything that an order could leave behind, of one tenant.
export function counted(tenant) {
	const tables = ["orders", "order_items", "order_history", "holds", "movements", "refunds", "audit_logs", "events", "idempotency_keys"];
	return rows(`SELECT JSON_ARRAY(${tables.map((name) => `(SELECT COUNT(*) FROM ${name} WHERE tenant_id = ${tenant})`).join(", ")})`)[0];
}

export const tenantOf = (id) => rows(`SELECT JSON_QUOTE(CAST(tenant_id AS CHAR)) FROM products WHERE id = ${number(id)}`)[0];

// Takes an order; gives what a GET shows of it.
export async function order(client, items, more = {}) {
	const made_ = status(await client.post("/orders", { items, ...more }), 201).body;
	return client.read(`/orders/${made_.id}`);
}

// As one that was imported: paid, but not through us.
export const paid = (o) => rows(`UPDATE orders SET payment_status = 'paid', amount_paid = total WHERE id = ${number(o.id)}`);

// One that was sent, or has arrived, and is paid unless that is not wanted.
export async function shipped(client, items, { pay = true, to = "shipped", more } = {}) {
	const o = await order(client, items, more);
	for (const step of ["processing", "shipped", ...(to === "delivered" ? [to] : [])])
		status(await client.patch(`/orders/${o.id}/status`, { status: step }), 200);
	if (pay)
		paid(o);
	return client.read(`/orders/${o.id}`);
}
