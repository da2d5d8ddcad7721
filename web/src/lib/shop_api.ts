// The shop over HTTP, as anybody and as a buyer sees it. A buyer proves an order with its key.
import type { Contact, Order, OrderId, OrderKey, PaymentMethod, ShippingOption, StockPolicy } from "../protocol";
import { call } from "./api";

export interface ShopView {
  name: string;
  currency: string;
  reservation_ms: number;
  shipping: ShippingOption[];
  seller_details: string;
  withdrawal_days: number;
  policy: StockPolicy;
  waiting_list: boolean;
  payments: PaymentMethod[];
}

/** Everything that is kept about an order, and what its buyer may still do. */
export interface OrderView {
  order: Order;
  contact: Contact | null;
  shop: { name: string; seller_details: string; withdrawal_days: number };
  payment_instructions: string;
  withdrawal: "cancel" | "withdraw" | null;
}

/** The first of the two steps: what the second one would do. */
export interface WithdrawalOffer {
  outcome: "cancel" | "withdraw";
  confirm: string;
}

const as = (key: OrderKey): Record<string, string> => ({ authorization: `Bearer ${key}` });
const path = (order: OrderId): string => `/api/orders/${encodeURIComponent(order)}`;

export const imageUrl = (image: string, small = false): string => `/images/${image}${small ? "-s" : ""}.jpg`;

export const shopApi = {
  shop: (): Promise<ShopView> => call("GET", "/api/shop"),
  order: (order: OrderId, key: OrderKey): Promise<OrderView> => call("GET", path(order), undefined, as(key)),
  withdrawal: (order: OrderId, key: OrderKey): Promise<WithdrawalOffer> => call("POST", `${path(order)}/withdrawal`, {}, as(key)),
  withdraw: (order: OrderId, key: OrderKey, confirm: string): Promise<OrderView> => call("POST", `${path(order)}/withdrawal`, { confirm }, as(key)),
  /** What is not ordered, or not paid yet, is left for others. */
  release: (order: OrderId, key: OrderKey): Promise<OrderView> => call("POST", `${path(order)}/release`, {}, as(key)),
  erase: (order: OrderId, key: OrderKey): Promise<void> => call("DELETE", `${path(order)}/contact`, undefined, as(key)),
};
