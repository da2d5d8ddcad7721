// One order on its buyer's own page: how it is, and the two steps out of it.
import { ApiError } from "../lib/api";
import { shopApi, type OrderView, type WithdrawalOffer } from "../lib/shop_api";

export type Phase = "loading" | "no_key" | "missing" | "offline" | "here";
// Nobody stares at it; a change of the seller's is seen soon enough. But who waits for a turn or a payment does stare.
const LOOK_EVERY_MS = 20_000;
const LOOK_OFTEN_MS = 3_000;

export class Receipt {
  readonly #order: string;
  readonly #key: string;
  phase: Phase = $state("loading");
  view: OrderView | null = $state.raw(null);
  /** The first step is done: this is what the second would do. */
  asked: WithdrawalOffer | null = $state.raw(null);
  busy = $state(false);
  /** What the last step met. */
  trouble: "failed" | "too_late" | null = $state(null);
  erased = $state(false);

  constructor(order: string, key: string) {
    this.#order = order;
    this.#key = key;
    if (!/^[A-Za-z0-9_-]{43}$/.test(key)) this.phase = "no_key";
  }

  /** Looks now, and again from time to time; the returned function ends that. */
  start(): () => void {
    if (this.phase === "no_key") return () => undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      if (this.phase === "loading" || (document.visibilityState === "visible" && !this.asked && !this.busy)) await this.load();
      if (!ended) timer = setTimeout(() => void look(), this.#moves() ? LOOK_OFTEN_MS : LOOK_EVERY_MS);
    };
    let ended = false;
    void look();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }

  /** Whether something is about to happen by itself. */
  #moves(): boolean {
    const order = this.view?.order;
    return order !== undefined && (["waiting", "paying"].includes(order.status) || ["opening", "open", "refunding"].includes(order.payment?.state ?? ""));
  }

  async load(): Promise<void> {
    try {
      this.view = await shopApi.order(this.#order, this.#key);
      this.phase = "here";
    } catch (error) {
      // What was seen once is not taken away by a lost connection.
      if (this.view) return;
      this.phase = error instanceof ApiError && [400, 401, 403, 404].includes(error.status) ? "missing" : "offline";
    }
  }

  async ask(): Promise<void> {
    await this.#do(async () => void (this.asked = await shopApi.withdrawal(this.#order, this.#key)));
  }

  async confirm(): Promise<void> {
    const { asked } = this;
    if (asked) await this.#do(async () => void (this.view = await shopApi.withdraw(this.#order, this.#key, asked.confirm)));
    this.asked = null;
  }

  /** Gives up the place in line, or a payment that was not made. */
  async leave(): Promise<void> {
    await this.#do(async () => void (this.view = await shopApi.release(this.#order, this.#key)));
  }

  stay(): void {
    this.asked = null;
  }

  async erase(): Promise<void> {
    await this.#do(async () => {
      await shopApi.erase(this.#order, this.#key);
      // Said when it can be seen.
      await this.load();
      this.erased = true;
    });
  }

  async #do(deed: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.trouble = null;
    try {
      await deed();
    } catch (error) {
      this.trouble = error instanceof ApiError && (error.status === 409 || error.code === "confirm_invalid") ? "too_late" : "failed";
      if (this.trouble === "too_late") await this.load();
    }
    this.busy = false;
  }
}
