// X-Timezone says whose days a date means, and with X-Region how times are written for people; the times themselves stay UTC.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { before, test } from "node:test";
import { makeTenant, number, product, refused, status, traces } from "./souk.mjs";

const nnbsp = "\u202f";
// Moments around days that the clocks change: in New York 8 March 2026 has 23 hours, 1 November 25.
const moments = ["2026-03-08T04:59:59.999Z", "2026-03-08T05:00:00.000Z", "2026-03-09T03:59:59.999Z", "2026-03-09T04:00:00.000Z", "2026-11-01T03:59:59.999Z", "2026-11-01T04:00:00.000Z", "2026-11-02T04:59:59.999Z", "2026-11-02T05:00:00.000Z"];

let live, made;

function sql(text) {
	execFileSync("mariadb", ["--no-defaults", `--socket=${process.env.SOUK_DB}`, "--user=root", "souk"], { input: text });
}

const stored = (iso) => `'${iso.replace("T", " ").replace("Z", "")}'`;

before(async () => {
	live = (await makeTenant()).live;
	made = [];
	for (const [i, moment] of moments.entries()) {
		const one = await live.make("/products", product({ sku: `TZ-${i}` }));
		sql(`UPDATE products SET created_at = ${stored(moment)}, updated_at = ${stored(moment)} WHERE id = ${number(one.id)}`);
		made.push(one.id);
	}
});

const found = async (query, zone, client = live) => {
	const { data } = status(await client.get(`/products?fields=id&sort=created_at&${query}`, { "x-timezone": zone }), 200).body;
	return data.map((p) => made.indexOf(p.id));
};
const between = (first, last) => `filter[created_at][gte]=${first}&filter[created_at][lte]=${last}`;

// ---- days

test("a date is a day of the zone, however long its clocks make it", async () => {
	for (const [first, last, zone, want] of [
		["2026-03-08", "2026-03-08", "America/New_York", [1, 2]], ["2026-11-01", "2026-11-01", "America/New_York", [5, 6]],
		["2026-03-08", "2026-03-08", "UTC", [0, 1]], ["2026-03-08", "2026-03-08", null, [0, 1]], ["2026-03-08", "2026-03-09", null, [0, 1, 2, 3]],
		["2026-03-07", "2026-03-07", "America/New_York", [0]], ["2026-03-09", "2026-10-31", "America/New_York", [3, 4]], ["2026-03-08", "2026-03-08", "Asia/Tokyo", [0, 1]],
		["2026-03-09", "2026-03-09", "Asia/Tokyo", [2, 3]], ["2026-11-02", "2026-11-02", "Pacific/Kiritimati", [6, 7]],
	])
		assert.deepEqual(await found(between(first, last), zone), want, `${first} ${last} ${zone}`);
});

test("before and after a day leave the whole of it out", async () => {
	const zone = "America/New_York";
	assert.deepEqual(await found("filter[created_at][gt]=2026-03-08&filter[created_at][lt]=2026-11-01", zone), [3, 4]);
	assert.deepEqual(await found("filter[created_at][lt]=2026-03-08", zone), [0]);
	assert.deepEqual(await found("filter[created_at][gt]=2026-11-01", zone), [7]);
});

test("a moment is a moment in every zone", async () => {
	for (const zone of ["UTC", "America/New_York", "Asia/Tokyo", null])
		assert.deepEqual(await found("filter[created_at][gte]=2026-11-01T04:00:00Z&filter[created_at][lt]=2026-11-02T06:00:00%2B01:00", zone), [5, 6]);
});

test("days of all updates are counted alike, and dates that are none are refused", async () => {
	assert.deepEqual(await found("filter[updated_at][gte]=2026-11-01&filter[updated_at][lte]=2026-11-01", "America/New_York"), [5, 6]);
	for (const bad of ["2026-02-30", "2026-3-8", "tomorrow", "2026-03-08 ", ""])
		refused(await live.get(`/products?filter[created_at][gte]=${encodeURIComponent(bad)}`, { "x-timezone": "America/New_York" }), 400);
});

test("without the header the days are the shop's", async () => {
	const tenant = await makeTenant();
	sql(`UPDATE tenants SET time_zone = 'America/New_York' WHERE name = '${tenant.name}'`);
	const own = await tenant.client();
	const one = await own.make("/products", product());
	sql(`UPDATE products SET created_at = ${stored("2026-03-09T03:59:59.999Z")} WHERE id = ${number(one.id)}`);
	const count = async (query, headers) => status(await own.get(`/products?${query}`, headers), 200).body.data.length;
	assert.equal(await count(between("2026-03-08", "2026-03-08")), 1);
	assert.equal(await count(between("2026-03-09", "2026-03-09")), 0);
	assert.equal(await count(between("2026-03-09", "2026-03-09"), { "x-timezone": "UTC" }), 1);
	const styled = status(await own.get(`/products/${one.id}`, { "x-region": "US" }), 200).body;
	assert.equal(styled.created_at_formatted, `Mar 8, 2026, 11:59${nnbsp}PM`);
});

test("a cursor belongs to the zone whose days it counts", async () => {
	const path = `/products?${between("2026-03-08", "2026-11-02")}&limit=2&cursor=`;
	const first = status(await live.get(path, { "x-timezone": "America/New_York" }), 200).body;
	const next = `${path}${first.pagination.next_cursor}`;
	status(await live.get(next, { "x-timezone": "America/New_York" }), 200);
	for (const zone of ["Asia/Tokyo", null])
		refused(await live.get(next, { "x-timezone": zone }), 400, ["cursor:other_list"]);
	const free = status(await live.get("/products?limit=2&cursor=", { "x-timezone": "Asia/Tokyo" }), 200).body.pagination.next_cursor;
	status(await live.get(`/products?limit=2&cursor=${free}`), 200);
});

// ---- style

test("beside each time stands how the language, region and zone write it", async () => {
	const path = `/products/${made[1]}`; /* 2026-03-08T05:00:00Z */
	for (const [headers, want] of [
		[{ "x-timezone": "America/New_York" }, `Mar 8, 2026, 12:00${nnbsp}AM`], [{ "x-region": "US" }, `Mar 8, 2026, 5:00${nnbsp}AM`], [{ "x-region": "us" }, `Mar 8, 2026, 5:00${nnbsp}AM`],
		[{ "x-region": "GB", "x-timezone": "Europe/London" }, "8 Mar 2026, 05:00"], [{ "x-region": "EU", "x-timezone": "Europe/Berlin" }, "8 Mar 2026, 06:00"],
		[{ "x-region": "APAC", "x-timezone": "Asia/Tokyo" }, `8 Mar 2026, 2:00${nnbsp}pm`], [{ "x-timezone": "Europe/Berlin", "accept-language": "de" }, "08.03.2026, 06:00"],
		[{ "x-timezone": "Europe/Paris", "accept-language": "fr" }, "8 mars 2026, 06:00"], [{ "x-timezone": "Europe/Madrid", "accept-language": "es" }, "8 mar 2026, 6:00"],
		[{ "x-timezone": "Asia/Tokyo", "accept-language": "ja" }, "2026/03/08 14:00"], [{ "x-timezone": "Asia/Shanghai", "accept-language": "zh" }, "2026年3月8日 13:00"],
	]) {
		const shown = status(await live.get(path, headers), 200).body;
		assert.equal(shown.created_at, "2026-03-08T05:00:00Z");
		assert.deepEqual([shown.created_at_formatted, shown.updated_at_formatted], [want, want], JSON.stringify(headers));
	}
});

test("only who asks for it gets it, beside every time and nothing else", async () => {
	for (const headers of [{}, { "accept-language": "de" }, { "x-currency": "EUR" }])
		assert.doesNotMatch((await live.get(`/products/${made[0]}`, headers)).raw, /_formatted/);
	const asked = { "x-region": "US" };
	const keys = async (path) => Object.keys(status(await live.get(path, asked), 200).body);
	assert.deepEqual(await keys(`/products/${made[0]}?fields=created_at`), ["id", "object", "created_at", "created_at_formatted"]);
	assert.deepEqual(await keys(`/products/${made[0]}?fields=sku`), ["id", "object", "sku"]);
	refused(await live.get(`/products/${made[0]}?fields=created_at_formatted`, asked), 400, ["fields:unknown"]);
	const gone = await live.make("/products", product({ variants: [{ sku: "TZ-V" }] }));
	status(await live.delete(`/products/${gone.id}`), 204);
	const shown = status(await live.get(`/products/${gone.id}`, asked), 200).body;
	assert.ok(shown.archived_at_formatted && shown.variants[0].created_at_formatted);
	const key = status(await live.post("/api-keys", { name: "k", scopes: ["products:read"], expires_at: "2036-01-15T10:30:00Z" }, asked), 201).body;
	assert.equal(key.expires_at_formatted, `Jan 15, 2036, 10:30${nnbsp}AM`);
	const forever = status(await live.post("/api-keys", { name: "k", scopes: ["products:read"] }, asked), 201).body;
	assert.deepEqual([forever.expires_at, forever.expires_at_formatted], [null, null]);
});

test("what was shown can be sent back, and neither stored rows nor traces know of it", async () => {
	const asked = { "x-region": "DE", "x-timezone": "Europe/Berlin" };
	const one = status(await live.post("/products", product(), { ...asked, "idempotency-key": "tz-1" }), 201).body;
	const put = status(await live.put(`/products/${one.id}`, { ...one, price: 5 }, asked), 200).body;
	assert.deepEqual([put.version, put.price], [2, 5]);
	refused(await live.put(`/products/${one.id}`, { price_formatted: "x" }), 422, ["price_formatted:unknown_field"]);
	const { audit, events } = traces(one.id);
	assert.doesNotMatch(JSON.stringify([audit, events]), /_formatted/);
	const key = status(await live.post("/api-keys", { name: "k", scopes: ["products:read"] }, asked), 201).body;
	status(await live.put(`/api-keys/${key.id}`, { name: "l", expires_at_formatted: "x" }), 200);
});

// ---- refusals

test("regions and zones that nobody knows are refused by their header", async () => {
	for (const [header, values] of [
		["X-Region", ["XX", "UK", "USA", "EMEA", "de_DE", "1", "*", "U", "\u00ff", "US,DE"]],
		["X-Timezone", ["Mars/Olympus", "Europe/Berlim", "europe/berlin", "+02:00", "GMT+2", "CEST", "*", "\u00ff", "../UTC", "x".repeat(200)]],
	])
		for (const value of values)
			for (const [method, path, body] of [["GET", "/products"], ["GET", `/products/${made[0]}`], ["PUT", `/products/${made[0]}`, { price: 1 }]])
				refused(await live.send(method, path, { body, headers: { [header]: value } }), 400, [`${header}:unknown`]);
	const e = refused(await live.get("/products", { "x-timezone": "Europe/Berlim" }), 400);
	assert.equal(e.details[0].nearest, "Europe/Berlin");
	for (const headers of [{ "x-region": "" }, { "x-timezone": "" }, { "x-region": " DE " }, { "x-timezone": " Asia/Kolkata " }])
		status(await live.get("/products", headers), 200);
});

test("each look has a tag of its own, and the same is not sent twice", async () => {
	const looks = [{}, { "x-region": "US" }, { "x-region": "DE" }, { "x-timezone": "Europe/Berlin" }, { "x-timezone": "Asia/Tokyo" }, { "x-region": "DE", "x-timezone": "Asia/Tokyo" }];
	for (const path of [`/products/${made[0]}`, "/products?limit=3"]) {
		const tags = [];
		for (const headers of looks) {
			const { etag, vary } = status(await live.get(path, headers), 200).headers;
			assert.match(vary, /X-Region, X-Timezone/);
			assert.ok(!tags.includes(etag), JSON.stringify(headers));
			tags.push(etag);
			status(await live.get(path, { ...headers, "if-none-match": etag }), 304);
		}
		status(await live.get(path, { "if-none-match": tags[1] }), 200);
	}
});
