// report.mjs SUBJECTS RESULTS [--json]: medians over the rounds, and ratios of those medians.
// A line of RESULTS is: name, requests per second, p50 ms, p99 ms.
import { readFileSync } from "node:fs";

const [subjectsFile, resultsFile, form] = process.argv.slice(2);

const lines = (file) => readFileSync(file, "utf8").split("\n").filter((line) => line && !line.startsWith("#"));
const median = (numbers) => {
	const sorted = [...numbers].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
const round = (n, digits) => Number(n.toFixed(digits));

const measured = new Map();
for (const line of lines(resultsFile)) {
	const [name, ...figures] = line.split(" ");
	measured.set(name, [...(measured.get(name) ?? []), figures.map(Number)]);
}

function figuresOf(name) {
	const rounds = measured.get(name);
	const [rps, p50, p99] = [0, 1, 2].map((i) => median(rounds.map((figures) => figures[i])));
	return { rps: round(rps, 1), p50_ms: round(p50, 2), p99_ms: round(p99, 2) };
}

const table = lines(subjectsFile)
	.map((line) => line.split(/\s+/))
	.map(([name, control, least, stretch]) => ({ name, control, least, stretch }))
	.filter(({ name }) => measured.has(name));
const result = { controls: {}, subjects: {} };
for (const { name, control } of table) {
	const figures = figuresOf(name);
	if (control === "-")
		result.controls[name] = figures;
	else
		result.subjects[name] = { ...figures, ratio: round(figures.rps / figuresOf(control).rps, 3), control };
}

// "met" or "short"; the goal is "0.8", a part of the subject's own control, or "0.8H", a part of H.
function verdict({ name, control }, goal) {
	const [, part, other] = goal.match(/^([\d.]+)([A-Z]?)$/) ?? [];
	if (!part || (other && !measured.has(other)))
		return "";
	return figuresOf(name).rps >= Number(part) * figuresOf(other || control).rps ? "met" : "short";
}

function goalText(row, goal) {
	if (goal === "-")
		return "";
	const withControl = /[A-Z]$/.test(goal) ? goal.replace(/([A-Z])$/, " $1") : `${goal} ${row.control}`;
	return `${withControl} ${verdict(row, goal)}`;
}

if (form === "--json") {
	console.log(JSON.stringify(result));
} else {
	const print = (...c) => console.log(
		`${c[0].padEnd(24)}${c[1].padStart(9)}${c[2].padStart(9)}${c[3].padStart(9)}${c[4].padStart(9)}  ${c[5].padEnd(15)}${c[6]}`.trimEnd());
	print("", "req/s", "p50 ms", "p99 ms", "ratio", "at least", "stretch");
	for (const row of table) {
		const figures = result.controls[row.name] ?? result.subjects[row.name];
		const ratio = row.control === "-" ? "" : `${figures.ratio.toFixed(2)} ${row.control}`;
		print(row.name, figures.rps.toFixed(0), figures.p50_ms.toFixed(2), figures.p99_ms.toFixed(2), ratio,
			goalText(row, row.least), goalText(row, row.stretch));
	}
}
