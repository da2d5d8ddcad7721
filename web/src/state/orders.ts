// What this device knows of its purchases: the open one of each show, the orders that came of them, and, if the buyer
// asked for that, who they are. Read totally: what somebody else has put there counts as nothing.
import type { Contact, PaymentMethod, ShippingId } from "../protocol";
import { kept, tab } from "../lib/storage";
import type { Purchase } from "./purchase";

const ORDERS = "orders";
const DETAILS = "details";
const ORDERS_KEPT = 50;

export interface KeptOrder {
  order: string;
  key: string;
  slug: string;
  title: string;
  number: number | null;
}

export interface Details {
  contact: Contact;
  shipping: ShippingId | null;
  payment?: PaymentMethod;
}

export const buyingKey = (slug: string): string => `buying.${slug}`;
const draftKey = (slug: string): string => `draft.${slug}`;

function parse(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const strings = (value: unknown, ...names: string[]): value is Record<string, string> => isObject(value) && names.every((name) => typeof value[name] === "string");

export function openPurchase(slug: string): Purchase | null {
  const found = parse(kept.get(buyingKey(slug)));
  if (!strings(found, "order", "key", "product", "variant")) return null;
  const { quantity, wait, back }: { quantity?: unknown; wait?: unknown; back?: unknown } = found;
  const { order, key, product, variant } = found as unknown as Purchase;
  return typeof quantity === "number" && Number.isInteger(quantity) ? { order, key, product, variant, quantity, ...(wait === true && { wait }), ...((back === "paid" || back === "unpaid") && { back }) } : null;
}

export function savePurchase(slug: string, purchase: Purchase | null): void {
  if (purchase) kept.set(buyingKey(slug), JSON.stringify(purchase));
  else kept.remove(buyingKey(slug));
}

export function keptOrders(): KeptOrder[] {
  const found = parse(kept.get(ORDERS));
  return Array.isArray(found) ? found.filter((one): one is KeptOrder => strings(one, "order", "key", "slug", "title")) : [];
}

export function keepOrder(order: KeptOrder): void {
  const others = keptOrders().filter((one) => one.order !== order.order);
  kept.set(ORDERS, JSON.stringify([order, ...others].slice(0, ORDERS_KEPT)));
}

/** Nothing came of it. */
export const dropOrder = (order: string): void => kept.set(ORDERS, JSON.stringify(keptOrders().filter((one) => one.order !== order)));

const isDetails = (value: unknown): value is Details => isObject(value) && strings(value.contact, "name", "email", "phone", "note");

/** What the form begins with: what was typed in this tab before a reload, else what the buyer asked to keep. */
export function details(slug: string): Details | null {
  const found = [tab.get(draftKey(slug)), kept.get(DETAILS)].map(parse).find(isDetails);
  return found ?? null;
}

export const draft = (slug: string, what: Details | null): void =>
  what ? tab.set(draftKey(slug), JSON.stringify(what)) : tab.remove(draftKey(slug));

export const detailsKept = (): boolean => kept.get(DETAILS) !== null;

/** Null forgets. A word to the seller belongs to one order and is not kept. */
export const keepDetails = (what: Details | null): void =>
  what ? kept.set(DETAILS, JSON.stringify({ ...what, contact: { ...what.contact, note: "" } })) : kept.remove(DETAILS);
