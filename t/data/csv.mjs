// What the converters share: reading a compressed file line by line, and CSV both ways (RFC 4180).
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

// A file of the real data, which lies in $SOUK_SHARED, beside the checkout unless that is set.
export const shared = (path) =>
	`${process.env.SOUK_SHARED || fileURLToPath(new URL("../../../shared", import.meta.url))}/data/${path}`;

// The chunks of FILE.xz, unpacked. Ends the program with 66 if the file is not there.
export function unpacked(path) {
	if (!existsSync(path)) {
		process.stderr.write(`${path}: there is no such file\n`);
		process.exit(66);
	}
	const xz = spawn("xz", ["-dc", path], { stdio: ["ignore", "pipe", "inherit"] });
	xz.on("exit", (status) => status && process.exit(1));
	return xz.stdout.setEncoding("utf8");
}

// The rows of a stream of CSV, as arrays of texts.
export async function* rows(chunks) {
	let cell = "", row = [], quoted = false, afterQuote = false;
	for await (const chunk of chunks) {
		for (const c of chunk) {
			if (quoted && c === '"') {
				quoted = false;
				afterQuote = true;
			} else if (quoted) {
				cell += c;
			} else if (c === '"') {
				quoted = true;
				if (afterQuote)
					cell += c;
				afterQuote = false;
			} else if (c === ",") {
				row.push(cell);
				cell = "";
				afterQuote = false;
			} else if (c === "\n") {
				yield [...row, cell];
				cell = "";
				row = [];
				afterQuote = false;
			} else if (c !== "\r") {
				cell += c;
			}
		}
	}
	if (cell || row.length)
		yield [...row, cell];
}

const quote = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export const line = (cells) => cells.map((cell) => quote(String(cell ?? ""))).join(",") + "\n";

// A count of things, and which of them came most often (of equals, the first).
export class Tally extends Map {
	add(thing) {
		this.set(thing, (this.get(thing) ?? 0) + 1);
	}
	most() {
		let best, times = 0;
		for (const [thing, n] of this)
			if (n > times)
				[best, times] = [thing, n];
		return best;
	}
}
