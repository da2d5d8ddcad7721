// How an open purchase stands, in a line and on a button: for the card, and for what stands in its place.
import * as m from "../generated/messages";
import type { ProductId } from "../protocol";
import type { State } from "../state/purchase";
import { isOffered } from "../state/purchase_order";
import { timeLeft } from "../components/left";

export interface Standing {
  product: ProductId;
  title: string;
  line: string;
  button: string;
  /** Somebody waited for it, and now it is there. */
  turn: boolean;
}

/** Who is how far in line. */
export const place = (ahead: number): string => (ahead === 0 ? m.buy_next() : m.buy_ahead({ count: ahead }));

export function standing(state: State, now_ms: number): Standing | null {
  if (!("order" in state) || state.at === "placed" || state.at === "repaid") return null;
  const { order } = state;
  const time = order.expires_at_ms === null ? null : timeLeft(order.expires_at_ms - now_ms);
  const say = (line: string, button: string, turn = false): Standing => ({ product: order.product, title: order.title, line, button, turn });
  switch (state.at) {
    case "waiting":
      return say(place(order.ahead ?? 0), m.buy_in_line());
    case "paying":
      if (state.purchase.back === "paid") return say(m.buy_pay_confirming(), m.buy_go_on());
      return say(m.buy_pay_unpaid(), time === null ? m.buy_go_on() : m.buy_continue({ time }));
    case "settling":
      return say(m.buy_pay_settling(), m.buy_go_on());
    case "reserved":
    case "placing":
      if (!order.held || time === null) return say("", m.buy_go_on());
      return isOffered(order) ? say(m.buy_turn(), m.buy_take({ time }), true) : say("", m.buy_continue({ time }));
  }
}
