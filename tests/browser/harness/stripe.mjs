// The imitation of Stripe (tests/stripe), started and steered; it ends when its input does.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { until } from "./wait.mjs";
import { word } from "./words.mjs";

const SCRIPT = fileURLToPath(new URL("../../stripe/imitation.mjs", import.meta.url));
/** What it takes as the seller's key, and signs notices with. */
const KEY = "sk_test_imitation";
const SECRET = "whsec_imitation_secret";

const button = (at, key) => at.getByRole("button", { name: word(key), exact: true });

export class Stripe {
  #child;

  static async start() {
    const stripe = new Stripe();
    stripe.#child = spawn(process.execPath, [SCRIPT], { stdio: ["pipe", "pipe", "inherit"] });
    let said = "";
    stripe.#child.stdout.on("data", (text) => (said += text));
    stripe.url = `http://${await until("the imitation listens", 10_000, () => /listening on (\S+)/.exec(said)?.[1])}`;
    return stripe;
  }

  stop() {
    this.#child.stdin.end();
  }

  /** Sets what it does: see the script. */
  async control(wish) {
    await fetch(`${this.url}/_control`, { method: "POST", body: JSON.stringify(wish) });
  }

  /** Sessions, refunds, requests, notices. */
  async state() {
    return await (await fetch(`${this.url}/_state`)).json();
  }

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

  /** Waits until the page is at the payment page. */
  async page(page) {
    await page.waitForURL(`${this.url}/c/pay/**`);
  }
}
