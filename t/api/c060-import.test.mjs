// Real catalogues become products that are listed and found by SKU; a second import changes nothing; every refused row says why.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { makeTenant, status } from "./souk.mjs";

const { SOUK_SHARED: shared, SOUK_CTL, CI } = process.env;
const skip = shared || CI === "true" ? false : "SOUK_SHARED is not set";
const STOCK_CODES = 4070;
const AT_ONCE = 8;
const folder = mkdtempSync(join(tmpdir(), "souk-import-"));

after(() => rmSync(folder, { recursive: true }));

// Gives status, standard output and standard error; no status is a failure here.
function run(program, ...args) {
	return new Promise((resolve) => {
		execFile(program, args, { maxBuffer: 1 << 26 }, (error, stdout, stderr) => resolve({ code: error ? error.code : 0, stdout, stderr }));
	});
}

function file(name, text) {
	const path = join(folder, name);
	writeFileSync(path, text);
	return path;
}

async function converted(script, name) {
	const { code, stdout, stderr } = await run(process.execPath, fileURLToPath(new URL(`../data/${script}`, import.meta.url)));
	assert.equal(code, 0, stderr);
	return file(name, stdout);
}

const imported = (tenant, path, ...more) => run(SOUK_CTL, "import", "products", path, "--tenant", tenant.id, "--mode", "live", ...more);

async function walk(live, query) {
	const all = [];
	for (let cursor = ""; cursor !== undefined;) {
		const page = await live.read(`/products?limit=200${query}&cursor=${encodeURIComponent(cursor)}`);
		all.push(...page.data);
		cursor = page.pagination.has_more ? page.pagination.next_cursor : undefined;
	}
	return all;
}

async function each(list, work) {
	const rest = [...list];
	await Promise.all(Array.from({ length: AT_ONCE }, async () => {
		for (let next = rest.pop(); next; next = rest.pop())
			await work(next);
	}));
}

test("the stock codes of a real shop are loaded, listed, and each is got by its SKU", { skip }, async () => {
	const tenant = await makeTenant({ currency: "GBP" });
	const path = await converted("online_retail_products.mjs", "retail.csv");
	const first = await imported(tenant, path);
	assert.match(first.stdout + first.stderr, new RegExp(`created ${STOCK_CODES}, updated 0, unchanged 0, refused 0`));
	assert.equal(first.code, 0);

	const listed = await walk(tenant.live, "");
	assert.equal(new Set(listed.map((p) => p.sku)).size, STOCK_CODES);
	await each(listed, async ({ id, sku }) => {
		const found = await tenant.live.read(`/products/${encodeURIComponent(sku)}`);
		assert.equal(found.id, id);
	});

	const second = await imported(tenant, path);
	assert.match(second.stdout + second.stderr, new RegExp(`created 0, updated 0, unchanged ${STOCK_CODES}, refused 0`));
});

test("a catalogue with variants and attributes is loaded, and variants find their product", { skip }, async () => {
	const tenant = await makeTenant();
	const { code, stdout, stderr } = await imported(tenant, await converted("saleor_catalogue.mjs", "saleor.csv"));
	assert.equal(code, 0, stdout + stderr);
	const listed = await walk(tenant.live, "&include=variants,images");
	const variants = listed.flatMap((p) => p.variants.map((v) => [v, p]));
	assert.ok(listed.length > 20 && variants.length > 50, `${listed.length} products, ${variants.length} variants`);
	assert.ok(variants.some(([v]) => v.attributes !== null && Object.keys(v.attributes).length > 0));
	assert.ok(listed.some((p) => p.images.length > 0) && listed.some((p) => p.categories.length > 0));
	await each(variants, async ([variant, product]) => {
		assert.equal((await tenant.live.read(`/products/${encodeURIComponent(variant.sku)}`)).id, product.id);
	});
});

test("every refused row says where and why, and spoils no other", async () => {
	const tenant = await makeTenant();
	const path = file("bad.csv", [
		"sku,name,price,status",
		"GOOD-1,One,1.00,active",
		",Nameless,1.00,active",
		"BAD-PRICE,Two,1.001,active",
		"BAD-STATUS,Three,1.00,on sale",
		"prod_1,Four,1.00,active",
		"NO-NAME,,1.00,active",
		"GOOD-2,Five,0,draft",
		"",
	].join("\n"));
	const dry = await imported(tenant, path, "--dry-run");
	assert.equal((await tenant.live.read("/products")).data.length, 0, dry.stdout + dry.stderr);
	const { code, stdout, stderr } = await imported(tenant, path);
	const said = stdout + stderr;
	assert.equal(code, 65, said);
	assert.match(said, /created 2, updated 0, unchanged 0, refused 5/);
	for (const line of [3, 4, 5, 6, 7])
		assert.match(stderr, new RegExp(`\\b${line}\\b`), `line ${line} is named`);
	assert.match(stderr, /digits behind the point/);
	assert.match(stderr, /draft/);
	assert.deepEqual((await tenant.live.read("/products?sort=sku")).data.map((p) => p.sku), ["GOOD-1", "GOOD-2"]);
	status(await tenant.live.get("/products/BAD-PRICE"), 404);
});

test("a file that is no catalogue is refused whole", async () => {
	const tenant = await makeTenant();
	for (const [name, text] of [["empty.csv", ""], ["unknown.csv", "sku,name,price,colour of money\nA,A,1,x\n"], ["twice.csv", "sku,name,sku\nA,A,B\n"]]) {
		const { code, stdout, stderr } = await imported(tenant, file(name, text));
		assert.notEqual(code, 0, `${name}: ${stdout}${stderr}`);
		assert.ok(stderr.length > 0, name);
	}
	assert.notEqual((await imported(tenant, join(folder, "nowhere.csv"))).code, 0);
	assert.equal((await tenant.live.read("/products")).data.length, 0);
});

test("a row of many categories makes none of them", async () => {
	const tenant = await makeTenant();
	const many = (n) => Array.from({ length: n }, (_, i) => `many-${i}`).join("|");
	const path = file("many.csv", `sku,name,price,categories\nA,x,1,${many(100000)}\nB,x,1,${many(21)}\nC,x,1,${many(20)}\n`);
	const { code, stdout, stderr } = await imported(tenant, path, "--json");
	assert.equal(code, 65);
	assert.deepEqual(JSON.parse(stdout), { created: 1, updated: 0, unchanged: 0, refused: 2 });
	assert.deepEqual(stderr.trim().split("\n").map((line) => JSON.parse(line)).map((fault) => [fault.line, fault.column]), [[2, ""], [3, "categories"]]);
	assert.equal((await tenant.live.read("/categories")).pagination.total_items, 20);
});

// What is gathered of 150 MB of rows is some megabytes.
test("rows of megabytes are refused in bounded memory", async () => {
	const tenant = await makeTenant();
	const row = (i) => `BIG-${i},x,1,${"d".repeat(3000000)}\n`;
	const path = file("big.csv", `sku,name,price,description\n${Array.from({ length: 50 }, (_, i) => row(i)).join("")}`);
	const limited = SOUK_CTL.includes("/asan/") ? [] : ["prlimit", "--as=402653184"]; // a sanitizer needs terabytes of address space
	const { code, stdout, stderr } = await run(...limited, SOUK_CTL, "import", "products", path, "--tenant", tenant.id, "--mode", "live", "--json");
	assert.equal(code, 65, stderr.slice(-500));
	assert.deepEqual(JSON.parse(stdout), { created: 0, updated: 0, unchanged: 0, refused: 50 });
});
