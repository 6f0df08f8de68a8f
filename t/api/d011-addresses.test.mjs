// Addresses of customers: written through them, and one of them at any time the default to ship to, one to bill to.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, refused, statements, status, traces } from "./souk.mjs";

let s, other, made = 0;

before(async () => {
	s = (await makeTenant()).live;
	other = (await makeTenant()).live;
});

const address = (more = {}) => ({ line1: `${++made} Main Street`, city: "New York", state: "NY", zip: "10001", country: "US", ...more });
const customer = (more = {}) => s.make("/customers", { email: `customer-${++made}@example.com`, ...more });
const read = async (id) => (await s.read(`/customers/${id}`)).addresses;
// Which are the defaults, by their places in the list.
const defaults = async (id) => {
	const all = await read(id), at = (name) => all.map((a, i) => (a[name] ? i : -1)).filter((i) => i >= 0);
	return [at("is_default_shipping"), at("is_default_billing")];
};

test("a customer is made with addresses, the first of which is both defaults", async () => {
	const sent = [address({ first_name: "Jane", last_name: "Doe", company: "Doe Ltd", line2: "Apt 4", phone: "+1-555-0123", metadata: { door: "red" } }), address(), address()];
	const { id, addresses, version } = await customer({ addresses: sent });
	assert.equal(version, 1);
	for (const [i, one] of sent.entries())
		for (const [name, value] of Object.entries(one))
			assert.deepEqual(addresses[i][name], value, name);
	assert.match(addresses[0].id, /^addr_/);
	assert.equal(addresses[0].object, "customer_address");
	assert.deepEqual(await read(id), addresses);
	assert.deepEqual(await defaults(id), [[0], [0]]);
	assert.deepEqual(traces(id).events.map((e) => e.type), ["customer.created"]);
});

test("each write to an address is one to its customer", async () => {
	const { id } = await customer(), path = `/customers/${id}/addresses`;
	const one = await s.make(path, address()), two = await s.make(path, address({ postal_code: "90210", zip: undefined, country: "de" }));
	assert.deepEqual([two.zip, two.country], ["90210", "DE"]);
	assert.deepEqual(await defaults(id), [[0], [0]]);
	const changed = status(await s.put(`${path}/${two.id}`, { city: "Berlin", state: null }), 200);
	assert.deepEqual([changed.body.city, changed.body.state, changed.body.version], ["Berlin", null, 2]);
	assert.deepEqual((await s.read(`${path}/${two.id}`)), changed.body);
	assert.deepEqual((await s.read(path)).data.map((a) => a.id), [one.id, two.id]);
	status(await s.delete(`${path}/${two.id}`), 204);
	refused(await s.delete(`${path}/${two.id}`), 404);
	refused(await s.get(`${path}/${two.id}`), 404);
	assert.equal((await s.read(`/customers/${id}`)).version, 5);
	const { audit, events } = traces(id);
	assert.deepEqual(events.map((e) => [e.type, e.version]), [["customer.created", 1], ...[2, 3, 4, 5].map((v) => ["customer.updated", v])]);
	assert.equal(audit.length, 5);
	assert.deepEqual(audit[3].changes, { [`addresses.${two.id}.city`]: { old: "New York", new: "Berlin" }, [`addresses.${two.id}.state`]: { old: "NY", new: null } });
});

test("the defaults are moved apart, and together", async () => {
	const { id, addresses: [a, b, c] } = await customer({ addresses: [address(), address(), address()] });
	const set = async (one, body) => status(await s.post(`/customers/${id}/addresses/${one.id}/set-default`, body), 200).body;
	const shown = await set(b, { type: "billing" });
	assert.deepEqual([shown.id, shown.is_default_shipping, shown.is_default_billing, shown.version], [b.id, false, true, 2]);
	assert.deepEqual(await defaults(id), [[0], [1]]);
	await set(c, { type: "shipping" });
	assert.deepEqual(await defaults(id), [[2], [1]]);
	await set(a);
	assert.deepEqual(await defaults(id), [[0], [0]]);
	await set(c, {});
	assert.deepEqual(await defaults(id), [[2], [2]]);
	const { version } = await s.read(`/customers/${id}`);
	await set(c, { type: "both" });
	assert.equal((await s.read(`/customers/${id}`)).version, version, "nothing was to be done");
	assert.deepEqual(traces(id).events.map((e) => e.type), ["customer.created", ...Array(4).fill("customer.updated")]);
});

test("when a default is deleted, the oldest that is left takes its place", async () => {
	const { id, addresses: [a, b, c] } = await customer({ addresses: [address(), address(), address()] });
	status(await s.post(`/customers/${id}/addresses/${c.id}/set-default`, { type: "billing" }), 200);
	status(await s.delete(`/customers/${id}/addresses/${a.id}`), 204);
	assert.deepEqual(await defaults(id), [[0], [1]]);
	status(await s.patch(`/customers/${id}`, { addresses: [{ id: b.id, _delete: true }, { id: c.id, _delete: true }, address(), address()] }), 200);
	assert.deepEqual(await defaults(id), [[0], [0]]);
	for (const left of await read(id))
		status(await s.delete(`/customers/${id}/addresses/${left.id}`), 204);
	assert.deepEqual(await read(id), []);
	await s.make(`/customers/${id}/addresses`, address());
	assert.deepEqual(await defaults(id), [[0], [0]]);
});

test("there is one default of each kind, whoever sets it at once", async () => {
	const { id, addresses } = await customer({ addresses: Array.from({ length: 6 }, () => address()) });
	const answers = await Promise.all(addresses.flatMap((a) => ["shipping", "billing"].map((type) => s.post(`/customers/${id}/addresses/${a.id}/set-default`, { type }))));
	answers.forEach((answer) => status(answer, 200));
	const [shipping, billing] = await defaults(id);
	assert.deepEqual([shipping.length, billing.length], [1, 1]);
});

test("what an address cannot be is refused with its place in the body", async () => {
	const { id } = await customer(), path = `/customers/${id}/addresses`;
	refused(await s.post(path, {}), 422, ["line1:required", "city:required", "country:required"]);
	refused(await s.post(path, address({ country: "XX", phone: "none", zip: "1".repeat(17), line1: "x".repeat(129), city: " " })), 422, ["country:unknown", "phone:pattern", "zip:too_long", "line1:too_long", "city:blank"]);
	refused(await s.post(path, address({ country: "USA" })), 422, ["country"]);
	refused(await s.post(path, address({ zip: 10001 })), 422, ["zip:type"]);
	refused(await s.post(path, address({ street: "x" })), 422, ["street:unknown_field"]);
	refused(await s.patch(`/customers/${id}`, { addresses: [address(), address({ country: "Mars" }), "x"] }), 422, ["addresses[1].country", "addresses[2]:type"]);
	refused(await s.patch(`/customers/${id}`, { addresses: {} }), 422, ["addresses:type"]);
	assert.deepEqual(await read(id), [], "nothing was written");
	const one = await s.make(path, { ...address(), is_default_shipping: false });
	assert.equal(one.is_default_shipping, true, "what the server owns is passed over");
	for (const [body, faults] of [[{ type: "gift" }, ["type:not_a_choice"]], [{ type: 7 }, ["type:type"]], [{ kind: "billing" }, ["kind:unknown_field"]], [[], undefined]])
		refused(await s.post(`${path}/${one.id}/set-default`, body), Array.isArray(body) ? 400 : 422, faults);
});

test("a customer has at most a hundred addresses", async () => {
	const hundred = Array.from({ length: 100 }, () => address()), email = `many-${++made}@example.com`;
	refused(await s.post("/customers", { email, addresses: [...hundred, address()] }), 422, ["addresses:too_many"]);
	const { id } = await s.make("/customers", { email, addresses: hundred });
	refused(await s.post(`/customers/${id}/addresses`, address()), 422, ["addresses:too_many"]);
	assert.equal((await read(id)).length, 100);
	const [first, last] = [(await read(id))[0], (await read(id))[99]];
	status(await s.patch(`/customers/${id}`, { addresses: [{ id: first.id, _delete: true }, address()] }), 200);
	assert.equal((await read(id)).length, 100);
	const writes = await Promise.all([1, 2, 3].map(() => s.post(`/customers/${id}/addresses/${last.id}/set-default`)));
	assert.ok(statements(writes[0]) <= 12);
});

test("another customer's address is not there, nor another tenant's", async () => {
	const { id, addresses: [mine] } = await customer({ addresses: [address()] }), { id: neighbour } = await customer({ addresses: [address()] });
	const { id: foreign, addresses: [theirs] } = await other.make("/customers", { email: "theirs@example.com", addresses: [address()] });
	for (const [client, path] of [[s, `/customers/${neighbour}/addresses/${mine.id}`], [s, `/customers/${id}/addresses/${theirs.id}`], [s, `/customers/${foreign}/addresses/${theirs.id}`], [other, `/customers/${id}/addresses/${mine.id}`], [other, `/customers/${foreign}/addresses/${mine.id}`]]) {
		refused(await client.get(path), 404);
		refused(await client.put(path, { city: "Nowhere" }), 404);
		refused(await client.delete(path), 404);
		refused(await client.post(`${path}/set-default`), 404);
	}
	refused(await s.patch(`/customers/${id}`, { addresses: [{ id: theirs.id, city: "Nowhere" }] }), 422, ["addresses[0]:unknown"]);
	refused(await s.patch(`/customers/${id}`, { addresses: [{ id: mine.id, city: "A" }, { id: mine.id, city: "B" }] }), 422, ["addresses[1]:twice"]);
	refused(await s.post(`/customers/${foreign}/addresses`, address()), 404);
	assert.deepEqual([(await read(id))[0].version, (await other.read(`/customers/${foreign}`)).addresses[0].version], [1, 1]);
});

test("the addresses of an archived customer stay as they are", async () => {
	const { id, addresses: [one] } = await customer({ addresses: [address()] }), path = `/customers/${id}/addresses`;
	status(await s.delete(`/customers/${id}`), 204);
	assert.deepEqual(await read(id), [one]);
	refused(await s.post(path, address()), 409, [], "archived");
	refused(await s.put(`${path}/${one.id}`, { city: "Nowhere" }), 409, [], "archived");
	refused(await s.post(`${path}/${one.id}/set-default`), 409, [], "archived");
});
