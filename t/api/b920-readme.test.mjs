// What README.md tells a newcomer to type works, and what it and HACKING.md name is there (E27).
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { routes } from "./conformance.mjs";
import { makeTenant, product, refused } from "./souk.mjs";

const { SOUK_ROOT: root, SOUK_CTL: ctl } = process.env;
const read = (name) => readFileSync(join(root, name), "utf8");
const readme = read("README.md");
const run = promisify(execFile);

// Lines that stand as code, less what explains them behind many spaces.
const code = readme.split("\n").filter((line) => line.startsWith("    ")).map((line) => line.trim().replace(/ {3,}.*$/, ""));
const lines = (start) => code.filter((line) => line.startsWith(start));

// What needs a machine of its own; the tests of the package run it.
const elsewhere = ["apt install ./souk_*.deb", "soukctl setup --demo"];

test("each line of code in README.md is one of those that the tests below know", () => {
	const rest = code.filter((line) => !/^(\.\/dev |soukctl |\. var\/env && curl |\{"error":)/.test(line) && !elsewhere.includes(line));
	assert.deepEqual(rest, []);
});

test("the first request of README.md is answered", async () => {
	const [line] = lines(". var/env && ");
	const { stdout } = await run("bash", ["-ec", line.replace(". var/env && ", "")], { cwd: root, maxBuffer: 1 << 28 });
	const { data, pagination } = JSON.parse(stdout);
	assert.ok(data.length > 3 && pagination.total_items === data.length);
});

test("what README.md pays in the sandbox is held", async () => {
	const [, line] = lines(". var/env && ");
	const { stdout } = await run("bash", ["-ec", line.replace(". var/env && ", "")], { cwd: root });
	const { status, amount_capturable } = JSON.parse(stdout);
	assert.deepEqual([status, amount_capturable], ["requires_capture", 1999]);
});

test("each ./dev command of README.md is one, and says so", () => {
	const usage = execFileSync(join(root, "dev"), ["help"]).toString();
	for (const line of lines("./dev "))
		assert.match(usage, new RegExp(`^  ${line.split(" ")[1]} `, "m"), line);
});

for (const line of lines("soukctl ").filter((one) => !elsewhere.includes(one)))
	test(`README.md: ${line}`, async () => {
		const dir = mkdtempSync(join(tmpdir(), "souk-readme-"));
		try {
			writeFileSync(join(dir, "FILE.csv"), "sku,name,price\nREADME-1,Lamp,9.50\n");
			const { stdout } = await run("bash", ["-ec", line], { cwd: dir, maxBuffer: 1 << 28, env: { ...process.env, PATH: `${dirname(ctl)}:${process.env.PATH}` } });
			assert.ok(stdout.length > 0);
		} finally {
			rmSync(dir, { recursive: true });
		}
	});

test("an error looks as README.md says", async () => {
	const { live } = await makeTenant(), printed = JSON.parse(lines('{"error":')[0]).error;
	const found = refused(await live.post("/products", product({ price: -1 })), 422);
	assert.deepEqual(Object.keys(found), Object.keys(printed));
	assert.deepEqual([found.code, found.message, found.reason, found.details], [printed.code, printed.message, printed.reason, printed.details]);
});

test("each way that README.md names is routed", () => {
	const patterns = new Map(routes.map((route) => [route.pattern.replace(/\{.*?\}/g, "{}"), Object.keys(route.methods)]));
	const ways = [...readme.matchAll(/`(?:([A-Z]+) )?(\/[a-z][^`]*)`/g)].filter(([, , path]) => !/^\/(v2|etc)\b/.test(path));
	assert.ok(ways.length > 6);
	for (const [text, verb = "GET", path] of ways)
		assert.ok(patterns.get(`/v2${path.replace(/\{.*?\}/g, "{}")}`)?.includes(verb), text);
});

for (const name of ["README.md", "HACKING.md", "CONVENTIONS.md"])
	test(`what ${name} names in the source is there`, () => {
		const links = [...read(name).matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => link).filter((link) => !link.includes("://"));
		const files = [...read(name).matchAll(/`((?:src|t|sql|nginx|scripts|debian)\/[\w./-]+)`/g)].map(([, file]) => file);
		for (const file of [...links, ...files])
			assert.ok(existsSync(join(root, file)) || /NNNN|brand/.test(file), file);
	});
