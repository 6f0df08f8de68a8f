// S13: TLS is modern. testssl.sh and sslscan ask nginx, as it is set up here, for everything they know of: only TLS 1.2 and 1.3,
// only ciphers that authenticate what they encrypt, HSTS, and no finding of any weight but what the test's own certificate earns.
// needs: testssl.sh sslscan bsdextrautils dnsutils
import { execFile } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";

import { ok, prove, say } from "./rig/report.mjs";
import { stack } from "./rig/stack.mjs";

const SECONDS = 300;
const { hostname, port } = new URL(process.env.SOUK_URL);
const { port: sandbox } = new URL(process.env.SOUK_SANDBOX_URL);

// What a certificate signed by its own authority for an address cannot have, and what testssl.sh says of its own openssl.
const OWN = /^(cert_chain_of_trust|cert_revocation|DNS_CAArecord|engine_problem)$/;

const run = (program, args) => new Promise((resolve, reject) =>
	execFile(program, args, { maxBuffer: 1 << 26 }, (error, stdout, stderr) => (error?.code === "ENOENT" ? reject(error) : resolve(`${stdout}${stderr}`))));

async function testssl(at) {
	const file = `${stack}/tmp/testssl-${at}.json`;
	rmSync(file, { force: true });
	const said = await run("testssl", ["--quiet", "--color", "0", "--warnings", "off", "--ip", hostname, "--jsonfile", file, `${hostname}:${at}`]);
	const findings = JSON.parse(readFileSync(file, "utf8"));
	if (findings.length < 100)
		throw new Error(`testssl.sh found only ${findings.length} things: ${said.slice(-2000)}`);
	const heavy = findings.filter(({ severity }) => ["LOW", "MEDIUM", "HIGH", "CRITICAL", "WARN", "FATAL"].includes(severity));
	const ours = heavy.filter(({ id }) => !OWN.test(id));
	say(`port ${at}: ${findings.length} findings, ${heavy.length} of weight: ${heavy.map(({ id, severity }) => `${id} ${severity}`).join(", ")}`);
	ok(!ours.length, `port ${at}: testssl.sh has nothing against it`, ours.map((f) => `${f.id} ${f.severity}: ${f.finding}`).join("\n"));
	const found = (id) => findings.find((f) => f.id === id)?.finding ?? "";
	for (const [id, wanted] of [["SSLv2", /^not offered/], ["SSLv3", /^not offered/], ["TLS1", /^not offered/], ["TLS1_1", /^not offered/],
		["TLS1_2", /^offered/], ["TLS1_3", /^offered/], ["HSTS_time", /\b3(?:6[5-9]|[7-9]\d) days|\b[4-9]\d\d days/]])
		ok(wanted.test(found(id)), `port ${at}: ${id}: ${found(id)}`);
}

async function sslscan(at) {
	const xml = await run("sslscan", ["--no-colour", "--xml=-", `${hostname}:${at}`]);
	const ciphers = [...xml.matchAll(/<cipher [^>]*sslversion="([^"]+)"[^>]* cipher="([^"]+)"/g)].map(([, version, cipher]) => ({ version, cipher }));
	say(`port ${at}: sslscan: ${ciphers.map(({ version, cipher }) => `${version} ${cipher}`).join(", ")}`);
	ok(ciphers.length > 4 && ciphers.every(({ version }) => /^TLSv1\.[23]$/.test(version)), `port ${at}: TLS 1.2 and 1.3 alone`);
	ok(ciphers.every(({ cipher }) => /GCM|CHACHA20/.test(cipher)), `port ${at}: only ciphers that authenticate what they encrypt`);
	ok(ciphers.every(({ version, cipher }) => version === "TLSv1.3" || /^ECDHE/.test(cipher)), `port ${at}: each session has keys of its own`);
	for (const [name, wanted] of [["heartbleed", /vulnerable="1"/], ["compression", /supported="1"/]])
		ok(!new RegExp(`<${name} [^>]*${wanted.source}`).test(xml), `port ${at}: no ${name}`);
}

await prove(SECONDS, async () => {
	await testssl(port);
	for (const at of [port, sandbox])
		await sslscan(at);
});
