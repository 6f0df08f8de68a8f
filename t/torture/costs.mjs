// S4: what a request may cost is bounded. Each bound is passed by far; the answer is a refusal that names it, costs a worker
// no more than MEMORY_MIB at any time, and the report says how long each took.
import { readFileSync } from "node:fs";

import { Database } from "./rig/database.mjs";
import { Faults, isShort, ok, prove, say } from "./rig/report.mjs";
import { newShop } from "./rig/shop.mjs";
import { kind } from "./rig/stack.mjs";
import { workers } from "./rig/workers.mjs";

const MEMORY_MIB = kind === "asan" ? Infinity : 64; // a sanitizer keeps for a while what was freed
const ROUNDS = isShort ? 2 : 20;
const MIB = 1 << 20;

const many = (n, make) => Array.from({ length: n }, (_, i) => make(i));
const text = (n) => "x".repeat(n);
const product = (more) => ({ name: "Kettle", sku: "KETTLE", price: 1, ...more });
const post = (status, body, headers) => ["POST", "/products", status, body, headers];
const get = (status, query, headers) => ["GET", `/products?${query}`, status, undefined, headers];
// A JSON text of just below 1 MiB: `open`, then as many of `unit` as fit, then `close`.
const filled = (open, unit, close) => open + unit.repeat(Math.floor((MIB - open.length - close.length - 1) / unit.length)).replace(/,$/, "") + close;

const cases = {
	"a body of 1 MiB and a byte": post(413, filled('{"a":"', "x", '"}') + text(10)),
	"a body of 64 MiB announced": post(413, text(2 * MIB)),
	"33 levels": post(400, `{"a":${"[".repeat(33)}${"]".repeat(33)}}`),
	"half a million levels": post(400, `{"a":${"[".repeat(MIB / 2 - 10)}${"]".repeat(MIB / 2 - 10)}}`),
	"half a million open brackets": post(400, `{"a":${"[".repeat(MIB - 100)}`),
	"a text of 1 MiB": post(422, product({ description: text(MIB - 200) })),
	"a number of a million digits": post(422, filled('{"name":"A","sku":"A","price":1', "0", "}")),
	"escapes only": post(422, filled('{"name":"', "\\u00e9", '"}')),
	"75,000 names": post(413, `{${many(75000, (i) => `"f${i}":1`).join(",")}}`),
	"60,000 names": post(413, `{${many(60000, (i) => `"f${i}":1`).join(",")}}`),
	"4,096 names": post(422, `{${many(4096, (i) => `"f${i}":1`).join(",")}}`),
	"15 variants of 4,096 names": post(422, `{"variants":[${many(15, () => `{${many(4096, (i) => `"f${i}":1`).join(",")}}`).join(",")}]}`),
	"16,000 variants": post(422, `{"name":"A","sku":"A","price":1,"variants":[${many(16000, () => "{}").join(",")}]}`),
	"2,000 variants, each wrong": post(422, product({ variants: many(2000, (i) => ({ sku: `a/${i}`, colour: "red", price: -1 })) })),
	"60,000 items of a list": post(422, product({ categories: many(60000, () => 5) })),
	"150,000 levels of lists": post(400, filled("[", "[", "")),
	"one name over and over": post([413, 422], filled("{", '"a":1,', "}")),
	"2,001 variants": post(422, product({ variants: many(2001, (i) => ({ sku: `V-${i}` })) })),
	"300,000 variants": post(413, filled('{"name":"A","sku":"A","price":1,"variants":[', "{},", "]}")),
	"251 images": post(422, product({ images: many(251, (i) => ({ url: `https://cdn.example.com/${i}.jpg` })) })),
	"250,000 categories": post(413, filled('{"name":"A","sku":"A","price":1,"categories":[', '"a",', "]}")),
	"50,000 metadata": post(413, product({ metadata: Object.fromEntries(many(50000, (i) => [`key-${i}`, "v"])) })),
	"4,096 metadata": post(422, product({ metadata: Object.fromEntries(many(4096, (i) => [`key-${i}`, "v"])) })),
	"21 filters": get(400, many(21, (i) => `filter[price][${["gt", "gte", "lt", "lte", "ne"][i % 5]}]=${i}`).join("&") + "&" + many(21, (i) => `filter[metadata.k${i}]=a`).join("&")),
	"101 values of a filter": get(400, `filter[sku][in]=${many(101, (i) => `A${i}`).join(",")}`),
	"4,000 values of a filter": get(400, `filter[sku][in]=${many(4000, () => "a").join(",")}`),
	"101 parameters": get(400, many(101, (i) => `p${i}=1`).join("&")),
	"100 unknown parameters": get(400, many(100, (i) => `p${i}=1`).join("&")),
	"one parameter 100 times": get(400, many(100, () => "sort=name").join("&")),
	"10,000 parameters": get(414, many(10000, () => "a").join("&")),
	"5 sort keys": get(400, "sort=name,price,sku,created_at,updated_at"),
	"2,000 sort keys": get(400, `sort=${many(1600, () => "name").join(",")}`),
	"1,000 includes": get(400, `include=${many(1000, (i) => `r${i}`).join(",")}`),
	"1,000 fields": get(400, `fields=${many(1000, (i) => `f${i}`).join(",")}`),
	"a cursor of 8,000 bytes": get(400, `cursor=${text(8000)}`),
	"a search of 8,000 bytes": get(400, `search=${text(8000)}`),
	"a search of 9,000 bytes": get(414, `search=${text(9000)}`),
	"a page beyond all": get(400, "page=99999999999999999999"),
	"limit=0": get(400, "limit=0"),
	"a path of 3,000 bytes": ["GET", `/products/${text(3000)}`, 414],
	"a path of 500 segments": ["GET", "/a".repeat(500), 404],
	"a header of 17 KiB": get(431, "", { "x-a": text(17000) }),
	"headers of 40 KiB": get(431, "", Object.fromEntries(many(10, (i) => [`x-${i}`, text(4000)]))),
	"an Idempotency-Key of 300": post(400, product(), { "idempotency-key": text(300) }),
	"3,000 tags in If-Match": ["DELETE", "/products/prod_123", [400, 404], undefined, { "if-match": many(3000, (i) => `"${i}"`).join(",").slice(0, 16000) }],
	"4,000 media types": get(406, "", { accept: many(1500, () => "a/b;q=0.1").join(",") }),
};

// The most memory that each worker ever held, in MiB.
function peaks() {
	return workers().map((pid) => Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024);
}

await prove(isShort ? 60 : 300, async () => {
	const { live } = await newShop(new Database(), { sockets: 4 });
	await live.client.get("/products");
	say(`a worker has held at most ${Math.max(...peaks()).toFixed(1)} MiB before`);
	const times = [];
	for (const [name, [method, path, wanted, body, headers]] of Object.entries(cases)) {
		const faults = new Faults();
		const took = [];
		for (let i = 0; i < ROUNDS; i++) {
			const began = performance.now();
			const answer = await live.client.send(method, path, body, headers);
			took.push(performance.now() - began);
			faults.check([wanted].flat().includes(answer.status) && answer.text.length < 100000 && answer.json?.error?.reason,
				() => `${answer.status} ${answer.text.slice(0, 300)}`);
		}
		faults.report(`${name}: ${wanted}`);
		times.push([name, took.sort((a, b) => a - b)[took.length >> 1]]);
	}
	times.sort((a, b) => b[1] - a[1]);
	for (const [name, ms] of times.slice(0, 8))
		say(`${ms.toFixed(1)} ms: ${name}`);
	const clamped = await live.client.get("/products?limit=1000000");
	ok(clamped.status === 200 && clamped.json.pagination.limit === 200 && /^299 /.test(clamped.headers.warning), "a page size beyond 200 is 200, with a Warning");
	const peak = Math.max(...peaks());
	ok(peak < MEMORY_MIB, `no worker ever held ${MEMORY_MIB} MiB: at most ${peak.toFixed(1)}`);
});
