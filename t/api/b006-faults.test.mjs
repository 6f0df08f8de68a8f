// What goes wrong behind the API is told in the words of the contract, and nothing of how it is told by the database.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, product, refused, status } from "./souk.mjs";

let live;

before(async () => {
	live = (await makeTenant()).live;
});

// MariaDB's error, then what becomes of it; what is repeated in silence becomes nothing.
const FAULTS = [
	[1969, 422, "too_expensive"], // the statement took too long
	[1040, 503, "connections"],
	[1021, 503, "storage"],
	[1317, 503, "interrupted"],
	[1054, 500, "internal"], // a fault of ours
];
const REPEATED = [1213, 2013]; // a deadlock, a lost connection

for (const [number, code, reason] of FAULTS)
	test(`MariaDB's error ${number} becomes ${code}, ${reason}`, async () => {
		const made = status(await live.post("/products", product()), 201);
		for (const path of ["/products", made.headers.location])
			for (const accept of ["application/json", "application/problem+json"]) {
				const answer = status(await live.get(path, { "x-souk-fault": `${number}@1`, accept }), code);
				const e = accept.includes("problem") ? answer.body : refused(answer, code, [], reason);
				assert.equal(e.reason, reason);
				assert.doesNotMatch(answer.raw, /MariaDB|SELECT|planted/i);
			}
		status(await live.get(made.headers.location), 200);
	});

test("a write that fails so leaves nothing, and succeeds when it is sent again", async () => {
	for (const [number, code, reason] of FAULTS) {
		const body = product();
		refused(await live.post("/products", body, { "x-souk-fault": `${number}@2` }), code, [], reason);
		status(await live.get(`/products/${body.sku}`), 404);
		status(await live.post("/products", body), 201);
	}
});

test("a deadlock and a lost connection are ours: the request is repeated, and acts once", async () => {
	for (const number of REPEATED) {
		const body = product();
		const { headers } = status(await live.post("/products", body, { "x-souk-fault": `${number}@2` }), 201);
		for (const path of ["/products", headers.location])
			status(await live.get(path, { "x-souk-fault": `${number}@1` }), 200);
		assert.equal((await live.read(`/products?filter[sku]=${body.sku}`)).pagination.total_items, 1);
	}
});
