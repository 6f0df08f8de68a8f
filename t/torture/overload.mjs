// R20: overload degrades politely. Four times as many requests as can be answered, whatever becomes of them, for a minute: each
// is answered well or told to come again, in JSON; what is answered well stays near the most that can be; and shortly after it
// all is as before. Two workers, and a list that costs them much, so that this machine can send four times as much.
import { readFileSync } from "node:fs";
import http2 from "node:http2";

import { Client, isError } from "./rig/client.mjs";
import { Database } from "./rig/database.mjs";
import { Mix } from "./rig/mix.mjs";
import { Faults, ok, prove, random, say } from "./rig/report.mjs";
import { newShop } from "./rig/shop.mjs";
import { pause, releaseProgram, restartApi } from "./rig/stack.mjs";

const WORKERS = 2;
const PEAK_S = 10;
const LOAD_S = 60;
const TIMES = 4;
const GOODPUT = 0.8;
const NORMAL_MS = 2000; // after the load, until answers come as they did before
const PRODUCTS = 200;
const SESSIONS = 24; // of 128 streams each
const SECONDS = 300;
const PATH = `/products?limit=${PRODUCTS}&include=variants,images`;

// Closed loop: the most that is answered well in a second.
async function peak(client) {
	let n = 0;
	const end = Date.now() + 1000 * PEAK_S;
	const times = [];
	await Promise.all(Array.from({ length: 8 }, async () => {
		while (Date.now() < end) {
			const sent = performance.now();
			const answer = await client.get(PATH);
			if (answer.status !== 200)
				throw new Error(`${answer.status} ${answer.text}`);
			times.push(performance.now() - sent);
			n++;
		}
	}));
	times.sort((a, b) => a - b);
	return { perSecond: n / PEAK_S, median: times[times.length >> 1], worst: times.at(-1) };
}

// Many requests over few connections, so that handshakes take nothing of what is measured.
class Streams {
	constructor(key) {
		const { origin, pathname } = new URL(process.env.SOUK_URL);
		this.key = key;
		this.prefix = pathname;
		this.sessions = Array.from({ length: SESSIONS }, () => http2.connect(origin, { ca: readFileSync(process.env.SOUK_CA) }));
		this.next = 0;
	}

	get(path) {
		const session = this.sessions[this.next++ % SESSIONS];
		return new Promise((resolve) => {
			const stream = session.request({ ":path": this.prefix + path, authorization: `Bearer ${this.key}` });
			const answer = { status: 0, headers: {}, text: "" };
			const parts = [];
			stream.on("response", (headers) => Object.assign(answer, { status: headers[":status"], headers }));
			stream.on("data", (part) => parts.push(part));
			stream.on("error", (e) => (answer.text = String(e)));
			stream.on("close", () => {
				answer.text ||= Buffer.concat(parts).toString();
				answer.json = answer.status === 200 ? undefined : JSON.parse(answer.text || "null");
				resolve(answer);
			});
			stream.end();
		});
	}

	close() {
		this.sessions.forEach((session) => session.close());
	}
}

// Open loop: `rate` a second leave, whether or not those before were answered.
async function flood(client, rate) {
	const faults = new Faults();
	const counts = {}, good = [];
	const began = Date.now();
	let sent = 0, open = 0;
	const one = async () => {
		open++;
		const at = Date.now();
		const answer = await client.get(PATH);
		const got = Date.now();
		open--;
		counts[answer.status] = (counts[answer.status] ?? 0) + 1;
		if (answer.status === 200)
			good.push({ got, ms: got - at });
		else
			faults.check([429, 503].includes(answer.status) && isError(answer) && Number(answer.headers["retry-after"]) > 0,
				() => `${answer.status} ${answer.text.slice(0, 300)}`);
	};
	while (Date.now() < began + 1000 * LOAD_S) {
		for (const due = Math.floor(rate * (Date.now() - began) / 1000); sent < due; sent++)
			void one();
		await pause(5);
	}
	return { began, ended: Date.now(), counts, good, faults, sent, open: () => open };
}

// How long after the load until three answers in a row come as fast as before.
async function normal(client, median) {
	const began = Date.now();
	for (let row = 0; row < 3;) {
		const sent = performance.now();
		const answer = await client.get(PATH);
		row = answer.status === 200 && performance.now() - sent < 5 * median ? row + 1 : 0;
		if (Date.now() - began > 60000)
			break;
	}
	return Date.now() - began;
}

await prove(SECONDS, async () => {
	await restartApi({ SOUK_WORKERS: WORKERS }, await releaseProgram());
	const { live } = await newShop(new Database(), { sockets: 16 });
	const mix = await new Mix(live.client, random(1)).prepare();
	for (let i = 0; i < PRODUCTS; i++)
		await live.client.make("POST", "/products", mix.product(`MORE-${i}`));
	await live.client.get(PATH);
	const before = await peak(live.client);
	say(`peak ${before.perSecond.toFixed(0)} a second, median ${before.median.toFixed(1)} ms, worst ${before.worst.toFixed(0)} ms`);

	const streams = new Streams(live.key);
	const load = await flood(streams, TIMES * before.perSecond);
	const probe = new Client(live.key, { sockets: 1 });
	const took = await normal(probe, before.median);
	while (load.open())
		await pause(50);
	streams.close();
	const seconds = (load.ended - load.began) / 1000;
	const goodput = load.good.filter(({ got }) => got <= load.ended).length / seconds;
	const ms = load.good.map((g) => g.ms).sort((a, b) => a - b);
	say(`${load.sent} sent in ${seconds.toFixed(0)} s: ${JSON.stringify(load.counts)}; those answered well took ${ms[ms.length >> 1]} ms, at most ${ms.at(-1)} ms`);
	load.faults.report("every other answer is 429 or 503, with Retry-After, in the shape of errors");
	ok(goodput >= GOODPUT * before.perSecond, `${goodput.toFixed(0)} a second were answered well, at least ${GOODPUT} of ${before.perSecond.toFixed(0)}`);
	ok(took <= NORMAL_MS, `${took} ms later all is as before, at most ${NORMAL_MS}`);
});
