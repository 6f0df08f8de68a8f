// S1: no object crosses a tenant or a mode. Every route that the descriptors make is asked for ids of another tenant and
// of the other side of the same tenant, by itself and beside ids of one's own; every reference, link, filter, sort,
// search, cursor and condition as well. The answer is the same as for an id that does not exist, what is foreign stays
// as it was, and no answer shows a marker, of which the foreign data is full.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";

import { Client, isError } from "./rig/client.mjs";
import { Database, difference, dump } from "./rig/database.mjs";
import { Faults, ok, prove, say } from "./rig/report.mjs";
import { newShop } from "./rig/shop.mjs";

const SECONDS = 300;
const { resources } = JSON.parse(execFileSync(process.env.SOUK_CTL, ["describe", "--json"], { maxBuffer: 1 << 26 }));
const byName = Object.fromEntries(resources.map((r) => [r.name, r]));

// What a write of each resource may send; `mark` stands in every text, `n` makes unique what must be.
const bodies = {
	api_key: (mark) => ({ name: mark, scopes: ["products:read"] }),
	category: (mark, n) => ({ name: { en: mark, es: mark }, slug: `${mark}-${n}`, description: mark, metadata: { mark } }),
	image: (mark, n) => ({ url: `https://cdn.example.com/${mark}/${n}.jpg`, alt: { en: mark, es: mark } }),
	product: (mark, n) => ({
		name: { en: mark, es: mark }, description: mark, sku: `${mark}-${n}`, price: 77.31, cost: 33.17, brand: mark,
		status: "active", tax_class: mark, metadata: { mark },
	}),
	variant: (mark, n) => ({ sku: `${mark}-v${n}`, name: mark, price: 78.31, attributes: { mark } }),
};

// What no client creates is there when the others have been made.
const isMade = ({ verbs }) => verbs.includes("create");
const objectsOf = (r, page) => page.json?.[r.list_name ?? "data"] ?? [];

let serial = 0;
const faults = new Faults();
const seen = { answers: 0, routes: new Set() };

// ---- the data of one side: for each resource an object, `at` its path

async function furnish(side, mark) {
	const made = {};
	const top = resources.filter((r) => !r.parent);
	for (const r of [...top, ...resources.filter((r) => r.parent)].filter(isMade)) {
		const collection = r.parent ? r.path.replace(/\{.*?\}/, made[r.parent].id) : r.path;
		const body = bodies[r.name](mark, ++serial);
		for (const link of r.relations.filter(({ kind }) => kind === "link"))
			body[link.name] = [made[link.to].body[link.by]];
		const object = await side.client.make("POST", collection, body);
		made[r.name] = { id: object.id, body, collection, at: `${collection}/${object.id}` };
	}
	for (const r of resources.filter((one) => !isMade(one))) {
		const [object] = objectsOf(r, await side.client.get(r.path));
		made[r.name] = { id: object.id, body: object, collection: r.path, at: `${r.path}/${object.id}` };
	}
	for (const one of Object.values(made))
		one.etag = (await side.client.get(one.at)).headers.etag;
	return made;
}

// ---- asking

// An attack: `mine` asks for what is `theirs`; an answer that shows a mark of theirs is a fault wherever it comes from.
class Attack {
	constructor(title, client, mine, theirs, mark) {
		Object.assign(this, { title, client, mine, theirs, mark });
	}

	async ask(method, path, { body, headers, wanted = [404], why = "" } = {}) {
		const answer = await this.client.send(method, path, body, headers);
		const at = () => `${this.title}: ${method} ${path} ${why} ${JSON.stringify(headers ?? {})}: ` +
			`${answer.status} ${answer.text.slice(0, 300)}`;
		seen.answers++;
		faults.check(wanted.includes(answer.status), at);
		faults.check(answer.status < 400 || method === "HEAD" || isError(answer), at);
		const all = `${answer.text}\n${JSON.stringify(answer.headers)}`;
		const own = [path, JSON.stringify(body ?? "")].join("\n");
		faults.check(!all.includes(this.mark) || own.includes(this.mark), at);
		for (const { id } of Object.values(this.theirs))
			faults.check(!all.includes(id) || own.includes(id), at);
		return answer;
	}

	// The same of what is foreign and of what does not exist, which must be told alike.
	async alike(method, path, absent, options) {
		const [there, nowhere] = [await this.ask(method, path, options), await this.ask(method, absent, options)];
		const plain = (answer) => JSON.stringify([answer.status, answer.text.replace(/req_[0-9a-f]+/g, ""),
			Object.keys(answer.headers).sort()]).replaceAll(path, "").replaceAll(absent, "");
		faults.check(plain(there) === plain(nowhere), () =>
			`${this.title}: ${method} ${path} tells that it exists:\n${there.text}\n${nowhere.text}`);
	}
}

const idLike = (r) => `${r.prefix}_0cngn${serial.toString(16).padStart(8, "0")}`;

// ---- the attacks on one resource

function objectPaths(attack, r) {
	const { mine, theirs } = attack;
	const absent = () => idLike(r);
	if (!r.parent)
		return [[theirs[r.name].at, `${r.path}/${absent()}`]];
	const below = (owner, id) => `${r.path.replace(/\{.*?\}/, owner)}/${id}`;
	const [foreign, own] = [theirs[r.parent].id, mine[r.parent].id];
	return [
		[below(foreign, theirs[r.name].id), below(foreign, absent())],
		[below(own, theirs[r.name].id), below(own, absent())],
		[below(foreign, mine[r.name].id), below(idLike(byName[r.parent]), mine[r.name].id)],
	];
}

async function objects(attack, r) {
	const etag = attack.theirs[r.name].etag;
	for (const [path, absent] of objectPaths(attack, r)) {
		serial++;
		const patch = bodies[r.name]?.(`own-${serial}`, serial);
		const verbs = new Set(r.verbs);
		if (verbs.has("get")) {
			seen.routes.add(`GET ${r.path}/{id}`);
			await attack.alike("GET", path, absent);
			await attack.alike("HEAD", path, absent);
			await attack.alike("GET", path, absent, { headers: { "if-none-match": etag } });
			await attack.alike("GET", path, absent, { headers: { "if-modified-since": new Date().toUTCString() } });
			await attack.alike("GET", `${path}?fields=id`, `${absent}?fields=id`);
		}
		if (verbs.has("update")) {
			for (const method of ["PUT", "PATCH"]) {
				seen.routes.add(`${method} ${r.path}/{id}`);
				await attack.alike(method, path, absent, { body: patch });
				await attack.alike(method, path, absent, { body: {} });
				await attack.alike(method, path, absent, { body: patch, headers: { prefer: "dry-run" } });
				await attack.alike(method, path, absent, { body: patch, headers: { "if-match": etag } });
				await attack.alike(method, path, absent, { body: { ...patch, version: 7 } });
			}
			await attack.ask("PATCH", path, { body: patch, headers: { "idempotency-key": `patch-${serial}` } });
		}
		if (verbs.has("archive")) {
			seen.routes.add(`DELETE ${r.path}/{id}`);
			await attack.alike("DELETE", path, absent);
			await attack.alike("DELETE", path, absent, { headers: { "if-match": etag } });
		}
		for (const { name, method, input } of r.actions) {
			seen.routes.add(`${method} ${r.path}/{id}/${name}`);
			await attack.alike(method, `${path}/${name}`, `${absent}/${name}`, input ? { body: {}, wanted: [404, 422] } : {});
		}
	}
}

// Operations and listings that name an object: what is foreign is told like what is not there, with whatever is wrong beside it.
async function operations(attack, r) {
	for (const { method = "GET", path, input } of [...r.operations, ...r.listings]) {
		const to = [...path.matchAll(/\{(.*?)\}/g)].map(([segment, name]) => [segment, name === "id" ? r : byName[name.replace(/_id$/, "")]]);
		if (!to.length || !to.every(([, one]) => one && attack.theirs[one.name]))
			continue;
		const filled = (id) => to.reduce((at, [segment, one]) => at.replace(segment, id(one)), `/${path}`);
		seen.routes.add(`${method} /${path}`);
		await attack.alike(method, filled((one) => attack.theirs[one.name].id), filled(idLike),
			{ body: input && !["GET", "DELETE"].includes(method) ? {} : undefined, wanted: input ? [400, 404, 422] : [404] });
	}
}

// An object found by another name than its id.
async function keys(attack, r) {
	for (const { name } of r.fields.filter(({ flags }) => flags.includes("key"))) {
		const value = encodeURIComponent(attack.theirs[r.name].body[name]);
		const top = r.parent ? byName[r.parent].path : r.path;
		const paths = [`${top}/${value}`];
		if (r.parent)
			paths.push(`${attack.mine[r.name].collection}/${value}`, `${attack.theirs[r.name].collection}/${value}`);
		for (const path of paths) {
			for (const method of ["GET", "PUT", "DELETE"])
				await attack.ask(method, path, { body: method === "PUT" ? {} : undefined, why: "by its key" });
		}
	}
}

async function nestedCollections(attack, r) {
	const [foreign, absent] = [attack.theirs[r.name].collection, r.path.replace(/\{.*?\}/, idLike(byName[r.parent]))];
	const body = bodies[r.name](`own-${++serial}`, serial);
	seen.routes.add(`GET ${r.path}`).add(`POST ${r.path}`);
	await attack.alike("GET", foreign, absent);
	await attack.alike("POST", foreign, absent, { body });
	await attack.ask("POST", foreign, { body, headers: { "idempotency-key": `post-${serial}` } });
}

// What a list can be asked; an answer with anything of theirs is a fault.
async function lists(attack, r) {
	const { mine, theirs } = attack;
	const collection = mine[r.name].collection;
	const list = (query, wanted = [200, 400, 422]) => attack.ask("GET", `${collection}?${query}`, { wanted, why: "" });
	seen.routes.add(`GET ${r.path}`);
	await list("limit=200", [200]);
	await list("cursor=&limit=200", [200]);
	for (const { name } of r.relations)
		await list(`include=${name}&limit=200`);
	for (const { name, flags, operators } of r.fields) {
		const value = encodeURIComponent([theirs[r.name].body[name]].flat().map((v) => v?.en ?? v ?? "")[0]);
		for (const operator of operators ?? [])
			await list(`filter[${name}][${operator}]=${value}&limit=200`);
		if (flags.includes("sort"))
			await list(`sort=-${name}&limit=200`, [200]);
	}
	for (const { name, operators = [], to } of r.relations) {
		const link = encodeURIComponent(theirs[to].body[r.relations.find((x) => x.name === name).by] ?? "");
		for (const operator of operators)
			await list(`filter[${name}][${operator}]=${link}&limit=200`);
	}
	for (const { name } of r.shorthands)
		await list(`${name}=${encodeURIComponent(attack.mark)}`);
	await list(`search=${encodeURIComponent(attack.mark)}`);
	await list(`filter[id]=${theirs[r.name].id}`);
	await list(`filter[metadata.mark]=${encodeURIComponent(attack.mark)}`);
	await list(`metadata[mark]=${encodeURIComponent(attack.mark)}`);
}

// References and links to what is foreign, in bodies of one's own.
async function references(attack, r) {
	const { mine, theirs } = attack;
	const bad = async (more, why) => {
		const body = { ...bodies[r.name](`own-${++serial}`, serial), ...more };
		await attack.ask("POST", mine[r.name].collection, { body, wanted: [422], why });
		await attack.ask("PATCH", mine[r.name].at, { body: more, wanted: [422], why });
	};
	for (const field of r.fields.filter(({ type }) => type === "ref"))
		await bad({ [field.name]: theirs[field.to ?? r.name].id }, `a foreign ${field.name}`);
	for (const { name, kind, to, by } of r.relations) {
		if (kind === "link")
			await bad({ [name]: [theirs[to].body[by]] }, `a foreign ${to}`);
		else
			await bad({ [name]: [{ ...bodies[to](`own-${++serial}`, serial), id: theirs[to].id }] }, `a foreign ${to}`);
		if (kind === "many")
			await bad({ [name]: [{ id: theirs[to].id, _delete: true }] }, `a foreign ${to} to delete`);
	}
}

// The proof can fail: what is one's own is shown where what is foreign is not.
async function own(attack, r) {
	const { at, id } = attack.mine[r.name];
	const answer = await attack.ask("GET", at, { wanted: [200] });
	faults.check(answer.json?.id === id, `${attack.title}: ${at} is not shown to its owner`);
	const page = await attack.ask("GET", `${attack.mine[r.name].collection}?limit=200`, { wanted: [200] });
	faults.check(objectsOf(r, page).some((object) => object.id === id), `${attack.title}: ${at} is not in its owner's list`);
}

async function attackAll(attack) {
	for (const r of resources) {
		await own(attack, r);
		await objects(attack, r);
		await keys(attack, r);
		await operations(attack, r);
		if (r.parent)
			await nestedCollections(attack, r);
		await lists(attack, r);
		if (isMade(r))
			await references(attack, r);
	}
}

// ---- keys, hosts, headers

async function doors(victim, other, mark) {
	const live = process.env.SOUK_URL, sandbox = process.env.SOUK_SANDBOX_URL;
	const cases = [
		["a live key at the sandbox", victim.live.key, sandbox, {}, 401],
		["a sandbox key at the live side", victim.sandbox.key, live, {}, 401],
		["another tenant's header", other.live.key, live, { "x-tenant-id": victim.live.publicId }, 403],
		["a header for all tenants", other.live.key, live, { "x-tenant-id": "*" }, 403],
		["its own header", other.live.key, live, { "x-tenant-id": other.live.publicId }, 200],
		["no key", "", live, { "x-tenant-id": victim.live.publicId }, 401],
	];
	for (const [title, key, url, headers, status] of cases) {
		for (const { path, parent } of resources) {
			if (parent)
				continue;
			const answer = await new Client(key, { url }).get(path, headers);
			faults.check(answer.status === status && !answer.text.includes(mark), `${title}: ${path}: ${answer.status}`);
			seen.answers++;
		}
	}
}

// A cursor of theirs opens nothing of mine.
async function cursors(attack, theirClient) {
	for (const r of resources.filter(({ parent }) => !parent)) {
		if (isMade(r))
			await theirClient.make("POST", r.path, bodies[r.name](attack.mark, ++serial));
		const page = await theirClient.get(`${r.path}?cursor=&limit=1`);
		const cursor = page.json.pagination.next_cursor;
		if (faults.check(cursor, `${r.path} gives no cursor: ${page.text}`))
			await attack.ask("GET", `${r.path}?cursor=${encodeURIComponent(cursor)}&limit=1`, { wanted: [400], why: "a foreign cursor" });
	}
}

await prove(SECONDS, async () => {
	const without = resources.filter((r) => isMade(r) && !bodies[r.name]).map(({ name }) => name);
	if (!ok(!without.length, "every resource that is created has a body here", without.join(", ")))
		return;
	const db = new Database();
	const tables = await db.tables();
	const [victim, other] = [await newShop(db), await newShop(db)];
	const marks = [0, 1, 2].map(() => `marker-${randomBytes(6).toString("hex")}`);
	const sides = [victim.live, victim.sandbox, other.live];
	const made = [];
	for (const [i, side] of sides.entries())
		made.push(await furnish(side, marks[i]));
	const attacks = [
		["another tenant", 2, 0], ["the victim of another tenant", 0, 2],
		["the sandbox of the live side", 1, 0], ["the live side of the sandbox", 0, 1],
	].map(([title, mine, theirs]) => ({
		attack: new Attack(title, sides[mine].client, made[mine], made[theirs], marks[theirs]),
		their: sides[theirs],
	}));
	for (const { attack, their } of attacks)
		await cursors(attack, their.client);
	for (const { attack, their } of attacks) {
		const before = await dump(db, tables, their.tenant);
		await attackAll(attack);
		const changed = Object.keys(difference(before, await dump(db, tables, their.tenant)));
		faults.check(!changed.length, `${attack.title}: changed ${changed.join(", ")} of the other`);
	}
	await doors(victim, other, marks[0]);
	say(`${seen.answers} answers, ${seen.routes.size} routes, ${resources.length} resources`);
	faults.report("no answer shows or tells of what is foreign, and nothing foreign changed");
});
