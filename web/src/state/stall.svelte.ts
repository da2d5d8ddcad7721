// What is lined up in a show, and what of it is on the table now. Pinning is the show's own affair and goes through its
// connection; what is left is refreshed from the server while one looks.
import { sellerApi, type LineUpEntry } from "../lib/seller_api";
import type { OfferWish, ProductId, ProductStock } from "../protocol";
import type { Air } from "./air.svelte";
import { codeOf } from "./catalogue.svelte";

const LOOK_EVERY_MS = 2_500;

export const leftOf = (stock: ProductStock): number => stock.variants.reduce((sum, { left }) => sum + left, 0);
export const heldOf = (stock: ProductStock): number => stock.variants.reduce((sum, { reserved }) => sum + reserved, 0);

export class Stall {
  readonly #air: Pick<Air, "show" | "pin" | "unpin">;
  entries: LineUpEntry[] | null = $state.raw(null);
  trouble: string | null = $state(null);
  busy: ProductId | null = $state(null);
  readonly pinned = $derived.by(() => this.#air.show.showcase?.product.product ?? null);

  constructor(air: Pick<Air, "show" | "pin" | "unpin">) {
    this.#air = air;
  }

  start(): () => void {
    void this.load();
    const timer = setInterval(() => document.visibilityState === "visible" && void this.load(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }

  async load(): Promise<void> {
    try {
      this.entries = await sellerApi.lineUp(this.#air.show.slug);
      this.trouble = null;
    } catch (error) {
      this.trouble = codeOf(error);
    }
  }

  async line(products: ProductId[]): Promise<boolean> {
    try {
      await sellerApi.setLineUp(this.#air.show.slug, products);
      await this.load();
      return true;
    } catch (error) {
      this.trouble = codeOf(error);
      return false;
    }
  }

  /** What the show last said of it, if that is newer than the list. */
  stock(entry: LineUpEntry): ProductStock {
    const said = this.#air.show.stock;
    return said?.product === entry.card.product && said.as_of >= entry.stock.as_of ? said : entry.stock;
  }

  /** The server's clock. */
  now(): number {
    return Date.now() + this.#air.show.offset_ms;
  }

  /** One press: on the table, or off it if it was there. */
  async toggle(product: ProductId): Promise<void> {
    await this.#do(product, () => (this.pinned === product ? this.#air.unpin() : this.#air.pin(product)));
  }

  async offer(product: ProductId, wish: OfferWish): Promise<boolean> {
    return this.#do(product, () => this.#air.pin(product, wish));
  }

  /** The keys 1 to 9 are the first nine. */
  key(name: string): void {
    const entry = /^[1-9]$/.test(name) ? this.entries?.[Number(name) - 1] : undefined;
    if (entry) void this.toggle(entry.card.product);
  }

  async #do(product: ProductId, deed: () => Promise<string | null>): Promise<boolean> {
    if (this.busy !== null) return false;
    this.busy = product;
    this.trouble = await deed();
    this.busy = null;
    return this.trouble === null;
  }
}
