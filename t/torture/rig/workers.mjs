// The workers of the stack's own souk-api, and how one is killed.
import { readFileSync } from "node:fs";

import { children, killHard, processOf } from "./stack.mjs";

// Its children but the keeper, which is no worker; of one that has just gone nothing can be read.
function isWorker(pid) {
	try {
		return readFileSync(`/proc/${pid}/comm`, "utf8").trim() !== "souk-keeper";
	} catch {
		return false;
	}
}

export const workers = () => children(processOf("souk-api")).filter(isWorker);

// How many there are to be.
export function wanted() {
	return Number(/^SOUK_WORKERS=(\d+)$/m.exec(readFileSync(process.env.SOUK_CONFIG, "utf8"))?.[1] ?? NaN);
}

// Ends a worker chosen by `chance` in [0, 1); false if none was there.
export function killOne(chance) {
	const all = workers();
	return all.length > 0 && killHard(all[Math.floor(chance * all.length)]);
}
