// R4 of a program that cron starts: it may end before or behind any statement, also between a question to somebody outside and what
// follows of the answer, and run again it leaves what an undisturbed run leaves; of eight that start at once the work is done once.
// A job is what it is given to do:
//     plant()        makes something that is due; what it gives is a mark, of which
//     state(mark)    tells as text what became of what was made since
//     due()          what was begun and not answered is due again
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";

import { Faults, isShort, ok, say } from "./report.mjs";

const STARTS = 8;
const ROUNDS = isShort ? 2 : 20;
const EXITED = 99; // of a build that was told to end there
const BUSY = 75;

// `tenant`: as the API shows its id; none: all. The child goes with the promise of its end.
export function starter(name, tenant) {
	const program = join(dirname(process.env.SOUK_CTL), name), whom = tenant ? ["--tenant", tenant] : [];
	return (env = {}, args = []) => {
		const child = spawn(program, [...whom, ...args], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
		let out = "", err = "";
		child.stdout.on("data", (part) => (out += part));
		child.stderr.on("data", (part) => (err += part));
		return Object.assign(new Promise((resolve) => child.on("close", (status, signal) => resolve({ status, signal, out, err }))), { child });
	};
}

// It ends at each statement, or at each `stride`th.
async function ends(start, job, wanted, stride) {
	const faults = new Faults();
	let runs = 0;
	for (const where of ["", "+"])
		for (let n = 1; ; n += stride) {
			const mark = await job.plant();
			const first = await start({ SOUK_EXIT_AT: `${n}${where}` });
			if (first.status === 0)
				break;
			runs++;
			await job.due?.();
			const second = await start();
			faults.check(first.status === EXITED && second.status === 0, `statement ${n}${where}: ${first.status} ${first.err}, then ${second.status} ${second.err}`);
			const found = await job.state(mark);
			faults.check(found === wanted, `statement ${n}${where}: another end:\n${found}\nnot\n${wanted}`);
		}
	ok(runs > 100 / stride, `it was ended ${runs} times`);
	faults.report("ended before or behind any statement and run again, it leaves what an undisturbed run leaves");
}

async function twins(start, job, wanted) {
	const faults = new Faults();
	let busy = 0;
	for (let round = 0; round < ROUNDS; round++) {
		const mark = await job.plant();
		const all = await Promise.all(Array.from({ length: STARTS }, () => start({}, job.args)));
		for (const one of all) {
			faults.check([0, BUSY].includes(one.status) && !one.err, `${one.status} ${one.err}`);
			busy += one.status === BUSY;
		}
		job.judge?.(all.filter((one) => one.status === 0), faults);
		const found = await job.state(mark);
		faults.check(found === wanted, `another end:\n${found}\nnot\n${wanted}`);
	}
	say(`${busy} of ${STARTS * ROUNDS} found another at work`);
	faults.report(`${STARTS} that start at once do it once, ${ROUNDS} times`);
}

// `isDone` judges what an undisturbed run leaves, job.judge what those did that started at once with job.args, if that can be told.
export async function mayEndAnywhere(start, job, { stride, isDone = () => true }) {
	const mark = await job.plant();
	const { status, err } = await start();
	ok(status === 0, "an undisturbed run", `${status} ${err}`);
	const wanted = await job.state(mark);
	ok(isDone(wanted), "nothing is left open", wanted);
	await ends(start, job, wanted, stride);
	await twins(start, job, wanted);
}
