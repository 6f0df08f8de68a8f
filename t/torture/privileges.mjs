// S17: least privilege. What each unit of systemd is kept from, judged by systemd itself; what the database lets its two users
// do, to the word; what the files of the stack let others see.
// needs: systemd
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";

import { Database } from "./rig/database.mjs";
import { Faults, ok, prove, same, say } from "./rig/report.mjs";
import { processOf, stack } from "./rig/stack.mjs";

const EXPOSURE = 2.0;
const root = process.env.SOUK_ROOT;

// The units as they are installed, their places filled in.
function units() {
	const dir = `${stack}/tmp/units`;
	mkdirSync(dir, { recursive: true });
	const places = { bindir: "/usr/bin", sbindir: "/usr/sbin", CONFDIR: "/etc/souk", RUNDIR: "/run/souk", localstatedir: "/var", runstatedir: "/run", NGINX_GROUP: "www-data" };
	const names = readdirSync(`${root}/systemd`).filter((name) => /\.(service|socket|timer)\.in$/.test(name));
	for (const name of names) {
		const text = readFileSync(`${root}/systemd/${name}`, "utf8").replace(/^@CONFINEMENT@\n/m, () => readFileSync(`${root}/systemd/confinement.inc`, "utf8")).replace(/@(\w+)@/g, (all, place) => places[place] ?? all);
		writeFileSync(`${dir}/${name.replace(/\.in$/, "")}`, text);
	}
	return names.map((name) => `${dir}/${name.replace(/\.in$/, "")}`);
}

function exposure(unit) {
	const run = spawnSync("systemd-analyze", ["security", "--offline=true", "--no-pager", unit], { encoding: "utf8" });
	const [, level] = /Overall exposure level for \S+: ([\d.]+)/.exec(run.stdout) ?? [];
	return { level: Number(level), text: `${run.stdout}${run.stderr}` };
}

const granted = async (db, user) => (await db.run(`SHOW GRANTS FOR ${user}@localhost`)).map((line) => line.replace(/ IDENTIFIED .*/, ""));

await prove(120, async () => {
	for (const unit of units().filter((name) => name.endsWith(".service"))) {
		const { level, text } = exposure(unit);
		ok(level <= EXPOSURE, `${unit.split("/").at(-1)}: exposure ${level}, at most ${EXPOSURE}`, text);
	}
	const verified = spawnSync("systemd-analyze", ["verify", "--man=no", ...units()], { encoding: "utf8" });
	const complaints = verified.stderr.split("\n").filter((line) => line.includes(`${stack}/`) && !line.includes("is not executable"));
	ok(!complaints.length, "systemd has nothing against the units", complaints.join("\n"));

	const db = new Database();
	const rows = "SELECT, INSERT, UPDATE, DELETE";
	same((await granted(db, "souk")).join("; "), `GRANT USAGE ON *.* TO \`souk\`@\`localhost\`; GRANT ${rows} ON \`souk\`.* TO \`souk\`@\`localhost\``,
		"the API's user may read and write rows");
	same((await granted(db, "souk_migrate")).join("; "), "GRANT USAGE ON *.* TO `souk_migrate`@`localhost`; " +
		`GRANT ${rows}, CREATE, DROP, REFERENCES, INDEX, ALTER, LOCK TABLES, EXECUTE, CREATE VIEW, CREATE ROUTINE, ALTER ROUTINE, TRIGGER ON \`souk\`.* TO \`souk_migrate\`@\`localhost\``,
		"the migrations' user may change tables too");
	const refused = new Faults();
	const [, password] = /^SOUK_DB_PASSWORD=(.*)$/m.exec(readFileSync(process.env.SOUK_CONFIG, "utf8"));
	for (const sql of ["CREATE TABLE t (n INT)", "DROP TABLE products", "ALTER TABLE products ADD COLUMN n INT", "SELECT * FROM mysql.user", "SELECT LOAD_FILE('/etc/passwd')",
		"SELECT 1 INTO OUTFILE '/tmp/souk-torture'", "SET GLOBAL max_connections = 1", "LOCK TABLES products WRITE", "CREATE USER x@localhost", "GRANT SELECT ON souk.* TO souk_migrate@localhost",
		"SHUTDOWN", "CREATE TRIGGER t BEFORE INSERT ON products FOR EACH ROW SET @a = 1"]) {
		const run = spawnSync("mariadb", ["--no-defaults", `--socket=${process.env.SOUK_DB}`, "--user=souk", `--password=${password}`, "-N", "-B", "souk", "-e", sql], { encoding: "utf8" });
		refused.check(run.status !== 0 || run.stdout.trim() === "NULL", `${sql}: ${run.stdout}`);
	}
	refused.report("the API's user is refused all else");

	const open = new Faults();
	for (const name of ["etc/souk.env", "etc/db-users", "etc/db.key", "etc/keyring", "etc/dev-keys", "env", "tls/server.key"])
		open.check((statSync(`${stack}/${name}`).mode & 0o077) === 0, `${name} can be read by others`);
	open.report("files with secrets are their owner's alone");
	const listening = execFileSync("ss", ["-ltnpH"], { encoding: "utf8" }).split("\n")
		.filter((line) => line.includes(`pid=${processOf("mariadb")},`) || line.includes(`pid=${processOf("souk-api")},`));
	ok(!listening.length, "neither the database nor souk-api listens on a network", listening.join("\n"));
	say(execFileSync("systemd-analyze", ["--version"], { encoding: "utf8" }).split("\n")[0]);
});
