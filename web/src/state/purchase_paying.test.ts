// Lines for what is sold out, and payments through a provider: every way in, through and out, and what a reload, a second
// tab or a lost answer makes of each.
import { describe, expect, it } from "vitest";
import type { Order, OrderHand, OrderStatus, PaymentState } from "../protocol";
import { CLOSED, purchaseOf, step, type Binding, type Deed, type Happened, type Purchase, type State } from "./purchase";
import { isOffered, isPaymentClosed } from "./purchase_order";

const URL = "https://pay.example/1";
const wish = (n: number, more: Partial<Purchase> = {}): Purchase => ({ order: `order-${n}`, key: `key-${n}`, product: "p", variant: "a", quantity: 2, ...more });
const ONE = wish(1);
const LINED: Purchase = { ...ONE, wait: true };
const BINDING: Binding = { total_minor: 100, shipping: "s", contact: { name: "Aiko", email: "a@b.it", phone: "", note: "" }, payment: "stripe" };

function order(status: OrderStatus, as_of: number, more: Partial<Order> = {}): Order {
  return {
    order: "order-1", number: null, status, product: "p", variant: "a", title: "Borsa", variant_name: "", quantity: 2, currency: "EUR",
    unit_minor: 100, goods_minor: 200, shipping: null, shipping_minor: 0, total_minor: 200, vat_minor: 36, vat_bp: 2200,
    expires_at_ms: status === "reserved" || status === "paying" ? 10_000 : null, held: status === "reserved", withdrawn_at_ms: null, steps: [], as_of, ...more,
  };
}
const pay = (state: PaymentState): Pick<Order, "payment"> => ({ payment: { method: "stripe", state, ...(state === "open" && { url: URL }) } });
const steps = (...all: [OrderStatus, OrderHand][]): Pick<Order, "steps"> => ({ steps: all.map(([status, by], at_ms) => ({ status, at_ms, by })) });
const says = (...order_: Parameters<typeof order>): Happened => ({ it: "order", order: order(...order_) });
const tick = (now_ms: number): Happened => ({ it: "ticked", now_ms });
const no = (asked: "reserve" | "place" | "release" | "get", code: string): Happened => ({ it: "refused", order: "order-1", asked, code });

const from = (state: State, ...all: Happened[]): { state: State; deeds: Deed[] } =>
  all.reduce<{ state: State; deeds: Deed[] }>(({ state: was }, one) => {
    const [next, deeds] = step(was, one);
    return { state: next, deeds };
  }, { state, deeds: [] });
const after = (...all: Happened[]): { state: State; deeds: Deed[] } => from(CLOSED, ...all);
const words = (deeds: Deed[]): string[] =>
  deeds.map((deed) => (deed.do === "ask" ? `ask ${deed.what}` : deed.do === "save" ? `save ${deed.purchase?.order ?? "nothing"}` : deed.do === "go" ? `go ${deed.url}` : `${deed.do} ${deed.purchase.order}`));
/** Where one is taken. */
const went = (deeds: Deed[]): string[] => words(deeds).filter((word) => word.startsWith("go "));

const WAITING: Happened[] = [{ it: "opened" }, { it: "chose", purchase: LINED }, says("waiting", 1, { ahead: 2 })];
const RESERVED: Happened[] = [{ it: "opened" }, { it: "chose", purchase: ONE }, says("reserved", 1)];
const PRESSED: Happened[] = [...RESERVED, { it: "pressed", binding: BINDING }];
const OPENING: Happened[] = [...PRESSED, says("paying", 2, pay("opening"))];
const OPEN: Happened[] = [...OPENING, says("paying", 3, pay("open"))];
const found = (back?: "paid" | "unpaid"): Happened => ({ it: "found", purchase: { ...ONE, ...(back && { back }) } });

describe("in line", () => {
  it("gets there with id and key saved before it is asked for", () => {
    const { deeds } = after(...WAITING.slice(0, 2));
    expect(deeds).toMatchObject([{ do: "save", purchase: { order: "order-1", wait: true } }, { do: "ask", what: "reserve", purchase: { wait: true } }]);
    expect(after(...WAITING).state).toMatchObject({ at: "waiting", order: { ahead: 2 } });
  });
  it("a lost answer is asked for again, with the same id and the same wish", () => {
    const { deeds } = after(...WAITING.slice(0, 2), no("reserve", "timeout"));
    expect(deeds).toMatchObject([{ do: "ask", what: "reserve", purchase: LINED }]);
  });
  it("pieces that are there after all are simply held", () => expect(after(...WAITING.slice(0, 2), says("reserved", 1)).state.at).toBe("reserved"));
  it("what was missed is known, so that one can wait for it", () => {
    const { state } = after({ it: "opened" }, { it: "chose", purchase: ONE }, no("reserve", "sold_out"));
    expect(state).toMatchObject({ at: "choosing", code: "sold_out", missed: { variant: "a", quantity: 2 } });
  });
  it("asks calmly how many are before, one question at a time", () => {
    const begun = after(...WAITING, tick(1_000));
    expect(begun.deeds).toEqual([]);
    expect(from(begun.state, tick(5_999)).deeds).toEqual([]);
    const asked = from(begun.state, tick(6_000));
    expect(words(asked.deeds)).toEqual(["ask get"]);
    expect(from(asked.state, tick(60_000)).deeds).toEqual([]);
    expect(words(from(asked.state, no("get", "timeout"), tick(60_000), tick(65_000)).deeds)).toEqual(["ask get"]);
    expect(from(asked.state, says("waiting", 1, { ahead: 0 })).state).toMatchObject({ order: { ahead: 0 }, look_ms: null });
  });
  it("a push that does not say the place leaves it", () => expect(after(...WAITING, says("waiting", 2)).state).toMatchObject({ order: { ahead: 2 } }));
  it("is offered what comes back, perhaps fewer", () => {
    const offered = { quantity: 1, ...steps(["waiting", "buyer"], ["reserved", "clock"]) };
    const { state } = after(...WAITING, says("reserved", 5, offered));
    expect(state).toMatchObject({ at: "reserved", purchase: { quantity: 2 }, order: { quantity: 1 } });
    expect(isOffered(order("reserved", 5, offered))).toBe(true);
    expect(isOffered(order("reserved", 5, steps(["reserved", "buyer"])))).toBe(false);
    expect(words(from(state, tick(11_000)).deeds)).toEqual(["ask get"]);
  });
  it("is left by letting go", () => {
    const left = after(...WAITING, { it: "let_go" });
    expect(words(left.deeds)).toEqual(["ask release"]);
    expect(from(left.state, says("waiting", 1)).state.at).toBe("releasing");
    expect(from(left.state, says("released", 2))).toMatchObject({ state: CLOSED, deeds: [{ do: "save", purchase: null }] });
  });
  it("is left for something else, and stays for the same", () => {
    expect(after(...WAITING, { it: "chose", purchase: wish(2, { wait: true }) }).deeds).toEqual([]);
    const other = after(...WAITING, { it: "chose", purchase: wish(2, { variant: "b" }) });
    expect(words(other.deeds)).toEqual(["ask release"]);
    expect(words(from(other.state, says("released", 2)).deeds)).toEqual(["save order-2", "ask reserve"]);
  });
  it("is taken up after a reload", () => {
    const up = after({ it: "found", purchase: LINED });
    expect(words(up.deeds)).toEqual(["ask get"]);
    expect(from(up.state, says("waiting", 1, { ahead: 1 })).state).toMatchObject({ at: "waiting", purchase: LINED });
  });
  it("what another tab left is looked at; what nobody knows is forgotten", () => {
    expect(words(after(...WAITING, { it: "forgotten" }).deeds)).toEqual(["ask get"]);
    expect(after(...WAITING, tick(0), tick(5_000), no("get", "order_not_found"))).toMatchObject({ state: CLOSED, deeds: [{ do: "save", purchase: null }] });
  });
  it("when the offer runs out it is over", () => expect(after(...WAITING, says("expired", 9)).state.at).toBe("expired"));
});

describe("where nothing is held", () => {
  const loose = after(...PRESSED, no("place", "sold_out")).state;
  it("who comes too late has ordered nothing", () => expect(loose).toMatchObject({ at: "reserved", code: "sold_out" }));
  it("and can wait for the same", () => {
    const waits = from(loose, { it: "chose", purchase: wish(2, { wait: true }) });
    expect(words(waits.deeds)).toEqual(["ask release"]);
    expect(from(waits.state, says("released", 2)).deeds).toMatchObject([{ do: "save", purchase: { order: "order-2", wait: true } }, { do: "ask", what: "reserve" }]);
  });
  it("or try once more", () => expect(words(from(loose, { it: "pressed", binding: BINDING }).deeds)).toEqual(["ask place"]));
});

describe("paying", () => {
  it("goes to the provider's page once, as soon as there is one", () => {
    expect(after(...OPENING).state).toMatchObject({ at: "paying", going: "soon" });
    // It may be paid whatever becomes of this page.
    expect(words(after(...OPENING).deeds)).toEqual(["save order-1", "keep order-1"]);
    expect(words(after(...OPEN).deeds)).toEqual([`go ${URL}`]);
    expect(after(...OPEN, says("paying", 3, pay("open"))).deeds).toEqual([]);
    expect(went(after(...PRESSED, says("paying", 3, pay("open"))).deeds)).toEqual([`go ${URL}`]);
  });
  it("a second press sends nothing, and another wish waits", () => {
    expect(after(...OPENING, { it: "pressed", binding: BINDING }).deeds).toEqual([]);
    expect(after(...OPENING, { it: "chose", purchase: wish(2) }).deeds).toEqual([]);
  });
  it("a lost answer is the same order", () => {
    const lost = after(...PRESSED, no("place", "timeout"));
    expect(words(lost.deeds)).toEqual(["ask place"]);
    expect(went(from(lost.state, says("paying", 3, pay("open"))).deeds)).toEqual([`go ${URL}`]);
  });
  it("an answer after all hope was gone takes nobody away", () => {
    const { state, deeds } = after(...PRESSED, no("place", "closed"), says("paying", 3, pay("open")));
    expect(state).toMatchObject({ at: "paying", going: null });
    expect(went(deeds)).toEqual([]);
  });
  it("an old word changes nothing", () => {
    expect(after(...OPEN, says("reserved", 1)).state.at).toBe("paying");
    expect(after(...OPEN, says("paying", 2, pay("opening"))).state).toMatchObject({ order: { payment: { state: "open" } } });
  });
  it("asks whether it is paid, one question at a time", () => {
    const asked = after(...OPENING, tick(0), tick(2_000));
    expect(words(asked.deeds)).toEqual(["ask get"]);
    expect(from(asked.state, tick(9_000)).deeds).toEqual([]);
  });
  it("is over when it is paid, by a word or by an answer", () => {
    const { state, deeds } = after(...OPEN, says("paid", 4, { number: 7, ...pay("paid") }));
    expect(state).toMatchObject({ at: "placed", order: { number: 7 } });
    expect(words(deeds)).toEqual(["save nothing", "keep order-1"]);
  });
  it("that the provider refuses leads back to the form", () => {
    const { state, deeds } = after(...OPENING, says("reserved", 3, pay("closed")));
    expect(words(deeds)).toEqual(["save order-1", "drop order-1"]);
    expect(state).toMatchObject({ at: "reserved", code: null });
    expect(state.at === "reserved" && isPaymentClosed(state.order)).toBe(true);
    expect(after(...PRESSED, says("reserved", 3, pay("closed"))).state.at).toBe("reserved");
    expect(from(state, { it: "pressed", binding: BINDING }, says("reserved", 3, pay("closed"))).state.at).toBe("placing");
    expect(went(from(state, { it: "pressed", binding: BINDING }, says("paying", 5, pay("open"))).deeds)).toEqual([`go ${URL}`]);
  });
  it("a shop that takes no cards any more leads back to the form", () => expect(after(...PRESSED, no("place", "payment_unavailable")).state).toMatchObject({ at: "reserved", code: "payment_unavailable" }));
});

describe("at the provider's and back", () => {
  it("paid: it is confirmed when the server says so, and only then", () => {
    const up = after(found("paid"));
    expect(words(up.deeds)).toEqual(["ask get"]);
    const confirming = from(up.state, says("paying", 3, pay("open")));
    expect([confirming.state, went(confirming.deeds)]).toMatchObject([{ at: "paying", purchase: { back: "paid" }, going: null }, []]);
    expect(from(confirming.state, says("paid", 4, pay("paid"))).state.at).toBe("placed");
    expect(from(up.state, says("paid", 4, pay("paid"))).state.at).toBe("placed");
  });
  it("paid: what was saved says so to a reload, and a second attempt begins anew", () => {
    const confirming = after(found("paid"), says("paying", 3, pay("open")));
    expect(confirming.deeds).toContainEqual({ do: "save", purchase: { ...ONE, back: "paid" } });
    const again = from(confirming.state, says("reserved", 4, pay("closed")), { it: "pressed", binding: BINDING }, says("paying", 5, pay("opening")));
    expect(purchaseOf(again.state)?.back).toBeUndefined();
  });
  it("not paid: it can still be, at the same page", () => {
    const back = after(found("unpaid"), says("paying", 3, pay("open")));
    expect([back.state, went(back.deeds)]).toMatchObject([{ at: "paying", purchase: { back: "unpaid" } }, []]);
    expect(words(from(back.state, { it: "pay" }).deeds)).toEqual([`go ${URL}`]);
  });
  it("or be left", () => {
    const left = after(...OPEN, { it: "let_go" });
    expect(words(left.deeds)).toEqual(["ask release"]);
    const settling = from(left.state, says("released", 4, pay("open")));
    expect([settling.state.at, words(settling.deeds)]).toEqual(["settling", ["keep order-1"]]);
    expect(from(settling.state, says("released", 5, pay("closed")))).toMatchObject({ state: CLOSED, deeds: [{ do: "save", purchase: null }, { do: "drop" }] });
  });
  it("it was paid while one left it: that counts", () => {
    const left = after(...OPEN, { it: "let_go" });
    const doubtful = from(left.state, no("release", "order_step_invalid"));
    expect(words(doubtful.deeds)).toEqual(["ask get"]);
    expect(from(doubtful.state, says("paid", 4, pay("paid"))).state.at).toBe("placed");
    expect(from(left.state, says("released", 4, pay("open")), says("paid", 5, pay("paid"))).state.at).toBe("placed");
  });
  it("the back button, on a page that was kept as it was, asks how it is", () => {
    const again = after(...OPEN, { it: "shown_again" });
    expect(words(again.deeds)).toEqual(["ask get"]);
    const shown = from(again.state, says("paying", 3, pay("open")));
    expect([shown.state, went(shown.deeds)]).toMatchObject([{ at: "paying", going: null }, []]);
  });
  it("there is no page to go to before there is one", () => expect(after(...OPENING, { it: "pay" }).deeds).toEqual([]));
  it.each([["opening", says("paying", 2, pay("opening"))], ["open", says("paying", 3, pay("open"))]])("a reload while it is %s takes nobody away", (_, said) => {
    const { state, deeds } = after(found(), said, says("paying", 4, pay("open")));
    expect(state).toMatchObject({ at: "paying", going: null });
    expect(went(deeds)).toEqual([]);
  });
  it("a second tab knows it, and takes nobody away either", () => {
    const second = after(found(), says("reserved", 1), says("paying", 3, pay("open")));
    expect([second.state, went(second.deeds)]).toMatchObject([{ at: "paying", going: null }, []]);
    expect(purchaseOf(second.state)?.order).toBe("order-1");
    expect(words(from(second.state, { it: "forgotten" }).deeds)).toEqual(["ask get"]);
  });
});

describe("too late", () => {
  const expired = after(...OPEN, says("expired", 4, pay("open")));
  it("what may still be paid is not forgotten", () => expect([expired.state.at, words(expired.deeds)]).toEqual(["settling", ["keep order-1"]]));
  it("it is looked after until it is known", () => expect(words(from(expired.state, tick(0), tick(2_000)).deeds)).toEqual(["ask get"]));
  it("nothing was paid", () => expect(from(expired.state, says("expired", 5, pay("closed")))).toMatchObject({ state: { at: "expired" }, deeds: [{ do: "save", purchase: null }, { do: "drop" }] }));
  it("paid, and served", () => expect(from(expired.state, says("paid", 5, { number: 3, ...pay("paid") })).state.at).toBe("placed"));
  it("paid, and nothing left: the money goes back, and one is told when it has", () => {
    const late = steps(["paid", "provider"], ["refunded", "clock"]);
    const repaid = from(expired.state, says("refunded", 5, { number: 3, ...pay("refunding"), ...late }));
    expect(repaid.state.at).toBe("repaid");
    expect(words(repaid.deeds)).toEqual(["save nothing", "keep order-1"]);
    expect(from(repaid.state, says("refunded", 6, { ...pay("refunded"), ...late })).state).toMatchObject({ at: "repaid", order: { payment: { state: "refunded" } } });
    expect(words(from(repaid.state, tick(0), tick(4_000)).deeds)).toEqual(["ask get"]);
    expect(from(repaid.state, says("refunded", 6, { ...pay("refunded"), ...late }), tick(0), tick(90_000)).deeds).toEqual([]);
    expect(from(repaid.state, { it: "left" }).state).toEqual(CLOSED);
    expect(after(found("paid"), says("refunded", 5, { ...pay("refunding"), ...late })).state.at).toBe("repaid");
  });
  it("the seller's refund is no late payment", () => expect(after(found(), says("refunded", 9, { ...pay("refunding"), ...steps(["paid", "provider"], ["refunded", "seller"]) })).state).toEqual(CLOSED));
  it("something else is bought meanwhile: what may be paid stays among the orders of this device", () => {
    expect(words(from(expired.state, { it: "opened" }).deeds)).toEqual(["keep order-1", "save nothing"]);
    expect(from(expired.state, { it: "chose", purchase: wish(2) }).deeds).toEqual([]);
    const other = after(...RESERVED, { it: "chose", purchase: wish(2, { variant: "b" }) }, says("released", 4, pay("open")));
    expect(words(other.deeds)).toEqual(["keep order-1", "save order-2", "ask reserve"]);
  });
  it("after a reload as well", () => expect(after(found("paid"), says("expired", 4, pay("open"))).state).toMatchObject({ at: "settling", purchase: { back: "paid" } }));
});
