// S5: no text of a request becomes SQL. sqlmap attacks one place of each kind where a request can carry text; it must find
// nothing, nothing may fail, and every word of every statement that was prepared meanwhile must stand in the sources.
// needs: sqlmap
import { execFile } from "node:child_process";
import { createReadStream, readFileSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";

import { Database } from "./rig/database.mjs";
import { Faults, ok, prove, say, together } from "./rig/report.mjs";
import { newShop } from "./rig/shop.mjs";
import { workers } from "./rig/workers.mjs";

const SECONDS = 7200;
const STATEMENTS_MAX = 400; // distinct texts; what the descriptors can ask for is far more, and far less than what is sent
const stack = process.env.SOUK_CONFIG.replace(/\/etc\/souk\.env$/, "");
const only = process.argv[2] ?? "";

// ---- where a request carries text; "*" is the place

const get = (path, headers = {}) => ({ method: "GET", path, headers });
const patch = (path, body) => ({ method: "PATCH", path, body });

// Objects that are there; `tenant` is an id too.
const places = ({ product, variant, category, key, tenant }) => ({
	"shorthand value": get("/products?fields=id&category=audio*"),
	"shorthand of an enum": get("/products?fields=id&status=active*"),
	"filter value, text": get("/products?fields=id&filter%5Bbrand%5D%5Beq%5D=Auricle*"),
	"filter value, part of a text": get("/products?fields=id&filter%5Bname%5D%5Bcontains%5D=Lamp*"),
	"filter value, number": get("/products?fields=id&filter%5Bprice%5D%5Bgte%5D=1*"),
	"filter value, list": get("/products?fields=id&filter%5Bsku%5D%5Bin%5D=A,LAMP-1*"),
	"filter value, time": get("/products?fields=id&filter%5Bcreated_at%5D%5Bgt%5D=2026-01-01*"),
	"filter value, id": get(`/categories?fields=id&filter%5Bparent_id%5D=${category.id}*`),
	"filter field name": get("/products?fields=id&filter%5Bprice*%5D%5Bgte%5D=1"),
	"filter operator": get("/products?fields=id&filter%5Bprice%5D%5Bgte*%5D=1"),
	"log, word of an action": get("/audit-logs?fields=id&action=updated*"),
	"log, reference of any kind": get(`/audit-logs?fields=id&resource_id=${product.id}*`),
	"log, date": get("/audit-logs?fields=id&date_from=2026-01-01*"),
	sort: get("/products?fields=id&sort=price*"),
	order: get("/products?fields=id&sort=price&order=asc*"),
	page: get("/products?fields=id&page=1*"),
	limit: get("/products?fields=id&limit=10*"),
	cursor: get("/products?fields=id&cursor=eyJpZCI6MTIzfQ*"),
	search: get("/products?fields=id&search=Lamp*"),
	fields: get("/products?fields=id*"),
	include: get("/products?fields=id&include=variants*"),
	languages: get("/products?fields=name&languages=en,es*"),
	"parameter name": get("/products?fields=id&status*=active"),
	"metadata key": get("/products?fields=id&metadata%5Bwarehouse*%5D=west"),
	"metadata value": get("/products?fields=id&metadata%5Bwarehouse%5D=west*"),
	"path, id": get(`/products/${product.id}*?fields=id`),
	"path, SKU": get("/products/LAMP-1*?fields=id"),
	"path, owner": get(`/products/${product.id}*/variants/${variant.id}?fields=id`),
	"path, nested": get(`/products/${product.id}/variants/${variant.id}*?fields=id`),
	"path, slug": get("/categories/audio*?fields=id"),
	"path, action": { method: "POST", path: `/api-keys/${key.id}*/revoke?fields=id` },
	"body, string": patch(`/products/${product.id}?fields=id`, '{"brand":"Auricle*"}'),
	"body, language map": patch(`/products/${product.id}?fields=id`, '{"name":{"en":"Lamp","es":"Lámpara*"}}'),
	"body, number": patch(`/products/${product.id}?fields=id`, '{"price":"1*"}'),
	"body, enum": patch(`/products/${product.id}?fields=id`, '{"status":"active*"}'),
	"body, link": patch(`/products/${product.id}?fields=id`, '{"categories":["audio*"]}'),
	"body, nested": patch(`/products/${product.id}?fields=id`, `{"variants":[{"id":"${variant.id}","name":"Black*"}]}`),
	"body, nested SKU": patch(`/products/${product.id}?fields=id`, '{"variants":[{"sku":"LAMP-1-BLACK*"}]}'),
	"body, map": patch(`/products/${product.id}?fields=id`, `{"variants":[{"id":"${variant.id}","attributes":{"color":"Black*"}}]}`),
	"body, metadata value": patch(`/products/${product.id}?fields=id`, '{"metadata":{"warehouse":"west*"}}'),
	"body, metadata key": patch(`/products/${product.id}?fields=id`, '{"metadata":{"warehouse*":"west"}}'),
	"body, SKU": { method: "POST", path: "/products?fields=id", body: '{"name":"Lamp","price":1,"sku":"LAMP-1*"}' },
	"body, reference": patch(`/categories/${category.id}?fields=id`, '{"parent_id":"cat_001*"}'),
	"header X-Tenant-ID": get("/products?fields=id", { "X-Tenant-ID": `${tenant}*` }),
	"header Idempotency-Key": { ...patch(`/products/${product.id}?fields=id`, '{"price":1}'), headers: { "Idempotency-Key": "key-1*" } },
	"header If-Match": { ...patch(`/products/${product.id}?fields=id`, '{"price":9.5}'), headers: { "If-Match": '"1.a*"' } },
	"header If-None-Match": get(`/products/${product.id}?fields=id`, { "If-None-Match": '"1.a*"' }),
	"header Accept-Language": get("/products?fields=id", { "Accept-Language": "en*" }),
	"header X-Currency": get("/products?fields=id,price", { "X-Currency": "EUR*" }),
	"header X-Region": get("/products?fields=id,price", { "X-Region": "DE*" }),
	"header X-Timezone": get("/products?fields=id&filter%5Bcreated_at%5D%5Bgt%5D=2026-01-01", { "X-Timezone": "Europe/Berlin*" }),
	"header X-Language-Fallback": get("/products?fields=name", { "X-Language-Fallback": "en*" }),
	"header User-Agent": { ...patch(`/products/${product.id}?fields=id`, '{"price":1}'), headers: { "User-Agent": "shop/1*" } },
	"header Authorization": get("/products?fields=id", { Authorization: "Bearer live_abc*" }),
});

async function furnish(client) {
	const category = await client.make("POST", "/categories", { name: "Audio", slug: "audio" });
	const product = await client.make("POST", "/products", {
		name: { en: "Lamp", es: "Lámpara" }, sku: "LAMP-1", price: 9.5, brand: "Auricle", status: "active",
		categories: ["audio"], metadata: { warehouse: "west" }, variants: [{ sku: "LAMP-1-BLACK", attributes: { color: "Black" } }],
	});
	for (let i = 2; i < 9; i++)
		await client.make("POST", "/products", { name: `Lamp ${i}`, sku: `LAMP-${i}`, price: i, status: "draft" });
	const key = await client.make("POST", "/api-keys", { name: "Till", scopes: ["products:read"] });
	return { category, product, variant: product.variants[0], key };
}

// ---- the attack

function attack({ place, key, name }) {
	const headers = { Authorization: `Bearer ${key}`, Accept: "application/json", ...place.headers };
	if (place.body)
		headers["Content-Type"] = "application/json";
	const args = ["--batch", "--disable-coloring", "--level=3", "--risk=2", "--dbms=MySQL", "--threads=2", "--skip-waf",
		"--flush-session", "--ignore-code=401,404,409", "--timeout=20", "--retries=1", `--output-dir=${stack}/tmp/sqlmap-${name.replace(/\W+/g, "-")}`,
		`--url=${process.env.SOUK_URL}${place.path}`, `--method=${place.method}`,
		`--headers=${Object.entries(headers).map((pair) => pair.join(": ")).join("\n")}`];
	if (place.body)
		args.push(`--data=${place.body}`);
	return new Promise((resolve) => {
		execFile("sqlmap", args, { maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
			resolve({ name, error, text: `${stdout}${stderr}`, clean: /do not appear to be injectable/.test(stdout), found: /injection point\(s\)|is vulnerable/.test(stdout) }));
	});
}

// ---- what became of it

// Each line of the log is one statement; what is bound stands in lines of another kind.
async function* statements(file, own) {
	for await (const line of createInterface({ input: createReadStream(file) })) {
		const [, thread, kind, text] = /^(?:[\d ]+:\d\d:\d\d)?\t+ *(\d+) (Prepare|Query)\t(.*)$/.exec(line) ?? [];
		if (kind && thread !== own)
			yield text.replace(/ \/\* req_[0-9a-f]{32} \*\/$/, "");
	}
}

function sourceWords() {
	const words = new Set();
	for (const name of readdirSync(`${process.env.SOUK_ROOT}/src`, { recursive: true })) {
		if (/\.(c|h|def)$/.test(name))
			for (const word of readFileSync(`${process.env.SOUK_ROOT}/src/${name}`, "utf8").match(/\w+/g))
				words.add(word);
	}
	return words;
}

// Names are put together of a descriptor's and of a suffix.
const isKnown = (words, word) => words.has(word) || words.has(word.replace(/_(count|i18n)$/, ""));

async function checkStatements(file, own, faults) {
	const words = sourceWords();
	const texts = new Map();
	for await (const text of statements(file, own))
		texts.set(text, (texts.get(text) ?? 0) + 1);
	for (const text of texts.keys())
		for (const word of text.match(/\w+/g) ?? [])
			faults.check(isKnown(words, word), () => `${word} is no word of the sources: ${text.slice(0, 300)}`);
	say(`${[...texts.values()].reduce((a, b) => a + b, 0)} statements prepared or sent, ${texts.size} distinct texts`);
	ok(texts.size > 0 && texts.size < STATEMENTS_MAX, `the distinct texts are few: ${texts.size}`);
}

async function checkLog(faults) {
	let requests = 0;
	for await (const line of createInterface({ input: createReadStream(process.env.SOUK_LOG_FILE) })) {
		const entry = line.startsWith("{") ? JSON.parse(line) : {};
		if (entry.status === undefined)
			continue;
		requests++;
		faults.check(entry.status < 500, line.slice(0, 500));
	}
	say(`${requests} requests`);
	return requests;
}

await prove(SECONDS, async () => {
	const db = new Database();
	// Each place has a shop of its own, so that no answer changes but by what is sent there.
	const all = Object.keys(places({ product: {}, variant: {}, category: {}, key: {} })).filter((name) => name.includes(only));
	const shops = [];
	for (const name of all) {
		const { live } = await newShop(db);
		shops.push({ name, key: live.key, place: places({ ...await furnish(live.client), tenant: live.publicId })[name] });
	}
	const own = (await db.run("SELECT CONNECTION_ID()"))[0];
	const log = `${stack}/log/statements.log`;
	await db.run(`SET GLOBAL general_log_file = '${log}'`);
	await db.run("SET GLOBAL log_output = 'FILE'");
	await db.run("SET GLOBAL general_log = ON");
	const before = workers().sort();
	const findings = new Faults(), failures = new Faults(), foreign = new Faults();
	await together(all.length, Math.max(2, availableParallelism() - 1), async (i) => {
		const began = Date.now();
		const result = await attack(shops[i]);
		findings.check(result.clean && !result.found, `${result.name}: ${result.text.slice(-3000)}`);
		say(`${result.name}: ${result.clean ? "nothing found" : "FOUND OR FAILED"}, ${Math.round((Date.now() - began) / 1000)} s`);
	});
	await db.run("SET GLOBAL general_log = OFF");
	findings.report(`sqlmap finds nothing in ${all.length} places`);
	const requests = await checkLog(failures);
	ok(requests > 100 * all.length, `it asked in earnest: ${requests} requests`);
	failures.report("no request failed");
	await checkStatements(log, own, foreign);
	foreign.report("every word of every statement stands in the sources");
	ok(JSON.stringify(workers().sort()) === JSON.stringify(before), "no worker died");
	db.close();
});
