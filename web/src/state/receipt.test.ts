import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "../lib/api";
import { shopApi, type OrderView } from "../lib/shop_api";
import { Receipt } from "./receipt.svelte";

const KEY = "k".repeat(43);
const VIEW = { order: { status: "placed" }, withdrawal: "cancel" } as unknown as OrderView;
const DONE = { order: { status: "cancelled", withdrawn_at_ms: 7 }, withdrawal: null } as unknown as OrderView;
let receipt: Receipt;
beforeEach(() => {
  receipt = new Receipt("o", KEY);
  vi.spyOn(shopApi, "order").mockResolvedValue(VIEW);
  vi.spyOn(shopApi, "withdrawal").mockResolvedValue({ outcome: "cancel", confirm: "token" });
  vi.spyOn(shopApi, "withdraw").mockResolvedValue(DONE);
  vi.spyOn(shopApi, "erase").mockResolvedValue(undefined);
});
afterEach(() => void vi.restoreAllMocks());

it("a link without its key is said to be so, and nothing is asked", () => {
  const half = new Receipt("o", "short");
  half.start();
  expect(half.phase).toBe("no_key");
  expect(shopApi.order).not.toHaveBeenCalled();
});

it("an order that is not there is no broken connection", async () => {
  vi.mocked(shopApi.order).mockRejectedValueOnce(new ApiError(404, "order_not_found", ""));
  await receipt.load();
  expect(receipt.phase).toBe("missing");
  vi.mocked(shopApi.order).mockRejectedValueOnce(new ApiError(0, "offline", ""));
  await receipt.load();
  expect(receipt.phase).toBe("offline");
});

it("what was seen once stays when the connection goes", async () => {
  await receipt.load();
  vi.mocked(shopApi.order).mockRejectedValueOnce(new ApiError(0, "offline", ""));
  await receipt.load();
  expect(receipt).toMatchObject({ phase: "here", view: VIEW });
});

it("withdrawing takes two steps, and the first changes nothing", async () => {
  await receipt.load();
  await receipt.confirm();
  expect(shopApi.withdraw).not.toHaveBeenCalled();
  await receipt.ask();
  expect(receipt).toMatchObject({ asked: { outcome: "cancel" }, view: VIEW });
  await receipt.confirm();
  expect(shopApi.withdraw).toHaveBeenCalledWith("o", KEY, "token");
  expect(receipt).toMatchObject({ asked: null, view: DONE, trouble: null });
});

it("a second press while the first is on its way does nothing", async () => {
  await Promise.all([receipt.ask(), receipt.ask()]);
  expect(shopApi.withdrawal).toHaveBeenCalledTimes(1);
});

it("an order that went on meanwhile is looked at again", async () => {
  await receipt.ask();
  vi.mocked(shopApi.withdraw).mockRejectedValueOnce(new ApiError(409, "order_step_invalid", ""));
  await receipt.confirm();
  expect(receipt).toMatchObject({ trouble: "too_late", asked: null, view: VIEW });
});

it("erasing is told, failing too", async () => {
  await receipt.erase();
  expect(receipt.erased).toBe(true);
  vi.mocked(shopApi.erase).mockRejectedValueOnce(new ApiError(0, "offline", ""));
  await receipt.erase();
  expect(receipt.trouble).toBe("failed");
});

it("looks often while something is about to happen by itself, and calmly else", async () => {
  vi.useFakeTimers();
  const order = (more: object): OrderView => ({ ...VIEW, order: { ...VIEW.order, ...more } });
  vi.mocked(shopApi.order).mockResolvedValue(order({ status: "paying", payment: { method: "stripe", state: "open" } }));
  const stop = receipt.start();
  await vi.advanceTimersByTimeAsync(3_000);
  expect(shopApi.order).toHaveBeenCalledTimes(2);
  vi.mocked(shopApi.order).mockResolvedValue(order({ status: "refunded", payment: { method: "stripe", state: "refunding" } }));
  await vi.advanceTimersByTimeAsync(6_000);
  vi.mocked(shopApi.order).mockResolvedValue(order({ status: "refunded", payment: { method: "stripe", state: "refunded" } }));
  await vi.advanceTimersByTimeAsync(3_000);
  vi.mocked(shopApi.order).mockClear();
  await vi.advanceTimersByTimeAsync(19_000);
  expect(shopApi.order).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(shopApi.order).toHaveBeenCalledTimes(1);
  stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(shopApi.order).toHaveBeenCalledTimes(1);
  vi.useRealTimers();
});

it("leaves what is not ordered; what is ordered meanwhile is shown as it is", async () => {
  const RELEASED = { order: { status: "released" }, withdrawal: null } as unknown as OrderView;
  const release = vi.spyOn(shopApi, "release").mockResolvedValue(RELEASED);
  await receipt.leave();
  expect(receipt.view).toEqual(RELEASED);
  release.mockRejectedValue(new ApiError(409, "order_step_invalid", ""));
  await receipt.leave();
  expect(receipt).toMatchObject({ trouble: "too_late", view: VIEW });
});
