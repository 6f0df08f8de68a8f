// R26: migrations are safe. Each is applied to a loaded database of the state before it, while others read and write its
// tables, and is killed half-way again and again: the program, or its session in the middle of a statement. Run once more, it
// ends; the tables are then those of an undisturbed run, and nobody had to wait for a lock for long. And one more migration
// than there are, under the traffic of a shop: no request fails, before, meanwhile and behind it.
import { execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";

import { Database } from "./rig/database.mjs";
import { Mix } from "./rig/mix.mjs";
import { Faults, isShort, ok, prove, random, say } from "./rig/report.mjs";
import { newShop } from "./rig/shop.mjs";
import { pause, processOf, stack, until } from "./rig/stack.mjs";
import { workers } from "./rig/workers.mjs";

const PRODUCTS = isShort ? 500 : Number(process.argv[2] ?? 20000);
const WAIT_MS = 1000;
const CLIENTS = 8;
const NAME = "souk_torture";
const SECONDS = isShort ? 120 : 900;

const files = readdirSync(`${process.env.SOUK_ROOT}/sql`).filter((name) => name.endsWith(".sql")).sort();
const chance = random(Date.now() % 1e9);

// ---- a database beside the stack's own

// A directory with the first n migrations.
function first(n) {
	const dir = `${stack}/tmp/sql`;
	rmSync(dir, { recursive: true, force: true });
	mkdirSync(dir, { recursive: true });
	for (const name of files.slice(0, n))
		cpSync(`${process.env.SOUK_ROOT}/sql/${name}`, `${dir}/${name}`);
	return dir;
}

// soukctl migrate: {child, ended: {status, signal, text}}.
function migrate(dir, database) {
	const child = spawn(process.env.SOUK_CTL, ["migrate"], { env: { ...process.env, SOUK_SQL_DIR: dir, SOUK_DB_NAME: database }, stdio: ["ignore", "pipe", "pipe"] });
	let text = "";
	for (const stream of [child.stdout, child.stderr])
		stream.on("data", (part) => (text += part));
	return { child, ended: new Promise((resolve) => child.on("close", (status, signal) => resolve({ status, signal, text }))) };
}

const columns = async (db, database, table) =>
	db.run(`SELECT column_name FROM information_schema.columns WHERE table_schema = '${database}' AND table_name = '${table}'
		AND generation_expression IS NULL ORDER BY ordinal_position`);
const tables = async (db, database) =>
	db.run(`SELECT table_name FROM information_schema.tables WHERE table_schema = '${database}' AND table_name <> 'schema_migrations' ORDER BY 1`);

// A new database of the state before migration n, with everything that the stack's own has and that state knows. Gives the
// tables that were filled.
async function loaded(db, n) {
	await db.run(`DROP DATABASE IF EXISTS ${NAME}`);
	await db.run(`CREATE DATABASE ${NAME} CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci`);
	await db.run(`GRANT ALL ON ${NAME}.* TO souk_migrate@localhost`);
	const { status, text } = await migrate(first(n - 1), NAME).ended;
	if (status !== 0)
		throw new Error(text);
	await db.run("SET SESSION foreign_key_checks = 0");
	const there = await tables(db, "souk");
	const filled = (await tables(db, NAME)).filter((table) => there.includes(table));
	for (const table of filled) {
		const names = (await columns(db, NAME, table)).join(", ");
		await db.run(`INSERT INTO ${NAME}.${table} (${names}) SELECT ${names} FROM souk.${table}`);
	}
	await db.run(`USE ${NAME}`);
	await db.run(`ANALYZE TABLE ${filled.join(", ")}`);
	await db.run("USE souk");
	return filled;
}

// Everything that makes the tables what they are, a line each.
async function schema(db, database) {
	const at = `table_schema = '${database}'`;
	return [
		...await db.run(`SELECT 'column', table_name, column_name, ordinal_position, column_default, is_nullable, column_type, collation_name,
			generation_expression FROM information_schema.columns WHERE ${at} ORDER BY table_name, ordinal_position`),
		...await db.run(`SELECT 'key', table_name, index_name, non_unique, seq_in_index, column_name FROM information_schema.statistics WHERE ${at}
			ORDER BY table_name, index_name, seq_in_index`),
		...await db.run(`SELECT 'constraint', table_name, constraint_name, constraint_type FROM information_schema.table_constraints WHERE ${at}
			ORDER BY table_name, constraint_name`),
		...await db.run(`SELECT 'check', table_name, constraint_name, check_clause FROM information_schema.check_constraints
			WHERE constraint_schema = '${database}' ORDER BY table_name, constraint_name`),
	];
}

// ---- others at work

// Reads and writes single rows of these tables, each by a session of its own, and keeps the longest time that one took.
function others(names, database) {
	const state = { going: true, worst: 0, at: "", n: 0 };
	const work = async (name, sql) => {
		const db = new Database();
		await db.run(`USE ${database}`);
		await db.run("SET SESSION lock_wait_timeout = 60, innodb_lock_wait_timeout = 50");
		while (state.going) {
			const began = Date.now();
			await db.run(sql);
			const ms = Date.now() - began;
			state.n++;
			if (ms > state.worst)
				Object.assign(state, { worst: ms, at: sql });
			await pause(2);
		}
		db.close();
	};
	const all = names.flatMap((name) => [
		work(name, `SELECT COUNT(*) FROM (SELECT * FROM ${name} LIMIT 1) one`),
		work(name, `UPDATE ${name} SET created_at = created_at LIMIT 1`),
	]);
	return {
		state,
		async stop() {
			state.going = false;
			await Promise.all(all);
			return state;
		},
	};
}

// The session that migrates ends in the middle of what it does; false if it does nothing. It may have ended by itself before
// it is told to, which is an error, and an error ends the client: so that is one of its own.
async function endSession(db) {
	const [id] = await db.run("SELECT id FROM information_schema.processlist WHERE user = 'souk_migrate' AND command IN ('Query', 'Execute') LIMIT 1");
	if (!id)
		return false;
	const killer = new Database();
	await killer.run(`KILL CONNECTION ${id}`).catch(() => {});
	killer.close();
	return true;
}

// Applies what is missing and ends it half-way, a little later each time, until it comes to its end. Gives how often it was
// ended by either way.
async function interrupted(db, dir, database) {
	const ended = { programs: 0, sessions: 0 };
	for (let patience = 10; ; patience *= 1.25) {
		const run = migrate(dir, database);
		await Promise.race([pause(patience * (0.75 + chance() / 2)), run.ended]);
		const goesOn = run.child.exitCode === null;
		if (goesOn && ended.sessions < ended.programs && await endSession(db))
			ended.sessions++;
		else if (goesOn && run.child.kill("SIGKILL"))
			ended.programs++;
		const { status, signal, text } = await run.ended;
		if (status === 0)
			return ended;
		if (!signal && !/MariaDB (2013|2006|1927|1317)|another migration is still running/.test(text))
			throw new Error(text);
	}
}

async function each(db, n) {
	const filled = await loaded(db, n);
	const touched = ["accounts", "api_keys", "categories", "products", "variants", "events"].filter((name) => filled.includes(name));
	const load = others(touched, NAME);
	await pause(100);
	const began = Date.now();
	const ended = await interrupted(db, first(n), NAME);
	const ms = Date.now() - began;
	const { worst, at, n: times } = await load.stop();
	say(`${files[n - 1]}: ${ms} ms in all, the program killed ${ended.programs} times, its session ${ended.sessions} times; ` +
		`${times} statements of others, the longest ${worst} ms: ${at}`);
	ok(worst <= WAIT_MS, `${files[n - 1]}: nobody waited for more than ${WAIT_MS} ms: ${worst}`);
	const rest = await migrate(first(files.length), NAME).ended;
	ok(rest.status === 0, `${files[n - 1]}: those behind it can be applied`, rest.text);
	const [found, wanted] = [await schema(db, NAME), await schema(db, "souk")];
	const differing = [...found.filter((line) => !wanted.includes(line)).map((line) => `has ${line}`), ...wanted.filter((line) => !found.includes(line)).map((line) => `lacks ${line}`)];
	ok(!differing.length, `${files[n - 1]}: the tables are those of an undisturbed run`, differing.slice(0, 20).join("\n"));
	const counts = new Faults();
	for (const table of filled) {
		const [a, b] = [await db.number(`SELECT COUNT(*) FROM ${NAME}.${table}`), await db.number(`SELECT COUNT(*) FROM souk.${table}`)];
		counts.check(a === b, `${table}: ${a} rows, not ${b}`);
	}
	counts.report(`${files[n - 1]}: so are their rows`);
}

// ---- one more, under traffic

const NEXT = `-- What a release might bring: a column with a key, a check, a table that is filled from another.
ALTER TABLE products
  ADD COLUMN IF NOT EXISTS torture_note VARCHAR(64) NULL,
  ADD KEY IF NOT EXISTS torture_note (tenant_id, torture_note, created_at, id);

CREATE TABLE IF NOT EXISTS torture_prices (
  tenant_id BIGINT NOT NULL,
  product_id BIGINT NOT NULL,
  price BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, product_id),
  CONSTRAINT torture_prices_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;

INSERT IGNORE INTO torture_prices (tenant_id, product_id, price) SELECT tenant_id, id, price FROM products;
`;

async function underTraffic(db) {
	const dir = first(files.length);
	writeFileSync(`${dir}/${String(files.length + 1).padStart(4, "0")}_torture.sql`, NEXT);
	const { live } = await newShop(db, { sockets: CLIENTS });
	const mix = await new Mix(live.client, random(1)).prepare();
	const failures = new Faults();
	let going = true, n = 0, slowest = 0;
	const traffic = Promise.all(Array.from({ length: CLIENTS }, async () => {
		while (going) {
			const i = n++, sent = Date.now();
			const { wanted, answer } = await mix.send(i);
			slowest = Math.max(slowest, Date.now() - sent);
			failures.check(wanted.includes(answer.status), () => `request ${i}: ${answer.status} ${answer.text}`);
		}
	}));
	await pause(1000);
	const ended = await interrupted(db, dir, "souk");
	await pause(500);
	const old = workers();
	process.kill(processOf("souk-api"), "SIGHUP");
	ok(await until(10000, () => workers().length === old.length && !workers().some((pid) => old.includes(pid))), "new workers of the same program take the new tables");
	await pause(500);
	going = false;
	await traffic;
	say(`one more under traffic: the program killed ${ended.programs} times, its session ${ended.sessions} times; ${n} requests, the slowest ${slowest} ms`);
	failures.report(`none of ${n} requests failed`);
	ok(slowest <= WAIT_MS, `no request waited for more than ${WAIT_MS} ms: ${slowest}`);
	const check = await new Promise((resolve) => execFile(process.env.SOUK_CTL.replace(/soukctl$/, "souk-api"), ["-t"], (error, out, err) => resolve(error ? `${out}${err}` : "")));
	ok(check === "", "the program of before takes the newer tables", check);
	ok(await db.number("SELECT COUNT(*) FROM schema_migrations") === files.length + 1, "it is recorded once");
	await db.run("ALTER TABLE products DROP KEY torture_note, DROP COLUMN torture_note");
	await db.run("DROP TABLE torture_prices");
	await db.run(`DELETE FROM schema_migrations WHERE number > ${files.length}`);
}

await prove(SECONDS, async () => {
	const db = new Database();
	const seeded = await new Promise((resolve) => execFile(process.env.SOUK_CTL, ["seed", "--products", String(PRODUCTS), "--with-variants"], (error, out, err) => resolve(error ? err : "")));
	if (seeded)
		throw new Error(seeded);
	say(`${await db.number("SELECT COUNT(*) FROM products")} products, ${await db.number("SELECT COUNT(*) FROM variants")} variants`);
	for (let n = isShort ? files.length : 2; n <= files.length; n++)
		await each(db, n);
	await db.run(`DROP DATABASE ${NAME}`);
	await underTraffic(db);
});
