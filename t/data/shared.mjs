// Where the real data lies, and what an identifier may look like.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const beside = fileURLToPath(new URL("../../../shared", import.meta.url));

// The text of a file packed with xz, by its path below $SOUK_SHARED/data.
export function unpack(path) {
	const file = `${process.env.SOUK_SHARED || beside}/data/${path}`;
	return execFileSync("xz", ["-dc", file], { maxBuffer: 1 << 30, encoding: "utf8" });
}

// Throws unless the SKU is one that the API takes (D11).
export function checkSku(sku) {
	if (!/^[!-.0-~]([ -.0-~]{0,62}[!-.0-~])?$/.test(sku))
		throw new Error(`${JSON.stringify(sku)} is no SKU: printable ASCII without '/', up to 64`);
	if (/^[a-z]{2,8}_[0-9A-Za-z]+$/.test(sku))
		throw new Error(`${sku} is no SKU: it looks like an id`);
	if (["import", "export", "batch"].includes(sku))
		throw new Error(`${sku} is no SKU: it is a word of the path`);
	return sku;
}

// A decimal text in hundredths, half up; null if there is no number in it.
export function hundredths(text) {
	const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text.trim());
	if (!parts)
		return null;
	const digits = `${parts[3] ?? ""}000`;
	const value = Number(parts[2]) * 100 + Number(digits.slice(0, 2)) + (digits[2] >= "5" ? 1 : 0);
	return parts[1] ? -value : value;
}

export function decimal(amount) {
	return `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, "0")}`;
}
