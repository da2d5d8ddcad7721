// The imitation of Stripe (tests/stripe/imitation.mjs), started and steered. A server finds it through QUIORA_STRIPE_URL:
// start it before the server, and tell it where the server is.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { word } from "./words.mjs";

const SCRIPT = fileURLToPath(new URL("../../stripe/imitation.mjs", import.meta.url));

export const KEY = "sk_test_imitation";
export const SECRET = "whsec_imitation_secret";

const button = (at, key) => at.getByRole("button", { name: word(key), exact: true });

export class Stripe {
  #child;

  static async start() {
    const stripe = new Stripe();
    stripe.#child = spawn(process.execPath, [SCRIPT], { stdio: ["pipe", "pipe", "inherit"] });
    const line = await new Promise((done, fail) => {
      createInterface({ input: stripe.#child.stdout }).once("line", done);
      stripe.#child.once("exit", () => fail(new Error("the imitation of Stripe did not start")));
    });
    stripe.url = `http://${line.replace("listening on ", "")}`;
    return stripe;
  }

  /** Sets what it does; see the script. */
  control = (wish) => this.#post("/_control", wish);

  /** Notices go to the server that is at `base`. */
  tell = (base) => this.control({ webhook_url: `${base}/api/stripe/webhook` });

  /** The buyer pays without the page. Whether it was still open. */
  pay = async (session) => (await this.#post(`/_pay/${session}`)).paid;

  /** Sessions, refunds, requests, notices. */
  state = async () => (await fetch(`${this.url}/_state`)).json();

  /** In the studio: connects it by its keys, and lets buyers pay so, and only so if `alone`. */
  async connect(seller, alone = false) {
    await seller.getByRole("navigation").getByRole("link", { name: word("stall.settings"), exact: true }).click();
    await seller.getByLabel(word("stall.stripe_key"), { exact: true }).fill(KEY);
    await seller.getByLabel(word("stall.stripe_secret"), { exact: true }).fill(SECRET);
    await this.control({ webhook_url: await seller.getByLabel(word("stall.stripe_address"), { exact: true }).inputValue() });
    await button(seller, "stall.stripe_connect").click();
    await seller.getByText(word("stall.stripe_webhook_on"), { exact: true }).waitFor();
    await seller.getByLabel(word("stall.way_stripe")).check();
    if (alone) await seller.getByLabel(word("stall.way_manual")).uncheck();
    await button(seller, "stall.save").click();
    await seller.getByText(word("stall.saved"), { exact: true }).last().waitFor();
  }

  /** Waits until `page` is at the payment page. */
  page = (page) => page.waitForURL(`${this.url}/c/pay/**`);

  /** It ends when its input does. */
  stop() {
    this.#child.stdin.end();
  }

  #post = async (path, body) => (await fetch(`${this.url}${path}`, { method: "POST", body: JSON.stringify(body ?? null) })).json();
}
