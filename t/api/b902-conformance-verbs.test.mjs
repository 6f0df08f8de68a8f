// Verbs, derived from the descriptors: conditions, repeats, rehearsals, rights, archiving, and the methods of each path.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { can, each, has, isOpen, isRaw, isSecret, limits, makeable, next, of, resources, routes, same, scopes, settable, Shop, versioned, within } from "./conformance.mjs";
import { Client, number, refused, request, rows, status, traces, urls } from "./souk.mjs";

let shop, tenant;

before(async () => {
	shop = await Shop.open();
	const { shown } = await shop.some(resources.find((r) => !r.parent && can(r, "create")).name);
	[tenant] = rows(`SELECT JSON_QUOTE(CAST(tenant_id AS CHAR)) FROM audit_logs WHERE resource_id = ${number(shown.id)} LIMIT 1`);
});

const operations = resources.flatMap((r) => r.operations);
const writable = resources.filter((r) => can(r, "create", "get"));
const left = (one) => traces(one.owner.split("/").pop());
// How much the shop has written in all.
const written = () => rows(`SELECT JSON_ARRAY((SELECT COUNT(*) FROM audit_logs WHERE tenant_id = ${tenant} AND action <> 'access.denied'), (SELECT COUNT(*) FROM events WHERE tenant_id = ${tenant}),
	(SELECT COUNT(*) FROM idempotency_keys WHERE tenant_id = ${tenant}))`)[0];

// A patch that changes the object.
async function change(one) {
	const f = settable(one.r).find((f) => ["string", "text", "integer"].includes(f.type) && isOpen(one.r, f) && !has(f, "create_only"));
	return { [f.name]: await shop.value(one.r, f, next()) };
}

// Every plain write to one object that its verbs allow, as [method, path, body].
async function writes(one) {
	const { r } = one, all = [];
	if (can(r, "update"))
		all.push(["PUT", one.path, await change(one)], ["PATCH", one.path, await change(one)]);
	if (can(r, "archive"))
		all.push(["DELETE", one.path]);
	return all;
}

for (const r of writable) {
	test(`${r.name}: a stale If-Match is 412 on every write and writes nothing, the right one lets it through`, async () => {
		const stale = await shop.made(r), kinds = await writes(stale);
		const before = left(stale);
		for (const [method, path, body] of kinds)
			for (const tag of ['"999.0000000000000000"', `W/"2.x"`, '"nonsense"'])
				refused(await shop.client.send(method, path, { body, headers: { "if-match": tag } }), 412, []);
		if (can(r, "update")) {
			assert.equal(status(await shop.client.patch(stale.path, await change(stale)), 200).body.version, 2);
			for (const [method, path, body] of kinds)
				refused(await shop.client.send(method, path, { body, headers: { "if-match": stale.etag } }), 412, []);
			for (const version of [1, 3])
				refused(await shop.client.patch(stale.path, { ...(await change(stale)), version }), 409, [], "version_mismatch");
			status(await shop.client.patch(stale.path, { ...(await change(stale)), version: 2 }), 200);
			assert.equal(left(stale).audit.length, before.audit.length + 2, "only the two that were let through");
		}
		for (const i of kinds.keys()) {
			const one = await shop.make(r), [method, path, body] = (await writes(one))[i];
			const answer = await shop.client.send(method, path, { body, headers: { "if-match": one.etag } });
			status(answer, method === "DELETE" ? 204 : 200);
		}
	});

	test(`${r.name}: a repeat under one Idempotency-Key is answered with the same bytes and done once, another request is 409`, async () => {
		const place = await shop.place(r), body = await shop.body(r), one = await shop.make(r);
		const creating = [["POST", place, body]];
		for (const i of [...creating, ...(await writes(one))].keys()) {
			const target = await shop.make(r), [method, path, sent] = [...creating, ...(await writes(target))][i];
			const headers = { "idempotency-key": `derived ${r.name} ${i}` };
			const first = await shop.client.send(method, path, { body: sent, headers }), count = written();
			assert.ok(first.status < 300, first.raw);
			for (let again = 0; again < 2; again++) {
				const answer = status(await shop.client.send(method, path, { body: sent, headers }), first.status);
				assert.deepEqual(answer.bytes, first.bytes);
				assert.equal(answer.headers["idempotency-replayed"], "true");
				for (const name of ["location", "etag", "content-type"])
					assert.equal(answer.headers[name], first.headers[name], name);
			}
			assert.equal(first.headers["idempotency-replayed"], undefined);
			if (sent)
				refused(await shop.client.send(method, path, { body: { ...sent, metadata: { other: "1" } }, headers }), 409);
			refused(await shop.client.send(method, `${path}?fields=id`, { body: sent, headers }), 409);
			assert.deepEqual(written(), count, "done once");
		}
	});

	test(`${r.name}: a dry run answers like the write and leaves nothing`, async () => {
		const one = await shop.made(r), body = await shop.body(r), before = [written(), versioned(r, await shop.list(r, one.place))];
		const headers = { prefer: "dry-run", "idempotency-key": `dry ${r.name}` };
		const answer = status(await shop.client.post(one.place, body, headers), 200);
		assert.equal(answer.headers["preference-applied"], "dry-run");
		assert.equal(answer.headers.location, undefined);
		for (const f of settable(r).filter((f) => f.name in body && !isSecret(f)))
			assert.ok(same(f, body[f.name], answer.body[f.name]));
		for (const [method, path, sent] of await writes(one)) {
			const dry = await shop.client.send(method, path, { body: sent, headers });
			assert.equal(status(dry, 200).headers["preference-applied"], "dry-run");
			if (sent)
				assert.equal(dry.body.version, 2);
		}
		refused(await shop.client.post(one.place, { ...body, zzzzzzzz: 1 }, headers), 422);
		assert.deepEqual([written(), versioned(r, await shop.list(r, one.place))], before);
	});
}

// ---- archiving

const readable = (r) => r.readable_archived;

for (const r of writable.filter((r) => can(r, "archive")))
	test(`${r.name}: deleting is 204 and hides it, a second time changes nothing`, async () => {
		const one = await shop.make(r, { all: true }), owner = of(within(r) ?? r.name), count = left(one).audit.length;
		assert.equal(status(await shop.client.delete(one.path), 204).raw, "");
		const { audit, events } = left(one);
		assert.equal(audit.length, count + 1);
		assert.deepEqual([audit.at(-1).action, events.at(-1).type], Array(2).fill(r.events.archived ?? owner.events.updated));
		assert.ok(!(await shop.list(r, one.place)).some((row) => row.id === one.shown.id), "hidden from the list");
		if (within(r))
			refused(await shop.client.delete(one.path), 404);
		else
			status(await shop.client.delete(one.path), 204);
		const answer = await shop.client.get(one.path);
		if (readable(r))
			assert.ok(status(answer, 200).body.archived_at);
		else
			refused(answer, 404);
		if (r.status_field) {
			assert.ok((await shop.list(r, one.place, `&filter[${r.status_field}]=${r.status_archived}`)).some((row) => row.id === one.shown.id));
			if (readable(r))
				assert.equal(answer.body[r.status_field], r.status_archived);
		}
		if (!readable(r) && can(r, "update"))
			refused(await shop.client.patch(one.path, await change(one)), 404);
		assert.deepEqual(left(one), { audit, events });
		for (const f of settable(r).filter((f) => has(f, "unique"))) /* what it held is free again */
			await shop.make(r, { place: one.place, body: { ...(await shop.body(r)), [f.name]: one.shown[f.name] } });
	});

for (const r of writable.filter((r) => settable(r).some((f) => f.name === r.status_field)))
	test(`${r.name}: its ${r.status_field} archives it like a deletion, and a create may begin with it`, async () => {
		const archived = { [r.status_field]: r.status_archived }, one = await shop.make(r), old = await shop.make(r, { body: { ...(await shop.body(r)), ...archived } });
		assert.ok(status(await shop.client.patch(one.path, archived), 200).body.archived_at);
		assert.equal(left(one).events.at(-1).type, r.events.archived);
		assert.ok(old.shown.archived_at);
		assert.equal(left(old).events[0].type, r.events.created);
		const rows = await shop.list(r, one.place);
		for (const { shown, path } of [one, old]) {
			assert.ok(!rows.some((row) => row.id === shown.id), "hidden from the list");
			if (readable(r))
				assert.equal((await shop.read(r, path))[r.status_field], r.status_archived);
			status(await shop.client.delete(path), 204);
		}
	});

// ---- rights

test("a key that has every scope but the one of a route is refused there, and nobody without a key is let in", async () => {
	const ways = routes.filter((route) => !route.public).flatMap((route) => Object.entries(route.methods).map(([method, scope]) => ({ method, scope, route })));
	const asked = new Set(ways.map((way) => way.scope)), keys = new Map();
	await each([...asked], async (scope) => keys.set(scope, await shop.tenant.client({ scopes: scopes.filter((one) => one !== scope).join(",") })), 3);
	const count = written();
	await each(ways, async ({ method, scope, route }) => {
		const path = route.pattern.replace(/\{(.*?)\}/g, "none_1"), body = ["POST", "PUT", "PATCH"].includes(method) ? {} : undefined;
		const answer = await keys.get(scope).send(method, path, { body });
		assert.equal(answer.status, 403, `${method} ${route.pattern}`);
		assert.equal(status(await new Client(undefined).send(method, path, { body }), 401).headers["www-authenticate"] !== undefined, true);
		if (method !== "HEAD")
			assert.ok(refused(answer, 403).message.includes(scope), "it says which scope is needed");
	});
	assert.deepEqual(written(), count);
});

for (const r of writable.filter((r) => settable(r).some((f) => f.scope)))
	test(`${r.name}: a field with a scope of its own is neither shown nor taken nor asked about without it`, async () => {
		for (const f of settable(r).filter((f) => f.scope)) {
			const without = await shop.tenant.client({ scopes: scopes.filter((one) => one !== f.scope).join(",") });
			const one = await shop.made(r, { all: true }), blind = new Shop(shop.tenant, without), sent = { [f.name]: one.shown[f.name] };
			assert.notEqual(one.shown[f.name], null);
			assert.equal(f.name in (await blind.read(r, one.path)), false);
			for (const row of await blind.list(r, one.place))
				assert.equal(f.name in row, false);
			refused(await without.get(`${one.path}?fields=${f.name}`), 403);
			refused(await without.post(one.place, { ...(await shop.body(r)), ...sent }), 422, [`${f.name}:scope`]);
			refused(await without.patch(one.path, { [f.name]: null }), 422, [`${f.name}:scope`]);
			assert.equal(f.name in status(await without.patch(one.path, await change(one)), 200).body, false);
			for (const query of [`filter[${f.name}]=1`, `sort=${f.name}`])
				assert.ok([400, 403].includes((await without.get(`${one.place}?${query}`)).status), query);
			assert.equal((await shop.read(r, one.path))[f.name], one.shown[f.name]);
			if (within(r)) { /* nor through the owner */
				const rel = of(r.parent).relations.find((rel) => rel.to === r.name).name;
				assert.ok((await without.read(`${one.owner}?include=${rel}`))[rel].every((child) => !(f.name in child)));
				refused(await without.patch(one.owner, { [rel]: [{ id: one.shown.id, ...sent }] }), 422, [`${rel}[0].${f.name}:scope`]);
			}
		}
	});

// ---- methods

test("OPTIONS tells the methods of each path, every other is 405 with them, and HEAD is GET without a body", async () => {
	const made = new Map(await each(resources.filter(makeable), async (r) => [r.name, await shop.make(r)]));
	const urlOf = async (route, path) => {
		const asked = operations.find((o) => o.name === route.special.GET);
		return new URL(asked ? `/v2${await shop.address(of(route.resource), asked)}` : path, urls.live).href;
	};
	/* All that is needed is made first, or a list would change between the two times that it is read. */
	const ready = await each(routes, async (route) => {
		const one = made.get(route.resource), isThere = !route.public && (one || (route.resource && !route.pattern.includes("{id}")));
		const path = isThere ? `/v2${await shop.fill(route.pattern.slice(3), one)}` : route.pattern;
		return { route, isThere, path, url: await urlOf(route, path) };
	});
	await each(ready, async ({ route, isThere, path, url }) => {
		const authorization = `Bearer ${shop.client.key}`;
		const allow = [...Object.keys(route.methods), "OPTIONS"].join(", ");
		assert.equal(status(await request("OPTIONS", url), 204).headers.allow, allow, path);
		for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "FLY"].filter((m) => !(m in route.methods))) {
			const answer = status(await request(method, url, { headers: { authorization } }), 405);
			assert.equal(answer.headers.allow, allow, `${method} ${path}`);
		}
		if (!("HEAD" in route.methods) || !isThere || isRaw(route, "GET"))
			return;
		const still = of(route.resource).fields.some((f) => has(f, "unversioned")) ? `${url}?fields=id` : url; /* what changes by being used */
		const [get, head] = [await request("GET", still, { headers: { authorization } }), await request("HEAD", still, { headers: { authorization } })];
		assert.equal(status(head, 200).raw, "");
		for (const name of ["etag", "content-type", "content-length", "cache-control", "last-modified", "vary", "link"])
			assert.equal(head.headers[name], get.headers[name], `${name} of ${path}`);
		for (const method of get.headers.etag ? ["GET", "HEAD"] : [])
			status(await request(method, still, { headers: { authorization, "if-none-match": get.headers.etag } }), 304);
	});
});

test("what no verb allows is not routed, and what is routed is a resource's or public", () => {
	const special = routes.flatMap((route) => Object.keys(route.special).filter((method) => method !== "HEAD" && !isRaw(route, method)));
	assert.equal(special.length, resources.flatMap((r) => [...r.actions, ...r.operations, ...r.listings]).length, "all that is special is declared");
	for (const r of resources) {
		const ways = (path) => routes.filter((route) => route.pattern === `/v2${path}`).flatMap((route) => Object.keys(route.methods).filter((method) => !(method in route.special)));
		const declared = [...r.actions.map((a) => [a.method, `${r.path}/{id}/${a.name}`, a.name]), ...r.operations.map((o) => [o.method, `/${o.path}`, o.name]), ...r.listings.map((l) => ["GET", `/${l.path}`, l.field])];
		const expected = (pairs) => pairs.filter(([verb]) => can(r, verb)).flatMap(([, names]) => names).sort();
		assert.deepEqual(ways(r.path).sort(), expected([["list", ["GET", "HEAD"]], ["create", ["POST"]]]), r.name);
		assert.deepEqual(ways(`${r.path}/{id}`).sort(), expected([["get", ["GET", "HEAD"]], ["update", ["PUT", "PATCH"]], ["archive", ["DELETE"]]]), r.name);
		for (const [method, path, name] of declared)
			assert.ok(routes.some((route) => route.pattern === `/v2${path}` && route.special[method] === name), `${method} ${path}`);
	}
	assert.ok(routes.every((route) => route.public || Object.values(route.methods).every(Boolean)), "a route that is not public has a scope for each method");
	assert.ok(limits.limit_max >= limits.limit_default);
});
