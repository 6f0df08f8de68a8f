// R22: slow clients do not matter. 1,000 connections send their headers, or their body, or read their answer as slowly as they
// can; the others are answered as ever, and every slow connection is closed by a time-out. A body that always comes on is not
// closed; however many of those one address sends, the others find a place.
// needs: slowhttptest iproute2
import { execFile, spawn } from "node:child_process";

import { Client } from "./rig/client.mjs";
import { Database } from "./rig/database.mjs";
import { Mix } from "./rig/mix.mjs";
import { ok, prove, random, say } from "./rig/report.mjs";
import { newShop } from "./rig/shop.mjs";
import { pause, until } from "./rig/stack.mjs";

const CONNECTIONS = 1000;
const MANY = 2500; // more than nginx has places
const ENOUGH = 0.9 * CONNECTIONS; // to have been there at once
const OTHERS = 8; // those who ask meanwhile
const P99_MS = 50;
const LENGTH_S = 120;
const SECONDS = 600;
const url = new URL(process.env.SOUK_URL);

// slowhttptest's own words for each way: -H headers, -B body, -X reading.
const ways = {
	"headers, a line every 10 s": ["-H", "-i", "10", "-t", "GET", "-u", `${url.href}/products`, "-x", "24"],
	"a body, some bytes every 20 s": ["-B", "-i", "20", "-s", "8192", "-t", "POST", "-u", `${url.href}/products`, "-x", "10"],
	"an answer, read 32 bytes every 5 s": ["-X", "-n", "5", "-w", "10", "-y", "20", "-z", "32", "-k", "1", "-u", `${url.origin}/openapi.json`],
};

// How many connections nginx holds. One that it has closed, and whose client has not read the rest yet, is the kernel's.
const held = () => new Promise((resolve, reject) =>
	execFile("ss", ["-tnpH", "sport", "=", `:${url.port}`], (error, text) => (error ? reject(error) : resolve(text.split('"nginx"').length - 1))));

// Attacks until nginx has closed what it held: {most, left, seconds}.
async function attack(options, connections = CONNECTIONS) {
	const began = Date.now();
	const child = spawn("slowhttptest", ["-c", String(connections), "-r", "200", "-l", String(LENGTH_S), "-p", "5", ...options], { stdio: "ignore" });
	const ended = new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
	let most = 0, left = 0;
	await until(1000 * LENGTH_S, async () => {
		await pause(500);
		left = await held();
		most = Math.max(most, left);
		return (most >= ENOUGH && left <= OTHERS) || child.exitCode !== null;
	});
	const seconds = (Date.now() - began) / 1000;
	child.kill("SIGINT");
	await ended;
	return { most, left, seconds };
}

// Asks one by one, as long as `going` says; gives how long each took.
async function watch(mix, going) {
	const times = [], bad = [];
	for (let i = 0; going(); i++) {
		const sent = performance.now();
		const { wanted, answer } = await mix.send(i);
		times.push(performance.now() - sent);
		if (!wanted.includes(answer.status))
			bad.push(`${answer.status} ${answer.text.slice(0, 200)}`);
		await pause(5);
	}
	times.sort((a, b) => a - b);
	return { times, bad };
}

await prove(SECONDS, async () => {
	const { live } = await newShop(new Database());
	const mix = await new Mix(new Client(live.key, { sockets: 4, from: "127.0.0.2" }), random(1)).prepare();
	let serial = 0;
	mix.request = ((request) => () => request.call(mix, serial++))(mix.request);
	// Attacks while others ask: {most, left, seconds}.
	const endure = async (name, options, connections) => {
		let over = false;
		const watching = watch(mix, () => !over);
		const state = await attack(options, connections);
		over = true;
		const { times, bad } = await watching;
		const p99 = times[Math.floor(0.99 * times.length)];
		say(`${name}: ${state.most} connections at once, ${state.left} left after ${state.seconds.toFixed(0)} s; ` +
			`meanwhile ${times.length} requests, median ${times[times.length >> 1].toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, worst ${times.at(-1).toFixed(0)} ms`);
		ok(!bad.length, `${name}: nobody else was refused`, bad.slice(0, 5).join("\n"));
		ok(p99 < P99_MS, `${name}: the p99 of others is below ${P99_MS} ms: ${p99.toFixed(1)}`);
		return state;
	};
	for (const [name, options] of Object.entries(ways)) {
		const { most, left, seconds } = await endure(name, options);
		ok(most >= ENOUGH, `${name}: the connections were made: ${most}`);
		ok(left <= OTHERS, `${name}: all were closed by a time-out, within ${seconds.toFixed(0)} s`);
	}
	const { most } = await endure("bodies that always come on, of one address", ["-B", "-i", "5", "-s", "1000000", "-t", "POST", "-u", `${url.href}/products`, "-x", "1", "-l", "30"], MANY);
	ok(most >= ENOUGH, `bodies that always come on: ${most} were held`);
});
