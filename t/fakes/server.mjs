// Services of other people, for tests: one port of this machine, a module beside this file for each, below its name
// (/stripe/v1/refunds is answered by stripe.mjs). Run as `node server.mjs PORT`. A module exports
//     fresh()                  what it remembers at first
//     handle(request, state)   gives { status, headers, body }; an object as body is sent as JSON; undefined is 404
// where a request is { method, path (below the name), query, headers, body (text), json(), form() }.
//
// GET  /_state?service=NAME[&holds=TEXT]  { state, requests: [{ method, path, headers, body }] }; only those that hold TEXT
// POST /_control { service, holds, path, method, times, behave, after, ms, status, body }: the next `times` (1) requests with TEXT
//     in their head or body, and that path (a regular expression), are answered so: "hang", "reset", "slow" (`ms`), "answer"
//     (`status`, `body`) or "twice". `after`: once the service has acted on it. Tests run at once, so `holds` should be a key of theirs.
// POST /_reset { service }
import { readdirSync } from "node:fs";
import http from "node:http";

const REQUESTS_KEPT = 5000;
const services = new Map();

for (const file of readdirSync(import.meta.dirname ?? new URL(".", import.meta.url).pathname)) {
	const name = file.replace(/\.mjs$/, "");
	if (name === file || name === "server")
		continue;
	const module = await import(new URL(file, import.meta.url));
	services.set(name, { module, state: module.fresh(), requests: [], rules: [] });
}

function bytesOf(incoming) {
	return new Promise((resolve, reject) => {
		const parts = [];
		incoming.on("data", (part) => parts.push(part));
		incoming.on("error", reject);
		incoming.on("end", () => resolve(Buffer.concat(parts)));
	});
}

function send(res, { status = 200, headers = {}, body } = {}) {
	const isText = body === undefined || typeof body === "string" || Buffer.isBuffer(body);
	const bytes = isText ? body ?? "" : JSON.stringify(body);
	res.writeHead(status, { "content-length": Buffer.byteLength(bytes), ...(isText ? {} : { "content-type": "application/json" }), ...headers });
	res.end(bytes);
}

const missing = { status: 404, body: { error: "there is no such thing" } };
const textOf = (request) => `${request.method} ${request.path} ${JSON.stringify(request.headers)} ${request.body}`;

// ---- what tests say

function state(url) {
	const service = services.get(url.searchParams.get("service"));
	const holds = url.searchParams.get("holds") ?? "";
	if (!service)
		return missing;
	return { body: { state: service.state, requests: service.requests.filter((request) => textOf(request).includes(holds)) } };
}

function control(text) {
	const rule = { times: 1, holds: "", path: "", after: false, ms: 0, ...JSON.parse(text) };
	if (!services.has(rule.service) || !["hang", "reset", "slow", "answer", "twice"].includes(rule.behave))
		return { status: 422, body: { error: "service or behave is unknown" } };
	services.get(rule.service).rules.push(rule);
	return { status: 201, body: rule };
}

function reset(text) {
	const service = services.get(JSON.parse(text).service);
	if (!service)
		return missing;
	Object.assign(service, { state: service.module.fresh(), requests: [], rules: [] });
	return { status: 204 };
}

// ---- what services do

function ruleFor(service, request) {
	const text = textOf(request);
	const at = service.rules.findIndex((rule) => text.includes(rule.holds) && new RegExp(rule.path).test(request.path) && (!rule.method || rule.method === request.method));
	if (at < 0)
		return undefined;
	const rule = service.rules[at];
	if (--rule.times <= 0)
		service.rules.splice(at, 1);
	return rule;
}

async function act(service, request) {
	try {
		return (await service.module.handle(request, service.state)) ?? missing;
	} catch (error) {
		console.error(error);
		return { status: 500, body: { error: `the fake failed: ${error.message}` } };
	}
}

async function serve(service, request, res) {
	const rule = ruleFor(service, request);
	let answer;
	if (!rule || rule.after || rule.behave === "slow" || rule.behave === "twice")
		answer = await act(service, request);
	if (rule?.behave === "twice")
		answer = await act(service, request);
	if (rule?.behave === "hang")
		return;
	if (rule?.behave === "reset")
		res.socket.resetAndDestroy?.() ?? res.socket.destroy();
	else if (rule?.behave === "slow")
		setTimeout(() => send(res, answer), rule.ms);
	else
		send(res, rule?.behave === "answer" ? { status: rule.status ?? 500, body: rule.body ?? "" } : answer);
}

const server = http.createServer(async (rq, res) => {
	const url = new URL(rq.url, "http://fakes");
	const body = (await bytesOf(rq)).toString();
	const [, name, path] = /^\/([^/]*)(.*)$/.exec(url.pathname);
	const service = services.get(name);
	if (name === "_state")
		send(res, state(url));
	else if (name === "_control" && rq.method === "POST")
		send(res, control(body));
	else if (name === "_reset" && rq.method === "POST")
		send(res, reset(body));
	else if (!service)
		send(res, missing);
	else {
		const request = { method: rq.method, path, query: url.searchParams, headers: rq.headers, body, json: () => JSON.parse(body), form: () => new URLSearchParams(body) };
		service.requests.push({ method: rq.method, path: path + url.search, headers: rq.headers, body });
		if (service.requests.length > REQUESTS_KEPT)
			service.requests.shift();
		await serve(service, request, res);
	}
});
server.on("clientError", (_error, socket) => socket.destroy());
process.on("SIGTERM", () => process.exit(0));
server.listen(Number(process.argv[2]), "127.0.0.1");
