// The seller's catalogue: what is made, changed, put in order and put away. The server's answer is the truth; nothing is
// shown as saved before it.
import { ApiError } from "../lib/api";
import { sellerApi } from "../lib/seller_api";
import type { Image, Product, ProductDraft, ProductId, ProductStatus, ShopSettings, VariantId } from "../protocol";
import type { SettingsDraft } from "./settings_form";

export const codeOf = (error: unknown): string => (error instanceof ApiError ? error.code : "unexpected");

export const draftOf = (product: Product): ProductDraft => ({
  title: product.title, description: product.description, status: product.status, vat_bp: product.vat_bp, max_per_buyer: product.max_per_buyer, images: product.images,
  variants: product.variants.map(({ variant, name, sku, price_minor, stock }) => ({ variant, name, sku, price_minor, stock })),
});

/** The same list with one of them a place up (-1) or down (1). */
export function moved<T>(list: readonly T[], at: number, by: -1 | 1): T[] {
  const to = at + by;
  const copy = [...list];
  const [one] = copy.splice(at, 1);
  if (one === undefined || to < 0 || to > copy.length) return [...list];
  copy.splice(to, 0, one);
  return copy;
}

export class Catalogue {
  products: Product[] | null = $state.raw(null);
  settings: ShopSettings | null = $state.raw(null);
  busy = $state(false);
  /** What the last deed met: a code, or null. */
  trouble: string | null = $state(null);
  readonly active = $derived((this.products ?? []).filter(({ status }) => status === "active"));

  async load(): Promise<void> {
    await this.#do(async () => {
      [this.products, this.settings] = await Promise.all([sellerApi.products(), sellerApi.settings()]);
    });
  }

  /** The saved product, or null with the reason in `trouble`. */
  async save(id: ProductId | null, draft: ProductDraft): Promise<Product | null> {
    return this.#do(async () => {
      const saved = await (id === null ? sellerApi.create(draft) : sellerApi.change(id, draft));
      this.#put(saved);
      return saved;
    });
  }

  async setStatus(product: Product, status: ProductStatus): Promise<void> {
    await this.save(product.product, { ...draftOf(product), status });
  }

  async restock(variant: VariantId, change: number): Promise<Product | null> {
    return this.#do(async () => {
      const changed = await sellerApi.restock(variant, change);
      this.#put(changed);
      return changed;
    });
  }

  /** Shown in its new place at once; back in the old one if the server does not take it. */
  async move(at: number, by: -1 | 1): Promise<void> {
    const before = this.products;
    if (before === null) return;
    this.products = moved(before, at, by);
    const ids = this.products.map(({ product }) => product);
    if ((await this.#do(async () => (await sellerApi.order(ids), true))) === null) this.products = before;
  }

  async upload(file: Blob): Promise<Image | null> {
    return this.#do(() => sellerApi.upload(file));
  }

  async saveSettings(settings: SettingsDraft): Promise<boolean> {
    return (await this.#do(async () => (this.settings = await sellerApi.saveSettings(settings)))) !== null;
  }

  #put(product: Product): void {
    const others = this.products ?? [];
    this.products = others.some((one) => one.product === product.product)
      ? others.map((one) => (one.product === product.product ? product : one))
      : [...others, product];
  }

  async #do<T>(deed: () => Promise<T>): Promise<T | null> {
    this.busy = true;
    this.trouble = null;
    try {
      return await deed();
    } catch (error) {
      this.trouble = codeOf(error);
      return null;
    } finally {
      this.busy = false;
    }
  }
}
