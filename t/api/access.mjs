// Who may ask what, found by asking: each way of each route with no key, and with keys that have one scope each. The requests
// are harmless: they name nothing that is there, or bring an empty body, so that whatever passes the gate is refused behind it.
// Run by itself it prints the table, which is kept in t/golden/access.txt.
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { each, routes, scopes } from "./conformance.mjs";
import { makeTenant, request, urls } from "./souk.mjs";

async function passes(method, pattern, key) {
	const url = new URL(pattern.replace(/\{.*?\}/g, "none_1"), urls.live).href;
	const body = ["POST", "PUT", "PATCH"].includes(method) ? {} : undefined;
	const { status } = await request(method, url, { body, headers: key ? { authorization: `Bearer ${key}` } : {} });
	assert.ok(status < 500, `${method} ${url} is ${status}`);
	assert.ok(!key || status !== 401, `${method} ${url} does not know the key`);
	return status !== 401 && status !== 403;
}

export async function accessTable() {
	const shop = await makeTenant(), keys = await each(scopes, async (scope) => (await shop.client({ scopes: scope })).key, 3);
	const ways = routes.flatMap((route) => Object.keys(route.methods).map((method) => [method, route.pattern]));
	const lines = await each(ways, async ([method, pattern]) => {
		const open = await passes(method, pattern), enough = [];
		for (const [i, scope] of scopes.entries())
			if (await passes(method, pattern, keys[i]))
				enough.push(scope);
		assert.ok(!open || enough.length === scopes.length, `${method} ${pattern} is for strangers, but not for keys`);
		return `${method.padEnd(7)} ${pattern.padEnd(42)} ${open ? "no key" : enough.join(" ") || "nobody"}`;
	});
	return [`# Each way, and what is enough for it: one of the scopes that stand behind it, or no key at all. Asked with:`, `# ${scopes.join(" ")}`, ...lines, ""].join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1]).href)
	process.stdout.write(await accessTable());
