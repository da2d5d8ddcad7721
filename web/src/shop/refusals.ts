// Why the shop said no, in the buyer's words. Exhaustive like ../refusals, and apart from it: who only watches does not
// load these.
import * as m from "../generated/messages";
import { SHOP_REFUSAL_CODES } from "../protocol";
import { refusal } from "../refusals";

type Code = (typeof SHOP_REFUSAL_CODES)[number];

const SENTENCE: Record<Code, () => string> = {
  product_not_found: m.buy_refused_not_for_sale,
  not_for_sale: m.buy_refused_not_for_sale,
  not_open: m.buy_refused_not_open,
  sold_out: m.buy_refused_sold_out,
  over_limit: m.buy_refused_over_limit,
  quantity_invalid: m.buy_refused_quantity,
  key_invalid: m.buy_refused_again,
  order_not_found: m.buy_refused_again,
  order_id_reused: m.buy_refused_again,
  expired: m.buy_expired_more,
  order_step_invalid: m.buy_refused_again,
  price_changed: m.buy_refused_price,
  shipping_invalid: m.buy_refused_shipping,
  payment_unavailable: m.buy_refused_payment,
  contact_invalid: m.buy_refused_contact,
  flash_invalid: m.buy_refused_again,
  flash_not_lower: m.buy_refused_again,
  shop_full: m.buy_refused_busy,
  shop_restarted: m.buy_refused_busy,
};

const isCode = (code: string): code is Code => (SHOP_REFUSAL_CODES as readonly string[]).includes(code);

export const shopRefusal = (code: string): string => (isCode(code) ? SENTENCE[code]() : refusal(code));
