// learn.mjs DIR URL NAME…: makes the named files of DIR that the scripts of wrk draw from; URL is the API's address.
// DIR/rows, a tab-separated list from the database, is read: number, ms of creation, variants, images, SKU if it is
// active.
import { readFileSync, writeFileSync } from "node:fs";
import http from "node:http";

const CONNECTIONS = 8;
const PAGE = 50;
const ETAGS = 10000;

const [dir, url, ...names] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const rows = readFileSync(`${dir}/rows`, "utf8").trim().split("\n").map((line) => line.split("\t"));

function fail(message) {
	console.error(`bench: ${message}`);
	process.exit(1);
}

// An id as the API shows it: Crockford base32, 13 characters, or at least 3 for loaded ids.
function idOf(number) {
	const n = BigInt(number);
	const text = n.toString(32).replace(/./g, (c) => "0123456789abcdefghjkmnpqrstvwxyz"[parseInt(c, 32)]);
	return `prod_${text.padStart(n < 1n << 40n ? 3 : 13, "0")}`;
}

function get(path) {
	return new Promise((resolve, reject) => {
		const headers = { authorization: `Bearer ${process.env.BENCH_KEY}` };
		const request = http.get(url + path, { agent, headers }, (answer) => {
			const parts = [];
			answer.on("data", (part) => parts.push(part));
			answer.on("end", () => {
				const body = Buffer.concat(parts).toString();
				if (answer.statusCode !== 200)
					fail(`GET ${path} answered ${answer.statusCode}: ${body}`);
				resolve({ headers: answer.headers, body });
			});
		});
		request.on("error", reject);
	});
}

// Asks for the tenant that has carts; a body makes it a POST.
function askCarts(path, body) {
	return new Promise((resolve, reject) => {
		const headers = { authorization: `Bearer ${process.env.BENCH_CARTS_KEY}`, "content-type": "application/json" };
		const request = http.request(url + path, { agent, headers, method: body ? "POST" : "GET" }, (answer) => {
			const parts = [];
			answer.on("data", (part) => parts.push(part));
			answer.on("end", () => {
				const text = Buffer.concat(parts).toString();
				if (answer.statusCode > 201)
					fail(`${path} answered ${answer.statusCode}: ${text}`);
				resolve(JSON.parse(text));
			});
		});
		request.on("error", reject);
		request.end(body && JSON.stringify(body));
	});
}

// Carts of 50 lines each, in a shop of 20 promotions: of percentages and amounts, of products and orders, all combinable.
async function carts() {
	const there = (await askCarts("/v2/carts?limit=50")).data;
	if (there.length === 0) {
		const skus = (await askCarts("/v2/products?limit=100&status=active")).data.map(({ sku }) => sku);
		for (let i = 0; i < 20; i++)
			await askCarts("/v2/discounts/automatic", { name: `Promotion ${i}`, type: i % 2 ? "percentage" : "fixed_amount", amount: i % 2 ? 1 : 100, applies_to: i % 3 ? "product" : "order",
				priority: i, stacking: "combinable", conditions: { minimum_quantity: i + 1 } });
		for (let i = 0; i < 50; i++)
			there.push(await askCarts("/v2/carts", { lines: Array.from({ length: 50 }, (_, k) => ({ sku: skus[(i + k) % skus.length], quantity: 1 + (i + k) % 3 })) }));
	}
	return there.map(({ id }) => `${id} ${process.env.BENCH_CARTS_KEY}`);
}

function sample(list, n) {
	const copy = [...list];
	for (let i = copy.length - 1; i > 0; i--) {
		const k = Math.floor(Math.random() * (i + 1));
		[copy[i], copy[k]] = [copy[k], copy[i]];
	}
	return copy.slice(0, n);
}

// Products without children; the fewest children that there are, if all have some.
function simple() {
	const children = (row) => Number(row[2]) + Number(row[3]);
	const least = rows.reduce((n, row) => Math.min(n, children(row)), Infinity);
	return rows.filter((row) => children(row) === least);
}

async function etags() {
	const waiting = sample(simple(), ETAGS).map((row) => idOf(row[0]));
	const lines = [];
	const learn = async () => {
		while (waiting.length > 0) {
			const id = waiting.pop();
			const { headers } = await get(`/v2/products/${id}`);
			if (!headers.etag)
				fail(`GET /v2/products/${id} has no ETag`);
			lines.push(`${id} ${headers.etag}`);
		}
	};
	await Promise.all(Array.from({ length: CONNECTIONS }, learn));
	return lines;
}

const newestFirst = () => [...rows].sort((a, b) => b[1] - a[1] || (BigInt(b[0]) > BigInt(a[0]) ? 1 : -1));

// The cursors of all full pages, newest first, but that of the first page, which needs none.
let walked;
async function walk() {
	if (walked)
		return walked;
	walked = [];
	let cursor = "";
	do {
		const page = JSON.parse((await get(`/v2/products?limit=${PAGE}&cursor=${encodeURIComponent(cursor)}`)).body);
		if (cursor && page.data.length === PAGE)
			walked.push(encodeURIComponent(cursor));
		cursor = page.pagination.next_cursor;
	} while (cursor);
	return walked;
}

// The cursors of all full pages of orders, and whose they are.
async function walkOrders() {
	const cursors = [], emails = new Set();
	let cursor = "";
	do {
		const page = JSON.parse((await get(`/v2/orders?limit=${PAGE}&cursor=${encodeURIComponent(cursor)}`)).body);
		if (cursor && page.data.length === PAGE)
			cursors.push(encodeURIComponent(cursor));
		for (const { email } of page.data)
			emails.add(email);
		cursor = page.pagination.next_cursor;
	} while (cursor);
	return { cursors, emails: sample([...emails], 2000).map(encodeURIComponent) };
}

// Of those, the pages on which every product has variants and an image.
async function fullCursors() {
	const order = newestFirst();
	const isFull = (_, i) => order.slice((i + 1) * PAGE, (i + 2) * PAGE).every((row) => row[2] > 0 && row[3] > 0);
	return (await walk()).filter(isFull);
}

const makers = {
	simple: () => simple().map((row) => `${row[0]} ${idOf(row[0])}`),
	full: () => rows.filter((row) => row[2] === "2" && row[3] === "1").map((row) => idOf(row[0])),
	// Behind which a full page begins.
	places: () => newestFirst().slice(0, -PAGE).filter((_, i) => i % PAGE === PAGE - 1).map((row) => `${row[1]} ${row[0]}`),
	brands: () => ["Auricle", "Calder", "Dunmore", "Ember", "Fjord", "Granite", "Hollis", "Ivo"],
	batches: () => Array.from({ length: 20 }, (_, i) => `b${i}`),
	ranges: () => Array.from({ length: 200 }, (_, i) => `${i} ${2 * i + 50}`),
	words: () => ["Slim", "Nordic", "Travel", "Eco+Oak", "Slim+Steel", "Rustic+Cork", "GEN-0000", "GEN-00012"],
	skus: () => simple().filter((row) => row[4] !== "-").map((row) => row[4]),
	order_cursors: async () => (await walkOrders()).cursors,
	emails: async () => (await walkOrders()).emails,
	weeks: () => Array.from({ length: 50 }, (_, i) => [7, 0].map((day) => new Date(Date.now() - (7 * i + day) * 86400000).toISOString().slice(0, 10)).join(" ")),
	carts,
	etags,
	cursors: walk,
	full_cursors: fullCursors,
	last: async () => (await walk()).slice(-1),
};

for (const name of names) {
	if (!makers[name])
		fail(`learn.mjs cannot make ${name}`);
	const lines = await makers[name]();
	if (lines.length === 0)
		fail(`there is nothing to put into ${name}`);
	writeFileSync(`${dir}/${name}`, `${lines.join("\n")}\n`);
}
agent.destroy();
