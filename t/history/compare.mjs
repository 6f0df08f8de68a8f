// What the tables of a tenant come to, in the words of totals.py, so that both can be compared whole. The currency has two digits.

// Each row of a result is one JSON value; money is a text, of minor units.
const sales = (tenant) => `SELECT JSON_OBJECT('month', DATE_FORMAT(o.created_at, '%Y-%m'), 'country', JSON_VALUE(o.metadata, '$.country'),
	'guests', SUM(o.customer_id IS NULL), 'documents', COUNT(*), 'lines', SUM(o.items_count), 'totals', CAST(SUM(o.total) AS CHAR),
	'parts', CAST(SUM((SELECT SUM(i.price * i.quantity) FROM order_items i FORCE INDEX (\`order\`) WHERE i.tenant_id = o.tenant_id AND i.order_id = o.id)) AS CHAR))
	FROM orders o WHERE o.tenant_id = ${tenant} GROUP BY DATE_FORMAT(o.created_at, '%Y-%m'), JSON_VALUE(o.metadata, '$.country')`;

const returned = (tenant) => `SELECT JSON_OBJECT('month', DATE_FORMAT(r.created_at, '%Y-%m'), 'country', JSON_VALUE(r.metadata, '$.country'),
	'guests', SUM(r.customer_id IS NULL), 'documents', COUNT(*), 'lines', SUM(r.items_count), 'totals', CAST(SUM(r.amount_refunded) AS CHAR),
	'parts', CAST(SUM((SELECT SUM(i.price * i.quantity) FROM return_items i FORCE INDEX (\`return\`) WHERE i.tenant_id = r.tenant_id AND i.return_id = r.id)) AS CHAR))
	FROM returns r WHERE r.tenant_id = ${tenant} GROUP BY DATE_FORMAT(r.created_at, '%Y-%m'), JSON_VALUE(r.metadata, '$.country')`;

const money = (minor) => `${minor / 100n}.${String(minor % 100n).padStart(2, "0")}`;
const empty = () => ({ orders: 0, lines: 0, sales: 0n, cancellations: 0, cancelled_lines: 0, cancelled: 0n });
const shown = (sums) => ({ ...sums, sales: money(sums.sales), cancelled: money(sums.cancelled) });
const sorted = (map) => Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, sums]) => [name, shown(sums)]));

// run(sql) gives the rows, parsed; throws if a document is not the sum of its lines.
export async function totals(run, tenant) {
	const months = new Map(), countries = new Map(), all = empty();
	let guests = 0;
	const add = (rows, [count, lines, sum]) => {
		for (const row of rows) {
			if (row.totals !== row.parts)
				throw new Error(`${row.month} ${row.country}: documents come to ${row.totals}, their lines to ${row.parts}`);
			for (const [map, key] of [[months, row.month], [countries, row.country]])
				map.set(key, map.get(key) ?? empty());
			for (const sums of [all, months.get(row.month), countries.get(row.country)]) {
				sums[count] += row.documents;
				sums[lines] += row.lines;
				sums[sum] += BigInt(row.totals);
			}
			guests += row.guests;
		}
	};
	add(await run(sales(tenant)), ["orders", "lines", "sales"]);
	add(await run(returned(tenant)), ["cancellations", "cancelled_lines", "cancelled"]);
	const [customers] = await run(`SELECT COUNT(*) FROM customers WHERE tenant_id = ${tenant}`);
	return { all: shown(all), customers, guests, months: sorted(months), countries: sorted(countries) };
}
