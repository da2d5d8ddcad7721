import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "../lib/api";
import { connectionsApi, type Webhook } from "../lib/connections_api";
import { sellerApi } from "../lib/seller_api";
import type { ShopSettings } from "../protocol";
import { Connections, healthOf, LOOK_EVERY_MS, LOOK_SOON_MS } from "./connections.svelte";

const HOOK: Webhook = { webhook: "w", url: "https://example.com/a", events: ["order.paid"], active: true, created_at_ms: 1, waiting: 0, given_up: 0 };
let state: Connections;
let stop: () => void;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.spyOn(connectionsApi, "webhooks").mockResolvedValue([HOOK]);
  vi.spyOn(connectionsApi, "mail").mockResolvedValue({ configured: false, waiting: 0, given_up: [] });
  vi.spyOn(connectionsApi, "messages").mockResolvedValue([]);
  state = new Connections();
  stop = state.start();
  await vi.advanceTimersByTimeAsync(0);
});
afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const looks = (): number => vi.mocked(connectionsApi.webhooks).mock.calls.length;

it.each([
  [{ active: true }, "new"],
  [{ active: true, last: { at_ms: 1, outcome: "204" } }, "ok"],
  [{ active: true, last: { at_ms: 1, outcome: "500" } }, "failing"],
  [{ active: true, last: { at_ms: 1, outcome: "timeout" } }, "failing"],
  [{ active: false, disabled_by: "seller", last: { at_ms: 1, outcome: "200" } }, "off"],
  [{ active: false, disabled_by: "gone", last: { at_ms: 1, outcome: "410" } }, "gone"],
] as const)("%j is %s", (webhook, health) => expect(healthOf(webhook)).toBe(health));

it("looks from time to time, and often after something was set going", async () => {
  const before = looks();
  await vi.advanceTimersByTimeAsync(LOOK_EVERY_MS + LOOK_SOON_MS);
  expect(looks() - before).toBe(1);
  vi.spyOn(connectionsApi, "ping").mockResolvedValue(undefined);
  expect(await state.ping("w")).toBe(true);
  const pinged = looks();
  await vi.advanceTimersByTimeAsync(5 * LOOK_SOON_MS);
  expect(looks() - pinged).toBeGreaterThanOrEqual(4);
  await vi.advanceTimersByTimeAsync(10 * LOOK_EVERY_MS);
  expect(looks() - pinged).toBeLessThan(25);
});

it("keeps a new secret until it was taken, also over looks", async () => {
  vi.spyOn(connectionsApi, "add").mockResolvedValue({ webhook: "w", secret: "whsec_a" });
  expect(await state.add("  https://example.com/a ", ["order.paid"])).toBe(true);
  expect(connectionsApi.add).toHaveBeenCalledWith("https://example.com/a", ["order.paid"]);
  await state.load();
  expect(state.secret).toEqual({ webhook: "w", secret: "whsec_a" });
});

it("says why something was not done, and a second press does nothing meanwhile", async () => {
  let fail: (error: ApiError) => void = () => undefined;
  vi.spyOn(connectionsApi, "add").mockReturnValue(new Promise((_, reject) => (fail = reject)));
  const first = state.add("x", ["order.paid"]);
  expect(await state.add("x", ["order.paid"])).toBe(false);
  fail(new ApiError(422, "url_invalid", ""));
  expect([await first, state.trouble, state.busy, state.secret]).toEqual([false, "url_invalid", false, null]);
});

it("shows what was sent to one of them, and forgets it with it", async () => {
  await state.open("w");
  expect([state.opened, state.messages]).toEqual(["w", []]);
  vi.spyOn(connectionsApi, "remove").mockResolvedValue(undefined);
  await state.remove("w");
  expect([state.opened, state.messages]).toEqual([null, null]);
});

it("keeps what was seen when the server cannot be asked", async () => {
  vi.mocked(connectionsApi.webhooks).mockRejectedValueOnce(new ApiError(0, "offline", ""));
  await state.load();
  expect([state.lost, state.webhooks]).toEqual([true, [HOOK]]);
  await state.load();
  expect(state.lost).toBe(false);
});

it("changes the language of letters and nothing else", async () => {
  const settings = { currency: "EUR", language: "it", payment_instructions: "IBAN" } as ShopSettings;
  vi.spyOn(sellerApi, "settings").mockResolvedValue(settings);
  vi.spyOn(sellerApi, "saveSettings").mockResolvedValue(settings);
  await state.write("en");
  expect(sellerApi.saveSettings).toHaveBeenCalledWith({ ...settings, language: "en" });
});

it("says what came of a test letter", async () => {
  vi.spyOn(connectionsApi, "tryLetter").mockResolvedValueOnce("550").mockRejectedValueOnce(new ApiError(429, "rate_limited", ""));
  expect(await state.tryLetter(" a@example.com ")).toBe("550");
  expect(await state.tryLetter("a@example.com")).toBeNull();
  expect(state.trouble).toBe("rate_limited");
});
