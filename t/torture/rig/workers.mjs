// The workers of the stack's own souk-api, and how one is killed.
import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

const stack = dirname(dirname(process.env.SOUK_CONFIG ?? "/etc/souk.env"));

// The master of this stack: its process must name a path of the stack, so a number given away again is safe.
function master() {
	const pid = readFileSync(`${stack}/run/souk-api.pid`, "utf8").trim();
	const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
	if (!environment.includes(`${stack}/`))
		throw new Error(`process ${pid} is not the souk-api of ${stack}`);
	return pid;
}

export function workers() {
	const pid = master();
	const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
	return children.split(" ").filter((child) => child && existsSync(`/proc/${child}`)).map(Number);
}

// How many there are to be.
export function wanted() {
	return Number(/^SOUK_WORKERS=(\d+)$/m.exec(readFileSync(process.env.SOUK_CONFIG, "utf8"))?.[1] ?? NaN);
}

// Ends a worker chosen by `chance` in [0, 1) as the kernel would; false if none was there.
export function killOne(chance) {
	const all = workers();
	if (!all.length)
		return false;
	try {
		process.kill(all[Math.floor(chance * all.length)], "SIGKILL");
		return true;
	} catch {
		return false;
	}
}
