// What a variant has cost, told: each span with its words' parts, and a line of the last 30 days to look at.
import type { PriceSpan } from "../lib/seller_api";

const MINUTE_MS = 60_000;
export const LOOK_BACK_MS = 30 * 24 * 60 * MINUTE_MS;

export type Told = "now" | "past" | "offer_coming" | "offer_now" | "offer_past";

/** Newest first. */
export const newestFirst = (spans: readonly PriceSpan[]): PriceSpan[] => [...spans].sort((one, other) => other.at_ms - one.at_ms || Number(other.offer) - Number(one.offer));

export function told({ at_ms, until_ms, offer }: PriceSpan, now_ms: number): Told {
  const over = until_ms !== null && until_ms <= now_ms;
  if (!offer) return over ? "past" : "now";
  return over ? "offer_past" : at_ms > now_ms ? "offer_coming" : "offer_now";
}

/** Whole minutes, at least one. */
export const minutes = ({ at_ms, until_ms }: PriceSpan): number => Math.max(1, Math.round(((until_ms ?? at_ms) - at_ms) / MINUTE_MS));

/** A piece of the line: from 0 to 1 across the 30 days, from 0 (lowest) to 1 (highest). */
export interface Piece {
  from: number;
  to: number;
  level: number;
  offer: boolean;
}

/** The spans of the last 30 days as they are drawn. An offer of minutes is still wide enough to be seen. */
export function pieces(spans: readonly PriceSpan[], now_ms: number): Piece[] {
  const begin = now_ms - LOOK_BACK_MS;
  const within = spans.filter(({ at_ms, until_ms }) => at_ms <= now_ms && (until_ms ?? now_ms) > begin);
  const prices = within.map(({ price_minor }) => price_minor);
  const [lowest, highest] = [Math.min(...prices), Math.max(...prices)];
  const NARROWEST = 0.015;
  return within.map(({ at_ms, until_ms, price_minor, offer }) => {
    const to = Math.min(1, ((until_ms ?? now_ms) - begin) / LOOK_BACK_MS);
    const from = Math.max(0, Math.min((at_ms - begin) / LOOK_BACK_MS, to - NARROWEST));
    return { from, to: Math.max(to, from + NARROWEST), level: highest === lowest ? 1 : (price_minor - lowest) / (highest - lowest), offer };
  });
}
