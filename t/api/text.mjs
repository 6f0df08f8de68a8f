// Where a text can stand in what a resource takes, derived from the descriptors; and which texts are refused there, and why.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isOpen, languages, limits, of, regex, settable } from "./conformance.mjs";

export const strings = (shared) => [...new Set(JSON.parse(readFileSync(join(shared, "contract/strings/blns.json"))))];

const points = (s) => [...s].length;
const isBlank = (s) => /^\p{White_Space}*$/u.test(s);

// The reason for which a field refuses a text; undefined: none that a descriptor knows.
function refusedLine(f, s) {
	if (isBlank(s) && !f.flags.includes("multiline"))
		return "blank";
	if (points(s) > f.max)
		return "too_long";
	if (f.pattern && (s.includes("\0") || !regex(f).test(s)))
		return "pattern";
	return undefined;
}

function refusedKey(s, most) {
	if (s.includes("\0"))
		return "nul_in_name";
	return points(s) < 1 || points(s) > most ? "key_length" : undefined;
}

// No assignment: a key may be "__proto__".
const put = (object, key, value) => Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
const own = (object, key) => (Object.hasOwn(object ?? {}, key) ? object[key] : undefined);
// The object behind a name; a text there is the text of the first language.
function inside(object, name) {
	const there = own(object, name);
	return typeof there === "object" ? there : put(object, name, there === undefined ? {} : { [languages[0]]: there })[name];
}

// Texts in and as keys of a map. Keys of two writes must fit together.
function mapPlaces(name, keys, { key_max: key, item_max: item }) {
	const half = Math.floor(keys / 2), quarter = Math.floor(keys / 4), all = [];
	const value = (i) => ({
		path: `${name}.k${i}`, refuses: (s) => (points(s) > item ? "too_long" : undefined), group: `${name} values`,
		write: (body, s) => put(inside(body, name), `k${i}`, s), read: (shown) => own(shown[name], `k${i}`),
	});
	const asKey = (i) => ({
		path: `${name}.`, isKey: true, refuses: (s) => (/^k\d+$/.test(s) ? "in our way" : refusedKey(s, key)), group: `${name} keys`, i,
		write: (body, s) => put(inside(body, name), s, "here"), read: (shown, s) => (own(shown[name], s) === "here" ? s : undefined),
	});
	for (let i = 0; i < half; i++)
		all.push(value(i));
	for (let i = 0; i < quarter; i++)
		all.push(asKey(i));
	return all;
}

function linePlaces(r, f) {
	const refuses = (s) => refusedLine(f, s), unique = f.flags.includes("unique");
	if (f.known) /* of a published list */
		return [];
	if (f.type === "string")
		return [{ path: f.name, refuses, unique, group: unique ? `unique ${f.name}` : f.name, write: (body, s) => put(body, f.name, s), read: (shown) => shown[f.name] }];
	if (f.type === "text")
		return [
			{ path: f.name, key: `${f.name}.${languages[0]}`, refuses, plain: true, language: languages[0], group: `${f.name} plain`, write: (body, s) => put(body, f.name, s), read: (shown) => shown[f.name] },
			...languages.map((language) => ({
				path: `${f.name}.${language}`, refuses, language, group: `${f.name} ${language}`,
				write: (body, s) => put(inside(body, f.name), language, s), read: (shown) => shown[f.name],
			})),
		];
	if (f.type === "map")
		return mapPlaces(f.name, f.max, f);
	return [];
}

// Every place of a resource; those of its children stand in the jth of them.
export function places(r, children = 10) {
	const all = settable(r).filter((f) => isOpen(r, f)).flatMap((f) => linePlaces(r, f).map((place) => ({ ...place, fixed: f.flags.includes("create_only") })));
	all.push(...mapPlaces("metadata", limits.metadata_keys, { key_max: limits.metadata_key_max, item_max: limits.metadata_item_max }));
	for (const rel of r.relations.filter(({ kind }) => kind === "many"))
		for (const place of places(of(rel.to)))
			for (let j = 0; j < children; j++)
				all.push({
					...place, path: `${rel.name}[${j}].${place.path}`, key: `${rel.name}[${j}].${place.key ?? place.path}`, group: place.unique ? place.group : `${rel.name}: ${place.group}`, child: [rel.name, j], fixed: place.fixed || !of(rel.to).verbs.includes("update"),
					write: (body, s) => place.write(body[rel.name][j], s), read: (shown, s) => place.read(shown[rel.name][j], s),
				});
	return all;
}

export const childrenOf = (r) => r.relations.filter(({ kind }) => kind === "many");
