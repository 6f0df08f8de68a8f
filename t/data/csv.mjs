// CSV as RFC 4180 has it: reading rows out of a text, and writing them.

// Yields each row as a list of texts; a quoted field may hold commas, line ends and doubled quotes.
export function* rows(text) {
	let at = 0;
	let row = [];
	while (at < text.length) {
		let value;
		if (text[at] === "\"") {
			let end = at + 1;
			while ((end = text.indexOf("\"", end)) >= 0 && text[end + 1] === "\"")
				end += 2;
			if (end < 0)
				throw new Error(`the quote at ${at} does not end`);
			value = text.slice(at + 1, end).replaceAll("\"\"", "\"");
			at = end + 1;
		} else {
			const start = at;
			while (at < text.length && text[at] !== "," && text[at] !== "\n" && text[at] !== "\r")
				at++;
			value = text.slice(start, at);
		}
		row.push(value);
		if (text[at] === ",") {
			at++;
			continue;
		}
		if (text[at] === "\r")
			at++;
		if (at < text.length && text[at++] !== "\n")
			throw new Error(`behind the quote at ${at - 1} stands neither a comma nor a line's end`);
		yield row;
		row = [];
	}
	if (row.length)
		yield [...row, ""];
}

// The rows behind the first as objects, whose names the first row gives.
export function* records(text) {
	let names;
	for (const row of rows(text)) {
		if (names)
			yield Object.fromEntries(names.map((name, i) => [name, row[i] ?? ""]));
		else
			names = row;
	}
}

function field(value) {
	const text = String(value ?? "");
	return /[",\r\n]/.test(text) || text.trim() !== text ? `"${text.replaceAll("\"", "\"\"")}"` : text;
}

// A header of `names`, then one line for each object; what an object lacks stays empty.
export function write(names, objects) {
	const lines = [names, ...objects.map((object) => names.map((name) => object[name]))];
	return lines.map((line) => `${line.map(field).join(",")}\n`).join("");
}
