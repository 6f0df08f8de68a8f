// Settings explain themselves: every variable set wrong once is named with its file and line, and with what is
// allowed there; what holds is shown with its origin, secrets apart.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

const dir = mkdtempSync(join(tmpdir(), "souk-config-"));
const file = join(dir, "souk.env");
after(() => rmSync(dir, { recursive: true }));

const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("SOUK_")));

function ctl(args, text, more = {}) {
	if (text !== undefined) writeFileSync(file, text);
	const run = spawnSync(process.env.SOUK_CTL, args, {
		encoding: "utf8",
		env: { ...environment, SOUK_CONFIG: file, ...more },
	});
	return { status: run.status, out: run.stdout, err: run.stderr };
}

const rows = JSON.parse(ctl(["describe", "--config", "--json"], "").out).config;

// By the words of its type: a value that it must refuse, and one that it must take.
const kinds = [
	[/^integer from/, "many"],
	[/^absolute path/, "souk.txt"],
	[/^name of/, "no-name"],
	[/^https/, "ftp://localhost"],
	[/^name=address/, "stripe"],
	[/^addresses/, "10.0.0.0/8,10.0.0.0/33"],
	[/^one of/, "inof"],
	[/^text$/, '"not closed'],
];
const wrong = (row) => kinds.find(([type]) => type.test(row.type))[1];

test("every variable set wrong is named with its line and what is allowed", () => {
	for (const row of rows) {
		const { status, out, err } = ctl(["config", "check"], `# wrong once\n\n${row.key}=${wrong(row)}\n`);
		assert.equal(status, 78, row.key);
		assert.equal(out, "");
		assert.equal(err.split("\n").length, 2, err);
		assert.ok(err.startsWith(`${file}:3: `), err);
		if (row.type !== "text") assert.ok(err.includes(row.key) && err.includes(row.type), err);
	}
});

test("every variable wrong in the environment is said to be wrong there", () => {
	for (const row of rows.filter((row) => row.type !== "text")) {
		const { status, err } = ctl(["config", "check"], "", { [row.key]: wrong(row) });
		assert.equal(status, 78, row.key);
		assert.ok(err.startsWith(`environment: ${row.key}=`), err);
	}
});

test("a name with a typo is refused, and the nearest one is told", () => {
	for (const row of rows.filter((row) => row.key.length > 9)) {
		const typo = row.key.slice(0, -2) + row.key.at(-1) + row.key.at(-2) + "X";
		const { status, err } = ctl(["config", "check"], `${typo}=1\n`);
		assert.equal(status, 78, typo);
		assert.ok(err.includes(`${file}:1: there is no setting ${typo}; the nearest is SOUK_`), err);
	}
});

test("all faults are told at once, for machines too", () => {
	const { status, out } = ctl(["config", "check", "--json"], "SOUK_WORKERS=0\nSOUK_LOG_LEVEL=wran\nnothing\n");
	const answer = JSON.parse(out);
	assert.equal(status, 78);
	assert.equal(answer.ok, false);
	assert.deepEqual(answer.faults.map((f) => [f.place, f.reason, f.allowed, f.nearest]), [
		[`${file}:1`, "out_of_range", "1 to 64", undefined],
		[`${file}:2`, "not_a_choice", "debug, info, warn, error", "warn"],
		[`${file}:3`, "bad_line", undefined, undefined],
	]);
});

test("a file that is not there is a fault, and --file goes before SOUK_CONFIG", () => {
	const { status, err } = ctl(["config", "check", "--file", join(dir, "none")], "");
	assert.equal(status, 78);
	assert.match(err, /none: No such file or directory/);
	assert.equal(ctl(["config", "check", "--file", file], "", { SOUK_CONFIG: join(dir, "none") }).status, 0);
});

test("what holds is shown with where it comes from, and no secret", () => {
	const text = "SOUK_WORKERS=7\nSOUK_DB_PASSWORD=hush-hush\n";
	const { status, out } = ctl(["config", "show", "--origin"], text, { SOUK_HOST: "2" });
	assert.equal(status, 0);
	assert.ok(out.includes(`SOUK_WORKERS=7\n    ${file}:1\n`), out);
	assert.ok(out.includes(`SOUK_DB_PASSWORD=(set)\n    ${file}:2\n`), out);
	assert.ok(out.includes("SOUK_HOST=2\n    environment\n"), out);
	assert.ok(out.includes("SOUK_MIGRATE_PASSWORD=\n    default\n"), out);
	assert.ok(!out.includes("hush"), out);
	const { config } = JSON.parse(ctl(["config", "show", "--json"], text).out);
	assert.deepEqual(config.map((c) => c.key), rows.map((row) => row.key));
	assert.equal(config.find((c) => c.key === "SOUK_DB_PASSWORD").value, "(set)");
});

test("what is shown could be written into the file again", () => {
	const first = ctl(["config", "show"], "SOUK_HOST=3\n").out;
	assert.equal(ctl(["config", "check"], first).status, 0);
	assert.equal(ctl(["config", "show"], first).out, first);
	assert.equal(readFileSync(file, "utf8"), first);
});

test("a wrong value does not hide the right ones", () => {
	const { status, out, err } = ctl(["config", "show"], "SOUK_WORKERS=x\nSOUK_HOST=4\n");
	assert.equal(status, 78);
	assert.match(out, /^SOUK_HOST=4$/m);
	assert.match(out, /^SOUK_WORKERS=4$/m);
	assert.match(err, /SOUK_WORKERS='x' is not allowed/);
});
