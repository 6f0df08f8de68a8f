// Who may do what is what t/golden/access.txt says, for every route, method and scope (S2).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { accessTable } from "./access.mjs";

test("each route lets in whom the table says, and nobody else; ./dev golden access.txt writes it anew", async () => {
	const golden = readFileSync(new URL("../golden/access.txt", import.meta.url), "utf8");
	assert.deepEqual((await accessTable()).split("\n"), golden.split("\n"));
});
