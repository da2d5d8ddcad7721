// The other half of the purchase machine: the server said how the order is now, in answer to anything or by itself. An
// older word than the one that is known changes nothing, and what was asked meanwhile stays to be answered.
import type { Order } from "../protocol";
import { CLOSED, forget, purchaseOf, reserve, type Deed, type Purchase, type State, type Step } from "./purchase_state";

/** It was waited for: these pieces came back, and are for whoever was first in line. */
export const isOffered = (order: Order): boolean => order.status === "reserved" && order.steps.some(({ status }) => status === "waiting");

/** The provider would not: it can be paid another way, or tried again. */
export const isPaymentClosed = (order: Order): boolean => order.status === "reserved" && order.payment?.state === "closed";

/** It can still turn out to have been paid. */
const isUnsettled = (order: Order): boolean => order.payment?.state === "opening" || order.payment?.state === "open";

export function arrived(state: State, order: Order): Step {
  const purchase = purchaseOf(state) as Purchase;
  const now = state.at === "unsure" ? state.was : state;
  if ("order" in now && order.as_of < now.order.as_of) return [state, []];
  const kept: Deed[] = [{ do: "save", purchase: null }, { do: "keep", purchase, order }];
  switch (order.status) {
    case "waiting":
      return inLine(state, now, purchase, order);
    case "reserved":
      return reserved(state, now, purchase, order);
    case "paying":
      return paying(state, now, purchase, order);
    case "released":
    case "expired":
      return over(now, purchase, order);
    case "cancelled":
      // Whoever is just reading that it was placed reads on, and that it no longer is.
      return now.at === "placed" ? [{ ...now, order }, kept] : [CLOSED, kept];
    case "refunded":
      if (now.at === "placed") return [{ ...now, order }, kept];
      if (now.at === "repaid") return [{ ...now, order, look_ms: null }, []];
      // By time itself if it was paid too late; the seller's refunds stand on the order's page.
      return [order.payment && order.steps.at(-1)?.by === "clock" ? { at: "repaid", purchase, order, look_ms: null } : CLOSED, kept];
    case "placed":
    case "paid":
    case "packed":
    case "shipped":
    case "done":
      return now.at === "placed" ? [{ ...now, order }, []] : [{ at: "placed", purchase, order }, kept];
  }
}

function inLine(state: State, now: State, purchase: Purchase, order: Order): Step {
  if (now.at === "waiting") return [{ ...now, order: { ...order, ahead: order.ahead ?? now.order.ahead ?? 0 }, look_ms: null }, []];
  return now.at === "taking_up" || now.at === "reserving" ? [{ at: "waiting", purchase, order, look_ms: null }, [{ do: "save", purchase }]] : [state, []];
}

function reserved(state: State, now: State, purchase: Purchase, order: Order): Step {
  switch (now.at) {
    case "taking_up":
    case "reserving":
    case "waiting":
    case "paying":
      // Another tab may have looked for it before it arrived, and forgotten it.
      return [{ at: "reserved", purchase, order, code: null }, [{ do: "save", purchase }, ...dropped(purchase, order)]];
    case "reserved":
      return [{ ...now, order }, []];
    case "placing":
      // Placed, and refused by the provider, before the answer came.
      if (!isPaymentClosed(order) || order.as_of === now.order.as_of) return [state, []];
      return [{ at: "reserved", purchase, order, code: null }, dropped(purchase, order)];
    default:
      return [state, []];
  }
}

/** Nothing came of what was to be paid: it is none of the orders of this device. */
const dropped = (purchase: Purchase, order: Order): Deed[] => (order.payment ? [{ do: "drop", purchase }] : []);

function paying(state: State, now: State, purchase: Purchase, order: Order): Step {
  // It may be paid whatever becomes of this page.
  const kept: Deed[] = [{ do: "save", purchase }, { do: "keep", purchase, order }];
  const begun = { at: "paying", purchase, order, going: null, look_ms: null } as const;
  switch (now.at) {
    case "paying":
      return went({ ...now, order, look_ms: null });
    case "placing":
      // After all hope was gone nobody expects to be taken elsewhere.
      return went({ ...begun, going: state.at === "unsure" ? null : "soon" }, kept);
    case "taking_up":
    case "reserving":
    case "waiting":
    case "reserved":
      return [begun, kept];
    default:
      return [state, []];
  }
}

function went(state: Extract<State, { at: "paying" }>, deeds: Deed[] = []): Step {
  const url = state.order.payment?.url;
  return state.going === "soon" && url ? [{ ...state, going: "now" }, [...deeds, { do: "go", url }]] : [state, deeds];
}

function over(now: State, purchase: Purchase, order: Order): Step {
  const next = now.at === "releasing" ? now.next : null;
  if (isUnsettled(order)) {
    const kept: Deed = { do: "keep", purchase, order };
    if (next) return reserve(next, kept);
    return [{ at: "settling", purchase, order, look_ms: null }, now.at === "settling" ? [] : [kept]];
  }
  const drop = dropped(purchase, order);
  if (next) return reserve(next, ...drop);
  if (order.status === "expired") return forget({ at: "expired" }, ...drop);
  return forget(now.at === "releasing" || now.at === "settling" ? CLOSED : { at: "choosing", code: null, missed: null }, ...drop);
}
