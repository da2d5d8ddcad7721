// The life of an order in words. Exhaustive: a new status does not compile until somebody has found its words.
import * as m from "../generated/messages";
import type { OrderHand, OrderStatus } from "../protocol";

const STATUS: Record<OrderStatus, () => string> = {
  waiting: m.order_status_waiting,
  reserved: m.order_status_reserved,
  paying: m.order_status_paying,
  placed: m.order_status_placed,
  paid: m.order_status_paid,
  packed: m.order_status_packed,
  shipped: m.order_status_shipped,
  done: m.order_status_done,
  cancelled: m.order_status_cancelled,
  refunded: m.order_status_refunded,
  released: m.order_status_released,
  expired: m.order_status_expired,
};

export const statusText = (status: OrderStatus): string => STATUS[status]();

const HAND: Record<OrderHand, () => string> = { buyer: m.order_by_buyer, seller: m.order_by_seller, clock: m.order_by_clock, provider: m.order_by_provider };

export const handText = (hand: OrderHand): string => HAND[hand]();

/** `22 %` of 2200 hundredths of a percent. */
export const rate = (bp: number, locale: string): string => (bp / 10_000).toLocaleString(locale, { style: "percent", maximumFractionDigits: 2 });
