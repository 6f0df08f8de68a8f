// Health says how the parts are, without a key; readiness and liveness say it to what starts and watches the service. What
// happens when a part fails is in t/torture/hung.mjs, disk.mjs and bounded.mjs.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Client, refused, request, statements, status, urls } from "./souk.mjs";

const at = (path, base = urls.live) => new URL(path, base).href;

test("health tells of each part, on both sides, at the root and below /v2", async () => {
	for (const base of [urls.live, urls.sandbox])
		for (const path of ["/health", "/v2/health"]) {
			const { body, headers } = status(await request("GET", at(path, base)), 200);
			const { books, ...others } = body;
			assert.deepEqual(Object.keys(others), ["status", "version", "uptime", "uptime_seconds", "services"]);
			assert.deepEqual(Object.keys(body.services), ["database", "cache", "queue", "storage", "books"]);
			assert.equal(body.services.database, "operational");
			assert.deepEqual([body.services.cache, body.services.queue], ["not_configured", "not_configured"]);
			assert.ok(["operational", "degraded"].includes(body.services.storage), body.services.storage);
			assert.ok(["operational", "degraded", "unknown"].includes(body.services.books), body.services.books);
			assert.equal(body.services.books === "degraded", (books?.differences ?? 0) > 0);
			const well = body.services.storage === "operational" && body.services.books !== "degraded";
			assert.equal(body.status, well ? "healthy" : "degraded");
			assert.equal(headers["retry-after"], undefined);
		}
});

test("uptime is a percentage with two digits, and time goes on", async () => {
	const first = status(await request("GET", at("/health")), 200);
	assert.match(first.raw, /"uptime":(100\.00|\d{1,2}\.\d\d),/);
	assert.ok(first.body.uptime > 0 && first.body.uptime <= 100, first.raw);
	assert.ok(Number.isInteger(first.body.uptime_seconds) && first.body.uptime_seconds >= 0);
});

test("health costs no statement: the keeper has looked", async () => {
	for (const path of ["/health", "/readyz", "/livez"])
		assert.equal(statements(status(await request("GET", at(path)), 200)), 0, path);
});

test("the answer is never kept by a cache", async () => {
	for (const path of ["/health", "/readyz", "/livez"])
		assert.match(status(await request("GET", at(path)), 200).headers["cache-control"], /no-store|no-cache/, path);
});

test("liveness and readiness are one word each, and HEAD has no body", async () => {
	assert.deepEqual(status(await request("GET", at("/livez")), 200).body, { status: "alive" });
	assert.deepEqual(status(await request("GET", at("/readyz")), 200).body, { status: "ready" });
	for (const path of ["/health", "/readyz", "/livez"])
		assert.equal(status(await request("HEAD", at(path)), 200).raw, "", path);
});

test("nothing of health can be written, and a key, even a wrong one, is not looked at", async () => {
	for (const path of ["/health", "/readyz", "/livez"]) {
		for (const method of ["POST", "PUT", "PATCH", "DELETE"])
			refused(await request(method, at(path), { body: method === "DELETE" ? undefined : {} }), 405);
		status(await request("GET", at(path), { headers: { authorization: "Bearer live_wrong" } }), 200);
		status(await request("GET", at(`${path}?database=up&status[]=1`)), 200);
		refused(await request("GET", at(`${path}/database`)), 404);
	}
	for (const path of ["/livez", "/readyz"]) /* at the root only */
		refused(await new Client("live_wrong").get(path), 404);
});

test("the keeper is a process of its own, beside the workers", async () => {
	const pid = JSON.parse(readFileSync(process.env.SOUK_LOG_FILE, "utf8").split("\n").find((line) => line.includes('"event":"started"'))).pid;
	const names = execFileSync("ps", ["-o", "comm=", "--ppid", String(pid)], { encoding: "utf8" }).trim().split("\n");
	assert.equal(names.filter((name) => name === "souk-keeper").length, 1, names.join());
});
