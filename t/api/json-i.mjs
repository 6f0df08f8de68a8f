// JSONTestSuite, and what becomes of each body of it that a parser may take or refuse. Run by itself it prints the table that
// is kept in t/golden/json-i.txt.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { makeTenant } from "./souk.mjs";

// [{name, bytes}], in the order of their names.
export function suite() {
	const dir = mkdtempSync(join(tmpdir(), "souk-json-"));
	try {
		execFileSync("tar", ["-xJf", join(process.env.SOUK_SHARED, "contract/json/jsontestsuite.tar.xz"), "-C", dir]);
		return ["test_parsing", "test_transform"].flatMap((part) =>
			readdirSync(join(dir, part)).sort().map((name) => ({ name, bytes: readFileSync(join(dir, part, name)) })));
	} finally {
		rmSync(dir, { recursive: true });
	}
}

export async function eitherTable(client) {
	const lines = [];
	for (const { name, bytes } of suite().filter((file) => file.name.startsWith("i_"))) {
		const { status, body } = await client.post("/products", bytes);
		lines.push(`${status} ${body.error.reason ?? [...new Set(body.error.details.map((d) => d.reason))].join()} ${name}`);
	}
	return ["# Status, reason and name of each body that JSON leaves to the parser.", ...lines, ""].join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1]).href)
	process.stdout.write(await eitherTable((await makeTenant()).live));
