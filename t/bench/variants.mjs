// variants.mjs URL: what a product of 2,000 variants costs, as a multiple of one with a single variant: read whole, and updated
// in one field. Both are asked in turn, one request at a time, and the medians are compared.
import http from "node:http";

const MANY = 2000, ROUNDS = 60, MOST = 50;
const url = process.argv[2];
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const run = process.hrtime.bigint();

function ask(method, path, body) {
	return new Promise((resolve, reject) => {
		const headers = { authorization: `Bearer ${process.env.BENCH_KEY}`, "content-type": "application/json" };
		const begun = process.hrtime.bigint();
		const request = http.request(url + path, { method, agent, headers }, (answer) => {
			const parts = [];
			answer.on("data", (part) => parts.push(part));
			answer.on("end", () => {
				const text = Buffer.concat(parts).toString();
				if (answer.statusCode >= 300)
					reject(new Error(`${method} ${path} answered ${answer.statusCode}: ${text.slice(0, 300)}`));
				resolve({ ms: Number(process.hrtime.bigint() - begun) / 1e6, text });
			});
		});
		request.on("error", reject);
		request.end(body && JSON.stringify(body));
	});
}

async function make(count) {
	const variants = Array.from({ length: count }, (_, i) => ({ sku: `MANY-${run}-${count}-${i}`, attributes: { size: `${i}` } }));
	const { text } = await ask("POST", "/v2/products", { name: "Many", sku: `MANY-${run}-${count}`, price: 1, variants });
	const product = JSON.parse(text);
	if (product.variants.length !== count)
		throw new Error(`made ${product.variants.length} variants of ${count}`);
	return `/v2/products/${product.id}`;
}

const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];

const paths = [await make(1), await make(MANY)];
const read = [[], []], update = [[], []];
for (let round = 0; round < ROUNDS; round++)
	for (const which of [0, 1]) {
		read[which].push((await ask("GET", paths[which])).ms);
		update[which].push((await ask("PUT", paths[which], { price: 2 + round })).ms);
	}
for (const path of paths)
	await ask("DELETE", path);
agent.destroy();

const [reads, updates] = [read, update].map((list) => median(list[1]) / median(list[0]));
const verdict = Math.max(reads, updates) <= MOST ? "met" : "short";
console.log(`${MANY} variants: read costs ${reads.toFixed(1)}, update ${updates.toFixed(1)} of a product with one (at most ${MOST}: ${verdict})`);
