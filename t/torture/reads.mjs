// D84: the rows that a list reads are bounded by those it returns (and, in page mode, by those it counts), whatever it is
// filtered and sorted by, for a tenant with 100,000 products and as many rows in its log. What no key can bound is bounded by time; how far it goes
// is shown all the same, and held to what beginning with few or walking along the order costs at worst.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

import { Database } from "./rig/database.mjs";
import { isShort, ok, prove, say } from "./rig/report.mjs";
import { newShop } from "./rig/shop.mjs";

const PRODUCTS = isShort ? 3000 : 100000;
const DEEP = isShort ? 3 : 12; // pages of 200 before the deep one
const NARROW = 2000; // rows with which a list begins rather than with its order (NARROW_MAX of model/query.h)
const WALK = 5000 + 3 * PRODUCTS / 20; // a walk that gives up, then all that pass (one in twenty): key, row, and sorted
const FEW = 4 * PRODUCTS; // the short form's products are so few that a list begins with most filters
const ARCHIVED = 1.07; // one product in twenty is archived; where a key does not tell, it is looked at in counting
const EXTRA = 16; // looking up a category, ends of ranges

const orders = ["created_at", "updated_at", "id", "name", "sku", "price", "status", "brand", "barcode", "tax_class", "weight", "category"];

// What one key of a table finds in the order of the list.
const bounded = [
	"",
	...orders.flatMap((by) => [`sort=${by}`, `sort=-${by}`]),
	"status=active", "status=draft", "status=archived", "filter[status][in]=active", "order=asc&status=active",
	"filter[brand]=Ember", "filter[brand][in]=Ember", "filter[brand]=ember&order=asc", "filter[brand]=Nobody", "filter[brand]=",
	"filter[price]=49.99", "filter[name]=Slim Oak Lamp", "filter[sku]=GEN-00000017", "filter[barcode]=2000000000176",
	"filter[tax_class]=standard", "filter[tax_class]=", "filter[weight]=1.5",
	"category=half", "category=some", "category=few", "category=none", "filter[category][in]=some", "category=some&order=asc",
	"category=some&status=archived",
	"metadata[warehouse]=west", "metadata[batch]=b7", "metadata[lot]=l7", "metadata[lot]=none", "metadata[none]=1",
	"metadata[warehouse]=east&order=asc", "metadata[batch]=b7&status=archived",
	// in its own order
	"filter[price][gte]=50&filter[price][lte]=200&sort=price", "filter[price][gt]=400&sort=-price", "filter[price][in]=9.99,19.99,29.99&sort=price",
	"filter[brand][in]=Ember,Fjord,Pike&sort=brand", "filter[brand][in]=Ember,Fjord,Pike&sort=-brand", "filter[brand][starts_with]=m&sort=brand",
	"filter[sku][starts_with]=GEN-000001&sort=sku", "filter[name][starts_with]=slim&sort=-name", "filter[name][starts_with]=slim oak&sort=name",
	"filter[weight][gte]=8&sort=weight", "filter[weight][lt]=1&sort=-weight", "filter[status][in]=active,draft&sort=status",
	"filter[created_at][gte]=2000-01-01", "filter[created_at][lt]=2000-01-01", "filter[updated_at][gte]=2000-01-01&sort=-updated_at",
	"filter[barcode][starts_with]=20000000&sort=barcode",
];

// Many rows pass, so that a walk along the order meets them soon.
const common = ["filter[price][gte]=10", "filter[status][in]=active,draft", "status=active&sort=price", "category=half&sort=price",
	"metadata[warehouse]=west&sort=name", "filter[brand][ne]=Ember", "filter[name][contains]=a", "filter[category][ne]=some",
	"category=half&status=active", "category=half&filter[price][gte]=10", "metadata[warehouse]=west&category=half", "status=active&filter[price][gte]=10", "filter[price][gte]=50&filter[price][lte]=200"];

// Neither a filter nor the order alone leads to the page.
const combined = ["filter[price][gte]=400", "filter[price][in]=9.99,19.99,29.99", "filter[brand][in]=Ember,Fjord", "filter[brand]=Ember&sort=price",
	"filter[sku][starts_with]=GEN-000001", "filter[name][starts_with]=slim oak",
	"search=slim", "search=slim oak la", "search=GEN-0000001", "search=GEN",
	"category=some&sort=price", "category=few&sort=-name", "metadata[batch]=b7&sort=price", "metadata[lot]=l7&sort=name",
	"filter[category][in]=some,few", "metadata[batch]=b1,b2", "metadata[batch]=b7&metadata[warehouse]=west", "metadata[lot]=l7&metadata[batch]=b7",
	"category=some&metadata[batch]=b7", "category=some&filter[price][gte]=400", "filter[brand]=Ember&status=active",
	"filter[price][gte]=50&filter[price][lte]=200&filter[category][in]=half,some", "filter[brand]=Ember&category=half"];

// What must look at all that passes, because it stands in no key in this order.
const whole = ["search=GEN-0000", "filter[sku][starts_with]=GEN-0000", "metadata[warehouse]=west&metadata[batch]=", "search=slim&sort=name", "sort=brand,-price", "sort=category,-price"];

// The log of as many writes. Each filter has a key of its own; what two of them find together is met on the way.
const logged = [
	"", "order=asc", ...["timestamp", "id", "actor", "action", "resource"].flatMap((by) => [`sort=${by}`, `sort=-${by}`]),
	"actor=key_007", "actor=key_none", "actor=key_007&order=asc", "action=updated", "action=deleted", "action=product.created", "action=none",
	"resource=product", "resource=api_key", "resource=none", "resource_id=prod_123", "resource_id=prod_124", "request_id=req_100", "request_id=req_none",
	"date_from=2000-01-01", "date_to=2000-01-01", "date_from=2000-01-01&date_to=2999-12-31", "filter[actor]=key_007&sort=actor", "filter[verb]=updated",
];
const loggedCommon = ["action=updated&actor=key_007", "resource=product&action=updated&date_from=2000-01-01", "actor=key_007&resource=product", "action=created,updated"];
const loggedCombined = ["action=deleted&resource=category", "actor=key_007,key_008", "resource=category,api_key", "resource_id=cat_123", "resource_id=prod_123&action=deleted", "filter[action][starts_with]=api_key."];

const lists = { products: { path: "/products", objects: "data" }, logs: { path: "/audit-logs", objects: "logs" } };

const encoded = (query) => query.replace(/[^&=]+/g, encodeURIComponent);
const reads = (answer) => Number(/reads;desc="(\d+)"/.exec(answer.headers["server-timing"])?.[1] ?? NaN);

async function get(client, { path, objects }, query) {
	const answer = await client.get(`${path}?${query}`, { "x-souk-reads": "1" });
	if (answer.status !== 200)
		throw new Error(`${query}: ${answer.status} ${answer.text}`);
	return { rows: answer.json[objects].length, pagination: answer.json.pagination, reads: reads(answer) };
}

async function deepCursor(client, list, query) {
	let cursor = "";
	for (let i = 0; i < DEEP; i++) {
		const { pagination } = await get(client, list, `${query}&limit=200&cursor=${cursor}`);
		if (!pagination.next_cursor)
			break;
		cursor = pagination.next_cursor;
	}
	return cursor;
}

// In page mode, `counting` rows more may be read, or else those that are counted.
// One query: its first page by cursor, a deep one, and its first page by number, with the limits that it is held to.
async function measure(client, list, query, bound, counting) {
	const text = encoded(query);
	const first = await get(client, list, `${text}&limit=50&cursor=`);
	const deep = await get(client, list, `${text}&limit=50&cursor=${await deepCursor(client, list, text)}`);
	const page = await get(client, list, `${text}&limit=50&page=1`);
	const counted = counting ?? Math.min(page.pagination.total_items + 1, 10001) * (list.archived ?? ARCHIVED);
	const over = [];
	for (const [name, got, more] of [["first", first, 0], ["deep", deep, 0], ["page", page, counted]]) {
		const most = bound(got.rows) + more;
		if (!(got.reads <= most))
			over.push(`${name} reads ${got.reads} for ${got.rows} rows, not at most ${most}`);
	}
	say(`${String(first.reads).padStart(7)} ${String(deep.reads).padStart(7)} ${String(page.reads).padStart(7)}  ${query || "(all)"}`);
	return over.map((line) => `${query}: ${line}`);
}

async function group(client, list, title, queries, bound, counting) {
	const faults = [];
	say(`${title}: rows read for the first page by cursor, one behind ${DEEP * 200} rows, and the first by number`);
	for (const query of queries)
		faults.push(...await measure(client, list, query, bound, counting));
	ok(!faults.length, `${title}: ${queries.length} lists`, faults.join("\n"));
}

// ---- every other list, by its descriptor

const described = JSON.parse(execFileSync(process.env.SOUK_CTL, ["describe", "--json"], { maxBuffer: 1 << 26 }));
const has = (f, flag) => f.flags.includes(flag);
// The lists at the top, but for those that have groups of their own.
const others = described.resources.filter((r) => r.verbs.includes("list") && !r.parent && !["product", "audit_log"].includes(r.name));
const ROWS = isShort ? 1500 : 100000;
const GONE = 20; // one row in so many is archived

// What stands in a column of the n-th row: the same for many, unless a key allows no two.
function cell(r, column, unique) {
	const [name, type, nullable, length] = column;
	const f = r.fields.find((one) => one.name === name);
	if (f?.choices)
		return `ELT(1 + n % ${f.choices.length}, ${f.choices.map((c) => `'${c.name}'`).join(", ")})`;
	if (name === "currency")
		return "'USD'";
	if ((f?.pattern || f?.known) && f.example && (!unique.has(name) || length < 8))
		return `'${f.example}'`;
	if (/^(tiny|small|medium|big)?int$|decimal/.test(type))
		return unique.has(name) ? "n" : type === "tinyint" ? "n % 2" : "1 + n % 50";
	if (type === "longtext") // JSON
		return nullable === "YES" ? "NULL" : "'[]'";
	if (/char|text/.test(type) && !(nullable === "YES" && !f))
		return unique.has(name) ? `CONCAT('v', n)` : `LEFT(CONCAT('v', n % 50), ${length ?? 64})`;
	if (type === "datetime" && f && has(f, "filter"))
		return `@now - INTERVAL n MINUTE`;
	return nullable === "YES" ? "NULL" : /binary|blob/.test(type) ? "UNHEX(MD5(n))" : type === "datetime" ? "@now" : "''";
}

// Fills a resource's table: rows that no rule would have made, but that the list shows like any.
async function fillTable(db, r, tenant) {
	const columns = (await db.run(`SELECT column_name, data_type, is_nullable, character_maximum_length FROM information_schema.columns
		WHERE table_schema = 'souk' AND table_name = '${r.table}' AND generation_expression IS NULL`)).map((line) => line.split("\t").map((v) => (v === "NULL" ? null : v)));
	const unique = new Set(await db.run(`SELECT column_name FROM information_schema.statistics WHERE table_schema = 'souk' AND table_name = '${r.table}' AND non_unique = 0`));
	const fixed = { tenant_id: tenant, id: "4000000000 + n", version: "1", metadata: "NULL", updated_at: "@now - INTERVAL n * 7 % 100000 SECOND",
		created_at: "@now - INTERVAL n SECOND", archived_at: r.verbs.includes("archive") && !r.status_field ? `IF(n DIV 7 % ${GONE}, NULL, @now)` : "NULL" };
	const values = columns.map((column) => fixed[column[0]] ?? cell(r, column, unique));
	sql(`SET @now = UTC_TIMESTAMP(3), foreign_key_checks = 0, check_constraint_checks = 0;
		DELETE FROM \`${r.table}\` WHERE tenant_id = ${tenant};
		INSERT IGNORE INTO \`${r.table}\` (${columns.map(([name]) => `\`${name}\``).join(", ")}) SELECT ${values.join(", ")} FROM (SELECT seq AS n FROM seq_1_to_${ROWS}) numbers;
		ANALYZE TABLE \`${r.table}\`;`);
}

// Each single order, each filter for one value, each range and set in its own order: what D84 promises of all.
function queriesOf(r, row) {
	const members = [...r.members, ...r.fields].filter((m) => m.operators?.length && m.index);
	const queries = [""];
	for (const m of members) {
		const value = row[m.name], sortable = !m.flags || has(m, "sort");
		const given = value !== null && value !== undefined && typeof value !== "object";
		if (sortable)
			queries.push(`sort=${m.name}`, `sort=-${m.name}`);
		if (!given)
			continue;
		queries.push(`filter[${m.name}]=${value}`, `filter[${m.name}]=${value}&order=asc`);
		if (!sortable)
			continue;
		queries.push(`filter[${m.name}][in]=${value}&sort=${m.name}`);
		if (m.operators.includes("gte"))
			queries.push(`filter[${m.name}][gte]=${value}&sort=${m.name}`, `filter[${m.name}][lte]=${value}&sort=-${m.name}`);
		if (m.operators.includes("starts_with"))
			queries.push(`filter[${m.name}][starts_with]=${value}&sort=${m.name}`);
	}
	return queries;
}

async function derived(db, live, r) {
	const list = { path: r.path, objects: r.list_name ?? "data" };
	await fillTable(db, r, live.tenant);
	if (r.verbs.includes("archive") && !r.status_field) /* a key that allows no two may have kept more of those that live out */
		list.archived = 1.02 * await db.number(`SELECT COUNT(*) / SUM(archived_at IS NULL) FROM \`${r.table}\` WHERE tenant_id = ${live.tenant}`);
	const answer = await live.client.get(`${r.path}?limit=1&cursor=`);
	if (answer.status !== 200 || !answer.json[list.objects].length)
		return void ok(false, `${r.path}: has rows`, `${answer.status} ${answer.text.slice(0, 300)}`);
	const queries = queriesOf(r, answer.json[list.objects][0]);
	await group(live.client, list, `${r.path}, bounded by the page`, queries, (rows) => 5 * rows + EXTRA);
	if (!r.log_time) /* a log may refuse it */
		sql(`SET foreign_key_checks = 0; DELETE FROM \`${r.table}\` WHERE tenant_id = ${live.tenant}`);
}

const sql = (text) => execFileSync("mariadb", ["--no-defaults", `--socket=${process.env.SOUK_DB}`, "--user=root", "--default-character-set=utf8mb4", "souk"],
	{ input: text, stdio: ["pipe", "ignore", "inherit"] });

// A row for each product: by fifty keys, nine in twenty an update, one in twenty of a category, one in a thousand of a key.
function fillLog(tenant) {
	sql(`INSERT INTO audit_logs (tenant_id, id, created_at, actor, action, resource, resource_id, request_id, changes)
		SELECT tenant_id, id, created_at, CONCAT('key_', LPAD(n % 50, 3, '0')), CONCAT(kind, ELT(1 + n % 20 DIV 9, '.updated', '.created', '.deleted')),
			kind, IF(n % 500 = 0, 1091, id), CONCAT('req_', n), '{"price":{"old":1,"new":2}}'
		FROM (SELECT tenant_id, id, created_at, n, IF(n % 1000 = 1, 'api_key', IF(n % 20 = 2, 'category', 'product')) AS kind
			FROM (SELECT tenant_id, id, created_at, ROW_NUMBER() OVER (ORDER BY id) AS n FROM products WHERE tenant_id = ${tenant}) numbered) kinds;
		ANALYZE TABLE audit_logs;`);
}

function fill(tenant, publicId) {
	execFileSync(process.env.SOUK_CTL, ["seed", "--tenant", publicId, "--products", String(PRODUCTS)], { stdio: "ignore" });
	const shelves = readFileSync(new URL("../data/shelves.sql", import.meta.url), "utf8");
	sql(`SET @tenant = ${tenant};\n${shelves}`);
	fillLog(tenant);
}

await prove(isShort ? 300 : 1800, async () => {
	const db = new Database();
	const { live } = await newShop(db, { sockets: 1 });
	fill(live.tenant, live.publicId);
	const { products, logs } = lists;
	await group(live.client, products, "bounded by the page", bounded, (rows) => 5 * rows + EXTRA);
	await group(live.client, products, "met soon", common, (rows) => (isShort ? FEW : 10 * rows + EXTRA), 2 * PRODUCTS);
	await group(live.client, products, "bounded by what passes, or by a walk", combined, () => (isShort ? FEW : WALK), 2 * PRODUCTS);
	await group(live.client, products, "sorted whole", whole, () => 3 * PRODUCTS, 2 * PRODUCTS);
	await group(live.client, logs, "the log, bounded by the page", logged, (rows) => 5 * rows + EXTRA);
	await group(live.client, logs, "the log, met soon", loggedCommon, (rows) => (isShort ? FEW : 50 * rows + EXTRA), 2 * PRODUCTS);
	await group(live.client, logs, "the log, bounded by what passes, or by a walk", loggedCombined, () => (isShort ? FEW : WALK), 2 * PRODUCTS);
	const empty = (await newShop(db, { sockets: 1 })).live;
	for (const r of others.filter((r) => r.name !== "api_key"))
		await derived(db, empty, r);
	db.close();
});
