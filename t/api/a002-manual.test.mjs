// The manual pages and the installed settings say what the programs themselves say.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";

const build = dirname(process.env.SOUK_CTL);
const run = (program, args, env = {}) => spawnSync(program, args, { encoding: "utf8", env: { ...process.env, ...env } });
const ctl = (...args) => run(process.env.SOUK_CTL, args).stdout;
const built = (name) => readFileSync(join(build, name), "utf8");

const settings = JSON.parse(ctl("describe", "--config", "--json")).config;

// "words of a verb": ["--option", …], from the help of each.
function verbs() {
	const words = [...ctl("--help").matchAll(/^ {2}([a-z][a-z -]*?) {2,}\S/gm)].map((m) => m[1]);
	return new Map(words.map((w) => [w, [...ctl(...w.split(" "), "--help").matchAll(/^ {2}--([a-z-]+)/gm)].map((m) => m[1])]));
}

test("soukctl(1) has every verb and every option, and no other", () => {
	const page = built("soukctl.1").split("\n");
	const told = new Map();
	let verb;
	for (const line of page) {
		const [, words] = /^\.It Ic ([a-z -]+?)(?: Ar .*)?$/.exec(line) ?? [];
		const [, option] = /^\.It Fl -([a-z-]+)/.exec(line) ?? [];
		if (words) told.set((verb = words), []);
		if (option) told.get(verb).push(option);
	}
	const real = verbs();
	assert.ok(real.size > 8);
	assert.deepEqual(told, real);
});

test("souk-errors(7) has every reason, with its status, code and text, and those that only operators meet", () => {
	const items = built("souk-errors.7").split("\n.It Sy ").slice(1);
	const told = new Map(items.map((text) => [text.slice(0, text.indexOf("\n")), text.slice(text.indexOf("\n")).replaceAll("\n", " ")]));
	const reasons = JSON.parse(ctl("describe", "--errors", "--json")).data;
	assert.ok(reasons.length > 60);
	for (const row of reasons)
		for (const part of [`Status ${row.status}, .Ql ${row.code} .`, `${row.title}.`, row.description])
			assert.ok(told.get(row.reason)?.includes(part), row.reason);
	assert.ok(told.has("bad_line"));
	assert.equal(told.size, [...ctl("describe", "--errors").matchAll(/^[a-z_]+: /gm)].length);
	assert.equal(run(process.env.SOUK_CTL, ["describe", "--errors", "--config"]).status, 64);
});

test("souk-api(8) has the options that souk-api takes", () => {
	const usage = run(join(build, "souk-api"), ["--help"]).stderr;
	const page = built("souk-api.8");
	const taken = [...usage.matchAll(/^ {2}-([a-z])/gm)].map((m) => m[1]);
	assert.deepEqual([...page.matchAll(/^\.It Fl ([a-z])$/gm)].map((m) => m[1]), taken);
	assert.deepEqual(taken, ["t"]);
});

for (const name of ["souk-housekeep", "souk-payments", "souk-shipments"])
	test(`${name}(8) has its options and its tasks`, () => {
		const { stdout } = run(join(build, name), ["--help"]), page = built(`${name}.8`);
		const taken = [...stdout.matchAll(/^ {2}--([a-z-]+)/gm)].map((m) => m[1]);
		assert.deepEqual([...page.matchAll(/^\.It Fl -([a-z-]+)/gm)].map((m) => m[1]), taken);
		assert.deepEqual([...page.matchAll(/^\.Op Fl -([a-z-]+)/gm)].map((m) => m[1]), taken);
		const [, tasks] = /--only TASK +([a-z, ]+?) \(all\)/.exec(stdout);
		assert.deepEqual([...page.matchAll(/^\.It Cm ([a-z]+)/gm)].map((m) => m[1]), tasks.split(/, | or /));
	});

test("souk.env(5) has every setting with its kind and default", () => {
	const page = built("souk.env.5");
	const items = page.split("\n.It Ev ").slice(1);
	for (const row of settings) {
		const item = items.find((text) => text.startsWith(`${row.key}\n`));
		assert.ok(item, row.key);
		assert.ok(item.includes(`(${row.type}).`), item);
		assert.ok(item.includes(row.initial === "" ? "Default: nothing." : `.Ql ${row.initial} .`), item);
	}
	assert.equal(items.filter((text) => !text.startsWith("SOUK_CONFIG")).length, settings.length);
});

test("the installed souk.env has every setting with its default, commented out, in the order of the table", () => {
	const text = built("souk.env");
	const lines = text.split("\n").filter((line) => line.startsWith("#SOUK_"));
	assert.deepEqual(lines, settings.map((row) => `#${row.key}=${row.initial}`));
	for (const row of settings) assert.ok(text.includes(`# ${row.doc} (${row.type})\n`), row.key);
	assert.ok(text.split("\n").every((line) => line === "" || line.startsWith("#")));
});

test("the installed souk.env is without fault, and so it is with every comment mark taken away", (t) => {
	const check = (file) => run(process.env.SOUK_CTL, ["config", "check", "--file", file]);
	assert.equal(check(join(build, "souk.env")).status, 0);
	const dir = mkdtempSync(join(tmpdir(), "souk-manual-"));
	t.after(() => rmSync(dir, { recursive: true }));
	writeFileSync(join(dir, "souk.env"), built("souk.env").replaceAll(/^#(SOUK_)/gm, "$1"));
	const { status, stderr } = check(join(dir, "souk.env"));
	assert.equal(status, 0, stderr);
});

test("the manual pages are without fault", (t) => {
	if (process.env.CI !== "true" && spawnSync("mandoc", ["-h"]).error) return t.skip("mandoc is not installed");
	for (const page of ["souk-api.8", "souk-errors.7", "souk-housekeep.8", "souk-label.8", "souk-payments.8", "souk-shipments.8", "soukctl.1", "souk.env.5"]) {
		const { status, stdout } = run("mandoc", ["-T", "lint", "-W", "warning", join(build, page)]);
		assert.equal(status, 0, stdout);
	}
});

test("cron starts it as the service's user, never twice, and mails what goes wrong", () => {
	const lines = built("cron.d/souk").trimEnd().split("\n").filter((line) => !line.startsWith("#"));
	const settings = lines.filter((line) => /^[A-Z_]+=/.test(line)), jobs = lines.filter((line) => !settings.includes(line));
	const started = jobs.map((job) => /^(?:\S+ ){5}souk \[ -d \/run\/systemd\/system \] \|\| \[ ! -e \S+\/keyring \] \|\| \[ ! -x (\S+) \] \|\| (?:SOUK_LOG=\S+ )?flock -n -E 0 (\S+)\.lock \1( verify)?$/.exec(job));
	assert.ok(started.every(Boolean), jobs.join("\n"));
	assert.deepEqual(started.map((m) => `${basename(m[1])}${m[3] ?? ""}`), ["souk-housekeep", "soukctl verify", "souk-payments", "souk-shipments"]);
	assert.equal(new Set(started.map((m) => m[2])).size, jobs.length, "each has a lock of its own");
	assert.ok(!lines.join("").includes("@"), "every word is filled in");
	assert.deepEqual(settings.map((line) => line.split("=")[0]), ["SHELL", "PATH", "MAILTO", "SOUK_LOG"]);
	for (const job of jobs) {
		assert.ok(!job.includes("%"), "cron takes % for the end of a line");
		assert.equal(run("sh", ["-n", "-c", job.replace(/^(\S+ ){6}/, "")]).status, 0);
	}
});

test("every word of the site's template is filled in, on a host and in a private stack", () => {
	const root = process.env.SOUK_ROOT ?? join(build, "../..");
	const source = (name) => readFileSync(join(root, name), "utf8");
	const words = new Set(source("nginx/souk.conf.in").match(/@[A-Z_]+@/g));
	assert.ok(words.size > 8);
	for (const word of words) {
		assert.ok(source("scripts/site.sh").includes(word), word);
		// The package fills in where its own files are.
		if (word !== "@ETC@") assert.ok(source("src/programs/soukctl_setup_site.c").includes(`"${word}"`), word);
	}
});
