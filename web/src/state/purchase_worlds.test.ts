// A shop with one piece, a line for it and a provider that is slow, late and forgetful; a network that loses and doubles; a
// buyer with two tabs who presses anything, reloads, goes to pay and comes back. Whatever happens: one goes to pay only from
// a tab where one has pressed, every order has had a press, who is told so is told the truth, and whatever was paid for is
// found on this device.
import { expect, it } from "vitest";
import type { Order, OrderStatus, PaymentState } from "../protocol";
import { CLOSED, purchaseOf, step, type Binding, type Deed, type Happened, type Purchase, type State } from "./purchase";

interface Row {
  status: OrderStatus;
  payment: PaymentState | null;
  as_of: number;
  late: boolean;
}
interface Tab {
  state: State;
  out: Extract<Deed, { do: "ask" }>[];
  /** Pressed here since it was loaded. */
  pressed: boolean;
}
const BINDING: Binding = { total_minor: 1, shipping: "s", contact: { name: "Aiko", email: "a@b.it", phone: "", note: "" }, payment: "stripe" };
const OPEN: ReadonlySet<OrderStatus> = new Set(["waiting", "reserved", "paying"]);

class World {
  #seed: number;
  #clock = 0;
  #ids = 0;
  readonly rows = new Map<string, Row>();
  readonly kept = new Set<string>();
  readonly tabs: Tab[] = [0, 1].map(() => ({ state: CLOSED, out: [], pressed: false }));
  saved: Purchase | null = null;
  presses = 0;
  now_ms = 0;
  told = 0;
  constructor(seed: number) {
    this.#seed = seed;
  }
  pick(n: number): number {
    this.#seed = (this.#seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((this.#seed / 2 ** 31) * n);
  }
  order(id: string): Order {
    const { status, payment, as_of, late } = this.rows.get(id) as Row;
    return {
      order: id, number: 1, status, product: "p", variant: "a", title: "Borsa", variant_name: "", quantity: 1, currency: "EUR", unit_minor: 1, goods_minor: 1,
      shipping: null, shipping_minor: 0, total_minor: 1, vat_minor: 0, vat_bp: 0, expires_at_ms: status === "reserved" ? Infinity : null, held: true,
      withdrawn_at_ms: null, as_of, steps: late ? [{ status: "refunded", at_ms: 0, by: "clock" }] : [], ...(status === "waiting" && { ahead: 0 }),
      ...(payment && { payment: { method: "stripe", state: payment, ...(payment === "open" && { url: id }) } }),
    };
  }
  set(id: string, change: Partial<Row>): void {
    const row = this.rows.get(id) ?? { status: "reserved", payment: null, as_of: 0, late: false };
    this.rows.set(id, { ...row, ...change, as_of: ++this.#clock });
  }
  happen(tab: Tab, happened: Happened): void {
    const was = purchaseOf(tab.state)?.order;
    const [state, deeds] = step(tab.state, happened);
    tab.state = state;
    for (const deed of deeds) {
      if (deed.do === "ask") tab.out.push(deed);
      else if (deed.do === "keep") this.kept.add(deed.purchase.order);
      else if (deed.do === "drop") this.kept.delete(deed.purchase.order);
      else if (deed.do === "go") expect(tab.pressed, "goes to pay only from where it was pressed").toBe(true);
      else if (deed.purchase !== null || this.saved?.order === was) this.saved = deed.purchase;
    }
    if (state.at !== "placed" && state.at !== "repaid") return;
    this.told++;
    expect(this.rows.get(state.purchase.order)?.status, "told the truth").toBe(state.at === "placed" ? "paid" : "refunded");
  }
  reload(tab: Tab, back: "paid" | "unpaid" | null = null): void {
    for (const asked of tab.out.splice(0)) if (this.pick(2)) this.answer({ state: CLOSED, out: [], pressed: false }, asked);
    Object.assign(tab, { state: CLOSED, pressed: false });
    if (this.saved && back) this.saved = { ...this.saved, back };
    if (this.saved) this.happen(tab, { it: "found", purchase: this.saved });
  }
  answer(tab: Tab, { what, purchase: { order: id, wait } }: Extract<Deed, { do: "ask" }>): void {
    const row = this.rows.get(id);
    const no = (code: string): void => this.happen(tab, { it: "refused", order: id, asked: what, code });
    if (what === "reserve" && !row) {
      const there = this.pick(2) === 0;
      if (!there && !wait) return no("sold_out");
      this.set(id, { status: there ? "reserved" : "waiting" });
    } else if (!row) return no("order_not_found");
    else if (what === "place") {
      if (row.status === "released" || row.status === "expired") return no("expired");
      if (row.status === "waiting") return no("order_step_invalid");
      if (row.status === "reserved") this.set(id, { status: "paying", payment: "opening" });
    } else if (what === "release") {
      if (row.status === "paid" || row.status === "refunded") return no("order_step_invalid");
      if (OPEN.has(row.status)) this.set(id, { status: "released" });
    }
    if (this.pick(4) === 0) no("timeout");
    else this.happen(tab, { it: "order", order: this.order(id) });
  }
  /** Time, the line and the provider do something to an order, and perhaps it is said at once. */
  elsewhere(id: string, row: Row): void {
    const dice = this.pick(6);
    if (row.payment === "opening" || row.payment === "open") {
      if (row.payment === "opening" && dice < 3 && row.status === "paying") this.set(id, { payment: "open" });
      else if (dice < 3) this.set(id, { payment: "closed", ...(row.status === "paying" && { status: "reserved" }) });
      else if (dice === 3 && row.status === "paying") this.set(id, { status: "expired" });
      else if (dice === 4 && row.payment === "open") this.set(id, { status: "paid", payment: "paid" });
      else if (dice === 5 && row.payment === "open" && row.status !== "paying") this.set(id, { status: "refunded", payment: "refunding", late: true });
    } else if (row.payment === "refunding") this.set(id, { payment: "refunded" });
    else if (row.status === "waiting" && dice < 3) this.set(id, { status: "reserved" });
    else if (row.status === "reserved" && dice === 0) this.set(id, { status: "expired" });
    if (this.pick(2)) for (const tab of this.tabs) this.happen(tab, { it: "order", order: this.order(id) });
  }
  choose(tab: Tab): void {
    if (this.saved && purchaseOf(tab.state) === null) return this.happen(tab, { it: "found", purchase: this.saved });
    const order = `order-${++this.#ids}`;
    this.happen(tab, { it: "chose", purchase: { order, key: "k", product: "p", variant: "ab"[this.pick(2)] as string, quantity: 1, ...(this.pick(2) === 0 && { wait: true }) } });
  }
  press(tab: Tab): void {
    if (tab.state.at === "reserved" || tab.state.at === "paying") tab.pressed = true;
    if (tab.state.at === "reserved") this.presses++;
    this.happen(tab, this.pick(3) ? { it: "pressed", binding: BINDING } : { it: "pay" });
  }
  deliver(tab: Tab): void {
    const asked = tab.out.splice(this.pick(tab.out.length || 1), 1)[0];
    if (asked && this.pick(8) === 0) this.answer(tab, asked);
    if (asked) this.answer(tab, asked);
  }
  turn(): void {
    const tab = this.tabs[this.pick(2)] as Tab;
    const dice = this.pick(24);
    const rows = [...this.rows];
    const found = rows[this.pick(rows.length || 1)];
    if (dice < 9) this.deliver(tab);
    else if (dice < 12) this.choose(tab);
    else if (dice < 15) this.press(this.tabs.find(({ state }) => state.at === "reserved") ?? tab);
    else if (dice < 19) {
      if (found) this.elsewhere(...found);
    } else if (dice === 19) this.happen(tab, { it: (["let_go", "opened", "left", "again", "shown_again"] as const)[this.pick(5)] as "left" });
    else if (dice === 20) this.reload(tab, ([null, "paid", "unpaid"] as const)[this.pick(3)] ?? null);
    else this.happen(tab, { it: "ticked", now_ms: (this.now_ms += 3_000) });
  }
  /** Nothing is lost any more, and nobody presses. */
  settle(): void {
    for (let n = 0; n < 400; n++) for (const tab of this.tabs) {
      this.happen(tab, { it: "ticked", now_ms: (this.now_ms += 3_000) });
      this.happen(tab, { it: "again" });
      this.deliver(tab);
    }
  }
}

it("a thousand worlds", () => {
  let [paid, told] = [0, 0];
  for (let seed = 1; seed <= 1_000; seed++) {
    const world = new World(seed * 7_919);
    for (let n = 0; n < 120; n++) world.turn();
    const ordered = [...world.rows.values()].filter(({ payment }) => payment !== null).length;
    expect(ordered, `seed ${seed}: no order without a press`).toBeLessThanOrEqual(world.presses);
    world.settle();
    for (const [id, { status }] of world.rows) {
      if (status !== "paid" && status !== "refunded") continue;
      paid++;
      expect(world.kept.has(id) || world.saved?.order === id, `seed ${seed}: ${id}, which was paid for, is found`).toBe(true);
    }
    told += world.told;
  }
  // The worlds are worth their name.
  expect(paid).toBeGreaterThan(100);
  expect(told).toBeGreaterThan(100);
});
