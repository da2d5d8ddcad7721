import { describe, expect, it } from "vitest";
import { pace, placed, placeOf, shiftOf } from "./sorting";

// Three of different heights, ten apart.
const BOXES = [{ top: 0, height: 100 }, { top: 110, height: 50 }, { top: 170, height: 80 }];
const shifts = (from: number, to: number): number[] => BOXES.map((_, at) => shiftOf(BOXES, from, to, at));

describe("what moves", () => {
  it("stays where it is when nothing is moved", () => expect(shifts(1, 1)).toEqual([0, 0, 0]));
  it("makes room above", () => expect(shifts(0, 2)).toEqual([150, -110, -110]));
  it("makes room below", () => expect(shifts(2, 0)).toEqual([90, 90, -170]));
  it("only between the two places", () => expect(shifts(1, 0)).toEqual([60, -110, 0]));
  it("ends as the new order stands", () => {
    for (const [from, to] of [[0, 1], [0, 2], [1, 2], [2, 0], [2, 1], [1, 0]] as const) {
      const tops = placed(BOXES.map((box, at) => ({ ...box, top: box.top + (shifts(from, to)[at] ?? 0) })), from, to);
      tops.slice(1).forEach((box, at) => expect(box.top - (tops[at]?.top ?? 0) - (tops[at]?.height ?? 0)).toBe(10));
    }
  });
});

describe("the place that is meant", () => {
  it("is its own until it has passed the middle of another", () => expect([0, 34, 36].map((px) => placeOf(BOXES, 0, px))).toEqual([0, 0, 1]));
  it("is the last one, however far", () => expect(placeOf(BOXES, 0, 10_000)).toBe(2));
  it("is the first one, however far", () => expect(placeOf(BOXES, 2, -10_000)).toBe(0));
  it("goes up as it goes down", () => expect([-34, -36, -121].map((px) => placeOf(BOXES, 2, px))).toEqual([2, 1, 0]));
});

it("scrolls near an edge only, and faster the nearer", () => {
  expect(pace(400, 0, 800)).toBe(0);
  expect(pace(36, 0, 800)).toBe(-8);
  expect(pace(0, 0, 800)).toBe(-16);
  expect(pace(-500, 0, 800)).toBe(-16);
  expect(pace(764, 0, 800)).toBe(8);
});

it("puts one in another place", () => {
  expect(placed(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
  expect(placed(["a", "b", "c"], 2, 1)).toEqual(["a", "c", "b"]);
  expect(placed(["a", "b", "c"], 0, -1)).toEqual(["a", "b", "c"]);
  expect(placed(["a", "b", "c"], 2, 3)).toEqual(["a", "b", "c"]);
});
