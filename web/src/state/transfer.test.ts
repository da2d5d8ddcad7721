import { afterEach, expect, it, vi } from "vitest";
import { ApiError } from "../lib/api";
import { sellerApi, type SheetPreview } from "../lib/seller_api";
import { Transfer } from "./transfer.svelte";

afterEach(() => vi.restoreAllMocks());

const preview = (more: Partial<SheetPreview>): SheetPreview => ({ products: 1, variants: 1, problems: [], changes: [], applied: false, ...more });
const sheet = (text: string): File => new File([text], "borse.csv");

it("takes what was looked at, as a whole", async () => {
  const transfer = new Transfer();
  const changes = [{ row: 2, product: null, title: "Borsa", kind: "new" as const, differs: [], stock_stays: false }];
  const api = vi.spyOn(sellerApi, "importSheet").mockResolvedValueOnce(preview({ changes })).mockResolvedValueOnce(preview({ changes, applied: true }));
  await transfer.choose(sheet("handle"));
  expect([transfer.count("new"), transfer.coming.length]).toEqual([1, 1]);
  expect(api).toHaveBeenCalledTimes(1);
  expect(await transfer.confirm()).toBe(true);
  expect(api.mock.calls[1]?.[1]).toBe(true);
  expect(await (api.mock.calls[1]?.[0] as Blob).text()).toBe("handle");
});

it("is not done while a line is bad, or the catalogue has changed meanwhile", async () => {
  const transfer = new Transfer();
  const problems = [{ line: 2, row: 2, code: "price_invalid", detail: "", value: "much" }];
  vi.spyOn(sellerApi, "importSheet").mockResolvedValueOnce(preview({})).mockResolvedValueOnce(preview({ problems }));
  await transfer.choose(sheet("handle"));
  expect(await transfer.confirm()).toBe(false);
  expect(transfer.preview?.problems).toHaveLength(1);
});

it("says why, and sends nothing that is too large", async () => {
  const transfer = new Transfer();
  const api = vi.spyOn(sellerApi, "importSheet").mockRejectedValue(new ApiError(409, "shop_full", ""));
  await transfer.choose(sheet("x".repeat(4 * 1024 * 1024 + 1)));
  expect(transfer.trouble).toBe("sheet_too_large");
  expect(api).not.toHaveBeenCalled();
  await transfer.choose(sheet("x"));
  expect(transfer.trouble).toBe("shop_full");
});
