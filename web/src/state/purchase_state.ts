// What a purchase can be, what can happen to it, and what is to be done then.
import type { Contact, Order, OrderId, OrderKey, PaymentMethod, ProductId, ShippingId, VariantId } from "../protocol";

export interface Purchase {
  order: OrderId;
  key: OrderKey;
  product: ProductId;
  variant: VariantId;
  quantity: number;
  /** Gets in line if there are not so many. */
  wait?: boolean;
  /** How the buyer came back from the provider's page: a reload must not ask to pay what was paid. */
  back?: Back | undefined;
}

/** What the binding button sends. */
export interface Binding {
  total_minor: number;
  shipping: ShippingId;
  contact: Contact;
  payment: PaymentMethod;
}

export type Asked = "reserve" | "place" | "release" | "get";

export type Back = "paid" | "unpaid";

/** Those that wait for a reply. */
export type Asking =
  /** Found on this device, or doubtful: asking what became of it. */
  | { at: "taking_up"; purchase: Purchase; tries: number }
  | { at: "reserving"; purchase: Purchase; tries: number }
  | { at: "placing"; purchase: Purchase; order: Order; binding: Binding; tries: number }
  /** `next` is what the buyer wants instead. */
  | { at: "releasing"; purchase: Purchase; next: Purchase | null; tries: number };

/** Those that wait for somebody else. The server is asked again at `look_ms`: null is as of the next tick, and it is
    infinite while the answer is on its way. */
export type Looking =
  /** In line. */
  | { at: "waiting"; purchase: Purchase; order: Order; look_ms: number | null }
  /** Ordered, and to be paid. `going`: this page goes to the provider's as `soon` as there is one, or `now`. */
  | { at: "paying"; purchase: Purchase; order: Order; going: "soon" | "now" | null; look_ms: number | null }
  /** Over, but a payment may still be on its way. */
  | { at: "settling"; purchase: Purchase; order: Order; look_ms: number | null }
  /** Paid too late: the money goes back, or has gone. */
  | { at: "repaid"; purchase: Purchase; order: Order; look_ms: number | null };

export type State =
  | { at: "closed" }
  /** `code`: why the last attempt to reserve failed, and `missed` what it was for. */
  | { at: "choosing"; code: string | null; missed: Purchase | null }
  | Asking
  | Looking
  /** `code`: why the order could not be placed as it was. */
  | { at: "reserved"; purchase: Purchase; order: Order; code: string | null }
  /** Asked many times and never answered: nobody knows whether the server has acted. */
  | { at: "unsure"; was: Asking }
  | { at: "placed"; purchase: Purchase; order: Order }
  | { at: "expired" };

export type Happened =
  | { it: "opened" }
  | { it: "found"; purchase: Purchase }
  /** Another tab has finished with it. */
  | { it: "forgotten" }
  | { it: "chose"; purchase: Purchase }
  | { it: "pressed"; binding: Binding }
  /** Wants to be at the provider's page. */
  | { it: "pay" }
  /** The page is shown again as it was left. */
  | { it: "shown_again" }
  | { it: "let_go" }
  | { it: "again" }
  | { it: "left" }
  | { it: "ticked"; now_ms: number }
  | { it: "order"; order: Order }
  | { it: "refused"; order: OrderId; asked: Asked; code: string; retry_after_ms?: number | undefined };

export type Deed =
  | { do: "save"; purchase: Purchase | null }
  /** Ordered, or perhaps still to be: kept with the orders of this device, or not any more. */
  | { do: "keep"; purchase: Purchase; order: Order }
  | { do: "drop"; purchase: Purchase }
  | { do: "ask"; what: Asked; purchase: Purchase; binding: Binding | null; after_ms: number }
  /** To the provider's page. */
  | { do: "go"; url: string };

export type Step = [State, Deed[]];

export const CLOSED: State = { at: "closed" };

export const ASKED: Record<Asking["at"], Asked> = { taking_up: "get", reserving: "reserve", placing: "place", releasing: "release" };

export const isAsking = (state: State): state is Asking => state.at in ASKED;

/** The order that a state is about. */
export const purchaseOf = (state: State): Purchase | null =>
  state.at === "unsure" ? state.was.purchase : "purchase" in state ? state.purchase : null;

export const ask = (state: Asking, after_ms = 0): Deed => ({
  do: "ask", what: ASKED[state.at], purchase: state.purchase, binding: state.at === "placing" ? state.binding : null, after_ms,
});
export const look = (purchase: Purchase): Deed => ({ do: "ask", what: "get", purchase, binding: null, after_ms: 0 });
export const go = (state: Asking, ...before: Deed[]): Step => [state, [...before, ask(state)]];
export const reserve = (purchase: Purchase, ...before: Deed[]): Step => go({ at: "reserving", purchase, tries: 0 }, ...before, { do: "save", purchase });
export const release = (purchase: Purchase, next: Purchase | null): Step => go({ at: "releasing", purchase, next, tries: 0 });
export const doubt = (purchase: Purchase): Step => go({ at: "taking_up", purchase, tries: 0 });
export const forget = (state: State, ...more: Deed[]): Step => [state, [{ do: "save", purchase: null }, ...more]];
