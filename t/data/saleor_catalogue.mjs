// Saleor's demo shop as CSV for `soukctl import products`: its products, each followed by its variants. Prices are those
// of the channel in USD. A product there has no SKU, so its slug is one; a lone variant without a SKU, which Saleor makes
// for everything that comes in one kind, is the product itself.
import { write } from "./csv.mjs";
import { checkSku, decimal, hundredths, unpack } from "./shared.mjs";

const MEDIA = "https://media.example.com/";
const CURRENCY = "USD";

const models = new Map();
for (const { model, pk, fields } of JSON.parse(unpack("saleor-catalogue/saleor-populatedb_data.json.xz"))) {
	if (!models.has(model))
		models.set(model, new Map());
	models.get(model).set(pk, { pk, ...fields });
}
const all = (model) => [...models.get(model).values()];
const one = (model, pk) => models.get(model).get(pk);
const byPlace = (a, b) => a.sort_order - b.sort_order || a.pk - b.pk;

// The category, then those above it.
function categories(pk) {
	const slugs = [];
	for (let at = one("product.category", pk); at; at = one("product.category", at.parent))
		slugs.push(at.slug);
	return slugs;
}

// [{name, value}] of assigned values; their attribute stands behind the value.
function attributes(assigned) {
	return assigned.sort(byPlace).map(({ value }) => {
		const { name, attribute } = one("attribute.attributevalue", value);
		return { name: one("attribute.attribute", attribute).name, value: name };
	});
}

function price(variant) {
	const listing = all("product.productvariantchannellisting")
		.find((l) => l.variant === variant.pk && l.currency === CURRENCY);
	return listing?.price_amount ? hundredths(listing.price_amount) : null;
}

function isOnSale(product) {
	return all("product.productchannellisting")
		.some((l) => l.product === product.pk && l.currency === CURRENCY && l.is_published);
}

const isItself = (variant) =>
	!variant.sku && variant.name === Buffer.from(`ProductVariant:${variant.pk}`).toString("base64");

function images(product) {
	return all("product.productmedia")
		.filter((media) => media.product === product.pk)
		.sort(byPlace)
		.map((media) => media.external_url || MEDIA + media.image);
}

// Of variants that cost the same, the product says the price.
function variantRow(product, own, base, variant, position) {
	const assigned = new Set(all("attribute.assignedvariantattribute")
		.filter((a) => a.variant === variant.pk).map((a) => a.pk));
	const values = all("attribute.assignedvariantattributevalue").filter((v) => assigned.has(v.assignment));
	const amount = price(variant);
	const row = {
		parent_sku: product.slug,
		sku: checkSku(variant.sku || `${product.slug}-${position + 1}`),
		name: variant.name,
		price: amount === null || amount === base ? "" : decimal(amount),
		position,
	};
	for (const { name, value } of [...attributes(values), ...own])
		row[`attributes.${name.toLowerCase()}`] = value;
	return row;
}

function productRows(product) {
	const variants = all("product.productvariant").filter((v) => v.product === product.pk).sort(byPlace);
	const given = attributes(all("attribute.assignedproductattributevalue").filter((v) => v.product === product.pk));
	const prices = variants.map(price).filter((amount) => amount !== null);
	const base = prices.length ? Math.min(...prices) : 0;
	const row = {
		sku: checkSku(product.slug),
		name: product.name,
		description: product.description_plaintext,
		price: decimal(base),
		status: isOnSale(product) ? "active" : "draft",
		categories: categories(product.category).join("|"),
		brand: given.find(({ name }) => name === "Brand")?.value,
		images: images(product).join("|"),
	};
	const own = given.filter(({ name }) => name !== "Brand");
	const kinds = variants.filter((variant) => !isItself(variant));
	return [row, ...kinds.map((variant, i) => variantRow(product, own, base, variant, i))];
}

const rows = all("product.product").flatMap(productRows);
const named = new Set(rows.flatMap(Object.keys).filter((name) => name.startsWith("attributes.")));
if (new Set(rows.map((row) => row.sku)).size !== rows.length)
	throw new Error("two rows have the same SKU");
process.stdout.write(write(["sku", "parent_sku", "name", "description", "price", "status", "categories", "brand",
	"images", "position", ...[...named].sort()], rows));
