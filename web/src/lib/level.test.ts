import { describe, expect, it } from "vitest";
import { loudness } from "./level";

describe("the level", () => {
  it("is in decibels", () => {
    expect(loudness([0, 0, 0])).toBe(0);
    expect(loudness([1, -1, 1, -1])).toBe(1);
    expect(loudness([0.0316, -0.0316])).toBeCloseTo(0.5, 2);
  });
});
