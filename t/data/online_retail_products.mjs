// The products of UCI's "Online Retail" as CSV for `soukctl import products`: one row for each of the 4,070 stock codes
// of 541,909 order lines. Codes differ by case alone in many places, and are different products.
import { records, write } from "./csv.mjs";
import { checkSku, decimal, hundredths, unpack } from "./shared.mjs";

const STOCK_CODES = 4070;
const codes = new Map();

function count(counts, value) {
	counts.set(value, (counts.get(value) ?? 0) + 1);
}

// The one seen most often; of several the first.
function mostFrequent(counts, fallback) {
	let best = fallback, most = 0;
	for (const [value, n] of counts) {
		if (n > most)
			[best, most] = [value, n];
	}
	return best;
}

for (const line of records(unpack("online-retail/online-retail.csv.xz"))) {
	const code = line.StockCode;
	if (!codes.has(code))
		codes.set(code, { names: new Map(), prices: new Map() });
	const { names, prices } = codes.get(code);
	const name = line.Description.trim();
	const price = hundredths(line.UnitPrice);
	if (name)
		count(names, name);
	if (price > 0)
		count(prices, price);
}
if (codes.size !== STOCK_CODES)
	throw new Error(`${codes.size} stock codes, where ${STOCK_CODES} were expected`);

const products = [...codes].map(([code, { names, prices }]) => ({
	sku: checkSku(code),
	name: mostFrequent(names, code),
	price: decimal(mostFrequent(prices, 0)),
	status: "active",
}));
process.stdout.write(write(["sku", "name", "price", "status"], products));
