import { describe, expect, it } from "vitest";
import type { ProductStock, Showcase } from "../protocol";
import { label } from "./label";

const CARD: Showcase = {
  at_ms: 0,
  product: {
    product: "p", title: "Borsa", currency: "EUR", vat_bp: 2200, images: [],
    variants: [
      { variant: "a", name: "cognac", price_minor: 18900, offer_minor: 14900, lowest_30_days_minor: 17900, for_sale_since_ms: 7 },
      { variant: "b", name: "nero", price_minor: 19900 },
    ],
  },
};
const OFFER: Showcase = { ...CARD, offer: { opens_at_ms: 1_000, ends_at_ms: 5_000, quantity: 3 } };
const stock = (a: [number, number], b: [number, number], more: Partial<ProductStock> = {}): ProductStock => ({
  product: "p", as_of: 1, for_sale: true,
  variants: [{ variant: "a", left: a[0], reserved: a[1] }, { variant: "b", left: b[0], reserved: b[1] }], ...more,
});

describe("the price", () => {
  it("is the regular one without an offer", () => {
    const { lead, from } = label(CARD, null, 0);
    expect(lead).toMatchObject({ variant: "a", price_minor: 18900, regular_minor: null, lowest_30_days_minor: null });
    expect(from).toBe(true);
  });
  it("is the offer's with what the law wants beside it", () =>
    expect(label(OFFER, null, 2_000).lead).toMatchObject({ price_minor: 14900, regular_minor: 18900, lowest_30_days_minor: 17900, for_sale_since_ms: 7 }));
  it("is the regular one again at the end of the offer", () => {
    expect(label(OFFER, null, 4_999).lead?.price_minor).toBe(14900);
    expect(label(OFFER, null, 5_000).lead?.price_minor).toBe(18900);
    expect(label(OFFER, null, 5_000).offer_ends_at_ms).toBeNull();
  });
  it("is the regular one when the offer's pieces are gone", () =>
    expect(label(OFFER, stock([3, 0], [3, 0], { offer_left: 0 }), 2_000).lead?.price_minor).toBe(18900));
});

describe("a drop", () => {
  it("opens at its instant", () => {
    expect(label(OFFER, null, 999)).toMatchObject({ sale: "opens", opens_at_ms: 1_000, offer_ends_at_ms: null });
    expect(label(OFFER, null, 1_000)).toMatchObject({ sale: "open", opens_at_ms: null, offer_ends_at_ms: 5_000 });
  });
});

describe("what is left", () => {
  it("is not told before it is known", () => expect(label(CARD, null, 0)).toMatchObject({ sale: "open", few: null }));
  it("is told when it is little", () => {
    expect(label(CARD, stock([2, 0], [1, 0]), 0).few).toBe(3);
    expect(label(CARD, stock([4, 0], [4, 0]), 0).few).toBeNull();
  });
  it("may come back", () => expect(label(CARD, stock([0, 1], [0, 0]), 0)).toMatchObject({ sale: "held", few: null }));
  it("is nothing", () => expect(label(CARD, stock([0, 0], [0, 0]), 0).sale).toBe("sold_out"));
  it("of another product says nothing", () => expect(label(CARD, { ...stock([0, 0], [0, 0]), product: "q" }, 0).sale).toBe("open"));
  it("that is not for sale cannot be bought", () => expect(label(CARD, stock([3, 0], [3, 0], { for_sale: false }), 0).sale).toBe("not_for_sale"));
  it("of a variant that is no longer sold is none", () =>
    expect(label(CARD, { ...stock([3, 0], [0, 0]), variants: [{ variant: "a", left: 3, reserved: 0 }] }, 0).variants[1]?.left).toBe(0));
});
