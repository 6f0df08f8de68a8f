#!/usr/bin/env node
// The catalogue of Saleor's demo shop as a product file:
//     node t/data/saleor_catalogue.mjs [FILE.json.xz] | soukctl import products - --tenant T
// Prices are those of the channel in US dollars; a product costs what its cheapest variant does, and a
// variant has a price where it differs. What Saleor calls attributes of a product becomes metadata.
import { line, shared, unpacked } from "./csv.mjs";

const CURRENCY = "USD", MEDIA = "https://media.example.com/";
const path = process.argv[2] ?? shared("saleor-catalogue/saleor-populatedb_data.json.xz");

let text = "";
for await (const chunk of unpacked(path))
	text += chunk;

// The objects of each model by key, as {pk, …fields}.
const models = new Map();
for (const { model, pk, fields } of JSON.parse(text)) {
	if (!models.has(model))
		models.set(model, new Map());
	models.get(model).set(pk, { pk, ...fields });
}
const all = (model) => [...(models.get(model)?.values() ?? [])];
const get = (model, pk) => models.get(model)?.get(pk);
const by = (list, key) => Map.groupBy ? Map.groupBy(list, key) :
	list.reduce((m, x) => m.set(key(x), [...(m.get(key(x)) ?? []), x]), new Map());
const order = (a, b) => (a.sort_order ?? 0) - (b.sort_order ?? 0) || a.pk - b.pk;

// "40.000" as "40.00": a fraction of a cent would be refused, and none is there.
const price = (amount) => (amount == null ? undefined : Number(amount).toFixed(2));

const listings = by(all("product.productvariantchannellisting").filter((l) => l.currency === CURRENCY),
	(l) => l.variant);
const published = new Set(all("product.productchannellisting")
	.filter((l) => l.currency === CURRENCY && l.is_published).map((l) => l.product));
const media = by(all("product.productmedia"), (m) => m.product);
const variants = by(all("product.productvariant"), (v) => v.product);
const variantOf = new Map(all("attribute.assignedvariantattribute").map((a) => [a.pk, a.variant]));

// Names of values, by owner, then by the attribute's slug.
function values(assigned, ownerOf) {
	const owners = new Map();
	for (const a of assigned.sort(order)) {
		const value = get("attribute.attributevalue", a.value);
		const slug = get("attribute.attribute", value.attribute).slug;
		const owner = ownerOf(a);
		if (!owners.has(owner))
			owners.set(owner, {});
		const own = owners.get(owner);
		own[slug] = own[slug] ? `${own[slug]}, ${value.name}` : value.name;
	}
	return owners;
}
const ofProducts = values(all("attribute.assignedproductattributevalue"), (a) => a.product);
const ofVariants = values(all("attribute.assignedvariantattributevalue"), (a) => variantOf.get(a.assignment));
const slugs = (owners) => [...new Set([...owners.values()].flatMap(Object.keys))].sort();
const productSlugs = slugs(ofProducts), variantSlugs = slugs(ofVariants);

// The category and those above it, by name where the name gives the slug.
function categories(pk) {
	const found = [];
	for (let c = get("product.category", pk); c; c = get("product.category", c.parent)) {
		const slug = c.name.toLowerCase().replace(/[^a-z0-9_]+/g, "-").replace(/^-|-$/g, "");
		found.push(slug === c.slug ? c.name : c.slug);
	}
	return found.join("|");
}

// "0.5:kg" in its parts; nothing for no weight.
function weight(text) {
	const [amount, unit] = (text ?? "").split(":");
	return Number(amount) > 0 ? [amount, unit] : [undefined, undefined];
}

function productRow(product, cheapest) {
	const images = (media.get(product.pk) ?? []).sort(order).map((m) => m.external_url || (m.image && MEDIA + m.image));
	const own = ofProducts.get(product.pk) ?? {};
	return [product.slug, "", product.name, product.description_plaintext, cheapest ?? "0.00",
		published.has(product.pk) ? "active" : "draft", CURRENCY, categories(product.category),
		images.filter(Boolean).join("|"), ...weight(product.weight), "",
		...variantSlugs.map(() => ""), ...productSlugs.map((slug) => own[slug])];
}

// A lone variant has no name of its own there, only its key in base64.
const nameOf = (variant) =>
	variant.name === Buffer.from(`ProductVariant:${variant.pk}`).toString("base64") ? "" : variant.name;

function variantRow(product, variant, cheapest, position) {
	const amount = price(listings.get(variant.pk)?.[0].price_amount);
	const own = ofVariants.get(variant.pk) ?? {};
	return [variant.sku || `${product.slug}-${variant.pk}`, product.slug, nameOf(variant), "",
		amount === cheapest ? "" : amount, "", "", "", "", ...weight(variant.weight), position,
		...variantSlugs.map((slug) => own[slug]), ...productSlugs.map(() => "")];
}

process.stdout.write(line(["sku", "parent_sku", "name", "description", "price", "status", "currency", "categories",
	"images", "weight", "weight_unit", "position", ...variantSlugs.map((s) => `attributes.${s}`),
	...productSlugs.map((s) => `metadata.${s}`)]));
for (const product of all("product.product")) {
	const own = (variants.get(product.pk) ?? []).sort(order);
	const prices = own.map((v) => listings.get(v.pk)?.[0].price_amount).filter((p) => p != null);
	const cheapest = prices.length ? price(Math.min(...prices.map(Number))) : undefined;
	process.stdout.write(line(productRow(product, cheapest)));
	own.forEach((variant, i) => process.stdout.write(line(variantRow(product, variant, cheapest, i))));
}
