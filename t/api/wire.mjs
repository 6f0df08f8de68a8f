// Requests byte by byte, for what no client library would send: text goes out as it is, what comes back is cut into answers.
import { readFileSync } from "node:fs";
import net from "node:net";
import tls from "node:tls";

const ca = readFileSync(process.env.SOUK_CA);
const PATIENCE_MS = 20000;

// One answer at the head of `text` and what follows it; undefined if it is not whole yet.
function cut(text, head) {
	const end = text.indexOf("\r\n\r\n");
	if (end < 0)
		return undefined;
	const [first, ...lines] = text.slice(0, end).split("\r\n");
	const headers = {};
	for (const line of lines) {
		const colon = line.indexOf(":");
		const name = line.slice(0, colon).toLowerCase();
		headers[name] = headers[name] === undefined ? line.slice(colon + 1).trim() : `${headers[name]}, ${line.slice(colon + 1).trim()}`;
	}
	const status = Number(first.split(" ")[1]);
	const length = head || status < 200 || status === 204 || status === 304 ? 0 : Number(headers["content-length"] ?? 0);
	const rest = text.slice(end + 4);
	if (rest.length < length)
		return undefined;
	const raw = rest.slice(0, length);
	const body = raw && (headers["content-type"] ?? "").includes("json") && !headers["content-encoding"] ? JSON.parse(raw) : undefined;
	return { answer: { status, headers, raw, body }, rest: rest.slice(length) };
}

// Sends `text` and gives the first `answers` answers, fewer if the connection ends before. Options: url; plain: no TLS;
// head: answers have no body; then: text to send after the first answer (as after a 100).
export function wire(text, { url = process.env.SOUK_URL, answers = 1, plain = false, head = false, then, tls: more = {} } = {}) {
	const { hostname: host, port } = new URL(url);
	return new Promise((resolve, reject) => {
		const socket = plain ? net.connect({ host, port }) : tls.connect({ host, port, ca, ...more });
		const got = [];
		let left = "";
		const finish = () => {
			socket.destroy();
			resolve(got);
		};
		socket.setEncoding("latin1");
		socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error(`no answer in ${PATIENCE_MS} ms: ${text.slice(0, 100)}`)));
		socket.on(plain ? "connect" : "secureConnect", () => socket.write(text, "latin1"));
		socket.on("data", (part) => {
			left += part;
			for (let one = cut(left, head); one && got.length < answers; one = cut(left, head)) {
				got.push(one.answer);
				left = one.rest;
				if (got.length === 1 && then)
					socket.write(then, "latin1");
			}
			if (got.length === answers)
				finish();
		});
		socket.on("end", finish);
		socket.on("error", (error) => (error.code === "ECONNRESET" || error.code === "EPIPE" ? finish() : reject(error)));
	});
}
