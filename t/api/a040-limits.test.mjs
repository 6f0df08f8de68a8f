// Rate limits (D21): exact, told in every answer, counted apart for sides, accounts and keys.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { ctl, makeTenant, refused, status } from "./souk.mjs";

const left = (answer) => Number(answer.headers["x-ratelimit-remaining"]);
const reset = (answer) => Number(answer.headers["x-ratelimit-reset"]);
const now = () => Date.now() / 1000;

describe("a free account", () => {
	let t;
	before(async () => (t = await makeTenant({ plan: "free" })));

	it("has 100 requests at once, counts each down, and refuses the next for 36 seconds", async () => {
		for (let i = 99; i >= 0; i--) {
			const answer = status(await t.live.get("/products?limit=1"), 200);
			assert.equal(answer.headers["x-ratelimit-limit"], "100");
			assert.ok(left(answer) === i || left(answer) === i + 1, `${left(answer)} left, not ${i}`);
			assert.ok(reset(answer) > now() && reset(answer) <= now() + 3601);
		}
		const e = await t.live.get("/products");
		refused(e, 429);
		assert.equal(left(e), 0);
		assert.ok(Number(e.headers["retry-after"]) > 0 && Number(e.headers["retry-after"]) <= 36, e.headers["retry-after"]);
		assert.match(e.body.error.message, /100 requests per hour/);
	});
	it("refuses on every route, reads and writes, also what would have been a 304 or a 404", async () => {
		for (const [method, path] of [["POST", "/products"], ["GET", "/products/prod_zzz"], ["DELETE", "/products/prod_zzz"], ["GET", "/api-keys"]])
			refused(await t.live.send(method, path, { body: method === "POST" ? {} : undefined }), 429);
	});
	it("counts the sandbox apart", async () => {
		const sandbox = await t.client({ mode: "sandbox" });
		const answer = status(await sandbox.get("/products"), 200);
		assert.equal(left(answer), 99);
	});
	it("tells both windows as the draft has them", async () => {
		const sandbox = await t.client({ mode: "sandbox" });
		const answer = await sandbox.get("/products");
		assert.match(answer.headers["ratelimit-policy"], /^"hour";q=100;w=3600, "day";q=1000;w=86400$/);
		assert.match(answer.headers["ratelimit"], /^"hour";r=9\d;t=\d+, "day";r=99\d;t=\d+$/);
	});
	it("leaves what needs no key alone", async () => {
		status(await t.live.get("/health"), 200);
		assert.equal((await t.live.get("/health")).headers["x-ratelimit-limit"], undefined);
	});
	it("is not charged for what a stranger sends", async () => {
		const sandbox = await t.client({ mode: "sandbox" });
		const at = left(await sandbox.get("/products"));
		const stranger = await t.client({ mode: "sandbox" });
		stranger.key = stranger.key.slice(0, -3) + "xyz";
		refused(await stranger.get("/products"), 401);
		assert.equal(left(await sandbox.get("/products")), at - 1);
	});
});

describe("many at once", () => {
	it("get exactly as many as there are, whichever worker they meet", async () => {
		const t = await makeTenant({ plan: "free" });
		const answers = await Promise.all(Array.from({ length: 200 }, () => t.live.get("/products?limit=1")));
		const granted = answers.filter((a) => a.status === 200).length;
		assert.ok(granted === 100 || granted === 101, `${granted} granted`);
		assert.ok(answers.every((a) => a.status === 200 || a.status === 429));
	});
});

// What the headers must say after `taken` requests of which the first was counted between two moments: each request costs W/L,
// so all is there again that much later.
function due({ most, window }, taken, from, to) {
	const full = (at) => at + taken * window / most;
	return { most, remaining: most - taken, full: [full(from), full(to)] };
}

// [{name, remaining, seconds}] of RateLimit.
const told = (answer) => answer.headers["ratelimit"].split(", ").map((one) => {
	const [, name, r, t] = /^"([a-z-]+)";r=(\d+);t=(\d+)$/.exec(one);
	return { name, remaining: Number(r), seconds: Number(t) };
});

const within = (found, [least, most], what) => assert.ok(found >= least && found <= most, `${what}: ${found}, not ${least} to ${most}`);

describe("at every step", () => {
	for (const [perHour, perDay, tightest] of [[30, 45, "hour"], [45, 30, "day"]])
		it(`both windows are told as they are, the ${tightest} being the tighter`, async () => {
			const t = await makeTenant({ plan: "free" });
			await ctl("account", "limits", "--tenant", t.id, "--per-hour", String(perHour), "--per-day", String(perDay));
			const windows = { hour: { most: perHour, window: 3600 }, day: { most: perDay, window: 86400 } };
			let first;
			for (let i = 1; i <= 34; i++) {
				const sent = now();
				const answer = await t.live.get("/products?limit=1");
				const got = now();
				first ??= [sent, got];
				const taken = Math.min(i, 30);
				status(answer, i <= 30 ? 200 : 429);
				assert.equal(answer.headers["ratelimit-policy"], `"hour";q=${perHour};w=3600, "day";q=${perDay};w=86400`);
				for (const { name, remaining, seconds } of told(answer)) {
					const { full, ...wanted } = due(windows[name], taken, ...first);
					assert.equal(remaining, wanted.remaining, `${name} at ${i}`);
					within(seconds, [full[0] - got - 1, full[1] - sent + 2], `t of ${name} at ${i}`);
				}
				const { most, remaining, full } = due(windows[tightest], taken, ...first);
				assert.equal(Number(answer.headers["x-ratelimit-limit"]), most);
				assert.equal(left(answer), remaining);
				within(reset(answer), [Math.ceil(full[0]), Math.ceil(full[1])], `Reset at ${i}`);
				if (i > 30) {
					const each = windows[tightest].window / most;
					within(Number(answer.headers["retry-after"]), [first[0] + each - got - 1, first[1] + each - sent + 1], "Retry-After");
				} else {
					assert.equal(answer.headers["retry-after"], undefined);
				}
			}
		});
});

describe("what was agreed", () => {
	it("goes before the plan, at once, and can be taken back", async () => {
		const t = await makeTenant({ plan: "free" });
		status(await t.live.get("/products"), 200);
		assert.equal(await ctl("account", "limits", "--tenant", t.id, "--per-hour", "3"), "plan free\nper-hour 3\nper-day 1000");
		assert.equal((await t.live.get("/products")).headers["x-ratelimit-limit"], "3");
		await ctl("account", "limits", "--tenant", t.id, "--plan", "starter", "--per-hour", "plan");
		assert.equal((await t.live.get("/products")).headers["x-ratelimit-limit"], "1000");
		assert.equal(await ctl("account", "limits", "--tenant", t.id, "--plan", "enterprise"), "plan enterprise\nper-hour unlimited\nper-day unlimited");
		assert.equal((await t.live.get("/products")).headers["x-ratelimit-limit"], undefined);
	});
	it("is refused if it is no limit", async () => {
		const t = await makeTenant({ plan: "free" });
		for (const args of [["--per-hour", "0"], ["--per-hour", "many"], ["--per-day", "-5"], ["--plan", "gold"]])
			await assert.rejects(ctl("account", "limits", "--tenant", t.id, ...args));
		await assert.rejects(ctl("account", "limits", "--per-hour", "5"));
	});
});

describe("a key's own limit", () => {
	let t;
	before(async () => (t = await makeTenant()));
	const keyed = async (body) => {
		const made = await t.live.make("/api-keys", { name: "limited", scopes: ["products:read"], ...body });
		const client = await t.client();
		client.key = made.secret;
		return client;
	};

	it("is a further pair, and other keys are free", async () => {
		const few = await keyed({ per_hour: 2, per_day: 10 });
		assert.equal(left(await few.get("/products")), 1);
		assert.equal(left(await few.get("/products")), 0);
		const e = await few.get("/products");
		refused(e, 429);
		assert.match(e.headers["ratelimit-policy"], /"key-hour";q=2;w=3600, "key-day";q=10;w=86400/);
		assert.ok(Number(e.headers["retry-after"]) <= 1800);
		status(await t.live.get("/products"), 200);
	});
	it("takes nothing of the account if it refuses", async () => {
		const free = await makeTenant({ plan: "free" });
		const made = await free.live.make("/api-keys", { name: "limited", scopes: ["*"], per_hour: 1 });
		const few = await free.client();
		few.key = made.secret;
		status(await few.get("/products"), 200);
		const at = left(await free.live.get("/products"));
		for (let i = 0; i < 5; i++)
			refused(await few.get("/products"), 429);
		assert.ok(left(await free.live.get("/products")) >= at - 1);
	});
	it("must be one", async () => {
		for (const [body, field] of [[{ per_hour: 0 }, "per_hour"], [{ per_hour: "5" }, "per_hour"], [{ per_day: -1 }, "per_day"], [{ per_day: 1.5 }, "per_day"], [{ per_hour: 1e9 }, "per_hour"]])
			refused(await t.live.post("/api-keys", { name: "x", scopes: ["*"], ...body }), 422, [field]);
	});
});
