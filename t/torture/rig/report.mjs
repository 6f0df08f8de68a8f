// A proof's report: TAP on standard output, an exit code, and an end in any case. The same file runs in a long and a
// short form: t/torture/NAME-short.mjs only imports NAME.mjs.
const FAULTS_SHOWN = 20;

export const isShort = /-short\.mjs$/.test(process.argv[1] ?? "");

let count = 0, failed = 0;

export function ok(holds, title, detail = "") {
	count++;
	if (!holds)
		failed++;
	console.log(`${holds ? "ok" : "not ok"} ${count} - ${title}`);
	if (!holds && detail)
		say(detail);
	return holds;
}

export function same(found, wanted, title) {
	return ok(found === wanted, `${title}: ${found}`, `expected ${wanted}`);
}

export function say(text) {
	for (const line of String(text).split("\n"))
		console.log(`# ${line}`);
}

// Many checks reported as one line: faults are gathered, the first of them are shown.
export class Faults {
	constructor() {
		this.n = 0;
		this.shown = [];
	}

	add(text) {
		this.n++;
		if (this.shown.length < FAULTS_SHOWN)
			this.shown.push(text);
	}

	check(holds, text) {
		if (!holds)
			this.add(typeof text === "function" ? text() : text);
		return holds;
	}

	report(title) {
		return ok(!this.n, title, [...this.shown, this.n > FAULTS_SHOWN ? `… ${this.n} in all` : ""].join("\n").trim());
	}
}

// Runs the proof; a hang is a failure after `seconds`.
export async function prove(seconds, proof) {
	if (!process.env.SOUK_DB) {
		console.error("torture: there is no stack; run ./dev torture NAME");
		process.exit(64);
	}
	const timer = setTimeout(() => {
		ok(false, `ends within ${seconds} s`);
		finish();
	}, seconds * 1000);
	try {
		await proof();
	} catch (e) {
		ok(false, "runs to its end", e.stack);
	}
	clearTimeout(timer);
	finish();
}

function finish() {
	console.log(`1..${count}`);
	process.exit(failed ? 1 : 0);
}

// Calls work(i) for i in 0…n-1, `width` at a time.
export async function together(n, width, work) {
	let next = 0;
	const walk = async () => {
		while (next < n)
			await work(next++);
	};
	await Promise.all(Array.from({ length: Math.min(width, n) }, walk));
}

// A generator of numbers in [0, 1) that a seed repeats (mulberry32).
export function random(seed) {
	return () => {
		seed = (seed + 0x6D2B79F5) | 0;
		let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}
