import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RequestError, type Reply, type Request } from "../lib/connection";
import { PREFIX } from "../lib/storage";
import type { Order, OrderStatus } from "../protocol";
import { Buying } from "./buying.svelte";
import { buyingKey, keptOrders, openPurchase, savePurchase } from "./orders";

const SLUG = "demo";
const order = (id: string, status: OrderStatus): Order => ({
  order: id, number: status === "placed" ? 17 : null, status, product: "p", variant: "a", title: "Borsa", variant_name: "", quantity: 1, currency: "EUR", unit_minor: 1, goods_minor: 1,
  shipping: null, shipping_minor: 0, total_minor: 1, vat_minor: 0, vat_bp: 0, expires_at_ms: status === "reserved" ? Date.now() + 300_000 : null, held: status === "reserved", withdrawn_at_ms: null, steps: [], as_of: 1,
});
const BINDING = { total_minor: 1, shipping: "s", contact: { name: "Aiko", email: "a@b.it", phone: "", note: "" }, payment: "manual" as const };
let asked: Request[];
let answer: (request: Request) => Order | RequestError;
const made: Buying[] = [];

/** A tab of its own on the same device. */
function tab(): Buying {
  const request = async (what: Request): Promise<Reply> => {
    asked.push(what);
    const found = answer(what);
    if (found instanceof RequestError) throw found;
    return { type: "order", id: 1, order: found };
  };
  const buying = new Buying({ request, serverNow: () => Date.now() }, SLUG);
  made.push(buying);
  return buying;
}
const settle = async (): Promise<void> => void (await vi.advanceTimersByTimeAsync(0));
const idOf = (request: Request | undefined): string => (request && "order" in request ? request.order : "");

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  asked = [];
  answer = (what) => order(idOf(what), what.type === "order_place" ? "placed" : "reserved");
});
afterEach(() => {
  for (const buying of made.splice(0)) buying.stop();
  vi.useRealTimers();
});

it("saves id and key before anything is sent", async () => {
  answer = (what) => {
    expect(openPurchase(SLUG)?.order).toBe(idOf(what));
    return order(idOf(what), "reserved");
  };
  const buying = tab();
  await buying.choose("p", "a", 1);
  await settle();
  expect(asked).toMatchObject([{ type: "reserve", variant: "a", quantity: 1, order: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/), key: expect.stringMatching(/^[\w-]{43}$/) }]);
  expect(buying.state.at).toBe("reserved");
});

it("an order that is placed moves from the open ones to the kept ones", async () => {
  const buying = tab();
  await buying.choose("p", "a", 1);
  await settle();
  buying.press(BINDING);
  buying.press(BINDING);
  await settle();
  expect(asked.map(({ type }) => type)).toEqual(["reserve", "order_place"]);
  expect(openPurchase(SLUG)).toBeNull();
  expect(keptOrders()).toMatchObject([{ slug: SLUG, number: 17, title: "Borsa" }]);
  expect(buying.orders).toHaveLength(1);
});

it("repeats after a while, with the same ids", async () => {
  const buying = tab();
  await buying.choose("p", "a", 1);
  await settle();
  answer = () => new RequestError("shop_restarted");
  buying.press(BINDING);
  await settle();
  answer = (what) => order(idOf(what), "placed");
  await vi.advanceTimersByTimeAsync(400);
  expect(buying.state.at).toBe("placed");
  expect(new Set(asked.map(idOf)).size).toBe(1);
});

describe("another time, another tab", () => {
  it("an open purchase is taken up on load", async () => {
    savePurchase(SLUG, { order: "o", key: "k", product: "p", variant: "a", quantity: 1 });
    const buying = tab();
    buying.start();
    await settle();
    expect(asked).toEqual([{ type: "order_get", order: "o", key: "k" }]);
    expect(buying.resumed).toBe(true);
    expect(buying.state.at).toBe("reserved");
  });
  it("a second tab that wants to buy gets the same order", async () => {
    const [first, second] = [tab(), tab()];
    await first.choose("p", "a", 1);
    await settle();
    await second.choose("p", "a", 1);
    await settle();
    expect(asked.map(({ type }) => type)).toEqual(["reserve", "order_get"]);
    expect(second.purchase).toEqual(first.purchase);
  });
  it("what one tab has placed the other one knows", async () => {
    const [first, second] = [tab(), tab()];
    second.start();
    await first.choose("p", "a", 1);
    const heard = (): boolean => window.dispatchEvent(new StorageEvent("storage", { key: PREFIX + buyingKey(SLUG) }));
    heard();
    await settle();
    expect(second).toMatchObject({ resumed: false, state: { at: "reserved" } });
    first.press(BINDING);
    await settle();
    answer = (what) => order(idOf(what), "placed");
    heard();
    await settle();
    expect(second.state.at).toBe("placed");
    expect(keptOrders()).toHaveLength(1);
  });
});

it("asks the server when the time is over", async () => {
  const buying = tab();
  buying.start();
  await buying.choose("p", "a", 1);
  await settle();
  answer = (what) => order(idOf(what), "expired");
  await vi.advanceTimersByTimeAsync(302_000);
  expect(buying.state.at).toBe("expired");
  expect(asked.map(({ type }) => type)).toEqual(["reserve", "order_get"]);
});
