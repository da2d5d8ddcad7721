// Carries out what the purchase machine says: sends, saves, ticks, and hears of other tabs. One of it per page.
import { cameBack, type CameBack } from "../lib/back";
import type { Connection, RequestError } from "../lib/connection";
import { secret } from "../lib/secret";
import { kept, PREFIX } from "../lib/storage";
import { uuid } from "../lib/uuid";
import type { ProductId, VariantId } from "../protocol";
import { buyingKey, draft, dropOrder, keepOrder, keptOrders, openPurchase, savePurchase, type KeptOrder } from "./orders";
import { CLOSED, purchaseOf, step, type Binding, type Deed, type Happened, type Purchase, type State } from "./purchase";

const TICK_MS = 500;

export class Buying {
  readonly #connection: Pick<Connection, "request" | "serverNow" | "listen">;
  readonly #slug: string;
  readonly #go: (url: string) => void;
  readonly #stops: (() => void)[] = [];
  state: State = $state.raw(CLOSED);
  /** The server's clock, about twice a second. */
  now_ms = $state(0);
  /** Orders of this show that this device has made. */
  orders: KeptOrder[] = $state.raw([]);
  /** Something had been begun before this page was opened. */
  resumed = $state(false);
  readonly purchase = $derived(purchaseOf(this.state));

  constructor(
    connection: Pick<Connection, "request" | "serverNow" | "listen">,
    slug: string,
    go: (url: string) => void = (url) => location.assign(url),
  ) {
    this.#connection = connection;
    this.#slug = slug;
    this.#go = go;
    this.now_ms = connection.serverNow();
    this.#read();
  }

  /** Begins to tick and to listen to other tabs and to the server, and takes up what was open. */
  start(): void {
    const ticking = setInterval(() => {
      this.now_ms = this.#connection.serverNow();
      this.tell({ it: "ticked", now_ms: this.now_ms });
    }, TICK_MS);
    const heard = ({ key }: StorageEvent): void => this.#elsewhere(key);
    // By the back button from the provider's page, with everything as it was.
    const shown = ({ persisted }: PageTransitionEvent): void => void (persisted && this.tell({ it: "shown_again" }));
    window.addEventListener("storage", heard);
    window.addEventListener("pageshow", shown);
    const pushed = this.#connection.listen((heard) => {
      if (heard.type === "order_changed") this.tell({ it: "order", order: heard.order });
      if (heard.type === "welcome") this.#follow();
    });
    this.#stops.push(
      pushed,
      () => clearInterval(ticking),
      () => window.removeEventListener("storage", heard),
      () => window.removeEventListener("pageshow", shown),
    );
    this.resumed = this.#take(cameBack());
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  /** Buy, or get in line, or another variant or quantity. An open purchase of another tab is taken up instead of making a second. */
  async choose(product: ProductId, variant: VariantId, quantity: number, wait = false): Promise<void> {
    const choose = (): void => {
      if (purchaseOf(this.state) === null && this.#take()) return;
      this.tell({ it: "chose", purchase: { order: uuid(), key: secret(), product, variant, quantity, ...(wait && { wait }) } });
    };
    // Two tabs at the same instant: one of them looks first.
    if (navigator.locks) await navigator.locks.request(buyingKey(this.#slug), choose);
    else choose();
  }

  press(binding: Binding): void {
    this.tell({ it: "pressed", binding });
  }

  tell(happened: Happened): void {
    const was = purchaseOf(this.state);
    const [state, deeds] = step(this.state, happened);
    if (state !== this.state) this.state = state;
    for (const deed of deeds) this.#do(deed, was);
  }

  #take(came: CameBack | null = null): boolean {
    const open = openPurchase(this.#slug);
    // Another tab, or another visit, may have seen it through already.
    const kept = came && open?.order !== came.order ? this.orders.find(({ order }) => order === came.order) : undefined;
    const known = kept ? { order: kept.order, key: kept.key, product: "", variant: "", quantity: 0 } : open;
    const found = known && came?.order === known.order ? { ...known, back: came.back } : known;
    if (found && found.order === open?.order) savePurchase(this.#slug, found);
    if (found) this.tell({ it: "found", purchase: found });
    return found !== null;
  }

  /** A new socket hears of no order that it has not asked about. */
  #follow(): void {
    // What is being asked is sent again by itself.
    if (!("order" in this.state) || this.state.at === "placing") return;
    void this.#ask({ do: "ask", what: "get", purchase: this.state.purchase, binding: null, after_ms: 0 });
  }

  #elsewhere(key: string | null): void {
    this.#read();
    if (key !== PREFIX + buyingKey(this.#slug)) return;
    if (kept.get(buyingKey(this.#slug)) === null) this.tell({ it: "forgotten" });
    else this.#take();
  }

  #read(): void {
    this.orders = keptOrders().filter(({ slug }) => slug === this.#slug);
  }

  #do(deed: Deed, was: Purchase | null): void {
    switch (deed.do) {
      case "save":
        // Another tab may have begun another one meanwhile: that stays.
        if (deed.purchase === null && openPurchase(this.#slug)?.order !== was?.order) return;
        return savePurchase(this.#slug, deed.purchase);
      case "keep": {
        const { order, key } = deed.purchase;
        keepOrder({ order, key, slug: this.#slug, title: deed.order.title, number: deed.order.number });
        if (deed.order.status !== "paying") draft(this.#slug, null);
        return this.#read();
      }
      case "drop":
        dropOrder(deed.purchase.order);
        return this.#read();
      case "go":
        return this.#go(deed.url);
      case "ask":
        if (deed.after_ms > 0) setTimeout(() => void this.#ask(deed), deed.after_ms);
        else void this.#ask(deed);
    }
  }

  async #ask({ what, purchase: { order, key, variant, quantity, wait }, binding }: Extract<Deed, { do: "ask" }>): Promise<void> {
    const request = {
      reserve: { type: "reserve", order, key, variant, quantity, ...(wait && { wait }) } as const,
      place: binding && ({ type: "order_place", order, key, ...binding } as const),
      release: { type: "order_release", order, key } as const,
      get: { type: "order_get", order, key } as const,
    }[what];
    if (!request) return;
    try {
      const reply = await this.#connection.request(request);
      if (reply.type === "order") this.tell({ it: "order", order: reply.order });
    } catch (error) {
      // By its shape: the connection may come from another bundle.
      const { code, retry_after_ms } = error as Partial<RequestError>;
      this.tell({ it: "refused", order, asked: what, code: code ?? "internal", retry_after_ms });
    }
  }
}
