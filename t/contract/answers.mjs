// An answer against the contract: which operation it belongs to, and what of it was not declared.
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.SOUK_NPM, "package.json"));
const Ajv = require("ajv/dist/2020.js").default;
const addFormats = require("ajv-formats").default;

const METHODS = ["get", "head", "post", "put", "patch", "delete"];
const part = (s) => s.replaceAll("~", "~0").replaceAll("/", "~1");

function decoded(segment) {
	try {
		return decodeURIComponent(segment);
	} catch {
		return segment;
	}
}

export class Contract {
	constructor(doc) {
		this.doc = doc;
		this.ajv = addFormats(new Ajv({ strict: false, allErrors: true, validateFormats: true }));
		this.ajv.addSchema(doc, "souk");
		this.compiled = new Map();
		this.reasons = new Set(doc.components.schemas.Reason["x-extensible-enum"]);
		this.paths = Object.keys(doc.paths).map((pattern) => ({ pattern, segments: pattern.split("/").slice(1) }));
		this.operations = this.paths.flatMap(({ pattern }) => METHODS.filter((method) => doc.paths[pattern][method]).map((method) => ({
			...doc.paths[pattern][method], pattern, method, pointer: `#/paths/${part(pattern)}/${method}`,
		})));
		this.byPlace = new Map(this.operations.map((op) => [`${op.method} ${op.pattern}`, op]));
	}

	// Literal segments stand before open ones.
	pattern(pathname) {
		const got = pathname.split("/").slice(1).map(decoded);
		const open = ({ segments }) => segments.filter((s) => s.startsWith("{")).length;
		const fits = ({ segments }) => segments.length === got.length && segments.every((s, i) => got[i] && (s.startsWith("{") || s === got[i]));
		return this.paths.filter(fits).sort((a, b) => open(a) - open(b))[0]?.pattern;
	}

	operation(method, pathname) {
		return this.byPlace.get(`${method.toLowerCase()} ${this.pattern(pathname)}`);
	}

	validate(pointer, value) {
		if (!this.compiled.has(pointer))
			this.compiled.set(pointer, this.ajv.compile({ $ref: `souk${pointer}` }));
		const check = this.compiled.get(pointer);
		return check(value) ? [] : check.errors;
	}

	// A declared thing and where it stands, behind a reference or not.
	resolved(pointer, thing) {
		if (!thing?.$ref)
			return [pointer, thing];
		return [thing.$ref, thing.$ref.split("/").slice(1).reduce((at, name) => at[name], this.doc)];
	}

	// What is wrong with an answer; declared: the response that it should be.
	faults(pointer, declared, method, { status, headers, body }) {
		const faults = [];
		for (const [name, ref] of Object.entries(declared.headers ?? {}))
			if (this.resolved("", ref)[1].required && headers[name.toLowerCase()] === undefined)
				faults.push(`the header ${name} is missing`);
		const type = (headers["content-type"] ?? "").split(";")[0].trim();
		if (status === 204 || status === 304)
			return body || type ? [...faults, "has a body or a type"] : faults;
		if (method === "HEAD")
			return faults;
		if (!declared.content?.[type])
			return [...faults, `the type ${type || "(none)"} is not declared`];
		if (!type.endsWith("json") || body === null)
			return faults;
		const value = JSON.parse(body);
		for (const e of this.validate(`${pointer}/content/${part(type)}/schema`, value))
			faults.push(`${e.instancePath.replace(/\/\d+/g, "/n") || "the body"} ${e.message} ${JSON.stringify(e.params)}`);
		return [...faults, ...this.unknownReasons(value)];
	}

	unknownReasons(value) {
		const e = value.error ?? value, details = value.error ? e.details : e.errors;
		if (!e.code || !details)
			return [];
		return [e, ...details].filter((d) => d.reason && !this.reasons.has(d.reason)).map((d) => `the reason ${d.reason} is not listed`);
	}

	outside(answer, pattern) {
		const { method, status, headers } = answer;
		if (method === "OPTIONS" && status === 204) {
			const allow = headers.allow?.split(", ").filter((m) => m !== "OPTIONS").map((m) => m.toLowerCase()).sort() ?? [];
			const declared = METHODS.filter((m) => this.doc.paths[pattern]?.[m]).sort();
			return allow.join() === declared.join() ? [] : [`Allow is ${headers.allow}, declared are ${declared}`];
		}
		const declared = this.doc["x-outside"][status];
		if (!declared)
			return [`the status ${status} is not declared outside the operations`];
		return this.faults(...this.resolved("", declared), method, answer);
	}

	// Gives {op, faults}; op is absent where there is none.
	check(answer) {
		const { pathname } = new URL(answer.url), op = this.operation(answer.method, pathname);
		if (!op)
			return { faults: this.outside(answer, this.pattern(pathname)) };
		const declared = op.responses[answer.status];
		if (!declared)
			return { op, faults: [`the status ${answer.status} is not declared`] };
		const [pointer, response] = this.resolved(`${op.pointer}/responses/${answer.status}`, declared);
		return { op, faults: [...this.faults(pointer, response, answer.method, answer), ...this.requestFaults(op, answer)] };
	}

	// What succeeded must be a valid request too; members that are not declared are those that the server owns, and are ignored.
	requestFaults(op, { status, sent }) {
		const type = (sent.headers["content-type"] ?? "").split(";")[0].trim();
		if (status >= 300 || !op.requestBody || !sent.body || !op.requestBody.content[type] || !/json$/.test(type))
			return [];
		return this.validate(`${op.pointer}/requestBody/content/${part(type)}/schema`, JSON.parse(sent.body))
			.filter((e) => e.keyword !== "additionalProperties")
			.map((e) => `was taken, though in the request ${e.instancePath.replace(/\/\d+/g, "/n") || "the body"} ${e.message} ${JSON.stringify(e.params)}`);
	}
}
