// S1: no object crosses a tenant or a mode. The long form of t/api/a020: one of everything on three sides, and each asks for
// what another has, in both directions, by every way of every route, by reference at any depth, by filter, sort, search and
// cursor. The answer is the same as for an id that does not exist, what is foreign stays as it was to the last column, and no
// answer shows a marker, of which the foreign data is full.
import { randomBytes } from "node:crypto";

import { can, each, has, makeable, objects, of, resources, settable, shape, Shop, top } from "../api/conformance.mjs";
import { asked, changes, furnish, inputOf, offers, queries, secrets } from "../api/foreign.mjs";
import { tenantOf } from "../api/orders.mjs";
import { Client, refused } from "../api/souk.mjs";
import { Database, difference, dump } from "./rig/database.mjs";
import { Faults, prove, say } from "./rig/report.mjs";

const SECONDS = 900;
const faults = new Faults();
const seen = { answers: 0, ways: new Set() };
let serial = 0;

// A shop with one of everything; `tenant` is its number in the tables.
async function furnished(shop) {
	const mark = `marker-${randomBytes(6).toString("hex")}`, set = await furnish(shop, mark);
	return { shop, set, mark, tenant: tenantOf(set.product.shown.id) };
}

function isRefusal(answer) {
	try {
		refused(answer, answer.status);
		return true;
	} catch {
		return false;
	}
}

// An attack: `mine` asks for what is `theirs`; an answer that shows any of that is a fault wherever it comes from.
class Attack {
	constructor(title, mine, theirs) {
		Object.assign(this, { title, mine, theirs, secrets: [theirs.mark, ...Object.values(theirs.set).flatMap(secrets)] });
	}

	async ask(method, path, { body, headers, wanted = [404] } = {}) {
		const answer = await this.mine.shop.client.send(method, path, { body, headers });
		const at = () => `${this.title}: ${method} ${path} ${JSON.stringify([headers, body])}: ${answer.status} ${answer.raw.slice(0, 300)}`;
		seen.answers++;
		faults.check(wanted.includes(answer.status), at);
		faults.check(answer.status < 400 || method === "HEAD" || isRefusal(answer), at);
		const all = `${answer.raw}\n${JSON.stringify(answer.headers)}`, sent = `${path}\n${JSON.stringify(body)}`;
		for (const secret of this.secrets)
			faults.check(!all.includes(secret) || sent.includes(secret), at);
		return answer;
	}

	// The same of what is foreign and of what does not exist, which must be told alike.
	async alike(method, path, nowhere, options) {
		const plain = ({ status, raw, headers }) => JSON.stringify([status, raw.replace(/req_[0-9a-f]+/g, ""), Object.keys(headers).sort()])
			.replaceAll(path, "").replaceAll(nowhere, "");
		const [there, not] = [await this.ask(method, path, options?.()), await this.ask(method, nowhere, options?.())];
		faults.check(plain(there) === plain(not), () => `${this.title}: ${method} ${path} tells that it exists:\n${there.raw}\n${not.raw}`);
	}
}

// ---- the attacks

// Bodies and headers beside which a way is asked.
async function manners({ method, route }, { mine, theirs }) {
	const body = await inputOf(mine.shop, route, method), etag = theirs.set[route.resource]?.etag ?? "*";
	const headers = [{}, { "if-match": etag }, { "if-none-match": etag }, { "if-none-match": "*" }, { "if-modified-since": new Date().toUTCString() }];
	const all = headers.map((one) => () => ({ body, headers: one }));
	if (method === "GET")
		return all;
	all.push(() => ({ body, headers: { prefer: "dry-run" } }), () => ({ body, headers: { "idempotency-key": `isolation ${++serial}` } }));
	if (["PUT", "PATCH"].includes(method) && !route.special[method]) {
		const whole = await mine.shop.body(of(route.resource));
		all.push(() => ({ body: whole }), () => ({ body: {} }), () => ({ body: { ...body, version: 7 } }));
	}
	return all;
}

async function ways(attack) {
	await each([...asked(attack.theirs.set, attack.mine.set)], async (way) => {
		const { method, path, nowhere, route } = way;
		seen.ways.add(`${method} ${route.pattern}`);
		for (const manner of await manners(way, attack))
			await attack.alike(method, path, nowhere, manner);
		if (method === "GET")
			await attack.alike("HEAD", path, nowhere);
		if (method === "GET" && !route.special.GET)
			await attack.alike("GET", `${path}?fields=id`, `${nowhere}?fields=id`);
	});
}

async function references(attack) {
	const { mine, theirs } = attack, wanted = [404, 409, 422];
	for await (const [method, path, , body] of offers(mine.shop, mine.set, theirs.set)) {
		await attack.ask(method, path, { body, wanted });
		await attack.ask(method, path, { body, wanted, headers: { prefer: "dry-run" } });
	}
	for (const r of resources.filter((one) => can(one, "create", "get", "update")))
		for (const [body] of changes(r, theirs.set))
			for (const method of ["PATCH", "PUT"])
				await attack.ask(method, mine.set[r.name].path, { body, wanted: [422] });
	for (const o of resources.flatMap((r) => r.operations).filter((one) => one.input && ["GET", "DELETE"].includes(one.method)))
		for (const f of settable(shape(o.input)).filter((one) => one.to in theirs.set))
			await attack.ask(o.method, `${await mine.shop.fill(`/${o.path}`)}?${f.name}=${theirs.set[f.to].shown.id}`, { wanted: [200, 400, 404, 422] });
}

// More than a020 asks: every operator, every order, every relation by itself, metadata.
function moreQueries(r, theirs, mark) {
	const word = (name) => encodeURIComponent([theirs[name]].flat().map((one) => (typeof one === "object" ? mark : one))[0] ?? mark);
	return [
		...[...r.members, ...r.fields, ...r.relations].flatMap(({ name, operators = [] }) => operators.map((op) => `filter[${name}][${op}]=${word(name)}&limit=200`)),
		...r.fields.filter((f) => has(f, "sort")).flatMap((f) => [`sort=${f.name}&limit=200`, `sort=-${f.name}&limit=200`]),
		...r.relations.map((rel) => `include=${rel.name}&limit=200`), `filter[metadata.${mark}]=${mark}`, `metadata[${mark}]=${mark}`,
	];
}

async function lists(attack) {
	const { mine, theirs } = attack;
	for (const r of resources.filter((one) => can(one, "list") && mine.set[one.name])) {
		const { shown } = theirs.set[r.name];
		await each([...queries(r, shown, theirs.mark), ...moreQueries(r, shown, theirs.mark)], (query) =>
			attack.ask("GET", `${mine.set[r.name].place}?${query}`, { wanted: [200, 400, 422] }));
	}
}

// A cursor of theirs opens nothing of mine.
async function cursors(attack) {
	for (const r of top.filter((one) => can(one, "list") && makeable(one))) {
		await attack.theirs.shop.make(r);
		const page = await attack.theirs.shop.client.read(`${r.path}?cursor=&limit=1`), cursor = page.pagination.next_cursor;
		if (faults.check(cursor, `${r.path} gives no cursor`))
			await attack.ask("GET", `${r.path}?cursor=${encodeURIComponent(cursor)}&limit=1`, { wanted: [400] });
	}
}

// ---- what must hold for the proof to be able to fail

// What is one's own is shown where what is foreign is not.
async function own({ shop, set }) {
	for (const { r, path, place, shown } of Object.values(set)) {
		faults.check((await shop.client.read(path)).id === shown.id, `${path} is not shown to its owner`);
		if (!can(r, "list"))
			continue;
		const all = [];
		for (let at = ""; at !== undefined;) {
			const page = await shop.client.read(`${place}?limit=200&cursor=${encodeURIComponent(at)}`);
			all.push(...objects(r, page));
			at = page.pagination.next_cursor ?? undefined;
		}
		faults.check(all.some(({ id }) => id === shown.id), `${path} is not in its owner's list`);
	}
}

// ---- keys, hosts, headers

async function doors({ live, sandbox, other }) {
	const { id } = live.shop.tenant, key = (side) => side.shop.client.key;
	const cases = [
		["a live key at the sandbox", new Client(key(live), "sandbox"), {}, 401],
		["a sandbox key at the live side", new Client(key(sandbox)), {}, 401],
		["another tenant's header", new Client(key(other)), { "x-tenant-id": id }, 403],
		["a header for all tenants", new Client(key(other)), { "x-tenant-id": "*" }, 403],
		["its own header", new Client(key(other)), { "x-tenant-id": other.shop.tenant.id }, 200],
		["no key", new Client(), { "x-tenant-id": id }, 401],
	];
	for (const [title, client, headers, wanted] of cases) {
		for (const { path } of top.filter((r) => can(r, "list"))) {
			const answer = await client.get(path, headers);
			faults.check(answer.status === wanted && !answer.raw.includes(live.mark), `${title}: ${path}: ${answer.status}`);
			seen.answers++;
		}
	}
}

await prove(SECONDS, async () => {
	const db = new Database(), tables = await db.tables();
	const [victim, stranger] = [await Shop.open(), await Shop.open()];
	const live = await furnished(victim), other = await furnished(stranger);
	const sandbox = await furnished(new Shop(victim.tenant, await victim.tenant.client({ mode: "sandbox" })));
	for (const side of [live, sandbox, other])
		await own(side);
	const attacks = [
		["another tenant", other, live], ["the victim of another tenant", live, other],
		["the sandbox of the live side", sandbox, live], ["the live side of the sandbox", live, sandbox],
	].map((one) => new Attack(...one));
	for (const attack of attacks) {
		await cursors(attack);
		const before = await dump(db, tables, attack.theirs.tenant);
		for (const work of [ways, references, lists])
			await work(attack);
		const changed = Object.keys(difference(before, await dump(db, tables, attack.theirs.tenant)));
		faults.check(!changed.length, `${attack.title}: changed ${changed.join(", ")} of the other`);
	}
	await doors({ live, sandbox, other });
	say(`${seen.answers} answers, ${seen.ways.size} ways, ${Object.keys(live.set).length} of ${resources.length} resources`);
	faults.report("no answer shows or tells of what is foreign, and nothing foreign changed");
});
