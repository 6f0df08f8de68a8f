// The processes of the stack that a proof runs against: which they are, how they end, and how they come back. Only what was
// started for this stack is touched.
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";

export const stack = dirname(dirname(process.env.SOUK_CONFIG ?? "/etc/souk.env"));
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// The kind of build that the stack was started with: debug, asan.
export const kind = basename(dirname(process.env.SOUK_CTL ?? "debug/soukctl"));

// The number of mariadb, souk-api or nginx. A path of the stack must be in its command line or its environment, so a number
// that was given away again is safe.
export function processOf(name) {
	const pid = readFileSync(`${stack}/run/${name}.pid`, "utf8").trim();
	const ours = ["cmdline", "environ"].some((file) => readFileSync(`/proc/${pid}/${file}`, "utf8").includes(`${stack}/`));
	if (!ours)
		throw new Error(`process ${pid} is not the ${name} of ${stack}`);
	return Number(pid);
}

export const isThere = (pid) => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));

export function children(pid) {
	const all = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
	return all.split(" ").filter((child) => child && existsSync(`/proc/${child}`)).map(Number);
}

// Ends a process as the kernel would; false if it was not there any more.
export function killHard(pid) {
	try {
		return process.kill(pid, "SIGKILL");
	} catch {
		return false;
	}
}

// True as soon as holds() is; false if it is not within `ms`.
export async function until(ms, holds) {
	for (const end = Date.now() + ms; ; await pause(20)) {
		if (await holds())
			return true;
		if (Date.now() > end)
			return false;
	}
}

// Runs the functions of scripts/stack.sh on this stack, whose directory is $1 and whose build is $2.
export function inStack(script, ...more) {
	const text = `set -eu; . "$SOUK_ROOT/scripts/build.sh"; . "$SOUK_ROOT/scripts/stack.sh"; ${script}`;
	return new Promise((resolve, reject) => execFile("bash", ["-c", text, "stack", stack, kind, ...more], (error, out, err) =>
		error ? reject(new Error(`${script}: ${out}${err}`)) : resolve(out)));
}

// Starts the database again, and gives back when it answers.
export const startDatabase = () => inStack('db_start "$1"');

// souk-api anew, with these settings in place of those of its file ({SOUK_WORKERS: 8}), or from another copy of the program.
export const restartApi = (settings = {}, program = "") => inStack('for pair in "${@:4}"; do export "$pair"; done; api_restart "$1" "$2" "$3"',
	program, ...Object.entries(settings).map(([name, value]) => `${name}=${value}`));

// The path of souk-api as it is installed: for what is measured.
export async function releaseProgram() {
	await inStack("build_make release all");
	return `${process.env.SOUK_ROOT}/build/release/souk-api`;
}
