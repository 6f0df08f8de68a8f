// Requests to the API over kept connections. An answer is {status, headers, text, json}; a connection that breaks is an
// answer of status 0, for what the client saw is what is judged.
import https from "node:https";

const PATIENCE_MS = 20000;

export class Client {
	// `from`: the address that it asks from, any of 127.0.0.0/8.
	constructor(key, { url = process.env.SOUK_URL, sockets = 16, from } = {}) {
		this.key = key;
		this.url = new URL(url);
		this.agent = new https.Agent({ keepAlive: true, maxSockets: sockets, scheduling: "fifo", localAddress: from });
	}

	send(method, path, body, headers = {}) {
		const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
		const options = {
			agent: this.agent,
			method,
			host: this.url.hostname,
			port: this.url.port,
			path: this.url.pathname + path,
			timeout: PATIENCE_MS,
			headers: { authorization: `Bearer ${this.key}`, ...headers },
		};
		if (text !== undefined) {
			options.headers["content-type"] ??= "application/json";
			options.headers["content-length"] = Buffer.byteLength(text);
		}
		return new Promise((resolve) => {
			const broken = (e) => resolve({ status: 0, headers: {}, text: String(e), json: undefined });
			const request = https.request(options, (answer) => {
				const parts = [];
				answer.on("data", (part) => parts.push(part));
				answer.on("error", broken);
				answer.on("end", () => resolve(read(answer, Buffer.concat(parts).toString())));
			});
			request.on("timeout", () => request.destroy(new Error(`no answer in ${PATIENCE_MS} ms`)));
			request.on("error", broken);
			request.end(text);
		});
	}

	get(path, headers) {
		return this.send("GET", path, undefined, headers);
	}

	// A write that must succeed, for what a proof needs before it begins: gives its object.
	async make(method, path, body, headers) {
		const answer = await this.send(method, path, body, headers);
		if (answer.status < 200 || answer.status > 299)
			throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
		return answer.json;
	}
}

function read(answer, text) {
	let json;
	try {
		json = text ? JSON.parse(text) : undefined;
	} catch {
		json = undefined;
	}
	return { status: answer.statusCode, headers: answer.headers, text, json };
}

const CODES = {
	400: "validation_error", 401: "authentication_error", 403: "authorization_error", 404: "not_found",
	409: "conflict", 412: "conflict", 422: "validation_error", 429: "rate_limit_exceeded",
	500: "server_error", 502: "server_error", 503: "server_error", 504: "server_error",
};

// True if the body has the shape that every error has.
export function isError(answer) {
	const error = answer.json?.error;
	return Boolean(error) && error.code === CODES[answer.status] && typeof error.message === "string" &&
		Array.isArray(error.details) && typeof error.request_id === "string";
}

// The number of statements that the answer says it took.
export function statements(answer) {
	return Number(/desc="(\d+) statement/.exec(answer.headers["server-timing"] ?? "")?.[1] ?? NaN);
}
