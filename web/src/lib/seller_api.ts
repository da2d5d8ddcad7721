// The shop over HTTP as its seller has it. The studio's cookie says who asks.
import type { Contact, Image, Offer, Order, OrderStatus, Product, ProductCard, ProductDraft, ProductId, ProductStock, ShopSettings, VariantId } from "../protocol";
import type { SettingsDraft } from "../state/settings_form";
import { call } from "./api";
import type { OrderView } from "./shop_api";

export interface LineUpEntry {
  card: ProductCard;
  description: string;
  images: Image[];
  stock: ProductStock;
  offer?: Offer;
}

/** What is wrong with a line of a sheet, and what stands there. `row` is as a spreadsheet counts. */
export interface SheetProblem {
  line: number;
  row: number;
  code: string;
  detail: string;
  value: string;
}

export const SHEET_DIFFERENCES = ["title", "description", "status", "vat", "max_per_buyer", "variants_added", "variants_removed", "variants_order", "price", "sku"] as const;
export type SheetDifference = (typeof SHEET_DIFFERENCES)[number];

/** What a sheet does to one product. */
export interface SheetChange {
  row: number;
  product: ProductId | null;
  title: string;
  kind: "new" | "changed" | "unchanged";
  differs: SheetDifference[];
  /** The sheet says another number of pieces than there are; they stay. */
  stock_stays: boolean;
}

export interface SheetPreview {
  products: number;
  variants: number;
  problems: SheetProblem[];
  changes: SheetChange[];
  applied: boolean;
}

export interface PriceSpan {
  at_ms: number;
  until_ms: number | null;
  price_minor: number;
  offer: boolean;
}

export interface PriceHistory {
  prices: PriceSpan[];
  lowest_30_days_minor: number | null;
}

export interface SoldOrder {
  order: Order;
  contact: Contact | null;
}

export interface OrderFilter {
  status?: OrderStatus | undefined;
  search?: string | undefined;
  before?: number | undefined;
}

/** How the shop stands with its payment provider. The keys themselves never come back. */
export interface StripeView {
  connected: boolean;
  /** Enough of the key to know it again: `sk_live_…4242`. */
  key_hint?: string;
  /** Whether there is a signing secret for what the provider says by itself. */
  webhook: boolean;
  webhook_url: string;
  /** Payments and refunds that wait for the provider. */
  stuck: number;
  last_problem?: string;
}

export interface StripeKeys {
  secret_key: string;
  webhook_secret?: string;
}

/** The machine that the shop is on. */
export interface ServerView {
  disk: { free_bytes: number; total_bytes: number };
}

const STRIPE = "/api/shop/payments/stripe";
const lineUp = (slug: string): string => `/api/shows/${encodeURIComponent(slug)}/line-up`;
const product = (id: ProductId): string => `/api/products/${encodeURIComponent(id)}`;

export const sellerApi = {
  settings: (): Promise<ShopSettings> => call("GET", "/api/shop/settings"),
  saveSettings: (settings: SettingsDraft): Promise<ShopSettings> => call("PUT", "/api/shop/settings", settings),
  server: (): Promise<ServerView> => call("GET", "/api/server"),
  stripe: (): Promise<StripeView> => call("GET", STRIPE),
  connectStripe: (keys: StripeKeys): Promise<StripeView> => call("PUT", STRIPE, keys),
  disconnectStripe: (): Promise<void> => call("DELETE", STRIPE),
  products: async (): Promise<Product[]> => (await call<{ products: Product[] }>("GET", "/api/products")).products,
  create: (draft: ProductDraft): Promise<Product> => call("POST", "/api/products", draft),
  change: (id: ProductId, draft: ProductDraft): Promise<Product> => call("PUT", product(id), draft),
  order: (products: ProductId[]): Promise<void> => call("PUT", "/api/products-order", { products }),
  /** What came in (or, negative, went): never a total, for meanwhile some may have been sold. */
  restock: (variant: VariantId, change: number): Promise<Product> => call("POST", `/api/variants/${encodeURIComponent(variant)}/stock`, { change }),
  /** Without `apply` nothing happens but the answer. */
  importSheet: (file: Blob, apply = false): Promise<SheetPreview> => call("POST", `/api/products/import${apply ? "?apply=true" : ""}`, file, { "content-type": "text/csv" }),
  prices: (variant: VariantId): Promise<PriceHistory> => call("GET", `/api/variants/${encodeURIComponent(variant)}/prices`),
  upload: (file: Blob): Promise<Image> => call("POST", "/api/images", file, { "content-type": file.type }),
  lineUp: async (slug: string): Promise<LineUpEntry[]> => (await call<{ products: LineUpEntry[] }>("GET", lineUp(slug))).products,
  setLineUp: (slug: string, products: ProductId[]): Promise<void> => call("PUT", lineUp(slug), { products }),
  orders: ({ status, search, before }: OrderFilter, limit = 50): Promise<{ orders: SoldOrder[]; as_of: number }> => {
    const query = new URLSearchParams({ limit: String(limit), ...(status && { status }), ...(search && { search }), ...(before && { before: String(before) }) });
    return call("GET", `/api/orders?${query}`);
  },
  ordersAsOf: async (): Promise<number> => (await call<{ as_of: number }>("GET", "/api/orders/as-of")).as_of,
  orderView: (id: string): Promise<OrderView> => call("GET", `/api/orders/${encodeURIComponent(id)}`),
  step: (id: string, status: OrderStatus, restock?: boolean): Promise<Order> =>
    call("POST", `/api/orders/${encodeURIComponent(id)}/steps`, { status, ...(restock !== undefined && { restock }) }),
};
