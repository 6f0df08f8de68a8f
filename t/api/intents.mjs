// What scenarios of payments share: a sandbox side, the four test cards, and intents in any state.
import { settle } from "./payments.mjs";
import { makeTenant, number, rows, status } from "./souk.mjs";

export const cards = { success: "4242 4242 4242 4242", declined: "4000 0000 0000 0002", insufficient: "4000 0000 0000 9995", challenge: "4000 0027 6000 3184" };
const year = new Date().getUTCFullYear() + 2;

export async function openSandbox(options) {
	const tenant = await makeTenant(options), client = await tenant.client({ mode: "sandbox" });
	return { tenant, client };
}

// The id of a card that is kept.
export const keep = async (client, digits) => status(await client.post("/payments/methods", { type: "card", number: digits, cvc: "123", exp_month: 12, exp_year: year }), 201).body.id;

let kept = new WeakMap();
export async function method(client, name) {
	const own = kept.get(client) ?? {};
	kept.set(client, own);
	return (own[name] ??= keep(client, cards[name]));
}

export const intend = async (client, more = {}) => status(await client.post("/payments/intents", { amount: 19999, currency: "usd", payment_method: "card", ...more }), 201).body;

// Amounts whose last six digits make the sandbox behave oddly.
export const odd = { lost: 990001, silent: 990002, twice: 990003, late: 990004, refused: 990005, late_no: 990006 };

// What the gateway did, by its own books: captured and refunded may not be more than ours, nor less.
export const books = (intent) => rows(`SELECT JSON_OBJECT('kind', kind, 'amount', amount, 'state', state) FROM sandbox_gateway WHERE intent_id = ${number(intent.id)} ORDER BY call_id`);
export const calls = (intent) => rows(`SELECT JSON_OBJECT('kind', kind, 'amount', amount, 'status', status, 'tries', tries) FROM gateway_calls WHERE intent_id = ${number(intent.id)} ORDER BY id`);

// Asks about whatever is open of the tenant, as the program does that cron starts.
export const reconcile = (tenant) => settle("--reconcile", "--tenant", tenant.id);

// How much there is of all that could move money or tell of it, of the tenant that has that object.
export const sideOf = ({ id }) => rows(`SELECT JSON_QUOTE(CAST(tenant_id AS CHAR)) FROM audit_logs WHERE resource_id = ${number(id)} LIMIT 1`)[0];
export const written = (side) => rows(`SELECT JSON_ARRAY((SELECT COUNT(*) FROM payment_intents WHERE tenant_id = ${side}), (SELECT COUNT(*) FROM payments WHERE tenant_id = ${side}),
	(SELECT COUNT(*) FROM gateway_calls WHERE tenant_id = ${side}), (SELECT COUNT(*) FROM sandbox_gateway WHERE tenant_id = ${side}), (SELECT COUNT(*) FROM ledger_entries WHERE tenant_id = ${side}),
	(SELECT COUNT(*) FROM events WHERE tenant_id = ${side}))`)[0];
