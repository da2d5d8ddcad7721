// The seller's catalogue: what is made, changed, put in order and put away. The server's answer is the truth; nothing is
// shown as saved before it.
import { ApiError } from "../lib/api";
import { sellerApi } from "../lib/seller_api";
import { placed } from "../lib/sorting";
import type { Image, Product, ProductDraft, ProductId, ProductStatus, ShopSettings, VariantId } from "../protocol";
import type { SettingsDraft } from "./settings_form";

export const codeOf = (error: unknown): string => (error instanceof ApiError ? error.code : "unexpected");

export const draftOf = (product: Product): ProductDraft => ({
  title: product.title, description: product.description, status: product.status, vat_bp: product.vat_bp, max_per_buyer: product.max_per_buyer, images: product.images,
  variants: product.variants.map(({ variant, name, sku, price_minor, stock }) => ({ variant, name, sku, price_minor, stock })),
});

const idsOf = (products: readonly Product[]): ProductId[] => products.map(({ product }) => product);

export class Catalogue {
  products: Product[] | null = $state.raw(null);
  settings: ShopSettings | null = $state.raw(null);
  busy = $state(false);
  /** What the last deed met: a code, or null. */
  trouble: string | null = $state(null);
  /** An order that the server does not know yet, and whether one is on its way. */
  #unsaved = false;
  #placing = false;
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

  /** Shown in its new place at once; back in the order that the server has if it does not take it. */
  async place(from: number, to: number): Promise<void> {
    if (this.products === null) return;
    const before = idsOf(this.products);
    this.products = placed(this.products, from, to);
    this.#unsaved = true;
    // Whoever is saving takes the newest order when that is done.
    if (this.#placing) return;
    this.#placing = true;
    for (let known = before; this.#unsaved; ) {
      this.#unsaved = false;
      const wanted = idsOf(this.products);
      if (await this.#do(async () => (await sellerApi.order(wanted), true))) known = wanted;
      else {
        this.#unsaved = false;
        this.products = [...this.products].sort((one, other) => known.indexOf(one.product) - known.indexOf(other.product));
      }
    }
    this.#placing = false;
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
