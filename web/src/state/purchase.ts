// One purchase from choosing to placed, as a pure machine: `step` takes what happened and says what to do. What must
// hold: an order's id and key are saved before anything about it is sent; a purchase keeps them through every repeat,
// reload and second tab; it says "placed" only when the server has said so; a second press does nothing.
import type { Contact, Order, OrderId, OrderKey, ProductId, ShippingId, VariantId } from "../protocol";

export interface Purchase {
  order: OrderId;
  key: OrderKey;
  product: ProductId;
  variant: VariantId;
  quantity: number;
}

/** What the binding button sends. */
export interface Binding {
  total_minor: number;
  shipping: ShippingId;
  contact: Contact;
}

export type Asked = "reserve" | "place" | "release" | "get";

/** Those that wait for a reply. */
export type Waiting =
  /** Found on this device, or doubtful: asking what became of it. */
  | { at: "taking_up"; purchase: Purchase; tries: number }
  | { at: "reserving"; purchase: Purchase; tries: number }
  | { at: "placing"; purchase: Purchase; order: Order; binding: Binding; tries: number }
  /** `next` is what the buyer wants instead. */
  | { at: "releasing"; purchase: Purchase; next: Purchase | null; tries: number };

export type State =
  | { at: "closed" }
  /** `code`: why the last attempt to reserve failed. */
  | { at: "choosing"; code: string | null }
  | Waiting
  /** `code`: why the order could not be placed as it was. */
  | { at: "reserved"; purchase: Purchase; order: Order; code: string | null }
  /** Asked many times and never answered: nobody knows whether the server has acted. */
  | { at: "unsure"; was: Waiting }
  | { at: "placed"; purchase: Purchase; order: Order }
  | { at: "expired" };

export type Happened =
  | { it: "opened" }
  | { it: "found"; purchase: Purchase }
  /** Another tab has finished with it. */
  | { it: "forgotten" }
  | { it: "chose"; purchase: Purchase }
  | { it: "pressed"; binding: Binding }
  | { it: "let_go" }
  | { it: "again" }
  | { it: "left" }
  | { it: "ticked"; now_ms: number }
  | { it: "order"; order: Order }
  | { it: "refused"; order: OrderId; asked: Asked; code: string; retry_after_ms?: number | undefined };

export type Deed =
  | { do: "save"; purchase: Purchase | null }
  /** Placed: kept with the orders of this device. */
  | { do: "keep"; purchase: Purchase; order: Order }
  | { do: "ask"; what: Asked; purchase: Purchase; binding: Binding | null; after_ms: number };

export type Step = [State, Deed[]];

/** What may pass by itself: the same message goes out again. */
const PASSING: ReadonlySet<string> = new Set(["timeout", "disconnected", "shop_restarted", "server_stopping", "show_restarted", "rate_limited", "internal"]);
export const TRIES = 8;
const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 8_000;
// The server's clock decides; ours only asks it, a little later.
const EXPIRY_GRACE_MS = 1_000;

export const CLOSED: State = { at: "closed" };

const ASKED: Record<Waiting["at"], Asked> = { taking_up: "get", reserving: "reserve", placing: "place", releasing: "release" };

const isWaiting = (state: State): state is Waiting => state.at in ASKED;

/** The order that a state is about. */
export const purchaseOf = (state: State): Purchase | null =>
  state.at === "unsure" ? state.was.purchase : "purchase" in state ? state.purchase : null;

const ask = (state: Waiting, after_ms = 0): Deed => ({
  do: "ask", what: ASKED[state.at], purchase: state.purchase, binding: state.at === "placing" ? state.binding : null, after_ms,
});
const go = (state: Waiting, ...before: Deed[]): Step => [state, [...before, ask(state)]];
const reserve = (purchase: Purchase): Step => go({ at: "reserving", purchase, tries: 0 }, { do: "save", purchase });
const doubt = (purchase: Purchase): Step => go({ at: "taking_up", purchase, tries: 0 });
const forget = (state: State): Step => [state, [{ do: "save", purchase: null }]];

export function step(state: State, happened: Happened): Step {
  const still: Step = [state, []];
  switch (happened.it) {
    case "opened":
      return state.at === "closed" || state.at === "expired" || state.at === "placed" ? [{ at: "choosing", code: null }, []] : still;
    case "found":
      return purchaseOf(state) === null || state.at === "placed" ? doubt(happened.purchase) : still;
    case "forgotten":
      return state.at === "reserved" ? doubt(state.purchase) : still;
    case "chose":
      return chose(state, happened.purchase) ?? still;
    case "pressed":
      if (state.at !== "reserved") return still;
      return go({ at: "placing", purchase: state.purchase, order: state.order, binding: happened.binding, tries: 0 });
    case "let_go":
      return state.at === "reserved" ? go({ at: "releasing", purchase: state.purchase, next: null, tries: 0 }) : still;
    case "again":
      return state.at === "unsure" ? go({ ...state.was, tries: 0 }) : still;
    case "left":
      return state.at === "choosing" || state.at === "expired" || state.at === "placed" ? [CLOSED, []] : still;
    case "ticked":
      return ticked(state, happened.now_ms) ?? still;
    case "order":
      return purchaseOf(state)?.order === happened.order.order ? arrived(state, happened.order) : still;
    case "refused":
      return isWaiting(state) && state.purchase.order === happened.order && ASKED[state.at] === happened.asked
        ? refused(state, happened.code, happened.retry_after_ms)
        : still;
  }
}

function chose(state: State, purchase: Purchase): Step | null {
  switch (state.at) {
    case "closed":
    case "choosing":
    case "expired":
    case "placed":
      return reserve(purchase);
    case "reserved":
      if (state.purchase.variant === purchase.variant && state.purchase.quantity === purchase.quantity) return null;
      // One at a time: what is held counts against what one buyer may have.
      return go({ at: "releasing", purchase: state.purchase, next: purchase, tries: 0 });
    default:
      return null;
  }
}

function ticked(state: State, now_ms: number): Step | null {
  const expires_at_ms = state.at === "reserved" ? state.order.expires_at_ms : null;
  return state.at === "reserved" && expires_at_ms !== null && now_ms >= expires_at_ms + EXPIRY_GRACE_MS ? doubt(state.purchase) : null;
}

/** The server said how the order of this state is now. */
function arrived(state: State, order: Order): Step {
  const purchase = purchaseOf(state) as Purchase;
  const now = state.at === "unsure" ? state.was : state;
  const next = now.at === "releasing" ? now.next : null;
  switch (order.status) {
    case "reserved":
      return reserved(state, now, purchase, order);
    case "released":
      return next ? reserve(next) : forget(now.at === "releasing" ? CLOSED : { at: "choosing", code: null });
    case "expired":
      return next ? reserve(next) : forget({ at: "expired" });
    case "cancelled":
    case "refunded":
      return [CLOSED, [{ do: "save", purchase: null }, { do: "keep", purchase, order }]];
    case "placed":
    case "paid":
    case "packed":
    case "shipped":
    case "done":
      if (now.at === "placed") return [{ ...now, order: newer(now.order, order) }, []];
      return [{ at: "placed", purchase, order }, [{ do: "save", purchase: null }, { do: "keep", purchase, order }]];
  }
}

function reserved(state: State, now: State, purchase: Purchase, order: Order): Step {
  switch (now.at) {
    case "taking_up":
    case "reserving":
      return [{ at: "reserved", purchase, order, code: null }, []];
    case "reserved":
      return [{ ...now, order: newer(now.order, order) }, []];
    default:
      // An old reply: what was asked since is still to be answered.
      return [state, []];
  }
}

const newer = (known: Order, come: Order): Order => (come.as_of >= known.as_of ? come : known);

function refused(state: Waiting, code: string, retry_after_ms = 0): Step {
  if (PASSING.has(code) || code === "closed") {
    const tries = state.tries + 1;
    // A connection that was given up will not carry it either.
    if (tries >= TRIES || code === "closed") return [{ at: "unsure", was: state }, []];
    const again = { ...state, tries };
    return [again, [ask(again, Math.max(retry_after_ms, Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** state.tries)))]];
  }
  switch (state.at) {
    case "taking_up":
      return forget(code === "expired" ? { at: "expired" } : CLOSED);
    case "reserving":
      return forget({ at: "choosing", code });
    case "placing":
      if (code === "expired" || code === "order_not_found") return forget({ at: "expired" });
      if (code === "order_step_invalid") return doubt(state.purchase);
      return [
        { at: "reserved", purchase: state.purchase, order: state.order, code },
        code === "price_changed" ? [{ do: "ask", what: "get", purchase: state.purchase, binding: null, after_ms: 0 }] : [],
      ];
    case "releasing":
      if (code === "order_step_invalid") return doubt(state.purchase);
      return state.next ? reserve(state.next) : forget(CLOSED);
  }
}
