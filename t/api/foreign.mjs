// What proofs that tenants are kept apart share: one of everything on a side, every way to ask for what another side has, and
// bodies and queries that refer to it. Derived: describe says what there is, and a shop makes one of each.
import assert from "node:assert/strict";
import { absent, can, has, isOpen, isSecret, makeable, of, resources, routes, settable, shape, top } from "./conformance.mjs";
import { number, rows } from "./souk.mjs";

// What shops of these tests have no way to: accounts of the ledger with an entry between them, and the queries that find them.
async function post(shop) {
	const n = number((await shop.make(of("product"))).shown.id), own = `FROM products WHERE id = ${n}`;
	rows(`INSERT INTO ledger_accounts (tenant_id, id, created_at, updated_at, kind, type, holder, holder_id)
			SELECT tenant_id, id, created_at, created_at, 'vendor_payable', 'liability', 'vendor', id ${own};
		INSERT INTO ledger_accounts (tenant_id, id, created_at, updated_at, kind, type, holder, holder_id)
			SELECT tenant_id, id + 1, created_at, created_at, 'store_credit', 'liability', 'customer', id ${own};
		INSERT INTO ledger_entries (tenant_id, id, created_at, kind, object_name, object_id, position, debit_account_id, credit_account_id, amount, currency)
			SELECT tenant_id, id, created_at, 'capture', 'product', id, 0, id + 1, id, 1, 'USD' ${own}`);
	return { ledger_account: "filter[kind]=vendor_payable", ledger_entry: "limit=1" };
}

// One of everything, with the mark in every text that may have any, and in metadata.
export async function furnish(shop, mark) {
	const set = {};
	for (const r of [...top, ...resources.filter((one) => one.parent)].filter(makeable)) {
		const body = await shop.body(r, { all: true });
		for (const f of settable(r).filter((f) => ["string", "text"].includes(f.type) && !f.pattern && !f.known && isOpen(r, f) && !(f.max < mark.length) && !isSecret(f)))
			body[f.name] = mark;
		set[r.name] = await shop.make(r, { body: { ...body, metadata: { [mark]: mark } } });
	}
	for (const [name, query] of Object.entries(await post(shop)))
		set[name] = await shop.find(of(name), query);
	for (const r of resources.filter((one) => one.parent && can(one, "get") && !makeable(one))) { /* what came with its owner */
		const { path: owner, shown } = set[r.parent], place = r.path.replace(/\{.*?\}/, shown.id), [child] = await shop.list(r, place);
		set[r.name] = { r, place, owner, path: `${place}/${child.id}`, shown: child };
	}
	return set;
}

// What tells one object from all others, and must not come out.
export const secrets = ({ r, shown }) => [shown.id, ...r.fields.filter((f) => has(f, "unique")).map((f) => shown[f.name])].filter(Boolean);

// What an open segment of a route names: an object of the resource itself, or of the one that the segment is called after.
const named = (route, name) => (name === "id" ? of(route.resource) : of(name.replace(/_id$/, "")));

// Its id in a set; a parent is that of the child that is asked for.
function idIn(set, route, name) {
	const r = of(route.resource), to = named(route, name);
	return name !== "id" && r.parent === to.name && set[r.name] ? set[r.name].place.split("/").at(-2) : set[to.name].shown.id;
}

// Every way of every route to the objects of `set`: nested ones below their own parent and below one of `own`, and what is in
// `own` below a parent in `set`. `nowhere` is the same way to what does not exist.
export function* asked(set, own) {
	for (const route of routes.filter((one) => /\{/.test(one.pattern) && !one.public)) {
		const pattern = route.pattern.replace("{package}", "1"); /* which of them: no object */
		const names = [...pattern.matchAll(/\{(.*?)\}/g)].map((m) => m[1]), last = names.at(-1), to = named(route, last);
		assert.ok(names.every((name) => named(route, name)?.name in set), `nothing to ask ${pattern} for`);
		const filled = (idOf) => names.reduce((path, name) => path.replace(`{${name}}`, idOf(name)), pattern);
		const none = (name) => absent(named(route, name)), theirs = (name) => idIn(set, route, name), ours = (name) => idIn(own, route, name);
		const but = (one, others) => (name) => (name === last ? one(name) : others(name));
		const ways = [[theirs, none]];
		if (names.length > 1)
			ways.push([but(theirs, ours), but(none, ours)], [but(ours, theirs), but(ours, none)]);
		if (last === "id")
			for (const f of to.fields.filter((one) => has(one, "key")))
				for (const owner of names.length > 1 ? [theirs, ours] : [theirs])
					ways.push([but(() => encodeURIComponent(set[to.name].shown[f.name]), owner), but(() => "no-such-one", owner === ours ? ours : none)]);
		for (const method of Object.keys(route.methods))
			for (const [there, nowhere] of ways)
				yield { method, path: filled(there), nowhere: filled(nowhere), route };
	}
}

// What an action, operation, create or update takes, right as far as a descriptor says.
export function inputOf(shop, route, method) {
	const r = of(route.resource), name = route.special[method];
	const does = [...r.actions, ...resources.flatMap((one) => one.operations)].find((one) => one.name === name && one.method === method);
	if (does)
		return does.input && !["GET", "DELETE"].includes(method) ? shop.body(shape(does.input)) : undefined;
	return { POST: () => shop.body(r), PUT: () => ({}), PATCH: () => ({ metadata: { a: "b" } }) }[method]?.();
}

// Bodies that are right but for one reference to what is in `set`, at any depth: [what, body].
export async function* strangers(shop, what, takes, set) {
	for (const f of settable(takes).filter((one) => one.to in set || ["object", "objects"].includes(one.type))) {
		const body = await shop.body(takes);
		if (f.to in set) {
			yield [`${what}.${f.name}`, { ...body, [f.name]: f.type === "id" ? set[f.to].shown.id : [set[f.to].shown.id] }];
			continue;
		}
		for await (const [where, inner] of strangers(shop, `${what}.${f.name}`, shape(f.object), set))
			yield [where, { ...body, [f.name]: f.type === "object" ? inner : [inner] }];
	}
	for (const rel of (takes.relations ?? []).filter((one) => one.kind === "many"))
		for await (const [where, inner] of strangers(shop, `${what}.${rel.name}`, of(rel.to), set))
			yield [where, { ...(await shop.body(takes)), [rel.name]: [inner] }];
}

// The same of everything that is made or done: [method, path, what, body].
export async function* offers(shop, own, set) {
	for (const r of resources.filter((one) => can(one, "create", "get")))
		for await (const [what, body] of strangers(shop, r.name, r, set))
			yield ["POST", own[r.name].place, what, body];
	for (const r of resources)
		for (const o of r.operations.filter((one) => one.input && !["GET", "DELETE"].includes(one.method))) {
			const path = await shop.address(r, o);
			for await (const [what, body] of strangers(shop, o.name, shape(o.input), set))
				yield [o.method, path, what, body];
		}
}

// Changes of one's own object that refer to what is in `set`: [body, the one detail that is told].
export function* changes(r, set) {
	for (const f of settable(r).filter((one) => one.type === "id"))
		yield [{ [f.name]: set[f.to].shown.id }, `${f.name}:${has(f, "create_only") ? "create_only" : "unknown"}`];
	for (const rel of r.relations) {
		const theirs = set[rel.to]?.shown ?? set[r.name].shown[rel.name][0];
		for (const item of rel.kind === "link" ? [theirs[rel.by]] : [{ id: theirs.id }, { id: theirs.id, _delete: true }])
			yield [{ [rel.name]: [item] }, `${rel.name}[0]:unknown`];
	}
}

// What a list can be asked for with words of `theirs`, an object of the same resource.
export function queries(r, theirs, mark) {
	const names = ["name", ...r.fields.filter((f) => has(f, "filter")).map((f) => f.name)];
	return ["", "limit=200", "cursor=&limit=200", "sort=-id", `search=${mark}`, ...names.flatMap((name) => [`filter[${name}]=${mark}`, `filter[${name}][contains]=${mark.slice(0, 4)}`, `filter[${name}]=${encodeURIComponent(theirs[name] ?? mark)}`]),
		`filter[id]=${theirs.id}`, ...r.shorthands.flatMap((s) => [theirs[s.field]].flat().map((v) => `${s.name}=${encodeURIComponent(v)}`)), ...r.fields.flatMap((f) => f.choices ?? []).map((c) => `status=${c.name}`),
		...(r.relations.length ? [`include=${r.relations.map((rel) => rel.name)}`] : [])];
}
