import { beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "../lib/api";
import { sellerApi, type LineUpEntry, type SoldOrder } from "../lib/seller_api";
import type { Order, Product, ProductStock, Showcase } from "../protocol";
import { Catalogue } from "./catalogue.svelte";
import { NEXT, Sales } from "./sales.svelte";
import { ShowStore } from "./show.svelte";
import { Stall } from "./stall.svelte";

const stock = (product: string, as_of: number): ProductStock => ({ product, as_of, for_sale: true, variants: [{ variant: "v", left: as_of, reserved: 0 }] });
const entry = (product: string): LineUpEntry => ({ card: { product, title: product, currency: "EUR", vat_bp: 0, images: [], variants: [] }, description: "", images: [], stock: stock(product, 3) });
const sold = (id: string, as_of: number, number = as_of): SoldOrder => ({ order: { order: id, as_of, number, status: "placed" } as Order, contact: null });

let show: ShowStore;
let said: string[];
let stall: Stall;
beforeEach(() => {
  vi.restoreAllMocks();
  show = new ShowStore({ slug: "demo", title: "", shop: "", status: "live", scheduled_at_ms: null });
  said = [];
  stall = new Stall({
    show,
    pin: async (product, offer) => {
      said.push(`pin ${product}${offer ? " with an offer" : ""}`);
      show.showcase = { product: { product } } as Showcase;
      return null;
    },
    unpin: async () => {
      said.push("unpin");
      show.showcase = null;
      return null;
    },
  });
  vi.spyOn(sellerApi, "lineUp").mockResolvedValue([entry("p"), entry("q")]);
});

it("a key puts on the table and takes off again", async () => {
  await stall.load();
  stall.key("2");
  await vi.waitFor(() => expect(stall.pinned).toBe("q"));
  await vi.waitFor(() => expect(stall.busy).toBeNull());
  stall.key("2");
  await vi.waitFor(() => expect(stall.busy).toBeNull());
  for (const name of ["3", "0", "a", "12", ""]) stall.key(name);
  expect(said).toEqual(["pin q", "unpin"]);
});

it("the newer of two stocks counts", async () => {
  show.stock = stock("p", 2);
  expect(stall.stock(entry("p")).as_of).toBe(3);
  show.stock = stock("p", 4);
  expect(stall.stock(entry("p")).as_of).toBe(4);
  expect(stall.stock(entry("q")).as_of).toBe(3);
});

it("says why a line-up was not taken", async () => {
  vi.spyOn(sellerApi, "setLineUp").mockRejectedValue(new ApiError(409, "product_not_found", ""));
  expect(await stall.line(["x"])).toBe(false);
  expect(stall.trouble).toBe("product_not_found");
});

it("an order that the server did not take goes back", async () => {
  const catalogue = new Catalogue();
  catalogue.products = [{ product: "p" }, { product: "q" }] as Product[];
  vi.spyOn(sellerApi, "order").mockRejectedValueOnce(new ApiError(0, "offline", "")).mockResolvedValueOnce(undefined);
  await catalogue.place(0, 1);
  expect(catalogue.products.map(({ product }) => product)).toEqual(["p", "q"]);
  expect(catalogue.trouble).toBe("offline");
  await catalogue.place(0, 1);
  expect(catalogue.products.map(({ product }) => product)).toEqual(["q", "p"]);
});

it("of many moves the newest is saved, and all go back if that fails", async () => {
  const catalogue = new Catalogue();
  catalogue.products = ["p", "q", "r"].map((product) => ({ product })) as Product[];
  let answer: (() => void)[] = [];
  const order = vi.spyOn(sellerApi, "order").mockImplementation(() => new Promise((resolve) => answer.push(resolve)));
  const first = catalogue.place(0, 2);
  await catalogue.place(0, 1);
  await catalogue.place(0, 1);
  expect(order).toHaveBeenCalledTimes(1);
  answer.shift()?.();
  await vi.waitFor(() => expect(order).toHaveBeenCalledTimes(2));
  expect(order).toHaveBeenLastCalledWith(catalogue.products?.map(({ product }) => product));
  answer.shift()?.();
  await first;
  answer = [];
  order.mockRejectedValue(new ApiError(0, "offline", ""));
  await catalogue.place(0, 1);
  expect(catalogue.products?.map(({ product }) => product)).toEqual(["q", "r", "p"]);
});

it("the list of orders is fetched only when something has happened, and what is new is marked", async () => {
  const sales = new Sales();
  const orders = vi.spyOn(sellerApi, "orders").mockResolvedValueOnce({ orders: [sold("a", 1)], as_of: 1 }).mockResolvedValueOnce({ orders: [sold("b", 2), sold("a", 1)], as_of: 2 });
  const as_of = vi.spyOn(sellerApi, "ordersAsOf").mockResolvedValueOnce(1).mockResolvedValueOnce(2);
  await sales.load();
  await sales.look();
  expect(orders).toHaveBeenCalledTimes(1);
  await sales.look();
  expect(as_of).toHaveBeenCalledTimes(2);
  expect(sales.orders).toHaveLength(2);
  expect(sales.fresh).toEqual(["b"]);
});

it("all that is to be packed is found, page by page, the oldest first", async () => {
  const sales = new Sales();
  const page = (first: number, count: number): SoldOrder[] => Array.from({ length: count }, (_, n) => sold(`o${first - n}`, 1, first - n));
  const orders = vi.spyOn(sellerApi, "orders").mockResolvedValueOnce({ orders: page(203, 200), as_of: 1 }).mockResolvedValueOnce({ orders: page(3, 3), as_of: 1 });
  const found = await sales.toPack();
  expect(found?.map(({ order }) => order.number)).toEqual(Array.from({ length: 203 }, (_, n) => n + 1));
  expect(orders.mock.calls.map(([filter]) => filter)).toEqual([{ status: "paid", before: undefined }, { status: "paid", before: 4 }]);
});

it("what is chosen stays chosen while others are searched for, and is as new as the list", async () => {
  const sales = new Sales();
  vi.spyOn(sellerApi, "orders").mockResolvedValueOnce({ orders: [], as_of: 1 }).mockResolvedValueOnce({ orders: [sold("a", 7)], as_of: 7 });
  sales.choose(sold("a", 1));
  sales.choose(sold("b", 1));
  await sales.load();
  await sales.load();
  expect(sales.chosen.map(({ order }) => order.as_of)).toEqual([7, 1]);
  sales.choose(sold("a", 7));
  expect([sales.isChosen(sold("a", 7)), sales.isChosen(sold("b", 1))]).toEqual([false, true]);
});

it("an answer to an older search is not shown", async () => {
  const sales = new Sales();
  let late: (found: { orders: never[]; as_of: number }) => void = () => undefined;
  vi.spyOn(sellerApi, "orders").mockReturnValueOnce(new Promise((resolve) => (late = resolve))).mockResolvedValueOnce({ orders: [sold("new", 2)], as_of: 2 });
  const slow = sales.load();
  await sales.load();
  late({ orders: [], as_of: 1 });
  await slow;
  expect(sales.orders).toHaveLength(1);
});

it("every way that an order can go ends", () => {
  for (const begin of Object.keys(NEXT) as (keyof typeof NEXT)[]) {
    let at = begin;
    for (let steps = 0; NEXT[at].length > 0; steps++) {
      expect(steps).toBeLessThan(6);
      at = NEXT[at].at(-1) as typeof at;
    }
  }
});
