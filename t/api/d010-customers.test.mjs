// Customers: one for each address of e-mail, whatever its case; found by address, name and day; kept when they are gone.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, refused, statements, status, traces } from "./souk.mjs";

let t, s, made = 0;

before(async () => {
	t = await makeTenant();
	s = t.live;
});

const customer = (more = {}) => ({ email: `customer-${++made}@example.com`, first_name: "Jane", last_name: "Doe", ...more });
const ids = async (query) => (await s.read(`/customers?${query}`)).data.map((c) => c.id);

test("a customer is shown as it was given", async () => {
	const sent = customer({ email: "Jane.DOE+1@Example.com", phone: "+1-555-0123", language: "pt-BR", tags: ["vip", "newsletter"], note: "Rings\nfirst", metadata: { crm: "77" } });
	const answer = status(await s.post("/customers", sent), 201), got = answer.body;
	assert.match(got.id, /^cust_[0-9a-z]{13}$/);
	assert.equal(answer.headers.location, `/v2/customers/${got.id}`);
	for (const [name, value] of Object.entries(sent))
		assert.deepEqual(got[name], value, name);
	assert.deepEqual([got.object, got.status, got.version], ["customer", "active", 1]);
	const shown = status(await s.get(`/customers/${got.id}`), 200);
	assert.deepEqual(shown.body, got);
	assert.equal(shown.headers["cache-control"], "private, max-age=60, must-revalidate");
});

test("customers are found by the beginning of either name or of both, whatever case and accents", async () => {
	const make = async (first_name, last_name) => (await s.make("/customers", customer({ first_name, last_name }))).id;
	const [both, first, last, other] = [await make("Zoë", "van Dyk"), await make("Zoé"), await make(null, "Zoe"), await make("Dyk", "Zöllner")];
	const found = async (name) => (await ids(`name=${encodeURIComponent(name)}&sort=created_at`));
	assert.deepEqual(await found("zoe"), [both, first, last]);
	assert.deepEqual(await found("ZOË V"), [both]);
	assert.deepEqual(await found("van d"), [both]);
	assert.deepEqual(await found("dyk zöll"), [other]);
	assert.deepEqual(await found("zöllner"), [other]);
	for (const none of ["zoe d", "yk", "zo%", "_oe", "Dyk Zoë"])
		assert.deepEqual(await found(none), [], none);
	status(await s.patch(`/customers/${other}`, { first_name: null }), 200);
	assert.deepEqual([await found("dyk"), await found("zöllner")], [[], [other]]);
	assert.deepEqual(await ids("search=van%20d"), [both]);
	assert.deepEqual(await ids("name=zoe&email=nobody@example.com"), []);
	assert.deepEqual(await ids("name=zoe&limit=2&cursor="), [last, first]);
	const page = await s.read("/customers?name=zoe&limit=2&cursor=");
	assert.deepEqual(await ids(`name=zoe&limit=2&cursor=${page.pagination.next_cursor}`), [both]);
	refused(await s.get(`/customers?filter[last_name][starts_with]=zoe&limit=2&cursor=${page.pagination.next_cursor}`), 400);
	refused(await s.get("/customers?name="), 400, ["name:value"]);
	for (const name of ["filter[name]=x", "filter[name][eq]=x", "sort=name", "fields=name"])
		refused(await s.get(`/customers?${name}`), 400);
	refused(await s.post("/customers", customer({ name: "Jane Doe" })), 422, ["name:unknown_field"]);
	assert.equal("name" in traces(both).audit[0].changes, false);
});

test("addresses of e-mail are well formed", async () => {
	const good = ["a@b.co", "first.last+tag@sub.example.co.uk", "o'hara@example.com", "josé@exämple.de", `${"l".repeat(64)}@${"d".repeat(60)}.com`];
	for (const email of good)
		assert.equal((await s.make("/customers", { email })).email, email);
	for (const [email, reason] of [
		["", "blank"], ["plain", "pattern"], ["@example.com", "pattern"], ["a@", "pattern"], ["a@example", "pattern"], ["a b@example.com", "pattern"], ["a@exam ple.com", "pattern"],
		["a@b@example.com", "pattern"], [".a@example.com", "pattern"], ["a.@example.com", "pattern"], ["a..b@example.com", "pattern"], ["a@.example.com", "pattern"], ["a@example..com", "pattern"],
		["a@example.com.", "pattern"], ["Jane <a@example.com>", "pattern"], ["a@example.com,b@example.com", "pattern"], ["\"a\"@example.com", "pattern"], ["a@example.com\n", "pattern"],
		["a\u0000@example.com", "pattern"], [`${"x".repeat(250)}@e.co`, "too_long"], [7, "type"], [null, "required"], [["a@example.com"], "type"],
	])
		refused(await s.post("/customers", customer({ email })), 422, [`email:${reason}`]);
	refused(await s.post("/customers", { first_name: "Jane" }), 422, ["email:required"]);
});

test("an address is one customer's, whatever its case; accents make another", async () => {
	const one = await s.make("/customers", customer({ email: "Taken@Example.com" }));
	for (const email of ["taken@example.com", "TAKEN@EXAMPLE.COM", "Taken@Example.com"])
		refused(await s.post("/customers", customer({ email })), 409, ["email:taken"], "taken");
	const other = await s.make("/customers", customer({ email: "takén@example.com" }));
	refused(await s.patch(`/customers/${other.id}`, { email: "taken@EXAMPLE.com" }), 409, ["email:taken"], "taken");
	assert.equal(status(await s.patch(`/customers/${one.id}`, { email: "tAKEN@example.com" }), 200).body.email, "tAKEN@example.com");
	const elsewhere = await makeTenant();
	await elsewhere.live.make("/customers", customer({ email: "taken@example.com" }));
});

test("of twenty that take one address at once, one gets it", async () => {
	const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => s.post("/customers", { email: i % 2 ? "race@example.com" : "RACE@example.com" })));
	assert.equal(answers.filter((a) => a.status === 201).length, 1);
	answers.filter((a) => a.status !== 201).forEach((a) => refused(a, 409, ["email:taken"], "taken"));
});

test("deleting archives: hidden, readable by id, and the address is free", async () => {
	const { id, email } = await s.make("/customers", customer());
	status(await s.delete(`/customers/${id}`), 204);
	status(await s.delete(`/customers/${id}`), 204);
	const got = await s.read(`/customers/${id}`);
	assert.equal(got.status, "archived");
	assert.ok(got.archived_at);
	assert.deepEqual(await ids(`email=${email}`), []);
	assert.deepEqual(await ids(`email=${email}&status=archived`), [id]);
	const heir = await s.make("/customers", { email: email.toUpperCase() });
	refused(await s.patch(`/customers/${id}`, { status: "active" }), 409, ["email:taken"], "taken");
	status(await s.put(`/customers/${heir.id}`, { status: "archived" }), 200);
	assert.equal(status(await s.patch(`/customers/${id}`, { status: "active" }), 200).body.archived_at, undefined);
	assert.deepEqual(traces(id).events.map((e) => e.type), ["customer.created", "customer.deleted", "customer.updated"]);
});

test("customers are found by address, in any case, whole or by its beginning", async () => {
	const { id } = await s.make("/customers", customer({ email: "Fin.Der@example.org" }));
	for (const query of ["email=fin.der@EXAMPLE.org", "filter[email]=FIN.DER@example.org", "filter[email][starts_with]=FIN.", "search=fin.d", "filter[email][ends_with]=DER@example.org"])
		assert.deepEqual(await ids(query), [id], query);
	for (const query of ["email=fin.der", "email=fín.der@example.org", "search=der@example", "filter[email][starts_with]=%25"])
		assert.deepEqual(await ids(query), [], query);
});

test("customers are found by their tags, also when those change", async () => {
	const own = (await makeTenant()).live, found = async (query) => (await own.read(`/customers?${query}`)).data.map((c) => c.id);
	const make = async (tags) => (await own.make("/customers", customer({ tags }))).id;
	const [vip, both, none, odd] = [await make(["vip"]), await make(["news", "vip"]), await make([]), await make(["VIP", "a,b", "\"q\" \\ é %", "vi"])];
	for (const [query, ids] of [
		["tags=vip", [both, vip]], ["tags=vip,news", [both, vip]], ["filter[tags][in]=news", [both]], ["tags=VIP", [odd]], ["tags=vi", [odd]], ["tags=v%25", []], ["tags=a%5C,b", [odd]],
		[`tags=${encodeURIComponent("\"q\" \\ é %")}`, [odd]], ["filter[tags][ne]=vip", [odd, none]], ["filter[tags][nin]=vip,VIP", [none]], ["tags=", [none]], ["filter[tags][ne]=", [odd, both, vip]],
		["tags=,news", [none, both]], ["filter[tags][eq]=vip&filter[tags][in]=news", [both]], ["tags=vip&limit=1&cursor=", [both]], ["tags=vip&sort=email", [vip, both]], ["tags=vip&status=archived", []],
		["tags=vip&name=jane%20d", [both, vip]], ["filter[tags][in]=vip,news&sort=-email&name=jane", [both, vip]], ["tags=vip&search=customer-", [both, vip]],
	])
		assert.deepEqual(await found(query), ids, query);
	status(await own.patch(`/customers/${vip}`, { tags: ["gold", "news"] }), 200);
	assert.deepEqual([await found("tags=vip"), await found("tags=news"), await found("tags=gold")], [[both], [both, vip], [vip]]);
	assert.deepEqual(status(await own.patch(`/customers/${vip}`, { tags: null }), 200).body.tags, []);
	assert.deepEqual(await found("tags=news"), [both]);
	status(await own.delete(`/customers/${both}`), 204);
	assert.deepEqual([await found("tags=vip"), await found("tags=vip&status=archived")], [[], [both]]);
	assert.deepEqual((await s.read("/customers?tags=gold")).data, [], "another tenant's");
	const page = await own.read("/customers?tags=VIP&limit=1&cursor=");
	assert.equal(page.pagination.next_cursor, null);
	refused(await own.post("/customers", customer({ tags: ["a", "b", "a", "b"] })), 422, ["tags[2]:twice", "tags[3]:twice"]);
	refused(await own.post("/customers", customer({ tags: "vip" })), 422, ["tags:type"]);
	refused(await own.get("/customers?filter[tags][contains]=v"), 400, ["filter[tags][contains]:unknown"]);
	refused(await own.get("/customers?sort=tags"), 400, ["sort:unknown"]);
});

// The fewest statements of several tries: a worker that has not seen the key lately looks it up.
async function fewest(ask) {
	const all = [];
	for (let i = 0; i < 8; i++)
		all.push(statements(await ask()));
	return Math.min(...all);
}

test("a customer with tags takes no more statements than one with metadata, and a page of them one", async () => {
	const writes = [];
	for (const more of [{ metadata: { a: "1" } }, { tags: ["x", "y"] }, { tags: ["x", "y"], metadata: { a: "1", b: "2" } }])
		writes.push(await fewest(async () => status(await s.post("/customers", customer(more)), 201)));
	assert.deepEqual(writes, Array(3).fill(writes[0]));
	assert.equal(await fewest(async () => status(await s.get("/customers?tags=x&cursor="), 200)), 1);
});

test("customers are found by the days on which they were made, days being those of the zone", async () => {
	const { id, created_at: at } = await s.make("/customers", customer()), zone = "Pacific/Kiritimati";
	const day = (ms, timeZone = "UTC") => new Intl.DateTimeFormat("en-CA", { timeZone }).format(new Date(Date.parse(at) + ms));
	const own = async (query, headers) => status(await s.get(`/customers?email=${(await s.read(`/customers/${id}`)).email}&${query}`, headers), 200).body.data.length;
	assert.equal(await own(`created_from=${day(0)}&created_to=${day(0)}`), 1);
	assert.equal(await own(`created_from=${at}&created_to=${at}`), 1);
	assert.equal(await own(`created_to=${day(-86400000)}`), 0);
	assert.equal(await own(`created_from=${day(86400000)}`), 0);
	assert.equal(await own(`created_from=${day(0, zone)}&created_to=${day(0, zone)}`, { "x-timezone": zone }), 1);
	for (const query of ["created_from=yesterday", "created_to=2026-02-30", "created_from="])
		refused(await s.get(`/customers?${query}`), 400, [`${query.split("=")[0]}:value`]);
});

test("what is out of bounds is refused, each fault named", async () => {
	const wrong = { email: "x", first_name: " ", last_name: "é".repeat(256), phone: "call me", language: "english!", tags: Array(51).fill("t"), status: "gone", note: "x".repeat(5001), metadata: [] };
	refused(await s.post("/customers", wrong), 422, ["email:pattern", "first_name:blank", "last_name:too_long", "phone:pattern", "language:pattern", "tags:count", "status:not_a_choice", "note:too_long", "metadata:type"]);
	refused(await s.post("/customers", customer({ tags: ["ok", "", "x".repeat(256), 7, null] })), 422, ["tags[1]:type", "tags[2]:type", "tags[3]:type", "tags[4]:type"]);
	refused(await s.post("/customers", customer({ loyalty: 5 })), 422, ["loyalty:unknown_field"]);
	refused(await s.get("/customers?name[]=x"), 400);
	refused(await s.get("/customers/cust_0000000000000"), 404);
	refused(await s.get("/customers/jane.doe@example.com"), 404);
});

test("another tenant sees and changes nothing, a publishable key neither", async () => {
	const { id, email } = await s.make("/customers", customer()), other = (await makeTenant()).live;
	refused(await other.get(`/customers/${id}`), 404);
	refused(await other.patch(`/customers/${id}`, { note: "x" }), 404);
	refused(await other.delete(`/customers/${id}`), 404);
	assert.deepEqual((await other.read(`/customers?email=${email}`)).data, []);
	const reader = await t.client({ scopes: "customers:read" });
	status(await reader.get(`/customers/${id}`), 200);
	refused(await reader.post("/customers", customer()), 403);
	refused(await (await t.client({ scopes: "products:read" })).get("/customers"), 403);
	assert.equal((await s.read(`/customers/${id}`)).version, 1);
});
