// What the shop's own pages met, in the seller's words.
import * as m from "../../generated/messages";
import { REFUSAL_CODES } from "../../protocol";
import { troubleText } from "../trouble";

const WORDS: Record<string, () => string> = {
  remote_not_allowed: m.helm_trouble_not_allowed,
  flash_not_lower: m.stall_trouble_flash,
  flash_invalid: m.stall_trouble_offer,
  not_for_sale: m.stall_trouble_not_for_sale,
  product_not_found: m.stall_trouble_not_for_sale,
  sold_out: m.stall_trouble_sold_out,
  order_step_invalid: m.stall_moved_on,
  stripe_not_connected: m.stall_trouble_payment,
  key_invalid: m.stall_stripe_key_bad,
  key_refused: m.stall_stripe_key_refused,
  provider_unreachable: m.stall_stripe_unreachable,
  image_invalid: m.stall_image_bad,
  image_too_large: m.stall_image_bad,
  unsupported_type: m.stall_image_bad,
  too_large: m.stall_image_bad,
};
const GENERAL: ReadonlySet<string> = new Set([...REFUSAL_CODES, "offline", "timeout", "disconnected", "closed", "not_logged_in", "not_ready", "bad_origin"]);

export const stallTrouble = (code: string): string => (WORDS[code] ?? (GENERAL.has(code) ? () => troubleText(code) : m.stall_trouble_other))();
