// The orders of the shop, as they come in. The server says how new they are; the list is fetched when it is older. While it
// cannot say (no stream through), it is asked.
import { followChanges } from "../lib/changes";
import { sellerApi, type OrderFilter, type SoldOrder } from "../lib/seller_api";
import type { Order, OrderStatus } from "../protocol";
import { codeOf } from "./catalogue.svelte";

/** While there is no stream. */
const LOOK_EVERY_MS = 1_000;
/** In a rush the list is fetched so often and not for each order. */
const PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
const PAGE = 50;
/** As many as the server gives at once, and slips printed at once: a day of a very good show. */
const LARGE_PAGE = 200;
const MAX_TO_PACK = 1_000;

/** What the seller may do next, the usual thing first. */
export const NEXT: Record<OrderStatus, readonly OrderStatus[]> = {
  waiting: [], reserved: [], paying: [], released: [], expired: [], cancelled: [], refunded: [],
  placed: ["paid", "cancelled"],
  paid: ["packed", "refunded"],
  packed: ["shipped", "refunded"],
  shipped: ["done", "refunded"],
  done: ["refunded"],
};

export class Sales {
  orders: SoldOrder[] | null = $state.raw(null);
  status: OrderStatus | undefined = $state();
  search = $state("");
  more = $state(false);
  busy = $state(false);
  trouble: string | null = $state(null);
  /** Those that came while one was looking, to be noticed. */
  fresh: readonly string[] = $state.raw([]);
  /** Those that are to be packed together. A search for others does not lose them. */
  chosen: readonly SoldOrder[] = $state.raw([]);
  #as_of = -1;
  /** The newest that was heard of. */
  #newest = -1;
  #asking = false;
  #catchingUp = false;
  #live = false;
  #request = 0;

  start(): () => void {
    void this.load();
    const timer = setInterval(() => !this.#live && document.visibilityState === "visible" && void this.look(), LOOK_EVERY_MS);
    const stop = followChanges({ newer: (as_of) => void this.newer(as_of), live: (live) => (this.#live = live) });
    return () => {
      clearInterval(timer);
      stop();
    };
  }

  /** There is something as new as this: fetches the list until it is no older. A fetch that fails is tried again. */
  async newer(as_of: number): Promise<void> {
    this.#newest = Math.max(this.#newest, as_of);
    if (this.#catchingUp) return;
    this.#catchingUp = true;
    for (let wait_ms = PAUSE_MS; this.#newest > this.#as_of; ) {
      const before = this.#as_of;
      await this.load();
      wait_ms = this.#as_of > before ? PAUSE_MS : Math.min(wait_ms * 2, LONGEST_PAUSE_MS);
      await new Promise((resolve) => setTimeout(resolve, wait_ms));
      if (!this.#live) break;
    }
    this.#catchingUp = false;
  }

  /** Fetches the list if anything has happened since. */
  async look(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      if ((await sellerApi.ordersAsOf()) > this.#as_of) await this.load();
    } catch (error) {
      this.trouble = codeOf(error);
    }
    this.#asking = false;
  }

  async load(): Promise<void> {
    const request = ++this.#request;
    const first = this.#as_of < 0;
    try {
      const { orders, as_of } = await sellerApi.orders(this.#filter(), PAGE);
      // Somebody typed on meanwhile.
      if (request !== this.#request) return;
      const known = this.orders?.map(({ order }) => order.order) ?? [];
      if (!first) this.fresh = [...this.fresh, ...orders.map(({ order }) => order).filter((one) => !known.includes(one.order) && one.as_of > this.#as_of).map(({ order }) => order)];
      this.orders = orders;
      this.chosen = this.chosen.map((one) => orders.find(({ order }) => order.order === one.order.order) ?? one);
      this.more = orders.length === PAGE;
      this.#as_of = as_of;
      this.trouble = null;
    } catch (error) {
      if (request === this.#request) this.trouble = codeOf(error);
    }
  }

  async older(): Promise<void> {
    const last = this.orders?.at(-1)?.order.number;
    if (!last) return;
    const request = this.#request;
    try {
      const { orders } = await sellerApi.orders({ ...this.#filter(), before: last }, PAGE);
      if (request !== this.#request) return;
      this.orders = [...(this.orders ?? []), ...orders];
      this.more = orders.length === PAGE;
    } catch (error) {
      this.trouble = codeOf(error);
    }
  }

  isChosen(sold: SoldOrder): boolean {
    return this.chosen.some(({ order }) => order.order === sold.order.order);
  }

  choose(sold: SoldOrder): void {
    this.chosen = this.isChosen(sold) ? this.chosen.filter(({ order }) => order.order !== sold.order.order) : [...this.chosen, sold];
  }

  /** All that is paid and not packed, oldest first; null with the reason in `trouble`. */
  async toPack(): Promise<SoldOrder[] | null> {
    if (this.busy) return null;
    this.busy = true;
    this.trouble = null;
    const found: SoldOrder[] = [];
    try {
      for (let before: number | undefined; found.length < MAX_TO_PACK; ) {
        const { orders } = await sellerApi.orders({ status: "paid", before }, LARGE_PAGE);
        found.push(...orders);
        before = orders.at(-1)?.order.number ?? undefined;
        if (orders.length < LARGE_PAGE || before === undefined) break;
      }
      return found.reverse();
    } catch (error) {
      this.trouble = codeOf(error);
      return null;
    } finally {
      this.busy = false;
    }
  }

  async step(order: Order, status: OrderStatus, restock?: boolean): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.trouble = null;
    try {
      const changed = await sellerApi.step(order.order, status, restock);
      this.orders = (this.orders ?? []).map((one) => (one.order.order === changed.order ? { ...one, order: changed } : one));
      return true;
    } catch (error) {
      // The buyer may have been faster.
      await this.load();
      this.trouble = codeOf(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  #filter(): OrderFilter {
    return { status: this.status, search: this.search.trim() };
  }
}
