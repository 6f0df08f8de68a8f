// soukctl verify: each kind of difference, planted by SQL behind the program's back, is named with its tenant, its object, what was
// expected and what was found; nothing else is. What it found of all tenants shows in /health.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { makeTenant, refused, request, rows, status, urls } from "./souk.mjs";

const history = `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1,A,Lantern,6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom
1,B,Holder,2,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
2,A,Lantern,1,2010-12-02 08:26:00,3.39,,EIRE
3,B,Holder,4,2010-12-03 08:26:00,2.50,,France
`;
const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
const publicId = (prefix, n) => `${prefix}_${n.toString(32).replace(/./g, (c) => DIGITS[parseInt(c, 32)]).padStart(n < 1n << 40n ? 3 : 13, "0")}`;

let shop, side, orders, product;

// Ends with 65 if something differs.
function run(...args) {
	return new Promise((resolve) => {
		execFile(process.env.SOUK_CTL, args, { maxBuffer: 1 << 28 }, (error, stdout, stderr) => resolve({ code: error ? error.code : 0, stdout, stderr }));
	});
}

async function verified(...more) {
	const { code, stdout, stderr } = await run("verify", "--json", ...more);
	assert.ok(code === 0 || code === 65, stderr);
	const said = JSON.parse(stdout);
	assert.equal(said.found, said.differences.length);
	assert.equal(code, said.found ? 65 : 0);
	return said;
}

const own = () => verified("--tenant", shop.id);

before(async () => {
	const folder = mkdtempSync(join(tmpdir(), "souk-verify-"));
	const path = join(folder, "history.csv");
	shop = await makeTenant({ currency: "GBP" });
	writeFileSync(path, history);
	const { code, stderr } = await run("import", "orders", path, "--tenant", shop.id);
	rmSync(folder, { recursive: true });
	assert.equal(code, 0, stderr);
	side = rows(`SELECT JSON_QUOTE(CAST(id AS CHAR)) FROM tenants WHERE name = '${shop.name}' AND mode = 'live'`)[0];
	orders = rows(`SELECT JSON_QUOTE(CAST(id AS CHAR)) FROM orders WHERE tenant_id = ${side} ORDER BY number`);
	product = rows(`SELECT JSON_QUOTE(CAST(id AS CHAR)) FROM products WHERE tenant_id = ${side} AND sku = 'A'`)[0];
	// A stock of ten, two of which are kept for a cart.
	rows(`SET @now = UTC_TIMESTAMP(3);
		INSERT INTO warehouses (tenant_id, id, created_at, updated_at, name, code) VALUES (${side}, 1, @now, @now, 'Main', 'MAIN');
		INSERT INTO stocks (tenant_id, id, version, created_at, updated_at, product_id, warehouse_id, sku, on_hand, reserved)
			VALUES (${side}, 11, 2, @now, @now, ${product}, 1, 'A', 10, 2);
		INSERT INTO movements (tenant_id, id, created_at, stock_id, sequence, product_id, warehouse_id, sku, reason, quantity, reserved_change, on_hand, reserved, actor)
			VALUES (${side}, 21, @now, 11, 1, ${product}, 1, 'A', 'received', 10, 0, 10, 0, 'test'), (${side}, 22, @now, 11, 2, ${product}, 1, 'A', 'reserved', 0, 2, 10, 2, 'test');
		INSERT INTO carts (tenant_id, id, created_at, updated_at, currency, expires_at) VALUES (${side}, 1, @now, @now, 'GBP', '2036-01-01');
		INSERT INTO holds (tenant_id, id, created_at, stock_id, product_id, quantity, cart_id) VALUES (${side}, 31, @now, 11, ${product}, 2, 1);
		INSERT INTO coupons (tenant_id, id, created_at, updated_at, code, type, amount, times_redeemed) VALUES (${side}, 41, @now, @now, 'TEN', 'percentage', 10, 1);
		INSERT INTO coupon_redemptions (tenant_id, order_id, coupon_id, is_once, created_at) VALUES (${side}, ${orders[0]}, 41, 0, @now);
		INSERT INTO reviews (tenant_id, id, created_at, updated_at, product_id, rating, status) VALUES (${side}, 51, @now, @now, ${product}, 5, 'approved'), (${side}, 52, @now, @now, ${product}, 4, 'approved'),
			(${side}, 53, @now, @now, ${product}, 4, 'approved'), (${side}, 54, @now, @now, ${product}, 1, 'pending');
		UPDATE products SET rating_sum = 13, reviews_count = 3, rating_average = 4.33 WHERE tenant_id = ${side} AND id = ${product}`);
});

test("books that are in order have no difference", async () => {
	const said = await own();
	assert.deepEqual(said.differences, []);
	assert.deepEqual([said.tenants, said.objects], [2, orders.length + 2]);
	const { code, stdout, stderr } = await run("verify", "--tenant", shop.name);
	assert.deepEqual([code, stdout], [0, ""]);
	assert.match(stderr, /^2 tenants, 5 objects, 0 differences, \d+ ms\n$/);
});

const of = (table, n = 0) => `UPDATE ${table} SET %s WHERE tenant_id = :side AND id = ${n || ":order"}`;
const order = of("orders");
const item = "UPDATE order_items SET %s WHERE tenant_id = :side AND order_id = :order ORDER BY id LIMIT 1";
const set = (statement, change) => statement.replace("%s", change);

// What is planted, how it is taken back, and what must be named: [check, expected, found] of the object.
const plants = [
	["an order with a line too many", set(order, "items_count = 3"), set(order, "items_count = 2"), "ord", [["items_count", 2, 3]]],
	["an order that forgot a penny", set(order, "subtotal = subtotal - 1, total = total - 1, total_base = total_base - 1, amount_paid = total"),
		set(order, "subtotal = subtotal + 1, total = total + 1, total_base = total_base + 1, amount_paid = total"), "ord", [["subtotal", 2544, 2543], ["total", 2544, 2543]]],
	["a discount that no line has", set(order, "discount_total = 44, total = 2500, total_base = 2500, amount_paid = total"),
		set(order, "discount_total = 0, total = 2544, total_base = 2544, amount_paid = total"), "ord", [["discount_total", 0, 44], ["total", 2544, 2500]]],
	["a tax that no line has", set(order, "tax_total = 1, total = 2545, total_base = 2545, amount_paid = total"),
		set(order, "tax_total = 0, total = 2544, total_base = 2544, amount_paid = total"), "ord", [["tax_total", 0, 1]]],
	["an order that is not paid and says it is", set(order, "amount_paid = total - 1"), set(order, "amount_paid = total"), "ord", [["payment_status", "pending", "paid"]]],
	["an order that gave something back and does not say so", set(order, "amount_refunded = 44"), set(order, "amount_refunded = 0"), "ord", [["refund_status", "partial", "none"]]],
	["an order that forgot a refund", `${set(order, "amount_refunded = 44, refund_status = 'partial'")}; INSERT INTO refunds (tenant_id, id, created_at, updated_at, order_id, amount, currency, status)
		VALUES (:side, 61, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), :order, 45, 'GBP', 'manual')`,
		`${set(order, "amount_refunded = 0, refund_status = 'none'")}; DELETE FROM refunds WHERE tenant_id = :side`, "ord", [["amount_refunded", 45, 44]]],
	["an order worth something else in its own currency", set(order, "total_base = 1"), set(order, "total_base = total"), "ord", [["total_base", 2544, 1]]],
	["a line that does not add up", set(item, "total = total + 5"), set(item, "total = total - 5"), "item", [["item_total", 2034, 2039]], [["total", 2549, 2544]]],
	["a line whose price is another", `SET check_constraint_checks = 0; ${set(item, "price = price + 1")}`, set(item, "price = price - 1"), "item", [["item_subtotal", 2040, 2034]]],
	["a line that is claimed back by nobody", set(item, "quantity_claimed = 1"), set(item, "quantity_claimed = 0"), "item", [["quantity_claimed", 0, 1]]],
	["a line of which nothing came back", set(item, "quantity_returned = 2"), set(item, "quantity_returned = 0"), "item", [["quantity_returned", 0, 2]]],
	["a shipment that lacks a unit", `INSERT INTO shipments (tenant_id, id, created_at, updated_at, order_id, carrier, status) VALUES (:side, 61, NOW(), NOW(), :order, 'manual', 'label_created');
		INSERT INTO shipment_items (tenant_id, id, created_at, updated_at, shipment_id, order_item_id, sku, name, quantity)
			SELECT tenant_id, id, NOW(), NOW(), 61, id, sku, name, quantity - (sku = 'A') FROM order_items WHERE tenant_id = :side AND order_id = :order`,
		"DELETE FROM shipment_items WHERE tenant_id = :side; DELETE FROM shipments WHERE tenant_id = :side", "item", [["quantity_fulfilled", 5, 6]]],
	["an order without a number", set(order, "number = NULL"), set(order, "number = 1"), "ord", [["order_number", "a number", "nothing"]]],
	["a counter that ran ahead", "UPDATE order_numbers SET last = 4 WHERE tenant_id = :side", "UPDATE order_numbers SET last = 3 WHERE tenant_id = :side",
		null, [["order_numbers", 3, 4]]],
	["an order that told nobody", "UPDATE events SET type = 'order.made' WHERE tenant_id = :side AND object_id = :order",
		"UPDATE events SET type = 'order.created' WHERE tenant_id = :side AND object_id = :order", "ord", [["order_created", "an event", "nothing"]]],
	["an order that nobody wrote down", "UPDATE audit_logs SET action = 'order.made' WHERE tenant_id = :side AND resource_id = :order",
		"UPDATE audit_logs SET action = 'order.created' WHERE tenant_id = :side AND resource_id = :order", "ord", [["order_audit", "a row", "nothing"]]],
	["something kept for an order that is done", "UPDATE holds SET cart_id = NULL, order_id = :order WHERE tenant_id = :side",
		"UPDATE holds SET cart_id = 1, order_id = NULL WHERE tenant_id = :side", "ord", [["order_held", 0, 2]]],
	["something kept for a cart that has ended", set(of("carts", 1), "status = 'expired'"), set(of("carts", 1), "status = 'open'"), "cart", [["cart_held", 0, 2]]],
	["something kept for no cart", set(of("holds", 31), "cart_id = 2"), set(of("holds", 31), "cart_id = 1"), null, [["cart_held", 0, 2]]],
	["a stock that has more than came", set(of("stocks", 11), "on_hand = 12"), set(of("stocks", 11), "on_hand = 10"), "stock", [["on_hand", 10, 12]]],
	["a stock that promised more than is written", set(of("stocks", 11), "reserved = 3"), set(of("stocks", 11), "reserved = 2"), "stock",
		[["reserved", 2, 3], ["held", 2, 3]]],
	["a hold that is larger than what is reserved", set(of("holds", 31), "quantity = 5"), set(of("holds", 31), "quantity = 2"), "stock", [["held", 5, 2]]],
	["a ledger with another balance", set(of("movements", 22), "on_hand = 11"), set(of("movements", 22), "on_hand = 10"), "mov", [["ledger_on_hand", 10, 11]]],
	["a coupon that was used more often", set(of("coupons", 41), "times_redeemed = 2"), set(of("coupons", 41), "times_redeemed = 1"), "coup", [["times_redeemed", 1, 2]]],
	["a coupon that was given back by an order that stands", "UPDATE coupon_redemptions SET released_at = created_at WHERE tenant_id = :side",
		"UPDATE coupon_redemptions SET released_at = NULL WHERE tenant_id = :side", "ord", [["redemption", "in use", "released"]], [["times_redeemed", 0, 1]]],
	["a rating that nobody gave", set(of("products", "PRODUCT"), "rating_sum = 14"), set(of("products", "PRODUCT"), "rating_sum = 13"), "prod",
		[["rating_sum", 13, 14], ["rating_average", "4.6667", "4.33"]]],
	["a review that is not counted", set(of("reviews", 54), "status = 'approved'"), set(of("reviews", 54), "status = 'pending'"), "prod",
		[["rating_sum", 14, 13], ["reviews_count", 4, 3]]],
	["an average that is another", set(of("products", "PRODUCT"), "rating_average = 4.34"), set(of("products", "PRODUCT"), "rating_average = 4.33"), "prod",
		[["rating_average", "4.3333", "4.34"]]],
	["a ledger with another promise", set(of("movements", 22), "reserved = 1"), set(of("movements", 22), "reserved = 2"), "mov", [["ledger_reserved", 2, 1]]],
];

const numbers = { ord: () => orders[0], stock: () => "11", mov: () => "22", prod: () => product, coup: () => "41", cart: () => "1", item: () => rows(`SELECT JSON_QUOTE(CAST(MIN(id) AS CHAR)) FROM order_items WHERE tenant_id = ${side} AND order_id = ${orders[0]}`)[0] };
const plant = (sql) => rows(sql.replaceAll(":side", side).replaceAll(":order", orders[0]).replaceAll("PRODUCT", product));
const told = (d) => [d.check, /^\d+$/.test(d.expected) ? Number(d.expected) : d.expected, /^\d+$/.test(d.found) ? Number(d.found) : d.found];

for (const [name, sql, undo, prefix, wanted, ofOrder = []] of plants)
	test(`${name} is named`, async () => {
		plant(sql);
		const { differences } = await own().finally(() => plant(undo));
		assert.deepEqual(differences.map(told).sort(), [...wanted, ...ofOrder].sort());
		for (const d of differences) {
			assert.deepEqual([d.tenant, d.mode], [shop.id, "live"]);
			if (prefix && wanted.some(([check]) => check === d.check))
				assert.equal(d.object, publicId(prefix, BigInt(numbers[prefix]())));
		}
		assert.deepEqual((await own()).differences, []);
	});

test("the first number of each gap is named", async () => {
	const second = (n) => plant(`UPDATE orders SET number = ${n} WHERE tenant_id = :side AND id = ${orders[1]}`);
	second(7);
	const { differences } = await own().finally(() => second(2));
	assert.deepEqual(differences.map((d) => [d.check, d.object]), [["order_numbers", "the last number"], ["order_numbers", "number 2"], ["order_numbers", "number 4"]]);
});

test("what was found of all tenants is kept, and health shows it", async () => {
	const health = async () => status(await request("GET", new URL("/health", urls.live).href), 200).body;
	plant(set(of("stocks", 11), "on_hand = 12"));
	const { code, stdout } = await run("verify", "--json");
	plant(set(of("stocks", 11), "on_hand = 10"));
	assert.equal(code, 65);
	const said = JSON.parse(stdout), { books, services, status: word } = await health();
	assert.ok(said.differences.some((d) => d.tenant === shop.id && d.check === "on_hand"));
	assert.deepEqual([books.differences, services.books, word], [said.found, "degraded", "degraded"]);
	assert.ok(Date.now() - Date.parse(books.verified_at) < 60000, books.verified_at);
	assert.deepEqual(rows("SELECT differences FROM program_runs WHERE program = 'souk-verify'"), [said.found]);

	const again = JSON.parse((await run("verify", "--json")).stdout), after = await health();
	assert.equal(after.books.differences, again.found);
	assert.equal(after.services.books, again.found ? "degraded" : "operational");
	assert.ok(!again.differences.some((d) => d.tenant === shop.id));
});

test("of one tenant alone nothing is kept", async () => {
	const kept = () => rows("SELECT JSON_ARRAY(finished_at, differences) FROM program_runs WHERE program = 'souk-verify'")[0];
	const first = kept();
	await own();
	await verified("--mode", "sandbox", "--tenant", shop.id);
	assert.deepEqual(kept(), first);
});

test("a tenant that is not there, and a mode that is none", async () => {
	assert.equal((await run("verify", "--tenant", "nobody at all")).code, 66);
	assert.equal((await run("verify", "--mode", "dead")).code, 64);
	refused(await shop.live.get("/health/books"), 404);
});
