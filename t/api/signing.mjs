// Requests signed as D24 says.
import { createHash, createHmac, randomBytes } from "node:crypto";

export const seconds = () => Math.floor(Date.now() / 1000);

// The headers of a signed request; `more` replaces what is signed by what is sent, or the other way round.
export function signed(secret, method, url, body, more = {}) {
	const { pathname, search } = new URL(url);
	const query = search.slice(1).split("&").sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).join("&");
	const parts = { timestamp: String(seconds()), nonce: randomBytes(12).toString("hex"), ...more };
	const text = [method, pathname + (search ? `?${query}` : ""), parts.timestamp, parts.nonce, createHash("sha256").update(body ?? "").digest("hex")].join("\n");
	return {
		"x-signature": parts.signature ?? createHmac("sha256", secret).update(text).digest("hex"),
		"x-timestamp": parts.timestamp,
		"x-nonce": parts.nonce,
	};
}
