import { beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "../lib/api";
import { sellerApi, type LineUpEntry } from "../lib/seller_api";
import type { Product, ProductStock, Showcase } from "../protocol";
import { Catalogue, moved } from "./catalogue.svelte";
import { NEXT, Sales } from "./sales.svelte";
import { ShowStore } from "./show.svelte";
import { Stall } from "./stall.svelte";

const stock = (product: string, as_of: number): ProductStock => ({ product, as_of, for_sale: true, variants: [{ variant: "v", left: as_of, reserved: 0 }] });
const entry = (product: string): LineUpEntry => ({ card: { product, title: product, currency: "EUR", vat_bp: 0, images: [], variants: [] }, description: "", images: [], stock: stock(product, 3) });
const sold = (id: string, as_of: number): { order: never; contact: null } => ({ order: { order: id, as_of, number: as_of, status: "placed" } as never, contact: null });

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

it("a place up or down, never out", () => {
  expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
  expect(moved(["a", "b", "c"], 2, -1)).toEqual(["a", "c", "b"]);
  expect(moved(["a", "b", "c"], 0, -1)).toEqual(["a", "b", "c"]);
  expect(moved(["a", "b", "c"], 2, 1)).toEqual(["a", "b", "c"]);
});

it("an order that the server did not take goes back", async () => {
  const catalogue = new Catalogue();
  catalogue.products = [{ product: "p" }, { product: "q" }] as Product[];
  vi.spyOn(sellerApi, "order").mockRejectedValueOnce(new ApiError(0, "offline", "")).mockResolvedValueOnce(undefined);
  await catalogue.move(0, 1);
  expect(catalogue.products.map(({ product }) => product)).toEqual(["p", "q"]);
  expect(catalogue.trouble).toBe("offline");
  await catalogue.move(0, 1);
  expect(catalogue.products.map(({ product }) => product)).toEqual(["q", "p"]);
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
