import { expect, it } from "vitest";
import type { PriceSpan } from "../lib/seller_api";
import { LOOK_BACK_MS, minutes, newestFirst, pieces, told } from "./prices";

const NOW = 100 * LOOK_BACK_MS;
const span = (at_ms: number, until_ms: number | null, price_minor: number, offer = false): PriceSpan => ({ at_ms, until_ms, price_minor, offer });
const OLD = span(0, NOW - 2 * LOOK_BACK_MS, 50);
const BEFORE = span(NOW - 2 * LOOK_BACK_MS, NOW - LOOK_BACK_MS / 2, 200);
const TODAY = span(NOW - LOOK_BACK_MS / 2, null, 100);
const OFFER = span(NOW - 600_000, NOW - 300_000, 80, true);
const COMING = span(NOW + 60_000, NOW + 360_000, 70, true);

it("says what each span is", () => {
  expect([OLD, TODAY, OFFER, COMING, span(NOW - 1, NOW + 1, 1, true)].map((one) => told(one, NOW))).toEqual(["past", "now", "offer_past", "offer_coming", "offer_now"]);
  expect([minutes(OFFER), minutes(span(0, 20_000, 1, true))]).toEqual([5, 1]);
});

it("has the newest first, an offer before the price it is beside", () => {
  expect(newestFirst([OLD, BEFORE, TODAY, OFFER])).toEqual([OFFER, TODAY, BEFORE, OLD]);
  expect(newestFirst([span(5, null, 2), span(5, 6, 1, true)])[0]?.offer).toBe(true);
});

it("draws thirty days and nothing else, each piece wide enough to be seen", () => {
  const drawn = pieces([OLD, BEFORE, TODAY, OFFER, COMING], NOW);
  expect(drawn).toHaveLength(3);
  expect(drawn[0]).toEqual({ from: 0, to: 0.5, level: 1, offer: false });
  expect(drawn[1]).toMatchObject({ from: 0.5, to: 1 });
  expect(drawn[2]?.level).toBe(0);
  for (const { from, to } of drawn) expect(to - from).toBeGreaterThan(0.014);
  expect(pieces([TODAY], NOW)[0]?.level).toBe(1);
  expect(pieces([], NOW)).toEqual([]);
});
