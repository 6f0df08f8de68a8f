// S14: what nginx answers without souk-api has the shape of every other error. Servers of the stack's own nginx, made of its
// own include files, whose upstream is not there, is silent, hangs up or is full; time-outs are shortened, nothing else.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { dirname } from "node:path";
import tls from "node:tls";

import { Client, isError } from "./rig/client.mjs";
import { Database } from "./rig/database.mjs";
import { Faults, isShort, ok, prove, say } from "./rig/report.mjs";
import { newShop } from "./rig/shop.mjs";

const TIMEOUT_MS = isShort ? 300 : 2000;
const stack = dirname(dirname(process.env.SOUK_CONFIG));
const local = `${stack}/etc/nginx.local`;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function replaced(text, from, to) {
	if (!text.includes(from))
		throw new Error(`souk-api.inc has no "${from}"`);
	return text.replaceAll(from, to);
}

// An upstream on a unix socket that treats each connection as told.
function upstream(name, onConnection) {
	const path = `${stack}/run/${name}.sock`;
	rmSync(path, { force: true });
	const server = net.createServer((socket) => {
		socket.on("error", () => {});
		onConnection(socket);
	});
	return new Promise((resolve) => server.listen(path, () => resolve(server)));
}

async function freePort() {
	const server = net.createServer();
	await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address();
	await new Promise((resolve) => server.close(resolve));
	return port;
}

const answers = (port) => new Promise((resolve) => {
	const socket = net.connect({ port, host: "127.0.0.1" });
	socket.on("connect", () => socket.destroy() && resolve(true));
	socket.on("error", () => resolve(false));
});

// The same site before another upstream, with the replacements; gives its address.
async function site(name, pairs) {
	const port = await freePort();
	let text = replaced(readFileSync(`${stack}/etc/souk-api.inc`, "utf8"), "fastcgi_pass souk_api;", `fastcgi_pass ${name};`);
	for (const [from, to] of pairs)
		text = replaced(text, from, to);
	writeFileSync(`${stack}/etc/${name}.inc`, text);
	writeFileSync(`${local}/${name}.conf`, `upstream ${name} {
	server unix:${stack}/run/${name}.sock max_fails=0;
	server unix:${stack}/run/${name}.sock max_fails=0;
}
server {
	listen 127.0.0.1:${port} ssl http2;
	server_name ${name};
	ssl_certificate ${stack}/tls/server.pem;
	ssl_certificate_key ${stack}/tls/server.key;
	access_log ${stack}/log/nginx-access.log souk;
	include ${stack}/etc/${name}.inc;
}
`);
	return port;
}

async function reload(ports) {
	process.kill(Number(readFileSync(`${stack}/run/nginx.pid`, "utf8")), "SIGHUP");
	for (const port of ports)
		for (let i = 0; !(await answers(port)); i++) {
			if (i === 200)
				throw new Error(`nginx does not listen on ${port}: see ${stack}/log/nginx-error.log`);
			await pause(50);
		}
}

// What the answer lacks to be one of ours; nothing if it is whole.
function lacks(answer, status, retry) {
	const { headers } = answer, error = answer.json?.error ?? {};
	const wanted = {
		[`status ${status}`]: answer.status === status,
		"the shape of errors": isError(answer),
		"its members": Object.keys(error).join() === "code,message,details,request_id,reason,doc_url",
		"X-Request-Id": /^req_[0-9a-f]{32}$/.test(headers["x-request-id"]) && error.request_id === headers["x-request-id"],
		"an explanation": error.doc_url?.endsWith(`/docs/errors#${error.reason}`),
		"JSON": headers["content-type"] === "application/json",
		"nosniff": headers["x-content-type-options"] === "nosniff",
		"no-store": headers["cache-control"] === "no-store",
		"HSTS": /^max-age=/.test(headers["strict-transport-security"]),
		"CORS": headers["access-control-allow-origin"] === "*" && headers["access-control-expose-headers"] === "*",
		"no version": !/\d/.test(headers.server ?? ""),
		"Retry-After": !retry || Number(headers["retry-after"]) > 0,
	};
	return Object.keys(wanted).filter((name) => !wanted[name]);
}

// Each way to ask: nginx treats them differently when it looks for another worker.
const ways = [
	["GET", {}], ["HEAD", {}], ["OPTIONS", {}], ["POST", {}], ["POST", { "idempotency-key": "one" }], ["PUT", {}],
	["PATCH", { "idempotency-key": "two" }], ["DELETE", {}], ["TRACE", {}],
];

async function provoke(title, port, key, status, retry) {
	const client = new Client(key, { url: `https://127.0.0.1:${port}/v2` });
	const faults = new Faults();
	for (const [method, headers] of ways) {
		const body = ["POST", "PUT", "PATCH"].includes(method) ? { name: "Kettle" } : undefined;
		const answer = await client.send(method, "/products", body, headers);
		if (method === "HEAD")
			faults.check(answer.status === status && answer.text === "", `HEAD: ${answer.status}`);
		else
			faults.check(!lacks(answer, status, retry).length, () => `${method}: lacks ${lacks(answer, status, retry).join(", ")}: ${answer.status} ${answer.text}`);
	}
	client.agent.destroy();
	faults.report(`${title}: ${status}`);
}

// Sends what is not whole and waits for the end: {text, ms}.
function stall(port, text) {
	const began = Date.now();
	return new Promise((resolve) => {
		const socket = tls.connect({ port, host: "127.0.0.1", ca: readFileSync(process.env.SOUK_CA) }, () => socket.write(text));
		let got = "";
		const end = () => resolve({ text: got, ms: Date.now() - began });
		socket.on("data", (part) => (got += part));
		socket.on("error", end);
		socket.on("close", end);
	});
}

// The line of an access log, which is written a moment after the answer.
async function logged(id) {
	for (let i = 0; i < 100; i++) {
		const line = readFileSync(`${stack}/log/nginx-access.log`, "utf8").split("\n").find((l) => l.includes(id));
		if (line)
			return line;
		await pause(50);
	}
	return "";
}

await prove(isShort ? 60 : 300, async () => {
	const { live } = await newShop(new Database());
	const short = [["fastcgi_read_timeout 30s;", `fastcgi_read_timeout ${TIMEOUT_MS}ms;`],
		["client_body_timeout 15s;", `client_body_timeout ${TIMEOUT_MS}ms;`], ["client_header_timeout 15s;", `client_header_timeout ${TIMEOUT_MS}ms;`]];
	mkdirSync(local, { recursive: true });
	const servers = [
		await upstream("souk_silent", () => {}),
		await upstream("souk_rude", (socket) => socket.destroy()),
		await upstream("souk_mad", (socket) => socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\n\r\n"))),
		await upstream("souk_full", () => {}),
	];
	const ports = {
		gone: await site("souk_gone", short),
		silent: await site("souk_silent", short),
		rude: await site("souk_rude", short),
		mad: await site("souk_mad", short),
		full: await site("souk_full", [["limit_conn souk_all 2048;", "limit_conn souk_all 1;"]]),
	};
	await reload(Object.values(ports));
	try {
		await provoke("no worker is there", ports.gone, live.key, 502, true);
		await provoke("the worker says nothing", ports.silent, live.key, 504, false);
		await provoke("the worker hangs up", ports.rude, live.key, 502, true);
		await provoke("the worker does not speak FastCGI", ports.mad, live.key, 502, true);

		void stall(ports.full, "GET /v2/products HTTP/1.1\r\nHost: a\r\n\r\n"); /* holds the only place */
		await pause(100);
		await provoke("all connections are taken", ports.full, live.key, 503, true);

		for (const [what, text] of [
			["a body that stops", "POST /v2/products HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"],
			["a chunk that stops", "POST /v2/products HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{"],
			["a head that stops", "GET /v2/products HTTP/1.1\r\nHost:"],
			["nothing at all", ""],
		]) {
			const { text: got, ms } = await stall(ports.gone, text);
			ok(!got && ms < TIMEOUT_MS + 5000, `${what}: the connection is closed without an answer`, `${ms} ms: ${got}`);
		}

		const secret = "hushhush";
		const asked = await live.client.get(`/products?search=${secret}&limit=1`);
		const line = await logged(asked.headers["x-request-id"]);
		ok(JSON.parse(line || "{}").path === "/v2/products", "the access log has the path", line);
		const failed = await new Client(live.key, { url: `https://127.0.0.1:${ports.gone}/v2` }).get(`/products?search=${secret}`);
		await logged(failed.headers["x-request-id"]);
		for (const log of ["nginx-access.log", "souk-api.log"])
			ok(!readFileSync(`${stack}/log/${log}`, "utf8").includes(secret), `${log} has no query string`);
	} finally {
		for (const name of ["souk_gone", "souk_silent", "souk_rude", "souk_mad", "souk_full"])
			for (const file of [`${local}/${name}.conf`, `${stack}/etc/${name}.inc`])
				if (existsSync(file))
					rmSync(file);
		process.kill(Number(readFileSync(`${stack}/run/nginx.pid`, "utf8")), "SIGHUP");
		servers.forEach((server) => server.close());
		say(`time-outs of ${TIMEOUT_MS} ms`);
	}
});
