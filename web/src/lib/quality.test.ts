import { describe, expect, it } from "vitest";
import { compare, grade, QualityMeter, type Numbers } from "./quality";
import type { OutboundStats } from "./stats";

const look = (at_s: number, change: Partial<OutboundStats> = {}): OutboundStats => ({
  at_ms: at_s * 1000, bytes_sent: at_s * 250_000, frames_sent: at_s * 30, fps: 30, width: 1280, height: 720, codec: "H264", trimmed: false,
  limited_by: "none", packets_sent: at_s * 200, packets_lost: 0, round_trip_ms: 30, ...change,
});
const numbers = (change: Partial<Numbers> = {}): Numbers => ({ ...(compare(look(1), look(2)) as Numbers), ...change });
const moving = { moving: true };

describe("two looks", () => {
  it("give rates", () => {
    expect(compare(look(1), look(3, { packets_lost: 40 }))).toMatchObject({ sent_bps: 2_000_000, loss: 0.1, round_trip_ms: 30 });
  });
  it("of the same moment, or of two connections, give none", () => {
    expect(compare(look(1), look(1))).toBeNull();
    expect(compare(look(2), look(3, { bytes_sent: 10 }))).toBeNull();
  });
});

describe("the word", () => {
  it.each([
    ["good", {}],
    ["fair", { loss: 0.03 }],
    ["poor", { loss: 0.09 }],
    ["fair", { round_trip_ms: 300 }],
    ["poor", { round_trip_ms: 700 }],
    ["fair", { width: 640, height: 360 }],
    ["good", { width: 720, height: 1280 }],
    ["poor", { width: 320, height: 180 }],
    ["good", { width: 320, height: 180, trimmed: true }],
    ["fair", { fps: 12 }],
    ["poor", { fps: 4 }],
    ["poor", { sent_bps: 0 }],
    ["good", { round_trip_ms: null }],
  ] as const)("is %s with %j", (word, change) => {
    expect(grade(numbers(change), moving)).toBe(word);
  });
  it("minds neither frames nor size of a picture that may stand still", () => {
    expect(grade(numbers({ fps: 0, width: 0, height: 0 }), { moving: false })).toBe("good");
  });
});

describe("over time", () => {
  const words = (fps: number[]): (string | null)[] => {
    const meter = new QualityMeter();
    return fps.map((value, i) => {
      meter.push(look(i, { fps: value }), moving);
      return meter.quality;
    });
  };
  it("bad news needs two looks in a row", () => {
    expect(words([30, 30, 5, 30, 5, 5])).toEqual([null, "good", "good", "good", "good", "poor"]);
  });
  it("good news needs four", () => {
    expect(words([5, 5, 30, 30, 30, 5, 30, 30, 30, 30])).toEqual([null, ...Array<string>(8).fill("poor"), "good"]);
  });
});
