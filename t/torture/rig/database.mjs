// SQL beside the API, as the owner of the stack's database: one mariadb client that reads statements from a pipe.
import { spawn } from "node:child_process";
import { userInfo } from "node:os";

export class Database {
	constructor(socket = process.env.SOUK_DB) {
		const options = ["--no-defaults", `--socket=${socket}`, `--user=${userInfo().username}`,
			"--default-character-set=utf8mb4", "--batch", "--raw", "--skip-column-names", "--unbuffered",
			"--database=souk"];
		this.waiting = [];
		this.text = "";
		this.faults = "";
		this.process = spawn("mariadb", options, { stdio: ["pipe", "pipe", "pipe"] });
		this.process.stdout.setEncoding("utf8").on("data", (part) => this.take(part));
		this.process.stderr.setEncoding("utf8").on("data", (part) => (this.faults += part));
		this.ended = false;
		this.process.on("close", () => {
			this.ended = true;
			for (const { reject, sql } of this.waiting)
				reject(new Error(`${this.faults.trim() || "the database client ended"}, at: ${sql}`));
			this.waiting = [];
		});
	}

	take(part) {
		this.text += part;
		for (;;) {
			const mark = this.waiting.length && `${this.waiting[0].mark}\n`;
			const at = mark ? this.text.indexOf(mark) : -1;
			if (at < 0)
				return;
			const { resolve } = this.waiting.shift();
			const lines = this.text.slice(0, at);
			this.text = this.text.slice(at + mark.length);
			resolve(lines ? lines.slice(0, -1).split("\n") : []);
		}
	}

	// The lines of the result; columns are parted by tabs.
	run(sql) {
		if (this.ended)
			return Promise.reject(new Error(`${this.faults.trim() || "the database client ended"}, before: ${sql}`));
		const mark = `-- end ${Math.random().toString(36).slice(2)}`;
		return new Promise((resolve, reject) => {
			this.waiting.push({ mark, sql, resolve, reject });
			this.process.stdin.write(`${sql};\nSELECT '${mark}';\n`);
		});
	}

	// The only number of the result.
	async number(sql) {
		return Number((await this.run(sql))[0]);
	}

	close() {
		this.process.stdin.end();
	}

	// The tables that belong to tenants: [{name, columns: [{name, type}], key: [name]}]. How a key was used is left out: it
	// is noted behind an answer, every few seconds, and is no effect of a request.
	async tables() {
		const lines = await this.run(`SELECT c.table_name, c.column_name, c.data_type,
			EXISTS (SELECT 1 FROM information_schema.key_column_usage k WHERE k.table_schema = c.table_schema
				AND k.table_name = c.table_name AND k.column_name = c.column_name AND k.constraint_name = 'PRIMARY')
			FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
			WHERE c.table_schema = 'souk' AND t.table_type = 'BASE TABLE' AND EXISTS (
				SELECT 1 FROM information_schema.columns o WHERE o.table_schema = 'souk'
				AND o.table_name = c.table_name AND o.column_name = 'tenant_id')
			ORDER BY c.table_name, c.ordinal_position`);
		const tables = new Map();
		for (const line of lines) {
			const [table, name, type, inKey] = line.split("\t");
			if (usage.tables.includes(table) || (table === "api_keys" && usage.columns.includes(name)))
				continue;
			if (!tables.has(table))
				tables.set(table, { name: table, columns: [], key: [] });
			tables.get(table).columns.push({ name, type });
			if (inKey === "1")
				tables.get(table).key.push(name);
		}
		return [...tables.values()];
	}
}

const usage = {
	tables: ["api_key_networks", "api_key_nonces"],
	columns: ["last_used_at", "last_used_ip", "requests_last_day"],
};

const literal = (column) =>
	/binary|blob/.test(column.type) ? `HEX(\`${column.name}\`)` : `CAST(\`${column.name}\` AS CHAR)`;

// Everything a tenant has: {table: Map(primary key → {column: text or null})}.
export async function dump(db, tables, tenant) {
	const selects = tables.map(({ name, columns }) =>
		`SELECT '${name}', JSON_ARRAY(${columns.map(literal).join(", ")}) FROM \`${name}\` WHERE tenant_id = ${tenant}`);
	const all = Object.fromEntries(tables.map(({ name }) => [name, new Map()]));
	for (const line of await db.run(selects.join(" UNION ALL "))) {
		const cut = line.indexOf("\t");
		const table = tables.find(({ name }) => name === line.slice(0, cut));
		const cells = JSON.parse(line.slice(cut + 1));
		const row = Object.fromEntries(table.columns.map(({ name }, i) => [name, cells[i]]));
		all[table.name].set(table.key.map((name) => row[name]).join("|"), row);
	}
	return all;
}

// What became of one dump in another: {table: {added, removed: [row], changed: [{old, now}]}}, empty tables left out.
export function difference(before, after) {
	const all = {};
	for (const table of Object.keys(after)) {
		const d = { added: [], removed: [], changed: [] };
		for (const [key, row] of after[table]) {
			const old = before[table].get(key);
			if (!old)
				d.added.push(row);
			else if (JSON.stringify(old) !== JSON.stringify(row))
				d.changed.push({ old, now: row });
		}
		for (const [key, row] of before[table]) {
			if (!after[table].has(key))
				d.removed.push(row);
		}
		if (d.added.length + d.removed.length + d.changed.length)
			all[table] = d;
	}
	return all;
}
