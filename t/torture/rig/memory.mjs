// What processes hold, in MiB and in files.
import { readFileSync, readdirSync } from "node:fs";

import { children, processOf } from "./stack.mjs";

const MIB = 1024;

// {rss, pss, dirty} of a process; dirty is what it alone has written (Private_Dirty).
export function memory(pid) {
	const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
	const of = (name) => Number(new RegExp(`^${name}: +(\\d+) kB`, "m").exec(text)[1]) / MIB;
	return { rss: of("Rss"), pss: of("Pss"), dirty: of("Private_Dirty") };
}

export const descriptors = (pid) => readdirSync(`/proc/${pid}/fd`).length;

// {name: pss} of the parts of the stack, with their children.
export function parts() {
	return Object.fromEntries(["mariadb", "souk-api", "nginx"].map((name) => {
		const pid = processOf(name);
		return [name, [pid, ...children(pid)].reduce((sum, one) => sum + memory(one).pss, 0)];
	}));
}
