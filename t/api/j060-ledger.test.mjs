// The ledger of money as it is read: accounts with what they come to, entries with their filters and exact counts; nobody can change
// an entry; the journal goes through hledger and comes to the same; and verify names what does not add up.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { account, differences, entry, hasHledger, hledger, sideOf, souk } from "./ledger.mjs";
import { makeTenant, refused, rows, status } from "./souk.mjs";

let shop, other, side, buyer;
const id = (n) => `lacc_00${n}`;

before(async () => {
	[shop, other] = [await makeTenant(), await makeTenant()];
	side = sideOf(shop);
	buyer = await shop.live.make("/customers", { email: "buyer@example.com" });
	account(side, 1, "gateway");
	account(side, 2, "sales");
	account(side, 3, "refunds");
	account(side, 4, "store_credit", buyer.id);
	entry(side, { id: 1, kind: "sale", debit: 1, credit: 2, amount: 19999, currency: "USD", order: 71, at: "2026-01-15 10:30:00" });
	entry(side, { id: 2, kind: "sale", debit: 1, credit: 2, amount: 1, currency: "USD", order: 72, at: "2026-01-16 00:00:00" });
	entry(side, { id: 3, kind: "back", debit: 3, credit: 1, amount: 9999, currency: "USD", order: 71, at: "2026-01-17 23:59:59.999" });
	entry(side, { id: 4, kind: "sale", debit: 1, credit: 2, amount: 5000, currency: "JPY", order: 73, at: "2026-01-18 12:00:00" });
	entry(side, { id: 5, kind: "sale", debit: 1, credit: 2, amount: 1234, currency: "KWD", order: 73, at: "2026-01-18 12:00:01" });
	entry(side, { id: 6, kind: "credit_given", debit: 3, credit: 4, amount: 500, currency: "USD", at: "2026-01-19 12:00:00", object: "gateway_call" });
});

const entries = async (query = "") => (await shop.live.read(`/ledger/entries${query}`)).data.map((e) => Number(e.id.slice(-1))).sort();

test("an account shows what its entries come to, by currency", async () => {
	const a = await shop.live.read(`/ledger/accounts/${id(1)}`);
	assert.deepEqual([a.kind, a.type, a.holder, a.holder_id], ["gateway", "asset", null, null]);
	assert.deepEqual(a.balances, [
		{ currency: "JPY", debits_amount: 5000, credits_amount: 0, amount: 5000 },
		{ currency: "KWD", debits_amount: 1234, credits_amount: 0, amount: 1234 },
		{ currency: "USD", debits_amount: 20000, credits_amount: 9999, amount: 10001 },
	]);
	const credit = await shop.live.read(`/ledger/accounts/${id(4)}`);
	assert.deepEqual([credit.type, credit.holder, credit.holder_id], ["liability", "customer", buyer.id]);
	assert.deepEqual(credit.balances, [{ currency: "USD", debits_amount: 0, credits_amount: 500, amount: -500 }]);
});

test("accounts are found by kind, type and holder, and their balances come with the list", async () => {
	const list = async (query) => (await shop.live.read(`/ledger/accounts${query}`)).data.map((a) => a.kind).sort();
	assert.deepEqual(await list(""), ["gateway", "refunds", "sales", "store_credit"]);
	assert.deepEqual(await list("?kind=sales"), ["sales"]);
	assert.deepEqual(await list("?type=revenue"), ["refunds", "sales"]);
	assert.deepEqual(await list(`?holder_id=${buyer.id}`), ["store_credit"]);
	const all = (await shop.live.read("/ledger/accounts")).data;
	for (const currency of ["USD", "JPY", "KWD"])
		assert.equal(all.flatMap((a) => a.balances).filter((b) => b.currency === currency).reduce((sum, b) => sum + b.amount, 0), 0, currency);
});

test("an entry shows both accounts, what it is about, and its amount in minor units", async () => {
	assert.deepEqual(await shop.live.read("/ledger/entries/lent_001"), { id: "lent_001", object: "ledger_entry", created_at: "2026-01-15T10:30:00Z", kind: "sale", object_name: "order",
		object_id: "ord_001", order_id: "ord_027", payment_id: null, debit_account_id: id(1), credit_account_id: id(2), amount: 19999, currency: "USD" });
	assert.equal((await shop.live.read("/ledger/entries/lent_006")).object_id, null, "what has no resource has no id");
});

test("entries are found by account on either side, order, object, kind, currency and dates", async () => {
	assert.deepEqual(await entries(), [1, 2, 3, 4, 5, 6]);
	assert.deepEqual(await entries(`?account=${id(1)}`), [1, 2, 3, 4, 5]);
	assert.deepEqual(await entries(`?account=${id(3)}`), [3, 6]);
	assert.deepEqual(await entries("?order_id=ord_027"), [1, 3]);
	assert.deepEqual(await entries("?object_id=ord_002"), [2]);
	assert.deepEqual(await entries("?kind=back"), [3]);
	assert.deepEqual(await entries("?currency=JPY"), [4]);
	assert.deepEqual(await entries("?date_from=2026-01-16&date_to=2026-01-17"), [2, 3]);
	assert.deepEqual(await entries(`?account=${id(1)}&currency=USD&kind=sale`), [1, 2]);
	assert.deepEqual(await entries(`?filter[debit_account_id]=${id(3)}`), [3, 6]);
});

test("totals are exact, and a cursor walks through all of them", async () => {
	const page = await shop.live.read(`/ledger/entries?account=${id(1)}&limit=2`);
	assert.deepEqual([page.pagination.total_items, page.data.length], [5, 2]);
	const seen = [];
	for (let cursor = ""; cursor !== undefined && cursor !== null;) {
		const { data, pagination } = await shop.live.read(`/ledger/entries?account=${id(1)}&limit=2&cursor=${encodeURIComponent(cursor)}`);
		seen.push(...data.map((e) => e.id));
		cursor = pagination.next_cursor;
	}
	assert.deepEqual(seen, ["lent_005", "lent_004", "lent_003", "lent_002", "lent_001"]);
});

test("an ETag of an account follows its balances", async () => {
	const before = status(await shop.live.get(`/ledger/accounts/${id(2)}`), 200);
	status(await shop.live.get(`/ledger/accounts/${id(2)}`, { "if-none-match": before.headers.etag }), 304);
	assert.equal(before.headers["cache-control"], "no-store");
	const entry = status(await shop.live.get("/ledger/entries/lent_001"), 200);
	status(await shop.live.get("/ledger/entries/lent_001", { "if-none-match": entry.headers.etag }), 304);
	for (const [path, { etag }] of [[`/ledger/accounts/${id(2)}`, before.headers], ["/ledger/entries/lent_001", entry.headers]]) {
		status(await shop.live.send("HEAD", path), 200);
		status(await shop.live.send("HEAD", path, { headers: { "if-none-match": etag } }), 304);
	}
});

test("nobody writes to the ledger by the API", async () => {
	for (const path of ["/ledger/accounts", "/ledger/entries"]) {
		refused(await shop.live.post(path, { amount: 1 }), 405);
		for (const method of ["put", "patch", "delete"])
			refused(await shop.live[method](`${path}/${path.endsWith("s") && path.includes("acc") ? id(1) : "lent_001"}`, {}), 405);
	}
});

test("an entry can be changed and deleted by no user of the database", () => {
	for (const sql of ["UPDATE ledger_entries SET amount = amount + 1", "UPDATE ledger_entries SET kind = 'gift'", "DELETE FROM ledger_entries"])
		assert.throws(() => rows(`${sql} WHERE tenant_id = ${side} AND id = 1`), /ERROR 1644 .*never (changed|deleted)/, sql);
	assert.equal(rows(`SELECT amount FROM ledger_entries WHERE tenant_id = ${side} AND id = 1`)[0], 19999);
});

test("the database refuses entries that are none", () => {
	const more = { kind: "sale", debit: 1, credit: 2, currency: "USD", alone: true };
	assert.throws(() => entry(side, { ...more, id: 7, amount: 0 }), /ledger_entries_amount/);
	assert.throws(() => entry(side, { ...more, id: 7, amount: -5 }), /ledger_entries_amount/);
	assert.throws(() => entry(side, { ...more, id: 7, amount: 5, credit: 1 }), /ledger_entries_sides/);
	assert.throws(() => entry(side, { ...more, id: 7, amount: 5, credit: 99 }), /ledger_entries_credit/);
	assert.throws(() => entry(side, { ...more, id: 7, amount: 5, of: 1 }), /Duplicate entry .*fact/, "a fact twice");
});

test("the ledger is the tenant's own, and needs its scope", async () => {
	refused(await other.live.get(`/ledger/accounts/${id(1)}`), 404);
	refused(await other.live.get("/ledger/entries/lent_001"), 404);
	assert.equal((await other.live.read("/ledger/entries")).pagination.total_items, 0);
	assert.equal((await other.live.read(`/ledger/entries?account=${id(1)}`)).pagination.total_items, 0);
	for (const path of ["/ledger/accounts", "/ledger/entries", `/ledger/accounts/${id(1)}`])
		refused(await (await shop.client({ scopes: "orders:read,products:read" })).get(path), 403);
	status(await (await shop.client({ scopes: "ledger:read" })).get("/ledger/entries"), 200);
	refused(await (await shop.client({ mode: "sandbox" })).get(`/ledger/accounts/${id(1)}`), 404);
});

test("filters that are none are named", async () => {
	refused(await shop.live.get("/ledger/entries?account=cust_001"), 400, ["account:value"]);
	refused(await shop.live.get("/ledger/entries?account=1"), 400, ["account:value"]);
	refused(await shop.live.get("/ledger/entries?date_from=yesterday"), 400);
	refused(await shop.live.get("/ledger/entries?amount=5"), 400);
	refused(await shop.live.get("/ledger/entries?sort=amount"), 400);
	refused(await shop.live.get("/ledger/accounts?kind=pocket"), 400);
	refused(await shop.live.get("/ledger/accounts/lent_001"), 404);
	refused(await shop.live.get("/ledger/entries/lent_zzz"), 404);
	refused(await shop.live.get("/ledger/entries?cursor=abc"), 400);
});

test("the journal goes through hledger, and comes to what is stored", { skip: hasHledger || process.env.CI === "true" ? false : "hledger is not installed" }, async () => {
	const { code, stdout, stderr } = await souk("ledger", "export", "--tenant", shop.id);
	assert.deepEqual([code, stderr], [0, "6 entries\n"]);
	assert.deepEqual(hledger(stdout), {
		"assets:gateway JPY": "5000", "assets:gateway KWD": "1.234", "assets:gateway USD": "100.01",
		[`liabilities:store_credit:${buyer.id} USD`]: "-5.00", "revenues:refunds USD": "104.99",
		"revenues:sales JPY": "-5000", "revenues:sales KWD": "-1.234", "revenues:sales USD": "-200.00",
	});
	const empty = await souk("ledger", "export", "--tenant", other.id);
	assert.deepEqual([empty.code, empty.stdout], [0, ""]);
});

test("an export of nobody, or of no side, says so", async () => {
	const nobody = await souk("ledger", "export", "--tenant", "tenant_zzzzzz");
	assert.deepEqual([nobody.code, nobody.stdout], [66, ""]);
	assert.equal((await souk("ledger", "export")).code, 64);
	assert.equal((await souk("ledger", "export", "--tenant", shop.id, "--mode", "sand")).code, 64);
	assert.equal((await souk("ledger", "export", "--tenant", shop.id, "--pretty")).code, 64);
});

test("a balance that is not what its entries say is named, and an entry that no balance knows", async () => {
	assert.deepEqual(await differences(shop), []);
	const balance = (by) => rows(`UPDATE ledger_balances SET debits = debits + ${by} WHERE tenant_id = ${side} AND account_id = 1 AND currency = 'JPY'`);
	balance(1);
	const one = (await differences(shop)).map((d) => [d.check, d.object, d.expected, d.found]);
	balance(-1);
	assert.deepEqual(one, [["ledger_debits", id(1), "5000", "5001"]]);
	entry(side, { id: 8, kind: "sale", debit: 1, credit: 2, amount: 7, currency: "EUR", alone: true });
	assert.deepEqual((await differences(shop)).map((d) => [d.check, d.object, d.expected, d.found]),
		[["ledger_debits", id(1), "7", "0"], ["ledger_credits", id(2), "7", "0"]]);
});
