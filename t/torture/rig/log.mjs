// The log of souk-api, read as it grows.
import { closeSync, openSync, readSync, statSync } from "node:fs";

export class Log {
	constructor(path = process.env.SOUK_LOG_FILE) {
		this.path = path;
		this.at = statSync(path).size;
		this.rest = "";
		this.lines = [];
	}

	// All lines since this object was made; what is no JSON, as a library's last words, is {text}.
	read() {
		const bytes = Buffer.alloc(Math.max(statSync(this.path).size - this.at, 0));
		const file = openSync(this.path, "r");
		this.at += readSync(file, bytes, 0, bytes.length, this.at);
		closeSync(file);
		const all = (this.rest + bytes.toString()).split("\n");
		this.rest = all.pop();
		for (const text of all)
			this.lines.push(text.startsWith("{") ? JSON.parse(text) : { text });
		return this.lines;
	}

	of(event, more = {}) {
		return this.read().filter((line) => line.event === event && Object.entries(more).every(([name, value]) => line[name] === value));
	}
}
