import { describe, expect, it } from "vitest";
import { Backoff } from "./backoff";

describe("backoff", () => {
  it("spreads over the whole of a growing span, and never spins", () => {
    const of = (random: number): number[] => {
      const backoff = new Backoff({ first_ms: 300, cap_ms: 1_000, random: () => random });
      return [backoff.next(), backoff.next(), backoff.next()];
    };
    expect(of(1)).toEqual([300, 600, 1_000]);
    expect(of(0.5)).toEqual([150, 300, 500]);
    expect(of(0)).toEqual([50, 50, 50]);
  });
});
