// How the service does, as those see it who watch it: figures as JSON, all that is counted as Prometheus reads it (D28), for
// keys with metrics:read and for the addresses of SOUK_METRICS_FROM (D81), which is 127.0.0.2 on a private stack.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { Client, makeTenant, product, refused, request, status, urls } from "./souk.mjs";

const WATCHER = "127.0.0.2", SERIES_MAX = 2000;
const places = ["/metrics", "/v2/metrics"].flatMap((path) => Object.values(urls).map((url) => new URL(path, url).href));
const watch = (accept, { from = WATCHER, headers = {}, method = "GET", url = places[0] } = {}) => request(method, url, { from, headers: { accept, ...headers } });

// {name{labels}: number} of a text; every line must be one of those that the format has.
function parsed(text) {
	const all = new Map(), types = new Map();
	let family;
	assert.ok(text.endsWith("\n"));
	for (const line of text.slice(0, -1).split("\n")) {
		const [, kind, name, rest] = /^# (HELP|TYPE) (\w+) (.+)$/.exec(line) ?? [];
		if (kind === "TYPE") {
			assert.ok(!types.has(name), `${name} is announced twice`);
			types.set((family = name), rest);
		}
		if (kind || line === "# EOF")
			continue;
		const [, series, number] = /^(\w+(?:\{(?:[a-z_]+="[^"\\]*",?)*\})?) (\d+(?:\.\d+)?)$/.exec(line) ?? assert.fail(line);
		assert.ok(series.startsWith(family), `${series} stands below ${family}`);
		assert.ok(!all.has(series), `${series} is there twice`);
		all.set(series, Number(number));
	}
	assert.ok(all.size > 30 && all.size <= SERIES_MAX, `${all.size} series`);
	return all;
}

const scrape = async () => parsed(status(await watch("text/plain"), 200).raw);
const requests = (route, method, code) => `souk_http_requests_total{route="${route}",method="${method}",code="${code}"}`;

// What rises by `least` or more while that is done; others use the same service.
async function rises(least, work) {
	const was = await scrape();
	await work();
	const is = await scrape();
	for (const [series, n] of Object.entries(least))
		assert.ok((is.get(series) ?? 0) - (was.get(series) ?? 0) >= n, `${series} was ${was.get(series)}, is ${is.get(series)}, not ${n} more`);
}

let t;
before(async () => (t = await makeTenant()));

describe("the figures", () => {
	it("are those of the specification, at both places, on both sides", async () => {
		status(await t.live.get("/products"), 200);
		for (const url of places) {
			const answer = status(await watch("application/json", { url }), 200), f = answer.body;
			assert.equal(answer.headers["content-type"], "application/json");
			assert.deepEqual(Object.keys(f), ["response_time_p50", "response_time_p95", "response_time_p99", "error_rate", "requests_per_second"]);
			assert.ok(Object.values(f).every((n) => typeof n === "number" && n >= 0), answer.raw);
			assert.ok(f.response_time_p50 <= f.response_time_p95 && f.response_time_p95 <= f.response_time_p99, answer.raw);
			assert.ok(f.response_time_p50 > 0 && f.error_rate <= 1 && f.requests_per_second > 0, answer.raw);
		}
	});
	it("are what anybody gets who does not ask for more", async () => {
		for (const accept of ["*/*", "application/*", "application/json;q=0.5, text/plain;q=0.4", ""])
			assert.ok("error_rate" in status(await watch(accept), 200).body, accept);
	});
	it("may not be kept", async () => {
		assert.equal((await watch("*/*")).headers["cache-control"], "no-store");
		status(await watch("*/*", { headers: { "if-none-match": "*" } }), 200);
	});
});

describe("the text", () => {
	it("is version 0.0.4 for whoever asks for text", async () => {
		for (const accept of ["text/plain", "text/*", "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"]) {
			const answer = status(await watch(accept), 200);
			assert.equal(answer.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8", accept);
			parsed(answer.raw);
		}
	});
	it("is OpenMetrics for a Prometheus, which likes that better", async () => {
		const accept = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
		const answer = status(await watch(accept), 200);
		assert.equal(answer.headers["content-type"], "application/openmetrics-text; version=1.0.0; charset=utf-8");
		assert.ok(answer.raw.endsWith("\n# EOF\n"));
		assert.match(answer.raw, /^# TYPE souk_http_requests counter$/m);
		parsed(answer.raw);
	});
	it("is compressed for whoever takes that", async () => {
		const answer = status(await watch("text/plain", { headers: { "accept-encoding": "gzip" } }), 200);
		assert.equal(answer.headers["content-encoding"], "gzip");
	});
	it("has histograms that add up to the requests", async () => {
		const all = await scrape(), routes = new Set([...all.keys()].map((s) => /route="([^"]+)"/.exec(s)?.[1]).filter(Boolean));
		assert.ok(routes.has("products") && routes.has("metrics"));
		for (const route of routes) {
			const counted = [...all].filter(([s]) => s.startsWith(`souk_http_requests_total{route="${route}"`)).reduce((sum, [, n]) => sum + n, 0);
			const buckets = [...all].filter(([s]) => s.startsWith(`souk_http_request_duration_seconds_bucket{route="${route}"`));
			const count = all.get(`souk_http_request_duration_seconds_count{route="${route}"}`);
			assert.deepEqual(buckets.map(([, n]) => n), buckets.map(([, n]) => n).sort((a, b) => a - b), route);
			assert.match(buckets.at(-1)[0], /le="\+Inf"/);
			assert.equal(buckets.at(-1)[1], count);
			/* Read one after the other while others ask. */
			assert.ok(count >= counted && count - counted < 50, `${route}: ${count} and ${counted}`);
			assert.ok(all.get(`souk_http_request_duration_seconds_sum{route="${route}"}`) > 0, route);
		}
	});
	it("never shows who asked, nor what for", async () => {
		const odd = 'x"} 1\nsouk_db_up 0', one = await t.live.make("/products", product({ sku: "PRIVATE-SKU-1" }));
		for (const path of ["/v2/PRIVATE-PATH", `/v2/products/${one.id}`, `/v2/products/PRIVATE-SKU-1?search=PRIVATE-WORD`, `/v2/${encodeURIComponent(odd)}`])
			await t.live.get(path, { "x-tenant-id": t.id });
		await t.live.send("PURGE", "/v2/products");
		const { raw } = await watch("text/plain");
		for (const word of ["PRIVATE", "PURGE", one.id, t.id, t.name, t.live.key, "127.0.0.1", "Node"])
			assert.ok(!raw.includes(word), word);
		assert.deepEqual([...new Set([...raw.matchAll(/([a-z_]+)="/g)].map((m) => m[1]))].sort(), ["api_version", "code", "le", "method", "route", "version"]);
		assert.ok(parsed(raw).get("souk_db_up") === 1);
	});
	it("says how many workers there are, and since when", async () => {
		const all = await scrape(), wanted = all.get("souk_workers_wanted");
		assert.ok(wanted > 0 && all.get("souk_workers") >= 1 && all.get("souk_workers_started_total") >= wanted);
		assert.ok(all.get("souk_start_time_seconds") <= Date.now() / 1000 && all.get("souk_start_time_seconds") > Date.now() / 1000 - 86400);
	});
});

describe("what is asked", () => {
	it("is counted by route, method and class, before its answer is there", async () => {
		const one = await t.live.make("/products", product());
		await rises({
			[requests("products", "GET", "2xx")]: 3,
			[requests("products", "GET", "3xx")]: 1,
			[requests("products", "GET", "4xx")]: 1,
			[requests("products", "HEAD", "2xx")]: 1,
			[requests("products", "PATCH", "4xx")]: 1,
			[requests("products", "OPTIONS", "2xx")]: 1,
			[requests("variants", "GET", "2xx")]: 1,
			[requests("unmatched", "DELETE", "4xx")]: 1,
			"souk_http_response_bytes_total": 5000,
			"souk_db_statements_total": 4,
			"souk_db_seconds_total": 0.000001,
		}, async () => {
			for (let i = 0; i < 3; i++)
				status(await t.live.get("/products"), 200);
			const { etag } = (await t.live.get(`/products/${one.id}`)).headers;
			status(await t.live.get(`/products/${one.id}`, { "if-none-match": etag }), 304);
			refused(await t.live.get("/products/prod_7zzzzzzzzzzzz"), 404);
			status(await t.live.head(`/products/${one.id}`), 200);
			refused(await t.live.patch(`/products/${one.id}`, { price: -1 }), 422);
			status(await t.live.send("OPTIONS", "/products"), 204);
			status(await t.live.get(`/products/${one.id}/variants`), 200);
			refused(await t.live.delete("/no-such-path"), 404);
		});
	});
	it("shows failures from the first request on", async () => {
		const all = await scrape();
		assert.ok(all.has(requests("products", "GET", "5xx")));
		await rises({ [requests("products", "GET", "5xx")]: 1, "souk_db_errors_total": 1 }, async () =>
			refused(await t.live.get("/products", { "x-souk-fault": "1064@1" }), 500));
	});
	it("counts deadlocks and what was repeated for them, and lost connections", async () => {
		await rises({ "souk_db_conflicts_total": 1, "souk_db_repeats_total": 1 }, async () =>
			status(await t.live.post("/products", product(), { "x-souk-fault": "1213@3" }), 201));
		await rises({ "souk_db_connections_lost_total": 1, "souk_db_connections_total": 1 }, async () =>
			status(await t.live.get("/products", { "x-souk-fault": "2013@1" }), 200));
	});
	it("counts replays", async () => {
		const body = product(), headers = { "idempotency-key": "metrics-replay" };
		await rises({ "souk_idempotent_replays_total": 2, [requests("products", "POST", "2xx")]: 3 }, async () => {
			for (let i = 0; i < 3; i++)
				status(await t.live.post("/products", body, headers), 201);
		});
	});
	it("counts what limits refuse", async () => {
		const free = await makeTenant({ plan: "free" });
		await rises({ "souk_rate_limited_total": 5, [requests("categories", "GET", "4xx")]: 5 }, async () => {
			for (let i = 0; i < 106; i++)
				await free.live.get("/categories?limit=1");
		});
	});
});

describe("who may look", () => {
	it("needs metrics:read", async () => {
		const metrics = await t.client({ scopes: "metrics:read" }), other = await t.client({ scopes: "products:*,categories:*,api-keys:*" });
		for (const path of ["/v2/metrics", "/v2/metrics?a=b"]) {
			status(await metrics.get(path), 200);
			status(await metrics.head(path), 200);
			status(await t.live.get(path), 200);
			assert.match(refused(await other.get(path), 403, [], "scope").message, /metrics:read/);
			refused(await request("GET", metrics.url(path)), 401, [], "key_missing");
		}
		refused(await metrics.get("/products"), 403, [], "scope");
	});
	it("cannot be a page: a publishable key has no such scope", async () => {
		refused(await t.live.post("/api-keys", { name: "page", kind: "publishable", scopes: ["metrics:read"] }), 422);
		refused(await t.live.post("/api-keys", { name: "x", scopes: ["metrics:write"] }), 422);
		status(await t.live.post("/api-keys", { name: "x", scopes: ["metrics:*"] }), 201);
	});
	it("is checked as everywhere", async () => {
		const metrics = await t.client({ scopes: "metrics:read" }), bare = new Client("live_none");
		refused(await bare.get("/v2/metrics"), 401);
		refused(await new Client(metrics.key, "sandbox").get("/v2/metrics"), 401, [], "key_mode");
		refused(await metrics.get("/v2/metrics", { "x-tenant-id": "tenant_1" }), 403, [], "other_tenant");
		refused(await request("GET", places[0], { headers: { authorization: "Basic abc" } }), 401, [], "key_malformed");
	});
	it("is let in without a key from a known address, and no other", async () => {
		for (const url of places)
			status(await watch("text/plain", { url }), 200);
		status(await watch("text/plain", { headers: { authorization: "Bearer live_none" } }), 200);
		refused(await watch("text/plain", { from: "127.0.0.3" }), 401, [], "key_missing");
		refused(await watch("text/plain", { from: null }), 401, [], "key_missing");
		for (const name of ["x-forwarded-for", "x-real-ip", "forwarded", "remote-addr", "client-ip"])
			refused(await watch("text/plain", { from: null, headers: { [name]: WATCHER } }), 401, [], "key_missing");
	});
	it("gets nothing else by its address", async () => {
		for (const path of ["/v2/products", "/v2/api-keys", "/v2/categories"])
			refused(await watch("application/json", { url: new URL(path, urls.live).href }), 401, [], "key_missing");
	});
	it("is counted by the limits with a key, and not from a known address", async () => {
		const free = await makeTenant({ plan: "free" });
		assert.equal((await free.live.get("/v2/metrics")).headers["x-ratelimit-remaining"], "99");
		for (let i = 0; i < 105; i++)
			assert.equal(status(await watch("*/*"), 200).headers["x-ratelimit-limit"], undefined);
	});
});

describe("what is wrong", () => {
	it("is refused in the shape of every error", async () => {
		for (const accept of ["text/html", "image/png", "application/openmetrics-text;q=0", "text/plain;q=0"])
			assert.equal(refused(await watch(accept), 406, ["Accept:not_acceptable"]).details[0].allowed.length, 3, accept);
		for (const method of ["POST", "PUT", "PATCH", "DELETE", "PURGE"])
			assert.equal(refused(await watch("*/*", { method }), 405).reason, "method");
		for (const path of ["/metrics/", "/v2/metrics/products", "/v2//metrics", "/v3/metrics", "/metrics.json"])
			refused(await watch("*/*", { url: new URL(path, urls.live).href }), 404);
		refused(await watch("*/*", { url: `${places[0]}?${"a".repeat(9000)}` }), 414);
	});
	it("says what it takes", async () => {
		const answer = status(await watch("*/*", { method: "OPTIONS" }), 204);
		assert.equal(answer.headers.allow, "GET, HEAD, OPTIONS");
		const head = status(await watch("text/plain", { method: "HEAD" }), 200);
		assert.equal(head.raw, "");
		assert.ok(Number(head.headers["content-length"]) > 1000);
	});
});
