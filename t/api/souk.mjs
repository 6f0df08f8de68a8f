// What every scenario needs: a tenant of its own, requests, and a look into the tables. Settings come from the
// environment that ./dev test makes: SOUK_URL, SOUK_SANDBOX_URL, SOUK_CA, SOUK_CTL, SOUK_CONFIG, SOUK_DB, SOUK_LOG_FILE.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import https from "node:https";
import { promisify } from "node:util";
import { record } from "./record.mjs";

const env = process.env;
const ca = readFileSync(env.SOUK_CA);
const run = promisify(execFile);
const kept = new https.Agent({ ca, keepAlive: true, maxSockets: 32 });
const fresh = new https.Agent({ ca, keepAlive: false });

export const urls = { live: env.SOUK_URL, sandbox: env.SOUK_SANDBOX_URL };

// ---- requests

function parsed(headers, bytes) {
	if (!(headers["content-type"] ?? "").includes("json") || headers["content-encoding"])
		return undefined;
	return bytes.length ? JSON.parse(bytes) : undefined;
}

// A body that is no text or bytes is sent as JSON. Options: headers, fresh (a connection of its own), body, from (the address
// that it comes from, which may be any of 127.0.0.0/8).
export function request(method, url, { headers = {}, body, fresh: alone = false, from } = {}) {
	const agent = from ? new https.Agent({ ca, localAddress: from }) : alone ? fresh : kept;
	const sent = body === undefined || typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
	const all = { ...(sent === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(sent) }), ...headers };
	for (const name of Object.keys(all))
		if (all[name] === null)
			delete all[name];
	return new Promise((resolve, reject) => {
		const rq = https.request(url, { method, headers: all, agent }, (answer) => {
			const parts = [];
			answer.on("data", (part) => parts.push(part));
			answer.on("error", reject);
			answer.on("end", () => {
				const bytes = Buffer.concat(parts);
				try {
					const whole = { status: answer.statusCode, headers: answer.headers, bytes, raw: bytes.toString(), body: parsed(answer.headers, bytes) };
					record(method, String(url), { headers: all, bytes: sent }, whole);
					resolve(whole);
				} catch (error) {
					reject(new Error(`${method} ${url} ${answer.statusCode}: ${error.message}: ${bytes.toString().slice(0, 500)}`));
				}
			});
		});
		rq.on("error", reject);
		rq.end(sent);
	});
}

// Who asks: a key, and the side of the platform that it asks. Paths are below /v2, or whole if they begin with it.
export class Client {
	constructor(key, mode = "live") {
		this.key = key;
		this.mode = mode;
	}

	url(path) {
		return path.startsWith("/v2/") ? new URL(path, urls[this.mode]).href : urls[this.mode] + path;
	}

	send(method, path, options = {}) {
		const own = this.key === undefined ? {} : { authorization: `Bearer ${this.key}` };
		return request(method, this.url(path), { ...options, headers: { ...own, ...options.headers } });
	}

	get(path, headers) {
		return this.send("GET", path, { headers });
	}

	head(path, headers) {
		return this.send("HEAD", path, { headers });
	}

	post(path, body, headers) {
		return this.send("POST", path, { body, headers });
	}

	put(path, body, headers) {
		return this.send("PUT", path, { body, headers });
	}

	patch(path, body, headers) {
		return this.send("PATCH", path, { body, headers });
	}

	delete(path, headers) {
		return this.send("DELETE", path, { headers });
	}

	// What must succeed; gives the object.
	async make(path, body) {
		return status(await this.post(path, body), 201).body;
	}

	async read(path) {
		return status(await this.get(path), 200).body;
	}
}

// ---- other people's services, which t/fakes stands in for

const fakes = async (path, body) => {
	const answer = await fetch(env.SOUK_FAKES + path, body && { method: "POST", body: JSON.stringify(body) });
	assert.ok(answer.ok, `${path}: ${answer.status}`);
	return answer.status === 204 ? undefined : answer.json();
};

// What a service was asked by requests that hold this text (a key, an amount), and what it remembers.
export const asked = (service, holds = "") => fakes(`/_state?service=${service}&holds=${encodeURIComponent(holds)}`);
// How it shall behave: t/fakes/server.mjs says what there is.
export const behave = (service, rule) => fakes("/_control", { service, ...rule });

// ---- tenants

export async function ctl(...args) {
	return (await run(env.SOUK_CTL, args, { maxBuffer: 1 << 28 })).stdout.trim();
}

export class Tenant {
	async client({ mode = "live", scopes = "*", expires, name = "test" } = {}) {
		const until = expires ? ["--expires", expires] : [];
		return new Client(await ctl("key", "create", "--tenant", this.id, "--mode", mode, "--scopes", scopes, "--name", name, ...until), mode);
	}
}

// A tenant that nobody else knows, with a live key that may do everything.
export async function makeTenant({ currency = "USD", language = "en", plan = "enterprise" } = {}) {
	const t = new Tenant();
	t.name = `test ${randomBytes(8).toString("hex")}`;
	t.id = await ctl("tenant", "create", "--name", t.name, "--plan", plan, "--currency", currency, "--language", language);
	t.live = await t.client();
	return t;
}

// ---- what an answer must be

export function status(answer, expected) {
	assert.equal(answer.status, expected, `status ${answer.status}, not ${expected}: ${answer.raw.slice(0, 1000)}`);
	return answer;
}

const codes = {
	400: "validation_error", 401: "authentication_error", 403: "authorization_error", 404: "not_found", 405: "validation_error",
	406: "validation_error", 409: "conflict", 412: "conflict", 413: "validation_error", 414: "validation_error",
	415: "validation_error", 422: "validation_error", 429: "rate_limit_exceeded", 431: "validation_error", 500: "server_error", 503: "server_error",
};

// A refusal in the shape of every error. `fields`: "path" or "path:reason" of each detail, in any order, all of them.
export function refused(answer, expected, fields, reason) {
	status(answer, expected);
	const e = answer.body.error;
	assert.equal(e.code, codes[expected]);
	assert.ok(typeof e.message === "string" && e.message.length > 0, "a message");
	assert.ok(Array.isArray(e.details), "details are a list");
	assert.equal(e.request_id, answer.headers["idempotency-replayed"] ? e.request_id : answer.headers["x-request-id"]);
	if (reason !== undefined)
		assert.equal(e.reason, reason, answer.raw);
	if (fields !== undefined) {
		const found = e.details.map((d) => ({ path: d.field, both: `${d.field}:${d.reason}` }));
		const got = found.map((d) => (fields.includes(d.path) ? d.path : d.both));
		assert.deepEqual(got.sort(), [...fields].sort(), answer.raw);
	}
	return e;
}

// The number of statements that an answer took.
export function statements(answer) {
	return Number(/desc="(\d+) statements?"/.exec(answer.headers["server-timing"])[1]);
}

// ---- a look into the tables

// Each row of the query must be one JSON value.
export function rows(query) {
	const out = execFileSync("mariadb", ["--no-defaults", `--socket=${env.SOUK_DB}`, "--user=root", "--default-character-set=utf8mb4", "-N", "-B", "-r", "souk"], { input: query, maxBuffer: 1 << 28 });
	return out.toString().split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

// The number inside an id.
export function number(id) {
	return [...id.slice(id.indexOf("_") + 1)].reduce((n, c) => n * 32n + BigInt("0123456789abcdefghjkmnpqrstvwxyz".indexOf(c)), 0n);
}

// The audit rows of writes and the events of an object, oldest first; the number in an id belongs to one tenant only.
export function traces(id) {
	const n = number(id);
	const all = rows(`SELECT JSON_OBJECT('action', action, 'actor', actor, 'request_id', request_id, 'resource', resource, 'ip', ip_address,
			'agent', user_agent, 'changes', JSON_COMPACT(changes)) FROM audit_logs WHERE resource_id = ${n} AND action <> 'access.denied' ORDER BY id;
		SELECT JSON_OBJECT('type', type, 'version', object_version, 'request_id', request_id, 'object_type', object_type,
			'data', JSON_COMPACT(data)) FROM events WHERE object_id = ${n} ORDER BY object_version`);
	return { audit: all.filter((row) => "action" in row), events: all.filter((row) => "type" in row) };
}

// ---- examples

let made = 0;

// A product that a shop could have, with a SKU of its own.
export function product(more = {}) {
	return { name: "Premium Wireless Headphones", sku: `SKU-${++made}`, price: 199.99, ...more };
}
