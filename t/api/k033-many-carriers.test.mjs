// Of carriers a shop may have as many as it likes: whoever asks them all gets an answer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { question } from "./carriers.mjs";
import { each } from "./conformance.mjs";
import { makeTenant, status } from "./souk.mjs";

test("more carriers than can be asked at once are asked all the same", async () => {
	const { live } = await makeTenant();
	// Nobody listens there.
	await each([...Array(40).keys()], (n) => live.make("/shipping/carriers", { name: `Riders ${n}`, code: `riders_${n}`, kind: "callback", callback_url: "http://127.0.0.1:9/", callback_secret: "a-secret-of-the-riders" }), 4);
	const { body } = status(await live.post("/shipping/rates", question()), 200);
	assert.deepEqual([body.data, new Set(body.warnings.map((warning) => warning.carrier)).size], [[], 40]);
});
