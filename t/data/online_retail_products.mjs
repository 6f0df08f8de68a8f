#!/usr/bin/env node
// The stock codes of the UCI "Online Retail" order lines as products:
//     node t/data/online_retail_products.mjs [FILE.csv.xz] | soukctl import products - --tenant T
// The file has no list of products, so each is what its lines say most often: the description that is
// not empty, the unit price above 0 in whole pennies. A code without a description is named by itself;
// one without a price costs 0.00 (samples, adjustments). Every code of the file becomes a product.
import { Tally, line, rows, shared, unpacked } from "./csv.mjs";

const CODE = 1, DESCRIPTION = 2, PRICE = 5;
const path = process.argv[2] ?? shared("online-retail/online-retail.csv.xz");

// "2.55" as it stands, "2.5" as "2.50"; nothing for 0, what is below it, and fractions of a penny.
function pennies(text) {
	const match = /^(\d+)(?:\.(\d{1,2})0*)?$/.exec(text.trim());
	const price = match && `${match[1]}.${(match[2] ?? "").padEnd(2, "0")}`;
	return price && Number(price) > 0 ? price : undefined;
}

const products = new Map();
let head = true;
for await (const row of rows(unpacked(path))) {
	if (head) {
		head = false;
		continue;
	}
	const code = row[CODE];
	if (!products.has(code))
		products.set(code, { names: new Tally(), prices: new Tally() });
	const { names, prices } = products.get(code);
	const name = row[DESCRIPTION].trim().replace(/\s+/g, " ");
	const price = pennies(row[PRICE]);
	if (name)
		names.add(name);
	if (price)
		prices.add(price);
}

process.stdout.write(line(["sku", "name", "price", "status", "currency"]));
for (const [code, { names, prices }] of [...products].sort())
	process.stdout.write(line([code, names.most() ?? code, prices.most() ?? "0.00", "active", "GBP"]));
