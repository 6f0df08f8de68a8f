// The workers of the stack's own souk-api, and how one is killed.
import { readFileSync } from "node:fs";

import { children, killHard, processOf } from "./stack.mjs";

// The name of a process; of one that has just gone nothing can be read.
function nameOf(pid) {
	try {
		return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
	} catch {
		return undefined;
	}
}
const named = (holds) => children(processOf("souk-api")).filter((pid) => holds(nameOf(pid)));

export const workers = () => named((name) => name && name !== "souk-keeper");
export const keeper = () => named((name) => name === "souk-keeper")[0];

// How many there are to be.
export function wanted() {
	return Number(/^SOUK_WORKERS=(\d+)$/m.exec(readFileSync(process.env.SOUK_CONFIG, "utf8"))?.[1] ?? NaN);
}

// Ends a worker chosen by `chance` in [0, 1); false if none was there.
export function killOne(chance) {
	const all = workers();
	return all.length > 0 && killHard(all[Math.floor(chance * all.length)]);
}
