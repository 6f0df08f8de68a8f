// R11: money is exact. A million sums, roundings, splits, conversions and texts of amounts, with the digits of every currency
// and up to the ends of 64 bits, and as many baskets as time allows, against an oracle that knows nothing but the conventions:
// Python's decimal and fractions.
// needs: python3
import { spawn, spawnSync } from "node:child_process";

import { isShort, ok, prove, same, say } from "./rig/report.mjs";

const SUMS = isShort ? 50000 : 1000000;
const BASKETS = isShort ? 3000 : 30000;
const SECONDS = 180;
const SEED = Number(process.env.SOUK_SEED ?? Date.now() % 1e9);
const root = process.env.SOUK_ROOT;
const build = `${root}/build/${process.env.SOUK_BUILD ?? "debug"}`;

function judged() {
	return new Promise((resolve, reject) => {
		const proof = spawn(`${build}/money-proof`, [SEED, SUMS, BASKETS].map(String), { stdio: ["ignore", "pipe", "inherit"] });
		const oracle = spawn("python3", [`${root}/t/torture/rig/money.py`], { stdio: [proof.stdout, "pipe", "inherit"] });
		let text = "";
		let status;
		proof.on("error", reject);
		oracle.on("error", reject);
		proof.on("exit", (code) => status = code);
		oracle.stdout.on("data", (bytes) => text += bytes);
		oracle.on("close", () => resolve({ status, lines: text.trimEnd().split("\n") }));
	});
}

await prove(SECONDS, async () => {
	if (spawnSync("python3", ["--version"]).error) {
		ok(!isShort || process.env.CI !== "true", "python3 is there # SKIP");
		return;
	}
	spawnSync("make", ["-s", "-C", build, "money-proof"], { stdio: "inherit" });
	say(`seed ${SEED}`);
	const { status, lines } = await judged();
	const verdict = JSON.parse(lines.pop());
	lines.forEach(say);
	say(JSON.stringify(verdict.counts));
	same(status, 0, "money-proof ends well");
	same(Object.values(verdict.counts).reduce((a, b) => a + b, 0), SUMS + BASKETS, "judged");
	ok(verdict.counts.basket === BASKETS, "no basket is refused");
	same(verdict.wrong, 0, "differ from the oracle");
});
