import { describe, expect, it } from "vitest";
import type { Order, OrderStatus } from "../protocol";
import { CLOSED, purchaseOf, step, TRIES, type Asked, type Binding, type Deed, type Happened, type Purchase, type State } from "./purchase";

const purchase = (n: number, variant = "a", quantity = 1): Purchase => ({ order: `order-${n}`, key: `key-${n}`, product: "p", variant, quantity });
const order = (id: string, status: OrderStatus, as_of = 1): Order => ({
  order: id, number: status === "placed" ? 1 : null, status, product: "p", variant: "a", title: "Borsa", variant_name: "", quantity: 1, currency: "EUR",
  unit_minor: 100, goods_minor: 100, shipping: null, shipping_minor: 0, total_minor: 100, vat_minor: 18, vat_bp: 2200,
  expires_at_ms: status === "reserved" ? 10_000 : null, held: status === "reserved", withdrawn_at_ms: null, steps: [], as_of,
});
const BINDING: Binding = { total_minor: 100, shipping: "s", contact: { name: "Aiko", email: "a@b.it", phone: "", note: "" }, payment: "manual" };
const ONE = purchase(1);

const after = (...all: Happened[]): { state: State; deeds: Deed[] } =>
  all.reduce<{ state: State; deeds: Deed[] }>(({ state }, one) => {
    const [next, deeds] = step(state, one);
    return { state: next, deeds };
  }, { state: CLOSED, deeds: [] });
const RESERVED: Happened[] = [{ it: "opened" }, { it: "chose", purchase: ONE }, { it: "order", order: order("order-1", "reserved") }];
const PRESSED: Happened[] = [...RESERVED, { it: "pressed", binding: BINDING }];
const no = (asked: Asked, code: string): Happened => ({ it: "refused", order: "order-1", asked, code });
const words = (deeds: Deed[]): string[] => deeds.map((deed) => (deed.do === "ask" ? `ask ${deed.what} ${deed.purchase.order}` : deed.do === "save" ? `save ${deed.purchase?.order ?? "nothing"}` : deed.do === "go" ? `go ${deed.url}` : deed.do));

describe("reserving", () => {
  it("saves before it sends", () => expect(words(after(...RESERVED.slice(0, 2)).deeds)).toEqual(["save order-1", "ask reserve order-1"]));
  it("a second press while it is on its way is no second order", () => {
    const { state, deeds } = after(...RESERVED.slice(0, 2), { it: "chose", purchase: purchase(2) });
    expect(purchaseOf(state)?.order).toBe("order-1");
    expect(deeds).toEqual([]);
  });
  it.each(["sold_out", "over_limit", "not_open", "key_invalid", "order_id_reused", "expired"])("%s leads back to the choice, with the reason and nothing saved", (code) => {
    const { state, deeds } = after(...RESERVED.slice(0, 2), no("reserve", code));
    expect(state).toEqual({ at: "choosing", code, missed: ONE });
    expect(words(deeds)).toEqual(["save nothing"]);
  });
  it("another variant lets the first go before it takes the second", () => {
    const changed = after(...RESERVED, { it: "chose", purchase: purchase(2, "b") });
    expect(words(changed.deeds)).toEqual(["ask release order-1"]);
    const [state, deeds] = step(changed.state, { it: "order", order: order("order-1", "released", 2) });
    expect(words(deeds)).toEqual(["save order-2", "ask reserve order-2"]);
    expect(state).toMatchObject({ at: "reserving", purchase: { variant: "b" } });
  });
  it("the same variant again changes nothing", () => expect(after(...RESERVED, { it: "chose", purchase: purchase(2) }).deeds).toEqual([]));
});

describe("placing", () => {
  it("a double click sends once", () => expect(after(...PRESSED, { it: "pressed", binding: BINDING }).deeds).toEqual([]));
  it("is placed when the server says so, and only then", () => {
    expect(after(...PRESSED).state.at).toBe("placing");
    const { state, deeds } = after(...PRESSED, { it: "order", order: order("order-1", "placed", 2) });
    expect(state.at).toBe("placed");
    expect(words(deeds)).toEqual(["save nothing", "keep"]);
  });
  it("repeats the same message, later and later, when no answer comes", () => {
    let { state } = after(...PRESSED);
    const waits: number[] = [];
    for (let n = 1; n < TRIES; n++) {
      const [next, deeds] = step(state, no("place", "shop_restarted"));
      expect(words(deeds)).toEqual(["ask place order-1"]);
      waits.push((deeds[0] as Extract<Deed, { do: "ask" }>).after_ms);
      state = next;
    }
    expect(waits).toEqual([400, 800, 1600, 3200, 6400, 8000, 8000]);
    [state] = step(state, no("place", "timeout"));
    expect(state.at).toBe("unsure");
    const [again, deeds] = step(state, { it: "again" });
    expect(again).toMatchObject({ at: "placing", binding: BINDING });
    expect(words(deeds)).toEqual(["ask place order-1"]);
  });
  it("waits as long as the server asks for", () => {
    const [, [deed]] = step(after(...PRESSED).state, { ...no("place", "rate_limited"), retry_after_ms: 5_000 } as Happened);
    expect(deed).toMatchObject({ after_ms: 5_000 });
  });
  it("an answer that comes when all hope is gone still counts", () => {
    const { state } = after(...PRESSED, no("place", "closed"), { it: "order", order: order("order-1", "placed", 2) });
    expect(state.at).toBe("placed");
  });
  it("an old answer about the reservation does not undo it", () => expect(after(...PRESSED, { it: "order", order: order("order-1", "reserved") }).state.at).toBe("placing"));
  it("another price is shown before it is asked again", () => {
    const refused = after(...PRESSED, no("place", "price_changed"));
    expect(refused.state).toMatchObject({ at: "reserved", code: "price_changed" });
    expect(words(refused.deeds)).toEqual(["ask get order-1"]);
    const [state] = step(refused.state, { it: "order", order: { ...order("order-1", "reserved", 3), total_minor: 120 } });
    expect(state).toMatchObject({ at: "reserved", code: "price_changed", order: { total_minor: 120 } });
  });
  it.each(["contact_invalid", "shipping_invalid", "bad_message"])("%s leads back to the form", (code) => expect(after(...PRESSED, no("place", code)).state).toMatchObject({ at: "reserved", code }));
  it("too late is expired", () => expect(after(...PRESSED, no("place", "expired")).state.at).toBe("expired"));
  it("what cannot be placed any more is looked at", () => expect(words(after(...PRESSED, no("place", "order_step_invalid")).deeds)).toEqual(["ask get order-1"]));
});

describe("time", () => {
  it("asks the server when ours says that it is over", () => {
    expect(after(...RESERVED, { it: "ticked", now_ms: 10_999 }).deeds).toEqual([]);
    expect(words(after(...RESERVED, { it: "ticked", now_ms: 11_000 }).deeds)).toEqual(["ask get order-1"]);
  });
  it("is over when the server says so", () => {
    const { state, deeds } = after(...RESERVED, { it: "ticked", now_ms: 11_000 }, { it: "order", order: order("order-1", "expired", 2) });
    expect(state.at).toBe("expired");
    expect(words(deeds)).toEqual(["save nothing"]);
  });
  it("then a new order has a new id", () => {
    const { state } = after(...RESERVED, no("place", "x"), { it: "order", order: order("order-1", "expired", 2) }, { it: "chose", purchase: purchase(2) });
    expect(purchaseOf(state)?.order).toBe("order-2");
  });
});

describe("taking up", () => {
  const found: Happened = { it: "found", purchase: ONE };
  it("asks what became of it, and sends nothing else", () => expect(words(after(found).deeds)).toEqual(["ask get order-1"]));
  it.each([["reserved", "reserved"], ["placed", "placed"], ["shipped", "placed"], ["expired", "expired"], ["released", "choosing"], ["cancelled", "closed"]] as const)(
    "%s", (status, at) => expect(after(found, { it: "order", order: order("order-1", status) }).state.at).toBe(at));
  it("what never reached the server is forgotten", () => expect(after(found, no("get", "order_not_found"))).toMatchObject({ state: CLOSED, deeds: [{ do: "save", purchase: null }] }));
  it("what another tab finished is looked at", () => expect(words(after(...RESERVED, { it: "forgotten" }).deeds)).toEqual(["ask get order-1"]));
});

it.each(["cancelled", "refunded"] as const)("who is reading that it was placed reads on when it is %s", (status) => {
  const { state } = after(...PRESSED, { it: "order", order: order("order-1", "placed", 2) }, { it: "order", order: order("order-1", status, 3) });
  expect(state).toMatchObject({ at: "placed", order: { status } });
});
it("letting go closes and forgets", () => {
  const { state, deeds } = after(...RESERVED, { it: "let_go" }, { it: "order", order: order("order-1", "released", 2) });
  expect(state).toEqual(CLOSED);
  expect(words(deeds)).toEqual(["save nothing"]);
});

it("answers about another order change nothing", () => {
  for (const way of [RESERVED, PRESSED]) {
    const { state } = after(...way);
    expect(step(state, { it: "order", order: order("order-9", "placed") })).toEqual([state, []]);
    expect(step(state, { it: "refused", order: "order-9", asked: "place", code: "expired" })).toEqual([state, []]);
  }
});

// A shop that holds and sells pieces, a network that loses and doubles, a buyer who presses anything, reloads, and has a
// second tab. Whatever happens: at most one order is placed for one wish, and who is told "placed" has one.
describe("in a thousand worlds", () => {
  class World {
    #seed: number;
    readonly server = new Map<string, { status: OrderStatus; as_of: number }>();
    saved: Purchase | null = null;
    #ids = 0;
    #clock = 1;
    readonly tabs: { state: State; out: Extract<Deed, { do: "ask" }>[] }[];
    presses = 0;
    constructor(seed: number, tabs: number) {
      this.#seed = seed;
      this.tabs = Array.from({ length: tabs }, () => ({ state: CLOSED, out: [] }));
    }
    pick(n: number): number {
      this.#seed = (this.#seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((this.#seed / 2 ** 31) * n);
    }
    happen(tab: World["tabs"][number], happened: Happened): void {
      const before = tab.state;
      const [state, deeds] = step(tab.state, happened);
      tab.state = state;
      for (const deed of deeds) {
        if (deed.do === "save") {
          this.saved = deed.purchase;
        } else if (deed.do === "ask") {
          if (deed.what === "reserve" && !("tries" in before && before.tries > 0) && happened.it !== "refused" && happened.it !== "again")
            expect(this.saved?.order, "saved before it is sent").toBe(deed.purchase.order);
          tab.out.push(deed);
        }
      }
      if (state.at === "placed") expect(this.server.get(state.purchase.order)?.status, "told the truth").toBe("placed");
    }
    /** Pressing Buy looks first whether another tab has an open purchase. */
    choose(tab: World["tabs"][number]): void {
      if (this.saved && purchaseOf(tab.state) === null) this.happen(tab, { it: "found", purchase: this.saved });
      else this.happen(tab, { it: "chose", purchase: purchase(++this.#ids, "ab"[this.pick(2)], 1 + this.pick(2)) });
    }
    answer(tab: World["tabs"][number], { what, purchase: { order: id } }: Extract<Deed, { do: "ask" }>): void {
      const row = this.server.get(id);
      const say = (): void => {
        const now = this.server.get(id);
        if (now && this.pick(4) > 0) this.happen(tab, { it: "order", order: order(id, now.status, now.as_of) });
        else this.happen(tab, { it: "refused", order: id, asked: what, code: "timeout" });
      };
      const no = (code: string): void => this.happen(tab, { it: "refused", order: id, asked: what, code });
      const set = (status: OrderStatus): void => void this.server.set(id, { status, as_of: ++this.#clock });
      if (what === "reserve") {
        if (!row) {
          if (this.pick(6) === 0) return no("sold_out");
          set("reserved");
        } else if (row.status === "expired") return no("expired");
        return say();
      }
      if (!row) return no("order_not_found");
      if (what === "place") {
        if (row.status === "expired") return no("expired");
        if (row.status === "released") return no("order_step_invalid");
        if (row.status === "reserved") set("placed");
      } else if (what === "release") {
        if (row.status === "placed") return no("order_step_invalid");
        if (row.status === "reserved") set("released");
      }
      say();
    }
    turn(): void {
      const tab = this.tabs[this.pick(this.tabs.length)] as World["tabs"][number];
      const dice = this.pick(20);
      if (dice < 9) {
        const asked = tab.out.splice(this.pick(tab.out.length || 1), 1)[0];
        if (!asked) return;
        if (this.pick(8) === 0) this.answer(tab, asked);
        this.answer(tab, asked);
      } else if (dice < 12) this.choose(tab);
      else if (dice < 15) {
        if (tab.state.at === "reserved") this.presses++;
        this.happen(tab, { it: "pressed", binding: BINDING });
      } else if (dice === 15) this.happen(tab, { it: "let_go" });
      else if (dice === 16) this.happen(tab, { it: "again" });
      else if (dice === 17) {
        // Reloaded: what was on its way may still arrive.
        for (const asked of tab.out.splice(0)) if (this.pick(2)) this.answer({ state: CLOSED, out: [] }, asked);
        tab.state = CLOSED;
        if (this.saved) this.happen(tab, { it: "found", purchase: this.saved });
      } else if (dice === 18) {
        for (const [id, { status }] of this.server) if (status === "reserved" && this.pick(3) === 0) this.server.set(id, { status: "expired", as_of: ++this.#clock });
      } else this.happen(tab, { it: "ticked", now_ms: 11_000 });
    }
  }

  it.each([1, 2])("with %i tabs", (tabs) => {
    let told = 0;
    for (let seed = 1; seed <= 1_000; seed++) {
      const world = new World(seed * 7_919, tabs);
      for (let n = 0; n < 60; n++) {
        world.turn();
        const placed = [...world.server.values()].filter(({ status }) => status === "placed").length;
        expect(placed, `seed ${seed}: no order without a press of the binding button`).toBeLessThanOrEqual(world.presses);
        told += world.tabs.filter(({ state }) => state.at === "placed").length;
      }
    }
    // The worlds are worth their name: many of them came to an order.
    expect(told).toBeGreaterThan(1_000);
  });
});
