import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "../lib/api";
import { sellerApi } from "../lib/seller_api";
import { Sales } from "./sales.svelte";

const changes = vi.hoisted(() => ({ newer: (_: number): void => undefined, live: (_: boolean): void => undefined, ended: false }));
vi.mock("../lib/changes", () => ({
  followChanges: (options: Pick<typeof changes, "newer" | "live">) => {
    Object.assign(changes, options, { ended: false });
    return () => void (changes.ended = true);
  },
}));

let as_of: number;
let fetched: number;
let asked: number;
let stop: () => void;

beforeEach(async () => {
  vi.useFakeTimers();
  [as_of, fetched, asked] = [3, 0, 0];
  vi.spyOn(sellerApi, "orders").mockImplementation(async () => (fetched++, { orders: [], as_of }));
  vi.spyOn(sellerApi, "ordersAsOf").mockImplementation(async () => (asked++, as_of));
  stop = new Sales().start();
  await vi.advanceTimersByTimeAsync(0);
});
afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("fetches the list when it is older than what the server says, and asks nothing meanwhile", async () => {
  changes.live(true);
  changes.newer(3);
  await vi.advanceTimersByTimeAsync(10_000);
  expect([fetched, asked]).toEqual([1, 0]);
  as_of = 4;
  changes.newer(4);
  await vi.advanceTimersByTimeAsync(0);
  expect(fetched).toBe(2);
});

it("fetches a few times in a rush and not for each order", async () => {
  changes.live(true);
  for (as_of = 4; as_of < 104; as_of++) {
    changes.newer(as_of);
    await vi.advanceTimersByTimeAsync(10);
  }
  await vi.advanceTimersByTimeAsync(1_000);
  expect(fetched).toBeLessThanOrEqual(8);
});

it("tries again when the list could not be fetched", async () => {
  changes.live(true);
  as_of = 4;
  vi.mocked(sellerApi.orders).mockRejectedValueOnce(new ApiError(0, "offline", ""));
  changes.newer(4);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(fetched).toBe(2);
});

it("asks while the stream is broken", async () => {
  as_of = 5;
  await vi.advanceTimersByTimeAsync(1_000);
  expect([asked, fetched]).toEqual([1, 2]);
  stop();
  await vi.advanceTimersByTimeAsync(5_000);
  expect([asked, changes.ended]).toEqual([1, true]);
});
