// Where a text stands: in files, in a dump of the database, in the memory of processes.
import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { userInfo } from "node:os";

import { stack } from "./stack.mjs";

const BLOCK = 1 << 20;
const MOST = 512 << 20; // of one range: what is larger is address space that nobody has touched

// The files below the stack's directory that have one of the texts in them.
export function inFiles(texts, left = []) {
	const args = ["-rlaF", ...left.map((name) => `--exclude=${name}`), ...texts.flatMap((text) => ["-e", text]), stack];
	return spawnSync("grep", args, { encoding: "utf8", maxBuffer: 1 << 26 }).stdout.split("\n").filter(Boolean).map((path) => path.slice(stack.length + 1));
}

// Those of the texts that a dump of all tables has, also where they stand in hex.
export function inDump(texts) {
	return inOutput(texts, 'mariadb-dump --no-defaults --socket="$1" --user="$2" --hex-blob --all-databases >"$3"');
}

// Those that the binary log has, which is encrypted as a file: the server reads it out, with rows as text, too. null: there is none.
export function inBinlog(texts) {
	const sql = (statement) => execFileSync("mariadb", ["--no-defaults", `--socket=${process.env.SOUK_DB}`, `--user=${userInfo().username}`, "-Nse", statement], { encoding: "utf8" }).trim();
	if (sql("SELECT @@log_bin") !== "1")
		return null;
	const logs = sql("SHOW BINARY LOGS").split("\n").map((line) => line.split("\t")[0]);
	return inOutput(texts, `mariadb-binlog --no-defaults --socket="$1" --user="$2" --read-from-remote-server --verbose ${logs.join(" ")} >"$3"`);
}

// The script writes to its third parameter.
function inOutput(texts, script) {
	const path = `${stack}/tmp/secrets.out`;
	execFileSync("bash", ["-c", script, "search", process.env.SOUK_DB, userInfo().username, path]);
	const all = readFileSync(path).toString("latin1").toLowerCase();
	rmSync(path);
	return texts.filter((text) => all.includes(text.toLowerCase()) || all.includes(Buffer.from(text).toString("hex")));
}

function ranges(pid) {
	return readFileSync(`/proc/${pid}/maps`, "utf8").split("\n").map((line) => /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line)).filter(Boolean)
		.map(([, from, to]) => [Number(BigInt(`0x${from}`)), Number(BigInt(`0x${to}`))]).filter(([from, to]) => to - from <= MOST);
}

// { text: [{ pid, around }] } of what processes can be found to remember.
export function inMemory(pids, texts) {
	const found = {}, needles = texts.map((text) => [text, Buffer.from(text)]), overlap = Math.max(...texts.map((text) => text.length));
	const block = Buffer.alloc(BLOCK + overlap);
	for (const pid of pids) {
		const fd = openSync(`/proc/${pid}/mem`, "r");
		for (const [from, to] of ranges(pid))
			for (let at = from; at < to; at += BLOCK) {
				let n = 0;
				try {
					n = readSync(fd, block, 0, Math.min(block.length, to - at), at);
				} catch {
					continue; /* guard pages */
				}
				const seen = block.subarray(0, n);
				for (const [text, needle] of needles) {
					const i = seen.indexOf(needle);
					if (i >= 0)
						(found[text] ??= []).push({ pid, around: seen.subarray(Math.max(0, i - 40), i + 60).toString("latin1").replace(/[^ -~]/g, ".") });
				}
			}
		closeSync(fd);
	}
	return found;
}
