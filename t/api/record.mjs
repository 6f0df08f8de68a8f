// Writes every request and its answer down, one JSON value a line, for t/contract/check.mjs: into a file of this process in the
// folder SOUK_RECORD; without that variable nothing is kept.
import { appendFileSync } from "node:fs";
import { join } from "node:path";

const file = process.env.SOUK_RECORD && join(process.env.SOUK_RECORD, `${process.pid}.jsonl`);
const ENOUGH = 1 << 20;
let lines = [], size = 0;

function flush() {
	if (lines.length)
		appendFileSync(file, lines.join(""));
	lines = [];
	size = 0;
}

if (file)
	process.on("exit", flush);

// `sent`: the request's headers and body; `answer` as request() gives it.
export function record(method, url, sent, answer) {
	if (!file)
		return;
	const line = `${JSON.stringify({ method, url, sent: { headers: sent.headers, body: sent.bytes?.toString() }, status: answer.status, headers: answer.headers, body: answer.headers["content-encoding"] ? null : answer.raw })}\n`;
	lines.push(line);
	size += line.length;
	if (size > ENOUGH)
		flush();
}
