// What happened to messages and letters, in the seller's words.
import { timeOfDay } from "../../components/time";
import * as m from "../../generated/messages";
import { locale } from "../../i18n";
import type { Health } from "../../state/connections.svelte";
import { stallTrouble } from "../shop/words";

const KINDS: Record<string, () => string> = {
  "order.placed": m.connect_event_order_placed, "order.paid": m.connect_event_order_paid, "order.cancelled": m.connect_event_order_cancelled,
  "stock.changed": m.connect_event_stock_changed, "show.live": m.connect_event_show_live, "show.ended": m.connect_event_show_ended, ping: m.connect_event_ping,
};
export const kindText = (kind: string): string => KINDS[kind]?.() ?? kind;

const LETTERS: Record<string, () => string> = {
  placed: m.connect_letter_placed, paid: m.connect_letter_paid, shipped: m.connect_letter_shipped, cancelled: m.connect_letter_cancelled,
  cancelled_by_buyer: m.connect_letter_cancelled, refunded: m.connect_letter_refunded, withdrawn: m.connect_letter_withdrawn, again: m.connect_letter_again,
};
export const letterText = (kind: string): string => LETTERS[kind]?.() ?? kind;

const HEALTH: Record<Health, () => string> = { new: m.connect_new, ok: m.connect_ok, failing: m.connect_failing, off: m.connect_off, gone: m.connect_gone };
export const healthText = (health: Health): string => HEALTH[health]();

const WHY: Record<string, () => string> = {
  timeout: m.connect_why_timeout, unreachable: m.connect_why_unreachable, address_refused: m.connect_why_private, broken_off: m.connect_why_cut, disabled: m.connect_why_disabled,
};

/** Why a message did not arrive. */
export function whyText(outcome: string): string {
  if (!/^\d{3}$/.test(outcome)) return (WHY[outcome] ?? m.connect_why_other)();
  const code = outcome;
  if (outcome.startsWith("3")) return m.connect_why_moved({ code });
  if (outcome === "401" || outcome === "403") return m.connect_why_refused({ code });
  if (outcome === "404" || outcome === "410") return m.connect_why_missing({ code });
  if (outcome === "429" || outcome === "503") return m.connect_why_busy({ code });
  return outcome.startsWith("5") ? m.connect_why_broken({ code }) : m.connect_why_code({ code });
}

const POST: Record<string, () => string> = { timeout: m.connect_post_timeout, unreachable: m.connect_post_unreachable, expired: m.connect_post_expired, address: m.connect_post_address };

/** Why a letter did not go. */
export function postText(outcome: string): string {
  if (!/^\d{3}$/.test(outcome)) return (POST[outcome] ?? m.connect_post_other)();
  const code = outcome;
  if (["550", "551", "552", "553", "554"].includes(outcome)) return m.connect_post_550({ code });
  return outcome === "530" || outcome === "535" ? m.connect_post_login({ code }) : m.connect_post_code({ code });
}

const TROUBLE: Record<string, () => string> = {
  url_invalid: m.connect_bad_url, url_private: m.connect_bad_private, events_invalid: m.connect_bad_events, too_many: m.connect_too_many,
  contact_erased: m.connect_erased, not_found: m.connect_gone_here,
};
export const connectTrouble = (code: string): string => (TROUBLE[code] ?? (() => stallTrouble(code)))();

export const capital = (text: string): string => text.charAt(0).toLocaleUpperCase(locale()) + text.slice(1);

/** Today the hour is enough. */
export function when(at_ms: number): string {
  const at = new Date(at_ms);
  if (at.toDateString() === new Date().toDateString()) return timeOfDay(at_ms, locale());
  return new Intl.DateTimeFormat(locale(), { day: "numeric", month: "short", hour: "numeric", minute: "2-digit" }).format(at_ms);
}

export function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}
