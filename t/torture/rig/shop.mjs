// Tenants for a proof alone, made in SQL so that a proof needs no other program: an account with its live and its
// sandbox side, and a key that may do everything to each.
import { createHash, randomBytes } from "node:crypto";

import { Client } from "./client.mjs";

const EPOCH_MS = Date.UTC(2020, 0, 1);
const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";

let last = 0n;

// As the program makes them: milliseconds in the upper bits.
function newId() {
	const id = BigInt(Date.now() - EPOCH_MS) << 21n | BigInt(randomBytes(4).readUInt32BE() & 0x1fffff);
	last = id > last ? id : last + 1n;
	return last;
}

// An id as the API shows it.
export function publicId(prefix, number) {
	const text = BigInt(number).toString(32).replace(/./g, (c) => DIGITS[parseInt(c, 32)]);
	return `${prefix}_${text.padStart(BigInt(number) < 1n << 40n ? 3 : 13, "0")}`;
}

async function newSide(db, account, publicNumber, mode) {
	const tenant = newId();
	await db.run(`INSERT INTO tenants (id, account_id, public_id, mode, name, created_at)
		VALUES (${tenant}, ${account}, ${publicNumber}, '${mode}', 'torture', UTC_TIMESTAMP(3))`);
	return { tenant, mode, publicId: publicId("tenant", publicNumber), key: await newKey(db, tenant, mode) };
}

export async function newKey(db, tenant, mode, scopes = ["*"]) {
	const secret = (mode === "live" ? "live_" : "test_") + randomBytes(32).toString("base64url");
	const hash = createHash("sha256").update(secret).digest("hex");
	await db.run(`INSERT INTO api_keys (tenant_id, id, created_at, updated_at, name, scopes, last4, secret_hash)
		VALUES (${tenant}, ${newId()}, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), 'torture', '${JSON.stringify(scopes)}',
			'${secret.slice(-4)}', '${hash}')`);
	return secret;
}

// {live, sandbox}, each {tenant, mode, publicId, key, client}.
export async function newShop(db, { sockets } = {}) {
	const account = newId();
	await db.run(`INSERT INTO accounts (id, name, plan, created_at)
		VALUES (${account}, 'torture', 'enterprise', UTC_TIMESTAMP(3))`);
	const publicNumber = newId();
	const live = await newSide(db, account, publicNumber, "live");
	const sandbox = await newSide(db, account, publicNumber, "sandbox");
	live.client = new Client(live.key, { sockets });
	sandbox.client = new Client(sandbox.key, { url: process.env.SOUK_SANDBOX_URL, sockets });
	return { live, sandbox };
}

// The index of metadata has what the rows have, no more and no less.
function indexed(resource, table) {
	const rows = `SELECT t.tenant_id, t.id, t.created_at, t.archived_at IS NOT NULL AS archived, k.name, v.value FROM ${table} t,
		JSON_TABLE(JSON_KEYS(t.metadata), '$[*]' COLUMNS (n FOR ORDINALITY, name VARCHAR(40) PATH '$')) k,
		JSON_TABLE(JSON_EXTRACT(t.metadata, '$.*'), '$[*]' COLUMNS (n FOR ORDINALITY, value VARCHAR(500) PATH '$')) v
		WHERE t.tenant_id IN (?) AND t.metadata IS NOT NULL AND v.n = k.n`;
	const same = `m.tenant_id = r.tenant_id AND m.resource = '${resource}' AND m.object_id = r.id AND m.name = BINARY r.name
		AND m.value = BINARY r.value AND m.archived = r.archived AND m.created_at = r.created_at`;
	return {
		[`the metadata of ${table} is in its index`]: `SELECT r.id AS found FROM (${rows}) r
			WHERE NOT EXISTS (SELECT 1 FROM metadata_index m WHERE ${same})`,
		[`the index has no more than the metadata of ${table}`]: `SELECT m.object_id AS found FROM metadata_index m
			WHERE m.tenant_id IN (?) AND m.resource = '${resource}' AND NOT EXISTS (SELECT 1 FROM (${rows}) r WHERE ${same})`,
	};
}

// Statements that find what must never be there in a tenant: the first column names each finding. The key of audit_logs is named,
// since the optimizer takes the one by resource, and reads all rows for each.
const INVARIANTS = {
	"variants_count is the number of variants": `SELECT p.id AS found FROM products p WHERE p.tenant_id IN (?)
		AND variants_count <> (SELECT COUNT(*) FROM variants v WHERE v.tenant_id = p.tenant_id AND v.product_id = p.id)`,
	"images_count is the number of images": `SELECT p.id AS found FROM products p WHERE p.tenant_id IN (?)
		AND images_count <> (SELECT COUNT(*) FROM images i WHERE i.tenant_id = p.tenant_id AND i.product_id = p.id)`,
	"each live product's SKU is registered": `SELECT p.sku AS found FROM products p WHERE p.tenant_id IN (?)
		AND archived_at IS NULL AND NOT EXISTS (SELECT 1 FROM skus s WHERE s.tenant_id = p.tenant_id
			AND s.sku = p.sku AND s.product_id = p.id AND s.variant_id IS NULL)`,
	"each live variant's SKU is registered": `SELECT v.sku AS found FROM variants v JOIN products p
		ON p.tenant_id = v.tenant_id AND p.id = v.product_id WHERE v.tenant_id IN (?) AND p.archived_at IS NULL
		AND NOT EXISTS (SELECT 1 FROM skus s WHERE s.tenant_id = v.tenant_id AND s.sku = v.sku
			AND s.product_id = v.product_id AND s.variant_id = v.id)`,
	"each registered SKU is that of something live": `SELECT s.sku AS found FROM skus s JOIN products p
		ON p.tenant_id = s.tenant_id AND p.id = s.product_id LEFT JOIN variants v
		ON v.tenant_id = s.tenant_id AND v.id = s.variant_id WHERE s.tenant_id IN (?) AND (p.archived_at IS NOT NULL
		OR s.sku <> IF(s.variant_id IS NULL, p.sku, v.sku))`,
	"a product shows the categories it is linked to": `SELECT p.id AS found FROM products p WHERE p.tenant_id IN (?)
		AND NOT p.categories <=> (SELECT GROUP_CONCAT(c.slug ORDER BY l.position SEPARATOR ',')
			FROM product_categories l JOIN categories c ON c.tenant_id = l.tenant_id AND c.id = l.category_id
			WHERE l.tenant_id = p.tenant_id AND l.product_id = p.id)`,
	"a link says when its product was made, and whether it is archived": `SELECT l.product_id AS found
		FROM product_categories l JOIN products p ON p.tenant_id = l.tenant_id AND p.id = l.product_id
		WHERE l.tenant_id IN (?) AND (l.created_at <> p.created_at OR l.archived <> (p.archived_at IS NOT NULL))`,
	...indexed("product", "products"),
	...indexed("variant", "variants"),
	...indexed("image", "images"),
	...indexed("category", "categories"),
	...indexed("api_key", "api_keys"),
	"a product's rating is that of its approved reviews": `SELECT p.id AS found FROM products p WHERE p.tenant_id IN (?)
		AND (rating_sum, reviews_count) <> (SELECT COALESCE(SUM(r.rating), 0), COUNT(*) FROM reviews r
			WHERE r.tenant_id = p.tenant_id AND r.product_id = p.id AND r.status = 'approved' AND r.archived_at IS NULL)`,
	"a customer with addresses has one default to ship to and one to bill to": `SELECT c.id AS found FROM customers c WHERE c.tenant_id IN (?)
		AND (IF(addresses_count, 1, 0), IF(addresses_count, 1, 0), addresses_count) <> (SELECT COALESCE(SUM(is_default_shipping), 0), COALESCE(SUM(is_default_billing), 0), COUNT(*)
			FROM customer_addresses a WHERE a.tenant_id = c.tenant_id AND a.customer_id = c.id)`,
	"the tags of customers are in their index": `SELECT c.id AS found FROM customers c WHERE c.tenant_id IN (?)
		AND JSON_LENGTH(c.tags) <> (SELECT COUNT(*) FROM metadata_index m WHERE m.tenant_id = c.tenant_id AND m.resource = 'customer.tags'
			AND m.object_id = c.id AND m.archived = (c.archived_at IS NOT NULL) AND m.created_at = c.created_at AND JSON_CONTAINS(c.tags, JSON_QUOTE(m.value)))`,
	...indexed("customer", "customers"),
	"each product has an audit row of its creation": `SELECT p.id AS found FROM products p WHERE p.tenant_id IN (?)
		AND NOT EXISTS (SELECT 1 FROM audit_logs a USE INDEX (object) WHERE a.tenant_id = p.tenant_id AND a.resource = 'product'
			AND a.resource_id = p.id AND a.action = 'product.created')`,
	"each product has an event of its creation": `SELECT p.id AS found FROM products p WHERE p.tenant_id IN (?)
		AND NOT EXISTS (SELECT 1 FROM events e WHERE e.tenant_id = p.tenant_id AND e.object_id = p.id
			AND e.object_version = 1 AND e.type = 'product.created')`,
	"each audit row of a write has an event": `SELECT a.id AS found FROM audit_logs a WHERE a.tenant_id IN (?)
		AND a.action <> 'access.denied' AND NOT EXISTS (SELECT 1 FROM events e WHERE e.tenant_id = a.tenant_id AND e.object_type = a.resource
			AND e.object_id = a.resource_id AND e.type = a.action AND e.request_id = a.request_id)`,
	"each event has an audit row": `SELECT e.id AS found FROM events e WHERE e.tenant_id IN (?)
		AND NOT EXISTS (SELECT 1 FROM audit_logs a USE INDEX (object) WHERE a.tenant_id = e.tenant_id AND a.resource = e.object_type
			AND a.resource_id = e.object_id AND (a.action = e.type OR e.type IN ('order.fulfilled', 'order.refunded')) AND a.request_id = e.request_id)`,
	"no version of an object has two events, but that an order was fulfilled or refunded": `SELECT object_id AS found FROM events WHERE tenant_id IN (?) AND type NOT IN ('order.fulfilled', 'order.refunded')
		GROUP BY object_id, object_version HAVING COUNT(*) > 1`,
	"what lies in a stock is the sum of its ledger": `SELECT s.id AS found FROM stocks s WHERE s.tenant_id IN (?)
		AND s.on_hand <> (SELECT COALESCE(SUM(m.quantity), 0) FROM movements m WHERE m.tenant_id = s.tenant_id AND m.stock_id = s.id)`,
	"what is reserved of a stock is the sum of its holds, and of its ledger": `SELECT s.id AS found FROM stocks s WHERE s.tenant_id IN (?)
		AND (s.reserved <> (SELECT COALESCE(SUM(h.quantity), 0) FROM holds h WHERE h.tenant_id = s.tenant_id AND h.stock_id = s.id)
		OR s.reserved <> (SELECT COALESCE(SUM(m.reserved_change), 0) FROM movements m WHERE m.tenant_id = s.tenant_id AND m.stock_id = s.id))`,
	"each row of the ledger goes on from the one before": `SELECT f.id AS found FROM (SELECT m.id, m.on_hand, m.quantity, m.reserved, m.reserved_change,
			COALESCE(LAG(m.on_hand) OVER w, 0) AS lay, COALESCE(LAG(m.reserved) OVER w, 0) AS promised FROM movements m WHERE m.tenant_id IN (?)
			WINDOW w AS (PARTITION BY m.tenant_id, m.stock_id ORDER BY m.sequence)) f
		WHERE f.lay + f.quantity <> f.on_hand OR f.promised + f.reserved_change <> f.reserved`,
	"no answer is stored half": `SELECT HEX(key_hash) AS found FROM idempotency_keys WHERE tenant_id IN (?)
		AND status IS NULL AND object_id IS NULL`,
};

// The invariants that do not hold for these tenants, with their first findings.
export async function broken(db, ...tenants) {
	const names = Object.keys(INVARIANTS);
	const selects = names.map((name, i) =>
		`(SELECT ${i}, f.found FROM (${INVARIANTS[name]}) f LIMIT 3)`.replaceAll("(?)", `(${tenants.join(", ")})`));
	return (await db.run(selects.join(" UNION ALL "))).map((line) => {
		const [i, found] = line.split("\t");
		return `not so: ${names[i]} (${found})`;
	});
}
