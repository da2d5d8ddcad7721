// What the seller types about a product, as text, and the draft that it makes; or what must be looked at again.
import { minorOf, typed } from "../lib/money";
import type { Image, Product, ProductDraft, ProductStatus, VariantId } from "../protocol";

export interface VariantForm {
  /** Of one that exists. */
  variant: VariantId | null;
  name: string;
  sku: string;
  price: string;
  stock: string;
}
export interface ProductForm {
  title: string;
  description: string;
  status: ProductStatus;
  vat: string;
  max: string;
  images: Image[];
  variants: VariantForm[];
}
/** `variants.0.price`, or a field of the product itself. */
export type Wrong = ReadonlySet<string>;

const STANDARD_VAT_BP = 2_200;

export const emptyVariant = (): VariantForm => ({ variant: null, name: "", sku: "", price: "", stock: "1" });

export function formOf(product: Product | null, currency: string, locale: string): ProductForm {
  if (product === null) return { title: "", description: "", status: "draft", vat: String(STANDARD_VAT_BP / 100), max: "", images: [], variants: [emptyVariant()] };
  const { title, description, status, vat_bp, max_per_buyer, images, variants } = product;
  return {
    title, description, status, images, vat: (vat_bp / 100).toLocaleString(locale, { useGrouping: false }), max: max_per_buyer === null ? "" : String(max_per_buyer),
    variants: variants.map(({ variant, name, sku, price_minor, stock }) => ({ variant, name, sku, price: typed(price_minor, currency, locale), stock: String(stock) })),
  };
}

/** A whole number from 0 to a million; null if it is none. */
export const whole = (text: string): number | null => (/^\d{1,6}$/.test(text.trim()) ? Number(text) : null);

/** Hundredths of a percent; null if it is no percentage. */
export function percent(text: string): number | null {
  const clean = text.trim().replace(/\s*%$/, "").replace(",", ".");
  const bp = /^\d{1,3}(\.\d{1,2})?$/.test(clean) ? Math.round(Number(clean) * 100) : NaN;
  return bp >= 0 && bp <= 10_000 ? bp : null;
}

export function draftFrom(form: ProductForm, currency: string): { draft: ProductDraft | null; wrong: Wrong } {
  const wrong = new Set<string>();
  const need = <T>(name: string, value: T | null): T | undefined => (value === null ? (wrong.add(name), undefined) : value);
  const title = form.title.trim();
  if (title === "") wrong.add("title");
  const vat_bp = need("vat", percent(form.vat)) ?? 0;
  const max = form.max.trim() === "" ? null : (need("max", whole(form.max) || null) ?? null);
  const variants = form.variants.map(({ variant, name, sku, price, stock }, at) => ({
    ...(variant !== null && { variant }), name: name.trim(), sku: sku.trim(),
    price_minor: need(`variants.${at}.price`, minorOf(price, currency)) ?? 0,
    stock: need(`variants.${at}.stock`, whole(stock)) ?? 0,
  }));
  // Two of the same name could not be told apart.
  variants.forEach(({ name }, at) => variants.findIndex((one) => one.name === name) < at && wrong.add(`variants.${at}.name`));
  const draft = { title, description: form.description.trim(), status: form.status, vat_bp, max_per_buyer: max, images: form.images, variants };
  return { draft: wrong.size > 0 ? null : draft, wrong };
}
