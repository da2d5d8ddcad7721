// Who is told what happens, and how it goes. The server's answer is the truth. What was set going is looked at again soon,
// everything else from time to time.
import { connectionsApi, type Delivery, type MailState, type Secret, type Webhook } from "../lib/connections_api";
import { sellerApi } from "../lib/seller_api";
import type { Language } from "../protocol";
import { codeOf } from "./catalogue.svelte";

export const LOOK_EVERY_MS = 10_000;
export const LOOK_SOON_MS = 700;
/** How long after something was set going its outcome may still change by the second. */
const SOON_FOR_MS = 7_000;

export type Health = "new" | "ok" | "failing" | "off" | "gone";

/** How a connection does, from what its last try met. */
export function healthOf({ active, disabled_by, last }: Pick<Webhook, "active" | "disabled_by" | "last">): Health {
  if (!active) return disabled_by === "gone" ? "gone" : "off";
  if (!last) return "new";
  return /^2\d\d$/.test(last.outcome) ? "ok" : "failing";
}

export class Connections {
  webhooks: Webhook[] | null = $state.raw(null);
  mail: MailState | null = $state.raw(null);
  /** Whose messages are looked at. */
  opened: string | null = $state(null);
  messages: Delivery[] | null = $state.raw(null);
  /** A secret that was just made, until it has been taken. */
  secret: Secret | null = $state.raw(null);
  busy = $state(false);
  /** The server could not be asked. */
  lost = $state(false);
  /** What the last deed met: a code, or null. */
  trouble: string | null = $state(null);
  #next_ms = 0;
  #soonUntil_ms = 0;
  #request = 0;

  /** Looks now and again from time to time; the returned function ends that. */
  start(): () => void {
    void this.load();
    const timer = setInterval(() => {
      if (document.visibilityState === "visible" && !this.busy && Date.now() >= this.#next_ms) void this.load();
    }, LOOK_SOON_MS);
    return () => clearInterval(timer);
  }

  async load(): Promise<void> {
    const request = ++this.#request;
    const now_ms = Date.now();
    this.#next_ms = now_ms + (now_ms < this.#soonUntil_ms ? LOOK_SOON_MS : LOOK_EVERY_MS);
    try {
      const { opened } = this;
      const [webhooks, mail, messages] = await Promise.all([connectionsApi.webhooks(), connectionsApi.mail(), opened === null ? null : connectionsApi.messages(opened)]);
      // Something was done meanwhile: what it led to is asked for by itself.
      if (request !== this.#request) return;
      this.webhooks = webhooks;
      this.mail = mail;
      this.messages = messages;
      this.lost = false;
    } catch {
      if (request === this.#request) this.lost = true;
    }
  }

  /** Shows what was sent to one of them; or nothing more of it. */
  async open(webhook: string): Promise<void> {
    this.opened = this.opened === webhook ? null : webhook;
    this.messages = null;
    await this.load();
  }

  /** True when it is there; its secret is in `secret`. */
  async add(url: string, events: readonly string[]): Promise<boolean> {
    return this.#do(async () => void (this.secret = await connectionsApi.add(url.trim(), events)));
  }

  async rotate(webhook: string): Promise<boolean> {
    return this.#do(async () => void (this.secret = await connectionsApi.rotate(webhook)));
  }

  async turn(webhook: string, active: boolean): Promise<boolean> {
    return this.#do(() => connectionsApi.turn(webhook, active));
  }

  async remove(webhook: string): Promise<boolean> {
    if (this.opened === webhook) this.opened = null;
    return this.#do(() => connectionsApi.remove(webhook));
  }

  async ping(webhook: string): Promise<boolean> {
    return this.#do(() => connectionsApi.ping(webhook));
  }

  async resend(webhook: string, message: string): Promise<boolean> {
    return this.#do(() => connectionsApi.resend(webhook, message));
  }

  async letterAgain(order: string): Promise<boolean> {
    return this.#do(() => connectionsApi.letterAgain(order));
  }

  /** What came of it: `sent`, or why not; null when nobody could try. */
  async tryLetter(to: string): Promise<string | null> {
    let outcome: string | null = null;
    await this.#do(async () => void (outcome = await connectionsApi.tryLetter(to.trim())));
    return outcome;
  }

  /** What letters are written in; everything else of the settings stays. */
  async write(language: Language): Promise<boolean> {
    return this.#do(async () => void (await sellerApi.saveSettings({ ...(await sellerApi.settings()), language })));
  }

  async #do(deed: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.trouble = null;
    let done = true;
    try {
      await deed();
      this.#soonUntil_ms = Date.now() + SOON_FOR_MS;
    } catch (error) {
      this.trouble = codeOf(error);
      done = false;
    }
    this.busy = false;
    await this.load();
    return done;
  }
}
