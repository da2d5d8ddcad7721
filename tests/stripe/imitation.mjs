// Stands in for Stripe in tests: the requests that Quiora makes, as Stripe documents them (keys, idempotency, bounds,
// errors), a page to pay on, and signed notices that can be late, twice or lost. Written from the documentation, not from
// what Quiora sends.
//
//   node imitation.mjs            prints `listening on 127.0.0.1:PORT`, ends with its stdin
//   POST /_control {…}            see `control`
//   POST /_pay/{session}          the buyer pays; POST /_cancel/{session} gives up: as the page's two buttons
//   GET  /_state                  sessions, refunds, requests, notices
import { createHmac, randomBytes } from "node:crypto";
import { createServer } from "node:http";

const KEY = "sk_test_imitation";
const VERSION = "2024-06-20";
const ZERO_DECIMAL = new Set(["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"]);

const sessions = new Map();
const refunds = [];
const remembered = new Map();
const requests = [];
const notices = [];
const control = {
  /** Where notices go, and what they are signed with. */
  webhook_url: null,
  webhook_secret: "whsec_imitation_secret",
  /** Notices wait so long, and each is sent so many times. */
  notice_delay_ms: 0,
  notice_copies: 1,
  /** Notices are lost. */
  silent: false,
  /** The next requests whose path begins so fail: `{path, status, code?, times, after?: true}`; `after` fails once it is done. */
  fail: [],
  /** Answers wait so long. */
  delay_ms: 0,
};

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const id = (kind) => `${kind}_${randomBytes(12).toString("hex")}`;
const now = () => Math.floor(Date.now() / 1000);

class Refusal extends Error {
  constructor(status, type, code, param) {
    super(code ?? type);
    this.status = status;
    this.body = { error: { type, ...(code ? { code } : {}), ...(param ? { param } : {}), message: `For people: ${code ?? param ?? type}.` } };
  }
}
const invalid = (param, code) => new Refusal(400, "invalid_request_error", code, param);

/** `a[b][0]=c` as Stripe reads it. */
function nested(text) {
  const root = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const path = name.split(/[[\]]+/).filter(Boolean);
    let at = root;
    for (const part of path.slice(0, -1)) at = at[part] ??= {};
    at[path.at(-1)] = value;
  }
  return root;
}

function whole(value, param, least = 0) {
  if (!/^\d{1,12}$/.test(value ?? "") || Number(value) < least) throw invalid(param, "parameter_invalid_integer");
  return Number(value);
}

function createSession(form) {
  if (form.mode !== "payment") throw invalid("mode");
  for (const param of ["success_url", "cancel_url"]) {
    if (!/^https?:\/\/\S+$/.test(form[param] ?? "")) throw invalid(param, "url_invalid");
  }
  const expires = whole(form.expires_at, "expires_at");
  // "It can be anywhere from 30 minutes to 24 hours after Checkout Session creation."
  if (expires < now() + 30 * 60 || expires > now() + 24 * 3600) throw invalid("expires_at");
  if (form.customer_email && !/^\S+@\S+\.\S+$/.test(form.customer_email)) throw invalid("customer_email", "email_invalid");
  const lines = Object.values(form.line_items ?? {});
  if (lines.length === 0) throw invalid("line_items");
  const currency = lines[0].price_data?.currency;
  let total = 0;
  for (const line of lines) {
    if (!/^[a-z]{3}$/.test(line.price_data?.currency ?? "") || line.price_data.currency !== currency) throw invalid("currency");
    if (!line.price_data.product_data?.name) throw invalid("line_items[0][price_data][product_data][name]", "parameter_missing");
    total += whole(line.quantity, "quantity", 1) * whole(line.price_data.unit_amount, "unit_amount");
  }
  if (total < (ZERO_DECIMAL.has(currency) ? 1 : 50)) throw invalid("line_items", "amount_too_small");
  const session = {
    id: id("cs_test"), object: "checkout.session", status: "open", payment_status: "unpaid", payment_intent: null,
    amount_total: total, currency, client_reference_id: form.client_reference_id ?? null, metadata: form.metadata ?? {},
    success_url: form.success_url, cancel_url: form.cancel_url, expires_at: expires, customer_email: form.customer_email ?? null,
    lines: lines.map((line) => ({ name: line.price_data.product_data.name, quantity: Number(line.quantity), amount: Number(line.price_data.unit_amount) })),
  };
  session.url = `http://${address}/c/pay/${session.id}`;
  sessions.set(session.id, session);
  return session;
}

function found(name) {
  const session = sessions.get(name);
  if (!session) throw new Refusal(404, "invalid_request_error", "resource_missing", "id");
  return session;
}

function close(session) {
  if (session.status !== "open") throw invalid("session");
  Object.assign(session, { status: "expired", url: null });
  void tell("checkout.session.expired", session);
  return session;
}

function pay(session) {
  if (session.status !== "open") return false;
  Object.assign(session, { status: "complete", payment_status: "paid", payment_intent: id("pi"), url: null });
  void tell("checkout.session.completed", session);
  return true;
}

function refund(form) {
  const session = [...sessions.values()].find((session) => session.payment_intent === form.payment_intent);
  if (!session) throw new Refusal(404, "invalid_request_error", "resource_missing", "payment_intent");
  if (refunds.some((refund) => refund.payment_intent === form.payment_intent)) throw invalid("payment_intent", "charge_already_refunded");
  const made = { id: id("re"), object: "refund", status: "succeeded", payment_intent: form.payment_intent, amount: session.amount_total, currency: session.currency };
  refunds.push(made);
  return made;
}

async function tell(type, session) {
  if (control.silent || !control.webhook_url) return;
  const body = JSON.stringify({ id: id("evt"), object: "event", api_version: VERSION, created: now(), type, data: { object: session } });
  await wait(control.notice_delay_ms);
  await Promise.all(Array.from({ length: control.notice_copies }, () => deliver(type, body)));
}

async function deliver(type, body) {
  for (let n = 0; n < 40; n += 1) {
    const at = now();
    const tag = createHmac("sha256", control.webhook_secret).update(`${at}.${body}`).digest("hex");
    const headers = { "content-type": "application/json", "stripe-signature": `t=${at},v1=${tag},v0=00` };
    const status = await fetch(control.webhook_url, { method: "POST", headers, body }).then((r) => r.status, () => 0);
    notices.push({ type, status });
    if (status >= 200 && status < 300) return;
    await wait(250);
  }
}

function act(method, path, body) {
  const [, , , , name, verb] = path.split("/");
  if (method === "GET" && path === "/v1/checkout/sessions") return { object: "list", data: [...sessions.values()].slice(-1) };
  if (method === "POST" && path === "/v1/checkout/sessions") return createSession(nested(body));
  if (method === "GET" && path === `/v1/checkout/sessions/${name}`) return found(name);
  if (method === "POST" && verb === "expire") return close(found(name));
  if (method === "POST" && path === "/v1/refunds") return refund(nested(body));
  throw new Refusal(404, "invalid_request_error", "url_invalid");
}

/** The API, with its keys and its idempotency: "the first request's result is returned, whatever it was" but for a form that was refused. */
async function api(request, path, body) {
  const { method, headers } = request;
  requests.push({ method, path, key: headers["idempotency-key"] ?? null });
  await wait(control.delay_ms);
  if (headers.authorization !== `Bearer ${KEY}`) throw new Refusal(401, "invalid_request_error");
  if (headers["stripe-version"] !== VERSION) throw new Refusal(400, "invalid_request_error", "version_unknown");
  const failing = control.fail.find((fail) => fail.times > 0 && path.startsWith(fail.path) && (!fail.method || fail.method === method));
  if (failing) failing.times -= 1;
  if (failing && !failing.after) throw new Refusal(failing.status, failing.status < 500 ? "invalid_request_error" : "api_error", failing.code);
  const key = method === "POST" ? headers["idempotency-key"] : undefined;
  const known = key && remembered.get(key);
  if (known && known.asked !== `${path}?${body}`) throw new Refusal(400, "idempotency_error");
  const answer = known ? known.answer : act(method, path, body);
  if (key) remembered.set(key, { asked: `${path}?${body}`, answer });
  if (failing) throw new Refusal(failing.status, "api_error");
  return answer;
}

const page = (session) => `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Pay</title>
<main><h1>Imitation of a payment page</h1><p id="amount">${session.amount_total} ${session.currency}</p>
${session.lines.map((line) => `<p>${line.quantity} × ${line.name.replace(/[<&]/g, "")}</p>`).join("")}
${session.status === "open" ? `<form method="post" action="/c/pay/${session.id}"><button name="do" value="pay">Pay</button> <button name="do" value="back">Back</button></form>` : "<p>This page is closed.</p>"}</main></html>`;

async function answer(request, response) {
  const url = new URL(request.url, "http://x");
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const json = (value, status = 200) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  const [, first, second] = url.pathname.split("/");
  if (first === "v1") return json(await api(request, url.pathname, body));
  if (first === "_control") return json(Object.assign(control, JSON.parse(body)));
  if (first === "_pay") return json({ paid: pay(found(second)) });
  if (first === "_expire") return json(close(found(second)));
  if (first === "_state") return json({ sessions: [...sessions.values()], refunds, requests, notices });
  if (first === "c") {
    const session = found(url.pathname.split("/")[3]);
    if (request.method !== "POST") return response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page(session));
    const paid = new URLSearchParams(body).get("do") === "pay" && pay(session);
    return response.writeHead(303, { location: paid || session.status === "complete" ? session.success_url : session.cancel_url }).end();
  }
  throw new Refusal(404, "invalid_request_error", "url_invalid");
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    const [status, body] = error instanceof Refusal ? [error.status, error.body] : [500, { error: { type: "api_error", message: String(error) } }];
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
});
let address = "";
server.listen(0, "127.0.0.1", () => {
  address = `127.0.0.1:${server.address().port}`;
  console.log(`listening on ${address}`);
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
