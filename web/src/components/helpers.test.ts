import { describe, expect, it } from "vitest";
import { initials, tint } from "./initials";
import { clock, countdown, dateTime } from "./time";

describe("a clock", () => {
  it("drops the hours while there are none", () => expect(clock(249_999)).toBe("4:09"));
  it("has them when there are", () => expect(clock(3_849_000)).toBe("1:04:09"));
  it("is never negative", () => expect(clock(-1)).toBe("0:00"));
});

describe("a countdown", () => {
  it("is in parts", () => expect(countdown(93_784_000)).toEqual({ days: 1, hours: 2, minutes: 3, seconds: 4 }));
  it("does not reach zero before its time", () => expect(countdown(1).seconds).toBe(1));
  it("stays at zero afterwards", () => expect(countdown(-5000)).toEqual({ days: 0, hours: 0, minutes: 0, seconds: 0 }));
});

it("an hour of twelve has no zero before it", () => {
  const day = Array.from({ length: 24 }, (_, hour) => dateTime(hour * 3_600_000, "en"));
  expect(day.filter((text) => /\b0\d:/.test(text))).toEqual([]);
});

describe("a monogram", () => {
  it("takes the first and the last word", () => expect(initials("Bottega della Marche")).toBe("BM"));
  it("takes one letter of one word", () => expect(initials("élodie")).toBe("É"));
  it("takes whole characters", () => expect(initials("田中 花子")).toBe("田花"));
  it("has something for no letters at all", () => expect(initials("!!")).toBe("·"));
  it("has a warm tint, the same each time", () => {
    expect(tint("Anna")).toBe(tint("Anna"));
    expect(tint("Anna")).toBeGreaterThanOrEqual(20);
    expect(tint("Anna")).toBeLessThan(130);
  });
});
