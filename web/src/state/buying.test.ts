import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RequestError, type Heard, type Reply, type Request } from "../lib/connection";
import { PREFIX } from "../lib/storage";
import type { Order, OrderStatus } from "../protocol";
import { Buying } from "./buying.svelte";
import { buyingKey, keepOrder, keptOrders, openPurchase, savePurchase } from "./orders";

const SLUG = "demo";
const order = (id: string, status: OrderStatus): Order => ({
  order: id, number: status === "placed" ? 17 : null, status, product: "p", variant: "a", title: "Borsa", variant_name: "", quantity: 1, currency: "EUR", unit_minor: 1, goods_minor: 1,
  shipping: null, shipping_minor: 0, total_minor: 1, vat_minor: 0, vat_bp: 0, expires_at_ms: status === "reserved" ? Date.now() + 300_000 : null, held: status === "reserved", withdrawn_at_ms: null, steps: [], as_of: 1,
});
const BINDING = { total_minor: 1, shipping: "s", contact: { name: "Aiko", email: "a@b.it", phone: "", note: "" }, payment: "manual" as const };
let asked: Request[];
let push: (heard: Heard) => void;
let went: string[];
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
  const listen = (listener: (heard: Heard) => void) => ((push = listener), () => undefined);
  const buying = new Buying({ request, serverNow: () => Date.now(), listen }, SLUG, (url) => went.push(url));
  made.push(buying);
  return buying;
}
const settle = async (): Promise<void> => void (await vi.advanceTimersByTimeAsync(0));
const idOf = (request: Request | undefined): string => (request && "order" in request ? request.order : "");

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  [asked, went] = [[], []];
  history.replaceState(null, "", "/s/demo");
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

it("hears what becomes of its order, and asks again after the socket was lost", async () => {
  const buying = tab();
  buying.start();
  await buying.choose("p", "a", 1);
  await settle();
  const id = idOf(asked[0]);
  push({ type: "order_changed", order: { ...order("another", "expired"), as_of: 9 } });
  expect(buying.state.at).toBe("reserved");
  push({ type: "welcome" } as Heard);
  await settle();
  expect(asked.at(-1)).toMatchObject({ type: "order_get", order: id });
  push({ type: "order_changed", order: { ...order(id, "expired"), as_of: 2 } });
  expect([buying.state.at, openPurchase(SLUG)]).toEqual(["expired", null]);
  const before = asked.length;
  push({ type: "welcome" } as Heard);
  await settle();
  expect(asked.length).toBe(before);
});

describe("paying elsewhere", () => {
  const paying = (id: string): Order => ({ ...order(id, "paying"), expires_at_ms: Date.now() + 300_000, payment: { method: "stripe", state: "open", url: "https://pay.example/1" } });
  const paid = (id: string): Order => ({ ...order(id, "paid"), number: 17 });

  it("goes there from the tab where it was pressed, and from no other", async () => {
    const [first, second] = [tab(), tab()];
    answer = (what) => (what.type === "order_place" ? paying(idOf(what)) : order(idOf(what), "reserved"));
    await first.choose("p", "a", 1);
    await settle();
    first.press({ ...BINDING, payment: "stripe" });
    await settle();
    expect(asked.at(-1)).toMatchObject({ type: "order_place", payment: "stripe" });
    answer = (what) => paying(idOf(what));
    second.start();
    await settle();
    expect([second.state.at, went]).toEqual(["paying", ["https://pay.example/1"]]);
    expect(openPurchase(SLUG)?.order).toBe(first.purchase?.order);
  });
  it("comes back with the order in the address, which then tells only of the show", async () => {
    savePurchase(SLUG, { order: "o", key: "k", product: "p", variant: "a", quantity: 1 });
    history.replaceState(null, "", "/s/demo?a=1&paid=o#x");
    answer = (what) => paying(idOf(what));
    const buying = tab();
    buying.start();
    await settle();
    expect(buying).toMatchObject({ resumed: true, state: { at: "paying", purchase: { back: "paid" } } });
    // So a reload does not ask to pay it again.
    expect(openPurchase(SLUG)).toMatchObject({ order: "o", back: "paid" });
    expect(location.pathname + location.search + location.hash).toBe("/s/demo?a=1#x");
    expect(went).toEqual([]);
    answer = (what) => paid(idOf(what));
    await vi.advanceTimersByTimeAsync(3_000);
    expect(buying.state.at).toBe("placed");
    expect(keptOrders()).toMatchObject([{ order: "o", number: 17 }]);
  });
  it("what another tab saw through is found among the orders", async () => {
    keepOrder({ order: "o", key: "k", slug: SLUG, title: "Borsa", number: 17 });
    history.replaceState(null, "", "/s/demo?paid=o");
    answer = (what) => paid(idOf(what));
    const buying = tab();
    buying.start();
    await settle();
    expect(asked).toEqual([{ type: "order_get", order: "o", key: "k" }]);
    expect(buying.state.at).toBe("placed");
  });
  it("an order of nobody here changes nothing", () => {
    history.replaceState(null, "", "/s/demo?unpaid=x");
    const buying = tab();
    buying.start();
    expect([buying.resumed, buying.state.at, asked]).toEqual([false, "closed", []]);
  });
  it("what one tab finishes does not forget what another has begun", async () => {
    const [first, second] = [tab(), tab()];
    answer = (what) => ({ ...paying(idOf(what)), status: "expired" });
    savePurchase(SLUG, { order: "o", key: "k", product: "p", variant: "a", quantity: 1 });
    first.start();
    await settle();
    second.start();
    await settle();
    expect([first.state.at, second.state.at]).toEqual(["settling", "settling"]);
    second.tell({ it: "opened" });
    answer = (what) => (idOf(what) === "o" ? order("o", "expired") : order(idOf(what), "reserved"));
    await second.choose("p", "a", 1);
    await vi.advanceTimersByTimeAsync(5_000);
    expect([first.state.at, second.state.at]).toEqual(["expired", "reserved"]);
    expect(openPurchase(SLUG)?.order).toBe(second.purchase?.order);
  });
});

it("gets in line with the wish that a repeat needs, and keeps it over a reload", async () => {
  answer = (what) => ({ ...order(idOf(what), "waiting"), ahead: 1 });
  const buying = tab();
  await buying.choose("p", "a", 1, true);
  await settle();
  expect(asked).toMatchObject([{ type: "reserve", wait: true }]);
  expect(openPurchase(SLUG)).toMatchObject({ wait: true });
  const reloaded = tab();
  reloaded.start();
  await settle();
  expect(reloaded.state).toMatchObject({ at: "waiting", purchase: { wait: true } });
  // In line one follows the order over a new socket as well.
  push({ type: "welcome" } as Heard);
  await settle();
  expect(asked).toMatchObject([{ type: "reserve" }, { type: "order_get" }, { type: "order_get" }]);
});
