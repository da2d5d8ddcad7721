import { beforeEach, expect, it } from "vitest";
import { kept } from "../lib/storage";
import { buyingKey, details, detailsKept, draft, keepDetails, keepOrder, keptOrders, openPurchase, savePurchase } from "./orders";

const PURCHASE = { order: "o", key: "k", product: "p", variant: "v", quantity: 2 };
const DETAILS = { contact: { name: "Aiko", email: "aiko@example.org", phone: "", note: "ring twice" }, shipping: "s" };
beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});

it("finds an open purchase again, of its show only", () => {
  savePurchase("demo", PURCHASE);
  expect(openPurchase("demo")).toEqual(PURCHASE);
  expect(openPurchase("other")).toBeNull();
  savePurchase("demo", null);
  expect(openPurchase("demo")).toBeNull();
});

it.each(["", "{", "null", "[]", "7", '{"order":"o"}', '{"order":"o","key":"k","product":"p","variant":"v","quantity":"2"}'])("%s is no purchase", (text) => {
  kept.set(buyingKey("demo"), text);
  expect(openPurchase("demo")).toBeNull();
});

it("keeps an order once, newest first, and not for ever", () => {
  for (let n = 0; n < 60; n++) keepOrder({ order: `o${n}`, key: "k", slug: "demo", title: "Borsa", number: n });
  keepOrder({ order: "o59", key: "k", slug: "demo", title: "Borsa", number: 59 });
  expect(keptOrders()).toHaveLength(50);
  expect(keptOrders()[0]?.order).toBe("o59");
});

it("keeps details only when asked, without the word to the seller, and forgets them", () => {
  expect(details("demo")).toBeNull();
  keepDetails(DETAILS);
  expect(details("demo")?.contact).toMatchObject({ name: "Aiko", note: "" });
  keepDetails(null);
  expect(detailsKept()).toBe(false);
  expect(details("demo")).toBeNull();
});

it("what was typed before a reload comes first", () => {
  keepDetails(DETAILS);
  draft("demo", { ...DETAILS, contact: { ...DETAILS.contact, name: "Ada" } });
  expect(details("demo")?.contact.name).toBe("Ada");
  expect(details("other")?.contact.name).toBe("Aiko");
});
