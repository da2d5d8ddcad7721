// One purchase from choosing to the end, as a pure machine: `step` takes what happened and says what to do. What must
// hold: an order's id and key are saved before anything about it is sent; a purchase keeps them through every repeat,
// reload and second tab; it says "placed" only when the server has said so; a second press does nothing; and one goes to
// the provider's page only from the page where one has just pressed.
import { arrived } from "./purchase_order";
import {
  ask, ASKED, CLOSED, doubt, forget, go, isAsking, look, purchaseOf, release, reserve, type Asking, type Happened, type Looking, type Purchase, type State, type Step,
} from "./purchase_state";

export * from "./purchase_state";

/** What may pass by itself: the same message goes out again. */
const PASSING: ReadonlySet<string> = new Set(["timeout", "disconnected", "shop_restarted", "server_stopping", "show_restarted", "rate_limited", "internal"]);
export const TRIES = 8;
const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 8_000;
// The server's clock decides; ours only asks it, a little later.
const EXPIRY_GRACE_MS = 1_000;
/** The server says changes by itself; this is for what is lost on the way, and for the place in line. */
const LOOK_EVERY_MS: Record<Looking["at"], number> = { waiting: 5_000, paying: 2_000, settling: 2_000, repaid: 4_000 };

const isLooking = (state: State): state is Looking => state.at in LOOK_EVERY_MS;

export function step(state: State, happened: Happened): Step {
  const still: Step = [state, []];
  switch (happened.it) {
    case "opened":
      return opened(state) ?? still;
    case "found":
      return purchaseOf(state) === null || isOver(state) ? doubt(happened.purchase) : still;
    case "forgotten":
      return state.at === "reserved" || isLooking(state) ? doubt(state.purchase) : still;
    case "chose":
      return chose(state, happened.purchase) ?? still;
    case "pressed":
      if (state.at !== "reserved") return still;
      // Whatever came of paying before was before.
      return go({ at: "placing", purchase: { ...state.purchase, back: undefined }, order: state.order, binding: happened.binding, tries: 0 });
    case "pay": {
      const url = state.at === "paying" ? state.order.payment?.url : undefined;
      return state.at === "paying" && url ? [{ ...state, going: "now" }, [{ do: "go", url }]] : still;
    }
    case "shown_again":
      return state.at === "paying" ? doubt(state.purchase) : still;
    case "let_go":
      return state.at === "reserved" || state.at === "waiting" || state.at === "paying" ? release(state.purchase, null) : still;
    case "again":
      return state.at === "unsure" ? go({ ...state.was, tries: 0 }) : still;
    case "left":
      return state.at === "choosing" || state.at === "expired" || isOver(state) ? [CLOSED, []] : still;
    case "ticked":
      return ticked(state, happened.now_ms) ?? still;
    case "order":
      return purchaseOf(state)?.order === happened.order.order ? arrived(state, happened.order) : still;
    case "refused":
      return purchaseOf(state)?.order === happened.order ? (refused(state, happened) ?? still) : still;
  }
}

const isOver = (state: State): boolean => state.at === "placed" || state.at === "repaid";

function opened(state: State): Step | null {
  const choosing: State = { at: "choosing", code: null, missed: null };
  if (state.at === "closed" || state.at === "expired" || isOver(state)) return [choosing, []];
  // What may still be paid stays among the orders of this device.
  return state.at === "settling" ? [choosing, [{ do: "keep", purchase: state.purchase, order: state.order }, { do: "save", purchase: null }]] : null;
}

function chose(state: State, purchase: Purchase): Step | null {
  switch (state.at) {
    case "closed":
    case "choosing":
    case "expired":
    case "placed":
    case "repaid":
      return reserve(purchase);
    case "reserved":
      // What is held already is not let go for itself; where nothing was held it may have gone, and one can wait for it.
      if (!purchase.wait && state.order.variant === purchase.variant && state.order.quantity === purchase.quantity) return null;
      // One at a time: what is held counts against what one buyer may have.
      return release(state.purchase, purchase);
    case "waiting":
      return state.purchase.variant === purchase.variant && state.purchase.quantity === purchase.quantity ? null : release(state.purchase, purchase);
    default:
      return null;
  }
}

function ticked(state: State, now_ms: number): Step | null {
  if (isLooking(state)) {
    if (state.order.payment?.state === "refunded") return null;
    if (state.look_ms === null) return [{ ...state, look_ms: now_ms + LOOK_EVERY_MS[state.at] }, []];
    return now_ms < state.look_ms ? null : [{ ...state, look_ms: Infinity }, [look(state.purchase)]];
  }
  const expires_at_ms = state.at === "reserved" ? state.order.expires_at_ms : null;
  return state.at === "reserved" && expires_at_ms !== null && now_ms >= expires_at_ms + EXPIRY_GRACE_MS ? doubt(state.purchase) : null;
}

function refused(state: State, { asked, code, retry_after_ms = 0 }: Extract<Happened, { it: "refused" }>): Step | null {
  if (isLooking(state)) {
    if (asked !== "get") return null;
    return code === "order_not_found" ? forget(CLOSED) : [{ ...state, look_ms: null }, []];
  }
  if (!isAsking(state) || ASKED[state.at] !== asked) return null;
  if (!PASSING.has(code) && code !== "closed") return denied(state, code);
  const tries = state.tries + 1;
  // A connection that was given up will not carry it either.
  if (tries >= TRIES || code === "closed") return [{ at: "unsure", was: state }, []];
  const again = { ...state, tries };
  return [again, [ask(again, Math.max(retry_after_ms, Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** state.tries)))]];
}

function denied(state: Asking, code: string): Step {
  switch (state.at) {
    case "taking_up":
      return forget(code === "expired" ? { at: "expired" } : CLOSED);
    case "reserving":
      return forget({ at: "choosing", code, missed: state.purchase });
    case "placing":
      if (code === "expired" || code === "order_not_found") return forget({ at: "expired" });
      if (code === "order_step_invalid") return doubt(state.purchase);
      return [{ at: "reserved", purchase: state.purchase, order: state.order, code }, code === "price_changed" ? [look(state.purchase)] : []];
    case "releasing":
      if (code === "order_step_invalid") return doubt(state.purchase);
      return state.next ? reserve(state.next) : forget(CLOSED);
  }
}
