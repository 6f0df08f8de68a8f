// The history of a shop becomes orders, returns and customers: what they come to is what an independent script says, to the penny;
// every refused row says why; a second run changes nothing. The whole file is in t/torture/history.mjs.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { totals } from "../history/compare.mjs";
import { ctl, makeTenant, refused, rows } from "./souk.mjs";

const here = (name) => fileURLToPath(new URL(`../history/${name}`, import.meta.url));
const slice = here("slice.csv");
const folder = mkdtempSync(join(tmpdir(), "souk-history-"));
const head = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

let shop, expected, number;

// Gives status, standard output and standard error; no status is a failure here.
function run(program, ...args) {
	return new Promise((resolve) => {
		execFile(program, args, { maxBuffer: 1 << 26 }, (error, stdout, stderr) => resolve({ code: error ? error.code : 0, stdout, stderr }));
	});
}

async function imported(tenant, path, ...more) {
	const { code, stdout, stderr } = await run(process.env.SOUK_CTL, "import", "orders", path, "--tenant", tenant.id, "--json", ...more);
	const faults = stderr.trim().split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
	return { code, said: stdout ? JSON.parse(stdout) : undefined, faults, stderr };
}

const script = async (path) => JSON.parse((await run("python3", here("totals.py"), path, "--rows")).stdout);
const sideOf = (tenant) => rows(`SELECT JSON_QUOTE(CAST(t.id AS CHAR)) FROM tenants t WHERE t.name = '${tenant.name}' AND t.mode = 'live'`)[0];
const sqlTotals = (side) => totals(async (sql) => rows(sql), side);

function file(name, lines) {
	const path = join(folder, name);
	writeFileSync(path, `${[head, ...lines].join("\n")}\n`);
	return path;
}

before(async () => {
	expected = await script(slice);
	shop = await makeTenant({ currency: "GBP" });
	number = sideOf(shop);
});
after(() => rmSync(folder, { recursive: true }));

test("a dry run counts and writes nothing", async () => {
	const { code, said } = await imported(shop, slice, "--dry-run");
	assert.equal(code, 65);
	assert.equal(said.dry_run, true);
	assert.deepEqual([said.orders, said.cancellations, said.customers], [expected.all.orders, expected.all.cancellations, expected.customers]);
	for (const table of ["orders", "order_items", "customers", "products", "returns"])
		assert.equal(rows(`SELECT COUNT(*) FROM ${table} WHERE tenant_id = ${number}`)[0], 0, table);
});

test("months and countries come to what the script says, and every refused row has its reason", async () => {
	const { code, said, faults } = await imported(shop, slice);
	const { refused: reasons, rows: lines, ...sums } = expected;
	assert.equal(code, 65);
	assert.deepEqual(said, { orders: sums.all.orders, cancellations: sums.all.cancellations, lines: sums.all.lines + sums.all.cancelled_lines,
		customers: sums.customers, products: said.products, unchanged: 0, refused: Object.values(reasons).reduce((a, b) => a + b) });
	assert.deepEqual(Object.fromEntries(faults.map((f) => [f.line, f.reason])), lines);
	assert.deepEqual(await sqlTotals(number), sums);
});

test("a second run changes nothing", async () => {
	const state = () => rows(["orders", "order_items", "customers", "products", "returns", "events", "audit_logs", "order_numbers"]
		.map((table) => `SELECT COUNT(*) FROM ${table} WHERE tenant_id = ${number};`).join(""));
	const first = state();
	const { said } = await imported(shop, slice);
	assert.deepEqual([said.orders, said.cancellations, said.customers, said.products], [0, 0, 0, 0]);
	assert.equal(said.unchanged, expected.all.orders + expected.all.cancellations);
	assert.deepEqual(state(), first);
});

test("an order has its invoice, its date and its customer; what was sold is archived, stock is not touched, events are silent", async () => {
	const invoice = "550193";
	const [row] = readFileSync(slice, "utf8").split("\n").filter((line) => line.startsWith(`${invoice},`));
	const [, , , , date, , customer, country] = row.split(",");
	const { data } = await shop.live.read(`/orders?metadata[invoice]=${invoice}`);
	assert.equal(data.length, 1);
	const order = await shop.live.read(`/orders/${data[0].id}`);
	assert.equal(order.created_at, `${date.replace(" ", "T")}Z`);
	assert.deepEqual([order.status, order.payment_status, order.fulfillment_status, order.currency, order.channel], ["delivered", "paid", "fulfilled", "GBP", "import"]);
	assert.deepEqual(order.metadata, { invoice, country, country_code: "GB" });
	const buyer = await shop.live.read(`/customers/${order.customer_id}`);
	assert.equal(buyer.metadata.external_id, customer.trim().replace(".0", ""));
	assert.equal(buyer.email, `customer-${buyer.metadata.external_id}@history.invalid`);
	const product = await shop.live.read(`/products/${order.items[0].product_id}`);
	assert.deepEqual([product.status, product.sku], ["archived", order.items[0].sku]);
	assert.equal((await shop.live.read("/products")).data.length, 0);
	assert.deepEqual(rows(`SELECT COUNT(*) FROM events WHERE tenant_id = ${number} AND NOT silent AND object_type <> 'api_key'; SELECT COUNT(*) FROM movements WHERE tenant_id = ${number}`), [0, 0]);
});

test("a cancellation is a return of no order, whose money went back", async () => {
	const [back] = (await shop.live.read("/returns?metadata[invoice]=C545569")).data;
	const shown = await shop.live.read(`/returns/${back.id}`);
	assert.deepEqual([shown.order_id, shown.status, shown.currency, shown.metadata.invoice], [null, "refunded", "GBP", "C545569"]);
	assert.equal(shown.amount_refunded, shown.amount);
	assert.equal(shown.items.reduce((n, item) => n + item.amount, 0), shown.amount);
	assert.ok(shown.items.every((item) => item.quantity > 0 && item.order_item_id === null));
});

test("numbers have no gaps, and the books are in order", async () => {
	assert.deepEqual(rows(`SELECT JSON_ARRAY(MIN(number), MAX(number), COUNT(*)) FROM orders WHERE tenant_id = ${number}`), [[1, expected.all.orders, expected.all.orders]]);
	assert.equal(JSON.parse(await ctl("verify", "--tenant", shop.id, "--json")).found, 0);
});

test("every bad row is refused with the script's reason, and spoils no other", async () => {
	const tenant = await makeTenant({ currency: "GBP" });
	const path = file("bad.csv", [
		"1,A,Good,1,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
		"1,B,No quantity,,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
		"1,B,Half,1.5,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
		"1,B,Nothing,0,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
		"1,B,Below,-1,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
		"1,B,Far too many,1000000000001,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
		"1,B,Dear,1000000000,2010-12-01 08:26:00,90071992.55,17850.0,United Kingdom",
		"1,B,Price,1,2010-12-01 08:26:00,free,17850.0,United Kingdom",
		"1,B,Price,1,2010-12-01 08:26:00,-1,17850.0,United Kingdom",
		"1,B,Price,1,2010-12-01 08:26:00,-0.001,17850.0,United Kingdom",
		"1,B,Price,1,2010-12-01 08:26:00,0.001,17850.0,United Kingdom",
		"1,B,Date,1,2010-13-01 08:26:00,1,17850.0,United Kingdom",
		"1,B,Date,1,01/12/2010 08:26,1,17850.0,United Kingdom",
		"1,,No code,1,2010-12-01 08:26:00,1,17850.0,United Kingdom",
		"1,prod_1,Like an id,1,2010-12-01 08:26:00,1,17850.0,United Kingdom",
		`1,${"S".repeat(65)},Long,1,2010-12-01 08:26:00,1,17850.0,United Kingdom`,
		`1,B,${"é".repeat(256)},1,2010-12-01 08:26:00,1,17850.0,United Kingdom`,
		"1,B,Somebody else,1,2010-12-01 08:26:00,1,17851.0,United Kingdom",
		"1,B,Somewhere else,1,2010-12-01 08:26:00,1,17850.0,France",
		"2,B,Odd customer,1,2010-12-01 08:26:00,1,O'Hara & sons,France",
		"X1,B,No sale,1,2010-12-01 08:26:00,1,,France",
		"C,B,No sale,-1,2010-12-01 08:26:00,1,,France",
		",B,No sale,1,2010-12-01 08:26:00,1,,France",
		"C3,B,Wrong way,1,2010-12-01 08:26:00,1,,France",
		"4,B,Free and nameless: kept,1,2010-12-01 08:26:00,0,,Atlantis",
		"4,C,,2,2010-12-01 08:26:00,0.5,,Atlantis",
		"5,D,Halves of too much,1000000000,2010-12-01 08:26:00,50000,,",
		"5,D,Halves of too much,1000000000,2010-12-01 08:26:00,50000,,",
	]);
	const said = await imported(tenant, path), told = await script(path);
	assert.deepEqual(Object.fromEntries(said.faults.map((f) => [f.line, f.reason])), told.rows);
	assert.equal(Object.keys(told.rows).length, 24);
	assert.equal(said.said.orders, 3);
	const side = sideOf(tenant);
	assert.deepEqual((await sqlTotals(side)).all, told.all);
	assert.deepEqual(rows(`SELECT JSON_QUOTE(name) FROM order_items WHERE tenant_id = ${side} AND sku = 'C'`), ["C"]);
});

test("lines point to what the shop has, and a variant is found by its SKU", async () => {
	const tenant = await makeTenant({ currency: "GBP" });
	const made = await tenant.live.make("/products", { name: "Lantern", sku: "71053", price: 3.39, variants: [{ sku: "71053-RED" }] });
	const path = file("known.csv", ["9,71053-RED,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,,EIRE", "9,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,,EIRE"]);
	const { said } = await imported(tenant, path);
	assert.deepEqual([said.products, said.orders], [0, 1]);
	const [order] = (await tenant.live.read("/orders")).data;
	const { items, metadata } = await tenant.live.read(`/orders/${order.id}`);
	assert.deepEqual(items.map((i) => [i.product_id, i.variant_id]), [[made.id, made.variants[0].id], [made.id, null]]);
	assert.equal(metadata.country_code, "IE");
});

test("a file that is no history is refused whole", async () => {
	const tenant = await makeTenant();
	for (const [name, text] of [["empty.csv", ""], ["other.csv", "sku,name,price\nA,A,1\n"], ["quote.csv", `${head}\n1,"A,B\n`]]) {
		const path = join(folder, name);
		writeFileSync(path, text);
		const { code, stderr } = await imported(tenant, path);
		assert.equal(code, 65, name);
		assert.ok(stderr.includes("soukctl: "), stderr);
	}
	assert.equal((await imported(tenant, join(folder, "nowhere.csv"))).code, 65);
	refused(await tenant.live.get("/orders/ord_nothing"), 404);
	assert.equal((await tenant.live.read("/orders")).data.length, 0);
});
