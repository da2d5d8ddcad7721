import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { playout_us, reached } from "./playout";

const report = (row: Record<string, unknown>): RTCStatsReport => new Map([["v", { type: "inbound-rtp", kind: "video", ...row }]]) as unknown as RTCStatsReport;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("reads the estimate in both epochs", () => {
  expect(playout_us(report({ estimatedPlayoutTimestamp: 1_795_338_120_870 }))).toBe(1_795_338_120_870_000);
  expect(playout_us(report({ estimatedPlayoutTimestamp: 1_795_338_120_870 + 2_208_988_800_000 }))).toBe(1_795_338_120_870_000);
  expect(playout_us(report({}))).toBeNull();
  expect(playout_us(undefined)).toBeNull();
});

it("waits until the picture is there", async () => {
  let at_ms = 1_000_000;
  const there = vi.fn();
  void reached(1_000_500_000, async () => report({ estimatedPlayoutTimestamp: at_ms })).then(there);
  await vi.advanceTimersByTimeAsync(400);
  expect(there).not.toHaveBeenCalled();
  at_ms = 1_000_500;
  await vi.advanceTimersByTimeAsync(100);
  expect(there).toHaveBeenCalled();
});

it("does not wait for what nobody can tell, nor for ever", async () => {
  await reached(undefined, async () => undefined);
  await reached(5, async () => Promise.reject(new Error("no peer")));
  const there = vi.fn();
  void reached(9e15, async () => report({ estimatedPlayoutTimestamp: 1 })).then(there);
  await vi.advanceTimersByTimeAsync(3_100);
  expect(there).toHaveBeenCalled();
});
